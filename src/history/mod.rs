//! The history: facts about cards, each about one moment.
//!
//! A [`Record`] is a fact as it is stored and hashed; an [`Event`] is the same fact as far as this
//! version understands it. [`replay`] folds events into what each card has been through. Where
//! facts are kept is `store`'s business.

pub mod extra;
mod facts;
mod replay;

pub use extra::Stake;
pub use facts::{Asked, Fact, Facts, Heading, Untrue};
pub use replay::{Past, Step, by_card, groups, keep_in_force, replay};

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::card::{Answer, CardId, hex};
use crate::schedule::{Ease, Grade, Quality, Rating};
use crate::time::{Day, Moment};

/// The hash of an event's facts: the same on every machine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub [u8; 16]);

/// Which installation made an event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub [u8; 16]);

macro_rules! written_in_hex {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NoId;

            fn from_str(text: &str) -> Result<$name, NoId> {
                let digits = text.as_bytes();
                if digits.len() != 32 {
                    return Err(NoId);
                }
                let mut bytes = [0; 16];
                for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| NoId)?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| NoId)?;
                }
                Ok($name(bytes))
            }
        }
    };
}
written_in_hex!(EventId);
written_in_hex!(DeviceId);

/// A text is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of 32 hexadecimal digits")]
pub struct NoId;

/// One row of the history, as it is stored, hashed and carried to other machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who made it.
    pub device: DeviceId,
    /// Its number there, dense from 1; 0 for what an import brought.
    pub device_seq: i64,
    /// The card it is about, if it is about one.
    pub card: Option<CardId>,
    /// The wording that was asked.
    pub rev: Option<i64>,
    /// When.
    pub when: Moment,
    /// The study day, fixed when the answer was given.
    pub day: Day,
    /// What kind of fact, in its own word.
    pub kind: Cow<'static, str>,
    /// 1 again to 4 easy.
    pub rating: Option<i64>,
    /// 0 to 5, where the learner chose among six.
    pub quality: Option<i64>,
    /// From question to rating, in milliseconds.
    pub took_ms: Option<i64>,
    /// JSON text, kept as it came.
    pub extra: Option<String>,
}

impl Record {
    /// Returns the id, as [`Facts::id`].
    pub fn id(&self) -> EventId {
        Facts::of(self).id()
    }
}

/// A fact as far as this version understands it, about cards named by `C`.
///
/// The library's users name cards by [`CardId`]; `store` folds a million events by its own small
/// integers.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<C = CardId> {
    /// Its id.
    pub id: EventId,
    /// The card it is about, if it is about one.
    pub card: Option<C>,
    /// When. Folds take events in the order (`at_ms`, `id`).
    pub when: Moment,
    /// The study day.
    pub day: Day,
    /// The wording that was asked.
    pub rev: Option<i64>,
    /// What happened.
    pub kind: Kind<C>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<C = CardId> {
    /// An answer that counts for the card's schedule.
    Reviewed(Grade),
    /// An answer that does not: cram, practice.
    Practised(Grade),
    /// The target never was. Final.
    Retracted {
        /// The event that is taken back; it must be about the same card.
        target: EventId,
    },
    /// The card begins anew.
    Reset,
    /// Not asked until resumed.
    Suspended {
        /// The answer that led to it: without that, it never was.
        because: Option<EventId>,
    },
    /// Asked again.
    Resumed,
    /// Not asked before a day.
    Buried {
        /// The first day on which it is asked again.
        until: Day,
    },
    /// This card and another id are one card.
    Linked {
        /// The other id.
        from: C,
    },
    /// The standing of a card that was learned elsewhere.
    Placed(Box<Placement>),
    /// Something that concerns no card's schedule here, or that a newer version made.
    Other,
}

/// The standing of an imported card; what its source did not know is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Placement {
    /// The day from which `interval` counts.
    pub day: Day,
    /// Days.
    pub interval: Option<u32>,
    /// The day it comes back.
    pub due: Option<Day>,
    /// SM-2's ease factor.
    pub ease: Option<Ease>,
    /// Passes in a row.
    pub repetitions: Option<u32>,
    /// Times forgotten.
    pub lapses: Option<u32>,
    /// Days of 90 % recall, by FSRS.
    pub stability: Option<f64>,
    /// 1 to 10, by FSRS.
    pub difficulty: Option<f64>,
}

/// An answer, as a scheduler sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Review {
    /// The event it comes from.
    pub event: EventId,
    /// When.
    pub when: Moment,
    /// The study day.
    pub day: Day,
    /// The wording that was asked, where that is known.
    pub rev: Option<i64>,
    /// How well it was known.
    pub grade: Grade,
}

