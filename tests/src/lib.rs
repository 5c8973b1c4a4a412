//! The stage for end-to-end tests: a whole deployment in this process, driven through its gateway, with a clock that the test
//! moves and a wire to AWS that it can count and break.

mod answer;
mod scene;
mod wire;

pub use answer::Answer;
pub use scene::{PASSWORD, START, Scene, SceneBuilder, Tokens, User};
pub use wire::{DYNAMODB, Fault, SECRETS_MANAGER, Wire};
