//! Attacks on people in their browsers, and on what comes back by them (RFC 9700 §4, RFC 9207, OWASP Cross-Site Request Forgery Prevention).

use http::Method;
use vestibule::oauth::clients::Client;
use vestibule_tests::{Answer, Scene, User};

use crate::stage::{
    Browser, ISSUER, OURS, add, asks, authorize, error, exchange, first_party, goes_nowhere, heard, id_token, request,
    third_party,
};

const ASKS: &str = "Let The bookkeeper in?";

async fn asked<'s>(scene: &'s Scene, user: &User) -> (Browser<'s>, Answer) {
    let browser = Browser::sign_in(scene, user).await;
    let page = asks(browser.get(&authorize("bookkeeper", &[])).await, ASKS);
    (browser, page)
}

/// The form as somebody would send it: with this token, or none.
fn forged(page: &Answer, token: Option<&str>) -> Vec<(String, String)> {
    let mut form: Vec<_> = page.hidden_fields().into_iter().filter(|(name, _)| name != "csrf_token").collect();
    form.push(("decision".to_owned(), "allow".to_owned()));
    form.extend(token.map(|token| ("csrf_token".to_owned(), token.to_owned())));
    form
}

#[tokio::test]
async fn no_other_page_lets_a_client_in_for_a_person() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let (browser, page) = asked(&scene, &scene.demo().await).await;
    let (_, eves_page) = asked(&scene, &scene.user("eve@example.com", "orders:read", "").await).await;
    let token_of = |page: &Answer| page.hidden_fields().into_iter().find(|(name, _)| name == "csrf_token").unwrap().1;
    let (own, eves) = (token_of(&page), token_of(&eves_page));
    assert_ne!(own, eves);
    let sites: [&[(&str, &str)]; 7] = [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://blog.example.com")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[],
        OURS,
    ];
    for site in sites {
        for token in [None, Some(""), Some(eves.as_str()), Some(&own[1..])] {
            goes_nowhere(browser.post("/oauth/consent", &forged(&page, token), site).await, 403);
        }
    }
    // The right one is of no use to another site's page either, should it ever leak.
    for site in &sites[..5] {
        goes_nowhere(browser.post("/oauth/consent", &forged(&page, Some(&own)), site).await, 403);
    }
    let listed = browser.ask(Method::GET, "/consents").await.expect(200).json();
    assert_eq!(listed["consents"].as_array().unwrap().len(), 0);
    // A browser that says nothing of pages proves itself by the token alone.
    heard(browser.post("/oauth/consent", &forged(&page, Some(&own)), &[]).await);
}

/// The page cannot be framed, and neither it nor an error runs or loads anything.
#[tokio::test]
async fn nobody_is_led_to_press_what_they_do_not_see() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let (browser, page) = asked(&scene, &scene.demo().await).await;
    let (_, body) = page.text().split_once("<body>").unwrap();
    assert!(!body.contains("<script") && !body.contains("onclick=") && !body.contains("style="), "{body}");
    assert!(!page.header("content-security-policy").unwrap().contains("script"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    // A frame, or a script of an origin that may call the API, gets no page at all.
    for (mode, dest) in [("cors", "empty"), ("navigate", "iframe"), ("no-cors", "image"), ("navigate", "object")] {
        for site in ["same-origin", "same-site", "cross-site"] {
            let headers = [
                ("cookie", browser.cookie.as_str()),
                ("sec-fetch-site", site),
                ("sec-fetch-mode", mode),
                ("sec-fetch-dest", dest),
            ];
            goes_nowhere(scene.get(&authorize("bookkeeper", &[]), &headers).await, 400);
        }
    }
}

/// A name is the operator's to choose, and never markup.
#[tokio::test]
async fn whatever_a_client_is_called_it_is_text() {
    let scene = Scene::new().await;
    let name = "<script>alert(1)</script>\"'&".to_owned();
    add(&scene, &Client { name, ..third_party("bookkeeper") }).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let page = browser.get(&authorize("bookkeeper", &[("state", "\"><img src=x>")])).await.expect(200);
    assert!(!page.text().contains("<script") && !page.text().contains("<img"), "{}", page.text());
    assert_eq!(heard(browser.decide(&page, "allow").await)["state"], "\"><img src=x>");
}

#[tokio::test]
async fn no_page_reads_the_endpoint_across_origins() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    for origin in ["https://app.example.com", "https://evil.example", "null", ISSUER] {
        for path in [authorize("bookkeeper", &[]), authorize("nobody", &[]), "/oauth/logout".to_owned()] {
            let answer = scene.get(&path, &[("origin", origin), ("cookie", &browser.cookie)]).await;
            let cors = answer.lasting_headers().into_iter().find(|(name, _)| name.starts_with("access-control"));
            assert_eq!(cors, None, "{path} {origin}");
            assert_ne!(answer.status(), 204);
        }
    }
}

