//! The pages that can be made of nothing: forms before anybody has filled them in, and a farewell (decision 0023).
//!
//! They lead to the functions that have the right to do what the form asks. This one has no right to anything, and what an address says is
//! shown as text or not at all.

mod operations;

use std::sync::Arc;

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::config::Need;
use vestibule::http::route_key;
use vestibule::pages::{
    Ask, Brand, Choose, Complaint, Continue, Leads, Link, NewAddress, Notice, Said, SignIn, Tone, Wish, asked, respond,
};

pub use operations::OPERATIONS;

/// It touches nothing.
pub const NEEDS: &[Need] = &[];

/// Answers one request.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body> {
    let brand = &Brand::of(&app.config);
    match route_key(&request).as_deref() {
        Some("GET /sign-in") => sign_in(&app, &request, brand),
        Some("GET /register") => ask(Wish::Account, &request, brand),
        Some("GET /forgot") => ask(Wish::Password, &request, brand),
        Some("GET /verify") => choose(Wish::Account, &request, brand),
        Some("GET /reset") => choose(Wish::Password, &request, brand),
        Some("GET /account/email") => {
            let token = &asked(&request, "token");
            shown(&NewAddress { brand, token, complaint: Complaint::default() }, brand)
        }
        Some("GET /signed-out") => shown(&signed_out(brand), brand),
        _ => nothing(brand),
    }
}

fn sign_in<S>(app: &App<S>, request: &Request, brand: &Brand) -> Response<Body> {
    let next = on_the_way_to(request);
    // Whom a client thinks they are (OpenID Connect Core §3.1.2.1).
    let hint = next.as_ref().and_then(|next| next.parameter("login_hint")).unwrap_or_default();
    let page = SignIn {
        brand,
        providers: &app.config.providers,
        username: &hint,
        complaint: Complaint::default(),
        said: Said::named(&asked(request, "said")),
        next: next.as_ref(),
    };
    respond(StatusCode::OK, &page, brand, page.leads())
}

fn ask(wish: Wish, request: &Request, brand: &Brand) -> Response<Body> {
    let next = on_the_way_to(request);
    shown(&Ask { brand, wish, email: "", complaint: Complaint::default(), next: next.as_ref() }, brand)
}

fn on_the_way_to(request: &Request) -> Option<Continue> {
    asked(request, "continue").parse().ok()
}

fn choose(wish: Wish, request: &Request, brand: &Brand) -> Response<Body> {
    let token = &asked(request, "token");
    shown(&Choose { brand, wish, token, username: "", complaint: Complaint::default() }, brand)
}

fn signed_out(brand: &Brand) -> Notice<'_> {
    Notice {
        brand,
        title: "You are signed out",
        lines: vec!["This browser has forgotten you. On other devices nothing has changed.".to_owned()],
        tone: Tone::Calm,
        next: Some(Link { path: "/sign-in", label: "Sign in again" }),
    }
}

fn nothing(brand: &Brand) -> Response<Body> {
    let lines = vec!["There is no such page.".to_owned()];
    let next = Some(Link { path: "/sign-in", label: "Go to the sign-in" });
    let notice = Notice { brand, title: "Nothing here", lines, tone: Tone::Wrong, next };
    respond(StatusCode::NOT_FOUND, &notice, brand, Leads::Home)
}

fn shown(page: &impl vestibule::pages::Template, brand: &Brand) -> Response<Body> {
    respond(StatusCode::OK, page, brand, Leads::Home)
}
