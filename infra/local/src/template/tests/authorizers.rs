use std::time::Duration;

use super::{HELLO, fault, read};
use crate::template::{Authorizer, AuthorizerDialect};

const URI: &str = r#"!Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Hello.Arn}/invocations""#;

/// The hello API behind an authorizer of these properties.
fn behind(properties: &str) -> String {
    let guarded = HELLO
        .replace("RouteKey: GET /hello,", "RouteKey: GET /hello, AuthorizationType: CUSTOM, AuthorizerId: !Ref Guard,");
    format!(
        "{guarded}  Guard:\n    Type: AWS::ApiGatewayV2::Authorizer\n    Properties: {{ ApiId: !Ref Api, AuthorizerUri: {URI}, {properties} }}\n"
    )
}

fn guard(properties: &str) -> Authorizer {
    Authorizer::clone(read(&behind(properties)).unwrap().api.routes[0].authorizer.as_deref().unwrap())
}

const SIMPLE: &str = "AuthorizerType: REQUEST, AuthorizerPayloadFormatVersion: \"2.0\", EnableSimpleResponses: true";
const POLICY: &str = "AuthorizerType: REQUEST, AuthorizerPayloadFormatVersion: 1.0";

#[test]
fn a_route_is_behind_the_authorizer_that_it_names() {
    let sources = ["$request.header.Authorization", "$context.routeKey", "$context.identity.sourceIp"];
    let expected = Authorizer {
        id: "Guard".to_owned(),
        function: "Hello".to_owned(),
        dialect: AuthorizerDialect::HttpSimple,
        identity_sources: sources.map(str::to_owned).to_vec(),
        ttl: Duration::from_secs(60),
    };
    let sources = format!("IdentitySource: [{}]", sources.join(", "));
    assert_eq!(guard(&format!("{SIMPLE}, {sources}, AuthorizerResultTtlInSeconds: 60")), expected);
    let policy = guard(&format!("{POLICY}, {sources}, AuthorizerResultTtlInSeconds: 60"));
    assert_eq!(policy, Authorizer { dialect: AuthorizerDialect::HttpPolicy, ..expected });
}

#[test]
fn an_http_api_caches_nothing_unless_it_is_told_to() {
    let authorizer = guard(SIMPLE);
    assert_eq!((authorizer.ttl, authorizer.identity_sources.len()), (Duration::ZERO, 0));
}

#[test]
fn a_simple_answer_for_one_route_is_never_replayed_on_another() {
    let header = "IdentitySource: [$request.header.Authorization]";
    assert_eq!(
        fault(&behind(&format!("{SIMPLE}, {header}, AuthorizerResultTtlInSeconds: 1"))),
        "template, Guard.IdentitySource: a simple response that is cached needs $context.routeKey here, \
         or the answer for one route is replayed on all others",
    );
    assert!(read(&behind(&format!("{SIMPLE}, {header}, AuthorizerResultTtlInSeconds: 0"))).is_ok());
    // A policy says what holds on every route.
    let cookie = "IdentitySource: [$request.header.Cookie]";
    assert!(read(&behind(&format!("{POLICY}, {cookie}, AuthorizerResultTtlInSeconds: 1"))).is_ok());
}

#[test]
fn an_answer_to_an_api_key_for_one_address_is_never_replayed_for_another() {
    for header in ["Authorization", "authorization", "X-Api-Key", "x-api-key"] {
        for dialect in [SIMPLE, POLICY] {
            let kept = |more: &str| {
                let sources = format!("IdentitySource: [$request.header.{header}, $context.routeKey{more}]");
                behind(&format!("{dialect}, {sources}, AuthorizerResultTtlInSeconds: 1"))
            };
            let refused = fault(&kept(""));
            assert!(refused.contains("needs $context.identity.sourceIp here"), "{refused}");
            assert!(read(&kept(", $context.identity.sourceIp")).is_ok());
        }
    }
}

#[test]
fn an_answer_is_cached_only_with_something_to_tell_callers_apart() {
    for dialect in [SIMPLE, POLICY] {
        for sources in ["", ", IdentitySource: []"] {
            assert_eq!(
                fault(&behind(&format!("{dialect}{sources}, AuthorizerResultTtlInSeconds: 300"))),
                "template, Guard.IdentitySource: an authorizer whose answers are cached needs an identity source",
            );
        }
    }
}

