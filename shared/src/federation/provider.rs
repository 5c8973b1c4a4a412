//! The providers that people may sign in with, as the deployment is configured: nothing of it is secret.
//!
//! One word for each, written like an address without its beginning: `google?client_id=…`, or
//! `work?issuer=https://id.example.com&client_id=…&label=Example+Ltd&email=trusted`. The first word names the provider for good: it
//! stands in the redirect URI that is registered there. What is not known is refused when the function starts.

use std::fmt;
use std::str::FromStr;

use oauth2::url::{Host, Url};

use super::kind::{Kind, MICROSOFT, Vouches};
use super::metadata::ANY_TENANT;

/// The name of a provider: in paths, logs and the secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProviderId(String);

/// A provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its name.
    pub id: ProviderId,
    /// What people call it.
    pub label: String,
    /// What we are called there.
    pub client_id: String,
    /// What kind it is.
    pub kind: Kind,
    /// Its issuer, as its tokens say it (OpenID Connect Discovery 1.0 §3); of GitHub its address.
    pub issuer: String,
    /// Whose addresses it vouches for.
    pub vouches: Vouches,
    /// Where GitHub's API is.
    pub api: Option<String>,
    /// The names that Apple's client secret is made with.
    pub apple: Option<AppleNames>,
}

/// Who signs Apple's client secret, and with which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppleNames {
    /// The developer team.
    pub team: String,
    /// The key.
    pub key: String,
}

/// Every provider, in the order of their buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Providers(Vec<Provider>);

/// The text configures no providers. It says which word is wrong and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{entry}: {fault}")]
pub struct InvalidProviders {
    entry: String,
    fault: String,
}

/// A sign-in page with more is a page nobody reads, and each is a secret to keep.
const MOST_PROVIDERS: usize = 16;
/// Characters of what stands on a button.
const MAX_LABEL_CHARS: usize = 40;
/// GitHub's own; an Enterprise Server has another.
const GITHUB_API: &str = "https://api.github.com";

impl ProviderId {
    /// Characters of a name.
    pub const MAX_CHARS: usize = 32;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text names no provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a provider's name has 1 to {} lower-case letters, digits and hyphens", ProviderId::MAX_CHARS)]
pub struct InvalidProviderId;

impl FromStr for ProviderId {
    type Err = InvalidProviderId;

    fn from_str(text: &str) -> Result<Self, InvalidProviderId> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=Self::MAX_CHARS).contains(&text.len()) && text.bytes().all(plain);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidProviderId) }
    }
}

impl Providers {
    /// The one called `id`.
    pub fn find(&self, id: &str) -> Option<&Provider> {
        self.iter().find(|provider| provider.id.as_str() == id)
    }

    /// All of them, in order: the buttons of a sign-in page have `id` and `label`.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Providers {
    type Err = InvalidProviders;

    fn from_str(text: &str) -> Result<Self, InvalidProviders> {
        let mut providers = Self::default();
        for entry in text.split_whitespace() {
            let (id, parameters) = entry.split_once('?').unwrap_or((entry, ""));
            let fault = |fault: String| InvalidProviders { entry: id.to_owned(), fault };
            let provider = provider(id, parameters).map_err(fault)?;
            if providers.find(id).is_some() {
                return Err(fault("stands twice".to_owned()));
            }
            providers.0.push(provider);
        }
        match providers.0.get(MOST_PROVIDERS) {
            Some(one) => Err(InvalidProviders { entry: one.id.to_string(), fault: "is one too many".to_owned() }),
            None => Ok(providers),
        }
    }
}

/// The parameters of one provider, each taken once.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(found, _)| found == name)?;
        Some(self.0.swap_remove(at).1).filter(|value| !value.is_empty())
    }

    fn required(&mut self, name: &str) -> Result<String, String> {
        self.take(name).ok_or_else(|| format!("has no {name}"))
    }

    fn address(&mut self, name: &str) -> Result<Option<String>, String> {
        let address = self.take(name);
        match &address {
            Some(text) if !is_address(text) => Err(format!(
                "{name} must be an https address without query, fragment and final slash (http on loopback only)"
            )),
            _ => Ok(address),
        }
    }
}

