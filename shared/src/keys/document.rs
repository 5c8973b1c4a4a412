//! The JSON documents that keys are kept in: one format number, one way to read and to write them.

use serde::{Deserialize, Serialize};

use super::ring_fault::RingFault;
use crate::secret::Secret;

/// The layout that this version writes. A change of layout takes the next number, and readers learn both before any
/// writer uses it.
pub(super) const FORMAT: u32 = 1;

/// Room for the largest document we write (four RSA keys), so that a growing buffer leaves no copy of a key behind.
const DOCUMENT_BYTES: usize = 16 * 1024;

#[derive(Deserialize)]
struct Versioned {
    format: u32,
}

/// Reads a document of [`FORMAT`].
pub(super) fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, RingFault> {
    let malformed = |fault: serde_json::Error| RingFault::Malformed { line: fault.line(), column: fault.column() };
    let Versioned { format } = serde_json::from_str(json).map_err(malformed)?;
    if format != FORMAT {
        return Err(RingFault::Format(format));
    }
    serde_json::from_str(json).map_err(malformed)
}

/// Writes a document that holds secrets.
pub(super) fn write_secret(document: &impl Serialize) -> Secret<String> {
    Secret::new(write(document, DOCUMENT_BYTES))
}

/// Writes a document that everybody may read.
pub(super) fn write_public(document: &impl Serialize) -> String {
    write(document, 0)
}

fn write(document: &impl Serialize, room: usize) -> String {
    let mut bytes = Vec::with_capacity(room);
    // Our documents hold strings and numbers only, which JSON can always say; an empty text reads back as malformed.
    if serde_json::to_writer(&mut bytes, document).is_err() {
        return String::new();
    }
    String::from_utf8(bytes).unwrap_or_default()
}
