//! An HTTP client that keeps its connections, and has so many and no more: hyper's own.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Semaphore;

use crate::Fault;

/// Requests that are under way at the same time, at the most. The next ones wait here, and their waiting counts (they were due). Without
/// a bound, a server that falls behind would get a connection for every request that is late, which puts it further behind.
const CONNECTIONS: usize = 256;

/// Clones share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pooled: Pooled<HttpConnector, Full<Bytes>>,
    free: Arc<Semaphore>,
}

impl Client {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let pooled = Pooled::builder(TokioExecutor::new()).build(connector);
        Self { pooled, free: Arc::new(Semaphore::new(CONNECTIONS)) }
    }

    /// The whole answer.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Fault> {
        let _place = self.free.acquire().await?;
        let (head, body) = self.pooled.request(request.map(Full::new)).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }

    /// A form, as OAuth endpoints take it.
    pub(crate) async fn form(&self, url: &Uri, form: String) -> Result<Response<Bytes>, Fault> {
        let request = Request::post(url).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(form.into())?).await
    }
}
