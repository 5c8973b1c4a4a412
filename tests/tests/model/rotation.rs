//! What may happen in the [`World`], and what must be so wherever it leads.

use std::time::Duration;

use stateright::{Model, Property};
use vestibule::clock::Timestamp;
use vestibule::sessions::rotation::{DEFAULT_RETRY_WINDOW, Decision, Generation, Over, RetryPolicy};

use crate::policy::Policy;
use crate::world::{Broken, Event, Kept, Left, Message, Owner, Seconds, Token, Who, Witness, Work, World};

/// Time moves by this much: once is inside the window, twice is after it.
const TICK: Seconds = 6;
const IDLE: Seconds = 18;
const ABSOLUTE: Seconds = 24;
const HORIZON: Seconds = 24;
const WINDOW: Seconds = 10;
/// How many messages are under way at a time.
const NETWORK: usize = 2;
const FIRST: Token = Token { generation: 1, sibling: 0 };

/// A world by its rules.
#[derive(Clone, Debug)]
pub(crate) struct Rotation {
    pub(crate) policy: Policy,
    pub(crate) retry: RetryPolicy,
    /// Somebody copies the owner's token once and uses it.
    pub(crate) thief: bool,
    /// The owner comes back, and the network delivers or loses, within the window; with `until_used` the owner may sleep.
    pub(crate) prompt: bool,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Tick,
    Ask,
    Revoke,
    Steal,
    ThiefAsks,
    Deliver { message: Message, server: usize, again: bool },
    Hear(Message),
    Lose(Message),
    Finish(usize),
    Crash(usize),
}

/// Two live tokens after a race are what rotation exists to prevent.
pub(crate) const ONE_SUCCESSOR: &str = "at most one live successor";
pub(crate) const REVOKED_IS_DEAD: &str = "nothing is live after an acknowledged revocation";
pub(crate) const HONEST_SURVIVES: &str = "an honest client survives loss and parallel requests inside the window";
pub(crate) const REUSE_ENDS: &str = "reuse after the window ends the session before the answer";
pub(crate) const EXPIRY_STANDS: &str = "the absolute expiry never moves, and nothing is granted after an expiry";
pub(crate) const SPENT_STAYS_SPENT: &str = "a spent token is never current again";
/// Every promise by its name.
pub(crate) const PROMISES: [&str; 6] =
    [ONE_SUCCESSOR, REVOKED_IS_DEAD, HONEST_SURVIVES, REUSE_ENDS, EXPIRY_STANDS, SPENT_STAYS_SPENT];

