//! What a person sees where nobody can be told: a page, and no way on (RFC 6749 §4.1.2.1).

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::fault::Fault;
use vestibule::http::{BodyError, request_id};
use vestibule::pages::{Brand, Leads, Notice, Tone, respond};

/// Why somebody goes nowhere.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The request cannot be read.
    Unreadable(BodyError),
    /// A parameter that says who asks, or where the answer goes, stands twice or cannot be read.
    Ambiguous,
    /// A script asks, which nobody sees.
    Script,
    /// There is no such client, or none that may ask.
    UnknownClient(&'static str),
    /// The answer would go to an address that is not registered.
    UnregisteredUri,
    /// Two parameters name two clients.
    TwoClients,
    /// A form that no page of ours has sent.
    Forged,
    /// A dependency did not answer, and it is not known whom to tell.
    Unavailable(Fault),
}

/// The page. It is logged, with nothing that the request made up.
pub(crate) fn page<S>(app: &App<S>, request: &Request, refused: &Refused) -> Response<Body> {
    note(request, refused);
    let (status, title, line) = refused.words();
    let brand = Brand::of(&app.config);
    let notice = Notice { brand: &brand, title, lines: vec![line.to_owned()], tone: Tone::Wrong, next: None };
    let mut response = respond(status, &notice, &brand, Leads::Home);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// Logs why.
pub(crate) fn note(request: &Request, refused: &Refused) {
    let id = request_id(request);
    match refused {
        Refused::Unreadable(fault) => Event::BadRequest { fault: &fault.logged() }.record(&id),
        Refused::Ambiguous => Event::BadRequest { fault: &"a parameter stands twice or cannot be read" }.record(&id),
        Refused::Script => Event::BadRequest { fault: &"a script asks, and no navigation" }.record(&id),
        Refused::UnknownClient(reason) => Event::ClientRefused { client: None, reason }.record(&id),
        Refused::UnregisteredUri => Event::ClientRefused { client: None, reason: "unregistered_uri" }.record(&id),
        Refused::TwoClients => Event::ClientRefused { client: None, reason: "two_clients" }.record(&id),
        Refused::Forged => Event::Unauthenticated { reason: "cross_site" }.record(&id),
        Refused::Unavailable(fault) => Event::Failed { fault }.record(&id),
    }
}

impl Refused {
    /// A person can do little about most of it but tell the people of the app.
    const fn words(&self) -> (StatusCode, &'static str, &'static str) {
        const APP: &str = "The app cannot sign you in";
        match self {
            Self::Unreadable(BodyError::TooLarge { .. }) => {
                (StatusCode::PAYLOAD_TOO_LARGE, APP, "Its request is too long. Tell the people who make it.")
            }
            Self::Unreadable(BodyError::MediaType { .. }) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, APP, "Its request is no form. Tell the people who make it.")
            }
            Self::Unreadable(_) | Self::Ambiguous => (
                StatusCode::BAD_REQUEST,
                APP,
                "It has sent a request that cannot be read. Tell the people who make it.",
            ),
            Self::Script => (StatusCode::BAD_REQUEST, APP, "This page is for people, and not for scripts."),
            Self::UnknownClient(_) => {
                (StatusCode::BAD_REQUEST, APP, "It is not known here, or not any more. Tell the people who make it.")
            }
            Self::UnregisteredUri => (
                StatusCode::BAD_REQUEST,
                APP,
                "It wants the answer sent to an address that is not registered. Tell the people who make it.",
            ),
            Self::TwoClients => {
                (StatusCode::BAD_REQUEST, APP, "Its request names two apps. Tell the people who make it.")
            }
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "That did not come from our page",
                "Nothing was done. Go back to the app and begin again.",
            ),
            Self::Unavailable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Try again in a moment",
                "Something did not answer. Nothing was lost.",
            ),
        }
    }
}
