//! What this function takes and gives.

use vestibule::api_keys::MAX_LABEL_CHARS;
use vestibule::http::ProblemKind;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Parameter, Refuses, Schema, Takes};

/// `/api-keys`, and the page that does the same.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        route: "GET /account/keys",
        id: "keysPage",
        summary: "The page of API keys.",
        parameters: &[],
        gives: &[Gives::page(200, "One's keys."), Gives::see_other("Sign in first.")],
        refuses: Refuses::Page(&[403]),
        ..OWN
    },
    Operation {
        route: "POST /account/keys",
        id: "changeKeysByForm",
        summary: "Make an API key on the page, or rename, rotate or revoke one.",
        parameters: &[],
        takes: Takes::Form(&[
            Field::optional("revoke", "The key to revoke.", Schema::Text { min: 0, max: 64 }),
            Field::optional("rename", "Or to rename, as `label` says.", Schema::Text { min: 0, max: 64 }),
            Field::optional("label", "Its other name.", Schema::Text { min: 1, max: MAX_LABEL_CHARS }),
            Field::optional(
                "rotate",
                "Or to give another secret; else a key is made.",
                Schema::Text { min: 0, max: 64 },
            ),
            Field::optional(
                "overlap",
                "For how many days the secret before works on.",
                Schema::OneOf(&["0", "1", "7", "30"]),
            ),
            Field::optional("name", "What the key is called.", Schema::Text { min: 1, max: MAX_LABEL_CHARS }),
            Field::optional("scope-0", "A scope; each further one under another name that begins so.", Schema::Scope),
            Field::optional(
                "days",
                "How long it works; 0 for until it is revoked.",
                Schema::OneOf(&["30", "90", "365", "0"]),
            ),
        ]),
        gives: &[Gives::page(200, "The key, once."), Gives::see_other("Renamed or revoked; or sign in first.")],
        refuses: Refuses::Page(&[400, 403, 404, 409, 413, 415, 429]),
        ..OWN
    },
    Operation {
        route: "POST /api-keys",
        id: "createApiKey",
        summary: "Make an API key. Its text is shown this once.",
        parameters: &[],
        takes: Takes::Json(&[
            NAME,
            Field::required("scope", "What it is for: at most what the session is for; may be empty.", Schema::Scope),
            Field::optional("roles", "The roles that it lends; none if absent.", ROLES),
            Field::optional("ip_ranges", "Where it may be used from; everywhere if absent.", RANGES),
            Field::optional(
                "limit",
                "How often it may be used: requests/seconds. It is then taken only on routes whose calls are counted.",
                LIMIT,
            ),
            EXPIRES_IN,
        ]),
        gives: &[Gives { status: 201, about: "The key.", document: Some(Schema::Object(WITH_TEXT)) }],
        refuses: Refuses::Problems(&[
            ProblemKind::InvalidRequest,
            ProblemKind::TooLarge,
            ProblemKind::UnsupportedMediaType,
            ProblemKind::InvalidScope,
            ProblemKind::SignInAgain,
            ProblemKind::Unauthenticated,
            ProblemKind::InvalidToken,
            ProblemKind::Forbidden,
            ProblemKind::CrossSite,
            ProblemKind::Conflict,
            ProblemKind::TooManyRequests,
        ]),
        ..OWN
    },
    Operation {
        route: "GET /api-keys",
        id: "listApiKeys",
        summary: "List one's API keys, the newest first.",
        parameters: &[],
        gives: &[Gives {
            status: 200,
            about: "All of them, expired ones too.",
            document: Some(Schema::Object(&[
                Field::required("api_keys", "The keys, without their secrets.", Schema::List(&Schema::Object(LISTED))),
                Field::required("unreadable", "Keys that can only be revoked.", Schema::List(&ANY)),
            ])),
        }],
        refuses: Refuses::Problems(&[ProblemKind::Unauthenticated, ProblemKind::InvalidToken, ProblemKind::Forbidden]),
        ..OWN
    },
    Operation {
        route: "PATCH /api-keys/{id}",
        id: "renameApiKey",
        summary: "Rename an API key.",
        takes: Takes::Json(&[NAME]),
        gives: &[Gives { status: 200, about: "The key.", document: Some(Schema::Object(LISTED)) }],
        refuses: CHANGE_REFUSED,
        ..OWN
    },
    Operation {
        route: "POST /api-keys/{id}/rotate",
        id: "rotateApiKey",
        summary: "Give an API key another secret, shown this once. The one before works for a while longer.",
        takes: Takes::Json(&[
            Field::optional(
                "overlap",
                "For how many seconds the secret before works on: a day if absent, 30 days at most; 0 ends all earlier ones.",
                Schema::Integer,
            ),
            EXPIRES_IN,
        ]),
        gives: &[Gives { status: 200, about: "The key.", document: Some(Schema::Object(WITH_TEXT)) }],
        refuses: CHANGE_REFUSED,
        ..OWN
    },
    Operation {
        route: "DELETE /api-keys/{id}",
        id: "revokeApiKey",
        summary: "Revoke an API key.",
        gives: &[Gives { status: 204, about: "It is refused from now on.", document: None }],
        refuses: Refuses::Problems(&[
            ProblemKind::Unauthenticated,
            ProblemKind::InvalidToken,
            ProblemKind::Forbidden,
            ProblemKind::CrossSite,
            ProblemKind::NotFound,
        ]),
        ..OWN
    },
    Operation {
        route: "POST /api-keys/report",
        id: "reportApiKeys",
        summary: "Revoke API keys that were found where they should not be.",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::JsonList(&[
            Field::required("token", "The whole key as it was found.", Schema::Secret),
            Field::optional("type", "What the scanner calls such keys; it comes back.", ANY),
        ]),
        gives: &[Gives {
            status: 200,
            about: "What became of each, in order. Keys of this deployment are revoked. Of more than 250 different keys the rest are \
                    left out: the header `Vestibule-Left-Out` says how many findings that are, which may be reported again.",
            document: Some(Schema::List(&Schema::Object(&[
                Field::optional("token_hash", "SHA-256 of the token, in base64, if there was one.", ANY),
                Field::optional("token_type", "As it was sent.", OF_A_LIST),
                Field::required("label", "Whether it was a key.", Schema::OneOf(&["true_positive", "false_positive"])),
            ]))),
        }],
        refuses: Refuses::Problems(&[
            ProblemKind::InvalidRequest,
            ProblemKind::TooLarge,
            ProblemKind::UnsupportedMediaType,
            ProblemKind::TooManyRequests,
        ]),
    },
];

