//! Whatever the text, reading it ends in a stack or in one sentence.

use proptest::prelude::*;

use super::{HELLO, read};

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// What is inserted: pieces that mean something to YAML or to CloudFormation.
const PIECES: [&str; 20] = [
    "\n",
    "  ",
    "\t",
    ":",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "!Ref ",
    "!Sub ",
    "!If ",
    "Fn::GetAtt: ",
    "${",
    "&a ",
    "*a",
    "~",
    "\u{0}",
];

fn ends_in_one_sentence(text: &str) {
    if let Err(fault) = read(text) {
        assert!(fault.starts_with("template, "), "{fault}");
        assert_eq!(fault.lines().count(), 1, "{fault}");
    }
}

/// The nearest place at which the text may be cut.
fn boundary(text: &str, place: prop::sample::Index) -> usize {
    let mut at = place.index(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_truncated_template_ends_in_one_sentence(end in any::<prop::sample::Index>()) {
        ends_in_one_sentence(&TEMPLATE[..boundary(TEMPLATE, end)]);
    }

    #[test]
    fn a_template_with_pieces_cut_out_and_put_in_ends_in_one_sentence(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..40usize, prop::sample::select(&PIECES[..])), 1..6),
        small in any::<bool>(),
    ) {
        let mut text = if small { HELLO } else { TEMPLATE }.to_owned();
        for (place, length, piece) in edits {
            let start = boundary(&text, place);
            let end = (start + length..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
            text.replace_range(start..end, piece);
        }
        ends_in_one_sentence(&text);
    }

    #[test]
    fn a_template_whose_lines_are_shuffled_ends_in_one_sentence(
        swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..20),
    ) {
        let mut lines: Vec<_> = HELLO.lines().collect();
        for (one, other) in swaps {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            lines.swap(one, other);
        }
        ends_in_one_sentence(&lines.join("\n"));
    }

    #[test]
    fn any_text_at_all_ends_in_one_sentence(text in any::<String>()) {
        ends_in_one_sentence(&text);
    }
}
