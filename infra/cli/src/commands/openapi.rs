//! `vestibule openapi`: the description of every endpoint, as the code has it.

use vestibule_local::openapi;
use vestibule_local::template::Stack;

use super::{Outcome, dev};
use crate::output;

/// Writes the document to standard output: of a deployment that has everything but the demo's own routes.
pub(crate) fn run() -> Outcome {
    let stack = Stack::read(&dev::read_template(None)?, "vestibule", &openapi::everything())?;
    output::line(serde_json::to_string_pretty(&openapi::document(&stack.api)?)?);
    Ok(())
}
