//! Histories and decks in a few words.

use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;
use retain::card::CardId;
use retain::deck::{DeckFile, FileState, Pulled, Sources, load};
use retain::history::{DeviceId, EventId, Record};
use retain::schedule::Rating;
use retain::time::{Day, Moment, Rollover};
use sha2::{Digest, Sha256};

pub const DAY_MS: i64 = 86_400_000;
/// 2026-11-24.
pub const FIRST_DAY: i32 = 20_781;

/// Returns noon of a day, and so many milliseconds.
pub fn moment(day: i32, ms: i64) -> Moment {
    Moment { at_ms: i64::from(day) * DAY_MS + DAY_MS / 2 + ms, utc_offset_s: 0 }
}

/// Returns a record of another device.
pub fn record(device: u8, seq: i64, card: &str, when: Moment, kind: &str) -> Record {
    Record {
        device: DeviceId([device; 16]),
        device_seq: seq,
        card: Some(CardId::new(card)),
        rev: None,
        when,
        day: when.day(Rollover::default()),
        kind: kind.to_owned().into(),
        rating: None,
        quality: None,
        took_ms: None,
        extra: None,
    }
}

pub fn target(id: EventId) -> Option<String> {
    Some(format!("{{\"target\":\"{id}\"}}"))
}

/// One event, before it is known which others there are.
#[derive(Clone, Debug)]
pub struct Raw {
    card: usize,
    other: usize,
    day: i32,
    ms: i64,
    kind: usize,
    rating: i64,
    index: Index,
}

fn raw() -> impl Strategy<Value = Raw> {
    (0..5_usize, 0..6_usize, 0..50_i32, 0..3_i64, 0..16_usize, 1..=4_i64, any::<Index>()).prop_map(
        |(card, other, day, ms, kind, rating, index)| Raw {
            card,
            other,
            day: FIRST_DAY + day,
            ms,
            kind,
            rating,
            index,
        },
    )
}

pub fn name(card: usize) -> String {
    format!("card-{card}")
}

/// Returns what `raw` comes to after `before`.
pub fn made(raw: &Raw, seq: i64, before: &[Record]) -> Record {
    let card = name(raw.card);
    let base = record(1, seq, &card, moment(raw.day, raw.ms), "");
    let of = |kind: &str, extra: Option<String>| Record {
        kind: kind.to_owned().into(),
        extra,
        ..base.clone()
    };
    match raw.kind {
        0..=6 => Record { rating: Some(raw.rating), ..of("reviewed", None) },
        7 => Record { rating: Some(raw.rating), ..of("practised", None) },
        8 => of("reset", None),
        9 if !before.is_empty() && raw.index.get(before).kind == "reviewed" => {
            let led_to = raw.index.get(before);
            let because = format!("{{\"because\":\"{}\"}}", led_to.id());
            Record { card: led_to.card.clone(), ..of("suspended", Some(because)) }
        }
        9 => of("suspended", None),
        10 => of("resumed", None),
        11 => of("buried", Some(format!("{{\"until\":\"{}\"}}", Day(raw.day + 3)))),
        12 => of("linked", Some(format!("{{\"from\":{:?}}}", name(raw.other)))),
        13 => of("placed", Some(format!("{{\"interval\":{},\"ease\":2.1}}", 3 + raw.rating))),
        14 => Record { rating: Some(9), ..of("guessed", Some("no json".into())) },
        _ if before.is_empty() => of("retracted", Some("{}".into())),
        _ => {
            // Mostly as it should be: with the card of its target.
            let taken = raw.index.get(before);
            let card = if raw.rating == 4 { base.card.clone() } else { taken.card.clone() };
            Record { card, ..of("retracted", target(taken.id())) }
        }
    }
}

/// Histories of a few cards, with every kind of event.
pub fn histories(most: usize) -> impl Strategy<Value = Vec<Record>> {
    proptest::collection::vec(raw(), 0..most).prop_map(|raws| {
        let mut records = Vec::new();
        for (seq, raw) in raws.iter().enumerate() {
            let next = made(raw, seq as i64 + 1, &records);
            records.push(next);
        }
        records
    })
}

/// One more event that is in none of them.
pub fn one_more() -> impl Strategy<Value = Raw> {
    raw()
}

pub fn ratings() -> impl Strategy<Value = Rating> {
    proptest::sample::select(Rating::ALL.to_vec())
}

/// A note of a deck in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    pub id: Option<String>,
    pub front: String,
    pub back: String,
    pub reverse: bool,
}

/// A deck in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryDeck {
    pub delphi: bool,
    pub gone: bool,
    pub notes: Vec<Option<Words>>,
}

/// Decks in memory.
#[derive(Clone, Debug, Default)]
pub struct Decks {
    pub decks: Vec<MemoryDeck>,
    /// Whether files are at rest, so that their state is believed.
    pub settled: bool,
}

impl Decks {
    fn text(deck: &MemoryDeck, number: usize) -> String {
        let mut text = format!("deck: Deck {number}\n");
        if deck.delphi {
            text += "options: {sm2_profile: delphi}\n";
        }
        text += "cards:\n";
        for note in deck.notes.iter().flatten() {
            text += "- {";
            if let Some(id) = &note.id {
                text += &format!("id: {id}, ");
            }
            text += &format!("front: {:?}, back: {:?}", note.front, note.back);
            text += if note.reverse { ", reverse: true}\n" } else { "}\n" };
        }
        if deck.notes.iter().flatten().next().is_none() {
            text = text.replace("cards:\n", "cards: []\n");
        }
        text
    }
}

impl Sources for Decks {
    fn files(&mut self) -> Vec<DeckFile> {
        let there = self.decks.iter().enumerate().filter(|(_, deck)| !deck.gone);
        there
            .map(|(number, deck)| DeckFile {
                path: PathBuf::from(format!("/memory/deck-{number}.yaml")),
                shown: format!("decks/deck-{number}.yaml"),
                deck: format!("deck-{number}"),
                state: FileState {
                    text: format!("{:?}", Sha256::digest(Decks::text(deck, number))),
                    settled: self.settled,
                },
            })
            .collect()
    }

    fn pull(&mut self, file: &DeckFile, known: Option<[u8; 32]>) -> Pulled {
        let number: usize = file.deck.strip_prefix("deck-").unwrap().parse().unwrap();
        let read = load::read(Decks::text(&self.decks[number], number).as_bytes(), &file.shown);
        if known == Some(read.hash) { Pulled::Unchanged } else { Pulled::Read(Box::new(read)) }
    }
}
