//! The page of devices, its forms, and the button that signs out (decision 0023): the same as the API does, in a page.

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::FindCaller;
use vestibule::clock::Timestamp;
use vestibule::fault::Fault;
use vestibule::http::{failed, request_id};
use vestibule::identity::SessionId;
use vestibule::moment::Moment;
use vestibule::pages::{
    Brand, Complaint, Devices, Leads, SignedIn, fields, in_place_of, instead_of, nobody_is_signed_in, respond,
    see_other, typed,
};
use vestibule::sessions::cookie::EndByCookie;
use vestibule::sessions::end::{EndSession, EndSessions, Ended, ListSessions};
use vestibule::sessions::{Ending, Session};

use crate::list::{client, live};
use crate::logout::logout;
use crate::{Owner, owner};

const PAGE: &str = "/account/devices";

pub(crate) async fn show<S: FindCaller + ListSessions>(app: &App<S>, request: &Request) -> Response<Body> {
    let brand = &Brand::of(&app.config);
    match owner(app, request).await {
        Ok(owner) => listed(app, request, owner, StatusCode::OK, Complaint::default()).await,
        Err(refusal) => instead_of(PAGE, &refusal, brand),
    }
}

/// Ends one session, or all the others, and shows what is left.
pub(crate) async fn end<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: FindCaller + ListSessions + EndSession + EndSessions,
{
    let brand = &Brand::of(&app.config);
    let owner = match owner(app, request).await {
        Ok(owner) => owner,
        Err(refusal) => return instead_of(PAGE, &refusal, brand),
    };
    let wish = match fields(app, request) {
        Ok(_) => typed(request, "end"),
        Err(refusal) => return instead_of(PAGE, &refusal, brand),
    };
    match ended(app, request, owner, &wish).await {
        Ok(true) => see_other(&format!("{}{PAGE}", brand.base)),
        Ok(false) => {
            let gone = Complaint::general("This device was signed out already.");
            listed(app, request, owner, StatusCode::NOT_FOUND, gone).await
        }
        Err(fault) => instead_of(PAGE, &failed(&fault, &request_id(request), &app.config.issuer), brand),
    }
}

/// Whether there was anything to end.
async fn ended<S>(app: &App<S>, request: &Request, owner: Owner, wish: &str) -> Result<bool, Fault>
where
    S: EndSession + EndSessions,
{
    let (user, now, cause, id) = (owner.user, app.clock.now(), Ending::Revoked, request_id(request));
    if wish == "others" {
        if let Some(fault) = app.store.end_others(user, owner.session, cause, now).await.failed {
            return Err(fault.into());
        }
        Event::SessionsEnded { user, cause }.record(&id);
        return Ok(true);
    }
    let session = wish.parse::<SessionId>().ok();
    let outcome = match session {
        Some(session) => app.store.end(user, session, cause, now).await?,
        None => Ended::Already,
    };
    match outcome {
        Ended::Now => Event::SessionEnded { user: Some(user), session, cause }.record(&id),
        Ended::Already => {
            Event::NothingToRevoke { user: Some(user), session, reason: "no_live_session" }.record(&id);
        }
    }
    Ok(outcome == Ended::Now)
}

/// Ends the session and says goodbye, also to whoever is out already. A page of another site cannot press the button.
pub(crate) async fn sign_out<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: FindCaller + EndSession + EndByCookie + Sync,
{
    let brand = &Brand::of(&app.config);
    let answer = logout(app, request).await;
    match Complaint::of(&answer) {
        Some(_) if !nobody_is_signed_in(&answer) => instead_of(PAGE, &answer, brand),
        Some(_) | None => in_place_of(&answer, see_other(&format!("{}/signed-out", brand.base))),
    }
}

async fn listed<S: ListSessions>(
    app: &App<S>,
    request: &Request,
    owner: Owner,
    status: StatusCode,
    complaint: Complaint,
) -> Response<Body> {
    let brand = &Brand::of(&app.config);
    match live(app, owner).await {
        Ok(live) => {
            let now = app.clock.now();
            let devices = live.into_iter().map(|session| device(app, session, owner.session, now)).collect();
            respond(status, &Devices { brand, devices, complaint }, brand, Leads::Home)
        }
        Err(fault) => instead_of(PAGE, &failed(&fault, &request_id(request), &app.config.issuer), brand),
    }
}

fn device<S>(app: &App<S>, session: Session, current: SessionId, now: Timestamp) -> SignedIn {
    // The name that it has in the protocol is the one that its owners cannot change into another's.
    let nameless = || match client(app, &session) {
        Some(client) => format!("The app {client}"),
        None => "A device without a name".to_owned(),
    };
    SignedIn {
        id: session.id.to_string(),
        device: session.device.as_ref().map_or_else(nameless, |device| device.as_str().to_owned()),
        network: session.network.map(|network| network.to_string()),
        since: Moment::ago(session.auth_time, now),
        seen: Moment::ago(session.rotated_at, now),
        current: session.id == current,
    }
}
