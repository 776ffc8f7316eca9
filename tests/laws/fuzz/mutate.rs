//! Files that nobody wrote, made of those that somebody might.

use rand::RngExt;
use rand::rngs::StdRng;

/// What any format may stumble over.
#[rustfmt::skip] // a line for each is too many
pub const NASTY: &[&str] = &[
    "\n", "\n\n", "\r\n", "\r", "\t", " ", "  ", "\0", "\u{1b}[2J", "\u{7f}", "\u{85}", "\u{9b}",
    "\u{a0}", "\u{ad}", "\u{b}", "\u{c}", "\u{200b}", "\u{200d}", "\u{200f}", "\u{202e}",
    "\u{2028}", "\u{2029}", "\u{2066}", "\u{feff}", "\u{fffe}", "\u{e0041}", "é", "e\u{301}", "ß",
    "İ", "ﬁ", "漢字", "👩\u{200d}🚀", "🏴", "\u{10ffff}", "\"", "'", "\\", ":", ";", ",", "|", "#", "-",
    "0", "007", "4294967296", "99999999999999999999", "a", "one two",
];

#[rustfmt::skip] // a line for each is too many
pub const BOARD: &[&str] = &[
    "100", "200\n", "\n100\n", "$300", "400 points", "1000000", "1000001", "0", "HINT: look up",
    "hint :", "Hint:", "True or False: ", "T/F:", "true", "FALSE.", "What is ", "Who was the ",
    "What are", "?", "is it.What is X?", "1. one\n2. two", "- one\n- two", "•", "–", "1) ", "1.5",
    "\"A\" or \"B\"", "\"A\", or \"B\"", "/ \"C\"", "“", "”", "‘", "Name one of", "any", "all",
    "**b**", "-5", "--flag", "Cats\nDogs\n\n", "Category",
];

#[rustfmt::skip] // a line for each is too many
pub const CSV: &[&str] = &[
    "front", "back", "front,back\n", "id", "accept", "hint", "why", "source", "tags", "value",
    "category", "reverse", "need", "ordered", "#separator:", "#separator:tab\n",
    "#separator:space\n", "#separator:,\n", "#separator:\t\n", "#html:true\n", "#html:",
    "#columns:", "#columns:front,back\n", "#tags:", "#tags:a b\n", "#tags column:3\n",
    "#guid column:1\n", "#notetype column:2\n", "#deck column:0\n", "#if matches:\n", "tab",
    "semicolon", "pipe", "yes", "x", "no", "a|b", "||", "\"\"", "\"a\nb\"", ",,", "\n,", "<br>",
    "<div>", "</b>", "<b>", "&amp;", "&#0;", "&#27;", "&#x202e;", "&nbsp;", "&", "<", ">",
    "1000000",
];

#[rustfmt::skip] // a line for each is too many
pub const MARKDOWN: &[&str] = &[
    "Q:", "A:", "C:", "Q: a\nA: b\n", "\nQ:", "\nA:", "\nC: [x] y", "---\n", "\n---\n", "+++\n",
    "---\nname: N\n---\n", "name = \"", "tags:", " :: ", "a :: b\n", "- a :: b", "* ", "::",
    "```\n", "```", "~~~\n", "# ", "> ",
];

#[rustfmt::skip] // a line for each is too many
pub const YAML: &[&str] = &[
    "deck", "deck:", "deck: D\n", "description:", "tags:", "tags: [a, b]", "options:",
    "options: {new_per_day: 5, reviews_per_day: none}", "new_per_day", "sm2_profile: delphi",
    "changed: ask", "typed: true", "lint: {allow: [long-answer]}", "allow:", "cards", "cards:\n",
    "cards: []", "- ", "\n- ", "\n  - ", "front", "front:", "front: a\n", "back", "back:",
    "back: [x, y]", "back: |\n", "id:", "id: a", "accept:", "hint:", "why:", "source:", "value:",
    "category:", "reverse: true", "need: 2", "ordered:", "cloze:", "choices:", "frnt:", ": ", "? ",
    "&a", "*a", "&a ", "*a ", "!", "!!str ", "!!int ", "!!binary ", "!<", "!e!t ", "%YAML 1.2\n",
    "%TAG ! x\n", "---", "---\n", "\n---\n", "...", "\n...\n", "|", "|-", "|+", "|2", ">", ">-",
    "[", "]", "{", "}", "[]", "{}", "<<", "<<: *a", "@", "`", "~", "null", "true", "no", ".inf",
    ".nan", "1e3", "0x1F", "-7", "1.10", "1_000", "\\x41", "\\u00e9", "\\ud800", "\\U0010ffff",
    "\\\n", " #", "\n    ", "\n      ", "\n\t", "![a](b.png)", "](", "a, b",
];

