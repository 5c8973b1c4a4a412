//! The audit trail: a closed list of what happened, one line each, written at the boundary and nowhere else (decision 0011).
//!
//! Fields are chosen by hand: no event can carry a credential, for none of its fields has a secret's type. An ended session
//! keeps when and why it ended in its own item, written in the same call that ended it; what an account keeps is its [`trail`],
//! what the keys keep their [`key_trail`], what a client keeps its [`client_trail`].

pub mod client_trail;
pub mod key_trail;
mod line;
pub mod trail;

use self::client_trail::ClientEvent;
use self::trail::{AccountChange, ApiKeyChange};
use crate::identity::{ApiKeyId, SessionId, UserId};
use crate::limits::Class;
use crate::oauth::clients::{ClientId, Grant};
use crate::principal::Subject;
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
    /// A browser was sent to a provider to sign in there.
    SentToProvider {
        /// Which.
        provider: &'a str,
    },
    /// Somebody signed in with an account at a provider.
    SignedInWith {
        /// Which provider.
        provider: &'a str,
        /// Who.
        user: UserId,
        /// The session that was opened.
        session: SessionId,
        /// Whether their account was made by it.
        registered: bool,
    },
    /// Somebody who came to go to a provider, or back from one, was refused.
    SignInWithRefused {
        /// Which provider, if we know it.
        provider: Option<&'a str>,
        /// Whose account it was for, if that is known.
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
    /// A browser's session was kept alive.
    Extended {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
    },
    /// A refresh token was refused; no session was ended for it.
    RefreshRefused {
        /// Whose session it names, if it is one of ours.
        user: Option<UserId>,
        /// Which session it names, if it is one of ours.
        session: Option<SessionId>,
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
    /// The token endpoint gave tokens.
    Issued {
        /// To which client.
        client: &'a str,
        /// For whom.
        subject: Subject,
        /// Of which session, if there is one.
        session: Option<SessionId>,
        /// By which grant.
        grant: Grant,
        /// Whether an earlier answer was repeated.
        retried: bool,
    },
    /// A request named no client, or none that proved itself.
    ClientRefused {
        /// Which, if that is certain.
        client: Option<&'a str>,
        /// Why.
        reason: &'static str,
    },
    /// A client did not get what it asked for.
    GrantRefused {
        /// Which.
        client: &'a str,
        /// Why.
        reason: &'static str,
    },
    /// A client was told what a token is worth (RFC 7662).
    Introspected {
        /// Which.
        client: &'a str,
        /// Why it is worth nothing, if it is.
        reason: Option<&'static str>,
    },
    /// A person was sent back to a client with a code.
    CodeIssued {
        /// To which client.
        client: &'a str,
        /// Whom.
        user: UserId,
        /// The session of their browser.
        session: SessionId,
    },
    /// Somebody let a client in.
    ConsentGiven {
        /// Who.
        user: UserId,
        /// Which.
        client: &'a str,
    },
    /// Somebody took back what they had let a client do, and its sessions have ended.
    ConsentWithdrawn {
        /// Who.
        user: UserId,
        /// Which.
        client: &'a str,
    },
    /// A client was told who signed in (OpenID Connect Core §5.3).
    ClaimsGiven {
        /// Which.
        client: &'a str,
        /// Who.
        user: UserId,
        /// In which session of the client.
        session: SessionId,
    },
    /// Somebody ended all their sessions, or all but the one they asked from.
    SessionsEnded {
        /// Whose.
        user: UserId,
        /// Why.
        cause: Ending,
    },
    /// A revocation found nothing to end (RFC 7009 §2.2).
    NothingToRevoke {
        /// Whose session the token names, if it is one of ours.
        user: Option<UserId>,
        /// Which session it names, if it is one of ours.
        session: Option<SessionId>,
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
    /// An API key was made or changed.
    ApiKeyChanged {
        /// Whose.
        owner: Subject,
        /// Which.
        key: ApiKeyId,
        /// How.
        change: ApiKeyChange,
    },
    /// Somebody may not do what they asked of an API key, or it cannot be done.
    ApiKeyChangeRefused {
        /// Who.
        caller: Subject,
        /// Why.
        reason: &'static str,
    },
    /// Somebody's API keys were listed.
    ApiKeysListed {
        /// Whose.
        owner: Subject,
    },
    /// An API key was used, and that could not be noted; the next use tries again.
    ApiKeyUseNotNoted {
        /// Whose.
        owner: Subject,
        /// Which.
        key: ApiKeyId,
        /// What failed.
        fault: &'a dyn std::fmt::Display,
    },
    /// A browser's session was ended because its person, or another, signed in there anew.
    SessionReplaced {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
    },
    /// A session was seen, and that could not be noted; the next request tries again, and until then it may count as idle.
    SessionNotNoted {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
        /// What failed.
        fault: &'a dyn std::fmt::Display,
    },
    /// An account was changed as its trail has it.
    AccountChanged {
        /// Whose.
        user: UserId,
        /// How.
        change: AccountChange,
    },
    /// A letter was handed to the mail service because of a request that hears the same whether or not there is an account.
    LetterSent {
        /// Whose account it is about, if there is one.
        user: Option<UserId>,
        /// Which letter.
        letter: &'static str,
    },
    /// What was asked is done, but the letter that tells of it was not taken.
    LetterNotSent {
        /// Whose account it is about.
        user: UserId,
        /// Which letter.
        letter: &'static str,
        /// What failed.
        fault: &'a dyn std::fmt::Display,
    },
    /// What somebody wanted of their account was refused.
    AccountChangeRefused {
        /// Whose account, if it is known.
        user: Option<UserId>,
        /// Why.
        reason: &'static str,
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
    /// Nobody, or nobody any more, stands behind a request to a function that finds out itself.
    Unauthenticated {
        /// Why.
        reason: &'static str,
    },
    /// An administrator changed somebody else's account, or ended its sessions.
    Administered {
        /// The administrator.
        by: UserId,
        /// Whose account.
        user: UserId,
        /// What was changed.
        what: &'static str,
    },
    /// An administrator's request was refused; nothing is changed.
    AdministrationRefused {
        /// Who asked, if it was a person.
        by: Option<UserId>,
        /// Whose account, if the request names one.
        user: Option<UserId>,
        /// Why.
        reason: &'static str,
    },
    /// An administrator registered a client, or changed one.
    ClientAdministered {
        /// The administrator.
        by: UserId,
        /// Which client.
        client: &'a ClientId,
        /// How.
        event: ClientEvent,
    },
    /// An administrator's request about clients was refused; nothing is changed.
    ClientAdministrationRefused {
        /// Who asked, if it was a person.
        by: Option<UserId>,
        /// Which client, if the request names one.
        client: Option<&'a ClientId>,
        /// Why.
        reason: &'static str,
    },
    /// A request came too soon.
    Limited {
        /// What was asked for too often.
        class: Class,
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
    /// Writes the event to the log under the request id that the client got, with what the request cost.
    pub fn record(self, request_id: &str) {
        self.line().write(request_id);
    }
}
