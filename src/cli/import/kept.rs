//! What was kept of the last version of a source, also where its file has another path now.

use std::io::ErrorKind;
use std::path::Path;

use super::sources::Source;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::import::Imported;
use crate::import::plan::Record;

/// What was kept of a source.
#[derive(Debug, Default)]
pub struct Kept {
    pub record: Record,
    /// By what name it was kept, if that is another one than it has now.
    pub was: Option<String>,
}

/// Returns what was kept of the source that is called `key`; else of one whose file is gone and
/// which held what this one holds, unless it is among those `taken`.
///
/// # Errors
///
/// What the database says.
pub fn of(
    key: &str,
    source: &Source,
    imported: &Imported,
    taken: &[String],
    desk: &Desk,
) -> Result<Kept, CliError> {
    if let Some(last) = desk.store.last_import(key)? {
        // What cannot be read is as good as lost.
        return Ok(Kept { record: serde_json::from_str(&last).unwrap_or_default(), was: None });
    }
    let Some(path) = &source.path else { return Ok(Kept::default()) };
    let mut found = Vec::new();
    for was in desk.store.imported_sources()? {
        let before = Path::new(&was);
        if !before.is_absolute() || !is_gone(before) || taken.contains(&was) {
            continue;
        }
        let kept = desk.store.last_import(&was)?.unwrap_or_default();
        let record: Record = serde_json::from_str(&kept).unwrap_or_default();
        if let Some(shared) = record.is_version_of(imported) {
            let same_name = before.file_name() == path.file_name();
            found.push(((shared, same_name), was, record));
        }
    }
    found.sort_by_key(|(likeness, ..)| *likeness);
    let best = found.pop();
    // Of two that are as like, nobody knows which it is.
    let certain = best.filter(|best| found.last().is_none_or(|next| next.0 < best.0));
    Ok(certain.map_or_else(Kept::default, |(_, was, record)| Kept { record, was: Some(was) }))
}

fn is_gone(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound)
}
