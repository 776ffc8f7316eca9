//! Cards that stand as [`write`](crate::deck::write) puts them, read line by line.
//!
//! The YAML library takes several times as long, and a large deck is nearly always one that an
//! import wrote. What might mean anything else than its line says is left to the library, so that
//! no deck is read in two ways: the laws below hold the one against the other.

use super::card::{KEYS, Key};
use crate::deck::write::{is_plain, needs_escape};
use crate::yaml::{At, Entry, Fields, Place, Value};

/// The longest list that is read here. The library has bounds of its own; whatever might come near
/// them is left to it.
const LONGEST_LIST: usize = 1_000;
/// The most values that are read here, items of lists among them.
const MOST_VALUES: usize = 4_000_000;

/// Returns a deck in two: what stands above its cards, `cards:` and all, and the lines of the cards.
pub fn parts(text: &str) -> Option<(&str, &str)> {
    const CARDS: &str = "cards:\n";
    let begins_line = |at: &usize| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
    let at = text.match_indices(CARDS).map(|(at, _)| at).find(begins_line)?;
    text.ends_with('\n').then(|| text.split_at(at + CARDS.len()))
}

/// Calls `with` for each of the `cards` that stand below so many lines. Returns `None` where that
/// does, or where something stands otherwise than it would be written here.
pub fn read(
    cards: &str,
    lines_above: u32,
    mut with: impl FnMut(Place, Fields<Key>) -> Option<()>,
) -> Option<()> {
    let mut lines = Lines { rest: cards, number: lines_above };
    let mut card: Option<(Place, Fields<Key>)> = None;
    let mut dash = None;
    let mut values = 0;
    while let Some(line) = lines.next() {
        let (indent, mut entry) = indented(line);
        let is_comment = entry.starts_with('#') && !entry.contains(is_no_text);
        if line.is_empty() || is_comment {
            continue;
        }
        let dash = *dash.get_or_insert(indent);
        if indent == dash {
            if let Some((place, fields)) = card.take() {
                with(place, fields)?;
            }
            entry = entry.strip_prefix("- ")?;
            let column = u32::try_from(dash).ok()? + 3;
            card = Some((Place::point(lines.number, column), Fields::new()));
        } else if indent != dash + 2 {
            return None;
        }
        let (_, fields) = card.as_mut()?;
        let (name, written) = entry.split_once(':')?;
        let key = KEYS.find(name).filter(|key| fields.get(*key).is_none())?;
        let value = value(key, written, &mut lines, dash + 4)?;
        values += match &value {
            Value::List(items) => items.len(),
            _ => 1,
        };
        if values > MOST_VALUES {
            return None;
        }
        fields.add(key, Entry { key: Place::default(), value: unplaced(value) });
    }
    let (place, fields) = card?;
    with(place, fields)
}

/// Returns what is written behind a key and its colon. Lists and further lines of a text below it
/// stand `margin` columns in.
fn value(key: Key, written: &str, lines: &mut Lines<'_>, margin: usize) -> Option<Value> {
    let Some(written) = written.strip_prefix(' ') else {
        let may_be_list = matches!(key, Key::Back | Key::Tags | Key::Accept | Key::Choices);
        return if written.is_empty() && may_be_list { list(lines, margin) } else { None };
    };
    match key {
        Key::Reverse | Key::Ordered | Key::Typed => written.parse().ok().map(Value::Flag),
        Key::Need | Key::Value => whole(written).map(Value::Whole),
        Key::Tags if written.starts_with('[') => words(written),
        Key::Lint => None,
        _ => text(written, lines, margin).map(Value::Text),
    }
}

/// Returns the items that stand below a key, one at least.
fn list(lines: &mut Lines<'_>, margin: usize) -> Option<Value> {
    let mut items = Vec::new();
    while let Some((indent, item)) = lines.peek().map(indented).filter(|(at, _)| *at >= margin) {
        let written = item.strip_prefix("- ").filter(|_| indent == margin)?;
        lines.next();
        items.push(unplaced(Value::Text(text(written, lines, margin + 2)?)));
        if items.len() > LONGEST_LIST {
            return None;
        }
    }
    (!items.is_empty()).then_some(Value::List(items))
}

/// Returns the words of a list in brackets, none of which could be anything but a text.
fn words(written: &str) -> Option<Value> {
    let inner = written.strip_prefix('[')?.strip_suffix(']')?;
    let is_word = |word: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        is_plain(word) && word.bytes().all(plain)
    };
    let words: Option<Vec<_>> = inner
        .split(", ")
        .take(LONGEST_LIST + 1)
        .map(|word| is_word(word).then(|| unplaced(Value::Text(word.to_owned()))))
        .collect();
    words.filter(|words| words.len() <= LONGEST_LIST).map(Value::List)
}

