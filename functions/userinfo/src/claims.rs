//! The standard claims (OpenID Connect Core §5.1), as far as the scope asks for them (§5.4).

use serde::Serialize;
use vestibule::accounts::Account;
use vestibule::http::operation::{Field, Schema};
use vestibule::identity::UserId;
use vestibule::scope::Scopes;

/// What a client is told. An account knows of its person no more than this.
#[derive(Serialize)]
pub(crate) struct Claims<'a> {
    sub: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
}

impl<'a> Claims<'a> {
    /// What [`Claims`] is written as.
    pub(crate) const SCHEMA: Schema = Schema::Object(&[
        Field::required("sub", "The person, by the same name as in the ID token.", Schema::Text { min: 1, max: 64 }),
        Field::optional(
            "preferred_username",
            "With the scope profile: the username.",
            Schema::Text { min: 1, max: 254 },
        ),
        Field::optional("email", "With the scope email: the address.", Schema::Text { min: 3, max: 254 }),
        Field::optional("email_verified", "With the scope email.", Schema::Boolean),
    ]);

    /// The claims of `account` for a token with `scope`. No account has an address that nobody has verified (decision 0013).
    pub(crate) fn of(account: &'a Account, scope: &Scopes) -> Self {
        let name = |email: bool| account.identifiers.iter().find(|name| name.is_email() == email);
        let email = name(true).filter(|_| scope.has("email")).map(|name| name.as_str());
        Self {
            sub: account.user,
            preferred_username: name(false).filter(|_| scope.has("profile")).map(|name| name.as_str()),
            email,
            email_verified: email.map(|_| true),
        }
    }
}
