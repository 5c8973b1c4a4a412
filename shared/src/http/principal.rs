//! The principal that came with a request, and the route that the gateway matched.

use lambda_http::aws_lambda_events::apigw::ApiGatewayRequestAuthorizer;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

use crate::principal::{NoPrincipal, Principal};

/// The principal that the authorizer put into the request's context: nested under `lambda` by an HTTP API, flat by a
/// REST API and in payload 1.0.
///
/// # Errors
/// [`NoPrincipal`]: the request did not come through the authorizer.
pub fn principal(request: &Request) -> Result<Principal, NoPrincipal> {
    let authorizer: &ApiGatewayRequestAuthorizer = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.authorizer.as_ref(),
        Some(RequestContext::ApiGatewayV1(context)) => Some(&context.authorizer),
        _ => None,
    }
    .ok_or(NoPrincipal::Absent)?;
    if authorizer.fields.is_empty() {
        Principal::try_from(&authorizer.other)
    } else {
        Principal::try_from(&authorizer.fields.clone().into_iter().collect())
    }
}

/// The route that the gateway matched (`GET /orders`): never the raw path, whose spellings are the client's.
pub fn route_key(request: &Request) -> Option<String> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.route_key.clone(),
        RequestContext::ApiGatewayV1(context) => {
            Some(format!("{} {}", context.http_method.as_str(), context.resource_path.as_deref()?))
        }
        _ => None,
    }
}
