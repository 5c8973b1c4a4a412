//! Devices and keys, as their owner sees them and nobody else.

use vestibule::oauth::consents::{Agree, Agreed, Consent, Permission};
use vestibule::scope::Scopes;
use vestibule_tests::{Scene, User};

use super::{OURS, send, send_as, signed_in, values};

#[tokio::test]
async fn somebody_sees_their_devices_and_signs_out_another_and_then_this_one() {
    let scene = Scene::new().await;
    scene.demo().await;
    let form = [("username", "demo@example.com"), ("password", vestibule_tests::PASSWORD)];
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Safari/604.1";
    let phone = send(&scene, "/sign-in", &form, &[OURS[0], ("user-agent", phone)]).await.expect(303);
    scene.wait(7200);
    let laptop = signed_in(&scene, "demo@example.com").await;
    let page = scene.get("/account/devices", &[("cookie", &laptop)]).await.expect(200);
    assert!(page.text().contains("Safari on iPhone") && page.text().contains("2 hours ago"), "{}", page.text());
    assert_eq!(page.text().matches("This device").count(), 1);
    let others = values(&page, "name=\"end\" value=\"");
    assert_eq!((others.len(), others[1]), (2, "others"), "one other, and all others");
    let answer = send_as(&scene, "/account/devices", &[("end", others[0])], &laptop).await.expect(303);
    assert_eq!(answer.header("location"), Some("/account/devices"));
    scene.get("/account/devices", &[("cookie", &super::cookie(&phone))]).await.expect(303);
    let page = send_as(&scene, "/account/devices", &[("end", others[0])], &laptop).await.expect(404);
    assert!(page.text().contains("signed out already") && !page.text().contains("Safari on iPhone"));
    let answer = send_as(&scene, "/sign-out", &[], &laptop).await.expect(303);
    assert_eq!(answer.header("location"), Some("/signed-out"));
    assert!(answer.set_cookies()[0].starts_with("__Host-session=; "));
    scene.get("/account/devices", &[("cookie", &laptop)]).await.expect(303);
    // Whoever presses the button twice has done nothing wrong.
    send_as(&scene, "/sign-out", &[], &laptop).await.expect(303);
    send(&scene, "/sign-out", &[], OURS).await.expect(303);
}

#[tokio::test]
async fn all_other_devices_are_signed_out_at_once_and_nobody_elses() {
    let scene = Scene::new().await;
    scene.demo().await;
    scene.user("eve@example.com", "", "").await;
    let (one, two) = (signed_in(&scene, "demo@example.com").await, signed_in(&scene, "demo@example.com").await);
    let eve = signed_in(&scene, "eve@example.com").await;
    let theirs =
        scene.get("/sessions", &[("cookie", &eve)]).await.json()["sessions"][0]["id"].as_str().unwrap().to_owned();
    send_as(&scene, "/account/devices", &[("end", &theirs)], &one).await.expect(404);
    send_as(&scene, "/account/devices", &[("end", "others")], &one).await.expect(303);
    scene.get("/account/devices", &[("cookie", &one)]).await.expect(200);
    scene.get("/account/devices", &[("cookie", &two)]).await.expect(303);
    scene.get("/account/devices", &[("cookie", &eve)]).await.expect(200);
}

#[tokio::test]
async fn a_key_is_shown_once_works_and_is_revoked() {
    let scene = Scene::new().await;
    scene.demo().await;
    let cookie = signed_in(&scene, "demo@example.com").await;
    let form = [("name", " Nightly export "), ("scope-0", "orders:read"), ("days", "30")];
    let page = send_as(&scene, "/account/keys", &form, &cookie).await.expect(200);
    let (_, key) = page.text().split_once("<code tabindex=\"0\">").unwrap();
    let key = key.split('<').next().unwrap().to_owned();
    scene.get("/export", &[("x-api-key", &key)]).await.expect(200);
    let page = scene.get("/account/keys", &[("cookie", &cookie)]).await.expect(200);
    assert!(
        page.text().contains("Nightly export") && page.text().contains("orders:read") && !page.text().contains(&key)
    );
    assert!(page.text().contains("ends on") && page.text().contains("14 February 2027"), "{}", page.text());
    let id = values(&page, "name=\"revoke\" value=\"")[0].to_owned();
    scene.user("eve@example.com", "", "").await;
    let eve = signed_in(&scene, "eve@example.com").await;
    send_as(&scene, "/account/keys", &[("revoke", &id)], &eve).await.expect(404);
    let answer = send_as(&scene, "/account/keys", &[("revoke", &id)], &cookie).await.expect(303);
    assert_eq!(answer.header("location"), Some("/account/keys"));
    scene.wait(60);
    scene.get("/export", &[("x-api-key", &key)]).await.expect(403);
}

