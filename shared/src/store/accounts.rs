//! The verbs of accounts: look up, register, change.
//!
//! Each name of an account is an item of its own that carries what a sign-in needs; every change writes the account and
//! all its names in one transaction, so that no two of them disagree.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};

use super::account_item::{self, DISABLED_AT, PASSWORD, ROLES, SCOPES, VERSION};
use super::attributes::{number, text, time};
use super::keys::{ACCOUNT, Key, LOGIN};
use super::table::{Table, unbuilt};
use crate::accounts::register::{Register, Registration};
use crate::accounts::{
    Account, Changed, FindLogin, Identifier, LoginRecord, ManageAccounts, Standing, UpgradePassword,
};
use crate::audit::trail::{AccountChange, Entry};
use crate::clock::Timestamp;
use crate::federation::IdentityKey;
use crate::identity::UserId;
use crate::passwords::PasswordHash;
use crate::scope::Rights;
use crate::sessions::Ending;
use crate::sessions::end::{EndSessions, EndedAll};
use crate::storage::StoreError;

impl FindLogin for Table {
    async fn find_login(&self, identifier: &Identifier) -> Result<Option<LoginRecord>, StoreError> {
        // A password that was just changed must work at once.
        let item = self.read("GetItem (a sign-in)", &Key::login(identifier)).await?;
        item.as_ref().map(LoginRecord::try_from).transpose()
    }
}

impl Register for Table {
    async fn register(&self, account: &Account, password: &PasswordHash) -> Result<Registration, StoreError> {
        const OPERATION: &str = "TransactWriteItems (register)";
        let writes = self.writes_of_a_registration(OPERATION, account, password)?;
        if self.transact(OPERATION, writes).await? {
            return Ok(Registration::Registered);
        }
        for name in &account.identifiers {
            if self.find_login(name).await?.is_some() {
                return Ok(Registration::Taken(name.clone()));
            }
        }
        Err(StoreError::Unavailable { operation: OPERATION, detail: "a name was taken and freed again".to_owned() })
    }
}

