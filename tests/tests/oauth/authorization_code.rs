//! The authorization code grant (RFC 6749 §4.1.3, RFC 7636, RFC 9700 §2.1.1 and §4.5, OpenID Connect Core §3.1.3).

use serde_json::json;
use vestibule::accounts::{ManageAccounts, Standing};
use vestibule::keys::Algorithm;
use vestibule::oauth::clients::{Client, Grant, Party, SecretMethod};
use vestibule::oauth::codes::AuthorizationCode;
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::{Ending, State};
use vestibule_tests::{Answer, Scene};

use crate::consent::{
    BACK, CHALLENGE, Person, VERIFIER, agreed, give, page, redeem, redeem_with, redemption, refresh, sessions,
};
use crate::stage::{ISSUER, add, asserting, assertion, claims, expect_error, form, post, with_key, with_secret};

fn expect_invalid_grant(answer: Answer) {
    let answer = expect_error(answer, 400, "invalid_grant");
    assert_eq!(answer.member("error_description"), "The code or the refresh token is not valid, or no more.");
}

#[tokio::test]
async fn a_client_whose_person_agreed_learns_who_they_are_and_acts_for_them() {
    let scene = Scene::new().await;
    let (person, code) = agreed(&scene).await;
    let answer = redeem(&scene, &code).await.expect(200);
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), None));
    let document = answer.json();
    assert_eq!(
        (&document["token_type"], &document["expires_in"], &document["scope"]),
        (&json!("Bearer"), &json!(300), &json!("email openid orders:read profile"))
    );
    let (access, id) = (claims(&answer.member("access_token")), claims(&answer.member("id_token")));
    let now = scene.clock.now().seconds();
    let user = person.user.id.to_string();
    assert_eq!((&access["sub"], &access["aud"], &access["client_id"]), (&json!(user), &json!(ISSUER), &json!("shop")));
    assert_eq!(access["auth_time"], json!(now - 30));
    assert_ne!(access["sid"], json!(person.browser.to_string()), "the client has a session of its own");
    let expected = json!({
        "iss": ISSUER, "sub": user, "aud": "shop", "iat": now, "exp": now + 300, "auth_time": now - 30,
        "nonce": "n-0S6_WzA2Mj", "acr": "1", "amr": ["pwd"], "at_hash": id["at_hash"],
    });
    assert_eq!(id, expected);
    scene.get_as("/orders", &answer.member("access_token")).await.expect(200);
    refresh(&scene, "shop", &answer.member("refresh_token"), &[]).await.expect(200);
}

#[tokio::test]
async fn a_client_that_did_not_ask_who_signed_in_is_not_told_and_one_that_may_not_refresh_gets_one_token() {
    let scene = Scene::new().await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    add(&scene, &Client { grants: [Grant::AuthorizationCode].into_iter().collect(), ..page("shop") }).await;
    let scope = Scopes::parse("orders:read").unwrap();
    let code = give(&scene, &AuthorizationCode { scope, ..person.agrees(&scene, "shop") }).await;
    let document = redeem(&scene, &code).await.expect(200).json();
    assert!(document.get("id_token").is_none() && document.get("refresh_token").is_none(), "{document}");
    let session = &sessions(&scene, person.user.id, "shop").await[0];
    assert_eq!(session.expires_at.since(scene.clock.now()).as_secs(), 300, "it ends with the token");
}

