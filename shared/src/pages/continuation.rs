//! Where somebody goes once they are signed in: a page of ours and never anything else (OWASP, Unvalidated Redirects and Forwards; RFC 9700
//! §4.11).
//!
//! What comes in as `continue` is anybody's to write. It is not mended: a text is one of the few paths below, with a query of which every
//! byte is one that RFC 3986 §3.4 lets stand in a query, or it is nothing.

use std::fmt;
use std::str::FromStr;

use crate::sessions::AnsweredRequest;

/// A path of ours with its query, such as `/oauth/authorize?client_id=…`: what a browser resolves to our own origin, however it reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continue(String);

/// The text leads to no page of ours that people go on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("leads to no page of ours")]
pub struct NotOurs;

/// Where clients ask.
const AUTHORIZE: &str = "/oauth/authorize";
/// Each is a page that is safe to arrive at: it changes nothing until the person says so.
const PAGES: [&str; 6] =
    [AUTHORIZE, "/account/devices", "/account/keys", "/account/consents", "/account/email", "/account/identities"];

impl Continue {
    /// Where somebody goes who came for nothing else.
    pub fn home() -> Self {
        Self("/account/devices".to_owned())
    }

    /// The longest that is read, in bytes: an authorization request with a long `state`. It travels in a query, percent-encoded, and API
    /// Gateway takes 10,240 bytes of a request line and headers together, and through a sign-in at a provider in a cookie, of which browsers keep
    /// 4096.
    pub const MAX_BYTES: usize = 2800;

    /// The address under the path `base`, for `Location` and `href`.
    pub fn under(&self, base: &str) -> String {
        format!("{base}{}", self.0)
    }

    /// As it stands in a query behind `continue=`.
    pub fn encoded(&self) -> String {
        form_urlencoded::byte_serialize(self.0.as_bytes()).collect()
    }

    /// `continue=…` behind the separator, for links to pages that know the way by it; nothing where nobody is on one.
    pub fn query(next: Option<&Self>, separator: char) -> String {
        next.map(|next| format!("{separator}continue={}", next.encoded())).unwrap_or_default()
    }

    /// The text, below the path that all of ours lie under.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of a parameter in its query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.0.split_once('?')?;
        let mut named = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
        named.next().map(|(_, value)| value.into_owned())
    }

    /// The client's request that is gone on with, if it is one.
    pub fn request(&self) -> Option<AnsweredRequest> {
        let (path, query) = self.0.split_once('?')?;
        (path == AUTHORIZE).then(|| AnsweredRequest::of(form_urlencoded::parse(query.as_bytes())))
    }
}

impl FromStr for Continue {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
        let known = PAGES.contains(&path) && text.len() <= Self::MAX_BYTES;
        if known && query.is_none_or(is_a_query) { Ok(Self(text.to_owned())) } else { Err(NotOurs) }
    }
}

