//! How old the signing keys are, and what happens to them next (DESIGN §7).

use std::time::Duration;

use vestibule::clock::Timestamp;
use vestibule::keys::{Algorithm, KeyState, LONGEST_VERIFIER_CACHE, PublicKey, PublicKeySet, RETIRED_KEY_STAYS};
use vestibule_local::template::Schedule;

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("signing-keys");

const HOUR: Duration = Duration::from_secs(60 * 60);

pub(super) fn signing_keys(facts: &Facts) -> Vec<Finding> {
    let keys = match &facts.live.keys {
        Ok(keys) => keys,
        Err(unknown) => return vec![CHECK.unknown("keys", unknown)],
    };
    let period = match &facts.review.rotation {
        Some(Schedule::Hours(hours)) => Some(HOUR * *hours),
        // How often that is, only a calendar knows.
        Some(Schedule::Cron(_)) | None => None,
    };
    let signing = facts.configurations.values().filter_map(|config| Some(config.as_ref().ok()?.signing_algorithm));
    let signing: Vec<_> = signing.collect();
    let algorithms = Algorithm::ALL.into_iter();
    let of_algorithm = |algorithm: Algorithm| {
        let known = keys.iter().any(|key| key.algorithm() == algorithm);
        if known || signing.contains(&algorithm) { examine(keys, algorithm, period, facts.now) } else { Vec::new() }
    };
    algorithms.flat_map(of_algorithm).collect()
}

/// The keys of one algorithm, which are rotated every `period`, if at all.
pub(super) fn examine(
    keys: &PublicKeySet,
    algorithm: Algorithm,
    period: Option<Duration>,
    now: Timestamp,
) -> Vec<Finding> {
    let mine = || keys.iter().filter(move |key| key.algorithm() == algorithm);
    let next = mine().find(|key| matches!(key.state(), KeyState::Next { .. }));
    let active = mine().find_map(|key| match key.state() {
        KeyState::Active { activated_at, .. } => Some((key, now.since(activated_at))),
        KeyState::Next { .. } | KeyState::Retired { .. } => None,
    });
    let mut findings = match active {
        None => vec![CHECK.fault(
            algorithm.to_string(),
            "no key is active: nobody can sign in",
            "vestibule keys promote, with the next key",
        )],
        Some((key, age)) => vec![of_active(key, age, next, period, now)],
    };
    if next.is_none() {
        let reason = "no next key is published: the next rotation can only publish one, and wait";
        findings.push(CHECK.warning(algorithm.to_string(), reason, "vestibule keys rotate"));
    }
    findings.extend(mine().filter_map(|key| overdue(key, period, now)));
    findings
}

fn of_active(
    key: &PublicKey,
    age: Duration,
    next: Option<&PublicKey>,
    period: Option<Duration>,
    now: Timestamp,
) -> Finding {
    let subject = key.algorithm().to_string();
    let signs = format!("{} has signed for {}", key.kid(), said(age));
    let (step, may_sign) = step(next, now);
    match period {
        Some(period) if age > period * 2 => CHECK.fault(
            subject,
            format!("{signs}, but keys are to be changed every {}: the rotation does not work; {step}", said(period)),
            "the log of RotateKeysFunction says why; then vestibule keys rotate",
        ),
        Some(period) if age > period && !may_sign => {
            CHECK.warning(subject, format!("{signs} and its change is due, but {step}"), "wait, and look again")
        }
        Some(_) | None => CHECK.ok(subject, format!("{signs}; {step}")),
    }
    .with_seconds(age.as_secs())
}

/// What the next key waits for, and whether it may sign now.
fn step(next: Option<&PublicKey>, now: Timestamp) -> (String, bool) {
    let Some(next) = next else { return ("none is next".to_owned(), false) };
    let lacking = LONGEST_VERIFIER_CACHE.saturating_sub(now.since(next.state().published_at()));
    if lacking.is_zero() {
        (format!("{} may sign now", next.kid()), true)
    } else {
        (format!("{} is too young to sign for another {}", next.kid(), said(lacking)), false)
    }
}

/// A retired key leaves with the next rotation; without one, somebody must take it out.
fn overdue(key: &PublicKey, period: Option<Duration>, now: Timestamp) -> Option<Finding> {
    let KeyState::Retired { retired_at, .. } = key.state() else { return None };
    let by = RETIRED_KEY_STAYS.max(period.map_or(Duration::ZERO, |period| period * 2));
    (now.since(retired_at) > by).then(|| {
        let subject = key.algorithm().to_string();
        let reason = format!(
            "{} was retired {} ago and its last token has expired, but it is still published",
            key.kid(),
            said(now.since(retired_at))
        );
        CHECK.warning(subject, reason, format!("vestibule keys retire {}", key.kid()))
    })
}

/// In the largest unit that has two of them.
fn said(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
