//! Requests with the cookie: who they are of, which page may make them, and for how long.

use http::Method;
use vestibule_tests::Scene;

use super::{Browser, FOREIGN, sign_in};

#[tokio::test]
async fn a_cookie_costs_one_read_and_none_while_the_answer_is_kept() {
    let mut scene = Scene::new().await;
    let demo = scene.demo().await;
    let cookie = Browser::sign_in(&scene, &demo).await.cookie;
    scene.cold_start();
    let browser = Browser { scene: &scene, cookie, csrf_token: String::new() };
    scene.wire.take_calls();
    let me = browser.whoami().await.expect(200);
    assert_eq!((me.member("sub"), me.member("auth_method")), (demo.id.to_string(), "session_cookie".to_owned()));
    assert_eq!(scene.wire.take_calls(), ["GetItem"]);
    browser.whoami().await.expect(200);
    assert_eq!(scene.wire.take_calls(), [""; 0]);
    // Within the first minute nothing is written; after it once, beside the read.
    scene.wait(61);
    for _ in 0..2 {
        browser.whoami().await.expect(200);
    }
    assert_eq!(scene.wire.take_calls(), ["GetItem", "UpdateItem"]);
}

#[tokio::test]
async fn without_the_cookie_nobody_is_let_in() {
    let scene = Scene::new().await;
    scene.get("/web/whoami", &[]).await.expect(401);
    scene.get("/web/whoami", &[("cookie", "theme=dark")]).await.expect(403);
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    let twice = format!("{0}; {0}", browser.cookie);
    let quoted = browser.cookie.replace('=', "=\"") + "\"";
    for cookie in [twice, quoted, format!("{}x", browser.cookie)] {
        scene.get("/web/whoami", &[("cookie", &cookie)]).await.expect(403);
        scene.get("/sessions", &[("cookie", &cookie)]).await.expect_problem(401, "invalid-token");
    }
    let tokens = scene.login(&demo).await;
    scene.get_as("/web/whoami", &tokens.access).await.expect(401);
}

#[tokio::test]
async fn what_changes_something_needs_a_page_of_ours_whatever_was_kept_before() {
    let scene = Scene::builder().parameter("AllowedOrigins", "https://app.example.com").begin().await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    browser.whoami().await.expect(200);
    let token = [("x-csrf-token", browser.csrf_token.as_str())];
    let app = [("sec-fetch-site", "same-site"), ("origin", "https://app.example.com")];
    for headers in [super::OURS, &token, &app] {
        browser.ask_with(Method::POST, "/web/orders", headers).await.expect(200);
        browser.ask_with(Method::POST, "/refresh", headers).await.expect(200);
    }
    for headers in [FOREIGN, &[], &[("x-csrf-token", "x")], &[FOREIGN[0], token[0]]] {
        browser.ask_with(Method::POST, "/web/orders", headers).await.expect(403);
        let refused = browser.ask_with(Method::POST, "/refresh", headers).await.expect_problem(403, "cross-site");
        assert!(refused.set_cookies().is_empty(), "a stranger's page signs nobody out");
        browser.ask_with(Method::DELETE, "/sessions?all=true", headers).await.expect_problem(403, "cross-site");
        browser.ask_with(Method::POST, "/logout", headers).await.expect_problem(403, "cross-site");
    }
    assert!(browser.is_live().await);
    browser.ask_with(Method::GET, "/web/whoami", FOREIGN).await.expect(200);
}

#[tokio::test]
async fn a_cookie_beside_another_credential_is_refused_and_kept() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let (browser, tokens) = (Browser::sign_in(&scene, &demo).await, scene.login(&demo).await);
    let bearer = format!("Bearer {}", tokens.access);
    for header in [("authorization", bearer.as_str()), ("authorization", "Bearer x"), ("x-api-key", "vk_x")] {
        for (method, path) in [(Method::GET, "/sessions"), (Method::POST, "/logout"), (Method::POST, "/refresh")] {
            let headers = [super::OURS[0], header];
            let refused = browser.ask_with(method, path, &headers).await.expect_problem(401, "invalid-token");
            assert!(refused.set_cookies().is_empty());
        }
    }
    assert!(browser.is_live().await);
}

#[tokio::test]
async fn bounded_lock_out_an_ended_session_is_refused_once_no_answer_is_kept() {
    let scene = Scene::new().await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    browser.whoami().await.expect(200);
    browser.ask(Method::POST, "/logout").await.expect(204);
    // The gateway's kept answer, for the stated seconds; what changes something asks every time.
    browser.whoami().await.expect(200);
    browser.ask(Method::POST, "/web/orders").await.expect(403);
    scene.wait(60);
    browser.whoami().await.expect(403);
}

#[tokio::test]
async fn a_payment_asks_for_a_recent_sign_in() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    scene.wait(300);
    browser.ask(Method::POST, "/web/payments").await.expect(200);
    scene.wait(1);
    browser.ask(Method::POST, "/web/payments").await.expect(403);
    browser.ask(Method::POST, "/web/orders").await.expect(200);
    let again = Browser::of(&scene, sign_in(&scene, &demo, &[super::OURS[0], ("cookie", &browser.cookie)]).await);
    again.ask(Method::POST, "/web/payments").await.expect(200);
}

#[tokio::test]
async fn a_session_lives_while_it_is_used_and_not_beyond_its_time() {
    let lifetimes = [("SessionIdleSeconds", "600"), ("SessionAbsoluteSeconds", "1800")];
    let scene = lifetimes.into_iter().fold(Scene::builder(), |scene, (name, value)| scene.parameter(name, value));
    let scene = scene.begin().await;
    let demo = scene.demo().await;
    let (used, idle) = (Browser::sign_in(&scene, &demo).await, Browser::sign_in(&scene, &demo).await);
    for _ in 0..5 {
        scene.wait(300);
        used.whoami().await.expect(200);
    }
    idle.ask(Method::POST, "/refresh").await.expect_problem(401, "invalid-token");
    scene.wait(300);
    used.ask(Method::POST, "/refresh").await.expect_problem(401, "invalid-token");
    used.ask(Method::POST, "/web/orders").await.expect(403);
}

#[tokio::test]
async fn a_refresh_by_cookie_keeps_the_session_alive_and_shows_no_token() {
    let scene = Scene::builder().parameter("SessionIdleSeconds", "600").begin().await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    scene.wait(500);
    scene.wire.take_calls();
    let answer = browser.ask(Method::POST, "/refresh").await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "UpdateItem"]);
    assert_eq!(answer.member("csrf_token"), browser.csrf_token);
    assert_eq!(answer.json()["idle_expires_in"], 600);
    assert!(
        answer.set_cookies().is_empty() && !answer.text().contains("token\":\"ey") && !answer.text().contains("vrt_")
    );
    browser.ask(Method::POST, "/refresh").await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["GetItem"], "once a minute at most");
    scene.wait(500);
    assert!(browser.is_live().await);
    // With a body it is somebody else's business.
    let request =
        http::Request::post("/refresh").header("cookie", &browser.cookie).header("content-type", "application/json");
    scene.send(request.body("{}".into()).unwrap()).await.expect_problem(400, "invalid-request");
}
