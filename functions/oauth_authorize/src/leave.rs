//! `/oauth/logout`: a client brings a person who wants to leave (OpenID Connect RP-Initiated Logout §2).
//!
//! Whoever comes with an ID token of the person who is signed in leaves at once; anybody else is asked, or any page could sign people
//! out. The browser goes back only to an address that the client has registered for that; whoever comes from anywhere else, or from a
//! client that is no more, can leave all the same, and goes nowhere then.

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::cookie;
use vestibule::fault::Fault;
use vestibule::http::{clear_cookie, presented, request_id, see_other};
use vestibule::identity::UserId;
use vestibule::keys::ReadPublicKeys;
use vestibule::oauth::clients::{Client, ReadClient, Target};
use vestibule::pages::{Brand, Leads, Leaving, Link, Notice, Tone, respond};
use vestibule::sessions::Ending;
use vestibule::sessions::cookie::{EndByCookie, SessionCookie};
use vestibule::sessions::end::Ended;
use vestibule::tokens::VerifyError;

use crate::client::find;
use crate::parameters::Parameters;
use crate::person;
use crate::refused::{self, Refused};

/// What goes round by way of the page that asks.
const PARAMETERS: [&str; 3] = [CLIENT, "post_logout_redirect_uri", "state"];
const CLIENT: &str = "client_id";

/// A client asks. Storage: the client, if it is named, and one write if somebody leaves.
pub(crate) async fn asked<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: ReadClient + ReadPublicKeys + EndByCookie + Sync,
{
    if person::is_scripted(request) {
        return refused::page(app, request, &Refused::Script);
    }
    let sent = Parameters::of_query(request);
    let wish = match Wish::parse(app, request, &sent).await {
        Ok(wish) => wish,
        Err(refused) => return refused::page(app, request, &refused),
    };
    match browser(request) {
        Some(cookie) if wish.meant != Some(cookie.user) => ask(app, &wish, &cookie),
        cookie => leave(app, request, &wish, cookie.as_ref()).await,
    }
}

/// The person has said yes, on a page of ours.
pub(crate) async fn confirmed<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: ReadClient + ReadPublicKeys + EndByCookie + Sync,
{
    let sent = match Parameters::of_form(request) {
        Ok(sent) => sent,
        Err(fault) => return refused::page(app, request, &Refused::Unreadable(fault)),
    };
    if !person::has_sent(app, request, &sent) {
        return refused::page(app, request, &Refused::Forged);
    }
    match Wish::parse(app, request, &sent).await {
        Ok(wish) => leave(app, request, &wish, browser(request).as_ref()).await,
        Err(refused) => refused::page(app, request, &refused),
    }
}

/// What the client wants.
struct Wish {
    client: Option<Client>,
    /// Whose ID token it has.
    meant: Option<UserId>,
    /// Where the browser goes then.
    target: Option<Target>,
    state: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Wish {
    async fn parse<S>(app: &App<S>, request: &Request, sent: &Parameters) -> Result<Self, Refused>
    where
        S: ReadClient + ReadPublicKeys,
    {
        sent.each_once().map_err(|_| Refused::Ambiguous)?;
        let one = |name| sent.one(name).map_err(|_| Refused::Ambiguous);
        let (client_id, uri, state) = (one("client_id")?, one("post_logout_redirect_uri")?, one("state")?);
        let hint = match one("id_token_hint")? {
            None => None,
            Some(hint) => match app.verifier.id_token_hint(hint.as_bytes(), &app.store).await {
                Ok(hint) => Some(hint),
                // It proves nothing, so that the person is asked.
                Err(VerifyError::Refused(_)) => None,
                Err(VerifyError::KeysUnavailable(fault)) => return Err(Refused::Unavailable(Fault::from(fault))),
            },
        };
        let hinted = hint.as_ref().map(|hint| hint.client_id.as_str());
        if client_id.zip(hinted).is_some_and(|(named, hinted)| named != hinted) {
            return Err(Refused::TwoClients);
        }
        let client = match client_id.or(hinted) {
            None => None,
            Some(id) => match find(app, Some(id)).await {
                Ok(client) => Some(client),
                Err(refused @ Refused::Unavailable(_)) => return Err(refused),
                // A client that was disabled keeps nobody signed in on a computer that others use, too.
                Err(refused) => {
                    refused::note(request, &refused);
                    None
                }
            },
        };
        let target = uri.and_then(|uri| client.as_ref().and_then(|client| client.post_logout_target(uri)));
        if uri.is_some() && target.is_none() && client.is_some() {
            refused::note(request, &Refused::UnregisteredUri);
        }
        // What leads nowhere is not carried on, nor said again.
        let mut parameters = if target.is_some() { sent.among(&PARAMETERS) } else { Vec::new() };
        if let Some(client) = &client {
            parameters.retain(|(name, _)| name != CLIENT);
            parameters.push((CLIENT.to_owned(), client.id.to_string()));
        }
        Ok(Self { meant: hint.map(|hint| hint.user), target, state: state.map(str::to_owned), client, parameters })
    }
}

/// The cookie of the browser. One that is none of ours holds no session to leave.
fn browser(request: &Request) -> Option<SessionCookie> {
    cookie::presented(&presented(request).cookies).ok().flatten()
}

fn ask<S>(app: &App<S>, wish: &Wish, cookie: &SessionCookie) -> Response<Body> {
    let (brand, csrf_token) = (Brand::of(&app.config), cookie.csrf_token());
    let page = Leaving {
        brand: &brand,
        client: wish.client.as_ref().map(|client| client.name.as_str()),
        parameters: &wish.parameters,
        csrf_token: csrf_token.expose(),
    };
    let leads = if wish.target.is_some() { Leads::Anywhere } else { Leads::Home };
    respond(StatusCode::OK, &page, &brand, leads)
}

/// Whoever is out already is told the same.
async fn leave<S: EndByCookie>(
    app: &App<S>,
    request: &Request,
    wish: &Wish,
    cookie: Option<&SessionCookie>,
) -> Response<Body> {
    if let Some(cookie) = cookie {
        let (user, session, id) = (Some(cookie.user), Some(cookie.session), request_id(request));
        match app.store.end_by_cookie(cookie, Ending::SignedOut, app.clock.now()).await {
            Ok(Ended::Now) => Event::SessionEnded { user, session, cause: Ending::SignedOut }.record(&id),
            Ok(Ended::Already) => {
                Event::NothingToRevoke { user, session, reason: "no_live_session" }.record(&id);
            }
            Err(fault) => return refused::page(app, request, &Refused::Unavailable(fault.into())),
        }
    }
    let mut response = match &wish.target {
        Some(target) => match wish.state.as_deref() {
            Some(state) => see_other(&target.with([("state", state)])),
            None => see_other(target.as_str()),
        },
        None => signed_out(app),
    };
    clear_cookie(&mut response);
    response
}

fn signed_out<S>(app: &App<S>) -> Response<Body> {
    let brand = Brand::of(&app.config);
    let next = Some(Link { path: "/sign-in", label: "Sign in" });
    let lines = vec!["Nobody is signed in in this browser any more.".to_owned()];
    let page = Notice { brand: &brand, title: "You are signed out", lines, tone: Tone::Calm, next };
    respond(StatusCode::OK, &page, &brand, Leads::Home)
}
