//! What an endpoint takes and gives, said beside its handler and in the handler's own words: the OpenAPI document (3.1) is made of it,
//! and a generated attack on every endpoint checks that it is true.
//!
//! All of it is constant, so that a function carries nothing of it.

use super::{MAX_BODY_BYTES, ProblemKind};

/// One operation of the API.
#[derive(Debug)]
pub struct Operation {
    /// The route as the gateway has it: `POST /login`.
    pub route: &'static str,
    /// The `operationId`, from which generated clients name their methods.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Who may ask.
    pub caller: Caller,
    /// What stands in the path and the query.
    pub parameters: &'static [Parameter],
    /// What the body holds.
    pub takes: Takes,
    /// What it gives when all is well.
    pub gives: &'static [Gives],
    /// What it may say instead.
    pub refuses: Refuses,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Anybody.
    Anybody,
    /// Whoever holds an access token (RFC 6750).
    AccessToken,
    /// A person who is signed in: by an access token or by the session cookie.
    Person,
}

/// Something in the path or the query.
#[derive(Debug)]
pub struct Parameter {
    /// Its name; in braces in the route if it stands in the path.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// What it may be. One that does not stand in the path may be absent.
    pub schema: Schema,
}

/// What the body holds.
#[derive(Debug)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A JSON object with these members and no others.
    Json(&'static [Field]),
    /// A form with these parameters, and perhaps others, which are ignored (RFC 6749 §3.2).
    Form(&'static [Field]),
    /// A list of JSON objects with these members, and perhaps others.
    JsonList(&'static [Field]),
    /// The same, or no body at all.
    JsonOrNothing(&'static [Field]),
    /// The same as a form or as JSON; a form may have other parameters, which are ignored (RFC 6749 §3.2).
    FormOrJson(&'static [Field]),
}

/// An answer when all is well.
#[derive(Debug)]
pub struct Gives {
    /// The status.
    pub status: u16,
    /// When, and what it is.
    pub about: &'static str,
    /// The JSON document, if there is a body.
    pub document: Option<Schema>,
}

impl Gives {
    /// A page for people.
    pub const fn page(status: u16, about: &'static str) -> Self {
        Self { status, about, document: Some(Schema::Page) }
    }

    /// On to another page, by GET.
    pub const fn see_other(about: &'static str) -> Self {
        Self { status: 303, about, document: None }
    }
}

/// What an operation may say instead.
#[derive(Debug)]
pub enum Refuses {
    /// Problem details (RFC 9457) of these kinds. [`ProblemKind::TemporarilyUnavailable`] is always among them.
    Problems(&'static [ProblemKind]),
    /// OAuth errors (RFC 6749 §5.2) with these statuses; 503 is always among them.
    OAuth(&'static [u16]),
    /// A page for people (decision 0023) with these statuses; 503 is always among them.
    Page(&'static [u16]),
    /// Nothing of its own.
    Nothing,
}

/// A member of an object.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Whether it may be absent.
    pub presence: Presence,
    /// What it may be.
    pub schema: Schema,
}

/// Whether a member may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must be there.
    Required,
    /// It may be absent; `null` is not the same.
    Optional,
}

/// What a value may be.
#[derive(Debug)]
pub enum Schema {
    /// A text of so many characters without U+0000.
    Text {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// A text that matches this expression (ECMA-262, as JSON Schema asks).
    Matching(&'static str),
    /// A credential: a text that tools must not show.
    Secret,
    /// Scopes (RFC 6749 §3.3), separated by spaces.
    Scope,
    /// An object of this shape is documented elsewhere: a standard's own document.
    Document,
    /// No JSON but a page for people (`text/html`).
    Page,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A whole number, not negative.
    Integer,
    /// A truth value.
    Boolean,
    /// `null`.
    Null,
    /// One of these.
    Either(&'static [Schema]),
    /// A list of such values.
    List(&'static Schema),
    /// An object with these members, and perhaps others.
    Object(&'static [Field]),
}

impl Schema {
    /// The name of an OAuth client.
    pub const CLIENT_ID: Self = Self::Matching("^[a-z0-9][a-z0-9._-]{0,63}$");

    /// Roles, separated by spaces.
    pub const ROLES: Self = Self::Matching("^([a-z0-9:_-]{1,64}( [a-z0-9:_-]{1,64})*)?$");
}

impl Field {
    /// A member that must be there.
    pub const fn required(name: &'static str, about: &'static str, schema: Schema) -> Self {
        Self { name, about, presence: Presence::Required, schema }
    }

    /// A member that may be absent.
    pub const fn optional(name: &'static str, about: &'static str, schema: Schema) -> Self {
        Self { name, about, presence: Presence::Optional, schema }
    }
}

/// A parameter that a request may have and that says which client sends it.
pub const CLIENT_ID: Field = Field::optional(
    "client_id",
    "The client, unless the Authorization header or an assertion says it.",
    Schema::Text { min: 0, max: MAX_BODY_BYTES },
);
/// The secret of a client that sends it in the body.
pub const CLIENT_SECRET: Field = Field::optional("client_secret", "With client_secret_post.", Schema::Secret);
/// What kind of assertion a client sends.
pub const ASSERTION_TYPE: Field = Field::optional(
    "client_assertion_type",
    "With private_key_jwt: urn:ietf:params:oauth:client-assertion-type:jwt-bearer.",
    Schema::Text { min: 0, max: MAX_BODY_BYTES },
);
/// The assertion of a client.
pub const ASSERTION: Field = Field::optional("client_assertion", "With private_key_jwt (RFC 7523).", Schema::Secret);

/// What a browser asks before it sends a page's request to another site.
pub const fn preflight(route: &'static str, id: &'static str) -> Operation {
    Operation {
        route,
        id,
        summary: "What a browser asks before it sends a page's request (Fetch §4.8).",
        caller: Caller::Anybody,
        parameters: &[],
        takes: Takes::Nothing,
        gives: &[Gives { status: 204, about: "The page may ask.", document: None }],
        refuses: Refuses::Nothing,
    }
}
