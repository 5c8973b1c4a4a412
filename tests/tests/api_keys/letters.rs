//! Letters that warn whoever has a new way into their account (NIST SP 800-63B-4 §4.6, OWASP ASVS 5.0 §6.3.7).

use serde_json::json;
use vestibule::moment::Moment;
use vestibule_tests::{Fault, MAIL, Scene};

use crate::stage::{Key, orders, owner, stage};

#[tokio::test]
async fn an_owner_hears_of_each_key_that_is_made_or_rotated_and_reads_no_secret() {
    let (scene, demo) = stage().await;
    let (at, made) = (Moment::minute(scene.clock.now()).words, demo.key(&scene).await);
    scene.wait(60);
    let rotated_at = Moment::minute(scene.clock.now()).words;
    let rotated = Key::of(&demo.rotate(&scene, &made, json!({})).await.expect(200));
    let prefix = demo.listed(&scene).await[0]["prefix"].as_str().unwrap().to_owned();
    demo.rename(&scene, &made, "another").await.expect(200);
    demo.revoke(&scene, &made).await.expect(204);
    let letters = scene.cloud.outbox().letters();
    assert_eq!(letters.len(), 2, "what gives nobody a way in is told to nobody");
    for (letter, said, at, key) in
        [(&letters[1], "was made", at, &made), (&letters[0], "was given another secret", rotated_at, &rotated)]
    {
        assert_eq!((letter.to.as_str(), letter.from.as_str()), (demo.user.email.as_str(), "no-reply@example.com"));
        for expected in [said, &at, &prefix, "https://auth.example.com/account/keys"] {
            assert!(letter.text.contains(expected), "{expected}: {}", letter.text);
        }
        let secret = key.text.strip_prefix(&prefix).unwrap();
        assert!(!letter.text.contains(&secret[..8]), "{}", letter.text);
        // Whoever has taken over the session chose the name: the letter is no place for a text of theirs.
        assert!(!letter.text.contains("export"), "{}", letter.text);
    }
}

#[tokio::test]
async fn a_key_is_made_and_rotated_once_whether_or_not_its_owner_can_be_told() {
    for fault in [Fault::Unreachable, Fault::AnswerLost, Fault::AccessDenied, Fault::Hangs] {
        let (scene, demo) = stage().await;
        scene.wire.break_always(MAIL, fault);
        let made = demo.key(&scene).await;
        let rotated = Key::of(&demo.rotate(&scene, &made, json!({})).await.expect(200));
        assert_eq!(demo.listed(&scene).await.len(), 1, "{fault:?}");
        for key in [made, rotated] {
            orders(&scene, &key.text).await.expect(200);
        }
    }
}

/// Who cannot be read is told nothing, and has no key that they were not told of.
#[tokio::test]
async fn an_account_that_cannot_be_read_gets_no_key_and_no_letter() {
    let (scene, demo) = stage().await;
    demo.key(&scene).await;
    // The first read is the session's.
    scene.wire.break_after(1, "GetItem", Fault::Throttled);
    let refused = demo.create(&scene, json!({ "name": "a", "scope": "" })).await;
    refused.expect_problem(503, "temporarily-unavailable");
    scene.wire.mend();
    assert_eq!((demo.listed(&scene).await.len(), scene.cloud.outbox().letters().len()), (1, 1));
}

#[tokio::test]
async fn without_mail_or_a_mailbox_keys_are_made_and_nobody_is_told() {
    let silent = Scene::builder().parameter("MailFrom", "").parameter("MailIdentity", "").begin().await;
    let demo = owner(&silent, "demo@example.com", "orders:read", "").await;
    silent.wire.take_calls();
    let key = demo.key(&silent).await;
    assert!(!silent.wire.take_calls().contains(&"SendEmail".to_owned()));
    orders(&silent, &key.text).await.expect(200);
    let scene = Scene::new().await;
    let nameless = owner(&scene, "demo", "orders:read", "").await;
    let key = nameless.key(&scene).await;
    orders(&scene, &key.text).await.expect(200);
    assert!(scene.cloud.outbox().letters().is_empty());
}
