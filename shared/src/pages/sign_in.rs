//! The page to sign in on, and where its form may lead.

use askama::Template;

use super::brand::Brand;
use super::complaint::Complaint;
use super::continuation::Continue;
use super::response::Leads;
use crate::federation::Providers;

/// Name and password, or an account elsewhere.
#[derive(Clone, Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// Where else people may have an account.
    pub providers: &'a Providers,
    /// The name that was typed.
    pub username: &'a str,
    /// What is wrong with it.
    pub complaint: Complaint,
    /// What has just been done.
    pub said: Option<Said>,
    /// Where the person goes then.
    pub next: Option<&'a Continue>,
}

/// What has just been done, in words that no address chooses: a link to the sign-in page can name one of these and no text of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The account is made.
    Registered,
    /// The password is another one.
    Reset,
    /// Nothing yet: the sign-in was too long ago.
    Again,
}

impl Said {
    /// The one that is named so in a query.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Registered, Self::Reset, Self::Again].into_iter().find(|said| said.name() == name)
    }

    /// Its name in a query.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Reset => "reset",
            Self::Again => "again",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Registered => "Your account is ready. Sign in to begin.",
            Self::Again => "You signed in a while ago. Sign in again, and then go on.",
            Self::Reset => "Your password is changed, and every device is signed out. Sign in with the new one.",
        }
    }
}

impl SignIn<'_> {
    /// Where its form leads: home, or through the authorization endpoint on to the client that asked, and to wherever that goes on.
    pub fn leads(&self) -> Leads {
        match self.next {
            Some(next) if next.as_str().starts_with("/oauth/") => Leads::Anywhere,
            _ => Leads::Home,
        }
    }
}
