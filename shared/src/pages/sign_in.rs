//! The page to sign in on, and where its form may lead.

use askama::Template;

use super::brand::Brand;
use super::complaint::Complaint;
use super::continuation::Continue;
use super::response::Leads;
use crate::federation::Providers;

/// Name and password, or an account elsewhere.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// Where else people may have an account.
    pub providers: &'a Providers,
    /// The name that was typed.
    pub username: &'a str,
    /// What is wrong with it.
    pub complaint: Complaint,
    /// What has just been done.
    pub said: Option<Said>,
    /// Where the person goes then.
    pub next: Option<&'a Continue>,
}

/// What has just been done, in words that no address chooses: a link to the sign-in page can name one of these and no text of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The account is made.
    Registered,
    /// The password is another one.
    Reset,
}

impl Said {
    /// The one that is named so in a query.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Registered, Self::Reset].into_iter().find(|said| said.name() == name)
    }

    /// Its name in a query.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Reset => "reset",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Registered => "Your account is ready. Sign in to begin.",
            Self::Reset => "Your password is changed, and every device is signed out. Sign in with the new one.",
        }
    }
}

impl SignIn<'_> {
    /// Where its form leads: home, or through the authorization endpoint on to the client that asked, whom browsers hold against the form.
    /// Which client that is nobody knows yet, so its word is taken for what it is worth: a form of ours goes to us first in any case.
    pub fn leads(&self) -> Leads {
        match self.next {
            Some(next) if next.as_str().starts_with("/oauth/") => {
                next.parameter("redirect_uri").and_then(|uri| source(&uri)).map_or(Leads::Anywhere, Leads::To)
            }
            _ => Leads::Home,
        }
    }

    /// `?continue=…`, for links to pages that lead back here.
    fn query(&self, separator: char) -> String {
        self.next.map(|next| format!("{separator}continue={}", next.encoded())).unwrap_or_default()
    }
}

/// What a policy calls the place of this URI (CSP Level 3 §2.3.1): its origin, or of an app's own scheme the scheme.
fn source(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let scheme_char = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if scheme.is_empty() || !scheme.bytes().all(scheme_char) {
        return None;
    }
    if !["https", "http"].contains(&scheme) {
        return Some(format!("{scheme}:"));
    }
    let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let host_char = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(host_char)).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_has_one_place_or_none() {
        for (uri, place) in [
            ("https://app.example.com/cb?x", Some("https://app.example.com")),
            ("http://127.0.0.1:49152/cb", Some("http://127.0.0.1:49152")),
            ("http://[::1]:80/", Some("http://[::1]:80")),
            ("com.example.app:/cb", Some("com.example.app:")),
            ("https://a; script-src *", None),
            ("https://user@evil.example/", None),
            ("https:app.example.com", None),
            ("app", None),
            ("", None),
            ("java script:x", None),
        ] {
            assert_eq!(source(uri).as_deref(), place, "{uri}");
        }
    }
}
