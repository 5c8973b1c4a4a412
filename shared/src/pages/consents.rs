//! Whom somebody has let in, and for what (OpenID Connect Core §3.1.2.4, RFC 9700 §4.14.2).

use askama::Template;

use super::brand::Brand;
use super::complaint::Complaint;
use super::consent::Asked;
use crate::moment::Moment;
use crate::scope::Scopes;

/// The clients that a person has let in.
#[derive(Clone, Debug, Template)]
#[template(path = "consents.html")]
pub struct Consents<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// The clients, the latest first.
    pub clients: Vec<LetIn>,
    /// What could not be done.
    pub complaint: Complaint,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct LetIn {
    /// Its name for programs.
    pub id: String,
    /// What it was called when the person agreed.
    pub name: String,
    /// What it may do, at each place.
    pub allowed: Vec<Allowed>,
    /// When the person last agreed.
    pub since: Moment,
}

/// What a client may do at one place.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// Whom its tokens are for, if not for us.
    pub audience: Option<String>,
    /// What they are good for.
    pub scope: Scopes,
}

impl Allowed {
    fn asked(&self) -> Vec<Asked<'_>> {
        Asked::each(&self.scope)
    }
}
