//! `check`: what is wrong in the decks, each with its place and a way out.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::args::Check;
use super::environment::{Environment, seconds_now};
use super::error::CliError;
use super::fix::{self, Fix, Fixed};
use super::home::{Desk, Home, real};
use super::io::Io;
use super::{report, words};
use crate::deck::load::{self, Folder, Folders, is_yaml};
use crate::deck::{DeckFile, Sources, lint};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::settings::Settings;
use crate::store::{DeckRow, Likeness, Store};
use crate::text;
use crate::time::Moment;

#[derive(Serialize)]
struct CheckJson<'a> {
    errors: usize,
    warnings: usize,
    diagnostics: Vec<DiagnosticJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<Vec<Fix>>,
}

#[derive(Serialize)]
struct DiagnosticJson<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    severity: Severity,
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    fixable: bool,
}

/// Whether all of `paths` are deck files of the home, or folders that hold some of them: then they
/// are checked with the history that they have.
pub fn are_of_home(paths: &[PathBuf], home: &Home, environment: &Environment) -> bool {
    if !home.folder.exists() {
        return false;
    }
    let Ok((settings, _)) = home.settings() else { return false };
    let files = home.deck_files(&settings, environment);
    paths.iter().all(|path| files.iter().any(|file| is_below(file, path)))
}

/// Whether a deck file is `path`, or stands in that folder.
fn is_below(file: &DeckFile, path: &Path) -> bool {
    std::fs::canonicalize(path).is_ok_and(|path| real(&file.path).starts_with(path))
}

/// Checks the decks of the home, or those that `check` names.
pub fn run(check: &Check, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if !check.json && !desk.home.folder.exists() {
        return io.say(super::due::nothing_due(desk)?);
    }
    let mut fixed = Fixed::default();
    let mut again = check.fix;
    while again {
        let files = chosen(desk.deck_files(), &check.paths);
        let allow = &desk.settings.lint_allow;
        let round = fix::all(&mut desk.store, &files, allow, check.dry_run)?;
        // What was mended may be a card without an id now.
        again = round.mended && !check.dry_run;
        fixed.add(round);
        desk.bring_up_to_date()?;
    }
    let mut findings = desk.findings()?;
    findings.extend(desk.store.look_edited()?.iter().map(looks_edited));
    let files = chosen(desk.deck_files(), &check.paths);
    findings.extend(lints(&files, &desk.decks, &desk.settings));
    if !check.paths.is_empty() {
        let shown: HashSet<&str> = files.iter().map(|file| file.shown.as_str()).collect();
        findings.retain(|finding| shown.contains(finding.file.as_str()));
    }
    let mut seen = Vec::new();
    if !check.json {
        fix::say(&fixed, check.dry_run, io)?;
        if check.paths.is_empty() {
            seen.push(what_was_seen(&desk.store)?);
            let parked = desk.store.parked_standings(&desk.settings)?.len();
            if parked > 0 {
                let cards = words::count(parked, "answered card is", "answered cards are");
                seen.push(format!(
                    "{cards} in no deck now and kept for it: `retain list is:parked`"
                ));
            }
        }
    }
    conclude(check, findings, fixed, &seen, io)?;
    if !check.paths.is_empty() || check.fix || check.json {
        return Ok(());
    }
    let notes = desk.store.placed_notes(&files)?;
    let nameless = notes.iter().flatten().filter(|note| note.id.is_some()).count();
    if nameless > 0 {
        let fix = desk.home.command("check --fix");
        let (cards, them) = match nameless {
            1 => ("1 card has".to_owned(), "it"),
            many => (format!("{} cards have", words::grouped(many)), "each"),
        };
        io.say(format!(
            "{cards} no `id`; `{fix}` writes {them} one, so that no rewording costs progress"
        ))?;
    }
    Ok(())
}

/// Returns those of `files` that are meant: all, unless there are `paths`.
fn chosen(mut files: Vec<DeckFile>, paths: &[PathBuf]) -> Vec<DeckFile> {
    if !paths.is_empty() {
        files.retain(|file| paths.iter().any(|path| is_below(file, path)));
    }
    files
}

/// Checks files and folders outside of any home.
pub fn files(check: &Check, io: &mut Io) -> Result<(), CliError> {
    for path in &check.paths {
        if !path.exists() {
            return Err(CliError::failed(format!("{} is not there", words::path(path)))
                .hint("name files or folders; without any, the decks of the home are checked"));
        }
        if path.is_file() && !is_yaml(path) {
            return Err(CliError::failed(format!("{} is no YAML file", words::path(path)))
                .hint("a deck's name ends in .yaml or .yml"));
        }
    }
    let (mut store, mut folders) = read(&check.paths)?;
    let mut fixed = Fixed::default();
    let mut again = check.fix;
    while again {
        let round = fix::all(&mut store, &folders.files(), &[], check.dry_run)?;
        again = round.mended && !check.dry_run;
        fixed.add(round);
        (store, folders) = read(&check.paths)?;
    }
    let mut findings = store.findings()?;
    let files = folders.files();
    findings.extend(lints(&files, &store.decks()?, &Settings::default()));
    findings.extend(folders.problems);
    if !check.json {
        fix::say(&fixed, check.dry_run, io)?;
    }
    conclude(check, findings, fixed, &[what_was_seen(&store)?], io)
}

