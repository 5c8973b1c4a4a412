//! The question whether to sign out, for whoever was sent here by nobody who could know (RP-Initiated Logout §2 and §6).

use askama::Template;

use super::brand::Brand;

/// Sign out, or stay.
#[derive(Clone, Debug, Template)]
#[template(path = "leaving.html")]
pub struct Leaving<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// The client that asks, if it is known.
    pub client: Option<&'a str>,
    /// The request, parameter by parameter, as it is to come back.
    pub parameters: &'a [(String, String)],
    /// What proves that the form is this page's.
    pub csrf_token: &'a str,
}
