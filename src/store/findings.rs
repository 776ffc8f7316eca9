//! What is wrong in the decks.

use std::path::Path;

use super::{Store, StoreError};
use crate::card::Card;
use crate::diagnostic::{Diagnostic, Severity};

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
        let mut statement = self.db.prepare(
            "SELECT k.id, k.content, f.shown, first.content, g.shown, f.path FROM cache_card AS k
               JOIN cache_file AS f ON f.key = k.file
               JOIN cache_card AS first ON first.id = k.id AND first.shadowed = 0
               JOIN cache_file AS g ON g.key = first.file
              WHERE k.shadowed = 1 ORDER BY f.shown, k.place",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line = |column: usize| -> rusqlite::Result<u32> {
                let card = serde_json::from_str::<Card>(row.get_ref(column)?.as_str()?);
                Ok(card.map_or(0, |card| card.line))
            };
            let (id, file, other): (String, String, String) =
                (row.get(0)?, row.get(2)?, row.get(4)?);
            let (path, at) = (row.get::<_, String>(5)?, line(1)?);
            let (at, column, source_line, width) = place_of(Path::new(&path), at, &id);
            found.push(Diagnostic {
                file,
                line: at,
                column,
                severity: Severity::Error,
                code: "duplicate-id".into(),
                message: format!("the card {id:?} stands at {other}:{} already", line(3)?),
                help: Some(
                    "that one is asked; delete this card, or give it an `id` of its own".into(),
                ),
                fixable: false,
                source_line,
                width,
            });
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

/// Returns where the note at `line` names its `id`, else where the note begins: line, column, the
/// line itself, and the width to point at.
fn place_of(path: &Path, line: u32, id: &str) -> (u32, u32, String, u32) {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = (1_u32..).zip(text.lines()).skip(line.saturating_sub(1) as usize).peekable();
    let first = lines.peek().map_or((line, ""), |(number, text)| (*number, *text));
    // The id is among the first lines of its note, in front of the next one.
    let named = lines.take(40).find(|(_, text)| text.contains("id:") && text.contains(id));
    let (line, text) = named.unwrap_or(first);
    let (start, width) = match text.find(id) {
        Some(start) if named.is_some() => (start, id.chars().count()),
        _ => (text.len() - text.trim_start_matches([' ', '-']).len(), 1),
    };
    let column = text.get(..start).map_or(1, |before| before.chars().count() + 1);
    (line, column as u32, text.to_owned(), width as u32)
}
