//! How long a spent refresh token may be presented again, and what that costs (RFC 9700 §4.14.2).

use vestibule::sessions::rotation::RetryPolicy;

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("refresh-grace");

pub(super) fn grace(facts: &Facts) -> Vec<Finding> {
    let one = |(id, policy): (&str, RetryPolicy)| match policy {
        RetryPolicy::Window(window) if window.is_zero() => CHECK
            .warning(
                id,
                "there is no window: every answer that a network loses signs somebody out",
                "set RefreshGraceSeconds to 10",
            )
            .with_seconds(0),
        RetryPolicy::Window(window) => {
            let seconds = window.as_secs();
            CHECK
                .ok(
                    id,
                    format!("a client may repeat a refresh for {seconds} s; later it is reuse, and the session ends"),
                )
                .with_seconds(seconds)
        }
        RetryPolicy::UntilUsed => CHECK.warning(
            id,
            "until_used: whoever has stolen a refresh token and refreshes before its owner each time is never noticed",
            "keep it for clients that prove themselves; give public ones a window of seconds",
        ),
    };
    facts.running("refresh").map(|(id, _, config)| one((id, config.client.retry))).collect()
}
