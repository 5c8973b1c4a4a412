//! The operator's hand: single steps, and the emergency.

use std::time::Duration;

use vestibule::keys::{
    Algorithm, Change, LONGEST_ROTATION, LONGEST_VERIFIER_CACHE, Limits, RETIRED_KEY_STAYS, RotateSigningKeys,
};
use vestibule::randomness::Randomness;
use vestibule_local::provision;
use vestibule_tests::{Fault, Scene};

use crate::stage::{Stage, active, kid, kids, next, version};

#[tokio::test]
async fn one_algorithms_key_is_promoted_and_the_others_stay() {
    let stage = Stage::ready().await;
    let before = stage.ring().await;
    let promoted = next(&before, Algorithm::Rs256);
    stage.carry_out(Change::Promote { kid: promoted.clone() }, "promote").await.unwrap();
    let after = stage.ring().await;
    assert_eq!(active(&after, Algorithm::Rs256), promoted);
    assert_ne!(next(&after, Algorithm::Rs256), promoted, "another key waits");
    for same in [active(&before, Algorithm::Es256), next(&before, Algorithm::Es256)] {
        assert_eq!(after.find(&same).unwrap().state(), before.find(&same).unwrap().state());
    }
    assert_eq!(stage.published_kids().await, kids(&after));
}

#[tokio::test]
async fn what_is_unsafe_is_refused_by_hand_too() {
    let stage = Stage::of(Scene::new().await);
    let (before, ring) = (stage.everything().await, stage.ring().await);
    let (signing, waiting) = (active(&ring, Algorithm::Es256), next(&ring, Algorithm::Es256));
    stage.scene.clock.advance(LONGEST_VERIFIER_CACHE - Duration::from_secs(60));
    for (change, said) in [
        (Change::Rotate, format!("refused: key {waiting} needs another 60 s")),
        (Change::Promote { kid: waiting.clone() }, format!("refused: key {waiting} needs another 60 s")),
        (Change::Promote { kid: signing.clone() }, format!("refused: key {signing} is not next")),
        (Change::Retire { kid: signing.clone() }, format!("refused: key {signing} is signing")),
        (Change::Retire { kid: "nobody".into() }, "refused: there is no key nobody".into()),
        (Change::Replace { kid: "nobody".into() }, "refused: there is no key nobody".into()),
    ] {
        assert_eq!(stage.carry_out(change, "unsafe").await.unwrap_err().to_string(), said);
    }
    assert_eq!(stage.everything().await, before);
}

#[tokio::test]
async fn a_key_is_retired_for_good_once_its_last_token_has_expired() {
    let mut stage = Stage::small(Scene::builder().parameter("AccessTokenSeconds", "3600").begin().await).await;
    let demo = stage.scene.demo().await;
    let old = active(&stage.ring().await, Algorithm::Es256);
    stage.scene.login(&demo).await;
    stage.rotate("rotate").await;
    // An instance that still has the old ring in memory signs a last token.
    stage.scene.clock.advance(Limits::DEFAULT.max_age - Duration::from_secs(1));
    let last = stage.scene.login(&demo).await.access;
    assert_eq!(kid(&last), old);
    let retire = Change::Retire { kid: old.clone() };
    stage.scene.clock.advance(Duration::from_secs(3599));
    let refused = stage.carry_out(retire.clone(), "early").await.unwrap_err().to_string();
    assert!(refused.contains("needs another"), "{refused}");
    stage.nobody_notices(&demo, &last).await;
    stage.scene.clock.advance(RETIRED_KEY_STAYS + LONGEST_ROTATION - Duration::from_secs(3600 + 298));
    stage.carry_out(retire, "retire").await.unwrap();
    assert!(!stage.jwks_kids().await.contains(&old));
    assert!(stage.ring().await.find(&old).is_none());
    let access = stage.scene.login(&demo).await.access;
    stage.nobody_notices(&demo, &access).await;
}

#[tokio::test]
async fn a_next_key_is_withdrawn_and_another_published() {
    let stage = Stage::small(Scene::new().await).await;
    let withdrawn = next(&stage.ring().await, Algorithm::Es256);
    stage.carry_out(Change::Retire { kid: withdrawn.clone() }, "withdraw").await.unwrap();
    let ring = stage.ring().await;
    assert!(ring.find(&withdrawn).is_none());
    assert_ne!(next(&ring, Algorithm::Es256), withdrawn);
    assert_eq!(stage.published_kids().await, kids(&ring));
}

/// A key that is to be withdrawn is published until no ring in force has it: it could still come to sign.
#[tokio::test]
async fn a_next_key_stays_published_while_its_withdrawal_has_not_come_into_force() {
    let stage = Stage::small(Scene::new().await).await;
    let withdrawn = next(&stage.ring().await, Algorithm::Es256);
    let retire = Change::Retire { kid: withdrawn.clone() };
    stage.scene.wire.break_always("UpdateSecretVersionStage", Fault::Unreachable);
    stage.over_the_wire(retire.clone(), "died").await.unwrap_err();
    stage.scene.wire.mend();
    assert!(stage.published_kids().await.contains(&withdrawn));
    stage.carry_out(retire, "again").await.unwrap();
    assert!(!stage.published_kids().await.contains(&withdrawn));
}

