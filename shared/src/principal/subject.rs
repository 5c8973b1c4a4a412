//! Whom a credential speaks for (`sub`, RFC 7519 §4.1.2): a person or a service. Their identifiers differ in the prefix, so that
//! neither is ever taken for the other.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::identity::{NotAnIdentifier, ServiceId, UserId};

/// A person or a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Somebody with an account.
    User(UserId),
    /// A program that calls on its own behalf.
    Service(ServiceId),
}

impl Subject {
    /// The person, if it is one.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Service(_) => None,
        }
    }

    /// The service, if it is one.
    pub const fn service(self) -> Option<ServiceId> {
        match self {
            Self::User(_) => None,
            Self::Service(service) => Some(service),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => user.fmt(f),
            Self::Service(service) => service.fmt(f),
        }
    }
}

impl FromStr for Subject {
    type Err = NotAnIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Service).or_else(|_| text.parse().map(Self::User))
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_never_taken_for_a_person() {
        let (user, service) =
            (Subject::User(UserId::from_bytes([1; 16])), Subject::Service(ServiceId::from_bytes([1; 16])));
        for subject in [user, service] {
            assert_eq!(subject.to_string().parse(), Ok(subject));
        }
        assert_ne!(user.to_string(), service.to_string());
        assert_eq!((user.service(), service.user()), (None, None));
        assert!("ses_01010101010101010101010101010101".parse::<Subject>().is_err());
    }
}
