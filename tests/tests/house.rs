//! The house keeps its shape: dependencies point one way, modules do not import each other in circles, files stay short, and
//! each promise in the README names a test that exists.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here fails a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Our crates by what they may stand on: a crate may depend on those of a lower floor only.
fn floor(member: &str) -> u8 {
    match member {
        "shared" => 0,
        member if member.starts_with("functions/") => 1,
        "infra/local" => 2,
        "infra/cli" => 3,
        "tests" | "tests/baselines" => 4,
        "tests/load" => 5,
        other => panic!("on which floor does {other} stand?"),
    }
}

fn members() -> BTreeMap<String, toml::Table> {
    let folders = ["shared", "infra/local", "infra/cli", "tests", "tests/baselines", "tests/load"].map(str::to_owned);
    let functions = fs::read_dir(Path::new(ROOT).join("functions")).unwrap();
    let functions = functions.map(|entry| format!("functions/{}", entry.unwrap().file_name().to_str().unwrap()));
    folders
        .into_iter()
        .chain(functions)
        .map(|folder| {
            let text = fs::read_to_string(Path::new(ROOT).join(&folder).join("Cargo.toml")).unwrap();
            (folder, text.parse().unwrap())
        })
        .collect()
}

fn sources(folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(ROOT).join(folder), &mut found);
    found.sort();
    found
}

fn is_test(path: &Path) -> bool {
    path.components()
        .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches" | "examples" | "tests.rs")))
}

/// What stands before the unit tests of a file.
fn production(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

#[test]
fn dependencies_between_crates_point_one_way() {
    let members = members();
    let name = |table: &toml::Table| table["package"]["name"].as_str().unwrap().to_owned();
    let floors: BTreeMap<_, _> = members.iter().map(|(folder, table)| (name(table), floor(folder))).collect();
    for (folder, table) in &members {
        let dependencies = table.get("dependencies").and_then(toml::Value::as_table);
        for ours in
            dependencies.into_iter().flat_map(toml::Table::keys).filter(|dependency| floors.contains_key(*dependency))
        {
            assert!(floors[ours] < floor(folder), "{folder} depends on {ours}");
        }
    }
}

/// Whoever only checks tokens links neither AWS nor what passwords, accounts and pages need.
#[test]
fn a_resource_server_links_its_http_client_and_its_cryptography_and_nothing_of_the_functions() {
    let tree = "tree --offline --locked --package vestibule --no-default-features --edges normal --prefix none";
    let tree = Command::new(env!("CARGO")).current_dir(ROOT).args(tree.split(' ')).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.starts_with("vestibule ") && tree.contains("aws-smithy-http-client "), "{tree}");
    for linked in tree.lines() {
        for of_the_functions in ["aws-sdk", "aws-config", "lambda", "argon2", "bcrypt", "askama", "oauth2", "idna"] {
            assert!(!linked.starts_with(of_the_functions), "{linked}");
        }
    }
}

#[test]
fn versions_stand_in_the_workspace_and_nowhere_else() {
    for (folder, table) in members() {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, dependency) in table.get(section).and_then(toml::Value::as_table).into_iter().flatten() {
                let inherited = dependency.get("workspace").and_then(toml::Value::as_bool) == Some(true);
                assert!(inherited, "{folder}: {name} has a version of its own");
            }
        }
    }
}

/// The module at the top of `vestibule` that each file belongs to imports others; nobody may come back to themselves.
#[test]
fn no_two_modules_of_the_common_crate_import_each_other() {
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in sources("shared/src").into_iter().filter(|path| !is_test(path)) {
        let inside = path.strip_prefix(Path::new(ROOT).join("shared/src")).unwrap();
        let module =
            inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).unwrap();
        for import in production(&text).split("crate::").skip(1) {
            let name: String = import.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if name != module && !name.is_empty() {
                imports.entry(module.clone()).or_default().insert(name);
            }
        }
    }
    for domain in [
        "accounts",
        "api_keys",
        "authentication",
        "keys",
        "limits",
        "mail",
        "oauth",
        "passwords",
        "policy",
        "principal",
        "resource",
        "scope",
        "sessions",
        "tokens",
    ] {
        for outer in ["http", "store", "app", "lambda", "config"] {
            assert!(!imports.get(domain).is_some_and(|seen| seen.contains(outer)), "{domain} knows {outer}");
        }
    }
    let mut left = imports;
    loop {
        let leaves: Vec<String> = left
            .iter()
            .filter(|(_, uses)| uses.iter().all(|used| !left.contains_key(used)))
            .map(|(module, _)| module.clone())
            .collect();
        if leaves.is_empty() {
            break;
        }
        left.retain(|module, _| !leaves.contains(module));
    }
    assert!(left.is_empty(), "these modules import each other: {left:#?}");
}

