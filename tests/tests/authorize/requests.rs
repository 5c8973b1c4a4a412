//! What a client may ask, and what it hears of what it may not (RFC 6749 §3.1 and §4.1.2.1, RFC 7636 §4.4.1, OpenID Connect Core §3.1.2.6,
//! Form Post Response Mode §2).

use vestibule::oauth::clients::{Authentication, Client, ClientSecret, Grant, SecretMethod, Secrets};
use vestibule::randomness::Randomness;
use vestibule_tests::Scene;

use crate::stage::{
    Browser, ISSUER, WEB, add, authorize, encoded, error, exchange, first_party, goes_nowhere, heard, id_token,
    is_a_page, location, query_of, request, third_party,
};

#[tokio::test]
async fn whatever_is_wrong_with_a_request_its_client_hears_by_the_standards_name() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let long = "x".repeat(3000);
    for (name, value, expected) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_type", "Code", "unsupported_response_type"),
        ("response_mode", "fragment", "invalid_request"),
        ("response_mode", "web_message", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge", crate::stage::VERIFIER, "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "s256", "invalid_request"),
        ("scope", "unheard:of", "invalid_scope"),
        ("scope", "openid  email", "invalid_scope"),
        ("scope", "op\"enid", "invalid_scope"),
        ("nonce", &"n".repeat(257), "invalid_request"),
        ("nonce", "a\nb", "invalid_request"),
        ("prompt", "create", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("max_age", "soon", "invalid_request"),
        ("resource", "https://elsewhere.example", "invalid_target"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:x", "request_uri_not_supported"),
        ("registration", "{}", "registration_not_supported"),
        ("login_hint", "a\0b", "invalid_request"),
        ("login_hint", &long, "invalid_request"),
    ] {
        if (name, value) == ("code_challenge", crate::stage::VERIFIER) {
            // It has the form of a hash, and nobody can tell; PKCE is then what fails the exchange.
            continue;
        }
        let answer = browser.get(&authorize("app", &[(name, value)])).await;
        let heard = heard(answer);
        assert_eq!(heard["error"], expected, "{name}={value}");
        assert_eq!((heard["state"].as_str(), heard.contains_key("code")), ("af0ifjsldkj", false));
        let allowed = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        assert!(heard["error_description"].bytes().all(allowed));
    }
}

/// What is not advertised changes nothing (OpenID Connect Core §3.1.2.1).
#[tokio::test]
async fn what_is_not_offered_is_passed_over() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    for (name, value) in [
        ("claims", r#"{"id_token":{"email":null,"sub":{"value":"somebody"}}}"#),
        ("claims", "{"),
        ("acr_values", "urn:mace:incommon:iap:silver"),
        ("display", "popup"),
        ("ui_locales", "de fr"),
        ("claims_locales", "de"),
        ("unheard_of", "x"),
        ("response_mode", "query"),
        ("state", ""),
        ("nonce", ""),
    ] {
        let heard = heard(browser.get(&authorize("app", &[(name, value)])).await);
        let tokens = exchange(&scene, "app", &heard["code"], &[]).await.expect(200);
        assert_eq!(crate::stage::claims(&tokens.member("id_token"))["email"], serde_json::Value::Null);
        assert_eq!(heard.contains_key("state"), name != "state");
    }
}

#[tokio::test]
async fn a_parameter_that_stands_twice_is_refused_and_a_second_client_is_told_nothing() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let hint = id_token(&browser, "app").await;
    let more = [
        ("prompt", "none"),
        ("max_age", "60"),
        ("resource", ISSUER),
        ("login_hint", "a"),
        ("id_token_hint", hint.as_str()),
        // Nobody reads them, and they stand once all the same (RFC 6749 §3.1).
        ("ui_locales", "de"),
        ("x", ""),
    ];
    for (name, value) in request("app", &more) {
        for again in [value.as_str(), "another"] {
            let mut twice = request("app", &more);
            twice.push((name.clone(), again.to_owned()));
            let answer = browser.get(&format!("/oauth/authorize?{}", encoded(&twice))).await;
            match name.as_str() {
                "client_id" | "redirect_uri" => drop(goes_nowhere(answer, 400)),
                "resource" => assert_eq!(error(answer), "invalid_target"),
                // Which of two was meant is nobody's guess.
                "state" => assert_eq!(heard(answer).get("state"), None),
                _ => assert_eq!(error(answer), "invalid_request", "{name}"),
            }
        }
    }
}

#[tokio::test]
async fn state_comes_back_exactly_as_it_went() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    add(&scene, &third_party("bookkeeper")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let every: String = (' '..='~').collect();
    for state in [
        "x",
        " ",
        "+",
        "%20",
        "%",
        "a b+c",
        "&code=voc_x",
        "=",
        "#",
        "\"><script>",
        "'",
        "\\",
        "ä€𝄞",
        "a\r\nLocation: x",
        "{\"a\":[1]}",
        &every,
        &"s".repeat(1500),
    ] {
        for id in ["app", "bookkeeper"] {
            let good = browser.get(&authorize(id, &[("state", state)])).await;
            let good = if good.status() == 200 { browser.decide(&good, "allow").await } else { good };
            assert_eq!(heard(good)["state"], state);
            let bad = browser.get(&authorize(id, &[("state", state), ("scope", "nothing")])).await;
            assert_eq!(heard(bad)["state"], state);
        }
    }
    // What cannot be returned as it came is not returned at all.
    let unclean = format!("/oauth/authorize?{}&state=%ff", encoded(&request("app", &[("state", "")])));
    let heard = heard(browser.get(&unclean).await);
    assert_eq!((heard["error"].as_str(), heard.get("state")), ("invalid_request", None));
}

