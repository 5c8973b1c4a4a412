//! What this function takes and gives.

use vestibule::http::operation::{
    ASSERTION, ASSERTION_TYPE, CLIENT_ID, CLIENT_SECRET, Caller, Field, Gives, Operation, Refuses, Schema, Takes,
    preflight,
};
use vestibule::http::{Issued, MAX_BODY_BYTES};

/// `POST /oauth/token` and `POST /oauth/introspect`.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        route: "POST /oauth/token",
        id: "token",
        summary: "Get tokens (RFC 6749 §3.2).",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Form(&[
            Field::required(
                "grant_type",
                "authorization_code, refresh_token or client_credentials.",
                Schema::Text { min: 0, max: MAX_BODY_BYTES },
            ),
            Field::optional("code", "With authorization_code: the code.", Schema::Secret),
            Field::optional(
                "code_verifier",
                "With authorization_code: what meets the challenge (RFC 7636).",
                Schema::Secret,
            ),
            Field::optional(
                "redirect_uri",
                "With authorization_code: where the code came to, if the client wants it compared.",
                Schema::Text { min: 0, max: MAX_BODY_BYTES },
            ),
            Field::optional("refresh_token", "With refresh_token: the token.", Schema::Secret),
            Field::optional(
                "scope",
                "With refresh_token less than the person agreed to, with client_credentials less than the client is registered for.",
                Schema::Scope,
            ),
            Field::optional(
                "resource",
                "With client_credentials another audience (RFC 8707), otherwise the one that the person agreed to.",
                Schema::Text { min: 0, max: MAX_BODY_BYTES },
            ),
            CLIENT_ID,
            CLIENT_SECRET,
            ASSERTION_TYPE,
            ASSERTION,
        ]),
        gives: &[Gives { status: 200, about: "The tokens.", document: Some(Issued::SCHEMA) }],
        refuses: Refuses::OAuth(&[400, 401, 413, 415, 429]),
    },
    Operation {
        route: "POST /oauth/introspect",
        id: "introspect",
        summary: "Ask what a token is worth now (RFC 7662).",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Form(&[
            Field::required("token", "An access token, or a refresh token of the client's own.", Schema::Secret),
            Field::optional("token_type_hint", "Not needed.", Schema::Text { min: 0, max: MAX_BODY_BYTES }),
            CLIENT_ID,
            CLIENT_SECRET,
            ASSERTION_TYPE,
            ASSERTION,
        ]),
        gives: &[Gives {
            status: 200,
            about: "What it is worth; `active` is false for all that is worth nothing.",
            document: Some(Schema::Object(&[Field::required("active", "Whether it is good now.", Schema::Boolean)])),
        }],
        refuses: Refuses::OAuth(&[400, 401, 413, 415, 429]),
    },
    preflight("OPTIONS /oauth/token", "tokenPreflight"),
];
