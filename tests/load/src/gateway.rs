//! Load on the local gateway: how much one core does, and how latency grows with the rate. Then the same functions as processes, a
//! burst of sign-ins in little memory, and traffic of every kind for minutes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::driver::{Outcome, closed_loop, exactly, open_loop};
use crate::process::{self, ASKING, keep_on};
use crate::server::Deployment;
use crate::traffic::{Kind, Traffic};

/// What is asked of the gateway.
pub(crate) const REFRESH: &str = "refresh";
pub(crate) const AUTHORIZE: &str = "authorize";
pub(crate) const STRICT: &str = "authorize, strict";
pub(crate) const EXCHANGE: &str = "code exchange";
pub(crate) const LOGIN: &str = "login";
pub(crate) const MIXED: &str = "mixed";

/// Callers of the closed loop: enough that the server always has work.
const CALLERS: usize = 16;
/// Shares of what a server can do that it is then asked for in the open loop.
const SHARES: [f64; 5] = [0.1, 0.25, 0.5, 0.7, 0.9];
/// Refreshes a second that one core is to do.
pub(crate) const REFRESHES: f64 = 1_200.0;
/// Sign-ins of a burst, all at once.
const BURST: usize = 200;
/// The memory of the function that signs people in, in MiB.
pub(crate) const BURST_MEMORY: u64 = 256;

/// How a kind of request fared.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ladder {
    pub(crate) kind: String,
    /// Whether functions were processes of their own.
    pub(crate) processes: bool,
    /// Requests a second that one core does, by 16 callers who wait for answers.
    pub(crate) capacity: Outcome,
    /// Milliseconds on a processor for each request.
    pub(crate) busy: f64,
    /// The open loop, at rising rates; none for what cannot be asked for again.
    pub(crate) steps: Vec<Outcome>,
}

/// A burst of sign-ins.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Burst {
    pub(crate) outcome: Outcome,
    /// Seconds until the last was answered.
    pub(crate) seconds: f64,
    /// MiB that the whole deployment had in memory at the most.
    pub(crate) peak: f64,
}

/// Traffic of every kind for a while.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Soak {
    pub(crate) seconds: f64,
    pub(crate) parts: Vec<SoakPart>,
}

/// One of its parts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SoakPart {
    pub(crate) outcome: Outcome,
    /// MiB in memory at its end, the sessions that it opened included: the table is in memory.
    pub(crate) resident: f64,
    /// Milliseconds on a processor for each request.
    pub(crate) busy: f64,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// How long each rate lasts.
    pub(crate) step: Duration,
    /// Sessions in each table.
    pub(crate) sessions: &'static str,
    /// Codes that are exchanged: each counts once, and for a minute.
    pub(crate) codes: usize,
}

/// Each kind of request on a deployment of its own in one process, and all kinds mixed.
pub(crate) async fn ladders(extent: Extent) -> Result<Vec<Ladder>, Fault> {
    let mut ladders = Vec::new();
    for kind in [REFRESH, AUTHORIZE, STRICT, LOGIN, MIXED] {
        crate::progress(&format!("  {kind}"));
        let deployment = Deployment::start(&["--sessions", extent.sessions]).await?;
        ladders.push(ladder(kind, false, &deployment, extent.step, &SHARES).await?);
    }
    ladders.push(exchanges(extent.codes).await?);
    Ok(ladders)
}

/// Codes for tokens, as fast as 16 callers get them. An open loop would need codes that do not grow old.
async fn exchanges(codes: usize) -> Result<Ladder, Fault> {
    crate::progress(&format!("  {EXCHANGE}"));
    let deployment = Deployment::start(&["--sessions", "64", "--codes", &codes.to_string()]).await?;
    keep_on(std::process::id(), ASKING);
    let traffic = Arc::new(Traffic::of(deployment.exchanges()?));
    exactly(&traffic, CALLERS, 4 * CALLERS).await?;
    let before = deployment.server.busy_seconds();
    let capacity = exactly(&traffic, CALLERS, codes - 4 * CALLERS).await?;
    let busy = (deployment.server.busy_seconds() - before) * 1e3 / count(&capacity);
    process::roam();
    Ok(Ladder { kind: EXCHANGE.to_owned(), processes: false, capacity, busy, steps: Vec::new() })
}

