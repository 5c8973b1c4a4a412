//! What this function takes and gives.

use vestibule::accounts::Identifier;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Refuses, Schema, Takes};
use vestibule::http::{Granted, GrantedCookie, ProblemKind};
use vestibule::pages::Continue;
use vestibule::sessions::Device;

/// `POST /login`, and the form of the page.
pub const OPERATIONS: &[Operation] = &[LOGIN, SIGN_IN];

const SIGN_IN: Operation = Operation {
    route: "POST /sign-in",
    id: "signInByForm",
    summary: "Sign in on the page: a cookie, and on to where the person came from.",
    caller: Caller::Anybody,
    parameters: &[],
    takes: Takes::Form(&[
        Field::required(
            "username",
            "An e-mail address or a username.",
            Schema::Text { min: 0, max: Identifier::MAX_BYTES },
        ),
        Field::required("password", "The password.", Schema::Secret),
        Field::optional(
            "continue",
            "The path of ours to go on to; any other is left out.",
            Schema::Text { min: 0, max: Continue::MAX_BYTES },
        ),
    ]),
    gives: &[Gives::see_other("Signed in.")],
    refuses: Refuses::Page(&[400, 401, 403, 413, 415, 429]),
};

const LOGIN: Operation = Operation {
    route: "POST /login",
    id: "signIn",
    summary: "Sign in with a name and a password.",
    caller: Caller::Anybody,
    parameters: &[],
    takes: Takes::Json(&[
        Field::required(
            "username",
            "An e-mail address or a username.",
            Schema::Text { min: 0, max: Identifier::MAX_BYTES },
        ),
        Field::required("password", "The password: anything but nothing and control characters.", Schema::Secret),
        Field::optional("scope", "What the tokens are for; all that the account has if absent.", Schema::Scope),
        Field::optional(
            "device",
            "What the person calls the device, for their list of sessions; without control characters.",
            Schema::Text { min: 1, max: Device::MAX_CHARS },
        ),
        Field::optional(
            "device_token",
            "What the last sign-in on this device gave; one that is no good is no error.",
            Schema::Secret,
        ),
        Field::optional(
            "transport",
            "What the device is to hold: tokens, or a cookie that no script sees.",
            Schema::OneOf(&["tokens", "cookie"]),
        ),
    ]),
    gives: &[Gives {
        status: 200,
        about: "A new session: its tokens, or beside its cookie what a page may know of it.",
        document: Some(Schema::Either(&[Granted::SCHEMA, GrantedCookie::SCHEMA])),
    }],
    refuses: Refuses::Problems(&[
        ProblemKind::InvalidRequest,
        ProblemKind::TooLarge,
        ProblemKind::UnsupportedMediaType,
        ProblemKind::InvalidCredentials,
        ProblemKind::InvalidScope,
        ProblemKind::CrossSite,
        ProblemKind::TooManyRequests,
    ]),
};
