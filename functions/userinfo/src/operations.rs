//! What this function takes and gives.

use vestibule::http::ProblemKind;
use vestibule::http::operation::{Caller, Gives, Operation, Refuses, Takes, preflight};

use crate::claims::Claims;

/// `GET` and `POST /userinfo`.
pub const OPERATIONS: &[Operation] = &[
    Operation { route: "GET /userinfo", id: "userinfo", ..USERINFO },
    Operation { route: "POST /userinfo", id: "userinfoByPost", ..USERINFO },
    preflight("OPTIONS /userinfo", "userinfoPreflight"),
];

const USERINFO: Operation = Operation {
    route: "",
    id: "",
    summary: "Who signed in (OpenID Connect Core §5.3).",
    caller: Caller::AccessToken,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, about: "The claims that the scope asks for.", document: Some(Claims::SCHEMA) }],
    refuses: Refuses::Problems(&[ProblemKind::Unauthenticated, ProblemKind::InvalidToken, ProblemKind::Forbidden]),
};
