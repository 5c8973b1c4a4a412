//! What the store's verbs promise of one person's sessions, as a state machine without storage.
//!
//! It is the model's policy, [`decide`], in the words of `shared/src/store/README.md`; whatever sequence of steps is drawn, the
//! real table has to answer as it does.

use std::time::Duration;

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;
use vestibule::clock::Timestamp;
use vestibule::identity::{SessionId, UserId};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::end::Ended;
use vestibule::sessions::refresh::Rotation;
use vestibule::sessions::rotation::{Decision, Generation, RetryPolicy, decide, over};
use vestibule::sessions::{AuthenticationMethod, Client, Ending, Session, State, Transport};

const START: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY: u64 = 86_400;
/// More would only make each rarer.
const MOST_SESSIONS: usize = 4;

/// One step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A sign-in that read the account as it was this many changes ago.
    SignIn {
        changes_ago: u64,
    },
    /// A refresh token of this session, so many generations behind the current one.
    Refresh {
        session: usize,
        behind: i64,
        mac_key: u32,
        foreign_client: bool,
    },
    Revoke {
        session: usize,
    },
    /// A strict route asks.
    IsLive {
        session: usize,
    },
    Disable,
    Enable,
    Wait(u64),
    /// Another machine's clock, which is behind.
    ClockSetBack(u64),
}

/// What the step must come to.
#[expect(clippy::large_enum_variant, reason = "a few thousand of them at a time, and most are the large one")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Nothing,
    SignedIn(bool),
    Refreshed(Rotation),
    Revoked(Ended),
    Live(bool),
    SessionsEnded(usize),
}

/// One person and what is known of them.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) client: Client,
    pub(crate) now: Timestamp,
    pub(crate) version: u64,
    pub(crate) disabled: bool,
    pub(crate) sessions: Vec<Session>,
    /// Of the last step.
    pub(crate) outcome: Outcome,
}

impl Reference {
    /// A person who has just registered, with a client of this retry policy.
    pub(crate) fn new(retry: RetryPolicy) -> Self {
        let client = Client {
            id: "first-party".into(),
            retry,
            idle_lifetime: Duration::from_secs(30 * DAY),
            absolute_lifetime: Duration::from_secs(90 * DAY),
        };
        Self { client, now: START, version: 1, disabled: false, sessions: Vec::new(), outcome: Outcome::Nothing }
    }

    /// A session that is opened now; `user` is nobody's.
    pub(crate) fn opened(&self, number: u8) -> Session {
        Session {
            user: UserId::from_bytes([0; 16]),
            id: SessionId::from_bytes([number; 16]),
            client_id: self.client.id.clone(),
            scope: Scopes::parse("orders:read").unwrap(),
            audience: None,
            roles: Roles::parse("admin").unwrap(),
            auth_time: self.now,
            auth_method: AuthenticationMethod::Password,
            signed_in_for: None,
            device: None,
            network: None,
            transport: Transport::Tokens,
            generation: Generation::FIRST,
            rotated_at: self.now,
            mac_key: 1,
            idle_expires_at: self.now.plus(self.client.idle_lifetime),
            expires_at: self.now.plus(self.client.absolute_lifetime),
            state: State::Live,
        }
    }

    /// Refresh token `presented` of `session`, in one atomic step but for reuse, which is seen first and answered by [`end`].
    pub(crate) fn present(
        session: &mut Session,
        client: &Client,
        presented: Generation,
        mac_key: u32,
        now: Timestamp,
    ) -> Rotation {
        match decide(session, presented, client.retry, now) {
            Decision::Rotate => {
                session.generation = presented.next();
                session.rotated_at = now;
                session.mac_key = mac_key;
                session.idle_expires_at = now.plus(client.idle_lifetime);
                Rotation::Rotated(session.clone())
            }
            Decision::Retry => Rotation::Retried(session.clone()),
            Decision::Late => Rotation::Late,
            Decision::Over(over) => Rotation::Over(over),
            Decision::Reuse(cause) => Rotation::Reused(cause),
        }
    }

    fn change_standing(&mut self, disabled: bool) {
        self.version += 1;
        self.disabled = disabled;
        let ended = self.sessions.iter_mut().map(|session| end(session, Ending::AccountDisabled, self.now));
        self.outcome = Outcome::SessionsEnded(ended.filter(|ended| *ended == Ended::Now).count());
    }
}

