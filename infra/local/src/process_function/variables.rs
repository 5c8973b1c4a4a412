//! The environment variables that Lambda gives a function.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::ProcessSettings;
use crate::world;

/// The version of a function that was never published.
const VERSION: &str = "$LATEST";

pub(super) fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{}:{}:function:{name}", world::REGION, world::ACCOUNT_ID)
}

/// The whole environment of the process. Credentials are placeholders, and no profile of the laptop's owner is in
/// reach: a function that is not told its local endpoints must fail, not call the owner's account.
pub(super) fn variables(settings: &ProcessSettings, runtime_api: &str) -> BTreeMap<OsString, OsString> {
    let memory = settings.memory_mb.to_string();
    let log_group = format!("/aws/lambda/{}", settings.name);
    let log_stream = format!("[{VERSION}]{}", world::fresh_id().simple());
    let task_root = settings.binary.parent().map(|folder| folder.as_os_str().to_owned()).unwrap_or_default();
    let lambda = [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", &settings.name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_FUNCTION_VERSION", VERSION),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", &log_stream),
        ("AWS_REGION", world::REGION),
        ("AWS_DEFAULT_REGION", world::REGION),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("_HANDLER", "bootstrap"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
    ];
    let inherited = ["PATH", "HOME"].into_iter().filter_map(|name| Some((name.into(), world::inherited(name)?)));
    let own = settings.env.iter().map(|(name, value)| (name.into(), value.into()));
    inherited
        .chain([("LAMBDA_TASK_ROOT".into(), task_root)])
        .chain(lambda.into_iter().map(|(name, value)| (name.into(), value.into())))
        .chain(own)
        .collect()
}
