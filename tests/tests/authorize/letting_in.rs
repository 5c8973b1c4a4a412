//! A person lets a client in, and what it gets (RFC 6749 §4.1, OpenID Connect Core §3.1.2, RFC 8252 §8.6, RFC 8707).

use aws_sdk_dynamodb::types::AttributeValue;
use http::Method;
use vestibule::oauth::clients::{Authentication, Client, ClientSecret, SecretMethod, Secrets};
use vestibule::oauth::consents::FindConsent;
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule_tests::Scene;

use crate::stage::{
    Browser, FORM, INVOICES, ISSUER, WEB, add, asks, authorize, claims, encoded, error, exchange, first_party, heard,
    third_party,
};

const ASKS: &str = "Let The bookkeeper in?";

#[tokio::test]
async fn the_teams_own_client_gets_a_code_with_what_it_asked_to_have_back() {
    let scene = Scene::new().await;
    add(&scene, &first_party("app")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    scene.wire.take_calls();
    let heard = heard(browser.get(&authorize("app", &[])).await);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "GetItem", "GetItem", "PutItem"]);
    assert_eq!((heard.len(), heard["state"].as_str(), heard["iss"].as_str()), (3, "af0ifjsldkj", ISSUER));
    let tokens = exchange(&scene, "app", &heard["code"], &[]).await.expect(200);
    let id_token = claims(&tokens.member("id_token"));
    assert_eq!((id_token["nonce"].as_str(), id_token["aud"].as_str()), (Some("n-0S6_WzA2Mj"), Some("app")));
    assert_eq!(claims(&tokens.member("access_token"))["scope"], "openid orders:read");
}

#[tokio::test]
async fn somebody_elses_client_gets_a_code_once_the_person_agrees() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    let page = asks(browser.get(&authorize("bookkeeper", &[])).await, ASKS);
    for said in ["demo@example.com", "Know that it is you", "<code>orders:read</code>", "app.example.com"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    assert!(!page.header("content-security-policy").unwrap().contains("form-action"));
    scene.wire.take_calls();
    let heard = heard(browser.decide(&page, "allow").await);
    let mut calls = scene.wire.take_calls();
    calls.sort();
    assert_eq!(calls, ["GetItem", "GetItem", "GetItem", "GetItem", "PutItem", "TransactWriteItems"]);
    assert_eq!(heard["state"], "af0ifjsldkj");
    exchange(&scene, "bookkeeper", &heard["code"], &[]).await.expect(200);
    let listed = browser.ask(Method::GET, "/consents").await.expect(200).json();
    assert_eq!(listed["consents"][0]["client_name"], "The bookkeeper");
    assert_eq!(listed["consents"][0]["permissions"][0]["scope"], "openid orders:read");
}

#[tokio::test]
async fn who_says_no_sends_the_client_away_and_is_asked_again() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    let page = asks(browser.get(&authorize("bookkeeper", &[])).await, ASKS);
    for decision in ["deny", "", "Allow", "allow "] {
        assert_eq!(error(browser.decide(&page, decision).await), "access_denied", "{decision}");
    }
    assert_eq!(scene.cloud.table().find_consent(demo.id, &"bookkeeper".parse().unwrap()).await.unwrap(), None);
    asks(browser.get(&authorize("bookkeeper", &[])).await, ASKS);
}

#[tokio::test]
async fn nobody_is_asked_twice_for_the_same_and_everybody_for_more() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.user("demo@example.com", "orders:read orders:write", "").await;
    let browser = Browser::sign_in(&scene, &demo).await;
    browser.lets_in("bookkeeper", &[]).await;
    for less in ["openid orders:read", "openid", "orders:read"] {
        heard(browser.get(&authorize("bookkeeper", &[("scope", less)])).await);
        heard(browser.get(&authorize("bookkeeper", &[("scope", less), ("prompt", "none")])).await);
    }
    for more in [&[("scope", "openid orders:write")][..], &[("resource", INVOICES)], &[("prompt", "consent")]] {
        asks(browser.get(&authorize("bookkeeper", more)).await, ASKS);
    }
    // And of everybody what they have said themselves.
    let other = Browser::sign_in(&scene, &scene.user("other@example.com", "orders:read", "").await).await;
    asks(other.get(&authorize("bookkeeper", &[])).await, ASKS);
    add(&scene, &third_party("calendar")).await;
    asks(browser.get(&authorize("calendar", &[])).await, "Let The calendar in?");
    browser.ask(Method::DELETE, "/consents/bookkeeper").await.expect(204);
    asks(browser.get(&authorize("bookkeeper", &[])).await, ASKS);
}

