//! Which route serves a request.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html> ("Routing API
//! requests"), <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html>
//!
//! | | HTTP API | REST API |
//! |---|---|---|
//! | first | what fits to the end, before `{path+}`, before `$default` | the resource, whatever its methods |
//! | then, piece by piece | a literal, before `{id}`, before `{path+}` | the same |
//! | last | the method, before `ANY` | the same, or there is no route |
//! | `/orders/` for `/orders` | another path | the same resource |
//! | `/` for `/{path+}` | fits: AWS's tutorial on private integrations calls it so | does not fit |
//!
//! Case matters, and neither `//` nor `.` is resolved. That the path weighs more than the method is written nowhere; it
//! is the order that the authorizer's rules assume too.

mod pattern;

use http::Method;

use super::GatewayFault;
use crate::template::ApiKind;
use pattern::{Fit, Pattern};

/// The routes of an API, each with what it leads to.
#[derive(Debug)]
pub(super) struct Routes<T> {
    kind: ApiKind,
    routes: Vec<(Pattern, T)>,
}

/// What a request leads to, and what stood in the place of each parameter.
pub(super) type Matched<'r, T> = (&'r T, Vec<(String, String)>);

impl<T> Routes<T> {
    /// Reads the route keys.
    pub(super) fn new(kind: ApiKind, routes: impl IntoIterator<Item = (String, T)>) -> Result<Self, GatewayFault> {
        let mut read: Vec<(Pattern, T)> = Vec::new();
        for (key, target) in routes {
            let Some(pattern) = Pattern::read(&key) else { return Err(GatewayFault::RouteKey(key)) };
            if read.iter().any(|(earlier, _)| earlier.same_requests(&pattern)) {
                return Err(GatewayFault::DuplicateRoute(key));
            }
            read.push((pattern, target));
        }
        Ok(Self { kind, routes: read })
    }

    /// What the routes lead to, in their order.
    pub(super) fn targets(&self) -> impl Iterator<Item = &T> {
        self.routes.iter().map(|(_, target)| target)
    }

    /// The route for `method` and the decoded pieces of a path without its stage.
    pub(super) fn select(&self, method: &Method, path: &[String]) -> Option<Matched<'_, T>> {
        match self.kind {
            ApiKind::Http => self.select_route(method, path),
            ApiKind::Rest => self.select_method(method, path),
        }
    }

    fn select_route(&self, method: &Method, path: &[String]) -> Option<Matched<'_, T>> {
        let taking = self.routes.iter().filter(|(pattern, _)| pattern.takes(method));
        let fitting = taking.filter_map(|(pattern, target)| Some((pattern.fit(path)?, target)));
        let best = fitting.min_by(|(one, _), (two, _)| one.rank.cmp(&two.rank));
        best.map(|(fit, target)| (target, fit.parameters)).or_else(|| {
            let default = self.routes.iter().find(|(pattern, _)| *pattern == Pattern::Default);
            default.map(|(_, target)| (target, Vec::new()))
        })
    }

    fn select_method(&self, method: &Method, path: &[String]) -> Option<Matched<'_, T>> {
        let path = match path {
            [before @ .., last] if last.is_empty() && !before.is_empty() => before,
            path => path,
        };
        let root = path.iter().all(String::is_empty);
        let fit = |pattern: &Pattern| pattern.fit(path).filter(|fit: &Fit| !(root && fit.rank.greedy));
        let resource = self.routes.iter().filter_map(|(pattern, _)| Some(fit(pattern)?.rank.pieces)).min()?;
        let taking = self.routes.iter().filter(|(pattern, _)| pattern.takes(method));
        let fitting = taking.filter_map(|(pattern, target)| Some((fit(pattern)?, target)));
        let of_resource = fitting.filter(|(fit, _)| fit.rank.pieces == resource);
        of_resource.min_by_key(|(fit, _)| fit.rank.any).map(|(fit, target)| (target, fit.parameters))
    }
}

#[cfg(test)]
mod tests;