/// An operation on a key of the caller's.
const OWN: Operation = Operation {
    route: "",
    id: "",
    summary: "",
    caller: Caller::Person,
    parameters: &[Parameter { name: "id", about: "The key's `id`.", schema: ID }],
    takes: Takes::Nothing,
    gives: &[],
    refuses: Refuses::Nothing,
};

const CHANGE_REFUSED: Refuses = Refuses::Problems(&[
    ProblemKind::InvalidRequest,
    ProblemKind::TooLarge,
    ProblemKind::UnsupportedMediaType,
    ProblemKind::Unauthenticated,
    ProblemKind::InvalidToken,
    ProblemKind::Forbidden,
    ProblemKind::CrossSite,
    ProblemKind::NotFound,
    ProblemKind::Conflict,
    ProblemKind::TooManyRequests,
]);

const ANY: Schema = Schema::Text { min: 0, max: vestibule::http::MAX_BODY_BYTES };
/// As long as a whole report may be.
const OF_A_LIST: Schema = Schema::Text { min: 0, max: vestibule::http::MAX_LIST_BYTES };
const ID: Schema = Schema::Matching("^key_[0-9a-f]{32}$");
const ROLES: Schema = Schema::List(&Schema::Matching("^[a-z0-9:_-]{1,64}$"));
const RANGES: Schema = Schema::List(&ANY);
const LIMIT: Schema = Schema::Matching("^[0-9]{1,7}/[0-9]{1,5}$");
const NAME: Field = Field::required(
    "name",
    "What people call it; no blank at either end, no control characters.",
    Schema::Text { min: 1, max: MAX_LABEL_CHARS },
);
const EXPIRES_IN: Field = Field::optional("expires_in", "For how many seconds it is to live.", Schema::Integer);

const KEY_ID: Field = Field::required("id", "Its name for programs, the `client_id` of its calls.", ID);
const KEY_NAME: Field = Field::required("name", "What people call it.", ANY);
const PREFIX: Field = Field::required("prefix", "What its text begins with.", ANY);
const SCOPE: Field = Field::required("scope", "The most that it may be used for.", Schema::Scope);
const KEY_ROLES: Field = Field::required("roles", "The roles that it lends from its owner.", ROLES);
const KEY_RANGES: Field = Field::required("ip_ranges", "Where it may be used from; empty is everywhere.", RANGES);
const KEY_LIMIT: Field = Field::optional("limit", "How often it may be used, if that is limited.", LIMIT);
const CREATED_AT: Field = Field::required("created_at", "Seconds since 1970.", Schema::Integer);
const EXPIRES_AT: Field = Field::optional("expires_at", "When it ends, if it does.", Schema::Integer);
const LAST_USED_AT: Field = Field::optional("last_used_at", "When it was used, to the minute.", Schema::Integer);
const EARLIER: Field = Field::optional("earlier_secrets_until", "How long earlier secrets work on.", Schema::Integer);

const LISTED: &[Field] =
    &[KEY_ID, KEY_NAME, PREFIX, SCOPE, KEY_ROLES, KEY_RANGES, KEY_LIMIT, CREATED_AT, EXPIRES_AT, LAST_USED_AT, EARLIER];
const WITH_TEXT: &[Field] = &[
    Field::required("key", "The text of the key: keep it, it is not shown again.", Schema::Secret),
    KEY_ID,
    KEY_NAME,
    PREFIX,
    SCOPE,
    KEY_ROLES,
    KEY_RANGES,
    KEY_LIMIT,
    CREATED_AT,
    EXPIRES_AT,
    LAST_USED_AT,
    EARLIER,
];
