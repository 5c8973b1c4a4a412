//! The path of a request: its stage, and its escapes.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html> ("API Gateway decodes
//! URL-encoded request parameters before passing them to your backend integration")
//!
//! An HTTP API decodes every escape but `%25` before it matches and before it makes `rawPath`, so an encoded slash parts
//! the path. A REST API passes the path on as it was spelled and decodes its parameters only. Neither is documented in
//! full; both are what deployed APIs are seen to do.

use percent_encoding::percent_decode_str;

use super::gateway_response::GatewayResponse;
use crate::template::{Api, ApiKind};

/// What follows the stage: all of it for `$default`, at least a slash.
pub(super) fn without_stage<'p>(api: &Api, path: &'p str) -> Result<&'p str, GatewayResponse> {
    if !path.starts_with('/') {
        return Err(GatewayResponse::BadRequest);
    }
    if api.stage == "$default" {
        return Ok(path);
    }
    match path.strip_prefix('/').and_then(|path| path.strip_prefix(api.stage.as_str())) {
        Some("") => Ok("/"),
        Some(rest) if rest.starts_with('/') => Ok(rest),
        Some(_) | None => Err(GatewayResponse::NoStage),
    }
}

/// The path as events show it, and the decoded pieces that routes are matched by.
pub(super) fn decode(kind: ApiKind, path: &str) -> Result<(String, Vec<String>), GatewayResponse> {
    match kind {
        ApiKind::Http => {
            let shown = decoded(&path.replace("%25", "%2525"))?;
            let pieces = shown.split('/').skip(1).map(str::to_owned).collect();
            Ok((shown, pieces))
        }
        ApiKind::Rest => {
            let pieces = path.split('/').skip(1).map(decoded).collect::<Result<_, _>>()?;
            Ok((path.to_owned(), pieces))
        }
    }
}

fn decoded(text: &str) -> Result<String, GatewayResponse> {
    let mut escapes = text.split('%').skip(1);
    if !escapes.all(|escape| escape.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))) {
        return Err(GatewayResponse::BadRequest);
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) if !decoded.contains(char::is_control) => Ok(decoded.into_owned()),
        Ok(_) | Err(_) => Err(GatewayResponse::BadRequest),
    }
}
