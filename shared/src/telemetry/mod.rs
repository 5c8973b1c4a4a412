//! What an operator sees: one JSON line for each decision, which CloudWatch reads as a log entry and as metrics (decision 0011).
//!
//! A [`Sandbox`] measures each request, [`Line`] says what was decided with what was measured, [`Metric`] lists what is counted.

mod json;
mod line;
mod measure;
mod metric;
#[cfg(test)]
mod tests;

pub use json::JsonLines;
pub use line::{Level, Line};
pub use measure::{Sandbox, charged, decided, sent, signed_with_key_of_age};
pub use metric::{Metric, NAMESPACE};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::clock::Clock;
use crate::config::Variables;

/// What is logged unless `VESTIBULE_LOG` says otherwise: our own decisions; of the SDK and the HTTP client only trouble.
fn decisions_and_trouble() -> Targets {
    let ours = ["audit", "vestibule"].map(|target| (target, LevelFilter::INFO));
    Targets::new().with_default(LevelFilter::WARN).with_targets(ours)
}

/// A subscriber that writes JSON lines to `writer`, with metrics of the moment that `clock` shows. `VESTIBULE_LOG` takes a level for
/// each target, `warn,audit=info`; filters by span or field would need a regular-expression engine in every function (decision
/// 0005).
pub fn subscriber<W>(variables: &impl Variables, clock: Clock, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let chosen = variables.get("VESTIBULE_LOG").and_then(|levels| levels.parse().ok());
    let lines = tracing_subscriber::fmt::layer().event_format(JsonLines::new(clock)).with_writer(writer);
    tracing_subscriber::registry().with(lines).with(chosen.unwrap_or_else(decisions_and_trouble))
}
