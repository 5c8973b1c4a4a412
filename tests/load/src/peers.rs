//! What we are compared with: installed by name at the versions that `peers/` pins, into `target/report/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Fault;

/// The workspace.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// Where everything that a run makes for itself lies.
pub(crate) fn workshop() -> PathBuf {
    Path::new(ROOT).join("target/report")
}

/// Installed peers.
#[derive(Debug)]
pub(crate) struct Peers {
    /// The folder with the authorizer's `bootstrap` and the servers.
    pub(crate) node: PathBuf,
    /// The folder with the authorizer's `bootstrap`.
    pub(crate) python: PathBuf,
}

impl Peers {
    /// Installs what is not installed yet. Needs npm, Python 3.11 with venv, and their registries the first time.
    pub(crate) fn install() -> Result<Self, Fault> {
        let (node, python) = (laid_out("node")?, laid_out("python")?);
        once(&node, "package-lock.json", |folder| {
            run(Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]), folder)
        })?;
        once(&python, "requirements.txt", |folder| {
            run(Command::new("python3").args(["-m", "venv", "venv"]), folder)?;
            let mut pip = Command::new(folder.join("venv/bin/pip"));
            run(pip.args(["install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]), folder)
        })?;
        Ok(Self { node, python })
    }
}

/// A copy of a folder of `peers/`.
fn laid_out(name: &str) -> Result<PathBuf, Fault> {
    let folder = workshop().join(name);
    std::fs::create_dir_all(&folder)?;
    for entry in std::fs::read_dir(Path::new(SOURCES).join(name))? {
        let entry = entry?;
        std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    Ok(folder.canonicalize()?)
}

/// Installs unless what is listed in `list` is what was installed before.
fn once(folder: &Path, list: &str, install: impl FnOnce(&Path) -> Result<(), Fault>) -> Result<(), Fault> {
    let (wanted, marker) = (std::fs::read(folder.join(list))?, folder.join("installed"));
    if std::fs::read(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install(folder)?;
    Ok(std::fs::write(marker, wanted)?)
}

fn run(command: &mut Command, folder: &Path) -> Result<(), Fault> {
    let status = command.current_dir(folder).stdout(Stdio::null()).status();
    match status.map_err(|fault| format!("{command:?}: {fault}"))? {
        status if status.success() => Ok(()),
        status => Err(format!("{command:?} ended with {status}").into()),
    }
}
