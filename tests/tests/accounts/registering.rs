//! Registration: from an address to an account.

use serde_json::json;
use vestibule::accounts::{FindLogin as _, Identifier};
use vestibule_tests::{PASSWORD, Scene};

use crate::stage::{ADA, ask, register, verify};

#[tokio::test]
async fn whoever_reads_the_mailbox_makes_the_account_and_signs_in() {
    let scene = Scene::new().await;
    let answer = ask(&scene, "Ada@Example.com").await.expect(202);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let token = scene.mailed_token(ADA);
    scene.try_login(ADA, PASSWORD).await.expect(401);
    let body = json!({ "token": token, "password": PASSWORD, "username": "Ada" });
    let account = scene.post_json("/accounts/verify", &body).await.expect(201).json();
    assert_eq!((&account["email"], &account["username"]), (&json!(ADA), &json!("ada")));
    assert_eq!((&account["scope"], &account["roles"]), (&json!("orders:read"), &json!("")));
    for name in [ADA, "ada", "ADA"] {
        let tokens = crate::stage::login(&scene, name, PASSWORD).await;
        let me = scene.get_as("/whoami", &tokens.access).await.expect(200).json();
        assert_eq!(me["sub"], account["user"]);
    }
}

#[tokio::test]
async fn a_password_is_hashed_at_the_cost_that_the_template_names() {
    let scene = Scene::builder().parameter("PasswordHashing", "m=19456,t=3,p=1").begin().await;
    register(&scene, ADA).await;
    let record = scene.cloud.table().find_login(&Identifier::parse(ADA).unwrap()).await.unwrap().unwrap();
    assert!(record.password.as_str().contains("$m=19456,t=3,p=1,"), "{}", record.password.as_str());
}

#[tokio::test]
async fn asking_again_sends_another_letter_and_the_first_account_made_is_the_one() {
    let scene = Scene::new().await;
    ask(&scene, ADA).await.expect(202);
    let first = scene.mailed_token(ADA);
    ask(&scene, ADA).await.expect(202);
    let second = scene.mailed_token(ADA);
    assert_ne!(first, second);
    verify(&scene, &first, PASSWORD).await.expect(201);
    let answer = verify(&scene, &second, "a thief's own long password").await.expect_problem(409, "name-taken");
    assert!(answer.member("detail").contains("account for this address"), "{}", answer.text());
    crate::stage::login(&scene, ADA, PASSWORD).await;
}

#[tokio::test]
async fn a_username_that_is_taken_leaves_the_token_good() {
    let scene = Scene::new().await;
    scene.named(&["eve@example.com", "ada"], "", "").await;
    ask(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    let with = |name: &str| json!({ "token": token, "password": PASSWORD, "username": name });
    for spelling in ["ada", "ADA", "ａｄａ"] {
        scene.post_json("/accounts/verify", &with(spelling)).await.expect_problem(409, "name-taken");
    }
    scene.post_json("/accounts/verify", &with("ada.l")).await.expect(201);
}

/// Case, width, composition and other scripts: none makes a second account, or one that is taken for another.
#[tokio::test]
async fn look_alikes_and_variants_of_a_name_collide_at_registration() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let before = scene.cloud.outbox().letters().len();
    for variant in ["ADA@example.com", " ada@EXAMPLE.com ", "ａｄａ＠example.com"] {
        ask(&scene, variant).await.expect(202);
    }
    let letters = scene.cloud.outbox().letters();
    assert!(letters[..letters.len() - before].iter().all(|letter| letter.to == ADA && letter.text.contains("already")));
    ask(&scene, "eve@example.com").await.expect(202);
    let token = scene.mailed_token("eve@example.com");
    for name in
        ["\u{430}da", "\u{441}\u{43e}\u{441}\u{43e}", "eve@example.com", "a b", "usr_00000000000000000000000000000000"]
    {
        let body = json!({ "token": token, "password": PASSWORD, "username": name });
        scene.post_json("/accounts/verify", &body).await.expect_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn a_password_that_could_be_guessed_is_refused_with_the_reason_and_the_token_stays_good() {
    let scene = Scene::new().await;
    ask(&scene, "ada.lovelace@example.com").await.expect(202);
    let token = scene.mailed_token("ada.lovelace@example.com");
    for (password, reason) in [
        ("too short", "at least 15 characters"),
        ("Qwertyuiop12345", "attackers try first"),
        ("ada.lovelace1815", "little more than a name"),
        ("ada.lovelace@example.com", "little more than a name"),
        ("ø1ø1ø1ø1ø1ø1ø1ø1", "repeated"),
        ("", "must not be empty"),
        ("\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}\u{7}", "control characters"),
    ] {
        let answer = verify(&scene, &token, password).await.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains(reason), "{password}: {}", answer.text());
    }
    let long = "ø word and another ".repeat(100);
    verify(&scene, &token, &long).await.expect(201);
    crate::stage::login(&scene, "ada.lovelace@example.com", &long).await;
    scene.try_login("ada.lovelace@example.com", &long[..long.len() - 1]).await.expect(401);
}

#[tokio::test]
async fn an_address_that_no_mail_can_be_sent_to_is_refused_before_anything_is_done() {
    let scene = Scene::new().await;
    for address in
        ["ada", "", "@", "a@b@c.example", "eve,ada@example.com", "eve<ada@example.com", "j\u{f6}rg@example.com"]
    {
        let answer = ask(&scene, address).await.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains("\"email\""), "{address}: {}", answer.text());
        crate::stage::forget(&scene, address).await.expect_problem(400, "invalid-request");
    }
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}

#[tokio::test]
async fn without_a_mail_address_of_its_own_a_deployment_has_no_such_routes() {
    let scene = Scene::builder().parameter("MailFrom", "").parameter("MailIdentity", "").begin().await;
    ask(&scene, ADA).await.expect(404);
    scene.demo().await;
    crate::stage::login(&scene, "demo@example.com", PASSWORD).await;
}

#[tokio::test]
async fn letters_lead_to_the_page_of_the_deployment() {
    let page = "https://app.example.com/account";
    let scene = Scene::builder().parameter("AccountPage", page).begin().await;
    ask(&scene, ADA).await.expect(202);
    let letter = scene.cloud.outbox().letters().remove(0);
    assert_eq!(
        (letter.from.as_str(), letter.subject.as_str()),
        ("no-reply@example.com", "Your account at app.example.com")
    );
    assert!(letter.text.contains(&format!("{page}#register={}", scene.mailed_token(ADA))), "{}", letter.text);
}
