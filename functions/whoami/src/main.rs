//! The bootstrap of the `whoami` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(whoami::NEEDS, whoami::handle).await
}
