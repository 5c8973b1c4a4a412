//! A refresh token is the same text for the same facts, and no other text is one (DESIGN §6).

use proptest::prelude::*;

use super::*;

const USER: UserId = UserId::from_bytes([0x11; IDENTIFIER_BYTES]);
const SESSION: SessionId = SessionId::from_bytes([0x22; IDENTIFIER_BYTES]);

fn mac_key(id: u32) -> MacKey {
    let mut secret = [0; 32];
    secret[..4].copy_from_slice(&id.to_be_bytes());
    MacKey::new(id, Secret::new(secret))
}

fn keys() -> MacKeys {
    MacKeys::new(2, vec![mac_key(1), mac_key(2)]).unwrap()
}

fn token(generation: u32) -> RefreshToken {
    RefreshToken { user: USER, session: SESSION, generation: Generation::from_number(generation) }
}

fn sealed(generation: u32) -> String {
    token(generation).seal(keys().active()).expose().clone()
}

/// The text of these bytes, whoever made them.
fn text(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX).unwrap()).unwrap()
}

#[test]
fn a_token_reads_back_as_it_was_sealed_with_any_key_of_the_ring() {
    for key in keys().iter() {
        for generation in [0, 1, 2, 255, 256, u32::MAX] {
            let sealed = token(generation).seal(key);
            assert_eq!(RefreshToken::open(sealed.expose(), &keys()), Ok(token(generation)));
        }
    }
}

#[test]
fn the_same_facts_and_key_give_the_same_text_on_every_machine_for_ever() {
    assert_eq!(sealed(7), sealed(7));
    // Sessions outlive a deployment: if this text changes, every person is signed out by it. The MAC was reckoned with
    // another implementation of HMAC.
    let expected = concat!(
        "vrt_AQAAAAIRERERERERERERERERERERIiIiIiIiIiIiIiIiIiIiIgAAAAc",
        "FxensBE2RPEQNLE28t3uGqDJkxqBzBuYh0jznJ9FqQg",
    );
    assert_eq!(sealed(7), expected);
}

#[test]
fn every_fact_and_the_key_make_another_text() {
    let other_user = RefreshToken { user: UserId::from_bytes([0; 16]), ..token(7) };
    let other_session = RefreshToken { session: SessionId::from_bytes([0; 16]), ..token(7) };
    let keys = keys();
    let texts = [
        sealed(7),
        sealed(8),
        other_user.seal(keys.active()).expose().clone(),
        other_session.seal(keys.active()).expose().clone(),
        token(7).seal(keys.find(1).unwrap()).expose().clone(),
    ];
    for (position, one) in texts.iter().enumerate() {
        assert!(texts[..position].iter().all(|other| other != one));
    }
}

#[test]
fn a_token_with_one_bit_changed_is_refused() {
    let good = sealed(7);
    for position in 0..good.len() {
        for bit in 0..8 {
            let mut changed = good.clone().into_bytes();
            changed[position] ^= 1 << bit;
            if let Ok(changed) = String::from_utf8(changed) {
                assert!(RefreshToken::open(&changed, &keys()).is_err(), "{changed}");
            }
        }
    }
}

#[test]
fn a_byte_changed_under_the_encoding_is_forged_wherever_it_lies() {
    let good = bytes(&sealed(7));
    for position in 0..good.len() {
        let mut changed = good.clone();
        changed[position] ^= 0x80;
        let expected = match position {
            0 => NotOurs::Malformed,
            1 => NotOurs::UnknownMacKey { key: 0x8000_0002 },
            2 => NotOurs::UnknownMacKey { key: 0x0080_0002 },
            3 => NotOurs::UnknownMacKey { key: 0x8002 },
            4 => NotOurs::UnknownMacKey { key: 0x82 },
            _ => NotOurs::Forged,
        };
        assert_eq!(RefreshToken::open(&text(&changed), &keys()), Err(expected), "byte {position}");
    }
}

#[test]
fn a_token_cut_or_lengthened_is_malformed() {
    let good = sealed(7);
    for length in 0..good.len() {
        assert_eq!(RefreshToken::open(&good[..length], &keys()), Err(NotOurs::Malformed), "{length}");
        assert_eq!(RefreshToken::open(&good[length + 1..], &keys()), Err(NotOurs::Malformed), "{length}");
    }
    for more in ["A", "AA", "AAAA", "=", " ", "\n", "."] {
        assert_eq!(RefreshToken::open(&format!("{good}{more}"), &keys()), Err(NotOurs::Malformed), "{more:?}");
        assert_eq!(RefreshToken::open(&format!("{more}{good}"), &keys()), Err(NotOurs::Malformed), "{more:?}");
    }
    let bytes = bytes(&good);
    for length in (0..bytes.len()).chain([bytes.len() + 1, 1000]) {
        let resized: Vec<_> = bytes.iter().copied().chain(std::iter::repeat(0)).take(length).collect();
        assert_eq!(RefreshToken::open(&text(&resized), &keys()), Err(NotOurs::Malformed), "{length}");
    }
}

