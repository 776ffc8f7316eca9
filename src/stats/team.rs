//! Several people's histories side by side, as a lead reads them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::{Logged, Tally, each_answer};
use crate::card::CardId;
use crate::history::{
    Asked, Event, EventId, Facts, Kind, extra, groups, keep_in_force, kind, replay,
};
use crate::schedule::Scheduler;
use crate::schedule::sm2::Sm2;
use crate::time::{Day, Moment};

/// A card is known that is at least so likely to be recalled.
const KNOWN: f64 = 0.9;
/// So many of the weakest cards are named.
const MOST_WEAK: usize = 20;

/// What one person's files say, as it is read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// How the person is called here.
    pub name: String,
    /// The names of the files.
    pub files: Vec<String>,
    /// The deck that each card stood in.
    decks: HashMap<CardId, String>,
    /// The questions that each card was asked with, by their wordings.
    fronts: HashMap<CardId, BTreeMap<i64, String>>,
    /// When each card was last asked with a known wording, and with which.
    last_asked: HashMap<CardId, (i64, i64)>,
    numbers: HashMap<CardId, i64>,
    cards: Vec<CardId>,
    logged: Vec<Logged>,
    seen: BTreeSet<EventId>,
}

impl Reading {
    /// Returns an empty one, of a person who is called so here.
    pub fn of(name: String) -> Reading {
        Reading { name, ..Reading::default() }
    }

    /// Says in which deck a card stands.
    pub fn stands(&mut self, card: &str, deck: &str) {
        self.decks.insert(CardId::new(card), deck.to_owned());
    }

    /// Says what a card was asked with, and in which deck it stood then.
    pub fn asked(&mut self, asked: &Asked<'_>) {
        let card = CardId::new(&*asked.card);
        if let Some(deck) = asked.deck.as_deref() {
            self.decks.entry(card.clone()).or_insert_with(|| deck.to_owned());
        }
        self.fronts.entry(card).or_default().insert(asked.rev, asked.front.to_string());
    }

    /// Returns the question that a card was last asked with.
    fn front(&self, card: &CardId) -> Option<&String> {
        let fronts = self.fronts.get(card)?;
        let last = self.last_asked.get(card).and_then(|(_, rev)| fronts.get(rev));
        last.or_else(|| fronts.values().next())
    }

    /// Takes an event; one that is there already, from another file, makes no difference.
    pub fn happened(&mut self, id: EventId, facts: &Facts<'_>) {
        if !self.seen.insert(id) {
            return;
        }
        let (Ok(day), Ok(offset)) = (i32::try_from(facts.day), i32::try_from(facts.utc_offset_s))
        else {
            return;
        };
        let card = facts.card.as_deref().map(|card| self.number(&CardId::new(card)));
        if let (Some(card), Some(rev)) = (facts.card.as_deref(), facts.rev) {
            let last = self.last_asked.entry(CardId::new(card)).or_insert((facts.at_ms, rev));
            *last = (*last).max((facts.at_ms, rev));
        }
        let extra = facts.extra.as_deref();
        let is_answer = matches!(&*facts.kind, kind::REVIEWED | kind::PRACTISED);
        let understood =
            Kind::understand(&facts.kind, facts.rating, facts.quality, Day(day), extra, |from| {
                self.number(&CardId::new(from))
            });
        self.logged.push(Logged {
            event: Event {
                id,
                card,
                when: Moment { at_ms: facts.at_ms, utc_offset_s: offset },
                day: Day(day),
                rev: facts.rev,
                kind: understood,
            },
            took_ms: facts.took_ms,
            device: 0,
            sure: extra.filter(|_| is_answer).and_then(extra::confidence),
        });
    }

    fn number(&mut self, card: &CardId) -> i64 {
        if let Some(number) = self.numbers.get(card) {
            return *number;
        }
        let number = self.cards.len() as i64;
        self.numbers.insert(card.clone(), number);
        self.cards.push(card.clone());
        number
    }

    fn card(&self, number: i64) -> Option<&CardId> {
        self.cards.get(usize::try_from(number).ok()?)
    }
}

