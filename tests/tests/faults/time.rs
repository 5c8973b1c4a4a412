//! Time as it goes wrong: clocks that jump, instances that were frozen for hours, events that come twice, and functions that
//! are stopped between the write and the answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use vestibule_local::function::Function;
use vestibule_local::gateway::Gateway;
use vestibule_tests::{Answer, Scene, Tokens};

use crate::stage::Stage;

const MINUTES: Duration = Duration::from_secs(5 * 60);

pub(crate) fn ask(gateway: &Arc<Gateway>, path: &str, body: &Value) -> impl Future<Output = Answer> + Send + use<> {
    let request = Request::post(path).header("content-type", "application/json");
    let (gateway, request) = (Arc::clone(gateway), request.body(Bytes::from(body.to_string())).unwrap());
    async move { Answer::new(gateway.call([203, 0, 113, 7].into(), request).await) }
}

#[tokio::test]
async fn a_clock_that_jumps_five_minutes_either_way_ends_no_session_and_opens_none() {
    for ahead in [true, false] {
        let mut stage = Stage::new().await;
        let gone = stage.held.clone();
        stage.revoke().await.expect(200);
        stage.again().await;
        let now = stage.scene.clock.now();
        stage.scene.clock.set(if ahead { now.plus(MINUTES) } else { now.minus(MINUTES) });
        // What was revoked stays so, on either side of the jump.
        stage.scene.try_refresh(&gone.refresh).await.expect_problem(401, "invalid-refresh-token");
        stage.scene.get_as("/admin", &gone.access).await.expect(403);
        // An access token is never good for longer than it was given for.
        if ahead {
            stage.call("/whoami").await.expect(403);
        }
        // And the session goes on, through the jump back too.
        let next = Tokens::of(stage.refresh().await);
        stage.scene.get_as("/whoami", &next.access).await.expect(200);
        stage.scene.clock.set(now);
        let last = stage.scene.refresh(&next.refresh).await;
        stage.scene.get_as("/admin", &last.access).await.expect(200);
    }
}

/// An instance that Lambda froze after one request and thaws six hours later: its caches are as old as that.
#[tokio::test]
async fn an_instance_that_thaws_after_six_hours_knows_the_rotated_key_at_its_first_request() {
    let stage = Stage::new().await;
    let (scene, frozen) = (&stage.scene, Arc::clone(stage.scene.cloud.gateway()));
    let before = scene.login(&stage.person).await;
    scene.get_as("/whoami", &before.access).await.expect(200);
    scene.wait(6 * 60 * 60);
    rotate(scene).await;

    // Somebody signs in and refreshes elsewhere, by the new key.
    let elsewhere = scene.second_gateway();
    let login = json!({ "username": stage.person.email, "password": vestibule_tests::PASSWORD });
    let new = Tokens::of(ask(&elsewhere, "/login", &login).await);
    assert_ne!(key_of(&new.access), key_of(&before.access), "the key has not changed");

    scene.get_as("/admin", &new.access).await.expect(200);
    scene.get_as("/whoami", &before.access).await.expect(403);
    let thawed = Tokens::of(ask(&frozen, "/refresh", &json!({ "refresh_token": new.refresh })).await);
    // What the thawed instance signs, everybody accepts.
    let call = Request::get("/admin").header("authorization", format!("Bearer {}", thawed.access));
    Answer::new(elsewhere.call([203, 0, 113, 7].into(), call.body(Bytes::new()).unwrap()).await).expect(200);
}

/// Lambda may hand the same event to two instances ("Asynchronous invocation" and retrying clients alike).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invocation_that_is_delivered_twice_does_what_one_does() {
    let mut stage = Stage::new().await;
    let gateways = [Arc::clone(stage.scene.cloud.gateway()), stage.scene.second_gateway()];
    for _ in 0..10 {
        stage.again().await;
        let body = json!({ "refresh_token": stage.held.refresh });
        let (one, other) = tokio::join!(ask(&gateways[0], "/refresh", &body), ask(&gateways[1], "/refresh", &body));
        let (one, other) = (Tokens::of(one), Tokens::of(other));
        assert_eq!(one.refresh, other.refresh);
        let next = stage.scene.refresh(&one.refresh).await;

        let body = json!({ "token": next.refresh });
        let (one, other) = tokio::join!(ask(&gateways[0], "/revoke", &body), ask(&gateways[1], "/revoke", &body));
        assert_eq!((one.expect(200).text(), other.expect(200).text()), ("", ""));
        stage.scene.try_refresh(&next.refresh).await.expect_problem(401, "invalid-refresh-token");
    }
}

/// The write is committed, and the function is stopped before it hears of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_is_stopped_between_the_write_and_the_answer_costs_nobody_anything() {
    let mut stage = Stage::new().await;
    stage.again().await;
    let gateway = Arc::clone(stage.scene.cloud.gateway());

    let refresh = json!({ "refresh_token": stage.held.refresh });
    stopped_after_the_write(&stage, ask(&gateway, "/refresh", &refresh), "UpdateItem").await;
    // The client comes back as for any lost answer.
    let next = Tokens::of(stage.refresh().await);
    let last = stage.scene.refresh(&next.refresh).await;

    let revoke = json!({ "token": last.refresh });
    stopped_after_the_write(&stage, ask(&gateway, "/revoke", &revoke), "UpdateItem").await;
    stage.scene.try_refresh(&last.refresh).await.expect_problem(401, "invalid-refresh-token");
    stage.scene.revoke(&last.refresh).await.expect(200);

    let login = json!({ "username": stage.person.email, "password": vestibule_tests::PASSWORD });
    stopped_after_the_write(&stage, ask(&gateway, "/login", &login), "TransactWriteItems").await;
    Tokens::of(stage.sign_in().await);
}

async fn stopped_after_the_write(
    stage: &Stage,
    request: impl Future<Output = Answer> + Send + 'static,
    write: &'static str,
) {
    let held = stage.scene.wire.hold_next_answer(write);
    let running = tokio::spawn(request);
    held.arrived().await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled(), "it was not stopped in the middle");
}

/// As Secrets Manager does it.
async fn rotate(scene: &Scene) {
    const SECRET: &str = "vestibule-SigningKeys";
    let version = "thaw--------------------------------";
    let secrets = &scene.cloud.clients().secrets_manager;
    secrets.rotate_secret().secret_id(SECRET).client_request_token(version).send().await.unwrap();
    let function: Arc<dyn Function> = scene.cloud.function("RotateKeysFunction").unwrap().unwrap();
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let event = json!({ "Step": step, "SecretId": SECRET, "ClientRequestToken": version });
        function.invoke(event.to_string().into()).await.unwrap();
    }
}

fn key_of(token: &str) -> &str {
    token.split('.').next().unwrap()
}
