//! Revocation by clients (RFC 7009).

use vestibule::oauth::clients::{Client, SecretMethod};
use vestibule::oauth::codes::AuthorizationCode;
use vestibule::sessions::{Ending, State};
use vestibule_tests::{Answer, DYNAMODB, Fault, Scene};

use crate::consent::{Person, agreed, give, page, redeem, redemption, refresh, sessions};
use crate::stage::{add, claims, expect_error, form, post, with_secret, worker};

async fn revoke(scene: &Scene, client: &str, token: &str) -> Answer {
    post(scene, "/oauth/revoke", None, &form(&[("client_id", client), ("token", token)])).await
}

#[tokio::test]
async fn a_client_ends_its_session_by_any_token_of_it() {
    for which in ["the newest refresh token", "a spent refresh token", "the access token"] {
        let scene = Scene::new().await;
        let (person, code) = agreed(&scene).await;
        let first = redeem(&scene, &code).await.expect(200);
        let second = refresh(&scene, "shop", &first.member("refresh_token"), &[]).await.expect(200);
        let token = match which {
            "the newest refresh token" => second.member("refresh_token"),
            "a spent refresh token" => first.member("refresh_token"),
            _ => second.member("access_token"),
        };
        scene.wire.take_calls();
        let answer = revoke(&scene, "shop", &token).await.expect(200);
        assert_eq!((answer.text(), answer.header("cache-control")), ("", Some("no-store")), "{which}");
        let ended = State::Ended { at: scene.clock.now(), cause: Ending::Revoked };
        assert_eq!(sessions(&scene, person.user.id, "shop").await[0].state, ended, "{which}");
        expect_error(refresh(&scene, "shop", &second.member("refresh_token"), &[]).await, 400, "invalid_grant");
        scene.get_as("/userinfo", &second.member("access_token")).await.expect(401);
        // RFC 7009 §2.2: what is revoked already is as good as revoked.
        revoke(&scene, "shop", &token).await.expect(200);
        scene.refresh(&person.tokens.refresh).await;
    }
}

#[tokio::test]
async fn a_client_ends_nothing_that_is_not_its_own() {
    let scene = Scene::new().await;
    let (person, code) = agreed(&scene).await;
    add(&scene, &page("other")).await;
    let tokens = redeem(&scene, &code).await.expect(200);
    for (client, token) in [
        ("other", tokens.member("refresh_token")),
        ("other", tokens.member("access_token")),
        ("shop", person.tokens.refresh.clone()),
        ("shop", person.tokens.access.clone()),
    ] {
        expect_error(revoke(&scene, client, &token).await, 400, "invalid_grant");
    }
    refresh(&scene, "shop", &tokens.member("refresh_token"), &[]).await.expect(200);
    scene.refresh(&person.tokens.refresh).await;
}

#[tokio::test]
async fn what_is_no_token_is_none_to_revoke_and_what_no_session_stands_behind_cannot_be() {
    let scene = Scene::new().await;
    let (_, code) = agreed(&scene).await;
    let tokens = redeem(&scene, &code).await.expect(200);
    let id = tokens.member("id_token");
    for nothing in ["x", "a.b.c", "vrt_", "vrt_AAAA", "voc_x", &id, &"x".repeat(9000)] {
        revoke(&scene, "shop", nothing).await.expect(200);
    }
    scene.get_as("/userinfo", &tokens.member("access_token")).await.expect(200);
    let worker = worker(&scene).await;
    let token = worker.access_token(&scene).await;
    let answer = worker.post(&scene, "/oauth/revoke", &form(&[("token", &token)])).await;
    expect_error(answer, 400, "unsupported_token_type");
}

/// `POST /revoke`, for whoever holds a token: what an access token may be used for says nothing of whose session it is.
#[tokio::test]
async fn an_access_token_for_another_resource_ends_its_session_at_revoke_too() {
    const ELSEWHERE: &str = "https://elsewhere.example";
    let scene = Scene::new().await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    add(&scene, &Client { resources: vec![ELSEWHERE.parse().unwrap()], ..page("shop") }).await;
    let agreed = AuthorizationCode { audience: ELSEWHERE.to_owned(), ..person.agrees(&scene, "shop") };
    let tokens = redeem(&scene, &give(&scene, &agreed).await).await.expect(200);
    assert_eq!(claims(&tokens.member("access_token"))["aud"], ELSEWHERE);
    scene.revoke(&tokens.member("access_token")).await.expect(200);
    let ended = State::Ended { at: scene.clock.now(), cause: Ending::Revoked };
    assert_eq!(sessions(&scene, person.user.id, "shop").await[0].state, ended);
    expect_error(refresh(&scene, "shop", &tokens.member("refresh_token"), &[]).await, 400, "invalid_grant");
    scene.refresh(&person.tokens.refresh).await;
}

#[tokio::test]
async fn a_services_token_is_not_called_revoked_while_it_works_on() {
    let scene = Scene::new().await;
    let token = worker(&scene).await.access_token(&scene).await;
    expect_error(scene.revoke(&token).await, 400, "unsupported_token_type");
    scene.wait(301);
    scene.revoke(&token).await.expect(200);
}

/// RFC 7009 §2.1 and §2.2.1.
#[tokio::test]
async fn a_client_proves_who_it_is_before_anything_is_revoked() {
    let scene = Scene::new().await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let site = with_secret(&scene, page("site"), SecretMethod::Basic).await;
    let code = give(&scene, &person.agrees(&scene, "site")).await;
    let tokens = site.post(&scene, "/oauth/token", &redemption("site", &code, &[])).await.expect(200);
    let token = tokens.member("refresh_token");
    for client in ["site", "nobody", ""] {
        expect_error(revoke(&scene, client, &token).await, 401, "invalid_client");
    }
    expect_error(site.post(&scene, "/oauth/revoke", "").await, 400, "invalid_request");
    let twice = form(&[("token", &token), ("token", &token)]);
    expect_error(site.post(&scene, "/oauth/revoke", &twice).await, 400, "invalid_request");
    assert_eq!(sessions(&scene, person.user.id, "site").await[0].state, State::Live);
    // From here on the function has the client and the keys in memory.
    site.post(&scene, "/oauth/revoke", &form(&[("token", "vrt_x")])).await.expect(200);
    scene.wire.take_calls();
    let hinted = form(&[("token", &token), ("token_type_hint", "access_token")]);
    site.post(&scene, "/oauth/revoke", &hinted).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"], "one call, whatever the hint");
    assert_ne!(sessions(&scene, person.user.id, "site").await[0].state, State::Live);
}

/// RFC 7009 §2.2.1: 503 and never 200 while nobody acknowledged.
#[tokio::test]
async fn a_revocation_that_is_not_acknowledged_is_503_and_may_be_repeated() {
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost] {
        let mut scene = Scene::new().await;
        let (person, code) = agreed(&scene).await;
        let token = redeem(&scene, &code).await.expect(200).member("refresh_token");
        for target in ["UpdateItem", DYNAMODB, vestibule_tests::SECRETS_MANAGER] {
            scene.cold_start();
            scene.wire.break_always(target, fault);
            let answer = revoke(&scene, "shop", &token).await;
            expect_error(answer, 503, "temporarily_unavailable");
            scene.wire.mend();
        }
        scene.cold_start();
        revoke(&scene, "shop", &token).await.expect(200);
        assert_ne!(sessions(&scene, person.user.id, "shop").await[0].state, State::Live);
    }
}