/// Roles are what the code says, as far as the client may carry them.
#[tokio::test]
async fn a_token_carries_the_roles_the_audience_and_the_algorithm_that_were_decided() {
    let scene = Scene::new().await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let roles = Roles::parse("admin support").unwrap();
    add(&scene, &Client { algorithm: Some(Algorithm::Rs256), party: Party::First, roles, ..page("shop") }).await;
    let decided = AuthorizationCode {
        roles: Roles::parse("auditor support").unwrap(),
        audience: "https://invoices.example.com".to_owned(),
        ..person.agrees(&scene, "shop")
    };
    let code = give(&scene, &decided).await;
    // RFC 8707 §2: the code is as good as before.
    expect_error(redeem_with(&scene, &code, &[("resource", ISSUER)]).await, 400, "invalid_target");
    let answer = redeem_with(&scene, &code, &[("resource", "https://invoices.example.com")]).await.expect(200);
    for name in ["access_token", "id_token"] {
        assert!(answer.member(name).starts_with("eyJhbGciOiJSUzI1NiI"), "{name}");
    }
    let said = claims(&answer.member("access_token"));
    assert_eq!((&said["roles"], &said["aud"]), (&json!(["support"]), &json!("https://invoices.example.com")));
    scene.get_as("/whoami", &answer.member("access_token")).await.expect(403);
    let again = refresh(&scene, "shop", &answer.member("refresh_token"), &[]).await.expect(200);
    assert_eq!(claims(&again.member("access_token"))["aud"], "https://invoices.example.com");
}

/// RFC 7636 §4.6, RFC 9700 §2.1.1: code injection, PKCE downgrade, another address, another resource. None of it costs the client
/// its code.
#[tokio::test]
async fn whoever_keeps_not_every_bond_of_a_code_gets_nothing_and_spoils_nothing() {
    let scene = Scene::new().await;
    let (person, code) = agreed(&scene).await;
    add(&scene, &page("other")).await;
    let other = redemption("other", &code, &[]);
    expect_invalid_grant(post(&scene, "/oauth/token", None, &other).await);
    for changes in [
        ("code_verifier", CHALLENGE),
        ("code_verifier", &VERIFIER[1..]),
        ("code_verifier", &VERIFIER.to_lowercase()),
        ("code_verifier", &"x".repeat(200)),
        ("redirect_uri", "https://shop.example.com/back/"),
        ("redirect_uri", "https://evil.example.com/back"),
        ("code", "voc_"),
        ("code", &code.to_lowercase()),
        ("code", &code.replace("voc_", "vot_")),
        ("code", &format!("{code}A")),
        ("code", &person.tokens.refresh),
        ("code", &person.tokens.access),
    ] {
        expect_invalid_grant(redeem_with(&scene, &code, &[changes]).await);
    }
    for missing in ["code", "code_verifier"] {
        expect_error(redeem_with(&scene, &code, &[(missing, "")]).await, 400, "invalid_request");
    }
    let elsewhere = [("resource", "https://invoices.example.com")];
    expect_error(redeem_with(&scene, &code, &elsewhere).await, 400, "invalid_target");
    let plain = [("code_verifier", CHALLENGE), ("code_challenge_method", "plain"), ("code_challenge", CHALLENGE)];
    expect_invalid_grant(redeem_with(&scene, &code, &plain).await);
    assert!(sessions(&scene, person.user.id, "shop").await.is_empty());
    redeem_with(&scene, &code, &[("redirect_uri", ""), ("resource", ISSUER)]).await.expect(200);
}

#[tokio::test]
async fn a_code_is_good_for_a_minute_and_not_a_second_longer() {
    let scene = Scene::new().await;
    let (person, first) = agreed(&scene).await;
    let second = give(&scene, &person.agrees(&scene, "shop")).await;
    scene.wait(59);
    redeem(&scene, &first).await.expect(200);
    scene.wait(1);
    expect_invalid_grant(redeem(&scene, &second).await);
    assert_eq!(sessions(&scene, person.user.id, "shop").await.len(), 1);
}

/// Promise 4: whatever ends a person's sessions voids their codes.
#[tokio::test]
async fn a_code_of_before_a_sign_out_a_new_password_or_a_closed_account_opens_nothing() {
    for what in ["sign-out", "password", "disabled"] {
        let scene = Scene::new().await;
        let (person, code) = agreed(&scene).await;
        let (table, user, now) = (scene.cloud.table(), person.user.id, scene.clock.now());
        match what {
            "sign-out" => drop(scene.revoke(&person.tokens.refresh).await.expect(200)),
            "password" => {
                let hash = scene.hash("another battery staple").await;
                table.set_password(user, &hash, now).await.unwrap();
            }
            _ => drop(table.set_standing(user, Standing::Disabled { at: now }, now).await.unwrap()),
        }
        expect_invalid_grant(redeem(&scene, &code).await);
        assert!(sessions(&scene, user, "shop").await.is_empty(), "{what}");
    }
}

