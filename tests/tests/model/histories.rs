//! Refresh, revoke, sign in and disable at the same time, against the real table: every history has a sequential explanation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::sync::{Barrier, Mutex};
use tokio::task::JoinSet;
use vestibule::accounts::{Changed, FindLogin, Identifier, ManageAccounts, Standing};
use vestibule::authentication::LiveSession;
use vestibule::clock::Timestamp;
use vestibule::identity::{SessionId, UserId};
use vestibule::sessions::end::{EndSession, Ended, ListSessions};
use vestibule::sessions::open::{OpenSession, Opening};
use vestibule::sessions::refresh::{Audience, Rotate, Rotation};
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule::sessions::rotation::{Generation, RetryPolicy};
use vestibule::sessions::{Client, Ending, Session};
use vestibule::store::Table;

use crate::linear::{Entry, Kept, Operation, is_explained};
use crate::reference::Reference;
use crate::stored::stage;

/// The choice of operations repeats from run to run, their order is the machine's.
const HISTORIES: usize = 60;
const THREADS: usize = 4;
/// Of each thread.
const LENGTH: usize = 4;
/// The session that is there from the beginning.
const FIRST: u8 = 0;

fn reference() -> Reference {
    Reference::new(RetryPolicy::Window(Duration::from_secs(10)))
}

/// One person, and what is done to them.
struct Bench {
    table: Table,
    user: UserId,
    name: Identifier,
    client: Client,
    base: Reference,
    clock: AtomicUsize,
    next_session: AtomicUsize,
    history: Mutex<Vec<Entry>>,
}

