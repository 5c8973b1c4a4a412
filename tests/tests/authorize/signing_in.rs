//! When a person must sign in, again, or as somebody else (OpenID Connect Core §3.1.2.1, §3.1.2.3 and §3.1.2.6).

use vestibule_tests::Scene;

use crate::stage::{
    Browser, add, asks, authorize, claims, comes_back_to, error, exchange, first_party, heard, query_of, third_party,
};

#[tokio::test]
async fn who_may_be_asked_nothing_hears_what_would_have_been_asked() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.demo().await;
    let silent = |id: &str| authorize(id, &[("prompt", "none")]);
    assert_eq!(error(scene.get(&silent("app"), &[]).await), "login_required");
    let browser = Browser::sign_in(&scene, &demo).await;
    heard(browser.get(&silent("app")).await);
    assert_eq!(error(browser.get(&silent("bookkeeper")).await), "consent_required");
    browser.lets_in("bookkeeper", &[]).await;
    heard(browser.get(&silent("bookkeeper")).await);
    scene.wait(100);
    let stale = authorize("app", &[("prompt", "none"), ("max_age", "99")]);
    assert_eq!(error(browser.get(&stale).await), "login_required");
    heard(browser.get(&authorize("app", &[("prompt", "none"), ("max_age", "100")])).await);
    // A cookie that opens nothing is none.
    let mut forged = Browser::sign_in(&scene, &demo).await;
    forged.cookie = format!("{}A", &forged.cookie[..forged.cookie.len() - 1]);
    for cookie in
        [forged.cookie.clone(), "__Host-session=".to_owned(), format!("{}; {}", browser.cookie, browser.cookie)]
    {
        forged.cookie = cookie;
        assert_eq!(error(forged.get(&silent("app")).await), "login_required");
    }
}

#[tokio::test]
async fn who_must_sign_in_anew_does_so_once_and_comes_back() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    scene.wait(5);
    for asked in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0"), ("max_age", "4")] {
        let back = comes_back_to(browser.get(&authorize("app", &[asked])).await);
        // To come back without having signed in is to be sent there again.
        comes_back_to(browser.get(&back).await);
        scene.wait(30);
        let anew = Browser::sign_in_for(&scene, &demo, &back).await;
        scene.wait(30);
        let code = heard(anew.get(&back).await)["code"].clone();
        let tokens = exchange(&scene, "app", &code, &[]).await.expect(200);
        let auth_time = claims(&tokens.member("id_token"))["auth_time"].as_u64().unwrap();
        assert_eq!(auth_time, scene.clock.now().seconds() - 30);
        // The same address is worth nothing an hour later.
        scene.wait(3600);
        comes_back_to(anew.get(&back).await);
    }
}

/// Core §3.1.2.1: `max_age=0` is `prompt=login`. The sign-in before the request is not the one that it asks for, and the one after it is,
/// be they all within one second.
#[tokio::test]
async fn who_asks_for_a_sign_in_within_the_second_of_the_last_one_gets_another() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let demo = scene.demo().await;
    for asked in [("max_age", "0"), ("prompt", "login")] {
        let browser = Browser::sign_in(&scene, &demo).await;
        let back = comes_back_to(browser.get(&authorize("app", &[asked])).await);
        comes_back_to(browser.get(&back).await);
        let silent = authorize("app", &[("prompt", "none"), ("max_age", "0")]);
        assert_eq!(error(browser.get(&silent).await), "login_required");
        heard(Browser::sign_in_for(&scene, &demo, &back).await.get(&back).await);
    }
}

