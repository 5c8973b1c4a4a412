use super::{HELLO, edited, evaluated, fault, read};

#[test]
fn malformed_yaml_is_one_sentence_with_line_and_column() {
    let fault = fault("Resources:\n  Api:\n    Type: [unclosed\n");
    assert!(fault.starts_with("template, line "), "{fault}");
    assert!(fault.contains(", column "), "{fault}");
    assert_eq!(fault.lines().count(), 1, "{fault}");
}

#[test]
fn a_duplicate_key_is_refused_where_it_stands() {
    let fault = fault("Resources: {}\nParameters: {}\nResources: {}\n");
    assert_eq!(fault, "template, line 3, column 1: duplicate mapping key `Resources` is not allowed here");
}

#[test]
fn an_empty_text_and_one_without_resources_are_refused() {
    assert_eq!(fault(""), "template, Resources: it is required");
    assert_eq!(fault("Parameters: {}"), "template, Resources: it is required");
    assert_eq!(fault("plain text"), "template, Resources: it is required");
    assert_eq!(fault("Resources: []"), "template, Resources: it must be a map");
}

#[test]
fn nesting_beyond_the_parsers_limit_is_refused() {
    let fault = fault(&format!("Resources: {}", "[".repeat(100_000)));
    assert!(fault.starts_with("template, line 1"), "{fault}");
}

#[test]
fn a_json_template_is_read_like_a_yaml_one() {
    let json = r#"{"Resources": {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}},
        "Hello": {"Type": "AWS::Serverless::Function", "Metadata": {"BuildProperties": {"Binary": "hello"}},
            "Properties": {"Environment": {"Variables": {"VALUE": "plain"}}}},
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}},
        "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default"}},
        "HelloIntegration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {"ApiId": {"Ref": "Api"},
            "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "IntegrationUri": {"Fn::GetAtt": ["Hello", "Arn"]}}},
        "HelloRoute": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": "Api"},
            "RouteKey": "GET /hello", "Target": {"Fn::Sub": "integrations/${HelloIntegration}"}}}}}"#;
    assert_eq!(format!("{:?}", read(json).unwrap()), format!("{:?}", read(HELLO).unwrap()));
}

#[test]
fn scalars_keep_their_text_whatever_yaml_would_make_of_them() {
    for (written, text) in [
        ("128", "128"),
        ("\"128\"", "128"),
        ("2.0", "2.0"),
        ("-1", "-1"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("18446744073709551615", "18446744073709551615"),
        ("True", "true"),
        ("yes", "yes"),
        ("N", "N"),
        ("\"\"", ""),
        ("2012-10-17", "2012-10-17"),
        ("!!str 5", "5"),
        ("\"~\"", "~"),
    ] {
        assert_eq!(evaluated("", written).unwrap().as_deref(), Some(text), "{written}");
    }
}

#[test]
fn a_property_without_a_value_is_refused_as_cloudformation_does() {
    assert_eq!(fault(&edited("{ Variables: { VALUE: plain } }", "")), "template, Hello.Environment: it has no value");
    assert_eq!(evaluated("", "~").unwrap_err(), "template, Hello.Environment.Variables.VALUE: it has no value");
}
