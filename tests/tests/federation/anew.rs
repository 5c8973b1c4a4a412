//! A client that demands a sign-in anew demands it of the provider too (OpenID Connect Core 1.0 §3.1.2.1 and §2, `auth_time`): one that
//! knows the browser would ask for nothing, and nobody would have proven anything.

use serde_json::{Value, json};
use vestibule::accounts::administration::Actor;
use vestibule::oauth::clients::{Added, Client, Grant, ManageClients};
use vestibule_tests::{Answer, public_client};

use super::provider::parameters;
use super::stage::{Browser, Stage};

const APP: &str = "https://app.example.com/callback";

/// A stage with a client of the team's own.
async fn stage(providers: &str) -> Stage {
    let stage = Stage::of(providers).await;
    let grants = [Grant::AuthorizationCode].into_iter().collect();
    let client = Client { grants, ..public_client("app", APP) };
    assert_eq!(stage.scene.cloud.table().add_client(&client, Actor::Operator).await.unwrap(), Added::Added);
    stage
}

const FAKE: &str = "fake?issuer={}&client_id=vestibule&label=Fake&email=trusted";

/// The client's request with `more` in it.
fn asks(more: &str) -> String {
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    format!(
        "/oauth/authorize?client_id=app&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&response_type=code&scope=openid\
         &code_challenge={challenge}&code_challenge_method=S256{more}"
    )
}

/// Where the button of `provider` on the sign-in page leads, to which `answer` sends the browser.
fn button(answer: Answer, provider: &str) -> String {
    let page = answer.expect(303).header("location").unwrap().to_owned();
    let (_, query) = page.split_once("/sign-in?").unwrap();
    format!("/sign-in/with/{provider}?{query}")
}

/// What the provider called `fake` is asked for when the client asks with `more`, and the way back.
async fn goes(browser: &Browser<'_>, more: &str) -> (Vec<Option<String>>, String) {
    let start = button(browser.get(&asks(more)).await, "fake");
    let address = browser.get(&start).await.expect(303).header("location").unwrap().to_owned();
    let query = parameters(address.split_once('?').unwrap().1);
    (["prompt", "max_age"].map(|name| query.get(name).cloned()).to_vec(), browser.back_from(&address))
}

fn said(stage: &Stage, auth_time: &Value) {
    stage.provider.manners().claims = json!({
        "sub": "ada-at-the-provider", "email": "ada@example.com", "email_verified": true, "auth_time": auth_time,
    });
}

/// Whether the client has heard a code.
async fn is_let_in(browser: &Browser<'_>, more: &str) -> bool {
    let answer = browser.get(&asks(more)).await.expect(303);
    answer.header("location").unwrap().starts_with(&format!("{APP}?code="))
}

#[tokio::test]
async fn what_a_client_demands_of_a_sign_in_is_demanded_of_the_provider() {
    let stage = stage(FAKE).await;
    for (more, prompt, max_age) in [
        ("", None, None),
        ("&prompt=login", Some("login"), None),
        ("&prompt=select_account", Some("select_account"), None),
        ("&max_age=300", None, Some("300")),
        ("&max_age=0", None, Some("0")),
    ] {
        let browser = stage.browser();
        said(&stage, &json!(stage.scene.clock.now().seconds()));
        let (asked, back) = goes(&browser, more).await;
        assert_eq!(asked, [prompt, max_age].map(|value| value.map(str::to_owned)), "{more}");
        let arrived = browser.get(&back).await.expect(303);
        assert_eq!(arrived.header("location"), Some(&*asks(more)));
        assert!(is_let_in(&browser, more).await, "{more}");
    }
}

#[tokio::test]
async fn a_provider_that_does_not_say_that_the_person_has_just_signed_in_signs_nobody_in() {
    let stage = stage(FAKE).await;
    let now = stage.scene.clock.now().seconds();
    for (more, auth_time, status) in [
        ("&max_age=300", Value::Null, 403),
        ("&max_age=300", json!("1800000000"), 403),
        ("&max_age=300", json!(now - 361), 403),
        ("&max_age=300", json!(now - 300), 303),
        ("&max_age=0", json!(now - 61), 403),
        ("&max_age=0", json!(now), 303),
        ("&prompt=login", json!(now - 3600), 403),
        ("&prompt=login", Value::Null, 303),
    ] {
        said(&stage, &auth_time);
        let browser = stage.browser();
        let (_, back) = goes(&browser, more).await;
        let answer = browser.get(&back).await.expect(status);
        assert_eq!(browser.user().await.is_some(), status == 303, "{more} {auth_time}");
        if status == 403 {
            let page = answer.text();
            assert!(
                page.contains("<h1>Please sign in another way</h1>") && page.contains("/sign-in?continue="),
                "{page}"
            );
        }
    }
}

/// Whoever finds the browser leaves out the page that they were sent from: the provider asks for nothing, and that is no answer.
#[tokio::test]
async fn a_sign_in_with_a_provider_that_was_asked_for_nothing_is_not_the_one_that_was_demanded() {
    let stage = stage(FAKE).await;
    let browser = stage.registered().await;
    assert!(is_let_in(&browser, "").await);
    for more in ["&prompt=login", "&max_age=0", "&max_age=300"] {
        let (_, back) = goes(&browser, more).await;
        browser.sign_in().await.expect(303);
        assert!(!is_let_in(&browser, more).await, "{more}");
        assert_eq!(browser.get(&back).await.status(), 400, "the other attempt has taken its place");
    }
    let silent = browser.get(&asks("&prompt=none&max_age=300")).await.expect(303);
    assert!(silent.header("location").unwrap().contains("error=login_required"));
}

#[tokio::test]
async fn a_provider_that_never_says_when_is_asked_as_far_as_it_can_be_and_answers_no_max_age() {
    for (word, id, prompt) in [
        ("github?client_id=vestibule&issuer={}&api={}", "github", Some("select_account")),
        ("google?client_id=vestibule&issuer={}", "google", Some("select_account")),
        ("apple?client_id=vestibule&issuer={}&team_id=TEAM&key_id=KEY", "apple", None),
    ] {
        let stage = stage(word).await;
        let browser = stage.browser();
        let start = button(browser.get(&asks("&prompt=login")).await, id);
        let address = browser.get(&start).await.expect(303).header("location").unwrap().to_owned();
        let query = parameters(address.split_once('?').unwrap().1);
        assert_eq!(query.get("prompt").map(String::as_str), prompt, "{id}");
        let start = button(browser.get(&asks("&max_age=86400")).await, id);
        let page = browser.get(&start).await.expect(403);
        assert!(page.text().contains("<h1>Please sign in another way</h1>"), "{id}");
        assert!(page.header("location").is_none() && !query.contains_key("max_age"), "{id}");
    }
}
