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

use std::collections::HashSet;

pub use self::record::Record;
use self::record::{Kept, matched};
pub use self::shelf::{Shelf, Shelved};
use self::work::Work;
use super::Imported;
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

/// A card of the source, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Its line in the source.
    pub line: u32,
    /// The question, as the source has it.
    pub front: String,
    /// The answer, as the source has it.
    pub back: Answer,
    /// The card as its deck has it, where something of that was kept.
    pub here: Option<Note>,
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
    pub fn take_in(&mut self, imported: &Imported, record: Record) -> Report {
        let mut report =
            Report { record: Record { cards: Vec::new(), ..record.clone() }, ..Report::default() };
        let matched = matched(imported, &record.cards);
        let mut used: HashSet<usize> = HashSet::new();
        let mut work = Work::default();
        for (deck_at, deck) in imported.decks.iter().enumerate() {
            for (item_at, item) in deck.items.iter().enumerate() {
                let known = matched[deck_at][item_at];
                used.extend(known);
                let known = known.and_then(|at| record.cards.get(at));
                let bases = imported.bases.get(&item.origin).map_or(&[][..], Vec::as_slice);
                let step = self.step(deck, item, known, !bases.is_empty(), &work);
                let base = known.map(Kept::note).or_else(|| self.base(&step, bases));
                work.take(deck_at, item, (known, base), step);
            }
        }
        self.update(&mut work);
        self.remove_moved(&mut work);
        self.add(imported, &record, &mut work, &mut report);
        for done in work.done {
            let (item, kept) = (done.item, done.kept);
            report.outcomes.push(Outcome {
                id: done.id.clone(),
                line: item.note.line,
                front: item.note.front.clone(),
                back: item.note.back.clone(),
                here: done.here,
                fate: done.fate,
                file: done.file,
            });
            if kept {
                report.record.cards.push(Kept {
                    origin: item.origin,
                    id: done.id,
                    wanted: imported.decks[done.deck].name.clone(),
                    deck: done.deck_name,
                    front: item.note.front,
                    back: item.note.back,
                    reverse: item.note.reverse,
                    cloze: item.note.cloze,
                    details: item.note.details,
                    left: false,
                });
            }
        }
        // What the source says no more may come again.
        let ids: HashSet<&str> = report.outcomes.iter().map(|outcome| &*outcome.id).collect();
        for (_, kept) in record.cards.into_iter().enumerate().filter(|(at, _)| !used.contains(at)) {
            let stays = self.by_id.contains_key(&kept.id) && !ids.contains(&*kept.id);
            if stays && !kept.left {
                report.left.push(kept.id.clone());
            }
            report.record.cards.push(Kept { left: true, ..kept });
        }
        report
    }
}
