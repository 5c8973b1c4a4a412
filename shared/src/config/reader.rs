//! Reads variables and collects what is wrong with them.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use lambda_http::http::Uri;

use super::Variables;
use crate::authentication::Origins;
use crate::federation::{InvalidProviders, Providers};
use crate::passwords::Cost;

/// Everything that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFaults(Vec<String>);

impl ConfigFaults {
    /// These and those.
    pub(crate) fn and(mut self, those: Self) -> Self {
        self.0.extend(those.0);
        self
    }
}

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration is not usable: {}", self.0.join("; "))
    }
}

impl std::error::Error for ConfigFaults {}

pub(crate) struct Reader<'a, V> {
    variables: &'a V,
    faults: Vec<String>,
}

impl<'a, V: Variables> Reader<'a, V> {
    pub(crate) const fn new(variables: &'a V) -> Self {
        Self { variables, faults: Vec::new() }
    }

    pub(super) fn fault(&mut self, name: &str, fault: &str) {
        self.faults.push(format!("{name} {fault}"));
    }

    /// An empty variable is an absent one: templates cannot leave a variable out.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn required(&mut self, name: &str) -> Option<String> {
        let value = self.text(name);
        if value.is_none() {
            self.fault(name, "is missing");
        }
        value
    }

    pub(crate) fn parsed<T: FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let value = self.text(name)?;
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.fault(name, &format!("must be {expected}"));
        }
        parsed
    }

    pub(super) fn seconds(&mut self, name: &str, default: u64, range: RangeInclusive<u64>) -> Duration {
        let seconds = self.parsed(name, "a whole number of seconds").unwrap_or(default);
        if !range.contains(&seconds) {
            self.fault(name, &format!("must lie between {} and {} seconds", range.start(), range.end()));
        }
        Duration::from_secs(seconds)
    }

    pub(super) fn milliseconds(&mut self, name: &str, default: u64, range: RangeInclusive<u64>) -> Duration {
        let milliseconds = self.parsed(name, "a whole number of milliseconds").unwrap_or(default);
        if !range.contains(&milliseconds) {
            self.fault(name, &format!("must lie between {} and {} milliseconds", range.start(), range.end()));
        }
        Duration::from_millis(milliseconds)
    }

    pub(super) fn kib(&mut self, name: &str, default: u64) -> u32 {
        let kib = self.parsed(name, "a whole number of KiB").unwrap_or(default);
        u32::try_from(kib).unwrap_or_else(|_| {
            self.fault(name, "is more memory than there is");
            u32::MAX
        })
    }

    pub(super) fn origins(&mut self, name: &str) -> Origins {
        Origins::parse(&self.text(name).unwrap_or_default()).unwrap_or_else(|fault| {
            self.fault(name, &fault.to_string());
            Origins::default()
        })
    }

    pub(super) fn providers(&mut self, name: &str) -> Providers {
        self.text(name).unwrap_or_default().parse().unwrap_or_else(|fault: InvalidProviders| {
            self.fault(name, &format!("is not usable: {fault}"));
            Providers::default()
        })
    }

    pub(super) fn cost(&mut self, name: &str) -> Cost {
        let Some(text) = self.text(name) else { return Cost::DEFAULT };
        text.parse().unwrap_or_else(|fault| {
            self.fault(name, &format!("is {text}: {fault}"));
            Cost::DEFAULT
        })
    }

    /// RFC 8414 §2: https, no query, no fragment. Plain http only where the packets never leave the machine.
    pub(super) fn issuer(&mut self, name: &str) -> String {
        let Some(issuer) = self.required(name) else { return String::new() };
        if !is_private(&issuer) || issuer.contains(['?', '#']) || issuer.ends_with('/') {
            self.fault(name, "must be an https URL (http on loopback only) without query, fragment or final slash");
        }
        issuer
    }

    /// The address of a web page, to which a fragment is added.
    pub(super) fn page(&mut self, name: &str) -> Option<String> {
        let page = self.text(name)?;
        if !is_private(&page) || page.contains('#') {
            self.fault(name, "must be an https URL (http on loopback only) without a fragment");
        }
        Some(page)
    }

    pub(crate) fn finish<T>(self, config: T) -> Result<T, ConfigFaults> {
        if self.faults.is_empty() { Ok(config) } else { Err(ConfigFaults(self.faults)) }
    }
}

