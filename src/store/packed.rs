//! The answers that stand, as the folds found them: a few bytes each, card by card.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::{Store, StoreError};
use crate::stats::{self, Answer};

impl Store {
    /// Returns the answers that stand, oldest first: all, or those to the cards in `only`, as
    /// [`stats::Card::answers`] numbers them.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn answers(&self, only: Option<&HashSet<i64>>) -> Result<Vec<Answer>, StoreError> {
        let mut all = Vec::new();
        self.each_answer(only, |answer| all.push(answer))?;
        stats::in_order(&mut all);
        Ok(all)
    }

    /// Calls `with` for each of the same, those to a card one after the other.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn each_answer(
        &self,
        only: Option<&HashSet<i64>>,
        mut with: impl FnMut(Answer),
    ) -> Result<(), StoreError> {
        let mut statement = self.db.prepare("SELECT card, answers FROM cache_answers")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let card = row.get(0)?;
            if only.is_some_and(|only| !only.contains(&card)) {
                continue;
            }
            stats::unpack(card, row.get_ref(1)?.as_blob()?, &mut with).map_err(|error| {
                let kind = rusqlite::types::Type::Blob;
                rusqlite::Error::FromSqlConversionFailure(1, kind, Box::new(error))
            })?;
        }
        Ok(())
    }
}

/// Keeps the packed answers to a card, of which nothing is kept.
pub(super) fn keep(db: &Connection, card: i64, answers: &[u8]) -> Result<(), StoreError> {
    if answers.is_empty() {
        return Ok(());
    }
    db.prepare_cached("INSERT INTO cache_answers (card, answers) VALUES (?, ?)")?
        .execute(params![card, answers])?;
    Ok(())
}

/// Forgets the answers that are kept under the number of a card.
pub(super) fn forget(db: &Connection, card: i64) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM cache_answers WHERE card = ?")?.execute([card])?;
    Ok(())
}

/// Forgets all answers.
pub(super) fn forget_all(db: &Connection) -> Result<(), StoreError> {
    db.execute("DELETE FROM cache_answers", [])?;
    Ok(())
}
