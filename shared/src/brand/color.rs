//! The team's colour, made readable wherever it is used (WCAG 2.2 §1.4.3 and §1.4.11, relative luminance and contrast ratio).

use std::fmt;
use std::str::FromStr;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// The text is no `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no colour such as #1f5f8b")]
pub struct NotAColor;

/// Of text to what lies behind it (WCAG 2.2 §1.4.3, level AA). Graphics need 3, which text has too.
const READABLE: f64 = 4.5;

impl Color {
    /// White.
    pub const WHITE: Self = Self([255, 255, 255]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);
    /// The darkest ground of text in the light.
    pub const DAY: Self = Self([240, 242, 245]);
    /// The lightest ground of text in the dark.
    pub const NIGHT: Self = Self([37, 40, 47]);

    /// The colour of these parts.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// This colour if it can be read on `ground`; else the nearest to it that can, mixed with white or with black.
    #[must_use]
    pub fn readable_on(self, ground: Self) -> Self {
        let towards = if ground.luminance() > 0.18 { Self::BLACK } else { Self::WHITE };
        (0..=20)
            .map(|step| self.mixed(towards, f64::from(step) / 20.0))
            .find(|color| color.contrast(ground) >= READABLE)
            .unwrap_or(towards)
    }

    /// The colour of text on this one: one of the two is always readable.
    #[must_use]
    pub fn text(self) -> Self {
        if self.contrast(Self::WHITE) >= READABLE { Self::WHITE } else { Self::BLACK }
    }

    /// Between 1, the same, and 21, black on white.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| match f64::from(channel) / 255.0 {
            value if value <= 0.040_45 => value / 12.92,
            value => ((value + 0.055) / 1.055).powf(2.4),
        };
        let Self([red, green, blue]) = self;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |one: u8, other: u8| (f64::from(one) * (1.0 - share) + f64::from(other) * share).round();
        let (Self([r, g, b]), Self([x, y, z])) = (self, other);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between two bytes there are bytes alone"
        )]
        Self([mix(r, x) as u8, mix(g, y) as u8, mix(b, z) as u8])
    }
}

impl FromStr for Color {
    type Err = NotAColor;

    fn from_str(text: &str) -> Result<Self, NotAColor> {
        let digits = text.strip_prefix('#').ok_or(NotAColor)?;
        let whole = (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = whole.flatten().ok_or(NotAColor)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_color_is_six_hexadecimal_digits() {
        assert_eq!("#1F5f8b".parse::<Color>().unwrap().to_string(), "#1f5f8b");
        for text in ["", "#", "1f5f8b", "#1f5f8", "#1f5f8bb", "#1f5f8g", "#+f5f8b", "red", "#é5f8b", "#fff;}body{"] {
            assert_eq!(text.parse::<Color>(), Err(NotAColor), "{text}");
        }
    }

    /// The two ends of the scale, as WCAG has them.
    #[test]
    fn contrast_is_wcags() {
        assert!((Color([0; 3]).contrast(Color::WHITE) - 21.0).abs() < 1e-9);
        let gray: Color = "#767676".parse().unwrap();
        assert!((gray.contrast(Color::WHITE) - 4.54).abs() < 0.01, "the darkest gray that is too light is #777777");
    }

    #[test]
    fn a_color_that_can_be_read_stays_as_it_is() {
        let blue: Color = "#1f5f8b".parse().unwrap();
        assert_eq!(blue.readable_on(Color::WHITE), blue);
        assert_ne!(blue.readable_on(Color::NIGHT), blue);
    }

    proptest! {
        #[test]
        fn whatever_the_color_it_can_be_read(red in 0u8.., green in 0u8.., blue in 0u8..) {
            let color = Color([red, green, blue]);
            for ground in [Color::WHITE, Color::DAY, Color::NIGHT] {
                prop_assert!(color.readable_on(ground).contrast(ground) >= READABLE, "{color} on {ground}");
            }
            prop_assert!(color.contrast(color.text()) >= READABLE, "text on {color}");
        }
    }
}
