//! What the database of a package holds, as far as it is understood here.

use std::collections::BTreeMap;

use super::wire;

/// A collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collection {
    /// When it was made, in seconds: 04:00 of its first day.
    pub created: i64,
    /// Minutes west of UTC at that time; `None` where it does not say so.
    pub minutes_west: Option<i64>,
    /// The hour at which a day begins.
    pub rollover: Option<i64>,
    /// Whether it is of the first scheduler, whose buttons were three while learning.
    pub first_scheduler: bool,
    /// The kinds of notes, by id.
    pub notetypes: BTreeMap<i64, Notetype>,
    /// The decks, by id.
    pub decks: BTreeMap<i64, Deck>,
    /// The notes.
    pub notes: Vec<Note>,
    /// The cards.
    pub cards: Vec<Card>,
    /// The answers, by card and time.
    pub reviews: Vec<Review>,
}

/// A kind of notes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notetype {
    /// Its name.
    pub name: String,
    /// Whether its cards are gaps.
    pub cloze: bool,
    /// The names of its fields.
    pub fields: Vec<String>,
    /// What its cards look like.
    pub templates: Vec<Template>,
}

/// What a card of a note looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// A deck.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deck {
    /// Its name, `::` between its levels.
    pub name: String,
    /// Whether it only borrows its cards.
    pub filtered: bool,
    /// What is said of it.
    pub description: String,
}

/// A note.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// Its number.
    pub id: i64,
    /// What it is known by everywhere.
    pub guid: String,
    /// Its kind.
    pub notetype: i64,
    /// Its tags, with blanks between them.
    pub tags: String,
    /// Its fields.
    pub fields: Vec<String>,
}

/// A card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    /// Its number.
    pub id: i64,
    /// Its note.
    pub note: i64,
    /// Its deck.
    pub deck: i64,
    /// Which template, or which gap from 0.
    pub ord: i64,
    /// When something was last done with it there, in seconds.
    pub modified: i64,
    /// 0 new, 1 learning, 2 review, 3 relearning.
    pub kind: i64,
    /// −1 suspended, −2 and −3 buried.
    pub queue: i64,
    /// Position, day or second.
    pub due: i64,
    /// Days.
    pub interval: i64,
    /// Ease in thousandths.
    pub factor: i64,
    /// Answers.
    pub answers: i64,
    /// Times forgotten.
    pub lapses: i64,
    /// The due day at home, while it is borrowed.
    pub home_due: i64,
    /// The deck that it is borrowed from, or 0.
    pub home_deck: i64,
    /// JSON of what else is known.
    pub data: String,
}

/// An answer, or what was done instead of one. There are many: they are kept small, and a number
/// that has no room is the largest that has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// When, in milliseconds.
    pub at_ms: i64,
    /// Which card.
    pub card: i64,
    /// The interval after it: days, or seconds below 0.
    pub interval: i32,
    /// Ease in thousandths after it.
    pub factor: i32,
    /// Milliseconds that it took.
    pub took_ms: i32,
    /// The button, or 0.
    pub button: i8,
    /// 0 learning, 1 review, 2 relearning, 3 filtered, 4 by hand, 5 rescheduled.
    pub kind: i8,
}

impl Notetype {
    /// Returns the kinds of notes of the older schema, which are JSON.
    pub fn all_of_json(models: &str) -> Option<BTreeMap<i64, Notetype>> {
        let models: serde_json::Value = serde_json::from_str(models).ok()?;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        models
            .as_object()?
            .iter()
            .map(|(id, model)| {
                let list = |key: &str| model[key].as_array().cloned().unwrap_or_default();
                let template = |it: &serde_json::Value| Template {
                    name: text(&it["name"]),
                    question: text(&it["qfmt"]),
                    answer: text(&it["afmt"]),
                };
                let notetype = Notetype {
                    name: text(&model["name"]),
                    cloze: model["type"].as_i64() == Some(1),
                    fields: list("flds").iter().map(|field| text(&field["name"])).collect(),
                    templates: list("tmpls").iter().map(template).collect(),
                };
                Some((id.parse().ok()?, notetype))
            })
            .collect()
    }

    /// Whether the settings of a kind of notes, of the newer schema, say that its cards are gaps.
    pub fn is_cloze(config: &[u8]) -> bool {
        wire::fields(config).is_some_and(|fields| wire::number_of(&fields, 1) == 1)
    }
}

impl Template {
    /// Returns a template of the newer schema.
    pub fn of_config(name: String, config: &[u8]) -> Template {
        let fields = wire::fields(config).unwrap_or_default();
        let text = |number| {
            let bytes = wire::bytes_of(&fields, number).unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned()
        };
        Template { name, question: text(1), answer: text(2) }
    }
}

impl Deck {
    /// Returns the decks of the older schema, which are JSON.
    pub fn all_of_json(decks: &str) -> Option<BTreeMap<i64, Deck>> {
        let decks: serde_json::Value = serde_json::from_str(decks).ok()?;
        decks
            .as_object()?
            .iter()
            .map(|(id, deck)| {
                let name = deck["name"].as_str().unwrap_or_default().to_owned();
                let filtered = deck["dyn"].as_i64().unwrap_or(0) != 0;
                let description = deck["desc"].as_str().unwrap_or_default().to_owned();
                Some((id.parse().ok()?, Deck { name, filtered, description }))
            })
            .collect()
    }

    /// Returns a deck of the newer schema.
    pub fn of_kind(name: &str, kind: &[u8]) -> Deck {
        let fields = wire::fields(kind).unwrap_or_default();
        let filtered = wire::bytes_of(&fields, 2).is_some();
        let normal = wire::bytes_of(&fields, 1).and_then(wire::fields).unwrap_or_default();
        let said = wire::bytes_of(&normal, 4).unwrap_or_default();
        let description = String::from_utf8_lossy(said).into_owned();
        Deck { name: name.replace('\u{1f}', "::"), filtered, description }
    }
}
