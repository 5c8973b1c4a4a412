//! Which pages may read what a client is answered (Fetch §3.2).

use vestibule::oauth::clients::Client;
use vestibule_tests::{Answer, Scene};

use crate::consent::{Person, VERIFIER, give, page, redemption};
use crate::stage::{FORM, add};

const OURS: &str = "https://shop.example.com";

/// A public client with a page, a person, and a code.
async fn stage() -> (Scene, Person, String) {
    begun(Scene::new().await).await
}

async fn begun(scene: Scene) -> (Scene, Person, String) {
    add(&scene, &Client { origins: vec![OURS.parse().unwrap()], ..page("shop") }).await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let code = give(&scene, &person.agrees(&scene, "shop")).await;
    (scene, person, code)
}

async fn ask(scene: &Scene, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let request = http::Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    scene.send(request.body(bytes::Bytes::from(body.to_owned())).unwrap()).await
}

async fn redeem_from(scene: &Scene, origin: &str, code: &str, verifier: &str) -> Answer {
    let body = redemption("shop", code, &[("code_verifier", verifier)]);
    ask(scene, "POST", "/oauth/token", &[("origin", origin), ("content-type", FORM)], &body).await
}

fn readers(answer: &Answer) -> Option<&str> {
    assert_eq!(answer.header("access-control-allow-credentials"), None, "no cookie counts here");
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn a_page_of_the_client_reads_its_tokens_its_refusals_and_who_signed_in() {
    let (scene, _, code) = stage().await;
    let refused = redeem_from(&scene, OURS, &code, &VERIFIER.to_lowercase()).await.expect(400);
    assert_eq!(readers(&refused), Some(OURS));
    let tokens = redeem_from(&scene, OURS, &code, VERIFIER).await.expect(200);
    assert_eq!((readers(&tokens), tokens.header("vary")), (Some(OURS), Some("Origin")));
    let bearer = format!("Bearer {}", tokens.member("access_token"));
    let told = ask(&scene, "GET", "/userinfo", &[("origin", OURS), ("authorization", &bearer)], "").await.expect(200);
    assert_eq!(readers(&told), Some(OURS));
    let body = format!("client_id=shop&token={}", tokens.member("refresh_token"));
    let ended = ask(&scene, "POST", "/oauth/revoke", &[("origin", OURS), ("content-type", FORM)], &body).await;
    assert_eq!(readers(&ended.expect(200)), Some(OURS));
    let late = ask(&scene, "GET", "/userinfo", &[("origin", OURS), ("authorization", &bearer)], "").await.expect(401);
    assert_eq!(readers(&late), Some(OURS));
}

/// A client in a browser begins with the metadata, before anybody knows which client it is.
#[tokio::test]
async fn any_page_reads_the_metadata_the_keys_and_the_description_of_the_endpoints() {
    let scene = Scene::new().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/openapi.json",
    ] {
        let answer = ask(&scene, "GET", path, &[("origin", "https://anybody.example")], "").await.expect(200);
        assert_eq!(readers(&answer), Some("*"), "{path}");
    }
}

#[tokio::test]
async fn no_other_page_reads_anything_of_it() {
    for origin in [
        "https://evil.example.com",
        "null",
        "https://shop.example.com.evil.example",
        "https://shop.example.com:8443",
        "http://shop.example.com",
        "https://SHOP.example.com",
        "https://shop.example.com/",
    ] {
        let (scene, _, code) = stage().await;
        let tokens = redeem_from(&scene, origin, &code, VERIFIER).await.expect(200);
        assert_eq!(readers(&tokens), None, "{origin}");
        let bearer = format!("Bearer {}", tokens.member("access_token"));
        let told = ask(&scene, "GET", "/userinfo", &[("origin", origin), ("authorization", &bearer)], "").await;
        assert_eq!(readers(&told.expect(200)), None, "{origin}");
    }
}

/// No client, nobody's secret: a page must tell an expired token from a server that is away.
#[tokio::test]
async fn what_is_said_to_nobody_may_be_read_by_any_page() {
    let (scene, _, _) = stage().await;
    let evil = ("origin", "https://evil.example.com");
    let answer = ask(&scene, "GET", "/userinfo", &[evil], "").await.expect(401);
    assert_eq!(readers(&answer), Some("*"));
    let answer = ask(&scene, "POST", "/oauth/token", &[evil, ("content-type", FORM)], "client_id=nobody").await;
    assert_eq!(readers(&answer.expect(401)), Some("*"));
}

#[tokio::test]
async fn a_browser_may_ask_first_and_the_other_endpoints_answer_no_page() {
    let (scene, _, _) = stage().await;
    let asks = [("origin", OURS), ("access-control-request-method", "POST")];
    for (path, methods) in [("/oauth/token", "POST"), ("/oauth/revoke", "POST"), ("/userinfo", "GET, POST")] {
        let answer = ask(&scene, "OPTIONS", path, &asks, "").await.expect(204);
        assert_eq!(readers(&answer), Some("*"), "{path}");
        assert_eq!(answer.header("access-control-allow-methods"), Some(methods), "{path}");
        assert_eq!(answer.header("access-control-allow-headers"), Some("authorization, content-type"), "{path}");
    }
    for path in ["/oauth/introspect", "/oauth/authorize", "/login", "/refresh", "/revoke", "/sessions"] {
        let answer = ask(&scene, "OPTIONS", path, &asks, "").await;
        assert_eq!((answer.status().as_u16(), readers(&answer)), (404, None), "{path}");
    }
}

/// API Gateway throws away what functions say as soon as it answers for some origins itself (decision 0021).
#[tokio::test]
async fn with_allowed_origins_the_gateway_answers_and_a_clients_page_must_be_among_them() {
    for (allowed, reads) in
        [("https://app.example.com", None), ("https://app.example.com,https://shop.example.com", Some(OURS))]
    {
        let scene = Scene::builder().parameter("AllowedOrigins", allowed).begin().await;
        let (scene, _, code) = begun(scene).await;
        let tokens = redeem_from(&scene, OURS, &code, VERIFIER).await.expect(200);
        assert_eq!(tokens.header("access-control-allow-origin"), reads, "{allowed}");
    }
}
