//! What a client demands of a sign-in, passed on to the provider where the person signs in (OpenID Connect Core 1.0 §3.1.2.1).
//!
//! A provider that knows the browser asks for nothing, so that whoever sits before it would pass for somebody who has just proven who
//! they are. It is asked to ask, and to say when it last did: `prompt` alone can be struck out of the address on its way through the browser.

use std::time::Duration;

use super::kind::AsksAnew;
use crate::clock::Timestamp;

/// How far a provider's clock may be behind ours, beside the one that its token may be ahead of it.
const CLOCK_LEEWAY: Duration = Duration::from_secs(60);

/// What is demanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Demand {
    /// `prompt=login`.
    login: bool,
    /// `prompt=select_account`.
    select_account: bool,
    /// `max_age`, in seconds.
    max_age: Option<u32>,
}

impl Demand {
    /// What the authorization request demands that a browser goes on to: a path of ours with its query. What our endpoint will refuse
    /// demands nothing.
    pub(super) fn of(next: &str) -> Self {
        let query = next.split_once('?').map_or("", |(_, query)| query);
        let mut demand = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "prompt" => {
                    demand.login |= value.split(' ').any(|word| word == "login");
                    demand.select_account |= value.split(' ').any(|word| word == "select_account");
                }
                "max_age" => demand.max_age = value.parse().ok().or(demand.max_age),
                _ => {}
            }
        }
        demand
    }

    /// Whether a provider that does so can answer it. That a sign-in is young enough is believed of none that does not say so.
    pub(super) const fn is_met_by(self, asks: AsksAnew) -> bool {
        self.max_age.is_none() || matches!(asks, AsksAnew::AndSaysWhen)
    }

    /// The parameters that ask such a provider for it.
    pub(super) fn parameters(self, asks: AsksAnew) -> Vec<(&'static str, String)> {
        let prompt = match asks {
            AsksAnew::AndSaysWhen if self.login => Some("login"),
            AsksAnew::AndSaysWhen | AsksAnew::ForAnAccount if self.login || self.select_account => {
                Some("select_account")
            }
            AsksAnew::AndSaysWhen | AsksAnew::ForAnAccount | AsksAnew::Never => None,
        };
        let max_age = self.max_age.filter(|_| asks == AsksAnew::AndSaysWhen);
        let prompt = prompt.map(|prompt| ("prompt", prompt.to_owned()));
        prompt.into_iter().chain(max_age.map(|seconds| ("max_age", seconds.to_string()))).collect()
    }

    /// Holds the time at which the provider says that the person proved who they are against it; they set out at `begun`.
    ///
    /// # Errors
    /// Why it is not met, for the log.
    pub(super) fn check(self, auth_time: Option<Timestamp>, begun: Timestamp) -> Result<(), &'static str> {
        let most = match (self.login, self.max_age) {
            (false, None) => return Ok(()),
            (true, _) => 0,
            (false, Some(seconds)) => seconds,
        };
        match auth_time {
            // Only `max_age` obliges a provider to say it (§2).
            None if self.max_age.is_none() => Ok(()),
            None => Err("auth_time_missing"),
            Some(at) if at.plus(CLOCK_LEEWAY + Duration::from_secs(most.into())) < begun => Err("auth_time_too_old"),
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn of(query: &str) -> Demand {
        Demand::of(&format!("/oauth/authorize?client_id=a&{query}"))
    }

    #[test]
    fn a_provider_is_asked_for_as_much_as_it_can_do() {
        let all = [AsksAnew::AndSaysWhen, AsksAnew::ForAnAccount, AsksAnew::Never];
        for (query, [whole, chooser, none]) in [
            ("state=prompt", ["", "", ""]),
            ("prompt=consent", ["", "", ""]),
            ("prompt=", ["", "", ""]),
            ("prompt=login", ["prompt=login", "prompt=select_account", ""]),
            ("prompt=consent+login", ["prompt=login", "prompt=select_account", ""]),
            ("prompt=select_account", ["prompt=select_account", "prompt=select_account", ""]),
            ("max_age=60", ["max_age=60", "", ""]),
            ("max_age=soon", ["", "", ""]),
            ("max_age=0&prompt=login", ["prompt=login&max_age=0", "prompt=select_account", ""]),
        ] {
            let asked = all.map(|asks| {
                let pairs: Vec<_> =
                    of(query).parameters(asks).iter().map(|(name, value)| format!("{name}={value}")).collect();
                pairs.join("&")
            });
            assert_eq!(asked, [whole, chooser, none], "{query}");
            let without_time = whole.split('&').all(|pair| !pair.starts_with("max_age="));
            assert_eq!(all.map(|asks| of(query).is_met_by(asks)), [true, without_time, without_time], "{query}");
        }
    }

    #[test]
    fn a_sign_in_is_as_new_as_the_provider_says() {
        let ago = |seconds| Some(NOON.minus(Duration::from_secs(seconds)));
        let (missing, old) = (Err("auth_time_missing"), Err("auth_time_too_old"));
        for (query, auth_time, met) in [
            ("", None, Ok(())),
            ("", ago(90_000), Ok(())),
            ("max_age=300", None, missing),
            ("max_age=300", ago(360), Ok(())),
            ("max_age=300", ago(361), old),
            ("max_age=0", ago(60), Ok(())),
            ("max_age=0", ago(61), old),
            ("prompt=login", None, Ok(())),
            ("prompt=login", ago(61), old),
            ("prompt=login&max_age=300", ago(61), old),
            ("prompt=login&max_age=300", None, missing),
            ("max_age=4294967295", ago(90_000), Ok(())),
        ] {
            assert_eq!(of(query).check(auth_time, NOON), met, "{query} {auth_time:?}");
        }
    }
}
