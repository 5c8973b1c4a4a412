//! Sessions as their owner sees them, and nobody else.

use http::Method;
use serde_json::{Value, json};
use vestibule_tests::{PASSWORD, START, Scene};

use super::{Browser, is_cleared};

async fn listed(browser: &Browser<'_>) -> Vec<Value> {
    let answer = browser.ask(Method::GET, "/sessions").await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.json()["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn somebody_sees_where_they_are_signed_in_and_only_what_lives() {
    let scene = Scene::new().await;
    let (demo, other) = (scene.demo().await, scene.user("other@example.com", "", "").await);
    let gone = Browser::sign_in(&scene, &demo).await;
    gone.ask(Method::POST, "/logout").await.expect(204);
    Browser::sign_in(&scene, &other).await;
    let body = json!({ "username": demo.email, "password": PASSWORD, "device": "Ada's phone" });
    let login = http::Request::post("/login").header("content-type", "application/json");
    let login = login.header("x-forwarded-for", "192.0.2.1").body(body.to_string().into()).unwrap();
    scene.send_from("2001:db8:1:2::3".parse().unwrap(), login).await.expect(200);
    scene.wait(100);
    let browser = Browser::sign_in(&scene, &demo).await;
    scene.wait(50);
    scene.wire.take_calls();
    let sessions = listed(&browser).await;
    assert_eq!(scene.wire.take_calls(), ["GetItem", "Query"]);
    let start = START.seconds();
    let shown = |session: &Value| {
        ["current", "device", "network", "transport", "created_at", "last_seen_at"]
            .map(|member| session[member].clone())
    };
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let now = start + 100;
    assert_eq!(
        shown(&sessions[0]),
        [json!(true), json!("Ada's laptop"), json!("203.0.113.0/24"), json!("cookie"), json!(now), json!(now)]
    );
    assert_eq!(
        shown(&sessions[1]),
        [json!(false), json!("Ada's phone"), json!("2001:db8:1::/48"), json!("tokens"), json!(start), json!(start)]
    );
    scene.wait(20);
    assert_eq!(listed(&browser).await[0]["last_seen_at"], start + 170, "it was noted before it was listed");
}

#[tokio::test]
async fn somebody_ends_a_session_of_their_own_and_none_of_anybody_elses() {
    let scene = Scene::new().await;
    let (demo, other) = (scene.demo().await, scene.user("other@example.com", "", "").await);
    let (here, there) = (Browser::sign_in(&scene, &demo).await, Browser::sign_in(&scene, &demo).await);
    let others = Browser::sign_in(&scene, &other).await;
    for id in [others.id().await.as_str(), "ses_00000000000000000000000000000000", "x", "ses_%2e%2e"] {
        here.ask(Method::DELETE, &format!("/sessions/{id}")).await.expect_problem(404, "not-found");
    }
    assert!(others.is_live().await);
    let path = format!("/sessions/{}", there.id().await);
    let answer = here.ask(Method::DELETE, &path).await.expect(204);
    assert!(answer.set_cookies().is_empty() && !there.is_live().await);
    here.ask(Method::DELETE, &path).await.expect_problem(404, "not-found");
    let own = here.ask(Method::DELETE, &format!("/sessions/{}", here.id().await)).await.expect(204);
    assert!(is_cleared(&own) && !here.is_live().await);
}

#[tokio::test]
async fn somebody_ends_all_sessions_but_this_one_or_all() {
    let scene = Scene::new().await;
    let (demo, other) = (scene.demo().await, scene.user("other@example.com", "", "").await);
    let others = Browser::sign_in(&scene, &other).await;
    let tokens = scene.login(&demo).await;
    let (here, there) = (Browser::sign_in(&scene, &demo).await, Browser::sign_in(&scene, &demo).await);
    for query in ["all=false", "all", "all=true&all=true", "all=true&x=y", "everything"] {
        here.ask(Method::DELETE, &format!("/sessions?{query}")).await.expect_problem(400, "invalid-request");
    }
    let answer = here.ask(Method::DELETE, "/sessions").await.expect(200);
    assert_eq!((answer.json(), answer.set_cookies().len()), (json!({ "ended": 2 }), 0));
    assert!(here.is_live().await && !there.is_live().await);
    scene.try_refresh(&tokens.refresh).await.expect(401);
    let answer = here.ask(Method::DELETE, "/sessions?all=true").await.expect(200);
    assert!(is_cleared(&answer) && !here.is_live().await && others.is_live().await);
}

#[tokio::test]
async fn a_token_sees_and_ends_what_its_person_does_and_nobody_is_401() {
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    let answer = scene.get_as("/sessions", &tokens.access).await.expect(200);
    assert_eq!(answer.json()["sessions"][0]["current"], true);
    let nobody = scene.get("/sessions", &[]).await.expect_problem(401, "unauthenticated");
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
}
