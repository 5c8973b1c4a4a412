//! Where an authorization response may go: registered in full, compared as text (RFC 9700 §2.1 and §4.1.3, RFC 8252 §7).
//!
//! Nothing is ever normalized: two spellings of one address are two addresses, and only the one that was registered is answered. The
//! one exception is the port of a loopback address (RFC 8252 §7.3), and there the answer goes to what was registered with the port
//! put in, never to the text that was presented. What a registration may hold is strict for the same reason: an address that two
//! parsers read differently is refused before anybody is sent there.

use std::fmt;
use std::str::FromStr;

/// Bytes of a redirect URI: a client has a few of them, and they come back in every request.
pub const MAX_URI_BYTES: usize = 512;

/// Bytes of a label of a domain name (RFC 1035 §2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// The addresses that never leave the machine (RFC 8252 §7.3). `localhost` is none of them: a name can be made to point elsewhere
/// (§8.3).
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// Parameters of the responses: a registered query with one of them would make a response with two.
const RESPONSE_PARAMETERS: [&str; 10] = [
    "access_token",
    "code",
    "error",
    "error_description",
    "error_uri",
    "id_token",
    "iss",
    "response",
    "session_state",
    "state",
];

/// A registered address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri(String);

/// An address that a response may be sent to. There is no way to one but through a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(String);

/// The text can be nobody's redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirectUri {
    /// Longer than [`MAX_URI_BYTES`].
    #[error("has more than {MAX_URI_BYTES} bytes")]
    TooLong,
    /// A fragment (RFC 6749 §3.1.2).
    #[error("has a fragment")]
    Fragment,
    /// A wildcard would register addresses that nobody has looked at.
    #[error("has a wildcard: register each address in full")]
    Wildcard,
    /// A character that parsers disagree about, or that is none of a URI's (RFC 3986 §2).
    #[error("has a character that is none of a URI's; a domain name is given in its ASCII form")]
    Character,
    /// An escape for a character that needs none, or for one that delimits.
    #[error("has an escape for a character that needs none, or for one that separates")]
    Escape,
    /// No scheme, or one that is not offered.
    #[error(
        "must begin with https://, with http://127.0.0.1 or http://[::1], or with an app's own scheme that has a dot (com.example.app:/)"
    )]
    Scheme,
    /// A user name or password before the host.
    #[error("has a user name before the host")]
    UserInfo,
    /// No host, or one that is no domain name in lower case.
    #[error("must have a domain name in lower case as host, and no address")]
    Host,
    /// A port that is none, or that the scheme implies.
    #[error("has a port that is none, has leading zeros, or goes without saying")]
    Port,
    /// A path with `.`, `..` or an empty segment, or none before a query.
    #[error("has a path with an empty segment, `.` or `..`, or a query without a path")]
    Path,
    /// A parameter of the responses in its query.
    #[error("has a query with a parameter that the response has too")]
    Query,
}

impl RedirectUri {
    /// The address as it was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where a response goes if `presented` is this address; `None` if it is another one, however similar.
    pub fn target(&self, presented: &str) -> Option<Target> {
        if presented == self.0 {
            return Some(Target(self.0.clone()));
        }
        let (host, rest) = loopback(&self.0)?;
        let (_, registered) = split_port(rest);
        let (port, path) = split_port(presented.strip_prefix(host)?);
        let port = port.filter(|port| is_port(port))?;
        (path == registered).then(|| Target(format!("{host}:{port}{registered}")))
    }
}

impl Target {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether whoever answers there has proven to be its host: other apps may take a loopback port or an app's own scheme (RFC 8252
    /// §8.1 and §8.6).
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether it is one of HTTP, and no app's own scheme, which may begin with the same letters.
    pub fn is_of_a_host(&self) -> bool {
        self.is_https() || self.0.starts_with("http://")
    }

    /// What people know the address by: its host, or all of it where it has none.
    pub fn host(&self) -> &str {
        let authority = self.0.split_once("://").map(|(_, rest)| rest.split(['/', '?']).next().unwrap_or(rest));
        authority.filter(|_| self.is_of_a_host()).unwrap_or(&self.0)
    }

    /// The address with the parameters of a response (RFC 6749 §4.1.2); its own query stays.
    #[must_use]
    pub fn with<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        let separator = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{separator}{}", self.0, query.finish())
    }
}

