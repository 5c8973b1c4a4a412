//! The bootstrap of the `sessions` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(sessions::NEEDS, sessions::handle).await
}
