//! The program, started and asked as at a terminal.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};

const VESTIBULE: &str = env!("CARGO_BIN_EXE_vestibule");
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

pub(crate) fn vestibule(folder: &Path) -> Command {
    let mut command = Command::new(VESTIBULE);
    command.current_dir(folder).env_remove("VESTIBULE_DEMO_PASSWORD").env_remove("VESTIBULE_TABLE");
    command
}

/// A running `vestibule dev`, killed when the test ends.
pub(crate) struct Dev {
    process: Child,
    /// All that it said until it was ready.
    pub(crate) said: String,
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Dev {
    pub(crate) fn start(folder: &Path, arguments: &[&str], password: Option<&str>) -> Self {
        let mut command = vestibule(folder);
        command.args(["dev", "--port", "0"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(password) = password {
            command.env("VESTIBULE_DEMO_PASSWORD", password);
        }
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ctrl-C stops everything") {
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it ended early: {said}");
        }
        // Drained in the background, so that it never blocks on a full pipe.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { process, said }
    }

    pub(crate) fn url(&self) -> &str {
        self.said.lines().next().unwrap().rsplit(' ').next().unwrap()
    }

    /// The commands to paste: from the first comment to the last line before the good-bye.
    pub(crate) fn story(&self) -> String {
        let from = self.said.find("# sign in").unwrap();
        let to = self.said.find("Ctrl-C stops everything").unwrap();
        self.said[from..to].to_owned()
    }

    pub(crate) fn password(&self, user: &str) -> String {
        let row = self.said.lines().find(|line| line.trim_start().starts_with(user)).unwrap();
        row.split_whitespace().nth(1).unwrap().to_owned()
    }

    #[cfg(unix)]
    pub(crate) fn interrupt(mut self) -> std::process::ExitStatus {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.process.wait().unwrap()
    }
}

pub(crate) fn sh(script: &str) -> String {
    let output = Command::new("sh").args(["-euc", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = vestibule(folder);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut stdin: ChildStdin = process.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    process.wait_with_output().unwrap()
}

pub(crate) fn text(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

/// It did not start, and says why in one sentence.
pub(crate) fn one_sentence(output: &Output) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

/// It names the deployment that it was to change, did not change it, and says why in one sentence.
pub(crate) fn refusal(output: &Output) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let (target, reason) = said.split_once('\n').unwrap();
    assert_eq!(target, "changing the dev deployment in ./.vestibule");
    assert_eq!(reason.trim_end().lines().count(), 1, "{said}");
    reason.to_owned()
}
