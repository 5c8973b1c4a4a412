//! The document says what the code and the template say, and all of it.

use super::*;
use crate::template::Stack;

const TEMPLATE: &str = include_str!("../../../template.yaml");
const SERVED: &str = include_str!("../../../../functions/discovery/openapi.json");

fn api() -> Api {
    Stack::read(TEMPLATE, "vestibule", &everything()).unwrap().api
}

#[test]
fn the_document_that_is_served_is_what_the_code_says() {
    let said = serde_json::to_value(document(&api()).unwrap()).unwrap();
    let served: serde_json::Value = serde_json::from_str(SERVED).unwrap();
    assert_eq!(served, said, "write it anew: cargo run -- openapi > functions/discovery/openapi.json");
}

#[test]
fn every_operation_has_a_route_and_a_name_of_its_own() {
    let api = api();
    let routes: Vec<_> = api.routes.iter().map(|route| route.key.as_str()).collect();
    let described = operations();
    for route in described.keys() {
        assert!(routes.contains(route), "{route} is described and not deployed");
    }
    let mut names: Vec<_> = described.values().map(|operation| operation.id).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), described.len(), "{names:?}");
}

#[test]
fn a_route_that_nobody_describes_is_named() {
    let mut api = api();
    let unknown = ApiRoute { key: "GET /unknown".to_owned(), ..api.routes.first().unwrap().clone() };
    api.routes.push(unknown);
    assert_eq!(document(&api).map(drop).unwrap_err().to_string(), "no function says what GET /unknown takes and gives");
}
