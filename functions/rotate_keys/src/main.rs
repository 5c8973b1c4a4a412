//! The bootstrap of the `rotate_keys` function.

use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let app = &vestibule::lambda::start(rotate_keys::NEEDS)?;
    let take = |event: LambdaEvent<_>| app.sandbox.measure(None, Box::pin(rotate_keys::handle(app, event.payload)));
    lambda_runtime::run(service_fn(take)).await
}
