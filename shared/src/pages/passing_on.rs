//! An answer that goes to a client as a form (OAuth 2.0 Form Post Response Mode §2): by itself, or by a button where no script runs.

use askama::Template;

use super::brand::Brand;

/// The form that passes an answer on.
#[derive(Clone, Debug, Template)]
#[template(path = "passing_on.html")]
pub struct PassingOn<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// Where it goes.
    pub target: &'a str,
    /// What people know that by.
    pub host: &'a str,
    /// The answer.
    pub parameters: &'a [(&'a str, &'a str)],
}

impl PassingOn<'_> {
    /// What the page runs, which its policy must allow: the one script that a page of ours has.
    pub const SCRIPT: &'static str = "document.forms[0].submit()";
}
