//! `GET /sign-in/with/{provider}/callback`: the browser comes back, and we ask the provider who it is.
//!
//! Only an answer to this browser counts, and only once: first the cookie and the state, then the mark that it was used, and only then
//! the code. Apple's POST of a form is sent on as a GET of the same: a browser then sends the cookie along, which it keeps from what
//! another site posts.

use std::sync::Arc;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use vestibule::accounts::own::FindAccount;
use vestibule::app::App;
use vestibule::authentication::FindCaller;
use vestibule::federation::accounts::{
    Arrival, FindIdentity, LinkIdentity, LinkedIdentity, RegisterByIdentity, RegisteredBy, UseAttempt, arrival,
};
use vestibule::federation::{Attempt, Callback, Goal, Known, ProviderFault, RelyingParty, ToldAddress};
use vestibule::http::{Fields, clear_attempt, form, presented, presented_attempt, query, see_other};
use vestibule::identity::UserId;
use vestibule::keys::{MacKeys, SymmetricKeys};
use vestibule::mail::Mailer;
use vestibule::secret::Secret;
use vestibule::sessions::cookie::EndByCookie;
use vestibule::sessions::open::OpenSession;

use crate::SignInWith;
use crate::answer::{self, Answered, Refusal};
use crate::session::{account_of, goes_on_to, link, new_account, open};

/// All calls to the provider together: what is left of a request is for storage, and for saying so.
const PATIENCE: Duration = Duration::from_secs(6);
/// API Gateway sends headers of 10,240 bytes together.
const MAX_LOCATION_BYTES: usize = 8 * 1024;

/// What comes back with the browser.
struct Answer {
    state: Option<Secret<String>>,
    code: Option<Secret<String>>,
    iss: Option<Secret<String>>,
    error: Option<Secret<String>>,
}

impl Answer {
    fn read(mut fields: Fields) -> Result<Self, Refusal> {
        Ok(Self {
            state: fields.parameter("state")?,
            code: fields.parameter("code")?,
            iss: fields.parameter("iss")?,
            error: fields.parameter("error")?,
        })
    }

    fn encoded(&self) -> Secret<String> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let Self { state, code, iss, error } = self;
        for (name, value) in [("state", state), ("code", code), ("iss", iss), ("error", error)] {
            if let Some(value) = value {
                query.append_pair(name, value.expose());
            }
        }
        Secret::new(query.finish())
    }
}

pub(crate) fn posted<S, M>(world: &SignInWith<S, M>, request: &Request) -> Result<Answered, Refusal> {
    let party = world.party(request)?;
    let query = Answer::read(form(request)?)?.encoded();
    let id = &party.provider().id;
    let location = Secret::new(format!("{}/sign-in/with/{id}/callback?{}", world.brand.base, query.expose()));
    if location.expose().len() > MAX_LOCATION_BYTES {
        return Err(Refusal::NotThisBrowser { provider: id.clone(), reason: "answer_too_long" });
    }
    Ok(Answered::SentOn { response: Box::new(see_other(location.expose())) })
}

/// The browser forgets the attempt that this is the answer to, whatever becomes of it. What is no answer to it leaves it alone: any site
/// may send a browser here.
pub(crate) async fn came_back<S, M>(world: &SignInWith<S, M>, request: &Request) -> Response<Body>
where
    S: FindCaller + FindAccount + OpenSession + EndByCookie,
    S: UseAttempt + FindIdentity + RegisterByIdentity + LinkIdentity + Sync,
    M: Mailer,
{
    let (party, answer, keys, attempt) = match begun(world, request).await {
        Ok(begun) => begun,
        Err(refusal) => return answer::page(world, request, None, Err(refusal)),
    };
    let outcome = arrived(world, request, party, answer, keys.mac_keys(), &attempt).await;
    let mut response = answer::page(world, request, Some(&goes_on_to(&attempt)), outcome);
    clear_attempt(&mut response);
    response
}

/// The attempt of this browser that the request is the answer to.
async fn begun<'w, S, M>(
    world: &'w SignInWith<S, M>,
    request: &Request,
) -> Result<(&'w RelyingParty, Answer, Arc<SymmetricKeys>, Attempt), Refusal> {
    let party = world.party(request)?;
    let answer = Answer::read(query(request)?)?;
    let keys = world.app.symmetric_keys().await?;
    let attempt = own(&world.app, request, party, &answer, keys.mac_keys())?;
    Ok((party, answer, keys, attempt))
}

