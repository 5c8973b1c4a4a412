//! What this function takes and gives.

use vestibule::accounts::Identifier;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Refuses, Schema, Takes};
use vestibule::http::{Granted, ProblemKind};
use vestibule::sessions::Device;

/// `POST /login`.
pub const OPERATIONS: &[Operation] = &[Operation {
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
    ]),
    gives: &[Gives { status: 200, about: "A new session.", document: Some(Granted::SCHEMA) }],
    refuses: Refuses::Problems(&[
        ProblemKind::InvalidRequest,
        ProblemKind::TooLarge,
        ProblemKind::UnsupportedMediaType,
        ProblemKind::InvalidCredentials,
        ProblemKind::InvalidScope,
        ProblemKind::TooManyRequests,
    ]),
}];
