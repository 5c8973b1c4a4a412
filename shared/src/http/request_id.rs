//! The request id that the client got (`apigw-requestid`), so that a line in the log can be found from a complaint.

use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

/// The gateway's request id, or a dash for an event that has none.
pub fn request_id(request: &Request) -> String {
    let id = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
        _ => None,
    };
    id.unwrap_or_else(|| "-".to_owned())
}
