//! A client as administrators see it: all of it but its secrets, of which nothing can be shown.

use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};
use serde::Serialize;
use serde_json::value::RawValue;
use vestibule::clock::Timestamp;
use vestibule::http::shown_once;
use vestibule::identity::ServiceId;
use vestibule::keys::Algorithm;
use vestibule::oauth::clients::{Authentication, Client, ClientId, ClientSecret};
use vestibule::scope::Scopes;
use vestibule::secret::Secret;

/// The members are those of [`vestibule::oauth::clients::member`], and what nobody can set.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    client_id: &'a ClientId,
    client_name: &'a str,
    token_endpoint_auth_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<ServiceId>,
    grant_types: Vec<&'static str>,
    redirect_uris: Vec<&'a str>,
    post_logout_redirect_uris: Vec<&'a str>,
    origins: Vec<&'a str>,
    scope: &'a Scopes,
    roles: String,
    resources: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<Algorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absolute_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    retry: String,
    party: &'static str,
    standing: &'static str,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier_secrets_until: Vec<Timestamp>,
}

impl<'a> Document<'a> {
    pub(super) fn of(client: &'a Client, now: Timestamp) -> Self {
        let (jwks, earlier_secrets_until) = match &client.authentication {
            Authentication::None => (None, Vec::new()),
            Authentication::PrivateKeyJwt(keys) => (RawValue::from_string(keys.to_json()).ok(), Vec::new()),
            Authentication::Secret { secrets, .. } => {
                let ends = secrets.predecessors.iter().map(|(_, until)| *until);
                (None, ends.filter(|until| *until > now).collect())
            }
        };
        let lifetimes = &client.lifetimes;
        Self {
            client_id: &client.id,
            client_name: &client.name,
            token_endpoint_auth_method: client.authentication.as_str(),
            jwks,
            service: client.service,
            grant_types: client.grants.iter().map(|grant| grant.as_str()).collect(),
            redirect_uris: client.redirect_uris.iter().map(|uri| uri.as_str()).collect(),
            post_logout_redirect_uris: client.post_logout_redirect_uris.iter().map(|uri| uri.as_str()).collect(),
            origins: client.origins.iter().map(|origin| origin.as_str()).collect(),
            scope: &client.scopes,
            roles: client.roles.to_string(),
            resources: client.resources.iter().map(|resource| resource.as_str()).collect(),
            algorithm: client.algorithm,
            access_token_seconds: lifetimes.access_token.map(|lifetime| lifetime.as_secs()),
            idle_seconds: lifetimes.idle.map(|lifetime| lifetime.as_secs()),
            absolute_seconds: lifetimes.absolute.map(|lifetime| lifetime.as_secs()),
            limit: client.limit.map(|limit| limit.to_string()),
            retry: client.retry.to_string(),
            party: client.party.as_str(),
            standing: client.standing.as_str(),
            created_at: client.created_at,
            earlier_secrets_until,
        }
    }
}

#[derive(Serialize)]
struct WithSecret<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    #[serde(flatten)]
    document: Document<'a>,
}

/// The client with its secret: the one place where that leaves.
pub(super) fn with_secret(
    status: StatusCode,
    client: &Client,
    secret: Option<&ClientSecret>,
    now: Timestamp,
) -> Response<Body> {
    let document = WithSecret { client_secret: secret.map(ClientSecret::expose), document: Document::of(client, now) };
    shown_once(status, &Secret::new(serde_json::to_string(&document).unwrap_or_default()))
}
