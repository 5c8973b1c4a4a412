//! Promise 8, nothing to steal: neither the table, at whatever moment it is copied, nor all the logs, at their most talkative, yield a
//! credential; and no answer has one but that which gives it.
//!
//! One test, in a program of its own: it captures the log of the whole process.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::AsyncReadExt;
use tracing_subscriber::fmt::MakeWriter;
use vestibule::accounts::ManageAccounts;
use vestibule::keys::{ReadSigningKeys, ReadSymmetricKeys};
use vestibule::passwords::{Cost, Hasher, ImportedHash, PasswordHash};
use vestibule::randomness::Randomness;
use vestibule::secret::Secret;
use vestibule_tests::{DYNAMODB, Fault, Heard, MAIL, PASSWORD, SECRETS_MANAGER, Scene};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The SDK and the HTTP stack log request bodies at TRACE, and say so: what they may never be is on in production. Ours are
/// on at TRACE here.
const FILTER: &str = "trace,aws_smithy_runtime=debug,aws_smithy_runtime_api=debug,aws_sdk_dynamodb=debug,aws_sdk_secretsmanager=debug,aws_sdk_sesv2=debug,aws_runtime=debug,aws_sigv4=debug,hyper=debug,hyper_util=debug,dynoxide=debug";

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
        tracing_subscriber::fmt().with_env_filter(FILTER).with_writer(log.clone()).with_ansi(false).finish();
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

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
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

/// An OAuth client that gets a token, asks about one and makes every mistake with its secret; what it holds is given back.
async fn a_client(scene: &Scene, person: &str) -> Vec<(&'static str, String)> {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use vestibule_local::demo::clients::{SERVICE, service};

    let secret = service(&scene.cloud.table(), &Randomness::System, None, scene.clock.now()).await.unwrap().unwrap();
    let secret = secret.expose();
    let basic = |secret: &str| STANDARD.encode(format!("{SERVICE}:{secret}"));
    let ask = async |path: &str, authorization: Option<String>, body: String| {
        let mut request = http::Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header("authorization", format!("Basic {authorization}"));
        }
        scene.send(request.body(body.into()).unwrap()).await
    };
    let good = || Some(basic(secret));
    let granted = ask("/oauth/token", good(), "grant_type=client_credentials".into()).await.expect(200);
    let token = granted.member("access_token");
    for asked in [person, &token, secret] {
        ask("/oauth/introspect", good(), format!("token={asked}")).await.expect(200);
    }
    let wrong = format!("{secret}x");
    ask("/oauth/token", Some(basic(&wrong)), "grant_type=client_credentials".into()).await.expect(401);
    ask("/oauth/token", Some(secret.clone()), "grant_type=client_credentials".into()).await.expect(401);
    ask("/oauth/token", good(), format!("grant_type={secret}")).await.expect(400);
    ask("/oauth/token", good(), format!("grant_type=client_credentials&{secret}=1&{secret}=2")).await.expect(400);
    ask("/oauth/token", None, format!("grant_type=client_credentials&client_id={secret}")).await.expect(401);
    let assertion = format!("client_assertion={secret}&client_assertion_type={secret}");
    ask("/oauth/token", None, assertion).await.expect(400);
    vec![
        ("client's secret", secret.clone()),
        ("client's secret, encoded", basic(secret)),
        ("wrong secret, encoded", basic(&wrong)),
        ("service's token", token),
    ]
}

/// A browser in which somebody signs in, lets an app in and leaves, and requests with secrets in the wrong places; what they hold is given
/// back.
async fn a_browser(scene: &Scene) -> Vec<(&'static str, String)> {
    use vestibule_local::demo::app::app;

    const FORM: &str = "application/x-www-form-urlencoded";
    let url = "https://auth.example.com";
    let app = app(&scene.cloud.table(), url, &Randomness::System, scene.clock.now()).await.unwrap();
    let person = scene.user("browser@example.com", "orders:read", "").await;
    let body = serde_json::json!({ "username": person.email, "password": PASSWORD, "transport": "cookie" });
    let login = http::Request::post("/login").header("content-type", "application/json").body(body.to_string().into());
    let login = scene.send(login.unwrap()).await.expect(200);
    let cookie = login.set_cookies().first().unwrap().split(';').next().unwrap().to_owned();
    let (csrf_token, value) = (login.member("csrf_token"), cookie.split_once('=').unwrap().1.to_owned());
    // Nothing listens here: the app's address is the registered one, without a port.
    let asked =
        app.authorize_url().replace(url, "").replace("https%3A%2F%2Fauth.example.com", "http%3A%2F%2F127.0.0.1");
    let ask = async |path: &str| scene.get(path, &[("cookie", &cookie)]).await;
    ask(&asked).await.expect(200);
    let query = asked.split_once('?').unwrap().1;
    let decide = async |more: &str| {
        let request = http::Request::post("/oauth/consent").header("content-type", FORM).header("cookie", &cookie);
        scene.send(request.body(format!("{query}&decision=allow{more}").into()).unwrap()).await
    };
    let decided = decide(&format!("&csrf_token={csrf_token}")).await.expect(303);
    let location = decided.header("location").unwrap();
    let code = location.split_once("code=").unwrap().1.split('&').next().unwrap().to_owned();
    for secret in [&code, &value, &csrf_token] {
        decide(&format!("&csrf_token={secret}x")).await.expect(403);
        for name in
            ["client_id", "redirect_uri", "state", "nonce", "scope", "prompt", "id_token_hint", "login_hint", "x"]
        {
            ask(&format!("{asked}&{name}={secret}")).await;
            scene.wire.break_always(DYNAMODB, Fault::AnswerGarbled);
            ask(&format!("{asked}&{name}={secret}")).await;
            scene.wire.mend();
        }
        ask(&format!("/oauth/logout?client_id={secret}")).await.expect(400);
        ask(&format!("/oauth/logout?id_token_hint={secret}")).await.expect(200);
        let body = format!("grant_type=authorization_code&client_id=demo-app&code={secret}&code_verifier={secret}");
        scene.post("/oauth/token", FORM, body).await.expect(400);
    }
    vec![("session cookie", value), ("CSRF token", csrf_token), ("authorization code", code)]
}

