//! How long each operation keeps a processor busy, as `cargo run -p vestibule-tests --example durations` has measured it.

use serde_json::Value;

use super::Operation;

const MEASURED: &str = include_str!("measured.json");

/// Milliseconds on a whole processor.
pub(super) fn busy_ms(operation: Operation) -> f64 {
    measured()["milliseconds"][operation.name()].as_f64().unwrap()
}

/// The processor on which it was measured.
pub(super) fn processor() -> String {
    measured()["processor"].as_str().unwrap().to_owned()
}

fn measured() -> Value {
    serde_json::from_str(MEASURED).unwrap()
}
