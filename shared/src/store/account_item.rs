//! An account and the names that it signs in by, as items of the table.

use aws_sdk_dynamodb::types::AttributeValue;

use super::attributes::{Item, Reader, Writer, number, text, time};
use super::keys::Key;
use crate::accounts::{Account, Identifier, LoginRecord, Standing};
use crate::clock::Timestamp;
use crate::passwords::PasswordHash;
use crate::scope::{Roles, Scopes};
use crate::storage::StoreError;

pub(super) const VERSION: &str = "version";
pub(super) const DISABLED_AT: &str = "disabled_at";
pub(super) const PASSWORD: &str = "password";
const USER: &str = "user";
pub(super) const IDENTIFIERS: &str = "identifiers";
pub(super) const SCOPES: &str = "scopes";
pub(super) const ROLES: &str = "roles";
const CREATED_AT: &str = "created_at";

pub(super) fn account(account: &Account) -> Item {
    shared(Writer::new(&Key::account(account.user)), account).with(CREATED_AT, time(account.created_at)).finish()
}

pub(super) fn login(account: &Account, identifier: &Identifier, password: &PasswordHash) -> Item {
    shared(Writer::new(&Key::login(identifier)), account).with(PASSWORD, text(password.as_str())).finish()
}

/// All names of an account, as each of its items has them.
pub(super) fn names(names: &[Identifier]) -> AttributeValue {
    AttributeValue::L(names.iter().map(|name| text(name.as_str())).collect())
}

fn shared(item: Writer, account: &Account) -> Writer {
    let disabled_at = match account.standing {
        Standing::Active => None,
        Standing::Disabled { at } => Some(time(at)),
    };
    item.with(USER, text(account.user.to_string()))
        .with(IDENTIFIERS, names(&account.identifiers))
        .with(SCOPES, text(account.scopes.to_string()))
        .with(ROLES, text(account.roles.to_string()))
        .with(VERSION, number(account.version))
        .with_some(DISABLED_AT, disabled_at)
}

impl TryFrom<&Item> for Account {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, Self::Error> {
        let read = Reader::new(item);
        Ok(Self {
            user: read.parsed(USER)?,
            identifiers: identifiers(&read)?,
            scopes: read.parsed_by(SCOPES, Scopes::parse)?,
            roles: read.parsed_by(ROLES, Roles::parse)?,
            standing: standing(&read)?,
            created_at: read.time(CREATED_AT)?,
            version: read.number(VERSION)?,
        })
    }
}

impl TryFrom<&Item> for LoginRecord {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, Self::Error> {
        let read = Reader::new(item);
        Ok(Self {
            user: read.parsed(USER)?,
            identifiers: identifiers(&read)?,
            password: read.parsed_by(PASSWORD, |phc| PasswordHash::parse(phc.to_owned()))?,
            scopes: read.parsed_by(SCOPES, Scopes::parse)?,
            roles: read.parsed_by(ROLES, Roles::parse)?,
            standing: standing(&read)?,
            version: read.number(VERSION)?,
        })
    }
}

fn standing(read: &Reader<'_>) -> Result<Standing, StoreError> {
    let at = read.number_if_any(DISABLED_AT)?;
    Ok(at.map_or(Standing::Active, |at| Standing::Disabled { at: Timestamp::from_seconds(at) }))
}

fn identifiers(read: &Reader<'_>) -> Result<Vec<Identifier>, StoreError> {
    read.texts(IDENTIFIERS)?
        .into_iter()
        .map(|name| Identifier::parse(name).map_err(|fault| read.impossible(&fault.to_string())))
        .collect()
}
