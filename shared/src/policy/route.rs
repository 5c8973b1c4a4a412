//! A route as API Gateway names it: `GET /orders/{id}`, `ANY /files/{path+}`.
//!
//! Routes are compared as declared, never by the path of a request: what the gateway matched is what is decided, so `//`,
//! `%2e`, a trailing slash, case and the stage's prefix change nothing.

use std::fmt;
use std::str::FromStr;

/// Bytes of a route's path. API Gateway refuses a policy resource of more than 512 characters; the longest prefix
/// (partition, region, account, API, a stage of 128 characters, the method) takes about 210 of them.
pub const MAX_ROUTE_PATH_BYTES: usize = 256;

/// An HTTP method that API Gateway routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `OPTIONS`
    Options,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Method {
    /// All that `ANY` stands for.
    pub const ALL: [Self; 7] = [Self::Delete, Self::Get, Self::Head, Self::Options, Self::Patch, Self::Post, Self::Put];

    /// The method's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// The methods of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Methods {
    /// `ANY`
    Any,
    /// Exactly one.
    One(Method),
}

impl Methods {
    pub(super) const fn as_slice(&self) -> &[Method] {
        match self {
            Self::Any => &Method::ALL,
            Self::One(method) => std::slice::from_ref(method),
        }
    }
}

/// One piece of a path between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// This text; empty only as the whole of the root path.
    Literal(String),
    /// `{id}`: one segment, not empty.
    Parameter,
    /// `{path+}`: one segment or more, to the end.
    Greedy,
}

/// A route: methods and a path template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    key: String,
    pub(super) methods: Methods,
    pub(super) segments: Vec<Segment>,
}

/// The text is no route that can be decided safely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoute {
    /// Not a method, one space and a path.
    #[error("a route is a method, one space and a path: `GET /orders`")]
    Shape,
    /// A method that API Gateway does not route.
    #[error("the method is none of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT")]
    Method,
    /// The path does not begin with a slash, ends in one, or has two in a row: the gateway would match it otherwise.
    #[error("the path begins with a slash, does not end in one and has no two in a row")]
    Slashes,
    /// A character that a policy would take for a wildcard or a variable, or that arrives encoded.
    #[error("the path has a character other than letters, digits, {{parameters}} and - . _ ~ ! & ' ( ) , ; = : @")]
    Character,
    /// A parameter that is not `{name}` as a whole segment, or a `{name+}` before the last one.
    #[error("a parameter is a whole segment, `{{name}}`, and `{{name+}}` is the last one")]
    Parameter,
    /// More than [`MAX_ROUTE_PATH_BYTES`].
    #[error("the path has more than {MAX_ROUTE_PATH_BYTES} bytes")]
    TooLong,
}

impl Route {
    /// The route as it was declared.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The path, as it was declared.
    pub fn path(&self) -> &str {
        self.key.split_once(' ').map_or("", |(_, path)| path)
    }

    /// Its method; `None` for `ANY`.
    pub const fn method(&self) -> Option<Method> {
        match self.methods {
            Methods::Any => None,
            Methods::One(method) => Some(method),
        }
    }

    /// Whether every request of it promises to change nothing (RFC 9110 §9.2.1).
    pub fn is_safe(&self) -> bool {
        self.methods.as_slice().iter().all(|method| matches!(method, Method::Get | Method::Head | Method::Options))
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.segments.iter().any(|segment| !matches!(segment, Segment::Literal(_)))
    }
}

impl FromStr for Route {
    type Err = InvalidRoute;

    fn from_str(key: &str) -> Result<Self, InvalidRoute> {
        let (method, path) = key.split_once(' ').ok_or(InvalidRoute::Shape)?;
        let methods = match method {
            "ANY" => Methods::Any,
            _ => Method::ALL
                .into_iter()
                .find(|known| known.as_str() == method)
                .map(Methods::One)
                .ok_or(InvalidRoute::Method)?,
        };
        Ok(Self { key: key.to_owned(), methods, segments: segments(path)? })
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}

fn segments(path: &str) -> Result<Vec<Segment>, InvalidRoute> {
    if path.len() > MAX_ROUTE_PATH_BYTES {
        return Err(InvalidRoute::TooLong);
    }
    let pieces = path.strip_prefix('/').ok_or(InvalidRoute::Slashes)?;
    let segments = pieces.split('/').map(segment).collect::<Result<Vec<_>, _>>()?;
    let root = pieces.is_empty();
    if !root && segments.contains(&Segment::Literal(String::new())) {
        return Err(InvalidRoute::Slashes);
    }
    match segments.split_last() {
        Some((_, before)) if before.contains(&Segment::Greedy) => Err(InvalidRoute::Parameter),
        _ => Ok(segments),
    }
}

fn segment(text: &str) -> Result<Segment, InvalidRoute> {
    if let Some(inner) = text.strip_prefix('{') {
        let name = inner.strip_suffix('}').ok_or(InvalidRoute::Parameter)?;
        let (name, segment) = match name.strip_suffix('+') {
            Some(name) => (name, Segment::Greedy),
            None => (name, Segment::Parameter),
        };
        let name_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':');
        return if !name.is_empty() && name.chars().all(name_char) {
            Ok(segment)
        } else {
            Err(InvalidRoute::Parameter)
        };
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~!&'(),;=:@".contains(c);
    // A dot segment means another path to whoever resolves it.
    if !text.chars().all(plain) || matches!(text, "." | "..") {
        return Err(InvalidRoute::Character);
    }
    Ok(Segment::Literal(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_reads_as_the_gateway_writes_it() {
        for key in [
            "GET /",
            "GET /orders",
            "ANY /files/{path+}",
            "DELETE /orders/{orderId}/items/{item}",
            "POST /a.b-c_d~e:f@g",
        ] {
            let route: Route = key.parse().unwrap();
            assert_eq!(route.key(), key);
            let (method, path) = key.split_once(' ').unwrap();
            assert_eq!(route.path(), path);
            assert_eq!(route.method().map_or("ANY", |method| method.as_str()), method);
        }
    }

    #[test]
    fn a_path_that_a_policy_or_the_gateway_would_read_otherwise_is_refused() {
        use InvalidRoute::{Character, Method, Parameter, Shape, Slashes, TooLong};
        let long = format!("GET /{}", "a".repeat(MAX_ROUTE_PATH_BYTES));
        for (key, fault) in [
            ("GET", Shape),
            ("$default", Shape),
            ("", Shape),
            ("get /orders", Method),
            ("TRACE /orders", Method),
            ("GET orders", Slashes),
            ("GET  /orders", Slashes),
            ("GET /orders/", Slashes),
            ("GET //orders", Slashes),
            ("GET /*", Character),
            ("GET /orders?", Character),
            ("GET /a%2fb", Character),
            ("GET /${aws:username}", Character),
            ("GET /a/../b", Character),
            ("GET /ä", Character),
            ("GET /a b", Character),
            ("GET /{}", Parameter),
            ("GET /{id", Parameter),
            ("GET /{id}x", Parameter),
            ("GET /{*}", Parameter),
            ("GET /{path+}/x", Parameter),
            (&long, TooLong),
        ] {
            assert_eq!(key.parse::<Route>(), Err(fault), "{key}");
        }
        assert_eq!("GET /x{id}".parse::<Route>(), Err(Character));
    }
}
