//! A card as every command puts it into JSON. Fields are added, never renamed.

use serde::Serialize;

use crate::card::{Answer, Kind};
use crate::schedule::Stage;
use crate::store::Standing;
use crate::time::Day;

/// A card, as scripts see it.
#[derive(Serialize)]
pub struct CardJson<'a> {
    card: &'a str,
    note: &'a str,
    deck: &'a str,
    file: &'a str,
    line: u32,
    kind: Kind,
    front: &'a str,
    back: &'a Answer,
    choices: Option<&'a [String]>,
    need: Option<u32>,
    ordered: bool,
    accept: &'a [String],
    hint: Option<&'a str>,
    why: Option<&'a str>,
    source: Option<&'a str>,
    tags: &'a [String],
    value: Option<u32>,
    category: &'a str,
    stage: Stage,
    suspended: bool,
    buried: bool,
    leech: bool,
    changed: bool,
    due: Option<Day>,
    overdue_days: i64,
    interval_days: Option<u32>,
    repetitions: u32,
    lapses: u32,
    ease: Option<f64>,
    stability: Option<f64>,
    difficulty: Option<f64>,
    retrievability: Option<f64>,
    reviews: u32,
    last_review: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counted: Option<bool>,
}

impl<'a> CardJson<'a> {
    /// Returns a card as it stands on `today`.
    pub fn of(standing: &'a Standing, today: Day) -> CardJson<'a> {
        let (card, schedule) = (&standing.card, standing.schedule);
        let details = &card.details;
        CardJson {
            card: card.id.as_str(),
            note: &card.note,
            deck: &standing.deck,
            file: &standing.file,
            line: card.line,
            kind: card.kind,
            front: &card.front,
            back: &card.back,
            choices: Some(&*details.choices).filter(|choices| !choices.is_empty()),
            need: details.need,
            ordered: details.ordered.unwrap_or(false),
            accept: &details.accept,
            hint: details.hint.as_deref(),
            why: details.why.as_deref(),
            source: details.source.as_deref(),
            tags: &details.tags,
            value: details.value,
            category: &standing.category,
            stage: standing.stage(),
            suspended: standing.suspended,
            buried: standing.buried(today),
            leech: standing.leech(),
            changed: standing.changed.is_some(),
            due: schedule.map(|schedule| schedule.due),
            overdue_days: schedule.map_or(0, |schedule| today.since(schedule.due).max(0)),
            interval_days: schedule.map(|schedule| schedule.interval.days()),
            repetitions: schedule.map_or(0, |schedule| schedule.repetitions),
            lapses: schedule.map_or(0, |schedule| schedule.lapses),
            ease: schedule.and_then(|schedule| schedule.ease).map(|ease| ease.factor()),
            stability: schedule.and_then(|schedule| schedule.stability),
            difficulty: schedule.and_then(|schedule| schedule.difficulty),
            retrievability: schedule.map(|schedule| schedule.retrievability(today)),
            reviews: schedule.map_or(0, |schedule| schedule.reviews),
            last_review: standing.last_review.map(|when| when.to_rfc3339()),
            counted: None,
        }
    }

    /// Returns the same, and whether the answer just given was the day's first.
    pub fn counted(self, counted: bool) -> CardJson<'a> {
        CardJson { counted: Some(counted), ..self }
    }
}
