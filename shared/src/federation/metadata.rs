//! What an OpenID provider says of itself (OpenID Connect Discovery 1.0 §3 and §4.3), and the keys that it signs with (RFC 7517 §5).

use std::time::Duration;

use oauth2::url::Url;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::outbound::ProviderFault;
use super::provider::is_private;
use crate::keys::{Algorithm, Jwk, Limits, VerificationKey};

/// The times of both documents. Providers publish a key a day and more before they sign with it and let caches keep theirs for hours; a
/// `kid` that is not known is looked for at most once in the interval, however many tokens name one.
pub(super) const LIMITS: Limits = Limits {
    max_age: Duration::from_secs(60 * 60),
    hard_limit: Duration::from_secs(24 * 60 * 60),
    refetch_interval: Duration::from_secs(30),
    first_load_pause: Duration::from_secs(1),
};
/// Keys that are read of a set: the largest provider has a dozen.
const MOST_KEYS: usize = 64;
/// What stands in the issuer of an Entra ID that serves several tenants, behind which its document has each one's own.
const ANY_TENANT: [&str; 3] = ["common", "organizations", "consumers"];

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    /// `issuer`, as its tokens have it.
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    /// Whether it takes the secret in a header, as is the default (§3), or in the body alone.
    pub(super) basic: bool,
    /// Whether it always says in its answers who it is (RFC 9207 §3).
    pub(super) says_iss: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Where the document of `issuer` lies (§4).
    pub(super) fn address(issuer: &str) -> String {
        format!("{issuer}/.well-known/openid-configuration")
    }

    /// Reads the document of `issuer`, which it must be about to the byte (§4.3): another one would be the mix-up that `iss` is there
    /// to prevent (RFC 9207 §2.4).
    pub(super) fn read(json: &[u8], issuer: &str) -> Result<Self, ProviderFault> {
        let document: Document = serde_json::from_slice(json).map_err(|_| MALFORMED)?;
        if document.issuer != issuer && Some(&document.issuer) != of_any_tenant(issuer).as_ref() {
            return Err(ProviderFault::Malformed("a discovery document of another issuer"));
        }
        let methods = document.token_endpoint_auth_methods_supported;
        Ok(Self {
            authorization_endpoint: private(document.authorization_endpoint)?,
            token_endpoint: private(document.token_endpoint)?,
            jwks_uri: private(document.jwks_uri)?,
            userinfo_endpoint: document.userinfo_endpoint.map(private).transpose()?,
            basic: methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic")),
            says_iss: document.authorization_response_iss_parameter_supported,
            issuer: document.issuer,
        })
    }
}

const MALFORMED: ProviderFault = ProviderFault::Malformed("the discovery document");

/// The issuer that stands in the document of an Entra ID for several tenants.
fn of_any_tenant(issuer: &str) -> Option<String> {
    let rest = issuer.strip_prefix("https://login.microsoftonline.com/")?;
    let (tenant, version) = rest.split_once('/')?;
    let any = ANY_TENANT.contains(&tenant) && version == "v2.0";
    any.then(|| "https://login.microsoftonline.com/{tenantid}/v2.0".to_owned())
}

/// An endpoint that nobody listens in on.
fn private(address: String) -> Result<String, ProviderFault> {
    match Url::parse(&address) {
        Ok(url) if is_private(&url) && url.fragment().is_none() => Ok(address),
        _ => Err(ProviderFault::Malformed("an endpoint that is no https address")),
    }
}

/// The keys that a provider signs with, those of our algorithms.
#[derive(Debug)]
pub(super) struct ProviderKeys(Vec<(Option<String>, VerificationKey)>);

