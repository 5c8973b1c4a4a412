//! An identity at a provider as two items: one that makes it open one account and no other, and one under that account.

use super::attributes::{Item, Reader, Writer, text, time};
use super::keys::{IDENTITY_PREFIX, Key, SORT};
use crate::federation::ProviderId;
use crate::federation::accounts::LinkedIdentity;
use crate::identity::UserId;
use crate::storage::StoreError;

pub(super) const USER: &str = "user";
const PROVIDER: &str = "provider";
const EMAIL: &str = "email";
const LINKED_AT: &str = "linked_at";

/// Whose it is.
pub(super) fn taken(user: UserId, identity: &LinkedIdentity) -> Item {
    Writer::new(&Key::identity(&identity.key)).with(USER, text(user.to_string())).finish()
}

/// What its owner sees of it.
pub(super) fn listed(user: UserId, identity: &LinkedIdentity) -> Item {
    Writer::new(&Key::identity_of(user, &identity.key))
        .with(PROVIDER, text(identity.provider.as_str()))
        .with_some(EMAIL, identity.email.as_ref().map(text))
        .with(LINKED_AT, time(identity.linked_at))
        .finish()
}

pub(super) fn owner(item: &Item) -> Result<UserId, StoreError> {
    Reader::new(item).parsed(USER)
}

impl TryFrom<&Item> for LinkedIdentity {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, StoreError> {
        let read = Reader::new(item);
        Ok(Self {
            key: read.parsed_by(SORT, |sort| sort.strip_prefix(IDENTITY_PREFIX).unwrap_or_default().parse())?,
            provider: read.parsed::<ProviderId>(PROVIDER)?,
            email: read.text_if_any(EMAIL)?.map(str::to_owned),
            linked_at: read.time(LINKED_AT)?,
        })
    }
}
