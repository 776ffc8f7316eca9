//! `import --link`: a folder of decks, read where it is.

use crate::cli::args::Import;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::words;
use crate::deck::Sources;
use crate::deck::load::{self, Folder, Folders};

/// Links a folder into the decks.
pub fn run(import: &Import, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let [folder] = &import.files[..] else {
        return Err(CliError::usage("--link takes one folder"));
    };
    if folder.as_os_str() == "-" {
        return Err(CliError::usage("--link takes a folder, and standard input is none"));
    }
    let shown = words::path(folder);
    let real = std::fs::canonicalize(folder)
        .map_err(|error| CliError::failed(format!("{shown} cannot be read: {error}")))?;
    if !real.is_dir() {
        return Err(CliError::failed(format!("{shown} is no folder"))
            .hint("--link is for folders of YAML decks; without it a file is imported"));
    }
    let decks = desk.home.decks();
    let own = std::fs::canonicalize(&decks).unwrap_or_else(|_| decks.clone());
    if real.starts_with(&own) || own.starts_with(&real) {
        return Err(CliError::failed(format!(
            "{shown} and the decks of this home hold each other"
        ))
        .hint("link a folder that lies elsewhere"));
    }
    let linked = std::fs::read_dir(&decks).into_iter().flatten().flatten().find(|entry| {
        entry.file_type().is_ok_and(|kind| kind.is_symlink())
            && std::fs::canonicalize(entry.path()).is_ok_and(|path| path == real)
    });
    if let Some(linked) = linked {
        return io.line(format!("{} links {shown} already", words::path(&linked.path())));
    }
    let one = Folder { path: real.clone(), shown: shown.clone(), prefix: None };
    let files = Folders::new(vec![one], 0).files();
    let read = |file: &crate::deck::DeckFile| {
        let bytes = load::read_within(&file.path, load::LARGEST_FILE).unwrap_or_default();
        crate::deck::yaml::read(&bytes, &file.shown).deck
    };
    let found: Vec<usize> = files.iter().filter_map(read).map(|deck| deck.notes.len()).collect();
    if found.is_empty() {
        return Err(CliError::failed(format!("there is no YAML deck below {shown}"))
            .hint("files of other formats are imported, not linked"));
    }
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned());
    let base = name.filter(|name| !name.starts_with('.')).unwrap_or_else(|| "linked".into());
    let taken = |name: &str| std::fs::symlink_metadata(decks.join(name)).is_ok();
    let numbers = (2u32..).map(|number| format!("{base}-{number}"));
    let name = std::iter::once(base.clone()).chain(numbers).find(|name| !taken(name));
    let place = decks.join(name.unwrap_or(base));
    let cards = words::count(found.iter().sum(), "card", "cards");
    let cards = format!("{cards} in {}", words::count(found.len(), "deck", "decks"));
    if import.dry_run {
        let place = words::path(&place);
        return io.line(format!("{place} would link {shown}: {cards}; nothing was written"));
    }
    std::fs::create_dir_all(&decks)
        .and_then(|()| std::os::unix::fs::symlink(&real, &place))
        .map_err(|error| {
            CliError::failed(format!("{} cannot be made: {error}", words::path(&place)))
        })?;
    io.line(format!("{} links {shown}: {cards}", words::path(&place)))?;
    io.line(format!("`{}` looks through them", desk.home.command("check")))
}
