//! The page of whom somebody has let in, and its form (decision 0023): the same as the API does, in a page.

use std::collections::BTreeMap;

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::authentication::FindCaller;
use vestibule::clock::Timestamp;
use vestibule::http::{failed, request_id};
use vestibule::identity::UserId;
use vestibule::moment::Moment;
use vestibule::oauth::consents::{Consent, ListConsents, WithdrawConsent};
use vestibule::pages::{
    Allowed, Brand, Complaint, Consents, Leads, LetIn, fields, instead_of, respond, see_other, typed,
};
use vestibule::scope::Scopes;

use crate::consents::{Taken, latest_first, withdrawn};
use crate::owner;

const PAGE: &str = "/account/consents";

pub(crate) async fn show<S: FindCaller + ListConsents>(app: &App<S>, request: &Request) -> Response<Body> {
    match owner(app, request).await {
        Ok(owner) => listed(app, request, owner.user, StatusCode::OK, Complaint::default()).await,
        Err(refusal) => instead_of(PAGE, &refusal, &Brand::of(&app.config)),
    }
}

/// Takes one back and shows what is left.
pub(crate) async fn withdraw<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: FindCaller + ListConsents + WithdrawConsent,
{
    let brand = &Brand::of(&app.config);
    let owner = match owner(app, request).await {
        Ok(owner) => owner,
        Err(refusal) => return instead_of(PAGE, &refusal, brand),
    };
    let client = match fields(app, request) {
        Ok(_) => typed(request, "withdraw"),
        Err(refusal) => return instead_of(PAGE, &refusal, brand),
    };
    match withdrawn(app, request, owner.user, &client).await {
        Ok(Taken::Something) => see_other(&format!("{}{PAGE}", brand.base)),
        Ok(Taken::Nothing) => {
            let gone = Complaint::general("You have not let this app in, or have taken it back already.");
            listed(app, request, owner.user, StatusCode::NOT_FOUND, gone).await
        }
        Err(fault) => instead_of(PAGE, &failed(&fault, &request_id(request), &app.config.issuer), brand),
    }
}

async fn listed<S: ListConsents>(
    app: &App<S>,
    request: &Request,
    user: UserId,
    status: StatusCode,
    complaint: Complaint,
) -> Response<Body> {
    let brand = &Brand::of(&app.config);
    match latest_first(app, user).await {
        Ok(consents) => {
            let now = app.clock.now();
            let clients = consents.into_iter().map(|consent| let_in(consent, &app.config.audience, now)).collect();
            respond(status, &Consents { brand, clients, complaint }, brand, Leads::Home)
        }
        Err(fault) => instead_of(PAGE, &failed(&fault, &request_id(request), &app.config.issuer), brand),
    }
}

fn let_in(consent: Consent, ours: &str, now: Timestamp) -> LetIn {
    let mut places = BTreeMap::<String, Vec<String>>::new();
    for permission in consent.permissions {
        places.entry(permission.audience).or_default().push(permission.scope.to_string());
    }
    let allowed = places.into_iter().map(|(audience, scopes)| Allowed {
        audience: (audience != ours).then_some(audience),
        // Each is one already, and there are no more than were agreed to.
        scope: Scopes::parse(&scopes.join(" ")).unwrap_or_default(),
    });
    LetIn {
        id: consent.client.to_string(),
        name: consent.client_name,
        allowed: allowed.collect(),
        since: Moment::ago(consent.agreed_at, now),
    }
}
