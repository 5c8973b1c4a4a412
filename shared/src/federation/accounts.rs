//! Which account an identity opens: the storage verbs, each unique in its transaction, and what a person's arrival comes to.

use std::future::Future;

use super::attempt::{Goal, UsedAttempt};
use super::{IdentityKey, ProviderId};
use crate::accounts::{Account, Identifier};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::storage::StoreError;

/// An identity that opens an account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// Its key.
    pub key: IdentityKey,
    /// The provider through which it was linked.
    pub provider: ProviderId,
    /// The address that the provider told then, for people to know it by. It opens nothing.
    pub email: Option<String>,
    /// Since when.
    pub linked_at: Timestamp,
}

/// More ways in than anybody keeps watch over; it also bounds what a sign-in page's worth of providers can write.
pub const MOST_IDENTITIES: usize = 20;

/// The store's side of an answer from a provider.
pub trait UseAttempt {
    /// Whether the attempt is used by this call and was by none before, however many come at once. One conditional write; it is
    /// forgotten once the attempt is over by its age.
    fn use_attempt(
        &self,
        attempt: &UsedAttempt,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// The store's side of signing in by an identity.
pub trait FindIdentity {
    /// The account that it opens. One read.
    fn find_identity(&self, key: &IdentityKey) -> impl Future<Output = Result<Option<UserId>, StoreError>> + Send;
}

/// The store's side of an account that an identity makes.
pub trait RegisterByIdentity {
    /// Makes `account`, which has no password, and links `identity` to it. One transaction: both its names and the identity are nobody
    /// else's.
    fn register_by_identity(
        &self,
        account: &Account,
        identity: &LinkedIdentity,
    ) -> impl Future<Output = Result<RegisteredBy, StoreError>> + Send;
}

/// What became of an account that an identity was to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisteredBy {
    /// It is made.
    Done,
    /// The identity opens an account already. Nothing is written.
    IdentityKnown,
    /// The name is another account's. Nothing is written.
    Taken(Identifier),
}

/// The store's side of linking.
pub trait LinkIdentity {
    /// The identities that open the account of `user`. One query.
    fn identities(&self, user: UserId) -> impl Future<Output = Result<Vec<LinkedIdentity>, StoreError>> + Send;

    /// Links `identity` to `account`, if that stands at its version. One transaction.
    fn link(
        &self,
        account: &Account,
        identity: &LinkedIdentity,
    ) -> impl Future<Output = Result<Linked, StoreError>> + Send;

    /// Takes `key` away from `account`, if that stands at its version: from then on no sign-in that it began opens a session. One
    /// transaction.
    fn unlink(
        &self,
        account: &Account,
        key: &IdentityKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Unlinked, StoreError>> + Send;
}

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It is made.
    Done,
    /// The identity opens an account already: this one or another. Nothing is written.
    IdentityKnown,
    /// The account is closed, or no more what it was. Nothing is written.
    AccountChanged,
}

/// What became of a link that was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinked {
    /// It is gone.
    Done,
    /// The account is no more what it was, or has no such identity. Nothing is written.
    AccountChanged,
}

/// What is to be done with a person who comes back from a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// They have this account.
    SignIn(UserId),
    /// They have none, and get one by this name.
    Register(Identifier),
    /// They have none, and no address that the provider vouches for: they make an account here, and link.
    NoMailbox,
    /// Their identity is to open this account too, if it stands at this version.
    Link(UserId, u64),
    /// It does already.
    LinkedBefore(UserId),
    /// It opens another account, and no two.
    AnothersIdentity,
}

/// The one table: what they came for, whose the identity is, and which mailbox is vouched for.
pub fn arrival(goal: Goal, owner: Option<UserId>, mailbox: Option<Identifier>) -> Arrival {
    match (goal, owner, mailbox) {
        (Goal::SignIn, Some(owner), _) => Arrival::SignIn(owner),
        (Goal::SignIn, None, Some(mailbox)) => Arrival::Register(mailbox),
        (Goal::SignIn, None, None) => Arrival::NoMailbox,
        (Goal::Link { user, version, .. }, None, _) => Arrival::Link(user, version),
        (Goal::Link { user, .. }, Some(owner), _) if owner == user => Arrival::LinkedBefore(user),
        (Goal::Link { .. }, Some(_), _) => Arrival::AnothersIdentity,
    }
}
