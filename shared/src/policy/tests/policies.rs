//! What a policy covers, and what it leaves to the next request.

use super::*;

#[test]
fn a_policy_lists_each_permitted_route_of_the_stage_that_asked() {
    let rules = Rules::parse(RULES).unwrap();
    let policy = rules.policy(&request("GET/whoami"), &principal("orders:read", "admin"), Caching::Possible, NOW);
    assert_eq!(policy.allowed(), ["whoami", "orders", "orders/*"].map(|path| format!("{ARN}/GET/{path}")));
    // What a {parameter} stands for has no slash.
    assert_eq!(policy.denied(), [format!("{ARN}/*//*")]);
    let document = serde_json::to_value(&policy).unwrap();
    assert_eq!(document["Version"], "2012-10-17");
    assert_eq!(document["Statement"].as_array().unwrap().len(), 2);
}

#[test]
fn a_policy_that_may_be_replayed_never_covers_a_strict_route() {
    let rules = Rules::parse(RULES).unwrap();
    let admin = principal("", "admin");
    let cached = rules.policy(&request("GET/admin"), &admin, Caching::Possible, NOW);
    assert!(!iam_permits(&cached, &format!("{ARN}/GET/admin")));
    let uncached = rules.policy(&request("GET/admin"), &admin, Caching::Never, NOW);
    assert!(iam_permits(&uncached, &format!("{ARN}/GET/admin")));
    let under_wildcard =
        "[[route]]\nroute = 'GET /{p+}'\nany = true\n[[route]]\nroute = 'GET /admin'\nany = true\nstrict = true";
    let cached = Rules::parse(under_wildcard).unwrap().policy(&request("GET/x"), &admin, Caching::Possible, NOW);
    assert!(iam_permits(&cached, &format!("{ARN}/GET/x")));
    assert!(!iam_permits(&cached, &format!("{ARN}/GET/admin")));
}

#[test]
fn who_may_call_nothing_is_denied_every_declared_route() {
    let rules = Rules::parse("[[route]]\nroute = 'ANY /a/{id}'\nrole = 'admin'").unwrap();
    let policy = rules.policy(&request("GET/a/1"), &principal("", ""), Caching::Possible, NOW);
    assert!(policy.allowed().is_empty());
    assert_eq!(policy.denied().len(), Method::ALL.len());
    assert!(policy.denied().contains(&format!("{ARN}/PUT/a/*")));
}

#[test]
fn a_refused_request_takes_no_other_with_it() {
    let rules =
        "[[route]]\nroute = 'GET /orders/{id}'\nany = true\n[[route]]\nroute = 'GET /files/{path+}'\nany = true";
    let rules = Rules::parse(rules).unwrap();
    let long = format!("GET/orders/1/{}", "a".repeat(1500));
    for stray in [
        "GET/orders/1/notes",
        "GET/orders/1/*",
        "GET/orders/${a}/?",
        "GET/orders/*/$*",
        "GET/*/x",
        "GET/orders/é/ü",
        &long,
    ] {
        let mut policy = rules.policy(&request(stray), &principal("", ""), Caching::Possible, NOW);
        policy.refuse(&request(stray));
        assert!(!iam_permits(&policy, &format!("{ARN}/{stray}")), "{stray}");
        for declared in ["GET/orders/1", "GET/orders/*", "GET/orders/${a}", "GET/files/orders/1/notes", "GET/files/a/x"]
        {
            assert!(iam_permits(&policy, &format!("{ARN}/{declared}")), "{stray} took {declared} with it");
        }
        let refused = policy.denied().last().unwrap().strip_prefix(ARN).unwrap();
        assert!(!refused.contains('$') && ARN.len() + refused.chars().count() <= 512, "{refused}");
    }
}

#[test]
fn a_refusal_is_of_that_very_request_as_long_as_a_policy_can_name_it() {
    let rules = Rules::parse("[[route]]\nroute = 'GET /{x}'\nany = true").unwrap();
    for (length, whole) in [(511, true), (512, true), (513, false)] {
        let path = format!("GET/{}", "a".repeat(length - ARN.len() - "/GET/".len()));
        let mut policy = rules.policy(&request(&path), &principal("", ""), Caching::Possible, NOW);
        policy.refuse(&request(&path));
        let refused = policy.denied().last().unwrap();
        assert_eq!((refused.len(), !refused.ends_with('*')), (length.min(512), whole), "{length}");
    }
}

#[test]
fn a_path_that_the_gateway_tidies_up_is_not_found_under_a_wildcard() {
    let rules = "[[route]]\nroute = 'GET /{x}'\nany = true\n[[route]]\nroute = 'GET /a/{x}'\nany = true\n[[route]]\nroute = 'GET /a'\nrole = 'admin'";
    let policy = Rules::parse(rules).unwrap().policy(&request("GET/b"), &principal("", ""), Caching::Possible, NOW);
    for path in ["/a", "/a/", "//a", "/a//"] {
        assert!(!iam_permits(&policy, &format!("{ARN}/GET{path}")), "{path}");
    }
    assert!(iam_permits(&policy, &format!("{ARN}/GET/b")));
    assert!(iam_permits(&policy, &format!("{ARN}/GET/a/1")));
}

#[test]
fn an_arn_that_is_wider_than_one_stage_is_refused() {
    for arn in [
        "*",
        "",
        "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*/GET/",
        "arn:aws:execute-api:eu-west-1:123456789012:*/prod/GET/",
        "arn:aws:execute-api:*:123456789012:a1/prod/GET/",
        "arn:aws:execute-api:eu-west-1:*:a1/prod/GET/",
        "arn:aws:lambda:eu-west-1:123456789012:a1/prod/GET/",
        "arn:aws:execute-api:eu-west-1:123456789012:a1/prod/GET",
        "arn:aws:execute-api:eu-west-1:123456789012:a1//GET/",
        "arn:aws:execute-api:eu-west-1:123456789012:a1/${aws:x}/GET/",
        "arn:aws:execute-api:eu-west-1:123456789012:a1/prod/*/x",
    ] {
        assert_eq!(MethodArn::parse(arn), Err(InvalidMethodArn), "{arn}");
    }
    let root = MethodArn::parse("arn:aws-cn:execute-api:cn-north-1:123456789012:a1/$default/GET/").unwrap();
    assert_eq!((root.method.as_str(), root.path.as_str()), ("GET", "/"));
}
