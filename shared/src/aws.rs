//! How AWS is reached: a function by the variables that Lambda sets for it ("Defined runtime environment variables", AWS Lambda
//! Developer Guide), an operator by whatever the SDK finds.
//!
//! The SDK's search through profiles, roles, web identities and the metadata services of instances and containers weighs a
//! megabyte, and on Lambda it always ends at the first place. So a function does not search (decision 0005).

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

use crate::config::{ConfigFaults, Reader, Variables};

/// A TCP and TLS handshake inside a region takes a few milliseconds; after a second the address is not answering.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// DynamoDB answers in single-digit milliseconds; an attempt that takes a second is lost.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
/// The longest pause before the first retry; each further one doubles it, and chance shortens them all. The SDK's own second is
/// longer than a throttled partition or a lost connection needs, and a person waits for it.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// With all its retries an operation ends within this time. A request may need several, one after the other: that they end in time
/// together is [`LONGEST_REQUEST`](crate::lambda::LONGEST_REQUEST)'s to see to.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(3);

/// How AWS is reached.
#[derive(Clone, Debug)]
pub struct Clients {
    /// DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Secrets Manager.
    pub secrets_manager: aws_sdk_secretsmanager::Client,
}

impl Clients {
    /// The clients of a function: region and credentials from the variables that Lambda sets, endpoints from those that all
    /// SDKs read ("Service-specific endpoints", AWS SDKs and Tools Reference Guide), which a laptop sets.
    ///
    /// # Errors
    /// [`ConfigFaults`]: which of the variables are missing.
    pub fn from_variables(variables: &impl Variables) -> Result<Self, ConfigFaults> {
        let mut read = Reader::new(variables);
        let sdk = sdk(&mut read);
        let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&sdk);
        dynamodb.set_endpoint_url(endpoint(&read, "AWS_ENDPOINT_URL_DYNAMODB"));
        let mut secrets_manager = aws_sdk_secretsmanager::config::Builder::from(&sdk);
        secrets_manager.set_endpoint_url(endpoint(&read, "AWS_ENDPOINT_URL_SECRETS_MANAGER"));
        read.finish(())?;
        Ok(Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
            secrets_manager: aws_sdk_secretsmanager::Client::from_conf(secrets_manager.build()),
        })
    }
}

/// What the client of another service is made of, in a function that has one: the same region, credentials, timeouts and retries.
/// `endpoint_variable` is the one that an SDK reads for the service alone.
///
/// # Errors
/// [`ConfigFaults`]: which of the variables are missing.
pub fn sdk_of_a_function(variables: &impl Variables, endpoint_variable: &str) -> Result<SdkConfig, ConfigFaults> {
    let mut read = Reader::new(variables);
    let mut sdk = sdk(&mut read).into_builder();
    sdk.set_endpoint_url(endpoint(&read, endpoint_variable));
    read.finish(sdk.build())
}

/// What both clients have in common. The credentials live as long as the sandbox, so nothing renews them.
fn sdk(read: &mut Reader<'_, impl Variables>) -> SdkConfig {
    let mut required = |name| read.required(name).unwrap_or_default();
    let region = Region::new(required("AWS_REGION"));
    let (id, key) = (required("AWS_ACCESS_KEY_ID"), required("AWS_SECRET_ACCESS_KEY"));
    let credentials = Credentials::new(id, key, read.text("AWS_SESSION_TOKEN"), None, "Lambda");
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(timeouts())
        .retry_config(retries());
    sdk.set_use_fips(read.parsed("AWS_USE_FIPS_ENDPOINT", "true or false"));
    sdk.set_use_dual_stack(read.parsed("AWS_USE_DUALSTACK_ENDPOINT", "true or false"));
    sdk.build()
}

/// Another endpoint than the region's own: of one service, or else of all.
fn endpoint(read: &Reader<'_, impl Variables>, service: &str) -> Option<String> {
    read.text(service).or_else(|| read.text("AWS_ENDPOINT_URL"))
}

/// How an operator's commands reach AWS: profiles, roles and all else that the SDK looks at, with the same limits.
pub fn sdk_defaults() -> aws_config::ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts()).retry_config(retries())
}

/// An end to each wait.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// Three attempts.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_initial_backoff(FIRST_BACKOFF)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_sdk_dynamodb::config::ProvideCredentials;

    use super::*;

    const ON_LAMBDA: [(&str, &str); 4] = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
        ("AWS_SESSION_TOKEN", "session"),
    ];

    fn variables(more: &[(&str, &str)]) -> BTreeMap<String, String> {
        ON_LAMBDA.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[tokio::test]
    async fn a_function_takes_the_region_and_the_credentials_that_lambda_gives_it() {
        let sdk = sdk(&mut Reader::new(&variables(&[])));
        assert_eq!(sdk.region().map(ToString::to_string).as_deref(), Some("eu-central-1"));
        let credentials = sdk.credentials_provider().unwrap().provide_credentials().await.unwrap();
        assert_eq!(credentials.access_key_id(), "ASIAEXAMPLE");
        assert_eq!(credentials.secret_access_key(), "key");
        assert_eq!(credentials.session_token(), Some("session"));
        assert_eq!((sdk.use_fips(), sdk.use_dual_stack()), (None, None));
    }

    #[test]
    fn fips_and_dual_stack_endpoints_are_a_variable_away() {
        let variables = variables(&[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_USE_DUALSTACK_ENDPOINT", "true")]);
        let sdk = sdk(&mut Reader::new(&variables));
        assert_eq!((sdk.use_fips(), sdk.use_dual_stack()), (Some(true), Some(true)));
    }

    #[test]
    fn what_lambda_would_have_set_is_missed_by_name() {
        let none: BTreeMap<String, String> = BTreeMap::new();
        let faults = Clients::from_variables(&none).unwrap_err().to_string();
        for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert!(faults.contains(&format!("{name} is missing")), "{name}: {faults}");
        }
    }

    #[test]
    fn the_endpoint_of_one_service_goes_before_that_of_all() {
        let of = |variables: &BTreeMap<String, String>| endpoint(&Reader::new(variables), "AWS_ENDPOINT_URL_DYNAMODB");
        let (all, one) = (("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_DYNAMODB", "http://one"));
        assert_eq!(of(&variables(&[])), None);
        assert_eq!(of(&variables(&[all])).as_deref(), Some("http://all"));
        assert_eq!(of(&variables(&[all, one])).as_deref(), Some("http://one"));
    }
}