/// Whoever finds a browser can write any address. None makes the session that is there one that was opened for this request.
#[tokio::test]
async fn a_sign_in_for_something_else_is_not_the_one_that_was_asked_for() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    add(&scene, &first_party("other")).await;
    let demo = scene.demo().await;
    for asked in [("prompt", "login"), ("max_age", "0")] {
        let wanted = authorize("app", &[asked]);
        for other in [
            authorize("app", &[asked, ("state", "another")]),
            authorize("app", &[asked, ("nonce", "another")]),
            authorize("app", &[]),
            authorize("other", &[asked]),
            "/account/devices".to_owned(),
        ] {
            let browser = Browser::sign_in_for(&scene, &demo, &other).await;
            comes_back_to(browser.get(&wanted).await);
            let now = scene.clock.now().seconds();
            for after in [now - 60, now, 0] {
                comes_back_to(browser.get(&format!("{wanted}&signed_in_after={after}")).await);
            }
        }
    }
}

/// The page that asks for consent narrows the scope; the sign-in was for this request all the same.
#[tokio::test]
async fn who_has_signed_in_anew_may_be_asked_for_consent() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.demo().await;
    let asked = authorize("bookkeeper", &[("prompt", "login"), ("scope", "openid orders:read nobody:has")]);
    let back = comes_back_to(scene.get(&asked, &[]).await);
    let browser = Browser::sign_in_for(&scene, &demo, &back).await;
    let page = asks(browser.get(&back).await, "Let The bookkeeper in?");
    heard(browser.decide(&page, "allow").await);
}

#[tokio::test]
async fn a_client_that_means_somebody_gets_them_or_nobody() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    add(&scene, &first_party("other")).await;
    let (ada, eve) = (
        scene.user("ada@example.com", "orders:read", "").await,
        scene.user("eve@example.com", "orders:read", "").await,
    );
    let browser = Browser::sign_in(&scene, &ada).await;
    let id_token = async |id: &str| {
        let code = browser.lets_in(id, &[]).await;
        exchange(&scene, id, &code, &[]).await.expect(200).member("id_token")
    };
    let (hint, of_another) = (id_token("app").await, id_token("other").await);
    scene.wait(4000);
    let with = |hint: &str, prompt: &str| authorize("app", &[("id_token_hint", hint), ("prompt", prompt)]);
    // Long expired, and good for this.
    heard(browser.get(&with(&hint, "none")).await);
    heard(browser.get(&with(&hint, "")).await);
    let eves = Browser::sign_in(&scene, &eve).await;
    assert_eq!(error(eves.get(&with(&hint, "none")).await), "login_required");
    let back = comes_back_to(eves.get(&with(&hint, "")).await);
    scene.wait(10);
    let again = Browser::sign_in_for(&scene, &eve, &back).await;
    assert_eq!(error(again.get(&back).await), "login_required", "they have been asked, and are somebody else");
    let adas = Browser::sign_in(&scene, &ada).await;
    heard(adas.get(&back).await);
    // A hint that proves nothing is none; in silence nobody is taken on its word.
    let access = scene.login(&ada).await.access;
    let unsigned = format!("{}.", hint.rsplit_once('.').unwrap().0);
    for nothing in [of_another.as_str(), &access, "x", "e30.e30.e30", &unsigned, &hint[..hint.len() - 5]] {
        heard(browser.get(&with(nothing, "")).await);
        assert_eq!(error(browser.get(&with(nothing, "none")).await), "login_required", "{nothing}");
    }
}

#[tokio::test]
async fn a_name_for_the_sign_in_page_reaches_it() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let back = comes_back_to(scene.get(&authorize("app", &[("login_hint", "ada@example.com")]), &[]).await);
    assert_eq!(query_of(&back)["login_hint"], "ada@example.com");
}

/// Between the page and the decision the world may change.
#[tokio::test]
async fn who_is_gone_by_the_time_they_decide_signs_in_and_decides_again() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    let page = asks(browser.get(&authorize("bookkeeper", &[])).await, "Let The bookkeeper in?");
    browser.ask(http::Method::POST, "/logout").await.expect(204);
    let back = comes_back_to(browser.decide(&page, "allow").await);
    let anew = Browser::sign_in(&scene, &demo).await;
    asks(anew.get(&back).await, "Let The bookkeeper in?");
}
