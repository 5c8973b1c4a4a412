//! What the metadata says is so, member by member (RFC 8414 §2, OpenID Connect Discovery §3, RFC 9207 §3).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vestibule::keys::Algorithm;
use vestibule::oauth::clients::{Client, Grant, SecretMethod};
use vestibule_tests::{Answer, Scene};

use crate::consent::{BACK, CHALLENGE, Person, give, page, redeem_with, redemption, refresh};
use crate::stage::{
    ISSUER, add, asserting, assertion, claims, expect_error, form, post, service, with_key, with_secret,
};

/// A deployment with a person, who has a username, and a client of each kind, which are called as they prove themselves.
struct Deployment {
    scene: Scene,
    person: Person,
    document: Value,
}

impl Deployment {
    async fn begin() -> Self {
        let scene = Scene::new().await;
        add(&scene, &page("none")).await;
        let person = Person::sign_in(&scene, scene.named(&["ada@example.com", "ada"], "orders:read", "").await).await;
        let document = scene.get("/.well-known/oauth-authorization-server", &[]).await.expect(200).json();
        Self { scene, person, document }
    }

    fn words(&self, name: &str) -> Vec<&str> {
        self.document[name].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
    }

    fn path(&self, name: &str) -> &str {
        self.document[name].as_str().unwrap().strip_prefix(ISSUER).unwrap()
    }

    /// `POST` to the endpoint of this name by a fresh client that proves itself by `method`.
    async fn authenticated(&self, endpoint: &str, method: &str, body: &str, which: usize) -> Answer {
        let (scene, path, id) = (&self.scene, self.path(endpoint), format!("client-{which}"));
        match method {
            "client_secret_basic" => {
                with_secret(scene, service(&id), SecretMethod::Basic).await.post(scene, path, body).await
            }
            "client_secret_post" => {
                let client = with_secret(scene, service(&id), SecretMethod::Post).await;
                let proof = form(&[("client_id", client.id.as_str()), ("client_secret", &client.secret)]);
                post(scene, path, None, &format!("{body}&{proof}")).await
            }
            "private_key_jwt" => {
                let pair = with_key(scene, service(&id)).await;
                let proof = asserting(&assertion(scene, &id, &pair, |_| {}));
                let proof = proof.replace("grant_type=client_credentials&", "");
                post(scene, path, None, &format!("{body}&{proof}")).await
            }
            "none" => post(scene, path, None, &format!("{body}&client_id=none")).await,
            other => unreachable!("{other} is advertised"),
        }
    }

