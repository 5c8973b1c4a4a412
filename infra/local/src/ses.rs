//! Amazon SES on a laptop: what is sent goes nowhere but into an [`Outbox`], behind the REST protocol of version 2 on a loopback port,
//! reached by the ordinary SDK client.
//! Source: <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>
//!
//! SendEmail with a simple message, and nothing else. A request must be signed, but the signature is not checked: whoever reaches the
//! loopback port with the right headers is let in.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use crate::loopback::Loopback;
use crate::outbox::{Letter, Outbox};
use crate::storage::StartError;
use crate::world;

/// A running SES. Dropping it stops it.
#[derive(Debug)]
pub struct LocalSes {
    server: Loopback,
}

impl LocalSes {
    /// Starts; what is sent comes to lie in `outbox`.
    pub async fn start(outbox: Outbox) -> Result<Self, StartError> {
        let router = axum::Router::new().route("/v2/email/outbound-emails", post(send_email)).with_state(outbox);
        Ok(Self { server: Loopback::serve(router).await? })
    }

    /// Where the SDK finds it: `http://127.0.0.1:<port>`.
    pub fn endpoint_url(&self) -> String {
        self.server.url()
    }

    /// Answers the requests under way.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Members that are not known are refused: a letter would be another than was meant.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SendEmail {
    from_email_address: String,
    destination: Destination,
    content: Content,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Destination {
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Content {
    simple: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Message {
    subject: Text,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Body {
    text: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Text {
    data: String,
    #[serde(rename = "Charset")]
    _charset: Option<String>,
}

async fn send_email(State(outbox): State<Outbox>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A web page that had its own name point to 127.0.0.1 would send that name as the host.
    if !matches!(text(HOST).split(':').next(), Some("127.0.0.1" | "localhost")) {
        return refuse("BadRequestException", "the local SES answers for this machine only");
    }
    if !text(AUTHORIZATION).starts_with("AWS4-HMAC-SHA256 ") {
        return refuse("MissingAuthenticationTokenException", "the request carries no signature");
    }
    let wish: SendEmail = match serde_json::from_slice(&body) {
        Ok(wish) => wish,
        Err(fault) => return refuse("BadRequestException", &fault.to_string()),
    };
    let [to] = wish.destination.to_addresses.as_slice() else {
        return refuse("BadRequestException", "the local SES sends to one address at a time");
    };
    if !to.contains('@') || !to.is_ascii() || to.contains([',', '<', '>', '"', ' ']) {
        return refuse("BadRequestException", "Local address contains control or whitespace, or is not ASCII");
    }
    if !wish.from_email_address.contains('@') {
        return refuse("MessageRejected", "Email address is not verified.");
    }
    let id = world::fresh_id().to_string();
    outbox.put(Letter {
        id: id.clone(),
        sent_at: world::since_epoch().as_secs(),
        from: wish.from_email_address,
        to: to.clone(),
        subject: wish.content.simple.subject.data,
        text: wish.content.simple.body.text.data,
    });
    (StatusCode::OK, [(CONTENT_TYPE, "application/json")], json!({ "MessageId": id }).to_string()).into_response()
}

/// <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization>
fn refuse(kind: &'static str, message: &str) -> Response {
    let headers = [("content-type", "application/json"), ("x-amzn-errortype", kind)];
    (StatusCode::BAD_REQUEST, headers, json!({ "message": message }).to_string()).into_response()
}

#[cfg(test)]
mod tests;
