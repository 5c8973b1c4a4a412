//! The client credentials grant: a service acts for itself (RFC 6749 §4.4).
//!
//! With the client in memory it asks storage nothing, and it writes nothing: the token is its own record. There is no refresh token;
//! the client has what it takes to ask again.

use vestibule::app::App;
use vestibule::fault::Fault;
use vestibule::http::{Fields, Issued, OAuthError};
use vestibule::oauth::clients::{Client, Grant};
use vestibule::principal::Subject;
use vestibule::scope::Scopes;

use super::{Granted, Refusal};

pub(super) async fn grant<S>(app: &App<S>, client: &Client, fields: Fields) -> Result<Result<Granted, Refusal>, Fault> {
    let Asked { scope, audience } = match Asked::parse(app, client, fields) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(service) = client.service else { return Ok(Err(OAuthError::UnauthorizedClient.into())) };
    let key = app.signing_key_for(client).await?;
    let access_token = app.mint_for_service(&key, client, service, &scope, &audience, app.clock.now())?;
    Ok(Ok(Granted {
        issued: Issued { access_token, refresh_token: None, id_token: None, scope },
        subject: Subject::Service(service),
        session: None,
        grant: Grant::ClientCredentials,
        retried: false,
    }))
}

struct Asked {
    scope: Scopes,
    audience: String,
}

impl Asked {
    /// All that the client is registered for, or what it asks for of that. A program that is given less than it asked for would find
    /// out later and elsewhere, so it is refused instead.
    fn parse<S>(app: &App<S>, client: &Client, mut fields: Fields) -> Result<Self, Refusal> {
        let scope = match fields.parameter("scope")? {
            None => client.scopes.clone(),
            Some(scope) => Scopes::parse(scope.expose()).map_err(|_| OAuthError::InvalidScope)?,
        };
        if !scope.is_subset(&client.scopes) {
            return Err(OAuthError::InvalidScope.into());
        }
        let resource = fields.parameter("resource")?;
        let audience = match &resource {
            None => app.config.audience.as_str(),
            Some(resource) => {
                client.audience(resource.expose(), &app.config.audience).ok_or(OAuthError::InvalidTarget)?
            }
        };
        Ok(Self { scope, audience: audience.to_owned() })
    }
}
