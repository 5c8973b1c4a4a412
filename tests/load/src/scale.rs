//! What an operation costs with a thousand sessions in the table, and with a million; and with one session for each user, or a
//! thousand.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::driver::exactly;
use crate::gateway::{REFRESH, STRICT, single};
use crate::process::{self, ASKING, keep_on};
use crate::server::Deployment;
use crate::statistics::Spread;

/// Callers who wait: enough to keep a connection or two busy, few enough that nobody queues.
const CALLERS: usize = 2;

/// What an operation cost on a table of one size.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) kind: String,
    pub(crate) sessions: usize,
    pub(crate) per_user: usize,
    /// Microseconds on a processor for each request, gateway, function and table together, by rounds.
    pub(crate) busy: Spread,
    /// Microseconds from the request to its answer, by the medians of rounds.
    pub(crate) latency: Spread,
    /// How many times the first of the row, round by round.
    pub(crate) ratio: Spread,
    /// MiB of the process with its table.
    pub(crate) resident: f64,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) rounds: usize,
    pub(crate) requests: usize,
}

/// Tables of all these sizes at the same time, asked in turn.
pub(crate) async fn costs(sizes: &[(usize, usize)], extent: Extent) -> Result<Vec<Cost>, Fault> {
    let mut deployments = Vec::new();
    for (sessions, per_user) in sizes {
        crate::progress(&format!("  {sessions} sessions, {per_user} a user"));
        let arguments = ["--sessions", &sessions.to_string(), "--per-user", &per_user.to_string()];
        deployments.push(Deployment::start(&arguments).await?);
    }
    keep_on(std::process::id(), ASKING);
    let mut costs = Vec::new();
    for kind in [REFRESH, STRICT] {
        crate::progress(&format!("  {kind}"));
        let traffic = deployments
            .iter()
            .map(|deployment| {
                Ok(single(if kind == REFRESH { deployment.refreshes()? } else { deployment.strict_calls()? }))
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        for traffic in &traffic {
            exactly(traffic, CALLERS, extent.requests).await?;
        }
        // What was written at the start is out of the way.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let mut busy: Vec<Vec<f64>> = deployments.iter().map(|_| Vec::new()).collect();
        let mut latency = busy.clone();
        for round in 0..extent.rounds {
            for turn in 0..deployments.len() {
                let place = (round + turn) % deployments.len();
                let (Some(deployment), Some(traffic)) = (deployments.get(place), traffic.get(place)) else { continue };
                let before = deployment.server.busy_seconds();
                let outcome = exactly(traffic, CALLERS, extent.requests).await?;
                if let Some(failure) = outcome.first_failure {
                    return Err(failure.into());
                }
                let spent = deployment.server.busy_seconds() - before;
                #[expect(clippy::cast_precision_loss, reason = "a round has thousands of requests")]
                let each = spent * 1e6 / outcome.answered as f64;
                if let (Some(busy), Some(latency)) = (busy.get_mut(place), latency.get_mut(place)) {
                    busy.push(each);
                    latency.push(outcome.latency.p50);
                }
            }
        }
        let first = busy.first().cloned().unwrap_or_default();
        for (((sessions, per_user), deployment), (busy, latency)) in
            sizes.iter().zip(&deployments).zip(busy.iter().zip(&latency))
        {
            costs.push(Cost {
                kind: kind.to_owned(),
                sessions: *sessions,
                per_user: *per_user,
                busy: Spread::of(busy.iter().copied()),
                latency: Spread::of(latency.iter().copied()),
                ratio: Spread::of(busy.iter().zip(&first).map(|(here, first)| here / first)),
                resident: deployment.server.resident_mib(),
            });
        }
    }
    process::roam();
    Ok(costs)
}
