//! Client authentication (RFC 6749 §2.3, RFC 7523 §2.2 and §3, OpenID Connect Core §9).

use serde_json::{Value, json};
use vestibule::keys::{Algorithm, KeyPair};
use vestibule::oauth::clients::manage::Intervention;
use vestibule::oauth::clients::{ClientSecret, SecretMethod};
use vestibule::randomness::Randomness;
use vestibule_tests::Scene;

use crate::stage::{
    ISSUER, Registered, asserting, assertion, basic, expect_error, form, post, service, signed, with_key, with_secret,
    worker,
};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn nobody_is_a_client_by_its_name_alone_or_by_anothers_secret() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    let other = with_secret(&scene, service("other"), SecretMethod::Basic).await;
    for authorization in [
        None,
        Some(basic("worker", "")),
        Some(basic("worker", &other.secret)),
        Some(basic("other", &worker.secret)),
        Some(basic("worker", &worker.secret[..46])),
        Some(basic("worker", &format!("{} ", worker.secret))),
        Some(basic("worker", &worker.secret.to_uppercase())),
        Some(basic("WORKER", &worker.secret)),
        Some(basic("nobody", &worker.secret)),
        Some(basic("", &worker.secret)),
        Some(basic("vestibule", "")),
        Some(format!("Bearer {}", worker.secret)),
        Some("Basic".to_owned()),
        Some("Basic %%%".to_owned()),
    ] {
        let answer = post(&scene, "/oauth/token", authorization.as_deref(), &form(&[GRANT, ("client_id", "")])).await;
        let answer = expect_error(answer, 401, "invalid_client");
        assert_eq!(answer.header("www-authenticate"), Some(r#"Basic realm="OAuth", charset="UTF-8""#), "RFC 6749 §5.2");
    }
    let named = post(&scene, "/oauth/token", None, &form(&[GRANT, ("client_id", "worker")])).await;
    expect_error(named, 401, "invalid_client");
}

/// All refusals are one answer: whether a client exists is not told.
#[tokio::test]
async fn an_unknown_client_and_a_wrong_secret_are_answered_alike() {
    let scene = Scene::new().await;
    worker(&scene).await;
    let ask = async |id: &str| post(&scene, "/oauth/token", Some(&basic(id, "vcs_wrong")), &form(&[GRANT])).await;
    let (known, unknown) = (ask("worker").await.expect(401), ask("nobody").await.expect(401));
    assert_eq!((known.text(), known.lasting_headers()), (unknown.text(), unknown.lasting_headers()));
}

/// RFC 6749 §2.3: a client authenticates in one way, and in the one that it is registered for.
#[tokio::test]
async fn a_secret_is_taken_only_where_the_client_is_registered_to_send_it() {
    let scene = Scene::new().await;
    let header = worker(&scene).await;
    let body = with_secret(&scene, service("body"), SecretMethod::Post).await;
    let in_body = |client: &Registered| form(&[GRANT, ("client_id", &client.id), ("client_secret", &client.secret)]);
    post(&scene, "/oauth/token", None, &in_body(&body)).await.expect(200);
    expect_error(post(&scene, "/oauth/token", None, &in_body(&header)).await, 401, "invalid_client");
    expect_error(body.token(&scene, "").await, 401, "invalid_client");
    expect_error(header.post(&scene, "/oauth/token", &in_body(&header)).await, 400, "invalid_request");
    header.token(&scene, "&client_id=worker").await.expect(200);
    expect_error(header.token(&scene, "&client_id=body").await, 400, "invalid_request");
    let (one, two) = (header.basic(), body.basic());
    let request = http::Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    let request =
        request.header("authorization", one).header("authorization", two).body(form(&[GRANT]).into()).unwrap();
    expect_error(scene.send(request).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_rotated_secret_works_at_once_and_the_one_before_it_until_its_overlap_ends() {
    let scene = Scene::new().await;
    let old = worker(&scene).await;
    old.access_token(&scene).await;
    scene.wait(5);
    let secret = ClientSecret::random(&Randomness::System).unwrap();
    let overlap = std::time::Duration::from_secs(3600);
    scene.change_client("worker", Intervention::Secret { secret: secret.hash(), overlap }).await;
    let new = Registered { id: old.id.clone(), secret: secret.expose().to_owned() };
    new.access_token(&scene).await;
    old.access_token(&scene).await;
    scene.wait(3600);
    expect_error(old.token(&scene, "").await, 401, "invalid_client");
    new.access_token(&scene).await;
}

/// A flood of wrong secrets makes no flood of reads.
#[tokio::test]
async fn wrong_secrets_cost_one_read_in_five_seconds_however_many_come() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    worker.access_token(&scene).await;
    scene.wait(5);
    scene.wire.take_calls();
    for _ in 0..20 {
        let wrong = post(&scene, "/oauth/token", Some(&basic("worker", "vcs_wrong")), &form(&[GRANT])).await;
        expect_error(wrong, 401, "invalid_client");
    }
    assert_eq!(scene.wire.take_calls(), ["GetItem"]);
}

#[tokio::test]
async fn a_signed_assertion_is_taken_once_with_one_write() {
    let scene = Scene::new().await;
    let pair = with_key(&scene, service("signer")).await;
    let first = asserting(&assertion(&scene, "signer", &pair, |_| {}));
    post(&scene, "/oauth/token", None, &first).await.expect(200);
    scene.wire.take_calls();
    let second = asserting(&assertion(&scene, "signer", &pair, |_| {}));
    post(&scene, "/oauth/token", None, &second).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["PutItem"]);
    for replayed in [&first, &second] {
        expect_error(post(&scene, "/oauth/token", None, replayed).await, 401, "invalid_client");
    }
    scene.wait(59);
    expect_error(post(&scene, "/oauth/token", None, &first).await, 401, "invalid_client");
}

/// RFC 7523 §3: fifty copies at once are one.
#[tokio::test]
async fn of_fifty_copies_of_an_assertion_at_once_one_is_taken() {
    let scene = Scene::new().await;
    let pair = with_key(&scene, service("signer")).await;
    let request = asserting(&assertion(&scene, "signer", &pair, |_| {}));
    let asked = (0..50).map(|_| post(&scene, "/oauth/token", None, &request));
    let mut taken = 0;
    let mut set = Vec::new();
    for ask in asked {
        set.push(Box::pin(ask));
    }
    for answer in join_all(set).await {
        match answer.status().as_u16() {
            200 => taken += 1,
            status => assert_eq!(status, 401),
        }
    }
    assert_eq!(taken, 1);
}

async fn join_all<F: Future + Unpin>(mut futures: Vec<F>) -> Vec<F::Output> {
    let mut done: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, done) in futures.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            match std::pin::Pin::new(future).poll(context) {
                std::task::Poll::Ready(output) => *done = Some(output),
                std::task::Poll::Pending => pending = true,
            }
        }
        if pending { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn an_assertion_that_is_not_exactly_the_clients_for_us_and_now_proves_nothing() {
    type Change = fn(&mut Value, u64);
    let changes: [(&str, Change); 22] = [
        ("another issuer", |claims, _| claims["iss"] = json!("other")),
        ("another subject", |claims, _| claims["sub"] = json!("other")),
        ("no issuer", |claims, _| drop(claims.as_object_mut().unwrap().remove("iss"))),
        ("no subject", |claims, _| drop(claims.as_object_mut().unwrap().remove("sub"))),
        ("no audience", |claims, _| drop(claims.as_object_mut().unwrap().remove("aud"))),
        ("another server", |claims, _| claims["aud"] = json!("https://evil.example")),
        ("the token endpoint", |claims, _| claims["aud"] = json!(format!("{ISSUER}/oauth/token"))),
        ("a slash more", |claims, _| claims["aud"] = json!(format!("{ISSUER}/"))),
        ("several audiences", |claims, _| claims["aud"] = json!([ISSUER, "https://evil.example"])),
        ("no audience at all", |claims, _| claims["aud"] = json!([])),
        ("no expiry", |claims, _| drop(claims.as_object_mut().unwrap().remove("exp"))),
        ("expired", |claims, now| claims["exp"] = json!(now)),
        ("an hour", |claims, now| claims["exp"] = json!(now + 3600)),
        ("a text", |claims, now| claims["exp"] = json!((now + 60).to_string())),
        ("not yet", |claims, now| claims["nbf"] = json!(now + 60)),
        ("from the future", |claims, now| claims["iat"] = json!(now + 60)),
        ("no name", |claims, _| drop(claims.as_object_mut().unwrap().remove("jti"))),
        ("an empty name", |claims, _| claims["jti"] = json!("")),
        ("a long name", |claims, _| claims["jti"] = json!("x".repeat(257))),
        ("a name that is none", |claims, _| claims["jti"] = json!(7)),
        ("another client's", |claims, _| {
            claims["iss"] = json!("worker");
            claims["sub"] = json!("worker");
        }),
        ("nobody's", |claims, _| {
            claims["iss"] = json!("nobody");
            claims["sub"] = json!("nobody");
        }),
    ];
    let scene = Scene::new().await;
    worker(&scene).await;
    let pair = with_key(&scene, service("signer")).await;
    let now = scene.clock.now().seconds();
    for (what, change) in changes {
        let request = asserting(&assertion(&scene, "signer", &pair, |claims| change(claims, now)));
        let answer = post(&scene, "/oauth/token", None, &request).await;
        assert_eq!((answer.status().as_u16(), answer.member("error").as_str()), (401, "invalid_client"), "{what}");
    }
    let one = asserting(&assertion(&scene, "signer", &pair, |claims| claims["aud"] = json!([ISSUER])));
    post(&scene, "/oauth/token", None, &one).await.expect(200);
}

#[tokio::test]
async fn an_assertion_by_another_key_algorithm_or_header_proves_nothing() {
    let scene = Scene::new().await;
    let pair = with_key(&scene, service("signer")).await;
    let stranger = KeyPair::generate(Algorithm::Es256).unwrap();
    let good = assertion(&scene, "signer", &pair, |_| {});
    let (head, signature) = good.rsplit_once('.').unwrap();
    let claims = crate::stage::claims(&good);
    let mut forged = vec![
        assertion(&scene, "signer", &stranger, |_| {}),
        format!("{head}."),
        format!("{head}.{}", signature.chars().rev().collect::<String>()),
        good.replace('.', ""),
        "x.y.z".to_owned(),
        "vcs_secret".to_owned(),
    ];
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "ES256", "crit": ["x"], "x": 1 }),
        json!({ "alg": "ES256", "jku": "https://evil.example/keys" }),
        json!({ "alg": "ES256", "jwk": serde_json::from_str::<Value>(&stranger.public().to_json()).unwrap() }),
    ] {
        forged.push(signed(&header, &claims, &pair));
    }
    for assertion in forged {
        let request = format!("{}&client_id=signer", asserting(&assertion));
        expect_error(post(&scene, "/oauth/token", None, &request).await, 401, "invalid_client");
    }
    post(&scene, "/oauth/token", None, &asserting(&good)).await.expect(200);
}

