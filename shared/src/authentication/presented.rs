//! What a request presents to say who sends it, taken out of whatever form the request has: an authorizer's event or a function's.

/// All values of everything that a scheme reads, in the order in which they came.
#[derive(Clone, Default)]
pub struct Presented {
    /// The values of `Authorization`.
    pub authorization: Vec<String>,
}

impl std::fmt::Debug for Presented {
    /// All of it is credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[presented credentials]")
    }
}
