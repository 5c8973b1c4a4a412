//! What the API says of itself (RFC 8414 §3), and by its `Date` header (RFC 9110 §6.6.1), which time it has; and how it gives cookies.

use std::time::{Duration, UNIX_EPOCH};

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use http_body_util::BodyExt as _;
use serde_json::Value;
use vestibule::authentication::cookie;
use vestibule::clock::Clock;

use super::facts::{Discovery, Observed, Unknown};

/// A cold start of the function behind it takes a second at the worst.
const PATIENCE: Duration = Duration::from_secs(10);

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Asks the API at `api`.
pub(super) async fn ask(api: &str) -> Observed<Discovery> {
    asked(api, "/.well-known/oauth-authorization-server", discovery).await
}

/// Presents a session cookie that nobody has to the API at `api`, which takes it back: the `Set-Cookie` of its answer.
pub(super) async fn session_cookie(api: &str) -> Observed<Option<String>> {
    asked(api, "/sessions", set_cookie).await
}

/// What `read` makes of the answer to a GET of `path`.
async fn asked<T>(api: &str, path: &str, read: impl AsyncFnOnce(HttpRequest) -> Result<T, Fault>) -> Observed<T> {
    let url = format!("{}{path}", api.trim_end_matches('/'));
    let answered = async { read(HttpRequest::get(&url)?).await };
    match tokio::time::timeout(PATIENCE, answered).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(reason)) => Err(Unknown::Unavailable(format!("{url}: {reason}"))),
        Err(_) => Err(Unknown::Unavailable(format!("{url}: no answer within {} s", PATIENCE.as_secs()))),
    }
}

async fn answer_to(request: HttpRequest) -> Result<HttpResponse, Fault> {
    let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build();
    Ok(connector.call(request).await?)
}

async fn set_cookie(mut request: HttpRequest) -> Result<Option<String>, Fault> {
    request.headers_mut().insert("cookie", format!("{}=none", cookie::NAME));
    let answer = answer_to(request).await?;
    match answer.status().as_u16() {
        401 => Ok(answer.headers().get("set-cookie").map(str::to_owned)),
        status => Err(format!("it answers {status}").into()),
    }
}

async fn discovery(request: HttpRequest) -> Result<Discovery, Fault> {
    let answer = answer_to(request).await?;
    let now = Clock::System.now().seconds();
    if !answer.status().is_success() {
        return Err(format!("it answers {}", answer.status().as_u16()).into());
    }
    let date = answer.headers().get("date").and_then(|date| httpdate::parse_http_date(date).ok());
    let date = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()).ok_or("its answer has no date")?;
    let body: Value = serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?;
    let issuer = body.get("issuer").and_then(Value::as_str).ok_or("it names no issuer")?.to_owned();
    Ok(Discovery { issuer, ahead: date.as_secs().cast_signed().saturating_sub(now.cast_signed()) })
}
