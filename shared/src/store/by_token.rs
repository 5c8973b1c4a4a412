//! The verbs that a one-time token allows. Each consumes it in the transaction that makes the change.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};

use super::account_item::{self, IDENTIFIERS, VERSION};
use super::accounts::Change;
use super::attributes::number;
use super::keys::Key;
use super::one_time_tokens::{CHANGE_EMAIL, REGISTER};
use super::table::{Table, unbuilt};
use crate::accounts::by_token::{ChangeEmail, Redemption, RegisterByToken, ResetPassword};
use crate::accounts::{Account, Identifier, TokenHash};
use crate::audit::trail::{AccountChange, Entry};
use crate::clock::Timestamp;
use crate::passwords::PasswordHash;
use crate::storage::StoreError;

/// Where the write stands that consumes the token: the first of its transaction.
const TOKEN: usize = 0;

impl RegisterByToken for Table {
    async fn register_by_token(
        &self,
        token: &TokenHash,
        account: &Account,
        password: &PasswordHash,
    ) -> Result<Redemption, StoreError> {
        const OPERATION: &str = "TransactWriteItems (register by a token)";
        let mut writes = vec![self.consume(OPERATION, token, REGISTER, account.created_at)?];
        writes.extend(self.writes_of_a_registration(OPERATION, account, password)?);
        let refused = self.transact_each(OPERATION, writes).await?;
        // The names stand behind the token, in their order.
        let taken = account.identifiers.iter().zip(TOKEN + 1..).find(|(_, at)| refused.contains(at));
        Ok(match taken {
            _ if refused.contains(&TOKEN) => Redemption::Void,
            Some((name, _)) => Redemption::Taken(name.clone()),
            None if refused.is_empty() => Redemption::Done,
            None => Redemption::Void,
        })
    }
}

impl ResetPassword for Table {
    async fn reset_password(
        &self,
        token: &TokenHash,
        account: &Account,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<Redemption, StoreError> {
        const OPERATION: &str = "TransactWriteItems (reset a password)";
        let mut writes = vec![self.consume_by_reset(OPERATION, token, account.version + 1, now)?];
        let change = Change::Password(password, AccountChange::PasswordReset);
        writes.extend(self.writes_of(OPERATION, account, &change, None, now)?);
        Ok(if self.transact(OPERATION, writes).await? { Redemption::Done } else { Redemption::Void })
    }
}

impl ChangeEmail for Table {
    async fn change_email(
        &self,
        token: &TokenHash,
        account: &Account,
        password: &PasswordHash,
        email: &Identifier,
        now: Timestamp,
    ) -> Result<Redemption, StoreError> {
        const OPERATION: &str = "TransactWriteItems (change an e-mail address)";
        let (old, names) = renamed(account, email);
        let after = Account { identifiers: names, version: account.version + 1, ..account.clone() };
        let mut writes = vec![
            self.consume(OPERATION, token, CHANGE_EMAIL, now)?,
            self.put_new(OPERATION, account_item::login(&after, email, password))?,
        ];
        for name in &old {
            writes.push(self.delete_at(OPERATION, Key::login(name), account.version)?);
        }
        let kept = after.identifiers.iter().filter(|name| *name != email).map(Key::login);
        for key in kept.chain([Key::account(account.user)]) {
            writes.push(self.rename_at(OPERATION, key, &after, account.version)?);
        }
        let entry = Entry::new(now, AccountChange::EmailChanged);
        writes.push(self.entry(OPERATION, account.user, after.version, entry)?);
        let refused = self.transact_each(OPERATION, writes).await?;
        Ok(match refused.as_slice() {
            [] => Redemption::Done,
            [1] => Redemption::Taken(email.clone()),
            _ => Redemption::Void,
        })
    }
}

/// The addresses that the account loses, and all names that it has with the new one in their place.
fn renamed(account: &Account, email: &Identifier) -> (Vec<Identifier>, Vec<Identifier>) {
    let (old, other): (Vec<_>, Vec<_>) = account.identifiers.iter().cloned().partition(Identifier::is_email);
    (old, [email.clone()].into_iter().chain(other).collect())
}

impl Table {
    /// The write that takes an item of an account away, at this version.
    pub(super) fn delete_at(
        &self,
        operation: &'static str,
        key: Key,
        version: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", number(version))
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// The write that gives an item of an account the names and the version of `after`.
    fn rename_at(
        &self,
        operation: &'static str,
        key: Key,
        after: &Account,
        version: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .condition_expression("#version = :version")
            .update_expression("SET #version = :next, #names = :names")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_names("#names", IDENTIFIERS)
            .expression_attribute_values(":version", number(version))
            .expression_attribute_values(":next", number(after.version))
            .expression_attribute_values(":names", account_item::names(&after.identifiers))
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
