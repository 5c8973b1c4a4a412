//! `GET /sign-in/with/{provider}` sends the browser to the provider; `POST` does so to link an identity there to the account that is
//! signed in to.
//!
//! What links is a POST of a page of ours by somebody who has signed in a moment ago: an identity that another site's page could link
//! would be a door for whoever signed the browser in there (login CSRF, RFC 6749 §10.12).

use lambda_http::{Body, Request, Response};
use vestibule::accounts::own::FindAccount;
use vestibule::authentication::FindCaller;
use vestibule::federation::{Attempt, Goal, RelyingParty};
use vestibule::http::{BodyError, Fields, caller, form, give_attempt, network, query, see_other, within};
use vestibule::limits::{Admit, Class, Key};
use vestibule::pages::Continue;
use vestibule::sessions::is_recent;

use crate::SignInWith;
use crate::answer::{self, Answered, Refusal};
use crate::page::PAGE;
use crate::session::account_of;

pub(crate) async fn sign_in<S: Admit + Sync, M>(world: &SignInWith<S, M>, request: &Request) -> Response<Body> {
    let asked = || {
        let party = world.party(request)?;
        Ok((party, next(query(request)?)?.unwrap_or_else(Continue::home)))
    };
    match asked() {
        Ok((party, next)) => {
            let outcome = sent(world, request, party, Goal::SignIn, &next).await;
            answer::page(world, request, Some(&next), outcome)
        }
        Err(refusal) => answer::page(world, request, None, Err(refusal)),
    }
}

pub(crate) async fn link<S: Admit + FindCaller + FindAccount + Sync, M>(
    world: &SignInWith<S, M>,
    request: &Request,
) -> Result<Answered, Refusal> {
    let party = world.party(request)?;
    let principal = caller(&world.app, request).await?;
    let (user, session) = principal.person().ok_or(Refusal::NoPerson)?;
    let next = next(form(request)?)?.unwrap_or_else(identities);
    if !is_recent(principal.auth_time, world.app.clock.now()) {
        return Err(Refusal::SignInAgain);
    }
    let version = account_of(&world.app, party, user).await?.version;
    sent(world, request, party, Goal::Link { user, session, version }, &next).await
}

/// Where somebody sees what signs in to their account.
pub(crate) fn identities() -> Continue {
    PAGE.parse().unwrap_or_else(|_| Continue::home())
}

async fn sent<S: Admit + Sync, M>(
    world: &SignInWith<S, M>,
    request: &Request,
    party: &RelyingParty,
    goal: Goal,
    next: &Continue,
) -> Result<Answered, Refusal> {
    let app = &world.app;
    within(app, request, &[Key::network(Class::ProviderNetwork, network(request))]).await?;
    let keys = app.symmetric_keys().await?;
    let id = party.provider().id.clone();
    let attempt = Attempt::begin(id, goal, next.as_str().to_owned(), &app.randomness, app.clock.now())?;
    let address = party.authorization_url(&attempt, &world.redirect_uri(party), &world.parties.outbound).await;
    let address = address.map_err(|rejection| Refusal::of(rejection, party.provider()))?;
    let mut response: Response<Body> = see_other(&address);
    give_attempt(&mut response, &attempt, keys.mac_keys());
    Ok(Answered::Sent { provider: party.provider().id.clone(), response: Box::new(response) })
}

/// Where the person goes on to, if the request says so. What leads elsewhere is refused: it was not our page that wrote it.
fn next(mut fields: Fields) -> Result<Option<Continue>, BodyError> {
    let invalid = |fault: &str| BodyError::Invalid { name: "continue", fault: fault.to_owned() };
    let Some(next) = fields.parameter("continue")? else { return Ok(None) };
    next.expose().parse().map(Some).map_err(|_| invalid("leads to no page of ours, or is too long"))
}
