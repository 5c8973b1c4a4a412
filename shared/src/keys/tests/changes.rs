//! From one ring to the next, and whether the one may follow the other (promise 7).

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const RIPE: Timestamp = NOW.plus(LONGEST_VERIFIER_CACHE);

fn kid_of(ring: &SigningKeyRing, state: &str) -> String {
    ring.iter().find(|key| key.state().as_str() == state).unwrap().kid().to_owned()
}

fn changed(ring: &SigningKeyRing, change: &Change, now: Timestamp) -> SigningKeyRing {
    ring.changed(change, now).unwrap()
}

#[test]
fn a_rotation_moves_every_algorithm_on_and_leaves_a_next_key_for_each() {
    let ring = SigningKeyRing::generate_all(&Algorithm::ALL, NOW).unwrap();
    let after = changed(&ring, &Change::Rotate, RIPE);
    let by = RIPE.plus(LONGEST_ROTATION);
    for algorithm in Algorithm::ALL {
        let (was_active, was_next) = (ring.active(algorithm).unwrap().kid(), ring.next(algorithm).unwrap().kid());
        assert_eq!(after.active(algorithm).unwrap().kid(), was_next);
        assert_eq!(after.find(was_next).unwrap().state(), KeyState::Active { published_at: NOW, activated_at: by });
        assert!(
            matches!(after.find(was_active).unwrap().state(), KeyState::Retired { retired_at, .. } if retired_at == by)
        );
        assert_eq!(after.next(algorithm).unwrap().state(), KeyState::Next { published_at: by });
    }
    assert_eq!(after.iter().count(), 6);
    let later = changed(&after, &Change::Rotate, by.plus(LONGEST_VERIFIER_CACHE));
    assert_eq!(later.iter().count(), 6, "the first keys are gone");
}

#[test]
fn a_rotation_is_refused_as_a_whole_if_one_key_is_too_new() {
    let ring = SigningKeyRing::generate_all(&Algorithm::ALL, NOW).unwrap();
    let rs256 = ring.next(Algorithm::Rs256).unwrap().kid().to_owned();
    let ring = changed(&ring, &Change::Promote { kid: rs256 }, RIPE);
    let fault = ring.changed(&Change::Rotate, RIPE.plus(SECOND)).unwrap_err();
    assert!(matches!(fault, NoSuccessor::Unsafe(UnsafeStep::TooEarly { .. })), "{fault}");
}

#[test]
fn an_algorithm_without_a_next_key_gets_one_and_promotes_nothing() {
    let ring = ring();
    let alone = ring.remove(&next_kid(&ring), NOW).unwrap();
    let after = changed(&alone, &Change::Rotate, NOW);
    assert_eq!(active_kid(&after), active_kid(&ring));
    assert_eq!(
        after.next(Algorithm::Es256).unwrap().state(),
        KeyState::Next { published_at: NOW.plus(LONGEST_ROTATION) }
    );
    assert_eq!(after.next(Algorithm::Rs256).map(|key| key.kid()), None, "nothing is signed with RS256");
}

#[test]
fn a_leaked_key_without_a_successor_is_replaced_by_a_fresh_one() {
    let ring = ring();
    let leaked = active_kid(&ring);
    let alone = ring.remove(&next_kid(&ring), NOW).unwrap();
    let replace = Change::Replace { kid: leaked.clone() };
    let after = changed(&alone, &replace, NOW);
    assert_eq!(after.iter().count(), 2);
    assert!(after.find(&leaked).is_none());
    assert_eq!(after.may_follow(&alone, &replace, NOW), Ok(()));
    assert!(after.may_follow(&alone, &Change::Rotate, NOW).is_err(), "no other change may do that");
}

#[test]
fn a_ring_may_follow_the_one_it_was_made_from_until_its_time_has_passed() {
    let ring = ring();
    let after = changed(&ring, &Change::Rotate, RIPE);
    let by = RIPE.plus(LONGEST_ROTATION);
    for now in [RIPE, RIPE.plus(SECOND), by] {
        assert_eq!(after.may_follow(&ring, &Change::Rotate, now), Ok(()));
    }
    let late = after.may_follow(&ring, &Change::Rotate, by.plus(SECOND)).unwrap_err();
    assert!(matches!(late, UnsafeStep::TooLate { by: SECOND, .. }), "{late}");
    // Nothing has happened in a ring that is the same: it has no time to be late for.
    assert_eq!(ring.may_follow(&ring, &Change::Rotate, by.plus(LONGEST_ROTATION)), Ok(()));
}

