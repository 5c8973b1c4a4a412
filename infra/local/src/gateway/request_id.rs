//! The names that API Gateway gives to a request: `apigw-requestid` of an HTTP API, `x-amzn-requestid` and
//! `x-amz-apigw-id` of a REST API.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>
//! (`$context.requestId`, `$context.extendedRequestId`)

use crate::template::ApiKind;
use crate::world;

/// Characters of a short id before its `=`. Fewer, and two requests in one log may bear the same name.
const SHORT: usize = 15;

/// A name for a request that has just come in.
pub(super) fn fresh(kind: ApiKind) -> String {
    let id = world::fresh_id().to_string();
    match kind {
        ApiKind::Http => short(&id),
        ApiKind::Rest => id,
    }
}

/// The extended id: on an HTTP API the same, on a REST API a second one, here made from the first.
pub(super) fn extended(kind: ApiKind, id: &str) -> String {
    match kind {
        ApiKind::Http => id.to_owned(),
        ApiKind::Rest => short(id),
    }
}

fn short(id: &str) -> String {
    let characters = id.chars().filter(char::is_ascii_alphanumeric).take(SHORT);
    characters.chain(std::iter::once('=')).collect()
}
