//! What the authorizer's word becomes.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::{Served, Setup, header, hello, outcome, request};
use crate::function::FunctionError;
use crate::template::AuthorizerDialect::{HttpSimple, RestRequest};
use crate::template::Payload::{V1, V2};

pub(super) fn policy(effect: &str) -> Value {
    json!({
        "principalId": "ada",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": "*" }],
        },
        "context": { "sub": "ada" },
    })
}

fn http() -> Served {
    Setup::http("prod").guarded(HttpSimple).route("GET /whoami", V2).serve()
}

fn rest() -> Served {
    let api = Setup::rest("prod").guarded(RestRequest).route("GET /whoami", V1).serve();
    api.authorizer.answer(Ok(policy("Allow").to_string().into()));
    api
}

async fn whoami(api: &Served) -> Response<Bytes> {
    api.call(request("GET /prod/whoami", &[("authorization", "Bearer x")], "")).await
}

#[tokio::test]
async fn an_allowed_request_reaches_the_function() {
    for api in [http(), rest()] {
        api.function.answer(hello());
        assert_eq!(outcome(&whoami(&api).await), (200, "hello"));
        assert_eq!(api.authorizer.events().len(), 1);
    }
}

#[tokio::test]
async fn a_request_without_credentials_is_401_and_nobody_is_asked() {
    for api in [http(), rest()] {
        let response = api.get("/prod/whoami").await;
        assert_eq!(outcome(&response), (401, r#"{"message":"Unauthorized"}"#));
        assert!(api.authorizer.events().is_empty() && api.function.events().is_empty());
    }
    assert_eq!(header(&rest().get("/prod/whoami").await, "x-amzn-errortype"), Some("UnauthorizedException"));
}

#[tokio::test]
async fn a_denied_request_is_403_and_never_reaches_the_function() {
    let api = http();
    api.authorizer.answer(Ok(r#"{"isAuthorized":false}"#.into()));
    assert_eq!(outcome(&whoami(&api).await), (403, r#"{"message":"Forbidden"}"#));
    assert!(api.function.events().is_empty());

    let api = rest();
    api.authorizer.answer(Ok(policy("Deny").to_string().into()));
    let response = whoami(&api).await;
    let body = r#"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#;
    assert_eq!(outcome(&response), (403, body));
    assert_eq!(header(&response, "x-amzn-errortype"), Some("AccessDeniedException"));
    assert!(api.function.events().is_empty());
}

#[tokio::test]
async fn a_failing_authorizer_is_500_and_never_access() {
    let failure = || Err(FunctionError::Unhandled { error_type: "E".into(), error_message: "store down".into() });
    let api = http();
    api.authorizer.answer(failure());
    assert_eq!(outcome(&whoami(&api).await), (500, r#"{"message":"Internal Server Error"}"#));
    let api = rest();
    api.authorizer.answer(failure());
    let response = whoami(&api).await;
    assert_eq!(outcome(&response), (500, r#"{"message":null}"#));
    assert_eq!(header(&response, "x-amzn-errortype"), Some("AuthorizerConfigurationException"));
    assert!(api.function.events().is_empty());
}

#[tokio::test]
async fn a_rest_authorizer_that_fails_with_unauthorized_says_401() {
    let api = rest();
    let error_message = "Unauthorized".to_owned();
    api.authorizer.answer(Err(FunctionError::Unhandled { error_type: "E".into(), error_message }));
    assert_eq!(outcome(&whoami(&api).await), (401, r#"{"message":"Unauthorized"}"#));
}

#[tokio::test]
async fn a_request_that_matches_nothing_asks_nobody() {
    let api = http();
    assert_eq!(api.call(request("GET /prod/other", &[("authorization", "x")], "")).await.status(), 404);
    assert!(api.authorizer.events().is_empty());
}
