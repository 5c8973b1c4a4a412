//! Bad input: a clear answer that names the fault and repeats nothing of a value, and nothing lost.

use serde_json::json;
use vestibule_tests::{PASSWORD, Scene};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

#[tokio::test]
async fn a_login_that_cannot_be_read_is_refused_with_what_is_wrong() {
    let scene = Scene::new().await;
    scene.demo().await;
    let nested = format!("{}{}", "[".repeat(8_000), "]".repeat(8_000));
    let nul = r#"{"username":"demo@example.com","password":"a\u0000b"}"#;
    for (body, named) in [
        ("", "line 1, column 0"),
        ("{", "line 1"),
        ("[]", "JSON object"),
        ("null", "JSON object"),
        ("\"x\"", "JSON object"),
        (&nested, "JSON object"),
        ("{}", "\"username\" is missing"),
        (r#"{"username":"a"}"#, "\"password\" is missing"),
        (r#"{"username":null,"password":"b"}"#, "\"username\" must be a string"),
        (r#"{"username":"a","password":1}"#, "\"password\" must be a string"),
        (r#"{"username":"a","password":["b"]}"#, "\"password\" must be a string"),
        (r#"{"username":"a","password":{"b":{}}}"#, "\"password\" must be a string"),
        (r#"{"username":"a","password":"b","scope":null}"#, "\"scope\" must be a string"),
        (r#"{"username":"a","password":"b","admin":"true"}"#, "\"admin\" is unknown"),
        (r#"{"username":"a","password":"b","password":"c"}"#, "\"password\" stands more than once"),
        (r#"{"username":"a","password":"b","p\u0061ssword":"c"}"#, "\"password\" stands more than once"),
        (r#"{"username":"a","password":"b"} {}"#, "JSON object"),
        (r#"{"username":"a","password":"b",}"#, "JSON object"),
        (r#"{"username":"a","password":""}"#, "\"password\" must not be empty"),
        (nul, "\"password\" holds a NUL"),
    ] {
        let answer = scene.post("/login", JSON, body.to_owned()).await.expect_problem(400, "invalid-request");
        let detail = answer.member("detail");
        assert!(detail.contains(named), "{body:.80}: {detail}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn a_refusal_repeats_no_value() {
    let scene = Scene::new().await;
    for body in [
        r#"{"username":"hunter2","password":7}"#,
        r#"{"username":7,"password":"hunter2"}"#,
        r#"{"username":"a","password":"hunter2","device":""}"#,
        r#"{"username":"a","password":"hunter2","scope":"hunter2  x"}"#,
    ] {
        let answer = scene.post("/login", JSON, body).await.expect(400);
        assert!(!answer.text().contains("hunter2"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_body_over_16_kib_is_413_on_every_endpoint_however_long() {
    let scene = Scene::new().await;
    for length in [16 * 1024 + 1, 1024 * 1024] {
        let long = "x".repeat(length);
        let login = json!({ "username": "demo@example.com", "password": long });
        scene.post_json("/login", &login).await.expect_problem(413, "body-too-large");
        scene.try_refresh(&long).await.expect_problem(413, "body-too-large");
        let revoke = scene.revoke(&long).await.expect(413);
        assert_eq!(revoke.member("error"), "invalid_request");
    }
}

#[tokio::test]
async fn a_body_of_exactly_16_kib_is_read() {
    let scene = Scene::new().await;
    let frame = json!({ "refresh_token": "" }).to_string().len();
    scene.try_refresh(&"x".repeat(16 * 1024 - frame)).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn another_media_type_is_415() {
    let scene = Scene::new().await;
    let body = r#"{"username":"a","password":"b"}"#;
    for media_type in
        ["text/plain", FORM, "application/xml", "application/jsonx", "multipart/form-data; boundary=x", ""]
    {
        scene.post("/login", media_type, body).await.expect_problem(415, "unsupported-media-type");
    }
    scene.post("/revoke", "text/plain", "token=x").await.expect(415);
    let none = http::Request::post("/login").body(body.into()).unwrap();
    scene.send(none).await.expect_problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn a_media_types_case_and_parameters_change_nothing() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let body = json!({ "username": demo.email, "password": PASSWORD }).to_string();
    for media_type in ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"] {
        scene.post("/login", media_type, body.clone()).await.expect(200);
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_refused() {
    let scene = Scene::new().await;
    let mut body = br#"{"username":"a","password":""#.to_vec();
    body.extend_from_slice(&[0xff, 0xfe, b'"', b'}']);
    let answer = scene.post("/login", JSON, body).await.expect_problem(400, "invalid-request");
    assert!(answer.member("detail").contains("UTF-8"));
    let mut form = b"token=".to_vec();
    form.push(0xff);
    assert_eq!(scene.post("/revoke", FORM, form).await.expect(400).member("error"), "invalid_request");
}

#[tokio::test]
async fn a_refresh_body_has_one_field_and_no_other() {
    let scene = Scene::new().await;
    for (body, named) in [
        (json!({}), "\"refresh_token\" is missing"),
        (json!({ "refresh_token": null }), "\"refresh_token\" must be a string"),
        (json!({ "refresh_token": "a", "scope": "b" }), "\"scope\" is unknown"),
    ] {
        let answer = scene.post_json("/refresh", &body).await.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains(named), "{}", answer.text());
    }
}

/// RFC 6749 §3.2: unknown parameters of a form are ignored, repeated ones are refused.
#[tokio::test]
async fn a_form_ignores_what_it_does_not_know_and_refuses_what_stands_twice() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    for body in ["token=a&token=b", "token=a&%74oken=b", "token_type_hint=x&token_type_hint=y&token=a", "", "tok=a"] {
        assert_eq!(scene.post("/revoke", FORM, body).await.expect(400).member("error"), "invalid_request", "{body}");
    }
    let unknown = json!({ "token": "a", "client_id": "b" });
    let answer = scene.post_json("/revoke", &unknown).await.expect(400);
    assert!(answer.member("error_description").contains("client_id"), "{}", answer.text());
    scene.post("/revoke", FORM, format!("client_id=me&token={}", tokens.refresh)).await.expect(200);
    scene.try_refresh(&tokens.refresh).await.expect(401);
}

/// A long name of an unknown field is cut, and a hostile one cannot break out of the answer.
#[tokio::test]
async fn the_name_of_an_unknown_field_is_shown_cut_and_escaped() {
    let scene = Scene::new().await;
    let mut body = json!({ "refresh_token": "a" });
    body[&"<\"\u{202e}x".repeat(1000)] = json!("b");
    let answer = scene.post_json("/refresh", &body).await.expect_problem(400, "invalid-request");
    assert!(answer.text().len() < 600, "{}", answer.text());
}
