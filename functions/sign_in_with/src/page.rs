//! The page of what opens one's account, and its form that takes an identity away (decision 0023): the same as the API does, in a page.

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::accounts::FindLogin;
use vestibule::accounts::own::FindAccount;
use vestibule::authentication::FindCaller;
use vestibule::federation::accounts::LinkIdentity;
use vestibule::http::{failed, request_id, see_other};
use vestibule::identity::UserId;
use vestibule::mail::Mailer;
use vestibule::moment::Moment;
use vestibule::pages::{Complaint, Identities, Leads, Opener, fields, in_place_of, instead_of, respond, typed};
use vestibule::sessions::end::EndSessions;
use vestibule::storage::StoreError;

use crate::SignInWith;
use crate::identities::{has_password, listed, person, unlinked};

pub(crate) const PAGE: &str = "/account/identities";

pub(crate) async fn show<S, M>(world: &SignInWith<S, M>, request: &Request) -> Response<Body>
where
    S: FindCaller + FindAccount + FindLogin + LinkIdentity,
{
    match person(world, request).await {
        Ok((user, ..)) => shown(world, request, user, StatusCode::OK, Complaint::default()).await,
        Err(refusal) => instead_of(PAGE, &refusal, &world.brand),
    }
}

/// Takes one away and shows what is left, or why it stays. Whoever signed in too long ago signs in again and comes back.
pub(crate) async fn unlink<S, M>(world: &SignInWith<S, M>, request: &Request) -> Response<Body>
where
    S: FindCaller + FindAccount + FindLogin + LinkIdentity + EndSessions,
    M: Mailer,
{
    let (user, ..) = match person(world, request).await {
        Ok(person) => person,
        Err(refusal) => return instead_of(PAGE, &refusal, &world.brand),
    };
    if let Err(refusal) = fields(&world.app, request) {
        return instead_of(PAGE, &refusal, &world.brand);
    }
    let answer = unlinked(world, request, typed(request, "unlink").parse().ok()).await;
    match (answer.status(), Complaint::of(&answer)) {
        (StatusCode::NOT_FOUND | StatusCode::CONFLICT, Some(complaint)) => {
            in_place_of(&answer, shown(world, request, user, answer.status(), complaint).await)
        }
        (_, Some(_)) => instead_of(PAGE, &answer, &world.brand),
        (_, None) => see_other(&format!("{}{PAGE}", world.brand.base)),
    }
}

async fn shown<S, M>(
    world: &SignInWith<S, M>,
    request: &Request,
    user: UserId,
    status: StatusCode,
    complaint: Complaint,
) -> Response<Body>
where
    S: FindAccount + FindLogin + LinkIdentity,
{
    let (identities, password) = match seen(world, user).await {
        Ok(seen) => seen,
        Err(fault) => {
            return instead_of(PAGE, &failed(&fault, &request_id(request), &world.app.config.issuer), &world.brand);
        }
    };
    let page =
        Identities { brand: &world.brand, identities, password, providers: &world.app.config.providers, complaint };
    // A browser holds the provider that we send it to against the form that was sent.
    respond(status, &page, &world.brand, Leads::Anywhere)
}

async fn seen<S, M>(world: &SignInWith<S, M>, user: UserId) -> Result<(Vec<Opener>, bool), StoreError>
where
    S: FindAccount + FindLogin + LinkIdentity,
{
    let identities = listed(world, user).await?;
    let password = match world.app.store.find_account(user).await? {
        Some(account) => has_password(&world.app.store, &account).await?,
        None => false,
    };
    let opener = |identity: vestibule::federation::accounts::LinkedIdentity| Opener {
        id: identity.key.to_string(),
        label: world.label(&identity.provider),
        email: identity.email,
        since: Moment::day(identity.linked_at),
    };
    Ok((identities.into_iter().map(opener).collect(), password))
}
