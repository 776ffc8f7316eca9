//! The typed answers that were graded again.

use std::collections::BTreeSet;

use super::cache::{self, Stamp};
use super::{Store, StoreError, row};
use crate::card::CardId;
use crate::confusion::Mistake;
use crate::history::{EventId, extra};
use crate::schedule::Rating;

/// So many events are searched each time rather than writing down that they were.
const FEW: i64 = 2_000;

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
            let seqs = self.mistyped_seqs()?;
            let mut statement =
                self.db.prepare_cached("SELECT card, id, extra FROM history WHERE seq = ?")?;
            for seq in seqs {
                let mut rows = statement.query([seq])?;
                while let Some(row) = rows.next()? {
                    found.push((row.get(0)?, EventId(row.get(1)?), row::owned(row, 2)?));
                }
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

    /// Returns where those answers are in the history. It is searched once; after that, only what
    /// came since.
    fn mistyped_seqs(&self) -> Result<Vec<i64>, StoreError> {
        let seqs = |sql: &str, values: &[i64]| -> Result<Vec<i64>, StoreError> {
            let mut statement = self.db.prepare_cached(sql)?;
            let found =
                statement.query_map(rusqlite::params_from_iter(values), |row| row.get(0))?;
            Ok(found.collect::<Result<_, _>>()?)
        };
        let searched: i64 = cache::stamp(&self.db, Stamp::Mistyped)?.unwrap_or(0);
        let newest: i64 =
            self.db.query_row("SELECT coalesce(max(seq), 0) FROM history", [], |row| row.get(0))?;
        let mut known = seqs("SELECT seq FROM cache_mistyped ORDER BY seq", &[])?;
        let new = seqs(
            "SELECT seq FROM history
              WHERE seq > ? AND kind IN ('reviewed', 'practised') AND rating = ?
                AND instr(extra, '\"typed\"') > 0 ORDER BY seq",
            &[searched, Rating::Again.number()],
        )?;
        if newest - searched > FEW && self.writable() {
            self.db.execute_batch("BEGIN IMMEDIATE")?;
            let kept = self.keep_mistyped(&new, newest);
            self.db.execute_batch(if kept.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            kept?;
        }
        known.extend(new);
        // Another program may have searched a part of it at the same time.
        known.sort_unstable();
        known.dedup();
        Ok(known)
    }

    fn keep_mistyped(&self, seqs: &[i64], searched: i64) -> Result<(), StoreError> {
        let mut insert =
            self.db.prepare_cached("INSERT OR IGNORE INTO cache_mistyped (seq) VALUES (?)")?;
        for seq in seqs {
            insert.execute([seq])?;
        }
        Ok(cache::set_stamp(&self.db, Stamp::Mistyped, &searched)?)
    }
}
