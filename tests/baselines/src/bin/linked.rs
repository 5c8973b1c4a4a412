//! The same empty function, but it links what ours link: the SDK's own configuration, DynamoDB and Secrets Manager, with one
//! operation of each. It calls AWS when the path says so, and otherwise answers at once.
//!
//! One of the two measures that the `footprint` bench holds our functions against.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let aws = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let (dynamodb, secrets_manager) = (aws_sdk_dynamodb::Client::new(&aws), aws_sdk_secretsmanager::Client::new(&aws));
    let clients = &(dynamodb, secrets_manager);
    run(service_fn(move |request| answer(clients, request))).await
}

async fn answer(
    (dynamodb, secrets_manager): &(aws_sdk_dynamodb::Client, aws_sdk_secretsmanager::Client),
    request: Request,
) -> Result<Response<Body>, Error> {
    let path = request.uri().path();
    if let Some(table) = path.strip_prefix("/item/") {
        let key = || AttributeValue::S("NOBODY".to_owned());
        dynamodb.get_item().table_name(table).key("pk", key()).key("sk", key()).send().await?;
    } else if let Some(name) = path.strip_prefix("/secret/") {
        secrets_manager.get_secret_value().secret_id(name).send().await?;
    }
    Ok(Response::new(Body::Empty))
}
