//! What this function takes and gives.

use vestibule::http::ProblemKind;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Parameter, Refuses, Schema, Takes};

const NOBODY: &[ProblemKind] =
    &[ProblemKind::Unauthenticated, ProblemKind::InvalidToken, ProblemKind::CrossSite, ProblemKind::Forbidden];

/// Leave, list, end, and the page that does the same; whom somebody has let in, and taking it back.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        route: "GET /account/devices",
        id: "devicesPage",
        summary: "The page of devices.",
        caller: Caller::Person,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[Gives::page(200, "Where the person is signed in."), Gives::see_other("Sign in first.")],
        refuses: Refuses::Page(&[403]),
    },
    Operation {
        route: "POST /account/devices",
        id: "endSessionsByForm",
        summary: "End sessions of one's own on the page.",
        caller: Caller::Person,
        parameters: &[],
        takes: Takes::Form(&[Field::required(
            "end",
            "The session, or `others` for all others.",
            Schema::Matching("^(ses_[0-9a-f]{32}|others)$"),
        )]),
        gives: &[Gives::see_other("Done, and back to the page; or sign in first.")],
        refuses: Refuses::Page(&[400, 403, 404, 413, 415]),
    },
    Operation {
        route: "POST /sign-out",
        id: "signOutByForm",
        summary: "Sign out on a page.",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[Gives::see_other("Signed out, or out already.")],
        refuses: Refuses::Page(&[403]),
    },
    Operation {
        route: "POST /logout",
        id: "signOut",
        summary: "End the session that the request belongs to, if there is one; a browser forgets its cookie.",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[Gives { status: 204, about: "It has ended, or had before.", document: None }],
        refuses: Refuses::Problems(NOBODY),
    },
    Operation {
        route: "GET /sessions",
        id: "listSessions",
        summary: "Where the person is signed in.",
        caller: Caller::Person,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[Gives { status: 200, about: "The sessions that live.", document: Some(crate::list::SCHEMA) }],
        refuses: Refuses::Problems(NOBODY),
    },
    Operation {
        route: "DELETE /sessions/{id}",
        id: "endSession",
        summary: "End one session of one's own.",
        caller: Caller::Person,
        parameters: &[Parameter { name: "id", about: "The session.", schema: Schema::Matching("^ses_[0-9a-f]{32}$") }],
        takes: Takes::Nothing,
        gives: &[Gives { status: 204, about: "It has ended.", document: None }],
        refuses: Refuses::Problems(&[
            ProblemKind::Unauthenticated,
            ProblemKind::InvalidToken,
            ProblemKind::CrossSite,
            ProblemKind::Forbidden,
            ProblemKind::NotFound,
        ]),
    },
    Operation {
        route: "DELETE /sessions",
        id: "endSessions",
        summary: "End all sessions but this one, or all.",
        caller: Caller::Person,
        parameters: &[Parameter {
            name: "all",
            about: "`true` ends the session that the request belongs to, too.",
            schema: Schema::OneOf(&["true"]),
        }],
        takes: Takes::Nothing,
        gives: &[Gives { status: 200, about: "They have ended.", document: Some(crate::ending::SCHEMA) }],
        refuses: Refuses::Problems(&[
            ProblemKind::Unauthenticated,
            ProblemKind::InvalidToken,
            ProblemKind::CrossSite,
            ProblemKind::Forbidden,
            ProblemKind::InvalidRequest,
        ]),
    },
    Operation {
        route: "GET /consents",
        id: "listConsents",
        summary: "The clients that the person has let in.",
        caller: Caller::Person,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[Gives { status: 200, about: "What each may do.", document: Some(crate::consents::SCHEMA) }],
        refuses: Refuses::Problems(NOBODY),
    },
    Operation {
        route: "DELETE /consents/{client}",
        id: "withdrawConsent",
        summary: "Take back what the person has let a client do, and end its sessions of them.",
        caller: Caller::Person,
        parameters: &[Parameter {
            name: "client",
            about: "The client.",
            schema: Schema::Matching("^[a-z0-9][a-z0-9._-]{0,63}$"),
        }],
        takes: Takes::Nothing,
        gives: &[Gives { status: 204, about: "It may do nothing more in the person's name.", document: None }],
        refuses: Refuses::Problems(&[
            ProblemKind::Unauthenticated,
            ProblemKind::InvalidToken,
            ProblemKind::CrossSite,
            ProblemKind::Forbidden,
            ProblemKind::NotFound,
        ]),
    },
];
