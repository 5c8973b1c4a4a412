//! What a client hears instead of a code: one table (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, RFC 8707 §2, RFC 9207).

/// An error of the authorization endpoint, as the client hears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// A parameter stands twice.
    Repeated,
    /// A parameter holds what cannot be returned as it came.
    Unreadable,
    /// All together are longer than what can be carried through a sign-in.
    TooLong,
    /// No `response_type`.
    NoResponseType,
    /// Another response than a code.
    ResponseType,
    /// A way to return the response that is not offered, or not there.
    ResponseMode,
    /// No PKCE.
    NoChallenge,
    /// PKCE with another method than S256.
    ChallengeMethod,
    /// What is no SHA-256.
    Challenge,
    /// A `nonce` that is none.
    Nonce,
    /// A `prompt` that is none, or contradicts itself.
    Prompt,
    /// A `max_age` that is none.
    MaxAge,
    /// Parameters in a signed object.
    RequestObject,
    /// Parameters elsewhere.
    RequestUri,
    /// A client that introduces itself.
    Registration,
    /// The client is not registered for codes.
    Unauthorized,
    /// Nothing of the scope can be given.
    Scope,
    /// A resource that the client may not ask for, or several.
    Target,
    /// Nobody is signed in, or not lately enough, and nobody may be asked.
    LoginRequired,
    /// The person who is signed in is another than the client means.
    SomebodyElse,
    /// The person must be asked, and may not be.
    ConsentRequired,
    /// The person said no.
    Denied,
    /// The account may not sign in, or not as it could a moment ago.
    AccountChanged,
    /// A dependency did not answer.
    Unavailable,
}

impl Error {
    /// The `error`.
    pub(crate) const fn code(self) -> &'static str {
        self.row().0
    }

    /// The `error_description`, in characters that RFC 6749 §4.1.2.1 allows.
    pub(crate) const fn description(self) -> &'static str {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Repeated => ("invalid_request", "A parameter stands more than once."),
            Self::Unreadable => ("invalid_request", "A parameter is not UTF-8 or holds a NUL."),
            Self::TooLong => ("invalid_request", "The request is too long."),
            Self::NoResponseType => ("invalid_request", "The parameter response_type is missing."),
            Self::ResponseType => ("unsupported_response_type", "The response_type must be code."),
            Self::ResponseMode => {
                ("invalid_request", "The response_mode must be query or form_post, and form_post an http address.")
            }
            Self::NoChallenge => ("invalid_request", "PKCE is required: code_challenge is missing."),
            Self::ChallengeMethod => ("invalid_request", "The code_challenge_method must be S256."),
            Self::Challenge => ("invalid_request", "The code_challenge is not the base64url of a SHA-256."),
            Self::Nonce => ("invalid_request", "The nonce is too long or holds control characters."),
            Self::Prompt => ("invalid_request", "The prompt is unknown, or none beside another."),
            Self::MaxAge => ("invalid_request", "The max_age is not a number of seconds."),
            Self::RequestObject => ("request_not_supported", "Parameters are not taken from a request object."),
            Self::RequestUri => ("request_uri_not_supported", "Parameters are not taken from elsewhere."),
            Self::Registration => ("registration_not_supported", "Clients are registered by the operator."),
            Self::Unauthorized => ("unauthorized_client", "The client is not registered for codes."),
            Self::Scope => ("invalid_scope", "The scope is malformed, or nothing of it can be given."),
            Self::Target => ("invalid_target", "The client may not ask for this resource, or not for several at once."),
            Self::LoginRequired => ("login_required", "Nobody is signed in, or not lately enough."),
            Self::SomebodyElse => ("login_required", "Another person is signed in than the one that is meant."),
            Self::ConsentRequired => ("consent_required", "The person must be asked."),
            Self::Denied => ("access_denied", "The person did not agree."),
            Self::AccountChanged => ("access_denied", "The account is not what it was."),
            Self::Unavailable => ("temporarily_unavailable", "A dependency did not answer. Nothing was lost."),
        }
    }
}