impl Model for Rotation {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            now: 0,
            session: Kept {
                generation: FIRST.generation,
                rotated_at: 0,
                idle_expires_at: IDLE,
                expires_at: ABSOLUTE,
                ended_by: None,
            },
            network: Vec::new(),
            servers: [None, None],
            owner: Owner { holds: FIRST, asking_since: None, signed_out: false },
            thief: None,
            left: Left {
                asks: if self.thief { 3 } else { 5 },
                thefts: self.thief.into(),
                thiefs_asks: if self.thief { 2 } else { 0 },
                revocations: 1,
                repetitions: (!self.thief).into(),
                crashes: self.thief.into(),
            },
            witness: Witness { newest: FIRST.generation, ..Witness::default() },
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.now < HORIZON && self.may_wait(world) {
            actions.push(Action::Tick);
        }
        let room = world.network.len() < NETWORK;
        if room && !world.owner.signed_out {
            if world.left.asks > 0 {
                actions.push(Action::Ask);
            }
            if world.left.revocations > 0 {
                actions.push(Action::Revoke);
            }
        }
        if world.left.thefts > 0 {
            actions.push(Action::Steal);
        }
        if room && world.thief.is_some() && world.left.thiefs_asks > 0 {
            actions.push(Action::ThiefAsks);
        }
        for (at, message) in world.network.iter().copied().enumerate() {
            if at > 0 && world.network[at - 1] == message {
                continue;
            }
            actions.push(Action::Lose(message));
            if let Message::Answer { .. } = message {
                actions.push(Action::Hear(message));
                continue;
            }
            // The servers differ in nothing but what they are at: an idle one is as good as the other.
            if let Some(server) = world.servers.iter().position(Option::is_none) {
                actions.push(Action::Deliver { message, server, again: false });
                if world.left.repetitions > 0 && room {
                    actions.push(Action::Deliver { message, server, again: true });
                }
            }
        }
        for server in 0..world.servers.len() {
            if world.servers[server].is_some() {
                actions.push(Action::Finish(server));
                if world.left.crashes > 0 {
                    actions.push(Action::Crash(server));
                }
            }
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        next.witness.event = None;
        match action {
            Action::Tick => next.now += TICK,
            Action::Ask => {
                next.left.asks -= 1;
                let since = match (self.prompt, self.retry) {
                    (true, RetryPolicy::Window(_)) => *next.owner.asking_since.get_or_insert(world.now),
                    // A client that may sleep is prompt only in what it sends, not in coming back.
                    (true, RetryPolicy::UntilUsed) => world.now,
                    // Nobody looks.
                    (false, _) => 0,
                };
                next.put(Message::Ask { who: Who::Owner, token: world.owner.holds, since });
            }
            Action::Revoke => {
                next.left.revocations -= 1;
                next.put(Message::Revoke);
            }
            Action::Steal => {
                next.left.thefts -= 1;
                next.thief = Some(world.owner.holds);
            }
            Action::ThiefAsks => {
                next.left.thiefs_asks -= 1;
                next.put(Message::Ask { who: Who::Thief, token: world.thief?, since: 0 });
            }
            Action::Lose(message) => take(&mut next, message),
            Action::Hear(message) => {
                take(&mut next, message);
                hear(&mut next, message);
            }
            Action::Deliver { message, server, again } => {
                if again {
                    next.left.repetitions -= 1;
                } else {
                    take(&mut next, message);
                }
                self.serve(&mut next, message, server);
            }
            Action::Finish(server) => {
                let work = next.servers[server].take()?;
                self.finish(&mut next, work);
            }
            Action::Crash(server) => {
                next.left.crashes -= 1;
                next.servers[server] = None;
            }
        }
        next.servers.sort();
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let happens = |name, condition| Property::<Self>::sometimes(name, condition);
        let mut properties = vec![
            Property::always(ONE_SUCCESSOR, |model: &Self, world: &World| {
                !world.witness.broken.contains(&Broken::Forked) && model.live_tokens(world) <= 1
            }),
            Property::always(REVOKED_IS_DEAD, |model: &Self, world: &World| {
                !world.witness.revocation_acknowledged
                    || model.live_tokens(world) == 0 && !world.witness.broken.contains(&Broken::GrantedAfterRevocation)
            }),
            Property::always(HONEST_SURVIVES, |model: &Self, world: &World| {
                model.thief
                    || !model.prompt
                    || !world.witness.broken.contains(&Broken::OwnerRefused)
                        && world.session.ended_by.is_none_or(|cause| cause == "revoked")
            }),
            Property::always(REUSE_ENDS, |_, world: &World| !world.witness.broken.contains(&Broken::ReuseUnanswered)),
            Property::always(EXPIRY_STANDS, |_, world: &World| {
                world.session.expires_at == ABSOLUTE && !world.witness.broken.contains(&Broken::GrantedAfterExpiry)
            }),
            Property::always(SPENT_STAYS_SPENT, |_, world: &World| world.session.generation >= world.witness.newest),
            happens("a retry gets its answer again", |_, world| world.witness.event == Some(Event::Retried)),
            happens("a late duplicate is refused", |_, world| world.witness.event == Some(Event::Late)),
            happens("a session idles away", |_, world| world.witness.event == Some(Event::Idle)),
            happens("a session reaches its end", |_, world| world.witness.event == Some(Event::Absolute)),
            happens("a revocation is acknowledged", |_, world| world.witness.revocation_acknowledged),
        ];
        if self.thief {
            properties.push(happens("reuse is caught", |_, world| world.witness.event == Some(Event::Caught)));
            properties.push(happens("both servers are in the middle of something", |_, world| {
                world.servers.iter().all(Option::is_some)
            }));
        }
        properties
    }
}

