//! Opening a session for a person who has just signed in.

use std::future::Future;

use super::rotation::Generation;
use super::session::{AuthenticationMethod, Client, Device, Session, State, Transport};
use crate::accounts::{Account, LoginRecord};
use crate::clock::Timestamp;
use crate::identity::SessionId;
use crate::keys::MacKeys;
use crate::passwords::PasswordHash;
use crate::randomness::{NoRandomness, Randomness};
use crate::scope::Scopes;
use crate::storage::StoreError;

/// The store's side of a sign-in.
pub trait OpenSession {
    /// Writes `session` if the account still stands as it was when its password was read (`account_version`), in one
    /// transaction: a sign-in that races with a disabled account or a changed password opens nothing.
    fn open(&self, session: &Session, account_version: u64)
    -> impl Future<Output = Result<Opening, StoreError>> + Send;
}

/// What became of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The session is written.
    Opened,
    /// The account changed in between; nothing is written.
    AccountChanged,
}

/// A session for the person behind `record`, not yet written: held by tokens, from nowhere in particular.
///
/// # Errors
/// [`NoRandomness`] if the operating system gives none.
pub fn session_for(
    record: &LoginRecord,
    client: &Client,
    scope: Scopes,
    device: Option<Device>,
    keys: &MacKeys,
    randomness: &Randomness,
    now: Timestamp,
) -> Result<Session, NoRandomness> {
    let expires_at = now.plus(client.absolute_lifetime);
    Ok(Session {
        user: record.user,
        id: SessionId::random(randomness)?,
        client_id: client.id.clone(),
        scope,
        audience: None,
        roles: record.roles.clone(),
        auth_time: now,
        auth_method: AuthenticationMethod::Password,
        signed_in_for: None,
        device,
        network: None,
        transport: Transport::Tokens,
        generation: Generation::FIRST,
        rotated_at: now,
        mac_key: keys.active().id(),
        idle_expires_at: now.plus(client.idle_lifetime),
        expires_at,
        state: State::Live,
    })
}

/// The same for an account that an identity at a provider opens: for all that it may do, and with no password to look at.
///
/// # Errors
/// [`NoRandomness`] if the operating system gives none.
pub fn session_of(
    account: &Account,
    client: &Client,
    keys: &MacKeys,
    randomness: &Randomness,
    now: Timestamp,
) -> Result<Session, NoRandomness> {
    let record = LoginRecord {
        user: account.user,
        identifiers: account.identifiers.clone(),
        password: PasswordHash::none(),
        scopes: account.scopes.clone(),
        roles: account.roles.clone(),
        standing: account.standing,
        version: account.version,
    };
    let session = session_for(&record, client, account.scopes.clone(), None, keys, randomness, now)?;
    Ok(Session { auth_method: AuthenticationMethod::Federated, ..session })
}

#[cfg(test)]
mod tests;
