//! Promise 8, nothing to steal: neither the table, at whatever moment it is copied, nor all the logs, at their most talkative, yield a
//! credential; and no answer has one but that which gives it.
//!
//! One test, in a program of its own: it captures the log of the whole process.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

mod flows;

use flows::{a_browser, a_client, a_clients_session, an_api_key, the_pages};
use tokio::io::AsyncReadExt;
use vestibule::accounts::ManageAccounts;
use vestibule::keys::{ReadSigningKeys, ReadSymmetricKeys};
use vestibule::passwords::{Cost, Hasher, ImportedHash, PasswordHash};
use vestibule::randomness::Randomness;
use vestibule::secret::Secret;
use vestibule_tests::{DYNAMODB, Fault, Heard, Log, MAIL, PASSWORD, SECRETS_MANAGER, Scene};

/// An imported hash of "abcdefghijklmnopqrstuvwxyz".
const IMPORTED: &str = "$2a$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz.";

/// The address of a migration hook that hears a question and says nothing.
async fn deaf_hook() -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    url
}

#[tokio::test]
async fn nothing_to_steal_neither_the_table_nor_the_logs_hold_a_live_credential() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(Log::TRACE).with_writer(log.clone()).with_ansi(false).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut secrets: Vec<(&str, String)> = vec![("password", PASSWORD.to_owned())];
    let mut scene = Scene::builder().parameter("MigrationHook", &deaf_hook().await).begin().await;
    scene.listen();
    let demo = scene.user("demo@example.com", "orders:read", "admin").await;
    let mut tokens = scene.login(&demo).await;
    scene.try_login(&demo.email, "wrong horse").await.expect(401);
    let known = scene.try_login(&demo.email, PASSWORD).await.expect(200).member("device_token");
    secrets.push(("device token", known.clone()));
    let again = serde_json::json!({ "username": demo.email, "password": PASSWORD, "device_token": known });
    scene.post_json("/login", &again).await.expect(200);
    // A name is counted as it was typed, and this one is a password in the wrong field; so is the next, which could be a name.
    scene.try_login(PASSWORD, "x").await.expect(401);
    scene.try_login("hunter2hunter2", "x").await.expect(401);
    secrets.push(("password that was typed as a name", "hunter2hunter2".to_owned()));
    secrets.push(("a wrong password, which is nearly a right one", "wrong horse".to_owned()));
    for _ in 0..3 {
        secrets.push(("access token", tokens.access.clone()));
        secrets.push(("refresh token", tokens.refresh.clone()));
        for path in ["/whoami", "/orders", "/admin"] {
            scene.get_as(path, &tokens.access).await.expect(200);
        }
        tokens = scene.refresh(&tokens.refresh).await;
    }
    // Imported: with a hash, which is replaced; and without one, while the hook is down.
    let imported = ImportedHash::parse(&Secret::new(IMPORTED.to_owned())).unwrap();
    let peppers = scene.cloud.secrets().read_symmetric_keys().await.unwrap().peppers().clone();
    let sealed = Hasher::new(Cost::DEFAULT, 0, Randomness::System).seal(&imported, &peppers).unwrap();
    scene.with_password("imported@example.com", &sealed).await;
    scene.try_login("imported@example.com", "wrong horse").await.expect(401);
    scene.try_login("imported@example.com", "abcdefghijklmnopqrstuvwxyz").await.expect(200);
    scene.with_password("kept@example.com", &sealed).await;
    scene.with_password("elsewhere@example.com", &PasswordHash::held_elsewhere()).await;
    scene.try_login("elsewhere@example.com", "elsewhere's horse").await.expect(503);
    secrets.push(("an imported password", "abcdefghijklmnopqrstuvwxyz".to_owned()));
    secrets.push(("a password for the hook", "elsewhere's horse".to_owned()));
    secrets.push(("an imported hash", IMPORTED[7..].trim_end_matches('.').to_owned()));
    // Letters carry tokens, and forms passwords.
    for (path, body) in [
        ("/accounts", serde_json::json!({ "email": "ada@example.com" })),
        ("/password/forgot", serde_json::json!({ "email": demo.email })),
    ] {
        scene.post_json(path, &body).await.expect(202);
    }
    let (register, reset) = (scene.mailed_token("ada@example.com"), scene.mailed_token(&demo.email));
    for (path, token, password) in
        [("/accounts/verify", &register, "seven brown foxes"), ("/password/reset", &reset, "eight brown foxes")]
    {
        scene.wire.break_always(DYNAMODB, Fault::Throttled);
        let body = serde_json::json!({ "token": token, "password": password });
        scene.post_json(path, &body).await.expect(503);
        scene.wire.mend();
        if path == "/accounts/verify" {
            scene.post_json(path, &body).await.expect(201);
        }
        secrets.push(("one-time token", token.clone()));
        secrets.push(("one-time token without its prefix", token[4..].to_owned()));
        secrets.push(("password with a one-time token", password.to_owned()));
    }
    let own = serde_json::json!({ "current_password": PASSWORD, "new_password": PASSWORD });
    scene.post_as("/account/password", &tokens.access, &own).await.expect(200);
    scene.wire.break_always(MAIL, Fault::Unreachable);
    scene.post_json("/accounts", &serde_json::json!({ "email": "eve@example.com" })).await.expect(503);
    scene.wire.mend();
    secrets.extend(a_client(&scene, &tokens.access).await);
    secrets.extend(a_browser(&scene).await);
    secrets.extend(a_clients_session(&scene).await);
    secrets.extend(an_api_key(&scene, &tokens.access).await);
    secrets.extend(the_pages(&scene).await);
    let by_cookie = serde_json::json!({ "username": demo.email, "password": PASSWORD, "transport": "cookie" });
    let browser = scene.post_json("/login", &by_cookie).await.expect(200);
    let cookies: Vec<_> =
        browser.set_cookies().iter().map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect();
    secrets.push(("CSRF token", browser.member("csrf_token")));
    for cookie in &cookies {
        let value = cookie.split_once('=').unwrap().1.to_owned();
        secrets.push(("proof of a cookie", value[value.len() - 42..].to_owned()));
        for (path, cookie) in
            [("/web/whoami", cookie.clone()), ("/sessions", format!("{cookie}x")), ("/sessions", cookie.clone())]
        {
            scene.get(path, &[("cookie", &cookie)]).await;
        }
    }
    // Refusals and faults are where logs grow talkative.
    scene.get("/whoami", &[("authorization", &format!("Bearer {}x", tokens.access))]).await.expect(403);
    scene.try_refresh(&format!("{}x", tokens.refresh)).await.expect(401);
    scene.post("/login", "application/json", format!(r#"{{"username":"{PASSWORD}","password":3}}"#)).await.expect(400);
    scene.post("/login", "application/json", format!(r#"{{"password":"{PASSWORD}""#)).await.expect(400);
    scene.post("/login", "text/plain", PASSWORD).await.expect(415);
    scene.cold_start();
    scene.wire.break_always(DYNAMODB, Fault::Throttled);
    scene.try_login(&demo.email, PASSWORD).await.expect(503);
    scene.try_refresh(&tokens.refresh).await.expect(503);
    scene.get_as("/whoami", &tokens.access).await.expect(500);
    scene.revoke(&tokens.refresh).await.expect(503);
    scene.wire.mend();
    // An answer that the SDK cannot read holds the secret itself.
    for (service, path) in [(SECRETS_MANAGER, "/refresh"), (DYNAMODB, "/login")] {
        scene.cold_start();
        scene.wire.break_always(service, Fault::AnswerGarbled);
        let body = match path {
            "/login" => serde_json::json!({ "username": demo.email, "password": PASSWORD }),
            _ => serde_json::json!({ "refresh_token": tokens.refresh }),
        };
        scene.post_json(path, &body).await.expect(503);
        scene.wire.mend();
    }
    // Somebody who swaps a name and its value.
    scene.post("/refresh", "application/json", format!(r#"{{"refresh_token":"x","{PASSWORD}":""}}"#)).await.expect(400);
    scene.post("/login", "application/json", format!(r#"{{"{PASSWORD}":"","{PASSWORD}":""}}"#)).await.expect(400);
    scene.wait(120);
    scene.try_refresh(&secrets[2].1.clone()).await;
    scene.revoke(&tokens.refresh).await.expect(200);
    scene.cloud.table().set_password(demo.id, &scene.hash("new horse").await, scene.clock.now()).await.unwrap();
    secrets.push(("new password", "new horse".to_owned()));

    let keys = scene.cloud.secrets();
    let ring = keys.read_signing_keys().await.unwrap();
    for key in ring.iter() {
        use base64::Engine;
        let private = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key.pair().private().expose());
        secrets.push(("private key", private[private.len() / 2..].to_owned()));
    }
    let symmetric = keys.read_symmetric_keys().await.unwrap().to_json();
    for part in symmetric.expose().split('"').filter(|part| part.len() == 43) {
        secrets.push(("MAC key or pepper", part.to_owned()));
    }

    let log = log.text();
    for expected in [
        "signed_in",
        "sign_in_refused",
        "refreshed",
        "session_ended",
        "permitted",
        "letter_sent",
        "account_changed",
        "api_key_created",
        "api_key_reported",
    ] {
        assert!(log.contains(expected), "the flows were not logged: {expected}");
    }
    let dump = scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
    let dump = format!("{:?}", dump.items());
    assert!(
        dump.contains("argon2id") && dump.contains("SESSION#") && dump.contains("LIMIT#login_name"),
        "the dump is of the wrong table"
    );
    let (sent, heard) = (scene.wire.sent(), scene.heard());
    assert!(sent.contains("TransactItems") && heard.len() > 60, "nothing was overheard");
    for (what, secret) in &secrets {
        for Heard { request, asked, answer } in &heard {
            // To whoever said it, it may be said again: which field is unknown, which name was typed.
            let known = is_given(what, request) || asked.contains(secret.as_str());
            assert!(known || !answer.contains(secret), "the answer to {request} holds a {what}: {answer}");
        }
        assert!(!sent.contains(secret), "the table was sent a {what}: {}", context(&sent, secret));
        assert!(!log.contains(secret), "the log holds a {what}: {}", context(&log, secret));
        assert!(!dump.contains(secret), "the table holds a {what}");
        // A JWS signature or a refresh token's MAC alone is enough to rebuild it from what is public.
        if let Some((_, signature)) = secret.rsplit_once('.') {
            assert!(!log.contains(signature) && !dump.contains(signature), "the signature of a {what}");
            assert!(!sent.contains(signature), "the table was sent the signature of a {what}");
        }
    }
}

/// Where a secret is given to whom it belongs; nowhere else is it said.
fn is_given(what: &str, request: &str) -> bool {
    match what {
        "access token" | "refresh token" => ["POST /login", "POST /refresh"].contains(&request),
        "device token" | "session cookie" | "proof of a cookie" => request == "POST /login",
        "CSRF token" => ["POST /login", "GET /oauth/authorize", "GET /oauth/logout"].contains(&request),
        "authorization code" => request == "POST /oauth/consent",
        "client's access token" | "ID token" | "client's refresh token" | "client's next refresh token" => {
            request == "POST /oauth/token"
        }
        "service's token" => request == "POST /oauth/token",
        "the proof of a cookie from a form" => request == "POST /sign-in",
        "an API key's secret from a page" => request == "POST /account/keys",
        "API key" | "API key's secret" => {
            request == "POST /api-keys" || request.starts_with("POST /api-keys/") && request.ends_with("/rotate")
        }
        _ => false,
    }
}

fn context<'a>(log: &'a str, secret: &str) -> &'a str {
    log.lines().find(|line| line.contains(secret)).unwrap_or_default()
}
