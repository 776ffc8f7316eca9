//! `history`: what happened.

use colored::Colorize;
use serde::Serialize;

use super::args::History;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::words;
use crate::history::{Record, extra, kind};
use crate::schedule::Rating;
use crate::store::HistoryRow;
use crate::text;
use crate::time::Day;

#[derive(Serialize)]
struct EventJson<'a> {
    id: String,
    card: Option<&'a str>,
    at: String,
    day: Day,
    kind: &'a str,
    rating: Option<i64>,
    quality: Option<i64>,
    took_ms: Option<i64>,
    device: String,
    counted: bool,
    retracted: bool,
    interval_days: Option<u32>,
    target: Option<String>,
}

/// Shows what happened, to one card or to all.
pub fn run(history: &History, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let card = match &history.card {
        Some(name) => Some(desk.card_named(name)?.card.id),
        None => None,
    };
    let rows = desk.store.history(card.as_ref(), &desk.settings)?;
    if history.json {
        return rows.iter().try_for_each(|row| io.json(&as_json(row)));
    }
    if rows.is_empty() {
        io.note("nothing has happened yet");
        return Ok(());
    }
    for row in &rows {
        let line = in_words(row, card.is_none());
        let line = text::wrap(&line, io.width, "", "    ");
        if row.retracted {
            io.line(line.dimmed())?;
        } else {
            io.line(line)?;
        }
    }
    Ok(())
}

fn as_json(row: &HistoryRow) -> EventJson<'_> {
    let record = &row.record;
    EventJson {
        id: row.id.to_string(),
        card: record.card.as_ref().map(|card| card.as_str()),
        at: record.when.to_rfc3339(),
        day: record.day,
        kind: &record.kind,
        rating: record.rating,
        quality: record.quality,
        took_ms: record.took_ms,
        device: record.device.to_string(),
        counted: row.counted,
        retracted: row.retracted,
        interval_days: row.interval.map(|interval| interval.days()),
        target: record.extra.as_deref().and_then(extra::target).map(|target| target.to_string()),
    }
}

fn in_words(row: &HistoryRow, with_card: bool) -> String {
    let record = &row.record;
    let when = record.when.wall_clock().format("%F %H:%M");
    let card = match &record.card {
        Some(card) if with_card && record.kind != kind::LINKED => format!("  {}", card.as_str()),
        _ => String::new(),
    };
    let rating = record.rating.and_then(Rating::from_number).map_or("", Rating::word);
    let quality = record.quality.map_or(String::new(), |quality| format!(" (q{quality})"));
    let deed = match &*record.kind {
        kind::REVIEWED => format!("{rating}{quality}"),
        kind::PRACTISED => format!("{rating}{quality}, for practice"),
        kind::RETRACTED => {
            let target = record.extra.as_deref().and_then(extra::target);
            format!(
                "took back {}",
                target.map_or("something".into(), |id| id.to_string()[..8].to_owned())
            )
        }
        kind::LINKED => {
            let from = record.extra.as_deref().and_then(extra::from).unwrap_or_default();
            let card = record.card.as_ref().map_or("", |card| card.as_str());
            format!("{card} linked with {from}")
        }
        kind::BURIED => {
            let until = record.extra.as_deref().and_then(extra::until);
            format!("buried{}", until.map_or(String::new(), |day| format!(" until {day}")))
        }
        kind::PLACED => placed(record).unwrap_or_else(|| record.kind.clone().into_owned()),
        kind::RESCHEDULED => match record.extra.as_deref().and_then(extra::interval) {
            Some(interval) => format!("rescheduled, interval {}", days(interval)),
            None => record.kind.clone().into_owned(),
        },
        kind::SUSPENDED if record.extra.as_deref().and_then(extra::because).is_some() => {
            "suspended, as a leech".to_owned()
        }
        other => other.to_owned(),
    };
    let outcome = match (row.retracted, row.interval, &*record.kind) {
        (true, ..) => ", taken back".to_owned(),
        (_, Some(interval), _) => format!(", interval {}", days(interval.days())),
        (_, None, kind::REVIEWED) => ", a repeat".to_owned(),
        _ => String::new(),
    };
    text::one_line(&format!("{when}  {}{card}  {deed}{outcome}", &row.id.to_string()[..8]))
}

/// Returns how a card stood that was learned elsewhere.
fn placed(record: &Record) -> Option<String> {
    let placement = extra::placement(record.extra.as_deref()?, record.day)?;
    let parts = [
        placement.interval.map(|interval| format!("interval {}", days(interval))),
        placement.due.map(|due| format!("due {due}")),
        placement.ease.map(|ease| format!("ease {ease}")),
    ];
    Some(
        std::iter::once("placed".to_owned())
            .chain(parts.into_iter().flatten())
            .collect::<Vec<_>>()
            .join(", "),
    )
}

fn days(count: u32) -> String {
    words::count(count as usize, "day", "days")
}
