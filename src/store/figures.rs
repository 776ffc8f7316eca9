//! Figures that were made before, for as long as nothing that they are made of changes.

use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::rules::Rules;
use super::{Store, StoreError};
use crate::settings::Settings;
use crate::time::Day;

/// A hash of all that figures are made of.
pub struct FiguresKey([u8; 32]);

impl Store {
    /// Returns the key of the figures of everything: they are the same as long as it is. In it are
    /// how far the history goes, the settings, every file of a deck, the day, and how many days are
    /// looked back.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn figures_key(
        &self,
        settings: &Settings,
        today: Day,
        days: u32,
    ) -> Result<FiguresKey, StoreError> {
        let newest: i64 =
            self.db.query_row("SELECT coalesce(max(seq), 0) FROM history", [], |row| row.get(0))?;
        let rules = Rules::stamp(settings, &self.fitted()?);
        let mut hash = Sha256::new();
        let version = env!("CARGO_PKG_VERSION");
        hash.update(format!("{version} {newest} {today} {days} {rules} {settings:?}"));
        let mut statement =
            self.db.prepare("SELECT path, shown, deck, hash FROM cache_file ORDER BY path")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for at in 0..4 {
                let bytes = row.get_ref(at)?.as_bytes()?;
                hash.update((bytes.len() as u64).to_le_bytes());
                hash.update(bytes);
            }
        }
        Ok(FiguresKey(hash.finalize().into()))
    }

    /// Returns the figures that were kept under a key.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn kept_figures(&self, key: &FiguresKey) -> Result<Option<String>, StoreError> {
        let mut statement = self.db.prepare("SELECT figures FROM cache_figures WHERE key = ?")?;
        Ok(statement.query_row([key.0], |row| row.get(0)).optional()?)
    }

    /// Keeps figures under a key, in place of all that were kept before.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn keep_figures(&mut self, key: &FiguresKey, figures: &str) -> Result<(), StoreError> {
        let path = self.path.clone();
        self.within(|store| {
            store.db.execute("DELETE FROM cache_figures", [])?;
            let sql = "INSERT INTO cache_figures (key, figures) VALUES (?, ?)";
            store.db.execute(sql, params![key.0, figures])?;
            Ok(())
        })
        .map_err(|error| error.at(&path))
    }
}
