//! Promise 10, on paper: a policy says of every request what the rules say of the route that the gateway matches.

mod policies;

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::limits::Limit;
use crate::principal::{CredentialKind, Principal, Subject};
use crate::scope::{Roles, Scopes};

const RULES: &str = include_str!("../../../functions/authorizer/routes.toml");
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod";

fn principal(scope: &str, roles: &str) -> Principal {
    Principal {
        sub: Subject::User(UserId::from_bytes([1; 16])),
        sid: None,
        client_id: "app".into(),
        scope: Scopes::parse(scope).unwrap(),
        roles: Roles::parse(roles).unwrap(),
        auth_method: CredentialKind::AccessToken,
        auth_time: None,
        tenant: None,
        limit: None,
    }
}

fn request(method_and_path: &str) -> MethodArn {
    MethodArn::parse(&format!("{ARN}/{method_and_path}")).unwrap()
}

/// IAM's wildcard: `*` is any text, slashes too; `?` is one character.
fn iam_matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=text.len()).any(|from| iam_matches(rest, &text[from..])),
        ([b'?', rest @ ..], [_, text @ ..]) => iam_matches(rest, text),
        ([one, rest @ ..], [other, text @ ..]) => one == other && iam_matches(rest, text),
        _ => false,
    }
}

/// IAM's evaluation: an explicit denial wins, then a permission, then nothing.
fn iam_permits(policy: &Policy, arn: &str) -> bool {
    let hit = |resources: &[String]| resources.iter().any(|resource| iam_matches(resource.as_bytes(), arn.as_bytes()));
    hit(policy.allowed()) && !hit(policy.denied())
}

fn fault(text: &str) -> (usize, String, Fault) {
    let InvalidRules { line, field, fault } = Rules::parse(text).unwrap_err();
    (line, field, fault)
}

#[test]
fn the_shipped_rules_ask_for_what_they_say() {
    let rules = Rules::parse(RULES).unwrap();
    let nobody = principal("", "");
    assert_eq!(rules.decide("GET /whoami", &nobody, NOW), Decision::Permitted);
    let missing = Missing::Scopes(Scopes::parse("orders:read").unwrap());
    assert_eq!(rules.decide("GET /orders", &nobody, NOW), Decision::Forbidden { missing });
    assert_eq!(rules.decide("GET /orders", &principal("a orders:read", ""), NOW), Decision::Permitted);
    let missing = Missing::Role("admin".parse().unwrap());
    assert_eq!(rules.decide("GET /admin", &principal("orders:read", "ops"), NOW), Decision::Forbidden { missing });
    assert_eq!(rules.decide("GET /admin", &principal("", "admin ops"), NOW), Decision::Permitted);
    assert!(rules.find("GET /admin").unwrap().strict);
}

#[test]
fn a_route_without_a_rule_is_refused() {
    let rules = Rules::parse(RULES).unwrap();
    let everything = principal("orders:read", "admin");
    for key in [
        "POST /orders",
        "GET /orders/",
        "GET //orders",
        "get /orders",
        "GET /Orders",
        "$default",
        "ANY /orders",
        "",
        " ",
    ] {
        assert_eq!(rules.decide(key, &everything, NOW), Decision::Forbidden { missing: Missing::Rule }, "{key}");
    }
}

#[test]
fn a_route_behind_the_authorizer_that_no_rule_names_is_found_before_it_is_served() {
    let rules = Rules::parse(RULES).unwrap();
    let routes = ["GET /whoami", "GET /orders/{id}/lines", "POST /orders"];
    assert_eq!(rules.undeclared(routes).collect::<Vec<_>>(), ["GET /orders/{id}/lines", "POST /orders"]);
}

/// As a `TOKEN` authorizer, which knows a request by method and path alone, takes it for one of a route.
#[test]
fn of_all_routes_that_a_path_fits_the_one_that_the_gateway_prefers_is_found() {
    let keys = ["GET /", "GET /a", "GET /a/{x}", "GET /a/b", "GET /a/{x}/c", "GET /f/{p+}", "ANY /f/{x}"];
    let rules = keys.map(|key| format!("[[route]]\nroute = '{key}'\nany = true\n")).concat();
    let rules = Rules::parse(&rules).unwrap();
    for (request, key) in [
        ("GET /", Some("GET /")),
        ("GET /a", Some("GET /a")),
        ("GET /a/1", Some("GET /a/{x}")),
        ("GET /a/b", Some("GET /a/b")),
        ("GET /a/b/c", Some("GET /a/{x}/c")),
        ("GET /a/b/d", None),
        ("GET /f/1", Some("ANY /f/{x}")),
        ("PUT /f/1", Some("ANY /f/{x}")),
        ("GET /f/1/2", Some("GET /f/{p+}")),
        ("PUT /f/1/2", None),
        ("POST /a", None),
        ("GET /a/", None),
        ("GET /f/", None),
        ("GET /b", None),
    ] {
        let (method, path) = request.split_once(' ').unwrap();
        assert_eq!(rules.find_by_path(method, path).map(|rule| rule.route.key()), key, "{request}");
    }
}

