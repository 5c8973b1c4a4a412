//! Which account an identity opens: its own by issuer and subject, one more by whoever is signed in to it, and none by an address alone.

use futures_util::future::join_all;
use http::Method;
use serde_json::json;
use vestibule_tests::{Held, Wire};

use super::stage::{Browser, Stage};

const TWO: &str =
    "fake?issuer={}&client_id=vestibule&label=Fake&email=trusted work?issuer={}&client_id=vestibule&label=W";

async fn unlink(browser: &Browser<'_>, identity: &str) -> vestibule_tests::Answer {
    browser.ask(Method::DELETE, &format!("/identities/{identity}"), "", "same-origin").await
}

#[tokio::test]
async fn an_identity_whose_address_has_an_account_opens_it_only_once_its_owner_has_linked_it() {
    let stage = Stage::new().await;
    let ada = stage.scene.user("ada@example.com", "orders:read", "").await;
    let browser = stage.browser();
    let answer = browser.sign_in().await.expect(409);
    assert!(answer.text().contains("Sign in to it as you did before"), "{}", answer.text());
    assert!(browser.user().await.is_none(), "an address opens no account");
    browser.password(&ada).await;
    let back = browser.link_and_says_yes().await;
    assert_eq!(browser.get(&back).await.expect(303).header("location"), Some("/account/identities"));
    let elsewhere = stage.browser();
    elsewhere.sign_in().await.expect(303);
    assert_eq!(elsewhere.user().await.unwrap(), ada.id.to_string());
}

#[tokio::test]
async fn an_address_that_the_provider_does_not_vouch_for_makes_no_account() {
    let stage = Stage::of(TWO).await;
    for claims in [
        json!({ "sub": "ada", "email": "ada@example.com", "email_verified": false }),
        json!({ "sub": "ada", "email": "ada@example.com" }),
        json!({ "sub": "ada", "email": "ada@example.com", "email_verified": "yes" }),
        json!({ "sub": "ada", "email_verified": true }),
        json!({ "sub": "ada", "email": "not an address", "email_verified": true }),
        json!({ "sub": "ada", "email": "ada@example.com\nbcc: eve@example.com", "email_verified": true }),
    ] {
        stage.provider.manners().claims = claims.clone();
        stage.provider.manners().user_info = json!({ "sub": "ada" });
        let browser = stage.browser();
        browser.sign_in().await.expect(403);
        assert!(browser.user().await.is_none(), "{claims}");
    }
    // And one whose word the operator has not said to take, whatever it says.
    stage.provider.manners().claims = json!({ "sub": "ada", "email": "ada@example.com", "email_verified": true });
    let browser = stage.browser();
    let back = browser.goes_and_says_yes("/sign-in/with/work").await;
    browser.get(&back).await.expect(403);
    stage.browser().sign_in().await.expect(303);
}

#[tokio::test]
async fn an_address_that_looks_like_anothers_is_another() {
    let stage = Stage::new().await;
    let ada = stage.scene.user("ada@example.com", "", "").await;
    // A Cyrillic letter in the domain is another domain; before the @ it is no mailbox.
    stage.provider.manners().claims =
        json!({ "sub": "eve-1", "email": "ada@ex\u{430}mple.com", "email_verified": true });
    let eve = stage.registered().await;
    assert_ne!(eve.user().await.unwrap(), ada.id.to_string());
    stage.provider.manners().claims =
        json!({ "sub": "eve-2", "email": "\u{430}da@example.com", "email_verified": true });
    stage.browser().sign_in().await.expect(403);
    // The same mailbox in another spelling is the same.
    stage.provider.manners().claims = json!({ "sub": "eve-3", "email": "ADA@Example.COM", "email_verified": true });
    stage.browser().sign_in().await.expect(409);
}

