//! Text -> [`Deck`], with everything that is wrong in it.
//!
//! A file whose cards stand as they are written here is read line by line. Any other is first read
//! without asking where each word stands, which is fast. If something is wrong with it, or if only
//! the place tells what was written, it is read again with all places. A file that is no YAML as a
//! whole is cut into its cards, so that one slip costs one card.

mod card;
#[cfg(test)]
mod hostile;
mod pieces;
#[cfg(test)]
mod tests;
pub mod walk;
mod written;

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use self::card::Quick;
use self::walk::{Part, entry, walk};
use super::{Deck, Head};
use crate::diagnostic::{Diagnostic, Mend};
use crate::settings::{deck_options, lint};
use crate::yaml::{self, At, Entry, Extent, Fields, Kind, Names, Page, Place, Problems, Value};

/// How many tags all notes together may get from their deck.
const MOST_SHARED_TAGS: usize = 20_000_000;

/// What reading a file came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The deck, as far as it could be read.
    ///
    /// `None` if the file is no deck (it has neither `deck` nor `cards` at the top), which is no
    /// error, or if nothing in it could be read, which is one.
    pub deck: Option<Deck>,
    /// What is wrong, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a deck; `file` is what its diagnostics call it.
pub fn read(bytes: &[u8], file: &str) -> Reading {
    let mut problems = Problems::new(file, true);
    let Some(text) = yaml::text_of(bytes, &mut problems) else {
        return Reading { deck: None, diagnostics: problems.into_diagnostics() };
    };
    let mut draft = as_written(text)
        .or_else(|| quickly(text))
        .unwrap_or_else(|| thoroughly(text, &mut problems));
    if draft.root == Root::Broken
        && !["deck", "cards", "front"].iter().any(|key| text.contains(key))
    {
        draft.root = Root::Other; // a template of some other program, say
    }
    match draft.root {
        Root::Deck => {
            draft.share_tags(&mut problems);
            Reading { deck: Some(draft.deck), diagnostics: problems.into_diagnostics() }
        }
        Root::Broken => Reading { deck: None, diagnostics: problems.into_diagnostics() },
        Root::Nothing | Root::Other => Reading::default(),
    }
}

/// Returns a finding for each of `notes`, by line with what to say: notes of `text` whose id another
/// note has. It is at the `id` where one is written, else at the note.
pub fn doubled(text: &str, file: &str, mut notes: BTreeMap<u32, String>) -> Vec<Diagnostic> {
    const HELP: &str = "that one is asked; delete this card, or give it an `id` of its own";
    let mut problems = Problems::new(file, true);
    let mut page = Page::new(text, 0, &mut problems);
    // What cannot be read as a whole is looked at by lines.
    let _ = walk(text, &[], &mut |part| {
        let Part::Card(At { value: Value::Map(map), at }) = part else { return };
        let Some(message) = notes.remove(&at.line) else { return };
        let at = entry(&map, "id").map_or(at, |id| id.at);
        page.error(at, "duplicate-id", message, HELP);
    });
    // A file that is broken elsewhere, or that somebody writes to just now.
    let lines: Vec<&str> = yaml::lines_of(text).collect();
    for (line, message) in notes {
        let content = lines.get(line as usize - 1).copied().unwrap_or_default();
        let blanks = content.len() - content.trim_start_matches([' ', '-']).len();
        page.error(Place::point(line, blanks as u32 + 1), "duplicate-id", message, HELP);
    }
    problems.into_diagnostics()
}

/// Returns what a deck says whose cards stand as they are written here, without any fault.
fn as_written(text: &str) -> Option<Draft> {
    let (head, cards) = written::parts(text)?;
    let mut problems = Problems::counted();
    let mut draft = Draft::default();
    let seed = DeckSeed {
        page: &mut Page::new(head, 0, &mut problems),
        draft: &mut draft,
        pace: Pace::Head,
    };
    yaml::read(head, Extent::File, seed).ok()?;
    let above = u32::try_from(yaml::lines_of(head).count() - 1).ok()?;
    let mut page = Page::new(text, 0, &mut problems);
    written::read(cards, above, |at, fields| {
        draft.deck.notes.push(card::note(&mut page, at, fields)?);
        Some(())
    })?;
    (draft.root == Root::Deck && problems.count() == 0).then_some(draft)
}

