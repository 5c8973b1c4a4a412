//! The OAuth client that stories begin with.

use std::time::Duration;

use vestibule::oauth::clients::{Authentication, Client, Grant, Lifetimes, Party, Standing};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::RetryPolicy;

use crate::START;

/// An app of the team's own at `redirect_uri`, which cannot keep a secret. What a story wants otherwise it says.
pub fn public_client(id: &str, redirect_uri: &str) -> Client {
    Client {
        id: id.parse().unwrap(),
        name: format!("The {id}"),
        authentication: Authentication::None,
        service: None,
        grants: [Grant::AuthorizationCode, Grant::RefreshToken].into_iter().collect(),
        redirect_uris: vec![redirect_uri.parse().unwrap()],
        post_logout_redirect_uris: Vec::new(),
        origins: Vec::new(),
        scopes: Scopes::parse("openid orders:read").unwrap(),
        roles: Roles::default(),
        resources: Vec::new(),
        algorithm: None,
        lifetimes: Lifetimes::default(),
        limit: None,
        retry: RetryPolicy::Window(Duration::from_secs(10)),
        party: Party::First,
        created_at: START,
        standing: Standing::Active,
        version: 1,
    }
}
