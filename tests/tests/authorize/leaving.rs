//! A client brings a person who wants to leave (OpenID Connect RP-Initiated Logout §2, §3 and §6).

use vestibule::oauth::clients::{Client, Standing};
use vestibule_tests::{Answer, Scene};

use crate::stage::{
    Browser, ISSUER, OURS, OUT, WEB, add, asks, encoded, first_party, goes_nowhere, id_token, is_a_page, location,
};

fn leave(parameters: &[(&str, &str)]) -> String {
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    format!("/oauth/logout?{}", encoded(&parameters))
}

#[track_caller]
fn forgets(answer: &Answer) {
    let cleared = "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
    assert_eq!(answer.set_cookies(), [cleared]);
}

#[tokio::test]
async fn who_comes_with_their_own_id_token_leaves_at_once_and_goes_back() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let hint = id_token(&browser, "app").await;
    scene.wait(4000);
    scene.wire.take_calls();
    let asked =
        [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", OUT), ("state", "a b&c"), ("client_id", "app")];
    let answer = browser.get(&leave(&asked)).await;
    forgets(&answer);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "GetItem", "UpdateItem"]);
    assert_eq!(location(answer), format!("{OUT}?state=a+b%26c"));
    assert!(!browser.is_live().await);
    // Who is out already is told the same.
    assert_eq!(location(browser.get(&leave(&asked[..2])).await), OUT);
}

#[tokio::test]
async fn anybody_else_is_asked_first() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let (demo, eve) = (scene.demo().await, scene.user("eve@example.com", "orders:read", "").await);
    let eves = id_token(&Browser::sign_in(&scene, &eve).await, "app").await;
    let access = scene.login(&demo).await.access;
    for asked in [
        &[][..],
        &[("client_id", "app")],
        &[("client_id", "app"), ("post_logout_redirect_uri", OUT), ("state", "x")],
        &[("id_token_hint", eves.as_str())],
        &[("id_token_hint", "x")],
        &[("id_token_hint", access.as_str())],
        &[("logout_hint", "demo@example.com"), ("ui_locales", "de")],
    ] {
        let browser = Browser::sign_in(&scene, &demo).await;
        let page = asks(browser.get(&leave(asked)).await, "Sign out?");
        assert!(browser.is_live().await, "{asked:?}");
        assert!(page.set_cookies().is_empty());
        let answer = browser.post("/oauth/logout/confirm", &page.hidden_fields(), OURS).await;
        forgets(&answer);
        if asked.len() == 3 {
            assert_eq!(location(answer), format!("{OUT}?state=x"));
        } else {
            let page = asks(answer, "You are signed out");
            assert!(page.text().contains("/sign-in"));
        }
        assert!(!browser.is_live().await);
    }
}

#[tokio::test]
async fn no_other_page_signs_anybody_out() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    let page = asks(browser.get(&leave(&[])).await, "Sign out?");
    let own = page.hidden_fields();
    let foreign: &[(&str, &str)] = &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    for (form, site) in [
        (own.clone(), foreign),
        (Vec::new(), foreign),
        (Vec::new(), OURS),
        (Vec::new(), &[]),
        (vec![("csrf_token".to_owned(), "x".to_owned())], OURS),
    ] {
        goes_nowhere(browser.post("/oauth/logout/confirm", &form, site).await, 403);
        assert!(browser.is_live().await);
    }
    // A form of another site is gone on with by GET, and asks.
    let on = location(browser.post("/oauth/logout", &own, foreign).await);
    asks(browser.get(on.strip_prefix(ISSUER).unwrap()).await, "Sign out?");
    assert!(browser.is_live().await);
}

#[tokio::test]
async fn nobody_goes_on_to_an_address_that_is_not_registered_for_it_and_anybody_may_leave_all_the_same() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    add(&scene, &first_party("other")).await;
    let gone = Client { standing: Standing::Disabled { at: scene.clock.now() }, ..first_party("gone") };
    add(&scene, &gone).await;
    let demo = scene.demo().await;
    let first = Browser::sign_in(&scene, &demo).await;
    let hint = id_token(&first, "app").await;
    for uri in [
        "https://evil.example/",
        WEB,
        "https://app.example.com/out/",
        "https://app.example.com/out?x",
        "//app.example.com/out",
    ] {
        for asked in [
            &[("client_id", "app"), ("post_logout_redirect_uri", uri)][..],
            &[("post_logout_redirect_uri", uri)],
            // Without a client's name, and with that of one that is no more, an address is nobody's.
            &[("post_logout_redirect_uri", OUT)],
            &[("client_id", "gone"), ("post_logout_redirect_uri", OUT)],
            &[("client_id", "nobody"), ("post_logout_redirect_uri", OUT)],
        ] {
            // As often as anybody may.
            scene.wait(180);
            let browser = Browser::sign_in(&scene, &demo).await;
            let page = asks(browser.get(&leave(asked)).await, "Sign out?");
            assert!(browser.is_live().await);
            forgets(&asks(
                browser.post("/oauth/logout/confirm", &page.hidden_fields(), OURS).await,
                "You are signed out",
            ));
            assert!(!browser.is_live().await);
        }
        scene.wait(180);
        let browser = Browser::sign_in(&scene, &demo).await;
        let hint = id_token(&browser, "app").await;
        let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri)];
        forgets(&asks(browser.get(&leave(&asked)).await, "You are signed out"));
    }
    for asked in [
        &[("id_token_hint", hint.as_str()), ("client_id", "other"), ("post_logout_redirect_uri", OUT)][..],
        &[("client_id", "app"), ("client_id", "app")],
        &[("client_id", "app"), ("post_logout_redirect_uri", "\u{fffd}")],
        &[("client_id", "app"), ("post_logout_redirect_uri", OUT), ("post_logout_redirect_uri", OUT)],
        &[("client_id", "app"), ("post_logout_redirect_uri", OUT), ("state", "a"), ("state", "a")],
        &[("client_id", "app"), ("ui_locales", "de"), ("ui_locales", "de")],
        &[("x", ""), ("x", "")],
    ] {
        goes_nowhere(first.get(&leave(asked)).await, 400);
    }
    assert!(first.is_live().await);
}

/// Whoever has no session is not asked whether to end it.
#[tokio::test]
async fn who_is_not_signed_in_goes_back_or_is_told_so() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let page = asks(scene.get(&leave(&[]), &[]).await, "You are signed out");
    is_a_page(&page);
    let asked = [("client_id", "app"), ("post_logout_redirect_uri", OUT)];
    assert_eq!(location(scene.get(&leave(&asked), &[]).await), OUT);
}
