//! `undo`: take back the last things that were done by hand here.

use super::args::Undo;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use crate::history::{Record, extra, kind};
use crate::schedule::Rating;
use crate::text;

/// Takes back the newest things, and says what they were.
pub fn run(undo: &Undo, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let undone = desk.store.undo(undo.count as usize, desk.now(), &desk.settings)?;
    if undone.is_empty() {
        return Err(CliError::failed("nothing to undo").hint(
            "answers, and what you did to cards on this machine, can be taken back; imports and changes of the scheduler cannot",
        ));
    }
    for record in &undone {
        io.line(format!("took back: {}", described(record)))?;
        let from = record.extra.as_deref().filter(|_| record.kind == kind::LINKED);
        if let Some(from) = from.and_then(extra::from) {
            let way = format!(
                "the two are cards of their own now; `id: {from}` in the deck joins them again"
            );
            io.note(text::one_line(&way));
        }
    }
    Ok(())
}

/// Returns an event in a few words: `domains-100 good, 29 Nov 2026 18:30`.
pub fn described(record: &Record) -> String {
    let card = record.card.as_ref().map_or("", |card| card.as_str());
    let rating = record.rating.and_then(Rating::from_number).map_or("", Rating::word);
    let deed = match &*record.kind {
        kind::REVIEWED => rating.to_owned(),
        kind::PRACTISED => format!("{rating}, for practice"),
        kind::LINKED => {
            let from = record.extra.as_deref().and_then(extra::from).unwrap_or_default();
            format!("linked with {from}")
        }
        other => other.to_owned(),
    };
    let when = record.when.wall_clock().format("%-d %b %Y %H:%M");
    text::one_line(&format!("{card} {deed}, {when}"))
}
