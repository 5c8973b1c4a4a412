//! The four endpoints of the Runtime API.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;

use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::{Desk, InHand, Invocation, LONGEST_ANSWER, ReportedError};
use crate::world;

const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");
const DEADLINE: HeaderName = HeaderName::from_static("lambda-runtime-deadline-ms");
const FUNCTION_ARN: HeaderName = HeaderName::from_static("lambda-runtime-invoked-function-arn");
const TRACE_ID: HeaderName = HeaderName::from_static("lambda-runtime-trace-id");
const ERROR_TYPE: HeaderName = HeaderName::from_static("lambda-runtime-function-error-type");

/// Waits for an event, however long that takes, and hands it out with its deadline.
pub(super) async fn next(State(desk): State<Arc<Desk>>) -> Response {
    match desk.next().await {
        Some(invocation) => hand_out(&desk, invocation),
        None => refuse(StatusCode::GONE, "Runtime.Stopped", "no more events will come"),
    }
}

fn hand_out(desk: &Desk, invocation: Invocation) -> Response {
    let deadline = world::since_epoch().saturating_add(invocation.timeout).as_millis();
    let headers = [
        (REQUEST_ID, invocation.request_id.clone()),
        (DEADLINE, deadline.to_string()),
        (FUNCTION_ARN, invocation.function_arn),
        (TRACE_ID, trace_id()),
    ];
    desk.hold(InHand { request_id: invocation.request_id, answer: invocation.answer });
    // The receiver is gone when the caller gave up before the process was ready.
    let _ = invocation.taken.send(());
    (headers, [("content-type", "application/json")], invocation.event).into_response()
}

pub(super) async fn response(
    State(desk): State<Arc<Desk>>,
    Path(request_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else {
        let error = ReportedError {
            error_type: "Function.ResponseSizeTooLarge".to_owned(),
            error_message: format!("the response exceeds {LONGEST_ANSWER} bytes"),
        };
        desk.settle(&request_id, Err(error));
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "the response is too large");
    };
    if desk.settle(&request_id, Ok(body)) { accepted() } else { not_in_hand() }
}

pub(super) async fn error(
    State(desk): State<Arc<Desk>>,
    Path(request_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if desk.settle(&request_id, Err(reported(&headers, &body))) { accepted() } else { not_in_hand() }
}

pub(super) async fn init_error(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    desk.refuse_waiting(reported(&headers, &body));
    accepted()
}

/// What a runtime reports; a body that is no such report still is an error.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Report {
    error_type: Option<String>,
    error_message: Option<String>,
}

fn reported(headers: &HeaderMap, body: &[u8]) -> ReportedError {
    let report: Report = serde_json::from_slice(body).unwrap_or_default();
    let header = || headers.get(ERROR_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    ReportedError {
        error_type: report.error_type.or_else(header).unwrap_or_else(|| "Runtime.Unknown".to_owned()),
        error_message: report.error_message.unwrap_or_default(),
    }
}

/// An X-Ray trace that nobody samples: `Root=1-<8 hex digits of time>-<24 hex digits>`.
fn trace_id() -> String {
    let unique: String = world::fresh_id().simple().to_string().chars().take(24).collect();
    format!("Root=1-{:08x}-{unique};Sampled=0", world::since_epoch().as_secs())
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, axum::Json(json!({ "status": "OK" }))).into_response()
}

fn not_in_hand() -> Response {
    refuse(StatusCode::BAD_REQUEST, "InvalidRequestID", "this event is not being worked on")
}

fn refuse(status: StatusCode, kind: &str, message: &str) -> Response {
    (status, axum::Json(json!({ "errorType": kind, "errorMessage": message }))).into_response()
}
