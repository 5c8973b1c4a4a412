//! Registering and recovering: a form, a letter, and the page that it leads to.

use serde_json::json;
use vestibule_tests::{PASSWORD, Scene};

use super::{OURS, encoded, send, send_as, sign_in, signed_in};

pub(crate) const NEW: &str = "eight brown foxes";

/// The path and query of the link in the newest letter to this address.
pub(crate) fn link(scene: &Scene, email: &str) -> String {
    let letters = scene.cloud.outbox().letters();
    let letter = letters.iter().find(|letter| letter.to == email).unwrap();
    let link = letter.text.lines().find(|line| line.starts_with("https://auth.example.com/")).unwrap();
    link.strip_prefix("https://auth.example.com").unwrap().to_owned()
}

pub(crate) fn token(link: &str) -> &str {
    link.split_once("?token=").unwrap().1
}

#[tokio::test]
async fn a_letter_leads_to_the_page_that_makes_the_account() {
    let scene = Scene::new().await;
    let page = send(&scene, "/register", &[("email", "ada@example.com")], OURS).await.expect(200);
    assert!(page.text().contains("<h1>Check your mail</h1>") && page.text().contains("ada@example.com"));
    let link = link(&scene, "ada@example.com");
    assert!(link.starts_with("/verify?token=vot_"));
    // Whoever opens the link has made nothing yet: programs that read mail follow links, too.
    for _ in 0..3 {
        let page = scene.get(&link, &[]).await.expect(200);
        assert_eq!(super::values(&page, "name=\"token\" value=\""), [token(&link)]);
    }
    let form = [("token", token(&link)), ("username", ""), ("password", "too short")];
    let page = send(&scene, "/verify", &form, OURS).await.expect(400);
    assert!(page.text().contains("must have at least 15 characters") && page.text().contains("aria-invalid=\"true\""));
    assert_eq!(super::values(&page, "name=\"token\" value=\""), [token(&link)], "the token is still good");
    let form = [("token", token(&link)), ("username", "ada"), ("password", NEW)];
    let answer = send(&scene, "/verify", &form, OURS).await.expect(303);
    assert_eq!(answer.header("location"), Some("/sign-in?said=registered"));
    let page = scene.get("/sign-in?said=registered", &[]).await.expect(200);
    assert!(page.text().contains("Your account is ready."));
    sign_in(&scene, "ada", NEW).await.expect(303);
    let page = send(&scene, "/verify", &form, OURS).await.expect(400);
    assert!(page.text().contains("was used already"), "{}", page.text());
}

#[tokio::test]
async fn a_username_that_is_taken_is_said_at_the_field() {
    let scene = Scene::new().await;
    scene.named(&["one@example.com", "one"], "", "").await;
    send(&scene, "/register", &[("email", "ada@example.com")], OURS).await.expect(200);
    let link = link(&scene, "ada@example.com");
    let form = [("token", token(&link)), ("username", "one"), ("password", NEW)];
    let page = send(&scene, "/verify", &form, OURS).await.expect(409);
    assert!(page.text().contains("id=\"username-fault\"") && page.text().contains("value=\"one\""));
    let form = [("token", token(&link)), ("username", "two"), ("password", NEW)];
    send(&scene, "/verify", &form, OURS).await.expect(303);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_every_device_signed_out() {
    let scene = Scene::new().await;
    scene.demo().await;
    let before = signed_in(&scene, "demo@example.com").await;
    send(&scene, "/forgot", &[("email", "demo@example.com")], OURS).await.expect(200);
    let link = link(&scene, "demo@example.com");
    scene.get(&link, &[]).await.expect(200);
    let form = [("token", token(&link)), ("password", NEW)];
    let answer = send(&scene, "/reset", &form, OURS).await.expect(303);
    assert_eq!(answer.header("location"), Some("/sign-in?said=reset"));
    assert!(
        answer.set_cookies().iter().any(|cookie| cookie.starts_with("__Host-device=vdt_")),
        "{:?}",
        answer.set_cookies()
    );
    scene.get("/account/devices", &[("cookie", &before)]).await.expect(303);
    sign_in(&scene, "demo@example.com", PASSWORD).await.expect(401);
    sign_in(&scene, "demo@example.com", NEW).await.expect(303);
    // Sent twice it has done the same; another password it sets none.
    send(&scene, "/reset", &form, OURS).await.expect(303);
    let form = [("token", token(&link)), ("password", "a thief's own long password")];
    send(&scene, "/reset", &form, OURS).await.expect(400);
}

#[tokio::test]
async fn another_address_is_taken_where_its_owner_is_signed_in() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let access = scene.login(&demo).await.access;
    let wish = json!({ "email": "new@example.com", "password": PASSWORD });
    scene.post_as("/account/email", &access, &wish).await.expect(202);
    let link = link(&scene, "new@example.com");
    scene.get(&link, &[]).await.expect(200);
    // Nobody is signed in: first that, and then back to this page.
    let form = [("token", token(&link))];
    let answer = send(&scene, "/account/email/confirm", &form, OURS).await.expect(303);
    let back = format!("/account/email?token={}", token(&link));
    let location = answer.header("location").unwrap().to_owned();
    assert!(location.starts_with("/sign-in?continue=%2Faccount%2Femail%3Ftoken%3Dvot_"), "{location}");
    let page = scene.get(&format!("/sign-in?continue={}", encoded(&back)), &[]).await.expect(200);
    assert_eq!(super::values(&page, "name=\"continue\" value=\""), [back.as_str()]);
    let cookie = signed_in(&scene, "demo@example.com").await;
    send_as(&scene, "/account/email/confirm", &form, &cookie).await.expect(200);
    sign_in(&scene, "new@example.com", PASSWORD).await.expect(303);
}

#[tokio::test]
async fn without_an_address_for_letters_nobody_is_told_to_register() {
    let scene = Scene::builder().parameter("MailFrom", "").parameter("MailIdentity", "").begin().await;
    let page = scene.get("/sign-in", &[]).await.expect(200);
    assert!(!page.text().contains("/register") && !page.text().contains("/forgot"));
    scene.get("/register", &[]).await.expect(404);
}
