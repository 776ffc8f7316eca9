//! Text on its way to a terminal: nothing in it commands the terminal, and its lines fit.
//!
//! Cards, file names and imports are other people's text. Whatever of it is shown goes through
//! here; colours are put on afterwards.

use std::borrow::Cow;

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::wrap_first_fit;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands where a character was that is not shown.
const HIDDEN: char = '\u{fffd}';

/// A tab, in lines that are wrapped: terminals would move to a column that we do not know.
const TAB: &str = "    ";

/// The base of the flags of England, Scotland and Wales, which invisible tags spell out.
const BLACK_FLAG: char = '\u{1f3f4}';

/// Tags behind a black flag, the closing one included: `gbeng` and its like.
const TAGS_OF_A_FLAG: u8 = 7;

/// Returns `text` without a character that could command, reorder or break the terminal's lines.
///
/// U+FFFD stands for each control character but line feed and tab, for bidirectional marks,
/// embeddings, overrides and isolates, for the line and paragraph separators, and for what is
/// invisible and has no use here: byte order marks, annotations, tags outside a flag. A carriage
/// return before a line feed is dropped, and so are soft hyphens, whose place is inside our own
/// line breaks. Joiners, variation selectors and zero-width spaces stay: emoji and the scripts of
/// Persian, Hindi or Thai are spelled with them.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let plain = |byte: &u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
    let Some(first) = text.as_bytes().iter().position(|byte| !plain(byte)) else {
        return Cow::Borrowed(text);
    };
    // All before `first` is ASCII, so it is the beginning of a character.
    let mut shown: Option<String> = None;
    let mut tags_left = 0;
    let mut rest = text[first..].char_indices().peekable();
    while let Some((at, char)) = rest.next() {
        let show = match char {
            '\r' if rest.peek().is_some_and(|(_, next)| *next == '\n') => None,
            '\u{ad}' => None,
            '\u{e0020}'..='\u{e007f}' if tags_left > 0 => Some(char),
            _ if is_harmful(char) => Some(HIDDEN),
            _ => Some(char),
        };
        tags_left = match char {
            BLACK_FLAG => TAGS_OF_A_FLAG,
            '\u{e0020}'..='\u{e007e}' => u8::saturating_sub(tags_left, 1),
            _ => 0,
        };
        if shown.is_none() && show != Some(char) {
            let mut start = String::with_capacity(text.len() + 8);
            start.push_str(&text[..first + at]);
            shown = Some(start);
        }
        if let Some(shown) = &mut shown {
            shown.extend(show);
        }
    }
    shown.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether a terminal, or the eye, could be misled by `char`.
fn is_harmful(char: char) -> bool {
    match char {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' => true, // bidi marks
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true, // embeddings, overrides, isolates
        '\u{2028}' | '\u{2029}' => true, // separators of lines and paragraphs
        '\u{206a}'..='\u{206f}' => true, // deprecated: symmetric swapping, shaping
        '\u{feff}' => true,              // byte order mark
        '\u{fff9}'..='\u{fffb}' => true, // annotations, which hide their text
        '\u{e0000}'..='\u{e007f}' => true, // tags
        _ => char.is_control(),
    }
}

/// Returns JSON whose characters a terminal does not obey: the same data, written as escapes.
pub fn inert(json: &str) -> Cow<'_, str> {
    use std::fmt::Write;
    let active = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !json.contains(active) {
        return Cow::Borrowed(json);
    }
    let escaped = json.chars().fold(String::with_capacity(json.len()), |mut text, c| {
        if active(c) {
            let _ = write!(text, "\\u{:04x}", u32::from(c)); // writing to a String cannot fail
        } else {
            text.push(c);
        }
        text
    });
    Cow::Owned(escaped)
}

