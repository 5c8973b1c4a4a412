//! What password hashes promise, as sentences. All at the lowest cost that a deployment may have.

mod memory;

use proptest::prelude::*;

use super::*;
use crate::keys::{Pepper, Peppers};
use crate::randomness::{Randomness, SeededRandomness};
use crate::secret::Secret;

fn lowest() -> Cost {
    Cost::new(Cost::MIN_MEMORY_KIB, 5, 1).unwrap()
}

fn higher() -> Cost {
    Cost::new(Cost::MIN_MEMORY_KIB, 6, 1).unwrap()
}

fn hasher(cost: Cost) -> Hasher {
    Hasher::new(cost, cost.memory_kib(), Randomness::Seeded(SeededRandomness::new(1)))
}

fn peppers(active: u32, ids: &[u32]) -> Peppers {
    let pepper = |id: &u32| Pepper::new(*id, Secret::new([u8::try_from(*id).unwrap(); 32]));
    Peppers::new(active, ids.iter().map(pepper).collect()).unwrap()
}

fn password(typed: &str) -> Password {
    Password::parse(&Secret::new(typed.to_owned())).unwrap()
}

/// What an answer says: whether the password is right, and whether its hash is to be replaced.
const fn said(verdict: &Verdict) -> (bool, bool) {
    match verdict {
        Verdict::Right { outdated } => (true, *outdated),
        Verdict::Wrong => (false, false),
    }
}

#[tokio::test]
async fn the_password_that_was_hashed_is_right_and_every_other_is_wrong() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let hash = hasher.hash(&password("correct horse"), &peppers).await.unwrap();
    assert_eq!(said(&hasher.check(&password("correct horse"), &hash, &peppers).await.unwrap()), (true, false));
    for other in ["correct horse ", "Correct horse", "correct hors", "correct horsee"] {
        assert_eq!(said(&hasher.check(&password(other), &hash, &peppers).await.unwrap()), (false, false), "{other}");
    }
}

#[tokio::test]
async fn a_password_of_any_length_counts_to_its_last_byte() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let long = "x".repeat(4096);
    let hash = hasher.hash(&password(&long), &peppers).await.unwrap();
    assert!(said(&hasher.check(&password(&long), &hash, &peppers).await.unwrap()).0);
    assert!(!said(&hasher.check(&password(&long[1..]), &hash, &peppers).await.unwrap()).0);
}

#[tokio::test]
async fn two_hashes_of_one_password_have_nothing_in_common() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let one = hasher.hash(&password("secret"), &peppers).await.unwrap();
    let two = hasher.hash(&password("secret"), &peppers).await.unwrap();
    let ends = |hash: &PasswordHash| {
        let parts: Vec<_> = hash.as_str().rsplit('$').take(2).map(str::to_owned).collect();
        parts
    };
    assert!(ends(&one).iter().all(|part| !ends(&two).contains(part)), "neither salt nor hash");
}

#[tokio::test]
async fn a_hash_is_a_phc_string_that_names_its_cost_and_its_pepper() {
    let hash = hasher(lowest()).hash(&password("secret"), &peppers(2, &[1, 2])).await.unwrap();
    assert_eq!(hash.pepper(), Some(2));
    // The keyid is the pepper's number, big-endian: AAAAAg is 2.
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=7168,t=5,p=1,keyid=AAAAAg$"), "{}", hash.as_str());
    assert_eq!(PasswordHash::parse(hash.as_str().to_owned()), Ok(hash));
}

#[tokio::test]
async fn a_hash_cheaper_than_todays_cost_is_replaced_at_the_next_right_password() {
    let peppers = peppers(1, &[1]);
    let hash = hasher(lowest()).hash(&password("secret"), &peppers).await.unwrap();
    let today = hasher(higher());
    assert_eq!(said(&today.check(&password("secret"), &hash, &peppers).await.unwrap()), (true, true));
    let better = today.hash(&password("secret"), &peppers).await.unwrap();
    assert_eq!(said(&today.check(&password("secret"), &better, &peppers).await.unwrap()), (true, false));
    let wrong = today.check(&password("other"), &hash, &peppers).await.unwrap();
    assert_eq!(said(&wrong), (false, false), "a wrong password replaces nothing");
}

