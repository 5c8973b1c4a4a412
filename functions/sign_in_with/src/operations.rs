//! What this function takes and gives.

use vestibule::http::ProblemKind;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Parameter, Refuses, Schema, Takes};
use vestibule::pages::Continue;

const PROVIDER: Parameter = Parameter {
    name: "provider",
    about: "The provider, as it is configured.",
    schema: Schema::Matching("^[a-z0-9-]{1,32}$"),
};
const CONTINUE: &str = "A path of ours to go on to, such as an authorization request.";
const NEXT: Schema = Schema::Text { min: 1, max: Continue::MAX_BYTES };
const TEXT: Schema = Schema::Text { min: 1, max: 4096 };

const STATE: Parameter = Parameter { name: "state", about: "As we sent it.", schema: TEXT };
const CODE: Parameter = Parameter { name: "code", about: "The authorization code.", schema: TEXT };
const ISS: Parameter = Parameter { name: "iss", about: "Who says so (RFC 9207).", schema: TEXT };
const ERROR: Parameter = Parameter { name: "error", about: "Why there is no code.", schema: TEXT };

const SENT: &[Gives] = &[Gives { status: 303, about: "The browser goes to the provider.", document: None }];

/// There and back, and who opens an account.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        route: "GET /sign-in/with/{provider}",
        id: "signInWith",
        summary: "Go to a provider to sign in.",
        caller: Caller::Anybody,
        parameters: &[PROVIDER, Parameter { name: "continue", about: CONTINUE, schema: NEXT }],
        takes: Takes::Nothing,
        gives: SENT,
        refuses: Refuses::Page(&[400, 404, 429]),
    },
    Operation {
        route: "POST /sign-in/with/{provider}",
        id: "linkIdentity",
        summary: "Go to a provider to link an identity there to the account that one has just signed in to.",
        caller: Caller::Person,
        parameters: &[PROVIDER],
        takes: Takes::Form(&[Field::optional("continue", CONTINUE, NEXT)]),
        gives: &[Gives { status: 303, about: "The browser goes to the provider, or to the sign-in.", document: None }],
        refuses: Refuses::Page(&[400, 403, 404, 413, 415, 429]),
    },
    Operation {
        route: "GET /sign-in/with/{provider}/callback",
        id: "comeBack",
        summary: "Come back from a provider, in the browser that was sent there.",
        caller: Caller::Anybody,
        parameters: &[PROVIDER, STATE, CODE, ISS, ERROR],
        takes: Takes::Nothing,
        gives: &[Gives { status: 303, about: "Signed in, or linked; on to where it was begun for.", document: None }],
        refuses: Refuses::Page(&[400, 403, 404, 409]),
    },
    Operation {
        route: "POST /sign-in/with/{provider}/callback",
        id: "comeBackByForm",
        summary: "The same as a form, as Apple sends it.",
        caller: Caller::Anybody,
        parameters: &[PROVIDER],
        takes: Takes::Form(&[
            Field::optional("state", "As we sent it.", TEXT),
            Field::optional("code", "The authorization code.", TEXT),
            Field::optional("iss", "Who says so (RFC 9207).", TEXT),
            Field::optional("error", "Why there is no code.", TEXT),
        ]),
        gives: &[Gives { status: 303, about: "On to the same by GET.", document: None }],
        refuses: Refuses::Page(&[400, 404, 413, 415]),
    },
    Operation {
        route: "GET /account/identities",
        id: "showIdentities",
        summary: "The page of what opens one's account.",
        caller: Caller::Person,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[
            Gives { status: 200, about: "The page.", document: None },
            Gives { status: 303, about: "To the sign-in and back.", document: None },
        ],
        refuses: Refuses::Page(&[403]),
    },
    Operation {
        route: "POST /account/identities",
        id: "unlinkIdentityByForm",
        summary: "Take an identity away, and end all other sessions; the form of that page.",
        caller: Caller::Person,
        parameters: &[],
        takes: Takes::Form(&[Field::optional("unlink", "The identity.", Schema::Matching("^[0-9a-f]{64}$"))]),
        gives: &[Gives { status: 303, about: "The page of what is left, or the sign-in.", document: None }],
        refuses: Refuses::Page(&[400, 403, 404, 409, 413, 415]),
    },
    Operation {
        route: "GET /identities",
        id: "listIdentities",
        summary: "Who opens the person's account.",
        caller: Caller::Person,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[Gives { status: 200, about: "The identities.", document: Some(crate::identities::SCHEMA) }],
        refuses: Refuses::Problems(&[
            ProblemKind::Unauthenticated,
            ProblemKind::InvalidToken,
            ProblemKind::CrossSite,
            ProblemKind::Forbidden,
        ]),
    },
    Operation {
        route: "DELETE /identities/{id}",
        id: "unlinkIdentity",
        summary: "Take an identity away, and end all other sessions.",
        caller: Caller::Person,
        parameters: &[Parameter { name: "id", about: "The identity.", schema: Schema::Matching("^[0-9a-f]{64}$") }],
        takes: Takes::Nothing,
        gives: &[Gives { status: 204, about: "It opens nothing any more.", document: None }],
        refuses: Refuses::Problems(&[
            ProblemKind::Unauthenticated,
            ProblemKind::InvalidToken,
            ProblemKind::CrossSite,
            ProblemKind::Forbidden,
            ProblemKind::SignInAgain,
            ProblemKind::NotFound,
            ProblemKind::Conflict,
        ]),
    },
];
