//! What a function's process prints, line by line into the log of the one that started it, as CloudWatch Logs would
//! keep it.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html>

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// Forwards until the process closes the stream.
pub(super) fn forward(function: &str, stream: &'static str, from: Option<impl AsyncRead + Unpin + Send + 'static>) {
    let Some(from) = from else { return };
    let function = function.to_owned();
    tokio::spawn(async move {
        let mut lines = BufReader::new(from).split(b'\n');
        loop {
            match lines.next_segment().await {
                Ok(Some(line)) => {
                    let line = String::from_utf8_lossy(&line);
                    tracing::info!(target: "function", function, stream, "{}", line.trim_end());
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::debug!(%error, function, stream, "a function's output broke off");
                    break;
                }
            }
        }
    });
}