#[test]
fn production_files_stay_short_and_open_with_their_promise() {
    for folder in ["shared/src", "functions", "infra"] {
        for path in sources(folder).into_iter().filter(|path| !is_test(path)) {
            let text = fs::read_to_string(&path).unwrap();
            let lines = production(&text).lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
            assert!(text.starts_with("//! "), "{} does not say what it promises", path.display());
        }
    }
}

/// Decision 0023 names each template that holds `|safe`, and no other does.
#[test]
fn safe_stands_where_the_decision_says() {
    let decision = fs::read_to_string(Path::new(ROOT).join("infra/decisions/0023-pages.md")).unwrap();
    let (_, said) = decision.split_once("`|safe` stands").unwrap();
    let said: BTreeSet<_> = said.split("\n\n").next().into_iter().flat_map(quoted).map(str::to_owned).collect();
    let templates = fs::read_dir(Path::new(ROOT).join("shared/templates")).unwrap().map(|entry| entry.unwrap().path());
    let unescaped = templates.filter(|path| fs::read_to_string(path).unwrap().replace(' ', "").contains("|safe"));
    let unescaped = unescaped.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(said, unescaped);
}

#[test]
fn a_lint_is_expected_with_a_reason_and_never_allowed() {
    for folder in ["shared", "functions", "infra", "tests"] {
        for path in sources(folder) {
            if path.ends_with("tests/tests/house.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("#[allow(") && !text.contains("#![allow("), "{}", path.display());
        }
    }
}

/// The code of the workspace, for the names of its tests.
struct Tests(String);

impl Tests {
    fn read() -> Self {
        let paths = ["shared", "functions", "infra", "tests"].into_iter().flat_map(sources);
        Self(paths.map(|path| fs::read_to_string(path).unwrap()).collect())
    }

    /// Fails unless all that `line` names exist.
    #[track_caller]
    fn expect<'n>(&self, names: impl IntoIterator<Item = &'n str>, line: &str) {
        for name in names {
            assert!(self.0.contains(&format!("fn {name}(")), "there is no test {name}: {line}");
        }
    }
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// DESIGN §10: each promise has a name, a test that quotes it, and a line in the README.
#[test]
fn each_promise_in_the_readme_names_a_test_that_exists() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let tests = Tests::read();
    let promises = [
        "One successor",
        "Lost is not stolen",
        "Theft ends it",
        "Committed defence",
        "No oracle",
        "Bounded lock-out",
        "Keys roll, nobody notices",
        "Nothing to steal",
        "Closed by default",
        "Cache-correct",
    ];
    for promise in promises {
        let line = readme.lines().find(|line| line.starts_with('|') && line.contains(promise));
        let line = line.unwrap_or_else(|| panic!("{promise} has no line in the README"));
        let named: Vec<_> = quoted(line).filter(|name| name.contains('_')).collect();
        assert!(!named.is_empty(), "{promise} names no test");
        tests.expect(named, promise);
    }
}