/// The same through processes behind the Runtime API, which share the core with the gateway.
pub(crate) async fn process_ladders(programs: &Path, extent: Extent) -> Result<Vec<Ladder>, Fault> {
    let mut ladders = Vec::new();
    for kind in [REFRESH, AUTHORIZE, MIXED] {
        crate::progress(&format!("  {kind}"));
        let deployment =
            Deployment::start(&["--sessions", extent.sessions, "--processes", &programs.to_string_lossy()]).await?;
        ladders.push(ladder(kind, true, &deployment, extent.step, &[0.25, 0.7]).await?);
    }
    Ok(ladders)
}

async fn ladder(
    kind: &str,
    processes: bool,
    deployment: &Deployment,
    step: Duration,
    shares: &[f64],
) -> Result<Ladder, Fault> {
    keep_on(std::process::id(), ASKING);
    let traffic = Arc::new(match kind {
        REFRESH => Traffic::of(deployment.refreshes()?),
        AUTHORIZE => Traffic::of(deployment.calls()?),
        STRICT => Traffic::of(deployment.strict_calls()?),
        LOGIN => Traffic::of(deployment.sign_ins()?),
        _ => Traffic::mixed(deployment.everything()?),
    });
    // Keys are read, connections opened.
    exactly(&traffic, CALLERS, 4 * CALLERS).await?;
    let before = deployment.server.busy_seconds();
    let capacity = closed_loop(&traffic, CALLERS, step).await?;
    let busy = (deployment.server.busy_seconds() - before) * 1e3 / count(&capacity);
    let rates = shares.iter().map(|share| share * capacity.achieved);
    // The rate that a target names, besides.
    let named = (kind == REFRESH && !processes && capacity.achieved > REFRESHES).then_some(REFRESHES);
    let mut rates: Vec<f64> = rates.chain(named).collect();
    rates.sort_by(f64::total_cmp);
    let mut steps = Vec::new();
    for rate in rates {
        steps.push(open_loop(&traffic, rate, step).await?);
    }
    process::roam();
    Ok(Ladder { kind: kind.to_owned(), processes, capacity, busy, steps })
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^52 requests")]
fn count(outcome: &Outcome) -> f64 {
    (outcome.answered + outcome.failed).max(1) as f64
}

/// Two hundred sign-ins at the same moment, in a process that may write to no more than 256 MiB.
pub(crate) async fn burst() -> Result<Burst, Fault> {
    let memory = BURST_MEMORY.to_string();
    let deployment = Deployment::start(&["--memory-mib", &memory, "--sessions", "64"]).await?;
    keep_on(std::process::id(), ASKING);
    let traffic = Arc::new(Traffic::of(deployment.sign_ins()?));
    exactly(&traffic, 1, 2).await?;
    let begun = Instant::now();
    let outcome = exactly(&traffic, BURST, BURST).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let peak = process::peak_resident_kib(deployment.server.id()).unwrap_or_default() / 1024.0;
    process::roam();
    Ok(Burst { outcome, seconds, peak })
}

/// Mixed traffic at half of what the core can do, in parts.
pub(crate) async fn soak(rate: f64, lasting: Duration, parts: u32) -> Result<Soak, Fault> {
    let deployment = Deployment::start(&[]).await?;
    keep_on(std::process::id(), ASKING);
    let traffic = Arc::new(Traffic::mixed(deployment.everything()?));
    exactly(&traffic, CALLERS, 400).await?;
    let mut soak = Soak { seconds: lasting.as_secs_f64(), parts: Vec::new() };
    for _ in 0..parts {
        let before = deployment.server.busy_seconds();
        let outcome = open_loop(&traffic, rate, lasting / parts).await?;
        let busy = (deployment.server.busy_seconds() - before) * 1e3 / count(&outcome);
        soak.parts.push(SoakPart { outcome, resident: deployment.server.resident_mib(), busy });
    }
    process::roam();
    Ok(soak)
}

/// The kinds of which a deployment's own traffic is made, for whoever needs one of them.
pub(crate) fn single(kind: Kind) -> Arc<Traffic> {
    Arc::new(Traffic::of(kind))
}
