use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lambda_http::http::header::SET_COOKIE;
use lambda_http::lambda_runtime::Diagnostic;
use lambda_http::{Body, Request, RequestExt as _, Response, service_fn};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::InProcess;
use crate::function::{Function as _, FunctionError};

const LIMIT: Duration = Duration::from_secs(5);

fn event(body: &Value) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "POST /echo",
        "rawPath": "/echo",
        "rawQueryString": "q=1",
        "headers": { "host": "localhost", "x-forwarded-proto": "http" },
        "requestContext": {
            "http": { "method": "POST", "path": "/echo", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "" },
            "stage": "$default",
            "routeKey": "POST /echo",
            "timeEpoch": 0,
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

async fn invoke(function: &InProcess, event: &Value) -> Result<Value, FunctionError> {
    let answer = function.invoke(Bytes::from(event.to_string())).await?;
    Ok(serde_json::from_slice(&answer).unwrap())
}

fn error(outcome: Result<Value, FunctionError>) -> (String, String) {
    match outcome {
        Err(FunctionError::Unhandled { error_type, error_message }) => (error_type, error_message),
        other => panic!("{other:?}"),
    }
}

async fn echo(request: Request) -> Result<Response<Body>, Infallible> {
    let context = request.lambda_context();
    assert!(context.request_id.len() == 36 && context.deadline > 0);
    let seen = format!("{} {} {:?}", request.method(), request.uri(), request.body());
    let response = Response::builder().status(201).header(SET_COOKIE, "a=1").header(SET_COOKIE, "b=2");
    Ok(response.body(seen.into()).unwrap())
}

#[tokio::test]
async fn an_http_handler_gets_the_request_and_its_answer_comes_back_as_lambda_s_json() {
    let function = InProcess::http(service_fn(echo), LIMIT);
    let answer = invoke(&function, &event(&json!("hi"))).await.unwrap();
    assert_eq!(answer["statusCode"], 201);
    assert_eq!(answer["body"], r#"POST http://localhost/echo?q=1 Text("hi")"#);
    assert_eq!(answer["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(answer["isBase64Encoded"], false);
}

#[tokio::test]
async fn an_event_of_another_service_is_an_error_of_the_function() {
    let function = InProcess::http(service_fn(echo), LIMIT);
    assert_eq!(error(invoke(&function, &json!({ "Records": [] })).await).0, "Runtime.Deserialization");
    let unread = function.invoke(Bytes::from_static(b"{")).await;
    assert!(matches!(unread, Err(FunctionError::Unhandled { .. })), "{unread:?}");
}

#[tokio::test]
async fn a_json_handler_s_error_is_reported_word_by_word() {
    let handler = |event: Value| async move {
        match event["allow"].as_bool() {
            Some(_) => Ok(event),
            None => Err(Diagnostic { error_type: "Unauthorized".into(), error_message: "Unauthorized".into() }),
        }
    };
    let function = InProcess::json(handler, LIMIT);
    assert_eq!(invoke(&function, &json!({ "allow": true })).await, Ok(json!({ "allow": true })));
    assert_eq!(error(invoke(&function, &json!({})).await), ("Unauthorized".into(), "Unauthorized".into()));
}

#[tokio::test]
async fn a_panic_is_an_error_of_that_event_only() {
    async fn picky(request: Request) -> Result<Response<Body>, Infallible> {
        assert!(matches!(request.body(), Body::Empty), "no body, please");
        Ok(Response::new(Body::Empty))
    }
    let function = InProcess::http(service_fn(picky), LIMIT);
    let (error_type, error_message) = error(invoke(&function, &event(&json!("x"))).await);
    assert_eq!((error_type.as_str(), error_message.as_str()), ("Panic", "Lambda panicked: no body, please"));
    assert!(invoke(&function, &event(&Value::Null)).await.is_ok());
}

#[tokio::test]
async fn a_caller_that_hangs_up_does_not_stop_the_function() {
    let (begin, end, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let steps = (Arc::clone(&begin), Arc::clone(&end), Arc::clone(&done));
    let handler = move |_: Value| {
        let (begin, end, done) = steps.clone();
        async move {
            begin.notify_one();
            end.notified().await;
            done.notify_one();
            Ok(Value::Null)
        }
    };
    let function = InProcess::json(handler, LIMIT);
    let call = function.invoke(Bytes::from_static(b"{}"));
    tokio::time::timeout(LIMIT, begin.notified()).await.expect("the function begins without being waited for");
    drop(call);
    end.notify_one();
    tokio::time::timeout(LIMIT, done.notified()).await.expect("the function goes on");
}

#[tokio::test(start_paused = true)]
async fn a_function_that_takes_too_long_is_stopped() {
    let handler = |_: Value| async { std::future::pending::<Result<Value, Diagnostic>>().await };
    let function = InProcess::json(handler, LIMIT);
    let started = tokio::time::Instant::now();
    assert_eq!(invoke(&function, &json!({})).await, Err(FunctionError::TimedOut));
    assert_eq!(started.elapsed(), LIMIT);
}

#[tokio::test]
async fn an_answer_of_more_than_6_mb_is_an_error() {
    let handler =
        |bytes: Value| async move { Ok("x".repeat(usize::try_from(bytes.as_u64().unwrap()).unwrap()).into()) };
    let function = InProcess::json(handler, LIMIT);
    let quotes = 2;
    assert!(invoke(&function, &json!(6 * 1024 * 1024 - quotes)).await.is_ok());
    let (error_type, _) = error(invoke(&function, &json!(6 * 1024 * 1024)).await);
    assert_eq!(error_type, "Function.ResponseSizeTooLarge");
}
