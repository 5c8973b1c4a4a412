//! What is no account is said to be none, by its number and its reason, and is not lost.

use std::fmt::Write as _;

use serde_json::json;
use vestibule_tests::Scene;

use crate::stage::{bring, imported, line};

#[tokio::test]
async fn of_a_file_with_one_per_cent_garbage_the_rest_is_imported_and_the_garbage_kept() {
    let scene = Scene::new().await;
    let garbage = [
        "not json",
        r#"{"email":"half@example.com","password":{"hash":"$2a$06$"#,
        "[]",
        r#"{"email":"plain@example.com","password":"hunter2"}"#,
        r#"{"email":"md5@example.com","password":{"hash":"5f4dcc3b5aa765d61d8327deb882cf99"}}"#,
        r#"{"email":"nobody","password":{"hash":"$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"}}"#,
    ];
    let (mut file, mut kept, mut numbers) = (String::new(), String::new(), Vec::new());
    for number in 1..=600_u64 {
        let good = line(&format!("someone{number}@example.com"));
        let garbage = garbage[(number / 100) as usize % garbage.len()];
        let written = if number % 100 == 50 { garbage } else { &good };
        if written == garbage {
            numbers.push(number);
            writeln!(kept, "{garbage}").unwrap();
        }
        writeln!(file, "{written}").unwrap();
    }
    let (summary, seen) = bring(&scene, &file).await;
    assert_eq!((imported(&summary), summary.already_there, summary.rejected), (594, 0, 6));
    assert_eq!(seen.rejections.iter().map(|(number, _)| *number).collect::<Vec<_>>(), numbers);
    assert_eq!(seen.rejected, kept, "in their order, byte by byte");
    assert_eq!(seen.bytes, file.len() as u64);
    for number in [1, 49, 51, 600] {
        scene.try_login(&format!("someone{number}@example.com"), "a").await.expect(200);
    }
    // Mended, they are imported; what is there already is left alone.
    let mended: String = (1..=6).map(|number| line(&format!("mended{number}@example.com")) + "\n").collect();
    let (summary, _) = bring(&scene, &mended).await;
    assert_eq!((imported(&summary), summary.rejected), (6, 0));
}

#[tokio::test]
async fn lines_are_counted_as_an_editor_counts_them() {
    let scene = Scene::new().await;
    let file = format!("\n  \r\n{}\n\nrubbish\n", line("ada@example.com"));
    let (summary, seen) = bring(&scene, &file).await;
    assert_eq!((imported(&summary), seen.only_rejection().0), (1, 5));
}

