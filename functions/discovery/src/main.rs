//! The bootstrap of the `discovery` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(discovery::NEEDS, discovery::handle).await
}
