//! The bootstrap of the `oauth_authorize` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(oauth_authorize::NEEDS, oauth_authorize::handle).await
}
