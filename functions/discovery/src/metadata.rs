//! Authorization server metadata (RFC 8414 §2; OpenID Connect Discovery §3).
//!
//! Until authorization endpoints exist the document names the issuer, its keys and its revocation endpoint. API Gateway's JWT
//! authorizer needs `issuer` and `jwks_uri` alone.

use serde::Serialize;
use vestibule::config::Config;

/// The members that are true of this deployment.
#[derive(Serialize)]
pub(super) struct Metadata {
    issuer: String,
    jwks_uri: String,
    revocation_endpoint: String,
    /// RFC 8414 §2 requires it; no authorization endpoint, so no response type.
    response_types_supported: [&'static str; 0],
    /// Left out, it would mean the implicit and the authorization code grant. `/login` and `/refresh` are the first party's own,
    /// no token endpoint (decision 0009).
    grant_types_supported: [&'static str; 0],
    revocation_endpoint_auth_methods_supported: [&'static str; 1],
}

/// The metadata of this deployment.
pub(super) fn document(config: &Config) -> Metadata {
    let issuer = &config.issuer;
    Metadata {
        issuer: issuer.clone(),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        revocation_endpoint: format!("{issuer}/revoke"),
        response_types_supported: [],
        grant_types_supported: [],
        revocation_endpoint_auth_methods_supported: ["none"],
    }
}
