//! The `openidconnect` crate through every grant, as an application uses it (OpenID Connect Core §3.1, RFC 6749 §4.1, §4.4 and §6, RFC
//! 7636, RFC 7009, RFC 7662): its own checks of what we answer, and what the server refuses it. It signs no assertions (RFC 7523); those of
//! others are judged in tests/clients.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here fails a test")]

mod relying_party;
mod tokens_of_clients;

use std::fmt::Debug;

use openidconnect::core::{CoreClient, CoreErrorResponseType, CoreRequestTokenError, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, ClientId, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier,
    RequestTokenError, Scope, TokenResponse as _,
};
use relying_party::{CLIENT, Story, call, nonce};

/// The error that the token endpoint answered.
fn refusal<T: Debug, E: std::error::Error + 'static>(
    answer: Result<T, CoreRequestTokenError<E>>,
) -> CoreErrorResponseType {
    match answer.unwrap_err() {
        RequestTokenError::ServerResponse(answer) => answer.error().clone(),
        other => panic!("no answer of the server: {other}"),
    }
}

#[tokio::test]
async fn an_application_of_the_openidconnect_crate_knows_who_signed_in() {
    let story = Story::begin().await;
    let tokens = story.tokens().await;
    let (id_token, verifier) = (tokens.id_token().unwrap(), story.verifier());
    let claims = id_token.claims(&verifier, &nonce()).unwrap();
    assert_eq!(claims.subject().as_str(), story.user.id.to_string());
    assert!(claims.auth_time().is_some() && claims.auth_context_ref().is_some());
    assert_eq!(claims.audiences().iter().map(|audience| audience.as_str()).collect::<Vec<_>>(), [CLIENT]);

    let (algorithm, key) = (id_token.signing_alg().unwrap(), id_token.signing_key(&verifier).unwrap());
    let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).unwrap();
    assert_eq!(claims.access_token_hash(), Some(&hash));

    let request = story.party.user_info(tokens.access_token().clone(), Some(claims.subject().clone())).unwrap();
    let told: CoreUserInfoClaims = request.request_async(&|request| call(&story.scene, request)).await.unwrap();
    assert_eq!(told.email().map(|email| email.as_str()), Some("demo@example.com"));
    story.scene.get_as("/orders", tokens.access_token().secret()).await.expect(200);
}

#[tokio::test]
async fn the_openidconnect_crate_refreshes_and_narrows_what_it_has() {
    let story = Story::begin().await;
    let tokens = story.tokens().await;
    let wire = |request| call(&story.scene, request);
    let refreshed = story.party.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap();
    let refreshed = refreshed.request_async(&wire).await.unwrap();
    assert_ne!(refreshed.refresh_token().unwrap().secret(), tokens.refresh_token().unwrap().secret());
    let narrowed = story.party.exchange_refresh_token(refreshed.refresh_token().unwrap()).unwrap();
    let narrowed = narrowed.add_scope(Scope::new("openid".to_owned())).request_async(&wire).await.unwrap();
    assert_eq!(narrowed.scopes(), Some(&vec![Scope::new("openid".to_owned())]));
    story.scene.get_as("/orders", narrowed.access_token().secret()).await.expect(403);
}

#[tokio::test]
async fn the_openidconnect_crate_refuses_an_id_token_for_another_client_another_nonce_or_another_time() {
    let story = Story::begin().await;
    let tokens = story.tokens().await;
    let id_token = tokens.id_token().unwrap();
    let other_nonce = id_token.claims(&story.verifier(), &Nonce::new("another".to_owned()));
    assert!(matches!(other_nonce, Err(ClaimsVerificationError::InvalidNonce(_))), "{other_nonce:?}");

    let other_client =
        CoreClient::from_provider_metadata(story.metadata.clone(), ClientId::new("another".to_owned()), None);
    let for_another = id_token.claims(&other_client.id_token_verifier(), &nonce());
    assert!(matches!(for_another, Err(ClaimsVerificationError::InvalidAudience(_))), "{for_another:?}");

    story.scene.wait(3600);
    let late = id_token.claims(&story.verifier(), &nonce());
    assert!(matches!(late, Err(ClaimsVerificationError::Expired(_))), "{late:?}");
}

#[tokio::test]
async fn the_openidconnect_crate_hears_invalid_grant_for_a_code_that_is_used_or_has_another_verifier() {
    let story = Story::begin().await;
    let wire = |request| call(&story.scene, request);
    let (code, _) = story.code().await;
    let stolen = story.party.exchange_code(code).unwrap().set_pkce_verifier(PkceCodeVerifier::new("x".repeat(43)));
    assert_eq!(refusal(stolen.request_async(&wire).await), CoreErrorResponseType::InvalidGrant);

    let (code, verifier) = story.code().await;
    let again = PkceCodeVerifier::new(verifier.secret().clone());
    let first = story.party.exchange_code(code.clone()).unwrap().set_pkce_verifier(verifier);
    let tokens = first.request_async(&wire).await.unwrap();
    let second = story.party.exchange_code(code).unwrap().set_pkce_verifier(again);
    assert_eq!(refusal(second.request_async(&wire).await), CoreErrorResponseType::InvalidGrant);
    let refreshed = story.party.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap();
    assert_eq!(refusal(refreshed.request_async(&wire).await), CoreErrorResponseType::InvalidGrant);
}
