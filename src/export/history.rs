//! A whole history as NDJSON: a heading, and a line for each fact.
//!
//! `docs/history.md` publishes the format; [`crate::import::history`] reads it.

use std::io::{self, Write};

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::history::{Fact, Heading};
use crate::text;

/// The name of the format.
pub const FORMAT: &str = "retain-history";

/// Its version; a reader refuses what is newer.
pub const VERSION: i64 = 1;

#[derive(Serialize)]
struct HeadingLine<'a> {
    format: &'static str,
    version: i64,
    learner: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    anonymous: bool,
    #[serde(serialize_with = "as_map")]
    cards: &'a [(String, String)],
}

/// A fact as it is written: every line has its type, and the fields that belong to it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Device {
        id: String,
        learner: Option<String>,
    },
    Wording {
        card: &'a str,
        rev: i64,
        front: &'a str,
        back: &'a str,
        accept: &'a str,
        deck: Option<&'a str>,
    },
    Event {
        id: String,
        device: String,
        device_seq: i64,
        card: Option<&'a str>,
        rev: Option<i64>,
        at_ms: i64,
        utc_offset_s: i64,
        day: i64,
        kind: &'a str,
        rating: Option<i64>,
        quality: Option<i64>,
        took_ms: Option<i64>,
        extra: Option<&'a str>,
    },
}

/// Writes what stands above the facts.
///
/// # Errors
///
/// What `out` says.
pub fn write_heading(heading: &Heading, out: &mut impl Write) -> io::Result<()> {
    write_line(
        &HeadingLine {
            format: FORMAT,
            version: VERSION,
            learner: heading.learner.map(|learner| learner.to_string()),
            anonymous: heading.anonymous,
            cards: &heading.decks,
        },
        out,
    )
}

/// Writes a fact.
///
/// # Errors
///
/// What `out` says.
pub fn write(fact: &Fact<'_>, out: &mut impl Write) -> io::Result<()> {
    let line = match fact {
        Fact::Device { id, learner } => {
            Line::Device { id: id.to_string(), learner: learner.map(|learner| learner.to_string()) }
        }
        Fact::Asked(asked) => Line::Wording {
            card: &asked.card,
            rev: asked.rev,
            front: &asked.front,
            back: &asked.back,
            accept: &asked.accept,
            deck: asked.deck.as_deref(),
        },
        Fact::Event { id, facts } => Line::Event {
            id: id.to_string(),
            device: facts.device.to_string(),
            device_seq: facts.device_seq,
            card: facts.card.as_deref(),
            rev: facts.rev,
            at_ms: facts.at_ms,
            utc_offset_s: facts.utc_offset_s,
            day: facts.day,
            kind: &facts.kind,
            rating: facts.rating,
            quality: facts.quality,
            took_ms: facts.took_ms,
            extra: facts.extra.as_deref(),
        },
    };
    write_line(&line, out)
}

fn write_line(line: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let json = serde_json::to_string(line)?;
    out.write_all(text::inert(&json).as_bytes())?;
    out.write_all(b"\n")
}

fn as_map<S: Serializer>(decks: &&[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(decks.len()))?;
    for (card, deck) in *decks {
        map.serialize_entry(card, deck)?;
    }
    map.end()
}

/// The start of a heading, which every version has.
#[derive(Deserialize)]
pub(crate) struct Announced {
    pub format: String,
    pub version: i64,
}
