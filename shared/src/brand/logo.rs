//! The team's logo: in the page, or of our own; nothing is fetched from anybody else.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A picture that the page holds itself, or that is served by us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo(String);

/// The text is no logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is neither a path of the API nor a picture as a data: URL in base64")]
pub struct NotALogo;

const PICTURES: [&str; 5] = ["svg+xml", "png", "webp", "jpeg", "gif"];

impl Logo {
    /// As an `<img>` has it.
    pub fn source(&self) -> &str {
        &self.0
    }
}

impl FromStr for Logo {
    type Err = NotALogo;

    fn from_str(text: &str) -> Result<Self, NotALogo> {
        let picture = PICTURES.iter().any(|kind| {
            let data = text.strip_prefix("data:image/").and_then(|rest| rest.strip_prefix(kind));
            data.and_then(|rest| rest.strip_prefix(";base64,")).is_some_and(|data| STANDARD.decode(data).is_ok())
        });
        let path_char = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
        let path = text.starts_with('/') && !text.contains("//") && text.bytes().all(path_char);
        if picture || path { Ok(Self(text.to_owned())) } else { Err(NotALogo) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_data_or_a_path_and_nothing_that_is_fetched_from_elsewhere() {
        for taken in ["/logo.svg", "/static/logo-2.png", "data:image/svg+xml;base64,PHN2Zy8+", "data:image/png;base64,"]
        {
            assert_eq!(taken.parse::<Logo>().map(|logo| logo.0), Ok(taken.to_owned()));
        }
        for refused in [
            "https://cdn.example/logo.svg",
            "//cdn.example/logo.svg",
            "/a//b",
            "logo.svg",
            "data:image/svg+xml,<svg/>",
            "data:text/html;base64,PHN2Zy8+",
            "data:image/svg+xml;base64,<svg/>",
            "/logo.svg\" onload=\"x",
            "/\\cdn.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(refused.parse::<Logo>(), Err(NotALogo), "{refused}");
        }
    }
}
