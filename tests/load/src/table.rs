//! Tables in Markdown, and numbers as people read them.

use crate::statistics::Spread;

/// A table with its first column to the left and the others to the right.
pub(crate) fn markdown(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rule: Vec<_> = header.iter().enumerate().map(|(place, _)| if place == 0 { "---" } else { "---:" }).collect();
    let mut text = format!("| {} |\n|{}|\n", header.join(" | "), rule.join("|"));
    for row in rows {
        text += &format!("| {} |\n", row.join(" | "));
    }
    text
}

/// Three significant digits, with separated thousands.
pub(crate) fn number(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 100 and 2^52")]
    match value {
        value if value >= 99.5 => thousands(value.round() as usize),
        value if value >= 9.95 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// `1,000,000`.
pub(crate) fn thousands(value: usize) -> String {
    let digits = value.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// `1.02 (0.98 to 1.10)`.
pub(crate) fn spread(spread: &Spread) -> String {
    format!("{} ({} to {})", number(spread.median), number(spread.low), number(spread.high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_or_more() {
        let numbers = [(0.456, "0.46"), (12.34, "12.3"), (123.4, "123"), (1_234_567.0, "1,234,567"), (99.6, "100")];
        for (value, text) in numbers {
            assert_eq!(number(value), text);
        }
    }
}
