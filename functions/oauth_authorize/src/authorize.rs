//! `GET /oauth/authorize`, where a client asks, and `POST /oauth/consent`, where the person has decided (RFC 6749 §4.1.1, OpenID Connect
//! Core §3.1.2).
//!
//! The decision comes with the whole request, and is held against it as if nothing had been said before.

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::accounts::Account;
use vestibule::accounts::own::FindAccount;
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::fault::Fault;
use vestibule::http::{request_id, see_other};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::ReadPublicKeys;
use vestibule::oauth::clients::{Client, Party, ReadClient};
use vestibule::oauth::codes::{AuthorizationCode, CODE_LIFETIME, Code, CodeState, IssueCode};
use vestibule::oauth::consents::{Agree, Agreed, Consent, FindConsent};
use vestibule::pages::{self, Brand, Continue, Leads, respond};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::cookie::CookieSessions;

use crate::answer::{self, Return};
use crate::client::client_and_return;
use crate::error::Error;
use crate::parameters::Parameters;
use crate::permission::{Said, Verdict, decide, permissions};
use crate::person::{self, Detour, Person};
use crate::refused::{self, Refused};
use crate::request::Asked;

/// A client asks. Storage: the client, the session, then the account and what they have agreed to, then the code.
pub(crate) async fn asked<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: ReadClient + CookieSessions + ReadPublicKeys + FindAccount + FindConsent + Agree + IssueCode + Sync,
{
    if person::is_scripted(request) {
        return refused::page(app, request, &Refused::Script);
    }
    answer(app, request, &Parameters::of_query(request), Said::Nothing).await
}

/// The person has decided, on a page of ours. Storage: as before, and one call more to keep what they have agreed to.
pub(crate) async fn decided<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: ReadClient + CookieSessions + ReadPublicKeys + FindAccount + FindConsent + Agree + IssueCode + Sync,
{
    let parameters = match Parameters::of_form(request) {
        Ok(parameters) => parameters,
        Err(fault) => return refused::page(app, request, &Refused::Unreadable(fault)),
    };
    if !person::has_sent(app, request, &parameters) {
        return refused::page(app, request, &Refused::Forged);
    }
    let said = match parameters.one("decision") {
        Ok(Some("allow")) => Said::Yes,
        Ok(_) => Said::No,
        Err(_) => return refused::page(app, request, &Refused::Ambiguous),
    };
    answer(app, request, &parameters, said).await
}

async fn answer<S>(app: &App<S>, request: &Request, sent: &Parameters, said: Said) -> Response<Body>
where
    S: ReadClient + CookieSessions + ReadPublicKeys + FindAccount + FindConsent + Agree + IssueCode + Sync,
{
    let id = request_id(request);
    let (client, back) = match client_and_return(app, sent).await {
        Ok(found) => found,
        Err(refused) => return refused::page(app, request, &refused),
    };
    match outcome(app, request, sent, said, &client, &back).await {
        Ok(Outcome::SignIn(again)) => see_other(&format!("{}/sign-in?continue={}", app.config.issuer, again.encoded())),
        Ok(Outcome::Ask(page)) => *page,
        Ok(Outcome::Given { code, user, session }) => {
            Event::CodeIssued { client: client.id.as_str(), user, session }.record(&id);
            answer::code(app, &back, code.expose())
        }
        Ok(Outcome::Refused(error)) => {
            Event::GrantRefused { client: client.id.as_str(), reason: error.code() }.record(&id);
            answer::error(app, &back, error)
        }
        Err(fault) => {
            Event::Failed { fault: &fault }.record(&id);
            answer::error(app, &back, Error::Unavailable)
        }
    }
}

/// What becomes of a request whose client is known.
enum Outcome {
    SignIn(Continue),
    Ask(Box<Response<Body>>),
    Given { code: Code, user: UserId, session: SessionId },
    Refused(Error),
}

