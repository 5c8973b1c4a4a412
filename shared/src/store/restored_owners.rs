//! What lies under an account or a service, brought back from a backup: API keys and identities, and services themselves.
//!
//! Each comes back in one transaction with its entry of the trail, and only under an owner who is there.

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem};

use super::account_item::{DISABLED_AT, VERSION};
use super::attributes::{Item, Reader, number, text, time};
use super::identity_item::{USER, listed, taken};
use super::keys::{API_KEY_PREFIX, IDENTITY_PREFIX, Key, PARTITION, SERVICE};
use super::managed_api_keys::API_KEYS;
use super::restoring::Restoration;
use super::table::unbuilt;
use crate::api_keys::Named;
use crate::audit::trail::{AccountChange, ApiKeyChange, Entry};
use crate::federation::IdentityKey;
use crate::federation::accounts::{FindIdentity, LinkedIdentity};
use crate::identity::{ApiKeyId, ServiceId, UserId};
use crate::principal::Subject;
use crate::restore::{Fate, Kind, Outcome, Return, Since};
use crate::storage::StoreError;

impl Restoration<'_> {
    /// An owner with all that is theirs.
    pub(super) async fn owner(&self, owner: Subject, since: &Since) -> Result<Vec<Outcome>, StoreError> {
        let (mut outcomes, version) = match owner {
            Subject::User(user) => self.account(user, since).await?,
            Subject::Service(service) => self.service(service, since).await?,
        };
        outcomes.extend(self.api_keys(owner, since, version.is_some()).await?);
        if let Subject::User(user) = owner {
            outcomes.extend(self.identities(user, since, version).await?);
        }
        Ok(outcomes)
    }

    /// The service, and its version if it is there in the end.
    async fn service(&self, service: ServiceId, since: &Since) -> Result<(Vec<Outcome>, Option<u64>), StoreError> {
        const OPERATION: &str = "TransactWriteItems (a service from a backup)";
        let Some(saved) = self.saved.get(SERVICE) else { return Ok((Vec::new(), None)) };
        let outcome = |fate| vec![Outcome { kind: Kind::Service, fate, name: service.to_string() }];
        if let Some(there) = self.there.get(SERVICE) {
            return Ok((outcome(Fate::There), Some(Reader::new(there).number(VERSION)?)));
        }
        let (mut item, mut version) = (saved.clone(), Reader::new(saved).number::<u64>(VERSION)?);
        let fate = match since.owner() {
            Return::Never => return Ok((outcome(Fate::StaysAway), None)),
            Return::AsItWas => Fate::Back,
            Return::Closed => {
                version += since.changes() + 1;
                item.entry(DISABLED_AT.to_owned()).or_insert_with(|| time(self.now));
                Fate::BackClosed
            }
        };
        item.insert(VERSION.to_owned(), number(version));
        item.insert(API_KEYS.to_owned(), number(self.keys_in_the_end(since)));
        let writes =
            vec![self.table.put_new(OPERATION, item)?, self.restored(OPERATION, Subject::Service(service), version)?];
        self.write(OPERATION, writes).await?;
        Ok((outcome(fate), Some(version)))
    }

    /// How many API keys the owner has once it is back.
    pub(super) fn keys_in_the_end(&self, since: &Since) -> usize {
        let kept = self.there.keys().filter(|sort| sort.starts_with(API_KEY_PREFIX)).count();
        let back = self.saved_under(API_KEY_PREFIX);
        let back = back.iter().filter(|(sort, name, _)| {
            !self.there.contains_key(*sort) && name.parse().is_ok_and(|key: ApiKeyId| since.spares_api_key(key))
        });
        kept + back.count()
    }

    async fn api_keys(&self, owner: Subject, since: &Since, stands: bool) -> Result<Vec<Outcome>, StoreError> {
        const OPERATION: &str = "TransactWriteItems (an API key from a backup)";
        let mut outcomes = Vec::new();
        for (sort, name, item) in self.saved_under(API_KEY_PREFIX) {
            let fate = match name.parse::<ApiKeyId>() {
                _ if self.there.contains_key(sort) => Fate::There,
                Err(_) => Fate::LeftBehind,
                Ok(key) if !stands || !since.spares_api_key(key) => Fate::StaysAway,
                Ok(key) => {
                    let change = AccountChange::ApiKey(key, ApiKeyChange::Restored);
                    let named = Named { owner, id: key };
                    let writes = vec![
                        self.table.put_new(OPERATION, item.clone())?,
                        self.owner_is_there(OPERATION, named.owner)?,
                        self.table.entry_of(
                            OPERATION,
                            owner,
                            &format!("{key}#restored"),
                            Entry::new(self.now, change),
                        )?,
                    ];
                    self.write(OPERATION, writes).await?;
                    Fate::Back
                }
            };
            outcomes.push(Outcome { kind: Kind::ApiKey, fate, name: name.to_owned() });
        }
        Ok(outcomes)
    }

    async fn identities(&self, user: UserId, since: &Since, version: Option<u64>) -> Result<Vec<Outcome>, StoreError> {
        const OPERATION: &str = "TransactWriteItems (an identity from a backup)";
        let mut outcomes = Vec::new();
        for (sort, name, item) in self.saved_under(IDENTITY_PREFIX) {
            let identity = LinkedIdentity::try_from(item)?;
            let opens = self.table.find_identity(&identity.key).await?;
            let fate = match (opens, version) {
                (Some(other), _) if other != user => Fate::Taken,
                (Some(_), _) if self.there.contains_key(sort) => Fate::There,
                (_, Some(version)) if since.spares_identity(&identity.key) => {
                    let writes = self.writes_of_an_identity(OPERATION, user, &identity, version)?;
                    self.write(OPERATION, writes).await?;
                    Fate::Back
                }
                _ => Fate::StaysAway,
            };
            outcomes.push(Outcome { kind: Kind::Identity, fate, name: name.to_owned() });
        }
        Ok(outcomes)
    }

    /// Both of its items, where nobody else has it and the account has not changed meanwhile: linking and unlinking raise its version.
    fn writes_of_an_identity(
        &self,
        operation: &'static str,
        user: UserId,
        identity: &LinkedIdentity,
        version: u64,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let put = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(taken(user, identity)))
            .condition_expression("attribute_not_exists(#pk) OR #user = :user")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#user", USER)
            .expression_attribute_values(":user", text(user.to_string()))
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        let entry =
            Entry { identity: Some(identity.key.clone()), ..Entry::new(self.now, AccountChange::IdentityLinked) };
        Ok(vec![
            TransactWriteItem::builder().put(put).build(),
            self.table.put(operation, listed(user, identity))?,
            self.at_version(operation, user, version)?,
            self.table.entry_of(operation, Subject::User(user), &which(version, &identity.key), entry)?,
        ])
    }

    /// The condition that the account is as it was read.
    pub(super) fn at_version(
        &self,
        operation: &'static str,
        user: UserId,
        version: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(Key::account(user).attributes()))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", number(version))
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    fn owner_is_there(&self, operation: &'static str, owner: Subject) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(Key::owner(owner).attributes()))
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION)
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// The entry that says that the owner came back, at `version`.
    pub(super) fn restored(
        &self,
        operation: &'static str,
        owner: Subject,
        version: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let entry = Entry::new(self.now, AccountChange::Restored);
        self.table.entry_of(operation, owner, &format!("{version}#restored"), entry)
    }

    /// Carries `writes` out, unless nothing is to be written. What changed since it was read is read again by the next run.
    pub(super) async fn write(
        &self,
        operation: &'static str,
        writes: Vec<TransactWriteItem>,
    ) -> Result<(), StoreError> {
        if self.dry_run || self.table.transact(operation, writes).await? {
            return Ok(());
        }
        Err(StoreError::Unavailable { operation, detail: "it changed while it was restored".to_owned() })
    }
}

fn which(version: u64, identity: &IdentityKey) -> String {
    format!("{version}#{identity}")
}

/// An item with how many API keys its owner has.
pub(super) fn with_keys(mut item: Item, keys: usize) -> Item {
    item.insert(API_KEYS.to_owned(), number(keys));
    item
}
