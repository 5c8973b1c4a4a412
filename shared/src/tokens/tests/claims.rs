//! What a token must say to be for us (RFC 9068 §2.2 and §4, RFC 7519 §4.1).

use super::*;

#[tokio::test]
async fn a_verified_token_says_what_was_signed() {
    let token = ResourceServer::new().accepts(draft().signed()).await;
    let expected = VerifiedToken {
        sub: Subject::User(USER),
        aud: vec![AUDIENCE.into()],
        sid: Some(SESSION),
        client_id: "first-party".into(),
        scope: Scopes::parse("orders:read orders:write").unwrap(),
        roles: Roles::parse("admin").unwrap(),
        auth_time: Some(NOW.minus(LIFETIME)),
        iat: NOW,
        exp: NOW.plus(LIFETIME),
        jti: "AAAAAAAAAAAAAAAAAAAAAA".into(),
        kid: key(Algorithm::Es256).kid().into(),
        nbf: None,
    };
    assert_eq!(*token, expected);
}

#[tokio::test]
async fn a_token_without_scope_or_roles_permits_nothing_and_is_valid() {
    let token = draft().without_claim("scope").without_claim("roles").signed();
    let token = ResourceServer::new().accepts(token).await;
    assert!(token.scope.is_empty() && token.roles.is_empty());
    let token = draft().claim("scope", json!("")).claim("roles", "[]").signed();
    assert!(ResourceServer::new().accepts(token).await.scope.is_empty());
}

