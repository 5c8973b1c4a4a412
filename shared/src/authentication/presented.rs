//! What a request presents to say who sends it, taken out of whatever form the request has: an authorizer's event or a function's.

use std::net::IpAddr;

use super::cookie;

/// All values of everything that a scheme reads, in the order in which they came.
#[derive(Clone, Default)]
pub struct Presented {
    /// The values of `Authorization`.
    pub authorization: Vec<String>,
    /// The values of `X-Api-Key`.
    pub api_key: Vec<String>,
    /// The values of `Cookie`, each with one cookie or several.
    pub cookies: Vec<String>,
    /// Which page sent it. Nobody is authenticated by that; by a cookie nobody is without it.
    pub provenance: Provenance,
    /// Where the request came from, as the gateway itself saw it and never as a header says.
    pub source: Option<IpAddr>,
    /// The request's id, for what is logged on the way.
    pub request_id: String,
}

/// What a request says about the page that sent it. Another site's page can set none of it but the token, which it cannot know.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// The method, as the gateway has it.
    pub method: Option<String>,
    /// The values of `Sec-Fetch-Site` (Fetch Metadata Request Headers §2.4).
    pub sec_fetch_site: Vec<String>,
    /// The values of `Origin` (RFC 6454 §7).
    pub origin: Vec<String>,
    /// The values of `X-CSRF-Token`.
    pub csrf_token: Vec<String>,
}

impl Presented {
    /// Takes a header, if it says anything about the caller; the case of its name does not matter.
    pub fn take(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        if let Some(known) = self.place_of(name) {
            known.extend(values);
        }
    }

    fn place_of(&mut self, name: &str) -> Option<&mut Vec<String>> {
        let Provenance { sec_fetch_site, origin, csrf_token, .. } = &mut self.provenance;
        let known = [
            ("authorization", &mut self.authorization),
            ("x-api-key", &mut self.api_key),
            ("cookie", &mut self.cookies),
            ("sec-fetch-site", sec_fetch_site),
            ("origin", origin),
            ("x-csrf-token", csrf_token),
        ];
        known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, values)| values)
    }

    /// What this presents, and of what it does not present what `other` does.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let either = |one: Vec<String>, other: Vec<String>| if one.is_empty() { other } else { one };
        let (provenance, theirs) = (self.provenance, other.provenance);
        Self {
            authorization: either(self.authorization, other.authorization),
            api_key: either(self.api_key, other.api_key),
            cookies: either(self.cookies, other.cookies),
            provenance: Provenance {
                method: provenance.method.or(theirs.method),
                sec_fetch_site: either(provenance.sec_fetch_site, theirs.sec_fetch_site),
                origin: either(provenance.origin, theirs.origin),
                csrf_token: either(provenance.csrf_token, theirs.csrf_token),
            },
            source: self.source.or(other.source),
            request_id: if self.request_id.is_empty() { other.request_id } else { self.request_id },
        }
    }

    /// Whether a header presents a credential, or what may be meant as one.
    pub fn has_header(&self) -> bool {
        !self.authorization.is_empty() || !self.api_key.is_empty()
    }

    /// Whether there is a session cookie, or what is meant as one.
    pub fn has_session_cookie(&self) -> bool {
        !matches!(cookie::presented(&self.cookies), Ok(None))
    }
}

impl std::fmt::Debug for Presented {
    /// Most of it is credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[presented credentials]")
    }
}