#[test]
fn only_one_spelling_of_a_token_is_read() {
    let good = sealed(7);
    let (start, last) = good.split_at(good.len() - 1);
    let character = char::from(last.as_bytes()[0] + 1);
    let spellings = [
        // 73 bytes leave bits in the last character that belong to none.
        format!("{start}{character}"),
        format!("{}==", &good[..good.len() - 2]),
        good.replacen(PREFIX, "VRT_", 1),
        good.replacen(PREFIX, "vrt-", 1),
        good.replacen(PREFIX, "", 1),
        good.replacen(PREFIX, "vrt_vrt_", 1),
        good.to_uppercase(),
        format!(" {good}"),
        good.replacen('A', "+", 1),
        good.replacen('A', "ä", 1),
    ];
    for spelling in spellings {
        assert_eq!(RefreshToken::open(&spelling, &keys()), Err(NotOurs::Malformed), "{spelling}");
    }
}

#[test]
fn the_prefix_says_what_a_text_is_meant_as_and_no_more() {
    assert!(RefreshToken::claims_to_be(&sealed(7)));
    assert!(RefreshToken::claims_to_be("vrt_"));
    for other in ["", "vrt", "VRT_", " vrt_", "eyJhbGciOiJFUzI1NiJ9.e30.AA"] {
        assert!(!RefreshToken::claims_to_be(other), "{other}");
    }
}

#[test]
fn a_token_of_a_mac_key_that_left_the_ring_is_refused_by_its_number() {
    let sealed = token(7).seal(&mac_key(3));
    assert_eq!(RefreshToken::open(sealed.expose(), &keys()), Err(NotOurs::UnknownMacKey { key: 3 }));
}

#[test]
fn a_token_that_names_another_key_than_made_it_is_forged() {
    let mut claimed = bytes(&sealed(7));
    claimed.truncate(BODY_BYTES);
    claimed.extend_from_slice(mac_key(1).mac(&claimed).as_ref());
    assert_eq!(RefreshToken::open(&text(&claimed), &keys()), Err(NotOurs::Forged), "it names key 2, and key 1 made it");
    let another_deployment = MacKey::new(2, Secret::new([0xff; 32]));
    assert_eq!(RefreshToken::open(token(7).seal(&another_deployment).expose(), &keys()), Err(NotOurs::Forged));
}

#[test]
fn a_format_that_is_not_ours_is_malformed_even_with_a_mac_of_ours() {
    for format in [0, 2, 255] {
        let mut body = bytes(&sealed(7));
        body.truncate(BODY_BYTES);
        body[0] = format;
        body.extend_from_slice(keys().active().mac(&body).as_ref());
        assert_eq!(RefreshToken::open(&text(&body), &keys()), Err(NotOurs::Malformed), "{format}");
    }
}

#[test]
fn a_sealed_token_is_redacted_in_logs_and_a_refusal_repeats_none_of_it() {
    assert_eq!(format!("{:?}", token(7).seal(keys().active())), "[redacted]");
    let secret_part = &sealed(7)[PREFIX.len() + 55..];
    for not_ours in [NotOurs::Malformed, NotOurs::UnknownMacKey { key: 3 }, NotOurs::Forged] {
        assert!(!format!("{not_ours} {not_ours:?} {}", not_ours.reason()).contains(secret_part));
    }
}

proptest! {
    #[test]
    fn every_token_reads_back(user: [u8; 16], session: [u8; 16], generation: u32, key in 1_u32..=2) {
        let token = RefreshToken {
            user: UserId::from_bytes(user),
            session: SessionId::from_bytes(session),
            generation: Generation::from_number(generation),
        };
        let keys = keys();
        let sealed = token.seal(keys.find(key).unwrap());
        prop_assert_eq!(RefreshToken::open(sealed.expose(), &keys), Ok(token));
    }

    #[test]
    fn no_text_that_we_did_not_seal_is_a_token(text in "(vrt_)?.{0,120}", encoded in "vrt_[-A-Za-z0-9_]{95,101}") {
        prop_assert!(RefreshToken::open(&text, &keys()).is_err());
        prop_assert!(RefreshToken::open(&encoded, &keys()).is_err());
    }

    #[test]
    fn no_bytes_that_we_did_not_seal_are_a_token(bytes in proptest::collection::vec(any::<u8>(), TOKEN_BYTES), ours: bool) {
        let mut bytes = bytes;
        if ours {
            bytes[..5].copy_from_slice(&[FORMAT, 0, 0, 0, 2]);
        }
        let expected = if ours { Err(NotOurs::Forged) } else { RefreshToken::open(&text(&bytes), &keys()) };
        prop_assert!(expected.is_err());
        prop_assert_eq!(RefreshToken::open(&text(&bytes), &keys()), expected);
    }
}

/// So that a key which this process has not read yet is looked for before a token is refused.
#[test]
fn a_token_names_the_key_that_it_was_made_with_and_nothing_else_names_one() {
    for key in keys().iter() {
        let sealed = token(7).seal(key);
        assert_eq!(RefreshToken::names_mac_key(sealed.expose()), Some(key.id()));
    }
    let mut foreign = bytes(&sealed(7));
    foreign[1..5].copy_from_slice(&77_u32.to_be_bytes());
    assert_eq!(RefreshToken::names_mac_key(&text(&foreign)), Some(77), "whether it is forged is not looked at");
    for malformed in ["", PREFIX, "vrt_AQAAAAI", &text(&foreign[1..]), sealed(7).trim_start_matches(PREFIX)] {
        assert_eq!(RefreshToken::names_mac_key(malformed), None, "{malformed}");
    }
}
