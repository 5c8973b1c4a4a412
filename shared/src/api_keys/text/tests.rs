//! The text of a key: what is accepted is exactly what was made, and the documented pattern finds it.

use proptest::prelude::*;

use super::*;
use crate::randomness::SeededRandomness;

const NAMED: Named = Named { owner: Subject::User(UserId::from_bytes([7; 16])), id: ApiKeyId::from_bytes([0xab; 16]) };

fn environment() -> Environment {
    Environment::default()
}

fn drawn(named: Named, seed: u64) -> String {
    let randomness = Randomness::Seeded(SeededRandomness::new(seed));
    NewSecret::draw(named, &environment(), &randomness).unwrap().text.expose().clone()
}

#[test]
fn a_key_says_whose_it_is_and_which() {
    let service = Named { owner: Subject::Service(ServiceId::from_bytes([7; 16])), ..NAMED };
    for named in [NAMED, service] {
        let text = drawn(named, 1);
        assert_eq!(PresentedKey::read(&text, &environment()).unwrap().named, named);
        assert!(text.starts_with(&named.shown(&environment())), "{text}");
        assert_eq!(text.len(), "vk_live_".len() + 44 + 1 + 43 + 1 + 6);
    }
    assert_ne!(NAMED.shown(&environment()), service.shown(&environment()));
}

#[test]
fn the_secret_is_the_only_part_that_differs_between_two_draws_and_its_hash_is_what_is_stored() {
    let (one, two) = (drawn(NAMED, 1), drawn(NAMED, 2));
    let secret = |text: &str| text.split('_').nth(3).unwrap().to_owned();
    assert_eq!(one.split('_').nth(2), two.split('_').nth(2));
    assert_ne!(secret(&one), secret(&two));
    let (one, again) =
        (PresentedKey::read(&one, &environment()).unwrap(), PresentedKey::read(&one, &environment()).unwrap());
    assert!(one.secret.matches(&again.secret));
    assert!(!one.secret.matches(&PresentedKey::read(&two, &environment()).unwrap().secret));
    assert!(SecretHash::from_base64(&one.secret.to_base64()).unwrap().matches(&one.secret));
}

/// ISO-HDLC's check value: the CRC-32 of `123456789` is 0xCBF43926.
#[test]
fn the_checksum_is_the_crc_that_scanners_have() {
    assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
}

#[test]
fn a_key_of_another_environment_is_whole_and_refused() {
    let test: Environment = "test".parse().unwrap();
    let text = drawn(NAMED, 1);
    assert_eq!(PresentedKey::read(&text, &test).err(), Some(NotAKey::OtherEnvironment));
    assert_eq!(PresentedKey::read(&text.replace("_live_", "_test_"), &test).err(), Some(NotAKey::Malformed));
}

#[test]
fn every_single_change_is_caught_by_the_checksum() {
    let text = drawn(NAMED, 1);
    for position in 0..text.len() {
        for replacement in ["", "x", "Y", "0", "_", "-", "xx", " "] {
            let mut changed = text.clone();
            changed.replace_range(position..=position, replacement);
            if changed != text {
                assert!(PresentedKey::read(&changed, &environment()).is_err(), "{changed}");
            }
        }
    }
    for length in 0..text.len() {
        assert!(PresentedKey::read(&text[..length], &environment()).is_err());
    }
}

#[test]
fn an_environment_is_a_short_word() {
    for word in ["live", "test", "eu1", "abcdefghijkl"] {
        assert_eq!(word.parse::<Environment>().unwrap().as_str(), word);
    }
    for refused in ["", "Live", "a_b", "a-b", "abcdefghijklm", "ä", "a "] {
        assert_eq!(refused.parse::<Environment>(), Err(InvalidEnvironment), "{refused}");
    }
}

#[test]
fn the_documented_pattern_has_the_lengths_of_the_keys() {
    for part in ["{1,12}", "[us]", "{43}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}"] {
        assert!(PATTERN.contains(part), "{part}");
    }
    assert_eq!((MAX_ENVIRONMENT_BYTES, DIGITS_OF_256_BITS, DIGITS_OF_32_BITS), (12, 43, 6));
}

proptest! {
    #[test]
    fn whatever_is_presented_is_a_key_or_refused(
        any in any::<String>(),
        almost in "vk_[a-z]{0,5}_[us]?[0-9A-Za-z]{42,44}_[0-9A-Za-z]{42,44}_[0-9A-Za-z]{5,7}",
    ) {
        for text in [any, almost] {
            prop_assert!(PresentedKey::read(&text, &environment()).is_err(), "{text}: the checksum fits by chance");
        }
    }
}
