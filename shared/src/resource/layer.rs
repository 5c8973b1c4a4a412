//! The check as a tower layer, for any service that takes `http::Request` and gives `http::Response`: axum, hyper, lambda_http.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Either, Full};
use tower::{Layer, Service};

use super::ResourceServer;
use crate::scope::Scopes;

/// A body: of a denial, or of the service's own answer.
pub type Answer<B> = Either<Full<Bytes>, B>;

/// A layer that answers whoever has no token with the scope that is needed, and puts the [`Principal`](crate::principal::Principal) of
/// anybody else into the extensions of the request.
#[derive(Clone, Debug)]
pub struct RequireToken {
    server: ResourceServer,
    scope: Scopes,
}

/// A service behind [`RequireToken`].
#[derive(Clone, Debug)]
pub struct Guard<S> {
    service: S,
    rule: RequireToken,
}

impl RequireToken {
    pub(super) const fn new(server: ResourceServer, scope: Scopes) -> Self {
        Self { server, scope }
    }
}

impl<S> Layer<S> for RequireToken {
    type Service = Guard<S>;

    fn layer(&self, service: S) -> Guard<S> {
        Guard { service, rule: self.clone() }
    }
}

impl<S, A, B> Service<Request<A>> for Guard<S>
where
    S: Service<Request<A>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    A: Send + 'static,
{
    type Response = Response<Answer<B>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<A>) -> Self::Future {
        // The one that is ready is called; a clone of it may not be ready yet (tower, `Service`, "Be careful when cloning inner
        // services").
        let next = self.service.clone();
        let mut service = mem::replace(&mut self.service, next);
        let RequireToken { server, scope } = self.rule.clone();
        Box::pin(async move {
            match server.check(request.headers(), &scope).await {
                Ok(principal) => {
                    request.extensions_mut().insert(principal);
                    Ok(service.call(request).await?.map(Either::Right))
                }
                Err(denial) => {
                    tracing::info!(reason = denial.reason(), "request denied");
                    Ok(denial.respond(server.realm(), &scope).map(Either::Left))
                }
            }
        })
    }
}
