//! The refresh token grant (RFC 6749 §6, RFC 9700 §4.14): the rotation of `/refresh`, for registered clients and by their own policy.
//!
//! One storage call when all is well. Whoever asks for less gets an access token for less; what the session has does not change by it.

use vestibule::app::App;
use vestibule::fault::Fault;
use vestibule::http::{Fields, Issued, OAuthError};
use vestibule::oauth::clients::{Client, Grant};
use vestibule::principal::Subject;
use vestibule::scope::Scopes;
use vestibule::secret::Secret;
use vestibule::sessions::refresh::{self, Audience, NoGood, RefreshError, Refreshed, Rotate, refresh};

use super::{Granted, OPENID, Refusal};

pub(super) async fn grant<S>(app: &App<S>, client: &Client, fields: Fields) -> Result<Result<Granted, Refusal>, Fault>
where
    S: Rotate + Sync,
{
    let Asked { token, scope, audience } = match Asked::parse(app, client, fields) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let keys = app.symmetric_keys_for(&token).await?;
    // Before the token is spent: a rotation whose answer cannot be signed would cost an honest client its retry.
    let key = app.signing_key_for(client).await?;
    let now = app.clock.now();
    // A token for another resource than the one that was asked for would be sent to the wrong one (RFC 8707 §3).
    let wanted = match audience.as_deref() {
        None => Audience::OfTheSession,
        Some(own) if own == app.config.audience => Audience::Own,
        Some(resource) => Audience::Resource(resource),
    };
    let times = client.for_sessions(&app.config.client);
    let Refreshed { session, refresh_token, retried } =
        match refresh(&app.store, keys.mac_keys(), &token, &times, wanted, now).await {
            Ok(refreshed) => refreshed,
            Err(RefreshError::Refused(refusal)) => return Ok(Err(refused(refusal))),
            Err(RefreshError::Store(fault)) => return Err(fault.into()),
        };
    // What the client had when the person agreed it may have lost since.
    let scope =
        scope.unwrap_or_else(|| session.scope.clone()).intersection(&session.scope).intersection(&client.scopes);
    let access_token = app.mint_for_client(&key, client, &session, &scope, now)?;
    // OpenID Connect Core §12.2: the same `auth_time`, and no `nonce`.
    let id_token = match scope.has(OPENID) {
        true => Some(app.mint_id_token(&key, &session, None, &access_token, now)?),
        false => None,
    };
    Ok(Ok(Granted {
        subject: Subject::User(session.user),
        session: Some(session.id),
        issued: Issued { access_token, refresh_token: Some(refresh_token), id_token, scope },
        grant: Grant::RefreshToken,
        retried,
    }))
}

fn refused(refusal: refresh::Refusal) -> Refusal {
    if let refresh::Refusal::NoGood { why: NoGood::OtherAudience, .. } = refusal {
        return OAuthError::InvalidTarget.into();
    }
    let ended = match refusal {
        refresh::Refusal::Reused { user, session, cause } => Some((user, session, cause)),
        refresh::Refusal::NoGood { .. } | refresh::Refusal::NotOurs(_) => None,
    };
    Refusal { ended, ..Refusal::invalid_grant(refusal.reason()) }
}

struct Asked {
    token: Secret<String>,
    scope: Option<Scopes>,
    audience: Option<String>,
}

impl Asked {
    /// What the client could never have been given is refused before the token is spent (RFC 6749 §6, RFC 8707 §2). What it might have
    /// been given and was not is left out of the answer, which says so in `scope`.
    fn parse<S>(app: &App<S>, client: &Client, mut fields: Fields) -> Result<Self, Refusal> {
        let token = fields.required("refresh_token")?;
        let scope = fields.parameter("scope")?.map(|scope| Scopes::parse(scope.expose())).transpose();
        let scope = scope.map_err(|_| OAuthError::InvalidScope)?;
        if scope.as_ref().is_some_and(|scope| !scope.is_subset(&client.scopes)) {
            return Err(OAuthError::InvalidScope.into());
        }
        let audience = match fields.parameter("resource")? {
            None => None,
            Some(resource) => {
                let found = client.audience(resource.expose(), &app.config.audience);
                Some(found.ok_or(OAuthError::InvalidTarget)?.to_owned())
            }
        };
        Ok(Self { token, scope, audience })
    }
}
