//! Every redirect-URI trick of the corpus, through the endpoint: nobody is sent there, whoever is signed in (RFC 9700 §4.1 and §4.11).

use vestibule_tests::Scene;

use crate::stage::{Browser, add, authorize, encoded, first_party, goes_nowhere, heard, request};

#[path = "../../../shared/src/oauth/clients/redirect_uri/tests/tricks.rs"]
mod tricks;

const WEB: &str = crate::stage::WEB;

#[tokio::test]
async fn not_one_of_the_tricks_gets_anybody_anywhere() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let tricks = tricks::tricks();
    assert!(tricks.len() >= 500, "{}", tricks.len());
    for trick in &tricks {
        // Left out it is no trick.
        let changes = [("redirect_uri", trick.as_str())];
        let page = goes_nowhere(browser.get(&authorize("app", &changes)).await, 400);
        // What it was is not repeated: a page that shows an address leads people there.
        assert!(!page.text().contains("evil"), "{trick:?}");
    }
    heard(browser.get(&authorize("app", &[])).await);
}

/// The same by every other way in, and with whatever else is wrong.
#[tokio::test]
async fn no_error_and_no_form_goes_to_an_address_that_is_not_registered() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let evil = ("redirect_uri", "https://evil.example/callback");
    for wrong in [
        ("response_type", "token"),
        ("prompt", "none"),
        ("prompt", "login"),
        ("scope", "nothing"),
        ("code_challenge", ""),
        ("response_mode", "form_post"),
        ("request", "e30."),
        ("request_uri", "https://evil.example/request"),
        ("max_age", "0"),
    ] {
        goes_nowhere(browser.get(&authorize("app", &[evil, wrong])).await, 400);
        goes_nowhere(scene.get(&authorize("app", &[evil, wrong]), &[]).await, 400);
        let mut form = request("app", &[evil, wrong]);
        form.push(("decision".to_owned(), "allow".to_owned()));
        goes_nowhere(browser.post("/oauth/consent", &form, crate::stage::OURS).await, 403);
    }
    // Two of them, in whatever order, are none.
    for addresses in [[WEB, evil.1], [evil.1, WEB], [WEB, WEB]] {
        let mut twice = request("app", &[("redirect_uri", addresses[0])]);
        twice.push(("redirect_uri".to_owned(), addresses[1].to_owned()));
        goes_nowhere(browser.get(&format!("/oauth/authorize?{}", encoded(&twice))).await, 400);
    }
    goes_nowhere(browser.get(&authorize("app", &[("redirect_uri", "")])).await, 400);
}
