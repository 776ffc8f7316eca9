//! One more wording of an answer, written into the card that it answers.

use super::spot::{end, end_of_block, is_flow, line_before, line_end, put, start};
use super::{Edit, end_of_line, replaced, says_the_same};
use crate::card::Note;
use crate::deck::write;
use crate::deck::yaml::walk::{Part, walk};
use crate::deck::yaml::{self};
use crate::yaml::{At, Place, Value};

/// The keys and values of a card.
type Entries = [(At<Value>, At<Value>)];

/// Returns the deck with `wording` among the `accept` of the first note that `is_it`; every other
/// byte stays.
///
/// `None` if there is no such note, or no place where a wording can be written and nothing else
/// changes: where an alias repeats what would have to be changed, say.
pub fn with_accept(text: &str, is_it: &dyn Fn(&Note) -> bool, wording: &str) -> Option<String> {
    let before = yaml::read(text.as_bytes(), "");
    let notes = &before.deck.as_ref()?.notes;
    let number = notes.iter().position(is_it)?;
    let mut wished = before.clone();
    wished.deck.as_mut()?.notes[number].details.accept.push(wording.to_owned());
    let same_line = notes[..number].iter().filter(|note| note.line == notes[number].line).count();
    edits(text, notes[number].line, same_line, wording).into_iter().find_map(|edit| {
        let text = replaced(text, &[&(0, edit)])?;
        says_the_same(&wished, &yaml::read(text.as_bytes(), "")).then_some(text)
    })
}

/// Returns the edits that may do, best first, for the card that is the `nth` on its line.
fn edits(text: &str, line: u32, mut nth: usize, wording: &str) -> Vec<Edit> {
    let mut found = Vec::new();
    let walked = walk(text, &[], &mut |part| {
        let Part::Card(At { value: Value::Map(card), at }) = part else { return };
        if at.line != line {
            return;
        }
        if nth > 0 {
            nth -= 1;
        } else if found.is_empty() && at.span == at.meaning {
            found = edits_of(text, &card, at, wording);
        }
    });
    if walked.is_ok() { found } else { Vec::new() }
}

fn edits_of(text: &str, card: &Entries, at: Place, wording: &str) -> Vec<Edit> {
    let named = |name: &str| {
        card.iter().position(|(key, _)| matches!(&key.value, Value::Text(key) if key == name))
    };
    match (named("accept"), named("back").or(named("cloze"))) {
        (Some(accept), _) => among(text, &card[accept], wording),
        (None, Some(back)) if is_flow(text, at) => beside_in_flow(text, card, back, at, wording),
        (None, Some(back)) => below(text, card, back, at, wording),
        (None, None) => Vec::new(),
    }
}

/// Returns the edits that add to an `accept` that is there.
fn among(text: &str, (key, value): &(At<Value>, At<Value>), wording: &str) -> Vec<Edit> {
    let item = write::in_flow(wording);
    let (from, to) = (start(value.at), end(value.at));
    match &value.value {
        Value::List(items) => match items.last() {
            None => {
                let behind = end(key.at);
                let open = text.get(behind..).and_then(|text| text.find('['));
                open.map(|open| put(behind + open + 1, item)).into_iter().collect()
            }
            Some(last) => {
                let before = line_before(text, start(last.at));
                if before.trim() == "-" {
                    let end_of_item = end(last.at);
                    let at = line_end(text, end_of_item);
                    let dash = format!("{}{before}", end_of_line(text, at));
                    vec![put(at, format!("{dash}{}", write::scalar(wording, before.len())))]
                } else {
                    vec![put(end(last.at), format!(", {item}"))]
                }
            }
        },
        Value::Text(was) if value.at.span == value.at.meaning && from < to => {
            let raw = text.get(from..to).unwrap_or_default();
            let list = |was: &str| format!("[{was}, {item}]");
            // As it is written, if that means the same within brackets.
            [list(raw), list(&write::in_flow(was))].map(|text| Edit { at: from..to, text }).into()
        }
        _ => {
            let raw = text.get(from..to).unwrap_or_default();
            vec![Edit { at: from..to, text: format!("[{raw}, {item}]") }]
        }
    }
}

