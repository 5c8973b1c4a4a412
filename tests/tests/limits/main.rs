//! Limits: exact however many ask at once, no help to a guesser, and nobody locked out by a stranger (promises 5 and 9).

#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here fails a test")]

mod counting;
