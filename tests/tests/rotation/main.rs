//! The rotation of the signing keys (DESIGN §7, promise 7), driven as Secrets Manager drives it: the function of the template is
//! invoked step by step over the same wire, table and secret that every other function uses.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "what goes wrong here fails a test")]

mod by_hand;
mod deaths;
mod load;
mod numbered;
mod overtaking;
mod refusals;
mod stage;
mod steps;
mod trail;