/// Returns the edits that add the key to a card in braces.
fn beside_in_flow(text: &str, card: &Entries, back: usize, at: Place, wording: &str) -> Vec<Edit> {
    let first = card.first().map_or(0, |(key, _)| start(key.at));
    let json = text.get(first..).is_some_and(|text| text.starts_with('"'));
    let said = if json {
        format!("\"accept\": [{}]", write::in_json(wording))
    } else {
        format!("accept: [{}]", write::in_flow(wording))
    };
    let value = &card[back].1;
    let behind = match &value.value {
        // Of a list only the places of its items are known.
        Value::List(items) => {
            let last = items.last().map_or(0, |item| end(item.at));
            let close = text.get(last..).and_then(|text| text.find(']'));
            last + close.map_or(0, |close| close + 1)
        }
        _ => end(value.at),
    };
    let mut edits = vec![put(behind, format!(", {said}"))];
    // Where the end of a list is not known, in front of the next key, or of all.
    match card.get(back + 1) {
        Some((next, _)) => edits.push(put(start(next.at), format!("{said}, "))),
        None => edits.push(put(start(at) + 1, format!("{said}, "))),
    }
    edits
}

/// Returns the edits that add the key to a card whose keys stand below each other.
fn below(text: &str, card: &Entries, back: usize, at: Place, wording: &str) -> Vec<Edit> {
    let indent = (at.column as usize).saturating_sub(1);
    let said = format!("accept: [{}]", write::in_flow(wording));
    let before = |key: &At<Value>| {
        let at = start(key.at);
        put(at, format!("{said}{}{}", end_of_line(text, at), " ".repeat(indent)))
    };
    let mut edits = Vec::new();
    match card.get(back + 1) {
        Some((next, _)) => edits.push(before(next)),
        None => {
            let at = end_of_block(text, start(card[back].0.at), indent, true);
            edits.push(put(at, format!("{}{}{said}", end_of_line(text, at), " ".repeat(indent))));
        }
    }
    edits.push(before(&card[back].0));
    edits
}

#[cfg(test)]
mod tests {

    use super::*;

    fn second(text: &str, wording: &str) -> Option<String> {
        with_accept(text, &|note| note.id.as_deref() == Some("x"), wording)
    }

