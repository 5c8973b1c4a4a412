//! What this function gives: standard documents, and the description of all the others.

use vestibule::http::operation::{Caller, Field, Gives, Operation, Refuses, Schema, Takes};

/// The documents.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        route: "GET /.well-known/jwks.json",
        id: "keys",
        summary: "The public keys (RFC 7517 §5).",
        gives: &[Gives {
            status: 200,
            about: KEPT,
            document: Some(Schema::Object(&[Field::required(
                "keys",
                "The keys that sign, those that will, and those that did.",
                Schema::List(&Schema::Document),
            )])),
        }],
        refuses: Refuses::Problems(&[]),
        ..DOCUMENT
    },
    Operation {
        route: "GET /.well-known/oauth-authorization-server",
        id: "authorizationServerMetadata",
        summary: "Authorization server metadata (RFC 8414).",
        ..DOCUMENT
    },
    Operation {
        route: "GET /.well-known/openid-configuration",
        id: "openidConfiguration",
        summary: "The same where OpenID Connect Discovery looks for it.",
        ..DOCUMENT
    },
    Operation { route: "GET /openapi.json", id: "openapi", summary: "This document (OpenAPI 3.1).", ..DOCUMENT },
];

const KEPT: &str = "The document. Anybody may keep it for five minutes.";

/// A document that is always there.
const DOCUMENT: Operation = Operation {
    route: "",
    id: "",
    summary: "",
    caller: Caller::Anybody,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, about: KEPT, document: Some(Schema::Document) }],
    refuses: Refuses::Nothing,
};
