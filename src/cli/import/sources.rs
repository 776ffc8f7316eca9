//! What is to be imported: the files, read as they are.

use std::path::{Path, PathBuf};

use crate::cli::args::{Import, ImportFormat};
use crate::cli::error::CliError;
use crate::cli::words;
use crate::deck::Sources;
use crate::deck::load::{self, Folder, Folders};
use crate::import::{self, Format};
use crate::text;

/// A file on its way in.
pub struct Source {
    pub path: PathBuf,
    /// As it is shown.
    pub shown: String,
    /// What its deck is called, unless it says so itself.
    pub name: String,
    pub bytes: Vec<u8>,
    pub format: Format,
}

/// Returns the files, all of them read.
pub fn of(import: &Import) -> Result<Vec<Source>, CliError> {
    let mut sources = Vec::new();
    for path in &import.files {
        let shown = words::path(path);
        if !path.exists() {
            return Err(CliError::failed(format!("{shown} is not there")));
        }
        if path.is_dir() {
            let before = sources.len();
            sources.extend(folder(path, import)?);
            if sources.len() == before {
                return Err(CliError::failed(format!("there is no YAML deck below {shown}"))
                    .hint("name the files, if they are of another format"));
            }
            continue;
        }
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        sources.push(source(path, shown, stem.unwrap_or_default(), import)?);
    }
    Ok(sources)
}

/// Returns the decks below a folder.
fn folder(path: &Path, import: &Import) -> Result<Vec<Source>, CliError> {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned());
    let shown = path.to_string_lossy().into_owned();
    let folder = Folder { path: path.to_owned(), shown, prefix: name };
    let mut found = Vec::new();
    for file in Folders::new(vec![folder], 0).files() {
        let source = source(&file.path, text::one_line(&file.shown), file.deck, import)?;
        // Other YAML is nobody's deck, and nobody's mistake.
        let reading = crate::deck::yaml::read(&source.bytes, "");
        if reading.deck.is_some() || !reading.diagnostics.is_empty() {
            found.push(source);
        }
    }
    Ok(found)
}

fn source(path: &Path, shown: String, name: String, import: &Import) -> Result<Source, CliError> {
    let bytes = load::read_within(path, load::LARGEST_FILE)
        .map_err(|error| CliError::failed(format!("{shown} cannot be read: {error}")))?;
    if bytes.len() > load::LARGEST_FILE {
        let most = load::LARGEST_FILE >> 20;
        return Err(CliError::failed(format!("{shown} is larger than {most} MiB"))
            .hint("divide it into several files"));
    }
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let format = match import.format {
        Some(ImportFormat::Board) => Some(Format::Board),
        Some(ImportFormat::Csv) => Some(Format::Csv),
        Some(ImportFormat::Tsv) => Some(Format::Tsv),
        Some(ImportFormat::Markdown) => Some(Format::Markdown),
        Some(ImportFormat::Yaml) => Some(Format::Yaml),
        None => import::format_of(&file_name.unwrap_or_default(), &bytes),
    };
    let format = format.ok_or_else(|| {
        CliError::failed(format!("it is not clear what {shown} is"))
            .hint("say it with --format: board, csv, tsv, markdown or yaml")
    })?;
    Ok(Source { path: path.to_owned(), shown, name, bytes, format })
}
