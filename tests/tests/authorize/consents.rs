//! What somebody has let clients do, as they see it and take it back (OpenID Connect Core §3.1.2.4, RFC 9700 §4.14.2).

use http::Method;
use serde_json::json;
use vestibule::authentication::LiveSession;
use vestibule::oauth::consents::{Agree, Agreed, Consent, FindConsent, Permission};
use vestibule::scope::Scopes;
use vestibule::sessions::end::ListSessions;
use vestibule::sessions::{Ending, State};
use vestibule_tests::{START, Scene};

use crate::stage::{Browser, INVOICES, ISSUER, agree, session_of};

#[tokio::test]
async fn somebody_sees_whom_they_have_let_in_and_for_what() {
    let scene = Scene::new().await;
    let (demo, other) = (scene.demo().await, scene.user("other@example.com", "", "").await);
    agree(&scene, &demo, "calendar", ISSUER, "openid").await;
    agree(&scene, &other, "theirs", ISSUER, "openid").await;
    scene.wait(10);
    agree(&scene, &demo, "bookkeeper", ISSUER, "orders:read openid").await;
    agree(&scene, &demo, "bookkeeper", INVOICES, "invoices:read").await;
    let browser = Browser::sign_in(&scene, &demo).await;
    scene.wire.take_calls();
    let answer = browser.ask(Method::GET, "/consents").await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "Query"]);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let start = START.seconds();
    let permission = |audience: &str, scope: &str| json!({ "audience": audience, "scope": scope });
    let bookkeeper = json!({
        "client_id": "bookkeeper",
        "client_name": "The bookkeeper",
        "permissions": [permission(ISSUER, "openid orders:read"), permission(INVOICES, "invoices:read")],
        "agreed_at": start + 10,
    });
    let calendar = json!({
        "client_id": "calendar",
        "client_name": "The calendar",
        "permissions": [permission(ISSUER, "openid")],
        "agreed_at": start,
    });
    assert_eq!(answer.json(), json!({ "consents": [bookkeeper, calendar] }));
}

