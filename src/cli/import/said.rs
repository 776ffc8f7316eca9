//! What is said of an import: what became of each card, and of what could not be read.

use clap::ValueEnum;

use super::Ready;
use crate::cli::args::Import;
use crate::cli::error::CliError;
use crate::cli::home::Home;
use crate::cli::io::Io;
use crate::cli::words;
use crate::import::board::OpenCell;
use crate::import::plan::{Fate, Outcome, Report, TOLD};
use crate::text;

/// So many rows that were left out are named.
const NAMED: usize = 100;

/// So many cards are named that a new version does not have.
const LEFT: usize = 10;

/// Says what becomes of a file.
pub fn say(
    ready: &Ready,
    report: &Report,
    import: &Import,
    home: &Home,
    io: &mut Io,
) -> Result<(), CliError> {
    let Ready { shown, imported, .. } = ready;
    io.line(format!("{shown}: {}", imported.what))?;
    let mut files: Vec<&str> = Vec::new();
    for outcome in &report.outcomes {
        if !outcome.file.is_empty() && !files.contains(&&*outcome.file) {
            files.push(&outcome.file);
        }
    }
    for file in files {
        let here: Vec<&Outcome> =
            report.outcomes.iter().filter(|outcome| outcome.file == file).collect();
        io.line(format!("  {}", text::one_line(&format!("{file}: {}", counted(&here)))))?;
        if import.dry_run {
            list(&here, io)?;
        }
    }
    if let Some(was) = &ready.was {
        io.note(text::one_line(&format!("note: {shown} is what was in {was}, which is gone")));
    }
    for (wanted, given) in &report.renamed {
        io.note(text::one_line(&format!(
            "note: the name {wanted} is taken by other cards: this deck is {given}"
        )));
    }
    for outcome in &report.outcomes {
        if let (Fate::Kept { kept, .. }, Some(says)) = (&outcome.fate, &outcome.says) {
            let (front, back) = (&says.0, says.1.texts().join(" | "));
            let says = match kept[..] {
                ["front"] => format!("another front: {front}"),
                ["back"] => format!("another back: {back}"),
                _ => format!("another {}: {front} → {back}", kept.join(", ")),
            };
            io.note(text::one_line(&format!(
                "note: {} is yours and was kept; line {} of {shown} says {says}",
                outcome.id, outcome.line
            )));
        }
    }
    let gone = report.outcomes.iter().filter(|outcome| outcome.fate == Fate::Gone).count();
    if gone > 0 {
        let cards = words::count(gone, "card stays out: it was", "cards stay out: they were");
        io.note(format!("note: {cards} taken out of the deck here"));
    }
    if !report.left.is_empty() {
        let cards = words::count(
            report.left.len(),
            "card is not in it any more, and stays",
            "cards are not in it any more, and stay",
        );
        let mut ids = report.left.iter().take(LEFT).cloned().collect::<Vec<_>>().join(", ");
        if let Some(more) = report.left.len().checked_sub(LEFT).filter(|more| *more > 0) {
            ids = format!("{ids} and {} more", words::grouped(more));
        }
        io.note(text::one_line(&format!("note: {shown}: {cards}: {ids}")));
    }
    for remark in &imported.remarks {
        let line =
            if remark.line > 0 { format!("{shown}:{}: ", remark.line) } else { String::new() };
        io.note(text::one_line(&format!("note: {line}{}", remark.what)));
    }
    let open: Vec<&OpenCell> = imported.open.iter().flat_map(|row| &row.cells).collect();
    if !open.is_empty() {
        let cells: Vec<String> =
            open.iter().map(|cell| format!("{} (line {})", cell.place, cell.line)).collect();
        io.note(text::one_line(&format!(
            "note: {shown} does not say which categories these cells are of: {}; this would, if the guess is right:",
            cells.join(", ")
        )));
        io.verbatim(home.command(&placing(ready, &open, import)));
    }
    for row in imported.skipped.iter().take(NAMED) {
        io.note(text::one_line(&format!("{shown}:{}: {}; left out", row.line, row.what)));
    }
    if let Some(more) = imported.skipped.len().checked_sub(NAMED).filter(|more| *more > 0) {
        io.note(format!("{shown}: and {} more", words::grouped(more)));
    }
    Ok(())
}