/// What is on the page is what is given, whatever the person may do by the time they decide.
#[tokio::test]
async fn nobody_gives_what_they_do_not_have_nor_what_the_page_did_not_show() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let asked = &[("scope", "orders:read orders:write unheard:of")];
    let page = asks(browser.get(&authorize("bookkeeper", asked)).await, ASKS);
    assert!(!page.text().contains("orders:write") && !page.text().contains("unheard:of"), "{}", page.text());
    let form = page.hidden_fields();
    assert_eq!(form.iter().find(|(name, _)| name == "scope").unwrap().1, "orders:read");
    let code = heard(browser.decide(&page, "allow").await)["code"].clone();
    let tokens = exchange(&scene, "bookkeeper", &code, &[]).await.expect(200);
    assert_eq!(tokens.member("scope"), "orders:read");
    // A form that was changed gives no more either.
    let mut changed: Vec<_> = form.into_iter().filter(|(name, _)| name != "scope").collect();
    changed.extend([("scope", "orders:read orders:write"), ("decision", "allow")].map(|(n, v)| (n.into(), v.into())));
    let code = heard(browser.post("/oauth/consent", &changed, crate::stage::OURS).await)["code"].clone();
    assert_eq!(exchange(&scene, "bookkeeper", &code, &[]).await.expect(200).member("scope"), "orders:read");
    assert_eq!(error(browser.get(&authorize("bookkeeper", &[("scope", "orders:write")])).await), "invalid_scope");
}

#[tokio::test]
async fn a_token_for_another_audience_is_agreed_to_by_its_name() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let asked = &[("resource", INVOICES)];
    let page = asks(browser.get(&authorize("bookkeeper", asked)).await, ASKS);
    assert!(page.text().contains(INVOICES), "{}", page.text());
    let code = heard(browser.decide(&page, "allow").await)["code"].clone();
    let tokens = exchange(&scene, "bookkeeper", &code, &[]).await.expect(200);
    assert_eq!(claims(&tokens.member("access_token"))["aud"], INVOICES);
    for other in ["https://elsewhere.example.com", "https://invoices.example.com/", "INVOICES"] {
        let answer = browser.get(&authorize("bookkeeper", &[("resource", other)])).await;
        assert_eq!(error(answer), "invalid_target");
    }
    let own = exchange(&scene, "bookkeeper", &browser.lets_in("bookkeeper", &[("resource", ISSUER)]).await, &[]).await;
    assert_eq!(claims(&own.expect(200).member("access_token"))["aud"], ISSUER);
}

/// Any program on a device may listen on a port or take a scheme, and use the client's name.
#[tokio::test]
async fn a_client_that_may_be_any_program_never_gets_in_unseen() {
    let scene = Scene::new().await;
    for (id, client, uri) in [
        ("app1", first_party("app1"), "http://127.0.0.1:49152/callback"),
        ("app2", third_party("app2"), "http://127.0.0.1:49152/callback"),
        ("app3", first_party("app3"), "com.example.app:/callback"),
    ] {
        let registered = ["http://127.0.0.1/callback", "com.example.app:/callback"].map(|uri| uri.parse().unwrap());
        add(&scene, &Client { redirect_uris: registered.into(), ..client }).await;
        let browser =
            Browser::sign_in(&scene, &scene.user(&format!("{id}@example.com"), "orders:read", "").await).await;
        let asked = [("redirect_uri", uri)];
        for _ in 0..2 {
            let title = format!("Let The {id} in?");
            let page = asks(browser.get(&authorize(id, &asked)).await, &title);
            let answer = browser.decide(&page, "allow").await.expect(303);
            assert!(answer.header("location").unwrap().starts_with(&format!("{uri}?code=voc_")));
        }
        let unseen = browser.get(&authorize(id, &[("redirect_uri", uri), ("prompt", "none")])).await.expect(303);
        assert!(unseen.header("location").unwrap().contains("error=consent_required"));
    }
    // A client with a secret is nobody else.
    let secrets = Secrets::first(ClientSecret::random(&Randomness::System).unwrap().hash());
    let authentication = Authentication::Secret { method: SecretMethod::Basic, secrets };
    let redirect_uris = vec!["http://127.0.0.1/callback".parse().unwrap()];
    add(&scene, &Client { authentication, redirect_uris, ..first_party("daemon") }).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let answer = browser.get(&authorize("daemon", &[("redirect_uri", "http://127.0.0.1/callback")])).await.expect(303);
    assert!(answer.header("location").unwrap().starts_with("http://127.0.0.1/callback?code="));
}

