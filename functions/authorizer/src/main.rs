//! The bootstrap of the `authorizer` function.

use lambda_http::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (app, rules) = (vestibule::lambda::start(authorizer::NEEDS)?, authorizer::rules()?);
    let world = &authorizer::Authorizer::of(&app, &rules);
    lambda_runtime::run(service_fn(|event: LambdaEvent<_>| Box::pin(authorizer::handle(world, event.payload)))).await
}
