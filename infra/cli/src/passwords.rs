//! Passwords from a prompt or standard input, never from arguments: those stand in the shell's history and in `ps`.

use std::io::{BufRead, IsTerminal};

use vestibule::passwords::Password;
use vestibule::secret::Secret;

use crate::commands::Fault;

/// A new password: asks twice at a terminal, reads one line otherwise.
pub(crate) fn read() -> Result<Password, Fault> {
    let typed = if std::io::stdin().is_terminal() {
        let typed = Secret::new(rpassword::prompt_password("Password: ")?);
        let again = Secret::new(rpassword::prompt_password("Again: ")?);
        if !typed.matches(again.expose().as_bytes()) {
            return Err("the two passwords differ".into());
        }
        typed
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let length = line.trim_end_matches(['\r', '\n']).len();
        line.truncate(length);
        Secret::new(line)
    };
    Password::choose(&typed, &[]).map_err(|fault| format!("the password {fault}").into())
}
