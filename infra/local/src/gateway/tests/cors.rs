//! Cross-origin requests to HTTP APIs.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde_json::json;

use super::{Served, Setup, header, outcome, request};
use crate::function::FunctionError;
use crate::template::AuthorizerDialect::HttpSimple;
use crate::template::Cors;
use crate::template::Payload::{V1, V2};

const APP: &str = "https://app.example.com";

fn cors(origins: &[&str]) -> Cors {
    Cors {
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        methods: vec!["GET".into(), "POST".into()],
        headers: vec!["authorization".into(), "content-type".into()],
        exposed: vec!["retry-after".into()],
        credentials: true,
        max_age: Some(Duration::from_secs(600)),
    }
}

fn served(origins: &[&str]) -> Served {
    Setup::http("$default")
        .cors(cors(origins))
        .route("GET /open", V2)
        .guarded(HttpSimple)
        .route("GET /whoami", V2)
        .serve()
}

async fn ask(api: &Served, line: &str, origin: &str) -> Response<Bytes> {
    let preflight = ("access-control-request-method", "GET");
    let headers = [("origin", origin), preflight];
    let headers = if line.starts_with("OPTIONS") { &headers[..] } else { &headers[..1] };
    api.call(request(line, headers, "")).await
}

/// The CORS headers of a response.
fn granted(response: &Response<Bytes>) -> Vec<(&str, &str)> {
    let headers = response.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let mut granted: Vec<_> = headers.filter(|(name, _)| name.starts_with("access-control-")).collect();
    granted.sort_unstable();
    granted
}

#[tokio::test]
async fn a_preflight_is_answered_without_function_and_authorizer() {
    let api = served(&["https://other.example.com", APP]);
    for path in ["/whoami", "/open", "/nothing"] {
        let response = ask(&api, &format!("OPTIONS {path}"), APP).await;
        assert_eq!(outcome(&response), (204, ""), "{path}");
        assert_eq!(
            granted(&response),
            [
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-headers", "authorization,content-type"),
                ("access-control-allow-methods", "GET,POST"),
                ("access-control-allow-origin", APP),
                ("access-control-expose-headers", "retry-after"),
                ("access-control-max-age", "600"),
            ]
        );
        assert_eq!(header(&response, "content-length"), None);
        assert!(header(&response, "apigw-requestid").is_some());
    }
    assert!(api.function.events().is_empty() && api.authorizer.events().is_empty());
}

/// AWS: "To support unauthorized `OPTIONS` requests, add an `OPTIONS /{proxy+}` route".
#[tokio::test]
async fn a_preflight_of_a_guarded_route_for_any_method_has_to_get_past_the_authorizer() {
    for key in ["ANY /whoami", "$default"] {
        let api = Setup::http("$default").cors(cors(&[APP])).guarded(HttpSimple).route(key, V2).serve();
        let response = ask(&api, "OPTIONS /whoami", APP).await;
        assert_eq!(outcome(&response), (401, r#"{"message":"Unauthorized"}"#), "{key}");
        assert_eq!(header(&response, "access-control-allow-origin"), Some(APP));

        let setup = Setup::http("$default").cors(cors(&[APP])).route("OPTIONS /{proxy+}", V2);
        let api = setup.guarded(HttpSimple).route("$default", V2).serve();
        assert_eq!(ask(&api, "OPTIONS /whoami", APP).await.status(), 204);
        assert!(api.function.events().is_empty());
    }
}

#[tokio::test]
async fn options_without_origin_or_method_is_an_ordinary_request() {
    let api = served(&[APP]);
    let method = ("access-control-request-method", "GET");
    for headers in [&[("origin", APP)][..], &[method], &[]] {
        assert_eq!(api.call(request("OPTIONS /open", headers, "")).await.status(), 404);
    }
    let api = Setup::http("$default").route("OPTIONS /open", V2).serve();
    assert_eq!(ask(&api, "OPTIONS /open", APP).await.status(), 200);
    assert_eq!(api.function.events().len(), 1, "without a configuration the function answers preflights");
}

#[tokio::test]
async fn every_answer_to_an_allowed_origin_has_the_headers_whoever_made_it() {
    let api = served(&[APP]);
    let expected = [
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-origin", APP),
        ("access-control-expose-headers", "retry-after"),
    ];
    let statuses = [("GET /open", 200), ("GET /nothing", 404), ("GET /whoami", 401), ("GET /%", 400)];
    for (line, status) in statuses {
        let response = ask(&api, line, APP).await;
        assert_eq!(response.status(), status);
        assert_eq!(granted(&response), expected, "{line}");
    }
    api.function.answer(Err(FunctionError::TimedOut));
    let response = ask(&api, "GET /open", APP).await;
    assert_eq!((response.status().as_u16(), granted(&response)), (500, expected.to_vec()));
    api.authorizer.answer(Ok(r#"{"isAuthorized":false}"#.into()));
    let response = api.call(request("GET /whoami", &[("origin", APP), ("authorization", "x")], "")).await;
    assert_eq!((response.status().as_u16(), granted(&response)), (403, expected.to_vec()));
}

#[tokio::test]
async fn an_origin_is_allowed_by_its_exact_spelling_its_scheme_or_a_star() {
    for (origins, origin, allowed) in [
        (&[APP][..], APP, Some(APP)),
        (&[APP], "https://app.example.com.evil.test", None),
        (&[APP], "http://app.example.com", None),
        (&[APP], "https://app.example.com:8443", None),
        (&[APP], "https://APP.example.com", None),
        (&[APP], "null", None),
        (&["https://*"], "https://any.test", Some("https://any.test")),
        (&["https://*"], "http://any.test", None),
        (&["http://*"], "http://localhost:3000", Some("http://localhost:3000")),
        (&["*"], "https://any.test", Some("*")),
        (&[], APP, None),
    ] {
        let api = served(origins);
        for line in ["GET /open", "OPTIONS /open"] {
            let response = ask(&api, line, origin).await;
            assert_eq!(header(&response, "access-control-allow-origin"), allowed, "{origins:?} {origin}");
            assert_eq!(granted(&response).is_empty(), allowed.is_none());
        }
    }
    let response = served(&["*"]).get("/open").await;
    assert_eq!(granted(&response), [], "a request without an origin is not asked about");
}

#[tokio::test]
async fn the_function_s_own_headers_are_ignored_where_the_api_has_a_configuration() {
    let answer = json!({ "statusCode": 200, "headers": {
        "access-control-allow-origin": "*",
        "access-control-allow-private-network": "true",
    } });
    let api = served(&[APP]);
    api.function.answer(Ok(answer.to_string().into()));
    assert_eq!(granted(&ask(&api, "GET /open", "https://evil.test").await), []);
    assert_eq!(header(&ask(&api, "GET /open", APP).await, "access-control-allow-origin"), Some(APP));

    let api = Setup::http("$default").route("GET /open", V2).serve();
    api.function.answer(Ok(answer.to_string().into()));
    assert_eq!(granted(&ask(&api, "GET /open", "https://evil.test").await).len(), 2);
}

#[tokio::test]
async fn a_rest_api_leaves_cors_to_its_functions() {
    let api = Setup::rest("prod").cors(cors(&[APP])).route("GET /open", V1).serve();
    assert_eq!(ask(&api, "OPTIONS /prod/open", APP).await.status(), 403);
    assert_eq!(granted(&ask(&api, "GET /prod/open", APP).await), []);
}
