//! What this function takes and gives.

use vestibule::http::MAX_BODY_BYTES;
use vestibule::http::operation::{
    ASSERTION, ASSERTION_TYPE, CLIENT_ID, CLIENT_SECRET, Caller, Field, Gives, Operation, Refuses, Schema, Takes,
    preflight,
};

const TOKEN: Field = Field::required("token", "A refresh token or an access token.", Schema::Secret);
const HINT: Field =
    Field::optional("token_type_hint", "Read and not needed.", Schema::Text { min: 0, max: MAX_BODY_BYTES });
const DONE: &[Gives] =
    &[Gives { status: 200, about: "No session stands behind the token any more, if one ever did.", document: None }];

/// `POST /revoke` and `POST /oauth/revoke`.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        route: "POST /revoke",
        id: "revoke",
        summary: "End the session behind a token (RFC 7009).",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::FormOrJson(&[TOKEN, HINT]),
        gives: DONE,
        refuses: Refuses::OAuth(&[400, 413, 415]),
    },
    Operation {
        route: "POST /oauth/revoke",
        id: "revokeByClient",
        summary: "End the session behind a client's own token (RFC 7009).",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Form(&[TOKEN, HINT, CLIENT_ID, CLIENT_SECRET, ASSERTION_TYPE, ASSERTION]),
        gives: DONE,
        refuses: Refuses::OAuth(&[400, 401, 413, 415]),
    },
    preflight("OPTIONS /oauth/revoke", "revokeByClientPreflight"),
];
