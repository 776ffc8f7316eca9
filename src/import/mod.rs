//! Other people's cards: bytes -> [`Imported`], and what becomes of the decks.
//!
//! The readers ([`board`], [`csv`], [`markdown`], [`decks`]) are plain functions on bytes. A source
//! that cannot be read is an error; a row that cannot is [`Skipped`], and the rest comes in.
//! [`encoding`] makes UTF-8 of their text before. [`plan`] is the one rule for all of them; writing is for whoever carries the plan out. Only
//! [`history`] is apart: it reads what happened on other machines.

pub mod anki;
pub mod board;
pub mod csv;
pub mod decks;
pub mod encoding;
pub mod history;
pub mod markdown;
pub mod merge;
pub mod plan;
mod table;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::card::{Answer, Details, Note};
use crate::deck::Head;
pub use crate::slug::slug;

/// As many cards as one import brings at most.
pub const MOST_CARDS: usize = 200_000;

/// What the deck of a source is called that has no name.
pub const UNNAMED: &str = "imported";

/// As many items as the answer of a card may have.
const MOST_ITEMS: usize = 10_000;

/// What a foreign file holds, in our terms. Nothing has been written yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// Its decks, in their order.
    pub decks: Vec<ImportedDeck>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
    /// What is worth knowing: sentences, each with its line.
    pub remarks: Vec<Skipped>,
    /// Rows of a board whose cells may belong to several categories.
    pub open: Vec<board::OpenRow>,
    /// How the source is summed up: `quiz board, 5 categories`.
    pub what: String,
    /// By their origins, what cards may have said before they became what they are: to be merged
    /// with what the learner made of them since, where nothing is known of a last import.
    pub bases: HashMap<String, Vec<Note>>,
}

impl Imported {
    /// Calls the decks of a source without a name by their titles.
    pub fn name_by_titles(&mut self) {
        for deck in &mut self.decks {
            let title = deck.head.title.as_deref().and_then(slug);
            deck.name = title.unwrap_or_else(|| UNNAMED.into());
        }
    }
}

/// A deck of an import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportedDeck {
    /// Its path below `decks/` without the ending.
    pub name: String,
    /// What it says for all of its cards.
    pub head: Head,
    /// Its cards.
    pub items: Vec<Item>,
}

/// A card of an import.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Which of the source's cards it is, also when its texts have changed.
    pub origin: String,
    /// The name that it gets.
    pub id: Wanted,
    /// The card, without an id; its line is that of the source. It goes through many hands.
    pub note: Box<Note>,
}

/// The id that a card of an import gets, if no other card has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The one that its source gives.
    Given(String),
    /// The name of its deck, and this behind it.
    InDeck(String),
    /// The one that it would have without any.
    OfContent,
}

/// Something in a source that is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The line, 1-based; 0 for all of it.
    pub line: usize,
    /// What is wrong, lower case, without a full stop.
    pub what: String,
}

impl Skipped {
    fn new(line: usize, what: impl Into<String>) -> Skipped {
        Skipped { line, what: what.into() }
    }
}

/// Why a source cannot be read as its format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// What a file may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The text of a quiz board.
    Board,
    /// Comma-separated values.
    Csv,
    /// The same, with tabs.
    Tsv,
    /// `Q:` and `A:`, or `front :: back`.
    Markdown,
    /// A deck.
    Yaml,
    /// A package of Anki, known by how it begins.
    Anki,
}

/// Returns the format of a file by its name and what stands in it.
pub fn format_of(name: &str, bytes: &[u8]) -> Option<Format> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    match ending.as_deref() {
        Some("csv") => return Some(Format::Csv),
        Some("tsv" | "tab") => return Some(Format::Tsv),
        Some("md" | "markdown") => return Some(Format::Markdown),
        Some("yaml" | "yml") => return Some(Format::Yaml),
        _ => {}
    }
    let text = text_of(bytes).ok()?;
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    if first.starts_with("#separator:")
        || first.starts_with("#html:")
        || csv::begins_with_names(first)
    {
        Some(Format::Csv)
    } else if board::looks_like_one(text) {
        Some(Format::Board)
    } else if text.lines().any(markdown::begins_card)
        || table::read(text).is_ok_and(|tables| tables.is_some())
    {
        Some(Format::Markdown)
    } else {
        first.contains('\t').then_some(Format::Tsv)
    }
}

/// Returns bytes as text, without the byte order mark.
///
/// # Errors
///
/// Bytes that are not UTF-8, and text that holds NUL.
pub fn text_of(bytes: &[u8]) -> Result<&str, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = line_ends(&bytes[..error.valid_up_to()]) + 1;
        Unreadable(format!("line {line} is not UTF-8"))
    })?;
    if text.contains('\0') {
        return Err(Unreadable("it is no text: there are zero bytes in it".into()));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Returns bytes as text, each line of which ends in LF.
fn unix_text_of(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let text = text_of(bytes)?;
    Ok(if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text.into()
    })
}

