//! `export`: what is here, for other programs.

mod anki;
mod destination;
mod facts;

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub use self::destination::{Destination, Privacy};
use super::args::{Export, Format, What};
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{list, stats, words};
use crate::export::{progress, reviews};
use crate::stats as figures;

/// Writes what was asked for, to standard output or into a file.
pub fn run(export: &Export, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let format = format_of(export)?;
    if export.anonymous && export.what != What::History {
        return Err(CliError::usage("--anonymous is for a history")
            .hint("as in `retain export history --anonymous`"));
    }
    match export.what {
        What::Anki => anki::run(export, desk, io),
        What::History => facts::whole_history(export, desk, io),
        What::Cards => facts::some_cards(format, export, desk, io),
        What::Progress | What::Reviews => some_figures(format, export, desk, io),
    }
}

fn some_figures(
    format: Format,
    export: &Export,
    desk: &mut Desk,
    io: &mut Io,
) -> Result<(), CliError> {
    let to = export.to.as_deref();
    let chosen = list::chosen(&export.query, desk, io)?;
    let answers = stats::answers_to(chosen.as_deref(), desk)?;
    if export.what == What::Progress {
        let rows = figures::Days::of(&answers).progress(desk.today);
        return deliver(to, rows.len(), desk, io, |out| match format {
            Format::Ndjson => progress::ndjson(&rows, out),
            _ => progress::csv(&rows, out),
        });
    }
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
    deliver(to, answers.len(), desk, io, |out| match format {
        Format::Ndjson => reviews::ndjson(rows, out),
        _ => reviews::csv(rows, out),
    })
}

/// Returns how to write: as the flag says, else as the file's ending does, else as is usual.
fn format_of(export: &Export) -> Result<Format, CliError> {
    use Format::{Apkg, Csv, Json, Ndjson, Yaml};
    let (what, usual, known): (_, _, &[Format]) = match export.what {
        What::Progress => ("progress is", Csv, &[Csv, Ndjson]),
        What::Reviews => ("reviews are", Csv, &[Csv, Ndjson]),
        What::History => ("a history is", Ndjson, &[Ndjson]),
        What::Cards => ("cards are", Csv, &[Csv, Yaml, Json]),
        What::Anki => ("a package for Anki is", Apkg, &[Apkg]),
    };
    let ending = export.to.as_deref().and_then(Path::extension).unwrap_or_default();
    let by_ending = match ending.to_string_lossy().to_ascii_lowercase().as_str() {
        "csv" => Some(Csv),
        "json" => Some(Json),
        "ndjson" | "jsonl" => Some(Ndjson),
        "yaml" | "yml" => Some(Yaml),
        "apkg" => Some(Apkg),
        _ => None,
    };
    let wanted = export.format.or(by_ending).unwrap_or(usual);
    if known.contains(&wanted) {
        return Ok(wanted);
    }
    let names: Vec<&str> = known.iter().map(|format| format.name()).collect();
    Err(CliError::usage(format!("{what} not written as {}", wanted.name().to_uppercase())).hint(
        format!("it can be {}: by the ending of the file, or by --format", names.join(" or ")),
    ))
}

/// Lets `write` write to standard output, or to the file `to`, and says so.
fn deliver(
    to: Option<&Path>,
    rows: usize,
    desk: &Desk,
    io: &mut Io,
    write: impl FnOnce(&mut BufWriter<&mut dyn Write>) -> io::Result<()>,
) -> Result<(), CliError> {
    let mut destination = Destination::open(to, Privacy::Shared, &desk.home, io)?;
    let written = {
        let mut out = BufWriter::new(&mut destination as &mut dyn Write);
        write(&mut out).and_then(|()| out.flush())
    };
    written.map_err(|error| destination.unwritten(error))?;
    if let (Some(replaced), Some(to)) = (destination.finish()?, to) {
        io.note(format!(
            "wrote {} to {}{}",
            words::count(rows, "row", "rows"),
            words::path(to),
            if replaced { ", in place of what was there" } else { "" }
        ));
    }
    Ok(())
}
