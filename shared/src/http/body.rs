//! Bodies: JSON (RFC 8259) and forms (WHATWG URL §5), read strictly.
//!
//! Every refusal names what is wrong and repeats nothing of a value: values are credentials.

use lambda_http::Request;
use lambda_http::http::{HeaderMap, header};

use super::Fields;

/// The largest request body that is read. The longest honest one is a login with a 4 KiB passphrase, escaped.
pub const MAX_BODY_BYTES: usize = 16 * 1024;
/// And the largest list: what scanners send, who find a leaked file of keys and write some 270 bytes of where and how about each. A thousand
/// are so many that they are another report; API Gateway would pass on 10 MiB, which a small function takes a second to read.
pub const MAX_LIST_BYTES: usize = 256 * 1024;

/// Field names in a refusal are cut to this many characters.
const SHOWN_NAME_CHARS: usize = 64;

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Longer than is read.
    #[error("the body is longer than {most} bytes")]
    TooLarge {
        /// How many bytes are.
        most: usize,
    },
    /// Not a media type that this endpoint reads.
    #[error("the Content-Type must be {expected}")]
    MediaType {
        /// What it reads.
        expected: &'static str,
    },
    /// Not UTF-8 (RFC 8259 §8.1).
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// Not JSON.
    #[error("the body is not a JSON object (line {line}, column {column})")]
    NotJson {
        /// Where reading stopped; 1 is the first.
        line: usize,
        /// Where reading stopped; 1 is the first.
        column: usize,
    },
    /// Not a list of JSON objects.
    #[error("the body is not a JSON array of objects (line {line}, column {column})")]
    NotAList {
        /// Where reading stopped; 1 is the first.
        line: usize,
        /// Where reading stopped; 1 is the first.
        column: usize,
    },
    /// The same name twice: two readers could take two meanings (RFC 8259 §4, RFC 6749 §3.2).
    #[error("the field \"{0}\" stands more than once")]
    Duplicate(String),
    /// A name that means nothing here.
    #[error("the field \"{0}\" is unknown")]
    Unknown(String),
    /// A field that must be there.
    #[error("the field \"{0}\" is missing")]
    Missing(&'static str),
    /// A field that is no string.
    #[error("the field \"{0}\" must be a string")]
    NotAString(&'static str),
    /// A field that is no whole number.
    #[error("the field \"{0}\" must be a whole number")]
    NotANumber(&'static str),
    /// A field that is no list of strings.
    #[error("the field \"{0}\" must be a list of strings")]
    NotStrings(&'static str),
    /// A field that is no object.
    #[error("the field \"{0}\" must be an object")]
    NotAnObject(&'static str),
    /// A field that holds U+0000, which no name, password or token does.
    #[error("the field \"{0}\" holds a NUL character")]
    Nul(&'static str),
    /// A field with a value that cannot be used.
    #[error("the field \"{name}\" {fault}")]
    Invalid {
        /// Which.
        name: &'static str,
        /// Why, without the value.
        fault: String,
    },
}

impl BodyError {
    /// The fault as the log has it: without a name that the client made up, which may be a password in the wrong place.
    pub fn logged(&self) -> String {
        match self {
            Self::Duplicate(_) => "a field stands more than once".to_owned(),
            Self::Unknown(_) => "a field is unknown".to_owned(),
            Self::TooLarge { .. }
            | Self::MediaType { .. }
            | Self::NotUtf8
            | Self::NotJson { .. }
            | Self::NotAList { .. }
            | Self::Missing(_)
            | Self::NotAString(_)
            | Self::NotANumber(_)
            | Self::NotStrings(_)
            | Self::NotAnObject(_)
            | Self::Nul(_)
            | Self::Invalid { .. } => self.to_string(),
        }
    }

    pub(super) fn duplicate(name: &str) -> Self {
        Self::Duplicate(shown(name))
    }

    pub(super) fn unknown(name: &str) -> Self {
        Self::Unknown(shown(name))
    }
}

fn shown(name: &str) -> String {
    name.chars().take(SHOWN_NAME_CHARS).collect()
}

/// Reads a JSON object; fields that the caller does not ask for are refused by [`Fields::finish`].
///
/// # Errors
/// [`BodyError`] for another media type, a body too long, not UTF-8, not one JSON object, or with a repeated name.
pub fn json(request: &Request) -> Result<Fields, BodyError> {
    let text = text(request)?;
    if media_type(request.headers()).as_deref() != Some("application/json") {
        return Err(BodyError::MediaType { expected: "application/json" });
    }
    Fields::from_json(text)
}

/// Reads a list of JSON objects, whose further fields are ignored. What is wrong with one of them is its own fault and not the others'.
///
/// # Errors
/// As [`json`], but for [`MAX_LIST_BYTES`].
pub fn json_list(request: &Request) -> Result<Vec<Result<Fields, BodyError>>, BodyError> {
    let text = text_of(request, MAX_LIST_BYTES)?;
    if media_type(request.headers()).as_deref() != Some("application/json") {
        return Err(BodyError::MediaType { expected: "application/json" });
    }
    Fields::list_from_json(text)
}

/// Reads a form, or the same as JSON. Unknown parameters of a form are ignored (RFC 6749 §3.2).
///
/// # Errors
/// As [`json`].
pub fn form_or_json(request: &Request) -> Result<Fields, BodyError> {
    let text = text(request)?;
    match media_type(request.headers()).as_deref() {
        Some("application/x-www-form-urlencoded") => Fields::from_form(text),
        Some("application/json") => Fields::from_json(text),
        _ => Err(BodyError::MediaType { expected: "application/x-www-form-urlencoded or application/json" }),
    }
}

/// Reads a form and nothing else (RFC 6749 §3.2). Unknown parameters are ignored.
///
/// # Errors
/// As [`json`].
pub fn form(request: &Request) -> Result<Fields, BodyError> {
    let text = text(request)?;
    match media_type(request.headers()).as_deref() {
        Some("application/x-www-form-urlencoded") => Fields::from_form(text),
        _ => Err(BodyError::MediaType { expected: "application/x-www-form-urlencoded" }),
    }
}

/// Reads what stands in the query, as a form. Unknown parameters are ignored (RFC 6749 §3.1).
///
/// # Errors
/// [`BodyError`] if it is too long, or has a name twice.
pub fn query(request: &Request) -> Result<Fields, BodyError> {
    let text = request.uri().query().unwrap_or_default();
    if text.len() > MAX_BODY_BYTES {
        return Err(BodyError::TooLarge { most: MAX_BODY_BYTES });
    }
    Fields::from_form(text)
}

/// The parameters of a form as they came, repeated ones too.
///
/// # Errors
/// [`BodyError`] for another media type, a body too long or not UTF-8.
pub fn form_pairs(request: &Request) -> Result<Vec<(String, String)>, BodyError> {
    let text = text(request)?;
    match media_type(request.headers()).as_deref() {
        Some("application/x-www-form-urlencoded") => Ok(pairs(text)),
        _ => Err(BodyError::MediaType { expected: "application/x-www-form-urlencoded" }),
    }
}

/// The parameters of the query as they came, repeated ones too.
pub fn query_pairs(request: &Request) -> Vec<(String, String)> {
    pairs(request.uri().query().unwrap_or_default())
}

fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn text(request: &Request) -> Result<&str, BodyError> {
    text_of(request, MAX_BODY_BYTES)
}

fn text_of(request: &Request, most: usize) -> Result<&str, BodyError> {
    let bytes: &[u8] = request.body().as_ref();
    if bytes.len() > most {
        return Err(BodyError::TooLarge { most });
    }
    std::str::from_utf8(bytes).map_err(|_| BodyError::NotUtf8)
}

/// The media type without its parameters, in lower case. More than one header is none: proxies differ in which they take.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (only, None) = (values.next()?, values.next()) else { return None };
    let essence = only.to_str().ok()?.split(';').next()?.trim();
    Some(essence.to_ascii_lowercase())
}