fn unplaced(value: Value) -> At<Value> {
    At { value, at: Place::default() }
}

fn whole(written: &str) -> Option<u64> {
    let digits = written.bytes().all(|byte| byte.is_ascii_digit());
    let usual = written == "0" || !written.starts_with('0');
    written.parse().ok().filter(|_| digits && usual && written.len() <= 9)
}

/// Returns a text, of which further lines stand `margin` columns in.
fn text(written: &str, lines: &mut Lines<'_>, margin: usize) -> Option<String> {
    match written {
        "|" | "|-" => block(lines, margin, written == "|"),
        _ if written.starts_with('"') => unquoted(written),
        _ => is_plain(written).then(|| written.to_owned()),
    }
}

/// Returns a text of several lines, each as it is; `ended` if a line feed ends the last.
fn block(lines: &mut Lines<'_>, margin: usize, ended: bool) -> Option<String> {
    let mut text = String::new();
    let mut blank = 0;
    while let Some(line) = lines.peek() {
        let (indent, rest) = indented(line);
        if !rest.is_empty() && indent < margin {
            break;
        }
        lines.next();
        if line.is_empty() {
            blank += 1;
            continue;
        }
        let content = &line[margin.min(indent)..];
        // The first line says how far the others stand in.
        let is_first = text.is_empty();
        if rest.is_empty() || content.ends_with(' ') || content.contains(is_no_text) {
            return None;
        }
        if is_first && (blank > 0 || indent > margin) {
            return None;
        }
        let between = if is_first { 0 } else { blank + 1 };
        text.extend(std::iter::repeat_n('\n', between));
        text.push_str(content);
        blank = 0;
    }
    if text.is_empty() {
        return None;
    }
    if ended {
        text.push('\n');
    }
    Some(text)
}

fn is_no_text(char: char) -> bool {
    char == '\t' || needs_escape(char)
}

/// Returns what stands in double quotes.
fn unquoted(written: &str) -> Option<String> {
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        let char = match char {
            '"' => return None,
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'x' => coded(&mut chars, 2)?,
                'u' => coded(&mut chars, 4)?,
                'U' => coded(&mut chars, 8)?,
                char @ ('"' | '\\') => char,
                _ => return None,
            },
            char if is_no_text(char) => return None,
            char => char,
        };
        text.push(char);
    }
    Some(text)
}

/// Returns the character whose number stands in so many hexadecimal digits.
fn coded(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let code = (0..digits).try_fold(0, |code, _| Some(code * 16 + chars.next()?.to_digit(16)?));
    char::from_u32(code?)
}

/// Returns how many blanks stand before a line, and the line without them.
fn indented(line: &str) -> (usize, &str) {
    let said = line.trim_start_matches(' ');
    (line.len() - said.len(), said)
}

/// The lines of a text, each of which ends in LF.
struct Lines<'t> {
    rest: &'t str,
    /// Of the line that was taken last, 1-based in the file.
    number: u32,
}

