//! Small templates, the deployment's own, and text that is no template.

use super::{Parameters, Stack};

mod arbitrary_text;
mod authorizers;
mod conditions;
mod deployment;
mod environment;
mod functions;
mod http_api;
mod intrinsics;
mod parameters;
mod review;
mod syntax;
mod table;

/// An API of one route. Each test changes what it is about.
const HELLO: &str = r#"
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  Hello:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: hello } }
    Properties:
      Environment: { Variables: { VALUE: plain } }
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: { ProtocolType: HTTP }
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: { ApiId: !Ref Api, StageName: $default }
  HelloIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { ApiId: !Ref Api, IntegrationType: AWS_PROXY, PayloadFormatVersion: "2.0", IntegrationUri: !GetAtt Hello.Arn }
  HelloRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref Api, RouteKey: GET /hello, Target: !Sub "integrations/${HelloIntegration}" }
"#;

/// [`HELLO`] with `from` written as `to`.
fn edited(from: &str, to: &str) -> String {
    assert_eq!(HELLO.matches(from).count(), 1, "{from}");
    HELLO.replace(from, to)
}

fn read(template: &str) -> Result<Stack, String> {
    read_with(template, &[])
}

fn read_with(template: &str, parameters: &[(&str, &str)]) -> Result<Stack, String> {
    let parameters: Parameters = parameters.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Stack::read(template, "app", &parameters).map_err(|fault| fault.to_string())
}

fn fault(template: &str) -> String {
    read(template).unwrap_err()
}

/// What an expression becomes as a variable of a function, beside `sections`; none if it takes the variable away.
fn evaluated(sections: &str, expression: &str) -> Result<Option<String>, String> {
    evaluated_with(sections, expression, &[])
}

fn evaluated_with(sections: &str, expression: &str, parameters: &[(&str, &str)]) -> Result<Option<String>, String> {
    let template = edited("{ Variables: { VALUE: plain } }", &format!("{{ Variables: {{ VALUE: {expression} }} }}"));
    let stack = read_with(&format!("{sections}\n{template}"), parameters)?;
    Ok(stack.functions["Hello"].environment.get("VALUE").cloned())
}
