//! The keys that only we hold: one makes, all of the ring are accepted.

use super::*;
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

#[test]
fn a_new_key_is_accepted_first_and_active_later_and_the_old_one_stays() {
    let ring = keys().mac_keys().clone();
    let accepting = ring.accepting(MacKey::new(2, Secret::new([2; 32]))).unwrap();
    assert_eq!((accepting.active().id(), accepting.find(2).unwrap().id()), (1, 2));
    let activated = accepting.activating(2).unwrap();
    assert_eq!((activated.active().id(), activated.find(1).unwrap().id()), (2, 1));
    assert!(activated.find(3).is_none());
    assert_eq!(ring.activating(2).unwrap_err(), SymmetricFault::NoActive { id: 2 });
    assert_eq!(ring.accepting(MacKey::new(1, Secret::new([2; 32]))).unwrap_err(), SymmetricFault::Twice { id: 1 });
    let peppers = keys().peppers().accepting(Pepper::new(2, Secret::new([2; 32]))).unwrap().activating(2).unwrap();
    let document = SymmetricKeys::new(activated, peppers).to_json();
    let read = SymmetricKeys::from_json(document.expose()).unwrap();
    assert_eq!((read.mac_keys().active().id(), read.mac_keys().iter().count()), (2, 2));
    assert_eq!((read.peppers().active().id(), read.peppers().iter().count()), (2, 2));
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
