//! The ordinary SDK clients, pointed at the services of this machine.

use aws_config::{Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedAsyncSleep, SharedHttpClient};
use aws_smithy_runtime::client::retries::RetryPartition;
use vestibule::app::{Clients, sdk_defaults};

use crate::world::{self, REGION};

/// Keys that no account has; the local services check none.
pub(crate) const ACCESS_KEY_ID: &str = "local";
/// As above.
pub(crate) const SECRET_ACCESS_KEY: &str = "local";

/// What lies between the SDK and the local AWS instead of the SDK's own.
#[derive(Clone, Debug)]
pub struct Transport {
    /// Carries the calls.
    pub http: SharedHttpClient,
    /// Ends what takes too long, and waits before it is tried again.
    pub sleep: SharedAsyncSleep,
}

/// A client for the mail service, with the timeouts of the functions that have one.
pub async fn ses(endpoint: &str, wire: Option<Transport>) -> aws_sdk_sesv2::Client {
    let budget = RetryPartition::new(world::fresh_id().to_string());
    let ses = aws_sdk_sesv2::config::Builder::from(&aws(wire).await).retry_partition(budget).endpoint_url(endpoint);
    aws_sdk_sesv2::Client::from_conf(ses.timeout_config(vestibule::letters::timeouts()).build())
}

/// Clients for these endpoints. With `wire`, everything goes through it: tests count and break calls there.
pub async fn clients(dynamodb: &str, secrets_manager: &str, wire: Option<Transport>) -> Clients {
    let aws = aws(wire).await;
    // The SDK shares its retry budget in a process: here each deployment has its own, as each sandbox has on Lambda.
    let budget = RetryPartition::new(world::fresh_id().to_string());
    let dynamodb = aws_sdk_dynamodb::config::Builder::from(&aws).retry_partition(budget.clone()).endpoint_url(dynamodb);
    let secrets_manager =
        aws_sdk_secretsmanager::config::Builder::from(&aws).retry_partition(budget).endpoint_url(secrets_manager);
    Clients {
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
        secrets_manager: aws_sdk_secretsmanager::Client::from_conf(secrets_manager.build()),
    }
}

/// What all clients have in common.
async fn aws(wire: Option<Transport>) -> SdkConfig {
    let mut loader = sdk_defaults().region(Region::from_static(REGION)).credentials_provider(Credentials::new(
        ACCESS_KEY_ID,
        SECRET_ACCESS_KEY,
        None,
        None,
        "local",
    ));
    if let Some(wire) = wire {
        loader = loader.http_client(wire.http).sleep_impl(wire.sleep);
    }
    loader.load().await
}
