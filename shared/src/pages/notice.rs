//! A page that says one thing: that something was done, is on its way, or cannot be done.

use askama::Template;

use super::brand::Brand;

/// One thing said, and perhaps where to go from there.
#[derive(Clone, Debug, Template)]
#[template(path = "notice.html")]
pub struct Notice<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// What it is about, in a few words.
    pub title: &'a str,
    /// What there is to say, a paragraph each.
    pub lines: Vec<String>,
    /// How it is said.
    pub tone: Tone,
    /// Where to go from there.
    pub next: Option<Link<'a>>,
}

/// How something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Calm,
    /// Something went wrong; a page of this tone says so in its title, which is what a screen reader reads first.
    Wrong,
}

/// A link to a page of ours.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// The path, below the base that all of ours lie under.
    pub path: &'a str,
    /// What it says.
    pub label: &'a str,
}
