//! Every scheme from the file to the second sign-in.

use serde_json::{Value, json};
use vestibule_tests::{PASSWORD, Scene, Tokens};

use crate::stage::{bring, import, imported, line, run, stored};

/// Each by a published vector, which the unit tests name.
fn accounts() -> Vec<(&'static str, &'static str, Value)> {
    let keycloak = json!({
        "id": "0f9b6a0c-6c1e-4a3b-9a52-0d3c1a4d9a11", "type": "password", "createdDate": 1_616_507_255_555_u64,
        "secretData": "{\"value\":\"/bVkHA4G/VOskjaCgNYyTz1BhgD+9X8bxCNEPGGpnDCJbWHDXIW0G8IlSBhDdJsXTjrXt/7yQguBwJ3sxSmSKA==\",\"salt\":\"lZtleWv1DeEcNIr8MTzdeg==\",\"additionalParameters\":{}}",
        "credentialData": "{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\",\"additionalParameters\":{}}",
    });
    let old_keycloak = json!({
        "type": "password", "algorithm": "pbkdf2", "hashIterations": 4096, "salt": "c2FsdA==",
        "hashedSaltedValue": "SwB5AbdlSJq+rUnZJvch0GWkKcE=",
    });
    // The vector of argon2's reference implementation, set out as Keycloak has it.
    let new_keycloak = json!({
        "type": "password",
        "secretData": "{\"value\":\"nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4=\",\"salt\":\"c29tZXNhbHQ=\",\"additionalParameters\":{}}",
        "credentialData": "{\"hashIterations\":2,\"algorithm\":\"argon2\",\"additionalParameters\":{\"hashLength\":[\"32\"],\"memory\":[\"256\"],\"type\":[\"id\"],\"version\":[\"1.3\"],\"parallelism\":[\"1\"]}}",
    });
    vec![
        (
            "bcrypt",
            "abcdefghijklmnopqrstuvwxyz",
            json!({ "hash": "$2a$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz." }),
        ),
        (
            "scrypt",
            "pleaseletmein",
            json!({ "hash": "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw" }),
        ),
        (
            "firebase-scrypt",
            "user1password",
            json!({ "scheme": "firebase", "salt": "42xEC+ixf3L2lw==", "hash": "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==" }),
        ),
        (
            "pbkdf2",
            "lètmein",
            json!({ "hash": "pbkdf2_sha256$30000$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=" }),
        ),
        ("pbkdf2", "test", json!({ "scheme": "keycloak", "credential": keycloak })),
        ("pbkdf2", "password", json!({ "scheme": "keycloak", "credential": old_keycloak })),
        ("argon2", "password", json!({ "scheme": "keycloak", "credential": new_keycloak })),
        (
            "argon2",
            "password",
            json!({ "hash": "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8" }),
        ),
    ]
}

fn email(number: usize) -> String {
    format!("someone{number}@example.com")
}

