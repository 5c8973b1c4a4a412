//! Who is there: the person whose session the browser's cookie holds, if they are whom the client means and have signed in lately enough
//! (OpenID Connect Core §3.1.2.1 and §3.1.2.3).

use std::time::Duration;

use lambda_http::Request;
use vestibule::app::App;
use vestibule::authentication::cookie::{self, CookieCheck};
use vestibule::authentication::csrf::Page;
use vestibule::clock::Timestamp;
use vestibule::fault::Fault;
use vestibule::http::presented;
use vestibule::identity::UserId;
use vestibule::keys::ReadPublicKeys;
use vestibule::sessions::Session;
use vestibule::sessions::cookie::{CookieSessions, SessionCookie};
use vestibule::tokens::VerifyError;

use crate::error::Error;
use crate::parameters::Parameters;
use crate::request::Asked;

/// From the sign-in page people come back within minutes. A request that says so longer ago is somebody's bookmark, or a trick to have
/// an old sign-in count as a new one.
const COMES_BACK_WITHIN: Duration = Duration::from_secs(15 * 60);

/// A person in their browser.
pub(crate) struct Person {
    pub(crate) session: Session,
    pub(crate) cookie: SessionCookie,
}

/// Whom the client means, by the hint that it sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// It does not say.
    Anybody,
    /// This person.
    User(UserId),
    /// A hint that proves nothing: another issuer's, another client's, or of a key that is gone.
    Unclear,
}

/// Where a request goes that nobody answers yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detour {
    /// To the sign-in page, and back.
    SignIn,
    /// To the sign-in page, and back as somebody who has signed in since.
    SignInAnew,
    /// Back to the client.
    Refused(Error),
}

/// What a form of ours proves itself with.
const CSRF_TOKEN: &str = "csrf_token";

/// Whether a form comes from the page that the person's browser was given: no other page knows its token, whatever it can make the browser
/// send. Where nobody is signed in, nobody's form can be forged.
pub(crate) fn has_sent<S>(app: &App<S>, request: &Request, form: &Parameters) -> bool {
    let presented = presented(request);
    let token = form.one(CSRF_TOKEN).ok().flatten().unwrap_or_default();
    let own = match cookie::presented(&presented.cookies) {
        Ok(cookie) => cookie.is_none_or(|cookie| cookie.csrf_token().matches(token.as_bytes())),
        Err(_) => false,
    };
    own && presented.provenance.page(&app.config.allowed_origins) != Page::Foreign
}

/// The person whom the cookie names. A cookie that opens nothing is none. Storage: one read.
pub(crate) async fn signed_in<S: CookieSessions + Sync>(
    app: &App<S>,
    request: &Request,
    sent: &Parameters,
) -> Result<Option<Person>, Fault> {
    let mut presented = presented(request);
    // A form has it in the place of a header.
    presented.provenance.csrf_token.extend(sent.one(CSRF_TOKEN).ok().flatten().map(str::to_owned));
    let Ok(Some(cookie)) = cookie::presented(&presented.cookies) else { return Ok(None) };
    let check = CookieCheck {
        store: &app.store,
        clock: &app.clock,
        idle_lifetime: app.config.client.idle_lifetime,
        origins: &app.config.allowed_origins,
    };
    let session = check.session(&cookie, &presented).await?;
    Ok(session.ok().map(|session| Person { session, cookie }))
}

/// Whom `hint` means to `client`. Storage: the public keys, or nothing when warm.
pub(crate) async fn meant<S: ReadPublicKeys>(app: &App<S>, client: &str, hint: Option<&str>) -> Result<Meant, Fault> {
    let Some(hint) = hint else { return Ok(Meant::Anybody) };
    match app.verifier.id_token_hint(hint.as_bytes(), &app.store).await {
        Ok(hint) if hint.client_id == client => Ok(Meant::User(hint.user)),
        Ok(_) | Err(VerifyError::Refused(_)) => Ok(Meant::Unclear),
        Err(VerifyError::KeysUnavailable(fault)) => Err(fault.into()),
    }
}

/// Whether `session` answers the request.
pub(crate) fn answers(asked: &Asked, session: Option<&Session>, meant: &Meant, now: Timestamp) -> Result<(), Detour> {
    let detour = match (session, meant) {
        (None, Meant::User(_)) => Err(Detour::SignInAnew),
        (None, _) if asked.prompt.sign_in || asked.max_age.is_some() => Err(Detour::SignInAnew),
        (None, _) => Err(Detour::SignIn),
        (Some(session), Meant::User(user)) if *user != session.user && comes_back(asked, session, now) => {
            return Err(Detour::Refused(Error::SomebodyElse));
        }
        (Some(session), Meant::User(user)) if *user != session.user => Err(Detour::SignInAnew),
        // Nobody can say whether it is the one who is meant.
        (Some(_), Meant::Unclear) if asked.prompt.nothing => Err(Detour::SignInAnew),
        (Some(session), _) if is_fresh(asked, session, now) => Ok(()),
        (Some(_), _) => Err(Detour::SignInAnew),
    };
    if detour.is_err() && asked.prompt.nothing { Err(Detour::Refused(Error::LoginRequired)) } else { detour }
}

fn is_fresh(asked: &Asked, session: &Session, now: Timestamp) -> bool {
    // Zero asks for a sign-in as `prompt=login` does (Core §3.1.2.1), also within the second of the last one.
    let young = asked.max_age.is_none_or(|max_age| !max_age.is_zero() && now.since(session.auth_time) <= max_age);
    comes_back(asked, session, now) || (young && !asked.prompt.sign_in)
}

/// From when on a sign-in is one that happened after `session` was found wanting: now, or from the next second if the sign-in that made
/// the session was in this one, so that it does not count as the one that was asked for.
pub(crate) fn anew_since(session: Option<&Session>, now: Timestamp) -> Timestamp {
    let just_made = session.is_some_and(|session| session.auth_time >= now);
    if just_made { now.plus(Duration::from_secs(1)) } else { now }
}

/// Whether the person was sent to sign in, and has.
fn comes_back(asked: &Asked, session: &Session, now: Timestamp) -> bool {
    let sent = asked.signed_in_after.filter(|sent| *sent <= now && now.since(*sent) <= COMES_BACK_WITHIN);
    sent.is_some_and(|sent| session.auth_time >= sent)
}
