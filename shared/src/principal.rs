//! The principal: who is calling, as the authorizer found out and as every function behind it is told (DESIGN §8).
//!
//! It crosses API Gateway as a flat map of strings: REST APIs carry no other types in an authorizer's context, and the
//! policy variables and mapping templates that read it know only strings. What is absent is an absent key. Reading it
//! back never fills a gap with a default: a function that gets no whole principal must not guess one.

mod subject;

use serde_json::{Map, Value};

pub use subject::Subject;

use crate::clock::Timestamp;
use crate::identity::{ApiKeyId, SessionId, UserId};
use crate::limits::Limit;
use crate::scope::{Roles, Scopes};

/// Who is calling, and with what rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person or the service (`sub`, RFC 7519 §4.1.2).
    pub sub: Subject,
    /// The session that the credential belongs to (`sid`); a credential outside any session has none.
    pub sid: Option<SessionId>,
    /// The client that holds the credential (RFC 9068 §2.2); of an API key, its own name.
    pub client_id: String,
    /// What the credential may be used for.
    pub scope: Scopes,
    /// What the user is.
    pub roles: Roles,
    /// The kind of credential that was presented.
    pub auth_method: CredentialKind,
    /// When the person last proved who they are (`auth_time`, OpenID Connect Core §2), if a person did.
    pub auth_time: Option<Timestamp>,
    /// The tenant that the call is made in, where tenants exist.
    pub tenant: Option<String>,
    /// How often the credential may be used, if its calls are counted. The authorizer's own business: no function is told.
    pub limit: Option<Limit>,
}

/// What a caller presented to say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A JWT access token (RFC 9068).
    AccessToken,
    /// An API key.
    ApiKey,
    /// The cookie of a browser's session.
    SessionCookie,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::AccessToken, Self::ApiKey, Self::SessionCookie];

    /// The kind as the context spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::ApiKey => "api_key",
            Self::SessionCookie => "session_cookie",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The gateway brought no principal, or one that no authorizer of ours wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPrincipal {
    /// The request context has no authorizer's context: the route is not behind the authorizer.
    #[error("the request carries no authorizer context")]
    Absent,
    /// A field is missing, or cannot be what the authorizer wrote.
    #[error("the authorizer context has no valid {field}")]
    Malformed {
        /// The field's name.
        field: &'static str,
    },
}

const SUB: &str = "sub";
const SID: &str = "sid";
const CLIENT_ID: &str = "client_id";
const SCOPE: &str = "scope";
const ROLES: &str = "roles";
const AUTH_METHOD: &str = "auth_method";
const AUTH_TIME: &str = "auth_time";
const TENANT: &str = "tenant";

impl Principal {
    /// The person who is calling and the session that they call from; none for a program, whose credential belongs to no session.
    pub fn person(&self) -> Option<(UserId, SessionId)> {
        self.sub.user().zip(self.sid)
    }

    /// The context that the authorizer answers with: strings only, the same for the same principal.
    pub fn to_context(&self) -> Map<String, Value> {
        let fields = [
            (SUB, Some(self.sub.to_string())),
            (SID, self.sid.map(|sid| sid.to_string())),
            (CLIENT_ID, Some(self.client_id.clone())),
            (SCOPE, Some(self.scope.to_string())),
            (ROLES, Some(self.roles.to_string())),
            (AUTH_METHOD, Some(self.auth_method.as_str().to_owned())),
            (AUTH_TIME, self.auth_time.map(|at| at.seconds().to_string())),
            (TENANT, self.tenant.clone()),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?)))).collect()
    }

    /// The API key that was presented, if it was one.
    pub fn api_key(&self) -> Option<ApiKeyId> {
        match self.auth_method {
            CredentialKind::ApiKey => self.client_id.parse().ok(),
            CredentialKind::AccessToken | CredentialKind::SessionCookie => None,
        }
    }

    /// The principal in `requestContext.authorizer`, as a function behind the authorizer receives it: nested under
    /// `lambda` on an HTTP API, flat on a REST API and in payload 1.0.
    ///
    /// # Errors
    /// [`NoPrincipal`]: the caller refuses the request.
    pub fn from_authorizer(authorizer: &Value) -> Result<Self, NoPrincipal> {
        let context = match authorizer.get("lambda") {
            Some(Value::Object(nested)) => nested,
            Some(_) => return Err(NoPrincipal::Absent),
            None => authorizer.as_object().ok_or(NoPrincipal::Absent)?,
        };
        Self::try_from(context)
    }
}

impl TryFrom<&Map<String, Value>> for Principal {
    type Error = NoPrincipal;

