//! Of registered clients: each may have times of its own, which only the table knows.

use super::{Examined, Running};
use crate::stage::{run, text};

const GRANTS: [&str; 6] =
    ["--grant", "authorization_code", "--grant", "refresh_token", "--redirect-uri", "https://shop.example.com/back"];

impl Running {
    fn add(&self, client: &str, more: &[&str]) {
        let added = run(self.folder.path(), &[&["clients", "add", client][..], &GRANTS, more].concat(), "");
        assert!(added.status.success(), "{}", text(&added.stderr));
    }
}

fn reason(examined: &Examined, check: &str, subject: &str) -> String {
    let found = examined.findings().iter().find(|finding| finding["check"] == check && finding["subject"] == subject);
    found.unwrap_or_else(|| panic!("{check} {subject}"))["reason"].as_str().unwrap().to_owned()
}

#[test]
fn a_client_with_longer_tokens_lengthens_the_lock_out_that_doctor_prints() {
    let dev = Running::start(&[]);
    dev.add("brief", &["--public", "--access-token-seconds", "60"]);
    let before = dev.doctor(&[]);
    before.assert("warning", &[]);
    assert_eq!(before.seconds("lock-out", "GET /orders"), 360);
    assert_eq!(before.seconds("token-life", "access tokens of brief"), 60);
    dev.add("tills", &["--public", "--access-token-seconds", "3600"]);
    let after = dev.doctor(&[]);
    assert_eq!(after.seconds("lock-out", "GET /orders"), 3660);
    assert!(reason(&after, "lock-out", "GET /orders").contains("after 3660 s at the most: token 3600 s"), "{after:?}");
    assert_eq!(after.seconds("lock-out", "GET /admin"), 0);
    after.assert("warning", &["token-life access tokens of tills"]);
}

#[test]
fn doctor_names_each_public_client_that_may_retry_until_used() {
    let dev = Running::start(&[]);
    dev.add("page", &["--public"]);
    dev.add("site", &[]);
    dev.add("wall", &["--public", "--retry", "until_used"]);
    dev.add("tv", &["--public", "--retry", "until_used"]);
    dev.add("strict", &["--public", "--retry", "0"]);
    let examined = dev.doctor(&[]);
    examined.assert("warning", &["refresh-grace strict", "refresh-grace tv", "refresh-grace wall"]);
    assert!(reason(&examined, "refresh-grace", "tv").contains("never noticed"), "{examined:?}");
    assert_eq!(examined.seconds("refresh-grace", "page"), 10);
    assert!(reason(&examined, "refresh-grace", "site").contains("must be able to prove"), "{examined:?}");
}
