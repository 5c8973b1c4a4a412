//! What a browser's way to a provider and back came to, as the log has it and as the person is told it: one line and one page.

use std::sync::Arc;

use lambda_http::http::{HeaderValue, header};
use lambda_http::{Body, Request, Response};
use vestibule::audit::Event;
use vestibule::audit::trail::AccountChange;
use vestibule::fault::Fault;
use vestibule::federation::{Provider, ProviderFault, ProviderId, Rejection};
use vestibule::http::{BodyError, request_id};
use vestibule::identity::{SessionId, UserId};
use vestibule::pages::{Brand, Continue, Leads, Link, Notice, Tone, instead_of, respond};
use vestibule::randomness::NoRandomness;
use vestibule::storage::StoreError;

use crate::page::PAGE;
use crate::{SignInWith, begin};

/// What was asked is done.
pub(crate) enum Answered {
    /// The browser goes to the provider.
    Sent { provider: ProviderId, response: Box<Response<Body>> },
    /// It comes again by GET.
    SentOn { response: Box<Response<Body>> },
    /// A session is open in it.
    SignedIn { provider: ProviderId, user: UserId, session: SessionId, registered: bool, response: Box<Response<Body>> },
    /// The identity opens the account from now on, or did before.
    Linked { user: UserId, anew: bool, response: Box<Response<Body>> },
}

