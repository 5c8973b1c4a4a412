//! The first event of each program, and the world in which it is answered.

use std::path::Path;

use bytes::Bytes;
use serde_json::{Value, json};
use vestibule::app::Clients;
use vestibule::clock::Clock;
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::{Algorithm, ReadSigningKeys as _};
use vestibule::principal::Subject;
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::store::{Secrets, Table};
use vestibule::tokens::{AccessTokenClaims, mint};
use vestibule_local::clients::clients;
use vestibule_local::dynamodb::LocalDynamoDb;
use vestibule_local::provision;
use vestibule_local::secrets_manager::LocalSecretsManager;
use vestibule_local::storage::Storage;
use vestibule_tests::programs::http_event;

use crate::Fault;

/// What is deployed.
pub(crate) const FUNCTIONS: [&str; 9] =
    ["admin", "login", "refresh", "revoke", "authorizer", "discovery", "rotate_keys", "accounts", "whoami"];
/// What it is measured against.
pub(crate) const BASELINES: [&str; 2] = ["empty", "linked"];

const ISSUER: &str = "http://127.0.0.1:9000";
const TABLE: &str = "vestibule";
const SIGNING_SECRET: &str = "signing";
const SYMMETRIC_SECRET: &str = "symmetric";
/// One file of root certificates, which is all that Lambda's image has. Debian has a folder of hundreds beside it, and reading
/// that would be half of each start.
const ROOTS: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// An event, and how its answer is recognized: a program that fails must not pass for a fast one.
pub(crate) struct FirstEvent {
    pub(crate) program: &'static str,
    pub(crate) event: Bytes,
    /// Where in the answer to look, as a JSON pointer.
    place: &'static str,
    expected: Value,
}

impl FirstEvent {
    /// Each program answers without a call to AWS: a malformed body or event, no principal, no credential, an unknown document.
    pub(crate) fn without_calls() -> Result<Vec<Self>, Fault> {
        let refused = |program, path| Self::http(program, "POST", path, Some("{"), 400);
        Ok(vec![
            Self::http("empty", "GET", "/", None, 200),
            Self::http("linked", "GET", "/", None, 200),
            refused("login", "/login"),
            refused("refresh", "/refresh"),
            refused("revoke", "/revoke"),
            refused("accounts", "/accounts"),
            Self::authorization("GET /whoami", None, false)?,
            Self::http("discovery", "GET", "/.well-known/unknown", None, 404),
            Self { program: "rotate_keys", event: "{}".into(), place: "/errorType", expected: "malformed".into() },
            Self::http("whoami", "GET", "/whoami", None, 401),
        ])
    }

    /// One read of DynamoDB each: any item, the public keys for a token, the public keys for the document.
    pub(crate) fn with_a_read(world: &World) -> Result<Vec<Self>, Fault> {
        Ok(vec![
            Self::http("linked", "GET", &format!("/item/{TABLE}"), None, 200),
            Self::authorization("GET /whoami", Some(world.token.expose()), true)?,
            Self::http("discovery", "GET", "/.well-known/jwks.json", None, 200),
        ])
    }

    /// Whether `answer` is the one that the event must get.
    pub(crate) fn is_answered_by(&self, answer: &Value) -> bool {
        answer.pointer(self.place) == Some(&self.expected)
    }

    fn http(program: &'static str, method: &str, path: &str, body: Option<&str>, status: u16) -> Self {
        Self { program, event: http_event(method, path, body), place: "/statusCode", expected: status.into() }
    }

    /// An authorizer's event of an HTTP API, payload 2.0 with simple responses.
    fn authorization(route_key: &str, token: Option<&str>, authorized: bool) -> Result<Self, Fault> {
        let credential = token.map(|token| format!("Bearer {token}"));
        let event = json!({
            "version": "2.0",
            "type": "REQUEST",
            "routeArn": "arn:aws:execute-api:us-east-1:000000000000:local/$default/GET/whoami",
            "routeKey": route_key,
            "identitySource": credential.iter().collect::<Vec<_>>(),
            "headers": credential.iter().map(|value| ("authorization", value)).collect::<std::collections::BTreeMap<_, _>>(),
            "requestContext": { "requestId": "footprint" },
        });
        let event = serde_json::to_vec(&event)?.into();
        Ok(Self { program: "authorizer", event, place: "/isAuthorized", expected: authorized.into() })
    }
}

/// A table with published keys, the secrets, and a token that is good.
pub(crate) struct World {
    dynamodb: LocalDynamoDb,
    secrets_manager: LocalSecretsManager,
    token: Secret<String>,
}

impl World {
    pub(crate) async fn start() -> Result<Self, Fault> {
        let dynamodb = LocalDynamoDb::start(Storage::Memory).await?;
        let secrets_manager = LocalSecretsManager::start(Storage::Memory).await?;
        let clients = clients(&dynamodb.endpoint_url(), &secrets_manager.endpoint_url(), None).await;
        let token = provide(clients).await?;
        Ok(Self { dynamodb, secrets_manager, token })
    }

    /// What the template and the SDK's own variables tell a function.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let roots = ROOTS.into_iter().find(|file| Path::new(file).is_file());
        let variables = [
            ("VESTIBULE_ISSUER", ISSUER.to_owned()),
            ("VESTIBULE_TABLE", TABLE.to_owned()),
            ("VESTIBULE_SIGNING_SECRET", SIGNING_SECRET.to_owned()),
            ("VESTIBULE_SYMMETRIC_SECRET", SYMMETRIC_SECRET.to_owned()),
            ("VESTIBULE_MAIL_FROM", "no-reply@example.com".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.endpoint_url()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.secrets_manager.endpoint_url()),
        ];
        let roots = roots.map(|file| ("SSL_CERT_FILE", file.to_owned()));
        variables.into_iter().chain(roots).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Makes the table and the keys, and signs a token of a session that needs no storage to be believed.
async fn provide(clients: Clients) -> Result<Secret<String>, Fault> {
    let (now, randomness) = (Clock::System.now(), Randomness::System);
    provision::table(&clients, TABLE).await?;
    let secrets = Secrets::new(clients.secrets_manager, SIGNING_SECRET, SYMMETRIC_SECRET);
    provision::keys(&secrets, &Table::new(clients.dynamodb, TABLE), &randomness, now).await?;
    let ring = secrets.read_signing_keys().await?;
    let claims = AccessTokenClaims {
        issuer: ISSUER,
        audience: ISSUER,
        subject: Subject::User(UserId::random(&randomness)?),
        client_id: "vestibule",
        scope: &Scopes::default(),
        roles: &Roles::default(),
        session: Some(SessionId::random(&randomness)?),
        auth_time: Some(now),
        issued_at: now,
        expires_at: now.plus(std::time::Duration::from_secs(3600)),
        id: randomness.bytes()?,
    };
    Ok(mint(&claims, ring.active(Algorithm::Es256).ok_or("no key signs")?)?)
}
