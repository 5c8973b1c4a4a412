//! Clients, and how they ask.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule::accounts::administration::Actor;
use vestibule::identity::ServiceId;
use vestibule::keys::{Algorithm, KeyPair};
use vestibule::oauth::clients::{
    Added, Authentication, Client, ClientKeys, ClientSecret, Grant, Lifetimes, ManageClients, Party, SecretMethod,
    Secrets, Standing,
};
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::RetryPolicy;
use vestibule_tests::{Answer, Scene};

pub(crate) const ISSUER: &str = "https://auth.example.com";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client with its secret, if it has one.
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A confidential client that acts for itself.
pub(crate) fn service(id: &str) -> Client {
    Client {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        authentication: Authentication::None,
        service: Some(ServiceId::random(&Randomness::System).unwrap()),
        grants: [Grant::ClientCredentials].into_iter().collect(),
        redirect_uris: Vec::new(),
        post_logout_redirect_uris: Vec::new(),
        origins: Vec::new(),
        scopes: Scopes::parse("orders:read orders:write").unwrap(),
        roles: Roles::default(),
        resources: vec!["https://invoices.example.com".parse().unwrap()],
        algorithm: None,
        lifetimes: Lifetimes::default(),
        limit: None,
        retry: RetryPolicy::UntilUsed,
        party: Party::Third,
        created_at: vestibule_tests::START,
        standing: Standing::Active,
        version: 1,
    }
}

pub(crate) async fn add(scene: &Scene, client: &Client) {
    client.check().unwrap();
    assert_eq!(scene.cloud.table().add_client(client, Actor::Operator).await.unwrap(), Added::Added);
}

/// Registers `client` with a secret that is sent by `method`.
pub(crate) async fn with_secret(scene: &Scene, client: Client, method: SecretMethod) -> Registered {
    let secret = ClientSecret::random(&Randomness::System).unwrap();
    let authentication = Authentication::Secret { method, secrets: Secrets::first(secret.hash()) };
    let client = Client { authentication, ..client };
    add(scene, &client).await;
    Registered { id: client.id.to_string(), secret: secret.expose().to_owned() }
}

/// A worker with a secret for the `Authorization` header.
pub(crate) async fn worker(scene: &Scene) -> Registered {
    with_secret(scene, service("worker"), SecretMethod::Basic).await
}

/// Registers `client` with the public half of a fresh key.
pub(crate) async fn with_key(scene: &Scene, client: Client) -> KeyPair {
    let pair = KeyPair::generate(Algorithm::Es256).unwrap();
    let keys = ClientKeys::parse(&format!(r#"{{"keys":[{}]}}"#, pair.public().to_json())).unwrap();
    add(scene, &Client { authentication: Authentication::PrivateKeyJwt(keys), ..client }).await;
    pair
}

impl Registered {
    pub(crate) fn basic(&self) -> String {
        basic(&self.id, &self.secret)
    }

    /// `POST path` with this form, authenticated in the header.
    pub(crate) async fn post(&self, scene: &Scene, path: &str, form: &str) -> Answer {
        post(scene, path, Some(&self.basic()), form).await
    }

    pub(crate) async fn token(&self, scene: &Scene, more: &str) -> Answer {
        self.post(scene, "/oauth/token", &format!("grant_type=client_credentials{more}")).await
    }

    pub(crate) async fn access_token(&self, scene: &Scene) -> String {
        self.token(scene, "").await.expect(200).member("access_token")
    }

    pub(crate) async fn introspect(&self, scene: &Scene, token: &str) -> Value {
        self.post(scene, "/oauth/introspect", &form(&[("token", token)])).await.expect(200).json()
    }
}

pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub(crate) async fn post(scene: &Scene, path: &str, authorization: Option<&str>, form: &str) -> Answer {
    let mut request = http::Request::post(path).header("content-type", FORM);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    scene.send(request.body(bytes::Bytes::from(form.to_owned())).unwrap()).await
}

/// Nothing but what RFC 3986 leaves alone is left alone.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// A good assertion of `client`; `change` spoils it.
pub(crate) fn assertion(scene: &Scene, client: &str, pair: &KeyPair, change: impl FnOnce(&mut Value)) -> String {
    let now = scene.clock.now().seconds();
    let jti = URL_SAFE_NO_PAD.encode(Randomness::System.bytes::<16>().unwrap());
    let mut claims = json!({ "iss": client, "sub": client, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": jti });
    change(&mut claims);
    signed(&json!({ "alg": "ES256" }), &claims, pair)
}

pub(crate) fn signed(header: &Value, claims: &Value, pair: &KeyPair) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = pair.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// What proves a client by an assertion.
pub(crate) fn proof(assertion: &str) -> [(&str, &str); 2] {
    [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)]
}

/// A request for a token with an assertion.
pub(crate) fn asserting(assertion: &str) -> String {
    form(&[&[("grant_type", "client_credentials")], proof(assertion).as_slice()].concat())
}

pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Fails unless the answer is this OAuth error and nobody keeps it.
#[track_caller]
pub(crate) fn expect_error(answer: Answer, status: u16, error: &str) -> Answer {
    let answer = answer.expect(status);
    assert_eq!((answer.member("error").as_str(), answer.header("cache-control")), (error, Some("no-store")));
    answer
}
