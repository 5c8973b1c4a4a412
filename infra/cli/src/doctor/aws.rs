//! A stack on AWS: the template that it was deployed with, its parameters and its outputs.
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html> and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>
//!
//! The template is read as it was submitted, before SAM's transform: the same text that a laptop reads. Names in it are a laptop's;
//! what is asked of the account goes by the stack's outputs.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::{Stack, TemplateStage};
use vestibule::app::Clients;
use vestibule_local::template::{Parameters, Review};

use super::discovery;
use super::facts::{Facts, Unknown};
use super::live::{Services, said};
use super::template::facts;
use crate::commands::Fault;

/// What is deployed as `name`. Its API answers at `api`, or where the stack says.
pub(crate) async fn deployed(aws: &SdkConfig, name: &str, api: Option<&str>) -> Result<Facts, Fault> {
    let cloudformation = aws_sdk_cloudformation::Client::new(aws);
    let described = cloudformation.describe_stacks().stack_name(name).send().await;
    let described = described.map_err(|fault| format!("the stack {name} cannot be read: {}", said(fault)))?;
    let stack = described.stacks.unwrap_or_default().into_iter().next();
    let stack = stack.ok_or_else(|| format!("there is no stack {name}"))?;
    let template = cloudformation.get_template().stack_name(name).template_stage(TemplateStage::Original).send().await;
    let template = template.map_err(|fault| format!("the template of {name} cannot be read: {}", said(fault)))?;
    let template = template.template_body.ok_or_else(|| format!("the stack {name} has no template"))?;
    let review = Review::read(&template, name, &parameters(&stack))?;
    let outputs = outputs(&stack);
    let services = Services {
        clients: Clients {
            dynamodb: aws_sdk_dynamodb::Client::new(aws),
            secrets_manager: aws_sdk_secretsmanager::Client::new(aws),
        },
        table: outputs.get("TableName").cloned(),
        signing_secret: outputs.get("SigningKeysSecret").cloned(),
        symmetric_secret: outputs.get("SymmetricKeysSecret").cloned(),
    };
    let mut live = services.look().await;
    match api.or_else(|| outputs.get("ApiUrl").map(String::as_str)) {
        Some(api) => {
            live.discovery = discovery::ask(api).await;
            live.session_cookie = discovery::session_cookie(api).await;
        }
        None => {
            live.discovery = Err(no_output("ApiUrl"));
            live.session_cookie = Err(no_output("ApiUrl"));
        }
    }
    let issuer = outputs.get("Issuer").cloned().ok_or_else(|| no_output("Issuer"));
    Ok(Facts { issuer, ..facts(format!("stack {name}"), review, live)? })
}

/// The output is missing by which something would be asked for.
pub(super) fn no_output(name: &str) -> Unknown {
    Unknown::Unavailable(format!("the stack has no output {name}"))
}

/// With `AWS::SSM::Parameter::Value<…>` what counts is what was found there.
fn parameters(stack: &Stack) -> Parameters {
    let value = |parameter: &aws_sdk_cloudformation::types::Parameter| {
        let value = parameter.resolved_value().or(parameter.parameter_value())?;
        Some((parameter.parameter_key()?.to_owned(), value.to_owned()))
    };
    stack.parameters().iter().filter_map(value).collect()
}

fn outputs(stack: &Stack) -> BTreeMap<String, String> {
    let output = |output: &aws_sdk_cloudformation::types::Output| {
        Some((output.output_key()?.to_owned(), output.output_value()?.to_owned()))
    };
    stack.outputs().iter().filter_map(output).collect()
}
