//! New cards below those that a deck has.

use super::spot::{end, end_of_block, is_flow, line_before, line_end, put, start};
use super::{Edit, end_of_line, replaced};
use crate::card::Note;
use crate::deck::yaml::walk::{Part, walk};
use crate::deck::yaml::{self, Reading};
use crate::deck::{Deck, write};
use crate::yaml::{At, Place, Value};

/// Returns the deck with `notes` below its last card, written as that one is; every other byte
/// stays. A file that says nothing becomes a deck.
///
/// `None` if it is no deck, or has no place where they can be written and nothing else changes.
pub fn with_cards(text: &str, notes: &[Note]) -> Option<String> {
    let before = yaml::read(text.as_bytes(), "");
    let deck = match &before.deck {
        Some(deck) => deck.clone(),
        None if says_nothing(text) => Deck::default(),
        None => return None,
    };
    let tagged = |note: &Note| {
        let mut note = note.clone();
        let own = std::mem::replace(&mut note.details.tags, deck.head.tags.clone());
        let given = &deck.head.tags;
        note.details.tags.extend(own.into_iter().filter(|tag| !given.contains(tag)));
        note
    };
    let mut wished = deck.clone();
    wished.notes.extend(notes.iter().map(tagged));
    let new = &wished.notes[deck.notes.len()..];
    edits(text, &deck, new).into_iter().find_map(|edit| {
        let text = replaced(text, &[&(0, edit)])?;
        is(&wished, &before, &yaml::read(text.as_bytes(), "")).then_some(text)
    })
}

