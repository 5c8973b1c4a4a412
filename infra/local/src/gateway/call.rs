//! One call, from the request to the response.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html> (times and sizes),
//! <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html> (the size of an event)
//!
//! Each step either goes on or ends in one of the gateway's own responses; every response, whoever made it, gets its
//! request id, its date, its length and what other origins may see.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use tokio::time::Instant;

use super::authorization::{Outcome, Refusal};
use super::event::{self, Authorized, http_date};
use super::exchange::Exchange;
use super::gateway_response::GatewayResponse;
use super::received::Received;
use super::{Gateway, Served, answer, cors, request_id};
use crate::function::FunctionError;
use crate::template::{ApiKind, Cors};

/// How long an integration may take on an HTTP API: "Maximum integration timeout, 30 seconds".
const HTTP_INTEGRATION: Duration = Duration::from_secs(30);

/// The same on a REST API, where it is 29 seconds unless AWS has raised it.
const REST_INTEGRATION: Duration = Duration::from_secs(29);

/// Bytes of an event: 6 MB for a synchronous invocation. A body of half of that, encoded, is already too long.
const LONGEST_EVENT: usize = 6 * 1024 * 1024;

impl Gateway {
    /// Answers one request that came from `peer`. Whatever the request, the functions or the authorizers do, there is a
    /// response, and it comes within the time of one authorizer and one integration.
    pub async fn call(&self, peer: IpAddr, request: Request<Bytes>) -> Response<Bytes> {
        let request_id = request_id::fresh(self.api.kind);
        let origin = request.headers().get(header::ORIGIN).cloned();
        let outcome = self.pass(peer, request, &request_id, origin.as_ref()).await;
        self.seal(outcome, &request_id, origin.as_ref())
    }

    /// The response to a request that could not be read to its end.
    pub(super) fn decline(&self, headers: &HeaderMap, reason: GatewayResponse) -> Response<Bytes> {
        self.seal(Err(reason), &request_id::fresh(self.api.kind), headers.get(header::ORIGIN))
    }

    async fn pass(
        &self,
        peer: IpAddr,
        request: Request<Bytes>,
        request_id: &str,
        origin: Option<&HeaderValue>,
    ) -> Result<Response<Bytes>, GatewayResponse> {
        let asked = self.cors().filter(|_| cors::is_preflight(request.method(), request.headers()));
        let received = Received::new(&self.api, request_id.to_owned(), self.clock.now(), peer, request)?;
        let matched = self.routes.select(received.method(), &received.pieces);
        if let Some(cors) = asked {
            // "To support unauthorized OPTIONS requests, add an OPTIONS route": a preflight of a route for `ANY`, or of
            // `$default`, has to get past its authorizer. Beyond it, neither route nor function is needed.
            if let Some((served, parameters)) = matched {
                self.authorize(served, &received.matched(&served.route.key, parameters)).await?;
            }
            return Ok(cors::preflight(cors, origin));
        }
        let (served, parameters) = matched.ok_or(GatewayResponse::NoRoute)?;
        let exchange = received.matched(&served.route.key, parameters);
        let authorized = self.authorize(served, &exchange).await?;
        let event = event::bytes(&self.api, served.route.payload, &exchange, authorized);
        if event.len() > LONGEST_EVENT {
            return Err(GatewayResponse::BodyTooLarge);
        }
        let answer = self.invoke(served, &exchange, event).await?;
        let mut response = answer::read(self.api.kind, served.route.payload, &answer).map_err(|fault| {
            log(served, &exchange, &fault);
            GatewayResponse::FunctionFailed
        })?;
        if self.cors().is_some() {
            cors::ignore_function(response.headers_mut());
        }
        Ok(response)
    }

    async fn authorize(&self, served: &Served, exchange: &Exchange) -> Result<Option<Authorized>, GatewayResponse> {
        let Some(guard) = &served.guard else { return Ok(None) };
        let asked_at = Instant::now();
        let outcome = self.authorization.decide(&self.api, &guard.authorizer, guard.function.as_ref(), exchange).await;
        match outcome {
            Outcome::Allowed(context) => Ok(Some(Authorized { context, latency: asked_at.elapsed() })),
            Outcome::Refused(Refusal::Unauthorized) => Err(GatewayResponse::Unauthorized),
            Outcome::Refused(Refusal::Forbidden) => Err(GatewayResponse::Denied),
            Outcome::Refused(Refusal::Broken) => Err(GatewayResponse::AuthorizerFailed),
        }
    }

    async fn invoke(&self, served: &Served, exchange: &Exchange, event: Bytes) -> Result<Bytes, GatewayResponse> {
        let limit = match self.api.kind {
            ApiKind::Http => HTTP_INTEGRATION,
            ApiKind::Rest => REST_INTEGRATION,
        };
        let outcome = tokio::time::timeout(limit, served.function.invoke(event)).await;
        let (fault, response) = match outcome {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(fault @ FunctionError::Unavailable(_))) => (fault, GatewayResponse::FunctionUnavailable),
            Ok(Err(fault)) => (fault, GatewayResponse::FunctionFailed),
            Err(_) => (FunctionError::TimedOut, GatewayResponse::FunctionLate),
        };
        log(served, exchange, &fault);
        Err(response)
    }

    /// CORS of an HTTP API; a REST API leaves it to its functions.
    fn cors(&self) -> Option<&Cors> {
        self.api.cors.as_ref().filter(|_| self.api.kind == ApiKind::Http)
    }

    fn seal(
        &self,
        outcome: Result<Response<Bytes>, GatewayResponse>,
        request_id: &str,
        origin: Option<&HeaderValue>,
    ) -> Response<Bytes> {
        let kind = self.api.kind;
        let mut response = outcome.unwrap_or_else(|reason| reason.response(kind));
        let bodiless = matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if bodiless {
            *response.body_mut() = Bytes::new();
        }
        let length = response.body().len();
        let headers = response.headers_mut();
        if !bodiless {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        if !headers.contains_key(header::DATE) {
            set(headers, header::DATE, &http_date(self.clock.now()));
        }
        match kind {
            ApiKind::Http => set(headers, HeaderName::from_static("apigw-requestid"), request_id),
            ApiKind::Rest => {
                set(headers, HeaderName::from_static("x-amzn-requestid"), request_id);
                set(headers, HeaderName::from_static("x-amz-apigw-id"), &request_id::extended(kind, request_id));
            }
        }
        if let Some(cors) = self.cors() {
            cors::allow(cors, origin, headers);
        }
        response
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The client learns nothing but the status, the developer why.
fn log(served: &Served, exchange: &Exchange, reason: &dyn std::error::Error) {
    let (route, function) = (served.route.key.as_str(), served.route.function.as_str());
    let request_id = exchange.request_id.as_str();
    tracing::error!(target: "gateway", route, function, request_id, %reason, "the function gave no response");
}
