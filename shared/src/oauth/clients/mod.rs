//! Clients: who may ask for tokens, how they prove who they are, and what each may ask for (RFC 6749 §2, RFC 7591 §2).
//!
//! The operator registers them. What a registration may hold is checked once, by [`Client::check`], when it is written and again
//! whenever it is read: a registration that contradicts itself is never acted on.

mod cached;
mod client;
mod client_id;
mod grants;
mod keys;
mod manage;
mod origin;
mod redirect_uri;
mod resource;
mod secret;

pub use cached::{ClientCache, REGISTRATION_KEPT_FOR, ReadClient};
pub use client::{
    Authentication, Client, InvalidClient, Lifetimes, MAX_NAME_CHARS, MAX_RESOURCES, MAX_URIS, Party, SecretMethod,
    Standing,
};
pub use client_id::{ClientId, InvalidClientId};
pub use grants::{Grant, Grants, UnknownGrant};
pub use keys::{ClientKeys, InvalidClientKeys, MAX_KEYS};
pub use manage::{Added, Changed, ManageClients, SecretRotation};
pub use origin::{InvalidOrigin, Origin};
pub use redirect_uri::{InvalidRedirectUri, MAX_URI_BYTES, RedirectUri, Target};
pub use resource::{InvalidResource, Resource};
pub use secret::{ClientSecret, InvalidSecretHash, PREFIX, SecretHash, Secrets};