#[test]
fn a_rule_for_any_holds_for_each_method() {
    let rules = Rules::parse("[[route]]\nroute = 'ANY /files/{path+}'\nscope = 'files'").unwrap();
    assert!(rules.find("PUT /files/{path+}").is_some());
    assert!(rules.find("ANY /files/{path+}").is_some());
    assert!(rules.find("PUT /files").is_none());
    assert!(rules.find_by_path("PUT", "/files/a/b").is_some());
    assert!(rules.find_by_path("PUT", "/files").is_none());
}

#[test]
fn a_fault_in_the_rules_names_its_line_and_its_field() {
    let entry = |body: &str| format!("# rules\n[[route]]\nroute = 'GET /a'\n{body}");
    assert_eq!(fault(&entry("")), (3, "scope".into(), Fault::NoRequirement));
    assert_eq!(fault(&entry("strict = true")), (3, "scope".into(), Fault::NoRequirement));
    assert_eq!(fault(&entry("scope = ''")), (3, "scope".into(), Fault::NoRequirement));
    assert_eq!(fault(&entry("scope = 'a  b'")).0, 4);
    assert_eq!(fault(&entry("role = 'Admin'")).1, "role");
    assert_eq!(fault(&entry("any = false")), (4, "any".into(), Fault::Contradiction));
    assert_eq!(fault(&entry("role = 'admin'\nany = true")), (5, "any".into(), Fault::Contradiction));
    assert_eq!(fault("[[route]]\nany = true"), (1, "route".into(), Fault::NoRoute));
    assert_eq!(fault("[[route]]\nroute = 'GET /*'\nany = true"), (2, "route".into(), InvalidRoute::Character.into()));
    assert_eq!(fault("# nothing"), (1, "route".into(), Fault::Empty));
    for (body, line, field) in
        [("scope = 3", 4, "scope"), ("scopes = 'a'", 4, "scopes"), ("any = 'yes'", 4, "any"), ("role = [", 4, "role")]
    {
        let (at, named, fault) = fault(&entry(body));
        assert_eq!((at, named.as_str()), (line, field), "{body}: {fault}");
        assert!(matches!(fault, Fault::Syntax(_)));
    }
}

#[test]
fn two_rules_for_the_same_requests_are_refused() {
    let two = |one: &str, other: &str| {
        fault(&format!("[[route]]\nroute = '{one}'\nany = true\n[[route]]\nroute = '{other}'\nany = true")).2
    };
    assert_eq!(two("GET /a/{id}", "GET /a/{name}"), Fault::Duplicate("GET /a/{id}".into()));
    assert_eq!(two("ANY /a", "GET /a"), Fault::AnyBesideMethod("ANY /a".into()));
    assert_eq!(two("GET /a", "ANY /a"), Fault::AnyBesideMethod("GET /a".into()));
}

#[test]
fn rules_that_no_policy_can_tell_apart_are_refused() {
    let rules = |one: &str, other: &str| {
        Rules::parse(&format!(
            "[[route]]\nroute = 'GET {one}'\nscope = 'a'\n[[route]]\nroute = 'GET {other}'\nscope = 'b'"
        ))
    };
    let ambiguous = |one, other| matches!(rules(one, other), Err(InvalidRules { fault: Fault::Ambiguous { .. }, .. }));
    assert!(ambiguous("/{proxy+}", "/admin/{id}"));
    assert!(ambiguous("/a/{x}", "/{y}/b"));
    assert!(!ambiguous("/{proxy+}", "/admin/{rest+}"));
    assert!(!ambiguous("/orders/{id}", "/orders/{id}/items"));
    assert!(!ambiguous("/orders/{id}", "/orders/mine"));
    let same =
        Rules::parse("[[route]]\nroute = 'GET /{p+}'\nscope = 'a'\n[[route]]\nroute = 'GET /admin/{id}'\nscope = 'a'");
    assert!(same.is_ok(), "who may call the one may call the other: nothing to tell apart");
}

#[test]
fn a_route_that_asks_for_a_recent_sign_in_takes_nobody_who_signed_in_before_it_or_never_did() {
    let rules = Rules::parse("[[route]]\nroute = 'POST /pay'\nany = true\nmax_age = 300\n").unwrap();
    let decided = |auth_time| rules.decide("POST /pay", &Principal { auth_time, ..principal("", "") }, NOW);
    let ago = |seconds| Some(NOW.minus(Duration::from_secs(seconds)));
    assert_eq!(decided(ago(0)), Decision::Permitted);
    assert_eq!(decided(ago(300)), Decision::Permitted);
    let missing = Missing::RecentSignIn(Duration::from_secs(300));
    assert_eq!(decided(ago(301)), Decision::Forbidden { missing: missing.clone() });
    assert_eq!(decided(None), Decision::Forbidden { missing });
}

