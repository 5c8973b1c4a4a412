//! What a deployment comes to only after weeks: keys that age.

use std::time::Duration;

use vestibule::clock::Timestamp;
use vestibule::keys::{Algorithm, Change, LONGEST_ROTATION, LONGEST_VERIFIER_CACHE, RETIRED_KEY_STAYS, SigningKeyRing};

use super::keys;
use crate::doctor::finding::{Finding, Status};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

fn ring() -> SigningKeyRing {
    SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap()
}

fn examined(ring: &SigningKeyRing, period: Option<Duration>, after: Duration) -> Vec<Finding> {
    keys::examine(&ring.public_set().unwrap(), Algorithm::Es256, period, NOW.plus(after))
}

fn statuses(findings: &[Finding]) -> Vec<Status> {
    findings.iter().map(|finding| finding.status).collect()
}

#[test]
fn a_key_is_well_for_twice_its_period_and_then_its_rotation_is_broken() {
    let ring = ring();
    let young = examined(&ring, Some(MONTH), Duration::from_secs(60));
    assert_eq!(statuses(&young), [Status::Ok]);
    assert!(
        young[0].reason.contains("has signed for 60 s") && young[0].reason.contains("too young to sign"),
        "{young:?}"
    );
    let due = examined(&ring, Some(MONTH), MONTH * 2);
    assert_eq!((statuses(&due), due[0].seconds), (vec![Status::Ok], Some(60 * DAY.as_secs())));
    assert!(due[0].reason.contains("60 days") && due[0].reason.contains("may sign now"), "{due:?}");
    assert_eq!(statuses(&examined(&ring, Some(MONTH), MONTH * 2 + DAY)), [Status::Fault]);
    assert_eq!(statuses(&examined(&ring, None, MONTH * 20)), [Status::Ok], "nobody promised to change it");
}

#[test]
fn a_change_that_is_due_while_the_next_key_is_too_young_is_a_warning() {
    let ring = ring();
    let next = ring.next(Algorithm::Es256).unwrap().kid().to_owned();
    let late = ring.changed(&Change::Retire { kid: next }, NOW.plus(MONTH)).unwrap();
    let findings = examined(&late, Some(MONTH), MONTH + Duration::from_secs(60));
    assert_eq!(statuses(&findings), [Status::Warning], "{findings:?}");
    assert!(findings[0].reason.contains("too young"), "{findings:?}");
}

#[test]
fn without_a_next_key_a_rotation_would_wait() {
    let ring = ring();
    let next = ring.next(Algorithm::Es256).unwrap().kid().to_owned();
    let findings = examined(&ring.remove(&next, NOW).unwrap(), Some(MONTH), DAY);
    assert_eq!(statuses(&findings), [Status::Ok, Status::Warning]);
    assert!(findings[1].reason.contains("no next key"), "{findings:?}");
}

#[test]
fn an_algorithm_without_a_key_that_signs_is_a_fault() {
    let findings = keys::examine(&ring().public_set().unwrap(), Algorithm::Rs256, Some(MONTH), NOW);
    assert_eq!(findings[0].status, Status::Fault);
}

#[test]
fn a_retired_key_leaves_with_the_next_rotation_and_is_overdue_after_it() {
    let rotated = ring().changed(&Change::Rotate, NOW.plus(LONGEST_VERIFIER_CACHE)).unwrap();
    let since = LONGEST_VERIFIER_CACHE + LONGEST_ROTATION;
    let overdue = |period, after| {
        examined(&rotated, period, since + after).iter().any(|finding| finding.reason.contains("still published"))
    };
    let second = Duration::from_secs(1);
    assert!(!overdue(None, RETIRED_KEY_STAYS));
    assert!(overdue(None, RETIRED_KEY_STAYS + second));
    assert!(!overdue(Some(MONTH), MONTH * 2));
    assert!(overdue(Some(MONTH), MONTH * 2 + second));
}
