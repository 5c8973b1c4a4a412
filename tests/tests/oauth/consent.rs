//! People who agreed, and the codes that they sent their clients back with.

use std::time::Duration;

use vestibule::identity::{SessionId, UserId};
use vestibule::oauth::clients::{Authentication, Client, Grant, Party};
use vestibule::oauth::codes::{AuthorizationCode, Code, CodeState, IssueCode};
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::end::ListSessions;
use vestibule::sessions::rotation::{DEFAULT_RETRY_WINDOW, RetryPolicy};
use vestibule::sessions::{AuthenticationMethod, Session};
use vestibule_tests::{Answer, Scene, Tokens, User};

use crate::stage::{ISSUER, add, claims, form, post, service};

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const BACK: &str = "https://shop.example.com/back";

/// A public client with a page at [`BACK`].
pub(crate) fn page(id: &str) -> Client {
    Client {
        authentication: Authentication::None,
        service: None,
        grants: [Grant::AuthorizationCode, Grant::RefreshToken].into_iter().collect(),
        redirect_uris: vec![BACK.parse().unwrap()],
        scopes: Scopes::parse("openid profile email orders:read").unwrap(),
        limit: None,
        retry: RetryPolicy::Window(DEFAULT_RETRY_WINDOW),
        ..service(id)
    }
}

/// Somebody who is signed in on a browser.
pub(crate) struct Person {
    pub(crate) user: User,
    pub(crate) tokens: Tokens,
    pub(crate) browser: SessionId,
}

impl Person {
    pub(crate) async fn sign_in(scene: &Scene, user: User) -> Self {
        let tokens = scene.login(&user).await;
        let browser = claims(&tokens.access)["sid"].as_str().unwrap().parse().unwrap();
        Self { user, tokens, browser }
    }

    /// What they agree to for the client called `id`: all that [`page`] may ask for.
    pub(crate) fn agrees(&self, scene: &Scene, id: &str) -> AuthorizationCode {
        let now = scene.clock.now();
        AuthorizationCode {
            client: id.parse().unwrap(),
            redirect_uri: BACK.to_owned(),
            challenge: CHALLENGE.parse().unwrap(),
            scope: Scopes::parse("openid profile email orders:read").unwrap(),
            audience: ISSUER.to_owned(),
            nonce: Some("n-0S6_WzA2Mj".parse().unwrap()),
            user: self.user.id,
            account_version: 1,
            by_consent: false,
            browser: self.browser,
            roles: Roles::default(),
            auth_time: now.minus(Duration::from_secs(30)),
            auth_method: AuthenticationMethod::Password,
            expires_at: now.plus(Duration::from_secs(60)),
            state: CodeState::Unused,
        }
    }
}

/// A code that is good for this.
pub(crate) async fn give(scene: &Scene, code: &AuthorizationCode) -> String {
    let fresh = Code::draw(&Randomness::System).unwrap();
    scene.cloud.table().issue_code(&fresh.hash(), code).await.unwrap();
    fresh.expose().to_owned()
}

/// Somebody who has agreed that the page `shop` may act for them, and its code.
pub(crate) async fn agreed(scene: &Scene) -> (Person, String) {
    add(scene, &Client { party: Party::First, ..page("shop") }).await;
    let person = Person::sign_in(scene, scene.demo().await).await;
    let code = give(scene, &person.agrees(scene, "shop")).await;
    (person, code)
}

/// All that a public client sends with a code; `changes` replace, add and, by an empty value, take away.
pub(crate) fn redemption(client: &str, code: &str, changes: &[(&str, &str)]) -> String {
    let good = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
    let kept = good.into_iter().filter(|(name, _)| !changed(name));
    let pairs = kept.chain(changes.iter().copied().filter(|(_, value)| !value.is_empty()));
    form(&pairs.collect::<Vec<_>>())
}

pub(crate) async fn redeem(scene: &Scene, code: &str) -> Answer {
    redeem_with(scene, code, &[]).await
}

pub(crate) async fn redeem_with(scene: &Scene, code: &str, changes: &[(&str, &str)]) -> Answer {
    post(scene, "/oauth/token", None, &redemption("shop", code, changes)).await
}

pub(crate) async fn refresh(scene: &Scene, client: &str, token: &str, more: &[(&str, &str)]) -> Answer {
    let pairs = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)];
    post(scene, "/oauth/token", None, &form(&[&pairs, more].concat())).await
}

/// The sessions that the table holds of `user` for the client called `id`.
pub(crate) async fn sessions(scene: &Scene, user: UserId, id: &str) -> Vec<Session> {
    let sessions = scene.cloud.table().sessions(user).await.unwrap();
    sessions.into_iter().map(Result::unwrap).filter(|session| session.client_id == id).collect()
}