/// A client's session from its code to its end, and its credentials in the wrong places; they are given back. The client is the one of
/// [`a_browser`].
async fn a_clients_session(scene: &Scene) -> Vec<(&'static str, String)> {
    use vestibule::oauth::codes::{AuthorizationCode, Code, CodeState, IssueCode};
    use vestibule::scope::{Roles, Scopes};
    use vestibule::sessions::AuthenticationMethod;

    const FORM: &str = "application/x-www-form-urlencoded";
    // RFC 7636, appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let person = scene.user("client@example.com", "orders:read", "").await;
    let browser = scene.login(&person).await.access;
    let browser = scene.get_as("/whoami", &browser).await.expect(200).member("sid");
    let now = scene.clock.now();
    let code = Code::draw(&Randomness::System).unwrap();
    let good = AuthorizationCode {
        client: "demo-app".parse().unwrap(),
        redirect_uri: "http://127.0.0.1/dev/callback".to_owned(),
        challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".parse().unwrap(),
        scope: Scopes::parse("openid email").unwrap(),
        audience: "https://auth.example.com".to_owned(),
        nonce: None,
        user: person.id,
        account_version: 1,
        by_consent: false,
        browser: browser.parse().unwrap(),
        roles: Roles::default(),
        auth_time: now,
        auth_method: AuthenticationMethod::Password,
        expires_at: now.plus(std::time::Duration::from_secs(60)),
        state: CodeState::Unused,
    };
    scene.cloud.table().issue_code(&code.hash(), &good).await.unwrap();
    let ask = async |path: &str, body: String| scene.post(path, FORM, format!("client_id=demo-app&{body}")).await;
    let redemption = format!("grant_type=authorization_code&code={}&code_verifier={verifier}", code.expose());
    let first = ask("/oauth/token", redemption.clone()).await.expect(200);
    let refresh = first.member("refresh_token");
    let second = ask("/oauth/token", format!("grant_type=refresh_token&refresh_token={refresh}")).await.expect(200);
    let (access, id) = (second.member("access_token"), second.member("id_token"));
    scene.get_as("/userinfo", &access).await.expect(200);
    let successor = second.member("refresh_token");
    for secret in [code.expose(), verifier, &access, &id, &refresh, &successor] {
        scene.get_as("/userinfo", &format!("{secret}x")).await.expect(401);
        scene.get(&format!("/userinfo?access_token={secret}"), &[("origin", secret)]).await.expect(401);
        for name in ["grant_type", "code", "refresh_token", "scope", "resource", "client_assertion_type", "x"] {
            ask("/oauth/token", format!("grant_type=refresh_token&{name}={secret}&{name}={secret}")).await.expect(400);
            ask("/oauth/token", format!("{name}={secret}x")).await.expect(400);
        }
        ask("/oauth/revoke", format!("token={secret}x")).await.expect(200);
    }
    ask("/oauth/token", redemption).await.expect(400);
    ask("/oauth/revoke", format!("token={successor}")).await.expect(200);
    vec![
        ("code", code.expose().to_owned()),
        ("verifier", verifier.to_owned()),
        ("client's access token", access),
        ("ID token", id),
        ("client's refresh token", refresh),
        ("client's next refresh token", successor),
    ]
}

