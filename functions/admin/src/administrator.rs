//! Who administers: a person, by their role, which the authorizer has asked for.

use lambda_http::Request;
use vestibule::clock::Timestamp;
use vestibule::http::{Problem, ProblemKind, principal};
use vestibule::identity::UserId;
use vestibule::sessions::is_recent;

/// Somebody with the role.
#[derive(Clone, Copy)]
pub(crate) struct Administrator {
    pub(crate) user: UserId,
    signed_in_at: Option<Timestamp>,
}

/// Why nothing is done, for the log and for whoever asks.
pub(crate) type Refused = (&'static str, Problem);

impl Administrator {
    /// Whoever asks, if it is a person: the trail names somebody.
    pub(crate) fn of(request: &Request) -> Result<Self, Refused> {
        let principal = principal(request).map_err(|_| {
            ("no_principal", Problem::new(ProblemKind::Unauthenticated, "No principal came with this request."))
        })?;
        let user = principal.sub.user();
        let user = user.ok_or_else(|| ("service", Problem::new(ProblemKind::Forbidden, "Only people administer.")))?;
        Ok(Self { user, signed_in_at: principal.auth_time })
    }

    /// Whether they signed in lately. What they give outlives their session, so a session that somebody has come by must not be enough.
    pub(crate) fn signed_in_lately(self, now: Timestamp) -> Result<(), Refused> {
        if is_recent(self.signed_in_at, now) {
            return Ok(());
        }
        let detail = "Sign in again, and then send the same request.";
        Err(("sign_in_too_old", Problem::new(ProblemKind::SignInAgain, detail)))
    }
}