async fn arrived<S, M>(
    world: &SignInWith<S, M>,
    request: &Request,
    party: &RelyingParty,
    answer: Answer,
    keys: &MacKeys,
    attempt: &Attempt,
) -> Result<Answered, Refusal>
where
    S: FindCaller + FindAccount + OpenSession + EndByCookie,
    S: UseAttempt + FindIdentity + RegisterByIdentity + LinkIdentity + Sync,
    M: Mailer,
{
    let app = &world.app;
    if !app.store.use_attempt(&attempt.used(), attempt.expires_at()).await? {
        return Err(not_this(party, "attempt_used"));
    }
    let known = tokio::time::timeout(PATIENCE, known(world, party, answer, attempt)).await;
    let (known, owner, told) = known.unwrap_or(Err(Refusal::from(ProviderFault::Late)))?;
    let identity = |told: Option<ToldAddress>| LinkedIdentity {
        key: known.identity.key(),
        provider: party.provider().id.clone(),
        email: told.and_then(ToldAddress::shown),
        linked_at: app.clock.now(),
    };
    let mailbox = told.as_ref().and_then(ToldAddress::mailbox);
    match arrival(attempt.goal, owner, mailbox) {
        Arrival::SignIn(user) => {
            let account = account_of(app, party, user).await?;
            // Taking an identity away raises the account's version with it: who did so before the account was read took it away
            // before this, and who does so from here on has `open` refuse.
            if app.store.find_identity(&known.identity.key()).await? != Some(user) {
                return Err(Refusal::AccountChanged { provider: party.provider().clone(), user });
            }
            open(world, request, party, attempt, &account, false, keys).await
        }
        Arrival::Register(email) => {
            let account = new_account(app, email)?;
            let identity = identity(told);
            match app.store.register_by_identity(&account, &identity).await? {
                RegisteredBy::Done => open(world, request, party, attempt, &account, true, keys).await,
                RegisteredBy::Taken(_) => Err(Refusal::Taken(party.provider().clone())),
                // They came back in two windows at once.
                RegisteredBy::IdentityKnown => Err(not_this(party, "registered_meanwhile")),
            }
        }
        Arrival::NoMailbox => Err(Refusal::NoMailbox(party.provider().clone())),
        Arrival::Link(user, version) => {
            still_here(app, request, party, attempt).await?;
            link(world, request, party, attempt, (user, version), &identity(told)).await
        }
        Arrival::LinkedBefore(user) => {
            still_here(app, request, party, attempt).await?;
            Ok(Answered::Linked { user, anew: false, response: Box::new(see_other(&world.next(attempt))) })
        }
        Arrival::AnothersIdentity => Err(Refusal::AnothersIdentity(party.provider().clone())),
    }
}

fn not_this(party: &RelyingParty, reason: &'static str) -> Refusal {
    Refusal::NotThisBrowser { provider: party.provider().id.clone(), reason }
}

/// The attempt that this is the answer to, begun in this browser, for this provider.
fn own<S>(
    app: &App<S>,
    request: &Request,
    party: &RelyingParty,
    answer: &Answer,
    keys: &MacKeys,
) -> Result<Attempt, Refusal> {
    let attempt = presented_attempt(&presented(request).cookies, keys, app.clock.now());
    let attempt = attempt.ok_or_else(|| not_this(party, "no_attempt"))?;
    if attempt.provider != party.provider().id {
        return Err(not_this(party, "attempt_at_another_provider"));
    }
    let same = answer.state.as_ref().is_some_and(|state| attempt.state().matches(state.expose().as_bytes()));
    if same { Ok(attempt) } else { Err(not_this(party, "state_wrong")) }
}

/// Who it is, which account they open, and what the provider says of their address, where that matters.
async fn known<S: FindIdentity + Sync, M>(
    world: &SignInWith<S, M>,
    party: &RelyingParty,
    answer: Answer,
    attempt: &Attempt,
) -> Result<(Known, Option<UserId>, Option<ToldAddress>), Refusal> {
    let rejected = |reason| Refusal::Rejected { provider: party.provider().clone(), reason };
    let code = match (answer.code, answer.error.as_ref().map(|error| error.expose().as_str())) {
        (Some(code), None) => code,
        (_, Some("access_denied" | "user_cancelled_authorize")) => {
            return Err(Refusal::Declined(party.provider().clone()));
        }
        (_, Some("server_error" | "temporarily_unavailable")) => {
            return Err(ProviderFault::Malformed("an error that passes").into());
        }
        (_, Some(_)) => return Err(rejected("provider_error")),
        (None, None) => return Err(rejected("code_missing")),
    };
    let outbound = &world.parties.outbound;
    let secret = world.parties.secret(party.provider(), world.app.provider_secrets()).await?;
    let callback = Callback { code, iss: answer.iss.map(|iss| iss.expose().clone()) };
    let known = party.known(&callback, attempt, &world.redirect_uri(party), &secret, outbound).await;
    let known = known.map_err(|rejection| Refusal::of(rejection, party.provider()))?;
    let owner = world.app.store.find_identity(&known.identity.key()).await?;
    let told = match owner {
        Some(_) => None,
        None => party.told_address(&known, outbound).await?,
    };
    Ok((known, owner, told))
}

/// Whoever asked for the link is still signed in, and nobody else is in this browser.
async fn still_here<S: FindCaller>(
    app: &App<S>,
    request: &Request,
    party: &RelyingParty,
    attempt: &Attempt,
) -> Result<(), Refusal> {
    let Goal::Link { user, session, .. } = attempt.goal else { return Ok(()) };
    let held = vestibule::authentication::cookie::presented(&presented(request).cookies);
    let same = match held {
        Ok(held) => held.is_none_or(|held| held.user == user && held.session == session),
        Err(_) => false,
    };
    if same && app.store.is_live(user, session, app.clock.now()).await? {
        Ok(())
    } else {
        Err(not_this(party, "signed_out_meanwhile"))
    }
}