impl Rotation {
    /// Whether time may pass. In a prompt world nothing is left waiting for longer than the window.
    fn may_wait(&self, world: &World) -> bool {
        let in_time = |since: Seconds| world.now + TICK <= since + WINDOW;
        let asks = world.network.iter().filter_map(|message| match message {
            Message::Ask { since, .. } => Some(*since),
            Message::Revoke | Message::Answer { .. } => None,
        });
        let works = world.servers.iter().flatten().map(|work| match work {
            Work::End { since, .. } | Work::PutBack { since, .. } => *since,
        });
        !self.prompt || asks.chain(works).chain(world.owner.asking_since).all(in_time)
    }

    /// A request has arrived at a server that is at nothing else.
    fn serve(&self, world: &mut World, message: Message, server: usize) {
        let (who, asked, since) = match message {
            Message::Answer { .. } => return,
            Message::Revoke => {
                world.session.ended_by.get_or_insert("revoked");
                world.witness.revocation_acknowledged = true;
                return;
            }
            Message::Ask { who, token, since } => (who, token, since),
        };
        let must_end = self.is_reuse(world, asked);
        match self.decide(&world.session, asked, world.now) {
            Decision::Rotate if self.policy == Policy::ReadThenWrite => {
                world.servers[server] = Some(Work::PutBack { seen: world.session.clone(), who, asked, since });
            }
            Decision::Rotate => {
                world.session = self.rotated(&world.session, world.now);
                grant(world, who, asked, Token { generation: world.session.generation, sibling: 0 });
            }
            Decision::Retry => {
                world.witness.event = Some(Event::Retried);
                let siblings = world.witness.successors.len();
                let sibling = if self.policy == Policy::Siblings { u8::try_from(siblings).unwrap() } else { 0 };
                if self.policy == Policy::WindowRestarts {
                    world.session.rotated_at = world.now;
                }
                grant(world, who, asked, Token { generation: world.session.generation, sibling });
                answered(world, must_end);
            }
            Decision::Late => {
                world.witness.event = Some(Event::Late);
                refuse(world, who, asked);
                answered(world, must_end);
            }
            Decision::Over(over) => {
                world.witness.event = match over {
                    Over::Idle => Some(Event::Idle),
                    Over::Absolute => Some(Event::Absolute),
                    Over::Ended(_) => None,
                };
                refuse(world, who, asked);
            }
            Decision::Reuse(cause) => {
                if self.policy == Policy::RefuseFirst {
                    refuse(world, who, asked);
                    answered(world, must_end);
                }
                world.servers[server] = Some(Work::End { cause: cause.as_str(), who, asked, since, must_end });
            }
        }
    }

    /// A server does the second half of what it began.
    fn finish(&self, world: &mut World, work: Work) {
        match work {
            Work::End { cause, who, asked, must_end, .. } => {
                world.session.ended_by.get_or_insert(cause);
                world.witness.event = Some(Event::Caught);
                if self.policy != Policy::RefuseFirst {
                    refuse(world, who, asked);
                    answered(world, must_end);
                }
            }
            Work::PutBack { seen, who, asked, .. } => {
                world.session = self.rotated(&seen, world.now);
                grant(world, who, asked, Token { generation: world.session.generation, sibling: 0 });
            }
        }
    }

