//! What a request presents to say who sends it, taken out of whatever form the request has: an authorizer's event or a function's.

use std::net::IpAddr;

/// All values of everything that a scheme reads, in the order in which they came.
#[derive(Clone, Default)]
pub struct Presented {
    /// The values of `Authorization`.
    pub authorization: Vec<String>,
    /// The values of `X-Api-Key`.
    pub api_key: Vec<String>,
    /// Where the request came from, as the gateway itself saw it and never as a header says.
    pub source: Option<IpAddr>,
    /// The request's id, for what is logged on the way.
    pub request_id: String,
}

impl std::fmt::Debug for Presented {
    /// Most of it is credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[presented credentials]")
    }
}