    /// The parameters with which the authorization endpoint sends the browser back; `changes` are made to a good request.
    async fn sent_back(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let good = [
            ("client_id", "none"),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "af0ifjsldkj"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("prompt", "none"),
        ];
        let kept = good.into_iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
        let query = form(&kept.chain(changes.iter().copied()).collect::<Vec<_>>());
        let answer = self.scene.get(&format!("{}?{query}", self.path("authorization_endpoint")), &[]).await.expect(303);
        let location = answer.header("location").unwrap();
        let (to, query) = location.split_once('?').unwrap();
        assert_eq!(to, BACK);
        query.split('&').map(|pair| pair.split_once('=').unwrap()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    async fn refused_with(&self, changes: &[(&str, &str)]) -> String {
        let back = self.sent_back(changes).await;
        back.into_iter().find(|(name, _)| name == "error").unwrap().1
    }
}

#[tokio::test]
async fn each_way_to_authenticate_that_the_metadata_names_works_at_the_endpoint_that_it_names() {
    let stage = Deployment::begin().await;
    let mut which = 0;
    for (endpoint, body, bad) in [
        ("token_endpoint", "grant_type=client_credentials", "unauthorized_client"),
        ("introspection_endpoint", "token=x", "invalid_client"),
        ("revocation_endpoint", "token=x", ""),
    ] {
        for method in stage.words(&format!("{endpoint}_auth_methods_supported")) {
            which += 1;
            let answer = stage.authenticated(endpoint, method, body, which).await;
            // A public client acts for nobody but people.
            match (method, bad) {
                ("none", "unauthorized_client") => drop(expect_error(answer, 400, bad)),
                _ => drop(answer.expect(200)),
            }
        }
        if endpoint == "introspection_endpoint" {
            let answer = stage.authenticated(endpoint, "none", body, 0).await;
            expect_error(answer, 401, bad);
        }
        let algorithms = stage.words(&format!("{endpoint}_auth_signing_alg_values_supported"));
        assert_eq!(algorithms, Algorithm::ALL.map(Algorithm::as_str));
    }
}

#[tokio::test]
async fn each_grant_claim_scope_and_algorithm_that_the_metadata_names_is_had() {
    let stage = Deployment::begin().await;
    let Deployment { scene, person, .. } = &stage;
    assert_eq!(stage.words("grant_types_supported"), Grant::ALL.map(Grant::as_str));
    for (number, algorithm) in stage.words("id_token_signing_alg_values_supported").into_iter().enumerate() {
        let id = format!("page-{number}");
        add(scene, &Client { algorithm: Some(algorithm.parse().unwrap()), ..page(&id) }).await;
        let code = give(scene, &person.agrees(scene, &id)).await;
        let tokens = post(scene, "/oauth/token", None, &redemption(&id, &code, &[])).await.expect(200);
        let id_token = tokens.member("id_token");
        let told = scene.get_as(stage.path("userinfo_endpoint"), &tokens.member("access_token")).await.expect(200);
        let mut had: BTreeSet<String> = claims(&id_token).as_object().unwrap().keys().cloned().collect();
        had.extend(told.json().as_object().unwrap().keys().cloned());
        let named = stage.words("claims_supported").into_iter().map(str::to_owned).collect();
        assert_eq!(had, named, "{algorithm}");
        let acr = claims(&id_token)["acr"].clone();
        assert!(stage.words("acr_values_supported").contains(&acr.as_str().unwrap()));
        let given = tokens.member("scope");
        let given: Vec<_> = given.split(' ').collect();
        assert!(stage.words("scopes_supported").iter().all(|scope| given.contains(scope)));
        refresh(scene, &id, &tokens.member("refresh_token"), &[]).await.expect(200);
    }
    assert_eq!(stage.words("subject_types_supported"), ["public"]);
    assert_eq!(stage.words("code_challenge_methods_supported"), ["S256"]);
    let code = give(scene, &person.agrees(scene, "none")).await;
    let plain = [("client_id", "none"), ("code_verifier", CHALLENGE)];
    expect_error(redeem_with(scene, &code, &plain).await, 400, "invalid_grant");
    let keys = scene.get(stage.path("jwks_uri"), &[]).await.expect(200).json();
    assert!(!keys["keys"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn the_authorization_endpoint_does_what_the_metadata_says_and_refuses_what_it_denies() {
    let stage = Deployment::begin().await;
    assert_eq!(stage.words("response_types_supported"), ["code"]);
    assert_eq!(stage.refused_with(&[("response_type", "token")]).await, "unsupported_response_type");
    assert_eq!(stage.refused_with(&[]).await, "login_required");
    assert_eq!(stage.refused_with(&[("code_challenge_method", "plain")]).await, "invalid_request");
    for (member, parameter, error) in [
        ("request_parameter_supported", "request", "request_not_supported"),
        ("request_uri_parameter_supported", "request_uri", "request_uri_not_supported"),
    ] {
        assert_eq!(stage.document[member], json!(false));
        assert_eq!(stage.refused_with(&[(parameter, "https://shop.example.com/x")]).await, error);
    }
    assert_eq!(stage.document["claims_parameter_supported"], json!(false));
    assert_eq!(stage.document["authorization_response_iss_parameter_supported"], json!(true));
    let back = stage.sent_back(&[]).await;
    let iss =
        back.iter().find(|(name, _)| name == "iss").map(|(_, value)| value.replace("%3A", ":").replace("%2F", "/"));
    assert_eq!(iss.as_deref(), Some(ISSUER), "RFC 9207");
    for prompt in stage.words("prompt_values_supported") {
        let query = form(&[
            ("client_id", "none"),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("prompt", prompt),
        ]);
        let answer =
            stage.scene.get(&format!("{}?{query}", stage.path("authorization_endpoint")), &[]).await.expect(303);
        let to_client = answer.header("location").unwrap().starts_with(BACK);
        assert_eq!(to_client, prompt == "none", "{prompt}: nobody is signed in");
    }
    assert_eq!(stage.words("response_modes_supported"), ["query", "form_post"]);
    let leaving = stage.scene.get(stage.path("end_session_endpoint"), &[]).await;
    assert_ne!(leaving.status(), 404);
}

/// A member that no test above knows would be advertised and never asked after.
#[tokio::test]
async fn both_documents_are_one_and_every_member_has_a_test() {
    let stage = Deployment::begin().await;
    let other = stage.scene.get("/.well-known/openid-configuration", &[]).await.expect(200).json();
    assert_eq!(other, stage.document);
    assert_eq!(stage.document["issuer"], ISSUER);
    let tests = include_str!("metadata.rs");
    for member in stage.document.as_object().unwrap().keys() {
        let endpoint = ["_auth_methods_supported", "_auth_signing_alg_values_supported"]
            .iter()
            .any(|ending| member.ends_with(&format!("_endpoint{ending}")));
        assert!(endpoint || tests.contains(&format!("\"{member}\"")), "{member}");
    }
}
