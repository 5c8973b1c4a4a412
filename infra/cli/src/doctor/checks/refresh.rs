//! How long a spent refresh token may be presented again, and what that costs (RFC 9700 §4.14.2).
//!
//! The team's own client has the deployment's window and cannot prove who it is; a registered one has its own policy.

use vestibule::oauth::clients::{Client, Grant};
use vestibule::sessions::rotation::RetryPolicy;

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("refresh-grace");

pub(super) fn grace(facts: &Facts) -> Vec<Finding> {
    let own = facts.running("refresh").map(|(id, _, config)| {
        examine(id, config.client.retry, true, ["set RefreshGraceSeconds to 10", "set RefreshGraceSeconds to 10"])
    });
    let mut findings: Vec<_> = own.collect();
    match &facts.live.clients {
        Ok(clients) => findings.extend(clients.iter().filter(|client| refreshes(client)).map(|client| {
            let mends =
                ["register it with --retry 10", "register it with --retry 10, or with a way to prove who it is"];
            examine(client.id.as_str(), client.retry, client.is_public(), mends)
        })),
        Err(unknown) => findings.push(CHECK.unknown("clients", unknown)),
    }
    findings
}

fn refreshes(client: &Client) -> bool {
    client.grants.contains(Grant::RefreshToken)
}

/// `mends`: what to do about no window at all, and about one without an end.
fn examine(subject: &str, policy: RetryPolicy, public: bool, mends: [&str; 2]) -> Finding {
    let [none, endless] = mends;
    match policy {
        RetryPolicy::Window(window) if window.is_zero() => CHECK
            .warning(subject, "there is no window: every answer that a network loses signs somebody out", none)
            .with_seconds(0),
        RetryPolicy::Window(window) => {
            let seconds = window.as_secs();
            let reason = format!("it may repeat a refresh for {seconds} s; later it is reuse, and the session ends");
            CHECK.ok(subject, reason).with_seconds(seconds)
        }
        RetryPolicy::UntilUsed if public => CHECK.warning(
            subject,
            "until_used for a public client: whoever has stolen a refresh token and refreshes before its owner each time is never \
             noticed",
            endless,
        ),
        RetryPolicy::UntilUsed => CHECK.ok(
            subject,
            "it may repeat a refresh until the answer is used; to do so, a thief must be able to prove that they are this client",
        ),
    }
}
