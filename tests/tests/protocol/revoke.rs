//! Revocation (RFC 7009).

use serde_json::json;
use vestibule_tests::{DYNAMODB, Fault, Scene, Tokens};

async fn signed_in() -> (Scene, Tokens) {
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    (scene, tokens)
}

#[tokio::test]
async fn a_revoked_refresh_token_takes_its_whole_session_along() {
    let (scene, first) = signed_in().await;
    let second = scene.refresh(&first.refresh).await;
    let answer = scene.revoke(&second.refresh).await.expect(200);
    assert_eq!((answer.text(), answer.header("cache-control")), ("", Some("no-store")));
    for token in [&first.refresh, &second.refresh] {
        scene.try_refresh(token).await.expect_problem(401, "invalid-refresh-token");
    }
}

#[tokio::test]
async fn known_unknown_revoked_and_unreadable_tokens_are_answered_alike() {
    let (scene, tokens) = signed_in().await;
    let known = scene.revoke(&tokens.refresh).await.expect(200);
    for token in [&tokens.refresh, "vrt_nonsense", "nonsense", "a.b.c", "%C3%A4", "%2B%2F%3D"] {
        let answer = scene.revoke(token).await.expect(200);
        assert_eq!(answer.text(), known.text(), "{token}");
        assert_eq!(answer.lasting_headers(), known.lasting_headers(), "{token}");
    }
}

#[tokio::test]
async fn a_form_and_json_do_the_same_whatever_the_hint() {
    for hint in ["refresh_token", "access_token", "nonsense"] {
        let (scene, tokens) = signed_in().await;
        scene.post_json("/revoke", &json!({ "token": tokens.refresh, "token_type_hint": hint })).await.expect(200);
        scene.try_refresh(&tokens.refresh).await.expect(401);
        let other = scene.try_login("demo@example.com", vestibule_tests::PASSWORD).await;
        let other = Tokens::of(other);
        let form = format!("token={}&token_type_hint={hint}", other.refresh);
        scene.post("/revoke", "application/x-www-form-urlencoded; charset=utf-8", form).await.expect(200);
        scene.try_refresh(&other.refresh).await.expect(401);
    }
}

#[tokio::test]
async fn an_access_token_ends_the_session_that_it_came_from() {
    let (scene, tokens) = signed_in().await;
    scene.revoke(&tokens.access).await.expect(200);
    scene.try_refresh(&tokens.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn an_older_token_of_the_chain_ends_its_session_too() {
    let (scene, first) = signed_in().await;
    let second = scene.refresh(&first.refresh).await;
    let third = scene.refresh(&second.refresh).await;
    scene.wait(3600);
    scene.revoke(&first.refresh).await.expect(200);
    scene.try_refresh(&third.refresh).await.expect(401);
}

#[tokio::test]
async fn a_revocation_ends_one_session_and_no_other() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let (one, other) = (scene.login(&demo).await, scene.login(&demo).await);
    scene.revoke(&one.refresh).await.expect(200);
    scene.refresh(&other.refresh).await;
}

/// RFC 7009 §2.2.1: 503 says that the token may still work, and the client may ask again.
#[tokio::test]
async fn a_revocation_that_storage_did_not_acknowledge_is_503_and_never_200() {
    let (scene, tokens) = signed_in().await;
    scene.wire.break_always(DYNAMODB, Fault::Unreachable);
    let answer = scene.revoke(&tokens.refresh).await.expect(503);
    assert_eq!(answer.member("error"), "temporarily_unavailable");
    assert!(answer.header("retry-after").is_some());
    scene.wire.mend();
    let next = scene.refresh(&tokens.refresh).await;
    scene.revoke(&next.refresh).await.expect(200);
    scene.try_refresh(&next.refresh).await.expect(401);
}