/// Returns how many lines end in a text, as editors count them: at CR, LF, and both together.
fn line_ends(text: &[u8]) -> usize {
    let next = text.iter().skip(1).map(Some).chain([None]);
    let ends = text.iter().zip(next).filter(|(byte, next)| match byte {
        b'\n' => true,
        b'\r' => *next != Some(&b'\n'),
        _ => false,
    });
    ends.count()
}

/// Leaves out cards whose id is that of an earlier one which says something else, and tells of them.
fn leave_out_doubles(deck: &mut ImportedDeck, skipped: &mut Vec<Skipped>) {
    let mut first: HashMap<&str, &Note> = HashMap::new();
    let doubles = deck.items.iter().map(|item| {
        let Wanted::Given(id) = &item.id else { return false };
        let note = *first.entry(id).or_insert(&item.note);
        let is_double = *note != Note { line: note.line, ..Note::clone(&item.note) };
        if is_double {
            let what = format!("the card on line {} has the id {id:?}", note.line);
            skipped.push(Skipped::new(item.note.line as usize, what));
        }
        is_double
    });
    let mut doubles = doubles.collect::<Vec<_>>().into_iter();
    deck.items.retain(|_| doubles.next() != Some(true));
    skipped.sort_by_key(|row| row.line);
}

/// Returns the path that a deck gets which is called `name`, `/` parting folders; `None` if there is
/// no letter and no digit in a part of it.
pub fn deck_path(name: &str) -> Option<String> {
    let parts: Option<Vec<String>> = name.split('/').map(slug).collect();
    parts.map(|parts| parts.join("/"))
}

/// Returns the last part of a path of folders and a deck.
fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Returns the deck that a source without decks of its own makes.
fn one_deck(name: &str) -> ImportedDeck {
    ImportedDeck {
        name: deck_path(name).unwrap_or_else(|| UNNAMED.into()),
        head: Head {
            title: Some(last_part(name).trim().to_owned()).filter(|title| !title.is_empty()),
            ..Head::default()
        },
        items: Vec::new(),
    }
}

/// Returns a card without anything but its two sides.
fn simple(line: usize, front: String, back: Answer) -> Note {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Note { id: None, line, front, back, reverse: false, cloze: false, details: Details::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_files() {
        for (name, wanted) in [
            ("SCIM/Provisioning", Some("scim-provisioning")),
            ("Errors & Edge Cases", Some("errors-edge-cases")),
            ("Überfälle, größer", Some("uberfalle-gro-er")),
            ("../etc", Some("etc")),
            ("日本", None),
            ("", None),
        ] {
            assert_eq!(slug(name).as_deref(), wanted, "{name}");
        }
        assert_eq!(deck_path("Lang/My Verbs").as_deref(), Some("lang/my-verbs"));
        assert_eq!(deck_path("../x"), None);
        assert_eq!(deck_path("/x"), None);
    }

    #[test]
    fn formats_are_told_by_name_and_else_by_text() {
        for (name, text, wanted) in [
            ("a.csv", "", Some(Format::Csv)),
            ("a.TSV", "", Some(Format::Tsv)),
            ("a.md", "", Some(Format::Markdown)),
            ("a.yml", "", Some(Format::Yaml)),
            ("a.txt", "#separator:tab\na\tb\n", Some(Format::Csv)),
            ("a.txt", "a\tb\n", Some(Format::Tsv)),
            ("a.txt", "Front,back,tag\na,b,c\n", Some(Format::Csv)),
            ("", "\nterm;definition\n", Some(Format::Csv)),
            ("a.txt", "front,hint\n", None),
            ("a.txt", "One\nTwo\n\n100\n\nclue\n\nanswer\n", Some(Format::Board)),
            ("a.txt", "Q: a\nA: b\n", Some(Format::Markdown)),
            ("a.txt", "a :: b\n", Some(Format::Markdown)),
            ("a.txt", "only prose\n", None),
            ("a.txt", "", None),
        ] {
            assert_eq!(format_of(name, text.as_bytes()), wanted, "{name} {text:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        assert_eq!(text_of(b"\xef\xbb\xbfa"), Ok("a"));
        for text in [&b"a\n\xff"[..], b"a\r\n\xff", b"a\r\xff"] {
            assert_eq!(text_of(text).unwrap_err().0, "line 2 is not UTF-8");
        }
        assert!(text_of(b"PK\x03\0").unwrap_err().0.contains("no text"));
    }
}
