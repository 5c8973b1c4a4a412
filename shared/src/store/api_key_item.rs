//! API keys as items of the table, and their owners as far as a check reads them.

use aws_sdk_dynamodb::types::AttributeValue;

use super::account_item::{DISABLED_AT, ROLES, SCOPES, VERSION};
use super::attributes::{Item, Reader, Writer, number, text, time};
use super::keys::{API_KEY_PREFIX, Key, SORT};
use crate::api_keys::{ApiKey, IpRanges, Named, Owner, Predecessor, SecretHash};
use crate::clock::Timestamp;
use crate::scope::{Roles, Scopes};
use crate::storage::StoreError;

pub(super) const LABEL: &str = "label";
pub(super) const SECRET: &str = "secret";
pub(super) const PREDECESSORS: &str = "predecessors";
pub(super) const LAST_USED_AT: &str = "last_used_at";
const OWNER: &str = "owner";
const ENVIRONMENT: &str = "environment";
const RANGES: &str = "ranges";
const LIMIT: &str = "limit";
const CREATED_AT: &str = "created_at";
/// Not the attribute of the table's TTL: an expired key stays, and counts, until its owner has seen it and takes it away.
pub(super) const ENDS_AT: &str = "ends_at";

/// Between the hash of a predecessor and the moment of its end.
const UNTIL: char = ' ';

pub(super) fn encode(key: &ApiKey) -> Item {
    let ranges = key.ranges.texts().map(text).collect();
    Writer::new(&Key::api_key(key.named))
        .with(OWNER, text(key.named.owner.to_string()))
        .with(ENVIRONMENT, text(key.environment.as_str()))
        .with(LABEL, text(key.label.as_str()))
        .with(SCOPES, text(key.scope.to_string()))
        .with(ROLES, text(key.roles.to_string()))
        .with(RANGES, AttributeValue::L(ranges))
        .with_some(LIMIT, key.limit.map(|limit| text(limit.to_string())))
        .with(SECRET, text(key.secret.to_base64()))
        .with(PREDECESSORS, predecessors(&key.predecessors))
        .with(CREATED_AT, time(key.created_at))
        .with_some(ENDS_AT, key.expires_at.map(time))
        .with_some(LAST_USED_AT, key.last_used_at.map(time))
        .with(VERSION, number(key.version))
        .finish()
}

pub(super) fn predecessors(predecessors: &[Predecessor]) -> AttributeValue {
    let one =
        |Predecessor { secret, until }: &Predecessor| text(format!("{}{UNTIL}{}", secret.to_base64(), until.seconds()));
    AttributeValue::L(predecessors.iter().map(one).collect())
}

impl TryFrom<&Item> for ApiKey {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, Self::Error> {
        let read = Reader::new(item);
        let id = read.parsed_by(SORT, |sort| sort.strip_prefix(API_KEY_PREFIX).unwrap_or_default().parse())?;
        Ok(Self {
            named: Named { owner: read.parsed(OWNER)?, id },
            environment: read.parsed(ENVIRONMENT)?,
            label: read.parsed(LABEL)?,
            scope: read.parsed_by(SCOPES, Scopes::parse)?,
            roles: read.parsed_by(ROLES, Roles::parse)?,
            ranges: IpRanges::parse(read.texts(RANGES)?.into_iter())
                .map_err(|fault| read.impossible(&fault.to_string()))?,
            limit: read.parsed_if_any(LIMIT)?,
            secret: read.parsed_by(SECRET, |hash| SecretHash::from_base64(hash).ok_or(()))?,
            predecessors: read
                .texts(PREDECESSORS)?
                .into_iter()
                .map(|text| predecessor(text).ok_or_else(|| read.impossible("a predecessor is malformed")))
                .collect::<Result<_, _>>()?,
            created_at: read.time(CREATED_AT)?,
            expires_at: read.number_if_any(ENDS_AT)?.map(Timestamp::from_seconds),
            last_used_at: read.number_if_any(LAST_USED_AT)?.map(Timestamp::from_seconds),
            version: read.number(VERSION)?,
        })
    }
}

fn predecessor(text: &str) -> Option<Predecessor> {
    let (hash, until) = text.split_once(UNTIL)?;
    Some(Predecessor { secret: SecretHash::from_base64(hash)?, until: Timestamp::from_seconds(until.parse().ok()?) })
}

/// What an account and a service have in common.
impl TryFrom<&Item> for Owner {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, Self::Error> {
        let read = Reader::new(item);
        Ok(Self {
            scopes: read.parsed_by(SCOPES, Scopes::parse)?,
            roles: read.parsed_by(ROLES, Roles::parse)?,
            active: read.number_if_any::<u64>(DISABLED_AT)?.is_none(),
        })
    }
}
