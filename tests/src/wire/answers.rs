//! What a wire that is broken answers in DynamoDB's stead, or makes of its answer; and what an answer says that it cost.

use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt as _;

pub(super) fn cancelled(reason: &str) -> HttpConnectorFuture {
    refused(
        "TransactionCanceledException",
        &format!(r#","CancellationReasons":[{{"Code":"None"}},{{"Code":"{reason}"}}]"#),
    )
}

pub(super) fn refused(kind: &str, more: &str) -> HttpConnectorFuture {
    answered(400, kind, more)
}

pub(super) fn answered(status: u16, kind: &str, more: &str) -> HttpConnectorFuture {
    let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{kind}","message":"not now"{more}}}"#);
    let status = StatusCode::try_from(status).unwrap();
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    HttpConnectorFuture::ready(Ok(response))
}

/// What the SDK reads as a number becomes a text, and the rest stays readable.
pub(super) async fn garbled(response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let status = response.status();
    let body = response.into_body().collect().await.map_err(ConnectorError::io)?.to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let text = text.replacen(r#""CreatedDate":"#, r#""CreatedDate":"x","y":"#, 1);
    let text = text.replacen(r#""CapacityUnits":"#, r#""CapacityUnits":"x","y":"#, 1);
    Ok(HttpResponse::new(status, SdkBody::from(text)))
}

/// A transaction is charged table by table.
pub(super) fn charged(consumed: &serde_json::Value) -> f64 {
    match consumed {
        serde_json::Value::Array(tables) => tables.iter().map(charged).sum(),
        consumed => consumed["CapacityUnits"].as_f64().unwrap_or_default(),
    }
}
