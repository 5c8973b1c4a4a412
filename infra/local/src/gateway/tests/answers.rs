//! What functions answer, and what becomes of it.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::{Served, Setup, header, outcome, text};
use crate::template::Payload::{V1, V2};

const HTTP_500: (u16, &str) = (500, r#"{"message":"Internal Server Error"}"#);
const REST_502: (u16, &str) = (502, r#"{"message": "Internal server error"}"#);

fn http_v2() -> Served {
    Setup::http("$default").route("GET /", V2).serve()
}

/// An HTTP API with payload 1.0, and a REST API.
fn v1() -> [(Served, &'static str, (u16, &'static str)); 2] {
    [
        (Setup::http("prod").route("GET /", V1).serve(), "text/plain; charset=utf-8", HTTP_500),
        (Setup::rest("prod").route("GET /", V1).serve(), "application/json", REST_502),
    ]
}

async fn answered(api: &Served, path: &str, answer: impl Into<Bytes>) -> Response<Bytes> {
    api.function.answer(Ok(answer.into()));
    api.get(path).await
}

fn all<'r>(response: &'r Response<Bytes>, name: &str) -> Vec<&'r str> {
    response.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn payload_2_0_is_taken_at_its_word() {
    let answer = json!({
        "statusCode": 201,
        "headers": { "Content-Type": "text/html", "X-Number": 7, "x-flag": true, "Set-Cookie": "c=3" },
        "multiValueHeaders": { "x-ignored": ["a"] },
        "cookies": ["a=1; Secure", "b=2"],
        "body": "PGI+",
        "isBase64Encoded": true,
    });
    let api = http_v2();
    let response = answered(&api, "/", answer.to_string()).await;
    assert_eq!(outcome(&response), (201, "<b>"));
    assert_eq!(header(&response, "content-type"), Some("text/html"));
    assert_eq!(header(&response, "x-number"), Some("7"));
    assert_eq!(header(&response, "x-flag"), Some("true"));
    assert_eq!(header(&response, "x-ignored"), None);
    assert_eq!(all(&response, "set-cookie"), ["a=1; Secure", "b=2", "c=3"]);
    assert_eq!(header(&response, "content-length"), Some("3"));
}

