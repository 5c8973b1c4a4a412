//! Each provider's own ways: GitHub's API, Apple's form and key, Google's and Microsoft's words on an address.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Value, json};
use vestibule::keys::{Algorithm, KeyPair};
use vestibule::tokens::verify_compact;

use super::provider::{Fault, parameters};
use super::stage::{SECRET, Stage};

const GITHUB: &str = "github?client_id=vestibule&issuer={}&api={}";
const APPLE: &str = "apple?client_id=vestibule&issuer={}&team_id=TEAM&key_id=KEY";

async fn by(stage: &Stage, provider: &str) -> (u16, Option<String>) {
    let browser = stage.browser();
    let back = browser.goes_and_says_yes(&format!("/sign-in/with/{provider}")).await;
    let status = browser.get(&back).await.status().as_u16();
    (status, browser.user().await)
}

#[tokio::test]
async fn github_says_by_its_api_who_somebody_is_and_which_address_is_theirs() {
    let stage = Stage::of(GITHUB).await;
    let browser = stage.browser();
    let sent = browser.get("/sign-in/with/github").await.expect(303);
    let address = sent.header("location").unwrap().to_owned();
    assert!(address.starts_with(&format!("{}/login/oauth/authorize?", stage.provider.url)), "{address}");
    let query = parameters(address.split_once('?').unwrap().1);
    assert_eq!((query["scope"].as_str(), query.contains_key("nonce")), ("user:email", false));
    let back = browser.back_from(&address);
    browser.get(&back).await.expect(303);
    let user = browser.user().await.unwrap();
    let asked = stage.provider.take_asked();
    let paths: Vec<_> = asked.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!(paths, ["/login/oauth/access_token", "/user", "/user/emails?per_page=100"]);
    assert_eq!(asked[0].form["client_secret"], SECRET);
    assert!(asked[1..].iter().all(|asked| asked.headers["authorization"] == "Bearer gho_x"));
    assert!(asked.iter().all(|asked| asked.headers["user-agent"] == "vestibule"));
    // Another login is the same account, and the addresses are not asked for again.
    stage.provider.manners().user = json!({ "id": 583_231, "login": "ada-lovelace" });
    assert_eq!(by(&stage, "github").await, (303, Some(user)));
    assert_eq!(stage.provider.take_asked().len(), 2);
}

#[tokio::test]
async fn at_github_the_first_address_must_be_verified_and_an_account_that_was_given_up_is_not_its_next_owners() {
    let stage = Stage::of(GITHUB).await;
    for emails in [
        json!([{ "email": "ada@example.com", "primary": true, "verified": false }]),
        json!([{ "email": "ada@example.com", "primary": false, "verified": true }]),
        json!([]),
    ] {
        stage.provider.manners().emails = emails.clone();
        assert_eq!(by(&stage, "github").await, (403, None), "{emails}");
    }
    stage.provider.manners().emails = json!([
        { "email": "old@example.com", "primary": false, "verified": true },
        { "email": "ada@example.com", "primary": true, "verified": true },
    ]);
    assert_eq!(by(&stage, "github").await.0, 303);
    // The login was renamed, and somebody else has taken it, and the address.
    stage.provider.manners().user = json!({ "id": 999, "login": "ada" });
    assert_eq!(by(&stage, "github").await, (409, None));
}

#[tokio::test]
async fn github_that_fails_or_refuses_signs_nobody_in() {
    let stage = Stage::of(GITHUB).await;
    for (path, fault, status) in [
        ("/user", Fault::Says(401, json!({ "message": "Bad credentials" }).to_string()), 503),
        ("/user", Fault::Says(200, json!({ "id": "583231" }).to_string()), 503),
        ("/user/emails", Fault::Says(404, "{}".to_owned()), 503),
        ("/user/emails", Fault::Says(200, "{}".to_owned()), 503),
        ("/login/oauth/access_token", Fault::Says(200, json!({ "error": "bad_verification_code" }).to_string()), 400),
        (
            "/login/oauth/access_token",
            Fault::Says(200, json!({ "error": "incorrect_client_credentials" }).to_string()),
            503,
        ),
        ("/login/oauth/access_token", Fault::Says(200, "access_token=a&token_type=bearer".to_owned()), 503),
    ] {
        stage.provider.manners().faults.insert(path, fault.clone());
        assert_eq!(by(&stage, "github").await, (status, None), "{path} {fault:?}");
        stage.provider.manners().faults.clear();
    }
}

/// github.com sends `iss` (RFC 9207) for what stands before `/authorize`; not every Enterprise Server sends one.
#[tokio::test]
async fn github_may_say_who_it_is_and_nobody_else_may_answer_for_it() {
    let stage = Stage::of(GITHUB).await;
    let site = stage.provider.url.clone();
    for (iss, status) in [
        (Some(format!("{site}/login/oauth")), 303),
        (None, 303),
        (Some(site.clone()), 400),
        (Some(format!("{site}/login/oauth/")), 400),
        (Some("https://github.com/login/oauth".to_owned()), 400),
        (Some("https://evil.example/login/oauth".to_owned()), 400),
    ] {
        stage.provider.manners().github = iss.clone();
        stage.provider.take_asked();
        let (answered, user) = by(&stage, "github").await;
        assert_eq!((answered, user.is_some()), (status, status == 303), "{iss:?}");
        assert_eq!(stage.provider.take_asked().is_empty(), status == 400, "the code of another is not tried: {iss:?}");
    }
}

