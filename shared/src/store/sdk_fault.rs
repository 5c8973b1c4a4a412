//! What went wrong in a call to AWS, in one line that holds nothing of an answer.
//!
//! The SDK's own `DisplayErrorContext` ends in a debug print of the error, and that has the raw response in it: of an answer that
//! could not be parsed, a whole secret. Here an error says its code and message, or the chain of its causes, each in its own
//! words (`Display`), which name places and kinds and never repeat a body.

use std::error::Error;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::storage::StoreError;

/// `ThrottlingException: Rate exceeded`, or `dispatch failure: io error: connection refused`.
pub fn sdk_fault<E, R>(fault: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    if let (Some(code), message) = (fault.code(), fault.message()) {
        return message.map_or_else(|| code.to_owned(), |message| format!("{code}: {message}"));
    }
    let mut line = fault.to_string();
    let mut cause = fault.source();
    while let Some(fault) = cause {
        line.push_str(": ");
        line.push_str(&fault.to_string());
        cause = fault.source();
    }
    line
}

/// The fault as a storage verb answers it.
pub(super) fn unavailable<E, R>(operation: &'static str, fault: SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    StoreError::Unavailable { operation, detail: sdk_fault(&fault) }
}
