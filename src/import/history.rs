//! NDJSON that [`crate::export::history`] wrote, or another program -> facts.
//!
//! Whatever the bytes are, a fact comes out as it went in, or its line is named: what a line says
//! of itself (an event's id, a wording's rev) is held against the rest of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, Read};

use serde::Deserialize;

use crate::export::history::{Announced, FORMAT, VERSION};
use crate::history::{Asked, DeviceId, Fact, Facts, Heading, LearnerId, Untrue};

/// A longer line is no fact, in bytes.
pub const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// A longer first line is no heading, in bytes.
const LONGEST_HEADING: usize = 64 * 1024 * 1024;
/// Nobody has more devices.
const MOST_DEVICES: usize = 10_000;

/// Why a file is no history that can be read.
#[derive(Debug, thiserror::Error)]
pub enum NoHistory {
    /// It is something else.
    #[error("no history of retain")]
    Foreign,
    /// A newer version wrote it.
    #[error(
        "written by a newer version of retain (history format {found}, this one knows {VERSION})"
    )]
    Newer {
        /// Its version.
        found: i64,
    },
    /// It cannot be read at all.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Why a line is left out.
#[derive(Debug, thiserror::Error)]
pub enum LeftOut {
    /// It is longer than any fact.
    #[error("longer than {} MiB", LONGEST_LINE >> 20)]
    TooLong,
    /// Its bytes are no text.
    #[error("not UTF-8")]
    NotUtf8,
    /// It is no JSON object with the fields of a fact.
    #[error("{0}")]
    NotJson(String),
    /// It has a type that this version does not know.
    #[error("{0:?} is no type of line")]
    Type(String),
    /// A field that its type needs is not there.
    #[error("no `{0}`")]
    Missing(&'static str),
    /// A field that its type does not have.
    #[error("`{0}` does not belong here")]
    Stray(&'static str),
    /// An id is not written as one.
    #[error("`{0}` is not 32 hexadecimal digits")]
    NoId(&'static str),
    /// It is about a device that no line above names.
    #[error("no line above has its device")]
    Device,
    /// There are more devices than anybody has.
    #[error("more than {MOST_DEVICES} devices")]
    Devices,
    /// It is not what it says.
    #[error("{0}")]
    Untrue(#[from] Untrue),
}

/// A history being read, line by line.
pub struct Reader<R> {
    input: R,
    number: usize,
    devices: HashSet<DeviceId>,
}

impl<R: BufRead> Reader<R> {
    /// Reads the heading.
    ///
    /// # Errors
    ///
    /// If this is no history, or not one that this version can read.
    pub fn begin(mut input: R) -> Result<(Heading, Reader<R>), NoHistory> {
        let first = match line(&mut input, LONGEST_HEADING)? {
            Some(Ok(first)) => first,
            _ => return Err(NoHistory::Foreign),
        };
        let first = first.trim_start_matches('\u{feff}');
        let announced: Announced = serde_json::from_str(first).map_err(|_| NoHistory::Foreign)?;
        if announced.format != FORMAT || announced.version < 1 {
            return Err(NoHistory::Foreign);
        }
        if announced.version > VERSION {
            return Err(NoHistory::Newer { found: announced.version });
        }
        #[derive(Deserialize)]
        struct Whose {
            learner: Option<String>,
            #[serde(default)]
            anonymous: bool,
            #[serde(default)]
            cards: BTreeMap<String, String>,
        }
        let whose: Whose = serde_json::from_str(first).map_err(|_| NoHistory::Foreign)?;
        let learner: Option<LearnerId> = match whose.learner {
            Some(learner) => Some(learner.parse().map_err(|_| NoHistory::Foreign)?),
            None => None,
        };
        let reader = Reader { input, number: 1, devices: HashSet::new() };
        let decks = whose.cards.into_iter().collect();
        Ok((Heading { learner, decks, anonymous: whose.anonymous }, reader))
    }

    /// Returns the next fact with the number of its line, or why the line is none; `None` at the
    /// end. Empty lines are passed over.
    ///
    /// # Errors
    ///
    /// What the input says.
    pub fn next_fact(&mut self) -> io::Result<Option<(usize, Result<Fact<'static>, LeftOut>)>> {
        loop {
            let Some(line) = line(&mut self.input, LONGEST_LINE)? else { return Ok(None) };
            self.number += 1;
            let fact = match line {
                Ok(line) if line.trim().is_empty() => continue,
                Ok(line) => fact(&line).and_then(|fact| self.known(fact)),
                Err(problem) => Err(problem),
            };
            return Ok(Some((self.number, fact)));
        }
    }

    /// Returns a fact if it is what it says, and by a device that was named.
    fn known(&mut self, fact: Fact<'static>) -> Result<Fact<'static>, LeftOut> {
        fact.check()?;
        match &fact {
            Fact::Device { id, .. } => {
                if self.devices.len() >= MOST_DEVICES && !self.devices.contains(id) {
                    return Err(LeftOut::Devices);
                }
                self.devices.insert(*id);
            }
            Fact::Event { facts, .. } if !self.devices.contains(&facts.device) => {
                return Err(LeftOut::Device);
            }
            Fact::Event { .. } | Fact::Asked(_) => {}
        }
        Ok(fact)
    }
}

/// Returns the next line without its end, or why it is none; `None` at the end of the input.
fn line(input: &mut impl BufRead, longest: usize) -> io::Result<Option<Result<String, LeftOut>>> {
    let mut bytes = Vec::new();
    if Read::take(&mut *input, longest as u64 + 1).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() > longest {
        // Skipped in pieces, so that a line without an end costs no memory.
        while bytes.last() != Some(&b'\n') {
            bytes.clear();
            if Read::take(&mut *input, 1 << 16).read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
        }
        return Ok(Some(Err(LeftOut::TooLong)));
    }
    Ok(Some(String::from_utf8(bytes).map_err(|_| LeftOut::NotUtf8)))
}

/// The fields of every type of line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    r#type: String,
    id: Option<String>,
    learner: Option<String>,
    device: Option<String>,
    device_seq: Option<i64>,
    card: Option<String>,
    rev: Option<i64>,
    front: Option<String>,
    back: Option<String>,
    accept: Option<String>,
    deck: Option<String>,
    at_ms: Option<i64>,
    utc_offset_s: Option<i64>,
    day: Option<i64>,
    kind: Option<String>,
    rating: Option<i64>,
    quality: Option<i64>,
    took_ms: Option<i64>,
    extra: Option<String>,
}

fn fact(text: &str) -> Result<Fact<'static>, LeftOut> {
    let line: Line = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        // The place in the line says nothing that the line's number does not.
        LeftOut::NotJson(message.split(" at line 1 ").next().unwrap_or(&message).to_owned())
    })?;
    line.refuse_strays()?;
    match line.r#type.as_str() {
        "device" => Ok(Fact::Device {
            id: id("id", line.id)?,
            learner: match line.learner {
                Some(learner) => Some(id("learner", Some(learner))?),
                None => None,
            },
        }),
        "wording" => Ok(Fact::Asked(Asked {
            card: text_of("card", line.card)?,
            rev: there("rev", line.rev)?,
            front: text_of("front", line.front)?,
            back: text_of("back", line.back)?,
            accept: text_of("accept", line.accept)?,
            deck: line.deck.map(Cow::Owned),
        })),
        "event" => Ok(Fact::Event {
            id: id("id", line.id)?,
            facts: Facts {
                device: id("device", line.device)?,
                device_seq: there("device_seq", line.device_seq)?,
                card: line.card.map(Cow::Owned),
                rev: line.rev,
                at_ms: there("at_ms", line.at_ms)?,
                utc_offset_s: there("utc_offset_s", line.utc_offset_s)?,
                day: there("day", line.day)?,
                kind: text_of("kind", line.kind)?,
                rating: line.rating,
                quality: line.quality,
                took_ms: line.took_ms,
                extra: line.extra.map(Cow::Owned),
            },
        }),
        other => Err(LeftOut::Type(other.chars().take(40).collect())),
    }
}