/// Several people's figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Team {
    /// The study day that is today.
    pub day: Day,
    /// The people, by their names.
    pub learners: Vec<Learner>,
    /// The cards that are failed most, whoever is asked, the worst first.
    pub weakest: Vec<WeakCard>,
}

/// What a person, or a person in a deck, comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Learned {
    /// Cards that were ever answered.
    pub met: usize,
    /// Those of them that are at least 90 % likely to be recalled today, by SM-2.
    pub known: usize,
    /// How well was recalled what had been passed before.
    #[serde(flatten)]
    pub recalled: Tally,
    /// The last day with an answer.
    pub last_active: Option<Day>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Learner {
    /// How the person is called here: as the file.
    pub learner: String,
    /// The files with the history.
    pub files: Vec<String>,
    /// All answers.
    pub reviews: usize,
    /// In all decks.
    #[serde(flatten)]
    pub learned: Learned,
    /// Deck by deck, by their names.
    pub decks: Vec<InDeck>,
}

/// A person in a deck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InDeck {
    /// The name of the deck; empty where nobody knows it.
    pub deck: String,
    /// What it comes to.
    #[serde(flatten)]
    pub learned: Learned,
}

/// A card that is failed often.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeakCard {
    /// Its id.
    pub card: String,
    /// The question.
    pub front: String,
    /// Its deck.
    pub deck: String,
    /// How many people were asked.
    pub learners: usize,
    /// How many of them know it today.
    pub known: usize,
    /// The answers that count, of all of them.
    #[serde(flatten)]
    pub counted: Tally,
}

/// Returns the figures of several people. Schedules are those of SM-2, whatever each of them uses:
/// so all are measured by one rule.
pub fn team(readings: Vec<Reading>, today: Day) -> Team {
    let mut weak: BTreeMap<String, WeakCard> = BTreeMap::new();
    let mut learners: Vec<Learner> =
        readings.into_iter().map(|reading| learner(reading, today, &mut weak)).collect();
    learners.sort_by(|one, other| one.learner.cmp(&other.learner));
    let mut weakest: Vec<WeakCard> =
        weak.into_values().filter(|card| card.counted.failed > 0).collect();
    weakest.sort_by(|one, other| weakness(other).total_cmp(&weakness(one)));
    weakest.truncate(MOST_WEAK);
    Team { day: today, learners, weakest }
}

/// Returns how likely a next answer fails, as Laplace has it: few answers tell little.
fn weakness(card: &WeakCard) -> f64 {
    (card.counted.failed as f64 + 1.0) / (card.counted.total() as f64 + 2.0)
}