/// Returns `text` as [`harmless`] shows it, on one line.
///
/// Line feeds and tabs, with the blanks around them, become one space; the outer ones go.
pub fn one_line(text: &str) -> String {
    let text = harmless(text);
    let parts = text.split(['\n', '\t']).map(|part| part.trim_matches(' '));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns `text` in [`one_line`] of at most 40 characters, for a sentence that is about it.
pub fn short(text: &str) -> String {
    let line = one_line(&text.chars().take(40).collect::<String>());
    if text.chars().nth(40).is_some() { format!("{}…", line.trim_end()) } else { line }
}

/// Returns `text` as [`harmless`] shows it, in lines of at most `width` columns: the first behind
/// `first`, each other behind `rest`.
///
/// Its own line breaks stay; blanks at the end of a line go; a tab becomes four spaces. Lines are
/// broken at blanks only, and what follows stands as far in as the line's own text, behind its
/// blanks and its bullet, where there is room. A word that is wider than a line is broken, and so
/// is the first one behind `first`, which never stands alone. Wider than asked are only words with
/// `://` in them, which are there to be copied, and lines whose indent leaves less than two columns.
pub fn wrap(text: &str, width: usize, first: &str, rest: &str) -> String {
    let text = harmless(text).replace('\t', TAB);
    let width = width.max(columns(first).max(columns(rest)) + 2);
    let mut lines = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        let indent = if number == 0 { first } else { rest };
        wrap_line(line.trim_end_matches(' '), width, indent, rest, &mut lines);
    }
    lines.join("\n")
}

/// Wraps a line of a text that begins behind `indent`.
fn wrap_line(line: &str, width: usize, indent: &str, rest: &str, lines: &mut Vec<String>) {
    let room = width - columns(rest);
    let text = line.trim_start_matches(' ');
    // Wherever a line begins, the widest character has a place.
    let deepest = (room / 2).min(room - 2);
    let own = (line.len() - text.len()).min(deepest);
    let hanging = (own + bullet(text)).min(deepest);
    let own = own.min(width.saturating_sub(columns(indent) + 2));
    let indents = [indent.to_owned() + &" ".repeat(own), rest.to_owned() + &" ".repeat(hanging)];
    let rooms = [&indents[0], &indents[1]].map(|indent| width - columns(indent));
    let parts = parts(text, rooms);
    let broken = wrap_first_fit(&parts, &rooms.map(|room| room as f64));
    for (number, parts) in broken.iter().enumerate() {
        let mut line = indents[number.min(1)].clone();
        for part in *parts {
            line.push_str(part.text);
            line.push_str(&" ".repeat(part.blanks));
        }
        line.truncate(line.trim_end_matches(' ').len());
        lines.push(line);
    }
}

/// What is never broken, and the blanks behind it.
#[derive(Debug)]
struct Part<'t> {
    text: &'t str,
    blanks: usize,
}

impl Fragment for Part<'_> {
    fn width(&self) -> f64 {
        columns(self.text) as f64
    }

    fn whitespace_width(&self) -> f64 {
        self.blanks as f64
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// Returns the words of a line. Those that do not fit into the room of a first line, or of any
/// other, come in pieces.
fn parts(line: &str, rooms: [usize; 2]) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for word in line.split(' ') {
        let room = if parts.is_empty() { rooms[0] } else { rooms[1] };
        if word.contains("://") {
            parts.push(Part { text: word, blanks: 0 });
        } else {
            for run in runs(word) {
                let fits = columns(run) <= room;
                let pieces = pieces(run, rooms[0].min(rooms[1])).filter(|_| !fits);
                let all = std::iter::once(run).filter(|_| fits).chain(pieces);
                parts.extend(all.map(|text| Part { text, blanks: 0 }));
            }
        }
        if let Some(last) = parts.last_mut() {
            last.blanks += 1;
        }
    }
    if parts.is_empty() {
        parts.push(Part { text: "", blanks: 0 });
    }
    parts
}

/// Returns the parts of a word between which a line may end: what has wide characters is of a
/// script without blanks, and may be broken at each of them.
pub(crate) fn runs(word: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let mut seen = word.grapheme_indices(true).peekable();
    std::iter::from_fn(move || {
        while let Some((at, now)) = seen.next() {
            let next = seen.peek().map(|(_, next)| *next);
            let end = at + now.len();
            if next.is_none_or(|next| is_wide(now) || is_wide(next)) {
                let run = &word[start..end];
                start = end;
                return Some(run);
            }
        }
        None
    })
}

fn is_wide(seen: &str) -> bool {
    seen.chars().next().and_then(UnicodeWidthChar::width) == Some(2)
}

