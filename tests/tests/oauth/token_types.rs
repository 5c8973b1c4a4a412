//! Token-type swap (RFC 8725 §3.11 and §3.12, RFC 9700 §4.9): each credential opens what it is for, and nothing else, wherever
//! it is put.

use serde_json::json;
use vestibule::oauth::clients::{Client, Party, SecretMethod};
use vestibule::sessions::State;
use vestibule_tests::{PASSWORD, Scene};

use crate::consent::{Person, VERIFIER, give, page, redeem, redemption, refresh, sessions};
use crate::stage::{Registered, add, asserting, assertion, form, post, service, with_key, with_secret};

/// One of each, all good.
struct Credentials {
    scene: Scene,
    person: Person,
    asks: Registered,
    all: Vec<(&'static str, String)>,
}

/// The names under which [`Credentials`] has them.
const ACCESS: &str = "access token";
const ID: &str = "ID token";
const REFRESH: &str = "refresh token";
const OWN_ACCESS: &str = "access token of our own client";
const OWN_REFRESH: &str = "refresh token of our own client";
const SERVICE: &str = "access token of a service";
const COOKIE: &str = "session cookie";
const API_KEY: &str = "API key";
const ASSERTION: &str = "client assertion";
const SECRET: &str = "client secret";
const CODE: &str = "code";

impl Credentials {
    async fn collect() -> Self {
        let scene = Scene::new().await;
        add(&scene, &Client { party: Party::First, ..page("shop") }).await;
        let person = Person::sign_in(&scene, scene.demo().await).await;
        let tokens = redeem(&scene, &give(&scene, &person.agrees(&scene, "shop")).await).await.expect(200);
        let signed_in = json!({ "username": person.user.email, "password": PASSWORD, "transport": "cookie" });
        let request = http::Request::post("/login").header("content-type", "application/json");
        let request = request.header("sec-fetch-site", "same-origin").body(signed_in.to_string().into()).unwrap();
        let answer = scene.send(request).await.expect(200);
        let cookie = answer.set_cookies().into_iter().find_map(|cookie| cookie.strip_prefix("__Host-session="));
        let cookie = cookie.unwrap().split(';').next().unwrap().to_owned();
        let made = json!({ "name": "export", "scope": "orders:read" });
        let key = scene.post_as("/api-keys", &person.tokens.access, &made).await.expect(201).member("key");
        let pair = with_key(&scene, service("signer")).await;
        let asks = with_secret(&scene, service("asks"), SecretMethod::Basic).await;
        let all = vec![
            (ACCESS, tokens.member("access_token")),
            (ID, tokens.member("id_token")),
            (REFRESH, tokens.member("refresh_token")),
            (OWN_ACCESS, person.tokens.access.clone()),
            (OWN_REFRESH, person.tokens.refresh.clone()),
            (SERVICE, asks.access_token(&scene).await),
            (COOKIE, cookie),
            (API_KEY, key),
            (ASSERTION, assertion(&scene, "signer", &pair, |_| {})),
            (SECRET, asks.secret.clone()),
            (CODE, give(&scene, &person.agrees(&scene, "shop")).await),
        ];
        Self { scene, person, asks, all }
    }
}

/// Puts each credential where `put` puts it; the names of those that open it.
macro_rules! opened {
    ($stage:expr, |$scene:ident, $credential:ident| $put:expr) => {{
        let mut opened = Vec::new();
        for (name, $credential) in &$stage.all {
            let $scene = &$stage.scene;
            if $put {
                opened.push(*name);
            }
        }
        opened
    }};
}

#[tokio::test]
async fn as_a_bearer_token_access_tokens_alone_open_a_route() {
    let stage = Credentials::collect().await;
    let opened = opened!(stage, |scene, it| scene.get_as("/whoami", it).await.status() == 200);
    assert_eq!(opened, [ACCESS, OWN_ACCESS, SERVICE]);
    let api_key = opened!(stage, |scene, it| {
        scene.get("/whoami", &[("authorization", &format!("ApiKey {it}"))]).await.status() == 200
    });
    assert_eq!(api_key, [API_KEY]);
    let cookie = opened!(stage, |scene, it| {
        scene.get("/web/whoami", &[("cookie", &format!("__Host-session={it}"))]).await.status() == 200
    });
    assert_eq!(cookie, [COOKIE]);
}

#[tokio::test]
async fn a_clients_token_tells_who_signed_in_and_never_manages_the_account() {
    let stage = Credentials::collect().await;
    let opened = opened!(stage, |scene, it| scene.get_as("/userinfo", it).await.status() == 200);
    assert_eq!(opened, [ACCESS]);
    for path in ["/account", "/sessions", "/consents", "/api-keys"] {
        let opened = opened!(stage, |scene, it| scene.get_as(path, it).await.status() == 200);
        assert_eq!(opened, [OWN_ACCESS], "{path}");
    }
    let (_, access) = &stage.all[0];
    scene_says_forbidden(&stage.scene, access).await;
}

async fn scene_says_forbidden(scene: &Scene, access: &str) {
    let asked = json!({ "name": "export", "scope": "orders:read" });
    scene.post_as("/api-keys", access, &asked).await.expect_problem(403, "forbidden");
    scene.get_as("/sessions", access).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn at_the_token_endpoint_each_parameter_takes_its_own_kind() {
    let stage = Credentials::collect().await;
    let codes = opened!(stage, |scene, it| {
        let body = redemption("shop", it, &[("code_verifier", VERIFIER)]);
        post(scene, "/oauth/token", None, &body).await.status() == 200
    });
    assert_eq!(codes, [CODE]);
    let refreshed = opened!(stage, |scene, it| refresh(scene, "shop", it, &[]).await.status() == 200);
    assert_eq!(refreshed, [REFRESH]);
    let own = opened!(stage, |scene, it| scene.try_refresh(it).await.status() == 200);
    assert_eq!(own, [OWN_REFRESH]);
    let secrets = opened!(stage, |scene, it| {
        let header = crate::stage::basic("asks", it);
        post(scene, "/oauth/token", Some(&header), "grant_type=client_credentials").await.status() == 200
    });
    assert_eq!(secrets, [SECRET]);
    let assertions =
        opened!(stage, |scene, it| post(scene, "/oauth/token", None, &asserting(it)).await.status() == 200);
    assert_eq!(assertions, [ASSERTION]);
}

#[tokio::test]
async fn introspection_knows_access_tokens_and_revocation_what_the_client_was_given() {
    let stage = Credentials::collect().await;
    let active = opened!(stage, |scene, it| stage.asks.introspect(scene, it).await["active"] == true);
    assert_eq!(active, [ACCESS, OWN_ACCESS, SERVICE]);
    for (name, it) in &stage.all {
        let answer = post(&stage.scene, "/oauth/revoke", None, &form(&[("client_id", "shop"), ("token", it)])).await;
        let status = if [OWN_ACCESS, OWN_REFRESH, SERVICE].contains(name) { 400 } else { 200 };
        assert_eq!(answer.status(), status, "{name}");
        let state = sessions(&stage.scene, stage.person.user.id, "shop").await[0].state;
        // The access token comes first, and ends it.
        assert_ne!(state, State::Live, "{name}");
    }
    let own = sessions(&stage.scene, stage.person.user.id, "vestibule").await;
    assert!(own.iter().all(|session| session.state == State::Live), "{own:?}");
}