impl fmt::Display for Continue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `*( pchar / "/" / "?" )` (RFC 3986 §3.4): no control, no blank, no `#`, no `\`, no quote, no `<`.
fn is_a_query(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
        let stands = plain(byte) || byte == b'%' && digit(bytes.next()) && digit(bytes.next());
        if !stands {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        text.parse::<Continue>().ok().map(|page| page.under("/prod"))
    }

    #[test]
    fn a_page_of_ours_is_gone_on_to_with_its_query_as_it_came() {
        for page in [
            "/oauth/authorize?client_id=c&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=a%20b&scope=openid+email",
            "/oauth/authorize?redirect_uri=https://app.example/cb",
            "/oauth/authorize?",
            "/oauth/authorize",
            "/account/devices",
            "/account/keys?x='();*~!$",
            "/account/consents",
        ] {
            assert_eq!(read(page), Some(format!("/prod{page}")));
        }
    }

    #[test]
    fn whatever_else_it_is_nobody_is_sent_there() {
        let hosts = [
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/%2fevil.example",
            "/%5cevil.example",
            "//evil.example/oauth/authorize",
            "/\\/evil.example/account/devices",
            "/.//evil.example",
            "/..//evil.example",
            "https://evil.example",
            "http:evil.example",
            "https:/evil.example",
            "https:evil.example/account/devices",
            "HTTPS://evil.example",
            "ftp://evil.example",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "mailto:a@evil.example",
            "blob:https://evil.example/x",
            "//auth.example.com",
            "https://auth.example.com/account/devices",
            "https://auth.example.com@evil.example/account/devices",
            "//user:password@evil.example/account/devices",
            "@evil.example",
            ".evil.example",
            ":80",
            "evil.example",
            "//evil.example?/account/devices",
            "//evil.example#/account/devices",
            "//[::1]/",
            "//127.0.0.1",
            "//evil。example",
        ];
        let spellings = [
            "",
            "/",
            "?",
            "#",
            "/account",
            "/account/",
            "/account/devices/",
            "/account//devices",
            "/account/devices#x",
            "/account/devices\\..\\..",
            "/account/../account/devices",
            "/account/./devices",
            "/account/%64evices",
            "/Account/devices",
            "/account/devices;x",
            "/account/devicesX",
            "/account/devices.evil.example",
            "/account/devices@evil.example",
            "/account/devices%",
            "/account/devices%3f",
            "account/devices",
            "./account/devices",
            " /account/devices",
            "/account/devices ",
            "\u{feff}/account/devices",
            "/account/devices\0",
            "/account/devices\r\nSet-Cookie: a=b",
            "/account/devices?a\r\nSet-Cookie: a=b",
            "/account/devices?a\nb",
            "/account/devices?a\tb",
            "/account/devices?a b",
            "/account/devices?a\0",
            "/account/devices?\u{7f}",
            "/account/devices?é",
            "/account/devices?\u{2028}",
            "/account/devices?\u{202e}",
            "/account/devices?%",
            "/account/devices?%4",
            "/account/devices?%zz",
            "/account/devices?a#b",
            "/account/devices?a\\b",
            "/account/devices?\"onload=x",
            "/account/devices?<script>",
            "/account/devices?`",
            "/account/devices?{}",
            "/account/devices?|",
            "/account/devices?^",
            "/account/devices?[]",
            "/oauth/token",
            "/logout",
            "/sign-out",
            "/login",
            "/sign-in?continue=/account/devices",
            "/sign-in/with/google",
            "/openapi.json",
            "/whoami",
            "/oauth/authorize/../token",
            "/oauth\\authorize",
            "/oauth/authorize\u{0}",
            "/оauth/authorize",
            "／oauth/authorize",
            "⁄account⁄devices",
        ];
        for text in hosts.into_iter().chain(spellings) {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn one_that_no_gateway_would_take_is_refused() {
        let of = |length: usize| format!("/oauth/authorize?{}", "a".repeat(length - "/oauth/authorize?".len()));
        assert!(read(&of(Continue::MAX_BYTES)).is_some() && read(&of(Continue::MAX_BYTES + 1)).is_none());
    }

    #[test]
    fn a_parameter_of_it_can_be_read() {
        let page: Continue = "/oauth/authorize?a=1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb".parse().unwrap();
        assert_eq!(page.parameter("redirect_uri").as_deref(), Some("https://app.example/cb"));
        assert_eq!((page.parameter("b"), Continue::home().parameter("a")), (None, None));
    }

    proptest! {
        /// Whatever is taken holds no byte by which a header, an attribute or a browser's parser of addresses could read another host.
        #[test]
        fn what_is_taken_has_a_path_of_ours_and_plain_bytes(
            any in any::<String>(),
            near in "(/|//|\\\\|https:|\t|%2f)?(/oauth/authorize|/account/(devices|keys)|/account)[?/\\\\@#:%.a-z0-9 \r\n\t\"<]{0,30}",
        ) {
            for text in [any, near] {
                let Ok(page) = text.parse::<Continue>() else { continue };
                let (path, _) = page.as_str().split_once('?').unwrap_or((page.as_str(), ""));
                prop_assert!(PAGES.contains(&path));
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\\\"<>`{}|^[]".contains(&byte)), "{text:?}");
                prop_assert_eq!(page.encoded().parse::<Continue>().is_err(), true);
                let back = form_urlencoded::parse(format!("continue={}", page.encoded()).as_bytes()).next().map(|(_, v)| v.into_owned());
                prop_assert_eq!(back, Some(text));
            }
        }
    }
}
