//! The world in which refresh tokens rotate: one session, its client in several tabs, a thief, two servers and a network that
//! loses, delays, reorders and repeats.
//!
//! An onlooker, [`Witness`], keeps what the promises speak of in the words of DESIGN §6 and RFC 9700 §4.14.2, so that they are
//! judged by something else than what decides.

use std::collections::BTreeSet;

use vestibule::clock::Timestamp;
use vestibule::identity::{SessionId, UserId};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::Generation;
use vestibule::sessions::{AuthenticationMethod, Ending, Session, State, Transport};

/// Seconds after the sign-in.
pub(crate) type Seconds = u8;

/// A refresh token. Ours are computed, so that there is one of each generation; siblings exist only where a policy draws them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Token {
    pub(crate) generation: u8,
    pub(crate) sibling: u8,
}

/// Who presented a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Who {
    Owner,
    Thief,
}

/// What the network carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Message {
    Ask { who: Who, token: Token, since: Seconds },
    Revoke,
    Answer { who: Who, asked: Token, given: Option<Token> },
}

/// What a server has begun and not finished.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Work {
    /// The first write was refused; the one that ends the session is still to come, and then the refusal.
    End { cause: &'static str, who: Who, asked: Token, since: Seconds, must_end: bool },
    /// It has read the session and will put it back changed.
    PutBack { seen: Kept, who: Who, asked: Token, since: Seconds },
}

/// The session as the table keeps it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Kept {
    pub(crate) generation: u8,
    pub(crate) rotated_at: Seconds,
    pub(crate) idle_expires_at: Seconds,
    pub(crate) expires_at: Seconds,
    pub(crate) ended_by: Option<&'static str>,
}

impl Kept {
    /// As the decision takes it.
    pub(crate) fn session(&self) -> Session {
        let at = |seconds: Seconds| Timestamp::from_seconds(seconds.into());
        Session {
            user: UserId::from_bytes([1; 16]),
            id: SessionId::from_bytes([2; 16]),
            client_id: String::new(),
            scope: Scopes::default(),
            audience: None,
            roles: Roles::default(),
            auth_time: at(0),
            auth_method: AuthenticationMethod::Password,
            signed_in_for: None,
            device: None,
            network: None,
            transport: Transport::Tokens,
            generation: Generation::from_number(self.generation.into()),
            rotated_at: at(self.rotated_at),
            mac_key: 1,
            idle_expires_at: at(self.idle_expires_at),
            expires_at: at(self.expires_at),
            state: self.ended_by.map_or(State::Live, |by| State::Ended { at: at(0), cause: cause(by) }),
        }
    }
}

fn cause(name: &str) -> Ending {
    name.parse().unwrap()
}

/// The client: what it holds, and since when it waits for a successor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    pub(crate) holds: Token,
    pub(crate) asking_since: Option<Seconds>,
    pub(crate) signed_out: bool,
}

/// What may still happen, so that the world is finite.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Left {
    pub(crate) asks: u8,
    pub(crate) thefts: u8,
    pub(crate) thiefs_asks: u8,
    pub(crate) revocations: u8,
    pub(crate) repetitions: u8,
    pub(crate) crashes: u8,
}

/// What was seen to be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Broken {
    /// A token had two successors.
    Forked,
    /// Something was granted after a revocation was acknowledged.
    GrantedAfterRevocation,
    /// Something was granted after the session had expired.
    GrantedAfterExpiry,
    /// A spent token was answered after its window and the session still lived.
    ReuseUnanswered,
    /// The owner heard a refusal for the token that it held, of a session that was neither revoked nor expired.
    OwnerRefused,
}

/// What was seen to happen, so that no promise is kept by an empty world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Event {
    Retried,
    Late,
    Caught,
    Idle,
    Absolute,
}

/// The onlooker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Witness {
    /// Which token each has been exchanged for.
    pub(crate) successors: BTreeSet<(Token, Token)>,
    /// When the newest generation first came to be.
    pub(crate) newest_since: Seconds,
    pub(crate) newest: u8,
    pub(crate) revocation_acknowledged: bool,
    pub(crate) broken: BTreeSet<Broken>,
    /// By the last step.
    pub(crate) event: Option<Event>,
}

impl Witness {
    /// A token was exchanged for another.
    pub(crate) fn granted(&mut self, asked: Token, given: Token, now: Seconds) {
        if given.generation > self.newest {
            (self.newest, self.newest_since) = (given.generation, now);
        }
        if self.successors.iter().any(|(of, successor)| *of == asked && *successor != given) {
            self.broken.insert(Broken::Forked);
        }
        self.successors.insert((asked, given));
        if self.revocation_acknowledged {
            self.broken.insert(Broken::GrantedAfterRevocation);
        }
    }
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) now: Seconds,
    pub(crate) session: Kept,
    /// Sorted, so that worlds which differ by order alone are one.
    pub(crate) network: Vec<Message>,
    pub(crate) servers: [Option<Work>; 2],
    pub(crate) owner: Owner,
    pub(crate) thief: Option<Token>,
    pub(crate) left: Left,
    pub(crate) witness: Witness,
}

impl World {
    pub(crate) fn put(&mut self, message: Message) {
        let at = self.network.partition_point(|other| *other <= message);
        self.network.insert(at, message);
    }
}
