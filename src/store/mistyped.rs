//! The typed answers that were graded again.

use std::collections::BTreeSet;

use super::{Store, StoreError, row};
use crate::card::CardId;
use crate::confusion::Mistake;
use crate::history::{EventId, extra};
use crate::schedule::Rating;

impl Store {
    /// Returns the typed answers to cards of the decks that were graded again and not taken back,
    /// practice among them, in the order in which they came here.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn mistyped(&mut self) -> Result<Vec<Mistake>, StoreError> {
        let mut found: Vec<(i64, EventId, String)> = Vec::new();
        {
            // Most events were not typed, and are passed by without being read whole.
            let mut statement = self.db.prepare_cached(
                "SELECT h.card, h.id, h.extra FROM history AS h
                  WHERE h.kind IN ('reviewed', 'practised') AND h.rating = ?
                    AND h.extra LIKE '%\"typed\"%' ORDER BY h.seq",
            )?;
            let mut rows = statement.query([Rating::Again.number()])?;
            while let Some(row) = rows.next()? {
                let id = EventId(row.get(1)?);
                found.push((row.get(0)?, id, row::owned(row, 2)?));
            }
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let retracted: BTreeSet<EventId> =
            self.retracted()?.into_iter().map(|(event, _)| event).collect();
        let cards = self.answered_cards()?;
        let groups = self.groups()?;
        let mistakes = found.into_iter().filter(|(_, id, _)| !retracted.contains(id));
        Ok(mistakes
            .filter_map(|(card, _, extra)| {
                let first = groups.members(card).first().copied().unwrap_or(card);
                let card: CardId = cards.get(&first)?.id.clone();
                Some(Mistake { card, typed: extra::typed(&extra)? })
            })
            .collect())
    }
}