/// RFC 6749 §4.1.2 and §10.5, RFC 9700 §4.5.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_redemptions_at_once_one_succeeds_and_its_session_is_ended_by_the_others() {
    let scene = std::sync::Arc::new(Scene::new().await);
    let (person, code) = agreed(&scene).await;
    let mut under_way = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (scene, code) = (std::sync::Arc::clone(&scene), code.clone());
        under_way.spawn(async move { redeem(&scene, &code).await });
    }
    let mut answers = under_way.join_all().await;
    let won: Vec<_> = answers.extract_if(.., |answer| answer.status() == 200).collect();
    assert_eq!((won.len(), answers.len()), (1, 49));
    answers.into_iter().for_each(expect_invalid_grant);
    let all = sessions(&scene, person.user.id, "shop").await;
    let ended = State::Ended { at: scene.clock.now(), cause: Ending::CodeReplayed };
    assert_eq!(all.iter().map(|session| session.state).collect::<Vec<_>>(), [ended]);
    expect_invalid_grant(refresh(&scene, "shop", &won[0].member("refresh_token"), &[]).await);
}

#[tokio::test]
async fn a_second_redemption_ends_what_the_first_gave_for_an_hour() {
    let scene = Scene::new().await;
    let (person, first) = agreed(&scene).await;
    let second = give(&scene, &person.agrees(&scene, "shop")).await;
    let kept = redeem(&scene, &first).await.expect(200);
    redeem(&scene, &second).await.expect(200);
    scene.wait(59 * 60);
    expect_invalid_grant(redeem(&scene, &first).await);
    let tokens = kept.member("refresh_token");
    expect_invalid_grant(refresh(&scene, "shop", &tokens, &[]).await);
    scene.wait(2 * 60);
    expect_invalid_grant(redeem(&scene, &second).await);
    let states = sessions(&scene, person.user.id, "shop").await.into_iter().map(|session| session.state);
    assert_eq!(states.filter(|state| *state == State::Live).count(), 1, "what is forgotten ends nothing");
}

/// A used code stands in histories and logs: it must not sign people out.
#[tokio::test]
async fn whoever_has_no_more_than_a_used_code_ends_nothing() {
    let scene = Scene::new().await;
    let (person, code) = agreed(&scene).await;
    add(&scene, &page("other")).await;
    redeem(&scene, &code).await.expect(200);
    expect_invalid_grant(redeem_with(&scene, &code, &[("code_verifier", &"x".repeat(43))]).await);
    expect_invalid_grant(post(&scene, "/oauth/token", None, &redemption("other", &code, &[])).await);
    assert_eq!(sessions(&scene, person.user.id, "shop").await[0].state, State::Live);
    assert_eq!(scene.get_as("/whoami", &person.tokens.access).await.status(), 200);
}

/// RFC 6749 §3.2.1: a confidential client proves itself here too, or its code is worth nothing to whoever has it.
#[tokio::test]
async fn the_code_of_a_confidential_client_is_worth_nothing_to_whoever_is_not_that_client() {
    let scene = Scene::new().await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let by_header = with_secret(&scene, page("header"), SecretMethod::Basic).await;
    let by_body = with_secret(&scene, page("body"), SecretMethod::Post).await;
    let pair = with_key(&scene, page("signer")).await;
    for id in ["header", "body", "signer"] {
        let code = give(&scene, &person.agrees(&scene, id)).await;
        let public = redemption(id, &code, &[]);
        expect_error(post(&scene, "/oauth/token", None, &public).await, 401, "invalid_client");
        let wrong = redemption(id, &code, &[("client_secret", "vcs_wrong")]);
        expect_error(post(&scene, "/oauth/token", None, &wrong).await, 401, "invalid_client");
        let answer = match id {
            "header" => by_header.post(&scene, "/oauth/token", &public).await,
            "body" => {
                let with = redemption(id, &code, &[("client_secret", &by_body.secret)]);
                post(&scene, "/oauth/token", None, &with).await
            }
            _ => {
                let signed = asserting(&assertion(&scene, id, &pair, |_| {}));
                let signed = signed.replace("grant_type=client_credentials&", "");
                post(&scene, "/oauth/token", None, &format!("{public}&{signed}")).await
            }
        };
        answer.expect(200);
    }
}

