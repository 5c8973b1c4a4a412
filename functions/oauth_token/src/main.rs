//! The bootstrap of the `oauth_token` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(oauth_token::NEEDS, oauth_token::handle).await
}
