//! The bootstrap of the `login` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(login::NEEDS, login::handle).await
}