impl ProviderKeys {
    /// Reads a JWK set. Keys for something else, or of another algorithm, are passed over (RFC 7517 §5).
    pub(super) fn read(json: &[u8]) -> Result<Self, ProviderFault> {
        #[derive(Deserialize)]
        struct Set<'a> {
            #[serde(borrow)]
            keys: Vec<&'a RawValue>,
        }
        #[derive(Deserialize)]
        struct Named {
            kid: Option<String>,
        }
        let set: Set<'_> = serde_json::from_slice(json).map_err(|_| ProviderFault::Malformed("the set of keys"))?;
        let key = |json: &&RawValue| {
            let Named { kid } = serde_json::from_str(json.get()).ok()?;
            Some((kid, VerificationKey::new(&Jwk::from_json(json.get()).ok()?).ok()?))
        };
        let keys: Vec<_> = set.keys.iter().take(MOST_KEYS).filter_map(key).collect();
        if keys.is_empty() { Err(ProviderFault::Malformed("a set without a key for us")) } else { Ok(Self(keys)) }
    }

    /// The key called `kid`; without a name the only one of its algorithm (OpenID Connect Core 1.0 §10.1).
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&VerificationKey> {
        let mut fit = self
            .0
            .iter()
            .filter(|(name, key)| key.algorithm() == algorithm && (kid.is_none() || name.as_deref() == kid))
            .map(|(_, key)| key);
        let first = fit.next()?;
        (kid.is_some() || fit.next().is_none()).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::KeyPair;

    const ISSUER: &str = "https://id.example.com/realms/a";

    fn read(changes: &Value, issuer: &str) -> Result<Metadata, ProviderFault> {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example.com/auth?x=y",
            "token_endpoint": "https://token.example.com/token",
            "jwks_uri": "https://id.example.com/jwks",
        });
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        Metadata::read(document.to_string().as_bytes(), issuer)
    }

    #[test]
    fn a_document_is_about_its_issuer_to_the_byte() {
        let metadata = read(&json!({}), ISSUER).unwrap();
        assert!(metadata.basic && !metadata.says_iss && metadata.userinfo_endpoint.is_none());
        assert_eq!(Metadata::address(ISSUER), "https://id.example.com/realms/a/.well-known/openid-configuration");
        for other in
            ["https://id.example.com/realms/a/", "https://id.example.com/realms/b", "https://ID.example.com/realms/a"]
        {
            assert!(read(&json!({ "issuer": other }), ISSUER).is_err(), "{other}");
        }
        let tenants = json!({ "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0" });
        assert!(read(&tenants, "https://login.microsoftonline.com/common/v2.0").is_ok());
        for other in ["https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", ISSUER] {
            assert!(read(&tenants, other).is_err(), "{other}");
        }
    }

    #[test]
    fn an_endpoint_that_anybody_listens_in_on_is_none() {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            for address in ["http://id.example.com/x", "javascript:alert(1)", "/x", "https://id.example.com/#x", ""] {
                assert!(read(&json!({ name: address }), ISSUER).is_err(), "{name} {address}");
            }
            assert!(read(&json!({ name: "http://127.0.0.1:1/x" }), ISSUER).is_ok(), "{name}");
        }
        for document in ["", "[]", "{}", "null", r#"{"issuer":"https://id.example.com/realms/a"}"#] {
            assert!(Metadata::read(document.as_bytes(), ISSUER).is_err(), "{document}");
        }
    }

    #[test]
    fn the_secret_goes_where_the_provider_takes_it() {
        let basic =
            |methods: Value| read(&json!({ "token_endpoint_auth_methods_supported": methods }), ISSUER).unwrap().basic;
        assert!(basic(json!(["client_secret_post", "client_secret_basic"])));
        assert!(!basic(json!(["client_secret_post"])), "Apple's way");
    }

    #[test]
    fn keys_are_found_by_name_and_without_one_only_where_there_is_no_choice() {
        let jwk = |algorithm, kid: &str| {
            let mut jwk: Value =
                serde_json::from_str(&KeyPair::generate(algorithm).unwrap().public().to_json()).unwrap();
            jwk["kid"] = json!(kid);
            jwk
        };
        let keys = [
            jwk(Algorithm::Es256, "a"),
            jwk(Algorithm::Es256, "b"),
            jwk(Algorithm::Rs256, "c"),
            json!({ "kty": "oct", "k": "AAAA", "kid": "d" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "e" }),
        ];
        let keys = ProviderKeys::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap();
        assert!(keys.find(Some("a"), Algorithm::Es256).is_some());
        assert!(keys.find(Some("c"), Algorithm::Rs256).is_some());
        assert!(keys.find(None, Algorithm::Rs256).is_some());
        for (kid, algorithm) in [
            (Some("a"), Algorithm::Rs256),
            (Some("c"), Algorithm::Es256),
            (Some("d"), Algorithm::Es256),
            (Some("z"), Algorithm::Es256),
            (None, Algorithm::Es256),
        ] {
            assert!(keys.find(kid, algorithm).is_none(), "{kid:?}");
        }
        for set in ["", "{}", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, r#"{"keys":{}}"#] {
            assert!(ProviderKeys::read(set.as_bytes()).is_err(), "{set}");
        }
    }
}
