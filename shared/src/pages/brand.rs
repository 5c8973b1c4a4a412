//! Whose pages they are: a name, a logo and one colour, by configuration.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::brand::{Color, Logo};
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
    /// Whether they may sign in with other providers.
    pub providers: bool,
    /// The style sheet, which stands in the page.
    pub style: String,
    /// And what a policy knows it by (CSP Level 3 §2.3.1).
    pub(super) style_hash: String,
}

/// A quiet blue, unless the team has a colour.
const ACCENT: Color = Color::new(0x1f, 0x5f, 0x8b);
const SHEET: &str = include_str!("../../templates/style.css");

impl Brand {
    /// The brand of a deployment.
    pub fn of(config: &Config) -> Self {
        let style = style(config.brand_color.unwrap_or(ACCENT));
        Self {
            name: config.brand_name.clone().unwrap_or_else(|| config.sender().service),
            logo: config.brand_logo.clone(),
            base: base(&config.issuer),
            accounts: config.mail_from.is_some(),
            providers: !config.providers.is_empty(),
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
    let (text, light, dark) = (accent.text(), accent.readable_on(Color::DAY), accent.readable_on(Color::NIGHT));
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

#[cfg(test)]
mod tests {
    use super::*;

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