#[tokio::test]
async fn a_hash_dearer_than_todays_cost_stays() {
    let peppers = peppers(1, &[1]);
    let hash = hasher(higher()).hash(&password("secret"), &peppers).await.unwrap();
    assert_eq!(said(&hasher(lowest()).check(&password("secret"), &hash, &peppers).await.unwrap()), (true, false));
}

#[tokio::test]
async fn each_part_of_the_cost_counts() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let hash = hasher.hash(&password("secret"), &peppers).await.unwrap();
    for dearer in [Cost::new(7169, 5, 1), Cost::new(7168, 6, 1), Cost::new(7168, 5, 2)] {
        let verdict = self::hasher(dearer.unwrap()).check(&password("secret"), &hash, &peppers).await.unwrap();
        assert!(said(&verdict).1, "{dearer:?}");
    }
}

#[tokio::test]
async fn peppers_are_rotated_one_sign_in_at_a_time() {
    let hasher = hasher(lowest());
    let (before, during, after) = (peppers(1, &[1]), peppers(2, &[1, 2]), peppers(2, &[2]));
    let old = hasher.hash(&password("secret"), &before).await.unwrap();
    assert_eq!(said(&hasher.check(&password("secret"), &old, &during).await.unwrap()), (true, true));
    let new = hasher.hash(&password("secret"), &during).await.unwrap();
    assert_eq!(said(&hasher.check(&password("secret"), &new, &during).await.unwrap()), (true, false));
    assert_eq!(said(&hasher.check(&password("secret"), &new, &after).await.unwrap()), (true, false));
    assert!(!said(&hasher.check(&password("other"), &old, &during).await.unwrap()).0);
}

#[tokio::test]
async fn without_its_pepper_a_hash_is_neither_right_nor_wrong() {
    let hasher = hasher(lowest());
    let hash = hasher.hash(&password("secret"), &peppers(1, &[1])).await.unwrap();
    for typed in ["secret", "other"] {
        let fault = hasher.check(&password(typed), &hash, &peppers(2, &[2])).await.unwrap_err();
        assert!(matches!(fault, HashingError::UnknownPepper), "{fault}");
    }
    let unpeppered = hash.as_str().replace(",keyid=AAAAAQ", "");
    let unpeppered = PasswordHash::parse(unpeppered).unwrap();
    let fault = hasher.check(&password("secret"), &unpeppered, &peppers(1, &[1])).await.unwrap_err();
    assert!(matches!(fault, HashingError::UnknownPepper), "{fault}");
}

#[tokio::test]
async fn another_pepper_of_the_same_number_makes_every_password_wrong() {
    let hasher = hasher(lowest());
    let hash = hasher.hash(&password("secret"), &peppers(1, &[1])).await.unwrap();
    let other = Peppers::new(1, vec![Pepper::new(1, Secret::new([0xff; 32]))]).unwrap();
    assert!(!said(&hasher.check(&password("secret"), &hash, &other).await.unwrap()).0);
}

#[test]
fn a_cost_below_owasps_settings_is_refused() {
    for (memory_kib, iterations, parallelism) in [
        (Cost::MIN_MEMORY_KIB - 1, 100, 1),
        (Cost::MIN_MEMORY_KIB, 4, 1),
        (9 * 1024, 3, 1),
        (19 * 1024, 1, 1),
        (19 * 1024, 2, 0),
        (19 * 1024, 0, 1),
        (19 * 1024, 2, u32::MAX),
        (0, 0, 0),
    ] {
        let cost = Cost::new(memory_kib, iterations, parallelism);
        assert_eq!(cost, Err(InvalidCost), "m={memory_kib}, t={iterations}, p={parallelism}");
    }
    // Every setting of the OWASP Password Storage Cheat Sheet.
    for (memory_kib, iterations) in [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)] {
        assert!(Cost::new(memory_kib, iterations, 1).is_ok(), "m={memory_kib}, t={iterations}");
    }
    let default = Cost::DEFAULT;
    assert_eq!(Cost::new(default.memory_kib(), default.iterations(), default.parallelism()), Ok(default));
}

const SALT_AND_HASH: &str = "c2FsdHNhbHRzYWx0c2FsdA$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY";