/// Returns what a file without any fault says; `None` if it is to be read thoroughly.
fn quickly(text: &str) -> Option<Draft> {
    let mut problems = Problems::counted();
    let mut draft = Draft::default();
    let seed = DeckSeed {
        page: &mut Page::new(text, 0, &mut problems),
        draft: &mut draft,
        pace: Pace::Quick,
    };
    yaml::read(text, Extent::File, seed).ok()?;
    (draft.root != Root::Broken && problems.count() == 0).then_some(draft)
}

/// Returns what can be read of a file, and reports the rest.
fn thoroughly(text: &str, problems: &mut Problems) -> Draft {
    let mut draft = Draft::default();
    let mut page = Page::new(text, 0, problems);
    let seed = DeckSeed { page: &mut page, draft: &mut draft, pace: Pace::Thorough };
    let Err(failure) = yaml::read(text, Extent::File, seed) else { return draft };
    match failure.kind {
        // The first of several documents was read; if it has something to do with us, so has this.
        Kind::Documents if draft.root == Root::Other => draft,
        Kind::Documents => {
            page.failure(&failure);
            if draft.root == Root::Nothing { Draft::broken() } else { draft }
        }
        Kind::Refused => {
            page.problems.clear();
            page.failure(&failure);
            Draft::broken()
        }
        Kind::Broken | Kind::Anchor => {
            problems.clear();
            pieces::read(text, &failure, problems)
        }
    }
}

/// What the top of a file turned out to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Root {
    /// An empty document.
    #[default]
    Nothing,
    /// Somebody else's YAML.
    Other,
    /// A deck.
    Deck,
    /// Meant to be a deck, and unreadable.
    Broken,
}

/// A deck while it is read.
#[derive(Debug, Default)]
struct Draft {
    root: Root,
    deck: Deck,
}

impl Draft {
    fn broken() -> Draft {
        Draft { root: Root::Broken, ..Draft::default() }
    }

    /// Gives each note the deck's tags before its own.
    fn share_tags(&mut self, problems: &mut Problems) {
        let Deck { head: Head { tags, .. }, notes, .. } = &mut self.deck;
        notes.shrink_to_fit();
        if tags.len().saturating_mul(notes.len()) > MOST_SHARED_TAGS {
            let message = format!("{} tags of the deck for {} cards", tags.len(), notes.len());
            problems.whole_file("too-many-tags", message, "write fewer tags at the top");
            tags.clear();
        }
        if !tags.is_empty() {
            for note in notes {
                let own = std::mem::take(&mut note.details.tags);
                note.details.tags = each_once(tags.iter().cloned().chain(own));
            }
        }
    }
}

/// Returns `texts` without repeats, in the order of their first.
fn each_once(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.into_iter().collect();
    if texts.len() > 20 {
        let mut known = HashSet::new();
        texts.retain(|text| known.insert(text.clone()));
    } else {
        let mut kept = 0;
        for next in 0..texts.len() {
            if !texts[..kept].contains(&texts[next]) {
                texts.swap(kept, next);
                kept += 1;
            }
        }
        texts.truncate(kept);
    }
    texts
}

/// How a deck is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Without the places inside a card; the first fault ends it.
    Quick,
    /// With all places.
    Thorough,
    /// The same, and the cards were cut out and are read by themselves.
    Head,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Deck,
    Description,
    Tags,
    Options,
    Cards,
    Lint,
}

const KEYS: Names<Key> = Names {
    whose: "a deck",
    keys: &[
        ("deck", Key::Deck),
        ("description", Key::Description),
        ("tags", Key::Tags),
        ("options", Key::Options),
        ("cards", Key::Cards),
        ("lint", Key::Lint),
    ],
};

/// Reads the top of a file into a draft.
struct DeckSeed<'p, 't> {
    page: &'p mut Page<'t>,
    draft: &'p mut Draft,
    pace: Pace,
}

impl<'de> DeserializeSeed<'de> for DeckSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DeckSeed<'_, '_> {
    type Value = ();