/// Reads files and folders as a home would read them, in a database that is gone afterwards.
fn read(paths: &[PathBuf]) -> Result<(Store, Folders), CliError> {
    let folders = paths.iter().map(|path| folder_of(path)).collect();
    let mut folders = Folders::new(folders, seconds_now());
    let mut store = Store::nowhere(Box::new(|| [0; 16]))?;
    let now = Moment { at_ms: 0, utc_offset_s: 0 };
    store.bring_up_to_date(&mut folders, &Settings::default(), now)?;
    Ok((store, folders))
}

/// Returns what is worth a look in those of `files` that are decks.
fn lints(files: &[DeckFile], decks: &[DeckRow], settings: &Settings) -> Vec<Diagnostic> {
    let known: HashSet<&str> = decks.iter().map(|deck| deck.file.as_str()).collect();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| known.contains(file.shown.as_str())) {
        // What cannot be read was reported by whoever read it first.
        let Ok(bytes) = load::read_within(&file.path, load::LARGEST_FILE) else { continue };
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        let folder = file.path.parent().unwrap_or(Path::new("."));
        let has_media = |name: &str| folder.join(name).exists();
        found.extend(lint::lint(text, &file.shown, &settings.lint_allow, &has_media));
    }
    found
}

fn what_was_seen(store: &Store) -> Result<String, CliError> {
    let cards = words::count(store.count_cards()?, "card", "cards");
    let decks = words::count(store.decks()?.len(), "deck", "decks");
    Ok(match store.other_files()? {
        0 => format!("{cards} in {decks}"),
        1 => format!("{cards} in {decks}; 1 YAML file is no deck"),
        others => format!("{cards} in {decks}; {} YAML files are no decks", words::grouped(others)),
    })
}

fn folder_of(path: &Path) -> Folder {
    Folder { path: path.to_owned(), shown: path.to_string_lossy().into_owned(), prefix: None }
}

/// Says what was found, and then what was `seen`: the end is what stays on the screen.
///
/// # Errors
///
/// Exit status 1 if there are errors.
pub fn conclude(
    check: &Check,
    mut findings: Vec<Diagnostic>,
    fixed: Fixed,
    seen: &[String],
    io: &mut Io,
) -> Result<(), CliError> {
    findings.extend(fixed.failed);
    findings.sort_by(|one, other| {
        let place =
            |finding: &Diagnostic| (finding.code == diagnostic::MORE, finding.line, finding.column);
        (&one.file, place(one)).cmp(&(&other.file, place(other)))
    });
    let count = |severity| diagnostic::count(&findings, severity);
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if check.json {
        let diagnostics = findings.iter().map(as_json).collect();
        let fixed = check.fix.then_some(fixed.fixes);
        io.json(&CheckJson { errors, warnings, diagnostics, fixed })?;
    } else {
        for finding in &findings {
            io.line(report::rendered(finding, io.width))?;
            io.line("")?;
        }
        for line in seen {
            io.say(line)?;
        }
        io.line(match (errors, warnings) {
            (0, 0) => "no mistakes found".to_owned(),
            (errors, 0) => words::count(errors, "error", "errors"),
            (0, warnings) => words::count(warnings, "warning", "warnings"),
            (errors, warnings) => format!(
                "{}, {}",
                words::count(errors, "error", "errors"),
                words::count(warnings, "warning", "warnings")
            ),
        })?;
        let mendable = findings.iter().filter(|finding| finding.mend.is_some()).count();
        if mendable > 0 && !check.fix {
            let them = if mendable == 1 { "1 of them" } else { &format!("{mendable} of them") };
            io.line(format!("`retain check --fix` mends {them}"))?;
        }
    }
    if errors > 0 { Err(CliError::Quiet(1)) } else { Ok(()) }
}

fn as_json(finding: &Diagnostic) -> DiagnosticJson<'_> {
    DiagnosticJson {
        file: &finding.file,
        line: finding.line,
        column: finding.column,
        severity: finding.severity,
        code: &finding.code,
        message: &finding.message,
        help: finding.help.as_deref(),
        fixable: finding.mend.is_some(),
    }
}

fn looks_edited(found: &Likeness) -> Diagnostic {
    // The key of the note is an id that can be written; all its sides go on with it.
    let note = found.from.as_str().split('/').next().unwrap_or_default();
    Diagnostic {
        file: found.file.clone(),
        line: found.line,
        column: 0,
        severity: Severity::Warning,
        code: "looks-edited".into(),
        message: format!(
            "this new card looks like an edit of {:?}, which is in no deck now",
            text::one_line(&found.was.front)
        ),
        help: Some(format!(
            "if it is the same card, write `id: {note}` here to go on with its progress; `retain review` on a terminal asks"
        )),
        mend: None,
        source_line: String::new(),
        width: 0,
    }
}