#[test]
fn only_a_whole_argon2id_hash_is_stored() {
    let parse = |text: String| PasswordHash::parse(text);
    assert!(parse(format!("$argon2id$v=19$m=7168,t=5,p=1${SALT_AND_HASH}")).is_ok());
    for other in [
        String::new(),
        "secret".into(),
        "$argon2id".into(),
        "$argon2id$v=19$m=7168,t=5,p=1".into(),
        "$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHRzYWx0c2FsdA".into(),
        format!("$argon2i$v=19$m=7168,t=5,p=1${SALT_AND_HASH}"),
        format!("$argon2d$v=19$m=7168,t=5,p=1${SALT_AND_HASH}"),
        format!("$scrypt$ln=17,r=8,p=1${SALT_AND_HASH}"),
        "$2b$12$abcdefghijklmnopqrstuuJ0Q1Z7v2v4x8yQ1l3m5n7p9r1t3v5x7".into(),
        "5f4dcc3b5aa765d61d8327deb882cf99".into(),
    ] {
        assert_eq!(parse(other.clone()), Err(MalformedHash), "{other}");
    }
}

#[tokio::test]
async fn a_hash_that_cannot_be_computed_is_a_fault_and_no_verdict() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    for params in ["m=1,t=5,p=1,keyid=AAAAAQ", "m=7168,t=0,p=1,keyid=AAAAAQ", "m=x,keyid=AAAAAQ", "x=1,keyid=AAAAAQ"] {
        let hash = PasswordHash::parse(format!("$argon2id$v=19${params}${SALT_AND_HASH}")).unwrap();
        let fault = hasher.check(&password("secret"), &hash, &peppers).await.unwrap_err();
        assert!(matches!(fault, HashingError::Failed(_)), "{params}: {fault}");
    }
}

#[tokio::test]
async fn neither_a_password_nor_its_hash_is_shown_in_logs() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let typed = password("correct horse");
    let hash = hasher.hash(&typed, &peppers).await.unwrap();
    let shown = format!("{typed:?} {hash:?} {hasher:?} {peppers:?}");
    assert!(!shown.contains("horse") && !shown.contains("$argon2id"), "{shown}");
}

proptest! {
    #[test]
    fn whatever_a_person_types_is_a_password_or_refused(typed in any::<String>(), printable in "\\PC{1,40}") {
        for typed in [typed, printable] {
            if let Ok(password) = Password::parse(&Secret::new(typed)) {
                prop_assert!(!password.bytes().is_empty());
            }
        }
    }

    #[test]
    fn whatever_stands_in_the_table_is_a_hash_or_refused(text in any::<String>(), phc in "\\$argon2id(\\$[ -~]{0,30}){0,5}") {
        for text in [text, phc] {
            if let Ok(hash) = PasswordHash::parse(text.clone()) {
                prop_assert_eq!(hash.as_str(), text);
            }
        }
    }
}

const BCRYPT_OF_A: &str = "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";

fn imported(text: &str) -> ImportedHash {
    ImportedHash::parse(&Secret::new(text.to_owned())).unwrap()
}

#[tokio::test]
async fn an_imported_hash_is_checked_as_it_was_made_and_then_replaced() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let sealed = hasher.seal(&imported(BCRYPT_OF_A), &peppers).unwrap();
    assert_eq!(said(&hasher.check(&password("a"), &sealed, &peppers).await.unwrap()), (true, true));
    assert_eq!(said(&hasher.check(&password("b"), &sealed, &peppers).await.unwrap()), (false, false));
    let ours = hasher.hash(&password("a"), &peppers).await.unwrap();
    assert_eq!(said(&hasher.check(&password("a"), &ours, &peppers).await.unwrap()), (true, false));
}

#[tokio::test]
async fn an_imported_hash_is_stored_so_that_without_the_pepper_nobody_can_guess_against_it() {
    let (hasher, peppers) = (hasher(lowest()), peppers(2, &[1, 2]));
    let sealed = hasher.seal(&imported(BCRYPT_OF_A), &peppers).unwrap();
    assert!(sealed.as_str().starts_with("$sealed$v=1,keyid=2$"), "{}", sealed.as_str());
    assert!(!sealed.as_str().contains("m0CrhHm10qJ3lXRY"));
    assert_eq!(PasswordHash::parse(sealed.as_str().to_owned()), Ok(sealed.clone()));
    assert_ne!(hasher.seal(&imported(BCRYPT_OF_A), &peppers).unwrap(), sealed, "one hash is sealed twice differently");
}

