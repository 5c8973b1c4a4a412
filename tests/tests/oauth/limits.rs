//! Clients with a limit in their registration (decision 0016).

use vestibule::limits::Limit;
use vestibule::oauth::clients::{Client, InvalidClient, SecretMethod};
use vestibule_tests::{Fault, Scene};

use crate::consent::{Person, give, page, redeem_with, refresh};
use crate::stage::{
    FORM, Registered, asserting, assertion, basic, expect_error, form, post, proof, service, with_key, with_secret,
};

async fn limited(scene: &Scene, id: &str, quota: u32) -> Registered {
    let client = Client { limit: Limit::new(quota, 60).ok(), ..service(id) };
    with_secret(scene, client, SecretMethod::Basic).await
}

#[tokio::test]
async fn a_client_gets_as_many_tokens_as_its_registration_gives_it_and_then_is_told_when_to_come_back() {
    let scene = Scene::new().await;
    let worker = limited(&scene, "worker", 3).await;
    let other = limited(&scene, "other", 3).await;
    for _ in 0..3 {
        worker.token(&scene, "").await.expect(200);
    }
    let refused = expect_error(worker.token(&scene, "").await, 429, "temporarily_unavailable");
    assert_eq!(refused.header("retry-after"), Some("20"));
    assert_eq!(refused.header("ratelimit-policy"), Some("\"client\";q=3;w=60"));
    assert_eq!(refused.header("ratelimit"), Some("\"client\";r=0;t=20"));
    other.token(&scene, "").await.expect(200);
    scene.wait(19);
    expect_error(worker.token(&scene, "").await, 429, "temporarily_unavailable");
    scene.wait(1);
    worker.token(&scene, "").await.expect(200);
}

#[tokio::test]
async fn questions_about_tokens_count_with_requests_for_them() {
    let scene = Scene::new().await;
    let worker = limited(&scene, "worker", 2).await;
    let token = worker.access_token(&scene).await;
    worker.introspect(&scene, &token).await;
    let body = form(&[("token", &token)]);
    expect_error(worker.post(&scene, "/oauth/introspect", &body).await, 429, "temporarily_unavailable");
    expect_error(worker.token(&scene, "").await, 429, "temporarily_unavailable");
}

/// A client that asked too often sends the same request again when it is told to.
#[tokio::test]
async fn a_request_that_came_too_early_has_not_spent_its_assertion() {
    let scene = Scene::new().await;
    let pair = with_key(&scene, Client { limit: Limit::new(1, 30).ok(), ..service("signer") }).await;
    let [first, second] = [(); 2].map(|()| asserting(&assertion(&scene, "signer", &pair, |_| {})));
    post(&scene, "/oauth/token", None, &first).await.expect(200);
    for _ in 0..2 {
        let refused = post(&scene, "/oauth/token", None, &second).await;
        expect_error(refused, 429, "temporarily_unavailable");
    }
    scene.wait(30);
    post(&scene, "/oauth/token", None, &second).await.expect(200);
}

/// A client's name is public.
#[tokio::test]
async fn whoever_does_not_prove_to_be_the_client_uses_none_of_its_requests_up() {
    let scene = Scene::new().await;
    let worker = limited(&scene, "worker", 1).await;
    for _ in 0..5 {
        let asked = "grant_type=client_credentials";
        expect_error(post(&scene, "/oauth/token", Some(&basic("worker", "x")), asked).await, 401, "invalid_client");
    }
    worker.token(&scene, "").await.expect(200);
}

#[tokio::test]
async fn a_count_is_one_call_and_without_a_limit_there_is_none() {
    let scene = Scene::new().await;
    let (limited, free) =
        (limited(&scene, "worker", 9).await, with_secret(&scene, service("free"), SecretMethod::Basic).await);
    for client in [&limited, &free] {
        client.token(&scene, "").await.expect(200);
    }
    scene.wire.take_calls();
    limited.token(&scene, "").await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"]);
    free.token(&scene, "").await.expect(200);
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}

/// What the README says of an exchange and a refresh is said of clients that prove themselves by a secret, or not at all, and have no limit.
#[tokio::test]
async fn an_assertion_and_a_limit_are_one_write_each_beside_what_the_grant_costs() {
    for (limit, counted) in [(None, vec![]), (Limit::new(9, 60).ok(), vec!["UpdateItem"])] {
        let scene = Scene::new().await;
        let pair = with_key(&scene, Client { limit, ..page("shop") }).await;
        let person = Person::sign_in(&scene, scene.demo().await).await;
        let fresh = || assertion(&scene, "shop", &pair, |_| {});
        let code = give(&scene, &person.agrees(&scene, "shop")).await;
        redeem_with(&scene, &code, &proof(&fresh())).await.expect(200);

        let code = give(&scene, &person.agrees(&scene, "shop")).await;
        scene.wire.take_calls();
        let first = redeem_with(&scene, &code, &proof(&fresh())).await.expect(200);
        let proved = [counted.as_slice(), &["PutItem"]].concat();
        assert_eq!(scene.wire.take_calls(), [proved.as_slice(), &["GetItem", "TransactWriteItems"]].concat());
        refresh(&scene, "shop", &first.member("refresh_token"), &proof(&fresh())).await.expect(200);
        assert_eq!(scene.wire.take_calls(), [proved.as_slice(), &["UpdateItem"]].concat());
    }
}

#[tokio::test]
async fn a_client_that_cannot_be_counted_gets_nothing() {
    let scene = Scene::new().await;
    let worker = limited(&scene, "worker", 9).await;
    let token = worker.access_token(&scene).await;
    scene.wire.break_always("UpdateItem", Fault::Throttled);
    expect_error(worker.token(&scene, "").await, 503, "temporarily_unavailable");
    let body = form(&[("token", &token)]);
    let answer = scene.post("/oauth/introspect", FORM, body.clone()).await;
    expect_error(answer, 401, "invalid_client");
    expect_error(worker.post(&scene, "/oauth/introspect", &body).await, 503, "temporarily_unavailable");
}

#[test]
fn a_client_that_anybody_can_be_has_no_limit_of_its_own() {
    let public = Client { limit: Limit::new(1, 60).ok(), ..service("app") };
    let public = Client {
        service: None,
        grants: [vestibule::oauth::clients::Grant::AuthorizationCode].into_iter().collect(),
        redirect_uris: vec!["https://app.example.com/back".parse().unwrap()],
        ..public
    };
    assert_eq!(public.check(), Err(InvalidClient::PublicLimit));
    assert_eq!(Client { limit: None, ..public }.check(), Ok(()));
}
