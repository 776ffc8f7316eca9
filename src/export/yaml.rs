//! Texts as YAML that reads back to exactly them, whatever they look like.
//!
//! What a person would write plainly is plain, several lines are a block, and everything else is in
//! double quotes with escapes, so that nothing in the file commands a terminal.

use std::fmt::Write;

/// Words that YAML, of this version or an older one, takes for something else than a text.
const TAKEN: [&str; 18] = [
    "null", "true", "false", "yes", "no", "on", "off", "y", "n", "t", "f", "inf", "infinity",
    "nan", "infinite", "x", "e", "none",
];

/// A longer text is not written plainly, so that nobody need look for its end.
const LONGEST_PLAIN: usize = 500;

/// Returns `text` as a YAML value behind a key whose line begins at `indent`.
pub fn scalar(text: &str, indent: usize) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if is_block(text) {
        block(text, indent + 2)
    } else {
        quoted(text)
    }
}

/// Whether a text can stand without quotes: it begins with a letter, has only characters that mean
/// nothing to YAML, and is no word or number.
fn is_plain(text: &str) -> bool {
    let first = |c: char| c.is_alphabetic() && !is_hidden(c);
    let harmless =
        |c: char| (c.is_alphanumeric() && !is_hidden(c)) || " ,.;!?'()/+=$€§°·–—…_-".contains(c);
    text.len() <= LONGEST_PLAIN
        && text.starts_with(first)
        && text.chars().all(harmless)
        && !text.ends_with(' ')
        && !TAKEN.contains(&text.to_lowercase().as_str())
        && text.parse::<f64>().is_err()
}

/// Whether several lines can stand as a block, which keeps each of them as it is.
fn is_block(text: &str) -> bool {
    let line = |line: &str| {
        !line.contains(|c: char| c.is_control() || is_hidden(c))
            && !line.ends_with(' ')
            && !line.starts_with(['\t', '\u{feff}'])
    };
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.lines().all(line)
        && !text.contains('\r')
}

fn block(text: &str, indent: usize) -> String {
    let mut written = String::from(if text.ends_with('\n') { "|" } else { "|-" });
    for line in text.lines() {
        written.push('\n');
        if !line.is_empty() {
            let _ = write!(written, "{:indent$}{line}", ""); // writing to a String cannot fail
        }
    }
    written
}

/// Returns `text` in double quotes.
pub fn quoted(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for c in text.chars() {
        let number = u32::from(c);
        // Writing to a String cannot fail.
        let _ = match c {
            '"' => write!(written, "\\\""),
            '\\' => write!(written, "\\\\"),
            '\n' => write!(written, "\\n"),
            '\t' => write!(written, "\\t"),
            '\r' => write!(written, "\\r"),
            c if !(c.is_control() || is_hidden(c)) => write!(written, "{c}"),
            _ if number <= 0xff => write!(written, "\\x{number:02x}"),
            _ if number <= 0xffff => write!(written, "\\u{number:04x}"),
            _ => write!(written, "\\U{number:08x}"),
        };
    }
    written.push('"');
    written
}

/// Whether a character is one that YAML, a terminal or an editor may drop, move or take for a line
/// end.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_plain_where_nobody_could_misread_them() {
        for (text, written) in [
            ("capital of France", "capital of France"),
            ("Où est la gare ?", "Où est la gare ?"),
            ("007", "\"007\""),
            ("no", "\"no\""),
            ("Null", "\"Null\""),
            ("~", "\"~\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            (" a", "\" a\""),
            ("a ", "\"a \""),
            ("1.10", "\"1.10\""),
            ("2024-01-01", "\"2024-01-01\""),
            ("- a", "\"- a\""),
            ("say \"hi\"", "\"say \\\"hi\\\"\""),
            ("a\\b", "\"a\\\\b\""),
            ("\u{1b}[2J\u{0}", "\"\\x1b[2J\\x00\""),
            ("\u{202e}x\u{feff}", "\"\\u202ex\\ufeff\""),
            ("🙂", "\"🙂\""),
            ("infinity", "\"infinity\""),
        ] {
            assert_eq!(scalar(text, 2), written);
        }
        assert_eq!(scalar("one\ntwo: 2\n\n  three", 2), "|-\n    one\n    two: 2\n\n      three");
        assert_eq!(scalar("one\ntwo\n", 2), "|\n    one\n    two");
        assert_eq!(scalar("one \ntwo", 2), "\"one \\ntwo\"");
    }
}
