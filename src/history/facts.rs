//! Facts on their way between machines: every column as it is stored, whatever it means.
//!
//! An [`Event`](super::Event) is what this version understands of a fact; what is carried is all of
//! it. Ids and revs are hashes of the rest, so that what arrives can be held against them.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::{DeviceId, EventId, LearnerId, Record};
use crate::card::rev_of;

/// The columns of an event, other than its id and where it stands in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Who made it.
    pub device: DeviceId,
    /// Its number there.
    pub device_seq: i64,
    /// The card it is about.
    pub card: Option<Cow<'a, str>>,
    /// The wording that was asked.
    pub rev: Option<i64>,
    /// Unix time in milliseconds.
    pub at_ms: i64,
    /// Wall clock minus UTC, in seconds.
    pub utc_offset_s: i64,
    /// Study day since 1970-01-01.
    pub day: i64,
    /// What kind of fact, in its own word.
    pub kind: Cow<'a, str>,
    /// 1 again to 4 easy.
    pub rating: Option<i64>,
    /// 0 to 5, where the learner chose among six.
    pub quality: Option<i64>,
    /// From question to rating, in milliseconds.
    pub took_ms: Option<i64>,
    /// JSON text, as it came.
    pub extra: Option<Cow<'a, str>>,
}

fn own(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl<'a> Facts<'a> {
    /// Returns the same with texts of its own.
    pub fn into_owned(self) -> Facts<'static> {
        Facts { card: self.card.map(own), kind: own(self.kind), extra: self.extra.map(own), ..self }
    }

    /// Returns the columns of a record.
    pub fn of(record: &'a Record) -> Facts<'a> {
        Facts {
            device: record.device,
            device_seq: record.device_seq,
            card: record.card.as_ref().map(|card| Cow::Borrowed(card.as_str())),
            rev: record.rev,
            at_ms: record.when.at_ms,
            utc_offset_s: record.when.utc_offset_s.into(),
            day: record.day.0.into(),
            kind: Cow::Borrowed(&record.kind),
            rating: record.rating,
            quality: record.quality,
            took_ms: record.took_ms,
            extra: record.extra.as_deref().map(Cow::Borrowed),
        }
    }

    /// Returns the id: the first 16 bytes of SHA-256 over the facts, as `docs/history.md` says.
    pub fn id(&self) -> EventId {
        let mut hash = Fields(Vec::with_capacity(256)); // enough for nearly all
        hash.0.extend_from_slice(b"retain-event-1");
        hash.field(Some(&self.device.0));
        hash.number(Some(self.device_seq));
        hash.field(self.card.as_deref().map(str::as_bytes));
        for number in [self.rev, Some(self.at_ms), Some(self.utc_offset_s), Some(self.day)] {
            hash.number(number);
        }
        hash.field(Some(self.kind.as_bytes()));
        for number in [self.rating, self.quality, self.took_ms] {
            hash.number(number);
        }
        hash.field(self.extra.as_deref().map(str::as_bytes));
        let mut id = [0; 16];
        id.copy_from_slice(&Sha256::digest(&hash.0)[..16]);
        EventId(id)
    }
}

/// What is hashed: fields, each behind its length.
struct Fields(Vec<u8>);

impl Fields {
    fn field(&mut self, bytes: Option<&[u8]>) {
        let length = bytes.map_or(u32::MAX, |bytes| bytes.len() as u32);
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(bytes.unwrap_or_default());
    }

    /// Takes a number as decimal text.
    fn number(&mut self, number: Option<i64>) {
        let mut text = itoa::Buffer::new();
        self.field(number.map(|number| text.format(number).as_bytes()));
    }
}

/// A text that a card was asked with, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The card's text id.
    pub card: Cow<'a, str>,
    /// What stands for the texts.
    pub rev: i64,
    /// The question.
    pub front: Cow<'a, str>,
    /// JSON: a text or a list of texts.
    pub back: Cow<'a, str>,
    /// JSON: a list of texts.
    pub accept: Cow<'a, str>,
    /// The deck it stood in then.
    pub deck: Option<Cow<'a, str>>,
}

/// Something that one history tells another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// There is a device.
    Device {
        /// Its id.
        id: DeviceId,
        /// Whose it is; `None` for a source of imports.
        learner: Option<LearnerId>,
    },
    /// A card was asked with these texts.
    Asked(Asked<'a>),
    /// Something happened.
    Event {
        /// What is said to be the hash of the facts.
        id: EventId,
        /// The facts.
        facts: Facts<'a>,
    },
}

/// Why a fact is not what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrue {
    /// An event was changed on its way, or its id was made otherwise.
    #[error("its id is not the hash of its facts")]
    Id,
    /// The same of a wording.
    #[error("its rev is not the hash of its texts")]
    Rev,
}

impl Fact<'_> {
    /// Holds a fact against its own hash.
    ///
    /// # Errors
    ///
    /// If it is another one than it says.
    pub fn check(&self) -> Result<(), Untrue> {
        match self {
            Fact::Device { .. } => Ok(()),
            Fact::Asked(asked) if rev_of(&asked.front, &asked.back, &asked.accept) == asked.rev => {
                Ok(())
            }
            Fact::Asked(_) => Err(Untrue::Rev),
            Fact::Event { id, facts } if facts.id() == *id => Ok(()),
            Fact::Event { .. } => Err(Untrue::Id),
        }
    }

    /// Returns the same with texts of its own.
    pub fn into_owned(self) -> Fact<'static> {
        match self {
            Fact::Device { id, learner } => Fact::Device { id, learner },
            Fact::Asked(asked) => Fact::Asked(Asked {
                card: own(asked.card),
                rev: asked.rev,
                front: own(asked.front),
                back: own(asked.back),
                accept: own(asked.accept),
                deck: asked.deck.map(own),
            }),
            Fact::Event { id, facts } => Fact::Event { id, facts: facts.into_owned() },
        }
    }
}

/// What stands above the facts of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Whose history it is, if anything ever happened there.
    pub learner: Option<LearnerId>,
    /// The deck of each card, by the card's text id.
    pub decks: Vec<(String, String)>,
    /// Whether learner, devices and events have other names than where it came from.
    pub anonymous: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_hash_of_all_facts_however_long_they_are() {
        for length in (0..700).step_by(7) {
            let extra = "x".repeat(length);
            let facts = Facts {
                device: DeviceId([7; 16]),
                device_seq: 3,
                card: Some("a".into()),
                rev: None,
                at_ms: 1_700_000_000_000,
                utc_offset_s: -3_600,
                day: 19_000,
                kind: "later".into(),
                rating: Some(4),
                quality: None,
                took_ms: None,
                extra: Some(extra.as_str().into()),
            };
            let mut bytes = b"retain-event-1".to_vec();
            let mut field = |text: Option<&[u8]>| {
                let length = text.map_or(u32::MAX, |text| text.len() as u32);
                bytes.extend(length.to_le_bytes());
                bytes.extend(text.unwrap_or_default());
            };
            field(Some(&[7; 16]));
            field(Some(b"3"));
            field(Some(b"a"));
            field(None);
            field(Some(b"1700000000000"));
            field(Some(b"-3600"));
            field(Some(b"19000"));
            field(Some(b"later"));
            field(Some(b"4"));
            field(None);
            field(None);
            field(Some(extra.as_bytes()));
            assert_eq!(facts.id().0, Sha256::digest(&bytes)[..16], "{length}");
        }
    }
}
