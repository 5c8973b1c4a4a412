//! Forms that a page of another site made a browser send do nothing.

use vestibule_tests::{PASSWORD, Scene};

use super::{FOREIGN, send, send_as, signed_in};

#[tokio::test]
async fn a_form_that_another_site_sent_does_nothing() {
    let scene = Scene::new().await;
    scene.demo().await;
    let cookie = signed_in(&scene, "demo@example.com").await;
    send_as(&scene, "/account/keys", &[("name", "Nightly export")], &cookie).await.expect(200);
    let keys = scene.get("/account/keys", &[("cookie", &cookie)]).await;
    let key = super::values(&keys, "name=\"revoke\" value=\"")[0].to_owned();
    let before = scene.cloud.outbox().letters().len();
    let forms: [(&str, &[(&str, &str)]); 11] = [
        ("/sign-in", &[("username", "demo@example.com"), ("password", PASSWORD)]),
        ("/register", &[("email", "ada@example.com")]),
        ("/forgot", &[("email", "demo@example.com")]),
        ("/verify", &[("token", "x"), ("password", PASSWORD)]),
        ("/reset", &[("token", "x"), ("password", PASSWORD)]),
        ("/account/email/confirm", &[("token", "x")]),
        ("/account/devices", &[("end", "others")]),
        ("/account/consents", &[("withdraw", "calendar")]),
        ("/account/keys", &[("revoke", &key)]),
        ("/account/keys", &[("name", "Theirs")]),
        ("/sign-out", &[]),
    ];
    for headers in
        [FOREIGN, &[("sec-fetch-site", "same-site")], &[("origin", "null")], &[("origin", "https://evil.example")]]
    {
        for (path, fields) in forms {
            let headers: Vec<_> = headers.iter().copied().chain([("cookie", cookie.as_str())]).collect();
            let page = send(&scene, path, fields, &headers).await.expect(403);
            assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
            assert!(page.set_cookies().is_empty(), "{path} {headers:?}");
        }
    }
    assert_eq!(scene.cloud.outbox().letters().len(), before);
    let after = scene.get("/account/keys", &[("cookie", &cookie)]).await.expect(200);
    assert!(after.text().contains(&key) && !after.text().contains("Theirs"));
}

#[tokio::test]
async fn a_browser_that_knows_no_fetch_metadata_is_known_by_its_origin() {
    let scene = Scene::new().await;
    scene.demo().await;
    let form = [("username", "demo@example.com"), ("password", PASSWORD)];
    let answer = send(&scene, "/sign-in", &form, &[("origin", "https://auth.example.com")]).await.expect(303);
    let cookie = super::cookie(&answer);
    let headers = [("origin", "https://auth.example.com"), ("cookie", cookie.as_str())];
    let answer = send(&scene, "/sign-out", &[], &headers).await.expect(303);
    assert_eq!(answer.header("location"), Some("/signed-out"));
    scene.get("/account/devices", &[("cookie", &cookie)]).await.expect(303);
}
