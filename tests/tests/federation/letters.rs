//! Letters that warn whoever has another way into their account, or one less (NIST SP 800-63B-4 §4.6, OWASP ASVS 5.0 §6.3.7).

use std::time::Duration;

use http::Method;
use vestibule::moment::Moment;
use vestibule_tests::{Fault, MAIL, Scene};

use super::stage::Stage;

#[tokio::test]
async fn an_owner_hears_of_each_identity_that_is_linked_or_taken_away() {
    let stage = Stage::new().await;
    let ada = stage.scene.user("ada@example.com", "", "").await;
    let mut said = Vec::new();
    for (method, path) in [(Method::DELETE, "/identities/"), (Method::POST, "/account/identities")] {
        let browser = stage.linked(&ada).await;
        said.push(("signs in to your account", Moment::minute(stage.scene.clock.now()).words));
        // Linked already: there is nothing new to tell.
        let back = browser.link_and_says_yes().await;
        browser.get(&back).await.expect(303);
        stage.scene.wait(60);
        let identity = browser.identities().await.remove(0);
        let (path, form) = match method {
            Method::DELETE => (format!("{path}{identity}"), String::new()),
            _ => (path.to_owned(), format!("unlink={identity}")),
        };
        let answer = browser.ask(method, &path, &form, "same-origin").await;
        assert!([204, 303].contains(&answer.status().as_u16()), "{}", answer.text());
        said.push(("does not sign in to your account", Moment::minute(stage.scene.clock.now()).words));
    }
    let letters = stage.scene.cloud.outbox().letters();
    assert_eq!(letters.len(), said.len());
    for (letter, (what, at)) in letters.iter().rev().zip(said) {
        assert_eq!(letter.to, ada.email);
        for expected in [what, &at, "at Fake", "https://auth.example.com/account/identities"] {
            assert!(letter.text.contains(expected), "{expected}: {}", letter.text);
        }
    }
}

/// Whoever registers by a provider is told by the page that they are in: there is nobody else to warn.
#[tokio::test]
async fn whoever_registers_or_signs_in_by_an_identity_gets_no_letter() {
    let stage = Stage::new().await;
    stage.registered().await;
    stage.registered().await;
    assert!(stage.scene.cloud.outbox().letters().is_empty());
}

/// A link is made after its provider was waited for, so that its letter is given up soon.
#[tokio::test]
async fn an_identity_is_linked_and_taken_away_whether_or_not_its_owner_can_be_told() {
    for fault in [Fault::Unreachable, Fault::AnswerLost, Fault::AccessDenied, Fault::Hangs] {
        let stage = Stage::new().await;
        let ada = stage.scene.user("ada@example.com", "", "").await;
        stage.scene.wire.break_always(MAIL, fault);
        let before = stage.scene.wire.waited();
        let browser = stage.linked(&ada).await;
        let waited = stage.scene.wire.waited() - before;
        assert!(waited <= Duration::from_millis(2_500), "{fault:?}: {waited:?}");
        let identity = browser.identities().await.remove(0);
        browser.ask(Method::DELETE, &format!("/identities/{identity}"), "", "same-origin").await.expect(204);
        assert!(browser.identities().await.is_empty());
    }
}

#[tokio::test]
async fn without_mail_identities_are_linked_and_nobody_is_told() {
    let stage = Stage::built(
        Scene::builder().parameter("MailFrom", "").parameter("MailIdentity", ""),
        "fake?issuer={}&client_id=vestibule&label=Fake&email=trusted",
    )
    .await;
    let ada = stage.scene.user("ada@example.com", "", "").await;
    stage.scene.wire.take_calls();
    let browser = stage.linked(&ada).await;
    assert!(!stage.scene.wire.take_calls().contains(&"SendEmail".to_owned()));
    assert_eq!(browser.identities().await.len(), 1);
}
