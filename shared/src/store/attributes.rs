//! Items as typed fields: an item that cannot be what we wrote is named by its key, never guessed around.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::keys::{Key, PARTITION, SORT};
use crate::clock::Timestamp;
use crate::storage::StoreError;

/// An item as DynamoDB gives and takes it.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn bytes(value: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn time(value: Timestamp) -> AttributeValue {
    number(value.seconds())
}

/// An item being written.
pub(super) struct Writer(Item);

impl Writer {
    pub(super) fn new(key: &Key) -> Self {
        Self(key.attributes())
    }

    pub(super) fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Leaves the attribute out if there is no value: DynamoDB's `attribute_not_exists` then says so.
    pub(super) fn with_some(self, name: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn finish(self) -> Item {
        self.0
    }
}

/// An item being read.
pub(super) struct Reader<'a>(&'a Item);

impl<'a> Reader<'a> {
    pub(super) fn new(item: &'a Item) -> Self {
        Self(item)
    }

    /// A text attribute that must be there.
    pub(super) fn text(&self, name: &str) -> Result<&'a str, StoreError> {
        self.text_if_any(name)?.ok_or_else(|| self.impossible(&format!("{name} is missing")))
    }

    /// A text attribute that may be absent, but not of another type.
    pub(super) fn text_if_any(&self, name: &str) -> Result<Option<&'a str>, StoreError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(_) => Err(self.impossible(&format!("{name} is no string"))),
        }
    }

    /// A text attribute read as `T`.
    pub(super) fn parsed<T: FromStr>(&self, name: &str) -> Result<T, StoreError> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.impossible(&format!("{name} is malformed")))
    }

    /// A text attribute read as `T`, if it is there.
    pub(super) fn parsed_if_any<T: FromStr>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let text = self.text_if_any(name)?;
        text.map(str::parse).transpose().map_err(|_| self.impossible(&format!("{name} is malformed")))
    }

    /// A list of strings, each read as `T`.
    pub(super) fn parsed_each<T: FromStr>(&self, name: &str) -> Result<Vec<T>, StoreError> {
        let malformed = |_| self.impossible(&format!("{name} is malformed"));
        self.texts(name)?.into_iter().map(|text| text.parse().map_err(malformed)).collect()
    }

    /// A text attribute read by `parse`.
    pub(super) fn parsed_by<T, E>(
        &self,
        name: &str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        parse(self.text(name)?).map_err(|_| self.impossible(&format!("{name} is malformed")))
    }

    /// Exactly `N` bytes, which may be absent.
    pub(super) fn bytes_if_any<const N: usize>(&self, name: &str) -> Result<Option<[u8; N]>, StoreError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(AttributeValue::B(bytes)) => bytes
                .as_ref()
                .try_into()
                .map(Some)
                .map_err(|_| self.impossible(&format!("{name} is of another length"))),
            Some(_) => Err(self.impossible(&format!("{name} is no binary"))),
        }
    }

    /// A whole number that must be there.
    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<T, StoreError> {
        self.number_if_any(name)?.ok_or_else(|| self.impossible(&format!("{name} is missing")))
    }

    /// A whole number that may be absent.
    pub(super) fn number_if_any<T: FromStr>(&self, name: &str) -> Result<Option<T>, StoreError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(AttributeValue::N(digits)) => {
                digits.parse().map(Some).map_err(|_| self.impossible(&format!("{name} is out of range")))
            }
            Some(_) => Err(self.impossible(&format!("{name} is no number"))),
        }
    }

    /// A moment that must be there.
    pub(super) fn time(&self, name: &str) -> Result<Timestamp, StoreError> {
        self.number(name).map(Timestamp::from_seconds)
    }

    /// A list of strings.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&'a str>, StoreError> {
        let Some(AttributeValue::L(list)) = self.0.get(name) else {
            return Err(self.impossible(&format!("{name} is no list")));
        };
        list.iter()
            .map(|value| value.as_s().map(String::as_str).map_err(|_| self.impossible(&format!("{name} is malformed"))))
            .collect()
    }

    /// A truth value that must be there.
    pub(super) fn truth(&self, name: &str) -> Result<bool, StoreError> {
        let value = self.0.get(name).and_then(|value| value.as_bool().ok());
        value.copied().ok_or_else(|| self.impossible(&format!("{name} is no truth value")))
    }

    /// A set of strings, each read as `T`. There is no empty one (Developer Guide, "Sets").
    pub(super) fn parsed_set<T: FromStr + Ord>(&self, name: &str) -> Result<BTreeSet<T>, StoreError> {
        let Some(AttributeValue::Ss(set)) = self.0.get(name) else {
            return Err(self.impossible(&format!("{name} is no set")));
        };
        let malformed = |_| self.impossible(&format!("{name} is malformed"));
        set.iter().map(|text| text.parse().map_err(malformed)).collect()
    }

    /// The fault `what` of this item, under its key.
    pub(super) fn impossible(&self, what: &str) -> StoreError {
        let part = |name| self.0.get(name).and_then(|value| value.as_s().ok()).map_or("?", String::as_str);
        StoreError::Impossible { key: format!("{}/{}", part(PARTITION), part(SORT)), fault: what.to_owned() }
    }
}
