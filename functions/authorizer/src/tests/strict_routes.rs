//! Routes on which a session must be alive at the moment of the call.

use vestibule::authentication::Undecided;

use super::events::{ADMIN, Asks, DECLARED, END_ACCOUNT, WHOAMI};
use super::gateway::Outcome;
use super::says::Says;
use super::world::World;
use crate::NoAnswer;

#[tokio::test]
async fn a_live_session_is_let_in_and_was_looked_up_once() {
    for asks in Asks::ALL {
        for call in [ADMIN, END_ACCOUNT] {
            let world = World::new();
            let answer = world.ask(asks.event(call, &[&world.bearer(&Says::everything())])).await;
            assert!(matches!(asks.outcome(call, &answer), Outcome::LetIn { .. }), "{asks:?} {call:?}");
            assert_eq!(world.store.session_reads(), 1);
        }
    }
}

#[tokio::test]
async fn a_session_that_has_ended_is_as_good_as_none_from_the_next_call_on() {
    for asks in Asks::ALL {
        let world = World::new();
        let authorization = world.bearer(&Says::everything());
        let answer = world.ask(asks.event(ADMIN, &[&authorization])).await;
        assert!(matches!(asks.outcome(ADMIN, &answer), Outcome::LetIn { .. }), "{asks:?}");
        world.store.end_sessions();
        let answer = world.ask(asks.event(ADMIN, &[&authorization])).await;
        let expected = if asks.is_rest() { Outcome::Unauthorized } else { Outcome::Forbidden };
        assert_eq!(asks.outcome(ADMIN, &answer), expected, "{asks:?}");
        // Elsewhere the token works until it expires.
        let answer = world.ask(asks.event(WHOAMI, &[&authorization])).await;
        assert!(matches!(asks.outcome(WHOAMI, &answer), Outcome::LetIn { .. }), "{asks:?}");
    }
}

#[tokio::test]
async fn if_the_session_cannot_be_looked_up_nobody_is_let_in() {
    for asks in Asks::ALL {
        let world = World::new();
        let authorization = world.bearer(&Says::everything());
        // The keys are in memory, so that only the session is asked of the table.
        world.ask(asks.event(WHOAMI, &[&authorization])).await.unwrap();
        world.store.fail();
        let answer = world.ask(asks.event(ADMIN, &[&authorization])).await;
        assert!(matches!(answer, Err(NoAnswer::Undecided(Undecided::Store(_)))), "{asks:?}: {answer:?}");
        assert_eq!(asks.outcome(ADMIN, &answer), Outcome::Error);
    }
}

#[tokio::test]
async fn other_routes_look_up_no_session() {
    let world = World::new();
    world.store.end_sessions();
    for asks in Asks::ALL {
        for call in DECLARED.into_iter().filter(|call| ![ADMIN, END_ACCOUNT].contains(call)) {
            let answer = world.ask(asks.event(call, &[&world.bearer(&Says::everything())])).await;
            assert!(matches!(asks.outcome(call, &answer), Outcome::LetIn { .. }), "{asks:?} {call:?}");
        }
    }
    assert_eq!(world.store.session_reads(), 0);
}
