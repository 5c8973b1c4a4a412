//! Promise 5 under limits: what a refused sign-in hears says nothing of the account, whatever its state.

use serde_json::json;
use vestibule::accounts::{ManageAccounts, Standing};
use vestibule_tests::{Answer, PASSWORD, Scene};

fn same(answers: &[(&str, Answer)]) {
    for (state, answer) in answers {
        let (first, other) = &answers[0];
        assert_eq!(answer.status(), other.status(), "{state} and {first}");
        assert_eq!(answer.text(), other.text(), "{state} and {first}");
        assert_eq!(answer.lasting_headers(), other.lasting_headers(), "{state} and {first}");
    }
}

/// What differs is the date and the request's id alone.
#[tokio::test]
async fn no_oracle_every_refused_sign_in_hears_the_same_and_so_does_every_one_too_many() {
    let scene = Scene::builder().parameter("LoginNameLimit", "2/60").begin().await;
    scene.demo().await;
    // Whoever asked for an account and has not answered the letter.
    scene.post_json("/accounts", &json!({ "email": "unverified@example.com" })).await.expect(202);
    let disabled = scene.user("disabled@example.com", "", "").await;
    let now = scene.clock.now();
    scene.cloud.table().set_standing(disabled.id, Standing::Disabled { at: now }, now).await.unwrap();
    let states = [
        ("wrong password", "demo@example.com", "wrong"),
        ("unknown", "nobody@example.com", PASSWORD),
        ("unverified", "unverified@example.com", PASSWORD),
        ("disabled", "disabled@example.com", PASSWORD),
        ("disabled and wrong", "disabled@example.com", "wrong"),
        ("no name", "not a name", PASSWORD),
    ];
    let mut refused = Vec::new();
    for (state, name, password) in states {
        refused.push((state, scene.try_login(name, password).await.expect_problem(401, "invalid-credentials")));
    }
    same(&refused);
    let mut locked = Vec::new();
    for (state, name, password) in states {
        while scene.try_login(name, "wrong").await.status() == 401 {}
        locked.push((state, scene.try_login(name, password).await.expect_problem(429, "too-many-requests")));
    }
    locked.push(("locked, right password", scene.try_login("demo@example.com", PASSWORD).await.expect(429)));
    same(&locked);
}
