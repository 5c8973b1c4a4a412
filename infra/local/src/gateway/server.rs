//! The gateway on a socket: HTTP/1.1, with a bound on everything that a client can make it wait for or hold.
//! Source: RFC 9112
//!
//! The address of a request is that of its connection. What is no HTTP is answered by the HTTP library with a status and
//! no body, before the gateway sees it.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::Gateway;
use super::gateway_response::GatewayResponse;
use super::received::LONGEST_BODY;

/// How long a client may take, and how much of its head is held.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// For request line and headers. A connection that waits for its next request is closed after the same time.
    head: Duration,
    /// For the body: as long as an integration may take. What API Gateway allows is not documented.
    body: Duration,
    /// Bytes of a head: above the gateway's own limit, so that the gateway can say what is wrong.
    head_bytes: usize,
    /// For requests under way when the server stops. Longer, and Ctrl-C feels stuck behind a hung client; shorter, and a
    /// write that is about to be acknowledged may lose its answer.
    stop: Duration,
}

const BOUNDS: Bounds = Bounds {
    head: Duration::from_secs(10),
    body: Duration::from_secs(30),
    head_bytes: 64 * 1024,
    stop: Duration::from_secs(3),
};

/// Failures to accept, one after the other, before the server gives up; with [`ACCEPT_PAUSE`] between them, ten seconds.
const ACCEPT_FAILURES: u32 = 100;

/// A machine that is out of descriptors gets some back when a connection ends.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `gateway` on `listener` until `stop` resolves, and then for as long as requests under way take, but no longer
/// than three seconds.
///
/// # Errors
/// The listener accepts nothing any more.
pub async fn serve(gateway: Arc<Gateway>, listener: TcpListener, stop: impl Future<Output = ()>) -> io::Result<()> {
    serve_within(BOUNDS, gateway, Arc::new(|_: &Parts| None), listener, stop).await
}

/// The same, and beside it whatever page `pages` has for a request, which then is no request to the API.
///
/// # Errors
/// As [`serve`].
pub async fn serve_with_pages(
    gateway: Arc<Gateway>,
    pages: impl Fn(&Parts) -> Option<Response<Bytes>> + Send + Sync + 'static,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_within(BOUNDS, gateway, Arc::new(pages), listener, stop).await
}

/// What is served beside the API.
type Pages = Arc<dyn Fn(&Parts) -> Option<Response<Bytes>> + Send + Sync>;

async fn serve_within(
    bounds: Bounds,
    gateway: Arc<Gateway>,
    pages: Pages,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut failures = 0;
    let mut stop = std::pin::pin!(stop);
    let ended = loop {
        let accepted = tokio::select! {
            () = &mut stop => break Ok(()),
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                failures = 0;
                connections.spawn(converse(
                    bounds,
                    Arc::clone(&gateway),
                    Arc::clone(&pages),
                    stream,
                    peer.ip(),
                    graceful.watcher(),
                ));
                while connections.try_join_next().is_some() {}
            }
            Err(error) => {
                failures += 1;
                if failures == ACCEPT_FAILURES {
                    break Err(error);
                }
                tracing::warn!(target: "gateway", %error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    };
    drop(listener);
    if tokio::time::timeout(bounds.stop, graceful.shutdown()).await.is_err() {
        tracing::warn!(target: "gateway", "requests under way were cut off");
    }
    ended
}

async fn converse(
    bounds: Bounds,
    gateway: Arc<Gateway>,
    pages: Pages,
    stream: TcpStream,
    peer: IpAddr,
    watcher: Watcher,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(target: "gateway", %error, "a connection keeps Nagle's delay");
    }
    let service = service_fn(move |request| {
        let (gateway, pages) = (Arc::clone(&gateway), Arc::clone(&pages));
        async move { Ok::<_, Infallible>(answer(bounds, &gateway, &pages, peer, request).await.map(Full::new)) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head)
        .max_header_size(bounds.head_bytes)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        // A client that is late, or that hung up: its business.
        tracing::debug!(target: "gateway", %error, "a connection ended");
    }
}

async fn answer(
    bounds: Bounds,
    gateway: &Gateway,
    pages: &Pages,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Response<Bytes> {
    let (head, body) = request.into_parts();
    if let Some(page) = pages(&head) {
        return page;
    }
    let reason = match read(bounds, body).await {
        Ok(body) => return gateway.call(peer, Request::from_parts(head, body)).await,
        Err(reason) => reason,
    };
    let mut response = gateway.decline(&head.headers, reason);
    // What is left of the body would be taken for the next request.
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

async fn read(bounds: Bounds, body: Incoming) -> Result<Bytes, GatewayResponse> {
    if body.size_hint().lower() > LONGEST_BODY as u64 {
        return Err(GatewayResponse::BodyTooLarge);
    }
    match tokio::time::timeout(bounds.body, Limited::new(body, LONGEST_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(GatewayResponse::BodyTooLarge),
        Ok(Err(_)) => Err(GatewayResponse::BadRequest),
        Err(_) => Err(GatewayResponse::BodyLate),
    }
}

#[cfg(test)]
mod tests;