#[tokio::test]
async fn the_audience_is_ours_or_a_list_with_ours_in_it() {
    let server = ResourceServer::new();
    let other = "https://other.example.com";
    let escaped = AUDIENCE.replace('h', "\\u0068");
    for ours in [
        json!(AUDIENCE).to_string(),
        json!([AUDIENCE]).to_string(),
        json!([other, AUDIENCE]).to_string(),
        json!([AUDIENCE, AUDIENCE]).to_string(),
        format!(r#""{escaped}""#),
        format!(r#"["{escaped}"]"#),
    ] {
        server.accepts(draft().claim("aud", ours).signed()).await;
    }
    let trailing = format!("{AUDIENCE}/");
    let not_ours = [
        json!(other),
        json!([other]),
        json!([]),
        json!(""),
        json!(trailing),
        json!(AUDIENCE.to_uppercase()),
        json!(format!(" {AUDIENCE}")),
        json!([format!("{AUDIENCE} {other}")]),
        json!(ISSUER),
    ];
    for aud in not_ours {
        assert_eq!(server.refusal(draft().claim("aud", &aud).signed()).await, Refusal::AudWrong, "{aud}");
    }
}

#[tokio::test]
async fn an_audience_of_another_type_is_refused_even_beside_ours() {
    let server = ResourceServer::new();
    for aud in ["null", "true", "1", "{}", r#""\ud800""#] {
        let token = draft().claim("aud", aud).signed();
        assert_eq!(server.refusal(token).await, Refusal::AudNotStrings, "{aud}");
        let token = draft().claim("aud", format!(r#"["{AUDIENCE}",{aud}]"#)).signed();
        assert_eq!(server.refusal(token).await, Refusal::AudNotStrings, "{aud} in a list");
    }
    let nested = draft().claim("aud", json!([[AUDIENCE]])).signed();
    assert_eq!(server.refusal(nested).await, Refusal::AudNotStrings);
}

#[tokio::test]
async fn the_issuer_is_ours_letter_by_letter() {
    let server = ResourceServer::new();
    for other in [
        "",
        "https://auth.example.com/",
        "https://AUTH.example.com",
        "http://auth.example.com",
        "https://auth.example.com.evil.example",
        "https://auth.example.com\0",
    ] {
        assert_eq!(server.refusal(draft().claim("iss", json!(other)).signed()).await, Refusal::IssWrong, "{other:?}");
    }
    assert_eq!(server.refusal(draft().claim("iss", json!([ISSUER])).signed()).await, Refusal::IssNotAString);
}

#[tokio::test]
async fn a_claim_that_must_be_there_is_missed_by_its_name() {
    let server = ResourceServer::new();
    for (name, refusal) in [
        ("iss", Refusal::IssMissing),
        ("aud", Refusal::AudMissing),
        ("exp", Refusal::ExpMissing),
        ("iat", Refusal::IatMissing),
        ("sub", Refusal::SubMissing),
        ("sid", Refusal::SidMissing),
        ("client_id", Refusal::ClientIdMissing),
        ("jti", Refusal::JtiMissing),
        ("auth_time", Refusal::AuthTimeMissing),
    ] {
        assert_eq!(server.refusal(draft().without_claim(name).signed()).await, refusal, "{name}");
        let renamed = draft().without_claim(name).claim(&name.to_uppercase(), json!("x")).signed();
        assert_eq!(server.refusal(renamed).await, refusal, "names are told apart by case (RFC 7519 §4)");
    }
}

#[tokio::test]
async fn a_claim_of_another_type_is_refused_by_its_name() {
    let server = ResourceServer::new();
    for (name, refusal) in [
        ("iss", Refusal::IssNotAString),
        ("sub", Refusal::SubNotAString),
        ("sid", Refusal::SidNotAString),
        ("client_id", Refusal::ClientIdNotAString),
        ("jti", Refusal::JtiNotAString),
        ("scope", Refusal::ScopeNotAString),
    ] {
        for value in other_types("string").chain([r#""\ud800""#]) {
            assert_eq!(server.refusal(draft().claim(name, value).signed()).await, refusal, "{name}: {value}");
        }
    }
}

/// Client credentials (RFC 6749 §4.4): nobody signed in, so there is neither a session nor a moment of it.
#[tokio::test]
async fn a_service_has_no_session_and_a_person_always_one() {
    let server = ResourceServer::new();
    let service = || draft().claim("sub", json!(SERVICE)).without_claim("auth_time");
    let token = server.accepts(service().without_claim("sid").signed()).await;
    assert_eq!((token.sub, token.sid, token.auth_time), (Subject::Service(SERVICE), None, None));
    assert_eq!(server.refusal(service().signed()).await, Refusal::SidOfAService);
}

/// Its issuer may be asked about a token for somebody else; here it opens nothing.
#[tokio::test]
async fn whoever_asks_as_the_issuer_reads_a_token_for_any_audience() {
    let server = ResourceServer::new();
    let elsewhere = draft().claim("aud", json!("https://elsewhere.example.com")).signed();
    assert_eq!(server.refusal(&elsewhere).await, Refusal::AudWrong);
    let read = server.verifier.verify_for_any_audience(elsewhere.as_bytes(), &server.source).await.unwrap();
    assert_eq!(read.aud, ["https://elsewhere.example.com"]);
    assert_eq!(server.refusal(&elsewhere).await, Refusal::AudWrong, "and it still opens nothing");
}

#[tokio::test]
async fn a_subject_is_a_user_or_a_service_of_ours_and_a_sid_a_session() {
    let server = ResourceServer::new();
    let user = USER.to_string();
    for other in ["", "demo@example.com", "usr_", &user.to_uppercase(), &format!("{user}0"), &SESSION.to_string()] {
        assert_eq!(
            server.refusal(draft().claim("sub", json!(other)).signed()).await,
            Refusal::SubNotASubject,
            "{other}"
        );
    }
    for other in ["", "ses_", &user, &format!("{SESSION} ")] {
        assert_eq!(
            server.refusal(draft().claim("sid", json!(other)).signed()).await,
            Refusal::SidNotASession,
            "{other}"
        );
    }
}

#[tokio::test]
async fn scope_and_roles_are_of_their_grammar_or_the_token_is_refused() {
    let server = ResourceServer::new();
    for scope in [" ", "a  b", " a", "a\tb", "a\"b", "ä", "a\0", &"x".repeat(129), &"a ".repeat(200)] {
        let token = draft().claim("scope", json!(scope)).signed();
        assert_eq!(server.refusal(token).await, Refusal::ScopeMalformed, "{scope:?}");
    }
    let many: Vec<_> = (0..100).map(|number| format!("role{number}")).collect();
    let wrong =
        [json!(["Admin"]), json!(["a b"]), json!([""]), json!(["admin", null]), json!([["admin"]]), json!(many)];
    for roles in wrong.iter().map(Value::to_string).chain(other_types("array").map(str::to_owned)) {
        let token = draft().claim("roles", &roles).signed();
        assert_eq!(server.refusal(token).await, Refusal::RolesMalformed, "{roles}");
    }
}

#[tokio::test]
async fn a_claim_that_stands_twice_is_refused_however_it_is_spelled() {
    let server = ResourceServer::new();
    for (name, value) in draft().claims.0 {
        let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
        for again in [&name, &escaped] {
            let token = draft().second_claim(again, &value).signed();
            assert_eq!(server.refusal(token).await, Refusal::ClaimsDuplicate, "{again}");
        }
    }
    let token = draft().second_claim("x", 1).second_claim("\\u0078", 2).signed();
    assert_eq!(server.refusal(token).await, Refusal::ClaimsDuplicate, "unknown ones too");
}

#[tokio::test]
async fn claims_that_mean_nothing_here_are_ignored() {
    let server = ResourceServer::new();
    for value in ["null", r#"{"sub":"a","sub":"b"}"#, r#""\ud800""#, "1e999"] {
        server.accepts(draft().claim("https://example.com/other", value).claim("SUB", value).signed()).await;
    }
}

#[tokio::test]
async fn the_claims_are_one_json_object() {
    let server = ResourceServer::new();
    let good = draft().claims.to_string();
    let mut wrong: Vec<_> = other_types("object").map(str::to_owned).collect();
    wrong.extend([
        format!("{good}{good}"),
        format!("\u{feff}{good}"),
        format!("{good}\0"),
        good[..good.len() - 1].to_owned(),
        good.replace(r#""iss""#, "iss"),
        "[".repeat(5000),
    ]);
    for claims in wrong {
        let token = signed(draft().header.to_string(), &claims, draft().key);
        assert_eq!(server.refusal(token).await, Refusal::ClaimsNotAnObject, "{claims}");
    }
    let mut not_utf8 = good.into_bytes();
    not_utf8.splice(1..1, *b"\"x\":\"\xc0\xaf\",");
    let token = signed(draft().header.to_string(), not_utf8, draft().key);
    assert_eq!(server.refusal(token).await, Refusal::ClaimsNotAnObject);
}
