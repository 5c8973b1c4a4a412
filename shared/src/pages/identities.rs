//! The page of what opens one's account: take an identity at a provider away, or add one.

use askama::Template;

use super::brand::Brand;
use super::complaint::Complaint;
use crate::federation::Providers;
use crate::moment::Moment;

/// What opens an account.
#[derive(Clone, Debug, Template)]
#[template(path = "identities.html")]
pub struct Identities<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// The identities, the first linked first.
    pub identities: Vec<Opener>,
    /// Whether a password does, too.
    pub password: bool,
    /// The providers at which one can be added.
    pub providers: &'a Providers,
    /// What could not be done.
    pub complaint: Complaint,
}

/// An identity at a provider.
#[derive(Clone, Debug)]
pub struct Opener {
    /// Its name for programs.
    pub id: String,
    /// What people call its provider.
    pub label: String,
    /// The address that the provider told.
    pub email: Option<String>,
    /// When it was linked.
    pub since: Moment,
}
