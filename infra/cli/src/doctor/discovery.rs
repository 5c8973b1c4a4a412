//! What the API says of itself (RFC 8414 §3), and by its `Date` header (RFC 9110 §6.6.1), which time it has; and how it gives cookies.

use std::time::{Duration, UNIX_EPOCH};

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http_body_util::BodyExt as _;
use serde_json::Value;
use vestibule::authentication::cookie;
use vestibule::clock::Clock;

use super::facts::{Discovery, Observed, Unknown};

/// A cold start of the function behind it takes a second at the worst.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks the API at `api`.
pub(super) async fn ask(api: &str) -> Observed<Discovery> {
    let url = format!("{}/.well-known/oauth-authorization-server", api.trim_end_matches('/'));
    match tokio::time::timeout(PATIENCE, get(&url)).await {
        Ok(Ok(discovery)) => Ok(discovery),
        Ok(Err(reason)) => Err(Unknown::Unavailable(format!("{url}: {reason}"))),
        Err(_) => Err(Unknown::Unavailable(format!("{url}: no answer within {} s", PATIENCE.as_secs()))),
    }
}

/// Presents a session cookie that nobody has to the API at `api`, which takes it back: the `Set-Cookie` of its answer.
pub(super) async fn session_cookie(api: &str) -> Observed<Option<String>> {
    let url = format!("{}/sessions", api.trim_end_matches('/'));
    match tokio::time::timeout(PATIENCE, set_cookie(&url)).await {
        Ok(Ok(cookie)) => Ok(cookie),
        Ok(Err(reason)) => Err(Unknown::Unavailable(format!("{url}: {reason}"))),
        Err(_) => Err(Unknown::Unavailable(format!("{url}: no answer within {} s", PATIENCE.as_secs()))),
    }
}

async fn set_cookie(url: &str) -> Result<Option<String>, Box<dyn std::error::Error + Send + Sync>> {
    let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build();
    let mut request = HttpRequest::get(url)?;
    request.headers_mut().insert("cookie", format!("{}=none", cookie::NAME));
    let answer = connector.call(request).await?;
    match answer.status().as_u16() {
        401 => Ok(answer.headers().get("set-cookie").map(str::to_owned)),
        status => Err(format!("it answers {status}").into()),
    }
}

async fn get(url: &str) -> Result<Discovery, Box<dyn std::error::Error + Send + Sync>> {
    let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build();
    let answer = connector.call(HttpRequest::get(url)?).await?;
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