/// API keys that are made, used, mistyped, put where they do not belong, rotated and reported; what they prove is given back.
async fn an_api_key(scene: &Scene, person: &str) -> Vec<(&'static str, String)> {
    use serde_json::json;

    let good = json!({ "name": "Nightly export", "scope": "orders:read", "ip_ranges": ["203.0.113.0/24"] });
    let made = scene.post_as("/api-keys", person, &good).await.expect(201);
    scene.wire.break_always(DYNAMODB, Fault::AnswerGarbled);
    scene.post_as("/api-keys", person, &good).await.expect(503);
    scene.wire.mend();
    let (id, first) = (made.member("id"), made.member("key"));
    let rotated = scene.post_as(&format!("/api-keys/{id}/rotate"), person, &json!({})).await.expect(200);
    let second = rotated.member("key");
    for key in [&first, &second] {
        scene.get("/export", &[("x-api-key", key)]).await.expect(200);
        scene.get("/orders", &[("authorization", &format!("ApiKey {key}"))]).await.expect(200);
        // With a letter too many, as another credential, in other fields, in the path.
        scene.get("/export", &[("x-api-key", &format!("{key}x"))]).await.expect(403);
        scene.get("/orders", &[("authorization", &format!("Bearer {key}"))]).await.expect(403);
        scene.post_as("/api-keys", person, &json!({ "name": key, "scope": "orders:read" })).await.expect(400);
        scene.post_as("/api-keys", person, &json!({ "name": "a", "scope": key })).await;
        scene.post_as("/api-keys", person, &json!({ "name": "a", "scope": "", "ip_ranges": [key] })).await.expect(400);
        scene.post_as("/api-keys", person, &json!({ "name": "a", "scope": "", (key.as_str()): 1 })).await.expect(400);
        scene.post_as(&format!("/api-keys/{key}/rotate"), person, &json!({})).await.expect(404);
        scene.try_refresh(key).await.expect(401);
    }
    // Asked anew: the gateway keeps no answer under another key.
    let elsewhere = json!({ "name": "a", "scope": "orders:read", "ip_ranges": ["198.51.100.1"] });
    let elsewhere = scene.post_as("/api-keys", person, &elsewhere).await.expect(201).member("key");
    scene.get("/export", &[("x-api-key", &elsewhere)]).await.expect(403);
    scene.wire.break_always(DYNAMODB, Fault::AnswerGarbled);
    scene.get("/orders", &[("authorization", &format!("ApiKey {elsewhere}"))]).await.expect(500);
    scene.post_json("/api-keys/report", &json!([{ "token": second }])).await.expect(503);
    scene.wire.mend();
    let found = json!([{ "token": second, "type": "vestibule" }, { "token": format!("{first}x") }]);
    scene.post_json("/api-keys/report", &found).await.expect(200);
    let secret = |key: &str| key.rsplit('_').nth(1).unwrap_or_default().to_owned();
    [&first, &second, &elsewhere]
        .into_iter()
        .flat_map(|key| [("API key", key.clone()), ("API key's secret", secret(key))])
        .collect()
}

fn context<'a>(log: &'a str, secret: &str) -> &'a str {
    log.lines().find(|line| line.contains(secret)).unwrap_or_default()
}

/// What the forms of the pages hold, and what their answers show and give.
async fn the_pages(scene: &Scene) -> Vec<(&'static str, String)> {
    let form = async |path: &str, fields: &[(&str, &str)], cookie: &str| {
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = http::Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookie);
        scene.send(request.body(bytes::Bytes::from(pairs.join("&"))).unwrap()).await
    };
    scene.user("paul@example.com", "orders:read", "").await;
    let (wrong, name) = ("nearly correct horse", "a password typed as a name");
    form("/sign-in", &[("username", "paul@example.com"), ("password", wrong)], "").await.expect(401);
    form("/sign-in", &[("username", name), ("password", wrong)], "").await.expect(401);
    let answer = form("/sign-in", &[("username", "paul@example.com"), ("password", PASSWORD)], "").await.expect(303);
    let cookie = answer.set_cookies().first().unwrap().split(';').next().unwrap().to_owned();
    let made = form("/account/keys", &[("name", "Nightly export")], &cookie).await.expect(200);
    let key = made.text().split("<code tabindex=\"0\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    form("/forgot", &[("email", "paul@example.com")], "").await.expect(200);
    let token = scene.mailed_token("paul@example.com");
    scene.get(&format!("/reset?token={token}"), &[]).await.expect(200);
    form("/reset", &[("token", &token), ("password", "zebra crossing")], "").await.expect(400);
    vec![
        ("a wrong password in a form", wrong.to_owned()),
        ("a password typed as a name in a form", name.to_owned()),
        ("the proof of a cookie from a form", cookie[cookie.len() - 42..].to_owned()),
        ("an API key's secret from a page", key[key.len() - 50..].to_owned()),
        ("a one-time token in an address", token[4..].to_owned()),
        ("an unfit password in a form", "zebra crossing".to_owned()),
    ]
}