#[tokio::test]
async fn an_address_that_changes_at_the_provider_changes_nothing_here() {
    let stage = Stage::new().await;
    let user = stage.registered().await.user().await.unwrap();
    let bob = stage.scene.user("bob@example.com", "", "").await;
    // Even to one that is somebody else's here.
    stage.provider.manners().claims =
        json!({ "sub": "ada-at-the-provider", "email": "bob@example.com", "email_verified": true });
    let again = stage.registered().await;
    assert_eq!(again.user().await.unwrap(), user);
    assert_ne!(user, bob.id.to_string());
}

#[tokio::test]
async fn an_address_that_the_provider_gave_to_somebody_else_does_not_open_the_account_of_the_first() {
    let stage = Stage::new().await;
    stage.registered().await;
    stage.provider.manners().claims =
        json!({ "sub": "the-next-ada", "email": "ada@example.com", "email_verified": true });
    let next = stage.browser();
    next.sign_in().await.expect(409);
    assert!(next.user().await.is_none());
}

#[tokio::test]
async fn an_identity_opens_one_account_however_many_windows_come_back_at_once() {
    let stage = Stage::new().await;
    let browsers: Vec<_> = (0..12).map(|_| stage.browser()).collect();
    let backs = join_all(browsers.iter().map(|browser| browser.goes_and_says_yes("/sign-in/with/fake"))).await;
    let answers = join_all(browsers.iter().zip(&backs).map(|(browser, back)| browser.get(back))).await;
    let mut users = std::collections::BTreeSet::new();
    for (browser, answer) in browsers.iter().zip(answers) {
        assert!([303, 400, 409].contains(&answer.status().as_u16()), "{}", answer.text());
        users.extend(browser.user().await);
    }
    assert_eq!(users.len(), 1);
    assert_eq!(Some(&stage.registered().await.user().await.unwrap()), users.first());
}

#[tokio::test]
async fn an_identity_that_opens_an_account_is_linked_to_no_other() {
    let stage = Stage::new().await;
    let first = stage.registered().await;
    let bob = stage.scene.user("bob@example.com", "", "").await;
    let browser = stage.browser();
    browser.password(&bob).await;
    let back = browser.link_and_says_yes().await;
    browser.get(&back).await.expect(409);
    assert!(browser.identities().await.is_empty());
    assert_eq!(first.identities().await.len(), 1);
    // Linking one's own again changes nothing.
    let back = first.link_and_says_yes().await;
    first.get(&back).await.expect(303);
    assert_eq!(first.identities().await.len(), 1);
}

#[tokio::test]
async fn only_a_page_of_ours_begins_a_link_and_only_soon_after_a_sign_in() {
    let stage = Stage::new().await;
    let ada = stage.scene.user("ada@example.com", "", "").await;
    let browser = stage.browser();
    let start = "/sign-in/with/fake";
    let nobody = browser.ask(Method::POST, start, "x=y", "same-origin").await.expect(303);
    assert_eq!(nobody.header("location"), Some("/sign-in?continue=%2Faccount%2Fidentities"));
    browser.password(&ada).await;
    for site in ["cross-site", "same-site"] {
        browser.ask(Method::POST, start, "x=y", site).await.expect(403);
    }
    stage.scene.wait(600);
    browser.ask(Method::POST, start, "x=y", "same-origin").await.expect(303);
    stage.scene.wait(1);
    let answer = browser.ask(Method::POST, start, "x=y", "same-origin").await.expect(403);
    assert!(answer.text().contains("sign in again"), "{}", answer.text());
}

#[tokio::test]
async fn a_link_is_for_whoever_asked_for_it_and_is_signed_in_still() {
    let stage = Stage::new().await;
    let (ada, bob) =
        (stage.scene.user("ada@example.com", "", "").await, stage.scene.user("bob@example.com", "", "").await);
    let browser = stage.browser();
    browser.password(&ada).await;
    let back = browser.link_and_says_yes().await;
    // Somebody else signs in, in the same browser.
    browser.password(&bob).await;
    browser.get(&back).await.expect(400);
    assert!(browser.identities().await.is_empty());
    browser.password(&ada).await;
    let back = browser.link_and_says_yes().await;
    browser.ask(Method::POST, "/logout", "", "same-origin").await.expect(204);
    browser.get(&back).await.expect(400);
    browser.password(&ada).await;
    assert!(browser.identities().await.is_empty());
}

