//! Other clients than the team's own: a stranger's that people let in, one without a secret, and one that acts for itself.

use openidconnect::core::{CoreErrorResponseType, CoreRevocableToken};
use openidconnect::{
    OAuth2TokenResponse as _, RequestTokenError, RevocationErrorResponseType, Scope, TokenIntrospectionResponse as _,
    TokenResponse as _,
};
use vestibule::oauth::clients::{Party, SecretMethod};
use vestibule_tests::Scene;

use crate::refusal;
use crate::relying_party::{CLIENT, Story, call, metadata, nonce, register, relying_party, service};

/// RFC 6749 §4.1 with the page that asks, §2.3.1, RFC 7009 §2.1.
#[tokio::test]
async fn an_application_of_somebody_elses_is_let_in_however_it_proves_itself_and_ends_its_session() {
    for method in [Some(SecretMethod::Basic), Some(SecretMethod::Post), None] {
        let story = Story::of(Party::Third, method).await;
        let wire = |request| call(&story.scene, request);
        let tokens = story.tokens().await;
        let claims = tokens.id_token().unwrap().claims(&story.verifier(), &nonce()).unwrap().clone();
        assert_eq!(claims.subject().as_str(), story.user.id.to_string(), "{method:?}");
        story.scene.get_as("/orders", tokens.access_token().secret()).await.expect(200);

        let refreshed = story.party.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap();
        let refreshed = refreshed.request_async(&wire).await.unwrap();
        if method.is_some() {
            let told = story.party.introspect(refreshed.access_token()).request_async(&wire).await.unwrap();
            assert_eq!((told.active(), told.client_id().map(|id| id.as_str())), (true, Some(CLIENT)));
        }
        let revocable = CoreRevocableToken::RefreshToken(refreshed.refresh_token().unwrap().clone());
        story.party.revoke_token(revocable).unwrap().request_async(&wire).await.unwrap();
        let over = story.party.exchange_refresh_token(refreshed.refresh_token().unwrap()).unwrap();
        assert_eq!(refusal(over.request_async(&wire).await), CoreErrorResponseType::InvalidGrant, "{method:?}");
        if method.is_some() {
            let told = story.party.introspect(refreshed.access_token()).request_async(&wire).await.unwrap();
            assert!(!told.active());
        }
    }
}

/// RFC 6749 §4.4, RFC 7662, RFC 7009 §2.2.1.
#[tokio::test]
async fn a_service_of_the_openidconnect_crate_gets_a_token_for_itself_and_asks_about_it() {
    for method in [SecretMethod::Basic, SecretMethod::Post] {
        let scene = Scene::new().await;
        let wire = |request| call(&scene, request);
        let secret = register(&scene, service(), Some(method)).await;
        let metadata = metadata(&scene).await;
        let worker = relying_party(&scene, &metadata, "worker", secret.map(|secret| (method, secret))).await;
        let asked = |scope: &str| worker.exchange_client_credentials().unwrap().add_scope(Scope::new(scope.to_owned()));
        let tokens = asked("orders:read").request_async(&wire).await.unwrap();
        assert_eq!(tokens.scopes(), Some(&vec![Scope::new("orders:read".to_owned())]));
        assert!(tokens.refresh_token().is_none() && tokens.id_token().is_none(), "RFC 6749 §4.4.3");
        scene.get_as("/orders", tokens.access_token().secret()).await.expect(200);
        assert_eq!(refusal(asked("admin").request_async(&wire).await), CoreErrorResponseType::InvalidScope);

        let told = worker.introspect(tokens.access_token()).request_async(&wire).await.unwrap();
        assert_eq!((told.active(), told.client_id().map(|id| id.as_str())), (true, Some("worker")));
        let revocable = CoreRevocableToken::AccessToken(tokens.access_token().clone());
        match worker.revoke_token(revocable).unwrap().request_async(&wire).await {
            Err(RequestTokenError::ServerResponse(said)) => {
                assert_eq!(said.error(), &RevocationErrorResponseType::UnsupportedTokenType);
            }
            other => panic!("a service's token lives until it expires: {other:?}"),
        }

        let wrong = Some((method, "vcs_wrong".to_owned()));
        let impostor = relying_party(&scene, &metadata, "worker", wrong).await;
        let refused = impostor.exchange_client_credentials().unwrap().request_async(&wire).await;
        assert_eq!(refusal(refused), CoreErrorResponseType::InvalidClient);
    }
}