    #[test]
    fn a_wording_is_written_in_the_style_of_its_card() {
        for (deck, wanted) in [
            (
                "cards:\n- id: x\n  front: a\n  back: b # why\n  hint: c\n",
                "cards:\n- id: x\n  front: a\n  back: b # why\n  accept: [w]\n  hint: c\n",
            ),
            (
                "cards:\n  - id: x\n    front: a\n    back: b # why\n\n  - {id: y, front: b, back: c}\n",
                "cards:\n  - id: x\n    front: a\n    back: b # why\n    accept: [w]\n\n  - {id: y, front: b, back: c}\n",
            ),
            (
                "cards:\r\n- id: x\r\n  front: a\r\n  back: b",
                "cards:\r\n- id: x\r\n  front: a\r\n  back: b\r\n  accept: [w]",
            ),
            (
                "cards:\n- id: x\n  front: a\n  back: |\n    b\n\n    # c\n- {front: b, back: c}\n",
                "cards:\n- id: x\n  front: a\n  back: |\n    b\n\n    # c\n  accept: [w]\n- {front: b, back: c}\n",
            ),
            (
                "cards:\n- id: x\n  front: a\n  back:\n  - b\n  - c\n# end\n",
                "cards:\n- id: x\n  front: a\n  back:\n  - b\n  - c\n  accept: [w]\n# end\n",
            ),
            (
                "cards:\n- back: b\n  front: a\n  id: x\n",
                "cards:\n- back: b\n  accept: [w]\n  front: a\n  id: x\n",
            ),
            (
                "cards: [{id: x, front: a, back: b}, {front: c, back: d}]",
                "cards: [{id: x, front: a, back: b, accept: [w]}, {front: c, back: d}]",
            ),
            (
                "cards: [{front: c, back: d}, {id: x, front: a, back: [b, c] }]",
                "cards: [{front: c, back: d}, {id: x, front: a, back: [b, c], accept: [w] }]",
            ),
            (
                "{\"cards\": [{\"id\": \"x\", \"front\": \"a\", \"back\": \"b\"}]}",
                "{\"cards\": [{\"id\": \"x\", \"front\": \"a\", \"back\": \"b\", \"accept\": [\"w\"]}]}",
            ),
            (
                "cards:\n- {id: x, front: a, back: b, accept: [c, d ,]}\n",
                "cards:\n- {id: x, front: a, back: b, accept: [c, d, w ,]}\n",
            ),
            (
                "cards:\n- {id: x, front: a, accept: c, back: b}\n",
                "cards:\n- {id: x, front: a, accept: [c, w], back: b}\n",
            ),
            (
                "cards:\n- id: x\n  front: a\n  back: b\n  accept: c, d # two\n",
                "cards:\n- id: x\n  front: a\n  back: b\n  accept: [\"c, d\", w] # two\n",
            ),
            (
                "cards:\n- id: x\n  front: a\n  back: b\n  accept:\n    - c\n    - 'd' # e\n  hint: f\n",
                "cards:\n- id: x\n  front: a\n  back: b\n  accept:\n    - c\n    - 'd' # e\n    - w\n  hint: f\n",
            ),
            (
                "cards:\n- id: x\n  front: a\n  back: b\n  accept: [] # none\n",
                "cards:\n- id: x\n  front: a\n  back: b\n  accept: [w] # none\n",
            ),
            (
                "cards:\n- id: x\n  front: a\n  back: b\n  accept: [\n    c, # one\n    d # two\n  ]\n",
                "cards:\n- id: x\n  front: a\n  back: b\n  accept: [\n    c, # one\n    d, w # two\n  ]\n",
            ),
            (
                "cards:\n- id: x\n  cloze: \"{{a}} b\"\n",
                "cards:\n- id: x\n  cloze: \"{{a}} b\"\n  accept: [w]\n",
            ),
            (
                "cards:\n- id: x\n  front: a\n  back: b\n  accept: 3\n",
                "cards:\n- id: x\n  front: a\n  back: b\n  accept: [3, w]\n",
            ),
        ] {
            assert_eq!(second(deck, "w").as_deref(), Some(wanted), "{deck}");
        }
    }

    #[test]
    fn a_wording_is_quoted_where_it_would_mean_something_else() {
        let deck = "cards:\n- id: x\n  front: a\n  back: b\n";
        for (wording, written) in [
            ("a, b", "[\"a, b\"]"),
            ("3", "[\"3\"]"),
            ("no", "[\"no\"]"),
            ("it's", "[it's]"),
            ("c: d", "[\"c: d\"]"),
            ("[x]", "[\"[x]\"]"),
            ("one\ntwo", "[\"one\\ntwo\"]"),
            ("ねこ", "[ねこ]"),
        ] {
            let wanted = format!("{deck}  accept: {written}\n");
            assert_eq!(second(deck, wording), Some(wanted), "{wording}");
        }
    }

    #[test]
    fn where_something_else_would_change_nothing_is_written() {
        for deck in [
            "cards:\n- {id: y, front: a, back: b}\n",
            "cards:\n- &n\n  front: a\n  back: b\n- *n\n",
            "cards: [{id: x, front: a, back: b}",
            "cards:\n- {id: y, front: b, back: c, accept: &a [c]}\n- {id: x, front: a, back: b, accept: *a}\n",
        ] {
            assert_eq!(second(deck, "w"), None, "{deck}");
        }
    }
}
