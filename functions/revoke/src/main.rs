//! The bootstrap of the `revoke` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(revoke::NEEDS, revoke::handle).await
}
