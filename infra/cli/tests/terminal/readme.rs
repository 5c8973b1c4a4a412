//! The README's curls, word by word.

use std::path::Path;

use crate::stage::{Dev, ROOT, sh};

/// The blocks of a section of the README, commands with what they are said to print.
fn blocks(section: &str) -> Vec<(String, String)> {
    let readme = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("## {section}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let mut fences = section.split("```").skip(1).step_by(2).peekable();
    let mut blocks = Vec::new();
    while let Some(fence) = fences.next() {
        let Some(commands) = fence.strip_prefix("sh\n") else { panic!("output without commands: {fence}") };
        let output = fences.next_if(|next| !next.starts_with("sh\n")).unwrap_or_default();
        blocks.push((commands.to_owned(), output.split_once('\n').unwrap_or_default().1.to_owned()));
    }
    blocks
}

/// The JSON values in `text`, without what differs from run to run.
fn masked(text: &str, url: &str) -> Vec<serde_json::Value> {
    let text = text.replace(url, "http://127.0.0.1:9000");
    let values = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>();
    values
        .map(|value| {
            let mut value = value.unwrap_or_else(|fault| panic!("{fault}: {text}"));
            mask(&mut value);
            value
        })
        .collect()
}

const CHANGING: [&str; 15] = [
    "client_secret",
    "service",
    "access_token",
    "refresh_token",
    "device_token",
    "csrf_token",
    "auth_time",
    "sid",
    "sub",
    "user",
    "id",
    "created_at",
    "last_seen_at",
    "idle_expires_at",
    "expires_at",
];

fn mask(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                if CHANGING.contains(&name.as_str()) {
                    assert!(member.is_string() || member.is_u64(), "{name}: {member}");
                    *member = "…".into();
                }
                mask(member);
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

#[test]
fn the_readmes_curls_print_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], Some("correct horse"));
    let blocks = blocks("One curl per flow");
    assert!(blocks.len() >= 8, "{blocks:?}");
    let script: String = blocks.iter().map(|(commands, _)| format!("{commands}\necho; echo '#'\n")).collect();
    let printed = sh(&script.replace("http://127.0.0.1:9000", dev.url()));
    for ((commands, expected), printed) in blocks.iter().zip(printed.split("\n#\n")) {
        assert_eq!(masked(printed, dev.url()), masked(expected, dev.url()), "{commands}");
    }
}
