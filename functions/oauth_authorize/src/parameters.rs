//! The parameters of a request that a browser brings: of the query, or of a form (RFC 6749 §3.1, OpenID Connect Core §3.1.2.1).
//!
//! Repeated ones are kept until somebody asks for them: whoever hears of it must be known first.

use std::collections::HashSet;

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::http::{BodyError, MAX_BODY_BYTES, form_pairs, query_pairs, see_other};
use vestibule::pages::Continue;

use crate::error::Error;
use crate::refused::{self, Refused};

/// Whom a token is wanted for.
pub(crate) const RESOURCE: &str = "resource";

/// The parameters, as they came. Some are credentials, and none is shown.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Of the query.
    pub(crate) fn of_query(request: &Request) -> Self {
        Self(query_pairs(request))
    }

    /// Of a form.
    pub(crate) fn of_form(request: &Request) -> Result<Self, BodyError> {
        form_pairs(request).map(Self)
    }

    /// The value of the one parameter of this name; one without a value counts as left out (RFC 6749 §3.1).
    ///
    /// # Errors
    /// [`Error::Repeated`], and [`Error::Unreadable`] for what did not come as it was meant.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, Error> {
        let mut named = self.0.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str());
        match (named.next(), named.next()) {
            (_, Some(_)) => Err(Error::Repeated),
            (Some(value), None) if value.contains(['\0', char::REPLACEMENT_CHARACTER]) => Err(Error::Unreadable),
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    /// Whether no name stands twice, be it one that nobody here asks for (RFC 6749 §3.1).
    ///
    /// # Errors
    /// [`Error::Target`] for `resource`, which other servers take several of (RFC 8707 §2), and [`Error::Repeated`].
    pub(crate) fn each_once(&self) -> Result<(), Error> {
        let mut names = HashSet::new();
        match self.0.iter().find(|(name, _)| !names.insert(name.as_str())) {
            None => Ok(()),
            Some((name, _)) if name == RESOURCE => Err(Error::Target),
            Some(_) => Err(Error::Repeated),
        }
    }

    /// Those of `names` that are there, to come back.
    pub(crate) fn among(&self, names: &[&str]) -> Vec<(String, String)> {
        let wanted = |(name, value): &&(String, String)| names.contains(&name.as_str()) && !value.is_empty();
        self.0.iter().filter(wanted).cloned().collect()
    }
}

/// `path` with these parameters.
pub(crate) fn address(path: &str, parameters: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    format!("{path}?{}", query.finish())
}

/// A form is gone on with as the same request by GET (RFC 9700 §4.12).
pub(crate) fn by_get<S>(app: &App<S>, request: &Request, path: &str) -> Response<Body> {
    let parameters = match Parameters::of_form(request) {
        Ok(Parameters(parameters)) => parameters,
        Err(fault) => return refused::page(app, request, &Refused::Unreadable(fault)),
    };
    let address = address(path, &parameters);
    if address.len() > Continue::MAX_BYTES {
        return refused::page(app, request, &Refused::Unreadable(BodyError::TooLarge { most: MAX_BODY_BYTES }));
    }
    see_other(&format!("{}{address}", app.config.issuer))
}
