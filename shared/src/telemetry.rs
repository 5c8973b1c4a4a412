//! Logs: one JSON object a line, as CloudWatch reads them.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::Variables;

/// What is logged unless `VESTIBULE_LOG` says otherwise: our own decisions; of the SDK and the HTTP client only trouble.
const DEFAULT_FILTER: &str = "warn,audit=info,authorizer=info,vestibule=info";

/// A subscriber that writes JSON lines to `writer`. `VESTIBULE_LOG` takes the filter syntax of `tracing-subscriber`.
pub fn subscriber<W>(variables: &impl Variables, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = variables
        .get("VESTIBULE_LOG")
        .and_then(|filter| EnvFilter::try_new(filter).ok())
        .unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(writer)
        .finish()
}
