//! `check --fix`: what is certain is written into the decks, and every other byte stays.

use std::collections::HashSet;
use std::path::Path;

use serde::Serialize;

use super::error::CliError;
use super::io::Io;
use super::{words, write};
use crate::card::Note;
use crate::deck::DeckFile;
use crate::deck::edit::{self, Edited, Named};
use crate::deck::load;
use crate::diagnostic::{Diagnostic, Severity};
use crate::store::{Placed, Store};
use crate::text;

/// Something that was written, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The file, as commands show it.
    pub file: String,
    /// Where it is now; where the file was not written, what it is about.
    pub line: u32,
    /// 0 for an id.
    pub column: u32,
    /// The code of the finding, `id` for an id.
    pub code: String,
    /// The finding, or that there was no id.
    pub message: String,
    /// What was written for it; empty if something was taken out.
    pub written: String,
}

impl Fix {
    /// Returns what was mended, in one line.
    fn said(&self, what: &str) -> String {
        let Fix { file, line, column, message, written, .. } = self;
        let written = if written.is_empty() { String::new() } else { format!(" → `{written}`") };
        format!("{file}:{line}:{column}: {what}: {message}{written}")
    }
}

/// What fixing came to.
#[derive(Debug, Default)]
pub struct Fixed {
    /// What was written.
    pub fixes: Vec<Fix>,
    /// Whether something was mended, so that a deck may say more now.
    pub mended: bool,
    /// Files that could not be written.
    pub failed: Vec<Diagnostic>,
    /// How many mends and ids were given up, because the deck would have said something else.
    pub left: usize,
}

impl Fixed {
    /// Adds what one more round came to.
    pub fn add(&mut self, round: Fixed) {
        self.fixes.extend(round.fixes);
        self.mended |= round.mended;
        // What could not be done is found again each time.
        self.failed = round.failed;
        self.left = round.left;
    }
}

/// Mends what is certain in `files`, and writes ids; only says so if it is to be `dry`.
///
/// # Errors
///
/// What the database says. A file that cannot be written costs no other.
pub fn all(
    store: &mut Store,
    files: &[DeckFile],
    allow: &[String],
    dry: bool,
) -> Result<Fixed, CliError> {
    let notes = store.placed_notes(files)?;
    let mut fixed = Fixed::default();
    for (file, notes) in files.iter().zip(&notes) {
        if let Err(error) = one(file, notes, allow, dry, &mut fixed) {
            let CliError::Failed(trouble) = error else { return Err(error) };
            fixed.failed.push(Diagnostic {
                file: file.shown.clone(),
                line: 0,
                column: 0,
                severity: Severity::Error,
                code: "not-written".into(),
                message: trouble.message,
                help: trouble.hint,
                mend: None,
                source_line: String::new(),
                width: 1,
            });
        }
    }
    Ok(fixed)
}

/// Fixes one file, whose notes are these.
fn one(
    file: &DeckFile,
    notes: &[Placed],
    allow: &[String],
    dry: bool,
    fixed: &mut Fixed,
) -> Result<(), CliError> {
    // What cannot be read was reported by whoever read it first.
    let Ok(bytes) = load::read_within(&file.path, load::LARGEST_FILE) else { return Ok(()) };
    let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
    let named = with_ids(text, notes);
    let folder = file.path.parent().unwrap_or(Path::new("."));
    let has_media = |name: &str| folder.join(name).exists();
    let findings = |text: &str| edit::findings(text, &file.shown, allow, &has_media);
    let to_be_named: HashSet<u32> = named.done.iter().map(|named| named.was_on).collect();
    let mended = match dry {
        true => {
            let named = |note: &Note| note.id.is_some() || to_be_named.contains(&note.line);
            edit::mended(text, &named, &findings)
        }
        false => edit::mended(&named.text, &|note| note.id.is_some(), &findings),
    };
    if !dry && mended.text != text {
        let change = write::Change { path: &file.path, was: Some(&bytes), text: &mended.text };
        write::all(&[change])?;
    }
    fixed.left += named.left + mended.left;
    fixed.mended |= !mended.done.is_empty();
    fixed.fixes.extend(named.done.iter().map(|named| Fix {
        file: file.shown.clone(),
        line: if dry { named.was_on } else { named.line },
        column: 0,
        code: "id".into(),
        message: "the card has no `id`".into(),
        written: format!("id: {}", named.id),
    }));
    fixed.fixes.extend(mended.done.into_iter().map(|finding| Fix {
        file: finding.file,
        line: finding.line,
        column: finding.column,
        code: finding.code,
        message: finding.message,
        written: finding.mend.map(|mend| mend.text.trim_end().to_owned()).unwrap_or_default(),
    }));
    Ok(())
}

/// Returns the text with the ids of `notes`, which are those of an earlier reading.
fn with_ids(text: &str, notes: &[Placed]) -> Edited<Named> {
    edit::with_ids(text, &|number, note| {
        notes.get(number).filter(|placed| placed.line == note.line)?.id.clone()
    })
}

/// Says what was fixed: of each file how many ids, and each mend.
pub fn say(fixed: &Fixed, dry: bool, io: &mut Io) -> Result<(), CliError> {
    let mut ids: Vec<(&str, usize)> = Vec::new();
    for fix in fixed.fixes.iter().filter(|fix| fix.code == "id") {
        match ids.last_mut() {
            Some((file, count)) if *file == fix.file => *count += 1,
            _ => ids.push((&fix.file, 1)),
        }
    }
    if dry {
        for fix in &fixed.fixes {
            let line = match fix.code.as_str() {
                "id" => format!("{}:{}: would write: {}", fix.file, fix.line, fix.written),
                _ => fix.said("would mend"),
            };
            io.line(text::one_line(&line))?;
        }
    } else {
        for (file, count) in ids {
            let ids = words::count(count, "id", "ids");
            io.line(text::one_line(&format!("{file}: {ids} written")))?;
        }
        for fix in fixed.fixes.iter().filter(|fix| fix.code != "id") {
            io.line(text::one_line(&fix.said("mended")))?;
        }
    }
    if fixed.left > 0 {
        let (mends, them) = match fixed.left {
            1 => ("1 mend is".to_owned(), "it"),
            many => (format!("{} mends are", words::grouped(many)), "each"),
        };
        io.say(format!(
            "{mends} left to you, among what follows: {them} would change what the deck says"
        ))?;
    }
    Ok(())
}