#[tokio::test]
async fn the_first_sign_in_checks_the_hash_as_it_came_and_leaves_ours() {
    let scene = Scene::new().await;
    let accounts = accounts();
    let lines = accounts.iter().enumerate().map(|(number, (_, _, password))| {
        json!({ "email": email(number), "username": format!("someone{number}"), "password": password }).to_string()
    });
    let file: String = lines.map(|line| line + "\n").collect();
    let (summary, seen) = bring(&scene, &file).await;
    assert_eq!(seen.rejections, []);
    assert_eq!(imported(&summary), accounts.len() as u64);
    for (number, (scheme, password, _)) in accounts.iter().enumerate() {
        let email = email(number);
        assert!(summary.imported.contains_key(scheme));
        assert!(stored(&scene, &email).await.starts_with("$sealed$"), "{scheme}");
        let refused = scene.try_login(&email, "not the password").await;
        assert_eq!(refused.expect(401).member("detail"), "The name or the password is not right.");
        assert!(stored(&scene, &email).await.starts_with("$sealed$"), "a wrong password replaces nothing");
        // By one name, and the hash under the other one is replaced too.
        let tokens = Tokens::of(scene.try_login(&format!("SOMEONE{number}"), password).await);
        scene.get_as("/orders", &tokens.access).await.expect(200);
        for name in [&email, &format!("someone{number}")] {
            assert!(stored(&scene, name).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{scheme}");
        }
        scene.try_login(&email, password).await.expect(200);
        scene.try_login(&email, "not the password").await.expect(401);
    }
}

#[tokio::test]
async fn no_oracle_the_answer_to_an_imported_account_is_that_to_nobody() {
    let scene = Scene::new().await;
    bring(&scene, &line("ada@example.com")).await;
    let (known, nobody) =
        (scene.try_login("ada@example.com", "wrong").await, scene.try_login("nobody@example.com", "wrong").await);
    let (known, nobody) = (known.expect(401), nobody.expect(401));
    for member in ["type", "title", "detail"] {
        assert_eq!(known.member(member), nobody.member(member));
    }
}

#[tokio::test]
async fn a_hash_that_could_not_be_replaced_is_replaced_at_the_next_sign_in() {
    let scene = Scene::new().await;
    bring(&scene, &line("ada@example.com")).await;
    // After the look-up and the session, the third call is that of the new hash.
    scene.wire.break_after(1, "TransactWriteItems", vestibule_tests::Fault::Throttled);
    scene.try_login("ada@example.com", "a").await.expect(200);
    scene.wire.mend();
    assert!(stored(&scene, "ada@example.com").await.starts_with("$sealed$"));
    scene.try_login("ada@example.com", "a").await.expect(200);
    assert!(stored(&scene, "ada@example.com").await.starts_with("$argon2id$"));
}

#[tokio::test]
async fn nothing_to_steal_the_table_holds_no_hash_as_it_came_and_no_signer_key() {
    let scene = Scene::new().await;
    let accounts = accounts();
    let lines = accounts
        .iter()
        .enumerate()
        .map(|(number, (_, _, password))| json!({ "email": email(number), "password": password }).to_string() + "\n");
    bring(&scene, &lines.collect::<String>()).await;
    let dump = scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
    let dump = format!("{:?}", dump.items());
    assert!(dump.contains("someone0@example.com") && dump.contains("$sealed$"), "the dump is of the wrong table");
    for part in ["$2a$", "aTsUwsyow", "scrypt$", "lSrfV15c", "jxspr8Ki", "VrX+V8dr", "/bVkHA4G", "SwB5Abdl", "$argon2"]
    {
        assert!(!dump.contains(part), "the table holds {part}");
    }
}

#[tokio::test]
async fn an_account_keeps_its_name_its_rights_and_its_standing() {
    let scene = Scene::new().await;
    let hash = json!({ "hash": "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe" });
    let file = [
        json!({ "id": "6F1DB6C8-93F5-4B33-A0C6-5B1C3F0C9A01", "email": "Ada@Example.COM", "email_verified": true, "username": null, "scope": "orders:read orders:write", "roles": ["admin"], "password": hash }),
        json!({ "email": "gone@example.com", "username": "gone@example.com", "disabled": true, "password": hash }),
    ];
    let file: String = file.iter().map(|line| format!("{line}\r\n")).collect();
    let (summary, seen) = bring(&scene, &format!("\u{feff}{file}\n  \n")).await;
    assert_eq!((imported(&summary), &seen.rejections), (2, &vec![]));
    assert_eq!(seen.bytes, 3 + file.len() as u64, "blank lines hold nothing");
    let answer = scene.try_login("ada@example.com", "a").await.expect(200);
    assert_eq!(answer.member("scope"), "orders:read orders:write");
    let who = scene.get_as("/whoami", &answer.member("access_token")).await.expect(200);
    assert_eq!(who.member("sub"), "usr_6f1db6c893f54b33a0c65b1c3f0c9a01");
    assert_eq!(who.member("roles"), "admin");
    scene.try_login("gone@example.com", "a").await.expect(401);
}

#[tokio::test]
async fn an_account_without_a_hash_and_without_a_hook_signs_in_by_no_password() {
    let scene = Scene::new().await;
    let (summary, _) = bring(&scene, r#"{"email":"ada@example.com","password":{"scheme":"hook"}}"#).await;
    assert_eq!(summary.imported.get("hook"), Some(&1));
    scene.try_login("ada@example.com", PASSWORD).await.expect(503);
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_writes_nothing() {
    let scene = Scene::new().await;
    let mut import = import(&scene).await;
    import.dry_run = true;
    let file = format!("{}\nrubbish\n", line("ada@example.com"));
    scene.wire.take_calls();
    let (outcome, seen) = run(&import, &file, Default::default()).await;
    let summary = outcome.unwrap();
    assert_eq!((imported(&summary), summary.rejected), (1, 1));
    assert_eq!((seen.only_rejection().0, seen.rejected.as_str()), (2, "rubbish\n"));
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}
