//! Whether a key may be used now, from here, and for what: a pure function of key, owner, request and time.

use std::future::Future;
use std::net::IpAddr;

use super::api_key::{ApiKey, Owner};
use super::text::{Named, NotAKey, PresentedKey};
use crate::clock::Timestamp;
use crate::limits::Limit;
use crate::scope::{Roles, Scopes};
use crate::storage::StoreError;

/// The store's side of a check: one read.
pub trait FindApiKey {
    /// The key and its owner, as they are now: strongly consistent, so that a revocation that was acknowledged holds. `None` for
    /// a key or an owner that is not there.
    fn find_api_key(
        &self,
        named: Named,
    ) -> impl Future<Output = Result<(Option<ApiKey>, Option<Owner>), StoreError>> + Send;

    /// Notes that the key was used at `now`, unless that is known to [`super::USE_NOTED_EVERY`] already.
    fn note_use(&self, named: Named, now: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What a key may do now: at most what its owner may do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// What both key and owner may be used for.
    pub scope: Scopes,
    /// The roles that both have.
    pub roles: Roles,
    /// How often the key may be used, if that is limited.
    pub limit: Option<Limit>,
}

/// Why a key is refused. The caller hears one and the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not of a key's form, or its checksum does not fit.
    Malformed,
    /// A key of another environment.
    OtherEnvironment,
    /// It is not there: never made, revoked, or its owner is gone.
    Unknown,
    /// It is there, but the secret is another, or one whose overlap is over.
    WrongSecret,
    /// Its time is over.
    Expired,
    /// It may not be used from this address, or the address is not known.
    Address,
    /// Its owner is disabled.
    OwnerDisabled,
}

impl Refusal {
    /// The reason as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "malformed_api_key",
            Self::OtherEnvironment => "api_key_of_other_environment",
            Self::Unknown => "unknown_api_key",
            Self::WrongSecret => "wrong_api_key_secret",
            Self::Expired => "api_key_expired",
            Self::Address => "api_key_address",
            Self::OwnerDisabled => "api_key_owner_disabled",
        }
    }
}

impl From<NotAKey> for Refusal {
    fn from(not_a_key: NotAKey) -> Self {
        match not_a_key {
            NotAKey::Malformed => Self::Malformed,
            NotAKey::OtherEnvironment => Self::OtherEnvironment,
        }
    }
}

/// What the key `key` of `owner`, presented as `presented` from `source`, may do at `now`. The secret comes first, so that the other
/// reasons are known of real keys only.
///
/// # Errors
/// [`Refusal`].
pub fn rights(
    key: &ApiKey,
    owner: &Owner,
    presented: &PresentedKey,
    source: Option<IpAddr>,
    now: Timestamp,
) -> Result<Rights, Refusal> {
    if !key.holds(presented, now) {
        return Err(Refusal::WrongSecret);
    }
    if key.is_expired(now) {
        return Err(Refusal::Expired);
    }
    if !owner.active {
        return Err(Refusal::OwnerDisabled);
    }
    if !key.ranges.permit(source) {
        return Err(Refusal::Address);
    }
    Ok(Rights {
        scope: key.scope.intersection(&owner.scopes),
        roles: key.roles.intersection(&owner.roles),
        limit: key.limit,
    })
}

impl ApiKey {
    /// Whether the presented secret is the current one, or a predecessor that still works at `now`. Each is compared in constant time.
    pub fn holds(&self, presented: &PresentedKey, now: Timestamp) -> bool {
        self.predecessors
            .iter()
            .filter(|predecessor| predecessor.until > now)
            .map(|predecessor| &predecessor.secret)
            .chain([&self.secret])
            .any(|secret| secret.matches(&presented.secret))
    }
}
