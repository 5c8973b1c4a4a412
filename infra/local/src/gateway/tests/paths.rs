//! Stages, spellings, and where a request says that it comes from.

use std::net::IpAddr;

use http::HeaderValue;
use serde_json::json;

use super::{Setup, outcome, request};
use crate::template::Payload::{V1, V2};

#[tokio::test]
async fn a_named_stage_is_the_first_piece_of_the_path_and_default_is_none() {
    let api = Setup::http("prod").route("GET /whoami", V2).route("GET /", V2).serve();
    for path in ["/prod/whoami", "/prod/", "/prod"] {
        assert_eq!(api.get(path).await.status(), 200, "{path}");
    }
    for path in ["/whoami", "/Prod/whoami", "/production/whoami", "/prod/prod/whoami", "/%70rod/whoami", "/"] {
        assert_eq!(outcome(&api.get(path).await), (404, r#"{"message":"Not Found"}"#), "{path}");
    }
    let shown: Vec<_> = api.function.events().iter().map(|event| event["rawPath"].clone()).collect();
    assert_eq!(shown, ["/prod/whoami", "/prod/", "/prod/"]);

    let api = Setup::http("$default").route("GET /whoami", V2).serve();
    assert_eq!(api.get("/whoami").await.status(), 200);
    assert_eq!(api.get("/$default/whoami").await.status(), 404);
}

#[tokio::test]
async fn a_rest_api_says_forbidden_for_another_stage_and_missing_token_for_another_path_or_method() {
    let api = Setup::rest("prod").route("GET /whoami", V1).serve();
    assert_eq!(api.get("/prod/whoami").await.status(), 200);
    assert_eq!(api.get("/prod/whoami/").await.status(), 200);
    let response = api.get("/test/whoami").await;
    assert_eq!(outcome(&response), (403, r#"{"message":"Forbidden"}"#));
    assert_eq!(response.headers()["x-amzn-errortype"], "ForbiddenException");
    for line in ["GET /prod/other", "POST /prod/whoami", "HEAD /prod/whoami", "GET /prod"] {
        let response = api.call(request(line, &[], "")).await;
        assert_eq!(outcome(&response), (403, r#"{"message":"Missing Authentication Token"}"#), "{line}");
        assert_eq!(response.headers()["x-amzn-errortype"], "MissingAuthenticationTokenException");
    }
}

#[tokio::test]
async fn an_http_api_decodes_all_of_the_path_but_the_percent_sign() {
    let api = Setup::http("$default").route("GET /{one}/x", V2).route("GET /{all+}", V2).serve();
    api.get("/caf%C3%A9%2541/x").await;
    api.get("/a%2Fx/x").await;
    let events = api.function.events();
    assert_eq!(events[0]["rawPath"], "/café%2541/x");
    assert_eq!(events[0]["pathParameters"], json!({ "one": "café%2541" }));
    assert_eq!(events[1]["rawPath"], "/a/x/x");
    assert_eq!(events[1]["pathParameters"], json!({ "all": "a/x/x" }));
}

#[tokio::test]
async fn a_rest_api_keeps_the_spelling_of_the_path_and_decodes_its_parameters() {
    let api = Setup::rest("prod").route("GET /users/{id}", V1).serve();
    api.get("/prod/users/a%2Fb%40c").await;
    let event = api.event();
    assert_eq!(event["path"], "/users/a%2Fb%40c");
    assert_eq!(event["pathParameters"], json!({ "id": "a/b@c" }));
}

#[tokio::test]
async fn a_path_that_is_no_text_is_a_bad_request() {
    let api = Setup::http("$default").route("$default", V2).serve();
    for path in ["/%ff", "/%", "/%2", "/%zz", "/a%00b", "/a%0Ab", "*"] {
        assert_eq!(outcome(&api.get(path).await), (400, r#"{"message":"Bad Request"}"#), "{path}");
    }
    assert!(api.function.events().is_empty());
}

#[tokio::test]
async fn a_header_that_is_no_text_is_a_bad_request() {
    let api = Setup::http("$default").route("$default", V2).serve();
    let mut asked = request("GET /", &[], "");
    asked.headers_mut().insert("x-name", HeaderValue::from_bytes(b"caf\xc3\xa9").unwrap());
    assert_eq!(api.call(asked).await.status(), 400);
    for host in ["", "a b", "user@example.com", "a/b", "["] {
        assert_eq!(api.call(request("GET /", &[("host", host)], "")).await.status(), 400, "{host}");
    }
    assert_eq!(api.call(request("GET /", &[("host", "a"), ("host", "b")], "")).await.status(), 400);
}

#[tokio::test]
async fn a_client_cannot_say_where_it_comes_from() {
    let spoofed = [
        ("x-forwarded-for", "203.0.113.1, 203.0.113.2"),
        ("x-forwarded-for", "203.0.113.3"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "1"),
        ("forwarded", "for=203.0.113.4"),
        ("x-real-ip", "203.0.113.5"),
    ];
    let api = Setup::http("$default").route("GET /", V2).route("POST /", V1).serve();
    api.call(request("GET /", &spoofed, "")).await;
    api.call(request("POST /", &spoofed, "")).await;
    let events = api.function.events();
    assert_eq!(events[0]["requestContext"]["http"]["sourceIp"], "192.0.2.7");
    assert_eq!(events[1]["requestContext"]["identity"]["sourceIp"], "192.0.2.7");
    let headers = &events[0]["headers"];
    assert_eq!(headers["x-forwarded-for"], "203.0.113.1, 203.0.113.2, 203.0.113.3, 192.0.2.7");
    assert_eq!(headers["x-forwarded-proto"], "http");
    assert_eq!(headers["x-forwarded-port"], "9000");
}

#[tokio::test]
async fn an_ipv4_peer_of_an_ipv6_socket_is_shown_as_ipv4() {
    let api = Setup::http("$default").route("GET /", V2).serve();
    let peer: IpAddr = "::ffff:192.0.2.9".parse().unwrap();
    api.gateway.call(peer, request("GET /", &[], "")).await;
    assert_eq!(api.event()["requestContext"]["http"]["sourceIp"], "192.0.2.9");
}

#[tokio::test]
async fn what_concerns_the_connection_only_is_not_passed_on() {
    let api = Setup::http("$default").route("POST /", V2).serve();
    let hop = [
        ("connection", "keep-alive"),
        ("keep-alive", "timeout=5"),
        ("transfer-encoding", "chunked"),
        ("te", "trailers"),
        ("expect", "100-continue"),
        ("upgrade", "websocket"),
        ("content-length", "9"),
    ];
    api.call(request("POST /", &hop, "abc")).await;
    let event = api.event();
    for (name, _) in hop.iter().take(6) {
        assert_eq!(event["headers"].get(name), None, "{name}");
    }
    assert_eq!(event["headers"]["content-length"], "3");
}
