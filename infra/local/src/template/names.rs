//! What `Ref` and `Fn::GetAtt` give on a laptop: names that look like AWS's and belong to nobody.
//! Source: the "Return values" of each type in
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>
//!
//! A name that the template itself gives (`TableName`, `FunctionName`) is not taken over: a laptop's resources are named
//! after their logical ids. The `Ref` of a secret is its name here and its ARN on AWS; Secrets Manager takes either.

use crate::world::{ACCOUNT_ID, API_ID, REGION};

/// `AWS::Partition`.
pub(super) const PARTITION: &str = "aws";
/// `AWS::URLSuffix`.
pub(super) const URL_SUFFIX: &str = "amazonaws.com";

pub(super) const API: &str = "AWS::ApiGatewayV2::Api";
pub(super) const STAGE: &str = "AWS::ApiGatewayV2::Stage";
pub(super) const AUTHORIZER: &str = "AWS::ApiGatewayV2::Authorizer";
pub(super) const INTEGRATION: &str = "AWS::ApiGatewayV2::Integration";
pub(super) const ROUTE: &str = "AWS::ApiGatewayV2::Route";
pub(super) const FUNCTION: &str = "AWS::Serverless::Function";
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
pub(super) const SECRET: &str = "AWS::SecretsManager::Secret";
pub(super) const ROTATION_SCHEDULE: &str = "AWS::SecretsManager::RotationSchedule";
pub(super) const LOG_GROUP: &str = "AWS::Logs::LogGroup";
pub(super) const ROLE: &str = "AWS::IAM::Role";
pub(super) const POLICY: &str = "AWS::IAM::Policy";
pub(super) const MANAGED_POLICY: &str = "AWS::IAM::ManagedPolicy";

/// The name of a resource that has one.
pub(super) fn physical(stack: &str, id: &str) -> String {
    format!("{stack}-{id}")
}

/// `Ref`. A stage's is its name, which the template states elsewhere.
pub(super) fn reference(stack: &str, id: &str, kind: &str) -> Option<String> {
    match kind {
        API => Some(API_ID.to_owned()),
        AUTHORIZER | INTEGRATION | ROUTE => Some(id.to_owned()),
        STAGE => None,
        _ => Some(physical(stack, id)),
    }
}

/// `Fn::GetAtt`.
pub(super) fn attribute(stack: &str, id: &str, kind: &str, attribute: &str) -> Option<String> {
    match (kind, attribute) {
        (API, "ApiId") => Some(API_ID.to_owned()),
        (API, "ApiEndpoint") => Some(format!("https://{API_ID}.execute-api.{REGION}.{URL_SUFFIX}")),
        (SECRET, "Id") | (_, "Arn") => Some(arn(stack, id, kind)),
        _ => None,
    }
}

/// An ARN of the form that the type has on AWS where the laptop has the type, and a plausible one elsewhere.
pub(super) fn arn(stack: &str, id: &str, kind: &str) -> String {
    let service = kind.split("::").nth(1).unwrap_or_default().to_ascii_lowercase();
    let (service, prefix) = match kind {
        FUNCTION => ("lambda", "function:"),
        TABLE => ("dynamodb", "table/"),
        SECRET => ("secretsmanager", "secret:"),
        LOG_GROUP => ("logs", "log-group:"),
        _ => (service.as_str(), ""),
    };
    // A log group's stands for its streams as well.
    let suffix = if kind == LOG_GROUP { ":*" } else { "" };
    format!("arn:{PARTITION}:{service}:{REGION}:{ACCOUNT_ID}:{prefix}{}{suffix}", physical(stack, id))
}
