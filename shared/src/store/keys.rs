//! Where each item lies. Keys are built here and nowhere else.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::accounts::{Identifier, TokenHash};
use crate::api_keys::Named;
use crate::clock::Timestamp;
use crate::federation::{IdentityKey, UsedAttempt};
use crate::identity::{ServiceId, SessionId, UserId};
use crate::limits;
use crate::oauth::clients::ClientId;
use crate::oauth::codes::CodeHash;
use crate::principal::Subject;

/// Partition key attribute.
pub(super) const PARTITION: &str = "pk";
/// Sort key attribute.
pub(super) const SORT: &str = "sk";
/// The sort key of every account.
pub(super) const ACCOUNT: &str = "ACCOUNT";
/// The sort key of every name of an account.
pub(super) const LOGIN: &str = "LOGIN";
/// The partition of the public signing keys.
const PUBLIC_KEYS: &str = "KEYS#PUBLIC";
/// The sort key of every client.
pub(super) const CLIENT: &str = "CLIENT";
/// The partition of the names of all clients.
pub(super) const CLIENTS: &str = "CLIENTS";
/// What the sort keys of their names begin with.
pub(super) const CLIENT_PREFIX: &str = "CLIENT#";
/// What the sort keys of sessions begin with.
pub(super) const SESSION_PREFIX: &str = "SESSION#";

/// What the sort keys of consents begin with.
pub(super) const CONSENT_PREFIX: &str = "CONSENT#";
/// The sort key of every service.
pub(super) const SERVICE: &str = "SERVICE";
/// What the sort keys of API keys begin with.
pub(super) const API_KEY_PREFIX: &str = "APIKEY#";

/// What the sort keys of the identities that open an account begin with.
pub(super) const IDENTITY_PREFIX: &str = "IDENTITY#";

/// What the sort keys of an account's past begin with, and of the signing keys'.
pub(super) const TRAIL_PREFIX: &str = "AUDIT#";

/// The key of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    partition: String,
    sort: String,
}

impl Key {
    /// The account of `user`.
    pub(super) fn account(user: UserId) -> Self {
        Self { partition: user_partition(user), sort: ACCOUNT.to_owned() }
    }

    /// A session, under its user.
    pub(super) fn session(user: UserId, session: SessionId) -> Self {
        Self { partition: user_partition(user), sort: format!("{SESSION_PREFIX}{session}") }
    }

    /// What a user has let a client do, under the user.
    pub(super) fn consent(user: UserId, client: &ClientId) -> Self {
        Self { partition: user_partition(user), sort: format!("{CONSENT_PREFIX}{client}") }
    }

    /// A service.
    pub(super) fn service(service: ServiceId) -> Self {
        Self { partition: service_partition(service), sort: SERVICE.to_owned() }
    }

    /// Whoever owns API keys: an account or a service.
    pub(super) fn owner(owner: Subject) -> Self {
        match owner {
            Subject::User(user) => Self::account(user),
            Subject::Service(service) => Self::service(service),
        }
    }

    /// An API key, under its owner.
    pub(super) fn api_key(named: Named) -> Self {
        Self { partition: owner_partition(named.owner), sort: format!("{API_KEY_PREFIX}{}", named.id) }
    }

    /// What happened to an account or a service at a moment, in the order of time: ten digits last until the year 2286.
    pub(super) fn trail(owner: Subject, at: Timestamp, which: &str) -> Self {
        Self { partition: owner_partition(owner), sort: format!("{TRAIL_PREFIX}{:010}#{which}", at.seconds()) }
    }

    /// What a sign-in by `identifier` reads; also what makes the identifier unique.
    pub(super) fn login(identifier: &Identifier) -> Self {
        Self { partition: format!("LOGIN#{identifier}"), sort: LOGIN.to_owned() }
    }

    /// What a one-time token is good for.
    pub(super) fn one_time_token(token: &TokenHash) -> Self {
        Self { partition: format!("TOKEN#{}", token.as_str()), sort: "TOKEN".to_owned() }
    }

    /// The account that an identity at a provider opens; also what makes it open one account and no other.
    pub(super) fn identity(identity: &IdentityKey) -> Self {
        Self { partition: format!("IDENTITY#{identity}"), sort: "IDENTITY".to_owned() }
    }

    /// The same identity under its account, where its owner finds it.
    pub(super) fn identity_of(user: UserId, identity: &IdentityKey) -> Self {
        Self { partition: user_partition(user), sort: format!("{IDENTITY_PREFIX}{identity}") }
    }

