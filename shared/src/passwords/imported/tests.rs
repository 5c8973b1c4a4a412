//! Other systems' hashes, with the vectors that they or the standards publish.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<ImportedHash, RefusedHash> {
    ImportedHash::parse(&Secret::new(text.to_owned()))
}

#[track_caller]
fn is_of(hash: &ImportedHash, password: &str) {
    assert!(hash.verify(password.as_bytes()).unwrap(), "{password:?} is right");
    for wrong in [format!("{password} "), format!(" {password}"), "other".to_owned(), String::new()] {
        assert!(wrong == password || !hash.verify(wrong.as_bytes()).unwrap(), "{wrong:?} is wrong");
    }
}

/// crypt_blowfish (`wrapper.c`) and jBCrypt (`TestBCrypt.java`).
#[test]
fn bcrypt_by_its_own_vectors() {
    for (password, hash) in [
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
        ("abcdefghijklmnopqrstuvwxyz", "$2a$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz."),
    ] {
        for version in ["$2a$", "$2b$", "$2y$"] {
            let hash = read(&hash.replace("$2a$", version)).unwrap();
            assert_eq!(hash.scheme(), "bcrypt");
            is_of(&hash, password);
        }
    }
}

#[test]
fn bcrypt_reads_seventy_two_bytes_as_those_who_made_the_hash_did() {
    let hash = read("$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui").unwrap();
    let counted = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    assert!(hash.verify(format!("{counted}chars after 72 are ignored").as_bytes()).unwrap());
    assert!(!hash.verify(&counted.as_bytes()[1..]).unwrap());
}

/// RFC 7914 §12; the first also in the form that Django has it (`tests/auth_tests/test_hashers.py`, after it).
#[test]
fn scrypt_by_the_vectors_of_its_rfc_and_of_django() {
    for (password, hash) in [
        (
            "pleaseletmein",
            "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
        ),
        (
            "password",
            "$scrypt$ln=10,r=8,p=16$TmFDbA==$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA==",
        ),
        (
            "lètmein",
            "scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==",
        ),
    ] {
        let hash = read(hash).unwrap();
        assert_eq!(hash.scheme(), "scrypt");
        is_of(&hash, password);
    }
}

/// The example of Firebase's own utility (<https://github.com/firebase/scrypt>).
#[test]
fn firebases_scrypt_by_firebases_example() {
    let key = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    let project = FirebaseParameters::new(key, "Bw==", 8, 14).unwrap();
    let hash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
    let of = |salt, hash: &str| ImportedHash::firebase(&project, salt, hash);
    is_of(&of("42xEC+ixf3L2lw==", hash).unwrap(), "user1password");
    // As the export of accounts spells them.
    let exported = of("42xEC-ixf3L2lw==", &hash.replace('/', "_").replace('+', "-")).unwrap();
    is_of(&exported, "user1password");
    assert_eq!(exported.scheme(), "firebase-scrypt");
    assert!(!of("42xEC+ixf3L2lg==", hash).unwrap().verify(b"user1password").unwrap(), "another salt");
    let other = FirebaseParameters::new(key, "Bg==", 8, 14).unwrap();
    assert!(!ImportedHash::firebase(&other, "42xEC+ixf3L2lw==", hash).unwrap().verify(b"user1password").unwrap());
    assert_eq!(
        of("42xEC+ixf3L2lw==", "lSrfV15c").map(drop).unwrap_err(),
        RefusedHash::Malformed("scrypt", "its hash is no base64 of a usual length")
    );
}

/// RFC 6070 (SHA-1), RFC 7914 §11 (SHA-256), and the first of RFC 6070's inputs with SHA-512, which is often published.
#[test]
fn pbkdf2_by_the_vectors_of_the_rfcs() {
    for (digest, password, iterations, salt, hash) in [
        (Digest::Sha1, "password", 4096, "c2FsdA==", "SwB5AbdlSJq+rUnZJvch0GWkKcE="),
        (
            Digest::Sha256,
            "passwd",
            1,
            "c2FsdA",
            "VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw",
        ),
        (
            Digest::Sha256,
            "Password",
            80_000,
            "TmFDbA==",
            "TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ==",
        ),
        (
            Digest::Sha512,
            "password",
            1,
            "c2FsdA==",
            "hn9wzxreAs/zdSWZo6U9xK80x6ZpgVrl1RNVThyM8lLALUcKKFoFAbrZmb/pQ8CPBQI119aLHaVeY/c7YKV/zg==",
        ),
    ] {
        let hash = ImportedHash::pbkdf2(digest, iterations, salt, hash).unwrap();
        assert_eq!(hash.scheme(), "pbkdf2");
        is_of(&hash, password);
    }
}

