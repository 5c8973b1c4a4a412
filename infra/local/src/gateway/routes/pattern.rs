//! A route key, read: `GET /orders/{id}`, `ANY /files/{path+}` or `$default`.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html> ("Working with
//! path variables")

use http::Method;

/// What a route takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// `$default`: what no other route takes.
    Default,
    /// A method, or none for `ANY`, and a path.
    Path { method: Option<Method>, pieces: Vec<Piece> },
}

/// What a path has between two slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// This text; empty only as the whole of the root path.
    Literal(String),
    /// `{id}`: one piece, not empty.
    Parameter(String),
    /// `{path+}`: the rest of the path, an empty last piece included.
    Greedy(String),
}

/// How well a path fits. The lowest is the most specific.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) greedy: bool,
    /// For each piece 0 for a literal, 1 for `{id}`, 2 for `{path+}`.
    pub(super) pieces: Vec<u8>,
    pub(super) any: bool,
}

/// A path that fits, and what stood in the place of each parameter.
pub(super) struct Fit {
    pub(super) rank: Rank,
    pub(super) parameters: Vec<(String, String)>,
}

impl Pattern {
    /// Nothing for a key that API Gateway refuses too.
    pub(super) fn read(key: &str) -> Option<Self> {
        if key == "$default" {
            return Some(Self::Default);
        }
        let (method, path) = key.split_once(' ')?;
        let method = match method {
            "ANY" => None,
            _ if !method.bytes().all(|byte| byte.is_ascii_uppercase()) => return None,
            _ => Some(Method::from_bytes(method.as_bytes()).ok()?),
        };
        let pieces = path.strip_prefix('/')?.split('/').map(Piece::read).collect::<Option<Vec<_>>>()?;
        let (last, before) = pieces.split_last()?;
        let ends_early = before.iter().any(|piece| piece.is_empty() || matches!(piece, Piece::Greedy(_)));
        let ends_in_slash = last.is_empty() && !before.is_empty();
        (!ends_early && !ends_in_slash).then_some(Self::Path { method, pieces })
    }

    /// Whether a request of this method may take the route.
    pub(super) fn takes(&self, method: &Method) -> bool {
        match self {
            Self::Default => false,
            Self::Path { method: None, .. } => true,
            Self::Path { method: Some(only), .. } => only == method,
        }
    }

    /// Whether the decoded pieces of a path fit, whatever the method.
    pub(super) fn fit(&self, path: &[String]) -> Option<Fit> {
        let Self::Path { method, pieces } = self else { return None };
        let mut parameters = Vec::new();
        let mut rest = path;
        for piece in pieces {
            let (first, after) = rest.split_first()?;
            match piece {
                Piece::Literal(text) if text == first => rest = after,
                Piece::Parameter(name) if !first.is_empty() => {
                    parameters.push((name.clone(), first.clone()));
                    rest = after;
                }
                Piece::Greedy(name) => {
                    parameters.push((name.clone(), rest.join("/")));
                    rest = &[];
                }
                Piece::Literal(_) | Piece::Parameter(_) => return None,
            }
        }
        let greedy = matches!(pieces.last(), Some(Piece::Greedy(_)));
        let rank = Rank { greedy, pieces: pieces.iter().map(Piece::rank).collect(), any: method.is_none() };
        rest.is_empty().then_some(Fit { rank, parameters })
    }

    /// Whether the two differ in the names of their parameters at most.
    pub(super) fn same_requests(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Default, Self::Default) => true,
            (Self::Path { method, pieces }, Self::Path { method: other_method, pieces: other_pieces }) => {
                method == other_method
                    && pieces.len() == other_pieces.len()
                    && pieces.iter().zip(other_pieces).all(|(one, two)| one.same_requests(two))
            }
            (Self::Default, Self::Path { .. }) | (Self::Path { .. }, Self::Default) => false,
        }
    }
}

impl Piece {
    fn read(text: &str) -> Option<Self> {
        let Some(inner) = text.strip_prefix('{') else {
            return (!text.contains(['{', '}'])).then(|| Self::Literal(text.to_owned()));
        };
        let name = inner.strip_suffix('}')?;
        let (name, greedy) = name.strip_suffix('+').map_or((name, false), |name| (name, true));
        let valid = !name.is_empty() && !name.contains(['{', '}', '+']);
        valid.then(|| if greedy { Self::Greedy(name.to_owned()) } else { Self::Parameter(name.to_owned()) })
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Literal(text) if text.is_empty())
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Literal(_) => 0,
            Self::Parameter(_) => 1,
            Self::Greedy(_) => 2,
        }
    }

    fn same_requests(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(one), Self::Literal(two)) => one == two,
            (Self::Parameter(_), Self::Parameter(_)) | (Self::Greedy(_), Self::Greedy(_)) => true,
            (Self::Literal(_) | Self::Parameter(_) | Self::Greedy(_), _) => false,
        }
    }
}