#[tokio::test]
async fn each_fault_of_a_line_is_named_and_its_hash_is_not_repeated() {
    let scene = Scene::new().await;
    let hash = json!({ "hash": "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe" });
    let with = |member: &str, value: serde_json::Value| {
        let mut line = json!({ "email": "ada@example.com", "password": hash });
        line[member] = value;
        line.to_string()
    };
    let secret = "S3cret";
    for (line, reason) in [
        ("hello".to_owned(), "no JSON object"),
        (r#""S3cret""#.to_owned(), "no JSON object"),
        (r#"{"email":"#.to_owned(), "no JSON: column"),
        (r#"{"email":"a@example.com","email":"b@example.com"}"#.to_owned(), "duplicate field `email`"),
        (with("mail", json!(secret)), "unknown field `mail`"),
        (json!({ "password": hash }).to_string(), "it has no email"),
        (with("email", json!(1)), "email is no text"),
        (with("email", json!("S3cret")), "email is no e-mail address"),
        (with("email", json!("a@b c")), "email has no valid domain"),
        (with("email_verified", json!(false)), "only verified addresses"),
        (with("email_verified", json!("true")), "only verified addresses"),
        (with("username", json!("a b")), "username holds a character"),
        (with("username", json!("other@example.com")), "username holds an @"),
        (with("id", json!("42")), "id is neither a UUID"),
        (with("id", json!("------------------------------------")), "id is neither a UUID"),
        (with("scope", json!(["orders:read"])), "scope is no text"),
        (with("scope", json!("or\"ders")), "scope "),
        (with("roles", json!("admin")), "roles is no list"),
        (with("disabled", json!("no")), "disabled is neither"),
        (json!({ "email": "ada@example.com" }).to_string(), "it has no password"),
        (with("password", json!(secret)), "password is no object"),
        (with("password", json!({ "hash": secret })), "no scheme known here"),
        (with("password", json!({ "hash": 3 })), "password.hash is no text"),
        (with("password", json!({ "hash": "x", "salt": secret })), "a member \"salt\""),
        (with("password", json!({ "scheme": "md5", "hash": secret })), "none of firebase, keycloak, hook"),
        (with("password", json!({ "scheme": "hook", "hash": secret })), "a member \"hash\""),
        (with("password", json!({ "scheme": "firebase", "hash": secret })), "no password.salt"),
        (with("password", json!({ "scheme": "firebase", "hash": secret, "salt": "!" })), "no base64"),
        (with("password", json!({ "scheme": "keycloak" })), "credential is no object"),
        (
            with("password", json!({ "scheme": "keycloak", "credential": { "type": "otp" } })),
            "not of the type password",
        ),
        (
            with("password", json!({ "scheme": "keycloak", "credential": { "secretData": "S3cret" } })),
            "secretData holds no JSON object",
        ),
        (
            with(
                "password",
                json!({ "scheme": "keycloak", "credential": { "algorithm": "md5", "hashIterations": 1, "salt": "", "value": secret } }),
            ),
            "not one of Keycloak's own",
        ),
        (
            with("password", json!({ "hash": "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" })),
            "more than a sign-in may",
        ),
    ] {
        let (summary, seen) = bring(&scene, &line).await;
        assert_eq!((imported(&summary), summary.rejected), (0, 1), "{line}");
        let (number, said) = seen.only_rejection();
        assert!(number == 1 && said.contains(reason), "{line}: {said}");
        assert!(!said.contains(secret) && !said.contains("CCCC"), "{said}");
        assert_eq!(seen.rejected, format!("{line}\n"));
    }
}

#[tokio::test]
async fn a_line_without_end_is_kept_whole_and_not_in_memory() {
    let scene = Scene::new().await;
    let endless = "x".repeat(3_000_000);
    for end in ["\n", ""] {
        let file = format!("{}\n{endless}{end}", line("ada@example.com"));
        let (summary, seen) = bring(&scene, &file).await;
        assert_eq!(summary.rejected, 1);
        assert_eq!(seen.only_rejection(), (2, "the line is too long for an account"));
        assert_eq!(seen.rejected, format!("{endless}\n"));
    }
    let file = format!("{endless}\n{}\n", line("bob@example.com"));
    let (summary, seen) = bring(&scene, &file).await;
    assert_eq!((imported(&summary), seen.only_rejection().0), (1, 1));
    assert_eq!(seen.bytes, file.len() as u64);
}

#[tokio::test]
async fn an_address_whose_verification_is_null_is_rejected() {
    let scene = Scene::new().await;
    let with = |member: &str| {
        let mut line: serde_json::Value = serde_json::from_str(&line("ada@example.com")).unwrap();
        line[member] = serde_json::Value::Null;
        line.to_string()
    };
    for (member, reason) in [("email_verified", "only verified addresses"), ("disabled", "neither true nor false")] {
        let (summary, seen) = bring(&scene, &with(member)).await;
        assert_eq!((imported(&summary), summary.rejected), (0, 1), "{member}");
        assert!(seen.only_rejection().1.contains(reason), "{member}: {}", seen.only_rejection().1);
    }
    // Of a name or a right, an export says so that there is none.
    let (summary, _) = bring(&scene, &with("username")).await;
    assert_eq!(imported(&summary), 1);
}
