//! Keys and metadata (RFC 7517 §5, RFC 8414, OpenID Connect Discovery §4), and tokens that agree with them.

use serde_json::json;
use vestibule::keys::Jwk;
use vestibule::tokens::verify_compact;

use crate::target::{Target, jwt_part};

#[tokio::test]
async fn the_published_keys_verify_what_is_minted() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    let header = jwt_part(&tokens.access, 0);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
    let answer = target.get("/.well-known/jwks.json", &[]).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let jwks = answer.json();
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let payload = verify_compact(tokens.access.as_bytes(), &Jwk::from_json(&key.to_string()).unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&payload).unwrap(), jwt_part(&tokens.access, 1));
}

#[tokio::test]
async fn a_document_holds_no_private_key() {
    let target = Target::reach().await;
    for key in target.get("/.well-known/jwks.json", &[]).await.expect(200).json()["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
}

#[tokio::test]
async fn the_metadata_is_the_issuers_and_names_what_answers() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    let claims = jwt_part(&tokens.access, 1);
    let metadata = target.get("/.well-known/oauth-authorization-server", &[]).await.expect(200).json();
    assert_eq!(metadata["issuer"], claims["iss"]);
    assert_eq!(claims["aud"], claims["iss"], "without the parameter Audience");
    assert_eq!(target.get("/.well-known/openid-configuration", &[]).await.expect(200).json(), metadata);
    let prefix = format!("{}/", metadata["issuer"].as_str().unwrap());
    let endpoints: Vec<_> = metadata
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_str()?.strip_prefix(&prefix)?)))
        .collect();
    assert!(endpoints.contains(&(&"jwks_uri".to_owned(), ".well-known/jwks.json")), "{metadata}");
    for (name, path) in endpoints {
        let path = format!("/{path}");
        let (got, posted) = (target.get(&path, &[]).await, target.post(&path, "text/plain", "").await);
        assert!(
            [got.status(), posted.status()].iter().any(|status| *status != 404),
            "{name}: nothing answers at {path}"
        );
    }
}
