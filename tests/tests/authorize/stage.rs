//! People in browsers, and the clients that they let in.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;
use vestibule::accounts::administration::Actor;
use vestibule::oauth::clients::{Added, Client, ClientId, ManageClients, Party};
use vestibule::oauth::consents::{Agree, Agreed, Consent, Permission};
use vestibule::scope::Scopes;
use vestibule::sessions::Session;
use vestibule::sessions::open::{OpenSession, Opening};
use vestibule_tests::{Answer, PASSWORD, Scene, User, public_client};

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

    /// Signs `user` in on the page that an authorization request led to, in a fresh browser, and comes back `to` it.
    pub(crate) async fn sign_in_for(scene: &'s Scene, user: &User, to: &str) -> Self {
        let form = [("username", &*user.email), ("password", PASSWORD), ("continue", to)];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let fresh = Self { scene, cookie: String::new() };
        let answer = fresh.post("/sign-in", &form, OURS).await.expect(303);
        assert_eq!(answer.header("location"), Some(to));
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
    let client_id = client.parse::<ClientId>().unwrap().to_string();
    let session = Session { client_id, ..vestibule_tests::session(user.id, scene.clock.now()) };
    assert_eq!(scene.cloud.table().open(&session, 1).await.unwrap(), Opening::Opened);
    session
}

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const WEB: &str = "https://app.example.com/callback";
pub(crate) const OUT: &str = "https://app.example.com/out";
pub(crate) const INVOICES: &str = "https://invoices.example.com";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody else's client, a page on the web, which cannot keep a secret.
pub(crate) fn third_party(id: &str) -> Client {
    Client {
        post_logout_redirect_uris: vec![OUT.parse().unwrap()],
        scopes: Scopes::parse("openid email orders:read orders:write").unwrap(),
        resources: vec![INVOICES.parse().unwrap()],
        party: Party::Third,
        ..public_client(id, WEB)
    }
}

/// The team's own.
pub(crate) fn first_party(id: &str) -> Client {
    Client { party: Party::First, ..third_party(id) }
}

pub(crate) async fn add(scene: &Scene, client: &Client) {
    client.check().unwrap();
    assert_eq!(scene.cloud.table().add_client(client, Actor::Operator).await.unwrap(), Added::Added);
}

/// A request of the client called `id` that is good, with these parameters in the place of others; one without a value is left out.
pub(crate) fn request(id: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let good = [
        ("client_id", id),
        ("redirect_uri", WEB),
        ("response_type", "code"),
        ("scope", "openid orders:read"),
        ("state", "af0ifjsldkj"),
        ("nonce", "n-0S6_WzA2Mj"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = good.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let new = changes.iter().filter(|(_, value)| !value.is_empty());
    kept.chain(new).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn encoded(parameters: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters).finish()
}

/// The address of [`request`].
pub(crate) fn authorize(id: &str, changes: &[(&str, &str)]) -> String {
    format!("/oauth/authorize?{}", encoded(&request(id, changes)))
}

/// What the query of an address holds.
pub(crate) fn query_of(address: &str) -> HashMap<String, String> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Where an answer sends the browser; the test fails if it does not.
#[track_caller]
pub(crate) fn location(answer: Answer) -> String {
    let answer = answer.expect(303);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.header("location").unwrap().to_owned()
}

/// What a client hears at [`WEB`]; the test fails if it hears nothing, or somebody else does.
#[track_caller]
pub(crate) fn heard(answer: Answer) -> HashMap<String, String> {
    let location = location(answer);
    assert!(location.starts_with(&format!("{WEB}?")), "{location}");
    let heard = query_of(&location);
    assert_eq!(heard["iss"], ISSUER, "RFC 9207: in every response");
    heard
}

/// The error that a client hears.
#[track_caller]
pub(crate) fn error(answer: Answer) -> String {
    let heard = heard(answer);
    assert!(!heard.contains_key("code"), "{heard:?}");
    heard["error"].clone()
}

/// The request to come back to, if an answer sends the browser to the sign-in page.
#[track_caller]
pub(crate) fn comes_back_to(answer: Answer) -> String {
    let location = location(answer);
    assert!(location.starts_with(&format!("{ISSUER}/sign-in?continue=")), "{location}");
    query_of(&location)["continue"].clone()
}

/// A page that asks, with the headers that keep others from showing it.
#[track_caller]
pub(crate) fn asks(answer: Answer, title: &str) -> Answer {
    let answer = answer.expect(200);
    assert!(answer.text().contains(&format!("<h1>{title}</h1>")), "{}", answer.text());
    is_a_page(&answer);
    answer
}

/// Fails unless nobody can frame it, keep it, or have it load anything.
#[track_caller]
pub(crate) fn is_a_page(answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("location"), None);
}

/// A page that says no, and sends nobody anywhere.
#[track_caller]
pub(crate) fn goes_nowhere(answer: Answer, status: u16) -> Answer {
    let answer = answer.expect(status);
    is_a_page(&answer);
    assert!(!answer.text().contains("<form") && !answer.text().contains("<a "), "{}", answer.text());
    answer
}

impl Browser<'_> {
    /// Follows a link.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let navigation =
            [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("sec-fetch-site", "cross-site")];
        let request = Request::get(path).header("cookie", &self.cookie);
        let request = navigation.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.scene.send(request.body(Bytes::new()).unwrap()).await
    }

    /// Sends a form of a page with these headers.
    pub(crate) async fn post(&self, path: &str, form: &[(String, String)], headers: &[(&str, &str)]) -> Answer {
        let request = Request::post(path).header("cookie", &self.cookie).header("content-type", FORM);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.scene.send(request.body(Bytes::from(encoded(form))).unwrap()).await
    }

    /// Decides on the page that asks.
    pub(crate) async fn decide(&self, page: &Answer, decision: &str) -> Answer {
        let mut form = page.hidden_fields();
        form.push(("decision".to_owned(), decision.to_owned()));
        self.post("/oauth/consent", &form, OURS).await
    }

    /// Lets the client in, whether or not it must ask; the code.
    pub(crate) async fn lets_in(&self, id: &str, changes: &[(&str, &str)]) -> String {
        let answer = self.get(&authorize(id, changes)).await;
        let answer = if answer.status() == 200 { self.decide(&answer, "allow").await } else { answer };
        heard(answer)["code"].clone()
    }
}

/// `POST /oauth/token` with a code.
pub(crate) async fn exchange(scene: &Scene, id: &str, code: &str, changes: &[(&str, &str)]) -> Answer {
    let good = [
        ("grant_type", "authorization_code"),
        ("client_id", id),
        ("code", code),
        ("redirect_uri", WEB),
        ("code_verifier", VERIFIER),
    ];
    let kept = good.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let form: Vec<_> = kept.chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    scene.post("/oauth/token", FORM, encoded(&form)).await
}

/// What a token says, unverified.
pub(crate) fn claims(token: &str) -> serde_json::Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Who the client's ID token says that this browser is.
pub(crate) async fn id_token(browser: &Browser<'_>, id: &str) -> String {
    let code = browser.lets_in(id, &[]).await;
    exchange(browser.scene, id, &code, &[]).await.expect(200).member("id_token")
}
