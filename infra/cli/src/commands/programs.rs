//! The functions' programs, built with the cargo that built this one: the binaries that `--runtime process` runs.

use std::path::PathBuf;

use tokio::process::Command;
use vestibule::config::{Variables, process_environment};

use super::Fault;

/// The crates whose binaries are functions.
const FUNCTIONS: [&str; 16] = [
    "accounts",
    "admin",
    "api_keys",
    "authorizer",
    "discovery",
    "login",
    "oauth_authorize",
    "oauth_token",
    "pages",
    "refresh",
    "revoke",
    "rotate_keys",
    "sessions",
    "sign_in_with",
    "userinfo",
    "whoami",
];

/// Builds them in the profile of this program, which also lies where they come to lie, and says where that is.
pub(crate) async fn build() -> Result<PathBuf, Fault> {
    let cargo = process_environment().get("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.arg("build").args(FUNCTIONS.iter().flat_map(|function| ["-p", function]));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let by_hand = "build them and name their folder with --binaries";
    let status = command.status().await.map_err(|error| format!("cargo did not start ({error}); {by_hand}"))?;
    if !status.success() {
        return Err(format!("cargo did not build the functions; {by_hand}").into());
    }
    let program = std::env::current_exe()?;
    Ok(program.parent().map(PathBuf::from).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_built() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions");
        let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        let crates = entries.filter(|entry| entry.path().join("Cargo.toml").exists());
        let mut found: Vec<_> = crates.map(|entry| entry.file_name().into_string().unwrap()).collect();
        let mut built = FUNCTIONS.map(str::to_owned);
        found.sort_unstable();
        built.sort_unstable();
        assert_eq!(found, built);
    }
}