#[test]
fn an_authorizer_that_is_not_emulated_or_malformed_is_refused() {
    for (properties, sentence) in [
        (
            "AuthorizerType: JWT".to_owned(),
            "AuthorizerType: API Gateway's own JWT authorizer is not emulated on a laptop",
        ),
        ("AuthorizerType: TOKEN".to_owned(), "AuthorizerType: it must be REQUEST"),
        ("AuthorizerType: REQUEST".to_owned(), "AuthorizerPayloadFormatVersion: it is required"),
        (SIMPLE.replace("2.0", "3.0"), "AuthorizerPayloadFormatVersion: it must be 1.0 or 2.0"),
        (
            SIMPLE.replace("true", "false"),
            "EnableSimpleResponses: with AuthorizerPayloadFormatVersion 2.0 it must be true: \
             Vestibule's authorizer answers version 2.0 with simple responses only",
        ),
        (
            SIMPLE.replace("2.0", "1.0"),
            "EnableSimpleResponses: simple responses need AuthorizerPayloadFormatVersion 2.0",
        ),
        (
            format!("{SIMPLE}, AuthorizerResultTtlInSeconds: 3601"),
            "AuthorizerResultTtlInSeconds: it must be a whole number from 0 to 3600",
        ),
        (
            format!("{SIMPLE}, IdentitySource: [method.request.header.Authorization]"),
            "IdentitySource: it must be a list such as [$request.header.Authorization]",
        ),
        (
            format!("{SIMPLE}, IdentitySource: [$request.header.]"),
            "IdentitySource: it must be a list such as [$request.header.Authorization]",
        ),
        (
            format!("{SIMPLE}, IdentitySource: [$stageVariables.a]"),
            "IdentitySource: a stage variable is not emulated on a laptop",
        ),
        (format!("{SIMPLE}, IdentitySource: $request.header.A"), "IdentitySource: it must be a list of texts"),
    ] {
        assert_eq!(fault(&behind(&properties)), format!("template, Guard.{sentence}"), "{properties}");
    }
    let elsewhere = behind(SIMPLE).replace("functions/${Hello.Arn}", "functions/${Table.Arn}");
    assert_eq!(fault(&elsewhere), "template, Guard.AuthorizerUri: it leads to no function of this template");
}

#[test]
fn a_route_with_an_authorizer_that_is_not_in_force_is_refused() {
    let route = |authorization: &str| {
        behind(SIMPLE).replace("AuthorizationType: CUSTOM, AuthorizerId: !Ref Guard", authorization)
    };
    for (authorization, sentence) in [
        ("AuthorizerId: !Ref Guard", "AuthorizerId: an authorizer has no effect unless AuthorizationType is CUSTOM"),
        (
            "AuthorizationType: NONE, AuthorizerId: !Ref Guard",
            "AuthorizerId: an authorizer has no effect unless AuthorizationType is CUSTOM",
        ),
        ("AuthorizationType: CUSTOM", "AuthorizerId: it is required"),
        (
            "AuthorizationType: CUSTOM, AuthorizerId: !Ref Api",
            "AuthorizerId: it leads to no authorizer of this template",
        ),
        (
            "AuthorizationType: CUSTOM, AuthorizerId: !Ref Gone",
            "AuthorizerId: it refers to Gone, which is neither a parameter nor a resource",
        ),
        ("AuthorizationType: JWT", "AuthorizationType: AuthorizationType JWT is not emulated on a laptop"),
        ("AuthorizationType: AWS_IAM", "AuthorizationType: AuthorizationType AWS_IAM is not emulated on a laptop"),
        ("AuthorizationType: custom", "AuthorizationType: it must be NONE or CUSTOM"),
    ] {
        assert_eq!(fault(&route(authorization)), format!("template, HelloRoute.{sentence}"));
    }
    for public in ["AuthorizationType: NONE", "AuthorizationType: !Ref AWS::NoValue"] {
        assert!(read(&route(public)).unwrap().api.routes[0].authorizer.is_none());
    }
}
