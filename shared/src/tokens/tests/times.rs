//! From when until when a token works (RFC 7519 §4.1.4 to §4.1.6).

use super::*;
use crate::keys::LONGEST_TOKEN_LIFETIME;

/// A claim that holds this moment.
fn moment(draft: Draft, name: &str, at: Timestamp) -> String {
    draft.claim(name, at.seconds()).signed()
}

#[tokio::test]
async fn a_token_works_until_the_second_before_exp_and_not_in_that_second() {
    let server = ResourceServer::new();
    server.accepts(moment(draft(), "exp", NOW.plus(SECOND))).await;
    assert_eq!(server.refusal(moment(draft(), "exp", NOW)).await, Refusal::Expired);
    for late in [1, 59, 60, 1_000_000] {
        let exp = NOW.minus(Duration::from_secs(late));
        assert_eq!(server.refusal(moment(draft(), "exp", exp)).await, Refusal::Expired, "{late} s late");
    }
    assert_eq!(server.refusal(draft().claim("exp", 0).signed()).await, Refusal::Expired);
}

#[tokio::test]
async fn a_token_works_at_most_the_leeway_before_it_was_issued_or_may_be_used() {
    let server = ResourceServer::new();
    for (name, refusal) in [("iat", Refusal::IatInFuture), ("nbf", Refusal::NotYetValid)] {
        for early in [Duration::ZERO, SECOND, CLOCK_LEEWAY] {
            server.accepts(moment(draft(), name, NOW.plus(early))).await;
        }
        for early in [CLOCK_LEEWAY + SECOND, Duration::from_secs(3600)] {
            let draft = draft().claim("exp", NOW.plus(early + SECOND).seconds());
            assert_eq!(server.refusal(moment(draft, name, NOW.plus(early))).await, refusal, "{name} in {early:?}");
        }
        let draft = draft().claim("exp", NOW.plus(SECOND).seconds());
        server.accepts(moment(draft, name, NOW.minus(LONGEST_TOKEN_LIFETIME - SECOND))).await;
    }
}

#[tokio::test]
async fn a_token_that_comes_too_early_works_when_its_time_has_come() {
    let server = ResourceServer::new();
    let token = moment(draft(), "nbf", NOW.plus(CLOCK_LEEWAY + SECOND));
    assert_eq!(server.refusal(&token).await, Refusal::NotYetValid);
    server.clock.advance(SECOND);
    server.accepts(token).await;
}

#[tokio::test]
async fn no_token_lives_longer_than_its_key_stays_published() {
    let server = ResourceServer::new();
    server.accepts(moment(draft(), "exp", NOW.plus(LONGEST_TOKEN_LIFETIME))).await;
    let longer = NOW.plus(LONGEST_TOKEN_LIFETIME + SECOND);
    assert_eq!(server.refusal(moment(draft(), "exp", longer)).await, Refusal::LivesTooLong);
    // Neither the leeway nor a late look at it makes it shorter.
    let early = draft().claim("iat", NOW.minus(SECOND).seconds());
    assert_eq!(server.refusal(moment(early, "exp", NOW.plus(LONGEST_TOKEN_LIFETIME))).await, Refusal::LivesTooLong);
    server.clock.advance(LONGEST_TOKEN_LIFETIME);
    assert_eq!(server.refusal(moment(draft(), "exp", longer)).await, Refusal::LivesTooLong);
    let last = draft().claim("iat", 0).claim("exp", 253_402_300_799_u64).signed();
    assert_eq!(server.refusal(last).await, Refusal::LivesTooLong);
}

/// What a claim of times is refused by: of another type, and of another range.
const TIMES: [(&str, Refusal, Refusal); 4] = [
    ("exp", Refusal::ExpNotANumber, Refusal::ExpOutOfRange),
    ("iat", Refusal::IatNotANumber, Refusal::IatOutOfRange),
    ("nbf", Refusal::NbfNotANumber, Refusal::NbfOutOfRange),
    ("auth_time", Refusal::AuthTimeNotANumber, Refusal::AuthTimeOutOfRange),
];

#[tokio::test]
async fn a_time_is_a_number() {
    let server = ResourceServer::new();
    for (name, refusal, _) in TIMES {
        for value in other_types("number").chain([r#""1800000100""#]) {
            assert_eq!(server.refusal(draft().claim(name, value).signed()).await, refusal, "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn a_time_is_whole_seconds_that_a_calendar_has() {
    let server = ResourceServer::new();
    for (name, _, refusal) in TIMES {
        for value in [
            "-1",
            "-0",
            "-9223372036854775808",
            "1800000100.0",
            "1800000100.5",
            "18000001e2",
            "1e999",
            "253402300800",
            "18446744073709551615",
            "18446744073709551616",
            &"9".repeat(1000),
        ] {
            assert_eq!(server.refusal(draft().claim(name, value).signed()).await, refusal, "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn a_number_is_as_json_spells_it() {
    let server = ResourceServer::new();
    for value in ["01800000100", "+1800000100", "0x6b49d264", "1_800_000_100", "NaN", "Infinity", "1800000100.", ".5"] {
        let token = draft().claim("exp", value).signed();
        assert_eq!(server.refusal(token).await, Refusal::ClaimsNotAnObject, "{value}");
    }
}
