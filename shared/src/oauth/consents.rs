//! Consents: what a person lets a client do in their name, remembered so that they are not asked twice (OpenID Connect Core §3.1.2.4).
//!
//! Agreement is kept for each audience and scope apart: whoever let a client read the orders has not let it read the invoices. Agreeing
//! adds to what there is; a consent is withdrawn as a whole, and then no code that rests on it opens a session any more.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::str::FromStr;

use super::clients::ClientId;
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::scope::{InvalidScope, Scope, Scopes};
use crate::sessions::Ending;
use crate::sessions::end::EndedAll;
use crate::storage::StoreError;

/// What a person has let one client do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The client.
    pub client: ClientId,
    /// What it was called when the person last agreed.
    pub client_name: String,
    /// All that the person has agreed to.
    pub permissions: BTreeSet<Permission>,
    /// When they last agreed.
    pub agreed_at: Timestamp,
}

/// One scope at one audience.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// Whom tokens with the scope are for (RFC 8707).
    pub audience: String,
    /// What they are good for there.
    pub scope: Scope,
}

/// The text is no permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an audience, a space and a scope")]
pub struct InvalidPermission;

impl Permission {
    /// Each of `scope` at `audience`.
    pub fn each(audience: &str, scope: &Scopes) -> BTreeSet<Self> {
        scope.iter().map(|scope| Self { audience: audience.to_owned(), scope: scope.clone() }).collect()
    }
}

/// Neither an audience nor a scope has a space.
impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.audience, self.scope)
    }
}

impl FromStr for Permission {
    type Err = InvalidPermission;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (audience, scope) = text.split_once(' ').ok_or(InvalidPermission)?;
        let scope = scope.parse().map_err(|_: InvalidScope| InvalidPermission)?;
        if audience.is_empty() { Err(InvalidPermission) } else { Ok(Self { audience: audience.to_owned(), scope }) }
    }
}

impl Consent {
    /// Whether the person has agreed to all of `wanted`.
    pub fn covers(&self, wanted: &BTreeSet<Permission>) -> bool {
        self.permissions.is_superset(wanted)
    }
}

/// The store's side of a request that may have been agreed to before.
pub trait FindConsent {
    /// What `user` has let `client` do. One strongly consistent read.
    fn find_consent(
        &self,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Option<Consent>, StoreError>> + Send;
}

/// The store's side of an agreement.
pub trait Agree {
    /// Adds `consent` to what `user` has let the client do, if their account still stands at `account_version`. One transaction: two
    /// agreements at once are both kept, and nothing is left of one that comes after the account.
    fn agree(
        &self,
        user: UserId,
        account_version: u64,
        consent: &Consent,
    ) -> impl Future<Output = Result<Agreed, StoreError>> + Send;
}

/// What became of an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// It is kept.
    Kept,
    /// The account changed in between; nothing is written.
    AccountChanged,
}

/// The store's side of somebody's view of what they have agreed to.
pub trait ListConsents {
    /// What `user` has let which client do; what cannot be read is left out, and can be withdrawn all the same. One query.
    fn consents(&self, user: UserId) -> impl Future<Output = Result<Vec<Consent>, StoreError>> + Send;
}

/// The store's side of taking a consent back.
pub trait WithdrawConsent {
    /// Forgets that `user` let `client` do anything. One call. A code that rests on it opens no session from then on.
    fn withdraw(
        &self,
        user: UserId,
        client: &ClientId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Withdrawn, StoreError>> + Send;

    /// Ends the sessions of `user` that `client` holds and that have not ended, as [`EndSessions`](crate::sessions::end::EndSessions)
    /// does those of all clients.
    fn end_of_client(
        &self,
        user: UserId,
        client: &ClientId,
        cause: Ending,
        now: Timestamp,
    ) -> impl Future<Output = EndedAll> + Send;
}

/// What became of a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is gone.
    Now,
    /// There was none.
    Already,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const API: &str = "https://api.example.com";
    const INVOICES: &str = "https://invoices.example.com";

    fn wanted(audience: &str, scope: &str) -> BTreeSet<Permission> {
        Permission::each(audience, &Scopes::parse(scope).unwrap())
    }

    fn consent(permissions: BTreeSet<Permission>) -> Consent {
        let (client, agreed_at) = ("app".parse().unwrap(), Timestamp::from_seconds(1));
        Consent { client, client_name: "App".to_owned(), permissions, agreed_at }
    }

    #[test]
    fn a_consent_covers_what_was_agreed_to_there_and_nothing_elsewhere() {
        let mut agreed = wanted(API, "openid orders:read");
        agreed.extend(wanted(INVOICES, "invoices:read"));
        let consent = consent(agreed);
        for (audience, scope) in
            [(API, "orders:read"), (API, "openid"), (API, "openid orders:read"), (INVOICES, "invoices:read")]
        {
            assert!(consent.covers(&wanted(audience, scope)), "{audience} {scope}");
        }
        for (audience, scope) in [
            (API, "orders:write"),
            (API, "openid orders:read orders:write"),
            (API, "invoices:read"),
            (INVOICES, "orders:read"),
            (INVOICES, "openid"),
            ("https://other.example.com", "openid"),
        ] {
            assert!(!consent.covers(&wanted(audience, scope)), "{audience} {scope}");
        }
    }

    #[test]
    fn what_is_no_permission_is_not_read_as_one() {
        for text in ["", " ", "openid", " openid", "https://api.example.com ", "https://api.example.com a b", "a  b"] {
            assert_eq!(text.parse::<Permission>(), Err(InvalidPermission), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_permission_reads_back_from_the_table(audience in "[a-z]{1,9}:[!-~]{1,40}", scope in "[a-z:.]{1,30}") {
            for permission in wanted(&audience, &scope) {
                prop_assert_eq!(permission.to_string().parse(), Ok(permission));
            }
        }
    }
}
