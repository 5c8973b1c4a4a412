//! `POST /revoke` (RFC 7009).

use serde_json::json;
use tokio::task::JoinSet;

use crate::target::Target;

#[tokio::test]
async fn a_revoked_token_takes_its_session_along() {
    let target = Target::reach().await;
    let first = target.login(&target.demo).await;
    let second = target.refresh(&first.refresh).await;
    let answer = target.revoke(&second.refresh).await.expect(200);
    assert_eq!((answer.text(), answer.header("cache-control")), ("", Some("no-store")));
    for token in [&first.refresh, &second.refresh] {
        target.try_refresh(token).await.expect_problem(401, "invalid-refresh-token");
    }
}

#[tokio::test]
async fn an_access_token_as_json_does_the_same() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    target
        .post_json("/revoke", &json!({ "token": tokens.access, "token_type_hint": "access_token" }))
        .await
        .expect(200);
    target.try_refresh(&tokens.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn known_unknown_and_revoked_tokens_are_answered_alike() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    let known = target.revoke(&tokens.refresh).await.expect(200);
    for token in [tokens.refresh.as_str(), "vrt_nonsense", "nonsense", "a.b.c"] {
        let answer = target.revoke(token).await;
        assert_eq!((answer.status(), answer.text()), (known.status(), known.text()), "{token}");
        assert_eq!(answer.lasting_headers(), known.lasting_headers(), "{token}");
    }
}

/// Promise 4.
#[tokio::test]
async fn a_revocation_wins_over_every_refresh_beside_it() {
    let target = Target::reach().await;
    let first = target.login(&target.demo).await;
    let mut refreshes = JoinSet::new();
    for _ in 0..5 {
        let (target, token) = (target.clone(), first.refresh.clone());
        refreshes.spawn(async move { target.try_refresh(&token).await });
    }
    target.revoke(&first.refresh).await.expect(200);
    let mut given = vec![first.refresh];
    for answer in refreshes.join_all().await {
        match answer.status().as_u16() {
            200 => given.push(answer.member("refresh_token")),
            _ => drop(answer.expect_problem(401, "invalid-refresh-token")),
        }
    }
    for token in given {
        target.try_refresh(&token).await.expect_problem(401, "invalid-refresh-token");
    }
}