#[tokio::test]
async fn a_key_has_no_more_than_its_maker_and_never_lives_longer_than_the_deployment_lets_it() {
    let scene = Scene::builder().parameter("ApiKeyMaxSeconds", "5184000").begin().await;
    scene.demo().await;
    let cookie = signed_in(&scene, "demo@example.com").await;
    let page = scene.get("/account/keys", &[("cookie", &cookie)]).await.expect(200);
    assert!(page.text().contains("<option value=\"30\"") && !page.text().contains("<option value=\"90\""));
    send_as(&scene, "/account/keys", &[("name", "a"), ("scope-0", "orders:write")], &cookie).await.expect(400);
    for days in ["0", "365", "-1", "x", "99999999999999999999"] {
        let page = send_as(&scene, "/account/keys", &[("name", days), ("days", days)], &cookie).await.expect(200);
        assert!(page.text().contains("16 March 2027"), "{days}: 60 days at most: {}", page.text());
    }
}

async fn agree(scene: &Scene, user: &User, client: &str, name: &str, audience: &str, scope: &str) {
    let consent = Consent {
        client: client.parse().unwrap(),
        client_name: name.to_owned(),
        permissions: Permission::each(audience, &Scopes::parse(scope).unwrap()),
        agreed_at: scene.clock.now(),
    };
    assert_eq!(scene.cloud.table().agree(user.id, 1, &consent).await.unwrap(), Agreed::Kept);
}

#[tokio::test]
async fn somebody_sees_whom_they_have_let_in_and_takes_it_back() {
    let scene = Scene::new().await;
    let (demo, eve) = (scene.demo().await, scene.user("eve@example.com", "", "").await);
    agree(&scene, &demo, "calendar", super::HOSTILE, "https://auth.example.com", "openid orders:read").await;
    agree(&scene, &demo, "calendar", super::HOSTILE, "https://invoices.example.com", "invoices:read").await;
    agree(&scene, &eve, "theirs", "Theirs", "https://auth.example.com", "openid").await;
    scene.wait(7200);
    let (cookie, eves) = (signed_in(&scene, "demo@example.com").await, signed_in(&scene, "eve@example.com").await);
    let page = scene.get("/account/consents", &[("cookie", &cookie)]).await.expect(200);
    let html = page.text();
    for shown in ["Know that it is you", "orders:read", "https://invoices.example.com", "invoices:read", "2 hours ago"]
    {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    assert!(
        !html.contains("<script") && !html.contains("Theirs") && !html.contains("For <code>https://auth."),
        "{html}"
    );
    assert_eq!(values(&page, "name=\"withdraw\" value=\""), ["calendar"]);
    // Nobody takes back what is another's.
    send_as(&scene, "/account/consents", &[("withdraw", "calendar")], &eves).await.expect(404);
    let answer = send_as(&scene, "/account/consents", &[("withdraw", "calendar")], &cookie).await.expect(303);
    assert_eq!(answer.header("location"), Some("/account/consents"));
    let page = send_as(&scene, "/account/consents", &[("withdraw", "calendar")], &cookie).await.expect(404);
    assert!(page.text().contains("taken it back already") && page.text().contains("let no app in"), "{}", page.text());
    let eves = scene.get("/account/consents", &[("cookie", &eves)]).await.expect(200);
    assert!(eves.text().contains("Theirs"));
}
