//! `vestibule users import` as an operator types it.

use std::fs;

use crate::stage::{Dev, run, sh, text};

const HASH: &str = "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";

fn line(email: &str) -> String {
    format!("{{\"email\":\"{email}\",\"password\":{{\"hash\":\"{HASH}\"}}}}\n")
}

#[test]
fn a_file_is_imported_its_bad_lines_are_kept_and_a_second_run_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], None);
    let (file, rejected) = (folder.path().join("users.jsonl"), folder.path().join("users.jsonl.rejected"));
    fs::write(&file, format!("{}rubbish\n{}", line("ada@example.com"), line("bob@example.com"))).unwrap();
    let import = |more: &[&str]| {
        run(folder.path(), &[&["users", "import", "users.jsonl", "--scope", "orders:read"], more].concat(), "")
    };

    let trial = import(&["--dry-run"]);
    assert_eq!(text(&trial.stdout), "would have imported 2 (bcrypt 2), already there 0, rejected 1\n");

    let first = import(&[]);
    assert_eq!(first.status.code(), Some(1), "a script that goes on must hear of the bad line");
    assert_eq!(text(&first.stdout), "imported 2 (bcrypt 2), already there 0, rejected 1\n");
    let said = text(&first.stderr);
    for sentence in [
        "changing the dev deployment in ./.vestibule",
        "line 2: it is no JSON object",
        "100 %: imported 2 (bcrypt 2), already there 0, rejected 1",
        "vestibule: rejected lines: 1, kept in users.jsonl.rejected",
    ] {
        assert!(said.lines().any(|line| line == sentence), "{sentence}: {said}");
    }
    assert_eq!(fs::read_to_string(&rejected).unwrap(), "rubbish\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&rejected).unwrap().permissions().mode() & 0o777, 0o600, "hashes may stand in it");
    }

    fs::write(&file, line("ada@example.com")).unwrap();
    let second = import(&[]);
    assert!(second.status.success(), "{}", text(&second.stderr));
    assert_eq!(text(&second.stdout), "imported 0, already there 1, rejected 0\n");
    assert!(!rejected.exists(), "no line is rejected any more");

    let body = r#"{"username":"ada@example.com","password":"a"}"#;
    let answer = sh(&format!("curl -sS {}/login -H 'content-type: application/json' -d '{body}'", dev.url()));
    assert!(answer.contains(r#""scope":"orders:read""#), "{answer}");
}

#[test]
fn the_hooks_key_is_printed_alone_on_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let _dev = Dev::start(folder.path(), &["--memory"], None);
    let output = run(folder.path(), &["users", "hook-key"], "");
    let key = text(&output.stdout);
    assert!(key.trim_end().len() == 64 && key.trim_end().bytes().all(|digit| digit.is_ascii_hexdigit()), "{key}");
    assert_eq!(text(&output.stderr), "key number 1\n");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let _dev = Dev::start(folder.path(), &["--memory"], None);
    fs::write(folder.path().join("users.jsonl"), line("ada@example.com")).unwrap();
    fs::write(folder.path().join("firebase"), "rounds: 8").unwrap();
    for (arguments, reason) in [
        (&["users", "import", "nothing.jsonl"][..], "vestibule: nothing.jsonl: No such file"),
        (&["users", "import", "users.jsonl", "--firebase", "firebase"], "vestibule: firebase: there is no mem_cost"),
        (&["users", "import", "users.jsonl", "--scope", "\""], "vestibule: "),
    ] {
        let output = run(folder.path(), arguments, "");
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(reason), "{arguments:?}: {}", text(&output.stderr));
        assert!(!folder.path().join("users.jsonl.rejected").exists(), "{arguments:?}");
    }
}
