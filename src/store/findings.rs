//! What is wrong in the decks.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Store, StoreError};
use crate::deck::yaml;
use crate::diagnostic::{self, Diagnostic, Severity};

impl Store {
    /// Returns what is wrong in the decks, by file and line: what each file's reading found, and
    /// ids that stand twice.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn findings(&self) -> Result<Vec<Diagnostic>, StoreError> {
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut statement = self
            .db
            .prepare("SELECT findings FROM cache_file WHERE findings IS NOT NULL ORDER BY shown")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let json = row.get_ref(0)?.as_str()?;
            found.extend(serde_json::from_str::<Vec<Diagnostic>>(json).unwrap_or_default());
        }
        for double in self.doubles()? {
            found.extend(double.findings());
        }
        Ok(found)
    }

    /// Returns how many errors [`Store::findings`] would return, without looking for their places.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn count_errors(&self) -> Result<usize, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT findings FROM cache_file WHERE findings IS NOT NULL")?;
        let mut rows = statement.query([])?;
        let mut errors = 0;
        while let Some(row) = rows.next()? {
            let findings: Vec<Diagnostic> =
                serde_json::from_str(row.get_ref(0)?.as_str()?).unwrap_or_default();
            errors += diagnostic::count(&findings, Severity::Error);
        }
        let doubles: i64 = self.db.query_row(
            "SELECT count(*) FROM cache_card WHERE shadowed = 1 AND side = 0",
            [],
            |row| row.get(0),
        )?;
        Ok(errors + doubles as usize)
    }

    /// Returns the notes whose id an earlier one has, by file.
    fn doubles(&self) -> Result<Vec<Doubles>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT k.id, k.content ->> '$.line', f.shown, first.content ->> '$.line', g.shown, f.path,
                    0 AS left_out, k.place
               FROM cache_card AS k JOIN cache_file AS f ON f.key = k.file
               JOIN cache_card AS first ON first.id = k.id AND first.shadowed = 0
               JOIN cache_file AS g ON g.key = first.file
              WHERE k.shadowed = 1 AND k.side = 0
             UNION ALL
             SELECT k.id, k.content ->> '$.line', f.shown, l.line, g.shown, f.path, 1, k.place
               FROM cache_card AS k JOIN cache_file AS f ON f.key = k.file
               JOIN cache_left_out AS l ON l.note = k.id JOIN cache_file AS g ON g.key = l.file
              WHERE k.shadowed = 1 AND k.side = 0
                AND NOT EXISTS (SELECT 1 FROM cache_card AS o WHERE o.id = k.id AND o.shadowed = 0)
              ORDER BY 3, 8",
        )?;
        let mut rows = statement.query([])?;
        let mut found: Vec<Doubles> = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, line, shown): (String, u32, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (first, other): (u32, String) = (row.get(3)?, row.get(4)?);
            let left_out = if row.get(6)? { ", where it is left out for a mistake" } else { "" };
            let message = format!("the card {id:?} stands at {other}:{first} already{left_out}");
            if found.last().is_none_or(|last| last.shown != shown) {
                let path: String = row.get(5)?;
                found.push(Doubles { path: path.into(), shown, notes: BTreeMap::new() });
            }
            if let Some(last) = found.last_mut() {
                last.notes.insert(line, message);
            }
        }
        Ok(found)
    }

    /// Returns how many YAML files below the deck folders are no decks.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn other_files(&self) -> Result<usize, StoreError> {
        Ok(self.db.query_row(
            "SELECT count(*) FROM cache_file WHERE is_deck = 0 AND findings IS NULL",
            [],
            |row| row.get::<_, i64>(0),
        )? as usize)
    }
}

/// The notes of one file whose id an earlier note has, each by its line with what to say.
struct Doubles {
    path: PathBuf,
    shown: String,
    notes: BTreeMap<u32, String>,
}

impl Doubles {
    /// Returns a finding for each, at its `id` where one is written.
    fn findings(self) -> Vec<Diagnostic> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        yaml::doubled(&text, &self.shown, self.notes)
    }
}
