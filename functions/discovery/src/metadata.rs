//! Authorization server metadata (RFC 8414 §2; OpenID Connect Discovery §3; RFC 9207 §3): what exists, and nothing else.
//!
//! API Gateway's JWT authorizer needs `issuer` and `jwks_uri` alone. A test asks the endpoints whether each member is true.

use serde::Serialize;
use vestibule::config::Config;
use vestibule::keys::Algorithm;
use vestibule::oauth::clients::Grant;
use vestibule::oauth::pkce;

/// The members that are true of this deployment.
#[derive(Serialize)]
pub(super) struct Metadata {
    issuer: String,
    jwks_uri: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    /// OpenID Connect RP-Initiated Logout §2.1.
    end_session_endpoint: String,
    scopes_supported: [&'static str; 3],
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 2],
    /// Left out, it would mean the implicit grant, too. `/login` and `/refresh` are the first party's own, no token endpoint (decision
    /// 0009).
    grant_types_supported: [&'static str; 3],
    code_challenge_methods_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 4],
    token_endpoint_auth_signing_alg_values_supported: [Algorithm; 2],
    introspection_endpoint_auth_methods_supported: [&'static str; 3],
    introspection_endpoint_auth_signing_alg_values_supported: [Algorithm; 2],
    revocation_endpoint_auth_methods_supported: [&'static str; 4],
    revocation_endpoint_auth_signing_alg_values_supported: [Algorithm; 2],
    /// RFC 9207 §3: a client that talks to several servers then refuses a response without `iss`.
    authorization_response_iss_parameter_supported: bool,
    /// Decision 0021.
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [Algorithm; 2],
    acr_values_supported: [&'static str; 2],
    claims_supported: [&'static str; 13],
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    /// Left out, it would be true.
    request_uri_parameter_supported: bool,
    prompt_values_supported: [&'static str; 4],
}

/// How a client proves who it is (RFC 8414 §2; OpenID Connect Core §9).
const CONFIDENTIAL: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
/// The same, and how a public one says that it cannot.
const ALL: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// The metadata of this deployment.
pub(super) fn document(config: &Config) -> Metadata {
    let issuer = &config.issuer;
    let at = |path: &str| format!("{issuer}{path}");
    Metadata {
        issuer: issuer.clone(),
        jwks_uri: at("/.well-known/jwks.json"),
        authorization_endpoint: at("/oauth/authorize"),
        token_endpoint: at("/oauth/token"),
        userinfo_endpoint: at("/userinfo"),
        introspection_endpoint: at("/oauth/introspect"),
        revocation_endpoint: at("/oauth/revoke"),
        end_session_endpoint: at("/oauth/logout"),
        scopes_supported: ["openid", "profile", "email"],
        response_types_supported: ["code"],
        response_modes_supported: ["query", "form_post"],
        grant_types_supported: Grant::ALL.map(Grant::as_str),
        code_challenge_methods_supported: [pkce::METHOD],
        token_endpoint_auth_methods_supported: ALL,
        token_endpoint_auth_signing_alg_values_supported: Algorithm::ALL,
        introspection_endpoint_auth_methods_supported: CONFIDENTIAL,
        introspection_endpoint_auth_signing_alg_values_supported: Algorithm::ALL,
        revocation_endpoint_auth_methods_supported: ALL,
        revocation_endpoint_auth_signing_alg_values_supported: Algorithm::ALL,
        authorization_response_iss_parameter_supported: true,
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: Algorithm::ALL,
        acr_values_supported: ["0", "1"],
        claims_supported: [
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "nonce",
            "acr",
            "amr",
            "at_hash",
            "preferred_username",
            "email",
            "email_verified",
        ],
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        prompt_values_supported: ["none", "login", "consent", "select_account"],
    }
}