fn provider(id: &str, parameters: &str) -> Result<Provider, String> {
    let name = id.parse().map_err(|fault: InvalidProviderId| fault.to_string())?;
    let parsed = form_urlencoded::parse(parameters.as_bytes());
    let mut given = Parameters(parsed.map(|(name, value)| (name.into_owned(), value.into_owned())).collect());
    let kind = match given.take("kind") {
        Some(kind) => kind.parse().map_err(|fault: super::kind::UnknownKind| fault.to_string())?,
        None => id.parse().unwrap_or(Kind::OpenId),
    };
    let issuer = given.address("issuer")?.or(kind.issuer().map(str::to_owned));
    if issuer.as_deref().and_then(|issuer| issuer.strip_prefix(MICROSOFT)).is_some_and(|rest| !is_tenant(rest)) {
        return Err(format!(
            "Microsoft's tokens name a tenant by its ID: the issuer must be {MICROSOFT}<tenant ID>/v2.0, or have common or organizations \
             for the ID (personal accounts alone are the tenant {PERSONAL})"
        ));
    }
    let label = given.take("label").or(kind.label().map(str::to_owned)).ok_or("has no label, which its button says")?;
    if label.chars().count() > MAX_LABEL_CHARS || label.chars().any(char::is_control) {
        return Err(format!("its label must have at most {MAX_LABEL_CHARS} characters, and no control characters"));
    }
    let provider = Provider {
        id: name,
        label,
        client_id: given.required("client_id")?,
        kind,
        issuer: issuer.ok_or("has no issuer")?,
        vouches: match given.take("email").as_deref() {
            None => kind.vouches(),
            Some("trusted") => Vouches::ForVerified,
            Some("ignored") => Vouches::ForNone,
            Some(_) => return Err("email must be trusted or ignored".to_owned()),
        },
        api: match kind {
            Kind::GitHub => Some(given.address("api")?.unwrap_or_else(|| GITHUB_API.to_owned())),
            Kind::Google | Kind::Microsoft | Kind::Apple | Kind::OpenId => None,
        },
        apple: match kind {
            Kind::Apple => Some(AppleNames { team: given.required("team_id")?, key: given.required("key_id")? }),
            Kind::Google | Kind::Microsoft | Kind::GitHub | Kind::OpenId => None,
        },
    };
    // One that is misspelled would be missed in silence, and one that stands twice would be taken by chance.
    match given.0.first() {
        Some((left, _)) => Err(format!("{left} is no parameter of it, or stands twice")),
        None => Ok(provider),
    }
}

/// The tenant of Microsoft's personal accounts, whose discovery document says it also where one asked for `consumers` (Microsoft,
/// "OpenID Connect on the Microsoft identity platform").
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Whether it is what tokens have behind [`MICROSOFT`], or what stands for any: a domain's name leads to a document of another issuer.
fn is_tenant(rest: &str) -> bool {
    let Some(tenant) = rest.strip_suffix("/v2.0") else { return false };
    let hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let guid = tenant.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && tenant.split('-').all(hexadecimal);
    guid || ANY_TENANT.contains(&tenant)
}

/// Where a provider may be: nobody reads what goes there on the way.
fn is_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    plain && url.fragment().is_none() && !text.ends_with('/') && is_private(&url)
}