/// The words under which kinds are stored.
pub mod kind {
    /// An answer that counts.
    pub const REVIEWED: &str = "reviewed";
    /// An answer that does not.
    pub const PRACTISED: &str = "practised";
    /// Undo.
    pub const RETRACTED: &str = "retracted";
    /// Start over.
    pub const RESET: &str = "reset";
    /// Put aside.
    pub const SUSPENDED: &str = "suspended";
    /// Taken up again.
    pub const RESUMED: &str = "resumed";
    /// Put aside until a day.
    pub const BURIED: &str = "buried";
    /// Two ids, one card.
    pub const LINKED: &str = "linked";
    /// An imported standing.
    pub const PLACED: &str = "placed";
    /// A due date that was set elsewhere, and not by an answer. It moves nothing here.
    pub const RESCHEDULED: &str = "rescheduled";
    /// Fitted weights.
    pub const PARAMETERS: &str = "parameters";
}

impl<C> Kind<C> {
    /// Returns the kind that is stored under `word`, with its facts.
    ///
    /// What cannot be understood, because it is newer or its facts are not what the word needs, is
    /// [`Kind::Other`]: stored, carried and skipped. `card_of` turns a text id into `C`.
    pub fn understand(
        word: &str,
        rating: Option<i64>,
        quality: Option<i64>,
        day: Day,
        extra: Option<&str>,
        card_of: impl FnOnce(&str) -> C,
    ) -> Kind<C> {
        let grade = || {
            let rating = rating.and_then(Rating::from_number)?;
            Some(Grade { rating, quality: quality.and_then(Quality::new) })
        };
        let understood = match word {
            kind::REVIEWED => grade().map(Kind::Reviewed),
            kind::PRACTISED => grade().map(Kind::Practised),
            kind::RETRACTED => {
                extra.and_then(extra::target).map(|target| Kind::Retracted { target })
            }
            kind::RESET => Some(Kind::Reset),
            kind::SUSPENDED => Some(Kind::Suspended { because: extra.and_then(extra::because) }),
            kind::RESUMED => Some(Kind::Resumed),
            kind::BURIED => extra.and_then(extra::until).map(|until| Kind::Buried { until }),
            kind::LINKED => {
                extra.and_then(extra::from).map(|from| Kind::Linked { from: card_of(&from) })
            }
            kind::PLACED => {
                let placement = extra.and_then(|extra| extra::placement(extra, day));
                placement.map(|placement| Kind::Placed(Box::new(placement)))
            }
            _ => None,
        };
        understood.unwrap_or(Kind::Other)
    }
}

impl Event {
    /// Returns the event of a record.
    pub fn understand(record: &Record) -> Event {
        Event::of(record, record.id(), record.card.clone(), |from| CardId::new(from))
    }
}

impl<C> Event<C> {
    /// Returns the event of a record whose id and card are known; `card_of` turns a text id into `C`.
    pub fn of(
        record: &Record,
        id: EventId,
        card: Option<C>,
        card_of: impl FnOnce(&str) -> C,
    ) -> Event<C> {
        Event {
            id,
            card,
            when: record.when,
            day: record.day,
            rev: record.rev,
            kind: Kind::understand(
                &record.kind,
                record.rating,
                record.quality,
                record.day,
                record.extra.as_deref(),
                card_of,
            ),
        }
    }
}

/// Where a person's learning is kept apart from another's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LearnerId(pub [u8; 16]);
written_in_hex!(LearnerId);

/// What a person, or the program in their name, did to a card.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Answered it.
    Reviewed(Answered),
    /// Answered it for practice.
    Practised(Answered),
    /// Took an event back.
    Retracted {
        /// Which.
        target: EventId,
    },
    /// Started it over.
    Reset,
    /// Put it aside.
    Suspended {
        /// The answer that led to it, where it was not done by hand.
        because: Option<EventId>,
    },
    /// Took it up again.
    Resumed,
    /// Put it aside until a day.
    Buried {
        /// The first day on which it is asked again.
        until: Day,
    },
    /// Said that it is the same card as another id.
    Linked {
        /// The other id.
        from: CardId,
        /// Whether the program was certain by itself.
        by_itself: bool,
    },
}

/// An answer that a person gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// How well the card was known.
    pub grade: Grade,
    /// From question to rating, in milliseconds.
    pub took_ms: Option<i64>,
    /// What was typed, where something was: a text, or the items of a list.
    pub typed: Option<Answer>,
    /// How sure the person said to be before it, in percent, 0 to 100.
    pub confidence: Option<u8>,
    /// What it won or lost, where it was given on the board.
    pub stake: Option<Stake>,
}

