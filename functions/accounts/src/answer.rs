//! What an endpoint came to, as the client hears it and as the log has it: one line for each request (decision 0011).

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use vestibule::accounts::{Account, Identifier};
use vestibule::audit::Event;
use vestibule::audit::trail::AccountChange;
use vestibule::fault::Fault;
use vestibule::http::{BodyError, Problem, ProblemKind, accepted, created, empty, json_response, request_id};
use vestibule::identity::UserId;
use vestibule::keys::KeysUnavailable;
use vestibule::mail::MailFault;
use vestibule::pages::Continue;
use vestibule::passwords::HashingError;
use vestibule::randomness::NoRandomness;
use vestibule::storage::StoreError;

use crate::browser::Given;

/// What was asked is done.
pub(crate) enum Done {
    /// A letter is on its way. The answer does not depend on which.
    Sent { user: Option<UserId>, letter: &'static str },
    /// The account is made. Its owner was going to `next`.
    Registered { account: Account, next: Option<Continue> },
    /// Here it is.
    Shown(Account),
    /// It is changed, and nothing is to be said of it.
    Changed { user: UserId, change: AccountChange },
    /// It is changed, and with it what their browser holds. They were going to `next`.
    Renewed { user: UserId, change: AccountChange, given: Box<Given>, next: Option<Continue> },
}

/// What was asked is not done.
pub(crate) enum Refusal {
    /// The body cannot be used.
    Malformed(BodyError),
    /// The one-time token is no good.
    Token { user: Option<UserId>, reason: &'static str },
    /// A name is another account's.
    Taken(Identifier),
    /// The current password is wrong.
    WrongPassword(UserId),
    /// There is no password here to compare with, and that its owner has signed in does not do instead.
    SignInAgain(UserId),
    /// The caller is no person who is signed in: an API key changes no account.
    NoPerson,
    /// The change is made and holds, but some sessions may still be live.
    SessionsLeft { user: UserId, fault: StoreError },
    /// There is no such route here.
    NoSuchRoute,
    /// A dependency failed.
    Failed(Fault),
    /// It is refused and logged already: nobody is calling, or too often.
    Answered(Box<Response<Body>>),
}

/// What a letter was asked for is answered with, whatever the letter says.
const SENT: &str = "A letter is on its way to this address. What it says is what to do next.";

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

/// What people see of their own account.
#[derive(Serialize)]
struct Document {
    user: UserId,
    email: Option<Identifier>,
    username: Option<Identifier>,
    scope: String,
    roles: String,
    created_at: u64,
}

impl From<&Account> for Document {
    fn from(account: &Account) -> Self {
        let name = |email| account.identifiers.iter().find(|name| name.is_email() == email).cloned();
        Self {
            user: account.user,
            email: name(true),
            username: name(false),
            scope: account.scopes.to_string(),
            roles: account.roles.to_string(),
            created_at: account.created_at.seconds(),
        }
    }
}

/// Writes what happened to the log and says what the client hears of it.
pub(crate) fn respond(outcome: Result<Done, Refusal>, request: &Request, issuer: &str) -> Response<Body> {
    let id = &request_id(request);
    match outcome {
        Ok(done) => done.respond(id),
        Err(refusal) => refusal.respond(id, issuer),
    }
}

impl Done {
    /// Where somebody goes on to who came by a letter.
    pub(crate) const fn next(&self) -> Option<&Continue> {
        match self {
            Self::Registered { next, .. } | Self::Renewed { next, .. } => next.as_ref(),
            Self::Sent { .. } | Self::Shown(_) | Self::Changed { .. } => None,
        }
    }

    fn respond(self, id: &str) -> Response<Body> {
        match self {
            Self::Sent { user, letter } => {
                Event::LetterSent { user, letter }.record(id);
                accepted(&Message { message: SENT })
            }
            Self::Registered { account, .. } => {
                Event::AccountChanged { user: account.user, change: AccountChange::Registered }.record(id);
                created(&Document::from(&account))
            }
            Self::Shown(account) => json_response(&Document::from(&account), None),
            Self::Changed { user, change } => {
                Event::AccountChanged { user, change }.record(id);
                empty()
            }
            Self::Renewed { user, change, given, .. } => {
                Event::AccountChanged { user, change }.record(id);
                given.respond()
            }
        }
    }
}

impl Refusal {
    fn respond(self, id: &str, issuer: &str) -> Response<Body> {
        let refused = |user, reason| Event::AccountChangeRefused { user, reason }.record(id);
        let problem = match self {
            Self::Malformed(fault) => {
                Event::BadRequest { fault: &fault.logged() }.record(id);
                Problem::from(fault)
            }
            Self::Token { user, reason } => {
                refused(user, reason);
                Problem::new(
                    ProblemKind::InvalidOneTimeToken,
                    "It was used, or it is too old. If you have just set a password, sign in with it; or else ask for another letter.",
                )
            }
            Self::Taken(name) => {
                refused(None, "name_taken");
                let detail = if name.is_email() {
                    "There is an account for this address already. Sign in to it, or ask for a new password."
                } else {
                    "Somebody has this username already. Choose another; the token is still good."
                };
                Problem::new(ProblemKind::NameTaken, detail)
            }
            Self::WrongPassword(user) => {
                refused(Some(user), "wrong_password");
                Problem::new(ProblemKind::WrongPassword, "Nothing was changed.")
            }
            Self::SignInAgain(user) => {
                refused(Some(user), "sign_in_too_old");
                let detail =
                    "There is no password here to compare with. Sign in again, and then once more within ten minutes.";
                Problem::new(ProblemKind::SignInAgain, detail)
            }
            Self::NoPerson => {
                refused(None, "no_person");
                Problem::new(ProblemKind::Forbidden, "Only a person who is signed in may do this.")
            }
            Self::SessionsLeft { user, fault } => {
                let fault = format!("the account of {user} is changed, but some of its sessions may be live: {fault}");
                Event::Failed { fault: &fault }.record(id);
                Problem::new(
                    ProblemKind::TemporarilyUnavailable,
                    "The password is changed, but not every device is signed out yet. Send the same request again.",
                )
            }
            Self::NoSuchRoute => {
                refused(None, "no_such_route");
                Problem::new(ProblemKind::NotFound, "")
            }
            Self::Failed(Fault::Mail(fault @ MailFault::Refused(_))) => {
                Event::BadRequest { fault: &fault }.record(id);
                Problem::from(BodyError::Invalid {
                    name: "email",
                    fault: "is one that no mail can be sent to".to_owned(),
                })
            }
            Self::Failed(fault) => {
                Event::Failed { fault: &fault }.record(id);
                Problem::unavailable()
            }
            Self::Answered(response) => return *response,
        };
        problem.respond(issuer)
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
failures!(Fault, StoreError, KeysUnavailable, HashingError, NoRandomness, MailFault);

impl From<BodyError> for Refusal {
    fn from(fault: BodyError) -> Self {
        Self::Malformed(fault)
    }
}

impl From<Response<Body>> for Refusal {
    fn from(response: Response<Body>) -> Self {
        Self::Answered(Box::new(response))
    }
}

/// A field that cannot be used, and why.
pub(crate) fn invalid(name: &'static str, fault: &dyn std::fmt::Display) -> BodyError {
    BodyError::Invalid { name, fault: fault.to_string() }
}
