//! What we mint is what we say we mint (RFC 9068 §2).

use super::*;
use crate::scope::{MAX_ROLES_BYTES, MAX_SCOPES_BYTES};

fn claims<'a>(scope: &'a Scopes, roles: &'a Roles) -> AccessTokenClaims<'a> {
    AccessTokenClaims {
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: Subject::User(USER),
        client_id: "first-party",
        scope,
        roles,
        session: Some(SESSION),
        auth_time: Some(NOW.minus(LIFETIME)),
        issued_at: NOW,
        expires_at: NOW.plus(LIFETIME),
        id: [7; TOKEN_ID_BYTES],
    }
}

fn decoded(part: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn a_token_has_the_header_and_the_claims_of_rfc_9068() {
    let (scope, roles) = (Scopes::parse("orders:write orders:read").unwrap(), Roles::parse("support admin").unwrap());
    for algorithm in Algorithm::ALL {
        let token = mint(&claims(&scope, &roles), key(algorithm)).unwrap();
        let [header, payload, _] = parts(token.expose());
        let kid = key(algorithm).kid();
        assert_eq!(decoded(header), format!(r#"{{"alg":"{algorithm}","kid":"{kid}","typ":"at+jwt"}}"#));
        assert_eq!(
            decoded(payload),
            concat!(
                r#"{"aud":"https://api.example.com","auth_time":1799999700,"client_id":"first-party","exp":1800000300,"#,
                r#""iat":1800000000,"iss":"https://auth.example.com","jti":"BwcHBwcHBwcHBwcHBwcHBw","roles":["admin","support"],"#,
                r#""scope":"orders:read orders:write","sid":"ses_02020202020202020202020202020202","#,
                r#""sub":"usr_01010101010101010101010101010101"}"#,
            )
        );
    }
}

#[tokio::test]
async fn what_is_minted_is_verified_and_says_the_same() {
    let (scope, roles) = (Scopes::parse("orders:read").unwrap(), Roles::parse("admin").unwrap());
    for algorithm in Algorithm::ALL {
        let token = mint(&claims(&scope, &roles), key(algorithm)).unwrap();
        let verified = ResourceServer::new().accepts(token.expose()).await;
        let expected = VerifiedToken {
            sub: Subject::User(USER),
            aud: vec![AUDIENCE.into()],
            sid: Some(SESSION),
            client_id: "first-party".into(),
            scope: scope.clone(),
            roles: roles.clone(),
            auth_time: Some(NOW.minus(LIFETIME)),
            iat: NOW,
            exp: NOW.plus(LIFETIME),
            jti: URL_SAFE_NO_PAD.encode([7; TOKEN_ID_BYTES]),
            kid: key(algorithm).kid().into(),
            nbf: None,
        };
        assert_eq!(*verified, expected);
    }
}

#[test]
fn an_empty_scope_and_no_roles_are_left_out() {
    let token = mint(&claims(&Scopes::default(), &Roles::default()), key(Algorithm::Es256)).unwrap();
    let payload = decoded(parts(token.expose())[1]);
    assert!(!payload.contains("scope") && !payload.contains("roles"), "{payload}");
}

#[tokio::test]
async fn text_that_json_must_escape_survives() {
    let client_id = "\"\\\n\u{1}\u{2028}ä\u{1d11e}";
    let (scope, roles) = (Scopes::default(), Roles::default());
    let token = mint(&AccessTokenClaims { client_id, ..claims(&scope, &roles) }, key(Algorithm::Es256)).unwrap();
    assert_eq!(ResourceServer::new().accepts(token.expose()).await.client_id, client_id);
}

#[tokio::test]
async fn an_account_with_every_scope_and_role_there_can_be_gets_a_token() {
    let scope = Scopes::parse(&distinct(MAX_SCOPES_BYTES)).unwrap();
    let roles = Roles::parse(&distinct(MAX_ROLES_BYTES)).unwrap();
    let token = mint(&claims(&scope, &roles), key(Algorithm::Rs256)).unwrap();
    assert!(token.expose().len() < MAX_TOKEN_BYTES / 2, "{}", token.expose().len());
    let verified = ResourceServer::new().accepts(token.expose()).await;
    assert_eq!((&verified.scope, &verified.roles), (&scope, &roles));
}

/// As many names of two characters as fit into `bytes`, with their spaces.
fn distinct(bytes: usize) -> String {
    let names: Vec<_> = (0..bytes / 3)
        .map(|number| format!("{}{}", char::from(b'a' + (number / 26) as u8), char::from(b'a' + (number % 26) as u8)))
        .collect();
    names.join(" ")
}

#[test]
fn a_token_that_its_own_verifier_would_refuse_is_not_minted() {
    let client_id = "x".repeat(MAX_TOKEN_BYTES);
    let (scope, roles) = (Scopes::default(), Roles::default());
    let fault = mint(&AccessTokenClaims { client_id: &client_id, ..claims(&scope, &roles) }, key(Algorithm::Es256));
    let fault = fault.unwrap_err();
    assert!(matches!(fault, MintError::TooLong), "{fault}");
    assert!(!fault.to_string().contains("xxx"));
}

/// What is minted is verified, up to the longest token that there can be.
#[tokio::test]
async fn the_longest_token_that_is_minted_is_verified() {
    let (scope, roles) = (Scopes::default(), Roles::default());
    let mut longest = None;
    for length in MAX_TOKEN_BYTES / 2..MAX_TOKEN_BYTES {
        let client_id = "x".repeat(length);
        match mint(&AccessTokenClaims { client_id: &client_id, ..claims(&scope, &roles) }, key(Algorithm::Es256)) {
            Ok(token) => longest = Some(token),
            Err(_) => break,
        }
    }
    let longest = longest.unwrap();
    assert_eq!(longest.expose().len(), MAX_TOKEN_BYTES);
    ResourceServer::new().accepts(longest.expose()).await;
}

#[test]
fn a_minted_token_is_redacted_in_logs() {
    let token = mint(&claims(&Scopes::default(), &Roles::default()), key(Algorithm::Es256)).unwrap();
    assert_eq!(format!("{token:?}"), "[redacted]");
}
