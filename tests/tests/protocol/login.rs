//! Signing in.

use serde_json::json;
use vestibule::accounts::{ManageAccounts, Standing};
use vestibule::sessions::end::ListSessions;
use vestibule_tests::{Answer, PASSWORD, Scene};

#[tokio::test]
async fn a_right_password_gives_tokens_that_no_cache_keeps() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let answer = scene.try_login("demo@example.com", PASSWORD).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let json = answer.json();
    let mut members: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["access_token", "device_token", "expires_in", "refresh_token", "scope", "token_type"]);
    assert_eq!(
        (&json["token_type"], &json["expires_in"], &json["scope"]),
        (&json!("Bearer"), &json!(300), &json!("orders:read"))
    );
    let me = scene.get_as("/whoami", json["access_token"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(me["sub"], json!(demo.id));
    assert_eq!(me["auth_time"], scene.clock.now().seconds().to_string());
}

#[tokio::test]
async fn a_person_signs_in_by_either_name_however_it_is_typed() {
    let scene = Scene::new().await;
    scene.named(&["demo@example.com", "demo"], "", "").await;
    for name in ["demo@example.com", "Demo@EXAMPLE.com", " demo@example.com ", "demo", "DEMO", "ｄｅｍｏ"] {
        scene.try_login(name, PASSWORD).await.expect(200);
    }
}

/// Promise 5 for sign-in, as far as an answer can tell; `cargo bench -p vestibule-tests --bench sign_in_time` compares times.
#[tokio::test]
async fn no_oracle_a_refused_sign_in_does_not_say_whether_the_account_exists() {
    let scene = Scene::new().await;
    scene.demo().await;
    let disabled = scene.user("gone@example.com", "", "").await;
    let now = scene.clock.now();
    scene.cloud.table().set_standing(disabled.id, Standing::Disabled { at: now }, now).await.unwrap();
    let long = format!("{}@example.com", "a".repeat(300));
    let mut answers: Vec<Answer> = Vec::new();
    for (name, password) in [
        ("demo@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("gone@example.com", PASSWORD),
        ("gone@example.com", "wrong"),
        ("not a name", PASSWORD),
        ("", PASSWORD),
        (&long, PASSWORD),
        ("usr_00000000000000000000000000000000", PASSWORD),
    ] {
        answers.push(scene.try_login(name, password).await.expect_problem(401, "invalid-credentials"));
    }
    for answer in &answers {
        assert_eq!(answer.text(), answers[0].text());
        assert_eq!(answer.lasting_headers(), answers[0].lasting_headers());
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn a_password_is_taken_as_it_is_typed_and_never_cut() {
    let scene = Scene::new().await;
    scene.demo().await;
    for wrong in [PASSWORD.to_uppercase(), format!("{PASSWORD} "), PASSWORD[..PASSWORD.len() - 1].to_owned()] {
        scene.try_login("demo@example.com", &wrong).await.expect(401);
    }
    let long = "ä".repeat(2000);
    let hash = scene.hash(&long).await;
    let user = scene.user("long@example.com", "", "").await;
    scene.cloud.table().set_password(user.id, &hash, scene.clock.now()).await.unwrap();
    scene.try_login("long@example.com", &long).await.expect(200);
    scene.try_login("long@example.com", &"ä".repeat(1999)).await.expect(401);
}

#[tokio::test]
async fn a_client_gets_of_the_scopes_it_asks_for_those_that_the_account_has() {
    let scene = Scene::new().await;
    scene.user("demo@example.com", "orders:read orders:write", "").await;
    let login = async |scope: &str| {
        scene
            .post_json("/login", &json!({ "username": "demo@example.com", "password": PASSWORD, "scope": scope }))
            .await
    };
    assert_eq!(login("orders:read").await.expect(200).member("scope"), "orders:read");
    assert_eq!(login("orders:read admin").await.expect(200).member("scope"), "orders:read");
    assert_eq!(login("").await.expect(200).member("scope"), "");
    login("admin").await.expect_problem(400, "invalid-scope");
    login("a  b").await.expect_problem(400, "invalid-request");
}

#[tokio::test]
async fn a_session_keeps_the_name_of_its_device() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let login = async |device: &str| {
        scene.post_json("/login", &json!({ "username": demo.email, "password": PASSWORD, "device": device })).await
    };
    login("Ada's phone").await.expect(200);
    for bad in ["", "a\nb", &"x".repeat(101)] {
        let answer = login(bad).await.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains("\"device\""), "{}", answer.text());
    }
    let sessions = scene.cloud.table().sessions(demo.id).await.unwrap();
    let devices: Vec<_> =
        sessions.iter().map(|session| session.as_ref().unwrap().device.as_ref().unwrap().as_str()).collect();
    assert_eq!(devices, ["Ada's phone"]);
}

#[tokio::test]
async fn a_changed_password_works_at_once_and_ends_the_sessions_of_the_old_one() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    let hash = scene.hash("another password").await;
    scene.cloud.table().set_password(demo.id, &hash, scene.clock.now()).await.unwrap();
    scene.try_refresh(&tokens.refresh).await.expect_problem(401, "invalid-refresh-token");
    scene.try_login(&demo.email, PASSWORD).await.expect(401);
    scene.try_login(&demo.email, "another password").await.expect(200);
}

#[tokio::test]
async fn an_account_that_is_enabled_again_may_sign_in_and_its_old_sessions_stay_ended() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    table.set_standing(demo.id, Standing::Disabled { at: now }, now).await.unwrap();
    scene.try_refresh(&tokens.refresh).await.expect_problem(401, "invalid-refresh-token");
    table.set_standing(demo.id, Standing::Active, now).await.unwrap();
    scene.try_refresh(&tokens.refresh).await.expect_problem(401, "invalid-refresh-token");
    scene.login(&demo).await;
}

#[tokio::test]
async fn a_hash_that_is_cheaper_than_todays_is_replaced_at_sign_in() {
    use vestibule::accounts::{FindLogin, Identifier};
    use vestibule::keys::ReadSymmetricKeys;
    use vestibule::passwords::{Cost, Hasher, Password};
    use vestibule::randomness::Randomness;
    use vestibule::secret::Secret;

    let scene = Scene::builder().parameter("PasswordHashing", "m=19456,t=3,p=1").begin().await;
    let demo = scene.named(&["demo@example.com", "demo"], "", "").await;
    let keys = scene.cloud.secrets().read_symmetric_keys().await.unwrap();
    let cheap = Hasher::new(Cost::DEFAULT, u32::MAX, Randomness::System);
    let password = Password::parse(&Secret::new(PASSWORD.to_owned())).unwrap();
    let hash = cheap.hash(&password, keys.peppers()).await.unwrap();
    let table = scene.cloud.table();
    table.set_password(demo.id, &hash, scene.clock.now()).await.unwrap();
    scene.login(&demo).await;
    for name in ["demo@example.com", "demo"] {
        let record = table.find_login(&Identifier::parse(name).unwrap()).await.unwrap().unwrap();
        assert!(record.password.as_str().contains("$m=19456,t=3,p=1,"), "{}", record.password.as_str());
    }
    scene.login(&demo).await;
}