/// `tests/auth_tests/test_hashers.py` of Django 1.10, and passlib's `django_pbkdf2_sha1`, `django_bcrypt_sha256`.
#[test]
fn djangos_hashes_by_djangos_tests() {
    for (password, hash) in [
        ("lètmein", "pbkdf2_sha256$30000$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY="),
        ("not a password", "pbkdf2_sha1$10000$wz5B6WkasRoF$atJmJ1o+XfJxKq1+Nu1f1i57Z5I="),
        ("", "bcrypt_sha256$$2a$06$/3OeRpbOf8/l6nPPRdZPp.nRiyYqPobEZGdNRBWihQhiFDh1ws1tu"),
        ("a", "bcrypt$$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
        ("secret", "argon2$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$YC9+jJCrQhs5R6db7LlN8Q"),
        (
            "secret",
            "argon2$argon2i$m=8,t=1,p=1$c29tZXNhbHQ$gwQOXSNhxiOxPOA0+PY10P9QFO4NAYysnqRt1GSQLE55m+2GYDt9FEjPMHhP2Cuf0nOEXXMocVrsJAtNSsKyfg",
        ),
    ] {
        is_of(&read(hash).unwrap(), password);
    }
}

/// A unit test of Keycloak's own provider (novareto/user_access_managment, `HashingTest.java`).
#[test]
fn keycloaks_hashes_have_twice_the_digests_length() {
    for (salt, hash) in [
        (
            "lZtleWv1DeEcNIr8MTzdeg==",
            "/bVkHA4G/VOskjaCgNYyTz1BhgD+9X8bxCNEPGGpnDCJbWHDXIW0G8IlSBhDdJsXTjrXt/7yQguBwJ3sxSmSKA==",
        ),
        (
            "dTnm2F75dNhNRT0yW9UcNw==",
            "ldP3HIF5mf39q/lVSNyXPh/pcScKhEQTbPmnEjQcVVwMScX/nUWYh8gZ3zOXFdrB3Bvv50r51JDYhT48ymxz6A==",
        ),
    ] {
        is_of(&ImportedHash::pbkdf2(Digest::Sha256, 27_500, salt, hash).unwrap(), "test");
    }
}

/// The reference implementation's `src/test.c`, and argon2-jvm's for argon2d.
#[test]
fn argon2_in_every_variant_and_version() {
    for hash in [
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        "$argon2i$v=16$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        "$argon2i$m=256,t=2,p=2$c29tZXNhbHQ$tsEVYKap1h6scGt5ovl9aLRGOqOth+AMB+KwHpDFZPs",
        "$argon2d$v=19$m=1024,t=2,p=1$dGhpc2lzdGhlc2FsdA$rkBsbLVYkXDowmxcwZ9qjpLuAbNjIPBXxmD27YvzHzw",
    ] {
        let hash = read(hash).unwrap();
        assert_eq!(hash.scheme(), "argon2");
        is_of(&hash, "password");
    }
}

const SALT_AND_HASH: &str = "c2FsdHNhbHRzYWx0c2FsdA$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY";

#[test]
fn what_would_take_seconds_or_gigabytes_is_refused_when_it_is_imported() {
    let bcrypt = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    for (taken, refused) in [
        (format!("$2b$14${bcrypt}"), format!("$2b$15${bcrypt}")),
        (format!("bcrypt_sha256$$2b$14${bcrypt}"), format!("bcrypt_sha256$$2b$31${bcrypt}")),
        (format!("$scrypt$ln=17,r=8,p=1${SALT_AND_HASH}"), format!("$scrypt$ln=18,r=8,p=1${SALT_AND_HASH}")),
        (format!("$scrypt$ln=14,r=8,p=8${SALT_AND_HASH}"), format!("$scrypt$ln=14,r=8,p=9${SALT_AND_HASH}")),
        (
            format!("$scrypt$ln=1,r=8,p=1${SALT_AND_HASH}"),
            format!("$scrypt$ln=63,r=4294967295,p=4294967295${SALT_AND_HASH}"),
        ),
        (format!("scrypt$131072$salt$8$1${}", "A".repeat(86)), format!("scrypt$262144$salt$8$1${}", "A".repeat(86))),
        (format!("$pbkdf2-sha256$i=5000000${SALT_AND_HASH}"), format!("$pbkdf2-sha256$i=5000001${SALT_AND_HASH}")),
        (format!("$pbkdf2-sha512$i=2400000${SALT_AND_HASH}"), format!("$pbkdf2-sha512$i=2500000${SALT_AND_HASH}")),
        (
            format!("$pbkdf2-sha256$i=2500000$c2FsdA${}", "A".repeat(86)),
            format!("$pbkdf2-sha256$i=2500001$c2FsdA${}", "A".repeat(86)),
        ),
        (
            format!("$argon2id$v=19$m=131072,t=4,p=1${SALT_AND_HASH}"),
            format!("$argon2id$v=19$m=131073,t=1,p=1${SALT_AND_HASH}"),
        ),
        (
            format!("$argon2d$v=19$m=65536,t=8,p=4${SALT_AND_HASH}"),
            format!("$argon2d$v=19$m=65536,t=9,p=4${SALT_AND_HASH}"),
        ),
        (
            format!("$argon2i$v=19$m=4096,t=3,p=16${SALT_AND_HASH}"),
            format!("$argon2i$v=19$m=4096,t=3,p=17${SALT_AND_HASH}"),
        ),
    ] {
        assert!(read(&taken).is_ok(), "{taken}: {:?}", read(&taken));
        let fault = read(&refused).map(drop).unwrap_err();
        assert!(matches!(fault, RefusedHash::TooDear(_)), "{refused}: {fault}");
    }
}

#[test]
fn a_hash_of_no_known_scheme_or_not_whole_is_refused_when_it_is_imported() {
    for unknown in [
        "",
        "$",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "{SSHA}abc",
        "$1$salt$hash",
        "$6$salt$hash",
        "md5$salt$hash",
        "$pbkdf2-md5$i=1$c2FsdA$YWJj",
        "$hook",
        "$sealed$v=1,keyid=1$AAAA",
    ] {
        assert_eq!(read(unknown).map(drop), Err(RefusedHash::UnknownScheme), "{unknown}");
    }
    for cut in [
        "$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$xx$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
        "$argon2id$v=18$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR",
        "$scrypt$ln=14,r=8$c2FsdA$YWJj",
        "$scrypt$r=8,ln=14,p=1$c2FsdA$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY",
        "$scrypt$ln=14,r=8,p=1$c2FsdA$YWJj",
        "$scrypt$ln=0,r=8,p=1$c2FsdA$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY",
        "$scrypt$ln=14,r=0,p=1$c2FsdA$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY",
        "scrypt$16383$seasalt$8$1$YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=",
        "$scrypt$",
        "pbkdf2_sha256$30000$seasalt",
        "pbkdf2_sha256$-1$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=",
        "pbkdf2_sha256$0$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=",
        "pbkdf2_sha256$99999999999$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=",
        "pbkdf2_sha256$30000$seasalt$VrX+V8dr",
        "pbkdf2_sha256$30000$seasalt$!!!",
    ] {
        let fault = read(cut).map(drop).unwrap_err();
        assert!(matches!(fault, RefusedHash::Malformed(..)), "{cut}: {fault}");
    }
    let ours = format!("$argon2id$v=19$m=7168,t=5,p=1,keyid=AAAAAQ${SALT_AND_HASH}");
    assert_eq!(read(&ours).map(drop), Err(RefusedHash::NeedsSecret));
}

#[test]
fn neither_a_hash_nor_its_signer_key_is_shown_in_logs() {
    let project = FirebaseParameters::new("c2lnbmVyIGtleSBzaWduZXIga2V5", "Bw==", 8, 14).unwrap();
    let hash = read("$2b$14$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").unwrap();
    let shown = format!("{project:?} {hash:?}");
    assert!(!shown.contains("CCCC") && !shown.contains("c2ln") && !shown.contains("115"), "{shown}");
}

proptest! {
    #[test]
    fn whatever_stands_in_a_file_is_a_hash_or_refused(
        any in any::<String>(),
        almost in "\\$?(2b|bcrypt|bcrypt_sha256|argon2id|argon2|scrypt|firebase-scrypt|pbkdf2-sha256|pbkdf2_sha256)(\\$[ -~]{0,30}){0,6}",
        parameters in "\\$scrypt\\$ln=[0-9]{1,2},r=[0-9]{1,10},p=[0-9]{1,10}\\$[A-Za-z]{4}\\$[A-Za-z]{24}",
    ) {
        for text in [any, almost, parameters] {
            if let Ok(hash) = read(&text) {
                prop_assert!(u64::from(hash.memory_kib()) <= MAX_MEMORY_KIB, "{}", text);
            }
        }
    }
}