/// Whoever can write to the table, but knows no pepper, plants no password.
#[tokio::test]
async fn a_hash_that_nobody_sealed_lets_nobody_in() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let mallory = Peppers::new(1, vec![Pepper::new(1, Secret::new([0xff; 32]))]).unwrap();
    let planted = hasher.seal(&imported(BCRYPT_OF_A), &mallory).unwrap();
    let fault = hasher.check(&password("a"), &planted, &peppers).await.unwrap_err();
    assert!(matches!(fault, HashingError::Unsealable), "{fault}");
    let sealed = hasher.seal(&imported(BCRYPT_OF_A), &peppers).unwrap();
    let (front, last) = sealed.as_str().split_at(sealed.as_str().len() - 2);
    let changed = PasswordHash::parse(format!("{front}{}", if last == "AA" { "AQ" } else { "AA" }));
    if let Ok(changed) = changed {
        assert!(hasher.check(&password("a"), &changed, &peppers).await.is_err());
    }
    assert_eq!(PasswordHash::parse(BCRYPT_OF_A.to_owned()), Err(MalformedHash), "an unsealed one is none at all");
}

#[tokio::test]
async fn a_sealed_hash_names_its_pepper_as_ours_do() {
    let hasher = hasher(lowest());
    let sealed = hasher.seal(&imported(BCRYPT_OF_A), &peppers(1, &[1])).unwrap();
    assert_eq!((sealed.pepper(), PasswordHash::none().pepper()), (Some(1), None));
    assert!(said(&hasher.check(&password("a"), &sealed, &peppers(2, &[1, 2])).await.unwrap()).0);
    let fault = hasher.check(&password("a"), &sealed, &peppers(2, &[2])).await.unwrap_err();
    assert!(matches!(fault, HashingError::UnknownPepper), "{fault}");
}

#[tokio::test]
async fn an_imported_hash_is_of_what_was_typed_and_the_new_one_of_what_every_device_types() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    // PBKDF2-HMAC-SHA-256 of "A\u{30a}" (decomposed), as a system without normalization stored it.
    let decomposed = "$pbkdf2-sha256$i=1$c2FsdA$T+SPR/OtaHmm7PHCJXk3wSD1RNH9alTRvgVT8bjHoLA";
    let sealed = hasher.seal(&imported(decomposed), &peppers).unwrap();
    assert!(said(&hasher.check(&password("A\u{30a}"), &sealed, &peppers).await.unwrap()).0);
    let ours = hasher.hash(&password("A\u{30a}"), &peppers).await.unwrap();
    assert!(said(&hasher.check(&password("\u{c5}"), &ours, &peppers).await.unwrap()).0);
}

#[tokio::test]
async fn a_hash_that_takes_more_memory_takes_more_slots_and_never_more_than_there_are() {
    let hasher = Hasher::new(lowest(), 3 * lowest().memory_kib(), Randomness::Seeded(SeededRandomness::new(1)));
    let seen = hasher.clone();
    for (memory_kib, left) in [(4, 2), (lowest().memory_kib(), 2), (lowest().memory_kib() + 1, 1), (u32::MAX, 0)] {
        let seen = seen.clone();
        assert_eq!(hasher.run_within(memory_kib, move || Ok(seen.free_slots())).await.unwrap(), left, "{memory_kib}");
    }
    assert_eq!(hasher.free_slots(), 3);
}

#[tokio::test]
async fn a_password_that_only_the_hook_knows_is_neither_right_nor_wrong() {
    let (hasher, peppers) = (hasher(lowest()), peppers(1, &[1]));
    let held = PasswordHash::parse(PasswordHash::held_elsewhere().as_str().to_owned()).unwrap();
    assert!(held.is_held_elsewhere());
    let fault = hasher.check(&password("secret"), &held, &peppers).await.unwrap_err();
    assert!(matches!(fault, HashingError::HeldElsewhere), "{fault}");
}