/// Each attack in SECURITY.md names tests, and all of them exist.
#[test]
fn each_attack_in_the_security_policy_names_a_test_that_exists() {
    let policy = fs::read_to_string(Path::new(ROOT).join("SECURITY.md")).unwrap();
    let tests = Tests::read();
    let attacks: Vec<_> = policy.lines().filter(|line| line.starts_with("| *")).collect();
    assert!(attacks.len() > 20, "{} attacks", attacks.len());
    for attack in &attacks {
        let named: Vec<_> = quoted(attack).filter(|name| name.contains('_')).collect();
        assert!(!named.is_empty(), "no test stops: {attack}");
        tests.expect(named, attack);
    }
    for credential in CREDENTIALS {
        let is_attacked =
            attacks.iter().filter_map(|attack| attack.split('|').nth(1)).any(|said| said.contains(credential));
        assert!(is_attacked, "nothing is said of attacks on: {credential}");
    }
}

/// What an attacker can hold or guess (DESIGN §4), in the words of SECURITY.md.
const CREDENTIALS: [&str; 9] = [
    "access token",
    "refresh token",
    "session cookie",
    "API key",
    "a code",
    "password",
    "another client",
    "one-time token",
    "signing key",
];

/// The rows of the table below this head.
fn table<'a>(page: &'a str, head: &str) -> Vec<&'a str> {
    let table = page.split(&format!("\n{head}\n|---|---|---|\n")).nth(1).unwrap_or_default();
    table.lines().take_while(|line| line.starts_with('|')).collect()
}

/// Each section of an RFC that docs/oauth.md says is implemented names tests, and all of them exist; so does each standard of the README,
/// which leaves none out.
#[test]
fn each_section_of_an_rfc_names_a_test_that_exists() {
    let read = |name: &str| fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    let (page, readme) = (read("docs/oauth.md"), read("README.md"));
    let (sections, standards) =
        (table(&page, "| section | what | test |"), table(&readme, "| standard | sections | one of its tests |"));
    assert!(sections.len() >= 20, "{} sections", sections.len());
    let tests = Tests::read();
    for section in sections.iter().chain(&standards) {
        let test_column = section.split('|').nth(3).unwrap_or_default();
        let named: Vec<_> = quoted(test_column).collect();
        assert!(!named.is_empty(), "no test shows: {section}");
        tests.expect(named, section);
    }
    let rfcs = |row: &str| -> Vec<String> {
        let words: Vec<_> = row.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        words
            .iter()
            .zip(words.iter().skip(1))
            .filter(|(word, _)| **word == "RFC")
            .map(|(_, rfc)| (*rfc).to_owned())
            .collect()
    };
    let short: BTreeSet<_> = standards.iter().flat_map(|row| rfcs(row)).collect();
    let whole: BTreeSet<_> = sections.iter().flat_map(|row| rfcs(row.split('|').nth(1).unwrap())).collect();
    assert_eq!(short, whole, "the README's table and that of docs/oauth.md");
}

/// The requirements of ASVS 5.0.0 at levels 1 and 2: how many each section has. Those of level 3 come last in all of them.
const ASVS: [(&str, usize); 26] = [
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("9.1", 3),
    ("9.2", 4),
    ("10.1", 2),
    ("10.2", 2),
    ("10.3", 4),
    ("10.4", 11),
    ("10.5", 5),
    ("10.6", 2),
    ("10.7", 3),
];

/// Each requirement of ASVS V6 to V10 at levels 1 and 2 has a line, with a test that exists or an answer.
#[test]
fn each_requirement_of_asvs_has_a_test_that_exists_or_an_answer() {
    let table = fs::read_to_string(Path::new(ROOT).join("docs/asvs.md")).unwrap();
    let tests = Tests::read();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells.len() == 7 && cells[1].contains('.'))
        .collect();
    let numbers: Vec<_> = rows.iter().map(|cells| cells[1].to_owned()).collect();
    let of_a_section =
        |(section, last): (&'static str, usize)| (1..=last).map(move |number| format!("{section}.{number}"));
    let expected: Vec<_> = ASVS.into_iter().flat_map(of_a_section).collect();
    assert_eq!(numbers, expected);
    for cells in rows {
        assert!(["1", "2"].contains(&cells[2]), "{cells:?}");
        assert!(!cells[4].is_empty() || !cells[5].is_empty(), "neither a test nor an answer: {cells:?}");
        tests.expect(quoted(cells[4]), cells[1]);
    }
}
