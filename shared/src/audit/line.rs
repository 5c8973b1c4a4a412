//! How each event is spelled in the log, and what it counts as.

use super::Event;
use super::trail::ApiKeyChange;
use crate::identity::ApiKeyId;
use crate::oauth::clients::{ClientId, Grant};
use crate::principal::Subject;
use crate::sessions::Ending;
use crate::telemetry::{Level, Line, Metric};

impl Event<'_> {
    /// The event as a line, but for what the request cost.
    pub(super) fn line(&self) -> Line<'_> {
        match *self {
            Self::SignedIn { user, session } => Line {
                user: Some(user),
                session: Some(session),
                counts: Some(Metric::SignIns),
                ..Line::new("signed_in", Level::Info)
            },
            Self::SentToProvider { provider } => {
                Line { provider: Some(provider), ..Line::new("sent_to_provider", Level::Info) }
            }
            Self::SignedInWith { provider, user, session, registered } => Line {
                provider: Some(provider),
                user: Some(user),
                session: Some(session),
                outcome: Some(if registered { "registered" } else { "known" }),
                counts: Some(Metric::SignIns),
                ..Line::new("signed_in", Level::Info)
            },
            Self::SignInWithRefused { provider, user, reason } => {
                Line { provider, user, ..refused("sign_in_with_refused", reason) }
            }
            Self::SignInRefused { user, reason } => Line { user, ..refused("sign_in_refused", reason) },
            Self::Refreshed { user, session, retried } => Line {
                user: Some(user),
                session: Some(session),
                outcome: Some(if retried { "retried" } else { "rotated" }),
                counts: Some(if retried { Metric::Retries } else { Metric::Refreshes }),
                ..Line::new("refreshed", Level::Info)
            },
            Self::RefreshRefused { user, session, reason } => {
                Line { user, session, ..refused("refresh_refused", reason) }
            }
            Self::SessionEnded { user, session, cause } => Line {
                user,
                session,
                reason: Some(cause.as_str()),
                counts: Some(counted_as(cause)),
                ..Line::new("session_ended", Level::Warn)
            },
            Self::Issued { client, subject, session, grant, retried } => Line {
                client: Some(client),
                user: subject.user(),
                service: subject.service(),
                session,
                outcome: Some(if retried { "retried" } else { grant.as_str() }),
                counts: match grant {
                    Grant::RefreshToken if retried => Some(Metric::Retries),
                    Grant::RefreshToken => Some(Metric::Refreshes),
                    Grant::AuthorizationCode | Grant::ClientCredentials => None,
                },
                ..Line::new("tokens_issued", Level::Info)
            },
            Self::ClientRefused { client, reason } => Line { client, ..refused("client_refused", reason) },
            Self::GrantRefused { client, reason } => Line { client: Some(client), ..refused("grant_refused", reason) },
            Self::Introspected { client, reason } => {
                let outcome = Some(if reason.is_none() { "active" } else { "inactive" });
                Line { client: Some(client), outcome, reason, ..Line::new("introspected", Level::Info) }
            }
            Self::CodeIssued { client, user, session } => Line {
                client: Some(client),
                user: Some(user),
                session: Some(session),
                ..Line::new("code_issued", Level::Info)
            },
            Self::ConsentGiven { user, client } => Line {
                decides: false,
                user: Some(user),
                client: Some(client),
                ..Line::new("consent_given", Level::Info)
            },
            Self::ConsentWithdrawn { user, client } => Line {
                user: Some(user),
                client: Some(client),
                counts: Some(counted_as(Ending::ConsentWithdrawn)),
                ..Line::new("consent_withdrawn", Level::Warn)
            },
            Self::ClaimsGiven { client, user, session } => Line {
                client: Some(client),
                user: Some(user),
                session: Some(session),
                ..Line::new("claims_given", Level::Info)
            },
            Self::Extended { user, session } => Line {
                user: Some(user),
                session: Some(session),
                outcome: Some("extended"),
                counts: Some(Metric::Refreshes),
                ..Line::new("refreshed", Level::Info)
            },
            Self::SessionsEnded { user, cause } => Line {
                user: Some(user),
                reason: Some(cause.as_str()),
                counts: Some(counted_as(cause)),
                ..Line::new("sessions_ended", Level::Warn)
            },
            Self::NothingToRevoke { user, session, reason } => {
                Line { user, session, reason: Some(reason), ..Line::new("nothing_to_revoke", Level::Info) }
            }
            Self::HashNotUpgraded { user, fault } => Line {
                decides: false,
                user: Some(user),
                fault: Some(fault),
                ..Line::new("hash_not_upgraded", Level::Warn)
            },
            Self::ApiKeyChanged { owner, key, change } => {
                let (level, counts) = match change {
                    ApiKeyChange::Created | ApiKeyChange::Renamed | ApiKeyChange::Rotated | ApiKeyChange::Restored => {
                        (Level::Info, None)
                    }
                    ApiKeyChange::Revoked | ApiKeyChange::RevokedByOperator => (Level::Info, Some(Metric::Revocations)),
                    ApiKeyChange::Reported => (Level::Warn, Some(Metric::Revocations)),
                };
                of_key(owner, key, Line { counts, ..Line::new(change.as_str(), level) })
            }
            Self::ApiKeyChangeRefused { caller, reason } => {
                Line { user: caller.user(), service: caller.service(), ..refused("api_key_change_refused", reason) }
            }
            Self::ApiKeysListed { owner } => {
                Line { user: owner.user(), service: owner.service(), ..Line::new("api_keys_listed", Level::Info) }
            }
            Self::ApiKeyUseNotNoted { owner, key, fault } => Line {
                decides: false,
                fault: Some(fault),
                ..of_key(owner, key, Line::new("api_key_use_not_noted", Level::Warn))
            },
            Self::SessionReplaced { user, session } => Line {
                decides: false,
                user: Some(user),
                session: Some(session),
                reason: Some(Ending::Replaced.as_str()),
                ..Line::new("session_ended", Level::Info)
            },
            Self::SessionNotNoted { user, session, fault } => Line {
                decides: false,
                user: Some(user),
                session: Some(session),
                fault: Some(fault),
                ..Line::new("session_not_noted", Level::Warn)
            },
            Self::AccountChanged { user, change } => Line {
                user: Some(user),
                outcome: Some(change.as_str()),
                counts: Some(Metric::AccountChanges),
                ..Line::new("account_changed", Level::Info)
            },
            Self::LetterSent { user, letter } => Line {
                user,
                outcome: Some(letter),
                counts: Some(Metric::Letters),
                ..Line::new("letter_sent", Level::Info)
            },
            Self::LetterNotSent { user, letter, fault } => Line {
                decides: false,
                user: Some(user),
                outcome: Some(letter),
                fault: Some(fault),
                ..Line::new("letter_not_sent", Level::Warn)
            },
            Self::AccountChangeRefused { user, reason } => Line { user, ..refused("account_change_refused", reason) },
            Self::KeysStep { step, outcome } => {
                Line { step: Some(step), outcome: Some(outcome), ..Line::new("keys_step", Level::Info) }
            }
            Self::KeysStepRefused { step, reason, fault } => Line {
                step: Some(step),
                reason: Some(reason),
                fault: Some(fault),
                counts: Some(Metric::RotationFailures),
                ..Line::new("keys_step_refused", Level::Error)
            },
            Self::Unauthenticated { reason } => refused("unauthenticated", reason),
            Self::Administered { by, user, what } => {
                Line { by: Some(by), user: Some(user), outcome: Some(what), ..Line::new("administered", Level::Warn) }
            }
            Self::AdministrationRefused { by, user, reason } => {
                Line { by, user, ..refused("administration_refused", reason) }
            }
            Self::ClientAdministered { by, client, event } => Line {
                by: Some(by),
                client: Some(client.as_str()),
                outcome: Some(event.as_str()),
                ..Line::new("client_administered", Level::Warn)
            },
            Self::ClientAdministrationRefused { by, client, reason } => {
                let client = client.map(ClientId::as_str);
                Line { by, client, ..refused("client_administration_refused", reason) }
            }
            Self::Limited { class } => {
                Line { reason: Some(class.name()), counts: Some(Metric::Limited), ..Line::new("limited", Level::Warn) }
            }
            Self::BadRequest { fault } => Line { fault: Some(fault), ..refused("bad_request", "bad_request") },
            Self::Failed { fault } => {
                Line { fault: Some(fault), counts: Some(Metric::Failures), ..Line::new("failed", Level::Error) }
            }
        }
    }
}

/// A line about an API key.
const fn of_key(owner: Subject, key: ApiKeyId, line: Line<'_>) -> Line<'_> {
    Line { user: owner.user(), service: owner.service(), api_key: Some(key), ..line }
}

const fn refused<'a>(event: &'static str, reason: &'a str) -> Line<'a> {
    Line { reason: Some(reason), counts: Some(Metric::Refusals), ..Line::new(event, Level::Info) }
}

/// What the end of a session counts as. An operator's commands are no requests, so nothing is counted of them.
const fn counted_as(cause: Ending) -> Metric {
    match cause {
        Ending::LostResponse | Ending::Concurrent | Ending::Replay | Ending::CodeReplayed | Ending::Restored => {
            Metric::Reuse
        }
        Ending::Revoked
        | Ending::SignedOut
        | Ending::Replaced
        | Ending::AccountDisabled
        | Ending::PasswordChanged
        | Ending::IdentityUnlinked
        | Ending::RightsChanged
        | Ending::ConsentWithdrawn
        | Ending::Operator => Metric::Revocations,
    }
}
