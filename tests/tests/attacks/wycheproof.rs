//! The published attacks on signature verification, from Project Wycheproof (<https://github.com/C2SP/wycheproof>).
//!
//! They go through [`VerificationKey`], the last step of `verify_compact`: their messages are bytes of any kind, while a compact
//! JWS signs its own header. Left out, because no token of ours can be of the kind: Ed25519 (we neither sign nor verify EdDSA,
//! and a test refuses the example of RFC 8037), other curves, PSS, and hashes other than SHA-256; of those hashes, the
//! signatures are shown to be refused.

use vestibule::keys::{Jwk, VerificationKey};
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName as EcdsaName, TestSet as EcdsaSet};
use wycheproof::rsa_pkcs1_verify::{TestName as RsaName, TestSet as RsaSet};

/// What became of a set.
#[derive(Debug, Default)]
struct Tally {
    accepted: usize,
    refused: usize,
}

fn ecdsa(name: EcdsaName) -> Vec<(VerificationKey, wycheproof::ecdsa::Test)> {
    let groups = EcdsaSet::load(name).unwrap().test_groups;
    let each = groups.into_iter().flat_map(|group| {
        let point = group.key.key.to_vec();
        assert_eq!((point.len(), point[0]), (65, 4), "an uncompressed point");
        let jwk = Jwk::Ec { x: point[1..33].try_into().unwrap(), y: point[33..].try_into().unwrap() };
        let key = VerificationKey::new(&jwk).unwrap();
        group.tests.into_iter().map(move |test| (key.clone(), test))
    });
    each.collect()
}

#[test]
fn every_p256_signature_of_wycheproof_is_judged_as_it_should_be() {
    let mut tally = Tally::default();
    for (key, test) in ecdsa(EcdsaName::EcdsaSecp256r1Sha256P1363) {
        let verifies = key.verifies(&test.msg, &test.sig);
        match test.result {
            TestResult::Valid => assert!(verifies, "{test:?}"),
            TestResult::Invalid => assert!(!verifies, "{test:?}"),
            TestResult::Acceptable => {}
        }
        *(if verifies { &mut tally.accepted } else { &mut tally.refused }) += 1;
    }
    assert!(tally.accepted > 100 && tally.refused > 80, "{tally:?}");
}

/// RFC 7518 §3.4: R and S side by side; the form of X.509 and TLS is none, good or bad.
#[test]
fn no_p256_signature_in_der_or_over_another_hash_is_one() {
    let der = EcdsaName::EcdsaSecp256r1Sha256;
    let others =
        [EcdsaName::EcdsaSecp256r1Sha512P1363, EcdsaName::EcdsaSecp256r1Sha512, EcdsaName::EcdsaSecp256r1Sha3_256];
    let mut refused = 0;
    for (key, test) in others.into_iter().chain([der]).flat_map(ecdsa) {
        assert!(!key.verifies(&test.msg, &test.sig), "{test:?}");
        refused += 1;
    }
    assert!(refused > 1000, "{refused}");
}

fn rsa(name: RsaName) -> Vec<(VerificationKey, wycheproof::rsa_pkcs1_verify::Test)> {
    let groups = RsaSet::load(name).unwrap().test_groups;
    let each = groups.into_iter().flat_map(|group| {
        let number = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
        let jwk = Jwk::Rsa { n: number(&group.key.n), e: number(&group.key.e) };
        let key = VerificationKey::new(&jwk).unwrap();
        group.tests.into_iter().map(move |test| (key.clone(), test))
    });
    each.collect()
}

#[test]
fn every_rsa_signature_of_wycheproof_is_judged_as_it_should_be() {
    let mut tally = Tally::default();
    let sets = [RsaName::Rsa2048Sha256, RsaName::Rsa3072Sha256, RsaName::Rsa4096Sha256, RsaName::Rsa8192Sha256];
    for (key, test) in sets.into_iter().flat_map(rsa) {
        let verifies = key.verifies(&test.msg, &test.sig);
        match test.result {
            TestResult::Valid => assert!(verifies, "{test:?}"),
            TestResult::Invalid => assert!(!verifies, "{test:?}"),
            // Padding of another spelling than RFC 8017 gives it.
            TestResult::Acceptable => assert!(!verifies, "{test:?}"),
        }
        *(if verifies { &mut tally.accepted } else { &mut tally.refused }) += 1;
    }
    assert!(tally.accepted > 20 && tally.refused > 500, "{tally:?}");
}

#[test]
fn no_rsa_signature_over_another_hash_is_one() {
    let others = [RsaName::Rsa2048Sha224, RsaName::Rsa2048Sha384, RsaName::Rsa2048Sha512, RsaName::Rsa2048Sha3_256];
    // What these sets call invalid may be over SHA-256, and is then a signature of ours.
    let good = |test: &wycheproof::rsa_pkcs1_verify::Test| test.result == TestResult::Valid;
    let mut refused = 0;
    for (key, test) in others.into_iter().flat_map(rsa).filter(|(_, test)| good(test)) {
        assert!(!key.verifies(&test.msg, &test.sig), "{test:?}");
        refused += 1;
    }
    assert!(refused > 20, "{refused}");
}
