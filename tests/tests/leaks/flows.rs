//! Flows that hold secrets of their own: what each held is given back, with what it is.

use vestibule::randomness::Randomness;
use vestibule_tests::{DYNAMODB, Fault, PASSWORD, Scene};

/// An OAuth client that gets a token, asks about one and makes every mistake with its secret; what it holds is given back.
pub(crate) async fn a_client(scene: &Scene, person: &str) -> Vec<(&'static str, String)> {
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
pub(crate) async fn a_browser(scene: &Scene) -> Vec<(&'static str, String)> {
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
        ask(&format!("/oauth/logout?client_id={secret}&post_logout_redirect_uri={secret}")).await.expect(200);
        ask(&format!("/oauth/logout?id_token_hint={secret}")).await.expect(200);
        let body = format!("grant_type=authorization_code&client_id=demo-app&code={secret}&code_verifier={secret}");
        scene.post("/oauth/token", FORM, body).await.expect(400);
    }
    vec![("session cookie", value), ("CSRF token", csrf_token), ("authorization code", code)]
}

/// A client's session from its code to its end, and its credentials in the wrong places; they are given back. The client is the one of
/// [`a_browser`].
pub(crate) async fn a_clients_session(scene: &Scene) -> Vec<(&'static str, String)> {
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
pub(crate) async fn an_api_key(scene: &Scene, person: &str) -> Vec<(&'static str, String)> {
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

/// What the forms of the pages hold, and what their answers show and give.
pub(crate) async fn the_pages(scene: &Scene) -> Vec<(&'static str, String)> {
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
