//! What this function takes and gives.

use vestibule::http::MAX_BODY_BYTES;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Parameter, Refuses, Schema, Takes};

const ANY: Schema = Schema::Text { min: 0, max: MAX_BODY_BYTES };

const fn parameter(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, about, schema: ANY }
}

const ON: Gives = Gives { status: 303, about: "On to the client, or to the sign-in page.", document: None };
const REFUSED: Gives = Gives { status: 400, about: "A page: nobody is sent anywhere.", document: None };
const UNAVAILABLE: Gives = Gives { status: 503, about: "A page: try again.", document: None };
const TOO_LARGE: Gives = Gives { status: 413, about: "A page: the form is too long.", document: None };
const NO_FORM: Gives = Gives { status: 415, about: "A page: the body is no form.", document: None };

/// Let a client in, and leave.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        route: "GET /oauth/authorize",
        id: "authorize",
        summary: "Let a client in, in a browser (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).",
        caller: Caller::Anybody,
        parameters: &[
            parameter("client_id", "The client."),
            parameter("redirect_uri", "Where the answer goes: registered, in full."),
            parameter("response_type", "`code`."),
            parameter("response_mode", "`query` or `form_post`."),
            parameter("scope", "Scopes, separated by spaces; all of the client's unless given."),
            parameter("state", "Comes back as it is."),
            parameter("code_challenge", "Of PKCE (RFC 7636)."),
            parameter("code_challenge_method", "`S256`."),
            parameter("nonce", "Comes back in the ID token."),
            parameter("resource", "Whom the access token is for, if not for us (RFC 8707)."),
            parameter("prompt", "`none`, or of `login`, `consent` and `select_account` any."),
            parameter("max_age", "How many seconds ago the person may have signed in."),
            parameter("login_hint", "The name that the person will want to sign in by."),
            parameter("id_token_hint", "An ID token of the person who is meant."),
        ],
        takes: Takes::Nothing,
        gives: &[
            Gives {
                status: 200,
                about: "The page on which the person decides, or a form that passes the answer on.",
                document: None,
            },
            ON,
            REFUSED,
            UNAVAILABLE,
        ],
        refuses: Refuses::Nothing,
    },
    Operation {
        route: "POST /oauth/authorize",
        id: "authorizeByForm",
        summary: "The same as a form.",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Form(&[]),
        gives: &[ON, REFUSED, TOO_LARGE, NO_FORM],
        refuses: Refuses::Nothing,
    },
    Operation {
        route: "POST /oauth/consent",
        id: "decide",
        summary: "What the person has decided, on the page that asked.",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Form(&[
            Field::optional("decision", "`allow`, or anything else.", ANY),
            Field::optional("csrf_token", "The page's own.", ANY),
        ]),
        gives: &[
            Gives { status: 200, about: "A form that passes the answer on.", document: None },
            ON,
            REFUSED,
            Gives { status: 403, about: "A page: that came from elsewhere.", document: None },
            TOO_LARGE,
            NO_FORM,
            UNAVAILABLE,
        ],
        refuses: Refuses::Nothing,
    },
    Operation {
        route: "GET /oauth/logout",
        id: "leave",
        summary: "Sign out, in a browser (OpenID Connect RP-Initiated Logout §2).",
        caller: Caller::Anybody,
        parameters: &[
            parameter("id_token_hint", "An ID token of the person who leaves: without it they are asked."),
            parameter("client_id", "The client."),
            parameter("post_logout_redirect_uri", "Where the browser goes then: registered, in full."),
            parameter("state", "Comes back as it is."),
        ],
        takes: Takes::Nothing,
        gives: &[
            Gives { status: 200, about: "The person is signed out, or is asked.", document: None },
            Gives { status: 303, about: "Back to the client.", document: None },
            REFUSED,
            UNAVAILABLE,
        ],
        refuses: Refuses::Nothing,
    },
    Operation {
        route: "POST /oauth/logout",
        id: "leaveByForm",
        summary: "The same as a form.",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Form(&[]),
        gives: &[ON, REFUSED, TOO_LARGE, NO_FORM],
        refuses: Refuses::Nothing,
    },
    Operation {
        route: "POST /oauth/logout/confirm",
        id: "confirmLeaving",
        summary: "The person has said yes, on the page that asked.",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Form(&[Field::optional("csrf_token", "The page's own.", ANY)]),
        gives: &[
            Gives { status: 200, about: "The person is signed out.", document: None },
            Gives { status: 303, about: "Back to the client.", document: None },
            REFUSED,
            Gives { status: 403, about: "A page: that came from elsewhere.", document: None },
            TOO_LARGE,
            NO_FORM,
            UNAVAILABLE,
        ],
        refuses: Refuses::Nothing,
    },
];
