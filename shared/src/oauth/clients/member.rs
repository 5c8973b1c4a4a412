//! What the members of a registration are called: as RFC 7591 §2 and OpenID Connect have them, where they do.

/// The name in the protocol.
pub const ID: &str = "client_id";
/// The name for people.
pub const NAME: &str = "client_name";
/// How it proves who it is.
pub const AUTHENTICATION: &str = "token_endpoint_auth_method";
/// Its public keys.
pub const JWKS: &str = "jwks";
/// The grants that it may use.
pub const GRANTS: &str = "grant_types";
/// Where responses may go.
pub const REDIRECT_URIS: &str = "redirect_uris";
/// Where a browser may go after a logout (OpenID Connect RP-Initiated Logout §3.1).
pub const POST_LOGOUT_REDIRECT_URIS: &str = "post_logout_redirect_uris";
/// Where its pages lie.
pub const ORIGINS: &str = "origins";
/// The most that its tokens may do.
pub const SCOPE: &str = "scope";
/// The roles that its tokens carry.
pub const ROLES: &str = "roles";
/// The audiences that it may ask for (RFC 8707).
pub const RESOURCES: &str = "resources";
/// What its tokens are signed with.
pub const ALGORITHM: &str = "algorithm";
/// How long its access tokens live.
pub const ACCESS_TOKEN_SECONDS: &str = "access_token_seconds";
/// How long its sessions live without a refresh.
pub const IDLE_SECONDS: &str = "idle_seconds";
/// How long its sessions live at all.
pub const ABSOLUTE_SECONDS: &str = "absolute_seconds";
/// How often it may ask.
pub const LIMIT: &str = "limit";
/// How long a refresh token whose answer was lost may come back.
pub const RETRY: &str = "retry";
/// Whose it is.
pub const PARTY: &str = "party";
