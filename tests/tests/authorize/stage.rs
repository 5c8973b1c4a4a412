//! People in browsers, and the clients that they let in.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;
use vestibule::oauth::clients::ClientId;
use vestibule::oauth::consents::{Agree, Agreed, Consent, Permission};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::open::{OpenSession, Opening};
use vestibule::sessions::rotation::Generation;
use vestibule::sessions::{AuthenticationMethod, Session, State, Transport};
use vestibule_tests::{Answer, PASSWORD, Scene, User};

pub(crate) const ISSUER: &str = "https://auth.example.com";
/// What a browser sends of itself for a page of the API's own origin.
pub(crate) const OURS: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];

/// A browser in which somebody has signed in.
pub(crate) struct Browser<'s> {
    pub(crate) scene: &'s Scene,
    /// `__Host-session=…`
    pub(crate) cookie: String,
}

impl<'s> Browser<'s> {
    /// Signs `user` in, in a fresh browser.
    pub(crate) async fn sign_in(scene: &'s Scene, user: &User) -> Self {
        let body = json!({ "username": user.email, "password": PASSWORD, "transport": "cookie" });
        let request = Request::post("/login").header("content-type", "application/json");
        let request = request.header("sec-fetch-site", "same-origin").body(body.to_string().into()).unwrap();
        let answer = scene.send(request).await.expect(200);
        let cookie = answer.set_cookies().into_iter().find(|cookie| cookie.starts_with("__Host-session=")).unwrap();
        Self { scene, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    /// A request with the cookie, as this browser sends it for a page of ours.
    pub(crate) async fn ask(&self, method: Method, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header("cookie", &self.cookie);
        let request = OURS.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.scene.send(request.body(Bytes::new()).unwrap()).await
    }

    /// Whether the session lives.
    pub(crate) async fn is_live(&self) -> bool {
        self.ask(Method::GET, "/sessions").await.status() == 200
    }
}

/// `user` lets `client` do this, as the table has it.
pub(crate) async fn agree(scene: &Scene, user: &User, client: &str, audience: &str, scope: &str) {
    let consent = Consent {
        client: client.parse().unwrap(),
        client_name: format!("The {client}"),
        permissions: Permission::each(audience, &Scopes::parse(scope).unwrap()),
        agreed_at: scene.clock.now(),
    };
    assert_eq!(scene.cloud.table().agree(user.id, 1, &consent).await.unwrap(), Agreed::Kept);
}

/// A session of `user` that `client` holds.
pub(crate) async fn session_of(scene: &Scene, user: &User, client: &str) -> Session {
    use vestibule::identity::SessionId;
    use vestibule::randomness::Randomness;

    let now = scene.clock.now();
    let session = Session {
        user: user.id,
        id: SessionId::random(&Randomness::System).unwrap(),
        client_id: client.parse::<ClientId>().unwrap().to_string(),
        scope: Scopes::parse("orders:read").unwrap(),
        audience: None,
        roles: Roles::default(),
        auth_time: now,
        auth_method: AuthenticationMethod::Password,
        device: None,
        network: None,
        transport: Transport::Tokens,
        generation: Generation::FIRST,
        rotated_at: now,
        mac_key: 1,
        idle_expires_at: now.plus(std::time::Duration::from_secs(3600)),
        expires_at: now.plus(std::time::Duration::from_secs(3600)),
        state: State::Live,
    };
    assert_eq!(scene.cloud.table().open(&session, 1).await.unwrap(), Opening::Opened);
    session
}