impl Line {
    /// Refuses a field of another type of line: it would be lost without a word.
    fn refuse_strays(&self) -> Result<(), LeftOut> {
        let kind = self.r#type.as_str();
        let event = kind == "event";
        let wording = kind == "wording";
        let strays = [
            ("learner", kind != "device" && self.learner.is_some()),
            ("id", wording && self.id.is_some()),
            ("card", kind == "device" && self.card.is_some()),
            ("rev", kind == "device" && self.rev.is_some()),
            ("front", !wording && self.front.is_some()),
            ("back", !wording && self.back.is_some()),
            ("accept", !wording && self.accept.is_some()),
            ("deck", !wording && self.deck.is_some()),
            ("device", !event && self.device.is_some()),
            ("device_seq", !event && self.device_seq.is_some()),
            ("at_ms", !event && self.at_ms.is_some()),
            ("utc_offset_s", !event && self.utc_offset_s.is_some()),
            ("day", !event && self.day.is_some()),
            ("kind", !event && self.kind.is_some()),
            ("rating", !event && self.rating.is_some()),
            ("quality", !event && self.quality.is_some()),
            ("took_ms", !event && self.took_ms.is_some()),
            ("extra", !event && self.extra.is_some()),
        ];
        let known = event || wording || kind == "device";
        match strays.into_iter().find(|(_, stray)| known && *stray) {
            Some((name, _)) => Err(LeftOut::Stray(name)),
            None => Ok(()),
        }
    }
}

fn there<T>(name: &'static str, value: Option<T>) -> Result<T, LeftOut> {
    value.ok_or(LeftOut::Missing(name))
}

fn text_of(name: &'static str, value: Option<String>) -> Result<Cow<'static, str>, LeftOut> {
    there(name, value).map(Cow::Owned)
}

fn id<T: std::str::FromStr>(name: &'static str, value: Option<String>) -> Result<T, LeftOut> {
    there(name, value)?.parse().map_err(|_| LeftOut::NoId(name))
}
