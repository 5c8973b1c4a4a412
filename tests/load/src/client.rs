//! An HTTP client that keeps its connections: hyper's own.

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::Fault;

/// Clones share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Client(Pooled<HttpConnector, Full<Bytes>>);

impl Client {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self(Pooled::builder(TokioExecutor::new()).build(connector))
    }

    /// The whole answer.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Fault> {
        let (head, body) = self.0.request(request.map(Full::new)).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }

    /// A form, as OAuth endpoints take it.
    pub(crate) async fn form(&self, url: &Uri, form: String) -> Result<Response<Bytes>, Fault> {
        let request = Request::post(url).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(form.into())?).await
    }
}
