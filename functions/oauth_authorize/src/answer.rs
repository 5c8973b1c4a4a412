//! The answer to a client, by way of the browser: what it asked to have back, and who says so (RFC 6749 §4.1.2, RFC 9207 §2).

use lambda_http::{Body, Response};
use vestibule::app::App;
use vestibule::http::see_other;
use vestibule::oauth::clients::Target;
use vestibule::pages::{Brand, Leads, PassingOn, respond_with_script};

use crate::error::Error;
use crate::parameters::Parameters;

/// Where the answer goes, and how.
#[derive(Debug)]
pub(crate) struct Return {
    /// Registered.
    pub(crate) target: Target,
    /// As it came.
    pub(crate) state: Option<String>,
    /// In which form.
    pub(crate) mode: Mode,
}

/// How parameters are returned (OAuth 2.0 Multiple Response Type Encoding Practices §2.1, Form Post Response Mode §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// In the query of a redirection.
    Query,
    /// As a form that the browser posts.
    FormPost,
}

impl Mode {
    /// The mode that is asked for. An app's own scheme takes no form.
    pub(crate) fn of(parameters: &Parameters, target: &Target) -> Result<Self, Error> {
        match parameters.one("response_mode")? {
            None | Some("query") => Ok(Self::Query),
            Some("form_post") if target.is_of_a_host() => Ok(Self::FormPost),
            Some(_) => Err(Error::ResponseMode),
        }
    }
}

/// A code.
pub(crate) fn code<S>(app: &App<S>, back: &Return, code: &str) -> Response<Body> {
    send(app, back, &[("code", code)])
}

/// No code, and why.
pub(crate) fn error<S>(app: &App<S>, back: &Return, error: Error) -> Response<Body> {
    send(app, back, &[("error", error.code()), ("error_description", error.description())])
}

fn send<S>(app: &App<S>, back: &Return, said: &[(&str, &str)]) -> Response<Body> {
    let state = back.state.as_deref().map(|state| ("state", state));
    let parameters: Vec<_> = said.iter().copied().chain(state).chain([("iss", app.config.issuer.as_str())]).collect();
    match back.mode {
        Mode::Query => see_other(&back.target.with(parameters)),
        Mode::FormPost => {
            let brand = Brand::of(&app.config);
            let (target, host) = (back.target.as_str(), back.target.host());
            let page = PassingOn { brand: &brand, target, host, parameters: &parameters };
            respond_with_script(&page, &brand, Leads::Anywhere, PassingOn::SCRIPT)
        }
    }
}
