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
    let letter = scene.cloud.outbox().letters().remove(0);
    assert!(letter.to == "demo@example.com" && letter.subject.starts_with("A new API key"), "{}", letter.subject);
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

/// The text of the key that the page shows.
fn shown(page: &vestibule_tests::Answer) -> String {
    let (_, key) = page.text().split_once("<code tabindex=\"0\">").unwrap();
    key.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_is_renamed_and_given_another_secret_that_is_shown_once() {
    let scene = Scene::new().await;
    scene.demo().await;
    scene.user("eve@example.com", "", "").await;
    let (cookie, eve) = (signed_in(&scene, "demo@example.com").await, signed_in(&scene, "eve@example.com").await);
    let send = |fields: Vec<(&'static str, String)>, cookie: String| {
        let scene = &scene;
        async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            send_as(scene, "/account/keys", &fields, &cookie).await
        }
    };
    let form = vec![("name", "Export".to_owned()), ("scope-0", "orders:read".to_owned())];
    let first = shown(&send(form, cookie.clone()).await.expect(200));
    let page = scene.get("/account/keys", &[("cookie", &cookie)]).await.expect(200);
    let id = values(&page, "name=\"rotate\" value=\"")[0].to_owned();
    for change in ["rename", "rotate"] {
        send(vec![(change, id.clone()), ("label", "Theirs".to_owned())], eve.clone()).await.expect(404);
    }
    let refused = send(vec![("rename", id.clone()), ("label", " ".to_owned())], cookie.clone()).await.expect(400);
    assert!(refused.text().contains("role=\"alert\""), "{}", refused.text());
    let renamed = send(vec![("rename", id.clone()), ("label", " Nightly ".to_owned())], cookie.clone()).await;
    assert_eq!(renamed.expect(303).header("location"), Some("/account/keys"));
    let page = send(vec![("rotate", id.clone()), ("overlap", "7".to_owned())], cookie.clone()).await.expect(200);
    let second = shown(&page);
    let letter = scene.cloud.outbox().letters().remove(0);
    assert!(letter.text.contains("was given another secret") && !letter.text.contains(&second), "{}", letter.text);
    assert!(page.text().contains("Copy “Nightly” now") && page.text().contains("works until") && second != first);
    let page = scene.get("/account/keys", &[("cookie", &cookie)]).await.expect(200);
    assert!(!page.text().contains(&second) && page.text().contains("22 January 2027"), "{}", page.text());
    for key in [&first, &second] {
        scene.get("/export", &[("x-api-key", key)]).await.expect(200);
    }
    let third = shown(&send(vec![("rotate", id), ("overlap", "0".to_owned())], cookie).await.expect(200));
    scene.wait(61);
    for (key, status) in [(&first, 403), (&second, 403), (&third, 200)] {
        scene.get("/export", &[("x-api-key", key)]).await.expect(status);
    }
}

#[tokio::test]
async fn whoever_signed_in_long_ago_signs_in_again_for_a_key_and_comes_back() {
    let scene = Scene::new().await;
    scene.demo().await;
    let cookie = signed_in(&scene, "demo@example.com").await;
    send_as(&scene, "/account/keys", &[("name", "Export")], &cookie).await.expect(200);
    let page = scene.get("/account/keys", &[("cookie", &cookie)]).await.expect(200);
    let id = values(&page, "name=\"rotate\" value=\"")[0].to_owned();
    scene.wait(601);
    let to = "/sign-in?said=again&continue=%2Faccount%2Fkeys";
    for form in [("name", "Another"), ("rotate", &id)] {
        let answer = send_as(&scene, "/account/keys", &[form], &cookie).await.expect(303);
        assert_eq!((answer.header("location"), answer.set_cookies().len()), (Some(to), 0));
    }
    let page = scene.get(to, &[]).await.expect(200);
    assert!(page.text().contains("Sign in again, and then go on."), "{}", page.text());
    assert_eq!(values(&page, "name=\"continue\" value=\""), ["/account/keys"]);
    // What does not outlive the session needs no other sign-in.
    send_as(&scene, "/account/keys", &[("rename", &id), ("label", "Nightly")], &cookie).await.expect(303);
    send_as(&scene, "/account/keys", &[("revoke", &id)], &cookie).await.expect(303);
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