async fn outcome<S>(
    app: &App<S>,
    request: &Request,
    sent: &Parameters,
    said: Said,
    client: &Client,
    back: &Return,
) -> Result<Outcome, Fault>
where
    S: CookieSessions + ReadPublicKeys + FindAccount + FindConsent + Agree + IssueCode + Sync,
{
    let asked = match Asked::parse(client, &back.target, &app.config.audience, sent) {
        Ok(asked) => asked,
        Err(error) => return Ok(Outcome::Refused(error)),
    };
    let now = app.clock.now();
    let person = person::signed_in(app, request, sent).await?;
    let meant = person::meant(app, client.id.as_str(), sent.one("id_token_hint").ok().flatten()).await?;
    let session = person.as_ref().map(|person| &person.session);
    let person = match (person::answers(&asked, session, &meant, now), person) {
        (Ok(()), Some(person)) => person,
        (Err(Detour::Refused(error)), _) => return Ok(Outcome::Refused(error)),
        (Err(Detour::SignIn), _) | (Ok(()), None) => return Ok(Outcome::SignIn(asked.again)),
    };
    let user = person.session.user;
    let consent = async {
        match client.party {
            Party::First => Ok(None),
            Party::Third => app.store.find_consent(user, &client.id).await,
        }
    };
    let (account, consent) = tokio::join!(app.store.find_account(user), consent);
    let (account, consent) = (account?, consent?);
    let verdict = decide(&asked, client, &back.target, account.as_ref(), consent.as_ref(), said);
    let Some(account) = account else { return Ok(Outcome::Refused(Error::AccountChanged)) };
    let scope = match verdict {
        Verdict::Refused(error) => return Ok(Outcome::Refused(error)),
        Verdict::Ask(scope) => {
            return Ok(Outcome::Ask(Box::new(consent_page(app, client, back, &asked, &account, &person, &scope))));
        }
        Verdict::Agreed(scope) => match agree(app, client, &asked, &account, &scope, &request_id(request)).await? {
            Agreed::Kept => scope,
            Agreed::AccountChanged => return Ok(Outcome::Refused(Error::AccountChanged)),
        },
        Verdict::Given(scope) => scope,
    };
    let code = issue(app, client, back, asked, &account, &person, scope).await?;
    Ok(Outcome::Given { code, user, session: person.session.id })
}

fn consent_page<S>(
    app: &App<S>,
    client: &Client,
    back: &Return,
    asked: &Asked,
    account: &Account,
    person: &Person,
    scope: &Scopes,
) -> Response<Body> {
    let (brand, csrf_token) = (Brand::of(&app.config), person.cookie.csrf_token());
    let page = pages::Consent {
        brand: &brand,
        client: &client.name,
        person: account.identifiers.first().map(|name| name.as_str()).unwrap_or_default(),
        asked: pages::Asked::each(scope),
        audience: Some(asked.audience.as_str()).filter(|audience| *audience != app.config.audience),
        goes_to: back.target.host(),
        parameters: &asked.narrowed(scope),
        csrf_token: csrf_token.expose(),
        again: &asked.again,
    };
    respond(StatusCode::OK, &page, &brand, Leads::Anywhere)
}

async fn agree<S: Agree>(
    app: &App<S>,
    client: &Client,
    asked: &Asked,
    account: &Account,
    scope: &Scopes,
    id: &str,
) -> Result<Agreed, Fault> {
    let consent = Consent {
        client: client.id.clone(),
        client_name: client.name.clone(),
        permissions: permissions(asked, scope),
        agreed_at: app.clock.now(),
    };
    let agreed = app.store.agree(account.user, account.version, &consent).await?;
    if agreed == Agreed::Kept {
        Event::ConsentGiven { user: account.user, client: client.id.as_str() }.record(id);
    }
    Ok(agreed)
}

async fn issue<S: IssueCode>(
    app: &App<S>,
    client: &Client,
    back: &Return,
    asked: Asked,
    account: &Account,
    person: &Person,
    scope: Scopes,
) -> Result<Code, Fault> {
    let code = Code::draw(&app.randomness)?;
    let (roles, by_consent) = match client.party {
        Party::First => (account.roles.intersection(&client.roles), false),
        Party::Third => (Roles::default(), true),
    };
    let good_for = AuthorizationCode {
        client: client.id.clone(),
        redirect_uri: back.target.as_str().to_owned(),
        challenge: asked.challenge,
        scope,
        audience: asked.audience,
        nonce: asked.nonce,
        user: account.user,
        account_version: account.version,
        browser: person.session.id,
        by_consent,
        roles,
        auth_time: person.session.auth_time,
        auth_method: person.session.auth_method,
        expires_at: app.clock.now().plus(CODE_LIFETIME),
        state: CodeState::Unused,
    };
    app.store.issue_code(&code.hash(), &good_for).await?;
    Ok(code)
}
