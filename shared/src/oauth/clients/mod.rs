//! Clients: who may ask for tokens, how they prove who they are, and what each may ask for (RFC 6749 §2, RFC 7591 §2).
//!
//! The operator registers them, or an administrator. What a registration may hold is checked once, by [`Client::check`], when it is written and again
//! whenever it is read: a registration that contradicts itself is never acted on.

mod cached;
mod change;
mod client;
mod client_id;
mod grants;
mod invalid;
mod keys;
mod lifetimes;
pub mod manage;
pub mod member;
mod origin;
mod redirect_uri;
pub mod registration;
mod resource;
mod secret;

pub use cached::{ClientCache, REGISTRATION_KEPT_FOR, ReadClient};
pub use change::ClientChange;
pub use client::{
    Authentication, Client, MAX_NAME_CHARS, MAX_RESOURCES, MAX_URIS, Party, SecretMethod, Standing, UnknownParty,
};
pub use client_id::{ClientId, InvalidClientId};
pub use grants::{Grant, Grants, UnknownGrant};
pub use invalid::InvalidClient;
pub use keys::{ClientKeys, InvalidClientKeys, MAX_KEYS};
pub use lifetimes::{ACCESS_TOKEN_SECONDS, Lifetimes, SESSION_SECONDS};
pub use manage::{Added, ManageClients};
pub use origin::{InvalidOrigin, Origin};
pub use redirect_uri::{InvalidRedirectUri, MAX_URI_BYTES, RedirectUri, Target};
pub use resource::{InvalidResource, Resource};
pub use secret::{
    ClientSecret, DEFAULT_OVERLAP, InvalidSecretHash, MAX_OVERLAP, PREFIX, SecretHash, Secrets, UnderWay,
};