#[test]
fn a_route_takes_one_kind_of_credential_only() {
    let declared =
        "[[route]]\nroute = 'GET /a'\nany = true\n[[route]]\nroute = 'GET /b'\nany = true\ncredential = 'cookie'\n";
    let rules = Rules::parse(declared).unwrap();
    for (kind, permitted, refused) in
        [(CredentialKind::AccessToken, "/a", "/b"), (CredentialKind::SessionCookie, "/b", "/a")]
    {
        let caller = Principal { auth_method: kind, ..principal("", "") };
        let policy = rules.policy(&request("GET/a"), &caller, Caching::Possible, NOW);
        assert!(iam_permits(&policy, &format!("{ARN}/GET{permitted}")), "{kind:?}");
        assert!(!iam_permits(&policy, &format!("{ARN}/GET{refused}")), "{kind:?}");
    }
}

#[test]
fn a_cached_policy_of_a_cookie_opens_no_route_that_changes_something() {
    let route = |key: &str| format!("[[route]]\nroute = '{key}'\nany = true\ncredential = 'cookie'\n");
    let rules = Rules::parse(&["GET /a", "POST /a", "DELETE /b", "ANY /c"].map(route).concat()).unwrap();
    let caller = Principal { auth_method: CredentialKind::SessionCookie, ..principal("", "") };
    for (caching, permitted) in [(Caching::Possible, false), (Caching::Never, true)] {
        let policy = rules.policy(&request("GET/a"), &caller, caching, NOW);
        assert!(iam_permits(&policy, &format!("{ARN}/GET/a")));
        for request in ["POST/a", "DELETE/b", "GET/c", "PUT/c"] {
            assert_eq!(iam_permits(&policy, &format!("{ARN}/{request}")), permitted, "{request}, {caching:?}");
        }
    }
}

#[test]
fn a_key_with_a_limit_is_taken_where_calls_are_counted_and_nowhere_else() {
    let declared = "[[route]]\nroute = 'GET /a'\nany = true\n[[route]]\nroute = 'GET /b'\nany = true\ncounted = true\n";
    let rules = Rules::parse(declared).unwrap();
    let limit = Limit::new(10, 60).ok();
    let unlimited = Principal { auth_method: CredentialKind::ApiKey, ..principal("", "") };
    let limited = Principal { limit, ..unlimited.clone() };
    assert_eq!(rules.decide("GET /a", &limited, NOW), Decision::Forbidden { missing: Missing::Counting });
    assert_eq!(rules.decide("GET /b", &limited, NOW), Decision::Permitted);
    assert_eq!(rules.decide("GET /a", &unlimited, NOW), Decision::Permitted);
    let kept = rules.policy(&request("GET/a"), &limited, Caching::Possible, NOW);
    assert!(kept.allowed().is_empty(), "{kept:?}");
    let counted = rules.policy(&request("GET/b"), &limited, Caching::Never, NOW);
    assert_eq!(counted.allowed(), [format!("{ARN}/GET/b")]);
}

/// Somebody, such as a key with a limit, may call the first and the last of these and not the one between them, whose denial would
/// hit the last.
#[test]
fn rules_that_no_policy_can_tell_apart_for_some_principal_are_refused() {
    let rules = |outer: &str, inner: &str| {
        let route = |path: &str, asks: &str| format!("[[route]]\nroute = 'GET {path}'\nany = true\n{asks}\n");
        let paths = [("/a/{x}", outer), ("/a/{x}/{y}", inner), ("/a/{x}/{y}/{z}", outer)];
        Rules::parse(&paths.map(|(path, asks)| route(path, asks)).concat())
    };
    let ambiguous = |outer, inner| match rules(outer, inner) {
        Ok(_) => false,
        Err(InvalidRules { fault: Fault::Ambiguous { route, .. }, .. }) => route == "GET /a/{x}/{y}",
        Err(fault) => panic!("{fault}"),
    };
    assert!(ambiguous("counted = true", ""));
    assert!(ambiguous("strict = true", ""));
    assert!(!ambiguous("counted = true", "counted = true"));
    assert!(!ambiguous("", ""));
    // Whoever signed in recently enough for the one did so for the other.
    assert!(!ambiguous("max_age = 100", "max_age = 300"));
    assert!(!ambiguous("max_age = 100", "max_age = 100"));
    assert!(ambiguous("max_age = 300", "max_age = 100"));
    // No key can be presented in a cookie.
    assert!(!ambiguous("strict = true\ncredential = 'cookie'", "credential = 'cookie'"));
}

