//! Client authentication (RFC 6749 §2.3, RFC 7523 §2.2, OpenID Connect Core §9): which client sends a request, and whether it proves it.
//!
//! A client proves itself in the one way that it is registered for. What is missed in a registration that was read a moment ago is
//! looked for once more, so that a rotated secret works at once.

use std::future::Future;
use std::sync::Arc;

use super::clients::{Authentication, Client, ClientCache, ClientId, ReadClient, SecretMethod, Standing};
use crate::clock::Timestamp;
use crate::secret::Secret;
use crate::storage::StoreError;
use crate::tokens::{AssertionRefusal, ClientAssertion, asserted_client, verify_client_assertion};

/// What a request presents to say which client sends it.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The client that it names. An assertion may leave that to its `sub`.
    pub client: Option<String>,
    /// What is to prove it.
    pub proof: Proof,
}

/// What is to prove that a client is who it says.
#[derive(Clone, Debug)]
pub enum Proof {
    /// Nothing: a public client.
    None,
    /// A secret in the `Authorization` header.
    Basic(Secret<String>),
    /// A secret in the body.
    Post(Secret<String>),
    /// A signed assertion.
    Assertion(Secret<String>),
}

/// The store's side of taking each assertion once.
pub trait AcceptAssertion {
    /// Notes that `client` has presented `assertion`, unless it has before. One conditional write.
    fn accept_assertion(
        &self,
        client: &ClientId,
        assertion: &ClientAssertion,
    ) -> impl Future<Output = Result<Accepted, StoreError>> + Send;
}

/// What became of an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It was never presented before.
    First,
    /// It was.
    Replayed,
}

/// Why a request is not taken for a client's. The client hears `invalid_client` and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientRefusal {
    /// It names no client, or none that there is.
    Unknown,
    /// The client is disabled.
    Disabled,
    /// It proves itself in another way than it is registered for.
    WrongMethod,
    /// The secret is none of the client's.
    WrongSecret,
    /// The assertion proves nothing.
    Assertion(AssertionRefusal),
    /// The assertion was presented before.
    Replayed,
}

impl ClientRefusal {
    /// The refusal as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_client",
            Self::Disabled => "client_disabled",
            Self::WrongMethod => "wrong_client_authentication_method",
            Self::WrongSecret => "wrong_client_secret",
            Self::Assertion(refusal) => refusal.reason(),
            Self::Replayed => "assertion_replayed",
        }
    }
}

/// The client that sends a request with `presented`. With the client in memory no storage call, but for the write that takes an
/// assertion once.
///
/// # Errors
/// [`StoreError`] if that could not be found out; nobody is authenticated then.
pub async fn authenticate<S: ReadClient + AcceptAssertion>(
    known: &ClientCache,
    store: &S,
    issuer: &str,
    presented: &Presented,
    now: Timestamp,
) -> Result<Result<Arc<Client>, ClientRefusal>, StoreError> {
    let Some(id) = named(presented) else { return Ok(Err(ClientRefusal::Unknown)) };
    let Some(mut client) = known.find(store, &id, now).await? else { return Ok(Err(ClientRefusal::Unknown)) };
    let mut checked = check(&client, &presented.proof, issuer, now);
    if checked.is_err()
        && let Some(newer) = known.newer_than(&client, store, now).await?
    {
        checked = check(&newer, &presented.proof, issuer, now);
        client = newer;
    }
    match checked {
        Err(refusal) => Ok(Err(refusal)),
        Ok(None) => Ok(Ok(client)),
        Ok(Some(assertion)) => match store.accept_assertion(&client.id, &assertion).await? {
            Accepted::First => Ok(Ok(client)),
            Accepted::Replayed => Ok(Err(ClientRefusal::Replayed)),
        },
    }
}

/// A name that is none is nobody's. An assertion must agree with a name that stands beside it (RFC 7521 §4.2).
fn named(presented: &Presented) -> Option<ClientId> {
    let name = match (&presented.client, &presented.proof) {
        (Some(client), _) => client.clone(),
        (None, Proof::Assertion(token)) => asserted_client(token.expose().as_bytes())?,
        (None, Proof::None | Proof::Basic(_) | Proof::Post(_)) => return None,
    };
    name.parse().ok()
}

/// Whether `proof` is one of `client`'s; an assertion must still be taken.
fn check(
    client: &Client,
    proof: &Proof,
    issuer: &str,
    now: Timestamp,
) -> Result<Option<ClientAssertion>, ClientRefusal> {
    match client.standing {
        Standing::Disabled { .. } => return Err(ClientRefusal::Disabled),
        Standing::Active => {}
    }
    match (&client.authentication, proof) {
        (Authentication::None, Proof::None) => Ok(None),
        (Authentication::Secret { method: SecretMethod::Basic, secrets }, Proof::Basic(secret))
        | (Authentication::Secret { method: SecretMethod::Post, secrets }, Proof::Post(secret)) => {
            if secrets.accept(secret, now) { Ok(None) } else { Err(ClientRefusal::WrongSecret) }
        }
        (Authentication::PrivateKeyJwt(keys), Proof::Assertion(token)) => {
            let token = token.expose().as_bytes();
            let assertion = verify_client_assertion(token, keys.iter(), client.id.as_str(), issuer, now);
            assertion.map(Some).map_err(ClientRefusal::Assertion)
        }
        (Authentication::None | Authentication::Secret { .. } | Authentication::PrivateKeyJwt(_), _) => {
            Err(ClientRefusal::WrongMethod)
        }
    }
}
