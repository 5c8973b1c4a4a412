//! An OAuth client, brought back from a backup in one transaction with its place in the list of all and an entry of its trail.

use super::attributes::Reader;
use super::client_item::{CLIENT_ID, encode};
use super::client_trail::entry;
use super::clients::listed;
use super::keys::{CLIENT, Key};
use super::restoring::Restoration;
use crate::audit::client_trail::{ClientEntry, ClientEvent};
use crate::clock::Timestamp;
use crate::oauth::clients::{Authentication, Client, ClientId, SecretHash, Secrets, Standing};
use crate::restore::{Fate, Kind, Outcome};
use crate::storage::StoreError;

impl Restoration<'_> {
    /// The client. One that was changed since comes back disabled, and without a secret if that was rotated.
    pub(super) async fn client(&self) -> Result<Vec<Outcome>, StoreError> {
        const OPERATION: &str = "TransactWriteItems (a client from a backup)";
        let Some(saved) = self.saved.get(CLIENT) else { return Ok(Vec::new()) };
        let id: ClientId = Reader::new(saved).parsed(CLIENT_ID)?;
        let outcome = |fate| vec![Outcome { kind: Kind::Client, fate, name: id.to_string() }];
        if self.there.contains_key(CLIENT) {
            self.list(&id).await?;
            return Ok(outcome(Fate::There));
        }
        let (before, since) = (Client::try_from(saved)?, self.unknown_to_the_backup(entry)?);
        let version = before.version + since.len() as u64 + 1;
        let changed = since.iter().any(|ClientEntry { event, .. }| *event != ClientEvent::Restored);
        let (fate, client) = match changed {
            true => (Fate::BackClosed, closed(before, &since, self.now)),
            false => (Fate::Back, before),
        };
        let client = Client { version, ..client };
        let restored = ClientEntry { at: self.now, event: ClientEvent::Restored, by: None, members: Vec::new() };
        let writes = vec![
            self.table.put_new(OPERATION, encode(&client))?,
            self.table.put(OPERATION, listed(&id))?,
            self.table.client_entry(OPERATION, &client, &restored)?,
        ];
        self.write(OPERATION, writes).await?;
        Ok(outcome(fate))
    }

    /// Puts a client that is there into the list of all, if it was lost from it.
    async fn list(&self, client: &ClientId) -> Result<(), StoreError> {
        if self.table.read("GetItem (a client's name)", &Key::listed_client(client)).await?.is_none() {
            self.put_back("PutItem (a client's name)", &listed(client)).await?;
        }
        Ok(())
    }
}

/// The client without what somebody may have wanted gone since.
fn closed(client: Client, since: &[ClientEntry], now: Timestamp) -> Client {
    let rotated = since.iter().any(|entry| entry.event == ClientEvent::SecretRotated);
    let authentication = match client.authentication {
        Authentication::Secret { method, .. } if rotated => {
            Authentication::Secret { method, secrets: Secrets::first(SecretHash::OF_NOTHING) }
        }
        kept => kept,
    };
    let standing = match client.standing {
        Standing::Active => Standing::Disabled { at: now },
        disabled @ Standing::Disabled { .. } => disabled,
    };
    Client { authentication, standing, ..client }
}
