//! `vestibule doctor`: examines a deployment, or a template that may become one.

use std::path::PathBuf;

use vestibule_local::template::Parameters;

use super::dev::parameter;
use super::{Fault, Outcome};
use crate::doctor::{self, Facts};
use crate::output;
use crate::target::sdk;

/// What to examine: without `--stack` and `--template` the deployment that `vestibule dev` runs in this directory.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A stack on AWS.
    #[arg(long, value_name = "NAME", conflicts_with = "template")]
    stack: Option<String>,
    /// A template, without any deployment.
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
    let facts = facts(&arguments).await?;
    let findings = doctor::examine(&facts);
    if arguments.json {
        output::line(doctor::json(&facts.subject, &findings));
    } else {
        doctor::tell(&facts.subject, &findings);
    }
    doctor::verdict(&findings)
}

async fn facts(arguments: &Arguments) -> Result<Facts, Fault> {
    if let Some(stack) = &arguments.stack {
        let aws = sdk(arguments.profile.as_ref(), arguments.region.as_ref(), arguments.endpoint_url.as_ref()).await;
        return doctor::deployed(&aws, stack, arguments.api.as_deref()).await;
    }
    let Some(path) = &arguments.template else { return doctor::running().await };
    let text = std::fs::read_to_string(path).map_err(|fault| format!("{} cannot be read: {fault}", path.display()))?;
    let parameters = Parameters::from_iter(arguments.parameters.iter().cloned());
    doctor::declared(&path.display().to_string(), &text, &parameters)
}
