//! Other systems' accounts: imported once, signed in with the password that they had, and from then on like any other.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod again;
mod garbage;
mod hook;
mod hook_server;
mod schemes;
mod stage;