impl FromStr for RedirectUri {
    type Err = InvalidRedirectUri;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_URI_BYTES {
            return Err(InvalidRedirectUri::TooLong);
        }
        check_characters(text)?;
        let rest = match loopback(text) {
            Some((_, rest)) => after_loopback(rest)?,
            None => match text.strip_prefix("https://") {
                Some(rest) => after_host(rest, Some("443"))?,
                None => after_own_scheme(text)?,
            },
        };
        let (path, query) = rest.split_once('?').map_or((rest, ""), |(path, query)| (path, query));
        // A query right after the host is where parsers disagree about what the host is.
        if rest.starts_with('?') {
            return Err(InvalidRedirectUri::Path);
        }
        check_path(path)?;
        check_query(query)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A loopback host, and what follows it.
fn loopback(text: &str) -> Option<(&'static str, &str)> {
    LOOPBACK.into_iter().find_map(|host| text.strip_prefix(host).map(|rest| (host, rest)))
}

/// The digits after a colon, if there is one, and what follows.
fn split_port(rest: &str) -> (Option<&str>, &str) {
    let Some(after) = rest.strip_prefix(':') else { return (None, rest) };
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let (port, rest) = after.split_at(end);
    (Some(port), rest)
}

/// One spelling for each: no sign, no leading zeros.
fn is_port(text: &str) -> bool {
    !text.starts_with('0') && text.parse::<u16>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_characters(text: &str) -> Result<(), InvalidRedirectUri> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'#' => return Err(InvalidRedirectUri::Fragment),
            b'*' => return Err(InvalidRedirectUri::Wildcard),
            b'%' => {
                let digits = bytes.next().zip(bytes.next()).ok_or(InvalidRedirectUri::Escape)?;
                check_escape(digits)?;
            }
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => return Err(InvalidRedirectUri::Character),
            byte if !byte.is_ascii_graphic() => return Err(InvalidRedirectUri::Character),
            _ => {}
        }
    }
    Ok(())
}

fn check_escape((high, low): (u8, u8)) -> Result<(), InvalidRedirectUri> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let byte = digit(high).zip(digit(low)).map(|(high, low)| high << 4 | low).ok_or(InvalidRedirectUri::Escape)?;
    let needless = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let separates = byte.is_ascii_control() || b"/\\?#%@:*[]".contains(&byte);
    if needless || separates { Err(InvalidRedirectUri::Escape) } else { Ok(()) }
}

fn after_loopback(rest: &str) -> Result<&str, InvalidRedirectUri> {
    let (port, rest) = split_port(rest);
    match (port, rest.bytes().next()) {
        (Some(port), _) if !is_port(port) => Err(InvalidRedirectUri::Port),
        (_, Some(b'@')) => Err(InvalidRedirectUri::UserInfo),
        (_, None | Some(b'/' | b'?')) => Ok(rest),
        (_, Some(_)) => Err(InvalidRedirectUri::Host),
    }
}

fn after_host<'a>(rest: &'a str, implied_port: Option<&str>) -> Result<&'a str, InvalidRedirectUri> {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    if authority.contains('@') {
        return Err(InvalidRedirectUri::UserInfo);
    }
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    if !is_domain_name(host) {
        return Err(InvalidRedirectUri::Host);
    }
    if port.is_some_and(|port| !is_port(port) || Some(port) == implied_port) {
        return Err(InvalidRedirectUri::Port);
    }
    Ok(rest)
}

/// Two labels at least, in lower case, and a last one that is no number: an address in any of its spellings is none.
fn is_domain_name(host: &str) -> bool {
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty()
            && label.len() <= MAX_LABEL_BYTES
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(label) && last.starts_with(|c: char| c.is_ascii_lowercase())
}

/// RFC 8252 §7.1: a scheme that is a domain name backwards, so that it has a dot. `javascript`, `data` and `file` have none.
fn after_own_scheme(text: &str) -> Result<&str, InvalidRedirectUri> {
    let (scheme, rest) = text.split_once(':').ok_or(InvalidRedirectUri::Scheme)?;
    if !is_domain_name(scheme) || !scheme.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(InvalidRedirectUri::Scheme);
    }
    match (rest.strip_prefix("//"), rest.strip_prefix('/')) {
        (Some(rest), _) => {
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            let (authority, rest) = rest.split_at(end);
            let named = !authority.is_empty()
                && authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
            if named { Ok(rest) } else { Err(InvalidRedirectUri::Host) }
        }
        (None, Some(_)) => Ok(rest),
        (None, None) => Err(InvalidRedirectUri::Scheme),
    }
}

fn check_path(path: &str) -> Result<(), InvalidRedirectUri> {
    let Some(path) = path.strip_prefix('/') else { return Ok(()) };
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if segment == "." || segment == ".." || (segment.is_empty() && !last) {
            return Err(InvalidRedirectUri::Path);
        }
    }
    Ok(())
}

fn check_query(query: &str) -> Result<(), InvalidRedirectUri> {
    let ours = |(name, _): (std::borrow::Cow<'_, str>, _)| RESPONSE_PARAMETERS.contains(&name.as_ref());
    if form_urlencoded::parse(query.as_bytes()).any(ours) { Err(InvalidRedirectUri::Query) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