#[test]
fn a_ring_may_not_follow_another_than_the_one_it_was_made_from() {
    let ring = ring();
    let [one, two] = [(); 2].map(|()| changed(&ring, &Change::Rotate, RIPE));
    let missing = two.may_follow(&one, &Change::Rotate, RIPE).unwrap_err();
    assert_eq!(missing, UnsafeStep::Missing { kid: kid_of(&one, "next") });
    // Backwards: a key that has signed would be next again.
    assert!(matches!(ring.may_follow(&one, &Change::Rotate, RIPE), Err(UnsafeStep::Unforeseen { .. })));
    let stranger = SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap();
    let unforeseen = stranger.may_follow(&ring, &Change::Rotate, NOW).unwrap_err();
    assert_eq!(unforeseen, UnsafeStep::Unforeseen { kid: active_kid(&stranger) });
}

/// The same keys, with `state` for the one called `kid`.
fn retold(ring: &SigningKeyRing, kid: &str, state: KeyState) -> SigningKeyRing {
    let told = |key: &SigningKey| {
        let pair = KeyPair::from_pkcs8(key.algorithm(), key.pair().private().clone()).unwrap();
        SigningKey::new(pair, if key.kid() == kid { state } else { key.state() })
    };
    SigningKeyRing::from_keys(ring.iter().map(told).collect()).unwrap()
}

/// Or a key could sign that is said to have been published earlier than it was, or leave that is said to have signed at another time.
#[test]
fn a_ring_that_tells_the_past_of_a_key_otherwise_is_not_followed() {
    let ring = ring();
    let after = changed(&ring, &Change::Rotate, RIPE);
    let by = RIPE.plus(LONGEST_ROTATION);
    let (was_active, was_next) = (active_kid(&ring), next_kid(&ring));
    let retired = |published_at, activated_at| KeyState::Retired { published_at, activated_at, retired_at: by };
    assert_eq!(retold(&after, &was_active, retired(NOW, NOW)).may_follow(&ring, &Change::Rotate, RIPE), Ok(()));
    let earlier = NOW.minus(SECOND);
    for (kid, state) in [
        (&was_active, retired(earlier, NOW)),
        (&was_active, retired(NOW, NOW.plus(SECOND))),
        (&was_next, KeyState::Active { published_at: earlier, activated_at: by }),
    ] {
        let fault = retold(&after, kid, state).may_follow(&ring, &Change::Rotate, RIPE).unwrap_err();
        assert_eq!(fault, UnsafeStep::Unforeseen { kid: kid.clone() });
    }
}

#[test]
fn what_may_be_missing_was_decided_by_name() {
    let ring = ring();
    let next = next_kid(&ring);
    let withdrawn = changed(&ring, &Change::Retire { kid: next.clone() }, NOW);
    assert_eq!(withdrawn.may_follow(&ring, &Change::Retire { kid: next.clone() }, NOW), Ok(()));
    let other = Change::Retire { kid: active_kid(&ring) };
    for change in [Change::Rotate, other] {
        assert_eq!(withdrawn.may_follow(&ring, &change, NOW), Err(UnsafeStep::Missing { kid: next.clone() }));
    }
}

#[test]
fn a_ring_without_a_key_that_signs_follows_none() {
    let ring = ring();
    let leaked = active_kid(&ring);
    let keys = ring.iter().filter(|key| key.kid() != leaked).cloned().collect();
    let silent = SigningKeyRing::from_keys(keys).unwrap();
    let fault = silent.may_follow(&ring, &Change::Replace { kid: leaked.clone() }, NOW).unwrap_err();
    assert_eq!(fault, UnsafeStep::WithoutSuccessor { kid: leaked });
}

