//! The pages that people read say what is so: their links lead somewhere, and their commands do what they are said to.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here fails a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn text(page: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(page)).unwrap_or_else(|fault| panic!("{page}: {fault}"))
}

/// Every page of the repository that is for people: those at the top, of `docs`, and the decisions.
fn pages() -> Vec<String> {
    let folders = ["", "docs", "infra", "infra/decisions", "shared/src/store", "tests/events"];
    let files = folders.into_iter().flat_map(|folder| fs::read_dir(Path::new(ROOT).join(folder)).unwrap());
    let pages = files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    pages.map(|path| path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned()).collect()
}

/// What the links of a page lead to, code left out.
fn links(page: &str) -> Vec<String> {
    let text = text(page);
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|part| part.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')'))
        .map(|(link, _)| link.to_owned())
        .filter(|link| !link.starts_with("http"))
        .collect()
}

/// The name that a heading has in a link.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-'].contains(c)).collect::<String>().replace(' ', "-")
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 30, "{pages:?}");
    for page in &pages {
        for link in links(page) {
            let (file, fragment) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(ROOT).join(page).parent().map(PathBuf::from).unwrap();
            let target = if file.is_empty() { Path::new(ROOT).join(page) } else { folder.join(file) };
            // The report of all figures is written by its command.
            assert!(target.exists() || file.ends_with("benchmarks.md"), "{page}: {link}");
            if !fragment.is_empty() {
                let headings = fs::read_to_string(&target).unwrap();
                let named = headings.lines().any(|line| line.starts_with('#') && anchor(line) == fragment);
                assert!(named, "{page}: nothing in {} is called {fragment}", target.display());
            }
        }
    }
}

/// The commands of all pages.
fn commands() -> String {
    let pages = pages();
    let texts: Vec<_> = pages.iter().map(|page| text(page)).collect();
    texts.iter().flat_map(|text| text.split("```sh\n").skip(1)).filter_map(|rest| rest.split("```").next()).collect()
}

/// What stands on a command line stays in the shell's history and is seen by every process. The demo's passwords are no secrets.
#[test]
fn no_command_of_a_page_takes_a_secret_as_an_argument() {
    for command in commands().lines() {
        for argument in ["--secret-string", "--password ", "--client-secret", "--secret-binary"] {
            assert!(!command.contains(argument), "{command}");
        }
    }
}

#[test]
fn the_manual_removes_every_retained_resource() {
    let template = text("infra/template.yaml");
    let retained = template.matches("DeletionPolicy: Retain").count();
    let manual = text("docs/operate.md");
    let remove = manual.split("\n## Remove\n").nth(1).unwrap();
    let variables =
        ["TABLE", "SIGNING_SECRET", "SYMMETRIC_SECRET", "PROVIDERS_SECRET"].map(|name| format!("VESTIBULE_{name}"));
    assert_eq!(retained, variables.len(), "the template retains another resource: the manual must remove it");
    for variable in variables {
        assert!(remove.contains(&format!("${variable}")), "{variable} is kept, and nothing says how to be rid of it");
        assert!(text("README.md").contains(&format!("{variable}=$(output ")), "nothing sets {variable}");
    }
}

/// `METHOD /path` of all that the first cells of a page's tables name: "`GET /a`, `POST /a`" or "`GET` or `POST /a`".
fn requests(page: &str) -> BTreeSet<String> {
    let text = text(page);
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |")).map(|(cell, _)| cell);
    let mut named = BTreeSet::new();
    for cell in cells {
        let mut waiting = Vec::new();
        for code in cell.split('`').skip(1).step_by(2) {
            match code.split_once(' ') {
                None if code.chars().all(|letter| letter.is_ascii_uppercase()) => waiting.push(code),
                Some((method, path)) if path.starts_with('/') => {
                    waiting.push(method);
                    named.extend(waiting.drain(..).map(|method| format!("{method} {path}")));
                }
                None | Some(_) => {}
            }
        }
    }
    named
}

/// A browser asks for leave by itself: nobody who reads the page writes an OPTIONS request.
#[test]
fn the_interface_names_every_operation_that_there_is_and_no_other() {
    let document: serde_json::Value = serde_json::from_str(&text("functions/discovery/openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let there = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys().map(|method| method.to_uppercase());
        methods.map(move |method| format!("{method} {path}"))
    });
    let there: BTreeSet<_> = there.filter(|operation| !operation.starts_with("OPTIONS ")).collect();
    let named = requests("docs/interface.md");
    assert_eq!(there.difference(&named).collect::<Vec<_>>(), Vec::<&String>::new(), "not in the page");
    assert_eq!(named.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "there is no such operation");
}
