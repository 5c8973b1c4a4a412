//! What a browser holds after its owner has changed how they sign in: another cookie, and a device that is known (decisions 0014 and 0016).

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use vestibule_tests::{Answer, Fault, PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, forget, register, reset};

/// Sends JSON as a page of ours does, with these cookies.
async fn post(scene: &Scene, path: &str, cookies: &str, body: &Value) -> Answer {
    let request = Request::post(path).header("content-type", "application/json").header("cookie", cookies);
    scene.send(request.header("sec-fetch-site", "same-origin").body(Bytes::from(body.to_string())).unwrap()).await
}

/// `name=value` of the cookie of this name that the answer sets.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let of_this_name = |cookie: &&str| cookie.starts_with(&format!("{name}="));
    let cookie = answer.set_cookies().into_iter().find(of_this_name)?;
    Some(cookie.split(';').next().unwrap().to_owned())
}

async fn sign_in(scene: &Scene, password: &str, cookies: &str) -> Answer {
    let body = json!({ "username": ADA, "password": password, "transport": "cookie" });
    post(scene, "/login", cookies, &body).await
}

async fn lives(scene: &Scene, cookie: &str) -> bool {
    scene.get("/sessions", &[("cookie", cookie)]).await.status() == 200
}

async fn change(scene: &Scene, session: &str, from: &str, to: &str) -> Answer {
    post(scene, "/account/password", session, &json!({ "current_password": from, "new_password": to })).await
}

/// Strangers have guessed until nobody is let in by name any more.
async fn locked(scene: &Scene) {
    for _ in 0..21 {
        scene.try_login(ADA, "a guess that is wrong").await;
    }
    scene.try_login(ADA, "a guess that is wrong").await.expect(429);
}

#[tokio::test]
async fn a_changed_password_gives_the_browser_another_cookie_and_the_one_before_opens_nothing() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let before = cookie(&sign_in(&scene, PASSWORD, "").await.expect(200), "__Host-session").unwrap();
    let changed = change(&scene, &before, PASSWORD, ANOTHER).await.expect(200);
    let after = cookie(&changed, "__Host-session").unwrap();
    assert_ne!(before, after);
    assert!(!lives(&scene, &before).await && lives(&scene, &after).await);
    assert_eq!(&before[..15 + 42], &after[..15 + 42], "it is the same session");
    // The page's token is of the new cookie.
    let csrf = changed.member("csrf_token");
    let request = Request::post("/logout").header("cookie", &after).header("x-csrf-token", &csrf);
    scene.send(request.body(Bytes::new()).unwrap()).await.expect(204);
    assert!(!lives(&scene, &after).await);
}

#[tokio::test]
async fn whoever_changed_or_reset_the_password_is_known_while_strangers_are_locked_out() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let session = cookie(&sign_in(&scene, PASSWORD, "").await.expect(200), "__Host-session").unwrap();
    let device = cookie(&change(&scene, &session, PASSWORD, ANOTHER).await.expect(200), "__Host-device").unwrap();
    locked(&scene).await;
    sign_in(&scene, ANOTHER, "").await.expect(429);
    sign_in(&scene, ANOTHER, &device).await.expect(200);
    forget(&scene, ADA).await.expect(202);
    let answer = reset(&scene, &scene.mailed_token(ADA), PASSWORD).await.expect(200);
    let again = cookie(&answer, "__Host-device").unwrap();
    sign_in(&scene, PASSWORD, &device).await.expect(429);
    sign_in(&scene, PASSWORD, &again).await.expect(200);
}

#[tokio::test]
async fn an_app_that_changes_the_password_by_token_keeps_it_and_gets_no_cookie_that_opens_anything() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let access = scene.try_login(ADA, PASSWORD).await.expect(200).member("access_token");
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    let answer = scene.post_as("/account/password", &access, &body).await.expect(200);
    assert_eq!(cookie(&answer, "__Host-session"), None);
    assert_eq!(answer.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["device_token"]);
    scene.get_as("/account", &access).await.expect(200);
}

/// It sees no cookie: what it presents at the next sign-in stands in the answer, whatever it was that ended its earlier one.
#[tokio::test]
async fn an_app_that_reset_the_password_signs_in_while_strangers_are_locked_out() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let sign_in = async |name: &str, password: &str, device: &str| {
        let body = json!({ "username": name, "password": password, "device_token": device });
        scene.post_json("/login", &body).await
    };
    let first = scene.try_login(ADA, PASSWORD).await.expect(200);
    locked(&scene).await;
    forget(&scene, ADA).await.expect(202);
    let answer = reset(&scene, &scene.mailed_token(ADA), ANOTHER).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let after_reset = answer.member("device_token");
    sign_in(ADA, ANOTHER, &first.member("device_token")).await.expect(429);
    let access = sign_in(ADA, ANOTHER, &after_reset).await.expect(200).member("access_token");
    let body = json!({ "current_password": ANOTHER, "new_password": PASSWORD });
    let changed = scene.post_as("/account/password", &access, &body).await.expect(200).member("device_token");
    sign_in(ADA, PASSWORD, &after_reset).await.expect(429);
    sign_in(ADA, PASSWORD, &changed).await.expect(200);
    let body = json!({ "email": "ada@new.example", "password": PASSWORD });
    scene.post_as("/account/email", &access, &body).await.expect(202);
    let body = json!({ "token": scene.mailed_token("ada@new.example") });
    let moved = scene.post_as("/account/email/verify", &access, &body).await.expect(200).member("device_token");
    for _ in 0..21 {
        scene.try_login("ada@new.example", "a guess that is wrong").await;
    }
    sign_in("ada@new.example", PASSWORD, &changed).await.expect(429);
    sign_in("ada@new.example", PASSWORD, &moved).await.expect(200);
}

#[tokio::test]
async fn committed_defence_a_cookie_that_could_not_be_renewed_is_said_so_and_the_next_change_renews_it() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let session = cookie(&sign_in(&scene, PASSWORD, "").await.expect(200), "__Host-session").unwrap();
    scene.wait(61);
    lives(&scene, &session).await;
    // The password's count is the update before.
    scene.wire.break_after(1, "UpdateItem", Fault::Throttled);
    change(&scene, &session, PASSWORD, ANOTHER).await.expect_problem(503, "temporarily-unavailable");
    scene.wire.mend();
    assert!(lives(&scene, &session).await);
    let answer = change(&scene, &session, ANOTHER, PASSWORD).await.expect(200);
    let after = cookie(&answer, "__Host-session").unwrap();
    assert!(!lives(&scene, &session).await && lives(&scene, &after).await);
}

/// The update was carried out and nobody heard of it: the SDK asks again, and the value is the one that the browser gets.
#[tokio::test]
async fn a_renewal_whose_answer_was_lost_is_repeated() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let session = cookie(&sign_in(&scene, PASSWORD, "").await.expect(200), "__Host-session").unwrap();
    scene.wire.break_nth(1, "UpdateItem", Fault::AnswerLost);
    let after = cookie(&change(&scene, &session, PASSWORD, ANOTHER).await.expect(200), "__Host-session").unwrap();
    assert!(!lives(&scene, &session).await && lives(&scene, &after).await);
}
