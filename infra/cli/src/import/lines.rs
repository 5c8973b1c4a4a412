//! The lines of a file, none of which takes more memory than an account can need.

use std::io::{self, BufRead, Read, Write};

/// An account with the longest hash and all its scopes takes a few KiB.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// One line, with its end.
pub(super) struct Line {
    /// Counted from 1, as editors do.
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    /// Whether there is more of it than was read.
    pub(super) cut: bool,
}

pub(super) struct Lines<R> {
    file: R,
    read: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(file: R) -> Self {
        Self { file, read: 0 }
    }

    /// The next line that holds anything.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut bytes = Vec::new();
            if self.file.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.read += 1;
            let cut = bytes.len() as u64 == MAX_LINE_BYTES && !bytes.ends_with(b"\n");
            if !bytes.trim_ascii().is_empty() || cut {
                return Ok(Some(Line { number: self.read, bytes, cut }));
            }
        }
    }

    /// Copies the rest of a line that was cut, with its end, and says how many bytes that were in the file.
    pub(super) fn copy_rest(&mut self, to: &mut impl Write) -> io::Result<u64> {
        let mut copied = 0;
        loop {
            let available = self.file.fill_buf()?;
            let end = available.iter().position(|byte| *byte == b'\n');
            let rest = match end {
                Some(end) => available.get(..=end).unwrap_or_default(),
                None => available,
            };
            to.write_all(rest)?;
            let (length, ended) = (rest.len(), end.is_some());
            self.file.consume(length);
            copied += length as u64;
            if ended {
                return Ok(copied);
            }
            if length == 0 {
                to.write_all(b"\n")?;
                return Ok(copied);
            }
        }
    }
}
