//! What is to be imported: the files, read as they are.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use crate::cli::args::{Import, ImportFormat};
use crate::cli::error::CliError;
use crate::cli::home::Home;
use crate::cli::io::Io;
use crate::cli::words;
use crate::deck::Sources;
use crate::deck::load::{self, Folder, Folders};
use crate::import::{self, Format, encoding};
use crate::text;

/// How a zip archive begins.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// How a database of SQLite begins, as a collection of Anki is one.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// A file on its way in, or what comes through a pipe.
pub struct Source {
    /// Where it is to be found again; `None` for a pipe.
    pub path: Option<PathBuf>,
    /// As it is shown.
    pub shown: String,
    /// As it is named on the command line.
    pub argument: String,
    /// What its deck is called, unless it says so itself.
    pub name: String,
    pub bytes: Vec<u8>,
    pub format: Format,
}

impl Source {
    /// Returns by what name its texts are kept, to be compared with those of its next version: its
    /// path, or what came out of the pipe into the same decks.
    pub fn key(&self, decks: &str) -> String {
        match &self.path {
            Some(path) => {
                let real = std::fs::canonicalize(path);
                real.as_ref().unwrap_or(path).to_string_lossy().into_owned()
            }
            None => format!("- {decks}"),
        }
    }
}

/// Returns the files, all of them read.
pub fn of(import: &Import, home: &Home, io: &mut Io) -> Result<Vec<Source>, CliError> {
    let piped = |path: &&PathBuf| path.as_os_str() == "-";
    if import.files.iter().filter(piped).count() > 1 {
        return Err(CliError::usage("`-` stands twice, and standard input is there once"));
    }
    let mut sources = Vec::new();
    for path in &import.files {
        if piped(&path) {
            sources.push(stdin(import, home, io)?);
            continue;
        }
        let shown = words::path(path);
        if !path.exists() {
            return Err(CliError::failed(format!("{shown} is not there")));
        }
        if path.is_dir() {
            let before = sources.len();
            sources.extend(folder(path, import)?);
            if sources.len() == before {
                return Err(CliError::failed(format!("there is no YAML deck below {shown}"))
                    .hint(what_else(path)));
            }
            continue;
        }
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if import.format.is_none() && is_package(path) {
            sources.push(Source {
                path: Some(path.clone()),
                argument: shown.clone(),
                shown,
                name: stem.unwrap_or_default(),
                bytes: Vec::new(),
                format: Format::Anki,
            });
            continue;
        }
        sources.push(file(path, shown, stem.unwrap_or_default(), import)?);
    }
    Ok(sources)
}

/// Returns what to do about a folder without decks.
fn what_else(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut packages: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_called_package(path)).collect();
    packages.sort();
    match &packages[..] {
        [] => "name the files, if they are of another format".to_owned(),
        [package, rest @ ..] => {
            let others = if rest.is_empty() { "" } else { ", and the others as well" };
            format!("name the package of Anki that is in it: {}{others}", words::path(package))
        }
    }
}

/// Whether a file is a zip archive, as packages of Anki are. A pipe is none, and can be read once.
fn is_package(path: &Path) -> bool {
    if !path.is_file() {
        return false;
    }
    let mut begin = [0; ZIP.len()];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == ZIP || is_called_package(path)
}

/// Whether a file is called as packages of Anki are.
pub fn is_called_package(path: &Path) -> bool {
    let ends = |end: &str| path.to_string_lossy().to_lowercase().ends_with(end);
    ends(".apkg") || ends(".colpkg")
}

/// Returns what comes through standard input.
fn stdin(import: &Import, home: &Home, io: &mut Io) -> Result<Source, CliError> {
    let input = std::io::stdin();
    if input.is_terminal() {
        io.note("reading what you type or paste, up to Ctrl-D on a line of its own");
    }
    let bytes = bytes_of(Ok(input.lock()), "stdin")?;
    if bytes.is_empty() {
        return Err(CliError::failed("nothing came through stdin")
            .hint("what was to write it may have failed"));
    }
    let csv = home.command("import - --format csv");
    let hint = format!("say it with --format, as in `{csv}`: board, csv, tsv, markdown or yaml");
    let source = source(bytes, "stdin".into(), "", import, &hint)?;
    Ok(Source { argument: "-".into(), ..source })
}