impl<'t> Lines<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.rest.split_once('\n').map(|(line, _)| line)
    }

    fn next(&mut self) -> Option<&'t str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        self.number += 1;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use crate::card::{Answer, Details, Note};
    use crate::deck::Head;
    use crate::deck::write;
    use crate::deck::write::tests::any_note;
    use crate::deck::yaml::{Draft, Root, as_written, quickly};

    fn is_same(one: &Draft, other: &Draft) -> bool {
        one.root == Root::Deck && other.root == Root::Deck && one.deck == other.deck
    }

    /// A note whose texts are as most are.
    fn usual_note() -> impl Strategy<Value = Note> {
        let text = "[a-z]{1,4}( [a-zé*,.]{1,4}){0,3}(\n[a-z]{1,4}){0,2}";
        (any_note(), text, text).prop_map(|(note, front, back)| Note {
            cloze: false,
            reverse: false,
            front,
            back: Answer::Text(back),
            details: Details { tags: note.details.tags, ..Details::default() },
            ..note
        })
    }

    /// Returns any deck as it is written here.
    fn any_deck() -> impl Strategy<Value = String> {
        vec(prop_oneof![any_note(), usual_note()], 1..4).prop_map(|notes| {
            let head = Head { title: Some("A deck".into()), ..Head::default() };
            write::deck(&head, &notes.iter().collect::<Vec<_>>())
        })
    }

    /// What somebody might write into a line, or in place of a part of it.
    fn slip() -> impl Strategy<Value = &'static str> {
        select(vec![
            "",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\n ",
            "\t",
            "\r",
            "\r\n",
            "\u{a0}",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            ":",
            ": ",
            " #",
            "#",
            "# a\n",
            "-",
            "- ",
            "\n- ",
            "\n  - ",
            "---\n",
            "...\n",
            "\"",
            "'",
            "\\",
            "|",
            "|-",
            ">",
            "|+",
            "|2",
            "&a ",
            "*a",
            "!!str ",
            "!a ",
            "[",
            "]",
            "[a, b]",
            "[a, no]",
            "{",
            "}",
            ",",
            "?",
            "? ",
            "%",
            "@",
            "`",
            "~",
            "null",
            "true",
            "no",
            "0",
            "1",
            "007",
            "1e3",
            "0x1f",
            ".inf",
            "a",
            "b c",
            "é",
            "front: a\n",
            "    back: b\n",
            "    back:\n",
            "      - a\n",
            "        a\n",
            "    value: 1\n",
            "    reverse: true\n",
            "    tags: [a, b-c]\n",
            "    lint: {}\n",
            "cards:\n",
            "cards: []\n",
            "tags: [a]\n",
            "  - front: x\n    back: y\n",
            "- front: x\n  back: y\n",
            "<<: ",
            "\\x41",
            "\\u00e9",
            "\\ud800",
            "\\0",
        ])
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_library_does(text in any_deck()) {
            let read = as_written(&text);
            prop_assert!(read.is_some(), "left to the library: {}", text);
            let by_library = quickly(&text).unwrap();
            prop_assert!(is_same(&read.unwrap(), &by_library), "{}", text);
        }

        #[test]
        fn what_a_slip_made_of_it_is_read_as_the_library_does_or_not_at_all(
            text in any_deck(),
            slips in vec((any::<Index>(), 0usize..4, slip()), 1..3),
        ) {
            let mut chars: Vec<char> = text.chars().collect();
            for (at, gone, slip) in slips {
                let at = at.index(chars.len() + 1);
                let end = chars.len().min(at + gone);
                chars.splice(at..end, slip.chars());
            }
            let text: String = chars.into_iter().collect();
            if let Some(read) = as_written(&text) {
                let by_library = quickly(&text);
                prop_assert!(by_library.is_some_and(|other| is_same(&read, &other)), "{:?}", text);
            }
        }
    }

    #[test]
    fn what_people_write_beside_it_is_read_too() {
        let text = "cards:\n\n# a\n- front: a\n  back:\n    - 1st\n\n- front: b\n  tags: [a, b-c]\n  back: c\n";
        assert!(as_written(text).is_some());
        assert!(as_written(&text.replace("1st", "12e4")).is_none(), "may be a number");
    }

    #[test]
    fn what_may_mean_something_else_is_left_to_the_library() {
        for card in [
            "front: a\n    back: yes",
            "front: a\n    back: 12",
            "front: a\n    back: a # b",
            "front: a\n      b\n    back: c",
            "front: 'a'\n    back: c",
            "front: *a\n    back: c",
            "front: a\n    back: |\n\n      c",
            "front: a\n    back: |\n        c\n      d",
            "front: a\n    back: >\n      c",
            "front: \"a\\ud800\"\n    back: c",
            "front: a\n    back: c\n    tags: [no]",
            "front: a\n    back: c\n    front: d",
            "front: a\n    back: c\n    tgas: d",
            "front: a\n    back: c\ntags: [d]",
            "front: a\n    back: c\n---",
            "front: a",
        ] {
            assert!(as_written(&format!("cards:\n  - {card}\n")).is_none(), "{card}");
        }
    }

    #[test]
    fn more_than_anybody_writes_is_left_to_the_library() {
        let list = |count| {
            let words = vec!["a"; count].join(", ");
            format!("cards:\n- front: a\n  back: b\n  tags: [{words}]\n")
        };
        assert!(as_written(&list(1_000)).is_some());
        assert!(as_written(&list(1_001)).is_none());
        let items = format!("cards:\n- front: a\n  back:\n{}", "    - b\n".repeat(1_001));
        assert!(as_written(&items).is_none());
        // No card of these is kept: they would fill the memory.
        let read =
            |cards| super::read(&"- front: a\n  back: b\n".repeat(cards), 1, |_, _| Some(()));
        assert!(read(super::MOST_VALUES / 2).is_some());
        assert!(read(super::MOST_VALUES / 2 + 1).is_none());
    }
}