/// Ends `session` unless it has ended; that it expired makes no difference.
pub(crate) fn end(session: &mut Session, cause: Ending, now: Timestamp) -> Ended {
    if session.state != State::Live {
        return Ended::Already;
    }
    session.state = State::Ended { at: now, cause };
    Ended::Now
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        prop_oneof![
            3 => (0_u64..=70).prop_map(|window| RetryPolicy::Window(Duration::from_secs(window))),
            1 => Just(RetryPolicy::UntilUsed),
        ]
        .prop_map(Self::new)
        .boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Step> {
        let sign_in = prop_oneof![6 => Just(0), 1 => 1_u64..3].prop_map(|changes_ago| Step::SignIn { changes_ago });
        let wait = prop_oneof![
            8 => 0_u64..12,
            4 => 12_u64..80,
            1 => DAY..40 * DAY,
        ]
        .prop_map(Step::Wait);
        let back = (1_u64..300).prop_map(Step::ClockSetBack);
        let standing = prop_oneof![1 => Just(Step::Disable), 2 => Just(Step::Enable)];
        if state.sessions.is_empty() {
            return prop_oneof![8 => sign_in, 2 => wait, 1 => standing].boxed();
        }
        let session = 0..state.sessions.len();
        let behind = prop_oneof![8 => Just(0), 5 => Just(1), 3 => 2_i64..4, 1 => Just(-1)];
        let refresh = (session.clone(), behind, 1_u32..3, prop::bool::weighted(0.02)).prop_map(
            |(session, behind, mac_key, foreign_client)| Step::Refresh { session, behind, mac_key, foreign_client },
        );
        prop_oneof![
            3 => sign_in,
            30 => refresh,
            2 => session.clone().prop_map(|session| Step::Revoke { session }),
            4 => session.prop_map(|session| Step::IsLive { session }),
            1 => standing,
            8 => wait,
            1 => back,
        ]
        .boxed()
    }

    fn preconditions(state: &Self, step: &Step) -> bool {
        match step {
            Step::SignIn { changes_ago } => state.sessions.len() < MOST_SESSIONS && *changes_ago < state.version,
            Step::Refresh { session, behind, .. } => {
                let generation = state.sessions.get(*session).map(|session| i64::from(session.generation.number()));
                generation.is_some_and(|generation| generation > *behind)
            }
            Step::Revoke { session } | Step::IsLive { session } => *session < state.sessions.len(),
            Step::Disable | Step::Enable | Step::Wait(_) | Step::ClockSetBack(_) => true,
        }
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        state.outcome = Outcome::Nothing;
        match *step {
            Step::SignIn { changes_ago } => {
                let opens = changes_ago == 0 && !state.disabled;
                if opens {
                    state.sessions.push(state.opened(u8::try_from(state.sessions.len()).unwrap()));
                }
                state.outcome = Outcome::SignedIn(opens);
            }
            Step::Refresh { foreign_client: true, .. } => state.outcome = Outcome::Refreshed(Rotation::Unknown),
            Step::Refresh { session, behind, mac_key, .. } => {
                let presented = state.presented(session, behind);
                let session = &mut state.sessions[session];
                let rotation = Self::present(session, &state.client, presented, mac_key, state.now);
                if let Rotation::Reused(cause) = rotation {
                    end(session, cause, state.now);
                }
                state.outcome = Outcome::Refreshed(rotation);
            }
            Step::Revoke { session } => {
                state.outcome = Outcome::Revoked(end(&mut state.sessions[session], Ending::Revoked, state.now));
            }
            Step::IsLive { session } => {
                state.outcome = Outcome::Live(over(&state.sessions[session], state.now).is_none());
            }
            Step::Disable => state.change_standing(true),
            Step::Enable => state.change_standing(false),
            Step::Wait(seconds) => state.now = state.now.plus(Duration::from_secs(seconds)),
            Step::ClockSetBack(seconds) => state.now = state.now.minus(Duration::from_secs(seconds)),
        }
        state
    }
}

impl Reference {
    /// The generation that is so far behind the current one of `session`.
    pub(crate) fn presented(&self, session: usize, behind: i64) -> Generation {
        let current = i64::from(self.sessions[session].generation.number());
        Generation::from_number(u32::try_from(current - behind).unwrap())
    }
}
