//! Path confusion over every route of the template: a spelling either is the route, and is decided as the route, or is nothing.
//!
//! Beside it what a request says of itself that is not so: another method, another host, another source, somebody's context.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;
use vestibule_local::template::{ApiRoute, Authorizer};
use vestibule_tests::{Answer, PASSWORD, Scene, Tokens, User};

/// Where a route is told who is calling; the gateway asks its authorizer with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Authorization,
    ApiKey,
    Cookie,
}

impl Place {
    fn of(authorizer: &Authorizer) -> Self {
        let takes = |header: &str| authorizer.identity_sources.iter().any(|source| source.eq_ignore_ascii_case(header));
        if takes("$request.header.cookie") {
            Self::Cookie
        } else if takes("$request.header.x-api-key") {
            Self::ApiKey
        } else {
            assert!(takes("$request.header.authorization"), "{authorizer:?}");
            Self::Authorization
        }
    }
}

/// Every route, as the gateway has read it from the template, with something in the place of each variable.
fn routes(scene: &Scene) -> Vec<(String, String, Option<Place>)> {
    let of = |route: &ApiRoute| {
        let (method, path) = route.key.split_once(' ').unwrap();
        let filled: Vec<_> = path.split('/').map(|piece| if piece.starts_with('{') { "x" } else { piece }).collect();
        (method.to_owned(), filled.join("/"), route.authorizer.as_deref().map(Place::of))
    };
    scene.gateway().routes().map(of).collect()
}

/// Other spellings of `path`, as attackers have used them against a proxy and a server that disagree.
fn spellings(path: &str) -> Vec<String> {
    let (first, rest) = path[1..].split_at(1);
    let encoded = format!("%{:02x}{rest}", first.as_bytes()[0]);
    let twice = format!("%25{:02x}{rest}", first.as_bytes()[0]);
    let (stem, last) = path.rsplit_once('/').unwrap();
    vec![
        format!("/{path}"),
        format!("//{path}"),
        format!("{path}/"),
        format!("{path}//"),
        format!("{path}/."),
        format!("{path}/.."),
        format!("{path}%2f"),
        format!("{path}%2F"),
        format!("{path}%20"),
        format!("{path}%09"),
        format!("{path};a=b"),
        format!("{path};/"),
        format!("{path}.json"),
        format!("{path}%3f"),
        format!("{path}%23"),
        format!("{path}%5c"),
        format!("/.{path}"),
        format!("/%2e{path}"),
        format!("/%2E%2E{path}"),
        format!("/x/..{path}"),
        format!("/x/%2e%2e{path}"),
        format!("/x%2f..{path}"),
        format!("/login/..{path}"),
        format!("/login/%2e%2e%2f{}", &path[1..]),
        format!("/login;{path}"),
        format!("/prod{path}"),
        format!("/$default{path}"),
        format!("/%24default{path}"),
        format!("/{encoded}"),
        format!("/{twice}"),
        format!("{stem}%2f{last}"),
        format!("{stem}%2F{last}"),
        format!("{stem}\\{last}").replace('\\', "%5c"),
        path.to_uppercase(),
        format!("/{}{rest}", first.to_uppercase()),
    ]
    .into_iter()
    .filter(|spelling| spelling != path && spelling.starts_with('/'))
    .collect()
}

async fn ask(scene: &Scene, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let builder = Request::builder().method(method).uri(path);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    scene.send(builder.body(Bytes::new()).unwrap()).await
}

/// What somebody who may read orders, and is no administrator, is known by.
struct Somebody {
    bearer: String,
    cookie: String,
    key: String,
}

impl Somebody {
    async fn sign_in(scene: &Scene, user: &User) -> Self {
        let access = scene.login(user).await.access;
        let key = json!({ "name": "reader", "scope": "orders:read" });
        let key = scene.post_as("/api-keys", &access, &key).await.expect(201).member("key");
        let browser = json!({ "username": user.email, "password": PASSWORD, "transport": "cookie" });
        let browser = scene.post_json("/login", &browser).await.expect(200);
        let cookie = browser.set_cookies().into_iter().find(|cookie| cookie.starts_with("__Host-session=")).unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { bearer: format!("Bearer {access}"), cookie, key }
    }

    /// As a route wants to be told.
    fn headers(&self, place: Option<Place>) -> Vec<(&str, &str)> {
        match place {
            None | Some(Place::Authorization) => vec![("authorization", &self.bearer)],
            Some(Place::ApiKey) => vec![("x-api-key", &self.key)],
            Some(Place::Cookie) => vec![("cookie", &self.cookie), ("sec-fetch-site", "same-origin")],
        }
    }
}