    yaml::visit_scalars_as!((), |this: Self, value| {
        this.draft.root = if value == Value::Null { Root::Nothing } else { Root::Other };
    });

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.draft.root = Root::Other;
        let first = items.next_element::<At<Glance>>()?;
        while items.next_element::<IgnoredAny>()?.is_some() {}
        if let Some(first) = first.filter(|first| first.value == Glance::Card) {
            self.draft.root = Root::Broken;
            let help = "write `cards:` on a line above the first card";
            let message = "cards without `cards:` above them";
            let mend = self.page.begins_item(first.at).then(|| Mend {
                line: self.page.line_of(first.at),
                column: 1,
                width: 0,
                text: "cards:\n".to_owned(),
            });
            self.page.mendable(first.at, "cards-on-top", message, help, mend);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let DeckSeed { page, draft, pace } = self;
        let mut fields = Fields::new();
        let mut strays = Vec::new();
        draft.root = Root::Other;
        while let Some(key) = entries.next_key::<At<Value>>()? {
            match page.key(&key, &KEYS) {
                Some(Key::Cards) => {
                    let value = At { value: Value::Null, at: key.at };
                    page.keep(&mut fields, Key::Cards, &KEYS, Entry { key: key.at, value });
                    draft.root = Root::Deck;
                    let deck = &mut draft.deck;
                    entries.next_value_seed(CardsSeed { page, deck, pace, key: key.at })?;
                }
                Some(known) => {
                    let value = entries.next_value()?;
                    page.keep(&mut fields, known, &KEYS, Entry { key: key.at, value });
                    if known == Key::Deck {
                        draft.root = Root::Deck;
                    }
                }
                None => {
                    if entries.next_value::<Glance>()? == Glance::Cards {
                        draft.root = Root::Deck; // somebody mistyped `cards`
                    }
                    strays.push(key);
                }
            }
        }
        if draft.root == Root::Deck {
            for key in &strays {
                page.unknown(key, &KEYS);
            }
            draft.deck.head = head(page, fields);
        }
        Ok(())
    }
}

fn head(page: &mut Page<'_>, mut fields: Fields<Key>) -> Head {
    if let Some(entry) = fields.take(Key::Lint) {
        lint(page, entry);
    }
    Head {
        title: fields.take(Key::Deck).and_then(|entry| page.text("deck", entry)),
        description: fields
            .take(Key::Description)
            .and_then(|entry| page.text("description", entry)),
        tags: each_once(
            fields.take(Key::Tags).and_then(|entry| page.texts("tags", entry)).unwrap_or_default(),
        ),
        options: fields
            .take(Key::Options)
            .map(|entry| deck_options(page, entry))
            .unwrap_or_default(),
    }
}

/// Reads the list of cards, each into its note as soon as it is there.
struct CardsSeed<'p, 't> {
    page: &'p mut Page<'t>,
    deck: &'p mut Deck,
    pace: Pace,
    /// Where `cards` is.
    key: Place,
}

impl CardsSeed<'_, '_> {
    fn not_a_list(self, value: &Value) {
        let (message, help) = match value {
            Value::Null if self.pace == Pace::Head => return,
            Value::Null => ("`cards` is empty", "write a card below it, or `cards: []` for none"),
            _ => ("`cards` is not a list", "begin each card with `- `"),
        };
        self.page.error(self.key, "cards-not-a-list", message, help);
    }
}

impl<'de> DeserializeSeed<'de> for CardsSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CardsSeed<'_, '_> {
    type Value = ();

    yaml::visit_scalars_as!((), |this: Self, value| this.not_a_list(&value));

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.not_a_list(&Value::Map(Vec::new()));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if self.pace == Pace::Quick {
            while let Some(card) = items.next_element::<At<Quick>>()? {
                match card::note(self.page, card.at, card.value.0) {
                    Some(note) if self.page.problems.count() == 0 => self.deck.notes.push(note),
                    _ => return Err(A::Error::custom("read this again")),
                }
            }
        } else {
            while let Some(card) = items.next_element::<At<Value>>()? {
                card::read(self.page, card, self.deck);
            }
        }
        Ok(())
    }
}

/// What a value looks like to somebody who only wants to know whether it holds cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Glance {
    Card,
    Cards,
    Other,
}

impl<'de> Deserialize<'de> for Glance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Glance, D::Error> {
        struct Look;

        impl<'de> Visitor<'de> for Look {
            type Value = Glance;

            yaml::visit_scalars_as!(Glance, |_: Self, _| Glance::Other);

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Glance, A::Error> {
                let first = items.next_element::<Glance>()?;
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(if first == Some(Glance::Card) { Glance::Cards } else { Glance::Other })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Glance, A::Error> {
                let mut glance = Glance::Other;
                while let Some(key) = entries.next_key::<Value>()? {
                    entries.next_value::<IgnoredAny>()?;
                    if matches!(&key, Value::Text(key) if key == "front" || key == "cloze") {
                        glance = Glance::Card;
                    }
                }
                Ok(glance)
            }
        }

        deserializer.deserialize_any(Look)
    }
}
