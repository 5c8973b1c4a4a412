//! The process's environment: the one file that reads it.

use std::collections::BTreeMap;

/// Where variables are looked up: the process, or a map that stands for a function's environment on a laptop.
pub trait Variables {
    /// The value of `name`, if it is set and UTF-8.
    fn get(&self, name: &str) -> Option<String>;
}

struct Process;

/// The environment of this process.
pub const fn process_environment() -> impl Variables {
    Process
}

impl Variables for Process {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

impl Variables for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        Self::get(self, name).cloned()
    }
}
