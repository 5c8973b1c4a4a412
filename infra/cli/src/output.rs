//! What the operator reads: tables, or JSON for programs.

use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use tracing_subscriber::EnvFilter;
use vestibule::config::Variables;

/// Prints `line` to standard output; a reader that has gone away is no fault.
pub(crate) fn line(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What `vestibule dev` logs unless `VESTIBULE_LOG` says otherwise: each decision, and trouble. A condition that does not hold is
/// no trouble, but the embedded database warns of it.
const LOG: &str = "warn,audit=info,function=info,dynoxide=error";

/// Sends the log to standard error, as lines for people.
pub(crate) fn log(variables: &impl Variables) {
    let filter = variables.get("VESTIBULE_LOG").unwrap_or_else(|| LOG.to_owned());
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(LOG));
    // A log that was set up before stays.
    let _ = tracing_subscriber::fmt().compact().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// Prints a remark to standard error, where it stays out of what programs read.
pub(crate) fn remark(remark: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{remark}");
}

/// Prints one sentence to standard error.
pub(crate) fn fault(fault: &(dyn std::error::Error + Send + Sync)) {
    let _ = writeln!(std::io::stderr(), "vestibule: {fault}");
}

/// Prints `rows`, JSON objects that all have the keys `columns`, as a table or as one JSON array.
pub(crate) fn listing(columns: &[&str], rows: &[Value], json: bool) {
    if json {
        line(Value::from(rows.to_vec()));
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(|column| column.to_uppercase()));
    for row in rows {
        table.add_row(columns.iter().map(|column| cell(row.get(column).unwrap_or(&Value::Null))));
    }
    line(table);
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
