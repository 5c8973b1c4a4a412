//! `vestibule doctor`: examines a deployment, or a template that may become one.

use std::path::PathBuf;

use vestibule_local::template::Parameters;

use super::dev::parameter;
use super::{Fault, Outcome};
use crate::doctor::{self, Facts, Finding};
use crate::output;
use crate::target::sdk;

/// What to examine: without `--stack` and `--template` the deployment that `vestibule dev` runs in this directory.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A stack on AWS.
    #[arg(long, value_name = "NAME", conflicts_with = "template")]
    stack: Option<String>,
    /// A template, without any deployment: of this one, or of a REST API that attaches to its authorizer.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// A parameter of the template, `Name=Value`; may be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter, requires = "template")]
    parameters: Vec<(String, String)>,
    /// Where the API of the stack answers, if not at its output `ApiUrl`.
    #[arg(long, value_name = "URL", requires = "stack")]
    api: Option<String>,
    /// AWS profile.
    #[arg(long, requires = "stack")]
    profile: Option<String>,
    /// AWS region.
    #[arg(long, requires = "stack")]
    region: Option<String>,
    /// Another endpoint than AWS's own, for all services.
    #[arg(long, requires = "stack")]
    endpoint_url: Option<String>,
    /// One JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Outcome {
    let (subject, findings) = findings(&arguments).await?;
    if arguments.json {
        output::line(doctor::json(&subject, &findings));
    } else {
        doctor::tell(&subject, &findings);
    }
    doctor::verdict(&findings)
}

async fn findings(arguments: &Arguments) -> Result<(String, Vec<Finding>), Fault> {
    let parameters = Parameters::from_iter(arguments.parameters.iter().cloned());
    let facts = match &arguments.template {
        None => deployment(arguments).await?,
        Some(path) => {
            let (name, read) = (path.display().to_string(), std::fs::read_to_string(path));
            let text = read.map_err(|fault| format!("{name} cannot be read: {fault}"))?;
            if let Some(findings) = doctor::rest_api(&text, &parameters)? {
                return Ok((name, findings));
            }
            doctor::declared(&name, &text, &parameters)?
        }
    };
    Ok((facts.subject.clone(), doctor::examine(&facts)))
}

async fn deployment(arguments: &Arguments) -> Result<Facts, Fault> {
    if let Some(stack) = &arguments.stack {
        let aws = sdk(arguments.profile.as_ref(), arguments.region.as_ref(), arguments.endpoint_url.as_ref()).await;
        return doctor::deployed(&aws, stack, arguments.api.as_deref()).await;
    }
    doctor::running().await
}
