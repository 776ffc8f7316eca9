//! What imports last brought, so that a new version of a source can be told from an edit.

use std::io::Write;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::{Store, StoreError};

/// What was brought is kept in pieces of so many bytes: it may be as large as all decks, and SQLite
/// would hold it three times over.
const PIECE: usize = 1 << 20;

impl Store {
    /// Returns what was kept of the last import of `source`, as JSON.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn last_import(&self, source: &str) -> Result<Option<String>, StoreError> {
        let read = || -> rusqlite::Result<Option<String>> {
            // All pieces of one moment.
            let snapshot = self.db.unchecked_transaction()?;
            let mut statement = snapshot.prepare("SELECT value FROM meta WHERE name = ?")?;
            let mut piece = |number| -> rusqlite::Result<Option<String>> {
                statement.query_row([name(source, number)], |row| row.get(0)).optional()
            };
            let Some(mut json) = piece(1)? else { return Ok(None) };
            for number in 2.. {
                match piece(number)? {
                    Some(more) => json.push_str(&more),
                    None => break,
                }
            }
            Ok(Some(json))
        };
        read().map_err(|error| StoreError::from(error).at(&self.path))
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

    /// Keeps what an import of each source brought, as JSON, and nothing more of those that are
    /// `gone`: all of it or none.
    ///
    /// # Errors
    ///
    /// What SQLite says; nothing can be kept where only reading is allowed.
    pub fn keep_imports<T: Serialize>(
        &mut self,
        brought: &[(String, T)],
        gone: &[String],
    ) -> Result<(), StoreError> {
        self.refuse_read_only()?;
        let path = self.path.clone();
        self.within(|store| {
            for source in gone {
                forget(&store.db, source)?;
            }
            for (source, value) in brought {
                forget(&store.db, source)?;
                let mut pieces = Pieces::of(&store.db, source);
                let written = serde_json::to_writer(&mut pieces, value);
                written.map_err(|error| match pieces.said.take() {
                    Some(said) => StoreError::from(said),
                    None => rusqlite::Error::ToSqlConversionFailure(error.into()).into(),
                })?;
                pieces.put_all()?;
            }
            Ok(())
        })
        .map_err(|error| error.at(&path))
    }
}

/// Returns the name of a piece; they are numbered from 1.
fn name(source: &str, number: usize) -> String {
    match number {
        1 => format!("import {source}"),
        _ => format!("imported {number} {source}"),
    }
}

fn forget(db: &Connection, source: &str) -> rusqlite::Result<()> {
    let mut statement = db.prepare("DELETE FROM meta WHERE name = ?")?;
    let mut number = 1;
    while statement.execute([name(source, number)])? > 0 {
        number += 1;
    }
    Ok(())
}

/// Takes the text of a source, and puts it away in pieces.
struct Pieces<'db> {
    db: &'db Connection,
    source: &'db str,
    /// How many are put away.
    count: usize,
    /// What is not.
    rest: Vec<u8>,
    said: Option<rusqlite::Error>,
}

impl<'db> Pieces<'db> {
    fn of(db: &'db Connection, source: &'db str) -> Pieces<'db> {
        Pieces { db, source, count: 0, rest: Vec::with_capacity(PIECE), said: None }
    }

    /// Puts away all the whole characters that there are.
    fn put(&mut self) -> rusqlite::Result<()> {
        let text = match std::str::from_utf8(&self.rest) {
            Ok(text) => text,
            Err(error) => {
                let whole = &self.rest[..error.valid_up_to()];
                std::str::from_utf8(whole).unwrap_or_default()
            }
        };
        self.count += 1;
        self.db
            .prepare_cached("INSERT INTO meta (name, value) VALUES (?, ?)")?
            .execute(params![name(self.source, self.count), text])?;
        let put = text.len();
        self.rest.drain(..put);
        Ok(())
    }

    fn put_all(mut self) -> rusqlite::Result<()> {
        if self.rest.is_empty() && self.count > 0 { Ok(()) } else { self.put() }
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = PIECE - self.rest.len();
        let taken = &bytes[..bytes.len().min(room)];
        self.rest.extend_from_slice(taken);
        if self.rest.len() == PIECE
            && let Err(error) = self.put()
        {
            self.said = Some(error);
            return Err(std::io::ErrorKind::Other.into());
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_brought_is_kept_whole_however_large_it_is() {
        let mut store = Store::nowhere(Box::new(|| [1; 16])).unwrap();
        let rows = |store: &Store| -> i64 {
            store.db.query_row("SELECT count(*) FROM meta", [], |row| row.get(0)).unwrap()
        };
        for (text, pieces) in [
            ("short".to_owned(), 1),
            // Of three bytes each, so that a piece ends within one.
            ("名".repeat(PIECE), 4),
            ("a\"é\n".repeat(PIECE / 2), 4),
            (String::new(), 1),
        ] {
            let brought = [("x".to_owned(), vec![text])];
            store.keep_imports(&brought, &[]).unwrap();
            let kept = store.last_import("x").unwrap();
            assert_eq!(kept, Some(serde_json::to_string(&brought[0].1).unwrap()));
            assert_eq!(store.imported_sources().unwrap(), ["x"]);
            assert_eq!(rows(&store), pieces, "nothing is left of what was kept before");
        }
        store.keep_imports(&[("y".to_owned(), "z".repeat(2 * PIECE))], &["x".to_owned()]).unwrap();
        assert_eq!(store.last_import("x").unwrap(), None);
        assert_eq!(store.imported_sources().unwrap(), ["y"]);
        store.keep_imports::<String>(&[], &["y".to_owned()]).unwrap();
        assert_eq!(rows(&store), 0);
    }
}