    fn try_from(context: &Map<String, Value>) -> Result<Self, NoPrincipal> {
        if context.is_empty() {
            return Err(NoPrincipal::Absent);
        }
        Ok(Self {
            sub: required(context, SUB, |text| text.parse().ok())?,
            sid: optional(context, SID, |text| text.parse().ok())?,
            client_id: required(context, CLIENT_ID, non_empty)?,
            scope: required(context, SCOPE, |text| Scopes::parse(text).ok())?,
            roles: required(context, ROLES, |text| Roles::parse(text).ok())?,
            auth_method: required(context, AUTH_METHOD, CredentialKind::parse)?,
            auth_time: optional(context, AUTH_TIME, |text| text.parse().ok().map(Timestamp::from_seconds))?,
            tenant: optional(context, TENANT, non_empty)?,
            limit: None,
        })
    }
}

fn required<T>(
    context: &Map<String, Value>,
    field: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, NoPrincipal> {
    optional(context, field, read)?.ok_or(NoPrincipal::Malformed { field })
}

fn optional<T>(
    context: &Map<String, Value>,
    field: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, NoPrincipal> {
    let Some(value) = context.get(field) else { return Ok(None) };
    value.as_str().and_then(read).map(Some).ok_or(NoPrincipal::Malformed { field })
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn principal() -> Principal {
        Principal {
            sub: Subject::User(UserId::from_bytes([1; 16])),
            sid: Some(SessionId::from_bytes([2; 16])),
            client_id: "first-party".into(),
            scope: Scopes::parse("orders:write orders:read").unwrap(),
            roles: Roles::parse("admin").unwrap(),
            auth_method: CredentialKind::AccessToken,
            auth_time: Some(Timestamp::from_seconds(1_700_000_000)),
            tenant: None,
            limit: None,
        }
    }

    #[test]
    fn the_context_is_flat_and_of_strings_only() {
        let context = principal().to_context();
        assert!(context.values().all(Value::is_string));
        assert_eq!(context["scope"], "orders:read orders:write");
        assert_eq!(context["auth_time"], "1700000000");
        assert!(!context.contains_key("tenant"));
    }

    #[test]
    fn a_principal_reads_back_from_either_kind_of_api() {
        let context = Value::Object(principal().to_context());
        assert_eq!(Principal::from_authorizer(&context), Ok(principal()), "flat, as on a REST API");
        assert_eq!(
            Principal::from_authorizer(&json!({ "lambda": context })),
            Ok(principal()),
            "nested, as on an HTTP API"
        );
        let mut with_gateways_own = principal().to_context();
        with_gateways_own.insert("integrationLatency".into(), json!(12));
        with_gateways_own.insert("principalId".into(), json!("usr"));
        assert_eq!(Principal::try_from(&with_gateways_own), Ok(principal()));
    }

    #[test]
    fn a_principal_that_is_not_whole_is_none_at_all() {
        for absent in
            [json!(null), json!({}), json!([]), json!("x"), json!({ "lambda": null }), json!({ "lambda": {} })]
        {
            assert_eq!(Principal::from_authorizer(&absent), Err(NoPrincipal::Absent), "{absent}");
        }
        for field in [SUB, CLIENT_ID, SCOPE, ROLES, AUTH_METHOD] {
            let mut context = principal().to_context();
            context.remove(field);
            assert_eq!(Principal::try_from(&context), Err(NoPrincipal::Malformed { field }), "without {field}");
        }
        for field in [SUB, SID, CLIENT_ID, SCOPE, ROLES, AUTH_METHOD, AUTH_TIME, TENANT] {
            for bad in [json!(null), json!(7), json!(true), json!(["x"]), json!({}), json!("\u{0}\"")] {
                if bad.is_string() && [CLIENT_ID, TENANT].contains(&field) {
                    continue;
                }
                let mut context = principal().to_context();
                context.insert(field.into(), bad.clone());
                assert_eq!(Principal::try_from(&context), Err(NoPrincipal::Malformed { field }), "{field}: {bad}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_a_context_holds_it_is_that_principal_or_none(
            field in proptest::sample::select(vec![SUB, SID, CLIENT_ID, SCOPE, ROLES, AUTH_METHOD, AUTH_TIME, TENANT]),
            value in any::<String>(),
        ) {
            let mut context = principal().to_context();
            context.insert(field.into(), value.into());
            if let Ok(read) = Principal::try_from(&context) {
                prop_assert_eq!(Principal::try_from(&read.to_context()), Ok(read));
            }
        }
    }
}