#[tokio::test]
async fn an_identity_that_is_taken_away_opens_nothing_and_other_sessions_end() {
    let stage = Stage::new().await;
    let ada = stage.scene.user("ada@example.com", "", "").await;
    let browser = stage.linked(&ada).await;
    let elsewhere = stage.browser();
    elsewhere.sign_in().await.expect(303);
    let identity = browser.identities().await.remove(0);
    let other = stage.scene.user("bob@example.com", "", "").await;
    let bob = stage.browser();
    bob.password(&other).await;
    assert_eq!(unlink(&bob, &identity).await.status(), 404, "it is not theirs");
    browser
        .ask(Method::DELETE, &format!("/identities/{identity}"), "", "cross-site")
        .await
        .expect_problem(403, "cross-site");
    unlink(&browser, &identity).await.expect(204);
    assert!(browser.user().await.is_some() && elsewhere.user().await.is_none());
    unlink(&browser, &identity).await.expect_problem(404, "not-found");
    stage.browser().sign_in().await.expect(409);
    assert!(browser.identities().await.is_empty());
}

#[tokio::test]
async fn a_sign_in_that_was_on_its_way_when_its_identity_was_taken_away_opens_nothing() {
    // Held where the account has been read and the session is to be opened.
    meets_the_unlinking(|wire| wire.hold_next("TransactWriteItems")).await;
}

#[tokio::test]
async fn a_sign_in_that_had_found_its_identity_when_that_was_taken_away_opens_nothing() {
    // Held where it is known whose the identity is, and the account is to be read.
    meets_the_unlinking(|wire| wire.hold_next_answer("GetItem")).await;
}

/// A sign-in by an identity that is taken away while it is held opens nothing.
async fn meets_the_unlinking(hold: impl FnOnce(&Wire) -> Held) {
    let stage = Stage::new().await;
    let ada = stage.scene.user("ada@example.com", "", "").await;
    let browser = stage.linked(&ada).await;
    let identity = browser.identities().await.remove(0);
    let thief = stage.browser();
    let theirs = thief.goes_and_says_yes("/sign-in/with/fake").await;
    let held = hold(&stage.scene.wire);
    let (answer, ()) = tokio::join!(thief.get(&theirs), async {
        held.arrived().await;
        unlink(&browser, &identity).await.expect(204);
        held.let_on();
    });
    answer.expect(409);
    assert!(thief.user().await.is_none());
}

