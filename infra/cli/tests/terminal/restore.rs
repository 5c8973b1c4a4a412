//! `vestibule restore` at a terminal. What comes back is tested in `tests/tests/restore`.

use crate::stage::{Dev, refusal, run, text};

#[test]
fn a_backup_that_is_not_there_is_one_sentence_and_one_that_is_the_table_itself_brings_back_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let _dev = Dev::start(folder.path(), &["--memory"], None);
    let nowhere = run(folder.path(), &["restore", "--from", "nowhere"], "");
    assert!(refusal(&nowhere).contains("the backup cannot be read"), "{}", text(&nowhere.stderr));
    let same = run(folder.path(), &["restore", "--from", "vestibule-Table", "--dry-run", "--json"], "");
    let said = text(&same.stderr);
    assert!(same.status.success() && said.contains("a dry run: nothing was written"), "{said}");
    let counts: serde_json::Value = serde_json::from_slice(&same.stdout).unwrap();
    let accounts = counts.as_array().unwrap().iter().find(|row| row["kind"] == "accounts").unwrap();
    assert_eq!((accounts["there"].as_u64(), accounts["back"].as_u64()), (Some(2), Some(0)), "{accounts}");
}
