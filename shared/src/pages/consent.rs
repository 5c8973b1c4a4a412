//! A client asks, and the person decides (OpenID Connect Core §3.1.2.4, RFC 9700 §4.16).
//!
//! The page says who asks, for what, of whom, and where the person goes then. What it shows is what its form sends.

use askama::Template;

use super::brand::Brand;
use super::continuation::Continue;
use crate::scope::Scopes;

/// The question whether to let a client in.
#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// Who asks, as it is registered.
    pub client: &'a str,
    /// Who is asked: the name that they sign in by.
    pub person: &'a str,
    /// For what.
    pub asked: Vec<Asked<'a>>,
    /// Whom the tokens are for, if not for us.
    pub audience: Option<&'a str>,
    /// Where the person goes then, whatever they decide.
    pub goes_to: &'a str,
    /// The request, parameter by parameter, as it is to come back.
    pub parameters: &'a [(String, String)],
    /// What proves that the form is this page's.
    pub csrf_token: &'a str,
    /// The request again, for whoever would rather be somebody else.
    pub again: &'a Continue,
}

/// One scope, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// One of OpenID Connect's, in words.
    Words(&'static str),
    /// One of the team's own, as it is called.
    Name(&'a str),
}

impl<'a> Asked<'a> {
    /// Each of `scope`.
    pub fn each(scope: &'a Scopes) -> Vec<Self> {
        scope.iter().map(|scope| Self::of(scope.as_str())).collect()
    }

    /// OpenID Connect Core §5.4 and §11.
    fn of(scope: &'a str) -> Self {
        match scope {
            "openid" => Self::Words("Know that it is you"),
            "email" => Self::Words("See your e-mail address"),
            "profile" => Self::Words("See your name"),
            "offline_access" => Self::Words("Go on while you are away"),
            own => Self::Name(own),
        }
    }
}
