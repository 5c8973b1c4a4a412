//! Every parser of outside input, fuzzed: no panic, and what is read is written the same.
//!
//! Each test is a target for a coverage-guided fuzzer too, on the stable compiler (`cargo bolero test NAME -p vestibule-tests --test parsers
//! --sanitizer NONE`, with cargo-bolero). In an ordinary run inputs are drawn without looking at coverage. Good inputs stand in the
//! source as seeds.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod fuzz;

use fuzz::fuzz;
use lambda_http::{Body, Request};
use vestibule::accounts::{Identifier, OneTimeToken};
use vestibule::api_keys::{Environment, PresentedKey};
use vestibule::http::{form_or_json, json};
use vestibule::keys::{Jwk, MacKey, MacKeys, PublicKeySet};
use vestibule::oauth::clients::RedirectUri;
use vestibule::passwords::{ImportedHash, Password, PasswordHash};
use vestibule::policy::{MethodArn, Rules};
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::sessions::cookie::SessionCookie;
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule::tokens::verify_compact;

/// RFC 7515 A.3.1, its key and its token.
const JWK: &str = concat!(
    r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#,
    r#""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
);
const TOKEN: &str = concat!(
    "eyJhbGciOiJFUzI1NiJ9.",
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
);

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn mac_keys() -> MacKeys {
    MacKeys::new(1, vec![MacKey::new(1, Secret::new([7; 32]))]).unwrap()
}

#[test]
fn an_access_token_is_the_one_that_was_signed_or_refused() {
    let jwk = Jwk::from_json(JWK).unwrap();
    fuzz(&[TOKEN], move |bytes| {
        if verify_compact(bytes, &jwk).is_ok() {
            assert_eq!(text(bytes), TOKEN);
        }
    });
}

#[test]
fn a_refresh_token_is_written_as_it_was_read() {
    use vestibule::identity::{SessionId, UserId};
    use vestibule::sessions::rotation::Generation;

    let token = RefreshToken {
        user: UserId::from_bytes([1; 16]),
        session: SessionId::from_bytes([2; 16]),
        generation: Generation::from_number(7),
    };
    let good = token.seal(mac_keys().active());
    fuzz(&[good.expose()], |bytes| {
        let (text, keys) = (text(bytes), mac_keys());
        if let Ok(token) = RefreshToken::open(&text, &keys) {
            assert_eq!(*token.seal(keys.active()).expose(), text);
        }
        RefreshToken::names_mac_key(&text);
    });
}