impl Bench {
    fn tick(&self) -> usize {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    async fn note(&self, invoked: usize, now: Timestamp, operation: Operation) {
        let returned = self.tick();
        self.history.lock().await.push(Entry { invoked, returned, now, operation });
    }

    fn opened(&self, number: u8) -> Session {
        Session { user: self.user, ..self.base.opened(number) }
    }

    async fn act(&self, chance: &mut Rng) {
        let now = self.base.now.plus(Duration::from_secs(chance.choice([0, 5, 11, 12]).unwrap()));
        let session = FIRST;
        let id = SessionId::from_bytes([session; 16]);
        match chance.u8(..12) {
            0..6 => {
                let generation = Generation::from_number(chance.u32(1..=3));
                let mac_key = chance.u32(1..=2);
                let token = RefreshToken { user: self.user, session: id, generation };
                let invoked = self.tick();
                let heard =
                    self.table.rotate(&token, &self.client, Audience::OfTheSession, mac_key, now).await.unwrap();
                self.note(invoked, now, Operation::Refresh { session, generation, mac_key, heard }).await;
            }
            6 => {
                let invoked = self.tick();
                let heard = self.table.end(self.user, id, Ending::Revoked, now).await.unwrap();
                self.note(invoked, now, Operation::Revoke { session, heard }).await;
            }
            7 => {
                let invoked = self.tick();
                let heard = self.table.is_live(self.user, id, now).await.unwrap();
                self.note(invoked, now, Operation::IsLive { session, heard }).await;
            }
            8 => self.set_standing(chance.bool(), now).await,
            _ => self.sign_in(now).await,
        }
    }

    async fn sign_in(&self, now: Timestamp) {
        let invoked = self.tick();
        let record = self.table.find_login(&self.name).await.unwrap().unwrap();
        let (version, disabled) = (record.version, record.standing != Standing::Active);
        self.note(invoked, now, Operation::Read { version, disabled }).await;
        if disabled {
            return;
        }
        let number = u8::try_from(self.next_session.fetch_add(1, Ordering::SeqCst)).unwrap();
        let session = self.opened(number);
        let invoked = self.tick();
        let opened = self.table.open(&session, version).await.unwrap() == Opening::Opened;
        self.note(invoked, now, Operation::SignIn { version, session: Box::new(session), opened }).await;
    }

    /// Whoever loses against another change hears so, and has changed nothing.
    async fn set_standing(&self, disabled: bool, now: Timestamp) {
        let standing = if disabled { Standing::Disabled { at: now } } else { Standing::Active };
        let invoked = self.tick();
        if let Ok(Changed::Done { sessions_ended }) = self.table.set_standing(self.user, standing, now).await {
            self.note(invoked, now, Operation::SetStanding { disabled, ended: sessions_ended }).await;
        }
    }
}

async fn run(number: usize) -> (Kept, Bench) {
    let (_, scene) = stage();
    let email = format!("history{number}@example.com");
    let user = scene.user(&email, "orders:read", "admin").await.id;
    let base = reference();
    let bench = Bench {
        table: scene.cloud.table(),
        user,
        name: Identifier::parse(&email).unwrap(),
        client: base.client.clone(),
        base,
        clock: AtomicUsize::new(0),
        next_session: AtomicUsize::new(usize::from(FIRST) + 1),
        history: Mutex::default(),
    };
    let first = bench.opened(FIRST);
    assert_eq!(bench.table.open(&first, 1).await.unwrap(), Opening::Opened);
    let start = Kept { version: 1, disabled: false, sessions: vec![first] };
    let (bench, barrier) = (Arc::new(bench), Arc::new(Barrier::new(THREADS)));
    let mut threads = JoinSet::new();
    for thread in 0..THREADS {
        let (bench, barrier) = (Arc::clone(&bench), Arc::clone(&barrier));
        let mut chance = Rng::with_seed(u64::try_from(number * THREADS + thread).unwrap());
        threads.spawn(async move {
            barrier.wait().await;
            for _ in 0..LENGTH {
                bench.act(&mut chance).await;
            }
        });
    }
    threads.join_all().await;
    (start, Arc::into_inner(bench).unwrap())
}

#[test]
fn every_concurrent_history_of_refresh_revoke_login_and_disable_has_a_sequential_explanation() {
    let (runtime, _) = stage();
    let (mut overlapping, mut reused) = (0, 0);
    for number in 0..HISTORIES {
        let (start, bench) = runtime.block_on(run(number));
        let sessions = runtime.block_on(bench.table.sessions(bench.user)).unwrap();
        let mut after: Vec<_> = sessions.into_iter().map(Result::unwrap).collect();
        after.sort_by_key(|session| *session.id.as_bytes());
        let history = bench.history.into_inner();
        overlapping += history.iter().filter(|entry| entry.returned > entry.invoked + 1).count();
        reused += history.iter().filter(|entry| is_reuse(entry)).count();
        assert!(is_explained(&start, &bench.client, &history, &after), "history {number}: {history:#?}\n{after:#?}");
    }
    assert!(overlapping > HISTORIES, "only {overlapping} operations overlapped another");
    assert!(reused > 0, "no history held a reuse");
}

fn is_reuse(entry: &Entry) -> bool {
    matches!(entry.operation, Operation::Refresh { heard: Rotation::Reused(_), .. })
}

/// What the search must not believe.
#[test]
fn a_history_that_no_order_explains_is_found() {
    let base = reference();
    let first = base.opened(FIRST);
    let start = Kept { version: 1, disabled: false, sessions: vec![first.clone()] };
    let rotated = |session: &Session, mac_key| Session {
        generation: session.generation.next(),
        rotated_at: base.now,
        mac_key,
        ..session.clone()
    };
    let second = rotated(&first, 1);
    let refresh = |presented: &Session, mac_key, heard| Operation::Refresh {
        session: FIRST,
        generation: presented.generation,
        mac_key,
        heard,
    };
    let at = |invoked, returned, operation| Entry { invoked, returned, now: base.now, operation };
    let ended = |session: &Session, cause| Session {
        state: vestibule::sessions::State::Ended { at: base.now, cause },
        ..session.clone()
    };
    let revoked = || Operation::Revoke { session: FIRST, heard: Ended::Now };
    let rotates = || refresh(&first, 1, Rotation::Rotated(second.clone()));

    // The same two operations: side by side there is an order for them, one after the other there is none.
    let beside = [at(0, 3, revoked()), at(1, 2, rotates())];
    assert!(is_explained(&start, &base.client, &beside, &[ended(&second, Ending::Revoked)]));
    let after_the_acknowledgement = [at(0, 1, revoked()), at(2, 3, rotates())];
    assert!(!is_explained(&start, &base.client, &after_the_acknowledgement, &[ended(&second, Ending::Revoked)]));

    // One token exchanged twice.
    let twice = [at(0, 2, rotates()), at(1, 3, refresh(&first, 2, Rotation::Rotated(rotated(&first, 2))))];
    assert!(!is_explained(&start, &base.client, &twice, std::slice::from_ref(&second)));

    // A sign-in that outlives the disabling of its account.
    let new = base.opened(1);
    let opened = || Operation::SignIn { version: 1, session: Box::new(new.clone()), opened: true };
    let disabled = |ended| Operation::SetStanding { disabled: true, ended };
    let history = [at(0, 3, disabled(1)), at(1, 2, opened())];
    let first_ended = ended(&first, Ending::AccountDisabled);
    assert!(!is_explained(&start, &base.client, &history, &[first_ended.clone(), new.clone()]));
    let history = [at(0, 3, disabled(2)), at(1, 2, opened())];
    assert!(is_explained(&start, &base.client, &history, &[first_ended, ended(&new, Ending::AccountDisabled)]));

    // A revocation that was acknowledged and is lost.
    assert!(!is_explained(&start, &base.client, &[at(0, 1, revoked())], &[first]));
}
