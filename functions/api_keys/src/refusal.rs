//! Why a request about an API key was not carried out, and what the client hears of it.

use lambda_http::{Body, Request, Response};
use vestibule::api_keys::{MAX_KEYS, UnderWay};
use vestibule::audit::Event;
use vestibule::fault::Fault;
use vestibule::http::{BodyError, Problem, ProblemKind, failed, request_id, unreadable};
use vestibule::randomness::NoRandomness;
use vestibule::storage::StoreError;

use crate::person::Person;

/// Why it was not carried out.
pub(crate) enum Refusal {
    /// The request cannot be read, or a field of it cannot be used.
    Body(BodyError),
    /// More scope or roles than the session has.
    BeyondOwner(&'static str),
    /// They signed in too long ago for what lasts longer than their session.
    SignInAgain,
    /// No key of theirs has this name.
    NoSuchKey,
    /// They have as many as anybody may have.
    TooMany,
    /// Their account is gone or disabled since they were asked who they are.
    NoOwner,
    /// The rotations before are not over.
    UnderWay(UnderWay),
    /// Somebody else changed the key at the same moment.
    ChangedMeanwhile,
    /// A dependency failed.
    Fault(Fault),
}

impl Refusal {
    /// The answer, noted in the log.
    pub(crate) fn respond(self, issuer: &str, person: &Person, request: &Request) -> Response<Body> {
        let (reason, problem) = match self {
            Self::Body(fault) => return unreadable(fault, &request_id(request), issuer),
            Self::Fault(fault) => return failed(&fault, &request_id(request), issuer),
            Self::BeyondOwner(what) => {
                let detail = format!("A key has at most the {what} of the session that makes or rotates it.");
                ("beyond_owner", Problem::new(ProblemKind::InvalidScope, detail))
            }
            Self::SignInAgain => (
                "sign_in_too_old",
                Problem::new(
                    ProblemKind::SignInAgain,
                    "Sign in again first: a key outlives the session that asks for it.",
                ),
            ),
            Self::NoSuchKey => ("no_such_key", Problem::new(ProblemKind::NotFound, "You have no such API key.")),
            Self::TooMany => {
                let detail = format!("You have {MAX_KEYS} API keys already; revoke one first.");
                ("too_many", Problem::new(ProblemKind::Conflict, detail))
            }
            Self::NoOwner => {
                ("no_owner", Problem::new(ProblemKind::InvalidToken, "The credential is not valid, or no more."))
            }
            Self::UnderWay(under_way) => {
                let detail =
                    format!("Two earlier secrets of this key still work; one ends at {}.", under_way.until.seconds());
                ("rotation_under_way", Problem::new(ProblemKind::Conflict, detail))
            }
            Self::ChangedMeanwhile => {
                ("changed_meanwhile", Problem::new(ProblemKind::Conflict, "The key was changed at the same moment."))
            }
        };
        Event::ApiKeyChangeRefused { caller: person.subject(), reason }.record(&request_id(request));
        problem.respond(issuer)
    }
}

impl From<BodyError> for Refusal {
    fn from(fault: BodyError) -> Self {
        Self::Body(fault)
    }
}

impl From<StoreError> for Refusal {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault.into())
    }
}

impl From<NoRandomness> for Refusal {
    fn from(fault: NoRandomness) -> Self {
        Self::Fault(fault.into())
    }
}

/// The refusal of a field, without its value.
pub(crate) fn invalid(name: &'static str, fault: impl std::fmt::Display) -> BodyError {
    BodyError::Invalid { name, fault: fault.to_string() }
}
