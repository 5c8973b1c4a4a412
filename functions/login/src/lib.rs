//! `POST /login` and `POST /sign-in`, the form of a page: a name and a password for a session (first-party sign-in; OWASP ASVS 5.0 V6, V7).
//!
//! One answer for a wrong password, an unknown name, a disabled account: same status, same body, same work (promise 5).

mod browser;
mod credentials;
mod handover;
mod lookup;
mod operations;
mod page;

use std::sync::Arc;

use credentials::{Credentials, Transport};
use handover::Handover;
use lambda_http::{Body, Request, Response};
use lookup::{Lookup, look_up};
use vestibule::accounts::{FindLogin, LoginRecord, Standing, UpgradePassword};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::Failure;
use vestibule::authentication::csrf::Page;
use vestibule::config::Need;
use vestibule::fault::Fault;
use vestibule::http::{
    Problem, ProblemKind, Steps, failed, limited, network, presented, request_id, route_key, source, unauthenticated,
    unreadable,
};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::{Peppers, SymmetricKeys};
use vestibule::limits::{Admit, KnownDevice, Refusal};
use vestibule::migration::HookFault;
use vestibule::passwords::{Password, Verdict};
use vestibule::sessions::cookie::EndByCookie;
use vestibule::sessions::open::{OpenSession, Opening, session_for};
use vestibule::sessions::{NetworkPrefix, Session};

pub use operations::OPERATIONS;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table, Need::SigningKeys, Need::SymmetricKeys];

/// Answers one request. Storage: one read, with one count for each limit beside it, and one transaction.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body>
where
    S: Admit + FindLogin + OpenSession + EndByCookie + UpgradePassword + Sync,
{
    match route_key(&request).as_deref() {
        Some("POST /sign-in") => page::answer(&app, &request).await,
        _ => match Credentials::parse(&request) {
            Ok(credentials) => answer(&app, &request, credentials).await,
            Err(fault) => unreadable(fault, &request_id(&request), &app.config.issuer),
        },
    }
}

async fn answer<S>(app: &App<S>, request: &Request, credentials: Credentials) -> Response<Body>
where
    S: Admit + FindLogin + OpenSession + EndByCookie + UpgradePassword + Sync,
{
    let id = request_id(request);
    if !may_be_signed_in(app, &credentials, request) {
        return unauthenticated(Failure::CrossSite, app, request);
    }
    let steps = Steps::begin(app.config.answer_step);
    match sign_in(app, credentials, request, &id).await {
        Ok(SignIn::Granted { user, session, response }) => {
            Event::SignedIn { user, session }.record(&id);
            *response
        }
        Ok(SignIn::Refused { user, reason }) => {
            Event::SignInRefused { user, reason }.record(&id);
            steps.end().await;
            Problem::new(ProblemKind::InvalidCredentials, "The name or the password is not right.")
                .respond(&app.config.issuer)
        }
        Ok(SignIn::TooSoon(refusal)) => {
            steps.end().await;
            limited(&refusal, &app.config.issuer, &id)
        }
        Ok(SignIn::NoScope { user }) => {
            Event::SignInRefused { user: Some(user), reason: "no_scope" }.record(&id);
            Problem::new(ProblemKind::InvalidScope, "The account has none of the scopes that were asked for.")
                .respond(&app.config.issuer)
        }
        Err(fault) => failed(&fault, &id, &app.config.issuer),
    }
}

enum SignIn {
    Granted { user: UserId, session: SessionId, response: Box<Response<Body>> },
    Refused { user: Option<UserId>, reason: &'static str },
    TooSoon(Refusal),
    NoScope { user: UserId },
}

/// Another site's page must not sign somebody in as the person it likes, whose session they would then take for their own (login CSRF).
/// Whoever says nothing about a page is no browser, and has no cookie to lose.
fn may_be_signed_in<S>(app: &App<S>, credentials: &Credentials, request: &Request) -> bool {
    match credentials.transport {
        Transport::Tokens => true,
        Transport::Cookie { .. } => presented(request).provenance.page(&app.config.allowed_origins) != Page::Foreign,
    }
}

async fn sign_in<S>(app: &App<S>, credentials: Credentials, request: &Request, id: &str) -> Result<SignIn, Fault>
where
    S: Admit + FindLogin + OpenSession + EndByCookie + UpgradePassword + Sync,
{
    let keys = app.symmetric_keys().await?;
    let (record, known_device) = match look_up(app, &credentials, network(request), keys.mac_keys()).await? {
        Lookup::Admitted { record, device } => (record, device),
        Lookup::TooSoon(refusal) => return Ok(SignIn::TooSoon(refusal)),
    };
    let Some(record) = record else {
        app.hasher.check_nobody(&credentials.password, keys.peppers()).await?;
        return Ok(SignIn::Refused { user: None, reason: "unknown_account" });
    };
    let user = record.user;
    let refused = |reason| Ok(SignIn::Refused { user: Some(user), reason });
    let verdict = match record.password.is_held_elsewhere() {
        true => ask_the_hook(app, &record, &credentials.password, &keys).await?,
        false => app.hasher.check(&credentials.password, &record.password, keys.peppers()).await?,
    };
    let outdated = match verdict {
        Verdict::Wrong => return refused("wrong_password"),
        Verdict::Right { .. } if record.standing != Standing::Active => return refused("disabled"),
        Verdict::Right { outdated } => outdated,
    };
    let Some(scope) = credentials.scope_within(&record.scopes) else { return Ok(SignIn::NoScope { user }) };
    let now = app.clock.now();
    let client = &app.config.client;
    let session =
        session_for(&record, client, scope, credentials.device.clone(), keys.mac_keys(), &app.randomness, now)?;
    let session = Session { network: source(request).map(NetworkPrefix::of), ..session };
    let device = KnownDevice::signed_in(user, record.version, known_device, &app.randomness, now)?;
    let handover = Handover::prepare(app, session, &credentials.transport, now, id).await?;
    match app.store.open(&handover.session, record.version).await? {
        Opening::AccountChanged => return refused("account_changed"),
        Opening::Opened => {}
    }
    if outdated && let Err(fault) = keep_better_hash(app, &record, &credentials.password, keys.peppers()).await {
        Event::HashNotUpgraded { user, fault: &fault }.record(id);
    }
    let session = handover.session.id;
    let device_token = device.seal(keys.mac_keys().active());
    Ok(SignIn::Granted { user, session, response: Box::new(handover.respond(app, device_token, keys.mac_keys(), now)) })
}

/// The account's old system decides, beside the work that every sign-in costs. What it finds right is hashed as any better hash is.
async fn ask_the_hook<S>(
    app: &App<S>,
    record: &LoginRecord,
    password: &Password,
    keys: &SymmetricKeys,
) -> Result<Verdict, Fault> {
    let hook = app.migration_hook.as_ref().ok_or(HookFault::Missing)?;
    let mac_key = keys.mac_keys().active();
    let (verified, spent) = tokio::join!(
        hook.ask(&record.identifiers, password, mac_key, &app.randomness, app.clock.now()),
        app.hasher.check_nobody(password, keys.peppers()),
    );
    spent?;
    Ok(if verified? { Verdict::Right { outdated: true } } else { Verdict::Wrong })
}

/// A hash that could not be upgraded now is upgraded at the next sign-in; this one has succeeded.
async fn keep_better_hash<S: UpgradePassword>(
    app: &App<S>,
    record: &LoginRecord,
    password: &Password,
    peppers: &Peppers,
) -> Result<(), Fault> {
    let hash = app.hasher.hash(password, peppers).await?;
    Ok(app.store.upgrade_password(record, &hash).await?)
}
