//! The form of the sign-in page. A refused one is the page again, with the name that was typed and never the password, and with the status
//! that the API has; for a wrong password, an unknown name and a disabled account it is the same page (promise 5).

use lambda_http::{Body, Request, Response};
use vestibule::accounts::{FindLogin, UpgradePassword};
use vestibule::app::App;
use vestibule::http::{request_id, unreadable};
use vestibule::limits::Admit;
use vestibule::pages::{Brand, Complaint, Continue, SignIn, fields, in_place_of, next, respond, typed};
use vestibule::sessions::cookie::EndByCookie;
use vestibule::sessions::open::OpenSession;

use crate::credentials::Credentials;

pub(super) async fn answer<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: Admit + FindLogin + OpenSession + EndByCookie + UpgradePassword + Sync,
{
    let next = next(request);
    let answer = attempt(app, request, next.clone().unwrap_or_else(Continue::home)).await;
    let Some(complaint) = Complaint::of(&answer) else { return answer };
    let brand = &Brand::of(&app.config);
    let username = &typed(request, "username");
    let providers = &app.config.providers;
    let page = SignIn { brand, providers, username, complaint, said: None, next: next.as_ref() };
    in_place_of(&answer, respond(answer.status(), &page, brand, page.leads()))
}

async fn attempt<S>(app: &App<S>, request: &Request, next: Continue) -> Response<Body>
where
    S: Admit + FindLogin + OpenSession + EndByCookie + UpgradePassword + Sync,
{
    let fields = match fields(app, request) {
        Ok(fields) => fields,
        Err(refusal) => return *refusal,
    };
    match Credentials::of_form(fields, next, request) {
        Ok(credentials) => crate::answer(app, request, credentials).await,
        Err(fault) => unreadable(fault, &request_id(request), &app.config.issuer),
    }
}
