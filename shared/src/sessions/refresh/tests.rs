//! What a client gets for a refresh token, given what storage says of it.

use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::keys::MacKey;
use crate::sessions::fixture;
use crate::sessions::rotation::{DEFAULT_RETRY_WINDOW, Decision, Generation, RetryPolicy, decide};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const SECOND: Duration = Duration::from_secs(1);

fn client() -> Client {
    Client {
        id: "first-party".into(),
        retry: RetryPolicy::Window(DEFAULT_RETRY_WINDOW),
        idle_lifetime: Duration::from_secs(3600),
        absolute_lifetime: Duration::from_secs(7200),
    }
}

fn session(generation: u32, mac_key: u32) -> Session {
    Session {
        client_id: client().id,
        generation: Generation::from_number(generation),
        mac_key,
        idle_expires_at: NOW.plus(client().idle_lifetime),
        expires_at: NOW.plus(client().absolute_lifetime),
        ..fixture::session(NOW)
    }
}

fn ring(active: u32, ids: &[u32]) -> MacKeys {
    let key = |id: &u32| MacKey::new(*id, Secret::new([u8::try_from(*id).unwrap(); 32]));
    MacKeys::new(active, ids.iter().map(key).collect()).unwrap()
}

/// Storage with one session in it, which asks [`decide`] as every store must.
struct OneSession {
    session: Mutex<Session>,
    calls: Mutex<u32>,
}

impl OneSession {
    fn holding(session: Session) -> Self {
        Self { session: Mutex::new(session), calls: Mutex::new(0) }
    }
}

impl Rotate for OneSession {
    async fn rotate(
        &self,
        token: &RefreshToken,
        client: &Client,
        wanted: Audience<'_>,
        mac_key: u32,
        now: Timestamp,
    ) -> Result<Rotation, StoreError> {
        *self.calls.lock().unwrap() += 1;
        let mut session = self.session.lock().unwrap();
        Ok(match decide(&session, token.generation, client.retry, now) {
            Decision::Rotate | Decision::Retry if !wanted.is_of(&session) => Rotation::OtherAudience,
            Decision::Rotate => {
                session.generation = session.generation.next();
                session.rotated_at = now;
                session.mac_key = mac_key;
                Rotation::Rotated(session.clone())
            }
            Decision::Retry => Rotation::Retried(session.clone()),
            Decision::Late => Rotation::Late,
            Decision::Reuse(cause) => Rotation::Reused(cause),
            Decision::Over(over) => Rotation::Over(over),
        })
    }
}

/// Storage that says one thing.
struct Says(Result<Rotation, ()>);

impl Rotate for Says {
    async fn rotate(
        &self,
        _: &RefreshToken,
        _: &Client,
        _: Audience<'_>,
        _: u32,
        _: Timestamp,
    ) -> Result<Rotation, StoreError> {
        self.0.clone().map_err(|()| StoreError::Unavailable { operation: "UpdateItem", detail: "throttled".into() })
    }
}

async fn refused(says: Result<Rotation, ()>) -> RefreshError {
    let keys = ring(1, &[1]);
    let presented = current_token(&session(7, 1), &keys);
    refresh(&Says(says), &keys, &presented, &client(), Audience::OfTheSession, NOW).await.unwrap_err()
}

#[tokio::test]
async fn the_current_token_is_exchanged_for_its_successor() {
    let keys = ring(1, &[1]);
    let store = OneSession::holding(session(7, 1));
    let presented = current_token(&session(7, 1), &keys);
    let refreshed = refresh(&store, &keys, &presented, &client(), Audience::OfTheSession, NOW).await.unwrap();
    assert!(!refreshed.retried);
    assert_eq!(refreshed.session, *store.session.lock().unwrap());
    let opened = RefreshToken::open(refreshed.refresh_token.expose(), &keys).unwrap();
    assert_eq!(opened.generation, Generation::from_number(8));
    assert_eq!((opened.user, opened.session), (refreshed.session.user, refreshed.session.id));
    assert_eq!(*store.calls.lock().unwrap(), 1, "one storage call when all is well");
}

#[tokio::test]
async fn a_retry_gets_the_very_same_bytes() {
    let keys = ring(1, &[1]);
    let store = OneSession::holding(session(7, 1));
    let presented = current_token(&session(7, 1), &keys);
    let first = refresh(&store, &keys, &presented, &client(), Audience::OfTheSession, NOW).await.unwrap();
    for wait in [Duration::ZERO, SECOND, DEFAULT_RETRY_WINDOW] {
        let again =
            refresh(&store, &keys, &presented, &client(), Audience::OfTheSession, NOW.plus(wait)).await.unwrap();
        assert!(again.retried);
        assert_eq!(again.refresh_token.expose(), first.refresh_token.expose());
    }
}