#[tokio::test]
async fn a_link_that_was_on_its_way_when_the_password_was_reset_is_not_made() {
    let stage = Stage::new().await;
    let ada = stage.scene.user("ada@example.com", "", "").await;
    let table = stage.scene.cloud.table();
    let reset = async || {
        let (hash, now) = (vestibule::passwords::PasswordHash::none(), stage.scene.clock.now());
        vestibule::accounts::ManageAccounts::set_password(&table, ada.id, &hash, now).await.unwrap();
    };
    let thief = stage.browser();
    thief.password(&ada).await;
    let back = thief.link_and_says_yes().await;
    // Held where the thief was found signed in, and the link is to be written.
    let held = stage.scene.wire.hold_next("TransactWriteItems");
    let (answer, ()) = tokio::join!(thief.get(&back), async {
        held.arrived().await;
        reset().await;
        held.let_on();
    });
    answer.expect(409);
    stage.browser().sign_in().await.expect(409);
    assert!(vestibule::federation::accounts::LinkIdentity::identities(&table, ada.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_takes_their_last_way_in_away() {
    let stage = Stage::of(TWO).await;
    let browser = stage.registered().await;
    let only = browser.identities().await.remove(0);
    unlink(&browser, &only).await.expect_problem(409, "conflict");
    stage.provider.manners().claims = json!({ "sub": "ada-two" });
    stage.provider.manners().user_info = json!({ "sub": "ada-two" });
    let back = browser.link_and_says_yes().await;
    browser.get(&back).await.expect(303);
    let both = browser.identities().await;
    assert_eq!(both.len(), 2);
    // Both at once: one goes.
    let answers = tokio::join!(unlink(&browser, &both[0]), unlink(&browser, &both[1]));
    let mut statuses = [answers.0.status().as_u16(), answers.1.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(browser.identities().await.len(), 1);
}

#[tokio::test]
async fn taking_an_identity_away_needs_a_recent_sign_in() {
    let stage = Stage::new().await;
    let browser = stage.registered().await;
    let identity = browser.identities().await.remove(0);
    stage.scene.wait(601);
    let answer = unlink(&browser, &identity).await.expect_problem(401, "sign-in-again");
    let challenge = r#"Bearer error="insufficient_user_authentication", max_age="600""#;
    assert_eq!(answer.header("www-authenticate"), Some(challenge));
}

#[tokio::test]
async fn a_closed_account_is_opened_by_no_identity() {
    let stage = Stage::new().await;
    let browser = stage.registered().await;
    let user = browser.user().await.unwrap().parse().unwrap();
    let now = stage.scene.clock.now();
    let closed = vestibule::accounts::Standing::Disabled { at: now };
    vestibule::accounts::ManageAccounts::set_standing(&stage.scene.cloud.table(), user, closed, now).await.unwrap();
    let again = stage.browser();
    let answer = again.sign_in().await.expect(403);
    assert!(answer.text().contains("closed") && again.user().await.is_none());
}

#[tokio::test]
async fn what_the_provider_gave_is_not_kept() {
    let stage = Stage::new().await;
    stage.registered().await;
    let items = stage.scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
    let text = format!("{:?}", items.items());
    for credential in ["provider-access-token", "eyJ", "code-0", super::stage::SECRET] {
        assert!(!text.contains(credential), "{credential}");
    }
    assert!(!text.contains("ada-at-the-provider"), "the subject is there as a hash alone");
}

#[tokio::test]
async fn the_page_of_what_opens_an_account_shows_adds_and_removes() {
    let stage = Stage::of(TWO).await;
    let page = "/account/identities";
    let out = stage.browser();
    let answer = out.get(page).await.expect(303);
    assert_eq!(answer.header("location"), Some("/sign-in?continue=%2Faccount%2Fidentities"));
    let browser = stage.registered().await;
    let only = browser.identities().await.remove(0);
    let shown = browser.get(page).await.expect(200);
    assert!(shown.text().contains("ada@example.com") && shown.text().contains("Add Fake"), "{}", shown.text());
    assert!(!shown.text().contains("Remove"), "the last way in stays: {}", shown.text());
    let form = format!("unlink={only}");
    let refused = browser.ask(Method::POST, page, &form, "same-origin").await.expect(409);
    assert!(refused.text().contains("last way into your account"), "{}", refused.text());
    stage.provider.manners().claims = json!({ "sub": "ada-two", "email": "<script>@example.com" });
    let back = browser.link_and_says_yes().await;
    browser.get(&back).await.expect(303);
    let shown = browser.get(page).await.expect(200);
    assert!(shown.text().contains("Remove") && !shown.text().contains("<script>"), "{}", shown.text());
    assert_eq!(browser.ask(Method::POST, page, &form, "cross-site").await.status(), 403);
    let gone = browser.ask(Method::POST, page, &form, "same-origin").await.expect(303);
    assert_eq!(gone.header("location"), Some(page));
    assert_eq!(browser.identities().await.len(), 1);
    stage.scene.wait(601);
    let stale = browser.ask(Method::POST, page, &form, "same-origin").await.expect(303);
    assert_eq!(stale.header("location"), Some("/sign-in?continue=%2Faccount%2Fidentities"));
}