#[test]
fn a_session_cookie_is_written_as_it_was_read() {
    use vestibule::identity::{SessionId, UserId};
    use vestibule::randomness::{Randomness, SeededRandomness};

    let (user, session) = (UserId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
    let randomness = Randomness::Seeded(SeededRandomness::new(1));
    let good = SessionCookie::random(user, session, &randomness).unwrap().value();
    fuzz(&[good.expose()], |bytes| {
        let text = text(bytes);
        if let Ok(cookie) = SessionCookie::parse(&text) {
            assert_eq!(*cookie.value().expose(), text);
        }
    });
}

#[test]
fn an_api_key_is_read_or_refused() {
    let key = "vk_live_0123456789abcdef0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_00000000";
    let environment: Environment = "live".parse().unwrap();
    fuzz(&[key, "vk_live_", "vk_test_1_2_3"], move |bytes| drop(PresentedKey::read(&text(bytes), &environment)));
}

#[test]
fn a_one_time_token_is_read_or_refused() {
    fuzz(&["vot_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], |bytes| {
        drop(OneTimeToken::parse(&Secret::new(text(bytes))));
    });
}

fn request(media_type: &'static str, bytes: &[u8]) -> Request {
    let mut request = Request::new(Body::Binary(bytes.to_vec()));
    request.headers_mut().insert("content-type", http::HeaderValue::from_static(media_type));
    request
}

#[test]
fn a_json_body_is_read_or_refused() {
    let seeds = [r#"{"username":"ada@example.com","password":"correct horse"}"#, r#"{"a":{"b":[1,null,"\u0061"]}}"#];
    fuzz(&seeds, |bytes| {
        if let Ok(mut fields) = json(&request("application/json", bytes)) {
            drop(fields.required("username"));
            drop(fields.optional("password"));
            drop(fields.finish());
        }
    });
}

#[test]
fn a_form_body_is_read_or_refused() {
    let seeds = ["token=vrt_abc&token_type_hint=refresh_token", "a=%41&a=+&=&&b=%f0%9f%93%b1"];
    fuzz(&seeds, |bytes| {
        if let Ok(mut fields) = form_or_json(&request("application/x-www-form-urlencoded", bytes)) {
            drop(fields.required("token"));
            drop(fields.finish());
        }
    });
}

/// RFC 9700 §2.1: an address is the registered one, or that on another port of the same machine.
#[test]
fn a_redirect_uri_is_the_registered_one_or_another() {
    let seeds = [
        "https://app.example.com/callback",
        "http://127.0.0.1/callback",
        "http://[::1]:8080/cb?x=1",
        "com.example.app:/callback",
        "https://app.example.com/callback?next=1",
    ];
    let registered: Vec<RedirectUri> = seeds.iter().map(|seed| seed.parse().unwrap()).collect();
    fuzz(&seeds, move |bytes| {
        let text = text(bytes);
        if let Ok(uri) = text.parse::<RedirectUri>() {
            assert_eq!(uri.as_str(), text);
        }
        for uri in &registered {
            if let Some(target) = uri.target(&text) {
                let same = target.as_str() == uri.as_str();
                let local = ["http://127.0.0.1:", "http://[::1]:"].iter().any(|host| target.as_str().starts_with(host));
                assert!(same || local, "{text:?} for {}", uri.as_str());
            }
        }
    });
}

#[test]
fn a_password_hash_is_written_as_it_was_read() {
    let seeds = [
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
        "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
        "$scrypt$ln=15,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
        "pbkdf2_sha256$600000$salt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g=",
        "$hook",
    ];
    fuzz(&seeds, |bytes| {
        let text = text(bytes);
        if let Ok(hash) = PasswordHash::parse(text.clone()) {
            assert_eq!(hash.as_str(), text);
        }
        drop(ImportedHash::parse(&Secret::new(text)));
    });
}

#[test]
fn names_passwords_scopes_and_roles_are_read_or_refused() {
    let seeds = ["ada@example.com", "ada", "orders:read orders:write", "admin", "\u{e9}\u{301}@b\u{fc}cher.example"];
    fuzz(&seeds, |bytes| {
        let text = text(bytes);
        drop(Identifier::parse(&text));
        drop(Password::parse(&Secret::new(text.clone())));
        if let Ok(scopes) = Scopes::parse(&text) {
            assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
        }
        drop(Roles::parse(&text));
    });
}

#[test]
fn keys_and_key_sets_are_read_or_refused() {
    let set = format!(r#"{{"format":1,"keys":[{JWK}]}}"#);
    fuzz(&[JWK, &set, r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#], |bytes| {
        let text = text(bytes);
        if let Ok(jwk) = Jwk::from_json(&text) {
            assert_eq!(Jwk::from_json(&jwk.to_json()), Ok(jwk));
        }
        drop(PublicKeySet::from_json(&text));
    });
}

#[test]
fn arns_and_route_rules_are_read_or_refused() {
    let arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders/1";
    let rules = include_str!("../../../functions/authorizer/routes.toml");
    fuzz(&[arn, rules], |bytes| {
        let text = text(bytes);
        drop(MethodArn::parse(&text));
        drop(Rules::parse(&text));
    });
}

/// The event that API Gateway hands to a function, and the authorizer's answer to it: nobody is let in by an event that is not whole.
#[test]
fn an_event_of_any_shape_lets_nobody_in() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let scene = runtime.block_on(vestibule_tests::Scene::new());
    let function = scene.cloud.function("AuthorizerFunction").unwrap().unwrap();
    let v2 = r#"{"version":"2.0","type":"REQUEST","routeArn":"arn:aws:execute-api:eu-west-1:123456789012:a/$default/GET/orders","identitySource":["Bearer x","GET /orders"],"routeKey":"GET /orders","rawPath":"/orders","headers":{"authorization":"Bearer x"},"requestContext":{"http":{"method":"GET","path":"/orders"}}}"#;
    let token = r#"{"type":"TOKEN","authorizationToken":"Bearer x","methodArn":"arn:aws:execute-api:eu-west-1:123456789012:a/prod/GET/orders"}"#;
    let (runtime, function) = (std::panic::AssertUnwindSafe(runtime), std::panic::AssertUnwindSafe(function));
    let v1 = include_str!("../../events/authorizer-http-1.0.json");
    let rest = include_str!("../../events/authorizer-rest-request.json");
    fuzz(&[v2, token, v1, rest], move |bytes| {
        let _ = lambda_http::request::from_str(&text(bytes));
        if let Ok(answer) = runtime.block_on(async { function.invoke(bytes.to_vec().into()).await }) {
            let answer = text(&answer);
            assert!(!answer.contains(r#""isAuthorized":true"#) && !answer.contains(r#""Allow""#), "{answer}");
        }
    });
}
