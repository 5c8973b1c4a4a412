//! The bootstrap of the `sign_in_with` function.

use std::sync::Arc;

use sign_in_with::SignInWith;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let world = Arc::new(SignInWith::new(vestibule::lambda::start(sign_in_with::NEEDS)?));
    lambda_http::run(vestibule::lambda::service(world, sign_in_with::handle)).await
}