/// What was asked is not done.
pub(crate) enum Refusal {
    /// The request cannot be read.
    Malformed(BodyError),
    /// There is no such provider, or no such route.
    NoSuchProvider,
    /// What came back is no answer to this browser, or is one no more.
    NotThisBrowser { provider: ProviderId, reason: &'static str },
    /// The person said no there.
    Declined(Arc<Provider>),
    /// The provider's answer proves nothing.
    Rejected { provider: Arc<Provider>, reason: &'static str },
    /// A sign-in was demanded that is new, and the provider does not say that theirs is.
    NotAnew { provider: Arc<Provider>, reason: &'static str },
    /// The provider vouches for no address of theirs, and without one there is no account.
    NoMailbox(Arc<Provider>),
    /// The address has an account.
    Taken(Arc<Provider>),
    /// The identity opens another account.
    AnothersIdentity(Arc<Provider>),
    /// The account has too many.
    TooManyIdentities { provider: Arc<Provider>, user: UserId },
    /// The account may not be opened.
    Closed { provider: Arc<Provider>, user: UserId },
    /// The account changed in between.
    AccountChanged { provider: Arc<Provider>, user: UserId },
    /// The caller is no person who is signed in.
    NoPerson,
    /// They signed in too long ago for this.
    SignInAgain,
    /// A dependency failed.
    Failed(Fault),
    /// It is refused and logged already: nobody is calling, or too often.
    Response(Box<Response<Body>>),
}

impl Refusal {
    pub(crate) fn of(rejection: Rejection, provider: &Arc<Provider>) -> Self {
        match rejection {
            Rejection::Failed(fault) => fault.into(),
            Rejection::NotAnew(reason) => Self::NotAnew { provider: Arc::clone(provider), reason },
            Rejection::Refused(reason) => Self::Rejected { provider: Arc::clone(provider), reason },
        }
    }

    /// The provider, the account and the reason, for the log.
    fn logged(&self) -> (Option<&str>, Option<UserId>, &'static str) {
        match self {
            Self::NoSuchProvider => (None, None, "no_such_provider"),
            Self::NotThisBrowser { provider, reason } => (Some(provider.as_str()), None, reason),
            Self::Declined(provider) => (Some(provider.id.as_str()), None, "declined"),
            Self::Rejected { provider, reason } | Self::NotAnew { provider, reason } => {
                (Some(provider.id.as_str()), None, reason)
            }
            Self::NoMailbox(provider) => (Some(provider.id.as_str()), None, "no_mailbox"),
            Self::Taken(provider) => (Some(provider.id.as_str()), None, "name_taken"),
            Self::AnothersIdentity(provider) => (Some(provider.id.as_str()), None, "identity_of_another"),
            Self::TooManyIdentities { provider, user } => {
                (Some(provider.id.as_str()), Some(*user), "too_many_identities")
            }
            Self::Closed { provider, user } => (Some(provider.id.as_str()), Some(*user), "disabled"),
            Self::AccountChanged { provider, user } => (Some(provider.id.as_str()), Some(*user), "account_changed"),
            Self::NoPerson => (None, None, "no_person"),
            Self::SignInAgain => (None, None, "sign_in_too_old"),
            Self::Malformed(_) | Self::Failed(_) | Self::Response(_) => (None, None, "unsaid"),
        }
    }

    /// The one table: status, title, what there is to say, and where to go from there. Whoever was on the way to a page of ours comes to it
    /// by another sign-in.
    fn said(&self, brand: &Brand, next: Option<&Continue>) -> (u16, &'static str, String, Place) {
        let sign_in = Place { path: sign_in_for(next), label: "Sign in" };
        let identities = Place { path: PAGE.to_owned(), label: "How you sign in" };
        let again = Place { path: sign_in_for(Some(&begin::identities())), label: "Sign in again" };
        match self {
            Self::Malformed(fault) => (400, "This cannot be read", format!("In what your browser sent, {fault}."), sign_in),
            Self::NoSuchProvider => (404, "There is nothing here", "Nobody signs in this way here.".to_owned(), sign_in),
            Self::NotThisBrowser { .. } => (
                400,
                "Please start again",
                "This sign-in was begun in another window or browser, took longer than ten minutes, or is done already."
                    .to_owned(),
                sign_in,
            ),
            Self::Declined(provider) => {
                (400, "You are not signed in", format!("{} did not let you go on, as you asked it.", provider.label), sign_in)
            }
            Self::Rejected { provider, .. } => (
                400,
                "You are not signed in",
                format!("What {} says of you cannot be trusted. Please start again.", provider.label),
                sign_in,
            ),
            Self::NotAnew { provider, .. } => (
                403,
                "Please sign in another way",
                format!(
                    "The app that sent you wants you to prove anew who you are, and {} does not say that you have.",
                    provider.label
                ),
                sign_in,
            ),
            Self::NoMailbox(provider) if !brand.accounts => (
                403,
                "You have no account here",
                format!(
                    "{} does not vouch for an e-mail address of yours, so that no account can be made of it. If you have one, sign in \
                     to it as you did before, and then add {0} to how you sign in.",
                    provider.label
                ),
                sign_in,
            ),
            Self::NoMailbox(provider) => (
                403,
                "Make an account first",
                format!(
                    "{} does not vouch for an e-mail address of yours, so that no account can be made of it. Make one here, \
                     sign in, and then add {0} to how you sign in.",
                    provider.label
                ),
                Place { path: "/register".to_owned(), label: "Make an account" },
            ),
            Self::Taken(provider) => (
                409,
                "You have an account here",
                format!(
                    "There is an account for your address already. Sign in to it as you did before, and then add {} to how you \
                     sign in.",
                    provider.label
                ),
                if next.is_some_and(|next| *next != Continue::home()) { sign_in } else { again },
            ),
            Self::AnothersIdentity(provider) => (
                409,
                "Nothing was changed",
                format!("Your account at {} opens another account here already.", provider.label),
                identities,
            ),
            Self::TooManyIdentities { .. } => {
                (409, "Nothing was changed", "There are too many ways into your account already.".to_owned(), identities)
            }
            Self::Closed { .. } => {
                (403, "You are not signed in", "Your account here is closed.".to_owned(), sign_in)
            }
            Self::AccountChanged { .. } => (
                409,
                "Please start again",
                "Your account was changed at the same moment.".to_owned(),
                sign_in,
            ),
            Self::NoPerson => (403, "Nothing was changed", "Only a person who is signed in may do this.".to_owned(), sign_in),
            Self::SignInAgain => (
                403,
                "Please sign in again",
                "You signed in some time ago. Whoever adds a way into an account must have done so within ten minutes."
                    .to_owned(),
                again,
            ),
            Self::Failed(_) | Self::Response(_) => (
                503,
                "This does not work now",
                "Whom we must ask does not answer. You are not signed in, and nothing was changed. Please try again."
                    .to_owned(),
                sign_in,
            ),
        }
    }
}

/// A page to go to from there.
struct Place {
    path: String,
    label: &'static str,
}

/// The sign-in, and from there on to `next`.
fn sign_in_for(next: Option<&Continue>) -> String {
    format!("/sign-in{}", Continue::query(next, '?'))
}

/// Writes what happened to the log and shows it to the person.
/// `next` is where they were on the way to, if they were signing in.
pub(crate) fn page<S, M>(
    world: &SignInWith<S, M>,
    request: &Request,
    next: Option<&Continue>,
    outcome: Result<Answered, Refusal>,
) -> Response<Body> {
    let id = &request_id(request);
    let refusal = match outcome {
        Ok(answered) => return answered.respond(id),
        Err(Refusal::Response(response)) => {
            let came_from = next.map_or_else(|| PAGE.to_owned(), |next| sign_in_for(Some(next)));
            return instead_of(&came_from, &response, &world.brand);
        }
        Err(refusal) => refusal,
    };
    match &refusal {
        Refusal::Malformed(fault) => Event::BadRequest { fault: &fault.logged() }.record(id),
        Refusal::Failed(fault) => Event::Failed { fault }.record(id),
        _ => {
            let (provider, user, reason) = refusal.logged();
            Event::SignInWithRefused { provider, user, reason }.record(id);
        }
    }
    let brand = &world.brand;
    let (status, title, line, Place { path, label }) = refusal.said(brand, next);
    let next = Some(Link { path: &path, label });
    let notice = Notice { brand, title, lines: vec![line], tone: Tone::Wrong, next };
    let status = lambda_http::http::StatusCode::from_u16(status).unwrap_or_default();
    let mut response = respond(status, &notice, brand, Leads::Home);
    if status == lambda_http::http::StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

impl Answered {
    fn respond(self, id: &str) -> Response<Body> {
        match self {
            Self::Sent { provider, response } => {
                Event::SentToProvider { provider: provider.as_str() }.record(id);
                *response
            }
            Self::SentOn { response } => *response,
            Self::SignedIn { provider, user, session, registered, response } => {
                Event::SignedInWith { provider: provider.as_str(), user, session, registered }.record(id);
                *response
            }
            Self::Linked { user, anew, response } => {
                if anew {
                    Event::AccountChanged { user, change: AccountChange::IdentityLinked }.record(id);
                }
                *response
            }
        }
    }
}

/// Whatever makes a [`Fault`] fails a request.
macro_rules! failures {
    ($($fault:ty),*) => {$(
        impl From<$fault> for Refusal {
            fn from(fault: $fault) -> Self {
                Self::Failed(fault.into())
            }
        }
    )*};
}
failures!(Fault, StoreError, NoRandomness, ProviderFault);

impl From<BodyError> for Refusal {
    fn from(fault: BodyError) -> Self {
        Self::Malformed(fault)
    }
}

impl From<Response<Body>> for Refusal {
    fn from(response: Response<Body>) -> Self {
        Self::Response(Box::new(response))
    }
}
