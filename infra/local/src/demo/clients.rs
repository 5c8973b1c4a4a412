//! The OAuth client of the local story: a service that acts for itself.

use std::time::Duration;

use vestibule::accounts::administration::Actor;
use vestibule::clock::Timestamp;
use vestibule::identity::ServiceId;
use vestibule::oauth::clients::manage::Intervention;
use vestibule::oauth::clients::{
    Added, Authentication, Client, ClientSecret, Grant, Lifetimes, ManageClients, Party, SecretHash, SecretMethod,
    Secrets, Standing,
};
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::sessions::rotation::RetryPolicy;
use vestibule::store::Table;

use super::Fault;

/// The name of the service.
pub const SERVICE: &str = "demo-service";

/// Registers the service unless it is there, and says its secret where that is known. With `given`, that is its secret from now on.
///
/// # Errors
/// What the table said.
pub async fn service(
    table: &Table,
    randomness: &Randomness,
    given: Option<Secret<String>>,
    now: Timestamp,
) -> Result<Option<Secret<String>>, Fault> {
    let secret = match &given {
        Some(given) => given.clone(),
        None => Secret::new(ClientSecret::random(randomness)?.expose().to_owned()),
    };
    let hash = SecretHash::of(&secret);
    let client = Client {
        id: SERVICE.parse()?,
        name: "Demo service".to_owned(),
        authentication: Authentication::Secret { method: SecretMethod::Basic, secrets: Secrets::first(hash) },
        service: Some(ServiceId::random(randomness)?),
        grants: [Grant::ClientCredentials].into_iter().collect(),
        redirect_uris: Vec::new(),
        post_logout_redirect_uris: Vec::new(),
        origins: Vec::new(),
        scopes: Scopes::parse("orders:read")?,
        roles: Roles::default(),
        resources: Vec::new(),
        algorithm: None,
        lifetimes: Lifetimes::default(),
        limit: None,
        retry: RetryPolicy::UntilUsed,
        party: Party::First,
        created_at: now,
        standing: Standing::Active,
        version: 1,
    };
    client.check()?;
    match (table.add_client(&client, Actor::Operator).await?, given.is_some()) {
        (Added::Added, _) => Ok(Some(secret)),
        // One of an earlier start keeps its secret unless another is given.
        (Added::Taken, true) => {
            let given = Intervention::Secret { secret: hash, overlap: Duration::ZERO };
            table.change_client(&client.id, &given, Actor::Operator, now).await?;
            Ok(Some(secret))
        }
        (Added::Taken | Added::NotAdministrator, _) => Ok(None),
    }
}
