//! The verb that counts what opens an account besides its password. What cannot be read is counted: it may be good.

use super::keys::{API_KEY_PREFIX, IDENTITY_PREFIX, user_partition};
use super::table::Table;
use crate::accounts::ways_in::{CountWaysIn, WaysIn};
use crate::api_keys::ApiKey;
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::storage::StoreError;

impl CountWaysIn for Table {
    async fn ways_in(&self, user: UserId, now: Timestamp) -> Result<WaysIn, StoreError> {
        let (keys, identities) = tokio::try_join!(
            self.read_under("Query (API keys of an owner)", user_partition(user), API_KEY_PREFIX),
            self.read_under("Query (identities of a user)", user_partition(user), IDENTITY_PREFIX),
        )?;
        let expired = |key: ApiKey| key.expires_at.is_some_and(|at| at <= now);
        let api_keys = keys.iter().filter(|item| !ApiKey::try_from(*item).is_ok_and(expired)).count();
        Ok(WaysIn { api_keys, identities: identities.len() })
    }
}
