//! A leaked key: what its replacement costs, said before it is done.

use std::io::BufRead;

use vestibule::clock::Timestamp;
use vestibule::keys::{
    KeyState, LONGEST_ROTATION, LONGEST_TOKEN_LIFETIME, LONGEST_VERIFIER_CACHE, Limits, SigningKey, SigningKeyRing,
};

use crate::commands::Fault;
use crate::output;

/// What everybody will notice when the key `kid` is replaced.
pub(crate) fn cost(ring: &SigningKeyRing, kid: &str, now: Timestamp) -> Result<String, Fault> {
    let key = ring.find(kid).ok_or_else(|| format!("there is no key {kid}"))?;
    let costs = match key.state() {
        KeyState::Next { .. } => {
            let wait = (LONGEST_ROTATION + LONGEST_VERIFIER_CACHE).as_secs();
            format!("It has signed nothing: nobody notices. The key that takes its place may sign in {wait} s.\n")
        }
        KeyState::Active { .. } => format!("{}{}{}", refused(), signed_meanwhile(), successor(ring, key, now)),
        KeyState::Retired { retired_at, .. } => {
            let left = (LONGEST_TOKEN_LIFETIME + Limits::DEFAULT.hard_limit).saturating_sub(now.since(retired_at));
            if left.is_zero() { "Its last token has expired: nobody notices.\n".to_owned() } else { refused() }
        }
    };
    let elsewhere = LONGEST_VERIFIER_CACHE.as_secs();
    Ok(format!(
        "Key {kid} ({}, {}) leaves the ring and is unpublished at once.\n{costs}\
         Other verifiers trust whatever is signed with it until they read the keys again: for up to {elsewhere} s.\n\
         A rotation that is under way is overtaken.",
        key.algorithm(),
        key.state().as_str(),
    ))
}

fn refused() -> String {
    format!(
        "Every token that it signed is refused by our authorizer within {} s, and AuthorizerCacheSeconds later where API Gateway \
         keeps its answers. Nobody must sign in again, but clients must refresh.\n",
        Limits::DEFAULT.max_age.as_secs(),
    )
}

fn signed_meanwhile() -> String {
    format!(
        "Functions may sign with it for another {} s: such a token is refused, and its client must refresh once more.\n",
        Limits::DEFAULT.max_age.as_secs(),
    )
}

/// The key that signs next may be too new to be known.
fn successor(ring: &SigningKeyRing, leaked: &SigningKey, now: Timestamp) -> String {
    let next = ring.next(leaked.algorithm());
    let published = next.map(|next| now.since(next.state().published_at())).unwrap_or_default();
    match LONGEST_VERIFIER_CACHE.saturating_sub(published).as_secs() {
        0 => "Its successor has been published for long: new tokens are accepted everywhere.\n".to_owned(),
        lacking => format!(
            "Its successor is new: verifiers that keep an older set of keys refuse new tokens for up to {lacking} s, our authorizer \
             for up to {} s.\n",
            Limits::DEFAULT.refetch_interval.as_secs(),
        ),
    }
}

/// Says the cost, and goes on only with a yes.
pub(crate) fn agreed(cost: &str, yes: bool) -> Result<(), Fault> {
    output::line(cost);
    if yes || confirmed()? { Ok(()) } else { Err("nothing was changed".into()) }
}

/// Asks on standard output and takes one line from standard input: `yes`, and nothing else.
fn confirmed() -> Result<bool, Fault> {
    output::line("Type yes to go on:");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']) == "yes")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use vestibule::keys::{Algorithm, Change};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn cost_of(ring: &SigningKeyRing, state: &str, after: Duration) -> String {
        let key = ring.iter().find(|key| key.state().as_str() == state).unwrap();
        cost(ring, key.kid(), NOW.plus(after)).unwrap()
    }

    #[test]
    fn the_cost_depends_on_what_the_key_has_signed_and_on_who_knows_its_successor() {
        let ring = SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap();
        let minute = Duration::from_secs(60);
        let early = cost_of(&ring, "active", minute);
        for said in ["within 300 s", "clients must refresh", "refuse new tokens for up to 8940 s", "for up to 9000 s"] {
            assert!(early.contains(said), "{said}: {early}");
        }
        let late = cost_of(&ring, "active", LONGEST_VERIFIER_CACHE);
        assert!(late.contains("published for long") && !late.contains("refuse new tokens"), "{late}");
        assert!(cost_of(&ring, "next", minute).contains("nobody notices"));

        let ring = ring.changed(&Change::Rotate, NOW.plus(LONGEST_VERIFIER_CACHE)).unwrap();
        let retired = cost_of(&ring, "retired", LONGEST_VERIFIER_CACHE + minute);
        assert!(retired.contains("is refused by our authorizer"), "{retired}");
        assert!(cost_of(&ring, "retired", LONGEST_VERIFIER_CACHE * 2).contains("nobody notices"));
        assert_eq!(cost(&ring, "nobody", NOW).unwrap_err().to_string(), "there is no key nobody");
    }
}