#[test]
fn a_ring_that_promotes_a_key_too_early_is_not_followed_whoever_made_it() {
    let ring = ring();
    let moved = ring.promote(&next_kid(&ring), RIPE).unwrap();
    let fault = moved.may_follow(&ring, &Change::Rotate, NOW.plus(SECOND)).unwrap_err();
    assert_eq!(fault, UnsafeStep::TooEarly { kid: next_kid(&ring), lacking: LONGEST_VERIFIER_CACHE - SECOND });
}

/// It may have signed on a function that had not read the ring for as long as there can be, by a clock that differs a little.
#[test]
fn a_key_that_signs_no_more_stays_until_its_last_token_has_expired_by_any_clock() {
    let ring = ring();
    let signed = active_kid(&ring);
    let moved = ring.promote(&next_kid(&ring), RIPE).unwrap();
    let last = RIPE.plus(Limits::DEFAULT.hard_limit + LONGEST_TOKEN_LIFETIME + Duration::from_secs(60));
    let early = moved.remove(&signed, last.minus(SECOND)).unwrap_err();
    assert_eq!(early, UnsafeStep::TooEarly { kid: signed.clone(), lacking: SECOND });
    assert!(moved.needed(last.minus(SECOND)).any(|key| key.kid() == signed));
    assert!(!moved.needed(last).any(|key| key.kid() == signed));
    assert!(moved.remove(&signed, last).unwrap().find(&signed).is_none());
}

/// What truly happened to a key, whatever the ring says.
#[derive(Default)]
struct History {
    published: BTreeMap<String, Timestamp>,
    signed_last: BTreeMap<String, Timestamp>,
}

impl History {
    fn publish(&mut self, ring: &SigningKeyRing, now: Timestamp) {
        for key in ring.iter() {
            self.published.entry(key.kid().to_owned()).or_insert(now);
        }
    }

    /// Keys of `before` that are not in `after` are needed by nobody.
    fn lets_go(&self, before: &SigningKeyRing, after: &SigningKeyRing, now: Timestamp) {
        for key in before.iter().filter(|key| after.find(key.kid()).is_none()) {
            assert!(!matches!(key.state(), KeyState::Active { .. }), "a signing key left");
            if let Some(signed_last) = self.signed_last.get(key.kid()) {
                let lived = LONGEST_TOKEN_LIFETIME + Limits::DEFAULT.hard_limit;
                assert!(now.since(*signed_last) >= lived, "a token of it may live");
            }
        }
    }
}

proptest! {
    /// However slowly rotations go, wherever they stop and whatever an operator does between them: no key signs before it was
    /// truly published for long enough, and none leaves before its last token has truly expired.
    #[test]
    fn what_a_ring_says_of_its_keys_is_never_better_than_the_truth(
        steps in prop::collection::vec((0_u64..4 * 3600, 0_u8..8, 0_u64..900, 0_u64..900), 1..20),
    ) {
        let (mut ring, mut now, mut history) = (ring(), NOW, History::default());
        history.publish(&ring, now);
        for (wait, choice, until_set, until_finish) in steps {
            now = now.plus(Duration::from_secs(wait));
            let any = ring.iter().nth(usize::from(choice) % ring.iter().count()).unwrap().kid().to_owned();
            let change = match choice {
                0 => Change::Promote { kid: next_kid(&ring) },
                1..=3 => Change::Retire { kid: any },
                _ => Change::Rotate,
            };
            let Ok(proposed) = ring.changed(&change, now) else { continue };
            now = now.plus(Duration::from_secs(until_set));
            if proposed.may_follow(&ring, &change, now).is_err() {
                continue;
            }
            history.lets_go(&ring, &proposed, now);
            history.publish(&proposed, now);
            now = now.plus(Duration::from_secs(until_finish));
            if proposed.may_follow(&ring, &change, now).is_err() {
                continue;
            }
            let signing = active_kid(&ring);
            if active_kid(&proposed) != signing {
                let published = history.published[&active_kid(&proposed)];
                prop_assert!(now.since(published) >= LONGEST_VERIFIER_CACHE);
                history.signed_last.insert(signing, now);
            }
            ring = proposed;
        }
    }
}
