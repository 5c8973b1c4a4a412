//! Why an access token is refused: one name for each check (RFC 9068 §4, RFC 8725 §3).
//!
//! The names are for operators and their dashboards. The caller of an API hears one and the same 401, and nothing out of
//! the token goes into a log.

macro_rules! refusals {
    ($($(#[$doc:meta])+ $name:ident = $reason:literal,)+) => {
        /// Why a token was refused. A closed set: a new check takes a new name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
        pub enum Refusal {
            $($(#[$doc])+ #[error($reason)] $name,)+
        }

        impl Refusal {
            /// Every refusal there is.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The refusal as logs spell it; it does not change between versions.
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)+ }
            }
        }
    };
}

refusals! {
    /// Longer than [`super::MAX_TOKEN_BYTES`], or than any ID token of a provider; nothing of it was read.
    TooLong = "token_too_long",
    /// Not three parts (RFC 7515 §7.1).
    NotThreeParts = "not_three_parts",
    /// A part is empty; an empty signature is what `none` has (RFC 7518 §3.6).
    EmptyPart = "empty_part",
    /// A part is not in the one base64url spelling of its bytes (RFC 7515 §2).
    NotBase64Url = "not_base64url",

    /// The header is no JSON object (RFC 7515 §4).
    HeaderNotAnObject = "header_not_an_object",
    /// A header parameter stands twice (RFC 7515 §4).
    HeaderDuplicate = "header_duplicate",
    /// There is a `crit`: no extension is understood here (RFC 7515 §4.1.11).
    CritPresent = "crit_present",
    /// There is a `b64`: payloads are always encoded here (RFC 7797 §6).
    B64Present = "b64_present",
    /// A parameter brings or names a key: `jwk jku x5u x5c x5t x5t#S256` (RFC 8725 §3.10).
    KeyInHeader = "key_in_header",
    /// No `alg` (RFC 7515 §4.1.1).
    AlgMissing = "alg_missing",
    /// An `alg` that is no string.
    AlgNotAString = "alg_not_a_string",
    /// `none`, an HMAC, or another `alg` than our keys have (RFC 8725 §3.1).
    AlgUnsupported = "alg_unsupported",
    /// An `alg` of ours, and not that of the key: algorithm confusion (RFC 8725 §2.1).
    AlgMismatch = "alg_mismatch",
    /// No `typ` (RFC 9068 §4).
    TypMissing = "typ_missing",
    /// A `typ` that is no string.
    TypNotAString = "typ_not_a_string",
    /// Another kind of token, such as an ID token (RFC 9068 §4).
    TypWrong = "typ_wrong",
    /// No `kid`.
    KidMissing = "kid_missing",
    /// A `kid` that is no string.
    KidNotAString = "kid_not_a_string",
    /// A `kid` that is empty or longer than [`super::MAX_KID_CHARS`].
    KidLength = "kid_length",

    /// No key of this name is published.
    KidUnknown = "kid_unknown",
    /// The key is weak or none (RFC 7518 §3.3); only keys from outside can be.
    KeyUnusable = "key_unusable",
    /// The signature is not one of this key over these bytes (RFC 7515 §5.2).
    SignatureWrong = "signature_wrong",

    /// The payload is no JSON object (RFC 7519 §7.2).
    ClaimsNotAnObject = "claims_not_an_object",
    /// A claim stands twice (RFC 7519 §4).
    ClaimsDuplicate = "claims_duplicate",
    /// No `iss` (RFC 9068 §4).
    IssMissing = "iss_missing",
    /// An `iss` that is no string, also an array (RFC 7519 §4.1.1).
    IssNotAString = "iss_not_a_string",
    /// Another issuer.
    IssWrong = "iss_wrong",
    /// No `aud` (RFC 9068 §4).
    AudMissing = "aud_missing",
    /// An `aud` that is neither a string nor an array of strings (RFC 7519 §4.1.3).
    AudNotStrings = "aud_not_strings",
    /// For another audience.
    AudWrong = "aud_wrong",
    /// No `exp` (RFC 9068 §2.2).
    ExpMissing = "exp_missing",
    /// An `exp` that is no number.
    ExpNotANumber = "exp_not_a_number",
    /// An `exp` that is negative, has a fraction or an exponent, or lies beyond the year 9999.
    ExpOutOfRange = "exp_out_of_range",
    /// Expired (RFC 7519 §4.1.4), without any leeway.
    Expired = "expired",
    /// No `iat` (RFC 9068 §2.2).
    IatMissing = "iat_missing",
    /// An `iat` that is no number.
    IatNotANumber = "iat_not_a_number",
    /// An `iat` that is negative, has a fraction or an exponent, or lies beyond the year 9999.
    IatOutOfRange = "iat_out_of_range",
    /// Issued in the future, by more than [`super::CLOCK_LEEWAY`].
    IatInFuture = "iat_in_future",
    /// It would live longer than [`crate::keys::LONGEST_TOKEN_LIFETIME`].
    LivesTooLong = "lives_too_long",
    /// An `nbf` that is no number.
    NbfNotANumber = "nbf_not_a_number",
    /// An `nbf` that is negative, has a fraction or an exponent, or lies beyond the year 9999.
    NbfOutOfRange = "nbf_out_of_range",
    /// Not valid yet (RFC 7519 §4.1.5), by more than [`super::CLOCK_LEEWAY`].
    NotYetValid = "not_yet_valid",
    /// No `sub` (RFC 9068 §2.2).
    SubMissing = "sub_missing",
    /// A `sub` that is no string.
    SubNotAString = "sub_not_a_string",
    /// A `sub` that names neither a user nor a service of ours.
    SubNotASubject = "sub_not_a_subject",
    /// No `sid` in a user's token.
    SidMissing = "sid_missing",
    /// A `sid` in the token of a service, which signs in to no session.
    SidOfAService = "sid_of_a_service",
    /// A `sid` that is no string.
    SidNotAString = "sid_not_a_string",
    /// A `sid` that names none of our sessions.
    SidNotASession = "sid_not_a_session",
    /// No `client_id` (RFC 9068 §2.2).
    ClientIdMissing = "client_id_missing",
    /// A `client_id` that is no string.
    ClientIdNotAString = "client_id_not_a_string",
    /// No `jti` (RFC 9068 §2.2).
    JtiMissing = "jti_missing",
    /// A `jti` that is no string.
    JtiNotAString = "jti_not_a_string",
    /// No `auth_time` in a user's token: a person signed in at some moment (RFC 9068 §2.2.1).
    AuthTimeMissing = "auth_time_missing",
    /// An `auth_time` that is no number.
    AuthTimeNotANumber = "auth_time_not_a_number",
    /// An `auth_time` that is negative, has a fraction or an exponent, or lies beyond the year 9999.
    AuthTimeOutOfRange = "auth_time_out_of_range",
    /// A `scope` that is no string (RFC 9068 §2.2.3).
    ScopeNotAString = "scope_not_a_string",
    /// A `scope` outside the grammar of RFC 6749 §3.3.
    ScopeMalformed = "scope_malformed",
    /// `roles` that are no array of role names (RFC 9068 §2.2.3.1).
    RolesMalformed = "roles_malformed",
}
