//! The token endpoint (RFC 6749 §3.2 and §5).

mod client_credentials;

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::fault::Fault;
use vestibule::http::{Fields, Issued, OAuthError, oauth_client, oauth_failed, request_id};
use vestibule::identity::SessionId;
use vestibule::oauth::client_authentication::AcceptAssertion;
use vestibule::oauth::clients::{Client, Grant, ReadClient};
use vestibule::principal::Subject;

/// Answers one request for tokens.
pub(super) async fn answer<S: ReadClient + AcceptAssertion + Sync>(app: &App<S>, request: &Request) -> Response<Body> {
    let id = request_id(request);
    let (client, fields) = match oauth_client(app, request).await {
        Ok(known) => known,
        Err(refused) => return refused,
    };
    match grant(app, &client, fields).await {
        Ok(Ok(Granted { issued, subject, session, grant })) => {
            Event::Issued { client: client.id.as_str(), subject, session, grant: grant.as_str() }.record(&id);
            issued.respond()
        }
        Ok(Err(refusal)) => {
            Event::GrantRefused { client: client.id.as_str(), reason: refusal.reason }.record(&id);
            refusal.error.respond()
        }
        Err(fault) => oauth_failed(&fault, &id),
    }
}

/// What a client got, and what the log says of it.
struct Granted {
    issued: Issued,
    subject: Subject,
    session: Option<SessionId>,
    grant: Grant,
}

/// What a client hears instead, and why.
struct Refusal {
    error: OAuthError,
    reason: &'static str,
}

impl<E: Into<OAuthError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        let error = error.into();
        Self { reason: error.name(), error }
    }
}

/// Each grant is one that the client is registered for (RFC 6749 §5.2, `unauthorized_client`).
async fn grant<S>(app: &App<S>, client: &Client, mut fields: Fields) -> Result<Result<Granted, Refusal>, Fault> {
    let asked = match fields.parameter("grant_type").map(|found| found.map(|kind| kind.expose().parse::<Grant>())) {
        Ok(Some(Ok(grant))) => grant,
        Ok(Some(Err(_))) => return Ok(Err(OAuthError::UnsupportedGrantType.into())),
        Ok(None) => return Ok(Err(OAuthError::Malformed("The parameter grant_type is missing.").into())),
        Err(fault) => return Ok(Err(fault.into())),
    };
    if !client.grants.contains(asked) {
        return Ok(Err(OAuthError::UnauthorizedClient.into()));
    }
    match asked {
        Grant::ClientCredentials => client_credentials::grant(app, client, fields).await,
        Grant::AuthorizationCode | Grant::RefreshToken => Ok(Err(OAuthError::UnsupportedGrantType.into())),
    }
}
