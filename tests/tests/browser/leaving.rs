//! Leaving: what is ended stays ended, and a browser is told to forget.

use http::Method;
use serde_json::json;
use vestibule_tests::{Answer, DYNAMODB, Fault, PASSWORD, Scene};

use super::{Browser, OURS, is_cleared, session_cookie};

#[tokio::test]
async fn a_sign_out_ends_the_session_and_takes_the_cookie_back_however_often_it_is_asked_for() {
    let scene = Scene::new().await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    scene.wire.take_calls();
    for _ in 0..2 {
        let answer = browser.ask(Method::POST, "/logout").await.expect(204);
        assert!(is_cleared(&answer));
        assert_eq!(scene.wire.take_calls(), ["UpdateItem"]);
    }
    browser.ask(Method::GET, "/sessions").await.expect_problem(401, "invalid-token");
    let nobody = scene.send(http::Request::post("/logout").body("".into()).unwrap()).await.expect(204);
    assert!(nobody.set_cookies().is_empty());
}

/// Two tabs: one changes the password, or signs in anew, while the other asks for something; the other's answer comes last.
#[tokio::test]
async fn a_request_that_was_under_way_while_the_cookie_was_renewed_does_not_take_the_new_one_back() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let before = Browser::sign_in(&scene, &demo).await;
    let held = scene.wire.hold_next("GetItem");
    let (late, renewed) = tokio::join!(before.ask(Method::GET, "/sessions"), async {
        held.arrived().await;
        let renewed = before.renewed(PASSWORD, ANOTHER).await;
        held.let_on();
        renewed
    });
    late.expect_problem(401, "invalid-token");
    assert!(renewed.is_live().await);
    for path in ["/sessions", "/api-keys", "/account"] {
        let late = before.ask(Method::GET, path).await.expect_problem(401, "invalid-token");
        assert!(late.set_cookies().is_empty(), "{path}");
    }
    let late = before.ask(Method::POST, "/refresh").await.expect_problem(401, "invalid-token");
    assert!(late.set_cookies().is_empty());
    // What was never given by us is nobody's.
    let foreign = Browser { scene: &scene, cookie: "__Host-session=x".to_owned(), csrf_token: String::new() };
    assert!(is_cleared(&foreign.ask(Method::GET, "/sessions").await.expect_problem(401, "invalid-token")));
}

const ANOTHER: &str = "another battery, another staple";

impl Browser<'_> {
    /// Changes the password, which renews the cookie.
    async fn changes_password(&self, from: &str, to: &str) -> Answer {
        let body = json!({ "current_password": from, "new_password": to }).to_string();
        let request = http::Request::post("/account/password").header("content-type", "application/json");
        let request = request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin");
        self.scene.send(request.body(body.into()).unwrap()).await
    }

    async fn renewed(&self, from: &str, to: &str) -> Self {
        let answer = self.changes_password(from, to).await.expect(200);
        let cookie = session_cookie(&answer).unwrap().split(';').next().unwrap().to_owned();
        Self { scene: self.scene, cookie, csrf_token: String::new() }
    }
}

/// The same two tabs, and the other one signs out: whichever comes first, no session is left behind a sign-out that was acknowledged.
#[tokio::test]
async fn a_sign_out_ends_what_a_renewal_at_the_same_moment_has_made_of_the_session() {
    for renewed_first in [true, false] {
        let scene = Scene::new().await;
        let before = Browser::sign_in(&scene, &scene.demo().await).await;
        // Each is one write, so that these are all the orders that there are.
        let left = if renewed_first {
            let renewed = before.renewed(PASSWORD, ANOTHER).await;
            assert!(is_cleared(&before.ask(Method::POST, "/logout").await.expect(204)));
            renewed
        } else {
            assert!(is_cleared(&before.ask(Method::POST, "/logout").await.expect(204)));
            before.changes_password(PASSWORD, ANOTHER).await.expect_problem(401, "invalid-token");
            before
        };
        assert!(!left.is_live().await, "renewed first: {renewed_first}");
    }
}

/// It may be a thief's by now, who could only have signed its owner out while it was good.
#[tokio::test]
async fn a_cookie_from_before_the_last_renewal_but_one_ends_nothing() {
    let scene = Scene::new().await;
    let first = Browser::sign_in(&scene, &scene.demo().await).await;
    let third = first.renewed(PASSWORD, ANOTHER).await.renewed(ANOTHER, PASSWORD).await;
    first.ask(Method::POST, "/logout").await.expect(204);
    assert!(third.is_live().await);
}

#[tokio::test]
async fn a_sign_out_with_a_token_ends_the_session_of_the_token() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let (here, there) = (scene.login(&demo).await, scene.login(&demo).await);
    let bearer = format!("Bearer {}", here.access);
    let logout = || http::Request::post("/logout").header("authorization", &bearer).body("".into()).unwrap();
    scene.send(logout()).await.expect(204);
    scene.try_refresh(&here.refresh).await.expect(401);
    scene.refresh(&there.refresh).await;
    scene.send(logout()).await.expect_problem(401, "invalid-token");
}

#[tokio::test]
async fn what_could_not_be_ended_is_503_and_the_browser_keeps_its_cookie() {
    let scene = Scene::new().await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    scene.wire.break_always(DYNAMODB, Fault::Throttled);
    for (method, path) in [
        (Method::POST, "/logout"),
        (Method::POST, "/refresh"),
        (Method::GET, "/sessions"),
        (Method::DELETE, "/sessions"),
        (Method::DELETE, "/sessions/ses_00000000000000000000000000000000"),
    ] {
        let answer = browser.ask_with(method, path, OURS).await.expect_problem(503, "temporarily-unavailable");
        assert!(answer.set_cookies().is_empty(), "{path}");
    }
    scene.wire.mend();
    assert!(browser.is_live().await);
}
