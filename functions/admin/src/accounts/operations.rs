//! What this function takes and gives.

use vestibule::http::ProblemKind;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Parameter, Refuses, Schema, Takes};

const USER: Parameter = Parameter {
    name: "id",
    about: "Whose account: the `sub` of their tokens.",
    schema: Schema::Matching("^usr_[0-9a-f]{32}$"),
};

const ACCOUNT: Schema = Schema::Object(&[
    Field::required("id", "Its lasting name, the `sub` of its tokens.", Schema::Matching("^usr_[0-9a-f]{32}$")),
    Field::required("names", "What it signs in by.", Schema::List(&Schema::Text { min: 1, max: 254 })),
    Field::required("standing", "Whether it may sign in.", Schema::OneOf(&["active", "disabled"])),
    Field::required("scope", "The most that its tokens may do.", Schema::Scope),
    Field::required("roles", "Its roles, separated by blanks.", Schema::ROLES),
    Field::required("created_at", "When it was made, in seconds since 1970.", Schema::Integer),
    Field::optional("sessions_ended", "How many sessions a change has ended.", Schema::Integer),
]);

const CHANGED: &[Gives] = &[Gives {
    status: 200,
    about: "The account as it is from now on. Its sessions are ended: what they were opened with is not so any more.",
    document: Some(ACCOUNT),
}];

const REFUSALS: Refuses =
    Refuses::Problems(&[ProblemKind::Unauthenticated, ProblemKind::Forbidden, ProblemKind::NotFound]);

/// What administrators do to accounts.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        route: "GET /admin/users/{id}",
        id: "showAccount",
        summary: "Look at an account.",
        caller: Caller::AccessToken,
        parameters: &[USER],
        takes: Takes::Nothing,
        gives: &[Gives { status: 200, about: "The account.", document: Some(ACCOUNT) }],
        refuses: REFUSALS,
    },
    Operation {
        route: "PUT /admin/users/{id}/rights",
        id: "setRights",
        summary: "Say what an account may do, and end its sessions.",
        caller: Caller::AccessToken,
        parameters: &[USER],
        takes: Takes::Json(&[
            Field::required("scope", "All of its scopes.", Schema::Scope),
            Field::required("roles", "All of its roles, separated by blanks.", Schema::ROLES),
        ]),
        gives: CHANGED,
        refuses: Refuses::Problems(&[
            ProblemKind::InvalidRequest,
            ProblemKind::TooLarge,
            ProblemKind::UnsupportedMediaType,
            ProblemKind::Unauthenticated,
            ProblemKind::SignInAgain,
            ProblemKind::Forbidden,
            ProblemKind::NotFound,
        ]),
    },
    Operation {
        route: "POST /admin/users/{id}/disable",
        id: "disableAccount",
        summary: "Close an account to sign-ins, and end its sessions.",
        caller: Caller::AccessToken,
        parameters: &[USER],
        takes: Takes::Nothing,
        gives: CHANGED,
        refuses: REFUSALS,
    },
    Operation {
        route: "POST /admin/users/{id}/enable",
        id: "enableAccount",
        summary: "Open a disabled account again.",
        caller: Caller::AccessToken,
        parameters: &[USER],
        takes: Takes::Nothing,
        gives: CHANGED,
        refuses: Refuses::Problems(&[
            ProblemKind::Unauthenticated,
            ProblemKind::SignInAgain,
            ProblemKind::Forbidden,
            ProblemKind::NotFound,
        ]),
    },
    Operation {
        route: "DELETE /admin/users/{id}/sessions",
        id: "endSessionsOfAccount",
        summary: "End all sessions of an account.",
        caller: Caller::AccessToken,
        parameters: &[USER],
        takes: Takes::Nothing,
        gives: &[Gives {
            status: 200,
            about: "How many were ended.",
            document: Some(Schema::Object(&[Field::required("sessions_ended", "How many.", Schema::Integer)])),
        }],
        refuses: REFUSALS,
    },
];
