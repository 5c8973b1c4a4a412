//! The golden events, and the same ones for other requests.

use serde_json::{Value, json};

pub(super) const HTTP_2_0: &str = include_str!("../../../../tests/events/authorizer-http-2.0.json");
pub(super) const HTTP_1_0: &str = include_str!("../../../../tests/events/authorizer-http-1.0.json");
pub(super) const REST_REQUEST: &str = include_str!("../../../../tests/events/authorizer-rest-request.json");
pub(super) const REST_TOKEN: &str = include_str!("../../../../tests/events/authorizer-rest-token.json");

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    HttpSimple,
    HttpPolicy,
    RestRequest,
    RestToken,
}

/// A request as the gateway matched it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) method: &'static str,
    /// The path, as it stands in ARNs.
    pub(super) path: &'static str,
    /// The path of the route's key, or `$default`.
    pub(super) template: &'static str,
}

pub(super) const fn call(method: &'static str, path: &'static str, template: &'static str) -> Call {
    Call { method, path, template }
}

pub(super) const WHOAMI: Call = call("GET", "/whoami", "/whoami");
pub(super) const ORDERS: Call = call("GET", "/orders", "/orders");
pub(super) const ORDER: Call = call("GET", "/orders/7c1f09e4", "/orders/{orderId}");
pub(super) const CHANGE_ORDER: Call = call("PUT", "/orders/7c1f09e4", "/orders/{orderId}");
pub(super) const FILE: Call = call("PUT", "/files/2026/11/report.pdf", "/files/{path+}");
pub(super) const AUDIT: Call = call("GET", "/orders/7c1f09e4/audit", "/orders/{orderId}/audit");
pub(super) const ADMIN: Call = call("GET", "/admin", "/admin");
pub(super) const END_ACCOUNT: Call = call("DELETE", "/accounts/81", "/accounts/{accountId}");

/// One request for each rule.
pub(super) const DECLARED: [Call; 8] = [WHOAMI, ORDERS, ORDER, CHANGE_ORDER, FILE, AUDIT, ADMIN, END_ACCOUNT];

/// Requests of routes that have no rule: one beside the declared ones, one under a declared parameter, one of a catch-all.
pub(super) const UNDECLARED: [Call; 3] = [
    call("POST", "/orders", "/orders"),
    call("GET", "/orders/7c1f09e4/notes", "/orders/{orderId}/notes"),
    call("PATCH", "/any/thing", "/{proxy+}"),
];

impl Asks {
    pub(super) const ALL: [Self; 4] = [Self::HttpSimple, Self::HttpPolicy, Self::RestRequest, Self::RestToken];
    pub(super) const POLICIES: [Self; 3] = [Self::HttpPolicy, Self::RestRequest, Self::RestToken];
    /// Those that know the route's key.
    pub(super) const REQUESTS: [Self; 3] = [Self::HttpSimple, Self::HttpPolicy, Self::RestRequest];

    pub(super) fn golden(self) -> Value {
        serde_json::from_str(match self {
            Self::HttpSimple => HTTP_2_0,
            Self::HttpPolicy => HTTP_1_0,
            Self::RestRequest => REST_REQUEST,
            Self::RestToken => REST_TOKEN,
        })
        .unwrap()
    }

    pub(super) const fn is_rest(self) -> bool {
        matches!(self, Self::RestRequest | Self::RestToken)
    }

