//! Path confusion over every route of the template: a spelling either is the route, and is decided as the route, or is nothing.
//!
//! Beside it what a request says of itself that is not so: another method, another host, another source, somebody's context.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;
use vestibule_tests::{Answer, Scene, Tokens};

/// Every route, as the template has it, with something in the place of each variable.
fn routes() -> Vec<(&'static str, String)> {
    let template = include_str!("../../../infra/template.yaml");
    let keys = template.split("RouteKey: ").skip(1).map(|rest| match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap(),
        None => rest.split([',', '\n']).next().unwrap().trim_end_matches(" }"),
    });
    let routes = keys.filter_map(|key| key.split_once(' ')).filter(|(_, path)| path.starts_with('/'));
    routes
        .map(|(method, path)| {
            let filled = path.split('/').map(|piece| if piece.starts_with('{') { "x" } else { piece });
            (method, filled.collect::<Vec<_>>().join("/"))
        })
        .collect()
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

/// The routes that ask who is calling. An answer that a caller without a name gets is no secret.
const PROTECTED: [&str; 3] = ["/whoami", "/orders", "/admin"];

#[tokio::test]
async fn no_spelling_of_a_path_gets_past_the_authorizer_of_its_route() {
    let scene = Scene::new().await;
    // Somebody who may read orders, and is no admin.
    let demo = scene.demo().await;
    let mut bearer = format!("Bearer {}", scene.login(&demo).await.access);
    let mut asked = 0;
    let routes = routes();
    for protected in PROTECTED {
        assert!(routes.iter().any(|(_, path)| *path == protected), "{protected} is no route");
    }
    for (method, path) in routes {
        for spelling in spellings(&path) {
            let nobody = ask(&scene, method, &spelling, &[]).await;
            let somebody = ask(&scene, method, &spelling, &[("authorization", &bearer)]).await;
            asked += 2;
            for answer in [&nobody, &somebody] {
                assert!(!answer.status().is_server_error(), "{method} {spelling}: {}", answer.text());
            }
            if PROTECTED.contains(&path.as_str()) {
                assert!(!nobody.status().is_success(), "{method} {spelling} lets anybody in");
            }
            if path == "/admin" {
                assert!(!somebody.status().is_success(), "{method} {spelling} lets somebody in who may not");
            }
            if path == "/logout" && somebody.status().is_success() {
                bearer = format!("Bearer {}", scene.login(&demo).await.access);
                continue;
            }
            // It is nothing, or refused, or what the route itself says.
            if ![400, 401, 403, 404].contains(&somebody.status().as_u16()) {
                let plain = ask(&scene, method, &path, &[("authorization", &bearer)]).await;
                assert_eq!((somebody.status(), somebody.text()), (plain.status(), plain.text()), "{spelling}");
            }
        }
    }
    assert!(asked > 500, "{asked}");
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
    let login = json!({ "username": demo.email, "password": vestibule_tests::PASSWORD }).to_string();
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
