//! What the metadata says of OAuth is so (RFC 8414 §2).

use serde_json::Value;
use vestibule_tests::Scene;

use crate::stage::{ISSUER, service, with_key, with_secret, worker};
use crate::stage::{asserting, assertion, form, post};
use vestibule::oauth::clients::SecretMethod;

fn words(document: &Value, name: &str) -> Vec<String> {
    document[name].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_way_to_authenticate_that_the_metadata_names_works_at_the_endpoint_that_it_names() {
    let scene = Scene::new().await;
    let document = scene.get("/.well-known/oauth-authorization-server", &[]).await.expect(200).json();
    let path = |name: &str| document[name].as_str().unwrap().strip_prefix(ISSUER).unwrap().to_owned();
    let token = path("token_endpoint");
    for method in words(&document, "token_endpoint_auth_methods_supported") {
        let answer = match method.as_str() {
            "client_secret_basic" => worker(&scene).await.post(&scene, &token, "grant_type=client_credentials").await,
            "client_secret_post" => {
                let client = with_secret(&scene, service("body"), SecretMethod::Post).await;
                let pairs = [("client_id", client.id.as_str()), ("client_secret", &client.secret)];
                post(&scene, &token, None, &format!("grant_type=client_credentials&{}", form(&pairs))).await
            }
            "private_key_jwt" => {
                let pair = with_key(&scene, service("signer")).await;
                post(&scene, &token, None, &asserting(&assertion(&scene, "signer", &pair, |_| {}))).await
            }
            other => unreachable!("{other}"),
        };
        answer.expect(200);
    }
    assert_eq!(words(&document, "grant_types_supported"), ["client_credentials"]);
    assert!(words(&document, "response_types_supported").is_empty());
    assert_eq!(path("introspection_endpoint"), "/oauth/introspect");
}
