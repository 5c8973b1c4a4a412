//! The bootstrap of the `userinfo` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    vestibule::lambda::run(userinfo::NEEDS, userinfo::handle).await
}
