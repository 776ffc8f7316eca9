//! Cards as a deck in YAML, and as a table in CSV.
//!
//! A note is written whole, with the sides it has, and always under its id: read back, it goes on
//! with its history. The YAML has everything; CSV is for spreadsheets.

use std::io::{self, Write};

use super::unwrapped;
use crate::card::{Note, is_id};
use crate::deck::{Head, write};

/// A note on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteRow {
    /// The name of its deck.
    pub deck: String,
    /// Its key, which becomes its id.
    pub key: String,
    /// What it says.
    pub note: Note,
}

/// Returns why a note cannot stand in a deck, if it cannot: only a parked one may be such.
pub fn unwritable(row: &NoteRow) -> Option<&'static str> {
    let blank = |text: &String| text.trim().is_empty();
    let back = row.note.back.texts();
    if !is_id(&row.key) {
        Some("which is no id that a deck can have")
    } else if blank(&row.note.front)
        || !row.note.cloze && (back.is_empty() || back.iter().any(blank))
    {
        Some("whose text is not known: it was never asked")
    } else {
        None
    }
}

/// Writes notes as a deck, under `title` if there is one.
///
/// # Errors
///
/// What `out` says.
pub fn write_yaml(title: Option<&str>, notes: &[NoteRow], out: &mut impl Write) -> io::Result<()> {
    let head = Head { title: title.map(str::to_owned), ..Head::default() };
    let notes: Vec<&Note> = notes.iter().map(|row| &row.note).collect();
    out.write_all(write::deck(&head, &notes).as_bytes())
}

/// The columns of the table.
const COLUMNS: [&str; 17] = [
    "id", "deck", "front", "back", "reverse", "need", "ordered", "accept", "hint", "why", "source",
    "tags", "value", "category", "typed", "cloze", "choices",
];

/// Writes notes as CSV, a row each, below a row with the names of the columns.
///
/// # Errors
///
/// What `out` says.
pub fn write_csv(notes: &[NoteRow], out: &mut impl Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS).map_err(unwrapped)?;
    let flag = |flag: Option<bool>| flag.map_or(String::new(), |flag| flag.to_string());
    let number = |number: Option<u32>| number.map_or(String::new(), |number| number.to_string());
    for NoteRow { deck, key, note } in notes {
        let details = &note.details;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        table
            .write_record([
                key.clone(),
                deck.clone(),
                if note.cloze { String::new() } else { note.front.clone() },
                if note.cloze { String::new() } else { parted(note.back.texts()) },
                flag(note.reverse.then_some(true)),
                number(details.need),
                flag(details.ordered),
                parted(&details.accept),
                text(&details.hint),
                text(&details.why),
                text(&details.source),
                details.tags.join(" "),
                number(details.value),
                text(&details.category),
                flag(details.typed),
                if note.cloze { note.front.clone() } else { String::new() },
                parted(&details.choices),
            ])
            .map_err(unwrapped)?;
    }
    table.flush()
}

/// Returns texts in one, parted by `|`; one that is in a text has a backslash before it.
fn parted(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| text.replace('|', "\\|")).collect();
    texts.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Answer, Details};
    use crate::deck::yaml;

    fn row(key: &str, front: &str, back: Answer) -> NoteRow {
        let note = Note {
            id: Some(key.into()),
            line: 0,
            front: front.into(),
            back,
            reverse: false,
            cloze: false,
            details: Details::default(),
        };
        NoteRow { deck: "d".into(), key: key.into(), note }
    }

    fn text(notes: &[NoteRow]) -> String {
        let mut out = Vec::new();
        write_yaml(Some("Letters: one"), notes, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_note_with_everything_reads_back_as_it_was() {
        let mut all = row("007", "no", Answer::List(vec!["a|b".into(), "~".into(), "c\nd".into()]));
        all.note.details = Details {
            need: Some(2),
            ordered: Some(false),
            accept: vec!["1.10".into(), "# x".into()],
            hint: Some("a: b".into()),
            why: Some("first\n\n    code\nlast".into()),
            source: Some("https://example.org/#a".into()),
            tags: vec!["one".into(), "true".into()],
            value: Some(0),
            category: Some("[x]".into()),
            typed: Some(true),
            ..Details::default()
        };
        let mut two = row("e5", "😀 \u{1b}[2J", Answer::Text("\u{0}\u{202e}".into()));
        two.note.reverse = true;
        let written = text(&[all.clone(), two.clone()]);
        let read = yaml::read(written.as_bytes(), "x.yaml");
        assert!(read.diagnostics.is_empty(), "{written}\n{:?}", read.diagnostics);
        let deck = read.deck.unwrap();
        assert_eq!(deck.head.title.as_deref(), Some("Letters: one"));
        let notes: Vec<Note> =
            deck.notes.into_iter().map(|note| Note { line: 0, ..note }).collect();
        assert_eq!(notes, [all.note, two.note], "{written}");
    }

    #[test]
    fn no_notes_are_a_deck_without_cards() {
        let read = yaml::read(text(&[]).as_bytes(), "x.yaml");
        assert!(read.diagnostics.is_empty() && read.deck.is_some());
    }

    #[test]
    fn a_table_has_a_row_a_note() {
        let mut list = row("l", "list, \"two\"", Answer::List(vec!["a|b".into(), "c".into()]));
        list.note.details.tags = vec!["x".into(), "y".into()];
        let mut out = Vec::new();
        write_csv(&[list], &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "id,deck,front,back,reverse,need,ordered,accept,hint,why,source,tags,value,category,typed,cloze,choices\n\
             l,d,\"list, \"\"two\"\"\",a\\|b|c,,,,,,,,x y,,,,,\n"
        );
    }
}
