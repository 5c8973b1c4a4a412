//! The keys that only we hold: one makes, all of the ring are accepted.

use std::time::Duration;

use super::*;
use crate::clock::Timestamp;
use crate::federation::Attempt;
use crate::limits::KnownDevice;
use crate::randomness::{Randomness, SeededRandomness};
use crate::secret::Secret;

fn keys() -> SymmetricKeys {
    SymmetricKeys::generate(&Randomness::Seeded(SeededRandomness::new(1))).unwrap()
}

#[test]
fn the_keys_read_back_from_their_document() {
    let keys = keys();
    let read = SymmetricKeys::from_json(keys.to_json().expose()).unwrap();
    assert_eq!(read.to_json().expose(), keys.to_json().expose());
    let mac = keys.mac_keys().active().mac(b"message");
    assert!(read.mac_keys().find(1).unwrap().verifies(b"message", mac.as_ref()));
    assert_eq!(read.peppers().active().expose(), keys.peppers().active().expose());
    assert_ne!(keys.peppers().active().expose(), keys.mac_keys().active().secret().expose());
}

#[test]
fn a_mac_is_hmac_sha_256() {
    // RFC 4231 §4.3 with its key padded by zeros, which HMAC does itself (RFC 2104 §2).
    let mut key = [0; SYMMETRIC_KEY_BYTES];
    key[..4].copy_from_slice(b"Jefe");
    let mac = MacKey::new(1, Secret::new(key)).mac(b"what do ya want for nothing?");
    let hex: String = mac.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_eq!(mac.as_ref().len(), MAC_BYTES);
}

#[test]
fn a_mac_of_other_bytes_another_key_or_another_length_does_not_fit() {
    let (one, two) = (MacKey::new(1, Secret::new([1; 32])), MacKey::new(2, Secret::new([2; 32])));
    let mac = one.mac(b"message");
    assert!(one.verifies(b"message", mac.as_ref()));
    assert!(!one.verifies(b"massage", mac.as_ref()));
    assert!(!two.verifies(b"message", mac.as_ref()));
    assert!(!one.verifies(b"message", &mac.as_ref()[..31]));
    assert!(!one.verifies(b"message", b""));
}

fn random() -> Randomness {
    Randomness::Seeded(SeededRandomness::new(2))
}

#[test]
fn a_new_key_is_accepted_first_and_active_later_and_the_old_one_stays() {
    let ring = keys().mac_keys().clone();
    let accepting = ring.changed(NumberedChange::Rotate, &random(), NOW).unwrap();
    assert_eq!((accepting.active().id(), accepting.find(2).unwrap().id()), (1, 2));
    let early = accepting.changed(NumberedChange::Rotate, &random(), NOW.plus(KNOWN_TO_ALL - Duration::from_secs(1)));
    assert_eq!(early.unwrap_err().to_string(), "mac key 2 needs another 1 s");
    let activated = accepting.changed(NumberedChange::Rotate, &random(), NOW.plus(KNOWN_TO_ALL)).unwrap();
    assert_eq!((activated.active().id(), activated.find(1).unwrap().id()), (2, 1));
    assert!(activated.find(3).is_none());
    let document = SymmetricKeys::new(activated, keys().peppers().clone()).to_json();
    let read = SymmetricKeys::from_json(document.expose()).unwrap();
    let states: Vec<_> = read.mac_keys().states().map(|(key, state)| (key.id(), state)).collect();
    let retired_at = NOW.plus(KNOWN_TO_ALL);
    assert_eq!(states, [(2, NumberedState::Active), (1, NumberedState::Retired { retired_at })]);
}

