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

    /// Returns the sources of which the last import was kept.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn imported_sources(&self) -> Result<Vec<String>, StoreError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut names = self.db.prepare(
                "SELECT substr(name, length('import ') + 1) FROM meta
                  WHERE name GLOB 'import *' ORDER BY name",
            )?;
            names.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|error| StoreError::from(error).at(&self.path))
    }

    /// Keeps what an import of each source brought, and nothing more of those that are `gone`: all
    /// of it or none.
    ///
    /// # Errors
    ///
    /// What SQLite says; nothing can be kept where only reading is allowed.
    pub fn keep_imports(
        &mut self,
        brought: &[(String, String)],
        gone: &[String],
    ) -> Result<(), StoreError> {
        self.refuse_read_only()?;
        let path = self.path.clone();
        self.within(|store| {
            for source in gone {
                store.db.execute("DELETE FROM meta WHERE name = ?", [name(source)])?;
            }
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
