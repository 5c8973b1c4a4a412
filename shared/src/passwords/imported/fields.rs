//! The parts of a hash's text: base64 with or without padding, and parameters such as `ln=14,r=8`.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// Writes without padding; reads both: Django and Keycloak pad, PHC strings do not.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent));

pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

pub(super) fn encoded(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// A whole number without sign or leading zero: one spelling.
pub(super) fn number(text: &str) -> Option<u32> {
    let canonical = text.bytes().all(|digit| digit.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| canonical)
}

/// The values of exactly these parameters, in this order.
pub(super) fn parameters<'a, const N: usize>(text: &'a str, names: [&str; N]) -> Option<[&'a str; N]> {
    let mut values = [""; N];
    let mut given = text.split(',');
    for (value, name) in values.iter_mut().zip(names) {
        *value = given.next()?.strip_prefix(name)?.strip_prefix('=')?;
    }
    given.next().is_none().then_some(values)
}
