//! Writing into the text of a deck: pieces of it are replaced, and every other byte stays.
//!
//! What an edit came to is read again before anybody keeps it: an edit after which the deck says
//! something else than it should is given up, and costs no other.

mod accept;
mod append;
mod spot;

pub use accept::with_accept;
pub use append::with_cards;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::lint;
use super::yaml::walk::{Part, walk};
use super::yaml::{self, Reading};
use super::{Deck, write};
use crate::card::{Note, is_id};
use crate::diagnostic::{self, Diagnostic, Mend, Severity};
use crate::yaml::{At, Place, Value, lines_of};

/// How often a file is read again to see which edits must be given up.
const MOST_READINGS: u32 = 64;

/// A piece of a text, in bytes, and what is to stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    at: Range<usize>,
    text: String,
}

/// A text with what was written into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited<T> {
    /// The whole text.
    pub text: String,
    /// What was done, in the order of the file.
    pub done: Vec<T>,
    /// How many of the wanted edits were given up.
    pub left: usize,
}

/// An id that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Line of the note in the text as it was, 1-based.
    pub was_on: u32,
    /// Its line in the text as it is now.
    pub line: u32,
    /// The id.
    pub id: String,
}

/// Returns the deck with an id for each note that has none and for which `id_of` returns one;
/// `id_of` is given the number of the note among all that can be read, and the note.
///
/// A deck that cannot be read as a whole is left as it is. So is a note where no id can be written:
/// one that an alias repeats, say.
pub fn with_ids(text: &str, id_of: &dyn Fn(usize, &Note) -> Option<String>) -> Edited<Named> {
    let unchanged = |left| Edited { text: text.to_owned(), done: Vec::new(), left };
    let before = yaml::read(text.as_bytes(), "");
    let Some(deck) = &before.deck else { return unchanged(0) };
    let wanted: BTreeMap<usize, String> = deck
        .notes
        .iter()
        .enumerate()
        .filter(|(_, note)| note.id.is_none())
        .filter_map(|(number, note)| Some((number, id_of(number, note).filter(|id| is_id(id))?)))
        .collect();
    if wanted.is_empty() {
        return unchanged(0);
    }
    let sites = sites(text, deck);
    let edits: Vec<(usize, Edit)> = wanted
        .iter()
        .filter_map(|(number, id)| Some((*number, sites.get(number)?.id(text, id))))
        .collect();
    let holds = |text: &str, numbers: &[usize]| {
        let mut wished = before.clone();
        if let Some(deck) = &mut wished.deck {
            for number in numbers {
                deck.notes[*number].id = wanted.get(number).cloned();
            }
        }
        says_the_same(&wished, &yaml::read(text.as_bytes(), ""))
    };
    let (text, numbers) = settle(text, edits, &holds);
    let now = deck_of(&text).notes;
    let done: Vec<Named> = numbers
        .iter()
        .filter_map(|number| {
            let id = wanted.get(number)?.clone();
            Some(Named { was_on: deck.notes[*number].line, line: now.get(*number)?.line, id })
        })
        .collect();
    Edited { text, left: wanted.len() - done.len(), done }
}

/// Returns the deck with everything mended that certainly can be, and the findings that were about
/// it. `again` returns what is found in a text.
///
/// The texts of a note are mended only if it is `named`: without an id it would be another card.
pub fn mended(
    text: &str,
    named: &dyn Fn(&Note) -> bool,
    again: &dyn Fn(&str) -> Vec<Diagnostic>,
) -> Edited<Diagnostic> {
    let mut now = Edited { text: text.to_owned(), done: Vec::new(), left: 0 };
    loop {
        let found = again(&now.text);
        let before = deck_of(&now.text);
        let edits: Vec<(usize, Edit)> = found
            .iter()
            .enumerate()
            .filter_map(|(number, finding)| {
                Some((number, edit_of(&now.text, finding.mend.as_ref()?)?))
            })
            .collect();
        let wanted = edits.len();
        let holds = |text: &str, numbers: &[usize]| {
            let now = deck_of(text);
            // Where nothing could be read, all that is found now was there before.
            (is_progress(&found, &again(text), numbers) || is_empty(&before) && !is_empty(&now))
                && is_kept(&before, &now, named)
        };
        let (text, numbers) = settle(&now.text, edits, &holds);
        now.left = wanted - numbers.len();
        if numbers.is_empty() {
            return now;
        }
        // What could not be read before may be found wrong, or mended, only now.
        now.text = text;
        now.done.extend(numbers.into_iter().map(|number| found[number].clone()));
    }
}

