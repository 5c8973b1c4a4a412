//! The ordinary SDK clients, pointed at the services of this machine.

use aws_config::Region;
use aws_sdk_dynamodb::config::{Credentials, SharedHttpClient};
use vestibule::app::{Clients, sdk_defaults};

use crate::world::REGION;

/// Keys that no account has; the local services check none.
pub(crate) const ACCESS_KEY_ID: &str = "local";
/// As above.
pub(crate) const SECRET_ACCESS_KEY: &str = "local";

/// Clients for these endpoints. With `wire`, everything goes through it: tests count and break calls there.
pub async fn clients(dynamodb: &str, secrets_manager: &str, wire: Option<SharedHttpClient>) -> Clients {
    let mut loader = sdk_defaults().region(Region::from_static(REGION)).credentials_provider(Credentials::new(
        ACCESS_KEY_ID,
        SECRET_ACCESS_KEY,
        None,
        None,
        "local",
    ));
    if let Some(wire) = wire {
        loader = loader.http_client(wire);
    }
    let aws = loader.load().await;
    let dynamodb = aws_sdk_dynamodb::config::Builder::from(&aws).endpoint_url(dynamodb).build();
    let secrets_manager = aws_sdk_secretsmanager::config::Builder::from(&aws).endpoint_url(secrets_manager).build();
    Clients {
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
        secrets_manager: aws_sdk_secretsmanager::Client::from_conf(secrets_manager),
    }
}
