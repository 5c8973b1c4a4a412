use std::time::Duration;

use super::{HELLO, edited, fault, read};
use crate::template::{ApiKind, Cors, Payload};

#[test]
fn a_route_leads_through_its_integration_to_its_function() {
    let api = read(HELLO).unwrap().api;
    assert_eq!((api.kind, api.stage.as_str(), &api.cors), (ApiKind::Http, "$default", &None));
    let [route] = api.routes.as_slice() else { panic!("{:?}", api.routes) };
    assert_eq!((route.key.as_str(), route.function.as_str(), route.payload), ("GET /hello", "Hello", Payload::V2));
    assert!(route.authorizer.is_none());
}

#[test]
fn an_integration_may_name_its_function_by_invocation_uri() {
    let uri = r#"!Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Hello.Arn}/invocations""#;
    let api = read(&edited("\"2.0\", IntegrationUri: !GetAtt Hello.Arn }", &format!("1.0, IntegrationUri: {uri} }}")))
        .unwrap()
        .api;
    assert_eq!((api.routes[0].function.as_str(), api.routes[0].payload), ("Hello", Payload::V1));
}

#[test]
fn routes_come_in_the_order_of_the_template() {
    let more = |id: &str, key: &str| {
        format!(
            "  {id}:\n    Type: AWS::ApiGatewayV2::Route\n    Properties: {{ ApiId: !Ref Api, RouteKey: \"{key}\", Target: integrations/HelloIntegration }}\n"
        )
    };
    let template = format!("{HELLO}{}{}", more("B", "$default"), more("A", "ANY /files/{path+}"));
    let keys: Vec<_> = read(&template).unwrap().api.routes.into_iter().map(|route| route.key).collect();
    assert_eq!(keys, ["GET /hello", "$default", "ANY /files/{path+}"]);
}

#[test]
fn cors_is_read_as_it_is_configured() {
    let configured = edited(
        "{ ProtocolType: HTTP }",
        "{ ProtocolType: HTTP, CorsConfiguration: { AllowOrigins: [\"https://a.example\"], AllowMethods: [GET], AllowHeaders: [authorization], ExposeHeaders: [retry-after], AllowCredentials: true, MaxAge: 600 } }",
    );
    let expected = Cors {
        origins: vec!["https://a.example".to_owned()],
        methods: vec!["GET".to_owned()],
        headers: vec!["authorization".to_owned()],
        exposed: vec!["retry-after".to_owned()],
        credentials: true,
        max_age: Some(Duration::from_secs(600)),
    };
    assert_eq!(read(&configured).unwrap().api.cors, Some(expected));
    let empty = edited("{ ProtocolType: HTTP }", "{ ProtocolType: HTTP, CorsConfiguration: {} }");
    assert_eq!(read(&empty).unwrap().api.cors, Some(Cors::default()));
}

#[test]
fn an_api_that_would_be_served_otherwise_than_on_aws_is_refused() {
    let api = |properties: &str| edited("{ ProtocolType: HTTP }", &format!("{{ ProtocolType: HTTP, {properties} }}"));
    let other = |kind: &str| format!("{HELLO}  Other: {{ Type: {kind} }}\n");
    for (template, sentence) in [
        (edited("{ ProtocolType: HTTP }", "{}"), "Api.ProtocolType: it is required"),
        (
            edited("{ ProtocolType: HTTP }", "{ ProtocolType: WEBSOCKET }"),
            "Api.ProtocolType: an API of another ProtocolType than HTTP is not emulated on a laptop",
        ),
        (api("Body: {}"), "Api.Body: Body is not emulated on a laptop"),
        (api("Target: !GetAtt Hello.Arn"), "Api.Target: Target is not emulated on a laptop"),
        (
            api("CorsConfiguration: { AllowOrigins: \"*\" }"),
            "Api.CorsConfiguration.AllowOrigins: it must be a list of texts",
        ),
        (
            api("CorsConfiguration: { MaxAge: -1 }"),
            "Api.CorsConfiguration.MaxAge: it must be a whole number from 0 to 86400",
        ),
        (
            api("CorsConfiguration: { AllowCredentials: maybe }"),
            "Api.CorsConfiguration.AllowCredentials: it must be true or false",
        ),
        (other("AWS::ApiGatewayV2::Api"), "Other: there is more than one AWS::ApiGatewayV2::Api"),
        (other("AWS::ApiGatewayV2::Stage"), "Other: there is more than one AWS::ApiGatewayV2::Stage"),
        (other("AWS::Serverless::HttpApi"), "Other.Type: AWS::Serverless::HttpApi is not emulated on a laptop"),
        (other("AWS::ApiGateway::RestApi"), "Other.Type: AWS::ApiGateway::RestApi is not emulated on a laptop"),
        (
            edited("Type: AWS::ApiGatewayV2::Api\n    Properties: { ProtocolType: HTTP }", "Type: AWS::SNS::Topic"),
            "Resources: there is no AWS::ApiGatewayV2::Api",
        ),
        (
            edited("ApiId: !Ref Api, StageName", "ApiId: other, StageName"),
            "Stage.ApiId: it leads to no API of this template",
        ),
        (edited(", StageName: $default", ""), "Stage.StageName: it is required"),
    ] {
        assert_eq!(fault(&template), format!("template, {sentence}"));
    }
}

