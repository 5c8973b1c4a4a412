//! The bootstrap of the `admin` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(admin::NEEDS, admin::handle).await
}
