//! A password as a person typed it, in its one comparable form (RFC 8265 §4, NIST SP 800-63B-4 §3.1.1.2).

use precis_profiles::OpaqueString;
use precis_profiles::precis_core::profile::PrecisFastInvocation;

use super::breached::is_breached;
use crate::secret::Secret;

/// A password, normalized by the PRECIS `OpaqueString` profile: the same keystrokes give the same bytes on every
/// device, nothing is cut, case counts.
#[derive(Clone, Debug)]
pub struct Password {
    normalized: Secret<String>,
    /// Other systems hash what is typed as it comes.
    typed: Secret<String>,
}

/// The text can be nobody's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must not be empty or hold control characters")]
pub struct InvalidPassword;

/// The text cannot become somebody's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitPassword {
    /// It could be nobody's.
    #[error(transparent)]
    Invalid(#[from] InvalidPassword),
    /// It could be guessed.
    #[error(
        "must have at least {} characters, for it is all that a sign-in asks for; a few words will do",
        Password::MIN_CHARACTERS
    )]
    TooShort,
    /// It has been in breaches.
    #[error("is among those that attackers try first; choose another")]
    Breached,
    /// It is the owner's own name, or a few characters over and over.
    #[error("is little more than a name of yours, or a few characters repeated; choose another")]
    Obvious,
}

impl Password {
    /// What a new password must have, in Unicode code points once normalized. NIST SP 800-63B-4 §3.1.1.2 demands 15 where the
    /// password is the only factor, as it is here, and 8 beside a second one. Fewer, and one that leaked as a hash is
    /// found; existing ones keep working whatever this says.
    pub const MIN_CHARACTERS: usize = 15;

    /// So many characters must be left of a new password when the owner's names and all repetition are taken away: what NIST has as
    /// the least beside a second factor is the least beside what anybody may know.
    const MIN_OWN_CHARACTERS: usize = 8;

    /// Normalizes what a person chose as a new password. `names` are what they sign in by.
    ///
    /// # Errors
    /// [`UnfitPassword`].
    pub fn choose(typed: &Secret<String>, names: &[&str]) -> Result<Self, UnfitPassword> {
        let chosen = Self::parse(typed)?;
        let text = chosen.normalized.expose();
        if text.chars().count() < Self::MIN_CHARACTERS {
            return Err(UnfitPassword::TooShort);
        }
        if is_breached(text) {
            return Err(UnfitPassword::Breached);
        }
        if own_characters(text, names) < Self::MIN_OWN_CHARACTERS {
            return Err(UnfitPassword::Obvious);
        }
        Ok(chosen)
    }

    /// Normalizes what a person typed.
    ///
    /// # Errors
    /// [`InvalidPassword`] for an empty text or one with control characters (RFC 8265 §4.2 and §4.1: neither is a password).
    pub fn parse(typed: &Secret<String>) -> Result<Self, InvalidPassword> {
        let normalized = OpaqueString::enforce(typed.expose().as_str()).map_err(|_| InvalidPassword)?;
        Ok(Self { normalized: Secret::new(normalized.into_owned()), typed: typed.clone() })
    }

    /// What was typed, byte by byte: for systems that know no normalization.
    pub const fn as_typed(&self) -> &Secret<String> {
        &self.typed
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.normalized.expose().as_bytes()
    }
}

/// A name of fewer characters is in many words by chance.
const SHORTEST_NAME: usize = 4;

/// How much of `text` is its owner's own doing: without their names (whole, and each side of an @), and of what repeats itself the first
/// time only. The whole password is judged, never a part of it (NIST SP 800-63B-4 §3.1.1.2).
/// Counting ends at what is enough, so that a long password costs no more than reading it a few times.
fn own_characters(text: &str, names: &[&str]) -> usize {
    let mut rest = Secret::new(text.to_lowercase());
    let sides = names.iter().flat_map(|name| std::iter::once(*name).chain(name.split('@')));
    for name in sides.filter(|name| name.chars().count() >= SHORTEST_NAME) {
        rest = Secret::new(rest.expose().replace(&name.to_lowercase(), ""));
    }
    let characters: Vec<char> = rest.expose().chars().collect();
    let repeats =
        |period: &usize| characters.iter().zip(characters.iter().skip(*period)).all(|(one, other)| one == other);
    (1..Password::MIN_OWN_CHARACTERS.min(characters.len())).find(repeats).unwrap_or(characters.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(typed: &str) -> Vec<u8> {
        Password::parse(&Secret::new(typed.to_owned())).unwrap().bytes().to_vec()
    }

    #[test]
    fn the_same_keystrokes_are_the_same_password_on_every_device() {
        assert_eq!(bytes("Ångström"), bytes("A\u{30a}ngstro\u{308}m"));
        assert_eq!(bytes("a\u{2003}b"), bytes("a b"));
    }

    #[test]
    fn case_and_length_count() {
        assert_ne!(bytes("Secret"), bytes("secret"));
        assert_eq!(bytes(&"x".repeat(4096)).len(), 4096);
    }

    #[test]
    fn a_new_password_has_fifteen_characters_whatever_their_bytes() {
        let choose = |typed: &str| Password::choose(&Secret::new(typed.to_owned()), &[]).map(drop);
        assert_eq!(choose("öüäëï öüäëï,ïëä"), Ok(()));
        for short in ["ö".repeat(14), "o\u{308}".repeat(14), "🐎".repeat(14)] {
            assert_eq!(choose(&short), Err(UnfitPassword::TooShort), "{short}");
        }
        assert_eq!(choose(""), Err(UnfitPassword::Invalid(InvalidPassword)));
    }

    #[test]
    fn a_new_password_is_no_name_of_its_owner_and_no_few_characters_over_and_over() {
        let choose = |typed: &str, names: &[&str]| Password::choose(&Secret::new(typed.to_owned()), names).map(drop);
        let ada = ["ada.lovelace@example.com", "countess"];
        for obvious in [
            "Ada.Lovelace@Example.com",
            "ada.lovelace2027!",
            "countess countess 1",
            "example.com-countess",
            "øøøøøøøøøøøøøøøøøøøø",
            "øbc øbc øbc øbc øbc ",
            "zq7zq7zq7zq7zq7zq7",
        ] {
            assert_eq!(choose(obvious, &ada), Err(UnfitPassword::Obvious), "{obvious}");
        }
        for fine in ["the countess wrote the notes", "zq7zq7zq7 and others", "correct horse correct horse "] {
            assert_eq!(choose(fine, &ada), Ok(()), "{fine}");
        }
        assert_eq!(choose("an ant and an eel ate", &["a@b.example"]), Ok(()), "a short name is in many words");
        assert_eq!(choose("PasswordPassword", &[]), Err(UnfitPassword::Breached));
    }

    #[test]
    fn an_empty_or_unprintable_text_is_no_password() {
        for typed in ["", "a\0b", "a\u{7}b"] {
            assert_eq!(Password::parse(&Secret::new(typed.to_owned())).err(), Some(InvalidPassword), "{typed:?}");
        }
    }
}
