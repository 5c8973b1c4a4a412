//! What an OpenID provider says of itself (OpenID Connect Discovery 1.0 §3 and §4.3), and the keys that it signs with (RFC 7517 §5).

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::kind::MICROSOFT;
use super::outbound::ProviderFault;
use crate::clock::Timestamp;
use crate::keys::{Algorithm, Jwk, Limits, VerificationKey};
use crate::remote::Address;
use crate::tokens::{ExpectedIdToken, IdTokenRefusal, ProviderIdToken, UnverifiedIdToken};

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
pub(super) const ANY_TENANT: [&str; 2] = ["common", "organizations"];
/// What such a document has in the place of the tenant.
const TENANT: &str = "{tenantid}";

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
        let private = |address: String| private(issuer, address);
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
    let (tenant, version) = issuer.strip_prefix(MICROSOFT)?.split_once('/')?;
    let any = ANY_TENANT.contains(&tenant) && version == "v2.0";
    any.then(|| format!("{MICROSOFT}{TENANT}/v2.0"))
}

/// An endpoint of `issuer` that nobody listens in on, and on this machine only if the issuer is.
fn private(issuer: &str, address: String) -> Result<String, ProviderFault> {
    let named = Address::parse(issuer).and_then(|issuer| issuer.names(&address));
    named.map(|_| address).map_err(|_| ProviderFault::Malformed("an endpoint that is no https address on the network"))
}

/// The keys that a provider signs with, those of our algorithms.
#[derive(Debug)]
pub(super) struct ProviderKeys(Vec<ProviderKey>);

/// A key that a provider signs with.
#[derive(Debug)]
pub(super) struct ProviderKey {
    kid: Option<String>,
    /// Whose tokens it signs, where several tenants have one set (Microsoft, "Signing key issuer validation").
    issuer: Option<String>,
    key: VerificationKey,
}

impl ProviderKey {
    /// Who `token` says somebody is, if this key signed it and may: one of a single tenant signs for no other.
    ///
    /// # Errors
    /// Why not, as logs spell it.
    pub(super) fn verified(
        &self,
        token: &UnverifiedIdToken<'_>,
        expected: &ExpectedIdToken<'_>,
        now: Timestamp,
    ) -> Result<ProviderIdToken, &'static str> {
        let token = token.verified(&self.key, expected, now).map_err(IdTokenRefusal::reason)?;
        match &self.issuer {
            Some(own) if expected.issuer.contains(TENANT) && *own != expected.issuer && *own != token.issuer => {
                Err("key_of_another_tenant")
            }
            _ => Ok(token),
        }
    }
}

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
            issuer: Option<String>,
        }
        let set: Set<'_> = serde_json::from_slice(json).map_err(|_| ProviderFault::Malformed("the set of keys"))?;
        let key = |json: &&RawValue| {
            let Named { kid, issuer } = serde_json::from_str(json.get()).ok()?;
            let key = VerificationKey::new(&Jwk::from_json(json.get()).ok()?).ok()?;
            Some(ProviderKey { kid, issuer, key })
        };
        let keys: Vec<_> = set.keys.iter().take(MOST_KEYS).filter_map(key).collect();
        if keys.is_empty() { Err(ProviderFault::Malformed("a set without a key for us")) } else { Ok(Self(keys)) }
    }

    /// The key called `kid`; without a name the only one of its algorithm (OpenID Connect Core 1.0 §10.1).
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&ProviderKey> {
        let fits =
            |one: &&ProviderKey| one.key.algorithm() == algorithm && (kid.is_none() || one.kid.as_deref() == kid);
        let mut fit = self.0.iter().filter(fits);
        let first = fit.next()?;
        (kid.is_some() || fit.next().is_none()).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::KeyPair;
    use crate::secret::Secret;

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
        for other in ["9188040d-6c67-4c5b-b112-36a304b66dad", "consumers"]
            .map(|tenant| format!("https://login.microsoftonline.com/{tenant}/v2.0"))
            .iter()
            .map(String::as_str)
            .chain([ISSUER])
        {
            assert!(read(&tenants, other).is_err(), "{other}");
        }
    }

    #[test]
    fn an_endpoint_that_anybody_listens_in_on_is_none() {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            for address in ["http://id.example.com/x", "javascript:alert(1)", "/x", "https://id.example.com/#x", ""] {
                assert!(read(&json!({ name: address }), ISSUER).is_err(), "{name} {address}");
            }
        }
        for document in ["", "[]", "{}", "null", r#"{"issuer":"https://id.example.com/realms/a"}"#] {
            assert!(Metadata::read(document.as_bytes(), ISSUER).is_err(), "{document}");
        }
    }

    /// A function's runtime has its API there.
    #[test]
    fn an_issuer_on_the_network_names_no_endpoint_on_this_machine() {
        let near = ["http://127.0.0.1:9001/x", "http://localhost:1/x", "http://[::1]:1/x"];
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            for address in near.into_iter().chain([
                "https://127.0.0.1:9001/x",
                "https://LOCALHOST/x",
                "https://id.localhost./x",
                "https://[::1]/x",
                "https://[::ffff:127.0.0.1]/x",
                "https://[fe80::1]/x",
                "https://169.254.169.254/x",
                "https://0.0.0.0/x",
                "https://127.1/x",
                "https://2130706433/x",
            ]) {
                assert!(read(&json!({ name: address }), ISSUER).is_err(), "{name} {address}");
            }
        }
        for issuer in ["http://127.0.0.1:4000", "http://localhost:4000/realms/a"] {
            for address in near {
                assert!(read(&json!({ "issuer": issuer, "jwks_uri": address }), issuer).is_ok(), "{issuer} {address}");
            }
        }
    }

    #[test]
    fn a_key_of_one_tenant_signs_for_no_other() {
        const OWN: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
        const OTHER: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
        let now = Timestamp::from_seconds(1_800_000_000);
        let of = |tenant: &str| format!("{MICROSOFT}{tenant}/v2.0");
        let (pair, shared) = (KeyPair::generate(Algorithm::Es256).unwrap(), of(TENANT));
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signs = |issuer: Option<String>, tenant: &str| {
            let mut jwk: Value = serde_json::from_str(&pair.public().to_json()).unwrap();
            jwk["issuer"] = json!(issuer);
            let keys = ProviderKeys::read(json!({ "keys": [jwk] }).to_string().as_bytes()).unwrap();
            let claims = json!({
                "iss": of(tenant), "tid": tenant, "sub": "ada", "aud": "us", "nonce": "n", "iat": now, "exp": now.seconds() + 60,
            });
            let signed = format!("{}.{}", encoded(&json!({ "alg": "ES256" })), encoded(&claims));
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()).unwrap()));
            let nonce = Secret::new("n".to_owned());
            let expected = ExpectedIdToken { issuer: &shared, client_id: "us", nonce: &nonce, access_token: "a" };
            let key = keys.find(None, Algorithm::Es256).unwrap();
            let verified = key.verified(&UnverifiedIdToken::read(token.as_bytes()).unwrap(), &expected, now);
            verified.map(|token| token.issuer)
        };
        for issuer in [None, Some(of(TENANT)), Some(of(OWN))] {
            assert_eq!(signs(issuer, OWN), Ok(of(OWN)));
        }
        assert_eq!(signs(Some(of(OWN)), OTHER), Err("key_of_another_tenant"));
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
