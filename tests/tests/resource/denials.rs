//! Who is let in, and what everybody else is told (RFC 6750 §3).

use super::*;

#[tokio::test]
async fn a_token_with_the_scope_lets_its_principal_in() {
    let stage = Stage::begin().await;
    for scope in ["orders:read", "orders:read orders:write"] {
        let heard = stage.ask_with(&stage.token(scope)).await;
        assert_eq!((heard.status, heard.body), (StatusCode::OK, USER.to_string()), "{scope}");
    }
    let heard = stage.ask_behind(stage.api.authenticated(), &[&format!("bearer {}", stage.token(""))]).await;
    assert_eq!(heard.status, StatusCode::OK, "any principal, where no scope is asked for");
}

#[tokio::test]
async fn each_denial_has_the_status_and_the_challenge_of_rfc_6750() {
    let stage = Stage::begin().await;
    let ring = stage.issuer.ring();
    let key = ring.active(Algorithm::Es256).unwrap();
    let other = SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap();
    let bearer = |token: String| format!("Bearer {token}");
    let good = bearer(stage.token("orders:read"));
    let elsewhere = bearer(stage.token_for("https://other.example.com", "orders:read", key));
    let forged = bearer(stage.token_for(AUDIENCE, "orders:read", other.active(Algorithm::Es256).unwrap()));
    let without_scope = bearer(stage.token("orders:write"));

    let realm = r#"Bearer realm="https://api.example.com", scope="orders:read""#;
    let none = realm.to_owned();
    let invalid = format!(r#"{realm}, error="invalid_token", error_description="The access token is not valid.""#);
    let several =
        format!(r#"{realm}, error="invalid_request", error_description="There is more than one credential.""#);
    let scope = format!(r#"{realm}, error="insufficient_scope", error_description="The access token lacks a scope.""#);
    for (values, status, challenge) in [
        (&[][..], 401, &none),
        (&["Basic dTpw"], 401, &none),
        (&[""], 401, &none),
        (&["Bearer"], 401, &invalid),
        (&["Bearer x"], 401, &invalid),
        (&["Bearer a b"], 401, &invalid),
        (&["Bearer \u{e4}"], 401, &invalid),
        (&[&elsewhere], 401, &invalid),
        (&[&forged], 401, &invalid),
        (&[&good, &good], 400, &several),
        (&["Basic dTpw", &good], 400, &several),
        (&[&without_scope], 403, &scope),
    ] {
        let heard = stage.ask(values).await;
        assert_eq!(heard.status.as_u16(), status, "{values:?}");
        assert_eq!(heard.challenge.as_ref(), Some(challenge), "{values:?}");
        let problem: serde_json::Value = serde_json::from_str(&heard.body).unwrap();
        assert_eq!(problem["status"], status, "{values:?}");
    }
    assert_eq!(
        stage.ask_behind(stage.api.authenticated(), &[]).await.challenge.as_deref(),
        Some(r#"Bearer realm="https://api.example.com""#),
        "no scope is named where none is asked for"
    );
}

#[tokio::test]
async fn a_token_that_was_let_in_is_refused_from_the_second_on_in_which_it_expires() {
    let stage = Stage::begin().await;
    let token = stage.token("orders:read");
    stage.clock.advance(Duration::from_secs(299));
    assert_eq!(stage.ask_with(&token).await.status, StatusCode::OK);
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(stage.ask_with(&token).await.status, StatusCode::UNAUTHORIZED);
}