#[rustfmt::skip] // a line for each is too many
pub const QUERY: &[&str] = &[
    "(", ")", "()", "-", "--", "OR", "AND", " OR ", " AND ", "or", "is:", "is:due", "is:new",
    "is:parked", "is:leech", "IS:", "deck:", "deck:lang", "deck:\"a b\"", "/", "tag:", "tag:a::b",
    "::", "id:", "id:verbs-1/reverse", "lapses", "lapses>2", "interval<=9", "ease>=2.5",
    "value=300", "retrievability<0.8", "!=", "<", ">", "=", "<=", ">=", ".", "1e9", "\"", "\\\"",
    "\"a b\"", "https://", "bile",
];

#[rustfmt::skip] // a line for each is too many
pub const CLOZE: &[&str] = &[
    "{{", "}}", "{", "}", "{{c1::", "{{c2::", "{{c1::a}}", "{{c2::b::hint}}", "{{c1,3::", "{{C2::",
    "{{a}}", "{{c0::", "{{c9999::", "{{c10000::", "{{c1:", "{{c:", "{{c,", "{{}}", "::", ":::", ":",
    "::hint}}", "}}}}", "{{{{", "{{{", "}}}", "c1", ",", "[...]", "[", "]", "**", "*", "***", "`",
    "c99999999999::",
];

#[rustfmt::skip] // a line for each is too many
pub const TYPED: &[&str] = &[
    "\n> ", "\n= ", "\n| ", "\n! list", "\n! ordered", "\n! strict", "\n! 2", "> a\n= b", "and",
    " and ", " & ", ", ", "; ", "、", "，", "the ", "a ", "an ", "What is ", "who are ", "not ", "un",
    "hyper", "hypo", "in", "im", ".", "!", "?", "¿", "…", "-", " - ", "–", "--", "'", "’", "\"", "”",
    "1,000", "1.5", "1/2", "½", "1½", "²", "⁻", "10 km", "$5", "%", "°", "٣", "+", "=", "**", "*",
    "_", "__", "~~", "`", "```sh\n", "[x](y)", "](", "\\*", "ß", "é", "ς", "й", "が", "東", "」",
];

#[rustfmt::skip] // a line for each is too many
pub const SHOWN: &[&str] = &[
    "**", "*", "_", "__", "***", "~~", "~", "`", "``", "```\n", "\n```sh\n", "~~~\n", "    ",
    "\n    ", "\n\n    x", "# ", "\n## ", "\n---\n", "\n===\n", "\n- ", "\n  - ", "\n* ",
    "\n10. ", "1) ", "+ ", "> ", "\n> ", ">> ", "\n> - ", "- [ ] ", "|", "\n|a|b|\n|-|-:|\n|c|d|\n",
    "a|b\n-|-\n", ":-:", "\\|", "[a](b.c)", "![a](media/x.png)", "[s](x.mp3)", "[", "](", ")", "![",
    "<https://x.org/y>", "https://example.org/a/long/address", "\n[a]: x.org 'T'\n", "[a][b]", "<b>",
    "<br>", "<!-- ", "-->", "<div>\n", "</div>", "&amp;", "&#27;", "&#x202e;", "&#10;", "$", "$$",
    "$x_1$", "\\", "\\\n", "  \n", "\\*", "\\(", "漢字漢字漢字", "\u{fe0f}", "❤\u{fe0f}",
    "\u{301}", "אב", "ع", "longerthanmostofthewordsthatthereare",
];

/// No file grows larger than this, in bytes.
const LARGEST: usize = 12_000;