#[test]
fn an_integration_that_is_not_a_function_of_this_template_is_refused() {
    for (from, to, sentence) in [
        (
            "AWS_PROXY",
            "HTTP_PROXY",
            "IntegrationType: an integration of another type than AWS_PROXY is not emulated on a laptop",
        ),
        ("IntegrationType: AWS_PROXY, ", "", "IntegrationType: it is required"),
        ("PayloadFormatVersion: \"2.0\", ", "", "PayloadFormatVersion: it is required"),
        ("\"2.0\"", "\"3.0\"", "PayloadFormatVersion: it must be 1.0 or 2.0"),
        ("!GetAtt Hello.Arn", "!GetAtt Table.Arn", "IntegrationUri: it leads to no function of this template"),
        ("!GetAtt Hello.Arn", "!Sub \"${Hello.Arn}:live\"", "IntegrationUri: it leads to no function of this template"),
        (
            "!GetAtt Hello.Arn",
            "!GetAtt Gone.Arn",
            "IntegrationUri: it refers to Gone, which is neither a parameter nor a resource",
        ),
        (
            "!GetAtt Hello.Arn",
            "!GetAtt Hello.Arn, RequestParameters: {}",
            "RequestParameters: RequestParameters is not emulated on a laptop",
        ),
    ] {
        assert_eq!(fault(&edited(from, to)), format!("template, HelloIntegration.{sentence}"));
    }
}

#[test]
fn a_route_that_leads_nowhere_is_refused() {
    for (from, to, sentence) in [
        (", Target: !Sub \"integrations/${HelloIntegration}\"", "", "Target: it is required"),
        (
            "!Sub \"integrations/${HelloIntegration}\"",
            "!Ref HelloIntegration",
            "Target: it leads to no integration of this template",
        ),
        (
            "!Sub \"integrations/${HelloIntegration}\"",
            "integrations/Gone",
            "Target: it leads to no integration of this template",
        ),
        (
            "integrations/${HelloIntegration}",
            "integrations/${Gone}",
            "Target: it refers to Gone, which is neither a parameter nor a resource",
        ),
        ("ApiId: !Ref Api, RouteKey", "ApiId: other, RouteKey", "ApiId: it leads to no API of this template"),
        ("RouteKey: GET /hello, ", "", "RouteKey: it is required"),
        ("GET /hello", "$connect", "RouteKey: a route is a method, one space and a path: `GET /orders`"),
        (
            "GET /hello",
            "GET hello",
            "RouteKey: the path begins with a slash, does not end in one and has no two in a row",
        ),
    ] {
        assert_eq!(fault(&edited(from, to)), format!("template, HelloRoute.{sentence}"));
    }
}

#[test]
fn two_routes_of_one_key_are_refused() {
    let twice = format!(
        "{HELLO}  Again:\n    Type: AWS::ApiGatewayV2::Route\n    Properties: {{ ApiId: !Ref Api, RouteKey: GET /hello, Target: integrations/HelloIntegration }}\n"
    );
    assert_eq!(fault(&twice), "template, Again.RouteKey: the route GET /hello is declared by HelloRoute already");
}
