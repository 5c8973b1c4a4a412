//! What a resource server promises: who is let in, what everybody else is told, and how often the issuer is asked for its keys.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

mod denials;
mod issuer;
mod keys;

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty, Full};
use tower::{Layer as _, ServiceExt as _, service_fn};

use vestibule::clock::{Clock, ManualClock, Timestamp};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::{Algorithm, SigningKey, SigningKeyRing};
use vestibule::principal::{Principal, Subject};
use vestibule::resource::{InvalidResourceServer, RequireToken, ResourceServer};
use vestibule::scope::{Roles, Scopes};
use vestibule::tokens::{AccessTokenClaims, mint};

use issuer::Issuer;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const AUDIENCE: &str = "https://api.example.com";
const USER: UserId = UserId::from_bytes([1; 16]);

/// An issuer on a loopback socket and an API that takes its tokens.
struct Stage {
    clock: ManualClock,
    issuer: Issuer,
    api: ResourceServer,
}

/// What the API answers.
#[derive(Debug)]
struct Heard {
    status: StatusCode,
    challenge: Option<String>,
    retry_after: bool,
    body: String,
}

impl Stage {
    async fn begin() -> Self {
        let issuer = Issuer::start(SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap()).await;
        let clock = ManualClock::starting_at(NOW);
        let api = ResourceServer::by_clock(issuer.url(), AUDIENCE, Clock::Manual(clock.clone())).unwrap();
        Self { clock, issuer, api }
    }

    /// An access token for the API, with this scope.
    fn token(&self, scope: &str) -> String {
        let ring = self.issuer.ring();
        self.token_for(AUDIENCE, scope, ring.active(Algorithm::Es256).unwrap())
    }

    fn token_for(&self, audience: &str, scope: &str, key: &SigningKey) -> String {
        let now = Clock::Manual(self.clock.clone()).now();
        let claims = AccessTokenClaims {
            issuer: self.issuer.url(),
            audience,
            subject: Subject::User(USER),
            client_id: "app",
            scope: &Scopes::parse(scope).unwrap(),
            roles: &Roles::default(),
            session: Some(SessionId::from_bytes([2; 16])),
            auth_time: Some(now),
            issued_at: now,
            expires_at: now.plus(Duration::from_secs(300)),
            id: [0; 16],
        };
        mint(&claims, key).unwrap().expose().clone()
    }

    /// What a request with these values of `Authorization` hears behind a layer that asks for `orders:read`.
    async fn ask(&self, authorization: &[&str]) -> Heard {
        self.ask_behind(self.api.requiring("orders:read").unwrap(), authorization).await
    }

    async fn ask_behind(&self, layer: RequireToken, authorization: &[&str]) -> Heard {
        let service = layer.layer(service_fn(|request: Request<Empty<Bytes>>| async move {
            let caller = request.extensions().get::<Principal>().unwrap();
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(caller.sub.to_string())))
        }));
        let mut request = Request::get("/orders");
        for value in authorization {
            request = request.header("authorization", *value);
        }
        let (parts, body) = service.oneshot(request.body(Empty::new()).unwrap()).await.unwrap().into_parts();
        let challenge = parts.headers.get(WWW_AUTHENTICATE).map(|value| value.to_str().unwrap().to_owned());
        let body = body.collect().await.unwrap().to_bytes();
        Heard {
            status: parts.status,
            challenge,
            retry_after: parts.headers.contains_key("retry-after"),
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn ask_with(&self, token: &str) -> Heard {
        self.ask(&[&format!("Bearer {token}")]).await
    }
}

#[test]
fn an_issuer_is_an_address_and_an_audience_can_be_quoted() {
    for issuer in
        ["", "auth.example.com", "http://auth.example.com", "https://auth.example.com/", "https://a.example?b"]
    {
        assert_eq!(ResourceServer::new(issuer, AUDIENCE).unwrap_err(), InvalidResourceServer::Issuer, "{issuer}");
    }
    for audience in ["", "a b", "a\"b", "a\\b", "ä", "a\nb"] {
        let refused = ResourceServer::new("https://auth.example.com", audience).unwrap_err();
        assert_eq!(refused, InvalidResourceServer::Audience, "{audience:?}");
    }
    assert!(ResourceServer::new("https://auth.example.com/prod", "orders").is_ok());
}
