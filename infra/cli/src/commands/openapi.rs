//! `vestibule openapi`: the description of every endpoint, as the code has it.

use vestibule_local::openapi;
use vestibule_local::template::{Parameters, Stack};

use super::{Outcome, dev};
use crate::output;

/// Writes the document to standard output.
pub(crate) fn run() -> Outcome {
    let stack = Stack::read(&dev::read_template(None)?, "vestibule", &Parameters::default())?;
    output::line(serde_json::to_string_pretty(&openapi::document(&stack.api)?)?);
    Ok(())
}
