//! Races: what many requests at the same moment may do to one session.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde_json::json;
use tokio::task::JoinSet;
use vestibule::accounts::{Changed, ManageAccounts, Standing};
use vestibule::sessions::State;
use vestibule::sessions::end::ListSessions;
use vestibule_local::gateway::Gateway;
use vestibule_tests::{Answer, PASSWORD, Scene};

fn ask(gateway: &Arc<Gateway>, path: &str, body: &serde_json::Value) -> impl Future<Output = Answer> + Send + 'static {
    let request = Request::post(path).header("content-type", "application/json");
    let (gateway, request) = (Arc::clone(gateway), request.body(Bytes::from(body.to_string())).unwrap());
    async move { Answer::new(gateway.call([203, 0, 113, 7].into(), request).await) }
}

/// Promise 1: 50 requests at once, 200 times, over two sets of instances.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_successor_however_many_requests_race_with_one_token() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let gateways = [scene.cloud.gateway().clone(), scene.second_gateway()];
    let mut token = scene.login(&demo).await.refresh;
    let mut chain = BTreeSet::from([token.clone()]);
    for round in 0..200 {
        let mut requests = JoinSet::new();
        for number in 0..50 {
            requests.spawn(ask(&gateways[number % 2], "/refresh", &json!({ "refresh_token": token })));
        }
        let answers = requests.join_all().await;
        let successors: BTreeSet<_> =
            answers.into_iter().map(|answer| answer.expect(200).member("refresh_token")).collect();
        assert_eq!(successors.len(), 1, "round {round}");
        token = successors.into_iter().next().unwrap();
        assert!(chain.insert(token.clone()), "round {round}: an old token came back");
    }
}

/// Promise 4: whatever races with a revocation, nothing works once it has been acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn committed_defence_a_revocation_wins_over_every_refresh_beside_it() {
    let scene = Scene::builder().parameter("LoginNameLimit", "1000/60").begin().await;
    let demo = scene.demo().await;
    let gateway = scene.cloud.gateway();
    for _ in 0..50 {
        let token = scene.login(&demo).await.refresh;
        let mut refreshes = JoinSet::new();
        for _ in 0..5 {
            refreshes.spawn(ask(gateway, "/refresh", &json!({ "refresh_token": token })));
        }
        let revocation = tokio::spawn(ask(gateway, "/revoke", &json!({ "token": token })));
        for _ in 0..5 {
            refreshes.spawn(ask(gateway, "/refresh", &json!({ "refresh_token": token })));
        }
        revocation.await.unwrap().expect(200);
        let mut given = vec![token];
        for answer in refreshes.join_all().await {
            match answer.status().as_u16() {
                200 => given.push(answer.member("refresh_token")),
                401 => assert_eq!(answer.problem(), "invalid-refresh-token"),
                other => panic!("{other}: {}", answer.text()),
            }
        }
        for token in given {
            scene.try_refresh(&token).await.expect_problem(401, "invalid-refresh-token");
        }
    }
}

/// A sign-in that races with a disabled account opens nothing that outlives the acknowledgement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_account_has_no_live_session_whoever_signs_in_beside_it() {
    let scene = Scene::new().await;
    let table = scene.cloud.table();
    for round in 0..20 {
        let user = scene.user(&format!("user{round}@example.com"), "", "").await;
        let login = json!({ "username": user.email, "password": PASSWORD });
        let mut logins = JoinSet::new();
        for _ in 0..4 {
            logins.spawn(ask(scene.cloud.gateway(), "/login", &login));
        }
        let now = scene.clock.now();
        loop {
            // Meeting a sign-in's transaction, the operator's command says so and is repeated.
            if let Ok(Changed::Done { .. }) = table.set_standing(user.id, Standing::Disabled { at: now }, now).await {
                break;
            }
        }
        for answer in logins.join_all().await {
            if answer.status() == 200 {
                scene.try_refresh(&answer.member("refresh_token")).await.expect(401);
            } else {
                answer.expect_problem(401, "invalid-credentials");
            }
        }
        for session in table.sessions(user.id).await.unwrap() {
            assert_ne!(session.unwrap().state, State::Live, "round {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_belongs_to_one_account_whoever_registers_at_the_same_moment() {
    use vestibule::accounts::register::{Register, Registration};
    use vestibule::accounts::{Account, Identifier};
    use vestibule::identity::UserId;
    use vestibule::randomness::Randomness;
    use vestibule::scope::{Roles, Scopes};

    let scene = Scene::new().await;
    let hash = scene.hash(PASSWORD).await;
    let mut registrations = JoinSet::new();
    for number in 0..20 {
        let (table, hash, now) = (scene.cloud.table(), hash.clone(), scene.clock.now());
        registrations.spawn(async move {
            let names = ["demo@example.com".to_owned(), format!("demo{number}")];
            let account = Account {
                user: UserId::random(&Randomness::System).unwrap(),
                identifiers: names.iter().map(|name| Identifier::parse(name).unwrap()).collect(),
                scopes: Scopes::default(),
                roles: Roles::default(),
                standing: Standing::Active,
                created_at: now,
                version: 1,
            };
            table.register(&account, &hash).await.unwrap()
        });
    }
    let made = registrations.join_all().await.into_iter().filter(|made| *made == Registration::Registered).count();
    assert_eq!(made, 1);
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 1);
}
