//! What is to be done about each card of a source, and how far that is.

use std::collections::HashSet;

use super::record::Kept;
use super::{Fate, Shelf};
use crate::card::Note;
use crate::import::{Item, Wanted};

/// What is to be done about a card.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Add,
    /// It is there already.
    Same((usize, usize)),
    /// Its id is there, with other texts.
    Other((usize, usize)),
    /// It is in the source twice.
    Twice,
    Merge((usize, usize)),
    Move {
        from: (usize, usize),
        elsewhere: bool,
    },
    Gone,
}

/// A card of the source while its fate is worked out.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) deck: usize,
    pub(super) item: Item,
    /// The hash of its texts.
    pub(super) texts: u64,
    pub(super) id: String,
    /// Where it is now.
    pub(super) place: Option<(usize, usize)>,
    /// What was imported last, where the two are to be merged.
    pub(super) base: Option<Box<Note>>,
    /// The card that comes from another deck.
    pub(super) moving: Option<Box<Note>>,
    /// Whether it is in another deck already.
    pub(super) elsewhere: bool,
    pub(super) fate: Fate,
    /// The card as its deck has it, if something of that is kept.
    pub(super) here: Option<Box<Note>>,
    pub(super) file: String,
    pub(super) deck_name: String,
    /// Whether it is kept for the next import.
    pub(super) kept: bool,
}

impl Done {
    /// Returns the note that comes into a deck: that of the source, unless it moves.
    pub(super) fn coming(&self) -> &Note {
        self.moving.as_ref().unwrap_or(&self.item.note)
    }
}

#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) done: Vec<Done>,
    ids: HashSet<String>,
    texts: HashSet<u64>,
}

impl Work {
    /// Returns what there is to do about so many cards, none of which was taken yet.
    pub(super) fn of(count: usize) -> Work {
        Work { done: Vec::with_capacity(count), ..Work::default() }
    }

    /// Forgets what only those that are still to be taken are held against.
    pub(super) fn all_taken(&mut self) {
        (self.ids, self.texts) = Default::default();
    }

    /// Takes a card with what is known of it from the last import, and what it said before.
    pub(super) fn take(
        &mut self,
        deck: usize,
        (item, texts): (Item, u64),
        (known, base): (Option<&Kept>, Option<Box<Note>>),
        step: Step,
    ) {
        let mut done = Done {
            deck,
            item,
            texts,
            id: known.map(|known| known.id().to_owned()).unwrap_or_default(),
            place: None,
            base: None,
            moving: None,
            elsewhere: false,
            fate: Fate::Same,
            here: None,
            file: String::new(),
            deck_name: known.map(|known| known.deck.clone()).unwrap_or_default(),
            kept: true,
        };
        match step {
            Step::Add => {
                done.fate = Fate::Added;
                self.texts.insert(texts);
                if let Wanted::Given(id) = &done.item.id {
                    self.ids.insert(id.clone());
                }
            }
            Step::Same(place) => done.place = Some(place),
            Step::Other(place) => {
                done.place = Some(place);
                done.fate = Fate::Kept { kept: vec!["text"], updated: Vec::new() };
            }
            Step::Twice => done.kept = false,
            Step::Merge(place) => {
                (done.place, done.base) = (Some(place), base);
            }
            Step::Move { from, elsewhere } => {
                (done.place, done.base) = (Some(from), base);
                done.elsewhere = elsewhere;
                done.fate = Fate::Moved(known.map(|known| known.deck.clone()).unwrap_or_default());
            }
            Step::Gone => done.fate = Fate::Gone,
        }
        self.done.push(done);
    }
}

impl Shelf {
    /// Returns which of `bases` a card that is to be merged comes from: what its deck says now, if
    /// that is one of them.
    pub(super) fn base(&self, step: &Step, bases: &[Note]) -> Option<Note> {
        let Step::Merge(place) = step else { return None };
        let here = self.note(*place);
        let same = |base: &&Note| here.is_some_and(|here| here.says_as(base));
        bases.iter().find(same).or(bases.first()).cloned()
    }

    /// Returns what is to be done about a card of the source.
    pub(super) fn step(
        &self,
        deck: &str,
        (item, texts): (&Item, u64),
        known: Option<&Kept>,
        has_base: bool,
        work: &Work,
    ) -> Step {
        if let Some(known) = known {
            let places = self.by_id.get(known.id()).map_or(&[][..], Vec::as_slice);
            let in_old =
                places.iter().copied().find(|place| self.files[place.0].deck == known.deck);
            if let Some(from) = in_old.filter(|_| known.wanted != deck) {
                let elsewhere = places.iter().any(|place| place.0 != from.0);
                return Step::Move { from, elsewhere };
            }
            return match places.first() {
                Some(place) => Step::Merge(*place),
                None if self.by_name.contains_key(&known.deck) => Step::Gone,
                None => Step::Add,
            };
        }
        let same =
            |place: &(usize, usize)| self.note(*place).is_some_and(|note| note.says_as(&item.note));
        if let Wanted::Given(id) = &item.id {
            if let Some(place) = self.by_id.get(id).and_then(|places| places.first()) {
                return match (same(place), has_base) {
                    (true, _) => Step::Same(*place),
                    (false, true) => Step::Merge(*place),
                    (false, false) => Step::Other(*place),
                };
            }
            if work.ids.contains(id) {
                return Step::Twice;
            }
        }
        match self.by_texts.get(&texts) {
            Some(place) => Step::Same(*place),
            None if work.texts.contains(&texts) => Step::Twice,
            None => Step::Add,
        }
    }
}
