//! Sessions: one sign-in on one device, kept alive by refresh tokens that rotate (RFC 6749 §6, RFC 9700 §4.14).
//!
//! [`rotation`] decides, [`refresh_token`] writes and reads the credential, [`open`], [`refresh`] and [`end`] are the three
//! things that happen to a session. Storage is asked in the protocol's own verbs, declared beside their callers.

pub mod end;
pub mod open;
pub mod refresh;
pub mod refresh_token;
pub mod rotation;
mod session;

pub use session::{AuthenticationMethod, Client, Device, Ending, InvalidDevice, Session, State};
