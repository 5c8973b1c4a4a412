//! A value with every intrinsic function evaluated, and a property that has one.

use std::ops::RangeInclusive;

use super::fault::{Fault, TemplateFault};

/// What CloudFormation would hand to the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl Value {
    pub(super) fn into_text(self) -> Result<String, Fault> {
        match self {
            Self::Text(text) => Ok(text),
            Self::List(_) | Self::Map(_) => Err(Fault::expected("text")),
        }
    }

    pub(super) fn into_texts(self) -> Result<Vec<String>, Fault> {
        match self {
            Self::List(items) => items.into_iter().map(Self::into_text).collect(),
            Self::Text(_) | Self::Map(_) => Err(Fault::expected("a list of texts")),
        }
    }
}

/// A property of a resource, evaluated, with its place for whoever refuses it. Absent and `AWS::NoValue` are the same.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) place: String,
    pub(super) value: Option<Value>,
}

impl Property {
    pub(super) fn refuse(&self, fault: Fault) -> TemplateFault {
        fault.at(self.place.clone())
    }

    pub(super) fn text(self) -> Result<Option<String>, TemplateFault> {
        self.read(Value::into_text)
    }

    pub(super) fn required_text(self) -> Result<String, TemplateFault> {
        let missing = self.refuse(Fault::Missing);
        self.text()?.ok_or(missing)
    }

    /// None where it is absent.
    pub(super) fn texts(self) -> Result<Vec<String>, TemplateFault> {
        Ok(self.read(Value::into_texts)?.unwrap_or_default())
    }

    /// False where it is absent, as AWS has it for all that are read here.
    pub(super) fn flag(self) -> Result<bool, TemplateFault> {
        let flag = self.read(|value| match value {
            Value::Text(text) if text == "true" => Ok(true),
            Value::Text(text) if text == "false" => Ok(false),
            Value::Text(_) | Value::List(_) | Value::Map(_) => Err(Fault::expected("true or false")),
        })?;
        Ok(flag.unwrap_or(false))
    }

    pub(super) fn whole_number(self, range: RangeInclusive<u32>) -> Result<Option<u32>, TemplateFault> {
        self.read(|value| {
            let number = value.into_text().ok().and_then(|text| text.parse().ok());
            number.filter(|number| range.contains(number)).ok_or_else(|| Fault::whole_number(&range))
        })
    }

    /// The entries of a map, each with its place; none where it is absent.
    pub(super) fn entries(self) -> Result<Vec<(String, Self)>, TemplateFault> {
        let place = self.place.clone();
        let entries = self.read(|value| match value {
            Value::Map(entries) => Ok(entries),
            Value::Text(_) | Value::List(_) => Err(Fault::expected("a map")),
        })?;
        let property = |(name, value)| {
            let place = format!("{place}.{name}");
            (name, Self { place, value: Some(value) })
        };
        Ok(entries.unwrap_or_default().into_iter().map(property).collect())
    }

    /// The members of a list, each with its place; none where it is absent.
    pub(super) fn items(self) -> Result<Vec<Self>, TemplateFault> {
        let place = self.place.clone();
        let items = self.read(|value| match value {
            Value::List(items) => Ok(items),
            Value::Text(_) | Value::Map(_) => Err(Fault::expected("a list")),
        })?;
        let property = |(index, value)| Self { place: format!("{place}.{index}"), value: Some(value) };
        Ok(items.unwrap_or_default().into_iter().enumerate().map(property).collect())
    }

    /// One entry of a map.
    pub(super) fn entry(&self, name: &str) -> Result<Self, TemplateFault> {
        let value = match &self.value {
            None => None,
            Some(Value::Map(entries)) => entries.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()),
            Some(Value::Text(_) | Value::List(_)) => return Err(self.refuse(Fault::expected("a map"))),
        };
        Ok(Self { place: format!("{}.{name}", self.place), value })
    }

    fn read<T>(self, read: impl FnOnce(Value) -> Result<T, Fault>) -> Result<Option<T>, TemplateFault> {
        self.value.map(read).transpose().map_err(|fault| fault.at(self.place))
    }
}