impl UpgradePassword for Table {
    async fn upgrade_password(&self, record: &LoginRecord, hash: &PasswordHash) -> Result<(), StoreError> {
        const OPERATION: &str = "TransactWriteItems (upgrade a hash)";
        let writes = record
            .identifiers
            .iter()
            .map(|name| {
                let update = Update::builder()
                    .table_name(&self.name)
                    .set_key(Some(Key::login(name).attributes()))
                    .condition_expression("#version = :version AND #password = :old")
                    .update_expression("SET #password = :new")
                    .expression_attribute_names("#version", VERSION)
                    .expression_attribute_names("#password", PASSWORD)
                    .expression_attribute_values(":version", number(record.version))
                    .expression_attribute_values(":old", text(record.password.as_str()))
                    .expression_attribute_values(":new", text(hash.as_str()))
                    .build()
                    .map_err(|fault| unbuilt(OPERATION, fault))?;
                Ok(TransactWriteItem::builder().update(update).build())
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        // A condition that does not hold means that the password or its hash has changed since: the newer one stays.
        self.transact(OPERATION, writes).await.map(drop)
    }
}

impl ManageAccounts for Table {
    async fn account(&self, user: UserId) -> Result<Option<Account>, StoreError> {
        let item = self.read("GetItem (an account)", &Key::account(user)).await?;
        item.as_ref().map(Account::try_from).transpose()
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.scan("Scan (accounts)", ACCOUNT).await?.iter().map(Account::try_from).collect()
    }

    async fn accounts_of_pepper(&self, pepper: u32) -> Result<BTreeSet<UserId>, StoreError> {
        let items = self.scan("Scan (names)", LOGIN).await?;
        let records = items.iter().map(LoginRecord::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(records.iter().filter(|record| record.password.pepper() == Some(pepper)).map(|record| record.user).collect())
    }

    async fn set_standing(&self, user: UserId, standing: Standing, now: Timestamp) -> Result<Changed, StoreError> {
        let Some(account) = self.account(user).await? else { return Ok(Changed::NoSuchAccount) };
        let change = match standing {
            Standing::Active => Change::Enable,
            Standing::Disabled { at } => Change::Disable(at),
        };
        self.change(&account, &change, now).await?;
        Ok(changed(self.end_all(user, Ending::AccountDisabled, now).await))
    }

    async fn set_password(&self, user: UserId, hash: &PasswordHash, now: Timestamp) -> Result<Changed, StoreError> {
        let Some(account) = self.account(user).await? else { return Ok(Changed::NoSuchAccount) };
        self.change(&account, &Change::Password(hash, AccountChange::PasswordSet), now).await?;
        Ok(changed(self.end_all(user, Ending::PasswordChanged, now).await))
    }
}

/// An account that is changed, and what became of its sessions.
pub(super) fn changed(sessions: EndedAll) -> Changed {
    match sessions {
        EndedAll { ended, failed: None } => Changed::Done { sessions_ended: ended },
        EndedAll { ended, failed: Some(fault) } => Changed::SessionsLeft { ended, fault },
    }
}

/// A change to an account after which no earlier sign-in may open a session.
pub(super) enum Change<'a> {
    Enable,
    Disable(Timestamp),
    /// A new one, and how it came about.
    Password(&'a PasswordHash, AccountChange),
    Rights(&'a Rights),
    /// Nothing but that.
    EndSessions,
    /// Who else opens it, or does no more, and how that came about.
    Identities(&'a IdentityKey, AccountChange),
}

impl Change<'_> {
    /// What the account's trail says of it.
    fn entry(&self, at: Timestamp, by: Option<UserId>) -> Entry {
        let (change, rights) = match self {
            Self::Enable => (AccountChange::Enabled, None),
            Self::Disable(_) => (AccountChange::Disabled, None),
            Self::Password(_, how) => (*how, None),
            Self::Rights(rights) => (AccountChange::RightsChanged, Some((*rights).clone())),
            Self::EndSessions => (AccountChange::SessionsEnded, None),
            Self::Identities(_, how) => (*how, None),
        };
        let identity = match self {
            Self::Identities(identity, _) => Some((*identity).clone()),
            Self::Enable | Self::Disable(_) | Self::Password(..) | Self::Rights(_) | Self::EndSessions => None,
        };
        Entry { at, change, by, rights, identity }
    }
}

impl Table {
    /// What one transaction writes to make an account: each of its names in their order, itself, and the first entry of its trail.
    pub(super) fn writes_of_a_registration(
        &self,
        operation: &'static str,
        account: &Account,
        password: &PasswordHash,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let registered = Entry::new(account.created_at, AccountChange::Registered);
        let logins = account.identifiers.iter().map(|name| account_item::login(account, name, password));
        logins
            .chain([account_item::account(account)])
            .map(|item| self.put_new(operation, item))
            .chain([self.entry(operation, account.user, account.version, registered)])
            .collect()
    }

    /// Makes `change`, or nothing if the account has changed since it was read.
    pub(super) async fn change(
        &self,
        account: &Account,
        change: &Change<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "TransactWriteItems (change an account)";
        if self.transact(OPERATION, self.writes_of(OPERATION, account, change, None, now)?).await? {
            return Ok(());
        }
        Err(StoreError::Unavailable { operation: OPERATION, detail: "the account changed in between".to_owned() })
    }

    /// What one transaction writes to make `change` to the account and all its names, and what it was to the trail. It raises their
    /// version: from here on, a sign-in that read an earlier version opens nothing. `by` is an administrator.
    pub(super) fn writes_of(
        &self,
        operation: &'static str,
        account: &Account,
        change: &Change<'_>,
        by: Option<UserId>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let keys = account.identifiers.iter().map(Key::login).map(|key| (key, true));
        keys.chain([(Key::account(account.user), false)])
            .map(|(key, is_login)| {
                let update = Update::builder()
                    .table_name(&self.name)
                    .set_key(Some(key.attributes()))
                    .condition_expression("#version = :version")
                    .expression_attribute_names("#version", VERSION)
                    .expression_attribute_values(":version", number(account.version))
                    .expression_attribute_values(":next", number(account.version + 1));
                let update = match change {
                    Change::Enable => update
                        .update_expression("SET #version = :next REMOVE #disabled")
                        .expression_attribute_names("#disabled", DISABLED_AT),
                    Change::Disable(at) => update
                        .update_expression("SET #version = :next, #disabled = :at")
                        .expression_attribute_names("#disabled", DISABLED_AT)
                        .expression_attribute_values(":at", time(*at)),
                    Change::Password(hash, _) if is_login => update
                        .update_expression("SET #version = :next, #password = :hash")
                        .expression_attribute_names("#password", PASSWORD)
                        .expression_attribute_values(":hash", text(hash.as_str())),
                    Change::Password(..) | Change::Identities(..) | Change::EndSessions => {
                        update.update_expression("SET #version = :next")
                    }
                    Change::Rights(rights) => update
                        .update_expression("SET #version = :next, #scopes = :scopes, #roles = :roles")
                        .expression_attribute_names("#scopes", SCOPES)
                        .expression_attribute_names("#roles", ROLES)
                        .expression_attribute_values(":scopes", text(rights.scopes.to_string()))
                        .expression_attribute_values(":roles", text(rights.roles.to_string())),
                };
                let update = update.build().map_err(|fault| unbuilt(operation, fault))?;
                Ok(TransactWriteItem::builder().update(update).build())
            })
            .chain([self.entry(operation, account.user, account.version + 1, change.entry(now, by))])
            .collect()
    }
}