/// Returns one of `pool`, changed in a few places.
pub fn mutant(rng: &mut StdRng, pool: &[Vec<u8>], tokens: &[&[&str]]) -> Vec<u8> {
    let mut text = one_of(rng, pool).clone();
    let blows = [1, 1, 2, 2, 3, 4, 6, 10];
    for _ in 0..*one_of(rng, &blows) {
        blow(rng, &mut text, pool, tokens);
    }
    text.truncate(LARGEST);
    text
}

fn blow(rng: &mut StdRng, text: &mut Vec<u8>, pool: &[Vec<u8>], tokens: &[&[&str]]) {
    let at = place(rng, text);
    match rng.random_range(0..22) {
        0..=4 => drop(text.splice(at..at, token(rng, tokens))),
        5 | 6 => {
            let piece = piece(rng, text, 8);
            text.splice(piece, token(rng, tokens));
        }
        7 | 8 => {
            let piece = piece(rng, text, 30);
            text.drain(piece);
        }
        9 => {
            let char = char::from_u32(rng.random_range(0..0x11_0000)).unwrap_or('\u{fffd}');
            text.splice(at..at, char.to_string().into_bytes());
        }
        10 => {
            if let Some(byte) = text.get_mut(at) {
                *byte ^= 1 << rng.random_range(0..8);
            }
        }
        11 => text.truncate(at),
        12 => {
            // The start of one and the end of another.
            let other = one_of(rng, pool);
            let from = place(rng, other);
            text.truncate(at);
            text.extend_from_slice(&other[from..]);
        }
        13 => {
            let other = one_of(rng, pool);
            let piece = piece(rng, other, 200);
            text.splice(at..at, other[piece].iter().copied());
        }
        14 => {
            // Deep nesting and long lines.
            let piece = text[piece(rng, text, 12)].to_vec();
            let times = 1 << rng.random_range(1..12);
            let room = LARGEST.saturating_sub(text.len()) / piece.len().max(1);
            text.splice(at..at, piece.repeat(times.min(room)));
        }
        15 => {
            let (end, other) = one_of(rng, &[("\n", "\r\n"), ("\n", "\r"), ("\r\n", "\n")]);
            if let Ok(all) = std::str::from_utf8(text) {
                *text = all.replace(end, other).into_bytes();
            }
        }
        way => on_lines(rng, text, way),
    }
}

/// Changes whole lines.
fn on_lines(rng: &mut StdRng, text: &mut Vec<u8>, way: u32) {
    let mut lines: Vec<Vec<u8>> =
        text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return;
    }
    let (at, other) = (rng.random_range(0..lines.len()), rng.random_range(0..lines.len()));
    match way {
        16 => drop(lines.remove(at)),
        17 => lines.insert(other, lines[at].clone()),
        18 => lines.swap(at, other),
        19 => {
            let indent = *one_of(rng, &[" ", "  ", "    ", "\t", "- "]);
            for line in &mut lines[at.min(other)..=at] {
                line.splice(0..0, indent.bytes());
            }
        }
        20 => {
            for line in &mut lines[at.min(other)..=at] {
                let blanks = line.iter().take_while(|byte| **byte == b' ').count();
                line.drain(..blanks.min(2));
            }
        }
        _ => {
            let line = &mut lines[at];
            line.truncate(line.len() - 1);
        }
    }
    *text = lines.concat();
}

fn one_of<'a, T>(rng: &mut StdRng, all: &'a [T]) -> &'a T {
    &all[rng.random_range(0..all.len())]
}

fn token(rng: &mut StdRng, tokens: &[&[&str]]) -> Vec<u8> {
    // Those of the format are the last; they are wanted more often.
    let tokens = if rng.random_range(0..3) == 0 { tokens[0] } else { tokens[tokens.len() - 1] };
    one_of(rng, tokens).as_bytes().to_vec()
}

/// Returns a place between two characters.
fn place(rng: &mut StdRng, text: &[u8]) -> usize {
    let at = rng.random_range(0..=text.len());
    let inside = text[at..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
    at + inside
}

/// Returns whole characters that take about `most` bytes at most.
fn piece(rng: &mut StdRng, text: &[u8], most: usize) -> std::ops::Range<usize> {
    let start = place(rng, text);
    let end = (start + rng.random_range(0..=most)).min(text.len());
    let inside = text[end..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
    start..end + inside
}
