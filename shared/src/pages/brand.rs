//! Whose pages they are: a name, a logo and one colour, by configuration.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::color::Color;
use crate::config::Config;

/// What all pages of a deployment share.
#[derive(Clone, Debug)]
pub struct Brand {
    /// What people know the service by.
    pub name: String,
    /// Its picture, if it has one.
    pub logo: Option<Logo>,
    /// The path that all of ours lie under: nothing, or `/prod`. It is the issuer's.
    pub base: String,
    /// Whether people make their own accounts and recover them.
    pub accounts: bool,
    /// The style sheet, which stands in the page.
    pub style: String,
    /// And what a policy knows it by (CSP Level 3 §2.3.1).
    pub(super) style_hash: String,
}

/// A picture that the page holds itself, or that is served by us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo(String);

/// The text is no logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is neither a path of the API nor a picture as a data: URL in base64")]
pub struct NotALogo;

/// A quiet blue, unless the team has a colour.
const ACCENT: Color = Color::new(0x1f, 0x5f, 0x8b);
const SHEET: &str = include_str!("../../templates/style.css");
const PICTURES: [&str; 5] = ["svg+xml", "png", "webp", "jpeg", "gif"];

impl Brand {
    /// The brand of a deployment.
    pub fn of(config: &Config) -> Self {
        let style = style(config.brand_color.unwrap_or(ACCENT));
        Self {
            name: config.brand_name.clone().unwrap_or_else(|| config.sender().service),
            logo: config.brand_logo.clone(),
            base: base(&config.issuer),
            accounts: config.mail_from.is_some(),
            style_hash: STANDARD.encode(digest(&SHA256, style.as_bytes())),
            style,
        }
    }

    /// What stands for the logo where there is none: the first letter of the name.
    pub fn initial(&self) -> String {
        let first = self.name.chars().find(|character| character.is_alphanumeric()).unwrap_or('·');
        first.to_uppercase().collect()
    }
}

/// The sheet with the colours that it is written for: of buttons and what stands on them, of links and focus in the light and in the dark.
fn style(accent: Color) -> String {
    let (text, light, dark) = (accent.text(), accent.readable_on(Color::WHITE), accent.readable_on(Color::NIGHT));
    format!(
        ":root{{--accent:{accent};--on-accent:{text};--link:{light}}}\
         @media(prefers-color-scheme:dark){{:root{{--link:{dark}}}}}\n{SHEET}"
    )
}

/// The issuer's path.
fn base(issuer: &str) -> String {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default().to_owned()
}

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

    #[test]
    fn all_lies_under_the_issuers_path() {
        for (issuer, path) in [
            ("https://auth.example.com", ""),
            ("https://api.example.com/prod", "/prod"),
            ("http://127.0.0.1:9000", ""),
            ("https://a.example/b/c", "/b/c"),
        ] {
            assert_eq!(base(issuer), path);
        }
    }

    /// What ends a `<style>` would be the page's own text.
    #[test]
    fn the_sheet_holds_nothing_that_ends_it_and_loads_nothing() {
        let style = style(ACCENT);
        assert!(!style.contains('<') && !style.contains("url(") && !style.contains("@import") && !style.contains('\r'));
    }
}