    fn rotated(&self, session: &Kept, now: Seconds) -> Kept {
        let slides = self.policy == Policy::SlidingExpiry;
        Kept {
            generation: session.generation + 1,
            rotated_at: now,
            idle_expires_at: now + IDLE,
            expires_at: if slides { now + ABSOLUTE } else { session.expires_at },
            ended_by: session.ended_by.filter(|_| self.policy != Policy::EndingForgotten),
        }
    }

    fn decide(&self, session: &Kept, asked: Token, now: Seconds) -> Decision {
        let presented = Generation::from_number(asked.generation.into());
        self.policy.decide(&session.session(), presented, self.retry, Timestamp::from_seconds(now.into()))
    }

    /// How many different tokens could be exchanged now by whoever holds them.
    fn live_tokens(&self, world: &World) -> usize {
        let issued = world.witness.successors.iter().map(|(_, given)| *given).chain([FIRST]);
        let live = issued.filter(|token| self.decide(&world.session, *token, world.now) == Decision::Rotate);
        live.collect::<std::collections::BTreeSet<_>>().len()
    }

    /// DESIGN §6 in the onlooker's words: a spent token comes after the window of the rotation that made the newest one, and
    /// from a client that may retry until the successor is used, after that use.
    fn is_reuse(&self, world: &World, asked: Token) -> bool {
        let over = world.session.ended_by.is_some()
            || world.now >= world.session.expires_at.min(world.session.idle_expires_at);
        let behind = world.witness.newest.saturating_sub(asked.generation);
        let spent = if self.retry == RetryPolicy::UntilUsed { behind >= 2 } else { behind >= 1 };
        !over && spent && world.now > world.witness.newest_since + WINDOW
    }
}

fn take(world: &mut World, message: Message) {
    let at = world.network.iter().position(|other| *other == message).unwrap();
    world.network.remove(at);
}

fn hear(world: &mut World, message: Message) {
    let Message::Answer { who, asked, given } = message else { return };
    match (who, given) {
        (Who::Thief, Some(token)) => world.thief = world.thief.max(Some(token)),
        (Who::Thief, None) => {}
        (Who::Owner, Some(token)) if token.generation > world.owner.holds.generation => {
            world.owner.holds = token;
            world.owner.asking_since = None;
        }
        // Of a request that another tab has overtaken.
        (Who::Owner, Some(_)) => {}
        (Who::Owner, None) => world.owner.signed_out |= asked == world.owner.holds,
    }
}

fn grant(world: &mut World, who: Who, asked: Token, given: Token) {
    let expiry = ABSOLUTE.min(world.witness.newest_since.saturating_add(IDLE));
    if world.now >= expiry {
        world.witness.broken.insert(Broken::GrantedAfterExpiry);
    }
    world.witness.granted(asked, given, world.now);
    reply(world, Message::Answer { who, asked, given: Some(given) });
}

fn refuse(world: &mut World, who: Who, asked: Token) {
    let expired = world.now >= ABSOLUTE.min(world.witness.newest_since + IDLE);
    let revoked = world.session.ended_by == Some("revoked");
    if who == Who::Owner && asked == world.owner.holds && !expired && !revoked {
        world.witness.broken.insert(Broken::OwnerRefused);
    }
    reply(world, Message::Answer { who, asked, given: None });
}

/// A full network loses the answer, which it may do at any time.
fn reply(world: &mut World, answer: Message) {
    if world.network.len() < NETWORK {
        world.put(answer);
    }
}

fn answered(world: &mut World, must_end: bool) {
    if must_end && world.session.ended_by.is_none() {
        world.witness.broken.insert(Broken::ReuseUnanswered);
    }
}

/// The window of these worlds is the one that is shipped.
const _: () = assert!(DEFAULT_RETRY_WINDOW.as_secs() == WINDOW as u64);
/// A public client's.
pub(crate) const PUBLIC: RetryPolicy = RetryPolicy::Window(Duration::from_secs(WINDOW as u64));
