//! The audit trail: a closed list of what happened, one line each, written at the boundary and nowhere else.
//!
//! Fields are chosen by hand: no event can carry a credential, for none of its fields has a secret's type. An ended session
//! keeps when and why it ended in its own item, written in the same call that ended it.

use crate::identity::{SessionId, UserId};
use crate::sessions::Ending;

/// What happened. `reason`s are stable snake_case words that alarms may match.
#[derive(Clone, Copy)]
pub enum Event<'a> {
    /// Somebody signed in.
    SignedIn {
        /// Who.
        user: UserId,
        /// The session that was opened.
        session: SessionId,
    },
    /// A sign-in was refused. The client heard one and the same answer, whatever the reason.
    SignInRefused {
        /// Whose account it was for, if it exists.
        user: Option<UserId>,
        /// Why.
        reason: &'static str,
    },
    /// A session was refreshed.
    Refreshed {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
        /// Whether an earlier answer was repeated.
        retried: bool,
    },
    /// A refresh token was refused; no session was ended for it.
    RefreshRefused {
        /// Why.
        reason: &'static str,
    },
    /// A session was ended before its time.
    SessionEnded {
        /// Whose, as far as the token says.
        user: Option<UserId>,
        /// Which, as far as the token says.
        session: Option<SessionId>,
        /// Why.
        cause: Ending,
    },
    /// A revocation found nothing to end (RFC 7009 §2.2).
    NothingToRevoke {
        /// Why.
        reason: &'static str,
    },
    /// A sign-in succeeded, but its better password hash was not kept; the next sign-in tries again.
    HashNotUpgraded {
        /// Whose.
        user: UserId,
        /// What failed.
        fault: &'a dyn std::fmt::Display,
    },
    /// A step of a key rotation was taken.
    KeysStep {
        /// Which.
        step: &'a str,
        /// Whether it had been done before.
        outcome: &'static str,
    },
    /// A step of a key rotation was not taken; what was in force still is.
    KeysStepRefused {
        /// Which.
        step: &'a str,
        /// Why.
        reason: &'static str,
        /// Why, for people.
        fault: &'a dyn std::fmt::Display,
    },
    /// A request was refused unread.
    BadRequest {
        /// What was wrong, without any value.
        fault: &'a dyn std::fmt::Display,
    },
    /// A dependency failed; the client heard 503.
    Failed {
        /// What failed.
        fault: &'a dyn std::fmt::Display,
    },
}

impl Event<'_> {
    /// Writes the event to the log under the request id that the client got.
    pub fn record(self, request_id: &str) {
        match self {
            Self::SignedIn { user, session } => {
                tracing::info!(target: "audit", event = "signed_in", request_id, %user, %session);
            }
            Self::SignInRefused { user, reason } => {
                let user = user.map(tracing::field::display);
                tracing::info!(target: "audit", event = "sign_in_refused", request_id, user, reason);
            }
            Self::Refreshed { user, session, retried } => {
                tracing::info!(target: "audit", event = "refreshed", request_id, %user, %session, retried);
            }
            Self::RefreshRefused { reason } => {
                tracing::info!(target: "audit", event = "refresh_refused", request_id, reason);
            }
            Self::SessionEnded { user, session, cause } => {
                let (user, session) = (user.map(tracing::field::display), session.map(tracing::field::display));
                tracing::warn!(target: "audit", event = "session_ended", request_id, user, session, cause = cause.as_str());
            }
            Self::NothingToRevoke { reason } => {
                tracing::info!(target: "audit", event = "nothing_to_revoke", request_id, reason);
            }
            Self::HashNotUpgraded { user, fault } => {
                tracing::warn!(target: "audit", event = "hash_not_upgraded", request_id, %user, fault = %fault);
            }
            Self::KeysStep { step, outcome } => {
                tracing::info!(target: "audit", event = "keys_step", request_id, step, outcome);
            }
            Self::KeysStepRefused { step, reason, fault } => {
                tracing::error!(target: "audit", event = "keys_step_refused", request_id, step, reason, fault = %fault);
            }
            Self::BadRequest { fault } => {
                tracing::info!(target: "audit", event = "bad_request", request_id, fault = %fault);
            }
            Self::Failed { fault } => {
                tracing::error!(target: "audit", event = "failed", request_id, fault = %fault);
            }
        }
    }
}