#[tokio::test]
async fn a_code_is_for_clients_that_are_registered_for_codes() {
    let scene = Scene::new().await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let worker = crate::stage::worker(&scene).await;
    let code = give(&scene, &person.agrees(&scene, "worker")).await;
    let asked = form(&[("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)]);
    expect_error(worker.post(&scene, "/oauth/token", &asked).await, 400, "unauthorized_client");
    let asked = form(&[("grant_type", "refresh_token"), ("refresh_token", &person.tokens.refresh)]);
    expect_error(worker.post(&scene, "/oauth/token", &asked).await, 400, "unauthorized_client");
}

/// RFC 6749 §3.1 and §4.1.3.
#[tokio::test]
async fn a_parameter_of_a_redemption_that_stands_twice_is_refused_and_the_code_is_kept() {
    let scene = Scene::new().await;
    let (_, code) = agreed(&scene).await;
    let good = redemption("shop", &code, &[]);
    for (name, value) in [("code", code.as_str()), ("code_verifier", VERIFIER), ("redirect_uri", BACK), ("x", "1")] {
        let twice = form(&[(name, value), (name, value)]);
        let body = if name == "x" { format!("{good}&{twice}") } else { format!("{good}&{name}={value}") };
        expect_error(post(&scene, "/oauth/token", None, &body).await, 400, "invalid_request");
    }
    redeem(&scene, &code).await.expect(200);
}

/// Issue: an exchange is three calls at most. A replay is two, and none of them grows.
#[tokio::test]
async fn an_exchange_is_a_read_and_a_transaction_and_one_read_more_while_the_client_is_not_known() {
    let mut scene = Scene::new().await;
    let (person, cold) = agreed(&scene).await;
    let warm = give(&scene, &person.agrees(&scene, "shop")).await;
    scene.cold_start();
    scene.wire.take_calls();
    redeem(&scene, &cold).await.expect(200);
    let calls = scene.wire.take_calls();
    let of_dynamodb: Vec<_> = calls.iter().filter(|call| *call != "GetSecretValue").collect();
    assert_eq!(of_dynamodb, ["GetItem", "GetItem", "TransactWriteItems"]);
    redeem(&scene, &warm).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "TransactWriteItems"]);
    expect_invalid_grant(redeem(&scene, &warm).await);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "UpdateItem"]);
    expect_invalid_grant(redeem_with(&scene, &warm, &[("code", "voc_unheard-of")]).await);
    assert_eq!(scene.wire.take_calls(), [""; 0], "what is no code of ours is looked up nowhere");
}

/// A thief's session must not look like an app's, nor an app's like a thief's.
#[tokio::test]
async fn a_session_that_a_client_holds_is_listed_by_the_clients_name() {
    let scene = Scene::new().await;
    let (person, code) = agreed(&scene).await;
    redeem(&scene, &code).await.expect(200);
    let listed = scene.get_as("/sessions", &person.tokens.access).await.expect(200).json();
    let clients: Vec<_> =
        listed["sessions"].as_array().unwrap().iter().map(|session| session.get("client_id")).collect();
    assert_eq!(clients, [None, Some(&json!("shop"))]);
    let form = json!({ "username": person.user.email, "password": vestibule_tests::PASSWORD, "transport": "cookie" });
    let browser = scene.post("/login", "application/json", form.to_string()).await.expect(200);
    let cookie = browser.set_cookies()[0].split(';').next().unwrap().to_owned();
    let page = scene.get("/account/devices", &[("cookie", &cookie)]).await.expect(200);
    assert_eq!(page.text().matches("<h2>The app shop</h2>").count(), 1, "{}", page.text());
}
