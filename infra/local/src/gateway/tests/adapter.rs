//! Events and `lambda_http`, which panics on what it cannot make a URI of: no request may get that far.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri};
use lambda_http::{Body, Response, service_fn};
use proptest::prelude::*;

use super::{PEER, Setup, clock};
use crate::gateway::Gateway;
use crate::in_process::InProcess;
use crate::template::Payload::{V1, V2};

fn gateways() -> [Gateway; 3] {
    async fn answer(_: lambda_http::Request) -> Result<Response<Body>, Infallible> {
        Ok(Response::new(Body::Empty))
    }
    let function = InProcess::http(service_fn(answer), Duration::from_secs(5));
    [
        Setup::http("$default").route("ANY /{all+}", V2),
        Setup::http("$default").route("ANY /{all+}", V1),
        Setup::rest("$default").route("ANY /", V1).route("ANY /{all+}", V1),
    ]
    .map(|setup| {
        let functions = HashMap::from([("Function".into(), Arc::new(function.clone()) as _)]);
        Gateway::new(setup.api, functions, clock()).unwrap()
    })
}

prop_compose! {
    fn any_request()(
        method in "GET|POST|[A-Z]{1,8}",
        path in "/([ -~]|%[0-9a-fA-F]{2}|[à-ÿ]){0,12}",
        query in proptest::option::of("[ -~]{0,12}"),
        host in proptest::option::of("[!-~]{0,8}|[a-z.]{1,8}(:[0-9]{1,6})?"),
        values in proptest::collection::vec("[ -~\u{80}-\u{ff}]{0,12}", 0..3),
        body in proptest::collection::vec(any::<u8>(), 0..12),
    ) -> Option<Request<Bytes>> {
        let target = query.map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).ok()?)
            .uri(target.parse::<Uri>().ok()?);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        for (name, value) in ["cookie", "x-forwarded-proto", "content-type"].iter().zip(values) {
            request = request.header(*name, value);
        }
        request.body(body.into()).ok()
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_is_answered_or_refused_and_never_breaks_the_function(request in any_request()) {
        let Some(request) = request else { return Ok(()) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        for gateway in gateways() {
            let status = runtime.block_on(gateway.call(PEER, request.clone())).status();
            prop_assert!(matches!(status.as_u16(), 200 | 400 | 403 | 404), "{status}");
        }
    }
}
