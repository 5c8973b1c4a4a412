//! The form of the sign-in page.

use vestibule_tests::{PASSWORD, Scene};

use super::{OURS, cookie, send, sign_in, signed_in};

#[tokio::test]
async fn whoever_signs_in_holds_a_cookie_and_no_token_and_is_led_on_by_get() {
    let scene = Scene::new().await;
    scene.demo().await;
    let answer = sign_in(&scene, "demo@example.com", PASSWORD).await.expect(303);
    assert_eq!(answer.header("location"), Some("/account/devices"));
    assert_eq!((answer.text(), answer.header("cache-control")), ("", Some("no-store")));
    let cookies = answer.set_cookies();
    assert_eq!(cookies.len(), 2);
    for cookie in cookies {
        assert!(
            cookie.starts_with("__Host-") && cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Lax; "),
            "{cookie}"
        );
    }
    scene.get("/web/whoami", &[("cookie", &cookie(&answer))]).await.expect(200);
}

#[tokio::test]
async fn a_wrong_password_keeps_the_name_that_was_typed_and_never_the_password() {
    let scene = Scene::new().await;
    scene.demo().await;
    let page = sign_in(&scene, "demo@example.com", "hunter2-hunter2").await.expect(401);
    assert!(page.text().contains("value=\"demo@example.com\""));
    assert!(page.text().contains("<title>Error: Sign in") && page.text().contains("role=\"alert\""));
    assert!(!page.text().contains("hunter2"));
    assert!(page.set_cookies().is_empty());
    assert_eq!(page.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn a_sign_in_in_a_browser_that_held_a_session_ends_that_one() {
    let scene = Scene::new().await;
    scene.demo().await;
    let before = signed_in(&scene, "demo@example.com").await;
    let form = [("username", "demo@example.com"), ("password", PASSWORD)];
    send(&scene, "/sign-in", &form, &[OURS[0], ("cookie", &before)]).await.expect(303);
    scene.get("/account/devices", &[("cookie", &before)]).await.expect(303);
}

#[tokio::test]
async fn whoever_tries_too_often_is_told_on_the_page_when_to_come_back() {
    let scene = Scene::builder().parameter("LoginNameLimit", "2/3600").begin().await;
    scene.demo().await;
    for _ in 0..2 {
        sign_in(&scene, "demo@example.com", "wrong").await.expect(401);
    }
    let page = sign_in(&scene, "demo@example.com", PASSWORD).await.expect(429);
    assert_eq!(page.header("retry-after"), Some("1800"));
    assert!(page.text().contains("Try again in 30 minutes."), "{}", page.text());
}

#[tokio::test]
async fn a_form_of_another_media_type_or_with_a_name_twice_is_a_page_that_says_so() {
    let scene = Scene::new().await;
    scene.demo().await;
    let json = format!("{{\"username\":\"demo@example.com\",\"password\":\"{PASSWORD}\"}}");
    let page = scene.post("/sign-in", "application/json", json).await.expect(415);
    assert!(page.text().contains("<h1>Sign in</h1>") && page.set_cookies().is_empty());
    let form = [("username", "demo@example.com"), ("username", "b"), ("password", PASSWORD)];
    send(&scene, "/sign-in", &form, OURS).await.expect(400);
    let long = "a".repeat(20_000);
    send(&scene, "/sign-in", &[("username", &long), ("password", "b")], OURS).await.expect(413);
    // And the other way about: what is meant for programs takes no form.
    let form = format!("username=demo%40example.com&password={}", super::encoded(PASSWORD));
    scene.post("/login", "application/x-www-form-urlencoded", form).await.expect_problem(415, "unsupported-media-type");
}

/// ASVS 6.2.6 and 6.2.7.
#[tokio::test]
async fn passwords_are_masked_and_may_be_pasted_by_a_password_manager() {
    let scene = Scene::new().await;
    for (path, for_whom) in
        [("/sign-in", "current-password"), ("/verify?token=x", "new-password"), ("/reset?token=x", "new-password")]
    {
        let page = scene.get(path, &[]).await;
        let field = page.text().split("<input").find(|input| input.contains("name=\"password\"")).unwrap().to_owned();
        assert!(field.contains("type=\"password\""), "{path}: {field}");
        assert!(field.contains(&format!("autocomplete=\"{for_whom}\"")), "{path}: {field}");
        assert!(!page.text().contains("onpaste") && !field.contains("maxlength"), "{path}: {field}");
    }
}

/// ASVS 7.4.4.
#[tokio::test]
async fn every_page_of_an_account_has_the_button_that_signs_out() {
    let scene = Scene::new().await;
    scene.demo().await;
    let cookie = signed_in(&scene, "demo@example.com").await;
    for path in ["/account/devices", "/account/keys", "/account/consents"] {
        let page = scene.get(path, &[("cookie", &cookie)]).await.expect(200);
        assert!(page.text().contains("action=\"/sign-out\""), "{path}: {}", page.text());
    }
}