#[tokio::test]
async fn somebody_elses_client_carries_no_role_and_the_teams_own_those_that_its_registration_names() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    add(&scene, &first_party("app")).await;
    let roles = Roles::parse("admin auditor").unwrap();
    add(&scene, &Client { roles, ..first_party("back-office") }).await;
    let admin = scene.user("admin@example.com", "orders:read", "admin support").await;
    let browser = Browser::sign_in(&scene, &admin).await;
    for (id, roles) in [("bookkeeper", None), ("app", None), ("back-office", Some("admin"))] {
        let code = browser.lets_in(id, &[]).await;
        let access = exchange(&scene, id, &code, &[]).await.expect(200).member("access_token");
        let carried = claims(&access)["roles"].clone();
        let carried = carried
            .as_array()
            .and_then(|roles| roles.first())
            .or(Some(&carried))
            .and_then(|role| role.as_str().map(str::to_owned));
        assert_eq!(carried.as_deref().filter(|role| !role.is_empty()), roles, "{id}");
    }
}

/// What may be done in somebody's name is bounded by what a client is for, also where it is the team's own (RFC 9700 §2.3).
#[tokio::test]
async fn the_token_of_a_client_registered_for_openid_alone_administers_nobody() {
    let scene = Scene::new().await;
    let scopes = Scopes::parse("openid").unwrap();
    add(&scene, &Client { scopes, ..first_party("app") }).await;
    let admin = scene.user("admin@example.com", "orders:read", "admin").await;
    let browser = Browser::sign_in(&scene, &admin).await;
    let code = browser.lets_in("app", &[("scope", "openid")]).await;
    let access = exchange(&scene, "app", &code, &[]).await.expect(200).member("access_token");
    let demo = scene.demo().await;
    scene.get_as(&format!("/admin/users/{}", demo.id), &access).await.expect(403);
}

/// A registration that names fewer roles takes them from the sessions that there are, at the next refresh.
#[tokio::test]
async fn a_role_that_is_withdrawn_from_a_client_is_in_no_token_that_it_refreshes() {
    let scene = Scene::new().await;
    let roles = Roles::parse("admin").unwrap();
    add(&scene, &Client { roles, ..first_party("app") }).await;
    let admin = scene.user("admin@example.com", "orders:read", "admin").await;
    let browser = Browser::sign_in(&scene, &admin).await;
    let code = browser.lets_in("app", &[]).await;
    let first = exchange(&scene, "app", &code, &[]).await.expect(200);
    assert_eq!(claims(&first.member("access_token"))["roles"], serde_json::json!(["admin"]));
    let item = [("pk", "CLIENT#app"), ("sk", "CLIENT")];
    let mut withdraw = scene.cloud.clients().dynamodb.update_item().table_name("vestibule-Table");
    for (name, value) in item {
        withdraw = withdraw.key(name, AttributeValue::S(value.to_owned()));
    }
    withdraw.update_expression("REMOVE #roles").expression_attribute_names("#roles", "roles").send().await.unwrap();
    scene.wait(60);
    let token = first.member("refresh_token");
    let form = [("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", &token)];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let second = scene.post("/oauth/token", FORM, encoded(&form)).await.expect(200);
    assert_eq!(claims(&second.member("access_token")).get("roles"), None);
}

/// The answer goes to what was registered, and keeps the query that it has there.
#[tokio::test]
async fn the_answer_keeps_a_registered_query() {
    let scene = Scene::new().await;
    let with_query = format!("{WEB}?tenant=7");
    add(&scene, &Client { redirect_uris: vec![with_query.parse().unwrap()], ..first_party("app") }).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let answer = browser.get(&authorize("app", &[("redirect_uri", &with_query)])).await;
    let heard = heard(answer);
    assert_eq!((heard["tenant"].as_str(), heard["code"].starts_with("voc_")), ("7", true));
}