/// Returns the decks below a folder.
fn folder(path: &Path, import: &Import) -> Result<Vec<Source>, CliError> {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned());
    let shown = path.to_string_lossy().into_owned();
    let folder = Folder { path: path.to_owned(), shown, prefix: name };
    let mut found = Vec::new();
    for file in Folders::new(vec![folder], 0).files() {
        let source = self::file(&file.path, text::one_line(&file.shown), file.deck, import)?;
        // Other YAML is nobody's deck, and nobody's mistake.
        let reading = crate::deck::yaml::read(&source.bytes, "");
        if reading.deck.is_some() || !reading.diagnostics.is_empty() {
            found.push(source);
        }
    }
    Ok(found)
}

/// Returns a file; one that is no regular file is a pipe by another name.
fn file(path: &Path, shown: String, name: String, import: &Import) -> Result<Source, CliError> {
    let file_name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let bytes = bytes_of(std::fs::File::open(path), &shown)?;
    let hint = "say it with --format: board, csv, tsv, markdown or yaml";
    let source = source(bytes, shown, &file_name, import, hint)?;
    Ok(if path.is_file() { Source { path: Some(path.to_owned()), name, ..source } } else { source })
}

/// Returns all that can be read of a source, if that is not too much.
fn bytes_of(input: std::io::Result<impl Read>, shown: &str) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    // One more shows that there are more.
    let most = load::LARGEST_FILE as u64 + 1;
    input
        .and_then(|input| input.take(most).read_to_end(&mut bytes))
        .map_err(|error| CliError::failed(format!("{shown} cannot be read: {error}")))?;
    if bytes.len() > load::LARGEST_FILE {
        let most = load::LARGEST_FILE >> 20;
        return Err(CliError::failed(format!("{shown} is larger than {most} MiB"))
            .hint("divide it into several files"));
    }
    Ok(bytes)
}

/// Returns what a pipe brought, once it is clear what it is; else `hint` says how to say it.
fn source(
    bytes: Vec<u8>,
    shown: String,
    file_name: &str,
    import: &Import,
    hint: &str,
) -> Result<Source, CliError> {
    if bytes.starts_with(&ZIP) {
        return Err(CliError::failed(format!("{shown} is a zip archive, not text")).hint(
            "a package of Anki is imported from a file, without --format: `retain import cards.apkg`",
        ));
    }
    if bytes.starts_with(SQLITE) {
        return Err(CliError::failed(format!("{shown} is a database, not text")).hint(
            "if it is Anki's collection, let Anki export it (File > Export), and import that",
        ));
    }
    let bytes = encoding::decoded(bytes, import.encoding).map_err(|error| {
        let hint = match (error.likely, import.encoding) {
            (Some(likely), None) => {
                format!("it may be {likely}: try --encoding {likely} with --dry-run")
            }
            _ => "name how it is written with --encoding, such as windows-1252, shift_jis or utf-16le"
                .into(),
        };
        CliError::failed(format!("{shown} cannot be read: {error}")).hint(hint)
    })?;
    let format = match import.format {
        Some(ImportFormat::Board) => Some(Format::Board),
        Some(ImportFormat::Csv) => Some(Format::Csv),
        Some(ImportFormat::Tsv) => Some(Format::Tsv),
        Some(ImportFormat::Markdown) => Some(Format::Markdown),
        Some(ImportFormat::Yaml) => Some(Format::Yaml),
        None => import::format_of(file_name, &bytes),
    };
    let format = format
        .ok_or_else(|| CliError::failed(format!("it is not clear what {shown} is")).hint(hint))?;
    let argument = shown.clone();
    Ok(Source { path: None, shown, argument, name: import::UNNAMED.into(), bytes, format })
}