#[tokio::test]
async fn apple_posts_a_form_that_the_browser_brings_again_and_is_shown_a_secret_that_we_sign() {
    let stage = Stage::of(APPLE).await;
    let key = KeyPair::generate(Algorithm::Es256).unwrap();
    let pem =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", STANDARD.encode(key.private().expose()));
    stage.keep_secrets(&json!({ "apple": pem })).await;
    stage.provider.manners().metadata = json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
    stage.provider.manners().claims =
        json!({ "sub": "000123.abc", "email": "x@privaterelay.appleid.com", "email_verified": "true" });
    let browser = stage.browser();
    let sent = browser.get("/sign-in/with/apple").await.expect(303);
    let address = sent.header("location").unwrap().to_owned();
    assert_eq!(parameters(address.split_once('?').unwrap().1)["response_mode"], "form_post");
    let back = browser.back_from(&address);
    let (path, query) = back.split_once('?').unwrap();
    // Another site's POST brings no cookie along: the browser is told to come by GET, and then it does.
    let other = stage.browser();
    let form = format!("{query}&user=%7B%22name%22%3A%7B%7D%7D");
    let posted = other.ask(Method::POST, path, &form, "cross-site").await.expect(303);
    let again = posted.header("location").unwrap().to_owned();
    assert!(again.starts_with(&format!("{path}?")) && !again.contains("user="), "{again}");
    browser.get(&again).await.expect(303);
    assert!(browser.user().await.is_some());
    let asked = stage.provider.take_asked();
    let token = asked.iter().find(|asked| asked.path == "/token").unwrap();
    assert!(!token.headers.contains_key("authorization"));
    let payload = verify_compact(token.form["client_secret"].as_bytes(), key.public()).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!((&payload["iss"], &payload["sub"]), (&json!("TEAM"), &json!("vestibule")));
    assert_eq!(payload["aud"], json!(stage.provider.url));
}

#[tokio::test]
async fn a_form_that_is_no_answer_goes_nowhere_else() {
    let stage = Stage::of(APPLE).await;
    let path = "/sign-in/with/apple/callback";
    let browser = stage.browser();
    for (form, status) in
        [(format!("code={}", "x".repeat(10_000)), 400), ("code=a&code=b".to_owned(), 400), ("code=%00".to_owned(), 400)]
    {
        browser.ask(Method::POST, path, &form, "cross-site").await.expect(status);
    }
    let posted = browser.ask(Method::POST, path, "state=a%0d%0aSet-Cookie:+x&code=//evil.example", "cross-site").await;
    let location = posted.expect(303).header("location").unwrap().to_owned();
    assert_eq!(location, format!("{path}?state=a%0D%0ASet-Cookie%3A+x&code=%2F%2Fevil.example"));
}

#[tokio::test]
async fn google_answers_for_its_own_mailboxes_and_workspaces_alone() {
    let stage = Stage::of("google?client_id=vestibule&issuer={}").await;
    for (number, (claims, status)) in [
        (json!({ "email": "ada@gmail.com", "email_verified": true }), 303),
        (json!({ "email": "ada@example.com", "email_verified": true, "hd": "example.com" }), 303),
        (json!({ "email": "ada@example.org", "email_verified": true }), 403),
        (json!({ "email": "ada@gmail.com.example.org", "email_verified": true }), 403),
        (json!({ "email": "eve@gmail.com", "email_verified": false }), 403),
    ]
    .into_iter()
    .enumerate()
    {
        let mut claims: Value = claims;
        claims["sub"] = json!(number.to_string());
        stage.provider.manners().claims = claims.clone();
        assert_eq!(by(&stage, "google").await.0, status, "{claims}");
    }
}

#[tokio::test]
async fn microsoft_answers_for_an_address_only_where_its_domain_is_proven() {
    let stage = Stage::of("microsoft?client_id=vestibule&issuer={}").await;
    for (number, (claims, status)) in [
        (json!({ "email": "ada@example.com" }), 403),
        (json!({ "email": "ada@example.com", "email_verified": true }), 403),
        (json!({ "email": "ada@example.com", "xms_edov": false }), 403),
        (json!({ "email": "ada@example.com", "xms_edov": true }), 303),
        (json!({ "email": "bob@example.com", "xms_edov": "1" }), 303),
    ]
    .into_iter()
    .enumerate()
    {
        let mut claims: Value = claims;
        claims["sub"] = json!(number.to_string());
        stage.provider.manners().claims = claims.clone();
        assert_eq!(by(&stage, "microsoft").await.0, status, "{claims}");
    }
}

#[tokio::test]
async fn an_access_token_hash_that_fits_is_no_fault() {
    let stage = Stage::new().await;
    let digest = digest::digest(&digest::SHA256, b"provider-access-token");
    let half = URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16]);
    stage.provider.manners().claims =
        json!({ "sub": "ada", "email": "ada@example.com", "email_verified": true, "at_hash": half });
    assert_eq!(by(&stage, "fake").await.0, 303);
}
