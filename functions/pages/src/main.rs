//! The bootstrap of the `pages` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(pages::NEEDS, pages::handle).await
}