impl Answered {
    /// Returns an answer of which nothing but the grade is known.
    pub fn new(grade: impl Into<Grade>) -> Answered {
        let grade = grade.into();
        Answered { grade, took_ms: None, typed: None, confidence: None, stake: None }
    }

    /// Returns the same with the time that it took, in milliseconds.
    pub fn in_ms(self, took_ms: impl Into<Option<i64>>) -> Answered {
        Answered { took_ms: took_ms.into(), ..self }
    }
}

impl Deed {
    /// Returns the word under which it is stored.
    pub fn word(&self) -> &'static str {
        match self {
            Deed::Reviewed(_) => kind::REVIEWED,
            Deed::Practised(_) => kind::PRACTISED,
            Deed::Retracted { .. } => kind::RETRACTED,
            Deed::Reset => kind::RESET,
            Deed::Suspended { .. } => kind::SUSPENDED,
            Deed::Resumed => kind::RESUMED,
            Deed::Buried { .. } => kind::BURIED,
            Deed::Linked { .. } => kind::LINKED,
        }
    }

    /// Returns the answer in it, if it is one.
    pub fn answer(&self) -> Option<&Answered> {
        match self {
            Deed::Reviewed(answered) | Deed::Practised(answered) => Some(answered),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Histories in a few words.

    use super::*;

    /// Returns an answer on `day`.
    pub fn review_on(day: Day, grade: Grade) -> Step {
        Step::Review(Review {
            event: EventId([0; 16]),
            when: Moment { at_ms: i64::from(day.0) * 86_400_000, utc_offset_s: 0 },
            day,
            rev: None,
            grade,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            device: DeviceId(*b"0123456789abcdef"),
            device_seq: 1,
            card: Some(CardId::new("domains-100")),
            rev: Some(42),
            when: Moment { at_ms: 1_795_500_000_000, utc_offset_s: 3600 },
            day: Day(20_781),
            kind: "reviewed".into(),
            rating: Some(3),
            quality: None,
            took_ms: Some(4200),
            extra: None,
        }
    }

    #[test]
    fn ids_match_the_published_vectors() {
        // docs/history.md has these; another program made them.
        assert_eq!(record().id().to_string(), "9c74a33ebdeae15b0a502bbe5abb7b04");
        let retraction = Record {
            kind: "retracted".into(),
            device_seq: 2,
            rev: None,
            rating: None,
            took_ms: None,
            extra: Some(r#"{"target":"9c74a33ebdeae15b0a502bbe5abb7b04"}"#.into()),
            ..record()
        };
        assert_eq!(retraction.id().to_string(), "18b9b8da453206d77f31e7d5266470e6");
        let parameters = Record {
            card: None,
            kind: "parameters".into(),
            extra: Some("{\"scope\":\"é\"}".into()),
            ..retraction
        };
        assert_eq!(parameters.id().to_string(), "f403e5ed18ec6833d49ef6c3b1a8c35f");
    }

    #[test]
    fn every_fact_is_in_the_id() {
        let base = record();
        let others = [
            Record { device: DeviceId([7; 16]), ..base.clone() },
            Record { device_seq: 2, ..base.clone() },
            Record { card: None, ..base.clone() },
            Record { rev: None, ..base.clone() },
            Record { when: Moment { at_ms: 0, ..base.when }, ..base.clone() },
            Record { when: Moment { utc_offset_s: 0, ..base.when }, ..base.clone() },
            Record { day: Day(0), ..base.clone() },
            Record { kind: "practised".into(), ..base.clone() },
            Record { rating: Some(4), ..base.clone() },
            Record { quality: Some(4), ..base.clone() },
            Record { took_ms: None, ..base.clone() },
            Record { extra: Some(String::new()), ..base.clone() },
        ];
        let mut ids: Vec<_> = others.iter().map(Record::id).collect();
        ids.push(base.id());
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), others.len() + 1);
    }

    #[test]
    fn a_kind_that_lacks_its_facts_is_carried_and_skipped() {
        let understand = |word, rating, extra| {
            Kind::understand(word, rating, None, Day(0), extra, |card| CardId::new(card))
        };
        for (word, rating, extra) in [
            ("guessed", Some(3), None),
            ("reviewed", None, None),
            ("reviewed", Some(9), None),
            ("retracted", None, Some("{}")),
            ("retracted", None, Some("not json")),
            ("buried", None, None),
            ("linked", None, Some(r#"{"from":7}"#)),
        ] {
            assert_eq!(understand(word, rating, extra), Kind::Other, "{word} {extra:?}");
        }
    }
}
