//! What does not answer is said on a page, too, and nothing is lost.

use vestibule_tests::{DYNAMODB, Fault, MAIL, PASSWORD, Scene};

use super::{OURS, send, send_as, sign_in, signed_in};

const TOKEN: &str = "vot_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[tokio::test]
async fn with_storage_down_every_page_says_so_and_the_same_works_afterwards() {
    let scene = Scene::new().await;
    scene.demo().await;
    let cookie = signed_in(&scene, "demo@example.com").await;
    scene.wire.break_always(DYNAMODB, Fault::Throttled);
    let mut pages = vec![sign_in(&scene, "demo@example.com", PASSWORD).await];
    for (path, fields) in [
        ("/register", &[("email", "ada@example.com")][..]),
        ("/forgot", &[("email", "demo@example.com")]),
        ("/reset", &[("token", TOKEN), ("password", PASSWORD)]),
        ("/verify", &[("token", TOKEN), ("password", PASSWORD)]),
        ("/account/email/confirm", &[("token", TOKEN)]),
        ("/account/devices", &[("end", "others")]),
        ("/account/consents", &[("withdraw", "calendar")]),
        ("/account/keys", &[("name", "Nightly export")]),
        ("/sign-out", &[]),
    ] {
        pages.push(send_as(&scene, path, fields, &cookie).await);
    }
    for path in ["/account/devices", "/account/keys", "/account/consents"] {
        pages.push(scene.get(path, &[("cookie", &cookie)]).await);
    }
    for page in pages {
        let page = page.expect(503);
        assert_eq!(page.header("retry-after"), Some("1"));
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.text().contains("try again in a moment") && page.set_cookies().is_empty(), "{}", page.text());
    }
    // What needs nothing is there all the same.
    for path in ["/sign-in", "/register", "/verify", "/forgot", "/reset", "/account/email", "/signed-out"] {
        scene.get(path, &[]).await.expect(200);
    }
    scene.wire.mend();
    scene.get("/account/devices", &[("cookie", &cookie)]).await.expect(200);
    sign_in(&scene, "demo@example.com", PASSWORD).await.expect(303);
}

#[tokio::test]
async fn with_the_mail_service_down_a_page_does_not_say_that_a_letter_is_on_its_way() {
    let scene = Scene::new().await;
    scene.wire.break_always(MAIL, Fault::Unreachable);
    let page = send(&scene, "/register", &[("email", "ada@example.com")], OURS).await.expect(503);
    assert!(page.text().contains("value=\"ada@example.com\"") && !page.text().contains("Check your mail"));
}
