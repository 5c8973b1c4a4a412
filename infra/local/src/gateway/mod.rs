//! Amazon API Gateway on a laptop: a request becomes an event, an authorizer is asked, a function answers.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/welcome.html>
//!
//! What AWS documents is done as it is documented, and each file names the page. Where a page is silent, the file says
//! so and says whom it follows instead.

mod answer;
pub mod authorization;
mod call;
mod cors;
mod event;
mod exchange;
mod forwarding;
mod gateway_response;
mod path;
mod received;
mod request_id;
mod routes;
mod server;

use std::collections::HashMap;
use std::sync::Arc;

use vestibule::clock::Clock;

use crate::function::Function;
use crate::template::{Api, ApiRoute, Authorizer};
use authorization::Authorization;
use routes::Routes;

pub use exchange::Exchange;
pub use server::{serve, serve_with_pages};

/// One stage of one API, and the functions behind it.
pub struct Gateway {
    api: Api,
    routes: Routes<Served>,
    authorization: Authorization,
    clock: Clock,
}

/// A route with what stands behind it and before it.
struct Served {
    route: ApiRoute,
    function: Arc<dyn Function>,
    guard: Option<Guard>,
}

/// An authorizer with its function.
struct Guard {
    authorizer: Arc<Authorizer>,
    function: Arc<dyn Function>,
}

/// The API cannot be served as it is declared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayFault {
    /// Not `$default`, and not a method and a path.
    #[error("`{0}` is no route key: `GET /orders/{{id}}`, `ANY /files/{{path+}}` or `$default`")]
    RouteKey(String),
    /// Two routes take the same requests.
    #[error("another route takes the requests of `{0}` too")]
    DuplicateRoute(String),
    /// Nothing stands behind a route or an authorizer.
    #[error("`{user}` needs the function {function}, which is not there")]
    NoFunction {
        /// The route key, or the authorizer's logical id.
        user: String,
        /// The function, by logical id.
        function: String,
    },
}

impl Gateway {
    /// Puts the API before its functions, which are named by their logical ids.
    ///
    /// # Errors
    /// [`GatewayFault`]: AWS would not deploy such an API, or it would answer every request with 500.
    pub fn new(api: Api, functions: HashMap<String, Arc<dyn Function>>, clock: Clock) -> Result<Self, GatewayFault> {
        let find = |user: &str, function: &str| {
            let absent = || GatewayFault::NoFunction { user: user.to_owned(), function: function.to_owned() };
            functions.get(function).cloned().ok_or_else(absent)
        };
        let mut served = Vec::new();
        for route in &api.routes {
            let guard = match &route.authorizer {
                None => None,
                Some(authorizer) => Some(Guard {
                    authorizer: Arc::clone(authorizer),
                    function: find(&authorizer.id, &authorizer.function)?,
                }),
            };
            let function = find(&route.key, &route.function)?;
            served.push((route.key.clone(), Served { route: route.clone(), function, guard }));
        }
        let routes = Routes::new(api.kind, served)?;
        Ok(Self { authorization: Authorization::new(clock.clone()), api, routes, clock })
    }

    /// The routes, in the order of their declaration.
    pub fn routes(&self) -> impl Iterator<Item = &ApiRoute> {
        self.routes.targets().map(|served| &served.route)
    }
}

#[cfg(test)]
mod tests;
