//! Bodies that cannot be read: 400, 413 and 415, each with what is wrong and nothing of a value.

use serde_json::json;

use crate::target::Target;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_malformed_body_is_400_and_says_what_is_wrong() {
    let target = Target::reach().await;
    for (path, body, named) in [
        ("/login", "", "line 1, column 0"),
        ("/login", "{", "line 1"),
        ("/login", "[]", "JSON object"),
        ("/login", r#"{"username":"a"}"#, "\"password\" is missing"),
        ("/login", r#"{"username":null,"password":"b"}"#, "\"username\" must be a string"),
        ("/login", r#"{"username":"a","password":"b","admin":"true"}"#, "\"admin\" is unknown"),
        ("/login", r#"{"username":"a","password":"b","password":"c"}"#, "\"password\" stands more than once"),
        ("/login", r#"{"username":"a","password":"b\u0000"}"#, "\"password\" holds a NUL"),
        ("/refresh", r#"{"refresh_token":7}"#, "\"refresh_token\" must be a string"),
        ("/refresh", "{}", "\"refresh_token\" is missing"),
    ] {
        let answer = target.post(path, JSON, body).await.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains(named), "{body}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    for body in ["", "tok=a", "token=a&token=b"] {
        assert_eq!(target.post("/revoke", FORM, body).await.expect(400).member("error"), "invalid_request", "{body}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_400() {
    let target = Target::reach().await;
    let mut form = b"token=".to_vec();
    form.push(0xff);
    assert_eq!(target.post("/revoke", FORM, form).await.expect(400).member("error"), "invalid_request");
}

#[tokio::test]
async fn a_body_over_16_kib_is_413() {
    let target = Target::reach().await;
    for length in [16 * 1024 + 1, 1024 * 1024] {
        let long = "x".repeat(length);
        let login = json!({ "username": "a", "password": long });
        target.post_json("/login", &login).await.expect_problem(413, "body-too-large");
        target.try_refresh(&long).await.expect_problem(413, "body-too-large");
        assert_eq!(target.revoke(&long).await.expect(413).member("error"), "invalid_request");
    }
}

#[tokio::test]
async fn another_media_type_is_415() {
    let target = Target::reach().await;
    let body = r#"{"username":"a","password":"b"}"#;
    for media_type in ["text/plain", FORM, "application/jsonx", ""] {
        target.post("/login", media_type, body).await.expect_problem(415, "unsupported-media-type");
    }
    target.post("/revoke", "text/plain", "token=x").await.expect(415);
}
