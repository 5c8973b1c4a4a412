//! What this function takes and gives.

use vestibule::http::operation::{Caller, Field, Gives, Operation, Refuses, Schema, Takes};
use vestibule::http::{Granted, GrantedCookie, ProblemKind};

/// `POST /refresh`.
pub const OPERATIONS: &[Operation] = &[Operation {
    route: "POST /refresh",
    id: "refresh",
    summary: "Exchange a refresh token for its successor and a new access token; or, with the session cookie and no body, keep the \
              session alive.",
    caller: Caller::Anybody,
    parameters: &[],
    takes: Takes::JsonOrNothing(&[Field::required(
        "refresh_token",
        "The session's current refresh token.",
        Schema::Secret,
    )]),
    gives: &[Gives {
        status: 200,
        about: "The session goes on. A retry of the token before this one, soon after, is given the same refresh token again.",
        document: Some(Schema::Either(&[Granted::SCHEMA, GrantedCookie::SCHEMA])),
    }],
    refuses: Refuses::Problems(&[
        ProblemKind::InvalidRequest,
        ProblemKind::TooLarge,
        ProblemKind::UnsupportedMediaType,
        ProblemKind::InvalidRefreshToken,
        ProblemKind::InvalidToken,
        ProblemKind::CrossSite,
    ]),
}];