/// What is good at one place is nothing at another.
#[tokio::test]
async fn no_token_of_any_kind_is_a_clients_secret_or_its_assertion() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    let pair = with_key(&scene, service("signer")).await;
    let person = scene.login(&scene.demo().await).await;
    let own = worker.access_token(&scene).await;
    for token in [&person.access, &person.refresh, &own] {
        expect_error(
            post(&scene, "/oauth/token", Some(&basic("worker", token)), &form(&[GRANT])).await,
            401,
            "invalid_client",
        );
        let request = format!("{}&client_id=signer", asserting(token));
        expect_error(post(&scene, "/oauth/token", None, &request).await, 401, "invalid_client");
    }
    let assertion = assertion(&scene, "signer", &pair, |_| {});
    for credential in [&assertion, &worker.secret] {
        scene.get_as("/whoami", credential).await.expect(403);
        scene.try_refresh(credential).await.expect_problem(401, "invalid-refresh-token");
        assert_eq!(worker.introspect(&scene, credential).await, json!({ "active": false }));
    }
    scene.try_refresh(&own).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn half_an_assertion_and_two_proofs_are_refused_as_requests() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    let pair = with_key(&scene, service("signer")).await;
    let good = assertion(&scene, "signer", &pair, |_| {});
    for request in [
        form(&[GRANT, ("client_assertion", &good)]),
        form(&[GRANT, ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]),
        form(&[
            GRANT,
            ("client_assertion", &good),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
        ]),
        format!("{}&client_secret=x", asserting(&good)),
    ] {
        expect_error(post(&scene, "/oauth/token", None, &request).await, 400, "invalid_request");
    }
    expect_error(worker.post(&scene, "/oauth/token", &asserting(&good)).await, 400, "invalid_request");
    let other = format!("{}&client_id=worker", asserting(&good));
    expect_error(post(&scene, "/oauth/token", None, &other).await, 401, "invalid_client");
}
