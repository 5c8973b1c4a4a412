//! Sizes: 10,240 bytes of headers, 10 MB of body, 6 MB of event.

use super::{Served, Setup, header, outcome, request};
use crate::template::AuthorizerDialect::HttpSimple;
use crate::template::Payload::{V1, V2};

const MIB: usize = 1024 * 1024;

fn http() -> Served {
    Setup::http("$default").route("POST /{all+}", V2).serve()
}

fn rest() -> Served {
    Setup::rest("prod").route("POST /{all+}", V1).serve()
}

/// Sends a header of so many bytes and nothing else but a one-byte host.
async fn status_with_header(api: &Served, target: &str, bytes: usize) -> u16 {
    let value = "x".repeat(bytes - 1);
    api.call(request(&format!("POST {target}"), &[("host", "h"), ("x-long", &value)], "")).await.status().as_u16()
}

#[tokio::test]
async fn an_http_api_counts_the_request_line_and_all_header_values() {
    let (api, line) = (http(), "POST /a HTTP/1.1".len());
    assert_eq!(status_with_header(&api, "/a", 10_240 - line).await, 200);
    assert_eq!(status_with_header(&api, "/a", 10_241 - line).await, 431);
    let query = format!("/a?{}", "q".repeat(10_240));
    let response = api.call(request(&format!("POST {query}"), &[], "")).await;
    assert_eq!(outcome(&response), (431, r#"{"message":"Request Header Fields Too Large"}"#));
}

#[tokio::test]
async fn a_rest_api_counts_header_values_only() {
    let api = rest();
    assert_eq!(status_with_header(&api, "/prod/a", 10_240).await, 200);
    assert_eq!(status_with_header(&api, "/prod/a", 10_241).await, 431);
}

#[tokio::test]
async fn a_body_of_more_than_10_mb_is_413_and_nobody_is_asked() {
    let too_large = vec![b'a'; 10 * MIB + 1];
    let api = Setup::http("$default").guarded(HttpSimple).route("POST /a", V2).serve();
    let headers = [("content-type", "text/plain"), ("authorization", "x")];
    let response = api.call(request("POST /a", &headers, too_large.clone())).await;
    assert_eq!(outcome(&response), (413, r#"{"message":"Request Entity Too Large"}"#));
    assert!(api.authorizer.events().is_empty());
    let response = rest().call(request("POST /prod/a", &[], too_large)).await;
    assert_eq!(outcome(&response), (413, r#"{"message":"Request Too Long"}"#));
    assert_eq!(header(&response, "x-amzn-errortype"), Some("RequestEntityTooLargeException"));
}

#[tokio::test]
async fn a_body_that_makes_an_event_of_more_than_6_mb_is_413() {
    let api = http();
    let body = vec![b'a'; 5 * MIB];
    let text = [("content-type", "text/plain")];
    assert_eq!(api.call(request("POST /a", &text, body.clone())).await.status(), 200);
    assert_eq!(api.call(request("POST /a", &[], body)).await.status(), 413, "encoded, it is a third longer");
    assert_eq!(api.call(request("POST /a", &text, vec![b'a'; 6 * MIB])).await.status(), 413);
    assert_eq!(api.function.events().len(), 1);
}
