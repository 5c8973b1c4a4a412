use proptest::prelude::*;

use super::*;
use crate::randomness::SeededRandomness;
use crate::sessions::fixture;
use crate::sessions::{Ending, State};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn cookie(seed: u64) -> SessionCookie {
    let randomness = Randomness::Seeded(SeededRandomness::new(seed));
    SessionCookie::random(UserId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]), &randomness).unwrap()
}

fn session(transport: Transport) -> Session {
    Session { transport, ..fixture::session(NOW) }
}

#[test]
fn a_cookie_reads_back_and_is_fit_for_a_header_as_it_is() {
    let cookie = cookie(1);
    let value = cookie.value();
    assert_eq!(value.expose().len(), 86);
    // RFC 6265bis §4.1.1, cookie-octet: no quotes, no comma, no semicolon, no space.
    assert!(value.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    let read = SessionCookie::parse(value.expose()).unwrap();
    assert_eq!((read.user, read.session, read.hash()), (cookie.user, cookie.session, cookie.hash()));
}

#[test]
fn a_cookie_opens_its_own_live_session_and_nothing_else() {
    let (own, other) = (cookie(1), cookie(2));
    let live = session(Transport::Cookie(own.hash()));
    assert_eq!(own.opens(Some(live.clone()), NOW), Ok(live.clone()));
    assert_eq!(other.opens(Some(live.clone()), NOW), Err(CookieRefusal::Forged));
    assert_eq!(own.opens(None, NOW), Err(CookieRefusal::Unknown));
    assert_eq!(own.opens(Some(session(Transport::Tokens)), NOW), Err(CookieRefusal::Unknown));
    let refused = |session, at: u64| own.opens(Some(session), NOW.plus(Duration::from_secs(at))).unwrap_err();
    assert_eq!(refused(live.clone(), 100), CookieRefusal::Over(Over::Idle));
    assert_eq!(refused(live.clone(), 200), CookieRefusal::Over(Over::Absolute));
    let ended = Session { state: State::Ended { at: NOW, cause: Ending::SignedOut }, ..live };
    assert_eq!(refused(ended, 0), CookieRefusal::Over(Over::Ended(Ending::SignedOut)));
}

#[test]
fn a_stranger_is_not_told_that_a_session_is_over() {
    let ended = Session {
        state: State::Ended { at: NOW, cause: Ending::Revoked },
        ..session(Transport::Cookie(cookie(1).hash()))
    };
    assert_eq!(cookie(2).opens(Some(ended), NOW), Err(CookieRefusal::Forged));
}

#[test]
fn the_log_says_why_a_cookie_opens_nothing() {
    for (refusal, reason) in [
        (CookieRefusal::Unknown, "unknown_session"),
        (CookieRefusal::Forged, "forged_cookie"),
        (CookieRefusal::Over(Over::Idle), "idle_expiry"),
        (CookieRefusal::Over(Over::Absolute), "absolute_expiry"),
        (CookieRefusal::Over(Over::Ended(Ending::SignedOut)), "signed_out"),
    ] {
        assert_eq!(refusal.reason(), reason);
    }
}

#[test]
fn the_csrf_token_is_the_cookies_own_and_no_part_of_it() {
    let (one, other) = (cookie(1), cookie(2));
    assert_eq!(one.csrf_token().expose(), one.csrf_token().expose());
    assert_ne!(one.csrf_token().expose(), other.csrf_token().expose());
    assert!(!one.value().expose().contains(one.csrf_token().expose().as_str()));
    assert!(SessionCookie::parse(one.csrf_token().expose()).is_err());
}

#[test]
fn a_cookie_is_redacted_in_debug_output() {
    assert!(format!("{:?}", cookie(1)).contains("[redacted]"));
}

proptest! {
    #[test]
    fn whatever_a_cookie_holds_it_has_one_spelling_or_none(any in any::<String>(), almost in "[A-Za-z0-9_-]{84,88}", tail in "[\"=;, ]?") {
        for text in [any, almost.clone(), format!("\"{almost}\""), almost + &tail] {
            if let Ok(cookie) = SessionCookie::parse(&text) {
                prop_assert!(cookie.value().matches(text.as_bytes()));
            }
        }
    }
}
