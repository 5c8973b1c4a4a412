//! A deployment that is not what its functions were told: each fault is a clear line in the log and a 503, never an unsigned or an
//! unverified token (promise 9).

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tracing::subscriber::DefaultGuard;
use vestibule::keys::{LONGEST_ROTATION, LONGEST_VERIFIER_CACHE, ReadSigningKeys};
use vestibule_tests::{Answer, DYNAMODB, Fault, Log, PASSWORD, SECRETS_MANAGER, Scene, Tokens, User};

/// What this thread logs from here on, which is all that the functions of a test do.
fn listening() -> (Log, DefaultGuard) {
    Log::of_this_thread(|log| tracing_subscriber::fmt().with_ansi(false).with_writer(log).finish())
}

/// Fails unless one line that ends a request says all of `words`.
#[track_caller]
fn expect_line(log: &Log, words: &[&str]) {
    let text = log.take();
    let ends: Vec<_> =
        text.lines().filter(|line| line.contains("failed") || line.contains("access_undecided")).collect();
    assert!(ends.iter().any(|line| words.iter().all(|word| line.contains(word))), "no line says {words:?}:\n{text}");
}

#[track_caller]
fn expect_unavailable(answer: &Answer) {
    assert_eq!(answer.status(), 503, "{}", answer.text());
    for credential in ["access_token", "eyJ", "vrt_"] {
        assert!(!answer.text().contains(credential), "{}", answer.text());
    }
}

const TABLE: &str = "vestibule-Table";

/// The name of the variable, and the resource that it is to name.
const SIGNING: (&str, &str) = ("VESTIBULE_SIGNING_SECRET", "SigningKeys");
const SYMMETRIC: (&str, &str) = ("VESTIBULE_SYMMETRIC_SECRET", "SymmetricKeys");

/// A scene whose functions are told that `variable` is `name`.
async fn told((variable, resource): (&str, &str), name: &str) -> (Scene, User) {
    let scene =
        Scene::builder().edit(&format!("{variable}: !Ref {resource}"), &format!("{variable}: {name}")).begin().await;
    let demo = scene.demo().await;
    (scene, demo)
}

#[tokio::test]
async fn a_secret_that_is_absent_is_503_and_named_in_the_log() {
    let (log, _guard) = listening();
    for (which, named) in [(SIGNING, "signing keys"), (SYMMETRIC, "MAC keys and peppers")] {
        let (scene, demo) = told(which, "no-such-secret").await;
        expect_unavailable(&scene.try_login(&demo.email, PASSWORD).await);
        expect_line(&log, &[named, "ResourceNotFoundException"]);
        expect_unavailable(&scene.try_refresh("vrt_whatever").await);
        expect_line(&log, &[named, "ResourceNotFoundException"]);
    }
}

/// The good keys wait at `AWSPENDING`, and what is in force are none: a rotation died half-way, or somebody filled the secret by hand.
#[tokio::test]
async fn a_secret_at_the_wrong_stage_is_503_and_signs_nothing() {
    let (log, _guard) = listening();
    let (scene, demo) = told(SIGNING, "half-made").await;
    let secrets = &scene.cloud.clients().secrets_manager;
    let ring = scene.cloud.secrets().read_signing_keys().await.unwrap();
    let empty = secrets.create_secret().name("half-made").secret_string("{}").send().await.unwrap().version_id.unwrap();
    let put = secrets.put_secret_value().secret_id("half-made").version_stages("AWSPENDING");
    let good = put.secret_string(ring.to_json().expose()).send().await.unwrap().version_id.unwrap();
    expect_unavailable(&scene.try_login(&demo.email, PASSWORD).await);
    expect_line(&log, &["signing keys"]);
    // Once they are put in force, the functions go on by themselves.
    let promoted = secrets.update_secret_version_stage().secret_id("half-made").version_stage("AWSCURRENT");
    promoted.remove_from_version_id(empty).move_to_version_id(good).send().await.unwrap();
    scene.wait(1);
    Tokens::of(scene.try_login(&demo.email, PASSWORD).await);
}

#[tokio::test]
async fn a_secret_that_is_malformed_is_503_and_its_text_is_not_in_the_log() {
    let (log, _guard) = listening();
    let mut scene = Scene::new().await;
    let demo = scene.demo().await;
    let secrets = scene.cloud.clients().secrets_manager.clone();
    for (name, keys) in [("vestibule-SigningKeys", "signing keys"), ("vestibule-SymmetricKeys", "MAC keys and peppers")]
    {
        let good = secrets.get_secret_value().secret_id(name).send().await.unwrap().secret_string.unwrap();
        for damaged in [good[..good.len() - 9].to_owned(), good.replace("\"format\":1", "\"format\":7")] {
            secrets.put_secret_value().secret_id(name).secret_string(damaged).send().await.unwrap();
            scene.cold_start();
            expect_unavailable(&scene.try_login(&demo.email, PASSWORD).await);
            let said = log.text();
            for part in good.split('"').filter(|part| part.len() >= 40) {
                assert!(!said.contains(part), "{said}");
            }
            expect_line(&log, &[keys]);
        }
        secrets.put_secret_value().secret_id(name).secret_string(good).send().await.unwrap();
    }
}

