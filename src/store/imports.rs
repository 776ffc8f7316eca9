//! What imports last brought, so that a new version of a source can be told from an edit.

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};

impl Store {
    /// Returns what was kept of the last import of `source`.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn last_import(&self, source: &str) -> Result<Option<String>, StoreError> {
        let found = self
            .db
            .query_row("SELECT value FROM meta WHERE name = ?", [name(source)], |row| row.get(0))
            .optional();
        found.map_err(|error| StoreError::from(error).at(&self.path))
    }

    /// Keeps what an import of each source brought, all of them or none.
    ///
    /// # Errors
    ///
    /// What SQLite says; nothing can be kept where only reading is allowed.
    pub fn keep_imports(&mut self, brought: &[(String, String)]) -> Result<(), StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        self.within(|store| {
            for (source, value) in brought {
                store.db.execute(
                    "INSERT INTO meta (name, value) VALUES (?, ?)
                         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    params![name(source), value],
                )?;
            }
            Ok(())
        })
        .map_err(|error| error.at(&path))
    }
}

fn name(source: &str) -> String {
    format!("import {source}")
}
