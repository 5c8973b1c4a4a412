//! `POST /refresh`: rotation and reuse detection (RFC 6749 §6, RFC 9700 §4.14.2).

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use crate::target::Target;

/// How many requests race with one token.
const RACERS: usize = 20;

#[tokio::test]
async fn a_refresh_gives_the_tokens_successor_and_changes_nobody() {
    let target = Target::reach().await;
    let first = target.login(&target.demo).await;
    let before = target.get_as("/whoami", &first.access).await.expect(200).json();
    let answer = target.try_refresh(&first.refresh).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_ne!(answer.member("refresh_token"), first.refresh);
    let after = target.get_as("/whoami", &answer.member("access_token")).await.expect(200).json();
    assert_eq!(before, after);
}

/// Promise 2.
#[tokio::test]
async fn a_retry_gets_the_same_successor() {
    let target = Target::reach().await;
    let first = target.login(&target.demo).await;
    let second = target.refresh(&first.refresh).await;
    assert_eq!(target.refresh(&first.refresh).await.refresh, second.refresh);
    target.refresh(&second.refresh).await;
}

/// Promise 1.
#[tokio::test]
async fn twenty_parallel_refreshes_have_one_successor() {
    let target = Target::reach().await;
    let first = target.login(&target.demo).await;
    let mut racers = JoinSet::new();
    for _ in 0..RACERS {
        let (target, token) = (target.clone(), first.refresh.clone());
        racers.spawn(async move { target.refresh(&token).await.refresh });
    }
    let successors: BTreeSet<_> = racers.join_all().await.into_iter().collect();
    assert_eq!(successors.len(), 1);
    assert!(!successors.contains(&first.refresh));
    target.refresh(successors.first().unwrap()).await;
}

#[tokio::test]
async fn a_late_duplicate_is_refused_and_the_session_lives() {
    let target = Target::reach().await;
    let first = target.login(&target.demo).await;
    let second = target.refresh(&first.refresh).await;
    let third = target.refresh(&second.refresh).await;
    target.try_refresh(&first.refresh).await.expect_problem(401, "invalid-refresh-token");
    target.refresh(&third.refresh).await;
}

/// Promise 3.
#[tokio::test]
async fn a_spent_token_ends_its_session_once_the_window_is_over() {
    let target = Target::reach().await;
    let first = target.login(&target.demo).await;
    let second = target.refresh(&first.refresh).await;
    target.wait(target.refresh_grace + 1).await;
    target.try_refresh(&first.refresh).await.expect_problem(401, "invalid-refresh-token");
    target.try_refresh(&second.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn forged_refresh_tokens_are_refused_alike() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    let real = &tokens.refresh;
    let flipped = real.replace(&real[20..21], if &real[20..21] == "A" { "B" } else { "A" });
    let refused = target.try_refresh("vrt_x").await.expect_problem(401, "invalid-refresh-token");
    for forged in ["", "vrt_", &real[1..], &real[..real.len() - 1], &format!("{real}A"), &flipped, &tokens.access] {
        let answer = target.try_refresh(forged).await;
        assert_eq!(answer.text(), refused.text(), "{forged}");
        assert_eq!(answer.lasting_headers(), refused.lasting_headers(), "{forged}");
    }
    target.refresh(real).await;
}
