//! The real table, driven by the drawn steps: after each it answers as the [`Reference`] does, and holds what it holds.

use std::sync::OnceLock;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use tokio::runtime::Runtime;
use vestibule::accounts::{Changed, ManageAccounts, Standing};
use vestibule::authentication::LiveSession;
use vestibule::config::{Variables, process_environment};
use vestibule::identity::UserId;
use vestibule::sessions::end::{EndSession, ListSessions};
use vestibule::sessions::open::{OpenSession, Opening};
use vestibule::sessions::refresh::{Audience, Rotate};
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule::sessions::rotation::Generation;
use vestibule::sessions::{Client, Ending, Session};
use vestibule::store::Table;
use vestibule_tests::Scene;

use crate::reference::{Outcome, Reference, Step};

/// Of an ordinary test run.
const STEPS: u32 = 5_000;
/// Of one drawn sequence.
const LENGTH: u32 = 100;

/// A deployment and what drives it.
pub(crate) fn stage() -> &'static (Runtime, Scene) {
    static STAGE: OnceLock<(Runtime, Scene)> = OnceLock::new();
    STAGE.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let scene = runtime.block_on(Scene::new());
        (runtime, scene)
    })
}

/// A person of their own for each sequence.
struct Stored {
    table: Table,
    user: UserId,
    /// Generations before the last step, by session: what a step's "behind" counted from.
    before: Reference,
}

impl Stored {
    /// The reference's session as the table has it.
    fn theirs(&self, session: &Session) -> Session {
        Session { user: self.user, ..session.clone() }
    }

    fn outcome(&self, outcome: &Outcome) -> Outcome {
        use vestibule::sessions::refresh::Rotation;
        match outcome {
            Outcome::Refreshed(Rotation::Rotated(session)) => {
                Outcome::Refreshed(Rotation::Rotated(self.theirs(session)))
            }
            Outcome::Refreshed(Rotation::Retried(session)) => {
                Outcome::Refreshed(Rotation::Retried(self.theirs(session)))
            }
            other => other.clone(),
        }
    }

    fn token(&self, session: usize, generation: Generation) -> RefreshToken {
        RefreshToken { user: self.user, session: self.before.sessions[session].id, generation }
    }

    async fn step(&self, step: &Step) -> Outcome {
        let before = &self.before;
        let now = before.now;
        match *step {
            Step::SignIn { changes_ago } => {
                let session = before.opened(u8::try_from(before.sessions.len()).unwrap());
                let opening = self.table.open(&self.theirs(&session), before.version - changes_ago).await.unwrap();
                Outcome::SignedIn(opening == Opening::Opened)
            }
            Step::Refresh { session, behind, mac_key, foreign_client } => {
                let token = self.token(session, before.presented(session, behind));
                let foreign = Client { id: "another".into(), ..before.client.clone() };
                let client = if foreign_client { &foreign } else { &before.client };
                Outcome::Refreshed(
                    self.table.rotate(&token, client, Audience::OfTheSession, mac_key, now).await.unwrap(),
                )
            }
            Step::Revoke { session } => {
                let id = before.sessions[session].id;
                Outcome::Revoked(self.table.end(self.user, id, Ending::Revoked, now).await.unwrap())
            }
            Step::IsLive { session } => {
                Outcome::Live(self.table.is_live(self.user, before.sessions[session].id, now).await.unwrap())
            }
            Step::Disable => self.set_standing(Standing::Disabled { at: now }).await,
            Step::Enable => self.set_standing(Standing::Active).await,
            Step::Wait(_) | Step::ClockSetBack(_) => Outcome::Nothing,
        }
    }

    async fn set_standing(&self, standing: Standing) -> Outcome {
        match self.table.set_standing(self.user, standing, self.before.now).await.unwrap() {
            Changed::Done { sessions_ended } => Outcome::SessionsEnded(sessions_ended),
            other => panic!("{other:?}"),
        }
    }
}

struct TableAgainstReference;

impl StateMachineTest for TableAgainstReference {
    type SystemUnderTest = Stored;
    type Reference = Reference;

    fn init_test(reference: &Reference) -> Stored {
        let (runtime, scene) = stage();
        let user = runtime.block_on(async {
            static NUMBER: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
            let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            scene.user(&format!("person{number}@example.com"), "orders:read", "admin").await
        });
        Stored { table: scene.cloud.table(), user: user.id, before: reference.clone() }
    }

    fn apply(mut stored: Stored, after: &Reference, step: Step) -> Stored {
        let answered = stage().0.block_on(stored.step(&step));
        assert_eq!(answered, stored.outcome(&after.outcome), "{step:?} of {:#?}", stored.before);
        stored.before = after.clone();
        stored
    }

    fn teardown(stored: Stored, reference: Reference) {
        let sessions = stage().0.block_on(stored.table.sessions(stored.user)).unwrap();
        let mut sessions: Vec<_> = sessions.into_iter().map(Result::unwrap).collect();
        sessions.sort_by_key(|session| *session.id.as_bytes());
        let expected: Vec<_> = reference.sessions.iter().map(|session| stored.theirs(session)).collect();
        assert_eq!(sessions, expected);
    }
}

/// `VESTIBULE_MODEL_STEPS` asks for more.
#[test]
fn whatever_is_done_to_a_persons_sessions_the_table_answers_as_the_model_does() {
    let asked = process_environment().get("VESTIBULE_MODEL_STEPS").map(|steps| steps.parse().unwrap());
    let steps = asked.unwrap_or(STEPS);
    let config = Config { cases: steps.div_ceil(LENGTH), failure_persistence: None, ..Config::default() };
    // The same sequences in every run, and a longer run goes on where a shorter one ends: what fails, fails again.
    let mut runner = TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = Reference::sequential_strategy(LENGTH as usize);
    let run = runner.run(&strategy, |(reference, steps, seen)| {
        TableAgainstReference::test_sequential(config.clone(), reference, steps, seen);
        Ok(())
    });
    run.unwrap_or_else(|fault| panic!("{fault}"));
}