fn learner(mut reading: Reading, today: Day, weak: &mut BTreeMap<String, WeakCard>) -> Learner {
    let sm2 = Sm2::default();
    let logged = std::mem::take(&mut reading.logged);
    let mut events: Vec<Event<i64>> = logged.iter().map(|logged| logged.event.clone()).collect();
    keep_in_force(&mut events);
    let mut families: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (card, first) in groups(&events) {
        families.entry(first).or_default().push(card);
    }
    let pasts = replay(events);
    let mut all = Learned::default();
    let mut decks: BTreeMap<String, Learned> = BTreeMap::new();
    let mut cards: BTreeMap<i64, (Tally, Tally, Day)> = BTreeMap::new();
    let mut reviews = 0;
    each_answer(
        &logged,
        |_| &sm2,
        |answer| {
            reviews += 1;
            let (counted, recalled, last) = cards.entry(answer.card).or_insert((
                Tally::default(),
                Tally::default(),
                answer.day,
            ));
            *last = answer.day.max(*last);
            if answer.interval.is_some() {
                counted.count(answer.passed());
            }
            if answer.before.is_some() {
                recalled.count(answer.passed());
            }
        },
    );
    for (number, (counted, recalled, last)) in cards {
        let alone = vec![number];
        let members = families.get(&number).unwrap_or(&alone);
        let family: Vec<&CardId> = members.iter().filter_map(|it| reading.card(*it)).collect();
        let Some(id) = family.iter().find(|id| reading.decks.contains_key(**id)).or(family.first())
        else {
            continue;
        };
        let deck = reading.decks.get(*id).cloned().unwrap_or_default();
        let schedule = pasts.get(&number).and_then(|past| sm2.schedule(&past.steps));
        let known = schedule.is_some_and(|schedule| schedule.retrievability(today) >= KNOWN);
        for learned in [&mut all, decks.entry(deck.clone()).or_default()] {
            learned.met += 1;
            learned.known += usize::from(known);
            learned.recalled += recalled;
            learned.last_active = learned.last_active.max(Some(last));
        }
        let front = family.iter().find_map(|id| reading.front(id));
        let card = weak.entry(id.to_string()).or_insert_with(|| WeakCard {
            card: id.to_string(),
            front: String::new(),
            deck,
            learners: 0,
            known: 0,
            counted: Tally::default(),
        });
        if let Some(front) = front.filter(|_| card.front.is_empty()) {
            card.front.clone_from(front);
        }
        card.learners += 1;
        card.known += usize::from(known);
        card.counted += counted;
    }
    Learner {
        learner: reading.name,
        files: reading.files,
        reviews,
        learned: all,
        decks: decks.into_iter().map(|(deck, learned)| InDeck { deck, learned }).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::DeviceId;

    fn answer(card: &str, day: i64, rating: i64) -> Facts<'static> {
        Facts {
            device: DeviceId([1; 16]),
            device_seq: day * 10 + rating,
            card: Some(card.to_owned().into()),
            rev: (card == "b").then_some(if day == 0 { 9 } else { 5 }),
            at_ms: day * 86_400_000,
            utc_offset_s: 0,
            day,
            kind: kind::REVIEWED.into(),
            rating: Some(rating),
            quality: None,
            took_ms: None,
            extra: None,
        }
    }

    fn reading(name: &str, answers: &[(&str, i64, i64)]) -> Reading {
        let mut reading = Reading::of(name.into());
        reading.stands("a", "deck");
        let asked =
            |card: &'static str, rev, front: &'static str, deck: Option<&'static str>| Asked {
                card: card.into(),
                rev,
                front: front.into(),
                back: "".into(),
                accept: "".into(),
                deck: deck.map(Into::into),
            };
        reading.asked(&asked("a", 1, "front of a", None));
        // The number of a wording says nothing about its age.
        reading.asked(&asked("b", 9, "old front of b", Some("gone")));
        reading.asked(&asked("b", 5, "front of b", Some("gone")));
        for (card, day, rating) in answers {
            let facts = answer(card, *day, *rating);
            // Twice: another file may have it, too.
            reading.happened(facts.id(), &facts);
            reading.happened(facts.id(), &facts);
        }
        reading
    }

    #[test]
    fn people_stand_side_by_side_and_weak_cards_are_everybodys() {
        let team = team(
            vec![
                reading("zoe", &[("a", 0, 3), ("a", 1, 3), ("b", 1, 1), ("b", 2, 1)]),
                reading("amy", &[("b", 0, 3), ("b", 1, 1), ("c", 1, 4)]),
                reading("nobody", &[]),
            ],
            Day(3),
        );
        let names: Vec<&str> = team.learners.iter().map(|it| &*it.learner).collect();
        assert_eq!(names, ["amy", "nobody", "zoe"]);
        let zoe = &team.learners[2];
        assert_eq!(zoe.reviews, 4);
        let wanted = Learned {
            met: 1,
            known: 1,
            recalled: Tally { passed: 1, failed: 0 },
            last_active: Some(Day(1)),
        };
        assert_eq!(zoe.decks[0], InDeck { deck: "deck".into(), learned: wanted });
        assert_eq!((zoe.learned.met, zoe.learned.last_active), (2, Some(Day(2))));
        assert_eq!(team.learners[1].learned, Learned::default());
        assert_eq!(team.weakest.len(), 1);
        let weak = &team.weakest[0];
        assert_eq!((&*weak.card, &*weak.front, &*weak.deck), ("b", "front of b", "gone"));
        assert_eq!((weak.learners, weak.counted), (2, Tally { passed: 1, failed: 3 }));
        // What is in no deck that anybody knows is there all the same.
        assert_eq!(team.learners[0].decks[0].deck, "");
    }
}
