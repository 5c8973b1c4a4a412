//! Refresh rotation (RFC 6749 §6, RFC 9700 §4.14.2).

use vestibule::sessions::end::ListSessions;
use vestibule::sessions::{Ending, State};
use vestibule_tests::{Scene, Tokens, User};

const DAY: u64 = 24 * 60 * 60;

async fn signed_in() -> (Scene, User, Tokens) {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    (scene, demo, tokens)
}

async fn state(scene: &Scene, user: &User) -> State {
    let sessions = scene.cloud.table().sessions(user.id).await.unwrap();
    assert_eq!(sessions.len(), 1);
    sessions[0].as_ref().unwrap().state
}

#[tokio::test]
async fn a_refresh_gives_a_new_access_token_and_the_tokens_successor() {
    let (scene, _, first) = signed_in().await;
    let before = scene.get_as("/whoami", &first.access).await.expect(200).json();
    scene.wait(60);
    let answer = scene.try_refresh(&first.refresh).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let second = Tokens::of(answer);
    assert_ne!(first.refresh, second.refresh);
    assert_ne!(first.access, second.access);
    let after = scene.get_as("/whoami", &second.access).await.expect(200).json();
    assert_eq!(before, after, "who signed in, when and for what does not change by a refresh");
}

/// Promise 2.
#[tokio::test]
async fn lost_is_not_stolen_a_retry_inside_the_window_gets_the_same_successor() {
    let (scene, _, first) = signed_in().await;
    let second = scene.refresh(&first.refresh).await;
    for _ in 0..3 {
        scene.wait(3);
        assert_eq!(scene.refresh(&first.refresh).await.refresh, second.refresh);
    }
    scene.refresh(&second.refresh).await;
}

/// Promise 3.
#[tokio::test]
async fn theft_ends_it_a_spent_refresh_token_ends_its_session_before_the_answer() {
    let (scene, demo, first) = signed_in().await;
    let second = scene.refresh(&first.refresh).await;
    scene.wait(11);
    scene.try_refresh(&first.refresh).await.expect_problem(401, "invalid-refresh-token");
    let ended = State::Ended { at: scene.clock.now(), cause: Ending::LostResponse };
    assert_eq!(state(&scene, &demo).await, ended);
    scene.try_refresh(&second.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn a_token_whose_successor_was_used_long_ago_is_a_replay() {
    let (scene, demo, first) = signed_in().await;
    let second = scene.refresh(&first.refresh).await;
    let third = scene.refresh(&second.refresh).await;
    scene.wait(61);
    scene.try_refresh(&first.refresh).await.expect_problem(401, "invalid-refresh-token");
    assert_eq!(state(&scene, &demo).await, State::Ended { at: scene.clock.now(), cause: Ending::Replay });
    scene.try_refresh(&third.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn a_late_duplicate_out_of_a_burst_is_refused_and_the_session_lives() {
    let (scene, demo, first) = signed_in().await;
    let second = scene.refresh(&first.refresh).await;
    let third = scene.refresh(&second.refresh).await;
    scene.try_refresh(&first.refresh).await.expect_problem(401, "invalid-refresh-token");
    assert_eq!(state(&scene, &demo).await, State::Live);
    scene.refresh(&third.refresh).await;
}

#[tokio::test]
async fn every_refused_refresh_looks_the_same() {
    let (scene, _, first) = signed_in().await;
    let second = scene.refresh(&first.refresh).await;
    let late = {
        scene.refresh(&second.refresh).await;
        scene.try_refresh(&first.refresh).await
    };
    let unreadable = scene.try_refresh("vrt_x").await;
    scene.wait(120);
    let reuse = scene.try_refresh(&first.refresh).await;
    let ended = scene.try_refresh(&second.refresh).await;
    for answer in [&late, &reuse, &ended] {
        assert_eq!(answer.text(), unreadable.text());
        assert_eq!(answer.lasting_headers(), unreadable.lasting_headers());
    }
    unreadable.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn a_forged_token_is_refused_without_any_storage_call() {
    let (scene, _, tokens) = signed_in().await;
    scene.refresh(&tokens.refresh).await;
    scene.wire.take_calls();
    let real = tokens.refresh;
    let swapped = format!("{}{}", &real[..60], &real[60..].chars().rev().collect::<String>());
    let flipped = real.replace(&real[20..21], if &real[20..21] == "A" { "B" } else { "A" });
    for forged in
        ["", "vrt_", "x", &real[1..], &real[..real.len() - 1], &format!("{real}A"), &swapped, &flipped, &tokens.access]
    {
        scene.try_refresh(forged).await.expect_problem(401, "invalid-refresh-token");
    }
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}

#[tokio::test]
async fn a_session_that_is_not_refreshed_in_time_is_over() {
    let (scene, _, first) = signed_in().await;
    scene.wait(30 * DAY - 1);
    let second = scene.refresh(&first.refresh).await;
    scene.wait(30 * DAY);
    scene.try_refresh(&second.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn rotation_never_moves_the_absolute_expiry() {
    let (scene, _, mut tokens) = signed_in().await;
    for _ in 0..8 {
        scene.wait(10 * DAY);
        tokens = scene.refresh(&tokens.refresh).await;
    }
    scene.wait(10 * DAY - 1);
    let last = scene.try_refresh(&tokens.refresh).await.expect(200);
    assert_eq!(last.json()["expires_in"], 1, "an access token never outlives its session");
    scene.wait(1);
    scene.try_refresh(&last.member("refresh_token")).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn the_window_is_configured_and_may_be_closed() {
    let scene = Scene::builder().parameter("RefreshGraceSeconds", "0").begin().await;
    let tokens = scene.login(&scene.demo().await).await;
    scene.refresh(&tokens.refresh).await;
    scene.refresh(&tokens.refresh).await;
    scene.wait(1);
    scene.try_refresh(&tokens.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_no_session() {
    let (scene, _, first) = signed_in().await;
    let second = scene.refresh(&first.refresh).await;
    scene.clock.set(scene.clock.now().minus(std::time::Duration::from_secs(300)));
    assert_eq!(scene.refresh(&first.refresh).await.refresh, second.refresh);
    scene.refresh(&second.refresh).await;
}

#[tokio::test]
async fn sessions_of_one_person_are_refreshed_apart() {
    let (scene, demo, one) = signed_in().await;
    let other = scene.login(&demo).await;
    scene.refresh(&one.refresh).await;
    scene.wait(60);
    scene.try_refresh(&one.refresh).await.expect(401);
    scene.refresh(&other.refresh).await;
}
