//! The one rule of all imports: what becomes of the decks when other people's cards come in.
//!
//! - A card that is there already, by its id or else by front and back, is not doubled.
//! - A name that is taken by other cards gets a number, be it of a deck or of a card.
//! - A card of a source that was imported before, or that was exported, is merged by three texts: what that import brought,
//!   what the deck says now, and what the source says now. What nobody touched is updated; what the
//!   learner touched is kept, and told.
//! - Nothing is taken away.

mod change;
mod record;
mod shelf;
#[cfg(test)]
mod tests;
mod work;

use std::collections::{HashMap, HashSet};

pub use self::record::Record;
use self::record::{Kept, matched};
pub use self::shelf::{Shelf, Shelved};
use self::work::Work;
use super::{Imported, Item};
use crate::card::{Answer, Note};

/// What becomes of a card of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Added,
    /// It says what it said.
    Same,
    /// These keys are as in the source now.
    Updated(Vec<&'static str>),
    /// These keys are other ones in the deck, and stay; perhaps others were updated.
    Kept {
        /// What stays.
        kept: Vec<&'static str>,
        /// What was updated.
        updated: Vec<&'static str>,
    },
    /// It was taken out of its deck, and stays out.
    Gone,
    /// It went to another deck, from the one that is named.
    Moved(String),
}

/// So many cards of a file are told with their texts, where something becomes of them.
pub const TOLD: usize = 50;

/// A card of the source, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Its line in the source.
    pub line: u32,
    /// The question and the answer, as the source has them: of the first [`TOLD`] cards of a file of
    /// which something becomes, and wherever the learner's own text is kept.
    pub says: Option<Box<(String, Answer)>>,
    /// The card as its deck has it, where something of that was kept.
    pub here: Option<Box<Note>>,
    /// What becomes of it.
    pub fate: Fate,
    /// The file it is in, as commands show it.
    pub file: String,
}

/// What becomes of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Its cards, in their order.
    pub outcomes: Vec<Outcome>,
    /// Names that were taken: the wanted and the given one.
    pub renamed: Vec<(String, String)>,
    /// Ids of cards that its last version had and this one has not; they stay in their decks.
    pub left: Vec<String>,
    /// What is to be kept of it.
    pub record: Record,
}

impl Shelf {
    /// Plans what becomes of a source: `record` is what was kept of its last import.
    pub fn take_in(&mut self, imported: Imported, mut record: Record) -> Report {
        let matched = matched(&imported, &record.cards);
        let Imported { mut decks, bases, .. } = imported;
        let cards = std::mem::take(&mut record.cards);
        let mut report = Report { record, ..Report::default() };
        let mut used: HashSet<usize> = HashSet::new();
        let count = matched.iter().map(Vec::len).sum();
        let mut work = Work::of(count);
        for (deck_at, (deck, matched)) in decks.iter_mut().zip(matched).enumerate() {
            for (item, known) in std::mem::take(&mut deck.items).into_iter().zip(matched) {
                used.extend(known);
                let known = known.and_then(|at| cards.get(at));
                let bases = bases.get(&item.origin).map_or(&[][..], Vec::as_slice);
                let texts = item.note.hash_of_both();
                let step = self.step(&deck.name, (&item, texts), known, !bases.is_empty(), &work);
                let base = known.map(|known| known.note.clone());
                let base = base.or_else(|| self.base(&step, bases).map(Box::new));
                work.take(deck_at, (item, texts), (known, base), step);
            }
        }
        work.all_taken();
        self.update(&mut work);
        self.remove_moved(&mut work);
        self.add(&decks, &mut work, &mut report);
        report.outcomes.reserve_exact(count);
        report.record.cards.reserve_exact(count);
        let mut told: HashMap<String, usize> = HashMap::new();
        for done in work.done {
            let Item { origin, mut note, .. } = done.item;
            let is_told = match done.fate {
                Fate::Same => false,
                Fate::Kept { .. } => true,
                _ => told.get(&done.file).is_none_or(|told| *told < TOLD),
            };
            if is_told {
                *told.entry(done.file.clone()).or_default() += 1;
            }
            report.outcomes.push(Outcome {
                id: done.id.clone(),
                line: note.line,
                says: is_told.then(|| Box::new((note.front.clone(), note.back.clone()))),
                here: done.here,
                fate: done.fate,
                file: done.file,
            });
            if done.kept {
                (note.id, note.line) = (Some(done.id), 0);
                let (wanted, deck) = (decks[done.deck].name.clone(), done.deck_name);
                report.record.cards.push(Kept { origin, wanted, deck, note, left: false });
            }
        }
        // What the source says no more may come again.
        let ids: HashSet<&str> = report.outcomes.iter().map(|outcome| &*outcome.id).collect();
        for (_, kept) in cards.into_iter().enumerate().filter(|(at, _)| !used.contains(at)) {
            let stays = self.by_id.contains_key(kept.id()) && !ids.contains(kept.id());
            if stays && !kept.left {
                report.left.push(kept.id().to_owned());
            }
            report.record.cards.push(Kept { left: true, ..kept });
        }
        report
    }
}
