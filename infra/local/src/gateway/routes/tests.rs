use http::Method;

use super::Routes;
use crate::gateway::GatewayFault;
use crate::template::ApiKind;

fn routes(kind: ApiKind, keys: &[&'static str]) -> Routes<&'static str> {
    Routes::new(kind, keys.iter().map(|key| ((*key).to_owned(), *key))).unwrap()
}

fn pieces(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(str::to_owned).collect()
}

/// The key that a request matches.
fn matched(kind: ApiKind, keys: &[&'static str], request: &str) -> Option<&'static str> {
    let (method, path) = request.split_once(' ').unwrap();
    let method = method.parse::<Method>().unwrap();
    routes(kind, keys).select(&method, &pieces(path)).map(|(key, _)| *key)
}

fn parameters(key: &'static str, path: &str) -> Vec<(String, String)> {
    routes(ApiKind::Http, &[key]).select(&Method::GET, &pieces(path)).unwrap().1
}

/// The example of AWS's page on routing.
#[test]
fn an_http_api_takes_the_most_specific_route_whatever_their_order() {
    let keys = ["$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1"];
    let reversed: Vec<_> = keys.iter().rev().copied().collect();
    for (request, key) in [
        ("GET /pets/dog/1", "GET /pets/dog/1"),
        ("GET /pets/dog/2", "GET /pets/dog/{id}"),
        ("GET /pets/cat/1", "GET /pets/{proxy+}"),
        ("POST /test/5", "ANY /{proxy+}"),
    ] {
        assert_eq!(matched(ApiKind::Http, &keys, request), Some(key));
        assert_eq!(matched(ApiKind::Http, &reversed, request), Some(key));
    }
}

#[test]
fn a_method_is_preferred_to_any_and_a_full_match_to_a_greedy_one() {
    let keys = ["ANY /orders", "GET /orders", "GET /orders/{path+}", "ANY /{shop}/new"];
    for (request, key) in [
        ("GET /orders", "GET /orders"),
        ("DELETE /orders", "ANY /orders"),
        ("PROPFIND /orders", "ANY /orders"),
        ("GET /orders/new", "ANY /{shop}/new"),
        ("GET /orders/old", "GET /orders/{path+}"),
    ] {
        assert_eq!(matched(ApiKind::Http, &keys, request), Some(key), "{request}");
    }
}

#[test]
fn an_http_api_falls_back_to_default_only_where_nothing_else_fits() {
    let keys = ["GET /orders", "$default"];
    assert_eq!(matched(ApiKind::Http, &keys, "GET /orders"), Some("GET /orders"));
    for request in ["POST /orders", "HEAD /orders", "GET /", "GET /other", "GET /orders/", "PURGE /x"] {
        assert_eq!(matched(ApiKind::Http, &keys, request), Some("$default"), "{request}");
        assert_eq!(matched(ApiKind::Http, &["GET /orders"], request), None, "{request}");
    }
}

#[test]
fn an_http_api_takes_paths_to_the_letter() {
    let keys = ["GET /orders", "GET /orders/{id}", "GET /files/{path+}"];
    for request in [
        "GET /orders/",
        "GET //orders",
        "GET /Orders",
        "GET /orders//",
        "GET /orders/1/",
        "GET /./orders",
        "GET /files",
    ] {
        assert_eq!(matched(ApiKind::Http, &keys, request), None, "{request}");
    }
    assert_eq!(matched(ApiKind::Http, &keys, "GET /files/"), Some("GET /files/{path+}"));
    assert_eq!(matched(ApiKind::Http, &["ANY /{proxy+}"], "GET /"), Some("ANY /{proxy+}"));
    assert_eq!(matched(ApiKind::Http, &["GET /"], "GET /"), Some("GET /"));
}

#[test]
fn a_rest_api_chooses_the_resource_before_the_method() {
    let keys = ["POST /orders/new", "ANY /orders/{id}", "GET /orders/{id}", "GET /{shop}/open", "ANY /{proxy+}"];
    for (request, key) in [
        ("POST /orders/new", Some("POST /orders/new")),
        ("GET /orders/new", None),
        ("GET /orders/open", Some("GET /orders/{id}")),
        ("PUT /orders/7", Some("ANY /orders/{id}")),
        ("POST /shop/open", None),
        ("POST /a/b/c", Some("ANY /{proxy+}")),
    ] {
        assert_eq!(matched(ApiKind::Rest, &keys, request), key, "{request}");
    }
}

#[test]
fn a_rest_api_overlooks_one_trailing_slash_and_never_fills_a_parameter_with_nothing() {
    let keys = ["GET /orders", "GET /orders/{id}", "GET /files/{path+}"];
    assert_eq!(matched(ApiKind::Rest, &keys, "GET /orders/"), Some("GET /orders"));
    assert_eq!(matched(ApiKind::Rest, &keys, "GET /orders/7/"), Some("GET /orders/{id}"));
    for request in ["GET /orders//", "GET /files/", "GET /files", "GET //orders"] {
        assert_eq!(matched(ApiKind::Rest, &keys, request), None, "{request}");
    }
    assert_eq!(matched(ApiKind::Rest, &["ANY /{proxy+}"], "GET /"), None);
}

#[test]
fn parameters_are_what_stood_in_their_places() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(parameters("GET /{shop}/orders/{id}", "/a b/orders/7"), [pair("shop", "a b"), pair("id", "7")]);
    assert_eq!(parameters("GET /files/{path+}", "/files/a//b/"), [pair("path", "a//b/")]);
    assert_eq!(parameters("$default", "/anything"), []);
}

#[test]
fn a_route_key_that_api_gateway_refuses_is_a_fault() {
    let read = |key: &str| Routes::new(ApiKind::Http, [(key.to_owned(), ())]).err();
    for key in [
        "",
        "GET",
        "get /orders",
        "GET orders",
        "GET /orders/",
        "GET //orders",
        "GET /{a+}/b",
        "GET /{a",
        "GET /a}",
        "GET /x{a}",
        "GET /{}",
        "GET /{+}",
        "GET  /orders",
        "$other",
    ] {
        assert_eq!(read(key), Some(GatewayFault::RouteKey(key.to_owned())));
    }
}

#[test]
fn two_routes_for_the_same_requests_are_a_fault() {
    let read = |keys: [&str; 2]| Routes::new(ApiKind::Http, keys.map(|key| (key.to_owned(), ()))).err();
    for keys in [["GET /a/{id}", "GET /a/{other}"], ["$default", "$default"], ["ANY /{a+}", "ANY /{b+}"]] {
        assert_eq!(read(keys), Some(GatewayFault::DuplicateRoute(keys[1].to_owned())));
    }
    for keys in [["GET /a/{id}", "ANY /a/{id}"], ["GET /a/{id}", "GET /a/{id+}"], ["GET /a", "GET /b"]] {
        assert_eq!(read(keys), None, "{keys:?}");
    }
}