#[tokio::test]
async fn a_client_that_is_unknown_or_disabled_gets_nobody_and_no_answer() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    add(&scene, &Client { ..first_party("gone") }).await;
    scene.disable_client("gone").await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let texts: Vec<_> = {
        let mut texts = Vec::new();
        // The team's own sign-in is none that a browser is sent to.
        for id in ["gone", "nobody", "vestibule", "App", "app ", "../app", "", &"x".repeat(65)] {
            let page = goes_nowhere(browser.get(&authorize("app", &[("client_id", id)])).await, 400);
            texts.push(page.text().to_owned());
        }
        texts
    };
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "one and the same page");
    // One that is disabled between two requests of a person, too.
    let page = crate::stage::asks(browser.get(&authorize("app", &[("prompt", "consent")])).await, "Let The app in?");
    scene.disable_client("app").await;
    goes_nowhere(browser.decide(&page, "allow").await, 400);
}

#[tokio::test]
async fn a_client_that_is_not_registered_for_codes_is_unauthorized() {
    let scene = Scene::new().await;
    let secrets = Secrets::first(ClientSecret::random(&Randomness::System).unwrap().hash());
    let service = Client {
        authentication: Authentication::Secret { method: SecretMethod::Basic, secrets },
        service: Some(vestibule::identity::ServiceId::random(&Randomness::System).unwrap()),
        grants: [Grant::ClientCredentials].into_iter().collect(),
        redirect_uris: Vec::new(),
        ..first_party("worker")
    };
    add(&scene, &service).await;
    // It has no address, so that nobody goes there.
    goes_nowhere(scene.get(&authorize("worker", &[]), &[]).await, 400);
}

#[tokio::test]
async fn a_form_is_gone_on_with_by_get_so_that_the_browser_brings_its_cookie() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    // From another site, as clients send it.
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://app.example.com")];
    let answer = browser.post("/oauth/authorize", &request("app", &[]), &foreign).await;
    let address = location(answer);
    let path = address.strip_prefix(ISSUER).unwrap();
    assert!(path.starts_with("/oauth/authorize?"), "{address}");
    heard(browser.get(path).await);
    for (media_type, body, status) in [
        ("application/json", "{}".to_owned(), 415),
        ("text/plain", "a=b".to_owned(), 415),
        ("application/x-www-form-urlencoded", format!("state={}", "x".repeat(17_000)), 413),
        ("application/x-www-form-urlencoded", format!("state={}", "x".repeat(4000)), 413),
    ] {
        for path in ["/oauth/authorize", "/oauth/logout"] {
            goes_nowhere(scene.post(path, media_type, body.clone()).await, status);
        }
    }
}

#[tokio::test]
async fn an_answer_can_come_as_a_form_that_a_script_or_a_person_sends() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let asked = [("response_mode", "form_post"), ("state", "\"><b>&amp;")];
    let page = browser.get(&authorize("app", &asked)).await.expect(200);
    is_a_page(&page);
    assert!(page.text().contains(&format!("<form method=\"post\" action=\"{WEB}\">")), "{}", page.text());
    assert!(page.text().contains("<button>") && !page.text().contains("<b>"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(!policy.contains("form-action"), "{policy}");
    let (_, script) = page.text().split_once("<script>").unwrap();
    let script = script.split("</script>").next().unwrap();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, script.as_bytes());
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    assert!(policy.ends_with(&format!("; script-src 'sha256-{hash}'")), "{policy}");
    let sent = page.hidden_fields();
    let names: Vec<_> = sent.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!((sent[1].1.as_str(), sent[2].1.as_str()), ("\"><b>&amp;", ISSUER));
    exchange(&scene, "app", &sent[0].1, &[]).await.expect(200);
    // Errors come the same way.
    let page =
        browser.get(&authorize("app", &[("response_mode", "form_post"), ("scope", "nothing")])).await.expect(200);
    let names: Vec<_> = page.hidden_fields().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["error", "error_description", "state", "iss"]);
}

/// What comes back from the sign-in page is the request, to the letter.
#[tokio::test]
async fn who_is_not_signed_in_signs_in_and_comes_back_to_the_same_request() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let asked = [("state", "ä &=%+"), ("login_hint", "ada@example.com"), ("ui_locales", "de")];
    let back = crate::stage::comes_back_to(scene.get(&authorize("app", &asked), &[]).await);
    let expected = request("app", &[("state", "ä &=%+"), ("login_hint", "ada@example.com")]).into_iter().collect();
    assert_eq!(query_of(&back), expected);
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    assert_eq!(heard(browser.get(&back).await)["state"], "ä &=%+");
}
