//! The two numbers of an RSA public key out of its DER form (RFC 8017 §A.1.1); nothing else of ASN.1 is read.

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` as (n, e), without leading zeros.
pub(super) fn rsa_public_key(encoded: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (numbers, rest) = element(encoded, SEQUENCE)?;
    let (n, numbers) = element(numbers, INTEGER)?;
    let (e, numbers) = element(numbers, INTEGER)?;
    (rest.is_empty() && numbers.is_empty()).then(|| (positive(n), positive(e)))
}

/// One element with this tag: its content, and what follows it (X.690 §8.1).
fn element(encoded: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = encoded.strip_prefix(&[tag])?.split_first()?;
    let (length, rest) = match *first {
        short @ 0..=0x7f => (usize::from(short), rest),
        // The long form: so many bytes of length. Two are enough for a key of 8,192 bits.
        0x81 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        0x82 => rest.split_first_chunk().map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest))?,
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// DER puts a zero before a number whose first bit is set; JWK does not (RFC 7518 §2).
fn positive(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.iter().skip(zeros).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::rsa_public_key;

    #[test]
    fn the_numbers_are_read_in_both_forms_of_length() {
        assert_eq!(rsa_public_key(&[0x30, 7, 2, 2, 0, 0x81, 2, 1, 3]), Some((vec![0x81], vec![3])));
        assert_eq!(rsa_public_key(&[0x30, 0x81, 7, 2, 2, 0, 0x81, 2, 1, 3]), Some((vec![0x81], vec![3])));
        assert_eq!(rsa_public_key(&[0x30, 0x82, 0, 7, 2, 2, 0, 0x81, 2, 1, 3]), Some((vec![0x81], vec![3])));
    }

    #[test]
    fn truncated_or_trailing_bytes_are_no_key() {
        let whole = [0x30, 7, 2, 2, 0, 0x81, 2, 1, 3];
        for length in 0..whole.len() {
            assert_eq!(rsa_public_key(&whole[..length]), None);
        }
        assert_eq!(rsa_public_key(&[0x30, 7, 2, 2, 0, 0x81, 2, 1, 3, 0]), None);
    }
}
