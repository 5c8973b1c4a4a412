//! Who is there: the person whose session the browser's cookie holds, if they are whom the client means and have signed in lately enough
//! (OpenID Connect Core §3.1.2.1 and §3.1.2.3).

use std::time::Duration;

use lambda_http::Request;
use vestibule::app::App;
use vestibule::authentication::cookie::{self, CookieCheck};
use vestibule::authentication::csrf::{Origins, Page};
use vestibule::clock::Timestamp;
use vestibule::fault::Fault;
use vestibule::http::presented;
use vestibule::identity::UserId;
use vestibule::keys::ReadPublicKeys;
use vestibule::sessions::cookie::{CookieSessions, SessionCookie};
use vestibule::sessions::{AuthenticationMethod, Session};
use vestibule::tokens::VerifyError;

use crate::error::Error;
use crate::parameters::Parameters;
use crate::request::Asked;

/// From the sign-in page people come back within minutes. The same request longer afterwards is somebody's bookmark, or a trick to have
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
    /// To the sign-in page, and back as somebody who has signed in for this request.
    SignIn,
    /// Back to the client.
    Refused(Error),
}

/// What a form of ours proves itself with.
const CSRF_TOKEN: &str = "csrf_token";

/// Whether a script or a frame asks, for which no browser shows a person anything. Programs, which are no browsers, say nothing of a site.
pub(crate) fn is_scripted(request: &Request) -> bool {
    let headers = request.headers();
    let says = |name: &str, wanted: &str| headers.get(name).is_none_or(|value| value == wanted);
    headers.contains_key("sec-fetch-site")
        && !(says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document"))
}

/// Whether a form comes from the page that the person's browser was given. Pages of `AllowedOrigins` act for whoever is signed in, and may
/// hear the session's token, but what is asked here is for the person alone to say. Where nobody is signed in, nobody's form can be forged.
pub(crate) fn has_sent<S>(app: &App<S>, request: &Request, form: &Parameters) -> bool {
    let presented = presented(request);
    let token = form.one(CSRF_TOKEN).ok().flatten().unwrap_or_default();
    let own = match cookie::presented(&presented.cookies) {
        Ok(cookie) => cookie.is_none_or(|cookie| cookie.csrf_token().matches(token.as_bytes())),
        Err(_) => false,
    };
    own && presented.provenance.page(&Origins::default().and_that_of(&app.config.issuer)) != Page::Foreign
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
        (None, _) => Err(Detour::SignIn),
        (Some(session), Meant::User(user)) if *user != session.user && comes_back(asked, session, now) => {
            return Err(Detour::Refused(Error::SomebodyElse));
        }
        (Some(session), Meant::User(user)) if *user != session.user => Err(Detour::SignIn),
        // Nobody can say whether it is the one who is meant.
        (Some(_), Meant::Unclear) if asked.prompt.nothing => Err(Detour::SignIn),
        (Some(session), _) if is_fresh(asked, session, now) => Ok(()),
        (Some(_), _) => Err(Detour::SignIn),
    };
    if detour.is_err() && asked.prompt.nothing { Err(Detour::Refused(Error::LoginRequired)) } else { detour }
}

fn is_fresh(asked: &Asked, session: &Session, now: Timestamp) -> bool {
    comes_back(asked, session, now)
        || (!asked.prompt.sign_in && asked.max_age.is_none_or(|most| is_young(session, most, now)))
}

/// Whether the person has proven who they are within `most`. Zero asks for a sign-in as `prompt=login` does (Core §3.1.2.1), also within
/// the second of the last one. A provider proves it only where it was asked to: else it may know the browser for weeks.
fn is_young(session: &Session, most: Duration, now: Timestamp) -> bool {
    match session.auth_method {
        AuthenticationMethod::Password => !most.is_zero() && now.since(session.auth_time) <= most,
        AuthenticationMethod::Federated => false,
    }
}

/// Whether the person was sent to sign in for this request, and has.
fn comes_back(asked: &Asked, session: &Session, now: Timestamp) -> bool {
    session.signed_in_for == Some(asked.answered) && now.since(session.auth_time) <= COMES_BACK_WITHIN
}
