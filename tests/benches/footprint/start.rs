//! Fresh processes, each from its spawn to its first answer, as AWS Lambda counts a cold start without the download.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use vestibule_local::function::{Function as _, FunctionError};
use vestibule_local::process_function::{ProcessFunction, ProcessSettings};

use crate::Fault;
use crate::binaries::Binaries;
use crate::first_event::{FirstEvent, World};

/// What all starts of one program came to.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    /// Bytes on disk, as deployed but not zipped.
    pub(crate) size: u64,
    /// Spawn to first answer, shortest first.
    starts: Vec<Duration>,
    /// KiB in memory after the first answer, smallest first; empty where the system does not say.
    resident: Vec<u64>,
}

impl Measured {
    fn of(name: &'static str, program: &Path) -> Result<Self, Fault> {
        Ok(Self { name, size: std::fs::metadata(program)?.len(), starts: Vec::new(), resident: Vec::new() })
    }

    /// The start that `percent` of them were no slower than.
    pub(crate) fn start(&self, percent: usize) -> Duration {
        quantile(&self.starts, percent).unwrap_or_default()
    }

    /// KiB, the median.
    pub(crate) fn resident(&self) -> Option<u64> {
        quantile(&self.resident, 50)
    }
}

fn quantile<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    sorted.get((sorted.len().checked_sub(1)? * percent).div_ceil(100)).copied()
}

/// Starts the program of each event `rounds` times. A round starts each once; the first round fills the page cache and does
/// not count.
pub(crate) async fn measure(
    events: &[FirstEvent],
    binaries: &Binaries,
    world: &World,
    rounds: u16,
) -> Result<Vec<Measured>, Fault> {
    let programs = events.iter().map(|event| binaries.find(event.program)).collect::<Result<Vec<PathBuf>, _>>()?;
    let named = events.iter().zip(&programs);
    let mut measured =
        named.clone().map(|(event, program)| Measured::of(event.program, program)).collect::<Result<Vec<_>, _>>()?;
    for round in 0..=rounds {
        for ((event, program), measured) in named.clone().zip(&mut measured) {
            let (start, resident) = first_answer(event, program, world).await?;
            if round > 0 {
                measured.starts.push(start);
                measured.resident.extend(resident);
            }
        }
    }
    for measured in &mut measured {
        measured.starts.sort_unstable();
        measured.resident.sort_unstable();
    }
    Ok(measured)
}

/// How long a fresh process takes, and what it weighs then.
async fn first_answer(event: &FirstEvent, program: &Path, world: &World) -> Result<(Duration, Option<u64>), Fault> {
    let settings = ProcessSettings {
        env: world.variables(),
        concurrency: 1,
        timeout: Duration::from_secs(10),
        ..ProcessSettings::new(event.program, program)
    };
    let function = ProcessFunction::spawn(settings)?;
    let begun = Instant::now();
    let answer = function.invoke(event.event.clone()).await;
    let took = begun.elapsed();
    let answer = match answer {
        Ok(answer) => serde_json::from_slice(&answer)?,
        Err(FunctionError::Unhandled { error_type, .. }) => json!({ "errorType": error_type }),
        Err(fault) => return Err(fault.into()),
    };
    if !event.is_answered_by(&answer) {
        return Err(format!("{} answered {answer}", event.program).into());
    }
    let resident = function.idle_processes().into_iter().find_map(resident);
    function.stop().await;
    Ok((took, resident))
}

/// KiB of `process` in memory (`VmRSS`, proc_pid_status(5)); Linux only.
fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?.parse().ok()
}
