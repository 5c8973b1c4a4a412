//! The token endpoint (RFC 6749 §3.2 and §5).

mod authorization_code;
mod client_credentials;
mod refresh_token;

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::fault::Fault;
use vestibule::http::{
    Fields, Issued, OAuthError, authenticated_client, oauth_failed, readable, request_id, take_assertion,
    within_limit_of,
};
use vestibule::identity::{SessionId, UserId};
use vestibule::limits::Admit;
use vestibule::oauth::client_authentication::AcceptAssertion;
use vestibule::oauth::clients::{Client, Grant, ReadClient};
use vestibule::oauth::code_exchange::RedeemCode;
use vestibule::principal::Subject;
use vestibule::sessions::Ending;
use vestibule::sessions::end::EndSession;
use vestibule::sessions::refresh::Rotate;

/// Answers one request for tokens.
pub(super) async fn answer<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: ReadClient + AcceptAssertion + RedeemCode + Rotate + EndSession + Admit + Sync,
{
    let id = request_id(request);
    let (known, fields) = match authenticated_client(app, request).await {
        Ok(known) => known,
        Err(refused) => return readable(request, None, refused),
    };
    let client = &known.client;
    // Before the rest and not beside it: neither an assertion nor what a grant spends must be spent for a refusal.
    if let Err(refused) = within_limit_of(app, client, &id).await {
        return readable(request, Some(client), refused);
    }
    if let Err(refused) = take_assertion(app, &known, &id).await {
        return readable(request, Some(client), refused);
    }
    let response = match grant(app, client, fields).await {
        Ok(Ok(granted)) => {
            granted.event(client).record(&id);
            granted.issued.respond()
        }
        Ok(Err(refusal)) => {
            refusal.event(client).record(&id);
            refusal.error.respond()
        }
        Err(fault) => {
            // Only so can the same request be sent again. Where this fails, too, the client makes another assertion.
            if let Err(fault) = known.give_back(&app.store).await {
                Event::Failed { fault: &fault }.record(&id);
            }
            oauth_failed(&fault, &id)
        }
    };
    readable(request, Some(client), response)
}

/// What a client got, and what the log says of it.
struct Granted {
    issued: Issued,
    subject: Subject,
    session: Option<SessionId>,
    grant: Grant,
    /// Whether an earlier answer was repeated.
    retried: bool,
}

impl Granted {
    fn event<'a>(&self, client: &'a Client) -> Event<'a> {
        let Self { subject, session, grant, retried, .. } = *self;
        Event::Issued { client: client.id.as_str(), subject, session, grant, retried }
    }
}

/// What a client hears instead, and why.
struct Refusal {
    error: OAuthError,
    reason: &'static str,
    /// The session that was ended first, if one was.
    ended: Option<(UserId, SessionId, Ending)>,
}

impl Refusal {
    /// A code or a refresh token that is worth nothing: the client is not told why.
    const fn invalid_grant(reason: &'static str) -> Self {
        Self { error: OAuthError::InvalidGrant, reason, ended: None }
    }

    fn event<'a>(&self, client: &'a Client) -> Event<'a> {
        match self.ended {
            Some((user, session, cause)) => Event::SessionEnded { user: Some(user), session: Some(session), cause },
            None => Event::GrantRefused { client: client.id.as_str(), reason: self.reason },
        }
    }
}

impl<E: Into<OAuthError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        let error = error.into();
        Self { reason: error.name(), error, ended: None }
    }
}

/// Each grant is one that the client is registered for (RFC 6749 §5.2, `unauthorized_client`).
async fn grant<S>(app: &App<S>, client: &Client, mut fields: Fields) -> Result<Result<Granted, Refusal>, Fault>
where
    S: RedeemCode + Rotate + EndSession + Sync,
{
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
        Grant::AuthorizationCode => authorization_code::grant(app, client, fields).await,
        Grant::RefreshToken => refresh_token::grant(app, client, fields).await,
        Grant::ClientCredentials => client_credentials::grant(app, client, fields).await,
    }
}

/// The scope by which a client asks who signed in (OpenID Connect Core §3.1.2.1).
const OPENID: &str = "openid";