/// API Gateway lets pages of `AllowedOrigins` read answers, whatever we say. They may act for whoever is signed in (decision 0014), and hear
/// the session's token; they agree to nothing for the person, and no script of theirs sees what is asked.
#[tokio::test]
async fn a_page_of_an_allowed_origin_reads_no_question_and_answers_none() {
    const PAGE: &str = "https://pages.example.com";
    let scene = Scene::builder().parameter("AllowedOrigins", PAGE).begin().await;
    add(&scene, &third_party("bookkeeper")).await;
    add(&scene, &first_party("app")).await;
    let (browser, page) = asked(&scene, &scene.demo().await).await;
    let hint = id_token(&browser, "app").await;
    let (_, token) = page.hidden_fields().into_iter().find(|(name, _)| name == "csrf_token").unwrap();
    for path in
        [authorize("bookkeeper", &[]), "/oauth/logout".to_owned(), format!("/oauth/logout?id_token_hint={hint}")]
    {
        for site in ["same-site", "cross-site"] {
            let headers = [
                ("cookie", browser.cookie.as_str()),
                ("origin", PAGE),
                ("sec-fetch-site", site),
                ("sec-fetch-mode", "cors"),
                ("sec-fetch-dest", "empty"),
            ];
            let answer = goes_nowhere(scene.get(&path, &headers).await, 400);
            assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE), "{path}");
            assert!(!answer.text().contains(&token) && answer.set_cookies().is_empty(), "{path}");
        }
    }
    let form = forged(&page, Some(&token));
    for path in ["/oauth/consent", "/oauth/logout/confirm"] {
        for site in [&[("origin", PAGE)][..], &[("origin", PAGE), ("sec-fetch-site", "same-site")]] {
            goes_nowhere(browser.post(path, &form, site).await, 403);
        }
    }
    let listed = browser.ask(Method::GET, "/consents").await.expect(200).json();
    assert_eq!(listed["consents"].as_array().unwrap().len(), 0);
    // Our own page, as a browser names it that knows no Fetch Metadata.
    heard(browser.post("/oauth/consent", &form, &[("origin", ISSUER)]).await);
}

/// Mix-up: a client that talks to several servers must be able to tell whose answer it is (RFC 9207 §2).
#[tokio::test]
async fn every_answer_says_whose_it_is_once() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    for changes in
        [&[][..], &[("scope", "nothing")], &[("prompt", "none"), ("max_age", "0")], &[("iss", "https://evil.example")]]
    {
        scene.wait(1);
        let answer = browser.get(&authorize("app", changes)).await.expect(303);
        let location = answer.header("location").unwrap();
        assert_eq!(location.matches("iss=").count(), 1, "{location}");
        heard(answer);
    }
}

/// Code injection: a code is of no use but to the client and the browser that asked for it (RFC 9700 §4.5).
#[tokio::test]
async fn a_code_that_was_stolen_on_its_way_opens_nothing() {
    let scene = Scene::new().await;
    for id in ["app", "thief"] {
        add(&scene, &first_party(id)).await;
    }
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let code = browser.lets_in("app", &[]).await;
    let invalid = async |id: &str, changes: &[(&str, &str)]| {
        let answer = exchange(&scene, id, &code, changes).await.expect(400);
        assert_eq!(answer.member("error"), "invalid_grant", "{id} {changes:?}");
    };
    invalid("thief", &[]).await;
    invalid("app", &[("code_verifier", &"x".repeat(43))]).await;
    invalid("app", &[("redirect_uri", "https://evil.example/callback")]).await;
    // The honest client is not harmed by any of it.
    exchange(&scene, "app", &code, &[]).await.expect(200);
}

/// Whoever leaves or takes back what they have said has not let anybody in by a code that is still on its way.
#[tokio::test]
async fn a_code_dies_with_the_browsers_session_and_with_the_consent() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    let code = browser.lets_in("bookkeeper", &[]).await;
    browser.ask(Method::DELETE, "/consents/bookkeeper").await.expect(204);
    let answer = exchange(&scene, "bookkeeper", &code, &[]).await.expect(400);
    assert_eq!(answer.member("error"), "invalid_grant");
    // To have agreed again since, but to less, does not bring it back.
    let code = browser.lets_in("bookkeeper", &[]).await;
    browser.ask(Method::DELETE, "/consents/bookkeeper").await.expect(204);
    browser.lets_in("bookkeeper", &[("scope", "openid")]).await;
    exchange(&scene, "bookkeeper", &code, &[]).await.expect(400);
    let code = browser.lets_in("bookkeeper", &[]).await;
    browser.ask(Method::POST, "/logout").await.expect(204);
    exchange(&scene, "bookkeeper", &code, &[]).await.expect(400);
}

#[tokio::test]
async fn an_account_that_was_disabled_lets_nobody_in() {
    use vestibule::accounts::ManageAccounts;

    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.demo().await;
    let (browser, page) = asked(&scene, &demo).await;
    let disabled = vestibule::accounts::Standing::Disabled { at: scene.clock.now() };
    scene.cloud.table().set_standing(demo.id, disabled, scene.clock.now()).await.unwrap();
    // Its sessions have ended, so that it would have to sign in.
    crate::stage::comes_back_to(browser.decide(&page, "allow").await);
    assert_eq!(error(browser.get(&authorize("bookkeeper", &[("prompt", "none")])).await), "login_required");
}

/// A form that a client sends from its own site is no decision, whatever it holds.
#[tokio::test]
async fn a_request_is_no_decision() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let decided = authorize("bookkeeper", &[("decision", "allow"), ("csrf_token", "x")]);
    asks(browser.get(&decided).await, ASKS);
    let mut form = request("bookkeeper", &[]);
    form.push(("decision".to_owned(), "allow".to_owned()));
    let answer = browser.post("/oauth/authorize", &form, OURS).await.expect(303);
    let path = answer.header("location").unwrap().strip_prefix(ISSUER).unwrap().to_owned();
    asks(browser.get(&path).await, ASKS);
}
