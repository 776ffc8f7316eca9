//! What was imported from a source last, and which of its cards are those of the new version.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::card::{Answer, Details, Note};
use crate::import::{Imported, Item, Wanted};

/// What was imported from a source last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Cells of a board that a person placed, and their categories.
    pub places: BTreeMap<String, String>,
    /// The names that its decks got.
    pub(super) decks: BTreeMap<String, String>,
    pub(super) cards: Vec<Kept>,
}

impl Record {
    /// Returns how many cards of `imported` are here with the same front and back, if it is surely
    /// another version of the same source: that is at least half of the cards of either.
    pub fn is_version_of(&self, imported: &Imported) -> Option<usize> {
        let known: HashSet<String> =
            self.cards.iter().map(|kept| kept.note.key_of_both()).collect();
        let items = || imported.decks.iter().flat_map(|deck| &deck.items);
        let same: HashSet<String> =
            items().map(|item| item.note.key_of_both()).filter(|key| known.contains(key)).collect();
        let larger = self.cards.len().max(items().count());
        (!same.is_empty() && same.len() * 2 >= larger).then_some(same.len())
    }

    /// Returns its cards, each with its origin.
    pub fn into_notes(self) -> impl Iterator<Item = (String, Note)> {
        self.cards.into_iter().map(|kept| (kept.origin, *kept.note))
    }

    /// Makes the deck that it has also that of a version of the source that is called otherwise.
    pub fn stays_in_its_deck(&mut self, imported: &Imported) {
        let [deck] = &imported.decks[..] else { return };
        let Some(wanted) = self.cards.first().map(|kept| kept.wanted.clone()) else { return };
        if self.cards.iter().all(|kept| kept.wanted == wanted) {
            if let Some(given) = self.decks.remove(&wanted) {
                self.decks.insert(deck.name.clone(), given);
            }
            self.cards.iter_mut().for_each(|kept| kept.wanted.clone_from(&deck.name));
        }
    }
}

/// A card as it was imported last.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) origin: String,
    /// The deck that the source wanted for it.
    pub(super) wanted: String,
    /// The deck that it came into.
    pub(super) deck: String,
    /// What it said, with its id.
    pub(super) note: Box<Note>,
    /// Whether the last version of the source did not have it any more.
    pub(super) left: bool,
}

impl Kept {
    pub(super) fn id(&self) -> &str {
        self.note.id.as_deref().unwrap_or_default()
    }
}

/// The same, as it is written down.
#[derive(Serialize, Deserialize)]
struct Written<'k> {
    origin: Cow<'k, str>,
    id: Cow<'k, str>,
    wanted: Cow<'k, str>,
    deck: Cow<'k, str>,
    front: Cow<'k, str>,
    back: Cow<'k, Answer>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reverse: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cloze: bool,
    #[serde(default)]
    details: Cow<'k, Details>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    left: bool,
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Note { front, back, reverse, cloze, details, .. } = &*self.note;
        let written = Written {
            origin: Cow::Borrowed(&self.origin),
            id: Cow::Borrowed(self.id()),
            wanted: Cow::Borrowed(&self.wanted),
            deck: Cow::Borrowed(&self.deck),
            front: Cow::Borrowed(front),
            back: Cow::Borrowed(back),
            reverse: *reverse,
            cloze: *cloze,
            details: Cow::Borrowed(details),
            left: self.left,
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kept, D::Error> {
        let written = Written::deserialize(deserializer)?;
        Ok(Kept {
            origin: written.origin.into_owned(),
            wanted: written.wanted.into_owned(),
            deck: written.deck.into_owned(),
            note: Box::new(Note {
                id: Some(written.id.into_owned()),
                line: 0,
                front: written.front.into_owned(),
                back: written.back.into_owned(),
                reverse: written.reverse,
                cloze: written.cloze,
                details: written.details.into_owned(),
            }),
            left: written.left,
        })
    }
}

/// Returns for each card of a source which one of those imported last it is.
pub(super) fn matched(imported: &Imported, kept: &[Kept]) -> Vec<Vec<Option<usize>>> {
    type Key = fn(&Note) -> String;
    let mut matched: Vec<Vec<Option<usize>>> =
        imported.decks.iter().map(|deck| vec![None; deck.items.len()]).collect();
    let mut free: Vec<bool> = vec![true; kept.len()];
    let mut pass = |of_item: &dyn Fn(&Item) -> Option<String>,
                    of_kept: &dyn Fn(&Kept) -> String| {
        let mut known: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, kept) in kept.iter().enumerate().rev().filter(|(at, _)| free[*at]) {
            known.entry(of_kept(kept)).or_default().push(at);
        }
        for (items, matched) in imported.decks.iter().zip(&mut matched) {
            for (item, matched) in items.items.iter().zip(matched.iter_mut()) {
                if matched.is_some() {
                    continue;
                }
                let found = of_item(item).and_then(|key| known.get_mut(&key)).and_then(Vec::pop);
                if let Some(at) = found {
                    (*matched, free[at]) = (Some(at), false);
                }
            }
        }
    };
    let given = |item: &Item| matches!(item.id, Wanted::Given(_));
    pass(&|item| given(item).then(|| item.origin.clone()), &|kept| kept.origin.clone());
    for key in [Note::key_of_both as Key, Note::key_of_front as Key] {
        pass(&|item| (!given(item)).then(|| key(&item.note)), &|kept| key(&kept.note));
    }
    pass(&|item| Some(item.origin.clone()), &|kept| kept.origin.clone());
    matched
}
