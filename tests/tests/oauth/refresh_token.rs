//! The refresh token grant (RFC 6749 §6, RFC 9700 §4.14, OpenID Connect Core §12, DESIGN §6).

use serde_json::json;
use vestibule::oauth::clients::manage::Intervention;
use vestibule::oauth::clients::{Client, ClientChange, Lifetimes, Party, SecretMethod};
use vestibule::oauth::codes::AuthorizationCode;
use vestibule::sessions::rotation::RetryPolicy;
use vestibule::sessions::{Ending, State};
use vestibule_tests::{Answer, Scene};

use crate::consent::{Person, agreed, give, page, redeem, redemption, refresh, sessions};
use crate::stage::{ISSUER, add, claims, expect_error, form, post, with_secret};

const INVOICES: &str = "https://invoices.example.com";

fn expect_invalid_grant(answer: Answer) {
    expect_error(answer, 400, "invalid_grant");
}

/// A scene with the tokens of the page `shop`.
async fn begun() -> (Scene, Person, Answer) {
    let scene = Scene::new().await;
    let (person, code) = agreed(&scene).await;
    let first = redeem(&scene, &code).await.expect(200);
    (scene, person, first)
}

#[tokio::test]
async fn a_refresh_gives_a_successor_and_the_same_person_who_signed_in_when_they_did() {
    let (scene, person, first) = begun().await;
    scene.wait(50);
    scene.wire.take_calls();
    let second = refresh(&scene, "shop", &first.member("refresh_token"), &[]).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"], "one call while the client is known");
    assert_ne!(first.member("refresh_token"), second.member("refresh_token"));
    let [before, after] = [&first, &second].map(|answer| claims(&answer.member("id_token")));
    for same in ["iss", "sub", "aud", "auth_time", "acr", "amr"] {
        assert_eq!(before[same], after[same], "{same}: OpenID Connect Core §12.2");
    }
    assert_eq!((after.get("nonce"), &after["iat"]), (None, &json!(scene.clock.now().seconds())));
    assert_eq!(claims(&second.member("access_token"))["sub"], json!(person.user.id.to_string()));
    scene.get_as("/orders", &second.member("access_token")).await.expect(200);
}

#[tokio::test]
async fn less_may_be_asked_for_and_more_is_never_given() {
    let (scene, _, first) = begun().await;
    let mut token = first.member("refresh_token");
    for (asked, given) in [("orders:read", "orders:read"), ("openid", "openid")] {
        let answer = refresh(&scene, "shop", &token, &[("scope", asked)]).await.expect(200);
        assert_eq!(answer.member("scope"), given);
        assert_eq!(answer.json().get("id_token").is_some(), asked == "openid");
        token = answer.member("refresh_token");
    }
    for beyond in ["orders:write", "admin openid", "orders:read  openid", "\""] {
        expect_error(refresh(&scene, "shop", &token, &[("scope", beyond)]).await, 400, "invalid_scope");
    }
    scene.wait(60);
    let all = refresh(&scene, "shop", &token, &[]).await.expect(200);
    assert_eq!(all.member("scope"), "email openid orders:read profile", "the session lost nothing by it");
}

/// A registration that was cut caps what an older agreement gives, from within a minute on and for as long as it is cut.
#[tokio::test]
async fn a_client_whose_scopes_were_cut_refreshes_to_no_more_than_it_has_left() {
    let (scene, _, first) = begun().await;
    let cut = |scopes: &str| {
        let scopes = vestibule::scope::Scopes::parse(scopes).ok();
        Intervention::Change(Box::new(ClientChange { scopes, ..ClientChange::default() }))
    };
    scene.change_client("shop", cut("openid email")).await;
    scene.wait(60);
    let less = refresh(&scene, "shop", &first.member("refresh_token"), &[]).await.expect(200);
    assert_eq!(less.member("scope"), "email openid");
    assert_eq!(claims(&less.member("access_token"))["scope"], "email openid");
    let token = less.member("refresh_token");
    expect_error(refresh(&scene, "shop", &token, &[("scope", "orders:read")]).await, 400, "invalid_scope");
    scene.change_client("shop", cut("openid email orders:read")).await;
    scene.wait(60);
    let more = refresh(&scene, "shop", &token, &[]).await.expect(200);
    assert_eq!(more.member("scope"), "email openid orders:read", "as far as the person agreed");
}

/// What the client may ask for and the person did not agree to is left out, and the answer says so (RFC 6749 §3.3).
#[tokio::test]
async fn what_the_person_did_not_agree_to_is_left_out() {
    let (scene, person, _) = begun().await;
    let scope = vestibule::scope::Scopes::parse("orders:read").unwrap();
    let less = AuthorizationCode { scope, ..person.agrees(&scene, "shop") };
    let code = give(&scene, &less).await;
    let first = redeem(&scene, &code).await.expect(200);
    let token = first.member("refresh_token");
    let answer = refresh(&scene, "shop", &token, &[("scope", "email openid orders:read")]).await.expect(200);
    assert_eq!(answer.member("scope"), "orders:read");
    assert!(answer.json().get("id_token").is_none());
}

