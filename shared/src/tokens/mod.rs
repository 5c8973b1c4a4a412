//! Access tokens, JSON Web Tokens by the profile of RFC 9068, minted and verified by our own rules (RFC 7515, 7519, 8725), and the ID
//! tokens that we mint beside them.
//!
//! aws-lc does the mathematics with keys that were parsed once; everything around it, what is read, in which order, and what
//! is refused by which name, stands in this module.

mod bearer;
mod claims;
mod client_assertion;
mod compact;
mod header;
#[cfg(feature = "functions")]
mod id_token;
mod id_token_hint;
mod members;
mod mint;
mod provider_id_token;
mod refusal;
#[cfg(test)]
mod tests;
mod verified_tokens;
mod verifier;

pub use bearer::{NotOneToken, presented_token};
pub use claims::{CLOCK_LEEWAY, VerifiedToken};
pub use client_assertion::{
    AssertionRefusal, ClientAssertion, LONGEST_ASSERTION, asserted_client, verify_client_assertion,
};
pub use compact::{MAX_TOKEN_BYTES, verify_compact};
pub use header::MAX_KID_CHARS;
#[cfg(feature = "functions")]
pub use id_token::{IdTokenClaims, mint_id_token};
pub use id_token_hint::IdTokenHint;
pub use mint::{AccessTokenClaims, MintError, TOKEN_ID_BYTES, mint};
pub use provider_id_token::{EmailClaims, ExpectedIdToken, IdTokenRefusal, ProviderIdToken, UnverifiedIdToken};
pub use refusal::Refusal;
pub use verifier::{Verifier, VerifyError};

/// An hour: beyond it a "short-lived" token is not. Keys stay published as long as tokens live, so it bounds those too.
pub const MAX_ACCESS_TOKEN_SECONDS: u64 = 3600;