#[tokio::test]
async fn no_spelling_of_a_path_gets_past_the_authorizer_of_its_route() {
    let boundless = "999999/1";
    let scene = Scene::builder().parameter("LoginNameLimit", boundless).parameter("LoginNetworkLimit", boundless);
    let scene = scene.begin().await;
    let demo = scene.demo().await;
    let mut somebody = Somebody::sign_in(&scene, &demo).await;
    let (mut asked, mut guarded, mut known) = (0, 0, BTreeSet::new());
    for (method, path, place) in routes(&scene) {
        // By its authorizer, or by the function itself.
        let is_closed = place.is_some() || ask(&scene, &method, &path, &[]).await.status() == 401;
        guarded += usize::from(is_closed);
        let plain = ask(&scene, &method, &path, &somebody.headers(place)).await.status();
        if plain.is_success() {
            known.extend(place);
        }
        for spelling in spellings(&path) {
            let nobody = ask(&scene, &method, &spelling, &[]).await;
            let they = ask(&scene, &method, &spelling, &somebody.headers(place)).await;
            asked += 2;
            for answer in [&nobody, &they] {
                assert!(!answer.status().is_server_error(), "{method} {spelling}: {}", answer.text());
            }
            if is_closed {
                assert!(is_refused(&nobody), "{method} {spelling} lets anybody in: {}", nobody.status());
            }
            if path.starts_with("/admin") {
                assert!(is_refused(&they), "{method} {spelling} lets somebody in who may not: {}", they.status());
            }
            if path == "/logout" && they.status().is_success() {
                somebody = Somebody::sign_in(&scene, &demo).await;
                continue;
            }
            // It is nothing, or refused, or what the route itself says.
            if !is_refused(&they) {
                let plain = ask(&scene, &method, &path, &somebody.headers(place)).await;
                assert_eq!((they.status(), they.text()), (plain.status(), plain.text()), "{spelling}");
            }
        }
    }
    assert!(asked > 5_000 && guarded > 30, "{asked} of {guarded}");
    let all = BTreeSet::from([Place::Authorization, Place::ApiKey, Place::Cookie]);
    assert_eq!(known, all, "a credential that nothing takes shows nothing");
}

fn is_refused(answer: &Answer) -> bool {
    [400, 401, 403, 404].contains(&answer.status().as_u16())
}

#[tokio::test]
async fn no_header_turns_a_request_into_another() {
    let scene = Scene::new().await;
    let access = scene.login(&scene.demo().await).await.access;
    let bearer = format!("Bearer {access}");
    let overrides = [
        ("x-http-method-override", "GET"),
        ("x-http-method", "GET"),
        ("x-method-override", "GET"),
        ("x-original-url", "/orders"),
        ("x-rewrite-url", "/orders"),
        ("x-forwarded-path", "/orders"),
        ("x-forwarded-prefix", "/orders"),
        ("x-forwarded-host", "internal"),
        ("x-original-method", "GET"),
    ];
    for header in overrides {
        // Not allowed as an admin, whatever else the request would rather be.
        ask(&scene, "GET", "/admin", &[("authorization", &bearer), header]).await.expect(403);
        ask(&scene, "GET", "/admin", &[header]).await.expect(401);
        // No route of this method.
        ask(&scene, "POST", "/orders?_method=GET", &[("authorization", &bearer), header]).await.expect(404);
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "GETX"] {
        let answer = ask(&scene, method, "/admin", &[("authorization", &bearer)]).await;
        assert!(!answer.status().is_success() || method == "OPTIONS", "{method}: {}", answer.status());
        assert!(!answer.status().is_server_error(), "{method}: {}", answer.status());
    }
}

/// Neither the host, nor the source, nor what an authorizer would say is believed because a client says it.
#[tokio::test]
async fn what_a_client_says_of_itself_is_not_believed() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    let bearer = format!("Bearer {}", tokens.access);
    let honest = ask(&scene, "GET", "/whoami", &[("authorization", &bearer)]).await.expect(200);
    let context = json!({ "lambda": { "sub": "usr_00000000000000000000000000000000", "roles": "admin" } }).to_string();
    let spoofed = [
        ("host", "auth.attacker.example.com"),
        ("x-forwarded-host", "auth.attacker.example.com"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1;host=internal;proto=https"),
        ("x-real-ip", "127.0.0.1"),
        ("x-amzn-requestid", "mine"),
        ("x-amz-cf-id", "mine"),
        ("x-amzn-oidc-identity", "admin"),
        ("x-apigateway-event", &context),
        ("x-amzn-request-context", &context),
        ("x-lambda-authorizer", &context),
        ("sub", "usr_00000000000000000000000000000000"),
        ("roles", "admin"),
        ("x-roles", "admin"),
        ("scope", "admin:all"),
    ];
    for header in spoofed {
        let answer = ask(&scene, "GET", "/whoami", &[("authorization", &bearer), header]).await.expect(200);
        assert_eq!(answer.text(), honest.text(), "{header:?}");
        ask(&scene, "GET", "/admin", &[("authorization", &bearer), header]).await.expect(403);
        ask(&scene, "GET", "/whoami", &[header]).await.expect(401);
        // The issuer is configured; nothing that is signed or published takes its name from a request.
        let document = ask(&scene, "GET", "/.well-known/openid-configuration", &[header]).await.expect(200);
        assert!(!document.text().contains("attacker"), "{header:?}: {}", document.text());
        assert_eq!(document.json()["issuer"], "https://auth.example.com");
    }
    let login = json!({ "username": demo.email, "password": PASSWORD }).to_string();
    let request =
        Request::post("/login").header("content-type", "application/json").header("host", "attacker.example.com");
    let tokens = Tokens::of(scene.send(request.body(Bytes::from(login)).unwrap()).await);
    scene.get_as("/whoami", &tokens.access).await.expect(200);
}

/// Two credentials in one request are not one: the gateway's and the function's idea of "the" header must not differ.
#[tokio::test]
async fn two_authorization_headers_are_nobodys() {
    let scene = Scene::new().await;
    let admin = scene.user("admin@example.com", "", "admin").await;
    let (good, other) = (scene.login(&admin).await.access, scene.login(&scene.demo().await).await.access);
    for (one, two) in [(&good, &other), (&other, &good), (&good, &good)] {
        let headers = [("authorization", format!("Bearer {one}")), ("authorization", format!("Bearer {two}"))];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let status = ask(&scene, "GET", "/admin", &headers).await.status();
        assert!(status == 403 || status == 401, "{status}");
    }
}
