//! The bootstrap of the `refresh` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(refresh::NEEDS, refresh::handle).await
}
