//! Cross-site request forgery: a browser sends its cookies whichever page makes it ask, so that an unsafe request must show that it
//! comes from a page of ours (OWASP, Cross-Site Request Forgery Prevention; Fetch Metadata Request Headers §2.4; RFC 6265bis §8.8).
//!
//! | `Sec-Fetch-Site` | `Origin` | verdict |
//! |---|---|---|
//! | `same-origin`, or `none`: the person typed the address | any | ours |
//! | another, or absent | one that is allowed | ours |
//! | another | another, or absent | foreign |
//! | absent | another | foreign |
//! | absent | absent | no browser of this decade: ours with the session's CSRF token |
//!
//! Safe methods (RFC 9110 §9.2.1) change nothing and need none of it.

use super::presented::Provenance;
use crate::secret::Secret;

/// The pages that may act for somebody who is signed in: exact origins (RFC 6454 §6.2), such as `https://app.example.com`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

/// The text is no list of origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be origins such as https://app.example.com, without a path, in lower case, separated by commas")]
pub struct InvalidOrigin;

impl Origins {
    /// Reads a list that is separated by commas. Wildcards are passed over: they may let any page read an answer, but a page that is
    /// not named acts for nobody.
    ///
    /// # Errors
    /// [`InvalidOrigin`] for an entry that no browser would ever send.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty() && !entry.contains('*'));
        entries.map(origin).collect::<Result<_, _>>().map(Self)
    }

    /// These, and the one that `url` belongs to: our own pages, as a browser names them that knows no Fetch Metadata.
    #[must_use]
    pub fn and_that_of(mut self, url: &str) -> Self {
        let end = url.find("://").map_or(0, |scheme| scheme + 3);
        let path = url.get(end..).and_then(|rest| rest.find('/'));
        let own = path.and_then(|path| url.get(..end + path)).unwrap_or(url);
        self.0.push(own.to_ascii_lowercase());
        self
    }

    fn allow(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed == origin)
    }
}

fn origin(text: &str) -> Result<String, InvalidOrigin> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(InvalidOrigin)?;
    let host_char = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(host_char) { Err(InvalidOrigin) } else { Ok(text.to_owned()) }
}

/// Where a request comes from, as far as its headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// One of ours, or the person's own hand.
    Ours,
    /// Another site's, or headers that contradict themselves.
    Foreign,
    /// They do not say.
    Unsaid,
}

impl Provenance {
    /// Whether the method promises to change nothing (RFC 9110 §9.2.1). One that is not known does not.
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_deref(), Some("GET" | "HEAD" | "OPTIONS"))
    }

    /// Which page sent the request.
    pub fn page(&self, allowed: &Origins) -> Page {
        match (self.sec_fetch_site.as_slice(), self.origin.as_slice()) {
            ([], []) => Page::Unsaid,
            // Fetch Metadata says it once, so that two are somebody's invention.
            ([_, _, ..], _) | (_, [_, _, ..]) => Page::Foreign,
            ([site], _) if site == "same-origin" || site == "none" => Page::Ours,
            (_, [origin]) if allowed.allow(origin) => Page::Ours,
            ([_], _) | ([], [_]) => Page::Foreign,
        }
    }

    /// Whether a request that a browser authenticates by itself may act; `token` is the session's own.
    pub fn may_act(&self, allowed: &Origins, token: impl FnOnce() -> Secret<String>) -> bool {
        if self.is_safe() {
            return true;
        }
        match self.page(allowed) {
            Page::Ours => true,
            Page::Foreign => false,
            Page::Unsaid => matches!(self.csrf_token.as_slice(), [sent] if token().matches(sent.as_bytes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Origins {
        Origins::parse("https://app.example.com,http://127.0.0.1:3000").unwrap()
    }

    fn post(site: &[&str], origin: &[&str], token: &[&str]) -> Provenance {
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        Provenance {
            method: Some("POST".to_owned()),
            sec_fetch_site: texts(site),
            origin: texts(origin),
            csrf_token: texts(token),
        }
    }

    fn acts(request: &Provenance) -> bool {
        request.may_act(&allowed(), || Secret::new("the token".to_owned()))
    }

    const APP: &str = "https://app.example.com";

    #[test]
    fn a_page_of_ours_and_the_persons_own_hand_may_act() {
        for (site, origin) in [
            (&["same-origin"][..], &[][..]),
            (&["same-origin"], &["https://api.example.com"]),
            (&["none"], &[]),
            (&["same-site"], &[APP]),
            (&["cross-site"], &[APP]),
            (&[], &[APP]),
            (&[], &["http://127.0.0.1:3000"]),
        ] {
            assert!(acts(&post(site, origin, &[])), "{site:?} {origin:?}");
        }
    }

    #[test]
    fn a_page_of_another_site_may_not_whatever_token_it_brings() {
        for (site, origin) in [
            (&["cross-site"][..], &[][..]),
            (&["same-site"], &[]),
            (&["same-site"], &["https://blog.example.com"]),
            (&["cross-site"], &["null"]),
            (&["Same-Origin"], &[]),
            (&["same-origin", "same-origin"], &[]),
            (&["none", "cross-site"], &[APP]),
            (&["same-site"], &[APP, APP]),
            (&[""], &[]),
            (&[], &["null"]),
            (&[], &["https://app.example.com.evil.example"]),
            (&[], &["https://app.example.com/"]),
            (&[], &["https://APP.example.com"]),
            (&[], &["http://app.example.com"]),
            (&[], &[APP, "https://evil.example"]),
        ] {
            for token in [&[][..], &["the token"]] {
                assert!(!acts(&post(site, origin, token)), "{site:?} {origin:?}");
            }
        }
    }

    #[test]
    fn a_client_that_says_neither_needs_the_sessions_token() {
        assert!(acts(&post(&[], &[], &["the token"])));
        for token in [&[][..], &[""], &["another"], &["the token", "the token"], &["the token "]] {
            assert!(!acts(&post(&[], &[], token)), "{token:?}");
        }
    }

    #[test]
    fn what_changes_nothing_needs_no_page() {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let request = Provenance { method: Some(method.to_owned()), ..post(&["cross-site"], &[], &[]) };
            assert!(acts(&request), "{method}");
        }
        for method in [Some("POST"), Some("PUT"), Some("PATCH"), Some("DELETE"), Some("get"), Some("TRACE"), None] {
            let request = Provenance { method: method.map(str::to_owned), ..post(&["cross-site"], &[], &[]) };
            assert!(!acts(&request), "{method:?}");
        }
    }

    #[test]
    fn origins_are_spelled_as_browsers_spell_them() {
        assert_eq!(Origins::parse(""), Ok(Origins::default()));
        assert_eq!(Origins::parse("*"), Ok(Origins::default()));
        for url in ["https://api.example.com/prod", "https://API.example.com", "https://api.example.com"] {
            assert_eq!(Origins::default().and_that_of(url).0, ["https://api.example.com"]);
        }
        assert_eq!(Origins::parse("https://*, https://app.example.com").map(|origins| origins.allow(APP)), Ok(true));
        for wrong in
            ["app.example.com", "https://", "https://App.example.com", "https://a.example/", "https://a.example/x"]
        {
            assert_eq!(Origins::parse(wrong), Err(InvalidOrigin), "{wrong}");
        }
    }
}