/// Returns `text` with as many of the edits as `holds` accepts, and which those were.
fn settle(
    text: &str,
    mut edits: Vec<(usize, Edit)>,
    holds: &dyn Fn(&str, &[usize]) -> bool,
) -> (String, Vec<usize>) {
    edits.sort_by_key(|(_, edit)| edit.at.start);
    let mut kept: Vec<(usize, Edit)> = Vec::new();
    let mut open = vec![edits];
    let mut readings = 0;
    while let Some(mut edits) = open.pop() {
        if edits.is_empty() || readings == MOST_READINGS {
            continue;
        }
        readings += 1;
        let together: Vec<&(usize, Edit)> = kept.iter().chain(&edits).collect();
        let numbers: Vec<usize> = together.iter().map(|(number, _)| *number).collect();
        if replaced(text, &together).is_some_and(|text| holds(&text, &numbers)) {
            kept.append(&mut edits);
        } else if edits.len() > 1 {
            let second = edits.split_off(edits.len() / 2);
            open.extend([second, edits]);
        }
    }
    let numbers = kept.iter().map(|(number, _)| *number).collect();
    let text = replaced(text, &kept.iter().collect::<Vec<_>>()).unwrap_or_default();
    (text, numbers)
}

/// Returns `text` with all edits; `None` if two of them are about the same piece.
fn replaced(text: &str, edits: &[&(usize, Edit)]) -> Option<String> {
    let mut whole = String::with_capacity(text.len() + 32 * edits.len());
    let mut from = 0;
    for (_, edit) in edits {
        whole.push_str(text.get(from..edit.at.start)?);
        whole.push_str(&edit.text);
        from = edit.at.end;
    }
    whole.push_str(text.get(from..)?);
    Some(whole)
}

/// Whether two readings are of one deck, wherever in the file its notes stand.
fn says_the_same(one: &Reading, other: &Reading) -> bool {
    let notes = |reading: &Reading| {
        let notes = reading.deck.iter().flat_map(|deck| &deck.notes);
        notes.map(|note| Note { line: 0, ..note.clone() }).collect::<Vec<_>>()
    };
    let head = |reading: &Reading| reading.deck.as_ref().map(|deck| deck.head.clone());
    let codes = |reading: &Reading| {
        reading.diagnostics.iter().map(|found| found.code.clone()).collect::<Vec<_>>()
    };
    head(one) == head(other) && codes(one) == codes(other) && notes(one) == notes(other)
}

fn deck_of(text: &str) -> Deck {
    yaml::read(text.as_bytes(), "").deck.unwrap_or_default()
}

fn is_empty(deck: &Deck) -> bool {
    deck.notes.is_empty() && deck.left_out.is_empty()
}

/// Whether each note of a deck is in the other one, and each that is left out is not gone.
fn is_kept(before: &Deck, now: &Deck, named: &dyn Fn(&Note) -> bool) -> bool {
    let mut keys: HashSet<String> = HashSet::new();
    if !before.left_out.is_empty() {
        keys.extend(now.left_out.iter().map(|(key, _)| key.clone()));
        for note in &now.notes {
            keys.extend(
                [note.key_of_front(), note.key_of_both()].into_iter().chain(note.id.clone()),
            );
        }
    }
    each_is_among(&before.notes, &now.notes, named)
        && before.left_out.iter().all(|(key, _)| keys.contains(key))
}

/// Whether `notes` are all among `others`, in their order, apart from lines and, where they are
/// `named`, from byte order marks inside of texts.
fn each_is_among(notes: &[Note], others: &[Note], named: &dyn Fn(&Note) -> bool) -> bool {
    let said = |note: &Note| format!("{:?}", Note { line: 0, ..note.clone() });
    let bare = |note: &Note| said(note).replace("\\u{feff}", "");
    let mut others = others.iter();
    notes.iter().all(|note| match named(note) {
        true => others.any(|other| bare(other) == bare(note)),
        false => others.any(|other| said(other) == said(note)),
    })
}

/// Whether the `mended` ones of what was `found` are gone, and no error came in their place. What is
/// worth a look is seen only in what can be read, so there may be more of that.
fn is_progress(found: &[Diagnostic], now: &[Diagnostic], mended: &[usize]) -> bool {
    let fewer = |severity| {
        let gone = mended.iter().filter(|number| found[**number].severity == severity).count();
        (gone, diagnostic::count(now, severity) + gone <= diagnostic::count(found, severity))
    };
    match fewer(Severity::Error) {
        (0, no_more_errors) => no_more_errors && fewer(Severity::Warning).1,
        (_, fewer_errors) => fewer_errors,
    }
}

