//! Where an export goes.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::home::Home;
use crate::cli::io::{Io, unwritten};
use crate::cli::whole::Unfinished;
use crate::cli::words;
use crate::store::BACKUPS;

/// Who may read a file that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Only its owner, as the database.
    Mine,
    /// Whoever may read the owner's other files.
    Shared,
}

/// Where an export goes: standard output, or a file that appears whole or not at all.
pub struct Destination {
    out: Out,
    /// Whether a person sees the bytes as they come.
    pub is_terminal: bool,
}

enum Out {
    Stdout(BufWriter<std::io::StdoutLock<'static>>),
    /// Something that is no file, such as a pipe with a name.
    Special(BufWriter<std::fs::File>),
    File {
        file: BufWriter<Unfinished>,
        path: PathBuf,
        replaces: bool,
    },
}

impl Destination {
    /// Opens standard output, or makes ready to write the file `to`.
    ///
    /// # Errors
    ///
    /// If nothing can be written there.
    pub fn open(
        to: Option<&Path>,
        privacy: Privacy,
        home: &Home,
        io: &mut Io,
    ) -> Result<Destination, CliError> {
        io.flush()?;
        let Some(to) = to.filter(|to| *to != Path::new("-")) else {
            let stdout = std::io::stdout();
            let is_terminal = stdout.is_terminal();
            return Ok(Destination {
                out: Out::Stdout(BufWriter::new(stdout.lock())),
                is_terminal,
            });
        };
        let failed = |error: std::io::Error| unwritten_file(to, &error);
        // A link stays one: what it leads to is replaced.
        let real = real(to);
        let there = std::fs::metadata(&real).ok();
        if there.as_ref().is_some_and(|there| !there.is_file() && !there.is_dir()) {
            let file = std::fs::OpenOptions::new().write(true).open(&real).map_err(failed)?;
            let is_terminal = file.is_terminal();
            return Ok(Destination { out: Out::Special(BufWriter::new(file)), is_terminal });
        }
        let is_folder = there.as_ref().is_some_and(std::fs::Metadata::is_dir)
            || to.to_string_lossy().ends_with('/');
        if is_folder {
            return Err(CliError::failed(format!("{} is a folder", words::path(to)))
                .hint("name a file in it"));
        }
        if is_of_home(&real, there.is_some(), home) {
            return Err(CliError::failed(format!(
                "{} belongs to the home, and stays",
                words::path(to)
            ))
            .hint("name another file"));
        }
        if there.as_ref().is_some_and(|there| there.permissions().readonly()) {
            return Err(failed(std::io::ErrorKind::PermissionDenied.into()));
        }
        let mode = match privacy {
            Privacy::Mine => 0o600,
            Privacy::Shared => 0o666,
        };
        let file = Unfinished::begin(&real, mode).map_err(failed)?;
        let replaces = there.is_some();
        let out = Out::File { file: BufWriter::new(file), path: real, replaces };
        Ok(Destination { out, is_terminal: false })
    }

    /// Returns what to say of an error while writing.
    pub fn unwritten(&self, error: std::io::Error) -> CliError {
        match &self.out {
            Out::File { path, .. } => unwritten_file(path, &error),
            Out::Stdout(_) | Out::Special(_) => unwritten(error),
        }
    }

    /// Hands everything on; a file gets its name. Returns whether it replaced one, if it is a file.
    ///
    /// # Errors
    ///
    /// If not all of it could be written; there is no file then, or the one from before.
    pub fn finish(mut self) -> Result<Option<bool>, CliError> {
        self.flush().map_err(|error| self.unwritten(error))?;
        let Out::File { file, path, replaces } = self.out else { return Ok(None) };
        let failed = |error: std::io::Error| unwritten_file(&path, &error);
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.replace().map_err(failed)?;
        Ok(Some(replaces))
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.out {
            Out::Stdout(out) => out.write(bytes),
            Out::Special(out) => out.write(bytes),
            Out::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.out {
            Out::Stdout(out) => out.flush(),
            Out::Special(out) => out.flush(),
            Out::File { file, .. } => file.flush(),
        }
    }
}

fn unwritten_file(path: &Path, error: &std::io::Error) -> CliError {
    CliError::failed(format!("{} cannot be written: {error}", words::path(path)))
        .hint("make room, or name another place")
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