#[test]
fn a_key_leaves_when_nothing_that_it_made_is_good_any_more_or_nothing_was_made() {
    let later = |ring: &MacKeys, at| ring.changed(NumberedChange::Rotate, &random(), at).unwrap();
    let next = later(keys().mac_keys(), NOW);
    assert!(next.changed(NumberedChange::Retire { id: 2 }, &random(), NOW).unwrap().find(2).is_none());
    let (retired_at, retire) = (NOW.plus(KNOWN_TO_ALL), NumberedChange::Retire { id: 1 });
    let ring = later(&next, retired_at);
    let good_until = retired_at.plus(LONGEST_SEALED_LIFE).plus(KNOWN_TO_ALL);
    let early = Timestamp::from_seconds(good_until.seconds() - 1);
    assert_eq!(ring.changed(retire, &random(), early).unwrap_err().to_string(), "mac key 1 needs another 1 s");
    assert!(ring.changed(retire, &random(), good_until).unwrap().find(1).is_none());
    assert!(ring.changed(NumberedChange::Replace { id: 1 }, &random(), retired_at).unwrap().find(1).is_none());
    for change in [NumberedChange::Retire { id: 2 }, NumberedChange::Replace { id: 2 }] {
        let refused = ring.changed(change, &random(), good_until).unwrap_err();
        assert_eq!(refused.to_string(), "mac key 2 is active: rotate first");
    }
    let unknown = ring.changed(NumberedChange::Retire { id: 9 }, &random(), good_until).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no mac key number 9");
}

/// A secret that was written by hand says nothing of what its keys have made.
#[test]
fn a_key_of_which_nothing_is_known_is_neither_promoted_nor_retired() {
    let key = |id| MacKey::new(id, Secret::new([id as u8; 32]));
    let ring = MacKeys::new(2, vec![key(1), key(2)]).unwrap();
    let refused = ring.changed(NumberedChange::Retire { id: 1 }, &random(), NOW).unwrap_err();
    assert!(refused.to_string().contains("by hand"), "{refused}");
    let accepting = ring.changed(NumberedChange::Rotate, &random(), NOW).unwrap();
    assert_eq!((accepting.active().id(), accepting.next().unwrap().0.id()), (2, 3));
    assert!(ring.changed(NumberedChange::Replace { id: 1 }, &random(), NOW).unwrap().find(1).is_none());
    assert_eq!(MacKeys::new(1, vec![key(1), key(1)]).unwrap_err(), SymmetricFault::Twice { id: 1 });
    assert_eq!(MacKeys::new(3, vec![key(1)]).unwrap_err(), SymmetricFault::NoActive { id: 3 });
}

/// What a MAC key seals, wherever it does: none of it outlives the key.
#[test]
fn nothing_that_a_mac_key_seals_lives_longer_than_the_key_stays() {
    let session = *crate::oauth::clients::SESSION_SECONDS.end();
    let lives = [Duration::from_secs(session), KnownDevice::LIFETIME, Attempt::LIFETIME];
    assert!(lives.into_iter().all(|life| life <= LONGEST_SEALED_LIFE), "{lives:?}");
}

#[test]
fn an_impossible_document_is_refused_by_the_number_of_its_key() {
    let json = keys().to_json().expose().clone();
    let fault = |from: &str, to: &str| SymmetricKeys::from_json(&json.replacen(from, to, 1)).unwrap_err();
    assert_eq!(fault(r#""active":1"#, r#""active":7"#), SymmetricFault::NoActive { id: 7 });
    assert_eq!(fault(r#""key":""#, r#""key":"A"#), SymmetricFault::NotAKey { id: 1 });
    assert_eq!(fault(r#""keys":["#, r#""keys":[{"id":1,"key":""},"#), SymmetricFault::NotAKey { id: 1 });
    assert_eq!(fault(r#""format":1"#, r#""format":0"#), SymmetricFault::Document(RingFault::Format(0)));
    assert!(matches!(fault("}", ""), SymmetricFault::Document(RingFault::Malformed { .. })));
}

#[test]
fn no_debug_output_shows_a_key() {
    let shown = format!(
        "{:?}",
        SymmetricKeys::new(
            NumberedRing::new(1, vec![MacKey::new(1, Secret::new([0xab; 32]))]).unwrap(),
            NumberedRing::new(1, vec![Pepper::new(1, Secret::new([0xab; 32]))]).unwrap(),
        )
    );
    assert!(!shown.contains("171") && !shown.contains("ab, "), "{shown}");
    assert!(shown.contains("[redacted]"));
}
