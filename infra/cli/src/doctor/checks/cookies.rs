//! Whether the session cookie reaches browsers as it must (RFC 6265bis §4.1, OWASP ASVS 5.0 §3.3): as the API itself sends it, whatever stands
//! in front of it. A proxy that adds a `Domain` or drops `Secure` makes `__Host-` a name that browsers refuse.

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("cookie-flags");

/// What a browser is given, besides the value and its age.
const WANTED: [&str; 4] = ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"];

pub(super) fn flags(facts: &Facts) -> Vec<Finding> {
    let cookie = match &facts.live.session_cookie {
        Ok(cookie) => cookie,
        Err(unknown) => return vec![CHECK.unknown("API", unknown)],
    };
    let mend = "let what stands before the API pass Set-Cookie on as it is";
    let Some(cookie) = cookie else {
        let reason = "a session cookie that opens nothing is not taken back: browsers get no cookie from this API, or lose what it says";
        return vec![CHECK.fault("API", reason, mend)];
    };
    let mut flags: Vec<_> =
        cookie.split(';').skip(1).map(str::trim).filter(|flag| !flag.starts_with("Max-Age=")).collect();
    flags.sort_unstable();
    vec![if cookie.starts_with("__Host-session=") && flags == WANTED {
        CHECK.ok("API", format!("__Host-session; {}", WANTED.join("; ")))
    } else {
        let (wanted, found) = (WANTED.join("; "), flags.join("; "));
        CHECK.fault("API", format!("the session cookie comes with {found} instead of {wanted}"), mend)
    }]
}
