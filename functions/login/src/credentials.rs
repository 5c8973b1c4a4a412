//! What a person sends to sign in.

use lambda_http::Request;
use vestibule::accounts::Identifier;
use vestibule::authentication::cookie;
use vestibule::http::{BodyError, DEVICE_COOKIE, Fields, json, presented};
use vestibule::pages::Continue;
use vestibule::passwords::Password;
use vestibule::scope::Scopes;
use vestibule::secret::Secret;
use vestibule::sessions::Device;
use vestibule::sessions::cookie::SessionCookie;

use crate::browser;

/// What the device is to hold.
pub(super) enum Transport {
    /// Tokens.
    Tokens,
    /// A cookie, instead of the one that it presents, if any. One that is none of ours is overwritten like any other. With a page to go on
    /// to, that is the answer.
    Cookie { held: Option<SessionCookie>, next: Option<Continue> },
}

/// `{"username", "password"}`, and if they like `"scope"`, `"device"`, the `"device_token"` of an earlier sign-in and the `"transport"`.
pub(super) struct Credentials {
    typed: Secret<String>,
    /// `None` for a text that can name nobody: it is refused like an unknown name, not earlier.
    pub(super) identifier: Option<Identifier>,
    pub(super) password: Password,
    scope: Option<Scopes>,
    pub(super) device: Option<Device>,
    pub(super) device_token: Option<Secret<String>>,
    pub(super) transport: Transport,
}

impl Credentials {
    pub(super) fn parse(request: &Request) -> Result<Self, BodyError> {
        let mut fields = json(request)?;
        let username = fields.required("username")?;
        let password = fields.required("password")?;
        let scope = fields.optional("scope")?;
        let device = fields.optional("device")?;
        let device_token = fields.optional("device_token")?;
        let transport = fields.optional("transport")?;
        fields.finish()?;
        let invalid = |name, fault: &dyn std::fmt::Display| BodyError::Invalid { name, fault: fault.to_string() };
        let cookies = presented(request).cookies;
        let transport = match transport.as_ref().map(|transport| transport.expose().as_str()) {
            None | Some("tokens") => Transport::Tokens,
            Some("cookie") => Transport::Cookie { held: cookie::presented(&cookies).ok().flatten(), next: None },
            Some(_) => return Err(invalid("transport", &"is \"tokens\" or \"cookie\"")),
        };
        Ok(Self {
            identifier: Identifier::parse(username.expose()).ok(),
            password: Password::parse(&password).map_err(|fault| invalid("password", &fault))?,
            scope: scope
                .map(|scope| Scopes::parse(scope.expose()))
                .transpose()
                .map_err(|fault| invalid("scope", &fault))?,
            device: device
                .map(|device| Device::parse(device.expose()))
                .transpose()
                .map_err(|fault| invalid("device", &fault))?,
            device_token: match transport {
                Transport::Tokens => device_token,
                Transport::Cookie { .. } => device_token.or_else(|| device_cookie(&cookies)),
            },
            transport,
            typed: username,
        })
    }

    /// What the form of the sign-in page sends. It says nothing of a scope, so that the session has all that the account has, and is known
    /// by what the browser calls itself.
    pub(super) fn of_form(mut fields: Fields, next: Continue, request: &Request) -> Result<Self, BodyError> {
        let typed = fields.required("username")?;
        let password = Password::parse(&fields.required("password")?);
        let cookies = presented(request).cookies;
        Ok(Self {
            identifier: Identifier::parse(typed.expose()).ok(),
            password: password.map_err(|fault| BodyError::Invalid { name: "password", fault: fault.to_string() })?,
            scope: None,
            device: browser::named_by(request),
            device_token: device_cookie(&cookies),
            transport: Transport::Cookie { held: cookie::presented(&cookies).ok().flatten(), next: Some(next) },
            typed,
        })
    }

    /// The name that attempts are counted by: in its one spelling, or as it was typed where it can name nobody.
    pub(super) fn name(&self) -> &str {
        self.identifier.as_ref().map_or(self.typed.expose(), Identifier::as_str)
    }

    /// What is asked for, as far as the account has it (RFC 6749 §3.3: a server may grant less and says so); all that it
    /// has if nothing is asked for; `None` if nothing of it can be given.
    pub(super) fn scope_within(&self, allowed: &Scopes) -> Option<Scopes> {
        match &self.scope {
            None => Some(allowed.clone()),
            Some(asked) => Some(asked.intersection(allowed)).filter(|granted| asked.is_empty() || !granted.is_empty()),
        }
    }
}

/// What a browser holds of an earlier sign-in. Two are none: one that is no good is no error.
fn device_cookie(cookies: &[String]) -> Option<Secret<String>> {
    let mut own = cookie::named(cookies, DEVICE_COOKIE);
    let (Some(token), None) = (own.next(), own.next()) else { return None };
    Some(Secret::new(token.to_owned()))
}