/// The emergency: an hour-long token of a leaked key works no longer than a cache of keys does.
#[tokio::test]
async fn a_leaked_key_is_replaced_and_unpublished_at_once() {
    for ripe in [false, true] {
        let scene = Scene::builder().parameter("AccessTokenSeconds", "3600").parameter("AuthorizerCacheSeconds", "0");
        let mut stage = Stage::of(scene.begin().await);
        if ripe {
            stage.until_ripe();
        }
        let demo = stage.scene.demo().await;
        let tokens = stage.scene.login(&demo).await;
        stage.scene.get_as("/whoami", &tokens.access).await.expect(200);
        let before = stage.ring().await;
        let leaked = active(&before, Algorithm::Es256);
        stage.carry_out(Change::Replace { kid: leaked.clone() }, "leaked").await.unwrap();
        let after = stage.ring().await;
        assert_eq!(active(&after, Algorithm::Es256), next(&before, Algorithm::Es256));
        assert!(after.find(&leaked).is_none());
        assert_eq!(stage.published_kids().await, kids(&after));
        stage.scene.clock.advance(Limits::DEFAULT.max_age);
        stage.scene.get_as("/whoami", &tokens.access).await.expect(403);
        let refreshed = stage.scene.refresh(&tokens.refresh).await;
        assert_ne!(kid(&refreshed.access), leaked);
        stage.scene.get_as("/whoami", &refreshed.access).await.expect(200);
        assert!(!stage.jwks_kids().await.contains(&leaked));
    }
}

#[tokio::test]
async fn a_leaked_key_is_replaced_in_whatever_state_it_is() {
    let stage = Stage::small(Scene::new().await).await;
    stage.rotate("rotate").await;
    let ring = stage.ring().await;
    let retired = ring.iter().find(|key| key.state().as_str() == "retired").unwrap().kid().to_owned();
    for leaked in [retired, next(&ring, Algorithm::Es256), active(&ring, Algorithm::Es256)] {
        stage.carry_out(Change::Replace { kid: leaked.clone() }, &leaked[..8]).await.unwrap();
        let ring = stage.ring().await;
        assert!(ring.find(&leaked).is_none());
        assert!(ring.active(Algorithm::Es256).is_some() && ring.next(Algorithm::Es256).is_some());
        assert_eq!(stage.published_kids().await, kids(&ring));
    }
}

/// Wherever the command dies, the same command again ends it: the key is in no ring and in no publication.
#[tokio::test]
async fn a_replacement_that_died_is_finished_by_giving_it_again() {
    let stage = Stage::small(Scene::new().await).await;
    for fault in [Fault::Unreachable, Fault::AnswerLost] {
        for calls in 0.. {
            let leaked = active(&stage.ring().await, Algorithm::Es256);
            let replace = Change::Replace { kid: leaked.clone() };
            stage.scene.wire.break_after(calls, "", fault);
            let first = stage.over_the_wire(replace.clone(), &format!("{fault:?}{calls}")).await;
            stage.scene.wire.mend();
            if first.is_err() {
                let again = stage.carry_out(replace, &format!("{fault:?}{calls}again")).await;
                let (again, gone) =
                    (again.map_err(|fault| fault.to_string()), format!("refused: there is no key {leaked}"));
                assert!(again == Ok(()) || again == Err(gone), "{fault:?} after {calls} calls: {again:?}");
            }
            assert!(stage.ring().await.find(&leaked).is_none(), "{fault:?} after {calls} calls");
            assert!(!stage.published_kids().await.contains(&leaked), "{fault:?} after {calls} calls");
            if first.is_ok() {
                assert!(calls > 15, "the wire did not break: a replacement makes more calls than {calls}");
                break;
            }
        }
    }
}

/// An emergency that died after it had unpublished the key, and nobody gave the command again.
#[tokio::test]
async fn a_scheduled_rotation_does_not_bring_a_leaked_key_back() {
    let stage = Stage::small(Scene::new().await).await;
    let leaked = active(&stage.ring().await, Algorithm::Es256);
    let replace = Change::Replace { kid: leaked.clone() };
    stage.scene.wire.break_always("UpdateSecretVersionStage", Fault::Unreachable);
    stage.over_the_wire(replace.clone(), "leaked").await.unwrap_err();
    stage.scene.wire.mend();
    assert!(!stage.published_kids().await.contains(&leaked));
    assert!(stage.ring().await.find(&leaked).is_some(), "the step before the last died");
    stage.until_ripe();
    let secrets = stage.scene.cloud.secrets();
    secrets.withdraw(&version("leaked")).await.unwrap();
    let scheduled = stage.open("scheduled").await;
    assert_eq!(stage.steps(&scheduled).await.unwrap_err(), "unsafe_step");
    assert!(!stage.published_kids().await.contains(&leaked));
    // Nor does whoever makes sure that there are keys.
    let (secrets, table) = (stage.scene.cloud.secrets(), stage.scene.cloud.table());
    provision::keys(&secrets, &table, &Randomness::System, stage.scene.clock.now()).await.unwrap();
    assert!(!stage.published_kids().await.contains(&leaked));
    stage.carry_out(replace, "again").await.unwrap();
    assert!(stage.ring().await.find(&leaked).is_none());
}
