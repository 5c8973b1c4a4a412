//! What a person sends to sign in.

use lambda_http::Request;
use vestibule::accounts::Identifier;
use vestibule::http::{BodyError, json};
use vestibule::passwords::Password;
use vestibule::scope::Scopes;
use vestibule::secret::Secret;
use vestibule::sessions::Device;

/// `{"username", "password"}`, and if they like `"scope"`, `"device"` and the `"device_token"` of an earlier sign-in.
pub(super) struct Credentials {
    typed: Secret<String>,
    /// `None` for a text that can name nobody: it is refused like an unknown name, not earlier.
    pub(super) identifier: Option<Identifier>,
    pub(super) password: Password,
    scope: Option<Scopes>,
    pub(super) device: Option<Device>,
    pub(super) device_token: Option<Secret<String>>,
}

impl Credentials {
    pub(super) fn parse(request: &Request) -> Result<Self, BodyError> {
        let mut fields = json(request)?;
        let username = fields.required("username")?;
        let password = fields.required("password")?;
        let scope = fields.optional("scope")?;
        let device = fields.optional("device")?;
        let device_token = fields.optional("device_token")?;
        fields.finish()?;
        let invalid = |name, fault: &dyn std::fmt::Display| BodyError::Invalid { name, fault: fault.to_string() };
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
            device_token,
            typed: username,
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
