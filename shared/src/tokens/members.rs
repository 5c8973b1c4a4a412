//! A JSON object read strictly: its members by name, each name once (RFC 7515 §4, RFC 7519 §4, RFC 8259 §4).
//!
//! Values stay the text they were until somebody asks for one, so that each can be refused by its own name.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The members of an object, sorted by name.
pub(super) struct Members<'a>(Vec<(Name<'a>, &'a RawValue)>);

/// Borrowed unless it has escapes: `"a\u006cg"` is `alg`, and a duplicate of it.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Why bytes are no [`Members`].
pub(super) enum NotMembers {
    /// Not one JSON object.
    NotAnObject,
    /// A name stands twice.
    Duplicate,
}

/// A value of another type than asked for.
pub(super) struct WrongType;

impl<'a> Members<'a> {
    pub(super) fn read(json: &'a [u8]) -> Result<Self, NotMembers> {
        let Self(mut members) = serde_json::from_slice(json).map_err(|_| NotMembers::NotAnObject)?;
        members.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        let twice = members.windows(2).any(|pair| matches!(pair, [(left, _), (right, _)] if left == right));
        if twice { Err(NotMembers::Duplicate) } else { Ok(Self(members)) }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The JSON text of a value.
    pub(super) fn find(&self, name: &str) -> Option<&'a str> {
        let position = self.0.binary_search_by(|(Name(member), _)| member.as_ref().cmp(name)).ok()?;
        self.0.get(position).map(|(_, value)| value.get())
    }

    /// A string, if the member is there; `null` is there, and no string.
    pub(super) fn string(&self, name: &str) -> Result<Option<Cow<'a, str>>, WrongType> {
        self.find(name)
            .map(|value| serde_json::from_str(value).map(|Name(text)| text))
            .transpose()
            .map_err(|_| WrongType)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                // Our own tokens have eleven claims.
                let mut members = Vec::with_capacity(12);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}
