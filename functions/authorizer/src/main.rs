//! The bootstrap of the `authorizer` function.

use lambda_http::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (app, rules) = (vestibule::lambda::start(authorizer::NEEDS)?, authorizer::rules()?);
    let world = &authorizer::Authorizer::of(&app, &rules);
    let answer = |event: LambdaEvent<_>| app.sandbox.measure(None, Box::pin(authorizer::handle(world, event.payload)));
    lambda_runtime::run(service_fn(answer)).await
}
