//! Accounts and their names, brought back from a backup. None goes back in time: what the table still knows of an account counts, and
//! one that was changed since and is lost comes back closed and without a password.

use super::account_item;
use super::keys::ACCOUNT;
use super::restored_owners::with_keys;
use super::restoring::Restoration;
use crate::accounts::{Account, FindLogin, Identifier, LoginRecord, Standing};
use crate::identity::UserId;
use crate::passwords::PasswordHash;
use crate::principal::Subject;
use crate::restore::{Fate, Kind, Outcome, Return, Since};
use crate::storage::StoreError;

/// What a lost account is made of.
struct Made {
    account: Account,
    fate: Fate,
}

impl Restoration<'_> {
    /// The account with its names, and its version if it is there in the end. All that is missing comes back in one transaction.
    pub(super) async fn account(&self, user: UserId, since: &Since) -> Result<(Vec<Outcome>, Option<u64>), StoreError> {
        const OPERATION: &str = "TransactWriteItems (an account from a backup)";
        let Some(saved) = self.saved.get(ACCOUNT) else { return Ok((Vec::new(), None)) };
        let saved = Account::try_from(saved)?;
        let there = self.there.get(ACCOUNT).map(Account::try_from).transpose()?;
        let own = self.logins(&saved.identifiers).await?.into_iter().filter_map(|(_, login)| login);
        let own = own.into_iter().find(|login| login.user == user);
        let Some(Made { account, fate }) = made(&saved, there, own.as_ref(), since, self) else {
            return Ok((away(user, &saved.identifiers), None));
        };

        let found = self.logins(&account.identifiers).await?;
        let own = own.or_else(|| found.iter().filter_map(|(_, login)| login.clone()).find(|login| login.user == user));
        let outcome = |kind, fate, name: String| Outcome { kind, fate, name };
        let of_another = |login: &Option<LoginRecord>| login.as_ref().is_some_and(|login| login.user != user);
        if fate != Fate::There && found.iter().any(|(_, login)| of_another(login)) {
            // An account without one of its names would write to the item of whoever has it now.
            let logins = found.into_iter().map(|(name, _)| outcome(Kind::Login, Fate::Taken, name.to_string()));
            return Ok((logins.chain([outcome(Kind::Account, Fate::Taken, user.to_string())]).collect(), None));
        }

        let (mut writes, mut outcomes) = (Vec::new(), Vec::new());
        for (name, login) in &found {
            let fate = match login {
                Some(login) if login.user == user => Fate::There,
                Some(_) => Fate::Taken,
                None => {
                    let password = self.password(&account, name, own.as_ref(), fate).await?;
                    writes.push(self.table.put_new(OPERATION, account_item::login(&account, name, &password))?);
                    if password.is_none() { Fate::BackClosed } else { Fate::Back }
                }
            };
            outcomes.push(outcome(Kind::Login, fate, name.to_string()));
        }
        if fate != Fate::There {
            let item = with_keys(account_item::account(&account), self.keys_in_the_end(since));
            writes.push(self.table.put_new(OPERATION, item)?);
        } else if !writes.is_empty() {
            writes.push(self.at_version(OPERATION, user, account.version)?);
        }
        if !writes.is_empty() {
            writes.push(self.restored(OPERATION, Subject::User(user), account.version)?);
            self.write(OPERATION, writes).await?;
        }
        outcomes.push(outcome(Kind::Account, fate, user.to_string()));
        Ok((outcomes, Some(account.version)))
    }

    async fn logins(&self, names: &[Identifier]) -> Result<Vec<(Identifier, Option<LoginRecord>)>, StoreError> {
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            found.push((name.clone(), self.table.find_login(name).await?));
        }
        Ok(found)
    }

    /// The password of a name that comes back: that of the account's other name, or the backup's if the account has not changed since.
    async fn password(
        &self,
        account: &Account,
        name: &Identifier,
        own: Option<&LoginRecord>,
        fate: Fate,
    ) -> Result<PasswordHash, StoreError> {
        if let Some(own) = own {
            return Ok(own.password.clone());
        }
        let saved = if fate == Fate::BackClosed { None } else { self.backup.find_login(name).await? };
        let same = saved.filter(|login| login.user == account.user && login.version == account.version);
        Ok(same.map_or_else(PasswordHash::none, |login| login.password))
    }
}

/// The account as it is to be: as the table has it, or as one of its names there has it, or as the backup and what happened since say.
/// `None` if it was deleted.
fn made(
    saved: &Account,
    there: Option<Account>,
    own: Option<&LoginRecord>,
    since: &Since,
    restoration: &Restoration<'_>,
) -> Option<Made> {
    if let Some(account) = there {
        return Some(Made { account, fate: Fate::There });
    }
    if let Some(own) = own {
        let account = Account {
            user: own.user,
            identifiers: own.identifiers.clone(),
            scopes: own.scopes.clone(),
            roles: own.roles.clone(),
            standing: own.standing,
            created_at: saved.created_at,
            version: own.version,
        };
        return Some(Made { account, fate: Fate::Back });
    }
    match since.owner() {
        Return::Never => None,
        Return::AsItWas => Some(Made { account: saved.clone(), fate: Fate::Back }),
        Return::Closed => {
            let standing = match saved.standing {
                Standing::Active => Standing::Disabled { at: restoration.now },
                disabled @ Standing::Disabled { .. } => disabled,
            };
            // No version is used twice: what was good at one of them must not become good again.
            let version = saved.version + since.changes() + 1;
            Some(Made { account: Account { standing, version, ..saved.clone() }, fate: Fate::BackClosed })
        }
    }
}

fn away(user: UserId, names: &[Identifier]) -> Vec<Outcome> {
    let away = |kind, name| Outcome { kind, fate: Fate::StaysAway, name };
    let logins = names.iter().map(|name| away(Kind::Login, name.to_string()));
    logins.chain([away(Kind::Account, user.to_string())]).collect()
}
