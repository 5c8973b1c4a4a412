//! One line of an import: who, with what rights, and which password.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use vestibule::accounts::Identifier;
use vestibule::identity::UserId;
use vestibule::passwords::FirebaseParameters;
use vestibule::scope::{Roles, Scopes};

use super::credential::Credential;

/// What a line has that does not say it.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// Scopes of lines without `scope`.
    pub scopes: Scopes,
    /// Roles of lines without `roles`.
    pub roles: Roles,
    /// The parameters of the Firebase project that hashes of the scheme `firebase` are from.
    pub firebase: Option<FirebaseParameters>,
}

/// A line that can be imported.
#[derive(Debug)]
pub(super) struct Record {
    /// The name that it keeps, if its old one has the form.
    pub(super) user: Option<UserId>,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) scopes: Scopes,
    pub(super) roles: Roles,
    pub(super) disabled: bool,
    pub(super) credential: Credential,
}

/// The members of a line. All are read as any value first, so that no fault of `serde_json` repeats one: it might be a hash. `null` is
/// what exports write where they have nothing, and so no name and no right; but of what decides whether an account may be there and be
/// open it says that nobody knows, which is neither yes nor the lack of the member.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Members {
    id: Option<Value>,
    email: Option<Value>,
    #[serde(deserialize_with = "even_null")]
    email_verified: Option<Value>,
    username: Option<Value>,
    scope: Option<Value>,
    roles: Option<Value>,
    #[serde(deserialize_with = "even_null")]
    disabled: Option<Value>,
    password: Option<Value>,
}

fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Some editors put it before the first line.
const BYTE_ORDER_MARK: &str = "\u{feff}";

impl Record {
    /// Reads a line, or says in one sentence why it cannot be.
    pub(super) fn parse(line: &[u8], defaults: &Defaults) -> Result<Self, String> {
        let text = str::from_utf8(line).map_err(|_| "it is not UTF-8")?;
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).trim();
        if !text.starts_with('{') {
            return Err("it is no JSON object".to_owned());
        }
        let members: Members = serde_json::from_str(text).map_err(|fault| match fault.classify() {
            serde_json::error::Category::Data => format!("its members are not those of an account: {fault}"),
            _ => format!("it is no JSON: column {}", fault.column()),
        })?;
        // What nobody has shown to be theirs must not become somebody's name.
        if members.email_verified.is_some_and(|verified| verified != Value::Bool(true)) {
            return Err("email_verified is not true: only verified addresses name accounts".to_owned());
        }
        let email = required(members.email.as_ref(), "email")?;
        let mut identifiers = vec![identifier(email, "email")?];
        if !identifiers.iter().all(Identifier::is_email) {
            return Err("email is no e-mail address".to_owned());
        }
        if let Some(username) = text_of(members.username.as_ref(), "username")? {
            let username = identifier(username, "username")?;
            // Where an old system used the address for both, it is one name.
            if !identifiers.contains(&username) {
                identifiers.push(username);
            }
        }
        if identifiers.iter().skip(1).any(Identifier::is_email) {
            return Err("username holds an @ and is not the email".to_owned());
        }
        let scope = text_of(members.scope.as_ref(), "scope")?.map(Scopes::parse).transpose();
        Ok(Self {
            user: text_of(members.id.as_ref(), "id")?.map(user).transpose()?,
            identifiers,
            scopes: scope.map_err(|fault| format!("scope {fault}"))?.unwrap_or_else(|| defaults.scopes.clone()),
            roles: roles(members.roles.as_ref())?.unwrap_or_else(|| defaults.roles.clone()),
            disabled: match members.disabled {
                None => false,
                Some(disabled) => disabled.as_bool().ok_or("disabled is neither true nor false")?,
            },
            credential: Credential::parse(members.password.as_ref(), defaults.firebase.as_ref())?,
        })
    }

    pub(super) const fn scheme(&self) -> &'static str {
        self.credential.scheme()
    }
}

pub(super) fn required<'a>(value: Option<&'a Value>, name: &str) -> Result<&'a str, String> {
    text_of(value, name)?.ok_or_else(|| format!("it has no {name}"))
}

pub(super) fn text_of<'a>(value: Option<&'a Value>, name: &str) -> Result<Option<&'a str>, String> {
    value.map(|value| value.as_str().ok_or_else(|| format!("{name} is no text"))).transpose()
}

fn identifier(text: &str, name: &str) -> Result<Identifier, String> {
    Identifier::parse(text).map_err(|fault| format!("{name} {fault}"))
}

fn roles(value: Option<&Value>) -> Result<Option<Roles>, String> {
    let Some(value) = value else { return Ok(None) };
    let names: Option<Vec<&str>> = value.as_array().and_then(|names| names.iter().map(Value::as_str).collect());
    let names = names.ok_or("roles is no list of texts")?;
    Roles::parse(&names.join(" ")).map(Some).map_err(|fault| format!("roles {fault}"))
}

/// `usr_…`, or a UUID, as Cognito and Keycloak name people: its sixteen bytes are a name of ours too, so a `sub` that your data
/// refers to can be found again.
fn user(text: &str) -> Result<UserId, String> {
    let digits = text.strip_prefix("usr_").map_or_else(|| without_dashes(text), |digits| Some(digits.to_owned()));
    digits
        .and_then(|digits| format!("usr_{}", digits.to_ascii_lowercase()).parse().ok())
        .ok_or_else(|| "id is neither a UUID nor of the form usr_…; leave it out to be given a new one".to_owned())
}

/// The digits of a UUID (RFC 9562 §4).
fn without_dashes(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    (lengths == [8, 4, 4, 4, 12]).then(|| groups.concat())
}