/// Where an id can be written.
enum Site {
    /// Before the first key of a card whose keys stand below each other.
    Block { at: usize, indent: usize },
    /// Behind the bracket of a card in brackets.
    Flow { at: usize, quoted: bool },
}

impl Site {
    fn id(&self, text: &str, id: &str) -> Edit {
        let (at, text) = match *self {
            Site::Block { at, indent } => {
                let end = end_of_line(text, at);
                (at, format!("id: {}{end}{}", write::scalar(id, 0), " ".repeat(indent)))
            }
            Site::Flow { at, quoted } => {
                let said = match quoted {
                    true => format!("\"id\": \"{id}\","),
                    false => format!("id: {},", write::scalar(id, 0)),
                };
                let blank = text[at..].starts_with([' ', '\n', '\r']);
                (at, if blank { format!(" {said}") } else { format!("{said} ") })
            }
        };
        Edit { at: at..at, text }
    }
}

/// Returns where an id can be written for the notes of `deck`, by their number.
fn sites(text: &str, deck: &Deck) -> BTreeMap<usize, Site> {
    let mut sites = BTreeMap::new();
    let mut notes = deck.notes.iter().enumerate().peekable();
    let walked = walk(text, &[], &mut |part| {
        let Part::Card(At { value: Value::Map(card), at }) = part else { return };
        // Of several cards on one line those that are left out cannot be told from the others: the
        // deck would say something else then, and the edit is given up.
        if let Some((number, _)) = notes.next_if(|(_, note)| note.line == at.line)
            && let Some(site) = site(text, &card, at)
        {
            sites.insert(number, site);
        }
    });
    if walked.is_ok() { sites } else { BTreeMap::new() }
}

fn site(text: &str, card: &[(At<Value>, At<Value>)], at: Place) -> Option<Site> {
    let start = at.span.0 as usize;
    if at.span != at.meaning {
        return None; // an alias
    }
    if text.get(start..)?.starts_with('{') {
        let first = card.first()?.0.at.span.0 as usize;
        let quoted = text.get(first..)?.starts_with('"');
        return Some(Site::Flow { at: start + 1, quoted });
    }
    Some(Site::Block { at: start, indent: (at.column as usize).saturating_sub(1) })
}

/// Returns how the lines of a text end, as seen from `at`.
fn end_of_line(text: &str, at: usize) -> &'static str {
    let ends = ['\n', '\r'];
    let end = text[at..].find(ends).map(|end| at + end).or_else(|| text[..at].find(ends));
    match end.map(|end| &text[end..]) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

fn edit_of(text: &str, mend: &Mend) -> Option<Edit> {
    let line = lines_of(text).nth((mend.line as usize).checked_sub(1)?)?;
    let above = line.as_ptr() as usize - text.as_ptr() as usize;
    let byte = |column: usize| {
        line.char_indices().map(|(at, _)| at).chain([line.len()]).nth(column).map(|at| above + at)
    };
    let column = (mend.column as usize).checked_sub(1)?;
    let at = byte(column)?..byte(column + mend.width as usize)?;
    let wanted = mend.text.replace('\n', end_of_line(text, at.start));
    Some(Edit { at, text: wanted })
}

