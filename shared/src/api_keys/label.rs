//! What people call a key or a service, to tell it from the others.

use std::fmt;
use std::str::FromStr;

/// Characters of a name: `Nightly export, warehouse 2` fits.
pub const MAX_LABEL_CHARS: usize = 64;

/// A label for people. It names nothing for programs and need not be unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(String);

/// The text is no label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {MAX_LABEL_CHARS} characters, no control characters and no blank at either end")]
pub struct InvalidLabel;

impl Label {
    /// The label's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = (1..=MAX_LABEL_CHARS).contains(&text.chars().count());
        let printable = !text.chars().any(char::is_control) && text.trim() == text;
        if length && printable { Ok(Self(text.to_owned())) } else { Err(InvalidLabel) }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_short_and_printable() {
        for label in ["a", "Nightly export, warehouse 2", "über", &"ü".repeat(MAX_LABEL_CHARS)] {
            assert_eq!(label.parse::<Label>().unwrap().as_str(), label);
        }
        for refused in ["", " ", "a ", " a", "a\nb", "a\0", "\u{85}", &"a".repeat(MAX_LABEL_CHARS + 1)] {
            assert_eq!(refused.parse::<Label>(), Err(InvalidLabel), "{refused:?}");
        }
    }
}