    /// The API and its stage.
    pub(super) const fn stage(self) -> &'static str {
        match self {
            Self::HttpSimple => "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default",
            Self::HttpPolicy => "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live",
            Self::RestRequest | Self::RestToken => "arn:aws:execute-api:eu-west-1:123456789012:f6g7h8i9j0/prod",
        }
    }

    pub(super) fn arn(self, call: Call) -> String {
        format!("{}/{}{}", self.stage(), call.method, call.path)
    }

    /// The golden event, for `call` and with these values of `Authorization`.
    pub(super) fn event(self, call: Call, authorization: &[&str]) -> Value {
        let mut event = self.golden();
        let Call { method, path, template } = call;
        let route_key = if template == "$default" { template.to_owned() } else { format!("{method} {template}") };
        match self {
            Self::HttpSimple => {
                event["routeArn"] = json!(self.arn(call));
                event["rawPath"] = json!(path);
                event["requestContext"]["http"]["method"] = json!(method);
                event["requestContext"]["http"]["path"] = json!(path);
                event["requestContext"]["routeKey"] = json!(route_key);
                event["identitySource"] = json!([authorization.join(","), route_key]);
                event["routeKey"] = json!(route_key);
                set(&mut event["headers"], "authorization", joined(authorization));
            }
            Self::HttpPolicy | Self::RestRequest => {
                let (header, prefix) = match self {
                    Self::HttpPolicy => ("authorization", "/live"),
                    _ => ("Authorization", ""),
                };
                event["methodArn"] = json!(self.arn(call));
                event["httpMethod"] = json!(method);
                event["resource"] = json!(template);
                event["path"] = json!(format!("{prefix}{path}"));
                event["requestContext"]["httpMethod"] = json!(method);
                event["requestContext"]["resourcePath"] = json!(template);
                if self == Self::HttpPolicy {
                    event["requestContext"]["resourceId"] = json!(route_key);
                    event["identitySource"] = json!(authorization.join(","));
                    event["authorizationToken"] = json!(authorization.join(","));
                }
                set(&mut event["headers"], header, authorization.last().map(|last| json!(last)));
                set(&mut event["multiValueHeaders"], header, several(authorization));
            }
            Self::RestToken => {
                event["methodArn"] = json!(self.arn(call));
                set(&mut event, "authorizationToken", joined(authorization));
            }
        }
        event
    }
}

/// One request for each rule that takes the session cookie: those whose answers may be kept, and those whose may not.
pub(super) const WEB_KEPT: [Call; 2] =
    [call("GET", "/web/whoami", "/web/whoami"), call("GET", "/web/orders/7c1f09e4", "/web/orders/{orderId}")];
pub(super) const WEB_CHANGE: Call = call("PUT", "/web/orders/7c1f09e4", "/web/orders/{orderId}");
pub(super) const WEB_FILE: Call = call("GET", "/web/files/2026/report.pdf", "/web/files/{path+}");
pub(super) const WEB_ADMIN: Call = call("GET", "/web/admin", "/web/admin");
pub(super) const WEB_BALANCE: Call = call("GET", "/web/balance", "/web/balance");
pub(super) const WEB_UNKEPT: [Call; 4] = [WEB_CHANGE, WEB_FILE, WEB_ADMIN, WEB_BALANCE];

impl Asks {
    /// The golden event for `call` with these values of `Cookie` instead of its own, and these headers.
    pub(super) fn with_cookies(self, call: Call, cookies: &[&str], headers: &[(&str, &str)]) -> Value {
        let mut event = self.event(call, &[]);
        match self {
            Self::HttpSimple => {
                let pairs = cookies.iter().flat_map(|value| value.split("; ")).collect::<Vec<_>>();
                event["cookies"] = json!(pairs);
                event["identitySource"] = json!([cookies.join(","), event["routeKey"]]);
            }
            Self::HttpPolicy | Self::RestRequest => {
                let name = if self == Self::HttpPolicy { "cookie" } else { "Cookie" };
                set(&mut event["headers"], name, cookies.last().map(|last| json!(last)));
                set(&mut event["multiValueHeaders"], name, several(cookies));
            }
            Self::RestToken => set(&mut event, "authorizationToken", joined(cookies)),
        }
        if self != Self::RestToken {
            for (name, value) in headers {
                event["headers"][name] = json!(value);
                if self != Self::HttpSimple {
                    event["multiValueHeaders"][name] = json!([value]);
                }
            }
        }
        event
    }
}

fn joined(authorization: &[&str]) -> Option<Value> {
    (!authorization.is_empty()).then(|| json!(authorization.join(",")))
}

fn several(authorization: &[&str]) -> Option<Value> {
    (!authorization.is_empty()).then(|| json!(authorization))
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    let object = object.as_object_mut().unwrap();
    match value {
        Some(value) => object.insert(name.into(), value),
        None => object.remove(name),
    };
}
