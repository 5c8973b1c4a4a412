//! Makes `shared/src/passwords/breached.bin`: passwords from standard input, one a line, the list to standard output.
//!
//! ```sh
//! git clone --depth 1 https://github.com/danielmiessler/SecLists
//! cat SecLists/Passwords/Common-Credentials/*.txt | cargo run -p vestibule --example breached > shared/src/passwords/breached.bin
//! ```

use std::io::{self, Read as _, Write as _};

use vestibule::passwords::{Password, encode_breached};

fn main() -> io::Result<()> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    // Some lists are in other encodings; such a line is another password than it looks, and nobody's.
    let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    let long = lines.map(str::trim_end).filter(|line| line.chars().count() >= Password::MIN_CHARACTERS);
    let list = encode_breached(long).ok_or_else(|| io::Error::other("there are too many"))?;
    io::stdout().write_all(&list)
}
