//! What a browser is given, and what of it is worth nothing anywhere else.

use http::Method;
use serde_json::json;
use vestibule::identity::SessionId;
use vestibule::keys::ReadSymmetricKeys;
use vestibule::sessions::cookie::SessionCookie;
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule::sessions::rotation::Generation;
use vestibule_tests::{PASSWORD, Scene};

use super::{Browser, FOREIGN, OURS, session_cookie, sign_in};

#[tokio::test]
async fn a_browser_is_given_a_cookie_with_exactly_its_attributes_and_no_token() {
    let payload_1 = "PayloadFormatVersion: \"1.0\", IntegrationUri: !GetAtt LoginFunction.Arn";
    let older = Scene::builder().edit(&payload_1.replace("1.0", "2.0"), payload_1).begin().await;
    for scene in [Scene::new().await, older] {
        let demo = scene.demo().await;
        let answer = sign_in(&scene, &demo, OURS).await.expect(200);
        let (value, attributes) = session_cookie(&answer).unwrap().split_once("; ").unwrap();
        assert_eq!(value.len(), "__Host-session=".len() + 86);
        assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=7776000");
        let device = answer.set_cookies().into_iter().find(|cookie| cookie.starts_with("__Host-device=")).unwrap();
        assert!(device.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"), "{device}");
        assert_eq!(answer.set_cookies().len(), 2);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        let members: Vec<_> = body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["csrf_token", "expires_in", "idle_expires_in", "scope"]);
        assert_eq!((&body["expires_in"], &body["scope"]), (&json!(7_776_000), &json!("orders:read")));
    }
}

#[tokio::test]
async fn each_sign_in_gives_a_new_cookie_and_ends_the_session_that_the_browser_held() {
    let scene = Scene::new().await;
    let (demo, other) = (scene.demo().await, scene.user("other@example.com", "", "").await);
    let before = Browser::sign_in(&scene, &demo).await;
    let elsewhere = Browser::sign_in(&scene, &demo).await;
    let again = Browser::of(&scene, sign_in(&scene, &demo, &[OURS[0], ("cookie", &before.cookie)]).await);
    assert_ne!(before.cookie, again.cookie);
    assert!(!before.is_live().await && again.is_live().await && elsewhere.is_live().await);
    // Another person in the same browser, too.
    let others = Browser::of(&scene, sign_in(&scene, &other, &[OURS[0], ("cookie", &again.cookie)]).await);
    assert!(!again.is_live().await && others.is_live().await);
}

#[tokio::test]
async fn a_cookie_that_is_not_the_sessions_own_ends_nothing_at_a_sign_in() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let victim = Browser::sign_in(&scene, &demo).await;
    let forged = format!("{}{}", &victim.cookie[..victim.cookie.len() - 43], "A".repeat(43));
    for cookie in [forged.as_str(), "__Host-session=x", "__Host-session=\"\"", "__Host-session"] {
        sign_in(&scene, &demo, &[("cookie", cookie)]).await.expect(200);
    }
    let wrong = json!({ "username": demo.email, "password": "wrong", "transport": "cookie" });
    scene.post_json("/login", &wrong).await.expect_problem(401, "invalid-credentials");
    assert!(victim.is_live().await);
}

#[tokio::test]
async fn a_page_of_another_site_signs_nobody_in_by_cookie() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    for headers in [FOREIGN, &[("sec-fetch-site", "same-site")], &[("origin", "null")]] {
        let answer = sign_in(&scene, &demo, headers).await.expect_problem(403, "cross-site");
        assert!(answer.set_cookies().is_empty());
    }
    sign_in(&scene, &demo, &[]).await.expect(200);
    let scene = Scene::builder().parameter("AllowedOrigins", "https://app.example.com").begin().await;
    let demo = scene.demo().await;
    let headers = [("sec-fetch-site", "same-site"), ("origin", "https://app.example.com")];
    let answer = sign_in(&scene, &demo, &headers).await.expect(200);
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.com"));
}

#[tokio::test]
async fn any_page_may_read_but_none_may_act_where_every_origin_is_allowed() {
    let scene = Scene::builder().parameter("AllowedOrigins", "*").begin().await;
    let demo = scene.demo().await;
    let answer = sign_in(&scene, &demo, FOREIGN).await.expect_problem(403, "cross-site");
    assert_eq!(answer.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn a_transport_that_does_not_exist_is_refused() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    for transport in [json!("Cookie"), json!(""), json!(null), json!(true)] {
        let body = json!({ "username": demo.email, "password": PASSWORD, "transport": transport });
        scene.post_json("/login", &body).await.expect_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn neither_kind_of_session_is_opened_by_what_the_other_is_held_by() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    // Even whoever holds the MAC key makes no refresh token of a session that a cookie holds.
    let browser = Browser::sign_in(&scene, &demo).await;
    let session: SessionId = browser.id().await.parse().unwrap();
    let keys = scene.cloud.secrets().read_symmetric_keys().await.unwrap();
    for generation in [Generation::FIRST, Generation::FIRST.next()] {
        let token = RefreshToken { user: demo.id, session, generation }.seal(keys.mac_keys().active());
        scene.try_refresh(token.expose()).await.expect_problem(401, "invalid-refresh-token");
    }
    assert!(browser.is_live().await);
    // And a session that tokens hold has no cookie.
    let tokens = scene.login(&demo).await;
    let sid: SessionId = scene.get_as("/whoami", &tokens.access).await.member("sid").parse().unwrap();
    let cookie = SessionCookie::random(demo.id, sid, &vestibule::randomness::Randomness::System).unwrap();
    let cookie = format!("__Host-session={}", cookie.value().expose());
    let stranger = Browser { scene: &scene, cookie, csrf_token: String::new() };
    assert!(!stranger.is_live().await);
    stranger.whoami().await.expect(403);
    stranger.ask(Method::POST, "/logout").await.expect(204);
    scene.refresh(&tokens.refresh).await;
}
