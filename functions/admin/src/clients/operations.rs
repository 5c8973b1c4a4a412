//! What administrators take and give of clients.

use vestibule::http::ProblemKind;
use vestibule::http::operation::{Caller, Field, Gives, Operation, Parameter, Refuses, Schema, Takes};
use vestibule::oauth::clients::{MAX_NAME_CHARS, MAX_URI_BYTES, member};

use super::listing::{AFTER, MOST};

const CLIENT: Parameter = Parameter { name: "id", about: "Which client: its client_id.", schema: Schema::CLIENT_ID };

const URIS: Schema = Schema::List(&Schema::Text { min: 1, max: MAX_URI_BYTES });
const GRANT: Schema = Schema::OneOf(&["authorization_code", "refresh_token", "client_credentials"]);
const NAME: Schema = Schema::Text { min: 1, max: MAX_NAME_CHARS };
const METHOD: Schema = Schema::OneOf(&["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]);
const ALGORITHMS: Schema = Schema::OneOf(&["ES256", "RS256"]);
const RATE: Schema = Schema::Matching("^[0-9]{1,10}/[0-9]{1,10}$");
const PARTY: Schema = Schema::OneOf(&["first", "third"]);
const OWN_SECONDS: Schema = Schema::Either(&[Schema::Integer, Schema::Null]);

const JWKS: Field = Field::optional(
    member::JWKS,
    "With private_key_jwt: its public keys, {\"keys\": […]} (RFC 7517 §5).",
    Schema::Document,
);

const REDIRECTS: Field =
    Field::optional(member::REDIRECT_URIS, "Where an authorization response may go, each in full.", URIS);
const LEAVING: Field =
    Field::optional(member::POST_LOGOUT_REDIRECT_URIS, "Where a browser may go after a logout, each in full.", URIS);
const ORIGINS: Field = Field::optional(member::ORIGINS, "Where its pages lie that read what it is answered.", URIS);
const SCOPE: Field = Field::optional(member::SCOPE, "The most that its tokens may do.", Schema::Scope);
const ROLES: Field = Field::optional(
    member::ROLES,
    "The roles that its tokens carry for whoever has them; for the team's own clients.",
    Schema::ROLES,
);
const RESOURCES: Field =
    Field::optional(member::RESOURCES, "Audiences that it may ask for beside the deployment's own (RFC 8707).", URIS);
const RETRY: Field = Field::optional(
    member::RETRY,
    "How long a refresh token whose answer was lost may come back: seconds, 60 at most, or until_used.",
    Schema::Matching("^([0-9]{1,2}|until_used)$"),
);

/// What a client may have of its own, where the deployment has it for all others.
mod own {
    use super::{ALGORITHMS, Field, OWN_SECONDS, RATE, Schema, member};

    pub(super) const ALGORITHM: Field = Field::optional(member::ALGORITHM, ALGORITHM_IS, ALGORITHMS);
    pub(super) const ALGORITHM_OR_NULL: Field =
        Field::optional(member::ALGORITHM, ALGORITHM_IS, Schema::Either(&[ALGORITHMS, Schema::Null]));
    pub(super) const ACCESS: Field = Field::optional(member::ACCESS_TOKEN_SECONDS, ACCESS_IS, Schema::Integer);
    pub(super) const ACCESS_OR_NULL: Field = Field::optional(member::ACCESS_TOKEN_SECONDS, ACCESS_IS, OWN_SECONDS);
    pub(super) const IDLE: Field = Field::optional(member::IDLE_SECONDS, IDLE_IS, Schema::Integer);
    pub(super) const IDLE_OR_NULL: Field = Field::optional(member::IDLE_SECONDS, IDLE_IS, OWN_SECONDS);
    pub(super) const ABSOLUTE: Field = Field::optional(member::ABSOLUTE_SECONDS, ABSOLUTE_IS, Schema::Integer);
    pub(super) const ABSOLUTE_OR_NULL: Field = Field::optional(member::ABSOLUTE_SECONDS, ABSOLUTE_IS, OWN_SECONDS);
    pub(super) const LIMIT: Field = Field::optional(member::LIMIT, LIMIT_IS, RATE);
    pub(super) const LIMIT_OR_NULL: Field =
        Field::optional(member::LIMIT, LIMIT_IS, Schema::Either(&[RATE, Schema::Null]));
    const ALGORITHM_IS: &str = "What its tokens are signed with, if not with the deployment's algorithm.";
    const ACCESS_IS: &str = "How long its access tokens live: an hour at most.";
    const IDLE_IS: &str = "How long its sessions live without a refresh: from a minute to a year.";
    const ABSOLUTE_IS: &str = "How long its sessions live at all: from a minute to a year.";
    const LIMIT_IS: &str = "How often it may ask: requests/seconds. Without one it is not counted.";
}

const DOCUMENT: Schema = Schema::Object(&[
    Field::required(member::ID, "Its name in the protocol.", Schema::CLIENT_ID),
    Field::required(member::NAME, "What people call it.", NAME),
    Field::required(member::AUTHENTICATION, "How it proves who it is.", METHOD),
    JWKS,
    Field::optional("service", "The `sub` of its own tokens.", Schema::Matching("^svc_[0-9a-f]{32}$")),
    Field::required(member::GRANTS, "The grants that it may use.", Schema::List(&GRANT)),
    always(REDIRECTS),
    always(LEAVING),
    always(ORIGINS),
    always(SCOPE),
    always(ROLES),
    always(RESOURCES),
    own::ALGORITHM,
    own::ACCESS,
    own::IDLE,
    own::ABSOLUTE,
    own::LIMIT,
    always(RETRY),
    Field::required(member::PARTY, "Whose it is: the team's own, or somebody else's.", PARTY),
    Field::required("standing", "Whether it may ask for anything.", Schema::OneOf(&["active", "disabled"])),
    Field::required("created_at", "When it was registered, in seconds since 1970.", Schema::Integer),
    Field::optional(
        "earlier_secrets_until",
        "When those of its earlier secrets end that still work.",
        Schema::List(&Schema::Integer),
    ),
    Field::optional("client_secret", "Its secret, this once.", Schema::Secret),
]);

/// The field where it is never left out.
const fn always(field: Field) -> Field {
    let Field { name, about, schema, .. } = field;
    Field::required(name, about, schema)
}

const CLIENT_GIVEN: &[Gives] =
    &[Gives { status: 200, about: "The client as it is from now on.", document: Some(DOCUMENT) }];

/// What administrators do to clients.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        route: "GET /admin/clients",
        id: "listClients",
        summary: "List the clients, in the order of their names.",
        caller: Caller::AccessToken,
        parameters: &[
            Parameter {
                name: AFTER,
                about: "Those after this one: `next` of the page before.",
                schema: Schema::CLIENT_ID,
            },
            Parameter {
                name: MOST,
                about: "How many at most; 50 unless it says less.",
                schema: Schema::Matching("^([1-9]|[1-4][0-9]|50)$"),
            },
        ],
        takes: Takes::Nothing,
        gives: &[Gives {
            status: 200,
            about: "Some of the clients.",
            document: Some(Schema::Object(&[
                Field::required("clients", "They.", Schema::List(&DOCUMENT)),
                Field::required("unreadable", "Those that cannot be read.", Schema::List(&Schema::CLIENT_ID)),
                Field::optional("next", "For `after`, if there are more.", Schema::CLIENT_ID),
            ])),
        }],
        refuses: Refuses::Problems(&[
            ProblemKind::InvalidRequest,
            ProblemKind::TooLarge,
            ProblemKind::Unauthenticated,
            ProblemKind::Forbidden,
        ]),
    },
    Operation {
        route: "POST /admin/clients",
        id: "registerClient",
        summary: "Register a client. Its secret, if it has one, is in the answer and nowhere else.",
        caller: Caller::AccessToken,
        parameters: &[],
        takes: Takes::Json(&[
            Field::required(member::ID, "Its name in the protocol, which never changes.", Schema::CLIENT_ID),
            Field::optional(member::NAME, "What people call it; its client_id unless said.", NAME),
            Field::optional(
                member::AUTHENTICATION,
                "How it proves who it is; client_secret_basic unless said.",
                METHOD,
            ),
            JWKS,
            Field::optional(
                member::GRANTS,
                "The grants that it may use. None: it only asks about tokens.",
                Schema::List(&GRANT),
            ),
            REDIRECTS,
            LEAVING,
            ORIGINS,
            SCOPE,
            ROLES,
            RESOURCES,
            own::ALGORITHM,
            own::ACCESS,
            own::IDLE,
            own::ABSOLUTE,
            own::LIMIT,
            RETRY,
            Field::optional(
                member::PARTY,
                "first: the team's own, whose people are not asked; third unless said.",
                PARTY,
            ),
        ]),
        gives: &[Gives { status: 201, about: "The client, with its secret.", document: Some(DOCUMENT) }],
        refuses: Refuses::Problems(&[
            ProblemKind::InvalidRequest,
            ProblemKind::TooLarge,
            ProblemKind::UnsupportedMediaType,
            ProblemKind::Unauthenticated,
            ProblemKind::SignInAgain,
            ProblemKind::Forbidden,
            ProblemKind::Conflict,
        ]),
    },
    Operation {
        route: "GET /admin/clients/{id}",
        id: "showClient",
        summary: "Look at a client.",
        caller: Caller::AccessToken,
        parameters: &[CLIENT],
        takes: Takes::Nothing,
        gives: &[Gives { status: 200, about: "The client.", document: Some(DOCUMENT) }],
        refuses: Refuses::Problems(&[ProblemKind::Unauthenticated, ProblemKind::Forbidden, ProblemKind::NotFound]),
    },
    Operation {
        route: "PATCH /admin/clients/{id}",
        id: "changeClient",
        summary: "Change a registration: what is left out stays, null takes away (RFC 7396). It holds within a minute.",
        caller: Caller::AccessToken,
        parameters: &[CLIENT],
        takes: Takes::Json(&[
            Field::optional(member::NAME, "What people call it.", NAME),
            JWKS,
            REDIRECTS,
            LEAVING,
            ORIGINS,
            SCOPE,
            ROLES,
            RESOURCES,
            own::ALGORITHM_OR_NULL,
            own::ACCESS_OR_NULL,
            own::IDLE_OR_NULL,
            own::ABSOLUTE_OR_NULL,
            own::LIMIT_OR_NULL,
            RETRY,
        ]),
        gives: CLIENT_GIVEN,
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
        route: "POST /admin/clients/{id}/secret",
        id: "rotateClientSecret",
        summary: "Give a client another secret, which is in the answer and nowhere else.",
        caller: Caller::AccessToken,
        parameters: &[CLIENT],
        takes: Takes::JsonOrNothing(&[Field::optional(
            "overlap_seconds",
            "For how long the one in use works on: a day unless said, thirty at most. With 0 all earlier ones end at once.",
            Schema::Integer,
        )]),
        gives: &[Gives { status: 200, about: "The client, with its secret.", document: Some(DOCUMENT) }],
        refuses: Refuses::Problems(&[
            ProblemKind::InvalidRequest,
            ProblemKind::TooLarge,
            ProblemKind::UnsupportedMediaType,
            ProblemKind::Unauthenticated,
            ProblemKind::SignInAgain,
            ProblemKind::Forbidden,
            ProblemKind::NotFound,
            ProblemKind::Conflict,
        ]),
    },
    Operation {
        route: "POST /admin/clients/{id}/disable",
        id: "disableClient",
        summary: "Close a client: within a minute it is refused, and what it holds cannot be refreshed.",
        caller: Caller::AccessToken,
        parameters: &[CLIENT],
        takes: Takes::Nothing,
        gives: CLIENT_GIVEN,
        refuses: Refuses::Problems(&[ProblemKind::Unauthenticated, ProblemKind::Forbidden, ProblemKind::NotFound]),
    },
    Operation {
        route: "POST /admin/clients/{id}/enable",
        id: "enableClient",
        summary: "Open a disabled client again.",
        caller: Caller::AccessToken,
        parameters: &[CLIENT],
        takes: Takes::Nothing,
        gives: CLIENT_GIVEN,
        refuses: Refuses::Problems(&[
            ProblemKind::Unauthenticated,
            ProblemKind::SignInAgain,
            ProblemKind::Forbidden,
            ProblemKind::NotFound,
        ]),
    },
];
