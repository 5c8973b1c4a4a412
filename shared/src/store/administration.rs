//! The verb of administration: a change of somebody else's account, by whoever may make it at that moment.
//!
//! The transaction that makes the change checks that the administrator's own account is still the one that was read, which had the
//! role. Two administrators who take each other's role at once make two transactions of which one is refused.

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};

use super::account_item::VERSION;
use super::accounts::{Change, changed};
use super::attributes::number;
use super::keys::Key;
use super::table::{Table, unbuilt};
use crate::accounts::administration::{Actor, Administer, Intervened, Intervention, administers};
use crate::accounts::{Account, ManageAccounts, Standing};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::scope::Rights;
use crate::sessions::Ending;
use crate::sessions::end::EndSessions;
use crate::storage::StoreError;

const OPERATION: &str = "TransactWriteItems (administer an account)";

/// Either account may change between its read and the write; then both are read again. A third time is a storm.
const MOST_ATTEMPTS: usize = 3;

impl Administer for Table {
    async fn intervene(
        &self,
        user: UserId,
        intervention: &Intervention,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Intervened, StoreError> {
        let own = actor == Actor::Administrator(user);
        if own && *intervention != Intervention::EndSessions {
            return Ok(Intervened::OwnAccount);
        }
        for _ in 0..MOST_ATTEMPTS {
            let (account, check) = tokio::try_join!(self.account(user), self.may_administer(OPERATION, actor))?;
            let Some(check) = check else { return Ok(Intervened::NotAdministrator) };
            // The change of their own account asks for its version itself, and a transaction names no item twice.
            let check = check.filter(|_| !own);
            let Some(account) = account else { return Ok(Intervened::NoSuchAccount) };
            let after = match intervention {
                Intervention::EndSessions => account.clone(),
                Intervention::Standing(standing) => Account { standing: *standing, ..account.clone() },
                Intervention::Rights(change) => match change.of(&account.rights()) {
                    Ok(Rights { scopes, roles }) => Account { scopes, roles, ..account.clone() },
                    Err(fault) => return Ok(Intervened::TooMany(fault)),
                },
            };
            let rights = after.rights();
            let (change, ending) = match intervention {
                Intervention::Rights(_) => (Change::Rights(&rights), Ending::RightsChanged),
                Intervention::EndSessions => (Change::EndSessions, Ending::Operator),
                Intervention::Standing(Standing::Active) => (Change::Enable, Ending::AccountDisabled),
                Intervention::Standing(Standing::Disabled { at }) => (Change::Disable(*at), Ending::AccountDisabled),
            };
            let mut writes = self.writes_of(OPERATION, &account, &change, actor.user(), now)?;
            writes.extend(check);
            if self.transact(OPERATION, writes).await? {
                let sessions = changed(self.end_all(user, ending, now).await);
                let account = Box::new(Account { version: account.version + 1, ..after });
                return Ok(Intervened::Changed { account, sessions });
            }
        }
        Err(StoreError::Unavailable { operation: OPERATION, detail: "the accounts changed in between".to_owned() })
    }
}

impl Table {
    /// What a transaction of `actor` must hold beside its writes, nothing for an operator; `None` if they may not administer. One read.
    pub(super) async fn may_administer(
        &self,
        operation: &'static str,
        actor: Actor,
    ) -> Result<Option<Option<TransactWriteItem>>, StoreError> {
        let Actor::Administrator(user) = actor else { return Ok(Some(None)) };
        match self.account(user).await? {
            Some(account) if may_administer(&account) => Ok(Some(Some(unchanged(self, operation, &account)?))),
            Some(_) | None => Ok(None),
        }
    }
}

fn may_administer(account: &Account) -> bool {
    account.standing == Standing::Active && administers(&account.roles)
}

/// The check that `account` is as it was read: whatever takes its role or closes it raises its version.
fn unchanged(table: &Table, operation: &'static str, account: &Account) -> Result<TransactWriteItem, StoreError> {
    let check = ConditionCheck::builder()
        .table_name(&table.name)
        .set_key(Some(Key::account(account.user).attributes()))
        .condition_expression("#version = :version")
        .expression_attribute_names("#version", VERSION)
        .expression_attribute_values(":version", number(account.version))
        .build()
        .map_err(|fault| unbuilt(operation, fault))?;
    Ok(TransactWriteItem::builder().condition_check(check).build())
}