/// Whether a file has nothing but comments.
fn says_nothing(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

/// Whether `now` says what is `wished`, and nothing is wrong with it that was not `before`.
fn is(wished: &Deck, before: &Reading, now: &Reading) -> bool {
    let Some(deck) = &now.deck else { return false };
    let same = |(one, other): (&Note, &Note)| {
        Note { line: 0, ..one.clone() } == Note { line: 0, ..other.clone() }
    };
    let known = |code: &String| before.diagnostics.iter().any(|found| found.code == *code);
    deck.head == wished.head
        && deck.left_out.len() == wished.left_out.len()
        && deck.notes.len() == wished.notes.len()
        && deck.notes.iter().zip(&wished.notes).all(same)
        && now.diagnostics.len() <= before.diagnostics.len()
        && now.diagnostics.iter().all(|found| known(&found.code))
}

/// How a card that is there is written.
#[derive(Clone, Copy)]
struct Written {
    at: Place,
    json: bool,
}

/// Returns the edits that may do, best first.
fn edits(text: &str, deck: &Deck, notes: &[Note]) -> Vec<Edit> {
    let tags = &deck.head.tags;
    let (mut last, mut cards) = (None, 0);
    let walked = walk(text, &[], &mut |part| {
        let Part::Card(At { value, at }) = part else { return };
        cards += 1;
        let first = match &value {
            Value::Map(card) => card.first().map_or(0, |(key, _)| start(key.at)),
            _ => 0,
        };
        let json = first > 0 && text.get(first..).is_some_and(|text| text.starts_with('"'));
        last = Some(Written { at, json });
    });
    let last = last.filter(|_| walked.is_ok());
    let mut edits = Vec::new();
    if let Some(last) = last {
        let before = line_before(text, start(last.at));
        match before.strip_suffix(' ').map(|before| before.trim_end_matches(' ')) {
            Some(dash) if dash.trim_start_matches(' ') == "-" => {
                edits.extend(below(text, last, dash.len() - 1, cards > 1, tags, notes));
            }
            _ => edits.extend(beside(text, last, tags, notes)),
        }
    } else {
        edits.extend(in_an_empty_list(text, tags, notes));
    }
    // As the line of the last card stands that could be read.
    let lines: Vec<&str> = text.lines().collect();
    let of_line = |line: u32| {
        let line = lines.get((line as usize).checked_sub(1)?)?;
        let inner = line.trim_start_matches(' ');
        inner.starts_with("- ").then_some(line.len() - inner.len())
    };
    let lines_of_cards = deck.notes.iter().map(|note| note.line);
    let all = lines_of_cards.chain(deck.left_out.iter().map(|(_, line)| *line));
    let indent = all.max().and_then(of_line);
    edits.extend(at_the_end(text, indent, tags, notes));
    edits
}

/// Returns cards as items of a list, each below the other, without the end of the last line.
fn items(notes: &[Note], tags: &[String], indent: usize, apart: bool, end: &str) -> String {
    let cards: Vec<String> =
        notes.iter().map(|note| write::card(note, tags, indent).replace('\n', end)).collect();
    cards.join(if apart { end } else { "" }).trim_end_matches(end).to_owned()
}

/// Returns the edits that add below the last card, whose dash stands `indent` columns in.
fn below(
    text: &str,
    last: Written,
    indent: usize,
    several: bool,
    tags: &[String],
    notes: &[Note],
) -> Vec<Edit> {
    let begin = start(last.at);
    let line = begin - line_before(text, begin).len();
    let above = text[..line].trim_end_matches([' ', '\n', '\r']);
    let apart = several && text[above.len()..line].matches('\n').count() > 1;
    let in_braces = is_flow(text, last.at)
        && notes.iter().all(|note| !note.front.contains('\n'))
        && notes.iter().all(|note| note.back.texts().iter().all(|text| !text.contains('\n')));
    let eol = end_of_line(text, begin);
    let cards = if in_braces {
        let margin = " ".repeat(indent);
        let item = |note: &Note| format!("{margin}- {}", write::in_braces(note, tags, last.json));
        let cards: Vec<String> = notes.iter().map(item).collect();
        cards.join(&eol.repeat(if apart { 2 } else { 1 }))
    } else {
        items(notes, tags, indent, apart, eol)
    };
    let gap = eol.repeat(if apart { 2 } else { 1 });
    let with_end = |at: usize| {
        let end = if at == text.len() { eol } else { "" };
        put(at, format!("{gap}{cards}{end}"))
    };
    // Blank lines may belong to a text of the card.
    let of_card = end_of_block(text, begin, indent, false);
    let blank = text[of_card..].len() - text[of_card..].trim_start_matches([' ', '\n', '\r']).len();
    let next = of_card + blank;
    let next = next - line_before(text, next).len();
    let cards_first = format!("{cards}{eol}");
    vec![with_end(of_card), put(next, cards_first)]
}

/// Returns the edits that add to a list in brackets.
fn beside(text: &str, last: Written, tags: &[String], notes: &[Note]) -> Vec<Edit> {
    let before = line_before(text, start(last.at));
    let between = match before.trim_matches(' ').is_empty() && !before.is_empty() {
        true => format!(",{}{before}", end_of_line(text, start(last.at))),
        false => ", ".to_owned(),
    };
    let cards: String = notes
        .iter()
        .map(|note| format!("{between}{}", write::in_braces(note, tags, last.json)))
        .collect();
    let behind = end(last.at);
    let mut edits = vec![put(behind, cards.clone())];
    let inner = text.get(start(last.at)..).unwrap_or_default();
    let braces = inner.char_indices().filter(|(_, char)| *char == '}');
    edits.extend(braces.take(8).map(|(at, _)| put(start(last.at) + at + 1, cards.clone())));
    edits
}

/// Returns the edits that put the first cards into a list without any.
fn in_an_empty_list(text: &str, tags: &[String], notes: &[Note]) -> Vec<Edit> {
    let braced = |json| {
        let cards: Vec<String> =
            notes.iter().map(|note| write::in_braces(note, tags, json)).collect();
        cards.join(", ")
    };
    let mut edits = Vec::new();
    for (key, _) in text.match_indices("cards") {
        let rest = &text[key + "cards".len()..];
        let json = rest.starts_with('"');
        let Some(value) = rest.trim_start_matches('"').trim_start().strip_prefix(':') else {
            continue;
        };
        let value = value.trim_start_matches([' ', '\t']);
        let at_list = text.len() - value.len();
        let inner = value.strip_prefix('[').map(str::trim_start);
        let line = line_end(text, at_list);
        let own_line = line_before(text, key).is_empty();
        match inner.and_then(|inner| inner.strip_prefix(']')) {
            Some(behind) if own_line && !json => {
                let behind_at = text.len() - behind.len();
                let eol = end_of_line(text, at_list);
                let comment = text.get(behind_at..line).unwrap_or_default().trim();
                let from = if comment.is_empty() { key + "cards:".len() } else { at_list };
                let cards = items(notes, tags, write::INDENT, false, eol);
                let end = if line == text.len() { eol } else { "" };
                let text = format!("{comment}{eol}{cards}{end}");
                edits.push(Edit { at: from..line.max(from), text });
                edits.push(put(at_list + 1, braced(false)));
            }
            Some(_) => edits.push(put(at_list + 1, braced(json))),
            None if own_line => {
                let eol = end_of_line(text, at_list);
                let cards = items(notes, tags, write::INDENT, false, eol);
                let end = if line == text.len() { eol } else { "" };
                edits.push(put(line, format!("{eol}{cards}{end}")));
            }
            None => {}
        }
    }
    edits
}

/// Returns the edit that adds at the end of the file: to the cards, whose dashes stand `indent`
/// columns in, or with the key that a file without cards has not.
fn at_the_end(text: &str, indent: Option<usize>, tags: &[String], notes: &[Note]) -> Option<Edit> {
    let eol = end_of_line(text, text.len());
    let gap = if text.is_empty() || text.ends_with(['\n', '\r']) { "" } else { eol };
    let key = if indent.is_none() { format!("cards:{eol}") } else { String::new() };
    let cards = items(notes, tags, indent.unwrap_or(write::INDENT), false, eol);
    Some(put(text.len(), format!("{gap}{key}{cards}{eol}")))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::card::Answer;
    use crate::deck::write::tests::any_note;

    fn note(id: &str, front: &str, back: &str) -> Note {
        Note {
            id: Some(id.to_owned()),
            line: 0,
            front: front.to_owned(),
            back: Answer::Text(back.to_owned()),
            reverse: false,
            cloze: false,
            details: crate::card::Details::default(),
        }
    }

    fn with_two(text: &str) -> Option<String> {
        with_cards(text, &[note("p", "new: one", "b"), note("m", "c", "d, e")])
    }

    #[test]
    fn cards_are_written_as_the_last_one_is() {
        const NEW: &str = "  - id: p\n    front: \"new: one\"\n    back: b\n  - id: m\n    front: c\n    back: d, e\n";
        let shallow = NEW.replace("\n  ", "\n").replacen("  ", "", 1);
        let apart = NEW.replace("  - id: m", "\n  - id: m");
        let braces = "{id: p, front: \"new: one\", back: b}, {id: m, front: c, back: \"d, e\"}";
        let json = r#"{"id": "p", "front": "new: one", "back": "b"}, {"id": "m", "front": "c", "back": "d, e"}"#;
        for (deck, wanted) in [
            // Nothing is there yet.
            (String::new(), format!("cards:\n{NEW}")),
            ("# mine".into(), format!("# mine\ncards:\n{NEW}")),
            ("deck: D\n".into(), format!("deck: D\ncards:\n{NEW}")),
            ("deck: D\ncards:\n".into(), format!("deck: D\ncards:\n{NEW}")),
            ("cards: []\ndeck: D\n".into(), format!("cards:\n{NEW}deck: D\n")),
            ("cards: [] # none\n".into(), format!("cards: # none\n{NEW}")),
            ("cards: [\n]".into(), format!("cards: [{braces}\n]")),
            (
                r#"{"cards": [], "deck": "D"}"#.into(),
                format!(r#"{{"cards": [{json}], "deck": "D"}}"#),
            ),
            // Below each other.
            (
                "cards:\n  - front: a\n    back: |\n      b\n\n      c\n".into(),
                format!("cards:\n  - front: a\n    back: |\n      b\n\n      c\n{NEW}"),
            ),
            (
                "cards:\n- front: a\n  back: b # c\n\n# end\ndeck: D".into(),
                format!("cards:\n- front: a\n  back: b # c\n{shallow}\n# end\ndeck: D"),
            ),
            (
                "cards:\n  - front: a\n    back: b\n\n  - front: b\n    back: c\n\n\n".into(),
                format!(
                    "cards:\n  - front: a\n    back: b\n\n  - front: b\n    back: c\n\n{apart}\n\n"
                ),
            ),
            (
                "cards:\n  - front: a\n    back: b".into(),
                format!("cards:\n  - front: a\n    back: b\n{NEW}"),
            ),
            (
                "cards:\r\n- front: a\r\n  back: b\r\n".into(),
                format!("cards:\r\n- front: a\r\n  back: b\r\n{}", shallow.replace('\n', "\r\n")),
            ),
            // A text that keeps its blank lines.
            (
                "cards:\n- front: a\n  back: |+\n    b\n\n\ndeck: D\n".into(),
                format!("cards:\n- front: a\n  back: |+\n    b\n\n\n{shallow}deck: D\n"),
            ),
            // In braces.
            (
                "cards:\n  - {front: a, back: b}\n".into(),
                format!(
                    "cards:\n  - {{front: a, back: b}}\n  - {}\n",
                    braces.replace("}, ", "}\n  - ")
                ),
            ),
            (
                "cards: [{front: a, back: \"}\"}, ]\n".into(),
                format!("cards: [{{front: a, back: \"}}\"}}, {braces}, ]\n"),
            ),
            (
                "cards: [\n  {front: a, back: b}, # c\n]\n".into(),
                format!(
                    "cards: [\n  {{front: a, back: b}},\n  {}, # c\n]\n",
                    braces.replace("}, ", "},\n  ")
                ),
            ),
            (
                "{\"cards\": [\n\t{\"front\": \"a\", \"back\": \"b\"}\n]}\n".into(),
                format!("{{\"cards\": [\n\t{{\"front\": \"a\", \"back\": \"b\"}}, {json}\n]}}\n"),
            ),
            // A mistake elsewhere costs nothing.
            (
                "cards:\n  - front: a\n    back: b\n  - front: [\n".into(),
                format!("cards:\n  - front: a\n    back: b\n  - front: [\n{NEW}"),
            ),
            ("cards:\n  - front: a\n".into(), format!("cards:\n  - front: a\n{NEW}")),
        ] {
            assert_eq!(with_two(&deck).as_deref(), Some(&*wanted), "{deck}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_card_can_be_added_to_any_deck(
            there in vec(any_note(), 0..4),
            new in vec(any_note(), 1..3),
            style in 0..3,
            windows: bool,
        ) {
            let notes: Vec<&Note> = there.iter().collect();
            let braces = |json| {
                let cards: Vec<String> =
                    there.iter().map(|note| write::in_braces(note, &[], json)).collect();
                cards.join(", ")
            };
            let mut deck = match style {
                0 => write::deck(&crate::deck::Head::default(), &notes),
                1 => format!("cards: [{}]\n", braces(false)),
                _ => format!("{{\"cards\": [{}]}}\n", braces(true)),
            };
            if windows {
                deck = deck.replace('\n', "\r\n");
            }
            let before = yaml::read(deck.as_bytes(), "").deck;
            prop_assert_eq!(before.map(|deck| deck.notes.len()), Some(there.len()), "{}", &deck);
            prop_assert!(with_cards(&deck, &new).is_some(), "{}", deck);
        }
    }

    #[test]
    fn what_is_no_deck_gets_no_cards() {
        for text in ["name: ci\non: push\n", "- a\n", "cards: 3\n", "\u{0}"] {
            assert_eq!(with_two(text), None, "{text:?}");
        }
    }

    #[test]
    fn tags_of_the_deck_are_not_written_again() {
        let mut tagged = note("p", "a", "b");
        tagged.details.tags = vec!["x".into(), "own".into()];
        let now = with_cards("tags: [x]\ncards: []\n", &[tagged]).unwrap();
        assert!(now.ends_with("    back: b\n    tags:\n      - own\n"), "{now}");
    }
}
