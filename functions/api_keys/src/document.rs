//! A key as its owner sees it.

use lambda_http::Response;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request};
use serde::Serialize;
use vestibule::api_keys::ApiKey;
use vestibule::clock::Timestamp;
use vestibule::http::shown_once;
use vestibule::identity::ApiKeyId;
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;

/// A key without its secret.
#[derive(Serialize)]
pub(crate) struct Listed {
    id: ApiKeyId,
    name: String,
    prefix: String,
    scope: Scopes,
    roles: Roles,
    ip_ranges: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier_secrets_until: Option<Timestamp>,
}

impl Listed {
    pub(crate) fn of(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.named.id,
            name: key.label.as_str().to_owned(),
            prefix: key.named.shown(&key.environment),
            scope: key.scope.clone(),
            roles: key.roles.clone(),
            ip_ranges: key.ranges.texts().collect(),
            limit: key.limit.map(|limit| limit.to_string()),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            earlier_secrets_until: key.earlier_until(now),
        }
    }
}

#[derive(Serialize)]
struct WithText<'a> {
    key: &'a str,
    #[serde(flatten)]
    listed: Listed,
}

/// The key with its text: the one place where that leaves.
pub(crate) fn with_text(status: StatusCode, key: &ApiKey, text: &Secret<String>, now: Timestamp) -> Response<Body> {
    let document = WithText { key: text.expose(), listed: Listed::of(key, now) };
    shown_once(status, &Secret::new(serde_json::to_string(&document).unwrap_or_default()))
}

/// The name of the key in the request's path, if it can be one.
pub(crate) fn named(request: &Request) -> Option<ApiKeyId> {
    use lambda_http::RequestExt;
    request.path_parameters_ref()?.first("id")?.parse().ok()
}
