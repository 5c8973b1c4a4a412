//! What the figures were measured on, asked of the machine itself.

use std::process::Command;

use serde::{Deserialize, Serialize};
use vestibule::clock::Clock;

use crate::peers::ROOT;

/// A machine at the time of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// What is known of it, each with its name.
    pub(crate) facts: Vec<(String, String)>,
}

impl Machine {
    /// This one, now.
    pub(crate) fn here() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'));
            line.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
        };
        let (cpu, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kib: u64 = field(&memory, "MemTotal").trim_end_matches(" kB").parse().unwrap_or_default();
        let load = read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned();
        let system = field(&read("/etc/os-release").replace('=', ":"), "PRETTY_NAME").replace('"', "");
        let facts = [
            ("processor", format!("{}, {cores} cores ({})", field(&cpu, "model name"), std::env::consts::ARCH)),
            ("memory", format!("{} GiB", kib >> 20)),
            ("system", format!("{system}, Linux {}", said("uname", &["-r"]))),
            ("busy before the run", format!("load average {load}")),
            ("Rust", said("rustc", &["--version"])),
            ("Node.js", said("node", &["--version"])),
            ("Python", said("python3", &["--version"])),
            ("commit", said("git", &["-C", ROOT, "rev-parse", "--short", "HEAD"])),
            ("run", now()),
            (
                "profile",
                if cfg!(debug_assertions) { "dev: no figure of this page means anything" } else { "release" }
                    .to_owned(),
            ),
        ];
        Self { facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
    }
}

/// The first line that a program says.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("not there").to_owned()
}

fn now() -> String {
    let since_epoch = std::time::Duration::from_secs(Clock::System.now().seconds());
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + since_epoch)
}
