//! Keys and metadata (RFC 7517 §5, RFC 8414, OpenID Connect Discovery §4).

use serde_json::json;
use vestibule::tokens::verify_compact;
use vestibule_tests::{DYNAMODB, Fault, Scene};

#[tokio::test]
async fn the_published_keys_verify_what_is_minted() {
    for algorithm in ["ES256", "RS256"] {
        let scene = Scene::builder().parameter("SigningAlgorithm", algorithm).begin().await;
        let tokens = scene.login(&scene.demo().await).await;
        let header = jwt_part(&tokens.access, 0);
        assert_eq!((&header["alg"], &header["typ"]), (&json!(algorithm), &json!("at+jwt")));
        let jwks = scene.get("/.well-known/jwks.json", &[]).await.expect(200).json();
        let keys = jwks["keys"].as_array().unwrap();
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap();
        assert_eq!((&key["use"], &key["alg"]), (&json!("sig"), &json!(algorithm)));
        let jwk = vestibule::keys::Jwk::from_json(&key.to_string()).unwrap();
        let payload = verify_compact(tokens.access.as_bytes(), &jwk).unwrap();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&payload).unwrap(), jwt_part(&tokens.access, 1));
        scene.get_as("/whoami", &tokens.access).await.expect(200);
    }
}

/// RFC 9068 §2.2.
#[tokio::test]
async fn an_access_token_says_what_rfc_9068_asks() {
    let scene = Scene::builder().parameter("Audience", "https://api.example.com").begin().await;
    let admin = scene.user("admin@example.com", "orders:read", "admin").await;
    let tokens = scene.login(&admin).await;
    let claims = jwt_part(&tokens.access, 1);
    let now = scene.clock.now().seconds();
    let mut names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "roles", "scope", "sid", "sub"]);
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!("https://auth.example.com"), &json!("https://api.example.com"))
    );
    assert_eq!((&claims["iat"], &claims["exp"], &claims["auth_time"]), (&json!(now), &json!(now + 300), &json!(now)));
    assert_eq!(
        (&claims["sub"], &claims["scope"], &claims["roles"]),
        (&json!(admin.id), &json!("orders:read"), &json!(["admin"]))
    );
}

#[tokio::test]
async fn a_document_holds_no_private_key_and_may_be_kept_for_minutes() {
    let scene = Scene::new().await;
    let answer = scene.get("/.well-known/jwks.json", &[]).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    for key in answer.json()["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
    assert!(answer.json()["keys"].as_array().unwrap().len() >= 2, "the next key is published before it signs");
}

#[tokio::test]
async fn the_metadata_names_what_exists_and_nothing_else() {
    let scene = Scene::new().await;
    let authorization_server = scene.get("/.well-known/oauth-authorization-server", &[]).await.expect(200);
    let metadata = authorization_server.json();
    assert_eq!(metadata["issuer"], "https://auth.example.com");
    assert_eq!(metadata["jwks_uri"], "https://auth.example.com/.well-known/jwks.json");
    assert_eq!(authorization_server.header("cache-control"), Some("public, max-age=300"));
    let openid = scene.get("/.well-known/openid-configuration", &[]).await.expect(200).json();
    assert_eq!(openid, metadata);
    for (name, value) in metadata.as_object().unwrap() {
        let Some(path) = value.as_str().and_then(|url| url.strip_prefix("https://auth.example.com/")) else { continue };
        let path = format!("/{path}");
        let (got, posted) = (scene.get(&path, &[]).await, scene.post(&path, "text/plain", "").await);
        assert!(
            [got.status(), posted.status()].iter().any(|status| *status != 404),
            "{name}: nothing answers at {path}"
        );
    }
}

#[tokio::test]
async fn with_the_table_down_a_warm_instance_serves_its_keys_and_a_cold_one_says_503() {
    let mut scene = Scene::new().await;
    scene.get("/.well-known/jwks.json", &[]).await.expect(200);
    scene.wire.break_always(DYNAMODB, Fault::Unreachable);
    scene.wait(3600);
    scene.get("/.well-known/jwks.json", &[]).await.expect(200);
    scene.cold_start();
    let answer = scene.get("/.well-known/jwks.json", &[]).await.expect_problem(503, "temporarily-unavailable");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("retry-after").is_some());
}

fn jwt_part(token: &str, part: usize) -> serde_json::Value {
    use base64::Engine;
    let text = token.split('.').nth(part).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}
