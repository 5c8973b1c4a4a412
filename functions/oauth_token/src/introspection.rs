//! Token introspection (RFC 7662): what a token is worth at this moment.
//!
//! Whoever asks is a confidential client that proved itself, such as a resource server; others cannot try out tokens here (§4). A
//! token that is worth nothing is `{"active":false}`, whatever the reason. That of a person is worth nothing once its session has
//! ended or its client was disabled, which the token itself cannot say.
//!
//! A refresh token is told to the client alone that may use it. It has no `token_type` (RFC 6749 §5.1), so that nobody who asks for
//! `Bearer` takes one for an access token.

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::LiveSession;
use vestibule::clock::Timestamp;
use vestibule::fault::Fault;
use vestibule::http::{
    OAuthError, json_response, oauth_client, oauth_failed, oauth_unreadable, request_id, within_limit_of,
};
use vestibule::identity::SessionId;
use vestibule::keys::ReadPublicKeys;
use vestibule::limits::Admit;
use vestibule::oauth::client_authentication::AcceptAssertion;
use vestibule::oauth::clients::{Client, ReadClient};
use vestibule::principal::Subject;
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::sessions::Session;
use vestibule::sessions::refresh::{self, FindSession, RefreshError};
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule::tokens::{VerifiedToken, VerifyError};

/// Answers one question about a token.
pub(super) async fn answer<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: ReadClient + AcceptAssertion + ReadPublicKeys + LiveSession + FindSession + Admit + Sync,
{
    let id = request_id(request);
    let (client, mut fields) = match oauth_client(app, request).await {
        Ok((client, _)) if client.is_public() => {
            Event::ClientRefused { client: Some(client.id.as_str()), reason: "public_client" }.record(&id);
            return OAuthError::InvalidClient.respond();
        }
        Ok(known) => known,
        Err(refused) => return refused,
    };
    let token = match fields.required("token") {
        Ok(token) => token,
        Err(fault) => return oauth_unreadable(fault, &id),
    };
    let (admitted, inspected) = tokio::join!(within_limit_of(app, &client, &id), inspect(app, &client, &token));
    if let Err(refused) = admitted {
        return refused;
    }
    match inspected {
        Ok(Ok(found)) => {
            Event::Introspected { client: client.id.as_str(), reason: None }.record(&id);
            let issuer = &app.config.issuer;
            match &found {
                Found::Access(token) => json_response(&Active::of(issuer, token), None),
                Found::Refresh(session) => json_response(&ActiveRefresh::of(issuer, session, &client), None),
            }
        }
        Ok(Err(reason)) => {
            Event::Introspected { client: client.id.as_str(), reason: Some(reason) }.record(&id);
            json_response(&Inactive { active: false }, None)
        }
        Err(fault) => oauth_failed(&fault, &id),
    }
}

/// A token that is worth something.
enum Found {
    Access(VerifiedToken),
    /// One that refreshes this session.
    Refresh(Session),
}

/// The token, if it is worth something now, or why it is not. Storage: one read, of the session.
async fn inspect<S>(app: &App<S>, client: &Client, token: &Secret<String>) -> Result<Result<Found, &'static str>, Fault>
where
    S: ReadClient + ReadPublicKeys + LiveSession + FindSession + Sync,
{
    if RefreshToken::claims_to_be(token.expose()) {
        let keys = app.symmetric_keys_for(token).await?;
        let times = client.for_sessions(&app.config.client);
        return match refresh::inspect(&app.store, keys.mac_keys(), token, &times, app.clock.now()).await {
            Ok(session) => Ok(Ok(Found::Refresh(session))),
            Err(RefreshError::Refused(refusal)) => Ok(Err(refusal.reason())),
            Err(RefreshError::Store(fault)) => Err(fault.into()),
        };
    }
    let token = match app.verifier.verify_for_any_audience(token.expose().as_bytes(), &app.store).await {
        Ok(token) => token,
        Err(VerifyError::Refused(refusal)) => return Ok(Err(refusal.reason())),
        Err(VerifyError::KeysUnavailable(fault)) => return Err(fault.into()),
    };
    let alive = async {
        match (token.sub, token.sid) {
            (Subject::User(user), Some(session)) => app.store.is_live(user, session, app.clock.now()).await,
            (Subject::Service(_), _) => Ok(true),
            (Subject::User(_), None) => Ok(false),
        }
    };
    let (alive, served) = tokio::try_join!(alive, app.serves(&token.client_id))?;
    Ok(match (alive, served) {
        (true, true) => Ok(Found::Access(token)),
        (false, _) => Err("ended"),
        (true, false) => Err("client_disabled"),
    })
}

#[derive(Serialize)]
struct Inactive {
    active: bool,
}

/// RFC 7662 §2.2, with the claims of RFC 9068.
#[derive(Serialize)]
struct Active<'a> {
    active: bool,
    token_type: &'static str,
    iss: &'a str,
    sub: Subject,
    aud: Audience<'a>,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    scope: &'a Scopes,
    #[serde(skip_serializing_if = "Roles::is_empty")]
    roles: &'a Roles,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<Timestamp>,
    iat: Timestamp,
    exp: Timestamp,
    jti: &'a str,
}

/// The same of a refresh token, as far as it has it.
#[derive(Serialize)]
struct ActiveRefresh<'a> {
    active: bool,
    iss: &'a str,
    sub: Subject,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    scope: Scopes,
    sid: SessionId,
    auth_time: Timestamp,
    exp: Timestamp,
}

impl<'a> ActiveRefresh<'a> {
    fn of(issuer: &'a str, session: &'a Session, client: &Client) -> Self {
        Self {
            active: true,
            iss: issuer,
            sub: Subject::User(session.user),
            client_id: &session.client_id,
            // What a refresh would give: what the client had when the person agreed it may have lost since.
            scope: session.scope.intersection(&client.scopes),
            sid: session.id,
            auth_time: session.auth_time,
            exp: session.idle_expires_at.min(session.expires_at),
        }
    }
}

/// One, or several (RFC 7519 §4.1.3).
#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

impl<'a> Active<'a> {
    fn of(issuer: &'a str, token: &'a VerifiedToken) -> Self {
        Self {
            active: true,
            token_type: "Bearer",
            iss: issuer,
            sub: token.sub,
            aud: match token.aud.as_slice() {
                [one] => Audience::One(one),
                several => Audience::Several(several),
            },
            client_id: &token.client_id,
            scope: &token.scope,
            roles: &token.roles,
            sid: token.sid,
            auth_time: token.auth_time,
            iat: token.iat,
            exp: token.exp,
            jti: &token.jti,
        }
    }
}