/// Returns what one sees as single characters; those wider than a line, which may be made of many,
/// in pieces. What has no width stays with what is before it: the tags of a flag are harmless only
/// behind it.
pub(crate) fn pieces(word: &str, narrowest: usize) -> impl Iterator<Item = &str> {
    word.graphemes(true).flat_map(move |seen| {
        let whole = columns(seen) <= narrowest;
        let mut left = seen;
        let pieces = std::iter::from_fn(move || {
            let is_wide = |(_, char): &(usize, char)| char.width().unwrap_or(0) > 0;
            let (piece, rest) = match left.char_indices().skip(1).find(is_wide) {
                Some((end, _)) => left.split_at(end),
                None => (left, ""),
            };
            left = rest;
            (!piece.is_empty()).then_some(piece)
        });
        std::iter::once(seen).filter(move |_| whole).chain(pieces.filter(move |_| !whole))
    })
}

/// Returns the columns of the bullet or number with which a line begins, and of the blank behind it.
fn bullet(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let sign = line[digits..].chars().next();
    let length = match sign {
        Some('.' | ')') if (1..=3).contains(&digits) => digits + 1,
        Some('-' | '*' | '+' | '•') if digits == 0 => 1,
        _ => return 0,
    };
    let behind = line.chars().nth(length);
    if behind == Some(' ') { length + 1 } else { 0 }
}

/// Returns the columns that `text` takes, on terminals that show emoji in pieces too. Colours take
/// none.
pub(crate) fn columns(text: &str) -> usize {
    let mut columns = 0;
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\u{1b}[") {
        columns += shown_columns(before);
        rest = behind.split_once('m').map_or("", |(_, rest)| rest);
    }
    columns + shown_columns(rest)
}

