//! `export`: figures and answers for other programs.

use std::collections::HashMap;
use std::fs::{OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::args::{Export, Format, What};
use super::error::CliError;
use super::home::{Desk, Home};
use super::io::{Io, unwritten};
use super::{list, stats, words};
use crate::export::{progress, reviews};
use crate::stats as figures;
use crate::store::BACKUPS;

/// Writes what was asked for.
pub fn run(export: &Export, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let format = format_of(export)?;
    let to = export.to.as_deref().filter(|path| *path != Path::new("-"));
    let chosen = list::chosen(&export.query, desk, io)?;
    let answers = stats::answers_to(chosen.as_deref(), desk)?;
    match export.what {
        What::Progress => {
            let rows = figures::progress(&answers, desk.today);
            deliver(to, rows.len(), &desk.home, io, |out| match format {
                Format::Csv => progress::csv(&rows, out),
                Format::Ndjson => progress::ndjson(&rows, out),
            })
        }
        What::Reviews => {
            let cards = desk.store.answered_cards()?;
            let devices: HashMap<i64, String> =
                desk.store.devices()?.into_iter().map(|(key, id)| (key, id.to_string())).collect();
            let rows = answers.iter().map(|answer| {
                let card = cards.get(&answer.card);
                reviews::ReviewRow {
                    answer,
                    card: card.map_or("", |card| card.id.as_str()),
                    deck: card.map_or("", |card| card.deck.as_str()),
                    device: devices.get(&answer.device).map_or("", String::as_str),
                }
            });
            deliver(to, answers.len(), &desk.home, io, |out| match format {
                Format::Csv => reviews::csv(rows, out),
                Format::Ndjson => reviews::ndjson(rows, out),
            })
        }
    }
}

/// Returns how to write: as the flag says, else as the file's ending does.
fn format_of(export: &Export) -> Result<Format, CliError> {
    if let Some(format) = export.format {
        return Ok(format);
    }
    let ending = export.to.as_deref().and_then(Path::extension).unwrap_or_default();
    match ending.to_string_lossy().to_ascii_lowercase().as_str() {
        "ndjson" | "jsonl" => Ok(Format::Ndjson),
        other @ ("json" | "yaml" | "yml") => {
            let what = match export.what {
                What::Progress => "progress is",
                What::Reviews => "reviews are",
            };
            Err(CliError::usage(format!("{what} not written as {}", other.to_uppercase()))
                .hint("name a file that ends in .csv or .ndjson, or say which it is with --format"))
        }
        _ => Ok(Format::Csv),
    }
}

/// Lets `write` write to standard output, or to the file `to`, and says so.
fn deliver(
    to: Option<&Path>,
    rows: usize,
    home: &Home,
    io: &mut Io,
    write: impl FnOnce(&mut BufWriter<&mut dyn Write>) -> io::Result<()>,
) -> Result<(), CliError> {
    let write = |out: &mut dyn Write| {
        let mut out = BufWriter::new(out);
        write(&mut out)?;
        out.flush()
    };
    let Some(to) = to else { return write(io.out()).map_err(unwritten) };
    let replaced = write_file(to, home, write)?;
    io.note(format!(
        "wrote {} to {}{}",
        words::count(rows, "row", "rows"),
        words::path(to),
        if replaced { ", in place of what was there" } else { "" }
    ));
    Ok(())
}

/// Writes a file that appears whole or not at all; returns whether it replaced one.
fn write_file(
    path: &Path,
    home: &Home,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<bool, CliError> {
    let shown = words::path(path);
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::BrokenPipe => CliError::ClosedPipe,
        _ => CliError::failed(format!("{shown} cannot be written: {error}"))
            .hint("name another file with --to"),
    };
    let there = path.metadata().ok();
    if there.as_ref().is_some_and(|there| !there.is_dir() && !there.is_file()) {
        // A pipe or a device: there is nothing to replace.
        let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
        return write(&mut file).map(|()| false).map_err(failed);
    }
    let real = real(path);
    if is_of_home(&real, there.is_some(), home) {
        return Err(CliError::failed(format!("{shown} belongs to the home, and stays"))
            .hint("name another file with --to"));
    }
    let mode = match &there {
        None => 0o666, // less what the person's umask takes
        Some(there) if there.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
        Some(there) if there.permissions().readonly() => {
            return Err(failed(io::ErrorKind::PermissionDenied.into()));
        }
        Some(there) => there.permissions().mode() & 0o777,
    };
    let folder = real.parent().unwrap_or(Path::new("."));
    let mut unfinished = tempfile::Builder::new();
    let mut file = unfinished
        .prefix(".retain-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)
        .map_err(|error| failed(error.kind().into()))?; // its own words name the unfinished file
    write(&mut file).map_err(failed)?;
    if there.is_some() {
        file.as_file().set_permissions(Permissions::from_mode(mode)).map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&real).map_err(|error| failed(error.error))?;
    Ok(there.is_some())
}

/// Returns the path of the file that is meant: behind a link, if there is one.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = std::fs::canonicalize(folder.unwrap_or(Path::new(".")));
        match (folder, path.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            _ => path.to_owned(),
        }
    })
}

/// Whether a file is one that the learner's home lives from, or will: decks and backups only where
/// it is there already.
fn is_of_home(path: &Path, is_there: bool, home: &Home) -> bool {
    let database = real(&home.database());
    let beside = path.parent() == database.parent()
        && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("retain.db"));
    let within = |folder: PathBuf| path.starts_with(real(&folder)) && path != real(&folder);
    beside
        || path == real(&home.config)
        || (is_there && (within(home.decks()) || within(home.folder.join(BACKUPS))))
}
