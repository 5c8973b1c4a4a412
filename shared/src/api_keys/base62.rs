//! Base 62 of fixed width: letters and digits only, so that a double click selects a whole key and no URL, shell or word wrap cuts it.

/// Digits in the order of their values.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE: u64 = 62;

/// Digits of 256 bits: 62^43 is the first power beyond 2^256.
pub(super) const DIGITS_OF_256_BITS: usize = 43;
/// Digits of 32 bits.
pub(super) const DIGITS_OF_32_BITS: usize = 6;

/// Digits that are read at once: 62^10 is below 2^64.
const AT_ONCE: usize = 10;

/// 256 bits, the most significant first.
pub(super) fn encode(bytes: &[u8; 32]) -> String {
    let mut number = *bytes;
    let mut digits = [b'0'; DIGITS_OF_256_BITS];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0;
        for byte in &mut number {
            let dividend = remainder * 256 + u64::from(*byte);
            // A remainder is below 62, so the quotient is below 256.
            *byte = u8::try_from(dividend / BASE).unwrap_or(u8::MAX);
            remainder = dividend % BASE;
        }
        *digit = digit_of(remainder);
    }
    digits.into_iter().map(char::from).collect()
}

/// 32 bits.
pub(super) fn encode_u32(number: u32) -> [u8; DIGITS_OF_32_BITS] {
    let mut number = u64::from(number);
    let mut digits = [b'0'; DIGITS_OF_32_BITS];
    for digit in digits.iter_mut().rev() {
        *digit = digit_of(number % BASE);
        number /= BASE;
    }
    digits
}

/// The 256 bits that `digits` spell; `None` for another length, another character, or a number that is too large.
pub(super) fn decode(digits: &[u8]) -> Option<[u8; 32]> {
    if digits.len() != DIGITS_OF_256_BITS {
        return None;
    }
    // The least significant limb first.
    let mut limbs = [0_u64; 4];
    for digits in digits.chunks(AT_ONCE) {
        let (mut value, mut scale) = (0, 1);
        for digit in digits {
            value = value * BASE + value_of(*digit)?;
            scale *= BASE;
        }
        let mut carry = u128::from(value);
        for limb in &mut limbs {
            carry += u128::from(*limb) * u128::from(scale);
            *limb = u64::try_from(carry & u128::from(u64::MAX)).ok()?;
            carry >>= 64;
        }
        if carry != 0 {
            return None;
        }
    }
    let mut bytes = [0; 32];
    for (bytes, limb) in bytes.chunks_mut(8).zip(limbs.iter().rev()) {
        bytes.copy_from_slice(&limb.to_be_bytes());
    }
    Some(bytes)
}

/// Whether all of `text` is digits.
pub(super) fn is_base62(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_alphanumeric)
}

fn digit_of(value: u64) -> u8 {
    usize::try_from(value).ok().and_then(|value| DIGITS.get(value)).copied().unwrap_or(b'0')
}

const fn value_of(digit: u8) -> Option<u64> {
    let value = match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'Z' => digit - b'A' + 10,
        b'a'..=b'z' => digit - b'a' + 36,
        _ => return None,
    };
    Some(value as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_spelled_in_full_width_and_in_order() {
        assert_eq!(encode(&[0; 32]), "0".repeat(43));
        assert_eq!(&encode_u32(0), b"000000");
        assert_eq!(&encode_u32(61), b"00000z");
        assert_eq!(&encode_u32(62), b"000010");
        assert_eq!(&encode_u32(u32::MAX), b"4gfFC3");
        let mut one = [0; 32];
        one[31] = 1;
        assert!(encode(&one) > encode(&[0; 32]) && encode(&[255; 32]) > encode(&one));
    }

    #[test]
    fn what_is_no_number_of_256_bits_is_refused() {
        let most = encode(&[255; 32]);
        assert_eq!(decode(most.as_bytes()), Some([255; 32]));
        let mut more = most.clone().into_bytes();
        *more.last_mut().unwrap() += 1;
        for refused in [more, vec![b'z'; 43], vec![b'0'; 42], vec![b'0'; 44], vec![], vec![b'-'; 43], vec![0xff; 43]] {
            assert_eq!(decode(&refused), None, "{refused:?}");
        }
    }

    proptest! {
        #[test]
        fn every_number_reads_back_and_every_text_that_is_read_is_spelled_so(
            bytes in any::<[u8; 32]>(),
            text in "[0-9A-Za-z]{43}",
        ) {
            prop_assert_eq!(decode(encode(&bytes).as_bytes()), Some(bytes));
            if let Some(read) = decode(text.as_bytes()) {
                prop_assert_eq!(encode(&read), text);
            }
        }
    }
}
