//! The authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.5 and §4.6, OpenID Connect Core §3.1.3).
//!
//! A read and a transaction. Whatever is wrong with a code, the client hears one answer. Tokens are signed before the code is spent:
//! without a key nothing is lost, and after the transaction nothing is left that could fail.

use vestibule::app::App;
use vestibule::clock::Timestamp;
use vestibule::fault::Fault;
use vestibule::http::{Fields, Issued, OAuthError};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::MacKeys;
use vestibule::oauth::clients::{Client, Grant};
use vestibule::oauth::code_exchange::{CodeRefusal, Presented, RedeemCode, Redemption, check};
use vestibule::oauth::codes::{AuthorizationCode, Code, CodeState};
use vestibule::principal::Subject;
use vestibule::sessions::end::{EndSession, Ended};
use vestibule::sessions::refresh::current_token;
use vestibule::sessions::rotation::Generation;
use vestibule::sessions::{Ending, Session, State, Transport};

use super::{Granted, OPENID, Refusal};

pub(super) async fn grant<S>(app: &App<S>, client: &Client, fields: Fields) -> Result<Result<Granted, Refusal>, Fault>
where
    S: RedeemCode + EndSession + Sync,
{
    let (code, presented) = match parse(fields) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let now = app.clock.now();
    let Some(hash) = code.map(|code| code.hash()) else { return Ok(Err(refused(CodeRefusal::Unknown))) };
    let Some(code) = app.store.find_code(&hash, now).await? else { return Ok(Err(refused(CodeRefusal::Unknown))) };
    match (check(&code, &client.id, &presented, now), code.state) {
        (Ok(()), _) => {}
        (Err(CodeRefusal::Replayed), CodeState::Redeemed { session }) => {
            return replayed(app, code.user, session, now).await.map(Err);
        }
        (Err(refusal), _) => return Ok(Err(refused(refusal))),
    }
    let keys = app.symmetric_keys().await?;
    let key = app.signing_key_for(client).await?;
    let session = session_for(app, client, &code, keys.mac_keys(), now)?;
    let access_token = app.mint_for_client(&key, client, &session, &session.scope, now)?;
    let id_token = match session.scope.has(OPENID) {
        true => Some(app.mint_id_token(&key, &session, code.nonce.as_ref(), &access_token, now)?),
        false => None,
    };
    let refresh_token = may_refresh(client).then(|| current_token(&session, keys.mac_keys()));
    match app.store.redeem_code(&hash, &code, &session, now).await? {
        Redemption::Redeemed => {}
        Redemption::Replayed { user, session } => return replayed(app, user, session, now).await.map(Err),
        Redemption::Void => return Ok(Err(refused(CodeRefusal::Void))),
    }
    Ok(Ok(Granted {
        subject: Subject::User(session.user),
        session: Some(session.id),
        issued: Issued { access_token, refresh_token, id_token, scope: session.scope },
        grant: Grant::AuthorizationCode,
        retried: false,
    }))
}

/// A text that is none of our codes is looked up nowhere.
fn parse(mut fields: Fields) -> Result<(Option<Code>, Presented), Refusal> {
    let code = Code::parse(&fields.required("code")?);
    let verifier = fields.required("code_verifier")?;
    let redirect_uri = fields.parameter("redirect_uri")?;
    let resource = fields.parameter("resource")?;
    Ok((code, Presented { verifier, redirect_uri, resource }))
}

fn refused(refusal: CodeRefusal) -> Refusal {
    // Only whoever keeps all other bonds hears it, and keeps the code (RFC 8707 §2).
    if refusal == CodeRefusal::OtherResource {
        return OAuthError::InvalidTarget.into();
    }
    Refusal::invalid_grant(refusal.reason())
}

/// The session is ended before anybody hears of it (RFC 6749 §10.5, DESIGN §11.8).
async fn replayed<S: EndSession>(
    app: &App<S>,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<Refusal, Fault> {
    let ended = match app.store.end(user, session, Ending::CodeReplayed, now).await? {
        Ended::Now => Some((user, session, Ending::CodeReplayed)),
        Ended::Already => None,
    };
    Ok(Refusal { ended, ..refused(CodeRefusal::Replayed) })
}

fn may_refresh(client: &Client) -> bool {
    client.grants.contains(Grant::RefreshToken)
}

/// The session that a code opens. That of a client which may not refresh ends with its only access token.
fn session_for<S>(
    app: &App<S>,
    client: &Client,
    code: &AuthorizationCode,
    keys: &MacKeys,
    now: Timestamp,
) -> Result<Session, Fault> {
    let times = client.for_sessions(&app.config.client);
    let once = app.lifetime_for(client);
    let (idle, absolute) =
        if may_refresh(client) { (times.idle_lifetime, times.absolute_lifetime) } else { (once, once) };
    Ok(Session {
        user: code.user,
        id: SessionId::random(&app.randomness)?,
        client_id: times.id,
        scope: code.scope.clone(),
        audience: Some(code.audience.clone()).filter(|audience| *audience != app.config.audience),
        roles: code.roles.clone(),
        auth_time: code.auth_time,
        auth_method: code.auth_method,
        signed_in_for: None,
        device: None,
        network: None,
        transport: Transport::Tokens,
        generation: Generation::FIRST,
        rotated_at: now,
        mac_key: keys.active().id(),
        idle_expires_at: now.plus(idle),
        expires_at: now.plus(absolute),
        state: State::Live,
    })
}