/// Promise 7 at its narrowest: the request has chosen its key when another takes over.
#[tokio::test]
async fn a_token_that_was_being_signed_while_its_key_was_replaced_is_good() {
    let mut scene = Scene::new().await;
    let demo = scene.demo().await;
    scene.wait((LONGEST_VERIFIER_CACHE + LONGEST_ROTATION).as_secs());
    let held = scene.wire.hold_next("TransactWriteItems");
    let replace = async {
        held.arrived().await;
        rotate(&scene).await;
        held.let_on();
    };
    let (answer, ()) = tokio::join!(scene.try_login(&demo.email, PASSWORD), replace);
    let tokens = Tokens::of(answer);
    scene.cold_start();
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    let later = scene.login(&demo).await;
    assert_ne!(header(&later.access), header(&tokens.access), "the key was not replaced");
}

/// The four steps, as Secrets Manager takes them.
async fn rotate(scene: &Scene) {
    let (secret, version) = ("vestibule-SigningKeys", "7".repeat(32));
    let secrets = &scene.cloud.clients().secrets_manager;
    secrets.rotate_secret().secret_id(secret).client_request_token(&version).send().await.unwrap();
    let function = scene.cloud.function("RotateKeysFunction").unwrap().unwrap();
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let event = json!({ "Step": step, "SecretId": secret, "ClientRequestToken": version });
        function.invoke(event.to_string().into()).await.unwrap();
    }
}

/// The part of a token that names its key.
fn header(token: &str) -> &str {
    token.split('.').next().unwrap()
}

#[tokio::test]
async fn without_published_keys_nobody_is_let_in_and_no_token_is_believed() {
    let (log, _guard) = listening();
    let mut scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    let delete = scene.cloud.clients().dynamodb.delete_item().table_name(TABLE);
    let key = |text: &str| AttributeValue::S(text.to_owned());
    delete.key("pk", key("KEYS#PUBLIC")).key("sk", key("CURRENT")).send().await.unwrap();
    scene.cold_start();
    for path in ["/whoami", "/admin"] {
        scene.get_as(path, &tokens.access).await.expect(500);
        expect_line(&log, &["public keys", "none are published"]);
    }
    expect_unavailable(&scene.get("/.well-known/jwks.json", &[]).await);
    expect_line(&log, &["public keys", "none are published"]);
    // An access token that cannot be checked ends no session, and is not said to have ended one.
    expect_unavailable(&scene.revoke(&tokens.access).await);
    expect_line(&log, &["public keys", "none are published"]);
    scene.refresh(&tokens.refresh).await;
}

#[tokio::test]
async fn without_its_table_a_deployment_says_so_and_lets_nobody_in() {
    let (log, _guard) = listening();
    let mut scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    let table = &scene.cloud.clients().dynamodb;
    table.update_table().table_name(TABLE).deletion_protection_enabled(false).send().await.unwrap();
    table.delete_table().table_name(TABLE).send().await.unwrap();
    scene.cold_start();
    expect_nobody_in(&scene, &demo, &tokens, &log, "ResourceNotFoundException").await;
}

/// What a role without its policies, or a function in a region where the table is not, meets.
#[tokio::test]
async fn a_role_that_may_not_and_credentials_of_elsewhere_let_nobody_in() {
    let (log, _guard) = listening();
    for (fault, said) in
        [(Fault::AccessDenied, "AccessDeniedException"), (Fault::UnknownCredentials, "UnrecognizedClientException")]
    {
        let mut scene = Scene::new().await;
        let demo = scene.demo().await;
        let tokens = scene.login(&demo).await;
        scene.cold_start();
        scene.wire.break_always(DYNAMODB, fault);
        scene.wire.take_calls();
        expect_nobody_in(&scene, &demo, &tokens, &log, said).await;
        let asked = scene.wire.take_calls();
        // The two counts of the sign-in, the refresh, the revocation.
        assert!(asked.iter().filter(|call| *call == "UpdateItem").count() <= 4, "asked again in vain: {asked:?}");
        scene.wire.mend();
        scene.wire.break_always(SECRETS_MANAGER, fault);
        scene.cold_start();
        expect_unavailable(&scene.try_login(&demo.email, PASSWORD).await);
        expect_line(&log, &["MAC keys and peppers", said]);
        expect_unavailable(&scene.try_refresh(&tokens.refresh).await);
        expect_line(&log, &["MAC keys and peppers", said]);
        scene.wire.mend();
        scene.wait(1);
        scene.refresh(&tokens.refresh).await;
    }
}

/// Each way in and out, with DynamoDB refusing everything.
async fn expect_nobody_in(scene: &Scene, demo: &User, tokens: &Tokens, log: &Log, said: &str) {
    expect_unavailable(&scene.try_login(&demo.email, PASSWORD).await);
    expect_line(log, &["UpdateItem", said]);
    expect_unavailable(&scene.try_refresh(&tokens.refresh).await);
    expect_line(log, &["UpdateItem", said]);
    expect_unavailable(&scene.revoke(&tokens.refresh).await);
    expect_line(log, &["UpdateItem", said]);
    scene.get_as("/whoami", &tokens.access).await.expect(500);
    expect_line(log, &["public keys", said]);
}
