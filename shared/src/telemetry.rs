//! Logs: one JSON object a line, as CloudWatch reads them.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::config::Variables;

/// What is logged unless `VESTIBULE_LOG` says otherwise: our own decisions; of the SDK and the HTTP client only trouble.
fn decisions_and_trouble() -> Targets {
    let ours = ["audit", "authorizer", "vestibule"].map(|target| (target, LevelFilter::INFO));
    Targets::new().with_default(LevelFilter::WARN).with_targets(ours)
}

/// A subscriber that writes JSON lines to `writer`. `VESTIBULE_LOG` takes a level for each target, `warn,audit=info`; filters by
/// span or field would need a regular-expression engine in every function (decision 0005).
pub fn subscriber<W>(variables: &impl Variables, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let chosen = variables.get("VESTIBULE_LOG").and_then(|levels| levels.parse().ok());
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(lines).with(chosen.unwrap_or_else(decisions_and_trouble))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The targets of the lines that come out when each of these says something to `info` and to `warn`.
    fn logged(levels: Option<&str>) -> Vec<String> {
        let variables: BTreeMap<_, _> =
            levels.map(|levels| ("VESTIBULE_LOG".to_owned(), levels.to_owned())).into_iter().collect();
        let log = Log::default();
        let writer = log.clone();
        tracing::subscriber::with_default(subscriber(&variables, move || writer.clone()), || {
            tracing::info!(target: "audit", event = "signed_in");
            tracing::info!(target: "hyper", "connected");
            tracing::warn!(target: "aws_smithy_runtime", "retrying");
        });
        let lines = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.map(|line| line["target"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn our_decisions_and_the_trouble_of_others_are_logged() {
        assert_eq!(logged(None), ["audit", "aws_smithy_runtime"]);
        assert_eq!(logged(Some("hyper=loud")), ["audit", "aws_smithy_runtime"], "an unreadable choice is none");
    }

    #[test]
    fn another_choice_is_a_variable_away() {
        assert_eq!(logged(Some("error,hyper=info")), ["hyper"]);
    }
}
