//! The bootstrap of the `api_keys` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(api_keys::NEEDS, api_keys::handle).await
}