/// Returns the command that imports a board again, with its open cells where they are likely to be.
fn placing(ready: &Ready, open: &[&OpenCell], import: &Import) -> String {
    let mut words = vec!["import".to_owned(), words::quoted(&ready.argument)];
    let mut flag = |name: &str, value: &str| {
        words.extend([format!("--{name}"), words::quoted(value)]);
    };
    if let Some(format) = import.format.and_then(|format| format.to_possible_value()) {
        flag("format", format.get_name());
    }
    if let Some(encoding) = import.encoding {
        flag("encoding", encoding.name());
    }
    if let Some(deck) = &import.deck {
        flag("deck", deck);
    }
    for place in &import.place {
        flag("place", place);
    }
    for cell in open {
        flag("place", &format!("{}={}", cell.place, cell.likely_name));
    }
    words.join(" ")
}

/// Returns what becomes of the cards of a file, in numbers.
fn counted(here: &[&Outcome]) -> String {
    let count = |is: &dyn Fn(&Fate) -> bool| here.iter().filter(|one| is(&one.fate)).count();
    let parts = [
        (count(&|fate| *fate == Fate::Added), "new"),
        (count(&|fate| matches!(fate, Fate::Moved(_))), "moved here"),
        (count(&|fate| matches!(fate, Fate::Updated(_))), "updated"),
        (count(&|fate| matches!(fate, Fate::Kept { .. })), "kept as you have it"),
        (count(&|fate| *fate == Fate::Same), "there already"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", words::grouped(number)))
        .collect();
    parts.join(", ")
}

/// Lists the cards of a file that something becomes of.
fn list(here: &[&Outcome], io: &mut Io) -> Result<(), CliError> {
    let told: Vec<&&Outcome> = here.iter().filter(|one| one.fate != Fate::Same).collect();
    let widest = told.iter().take(TOLD).map(|one| one.id.chars().count()).max().unwrap_or(0);
    for outcome in told.iter().take(TOLD) {
        let sign = match &outcome.fate {
            Fate::Added => '+',
            Fate::Updated(_) => '~',
            Fate::Moved(_) => '>',
            Fate::Kept { .. } | Fate::Same | Fate::Gone => '=',
        };
        let id = words::padded(&outcome.id, widest.min(30));
        let room = io.width.saturating_sub(8 + widest.min(30));
        let here = outcome.here.as_ref().map(|note| (&note.front, &note.back));
        let says = outcome.says.as_ref().map(|says| (&says.0, &says.1));
        let Some((front, back)) = here.or(says) else { continue };
        let back = text::one_line(&back.texts().join(" | "));
        let front = text::one_line(front);
        let half = room.saturating_sub(3) / 2;
        let behind =
            words::shortened(&back, half.max(room.saturating_sub(3 + front.chars().count())));
        let taken = behind.chars().count() + 3;
        let front = words::shortened(&front, room.saturating_sub(taken));
        // The answers to a text with gaps are in its gaps.
        let behind = if behind.is_empty() { behind } else { format!(" → {behind}") };
        io.line(format!("    {sign} {id}  {front}{behind}"))?;
    }
    if told.len() > TOLD {
        io.line(format!("    … and {} more", words::grouped(told.len() - TOLD)))?;
    }
    Ok(())
}

/// Says it all in a line.
pub fn conclude(reports: &[(Ready, Report)], dry_run: bool, io: &mut Io) -> Result<(), CliError> {
    let outcomes: Vec<&Outcome> = reports.iter().flat_map(|(_, report)| &report.outcomes).collect();
    let added = outcomes.iter().filter(|one| one.fate == Fate::Added).count();
    let cards = words::count(added, "card", "cards");
    let others =
        counted(&outcomes.into_iter().filter(|one| one.fate != Fate::Added).collect::<Vec<_>>());
    let others = if others.is_empty() { others } else { format!("; {others}") };
    io.say(if dry_run {
        format!("{cards} would be added{others}; nothing was written")
    } else {
        format!("{cards} added{others}")
    })
}