#[tokio::test]
async fn payload_2_0_without_a_status_is_the_body_of_a_200() {
    let api = http_v2();
    for (answer, body) in [
        (r#"{"message": "hi"}"#, r#"{"message": "hi"}"#),
        (r#""hi \"you\"""#, r#"hi "you""#),
        ("[1, 2]", "[1, 2]"),
        ("42", "42"),
        (r#"{"cut":"#, r#"{"cut":"#),
    ] {
        let response = answered(&api, "/", answer).await;
        assert_eq!(outcome(&response), (200, body));
        assert_eq!(header(&response, "content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn payload_1_0_merges_both_maps_of_headers() {
    let answer = json!({
        "statusCode": "202",
        "headers": { "x-one": "a", "x-both": "a", "x-more": "z" },
        "multiValueHeaders": { "x-both": ["a", "b"], "x-more": ["y"], "set-cookie": ["a=1", "b=2"] },
        "cookies": ["ignored=1"],
        "body": "hi",
    });
    for (api, content_type, _) in v1() {
        let response = answered(&api, "/prod", answer.to_string()).await;
        assert_eq!(outcome(&response), (202, "hi"));
        assert_eq!(all(&response, "x-one"), ["a"]);
        assert_eq!(all(&response, "x-both"), ["a", "b"]);
        assert_eq!(all(&response, "x-more"), ["y", "z"]);
        assert_eq!(all(&response, "set-cookie"), ["a=1", "b=2"]);
        assert_eq!(header(&response, "content-type"), Some(content_type));
    }
}

#[tokio::test]
async fn a_rest_api_without_binary_types_sends_base64_as_it_is() {
    let [(http, ..), (rest, ..)] = v1();
    let answer = json!({ "statusCode": 200, "body": "aGk=", "isBase64Encoded": true }).to_string();
    assert_eq!(text(&answered(&http, "/prod", answer.clone()).await), "hi");
    assert_eq!(text(&answered(&rest, "/prod", answer).await), "aGk=");
}

#[tokio::test]
async fn a_rest_api_renames_headers_that_are_its_own() {
    let [(http, ..), (rest, ..)] = v1();
    let answer = json!({ "statusCode": 401, "headers": { "WWW-Authenticate": "Bearer", "Server": "me" } }).to_string();
    let response = answered(&rest, "/prod", answer.clone()).await;
    assert_eq!(header(&response, "www-authenticate"), None);
    assert_eq!(header(&response, "x-amzn-remapped-www-authenticate"), Some("Bearer"));
    assert_eq!(header(&response, "x-amzn-remapped-server"), Some("me"));
    let response = answered(&http, "/prod", answer).await;
    assert_eq!(header(&response, "www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn an_answer_that_is_no_response_is_the_function_s_failure() {
    let both: [Value; 14] = [
        json!({ "statusCode": 200.5 }),
        json!({ "statusCode": null }),
        json!({ "statusCode": "ok" }),
        json!({ "statusCode": 0 }),
        json!({ "statusCode": 101 }),
        json!({ "statusCode": 600 }),
        json!({ "statusCode": -1 }),
        json!({ "statusCode": 200, "body": {} }),
        json!({ "statusCode": 200, "body": 1 }),
        json!({ "statusCode": 200, "headers": [] }),
        json!({ "statusCode": 200, "headers": { "x": null } }),
        json!({ "statusCode": 200, "headers": { "bad name": "x" } }),
        json!({ "statusCode": 200, "headers": { "x": "a\nb" } }),
        json!({ "statusCode": 200, "isBase64Encoded": "yes", "body": "" }),
    ];
    let api = http_v2();
    for answer in &both {
        assert_eq!(outcome(&answered(&api, "/", answer.to_string()).await), HTTP_500, "{answer}");
    }
    let undecodable = json!({ "statusCode": 200, "isBase64Encoded": true, "body": "?" });
    assert_eq!(outcome(&answered(&api, "/", undecodable.to_string()).await), HTTP_500);
    let cookies = json!({ "statusCode": 200, "cookies": "a=1" });
    assert_eq!(outcome(&answered(&api, "/", cookies.to_string()).await), HTTP_500);
    for (api, _, failure) in v1() {
        for answer in &both {
            assert_eq!(outcome(&answered(&api, "/prod", answer.to_string()).await), failure, "{answer}");
        }
        for answer in ["", "null", "[]", r#""hi""#, "{", "{}", r#"{"message":"hi"}"#] {
            assert_eq!(outcome(&answered(&api, "/prod", answer).await), failure, "{answer}");
        }
        let lists = json!({ "statusCode": 200, "multiValueHeaders": { "x": "a" } });
        assert_eq!(outcome(&answered(&api, "/prod", lists.to_string()).await), failure);
    }
}

#[tokio::test]
async fn every_response_has_its_id_its_date_and_its_length() {
    for (api, ids) in [
        (Setup::http("prod").route("GET /", V2).serve(), &["apigw-requestid"][..]),
        (Setup::rest("prod").route("GET /", V1).serve(), &["x-amzn-requestid", "x-amz-apigw-id"]),
    ] {
        for path in ["/prod", "/prod/nothing", "/other", "/%"] {
            let (one, two) = (api.get(path).await, api.get(path).await);
            for id in ids {
                assert!(header(&one, id).is_some_and(|id| id.len() > 15), "{id}");
                assert_ne!(header(&one, id), header(&two, id));
            }
            assert_eq!(header(&one, "date"), Some("Thu, 12 Mar 2020 19:03:58 GMT"));
            assert_eq!(header(&one, "content-length"), Some(one.body().len().to_string().as_str()));
        }
    }
}

#[tokio::test]
async fn a_function_decides_neither_the_length_nor_the_connection() {
    let headers = json!({ "content-length": "99", "transfer-encoding": "chunked", "connection": "close" });
    let api = http_v2();
    let response =
        answered(&api, "/", json!({ "statusCode": 200, "headers": headers, "body": "abc" }).to_string()).await;
    assert_eq!(header(&response, "content-length"), Some("3"));
    assert_eq!(header(&response, "transfer-encoding"), None);
    assert_eq!(header(&response, "connection"), None);
    let response = answered(&api, "/", json!({ "statusCode": 204, "body": "abc" }).to_string()).await;
    assert_eq!((text(&response), header(&response, "content-length")), ("", None));
}