#[tokio::test]
async fn who_takes_a_consent_back_ends_the_clients_sessions_and_nobody_elses() {
    let scene = Scene::new().await;
    let (demo, other) = (scene.demo().await, scene.user("other@example.com", "", "").await);
    for user in [&demo, &other] {
        agree(&scene, user, "bookkeeper", ISSUER, "orders:read").await;
    }
    agree(&scene, &demo, "calendar", ISSUER, "openid").await;
    let (theirs, held) = (session_of(&scene, &other, "bookkeeper").await, session_of(&scene, &demo, "calendar").await);
    let ending = [session_of(&scene, &demo, "bookkeeper").await, session_of(&scene, &demo, "bookkeeper").await];
    let browser = Browser::sign_in(&scene, &demo).await;
    scene.wire.take_calls();
    browser.ask(Method::DELETE, "/consents/bookkeeper").await.expect(204);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "UpdateItem", "Query", "UpdateItem", "UpdateItem"]);
    let sessions = scene.cloud.table().sessions(demo.id).await.unwrap();
    let ended: Vec<_> = sessions.into_iter().flatten().filter(|session| session.state != State::Live).collect();
    assert_eq!(ended.len(), ending.len());
    for session in &ended {
        assert!(ending.iter().any(|known| known.id == session.id));
        assert!(matches!(session.state, State::Ended { cause: Ending::ConsentWithdrawn, .. }));
    }
    for kept in [theirs, held] {
        assert!(scene.cloud.table().is_live(kept.user, kept.id, scene.clock.now()).await.unwrap());
    }
    assert!(browser.is_live().await);
    let left = browser.ask(Method::GET, "/consents").await.expect(200).json();
    assert_eq!(left["consents"].as_array().unwrap().len(), 1, "{left}");
    let found = scene.cloud.table().find_consent(demo.id, &"bookkeeper".parse().unwrap()).await.unwrap();
    assert_eq!(found, None);
    assert!(scene.cloud.table().find_consent(other.id, &"bookkeeper".parse().unwrap()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_consent_that_was_taken_back_begins_anew() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    agree(&scene, &demo, "bookkeeper", ISSUER, "orders:read orders:write").await;
    let browser = Browser::sign_in(&scene, &demo).await;
    browser.ask(Method::DELETE, "/consents/bookkeeper").await.expect(204);
    agree(&scene, &demo, "bookkeeper", ISSUER, "openid").await;
    let consent = scene.cloud.table().find_consent(demo.id, &"bookkeeper".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(consent.permissions, Permission::each(ISSUER, &Scopes::parse("openid").unwrap()));
    let item = scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
    let item = item.items().iter().find(|item| item["sk"].as_s().is_ok_and(|sk| sk == "CONSENT#bookkeeper")).unwrap();
    assert!(!item.contains_key("expires_at"), "nobody cleans up what is in force");
}

#[tokio::test]
async fn what_was_never_let_in_cannot_be_taken_back() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let other = scene.user("other@example.com", "", "").await;
    agree(&scene, &other, "bookkeeper", ISSUER, "openid").await;
    let browser = Browser::sign_in(&scene, &demo).await;
    // The team's own sign-in is no client that anybody let in.
    for client in ["bookkeeper", "vestibule", "x", "Bookkeeper", "%2e%2e", "bookkeeper%23", &"x".repeat(200)] {
        browser.ask(Method::DELETE, &format!("/consents/{client}")).await.expect_problem(404, "not-found");
    }
    assert!(browser.is_live().await);
}

/// Whoever took the consent back and heard nothing of it asks again, and the sessions that were left end then.
#[tokio::test]
async fn sessions_without_a_consent_end_too() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let session = session_of(&scene, &demo, "bookkeeper").await;
    let browser = Browser::sign_in(&scene, &demo).await;
    browser.ask(Method::DELETE, "/consents/bookkeeper").await.expect(204);
    assert!(!scene.cloud.table().is_live(demo.id, session.id, scene.clock.now()).await.unwrap());
    browser.ask(Method::DELETE, "/consents/bookkeeper").await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn consents_are_their_owners_and_no_other_sites_page_takes_them_back() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    agree(&scene, &demo, "bookkeeper", ISSUER, "openid").await;
    scene.get("/consents", &[]).await.expect_problem(401, "unauthenticated");
    let nobody = http::Request::delete("/consents/bookkeeper").body(bytes::Bytes::new()).unwrap();
    scene.send(nobody).await.expect_problem(401, "unauthenticated");
    let browser = Browser::sign_in(&scene, &demo).await;
    let foreign = http::Request::delete("/consents/bookkeeper")
        .header("cookie", &browser.cookie)
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://evil.example");
    scene.send(foreign.body(bytes::Bytes::new()).unwrap()).await.expect_problem(403, "cross-site");
    let tokens = scene.login(&demo).await;
    let listed = scene.get_as("/consents", &tokens.access).await.expect(200).json();
    assert_eq!(listed["consents"][0]["client_id"], "bookkeeper");
}

/// Two agreements at once are both kept, and one that comes after its account is none.
#[tokio::test]
async fn agreements_add_up_whatever_their_order() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let scopes: Vec<String> = (0..20).map(|n| format!("scope{n}")).collect();
    let mut racing = tokio::task::JoinSet::new();
    for scope in scopes.clone() {
        let (table, user, now) = (scene.cloud.table().clone(), demo.id, scene.clock.now());
        racing.spawn(async move {
            let permissions = Permission::each(ISSUER, &Scopes::parse(&scope).unwrap());
            let client = "bookkeeper".parse().unwrap();
            let consent = Consent { client, client_name: "B".to_owned(), permissions, agreed_at: now };
            table.agree(user, 1, &consent).await
        });
    }
    let mut kept = 0;
    while let Some(agreed) = racing.join_next().await {
        // Transactions on one item may lose to each other; whoever hears so asks again.
        kept += usize::from(matches!(agreed.unwrap(), Ok(Agreed::Kept)));
    }
    let client = "bookkeeper".parse().unwrap();
    let consent = scene.cloud.table().find_consent(demo.id, &client).await.unwrap().unwrap();
    assert_eq!(consent.permissions.len(), kept);
    assert_eq!(kept, scopes.len());
    let late = Consent { permissions: Permission::each(ISSUER, &Scopes::parse("late").unwrap()), ..consent.clone() };
    assert_eq!(scene.cloud.table().agree(demo.id, 2, &late).await.unwrap(), Agreed::AccountChanged);
    assert_eq!(scene.cloud.table().find_consent(demo.id, &client).await.unwrap(), Some(consent));
}
