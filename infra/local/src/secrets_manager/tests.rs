//! The local Secrets Manager, through the ordinary SDK client.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

use super::LocalSecretsManager;
use crate::storage::Storage;

mod protocol;
mod stages;
mod storage;

/// Tokens as a rotation uses them: they become the ids of versions.
const ONE: &str = "11111111-1111-4111-8111-111111111111";
const TWO: &str = "22222222-2222-4222-8222-222222222222";
const THREE: &str = "33333333-3333-4333-8333-333333333333";

fn client(manager: &LocalSecretsManager) -> Client {
    let config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(manager.endpoint_url())
        .build();
    Client::from_conf(config)
}

/// A manager with the secret `ring`, whose version [`ONE`] holds `one`.
async fn with_ring() -> (LocalSecretsManager, Client) {
    let manager = LocalSecretsManager::start(Storage::Memory).await.unwrap();
    let client = client(&manager);
    create(&client, "ring", ONE, "one").await.unwrap();
    (manager, client)
}

async fn create(client: &Client, name: &str, token: &str, value: &str) -> Result<String, String> {
    let call = client.create_secret().name(name).client_request_token(token).secret_string(value).send();
    call.await.map(|created| created.arn.unwrap()).map_err(code)
}

async fn put(client: &Client, token: &str, value: &str, stages: Option<&[&str]>) -> Result<Vec<String>, String> {
    let stages = stages.map(|stages| stages.iter().map(ToString::to_string).collect());
    let call = client.put_secret_value().secret_id("ring").client_request_token(token).secret_string(value);
    let put = call.set_version_stages(stages).send().await.map_err(code)?;
    assert_eq!(put.version_id(), Some(token));
    Ok(put.version_stages.unwrap())
}

async fn value(client: &Client, stage: &str) -> Result<String, String> {
    let call = client.get_secret_value().secret_id("ring").version_stage(stage).send();
    call.await.map(|found| found.secret_string.unwrap()).map_err(code)
}

async fn move_stage(client: &Client, stage: &str, from: Option<&str>, to: Option<&str>) -> Result<(), String> {
    let call = client.update_secret_version_stage().secret_id("ring").version_stage(stage);
    let call = call.set_remove_from_version_id(from.map(str::to_owned)).set_move_to_version_id(to.map(str::to_owned));
    call.send().await.map(drop).map_err(code)
}

fn code<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> String {
    error.code().expect("a refusal with a code").to_owned()
}