#[tokio::test]
async fn a_retry_across_a_rotation_of_the_mac_key_gets_the_very_same_bytes() {
    let (before, after) = (ring(1, &[1, 2]), ring(2, &[1, 2]));
    let store = OneSession::holding(session(7, 1));
    let presented = current_token(&session(7, 1), &before);
    let first = refresh(&store, &before, &presented, &client(), Audience::OfTheSession, NOW).await.unwrap();
    let again = refresh(&store, &after, &presented, &client(), Audience::OfTheSession, NOW.plus(SECOND)).await.unwrap();
    assert!(again.retried);
    assert_eq!(again.refresh_token.expose(), first.refresh_token.expose());
    // The next rotation moves to the new key, and what it gave is what a retry on an instance with the old ring gets.
    let moved = refresh(&store, &after, &first.refresh_token, &client(), Audience::OfTheSession, NOW.plus(SECOND))
        .await
        .unwrap();
    assert_eq!(moved.session.mac_key, 2);
    let retried = refresh(&store, &before, &first.refresh_token, &client(), Audience::OfTheSession, NOW.plus(SECOND))
        .await
        .unwrap();
    assert_eq!(retried.refresh_token.expose(), moved.refresh_token.expose());
}

#[tokio::test]
async fn the_key_that_makes_the_next_token_is_recorded_with_it() {
    let keys = ring(2, &[1, 2]);
    let store = OneSession::holding(session(7, 1));
    let presented = current_token(&session(7, 1), &keys);
    let refreshed = refresh(&store, &keys, &presented, &client(), Audience::OfTheSession, NOW).await.unwrap();
    assert_eq!(store.session.lock().unwrap().mac_key, 2);
    let alone = ring(2, &[2]);
    assert!(RefreshToken::open(refreshed.refresh_token.expose(), &alone).is_ok(), "the new key made it");
}

#[test]
fn a_session_whose_mac_key_left_the_ring_goes_on_with_the_active_one() {
    let token = current_token(&session(7, 1), &ring(2, &[2]));
    let opened = RefreshToken::open(token.expose(), &ring(2, &[2])).unwrap();
    assert_eq!(opened.generation, Generation::from_number(7));
}

#[tokio::test]
async fn a_text_that_is_no_token_of_ours_never_reaches_storage() {
    let keys = ring(1, &[1]);
    let store = OneSession::holding(session(7, 1));
    let others = [
        String::new(),
        "vrt_".into(),
        current_token(&session(7, 1), &ring(1, &[1])).expose().to_uppercase(),
        current_token(&session(7, 2), &ring(2, &[2])).expose().clone(),
    ];
    for other in others {
        let error = refresh(&store, &keys, &Secret::new(other.clone()), &client(), Audience::OfTheSession, NOW)
            .await
            .unwrap_err();
        assert!(matches!(error, RefreshError::Refused(Refusal::NotOurs(_))), "{other}: {error}");
    }
    assert_eq!(*store.calls.lock().unwrap(), 0);
}

#[tokio::test]
async fn each_answer_of_storage_but_success_is_a_refusal_of_its_own() {
    let (user, id) = (session(7, 1).user, session(7, 1).id);
    let reused = |cause| Refusal::Reused { user, session: id, cause };
    let no_good = |why| Refusal::NoGood { user, session: id, why };
    for (says, refusal, reason) in [
        (Rotation::OtherAudience, no_good(NoGood::OtherAudience), "other_audience"),
        (Rotation::Late, no_good(NoGood::Late), "late_duplicate"),
        (Rotation::Reused(Ending::LostResponse), reused(Ending::LostResponse), "lost_response"),
        (Rotation::Reused(Ending::Concurrent), reused(Ending::Concurrent), "concurrent"),
        (Rotation::Reused(Ending::Replay), reused(Ending::Replay), "replay"),
        (Rotation::Over(Over::Idle), no_good(NoGood::Over(Over::Idle)), "idle_expiry"),
        (Rotation::Over(Over::Absolute), no_good(NoGood::Over(Over::Absolute)), "absolute_expiry"),
        (Rotation::Over(Over::Ended(Ending::Revoked)), no_good(NoGood::Over(Over::Ended(Ending::Revoked))), "revoked"),
        (Rotation::Unknown, no_good(NoGood::Unknown), "unknown_session"),
    ] {
        let RefreshError::Refused(refused) = refused(Ok(says)).await else { panic!("{reason}") };
        assert_eq!((refused, refused.reason()), (refusal, reason));
    }
}

#[tokio::test]
async fn storage_that_does_not_answer_is_no_refusal() {
    assert!(matches!(refused(Err(())).await, RefreshError::Store(_)));
}

#[test]
fn every_reason_of_a_text_that_is_not_ours_reaches_the_log() {
    for (not_ours, reason) in [
        (NotOurs::Malformed, "malformed"),
        (NotOurs::UnknownMacKey { key: 9 }, "unknown_mac_key"),
        (NotOurs::Forged, "forged"),
    ] {
        assert_eq!(Refusal::from(not_ours).reason(), reason);
    }
}
