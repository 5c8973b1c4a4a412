//! Examples that the specifications print, beside those of RFC 7515, which stand with the verifier itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule::keys::{InvalidJwk, Jwk};
use vestibule::tokens::{Refusal, verify_compact};
use vestibule_tests::Scene;

/// RFC 7520 §3.3, the public half.
const BILBO: &str = concat!(
    r#"{"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","n":"#,
    r#""n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-"#,
    "QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtI",
    r#"QbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw","e":"AQAB"}"#,
);
/// RFC 7520 §4.1.
const PAYLOAD: &str = "It\u{2019}s a dangerous business, Frodo, going out your door. You step onto the road, and if you don't keep your \
                       feet, there\u{2019}s no knowing where you might be swept off to.";
const BILBOS_HEADER: &str = r#"{"alg":"RS256","kid":"bilbo.baggins@hobbiton.example"}"#;
const BILBOS_SIGNATURE: &str = concat!(
    "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-",
    "Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGd",
    "jluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
);

fn token(header: &str, payload: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

#[test]
fn the_rs256_example_of_rfc_7520_verifies() {
    let token = token(BILBOS_HEADER, PAYLOAD, BILBOS_SIGNATURE);
    let key = Jwk::from_json(BILBO).unwrap();
    assert_eq!(verify_compact(token.as_bytes(), &key).unwrap(), PAYLOAD.as_bytes());
}

/// With the signature of another algorithm none of the printed headers becomes ours; so what stands for it does not matter.
#[test]
fn the_examples_of_other_algorithms_are_refused_by_name() {
    let key = Jwk::from_json(BILBO).unwrap();
    let headers = [
        r#"{"alg":"PS384","kid":"bilbo.baggins@hobbiton.example"}"#, // RFC 7520 §4.2
        r#"{"alg":"ES512","kid":"bilbo.baggins@hobbiton.example"}"#, // §4.3
        r#"{"alg":"HS256","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037"}"#, // §4.4
        r#"{"alg":"EdDSA"}"#,                                        // RFC 8037 A.4
        r#"{"typ":"JWT","alg":"HS256"}"#,                            // RFC 7519 §3.1
    ];
    for header in headers {
        let token = token(header, PAYLOAD, BILBOS_SIGNATURE);
        assert_eq!(verify_compact(token.as_bytes(), &key), Err(Refusal::AlgUnsupported), "{header}");
    }
}

/// RFC 8037 A.2 and A.4: Ed25519, which nothing here signs or verifies with. The key is none of ours, and its token is refused by our own.
#[test]
fn the_example_of_rfc_8037_is_refused_with_its_key() {
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    assert_eq!(Jwk::from_json(key), Err(InvalidJwk::Malformed));
    let token = concat!(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
    let ours = Jwk::from_json(BILBO).unwrap();
    assert_eq!(verify_compact(token.as_bytes(), &ours), Err(Refusal::AlgUnsupported));
}

/// RFC 7519 §6.1: the unsecured JWT, and the same with something in the place of a signature.
#[tokio::test]
async fn the_examples_open_nothing() {
    let scene = Scene::new().await;
    let claims = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    let hmac = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let examples = [
        token(r#"{"alg":"none"}"#, claims, ""),
        token(r#"{"alg":"none"}"#, claims, hmac),
        token("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}", claims, hmac),
        token(BILBOS_HEADER, PAYLOAD, BILBOS_SIGNATURE),
    ];
    for example in examples {
        for path in ["/whoami", "/orders", "/admin"] {
            scene.get_as(path, &example).await.expect(403);
        }
    }
}
