//! Where IAM's wildcards and the gateway's routes disagree.
//!
//! In a policy `*` crosses slashes (IAM User Guide, "Grammar of the IAM JSON policy language"), so `GET/orders/*`, the only way to write
//! `GET /orders/{id}`, also matches a request for `GET /orders/{id}/items`. In a route `{id}` is one segment, and the gateway
//! prefers the more specific of two routes. The two questions here decide what a policy must deny explicitly.

use super::route::{Route, Segment};

/// Whether every request of `narrow` would also fit `wide`: the gateway then prefers `narrow`.
pub(super) fn contains(wide: &[Segment], narrow: &[Segment]) -> bool {
    match (wide, narrow) {
        ([], []) => true,
        ([Segment::Greedy], [Segment::Greedy]) => true,
        ([Segment::Greedy], [first, ..]) => !is_empty(first),
        ([Segment::Parameter, wide @ ..], [Segment::Parameter, narrow @ ..]) => contains(wide, narrow),
        ([Segment::Parameter, wide @ ..], [first @ Segment::Literal(_), narrow @ ..]) => {
            !is_empty(first) && contains(wide, narrow)
        }
        ([Segment::Literal(wide_text), wide @ ..], [Segment::Literal(narrow_text), narrow @ ..]) => {
            wide_text == narrow_text && contains(wide, narrow)
        }
        _ => false,
    }
}

/// Whether the policy resource of `pattern` matches a request that the gateway routes to `route`.
///
/// Of all other routes only `pattern` itself is taken into account as more specific, so the answer may be yes where a third
/// route takes all such requests away: it errs towards refusing a rule set, never towards an over-wide policy.
pub(super) fn touches(pattern: &Route, route: &Route) -> bool {
    let pattern_wins = contains(&route.segments, &pattern.segments);
    pattern.methods.as_slice().iter().any(|method| route.methods.as_slice().contains(method))
        && reaches(&pattern.segments, &route.segments, pattern_wins)
}

/// Whether the resource of `pattern` matches a path of `route`. With `stretched`, only paths count on which a
/// parameter of `pattern` covers more than its own segment: those that its own route does not match.
pub(super) fn reaches(pattern: &[Segment], path: &[Segment], stretched: bool) -> bool {
    match (pattern, path) {
        ([], []) => !stretched,
        ([], _) | (_, []) => false,
        ([first @ Segment::Literal(text), pattern @ ..], [segment, rest @ ..]) => match segment {
            Segment::Literal(other) => text == other && reaches(pattern, rest, stretched),
            Segment::Parameter => !is_empty(first) && reaches(pattern, rest, stretched),
            Segment::Greedy => reaches(pattern, rest, stretched) || reaches(pattern, path, stretched),
        },
        ([wildcard, after @ ..], [segment, rest @ ..]) => {
            // A `{path+}` covers several segments by right; a `{id}` that does is stretched.
            let still = stretched && matches!(wildcard, Segment::Greedy);
            match segment {
                Segment::Literal(_) | Segment::Parameter => {
                    reaches(after, rest, stretched) || reaches(pattern, rest, still)
                }
                Segment::Greedy => {
                    reaches(after, rest, stretched)
                        || reaches(after, path, stretched)
                        || (stretched != still && reaches(pattern, path, still))
                }
            }
        }
    }
}

fn is_empty(segment: &Segment) -> bool {
    matches!(segment, Segment::Literal(text) if text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> Route {
        format!("GET {path}").parse().unwrap()
    }

    #[test]
    fn a_policy_wildcard_crosses_slashes_and_a_route_does_not() {
        for (pattern, other, expected) in [
            ("/orders/{id}", "/orders/{id}/items", true),
            ("/orders/{id}/items", "/orders/{id}", false),
            ("/orders/{id}", "/orders/mine", true),
            ("/orders/mine", "/orders/{id}", false),
            ("/orders", "/orders/{id}", false),
            ("/orders/{id}", "/orders", false),
            ("/{x}", "/", true),
            ("/", "/{x}", false),
            ("/{p+}", "/admin", true),
            ("/admin", "/{p+}", false),
            ("/admin/{id}", "/{p+}", true),
            ("/admin/{p+}", "/{p+}", false),
            ("/{x}/b/c", "/{x}/b/{y}", false),
            ("/{x}/b/c", "/{x}/b/{p+}", true),
            ("/a/{x}", "/{y}/b", true),
            ("/{y}/b", "/a/{x}", true),
            ("/a/{x}/c", "/a/{x}/d", false),
        ] {
            assert_eq!(touches(&route(pattern), &route(other)), expected, "{pattern} over {other}");
        }
    }

    #[test]
    fn routes_of_different_methods_never_touch() {
        let get: Route = "GET /{p+}".parse().unwrap();
        let post: Route = "POST /admin".parse().unwrap();
        let any: Route = "ANY /admin".parse().unwrap();
        assert!(!touches(&get, &post));
        assert!(touches(&get, &any));
    }
}
