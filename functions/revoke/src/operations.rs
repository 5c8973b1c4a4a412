//! What this function takes and gives.

use vestibule::http::MAX_BODY_BYTES;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Refuses, Schema, Takes};

/// `POST /revoke`.
pub const OPERATIONS: &[Operation] = &[Operation {
    route: "POST /revoke",
    id: "revoke",
    summary: "End the session behind a token (RFC 7009).",
    caller: Caller::Anybody,
    parameters: &[],
    takes: Takes::FormOrJson(&[
        Field::required("token", "A refresh token or an access token.", Schema::Secret),
        Field::optional("token_type_hint", "Read and not needed.", Schema::Text { min: 0, max: MAX_BODY_BYTES }),
    ]),
    gives: &[Gives {
        status: 200,
        about: "No session stands behind the token any more, if one ever did.",
        document: None,
    }],
    refuses: Refuses::OAuth(&[400, 413, 415]),
}];
