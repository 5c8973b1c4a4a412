//! What access tokens promise, as sentences.