#[test]
fn what_a_principal_lacks_is_said_in_words() {
    for (missing, words) in [
        (Missing::Scopes(Scopes::parse("a b").unwrap()), "scope a b missing"),
        (Missing::RecentSignIn(Duration::from_secs(300)), "no sign-in within 300 s"),
        (Missing::Credential, "another kind of credential"),
        (Missing::Counting, "calls of this route are not counted"),
        (Missing::Room(Duration::from_secs(20)), "limit used up for 20 s"),
        (Missing::Rule, "no rule for this route"),
    ] {
        assert_eq!(missing.to_string(), words);
    }
}

#[test]
fn a_credential_and_an_age_that_mean_nothing_are_refused_by_line() {
    for (field, value) in [("credential", "'Cookie'"), ("credential", "''"), ("max_age", "0"), ("max_age", "86401")] {
        let fault = Rules::parse(&format!("[[route]]\nroute = 'GET /a'\nany = true\n{field} = {value}\n")).unwrap_err();
        assert_eq!((fault.line, fault.field.as_str()), (4, field), "{fault}");
    }
}

prop_compose! {
    fn any_path()(pieces in prop::collection::vec(prop::sample::select(vec!["a", "b", "{x}"]), 0..3), end in prop::sample::select(vec!["", "/{p+}", "/c"])) -> String {
        let path = pieces.iter().map(|piece| format!("/{piece}")).collect::<String>() + end;
        if path.is_empty() { "/".into() } else { path }
    }
}

prop_compose! {
    fn any_rules()(entries in prop::collection::vec((prop::sample::select(vec!["GET", "POST", "ANY"]), any_path(), prop::sample::select(vec!["any = true", "scope = 's'", "scope = 's t'", "role = 'r'", "scope = 't'\nrole = 'r'", "any = true\nstrict = true", "role = 'r'\nstrict = true", "any = true\ncredential = 'cookie'", "any = true\ncredential = 'x-api-key'", "scope = 's'\ncredential = 'cookie'", "any = true\nmax_age = 100", "any = true\ncounted = true", "scope = 's'\ncounted = true", "scope = 't'\ncounted = true\ncredential = 'x-api-key'", "scope = 's'\nmax_age = 50\ncredential = 'cookie'"])), 1..6)) -> String {
        entries.iter().map(|(method, path, asks)| format!("[[route]]\nroute = '{method} {path}'\n{asks}\n")).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, max_global_rejects: 200_000, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_decides_every_request_as_the_rule_of_its_route_does(
        text in any_rules(),
        scope in prop::sample::select(vec!["", "s", "t", "s t", "u"]),
        roles in prop::sample::select(vec!["", "r", "q"]),
        kind in prop::sample::select(CredentialKind::ALL.to_vec()),
        signed_in in prop::option::of(0_u64..200),
        uncached_request in any::<bool>(),
        limited in any::<bool>(),
        paths in prop::collection::vec(prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "z"]), 0..5), 1..12),
    ) {
        let Ok(rules) = Rules::parse(&text) else { return Err(TestCaseError::reject("not a rule set")) };
        let auth_time = signed_in.map(|ago| NOW.minus(Duration::from_secs(ago)));
        // Only API keys have limits.
        let limit = (limited && kind == CredentialKind::ApiKey).then(|| Limit::new(1, 60).unwrap());
        let caller = Principal { auth_method: kind, auth_time, limit, ..principal(scope, roles) };
        let caching = if uncached_request { Caching::Never } else { Caching::Possible };
        let policy = rules.policy(&request("GET/from/anywhere"), &caller, caching, NOW);

        for resource in policy.allowed().iter().chain(policy.denied()) {
            prop_assert!(resource.starts_with(&format!("{ARN}/")), "{resource}");
        }
        for resource in policy.allowed() {
            let method = resource.strip_prefix(&format!("{ARN}/")).unwrap().split('/').next().unwrap();
            prop_assert!(Method::ALL.iter().any(|known| known.as_str() == method), "{resource}");
        }
        for path in paths {
            let path = format!("/{}", path.join("/"));
            for method in ["GET", "POST", "PUT"] {
                // Where no declared route fits, the gateway has none to route to: `Rules::undeclared` sees to that.
                let Some(rule) = rules.find_by_path(method, &path) else { continue };
                let expected = rule.permits(&caller, NOW) == Decision::Permitted && (uncached_request || !rule.is_uncached());
                prop_assert_eq!(iam_permits(&policy, &format!("{ARN}/{method}{path}")), expected, "{} {}\n{}\n{:?}", method, path, text, policy);
            }
        }
    }
}
