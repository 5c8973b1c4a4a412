//! Whether a concurrent history can be explained: is there an order of its steps, each within the interval in which its operation
//! ran, in which a sequential store would have given the same answers (Herlihy and Wing, "Linearizability", 1990)?
//!
//! Two operations are not one step and do not claim to be. Reuse is seen by one conditional write and answered by another
//! (decision 0007); whoever disables an account changes it, asks for its sessions and ends each. Their steps are found
//! in order within their interval. Every other operation is one step.

use std::collections::{BTreeSet, HashSet};

use vestibule::clock::Timestamp;
use vestibule::sessions::end::Ended;
use vestibule::sessions::refresh::Rotation;
use vestibule::sessions::rotation::{Generation, over};
use vestibule::sessions::{Client, Ending, Session};

use crate::reference::{Reference, end};

/// What was asked, and what was heard.
#[expect(clippy::large_enum_variant, reason = "a few thousand of them at a time, and most are the large one")]
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// A sign-in that read this version of an account in good standing; the session that it would open, and whether it did.
    SignIn { version: u64, session: Box<Session>, opened: bool },
    /// A sign-in's read.
    Read { version: u64, disabled: bool },
    /// A refresh token of the session with this number.
    Refresh { session: u8, generation: Generation, mac_key: u32, heard: Rotation },
    /// A revocation.
    Revoke { session: u8, heard: Ended },
    /// A strict route asks.
    IsLive { session: u8, heard: bool },
    /// The account is disabled or enabled, which ended so many sessions.
    SetStanding { disabled: bool, ended: usize },
}

/// An operation and when it ran, by a counter that all threads share.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) invoked: usize,
    pub(crate) returned: usize,
    /// What its clock showed.
    pub(crate) now: Timestamp,
    pub(crate) operation: Operation,
}

/// What a sequential store holds.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) version: u64,
    pub(crate) disabled: bool,
    pub(crate) sessions: Vec<Session>,
}

/// How far an operation has come.
#[derive(Clone, Debug)]
enum Progress {
    Waiting,
    /// Reuse was seen; the session is still to be ended.
    Seen(Ending),
    /// The account is changed; its sessions are still to be asked for.
    Changed,
    /// These sessions are still to be ended, and so many were.
    Ending {
        left: BTreeSet<u8>,
        ended: usize,
    },
    Done,
}

/// Looks for an order that explains `history` and leaves what `after` says.
pub(crate) fn is_explained(start: &Kept, client: &Client, history: &[Entry], after: &[Session]) -> bool {
    let progress = vec![Progress::Waiting; history.len()];
    Search { client, history, after, seen: HashSet::new() }.from(start.clone(), progress)
}

struct Search<'a> {
    client: &'a Client,
    history: &'a [Entry],
    after: &'a [Session],
    seen: HashSet<String>,
}

impl Search<'_> {
    fn from(&mut self, kept: Kept, progress: Vec<Progress>) -> bool {
        let undone = |at: &usize| !matches!(progress[*at], Progress::Done);
        let all: Vec<usize> = (0..self.history.len()).filter(undone).collect();
        let Some(first_return) = all.iter().map(|at| self.history[*at].returned).min() else {
            let mut sessions = kept.sessions;
            sessions.sort_by_key(|session| *session.id.as_bytes());
            return sessions == self.after;
        };
        if !self.seen.insert(format!("{kept:?}{progress:?}")) {
            return false;
        }
        // Whatever began before the first of them returned may be next.
        all.into_iter().filter(|at| self.history[*at].invoked < first_return).any(|at| {
            self.steps(&kept, at, &progress[at]).into_iter().any(|(kept, next)| {
                let mut progress = progress.clone();
                progress[at] = next;
                self.from(kept, progress)
            })
        })
    }

    /// The steps that operation number `at` may take now and that fit what was heard.
    fn steps(&self, kept: &Kept, at: usize, progress: &Progress) -> Vec<(Kept, Progress)> {
        let Entry { now, ref operation, .. } = self.history[at];
        let mut kept = kept.clone();
        let done = |fits: bool, kept: Kept| if fits { vec![(kept, Progress::Done)] } else { Vec::new() };
        match (operation, progress) {
            (_, Progress::Done) => Vec::new(),
            (Operation::Read { version, disabled }, _) => {
                done((kept.version, kept.disabled) == (*version, *disabled), kept)
            }
            (Operation::SignIn { version, session, opened }, _) => {
                let opens = kept.version == *version && !kept.disabled;
                if opens {
                    kept.sessions.push((**session).clone());
                }
                done(opens == *opened, kept)
            }
            (Operation::Revoke { session, heard }, _) => {
                let ended =
                    find(&mut kept, *session).map_or(Ended::Already, |session| end(session, Ending::Revoked, now));
                done(ended == *heard, kept)
            }
            (Operation::IsLive { session, heard }, _) => {
                let live = find(&mut kept, *session).is_some_and(|session| over(session, now).is_none());
                done(live == *heard, kept)
            }
            (Operation::Refresh { session, .. }, Progress::Seen(cause)) => {
                if let Some(session) = find(&mut kept, *session) {
                    end(session, *cause, now);
                }
                done(true, kept)
            }
            (Operation::Refresh { session, generation, mac_key, heard }, _) => {
                let answer = find(&mut kept, *session).map_or(Rotation::Unknown, |session| {
                    Reference::present(session, self.client, *generation, *mac_key, now)
                });
                match answer {
                    answer if answer != *heard => Vec::new(),
                    Rotation::Reused(cause) => vec![(kept, Progress::Seen(cause))],
                    _ => done(true, kept),
                }
            }
            (Operation::SetStanding { .. }, Progress::Changed) => {
                let live = kept.sessions.iter().filter(|session| session.state == vestibule::sessions::State::Live);
                let left = live.map(|session| session.id.as_bytes()[0]).collect();
                vec![(kept, Progress::Ending { left, ended: 0 })]
            }
            (Operation::SetStanding { ended: heard, .. }, Progress::Ending { left, ended }) => {
                if left.is_empty() {
                    return done(ended == heard, kept);
                }
                let each = left.iter().map(|number| {
                    let (mut kept, mut left) = (kept.clone(), left.clone());
                    left.remove(number);
                    let session = find(&mut kept, *number).unwrap();
                    let now_ended = end(session, Ending::AccountDisabled, now) == Ended::Now;
                    (kept, Progress::Ending { left, ended: ended + usize::from(now_ended) })
                });
                each.collect()
            }
            (Operation::SetStanding { disabled, .. }, _) => {
                kept.version += 1;
                kept.disabled = *disabled;
                vec![(kept, Progress::Changed)]
            }
        }
    }
}

fn find(kept: &mut Kept, number: u8) -> Option<&mut Session> {
    kept.sessions.iter_mut().find(|session| session.id.as_bytes()[0] == number)
}
