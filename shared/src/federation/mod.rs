//! Signing in with an account at another provider: as a relying party of OpenID Connect Core 1.0 §3.1, or with GitHub's OAuth
//! (RFC 6749 §4.1, RFC 7636, RFC 9700 §2.1).
//!
//! Who somebody is there is issuer and subject together, and nothing else: an e-mail address is told to us, changes, and passes to
//! somebody else. So an address makes a new account at most, and never opens one that exists.

mod kind;
mod provider;

pub use kind::{Kind, UnknownKind, Vouches};
pub use provider::{AppleNames, InvalidProviders, Provider, ProviderId, Providers};
