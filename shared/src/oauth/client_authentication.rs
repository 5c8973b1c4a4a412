//! Client authentication (RFC 6749 §2.3, RFC 7523 §2.2, OpenID Connect Core §9): which client sends a request, and whether it proves it.
//!
//! A client proves itself in the one way that it is registered for. What is missed in a registration that was read a moment ago is
//! looked for once more, so that a rotated secret works at once.

use std::future::Future;
use std::sync::Arc;

use super::clients::{Authentication, Client, ClientCache, ClientId, ReadClient, SecretMethod, Standing};
use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::randomness::Randomness;
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

/// Random bytes that tell one attempt to take an assertion from any other.
pub const ATTEMPT_BYTES: usize = 16;

/// The store's side of taking each assertion once.
pub trait AcceptAssertion {
    /// Notes that `client` has presented `assertion`, unless it has before. One conditional write; one whose answer was lost is known
    /// again by `attempt`.
    fn accept_assertion(
        &self,
        client: &ClientId,
        assertion: &ClientAssertion,
        attempt: [u8; ATTEMPT_BYTES],
    ) -> impl Future<Output = Result<Accepted, StoreError>> + Send;

    /// Forgets that `assertion` was presented. One write.
    fn give_back_assertion(
        &self,
        client: &ClientId,
        assertion: &ClientAssertion,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// A client that has proved who it is, but for an assertion that must still be taken.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The client.
    pub client: Arc<Client>,
    assertion: Option<ClientAssertion>,
}

impl Authenticated {
    /// Takes the assertion, if there is one. Storage: a write for it.
    ///
    /// # Errors
    /// [`Fault`] if that could not be found out.
    pub async fn take<S: AcceptAssertion>(
        &self,
        store: &S,
        randomness: &Randomness,
    ) -> Result<Result<(), ClientRefusal>, Fault> {
        let Some(assertion) = &self.assertion else { return Ok(Ok(())) };
        Ok(match store.accept_assertion(&self.client.id, assertion, randomness.bytes()?).await? {
            Accepted::First => Ok(()),
            Accepted::Replayed => Err(ClientRefusal::Replayed),
        })
    }

    /// Gives it back, for a request that was not carried out: the client may send the same again (RFC 7523 §3, 7: what must not be
    /// used again is one that was used).
    ///
    /// # Errors
    /// [`StoreError`] if that could not be written: the client must make another one.
    pub async fn give_back<S: AcceptAssertion>(&self, store: &S) -> Result<(), StoreError> {
        match &self.assertion {
            Some(assertion) => store.give_back_assertion(&self.client.id, assertion).await,
            None => Ok(()),
        }
    }
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

/// The client that sends a request with `presented`. With the client in memory no storage call. An assertion must still be taken.
///
/// # Errors
/// [`StoreError`] if that could not be found out; nobody is authenticated then.
pub async fn authenticate<S: ReadClient>(
    known: &ClientCache,
    store: &S,
    issuer: &str,
    presented: &Presented,
    now: Timestamp,
) -> Result<Result<Authenticated, ClientRefusal>, StoreError> {
    let Some(id) = named(presented) else { return Ok(Err(ClientRefusal::Unknown)) };
    let Some(mut client) = known.find(store, &id, now).await? else { return Ok(Err(ClientRefusal::Unknown)) };
    let mut checked = check(&client, &presented.proof, issuer, now);
    if checked.is_err()
        && let Some(newer) = known.newer_than(&client, store, now).await?
    {
        checked = check(&newer, &presented.proof, issuer, now);
        client = newer;
    }
    Ok(checked.map(|assertion| Authenticated { client, assertion }))
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