/// RFC 8707 §2.2: a token for one resource never comes out as one for another.
#[tokio::test]
async fn a_refresh_for_another_resource_spends_nothing_and_the_token_is_good_an_hour_later() {
    let (scene, person, first) = begun().await;
    let token = first.member("refresh_token");
    for elsewhere in [INVOICES, "https://elsewhere.example.com"] {
        expect_error(refresh(&scene, "shop", &token, &[("resource", elsewhere)]).await, 400, "invalid_target");
    }
    let audience = INVOICES.to_owned();
    let code = give(&scene, &AuthorizationCode { audience, ..person.agrees(&scene, "shop") }).await;
    let elsewhere = redeem(&scene, &code).await.expect(200).member("refresh_token");
    expect_error(refresh(&scene, "shop", &elsewhere, &[("resource", ISSUER)]).await, 400, "invalid_target");

    scene.wait(3600);
    refresh(&scene, "shop", &token, &[("resource", ISSUER)]).await.expect(200);
    let answer = refresh(&scene, "shop", &elsewhere, &[("resource", INVOICES)]).await.expect(200);
    assert_eq!(claims(&answer.member("access_token"))["aud"], json!(INVOICES));
}

#[tokio::test]
async fn lost_is_not_stolen_a_retry_for_another_resource_is_refused_and_ends_nothing() {
    let (scene, _, first) = begun().await;
    let token = first.member("refresh_token");
    let second = refresh(&scene, "shop", &token, &[]).await.expect(200).member("refresh_token");
    expect_error(refresh(&scene, "shop", &token, &[("resource", INVOICES)]).await, 400, "invalid_target");
    assert_eq!(
        refresh(&scene, "shop", &token, &[("resource", ISSUER)]).await.expect(200).member("refresh_token"),
        second
    );
}

/// RFC 6749 §10.4, RFC 9700 §4.14.2.
#[tokio::test]
async fn a_refresh_token_is_good_for_its_own_client_alone() {
    let (scene, person, first) = begun().await;
    let token = first.member("refresh_token");
    add(&scene, &page("other")).await;
    expect_invalid_grant(refresh(&scene, "other", &token, &[]).await);
    scene.try_refresh(&token).await.expect_problem(401, "invalid-refresh-token");
    expect_invalid_grant(refresh(&scene, "shop", &person.tokens.refresh, &[]).await);
    for not_one in ["", "vrt_", &first.member("access_token"), &first.member("id_token"), "vrt_AAAA"] {
        let answer = refresh(&scene, "shop", not_one, &[]).await;
        expect_error(answer, 400, "invalid_grant");
    }
    refresh(&scene, "shop", &token, &[]).await.expect(200);
    scene.refresh(&person.tokens.refresh).await;
}

/// Promises 1 and 2, by the client's own window.
#[tokio::test]
async fn lost_is_not_stolen_a_public_client_retries_within_its_window_and_gets_the_same_successor() {
    let (scene, person, first) = begun().await;
    let token = first.member("refresh_token");
    let second = refresh(&scene, "shop", &token, &[]).await.expect(200).member("refresh_token");
    scene.wait(10);
    assert_eq!(refresh(&scene, "shop", &token, &[]).await.expect(200).member("refresh_token"), second);
    scene.wait(1);
    expect_invalid_grant(refresh(&scene, "shop", &token, &[]).await);
    let ended = State::Ended { at: scene.clock.now(), cause: Ending::LostResponse };
    assert_eq!(sessions(&scene, person.user.id, "shop").await[0].state, ended);
    expect_invalid_grant(refresh(&scene, "shop", &second, &[]).await);
}

#[tokio::test]
async fn a_confidential_client_retries_until_the_successor_is_used() {
    let scene = Scene::new().await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let client = Client { retry: RetryPolicy::UntilUsed, ..page("site") };
    let site = with_secret(&scene, client, SecretMethod::Basic).await;
    let code = give(&scene, &person.agrees(&scene, "site")).await;
    let first = site.post(&scene, "/oauth/token", &redemption("site", &code, &[])).await.expect(200);
    let asked = |token: &str| form(&[("grant_type", "refresh_token"), ("refresh_token", token)]);
    let token = first.member("refresh_token");
    let second = site.post(&scene, "/oauth/token", &asked(&token)).await.expect(200).member("refresh_token");
    scene.wait(24 * 60 * 60);
    let again = site.post(&scene, "/oauth/token", &asked(&token)).await.expect(200);
    assert_eq!(again.member("refresh_token"), second);
    let stolen = format!("{}&client_id=site", asked(&token));
    expect_error(post(&scene, "/oauth/token", None, &stolen).await, 401, "invalid_client");
    site.post(&scene, "/oauth/token", &asked(&second)).await.expect(200);
    scene.wait(61);
    expect_invalid_grant(site.post(&scene, "/oauth/token", &asked(&token)).await);
    expect_invalid_grant(site.post(&scene, "/oauth/token", &asked(&second)).await);
}

#[tokio::test]
async fn a_clients_own_lifetimes_count() {
    let scene = Scene::new().await;
    let seconds = |seconds| Some(std::time::Duration::from_secs(seconds));
    let lifetimes = Lifetimes { access_token: seconds(60), idle: seconds(600), absolute: seconds(1000) };
    add(&scene, &Client { lifetimes, party: Party::First, ..page("shop") }).await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let code = give(&scene, &person.agrees(&scene, "shop")).await;
    let first = redeem(&scene, &code).await.expect(200);
    assert_eq!(first.json()["expires_in"], 60);
    scene.wait(599);
    let second = refresh(&scene, "shop", &first.member("refresh_token"), &[]).await.expect(200);
    scene.wait(400);
    let third = refresh(&scene, "shop", &second.member("refresh_token"), &[]).await.expect(200);
    assert_eq!(third.json()["expires_in"], 1, "no token outlives its session");
    scene.wait(1);
    expect_invalid_grant(refresh(&scene, "shop", &third.member("refresh_token"), &[]).await);
}
