//! The mail service: Amazon SES, API version 2 (Amazon SES API v2 Reference, `SendEmail`).
//!
//! Only functions that send letters are built with its client (`letters`, a feature of this crate).

use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};

use crate::aws::sdk_of_a_function;
use crate::config::{Config, ConfigFaults, Variables};
use crate::mail::{Mail, MailFault, Mailer};
use crate::store::sdk_fault;

/// SES takes a few hundred milliseconds for a letter; after two seconds an attempt is lost.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// Letters through SES, from one address.
#[derive(Clone, Debug)]
pub struct Ses {
    client: Client,
    from: String,
}

impl Ses {
    /// Letters from `from` through `client`.
    pub const fn new(client: Client, from: String) -> Self {
        Self { client, from }
    }

    /// The mail service of a function, if its deployment has an address that letters are from.
    ///
    /// # Errors
    /// [`ConfigFaults`]: which of Lambda's variables are missing.
    pub fn where_there_is_mail(config: &Config, variables: &impl Variables) -> Result<Option<Self>, ConfigFaults> {
        config.mail_from.is_some().then(|| Self::from_variables(variables)).transpose()
    }

    /// The mail service of a function.
    ///
    /// # Errors
    /// [`ConfigFaults`]: which of Lambda's variables are missing.
    pub fn from_variables(variables: &impl Variables) -> Result<Self, ConfigFaults> {
        let sdk = sdk_of_a_function(variables, "AWS_ENDPOINT_URL_SESV2")?;
        let client = Client::from_conf(aws_sdk_sesv2::config::Builder::from(&sdk).timeout_config(timeouts()).build());
        Ok(Self::new(client, variables.get("VESTIBULE_MAIL_FROM").unwrap_or_default()))
    }
}

/// An end to each wait; a letter says for how long it is tried in all ([`Mail::within`]).
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(1)).operation_attempt_timeout(ATTEMPT_TIMEOUT).build()
}

/// The same, with an end to all attempts together.
fn within(longest: Duration) -> TimeoutConfig {
    timeouts().to_builder().operation_timeout(longest).build()
}

impl Mailer for Ses {
    async fn send(&self, mail: Mail) -> Result<(), MailFault> {
        let content = content(&mail).map_err(|fault| MailFault::Unavailable(fault.to_string()))?;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(mail.to.as_str()).build())
            .content(content)
            .customize()
            .config_override(aws_sdk_sesv2::config::Builder::new().timeout_config(within(mail.within)))
            .send()
            .await;
        sent.map(drop).map_err(|fault| match fault.as_service_error() {
            Some(SendEmailError::MessageRejected(_) | SendEmailError::BadRequestException(_)) => {
                MailFault::Refused(sdk_fault(&fault))
            }
            _ => MailFault::Unavailable(sdk_fault(&fault)),
        })
    }
}

fn content(mail: &Mail) -> Result<EmailContent, BuildError> {
    let utf8 = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder().text(utf8(mail.text.expose())?).build();
    let message = Message::builder().subject(utf8(&mail.subject)?).body(body).build();
    Ok(EmailContent::builder().simple(message).build())
}