/// Returns what the reader of a deck finds wrong, and what is worth a look: see [`lint::lint`].
pub fn findings(
    text: &str,
    file: &str,
    allow: &[String],
    has_media: &dyn Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    let mut found = yaml::read(text.as_bytes(), file).diagnostics;
    found.extend(lint::lint(text, file, allow, has_media));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a deck with the key of each note's front as its id.
    fn named(text: &str) -> Edited<Named> {
        with_ids(text, &|_, note| Some(note.key_of_front()))
    }

    fn mended_alone(text: &str) -> Edited<Diagnostic> {
        mended(text, &|_| true, &|text| findings(text, "deck.yaml", &[], &|_| true))
    }

    #[test]
    fn an_id_is_written_in_the_style_of_its_card() {
        for (deck, wanted) in [
            (
                "cards:\n  - front: a # why\n    back: b\n",
                "cards:\n  - id: ca978112ca1bbdca\n    front: a # why\n    back: b\n",
            ),
            (
                "cards:\r\n- front: a\r\n  back: b",
                "cards:\r\n- id: ca978112ca1bbdca\r\n  front: a\r\n  back: b",
            ),
            (
                "cards:\r- front: a\r  back: b\r",
                "cards:\r- id: ca978112ca1bbdca\r  front: a\r  back: b\r",
            ),
            (
                "\u{feff}cards: [{front: a, back: b}]",
                "\u{feff}cards: [{id: ca978112ca1bbdca, front: a, back: b}]",
            ),
            (
                "{\"cards\": [ { \"front\": \"a\", \"back\": \"b\" } ]}\n",
                "{\"cards\": [ { \"id\": \"ca978112ca1bbdca\", \"front\": \"a\", \"back\": \"b\" } ]}\n",
            ),
            (
                "cards:\n  -\n    # first\n    ? front\n    : a\n    back: b\n",
                "cards:\n  -\n    # first\n    id: ca978112ca1bbdca\n    ? front\n    : a\n    back: b\n",
            ),
            (
                "cards:\n  - {\n    front: a, # }\n    back: b }\n",
                "cards:\n  - { id: ca978112ca1bbdca,\n    front: a, # }\n    back: b }\n",
            ),
            (
                "cards:\n  - back: &x b\n    front: a\n  - {front: b, back: *x}\n",
                "cards:\n  - id: ca978112ca1bbdca\n    back: &x b\n    front: a\n  - {id: 3e23e8160039594a, front: b, back: *x}\n",
            ),
        ] {
            let edited = named(deck);
            assert_eq!((&*edited.text, edited.left), (wanted, 0));
        }
    }

    #[test]
    fn an_id_that_looks_like_a_number_is_a_text_for_every_reader() {
        let edited =
            with_ids("cards: [{front: a, back: b}]", &|_, _| Some("1234567890123456".into()));
        assert_eq!(edited.text, "cards: [{id: \"1234567890123456\", front: a, back: b}]");
    }

    #[test]
    fn what_has_an_id_or_cannot_get_one_is_left() {
        for (deck, left) in [
            ("cards: [{id: x, front: a, back: b}]", 0),
            ("cards: []\n", 0),
            ("services: {}\n", 0),
            ("cards: [{front: a, back: b}", 0),
        ] {
            let edited = named(deck);
            assert_eq!((&*edited.text, edited.done.len(), edited.left), (deck, 0, left), "{deck}");
        }
        let edited =
            named("cards:\n  - &x\n    front: a\n    back: b\n  - *x\n  - {front: c, back: d}\n");
        assert_eq!(edited.done.len() + edited.left, 3, "{edited:?}");
    }

    #[test]
    fn what_is_certain_is_mended_and_nothing_else() {
        for (deck, wanted) in [
            ("Deck: x\ncards: [{Front: a, back: b}]", "deck: x\ncards: [{front: a, back: b}]"),
            (
                "\u{feff}Tags: é\r\ncards:\r\n- Front: é\r\n  BACK: b\r\n",
                "\u{feff}tags: é\r\ncards:\r\n- front: é\r\n  back: b\r\n",
            ),
            (
                "cards:\n- {front: é é, back: b, value: \"100\", reverse: yes} # yes\n",
                "cards:\n- {front: é é, back: b, value: 100, reverse: true} # yes\n",
            ),
            ("# mine\n- front: a\n  back: b\n", "# mine\ncards:\n- front: a\n  back: b\n"),
            (
                "# mine\r\n  - front: a\r\n    back: b\r\n",
                "# mine\r\ncards:\r\n  - front: a\r\n    back: b\r\n",
            ),
            (
                "cards:\n- front: '\u{feff}a\u{feff} b'\n  back: \"\u{feff}c\"\n",
                "cards:\n- front: 'a b'\n  back: \"c\"\n",
            ),
            (
                "- front: go # on\n  back: went\n- Front: see\n  back: saw\n",
                "cards:\n- front: go # on\n  back: went\n- front: see\n  back: saw\n",
            ),
            // A slip of its own in each card, in a file that is broken elsewhere.
            (
                "cards:\n- front: [\n- Front: a\n  back: b\n",
                "cards:\n- front: [\n- front: a\n  back: b\n",
            ),
        ] {
            let edited = mended_alone(deck);
            assert_eq!((&*edited.text, edited.left), (wanted, 0), "{deck}");
        }
        for deck in [
            "cards: [{frnt: a, back: b}]",
            "cards: [{\"Front\": a, back: b}]",
            "cards: [{front: a, Front: c, back: b}]",
            "cards:\n- front: a\u{200b}b\n  back: \"\\ufeffc\"\n",
            "cards: [{front: a, back: b, value: \"many\", reverse: ja}]",
            "cards: &x [{front: a, back: b, value: \"9999999\"}]",
        ] {
            assert_eq!(mended_alone(deck).text, deck);
        }
    }

    #[test]
    fn more_findings_than_are_told_are_all_mended() {
        let card = "- Front: a b\n  back: c\n";
        let edited = mended_alone(&format!("cards:\n{}", card.repeat(250)));
        assert_eq!((edited.done.len(), edited.left), (250, 0));
        assert!(!edited.text.contains("Front"));
    }
}
