//! Tables, for a terminal or for a page.

use comfy_table::{CellAlignment, Table, presets};

use crate::budget::{mib, size_ratio, start_ratio};
use crate::first_event::BASELINES;
use crate::named;
use crate::start::Measured;

/// A table of what was measured under `title`.
pub(crate) fn starts(title: &str, measured: &[Measured], markdown: bool) -> String {
    let baselines = BASELINES.map(|name| (name, named(measured, name)));
    let mut table = Table::new();
    table.load_style(if markdown { presets::ASCII_MARKDOWN } else { presets::UTF8_FULL_CONDENSED });
    let mut header = ["program", "MiB", "median ms", "10 % to 90 %", "RSS MiB"].map(str::to_owned).to_vec();
    for (name, _) in baselines.iter().filter(|(_, baseline)| baseline.is_some()) {
        header.extend([format!("size / {name}"), format!("ms / {name}")]);
    }
    table.set_header(header);
    for program in measured {
        let mut row = vec![
            program.name.to_owned(),
            format!("{:.2}", mib(program.size)),
            milliseconds(program, 50),
            format!("{} to {}", milliseconds(program, 10), milliseconds(program, 90)),
            program.resident().map_or_else(|| "-".to_owned(), |kib| format!("{:.1}", mib(kib * 1024))),
        ];
        for baseline in baselines.iter().filter_map(|(_, baseline)| *baseline) {
            row.extend(
                [size_ratio(program, baseline), start_ratio(program, baseline)].map(|ratio| format!("{ratio:.2}")),
            );
        }
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{title}\n\n{table}")
}

fn milliseconds(program: &Measured, percent: usize) -> String {
    format!("{:.1}", program.start(percent).as_secs_f64() * 1000.0)
}

/// Whether the budgets hold.
pub(crate) fn budget(over: &[String]) -> String {
    if over.is_empty() { "Every function is within its budget.".to_owned() } else { over.join("\n") }
}
