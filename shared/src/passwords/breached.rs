//! Passwords that attackers try first, because they have been in breaches (NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 §6.2.4, §6.2.12).
//!
//! The list is in the program (decision 0013): no request waits for somebody else's service, none tells it anything, and none goes
//! unchecked because it is down. It has the 337,335 of at least 15 characters among the lists of SecLists' `Common-Credentials`
//! (MIT), in lower case, each as 32 bits of its SHA-256. So one password in twelve thousand is refused that is not on it.

use aws_lc_rs::digest::{SHA256, digest};

static LIST: &[u8] = include_bytes!("breached.bin");

/// The first 16 bits of a digest name its bucket; the list begins with how many each has.
const BUCKETS: usize = 1 << 16;
/// The next 16 bits stand in the bucket.
const REST: usize = 2;

/// Whether `password` is on the list, in any mixture of upper and lower case.
pub(super) fn is_breached(password: &str) -> bool {
    contains(LIST, password)
}

fn contains(list: &[u8], password: &str) -> bool {
    let Some((counts, rests)) = list.split_at_checked(BUCKETS) else { return false };
    let (bucket, rest) = place(password);
    let before: usize = counts.iter().take(bucket).map(|count| usize::from(*count)).sum();
    let within = counts.get(bucket).map_or(0, |count| usize::from(*count));
    let rests = rests.get(before * REST..(before + within) * REST).unwrap_or_default();
    rests.chunks_exact(REST).any(|found| found == rest)
}

/// The bucket of a password, and what stands for it there.
fn place(password: &str) -> (usize, [u8; REST]) {
    match *digest(&SHA256, password.to_lowercase().as_bytes()).as_ref() {
        [a, b, c, d, ..] => (usize::from(u16::from_be_bytes([a, b])), [c, d]),
        _ => (0, [0; REST]),
    }
}

/// The list of these passwords, for whoever makes another one (`cargo run -p vestibule --example breached`); `None` for more than it has
/// room for, some ten million.
pub fn encode<'a>(passwords: impl IntoIterator<Item = &'a str>) -> Option<Vec<u8>> {
    let mut places: Vec<_> = passwords.into_iter().map(place).collect();
    places.sort_unstable();
    places.dedup();
    let mut list = vec![0_u8; BUCKETS];
    for (bucket, rest) in places {
        let count = list.get_mut(bucket)?;
        *count = count.checked_add(1)?;
        list.extend(rest);
    }
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_attackers_try_first_is_on_the_list_however_it_is_capitalized() {
        for common in
            ["qwertyuiop12345", "passwordpassword", "1234567890qwerty", "1qaz2wsx3edc4rfv", "PasswordPassword"]
        {
            assert!(is_breached(common), "{common}");
        }
        for fine in ["correct horse battery staple", "another password of mine", "seven brown foxes in a row"] {
            assert!(!is_breached(fine), "{fine}");
        }
    }

    #[test]
    fn a_list_has_what_it_was_made_of() {
        let words: Vec<String> = (0..5_000).map(|number| format!("password number {number}")).collect();
        let list = encode(words.iter().map(String::as_str)).unwrap();
        assert!(words.iter().all(|word| contains(&list, word)));
        let mistaken = (0..5_000).filter(|number| contains(&list, &format!("another {number}"))).count();
        assert!(mistaken < 5, "{mistaken}");
        assert!(!contains(&[], "password number 1"));
    }

    /// Every byte of the list is reached: no bucket is longer than what is left.
    #[test]
    fn the_list_is_whole() {
        let total: usize = LIST[..BUCKETS].iter().map(|count| usize::from(*count)).sum();
        assert_eq!(LIST.len(), BUCKETS + total * REST);
        assert!((330_000..340_000).contains(&total), "{total}");
    }
}
