//! The verbs of clients: read one, read a page of them, register, change.
//!
//! A client lies in a partition of its own, which every token request reads. Its name alone stands a second time, under one partition for
//! all of them, which nothing reads but an administrator's listing and nothing writes but a registration.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::account_item::VERSION;
use super::attributes::{Item, Reader, Writer, number, text};
use super::client_item::{CLIENT_ID, encode};
use super::keys::{CLIENT, CLIENT_PREFIX, CLIENTS, Key, PARTITION};
use super::table::{Table, unbuilt};
use crate::accounts::administration::Actor;
use crate::audit::client_trail::{ClientEntry, ClientEvent};
use crate::clock::Timestamp;
use crate::oauth::clients::manage::{Intervened, Intervention, ManageClients, Page};
use crate::oauth::clients::{Added, Authentication, Client, ClientId, ReadClient, Standing};
use crate::storage::StoreError;

/// The client or the administrator's account may change between its read and the write; then both are read again. A third time is a storm.
const MOST_ATTEMPTS: usize = 3;

impl ReadClient for Table {
    async fn client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        // A secret that was just rotated must work at once.
        let item = self.read("GetItem (a client)", &Key::client(id)).await?;
        item.as_ref().map(Client::try_from).transpose()
    }
}

impl ManageClients for Table {
    async fn add_client(&self, client: &Client, actor: Actor) -> Result<Added, StoreError> {
        const OPERATION: &str = "TransactWriteItems (register a client)";
        for _ in 0..MOST_ATTEMPTS {
            let Some(check) = self.may_administer(OPERATION, actor).await? else { return Ok(Added::NotAdministrator) };
            let mut writes = vec![
                self.put_new(OPERATION, encode(client))?,
                self.put(OPERATION, listed(&client.id))?,
                self.client_entry(OPERATION, client, &entry(ClientEvent::Registered, actor, client.created_at))?,
            ];
            writes.extend(check);
            match self.transact_each(OPERATION, writes).await?.first() {
                None => return Ok(Added::Added),
                Some(0) => return Ok(Added::Taken),
                Some(_) => {}
            }
        }
        Err(changed_meanwhile(OPERATION))
    }

    async fn change_client(
        &self,
        id: &ClientId,
        intervention: &Intervention,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Intervened, StoreError> {
        const OPERATION: &str = "TransactWriteItems (change a client)";
        for _ in 0..MOST_ATTEMPTS {
            let (client, check) = tokio::try_join!(self.client(id), self.may_administer(OPERATION, actor))?;
            let Some(check) = check else { return Ok(Intervened::NotAdministrator) };
            let Some(client) = client else { return Ok(Intervened::NoSuchClient) };
            let (after, entry) = match changed(&client, intervention, entry(intervention.event(), actor, now)) {
                Ok(changed) => changed,
                Err(refused) => return Ok(refused),
            };
            if encode(&after) == encode(&client) {
                return Ok(Intervened::Changed(Box::new(client)));
            }
            let after = Client { version: client.version + 1, ..after };
            let mut writes = vec![
                self.at_version(OPERATION, encode(&after), client.version)?,
                self.client_entry(OPERATION, &after, &entry)?,
            ];
            writes.extend(check);
            if self.transact(OPERATION, writes).await? {
                return Ok(Intervened::Changed(Box::new(after)));
            }
        }
        Err(changed_meanwhile(OPERATION))
    }

    async fn clients_after(&self, after: Option<&ClientId>, most: usize) -> Result<Page, StoreError> {
        let names = self.names_after(after, most.saturating_add(1)).await?;
        let shown = names.get(..most).unwrap_or(&names);
        let last = if names.len() > most { shown.last().cloned() } else { None };
        let items = self.read_each("BatchGetItem (clients)", shown.iter().map(Key::client)).await?;
        let mut page = Page { clients: Vec::new(), unreadable: Vec::new(), last };
        for name in shown {
            let key = Key::client(name).attributes();
            let item = items.iter().find(|item| item.get(PARTITION) == key.get(PARTITION));
            match item.map(Client::try_from) {
                Some(Ok(client)) => page.clients.push(client),
                Some(Err(_)) | None => page.unreadable.push(name.clone()),
            }
        }
        Ok(page)
    }

    async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        self.scan("Scan (clients)", CLIENT).await?.iter().map(Client::try_from).collect()
    }
}

/// The item by which a client is found in the list of all.
pub(super) fn listed(client: &ClientId) -> Item {
    Writer::new(&Key::listed_client(client)).with(CLIENT_ID, text(client.as_str())).finish()
}

/// The client as it is afterwards, and what its trail has of it; or why it stays as it is.
fn changed(
    client: &Client,
    intervention: &Intervention,
    entry: ClientEntry,
) -> Result<(Client, ClientEntry), Intervened> {
    Ok(match intervention {
        Intervention::Change(change) => {
            let members = change.members().into_iter().map(str::to_owned).collect();
            (change.of(client).map_err(Intervened::Invalid)?, ClientEntry { members, ..entry })
        }
        Intervention::Secret { secret, overlap } => {
            let Authentication::Secret { method, secrets } = &client.authentication else {
                return Err(Intervened::NoSecret);
            };
            let secrets = secrets.rotated(*secret, *overlap, entry.at).map_err(Intervened::UnderWay)?;
            let authentication = Authentication::Secret { method: *method, secrets };
            (Client { authentication, ..client.clone() }, entry)
        }
        Intervention::Standing(standing) => {
            let standing = match (*standing, client.standing) {
                // Since when it is closed, asking again does not change.
                (Standing::Disabled { .. }, since @ Standing::Disabled { .. }) => since,
                (wanted, _) => wanted,
            };
            (Client { standing, ..client.clone() }, entry)
        }
    })
}

fn entry(event: ClientEvent, actor: Actor, at: Timestamp) -> ClientEntry {
    ClientEntry { at, event, by: actor.user(), members: Vec::new() }
}

fn changed_meanwhile(operation: &'static str) -> StoreError {
    let detail = "the client or the administrator's account changed in between".to_owned();
    StoreError::Unavailable { operation, detail }
}

impl Table {
    /// At most `most` names of clients that come after `after`.
    async fn names_after(&self, after: Option<&ClientId>, most: usize) -> Result<Vec<ClientId>, StoreError> {
        const OPERATION: &str = "Query (names of clients)";
        let most = i32::try_from(most).map_err(|fault| unbuilt(OPERATION, fault))?;
        let query = self
            .query_under(CLIENTS, CLIENT_PREFIX)
            .limit(most)
            .set_exclusive_start_key(after.map(|after| Key::listed_client(after).attributes()));
        let items = self.page(OPERATION, query).await?;
        items.iter().map(|item: &Item| Reader::new(item).parsed(CLIENT_ID)).collect()
    }

    /// The write of `item` over the client as it was read.
    fn at_version(&self, operation: &'static str, item: Item, version: u64) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", number(version))
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}
