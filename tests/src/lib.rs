//! The stage for end-to-end tests: a whole deployment in this process, driven through its gateway, with a clock that the test
//! moves and a wire to AWS that it can count and break.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect fails, and nothing else uses this crate"
)]

mod answer;
pub mod costs;
mod log;
pub mod oracle;
mod patience;
pub mod programs;
pub mod provider;
mod public_client;
mod question;
mod scene;
mod session;
mod wire;

pub use answer::Answer;
pub use log::Log;
pub use public_client::public_client;
pub use question::Question;
pub use scene::{Heard, PASSWORD, START, Scene, SceneBuilder, Tokens, User};
pub use session::session;
pub use wire::{DYNAMODB, Fault, Held, MAIL, SECRETS_MANAGER, Units, Wire};
