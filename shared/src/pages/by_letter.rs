//! The pages that a letter stands between: ask for one, and do what the one in one's hand allows.

use askama::Template;

use super::brand::Brand;
use super::complaint::Complaint;
use super::continuation::Continue;

/// Asks for a letter.
#[derive(Clone, Debug, Template)]
#[template(path = "ask.html")]
pub struct Ask<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// What for.
    pub wish: Wish,
    /// The address that was typed.
    pub email: &'a str,
    /// What is wrong with it.
    pub complaint: Complaint,
    /// Where the person was going.
    pub next: Option<&'a Continue>,
}

/// Says that a letter is on its way, whatever it says.
#[derive(Clone, Debug, Template)]
#[template(path = "sent.html")]
pub struct Sent<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// What for.
    pub wish: Wish,
    /// Where to.
    pub email: &'a str,
    /// Where the person was going.
    pub next: Option<&'a Continue>,
}

/// Chooses a password with what the letter carries.
#[derive(Clone, Debug, Template)]
#[template(path = "choose.html")]
pub struct Choose<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// For an account that is to be made, or for one that is there.
    pub wish: Wish,
    /// What the letter carries. It stands in the page's own address already.
    pub token: &'a str,
    /// The username that was typed.
    pub username: &'a str,
    /// What is wrong with it.
    pub complaint: Complaint,
}

/// Takes another address with what the letter carries.
#[derive(Clone, Debug, Template)]
#[template(path = "address.html")]
pub struct NewAddress<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// What the letter carries.
    pub token: &'a str,
    /// What is wrong with it.
    pub complaint: Complaint,
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// An account.
    Account,
    /// Another password for the one that they have.
    Password,
}

impl Wish {
    /// The page that asks for the letter, below the base.
    pub const fn ask(self) -> &'static str {
        match self {
            Self::Account => "/register",
            Self::Password => "/forgot",
        }
    }

    /// The page that the letter leads to.
    pub const fn choose(self) -> &'static str {
        match self {
            Self::Account => "/verify",
            Self::Password => "/reset",
        }
    }
}