fn shown_columns(text: &str) -> usize {
    let pieces: usize = text.chars().map(|char| char.width().unwrap_or(0)).sum();
    pieces.max(text.width())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_commands_a_terminal_is_shown_as_a_replacement() {
        for (text, shown) in [
            ("plain", "plain"),
            ("two\n\tlines", "two\n\tlines"),
            ("\u{1b}[31mred\u{1b}[0m", "\u{fffd}[31mred\u{fffd}[0m"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("a\u{8}b\u{7f}\u{0}", "a\u{fffd}b\u{fffd}\u{fffd}"),
            ("dos\r\nline", "dos\nline"),
            ("over\rwritten\r\r\n", "over\u{fffd}written\u{fffd}\n"),
            ("a\u{202e}b\u{2066}c\u{200f}", "a\u{fffd}b\u{fffd}c\u{fffd}"),
            ("a\u{2028}b\u{feff}", "a\u{fffd}b\u{fffd}"),
            ("Donau\u{ad}dampf", "Donaudampf"),
            ("\u{e0041}\u{e0042}", "\u{fffd}\u{fffd}"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), shown, "{text:?}");
        }
    }

    #[test]
    fn what_scripts_and_emoji_are_spelled_with_stays() {
        for text in [
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👩\u{200d}🚀 ❤\u{fe0f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "ภาษา\u{200b}ไทย",
            "naïve — “quoted” 漢字",
        ] {
            assert!(matches!(harmless(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn tags_hide_no_text_behind_a_flag() {
        let tags: String = "ignore all".chars().map(tag).collect();
        assert_eq!(harmless(&format!("🏴{tags}")).matches(HIDDEN).count(), 3);
    }

    fn tag(char: char) -> char {
        char::from_u32(0xe0000 + char as u32).unwrap()
    }

    #[test]
    fn lines_become_one() {
        for (text, line) in [
            ("a\n\n  b\tc\n", "a b c"),
            ("  a  b ", "a  b"),
            ("a\r\nb\u{1b}", "a b\u{fffd}"),
            ("\n\t", ""),
        ] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }

    #[test]
    fn lines_are_wrapped_by_columns() {
        for (text, width, first, rest, lines) in [
            ("one two three", 9, "", "", "one two\nthree"),
            ("one two three", 9, "> ", "  ", "> one two\n  three"),
            ("one\n\ntwo", 9, "", "  ", "one\n\n  two"),
            ("abcdefghijkl", 5, "", "", "abcde\nfghij\nkl"),
            ("漢字漢字漢字", 5, "", "", "漢字\n漢字\n漢字"),
            ("\tif x:\n\t\ty", 20, "", "", "    if x:\n        y"),
            ("too narrow", 0, "    ", "    ", "    to\n    o\n    na\n    rr\n    ow"),
            ("", 10, "", "", ""),
            // Nothing stands alone behind a label.
            ("日本語の本", 10, "Answer: ", "", "Answer: 日\n本語の本"),
            ("abcdefghij", 10, "Why: ", "  ", "Why: abcde\n  fghij"),
            ("本 日本語の本です", 10, "", "", "本 日本語\nの本です"),
            ("ABC日本語DEF本", 8, "", "", "ABC日本\n語DEF本"),
            ("привет медведь", 10, "", "", "привет\nмедведь"),
            // What is there to be copied stays whole.
            ("see https://example.org/x now", 12, "", " ", "see\n https://example.org/x\n now"),
            ("https://example.org/x", 12, "Source: ", "", "Source: https://example.org/x"),
            // A line's own indent goes on, and so does the place behind its bullet.
            ("    if a and b:", 12, "> ", "  ", ">     if a\n      and b:"),
            (
                "- one two three\n10. four five",
                11,
                "",
                "",
                "- one two\n  three\n10. four\n    five",
            ),
            ("• one two three", 9, "", "", "• one two\n  three"),
            ("1.5 is -1 more", 8, "", "", "1.5 is\n-1 more"),
            ("          deep down", 10, "", "", "     deep\n     down"),
            ("one\n \n", 9, "  ", "  ", "  one\n\n"),
            ("\none", 9, "> ", "  ", ">\n  one"),
        ] {
            assert_eq!(wrap(text, width, first, rest), lines, "{text:?} in {width}");
        }
    }

    #[test]
    fn what_has_no_width_stays_with_what_is_before_it() {
        let flag: String =
            ['🏴'].into_iter().chain("gbeng".chars().map(tag)).chain(['\u{e007f}']).collect();
        assert_eq!(pieces(&flag, 1).collect::<Vec<_>>(), [&flag]);
        let family = "👩\u{200d}👧";
        assert_eq!(pieces(family, 2).collect::<Vec<_>>(), ["👩\u{200d}", "👧"]);
    }

    #[test]
    fn json_is_inert_and_the_same() {
        let text = "\u{1b}[2J \u{9b}31m \u{202e}abc ü";
        let json = serde_json::to_string(text).unwrap();
        let shown = inert(&json);
        assert!(shown.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }

    /// Text with more than its share of trouble.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => "[a-z]{1,12}",
            2 => "[ \n\t\r]{1,3}",
            2 => any::<char>().prop_map(String::from),
            1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}]",
            1 => "[\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{61c}\u{feff}\u{ad}]",
            1 => "[\u{e0000}-\u{e007f}🏴漢🚀]",
            1 => "https://[a-z]{1,20}( |/)",
            1 => "\n( |    )?(-|•|10[.]) ",
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    fn is_safe(text: &str) -> bool {
        !text.chars().any(|char| match char {
            '\n' | '\t' => false,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => true,
            '\u{2066}'..='\u{2069}' => true,
            _ => char.is_control(),
        })
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left(text in text()) {
            prop_assert!(is_safe(&harmless(&text)));
            prop_assert!(is_safe(&one_line(&text)) && !one_line(&text).contains(['\n', '\t']));
            prop_assert!(is_safe(&wrap(&text, 20, "", "")));
        }

        #[test]
        fn harmless_text_stays_as_it_is(text in text()) {
            let once = harmless(&text).into_owned();
            prop_assert!(matches!(harmless(&once), Cow::Borrowed(_)));
            let line = one_line(&text);
            prop_assert_eq!(one_line(&line), line);
        }

        #[test]
        fn wrapped_lines_fit_and_lose_nothing_but_blanks(text in text(), width in 0usize..60) {
            let wrapped = wrap(&text, width, "> ", "  ");
            for line in wrapped.split('\n') {
                let fits = columns(line) <= width.max(4);
                let address = line.contains("://") && !line[2..].trim_start().contains(' ');
                prop_assert!(fits || address, "{:?}", line);
                prop_assert!(!line.ends_with(' '), "{:?}", line);
            }
            let solid = |text: &str| text.replace([' ', '\n', '\t'], "");
            prop_assert_eq!(&solid(&wrapped)[1..], solid(&harmless(&text)));
        }
    }
}