/// Whether nobody on the way reads what is sent to this address.
fn is_private(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let loopback = matches!(uri.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
    uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && loopback)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Config, Need};

    fn faults(variables: &[(&str, &str)], needs: &[Need]) -> String {
        let variables: BTreeMap<_, _> = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::read(&variables, needs).map_or_else(|faults| faults.to_string(), |_| String::new())
    }

    #[test]
    fn every_fault_is_said_at_once() {
        let said = faults(
            &[("VESTIBULE_SIGNING_ALGORITHM", "HS256"), ("VESTIBULE_ACCESS_TOKEN_SECONDS", "86400")],
            &[Need::Table, Need::SigningKeys],
        );
        for name in ["ISSUER", "TABLE", "SIGNING_SECRET", "SIGNING_ALGORITHM", "ACCESS_TOKEN_SECONDS"] {
            assert!(said.contains(&format!("VESTIBULE_{name} ")), "{name}: {said}");
        }
        assert!(!said.contains("SYMMETRIC"), "a function is not asked for what it does not need: {said}");
    }

    #[test]
    fn plain_http_is_taken_on_loopback_only() {
        for refused in ["http://auth.example", "https://auth.example/", "https://auth.example?x", "ftp://a", "auth"] {
            assert!(faults(&[("VESTIBULE_ISSUER", refused)], &[]).contains("VESTIBULE_ISSUER"), "{refused}");
        }
        for taken in ["https://auth.example", "http://127.0.0.1:9000", "https://auth.example/prod"] {
            assert_eq!(faults(&[("VESTIBULE_ISSUER", taken)], &[]), "", "{taken}");
        }
    }

    #[test]
    fn a_page_takes_a_fragment_and_is_read_by_nobody_on_the_way() {
        let page = |page| faults(&[("VESTIBULE_ISSUER", "https://a.example"), ("VESTIBULE_ACCOUNT_PAGE", page)], &[]);
        for refused in ["http://app.example/account", "https://app.example/#account", "account"] {
            assert!(page(refused).contains("VESTIBULE_ACCOUNT_PAGE must be"), "{refused}");
        }
        for taken in ["https://app.example/account?lang=en", "http://localhost:3000/", ""] {
            assert_eq!(page(taken), "", "{taken}");
        }
    }

    #[test]
    fn the_migration_hook_is_asked_where_nobody_reads_the_password_on_the_way() {
        let with = |name, value| faults(&[("VESTIBULE_ISSUER", "https://a.example"), (name, value)], &[]);
        for refused in ["http://hook.example", "hook.example", "http://127.0.0.2/", "http://localhost.example/"] {
            assert!(
                with("VESTIBULE_MIGRATION_HOOK", refused).contains("VESTIBULE_MIGRATION_HOOK must be"),
                "{refused}"
            );
        }
        for taken in ["https://hook.example/ask?token=x", "http://127.0.0.1:8080/", ""] {
            assert_eq!(with("VESTIBULE_MIGRATION_HOOK", taken), "", "{taken}");
        }
        assert!(with("VESTIBULE_ANSWER_STEP_MILLISECONDS", "5001").contains("0 and 5000 milliseconds"));
    }

    #[test]
    fn a_cost_below_owasps_settings_is_refused() {
        for cost in
            ["m=7168,t=4,p=1", "m=1024,t=99,p=1", "m=19456,t=2", "t=2,m=19456,p=1", "19456/2/1", "m=19456,t=2,p=1,x=1"]
        {
            let said = faults(&[("VESTIBULE_ISSUER", "https://a.example"), ("VESTIBULE_ARGON2", cost)], &[]);
            assert!(said.contains(&format!("VESTIBULE_ARGON2 is {cost}: argon2id takes")), "{said}");
        }
        let taken = faults(&[("VESTIBULE_ISSUER", "https://a.example"), ("VESTIBULE_ARGON2", "m=65536,t=3,p=4")], &[]);
        assert_eq!(taken, "");
    }
}
