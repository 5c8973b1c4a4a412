//! Sessions: one sign-in on one device, kept alive by refresh tokens that rotate (RFC 6749 §6, RFC 9700 §4.14), or by a cookie.
//!
//! [`rotation`] decides, [`refresh_token`] and [`cookie`] write and read the credentials, [`open`], [`refresh`] and [`end`] are the
//! three things that happen to a session. Storage is asked in the protocol's own verbs, declared beside their callers.

mod answered;
pub mod cookie;
pub mod end;
#[cfg(test)]
mod fixture;
mod network;
pub mod open;
pub mod refresh;
pub mod refresh_token;
pub mod rotation;
mod session;

pub use answered::{ANSWERED_REQUEST_BYTES, AnsweredRequest};
pub use network::NetworkPrefix;
pub use session::{
    AuthenticationMethod, Client, Device, Ending, InvalidDevice, RECENT, Session, State, Transport, is_recent,
};
