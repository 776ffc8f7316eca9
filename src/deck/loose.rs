//! Cards without a deck around them, as people pass them on: a list, one card, or a whole deck.

use super::yaml::{self, Reading};
use crate::card::Note;
use crate::diagnostic::{Diagnostic, Severity};

/// Returns the cards in `text`, with the tags of their deck if it is one.
///
/// # Errors
///
/// What is wrong in it, at its place; `file` is what it is called. Nothing that is no card is an
/// error without a place.
pub fn read(text: &str, file: &str) -> Result<Vec<Note>, Vec<Diagnostic>> {
    let text = &without_marker(text.trim_start_matches('\u{feff}'));
    let first = text.lines().find(|line| says_something(line));
    let reading = match first.and_then(|line| line.trim_start().chars().next()) {
        Some('-') => put_in("cards:\n", text, file),
        Some('[') => put_in("{cards:\n", &format!("{text}}}"), file),
        Some('{') => match yaml::read(text.as_bytes(), file) {
            Reading { deck: None, .. } => put_in("{cards: [\n", &format!("{text}]}}"), file),
            deck => deck,
        },
        _ => match yaml::read(text.as_bytes(), file) {
            Reading { deck: None, .. } if first.is_some() => one_card(text, file),
            deck => deck,
        },
    };
    let mut wrong = reading.diagnostics;
    wrong.retain(|found| found.severity == Severity::Error);
    match reading.deck {
        Some(deck) if wrong.is_empty() => Ok(deck.notes),
        _ => Err(wrong),
    }
}

/// Returns a text without the mark by which a document of several begins.
fn without_marker(text: &str) -> String {
    match text.lines().find(|line| says_something(line)) {
        Some(line) if line.trim_end() == "---" => text.replacen("---", "", 1),
        _ => text.to_owned(),
    }
}

fn says_something(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

/// Reads a text behind one line of ours.
fn put_in(line: &str, text: &str, file: &str) -> Reading {
    let mut reading = yaml::read(format!("{line}{text}").as_bytes(), file);
    for found in &mut reading.diagnostics {
        found.line = found.line.saturating_sub(1);
    }
    reading
}

/// Reads the keys of one card.
fn one_card(text: &str, file: &str) -> Reading {
    const IN: &str = "    ";
    let lines = text.lines().map(|line| match line.trim().is_empty() {
        true => String::new(),
        false => format!("{IN}{line}"),
    });
    let text: Vec<String> = lines.collect();
    let text = format!("cards:\n  -\n{}\n", text.join("\n"));
    let mut reading = yaml::read(text.as_bytes(), file);
    for found in &mut reading.diagnostics {
        found.line = found.line.saturating_sub(2);
        found.column = found.column.saturating_sub(IN.len() as u32);
        if let Some(line) = found.source_line.strip_prefix(IN) {
            found.source_line = line.to_owned();
        }
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fronts(text: &str) -> Result<Vec<String>, Vec<String>> {
        read(text, "-").map(|notes| notes.into_iter().map(|note| note.front).collect()).map_err(
            |found| {
                found.iter().map(|it| format!("{}:{} {}", it.line, it.column, it.code)).collect()
            },
        )
    }

    #[test]
    fn a_list_a_card_and_a_deck_are_cards() {
        for text in [
            "- front: a\n  back: b\n- {front: c, back: d}\n",
            "# mine\n---\n  - front: a\n    back: b\n  - front: c\n    back: d",
            "[{\"front\": \"a\", \"back\": \"b\"},\n {\"front\": \"c\", \"back\": \"d\"}\n]\n",
            "deck: D\ncards:\n- front: a\n  back: b\n- front: c\n  back: d\n",
            "{\"cards\": [{\"front\": \"a\", \"back\": \"b\"}, {\"front\": \"c\", \"back\": \"d\"}]}",
            "\u{feff}- front: a\r\n  back: b\r\n- front: c\r\n  back: d\r\n",
        ] {
            assert_eq!(fronts(text), Ok(vec!["a".into(), "c".into()]), "{text}");
        }
        for text in
            ["front: a\nback: |\n  b\n\n  c\n", "{front: a, back: b}", "---\nfront: a\nback: b\n"]
        {
            assert_eq!(fronts(text), Ok(vec!["a".into()]), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_at_its_place() {
        for (text, wanted) in [
            ("- front: a\n  back: b\n- frnt: c\n  back: d\n", "3:3 unknown-key"),
            ("front: a\nbakc: b\n", "2:1 unknown-key"),
            ("[{\"front\": \"a\",\n \"bakc\": \"b\"}]\n", "2:2 unknown-key"),
        ] {
            let found = fronts(text).unwrap_err();
            assert!(found.iter().any(|it| it == wanted), "{text}: {found:?}");
        }
        assert_eq!(fronts(""), Err(vec![]));
        assert_eq!(fronts("# nothing\n"), Err(vec![]));
        assert_ne!(fronts("hello\n"), Ok(vec![]));
    }
}