/// Whether nobody reads what goes there on the way: by TLS, or because it does not leave the machine.
fn is_private(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        ("http", Some(Host::Domain(name))) => name == "localhost",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Providers, InvalidProviders> {
        text.parse()
    }

    #[test]
    fn a_known_provider_needs_its_client_id_alone() {
        let providers = parse("google?client_id=1.apps.example microsoft?client_id=m github?client_id=Iv1.a").unwrap();
        let seen: Vec<_> = providers.iter().map(|one| (one.id.as_str(), one.label.as_str(), one.vouches)).collect();
        assert_eq!(
            seen,
            [
                ("google", "Google", Vouches::ForItsOwn),
                ("microsoft", "Microsoft", Vouches::ForProvenDomains),
                ("github", "GitHub", Vouches::ForVerified),
            ]
        );
        assert_eq!(providers.find("google").unwrap().issuer, "https://accounts.google.com");
        assert_eq!(providers.find("github").unwrap().api.as_deref(), Some("https://api.github.com"));
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn any_openid_provider_is_one_by_its_issuer_and_vouches_for_nobody_unless_it_is_said_to() {
        let work = "work?issuer=https://id.example.com/realms/a&client_id=vestibule&label=Example+Ltd";
        let providers =
            parse(&format!("{work} other?kind=google&client_id=x {}", work.replace("work", "w2") + "&email=trusted"))
                .unwrap();
        let work = providers.find("work").unwrap();
        assert_eq!((work.label.as_str(), work.kind, work.vouches), ("Example Ltd", Kind::OpenId, Vouches::ForNone));
        assert_eq!(providers.find("w2").unwrap().vouches, Vouches::ForVerified);
        assert_eq!(providers.find("other").unwrap().label, "Google");
    }

    #[test]
    fn apple_is_known_by_the_names_that_sign_its_secret() {
        let providers = parse("apple?client_id=com.example.web&team_id=ABCDE12345&key_id=KEY1234567").unwrap();
        let names = providers.find("apple").unwrap().apple.clone().unwrap();
        assert_eq!((names.team.as_str(), names.key.as_str()), ("ABCDE12345", "KEY1234567"));
        assert!(parse("apple?client_id=com.example.web&team_id=ABCDE12345").is_err());
    }

    #[test]
    fn a_microsoft_issuer_that_no_token_will_ever_name_is_refused_at_the_start() {
        let of = |rest: &str| parse(&format!("microsoft?client_id=a&issuer=https://login.microsoftonline.com/{rest}"));
        for rest in ["common/v2.0", "organizations/v2.0", "9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"] {
            assert!(of(rest).is_ok(), "{rest}");
        }
        for rest in [
            "consumers/v2.0",
            "contoso.onmicrosoft.com/v2.0",
            "contoso.com/v2.0",
            "9188040D-6C67-4C5B-B112-36A304B66DAD/v2.0",
            "9188040d-6c67-4c5b-b112-36a304b66dad",
            "common",
        ] {
            let fault = of(rest).unwrap_err().to_string();
            assert!(fault.contains("<tenant ID>/v2.0") && fault.contains(PERSONAL), "{rest}: {fault}");
        }
    }

    #[test]
    fn what_would_be_missed_or_read_on_the_way_is_refused() {
        for text in [
            "google",
            "google?",
            "google?client_id=",
            "google?client_id=a&client_id=b",
            "google?client_id=a&secret=b",
            "google?client_id=a google?client_id=b",
            "Google?client_id=a",
            "a_b?kind=google&client_id=a",
            "work?client_id=a&label=Work",
            "work?client_id=a&issuer=https://id.example.com",
            "work?client_id=a&label=W&issuer=http://id.example.com",
            "work?client_id=a&label=W&issuer=http://127.0.0.1.example.com",
            "work?client_id=a&label=W&issuer=https://id.example.com/",
            "work?client_id=a&label=W&issuer=https://user@id.example.com",
            "work?client_id=a&label=W&issuer=https://id.example.com?x=y",
            "work?client_id=a&label=W&issuer=id.example.com",
            "work?client_id=a&label=W%0a&issuer=https://id.example.com",
            "work?kind=saml&client_id=a&label=W&issuer=https://id.example.com",
            "google?client_id=a&email=yes",
            "google?client_id=a&api=https://api.example.com",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let many: Vec<_> = (0..=MOST_PROVIDERS).map(|n| format!("p{n}?kind=google&client_id=a")).collect();
        assert!(parse(&many.join(" ")).is_err());
    }
}
