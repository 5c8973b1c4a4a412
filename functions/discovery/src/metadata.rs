//! Authorization server metadata (RFC 8414 §2; OpenID Connect Discovery §3): what exists, and nothing else.
//!
//! API Gateway's JWT authorizer needs `issuer` and `jwks_uri` alone.

use serde::Serialize;
use vestibule::config::Config;
use vestibule::keys::Algorithm;

/// The members that are true of this deployment.
#[derive(Serialize)]
pub(super) struct Metadata {
    issuer: String,
    jwks_uri: String,
    token_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    /// RFC 8414 §2 requires it; no authorization endpoint, so no response type.
    response_types_supported: [&'static str; 0],
    /// Left out, it would mean the implicit and the authorization code grant. `/login` and `/refresh` are the first party's own,
    /// no token endpoint (decision 0009).
    grant_types_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    token_endpoint_auth_signing_alg_values_supported: [Algorithm; 2],
    introspection_endpoint_auth_methods_supported: [&'static str; 3],
    introspection_endpoint_auth_signing_alg_values_supported: [Algorithm; 2],
    revocation_endpoint_auth_methods_supported: [&'static str; 1],
}

/// How a client proves who it is (RFC 8414 §2; OpenID Connect Core §9).
const CONFIDENTIAL: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];

/// The metadata of this deployment.
pub(super) fn document(config: &Config) -> Metadata {
    let issuer = &config.issuer;
    Metadata {
        issuer: issuer.clone(),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        token_endpoint: format!("{issuer}/oauth/token"),
        introspection_endpoint: format!("{issuer}/oauth/introspect"),
        revocation_endpoint: format!("{issuer}/revoke"),
        response_types_supported: [],
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: CONFIDENTIAL,
        token_endpoint_auth_signing_alg_values_supported: Algorithm::ALL,
        introspection_endpoint_auth_methods_supported: CONFIDENTIAL,
        introspection_endpoint_auth_signing_alg_values_supported: Algorithm::ALL,
        revocation_endpoint_auth_methods_supported: ["none"],
    }
}
