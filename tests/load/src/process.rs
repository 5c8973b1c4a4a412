//! The processes that are measured: what they cost a processor, what they weigh, and on which core they run.
//! Source: proc_pid_stat(5), proc_pid_status(5), sched_setaffinity(2). Linux only.

use std::path::{Path, PathBuf};

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_setaffinity};

/// Where what is measured runs, alone.
pub(crate) const SERVED: usize = 0;
/// Where whoever asks runs, so that asking takes nothing from answering.
pub(crate) const ASKING: usize = 1;

/// How many clock ticks the kernel counts a second for user space: 100 on every architecture that we know of.
const TICKS: f64 = 100.0;

/// Keeps every thread of `process` on `core`, and with them those that they start. On a machine of one core all share it.
pub(crate) fn keep_on(process: u32, core: usize) {
    if cores() > 1 {
        spread_over(process, core..=core);
    }
}

/// This process may run where it likes.
pub(crate) fn roam() {
    spread_over(std::process::id(), 0..=cores() - 1);
}

fn spread_over(process: u32, cores: std::ops::RangeInclusive<usize>) {
    let mut set = CpuSet::new();
    cores.for_each(|core| set.set(core));
    for thread in threads(process) {
        let id = thread.file_name().and_then(|name| name.to_str()?.parse().ok()).and_then(Pid::from_raw);
        if let Err(error) = sched_setaffinity(id, &set) {
            tracing::debug!(%error, "a thread stays where it is");
        }
    }
}

/// How many there are, though this process may be held to one of them now.
fn cores() -> usize {
    std::fs::read_dir("/sys/devices/system/cpu").into_iter().flatten().flatten().filter(is_core).count().max(1)
}

fn is_core(entry: &std::fs::DirEntry) -> bool {
    let name = entry.file_name();
    let number = name.to_str().and_then(|name| name.strip_prefix("cpu")).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Seconds that all threads of `process`, the ended ones too, have spent on a processor.
pub(crate) fn busy_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name of the program stands in brackets and may hold anything.
    let fields = stat.rsplit_once(") ").map(|(_, rest)| rest).unwrap_or_default();
    let ticks = |place: usize| -> f64 { fields.split(' ').nth(place).and_then(|n| n.parse().ok()).unwrap_or_default() };
    (ticks(11) + ticks(12)) / TICKS
}

/// Nanoseconds that the threads which `process` has now have spent on a processor (proc_pid_schedstat, exact to the nanosecond).
pub(crate) fn busy_nanoseconds(process: u32) -> f64 {
    let spent = |thread: PathBuf| -> Option<f64> {
        std::fs::read_to_string(thread.join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    threads(process).filter_map(spent).sum()
}

/// KiB of `process` in memory.
pub(crate) fn resident_kib(process: u32) -> Option<f64> {
    status(process, "VmRSS:")
}

/// The most that it ever had.
pub(crate) fn peak_resident_kib(process: u32) -> Option<f64> {
    status(process, "VmHWM:")
}

fn status(process: u32, field: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(field))?.trim().strip_suffix(" kB")?.parse().ok()
}

fn threads(process: u32) -> impl Iterator<Item = PathBuf> {
    let folder = Path::new("/proc").join(process.to_string()).join("task");
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}