    /// A sign-in at a provider that has come back.
    pub(super) fn attempt(attempt: &UsedAttempt) -> Self {
        Self { partition: format!("ATTEMPT#{}", attempt.as_str()), sort: "ATTEMPT".to_owned() }
    }

    /// The registration of a client.
    pub(super) fn client(client: &ClientId) -> Self {
        Self { partition: format!("CLIENT#{client}"), sort: CLIENT.to_owned() }
    }

    /// The name of a client, where it is listed.
    pub(super) fn listed_client(client: &ClientId) -> Self {
        Self { partition: CLIENTS.to_owned(), sort: format!("{CLIENT_PREFIX}{client}") }
    }

    /// What became of a client at a moment, in the order of time.
    pub(super) fn client_trail(client: &ClientId, at: Timestamp, version: u64) -> Self {
        Self { sort: format!("{TRAIL_PREFIX}{:010}#{version}", at.seconds()), ..Self::client(client) }
    }

    /// An assertion of a client, by the hash of its name: a partition of its own, so that none is hot.
    pub(super) fn assertion(client: &ClientId, id: &str) -> Self {
        Self { partition: format!("ASSERTION#{client}#{id}"), sort: "ASSERTION".to_owned() }
    }

    /// An authorization code, by its hash.
    pub(super) fn code(code: &CodeHash) -> Self {
        Self { partition: format!("CODE#{}", code.as_str()), sort: "CODE".to_owned() }
    }

    /// The public signing keys.
    pub(super) fn public_keys() -> Self {
        Self { partition: PUBLIC_KEYS.to_owned(), sort: "CURRENT".to_owned() }
    }

    /// What an edition of the public signing keys, or a version of the symmetric ones, changed, in the order of time.
    pub(super) fn key_trail(at: Timestamp, which: impl std::fmt::Display) -> Self {
        let sort = format!("{TRAIL_PREFIX}{:010}#{which}", at.seconds());
        Self { partition: PUBLIC_KEYS.to_owned(), sort }
    }

    pub(super) fn partition(&self) -> &str {
        &self.partition
    }

    /// A count: a partition for each, so that a flood against one is nobody else's.
    pub(super) fn limit(key: &limits::Key) -> Self {
        Self { partition: format!("LIMIT#{}#{}", key.class().name(), key.of()), sort: "LIMIT".to_owned() }
    }

    pub(super) fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PARTITION.to_owned(), AttributeValue::S(self.partition.clone())),
            (SORT.to_owned(), AttributeValue::S(self.sort.clone())),
        ])
    }
}

/// What a partition holds, by its name: for whoever goes through a whole table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// All of an account or a service.
    Owner(Subject),
    /// A client.
    Client,
    /// The public signing keys and their past.
    PublicKeys,
    /// A name or an identity, or the list of clients: it comes with the account or the client, which lies elsewhere.
    OfAnother,
    /// What is good for minutes, or once.
    Passing,
    /// Nothing that this release writes.
    Unknown,
}

/// What the partition called `name` holds.
pub(super) fn holds(name: &str) -> Holds {
    let Some((kind, of)) = name.split_once('#') else {
        return if name == CLIENTS { Holds::OfAnother } else { Holds::Unknown };
    };
    match kind {
        "USER" => of.parse().map_or(Holds::Unknown, |user| Holds::Owner(Subject::User(user))),
        "SERVICE" => of.parse().map_or(Holds::Unknown, |service| Holds::Owner(Subject::Service(service))),
        "CLIENT" => Holds::Client,
        "KEYS" => Holds::PublicKeys,
        "LOGIN" | "IDENTITY" => Holds::OfAnother,
        "TOKEN" | "CODE" | "ATTEMPT" | "ASSERTION" | "LIMIT" => Holds::Passing,
        _ => Holds::Unknown,
    }
}

/// The partition of everything that belongs to `user`.
pub(super) fn user_partition(user: UserId) -> String {
    format!("USER#{user}")
}

/// The partition of everything that belongs to `service`.
pub(super) fn service_partition(service: ServiceId) -> String {
    format!("SERVICE#{service}")
}

/// The partition of everything that belongs to `owner`.
pub(super) fn owner_partition(owner: Subject) -> String {
    match owner {
        Subject::User(user) => user_partition(user),
        Subject::Service(service) => service_partition(service),
    }
}
