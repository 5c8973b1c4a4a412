//! An ID token of ours that comes back says whom it was about, however old it is, and nothing else does.

use super::*;

fn id_token() -> Draft {
    let draft = draft();
    let claims = json!({ "iss": ISSUER, "aud": "app", "sub": USER, "exp": NOW.minus(LIFETIME * 1000) });
    Draft { claims: Object::of(&claims), ..draft }.header("typ", json!("JWT"))
}

async fn read(draft: &Draft) -> Result<IdTokenHint, VerifyError> {
    let server = ResourceServer::new();
    server.verifier.id_token_hint(draft.signed().as_bytes(), &server.source).await
}

#[tokio::test]
async fn an_id_token_of_this_issuer_is_a_hint_after_years_too() {
    let hint = IdTokenHint { user: USER, client_id: "app".to_owned() };
    assert_eq!(read(&id_token()).await, Ok(hint));
}

#[tokio::test]
async fn what_this_issuer_did_not_sign_as_an_id_token_is_no_hint() {
    let unsigned = Draft { key: RING.next(Algorithm::Es256).unwrap(), ..id_token() };
    for (draft, refusal) in [
        (draft(), Refusal::TypWrong),
        (id_token().without_header("typ"), Refusal::TypMissing),
        (id_token().without_header("kid"), Refusal::KidMissing),
        (id_token().header("kid", json!("another")), Refusal::KidUnknown),
        (unsigned, Refusal::SignatureWrong),
        (id_token().header("alg", json!("RS256")), Refusal::AlgMismatch),
        (id_token().claim("iss", json!("https://other.example.com")), Refusal::IssWrong),
        (id_token().second_claim("sub", json!(USER)), Refusal::ClaimsDuplicate),
    ] {
        assert_eq!(read(&draft).await, Err(refusal.into()), "{refusal}");
    }
    let server = ResourceServer::new();
    let token = signed(id_token().header.to_string(), "[]", id_token().key);
    let read = server.verifier.id_token_hint(token.as_bytes(), &server.source).await;
    assert_eq!(read, Err(Refusal::ClaimsNotAnObject.into()));
}

#[tokio::test]
async fn a_hint_is_no_access_token() {
    let server = ResourceServer::new();
    assert_eq!(server.refusal(id_token().signed()).await, Refusal::TypWrong);
}
