//! What the caches and the history say, in the library's terms.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{OptionalExtension, Row as SqlRow, params};

use super::fold::{Folded, Rules, head_of};
use super::{Store, StoreError};
use crate::card::{Answer, Card, CardId, Details, Kind, Wording};
use crate::deck::Head;
use crate::history::{DeviceId, EventId, Past, Record, Review, Step, extra, kind};
use crate::queue::Candidate;
use crate::schedule::{Ease, Grade, Interval, Schedule, Scheduler, Stage};
use crate::settings::Settings;
use crate::time::{Day, Moment};

/// A deck that is there.
#[derive(Clone, Debug, PartialEq)]
pub struct DeckRow {
    /// The caches' number for its file.
    pub key: i64,
    /// Its name for commands and JSON.
    pub deck: String,
    /// Its file, as commands show it.
    pub file: String,
    /// What it says for all of its notes.
    pub head: Head,
}

impl DeckRow {
    /// Returns the name that a person reads.
    pub fn title(&self) -> &str {
        self.head.title.as_deref().unwrap_or(&self.deck)
    }
}

/// A card's number in the caches, and the deck it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The caches' number for the card.
    pub card: i64,
    /// The caches' number for its file.
    pub file: i64,
}

/// A card, and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The caches' number for it; `None` for a parked card.
    pub row: Option<i64>,
    /// The same number for all cards of its note.
    pub note: i64,
    /// The caches' number for its file.
    pub file_key: i64,
    /// Order within its file.
    pub place: i64,
    /// What is asked.
    pub card: Card,
    /// The name of its deck, the last known one for a parked card.
    pub deck: String,
    /// Its file, as commands show it; empty for a parked card.
    pub file: String,
    /// Column of the board.
    pub category: String,
    /// The schedule in force; `None` for a new card.
    pub schedule: Option<Schedule>,
    /// Day of the first counted answer.
    pub first_day: Option<Day>,
    /// When the last counted answer was given.
    pub last_review: Option<Moment>,
    /// Whether it is put aside.
    pub suspended: bool,
    /// The first day on which it is asked again, where it was buried.
    pub buried_until: Option<Day>,
    /// The day it was last passed, if its answer was changed since.
    pub changed: Option<Day>,
    /// Whether it stands in no deck.
    pub parked: bool,
}

impl Standing {
    /// Returns where it stands.
    pub fn stage(&self) -> Stage {
        self.schedule.map_or(Stage::New, |schedule| schedule.stage)
    }

    /// Whether it is buried on `today`.
    pub fn buried(&self, today: Day) -> bool {
        self.buried_until.is_some_and(|until| today < until)
    }

    /// Whether it was forgotten so often that something should be done about it.
    pub fn leech(&self) -> bool {
        self.schedule.is_some_and(|schedule| schedule.lapses >= 8)
    }

    /// Returns what the queue must know of it; its deck is at `deck` among the decks.
    pub fn candidate(&self, deck: usize, today: Day) -> Candidate {
        Candidate {
            card: self.row.unwrap_or(0),
            note: self.note,
            deck,
            place: self.place,
            stage: self.stage(),
            due: self.schedule.map(|schedule| schedule.due),
            interval: self.schedule.map_or(0, |schedule| schedule.interval.days()),
            first_day: self.first_day,
            last_day: self.schedule.map(|schedule| schedule.last_day),
            repeat_on: self.schedule.and_then(|schedule| schedule.repeat_on),
            changed: self.changed.is_some(),
            hidden: self.suspended || self.buried(today),
        }
    }
}

/// An event, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// Its id.
    pub id: EventId,
    /// Its facts.
    pub record: Record,
    /// Whether it is the day's first answer to its card, and neither practice nor retracted.
    pub counted: bool,
    /// Whether it was taken back.
    pub retracted: bool,
    /// The interval after this answer as the present scheduler sees it.
    pub interval: Option<Interval>,
}

const STANDING: &str = "SELECT k.key, s.note, k.file, k.place, k.id, k.note, k.content, f.deck,
        f.shown, f.head, s.stage, s.due, s.interval, s.ease, s.repetitions, s.lapses, s.reviews,
        s.stability, s.difficulty, s.first_day, s.last_day, s.last_ms, s.last_offset, s.repeat_on,
        s.suspended, s.buried_until, s.changed
   FROM cache_card AS k JOIN cache_schedule AS s ON s.card = k.key
   JOIN cache_file AS f ON f.key = k.file";

const CANDIDATE: &str = "SELECT card, note, file, place, stage, due, interval, first_day, last_day,
        repeat_on, changed, suspended, buried_until FROM cache_schedule";

impl Store {
    /// Returns the decks, in the order in which commands show them.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn decks(&self) -> Result<Vec<DeckRow>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT key, deck, shown, head FROM cache_file WHERE is_deck = 1 ORDER BY shown",
        )?;
        let decks = statement.query_map([], |row| {
            Ok(DeckRow {
                key: row.get(0)?,
                deck: row.get(1)?,
                file: row.get(2)?,
                head: head_of(row.get_ref(3)?.as_str_or_null()?),
            })
        })?;
        Ok(decks.collect::<Result<_, _>>()?)
    }

    /// Returns how many cards stand in the decks.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn count_cards(&self) -> Result<usize, StoreError> {
        let count: i64 =
            self.db.query_row("SELECT count(*) FROM cache_schedule", [], |row| row.get(0))?;
        Ok(count as usize)
    }

    /// Returns every answered card that can matter to the queue of `today`, looking ahead to
    /// `horizon`. `decks` are the decks as [`Store::decks`] returns them.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn candidates(
        &self,
        decks: &[DeckRow],
        today: Day,
        horizon: Day,
    ) -> Result<Vec<Candidate>, StoreError> {
        let places = places(decks);
        let mut statement = self.db.prepare_cached(&format!(
            "{CANDIDATE} WHERE due <= ?1 OR last_day = ?2 OR repeat_on = ?2 OR changed IS NOT NULL"
        ))?;
        let found = statement
            .query_map(params![horizon.0, today.0], |row| candidate(row, &places, today))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Returns the first new card of a deck behind `place` that is not put aside.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn next_new(
        &self,
        decks: &[DeckRow],
        deck: usize,
        place: i64,
        today: Day,
    ) -> Result<Option<Candidate>, StoreError> {
        let Some(row) = decks.get(deck) else { return Ok(None) };
        let mut statement = self.db.prepare_cached(&format!(
            "{CANDIDATE} WHERE file = ?1 AND stage = 0 AND place > ?2 AND suspended = 0
                AND (buried_until IS NULL OR buried_until <= ?3)
              ORDER BY place LIMIT 1"
        ))?;
        let places = HashMap::from([(row.key, deck)]);
        Ok(statement
            .query_row(params![row.key, place, today.0], |row| candidate(row, &places, today))
            .optional()?)
    }

    /// Returns the card with this number in the caches.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn standing_of(&self, row: i64) -> Result<Option<Standing>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!("{STANDING} WHERE k.key = ?"))?;
        Ok(statement.query_row([row], standing).optional()?)
    }

    /// Returns the card with this id, parked ones too.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn standing(
        &mut self,
        id: &CardId,
        settings: &Settings,
    ) -> Result<Option<Standing>, StoreError> {
        let found = {
            let mut statement =
                self.db.prepare_cached(&format!("{STANDING} WHERE k.id = ? AND k.shadowed = 0"))?;
            statement.query_row([id.as_str()], standing).optional()?
        };
        match (found, self.key_of(id)?) {
            (Some(found), _) => Ok(Some(found)),
            (None, Some(key)) => self.parked_standing(id, key, settings),
            (None, None) => Ok(None),
        }
    }

    /// Returns the cards that `name` means: the card with this id, else all cards of the note.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn standings_of(
        &mut self,
        name: &str,
        settings: &Settings,
    ) -> Result<Vec<Standing>, StoreError> {
        let mut found = {
            let mut statement = self.db.prepare_cached(&format!(
                "{STANDING} WHERE s.note IN (SELECT key FROM cache_card WHERE id = ?1 AND side = 0
                    AND shadowed = 0) AND k.note = ?1 AND k.shadowed = 0 ORDER BY k.place"
            ))?;
            statement.query_map([name], standing)?.collect::<Result<Vec<_>, _>>()?
        };
        if found.is_empty() {
            found.extend(self.standing(&CardId::new(name), settings)?);
        }
        Ok(found)
    }

    /// Returns every card of the decks, by deck and place in the file.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn standings(&self) -> Result<Vec<Standing>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "{STANDING} WHERE k.shadowed = 0 ORDER BY f.shown, k.place"
        ))?;
        let found = statement.query_map([], standing)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Returns every card that has a history and stands in no deck.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn parked_standings(&mut self, settings: &Settings) -> Result<Vec<Standing>, StoreError> {
        let keys: Vec<(i64, String)> = self
            .db
            .prepare(
                "SELECT c.key, c.id FROM card AS c
                  WHERE NOT EXISTS (SELECT 1 FROM cache_card AS k WHERE k.id = c.id AND k.shadowed = 0)
                  ORDER BY c.id",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let groups = self.groups()?;
        for (key, id) in keys {
            // Ids that are one card are one card; in a deck, if one of them stands in one.
            let family = groups.members(key);
            if !family.iter().all(|key| seen.insert(*key)) || self.any_in_decks(&family)? {
                continue;
            }
            let last = self.last_wording(&family)?;
            let id = last.map_or_else(|| CardId::new(id), |(id, ..)| id);
            found.extend(self.parked_standing(&id, key, settings)?);
        }
        found.sort_by(|one, other| one.card.id.cmp(&other.card.id));
        Ok(found)
    }

    fn parked_standing(
        &mut self,
        id: &CardId,
        key: i64,
        settings: &Settings,
    ) -> Result<Option<Standing>, StoreError> {
        let past = self.past(key)?;
        let rules = Rules::of(settings, &Head::default());
        let suspended = past.suspended;
        let buried_until = past.buried_until;
        let folded = Folded::of(past, rules.scheduler);
        let family = self.groups()?.members(key);
        let (text, deck) = match self.last_wording(&family)? {
            Some((_, text, deck)) => (text, deck),
            None => {
                let front = String::new();
                (Wording { front, back: "\"\"".into(), accept: "[]".into() }, None)
            }
        };
        let back = text.answer();
        let note = id.as_str().strip_suffix("/reverse");
        let card = Card {
            id: id.clone(),
            note: note.unwrap_or(id.as_str()).to_owned(),
            kind: match (&back, note) {
                (Answer::List(_), _) => Kind::List,
                (_, Some(_)) => Kind::Reverse,
                _ => Kind::Basic,
            },
            front: text.front.clone(),
            back,
            line: 0,
            details: Details {
                accept: serde_json::from_str(&text.accept).unwrap_or_default(),
                ..Details::default()
            },
        };
        let deck = deck.unwrap_or_default();
        Ok(Some(Standing {
            row: None,
            note: 0,
            file_key: 0,
            place: 0,
            card,
            category: deck.clone(),
            deck,
            file: String::new(),
            schedule: folded.schedule,
            first_day: folded.first_day,
            last_review: folded.last,
            suspended,
            buried_until,
            changed: None,
            parked: true,
        }))
    }

    /// Returns what a card has been through, and the schedule after each of its steps.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn story(
        &mut self,
        standing: &Standing,
        settings: &Settings,
    ) -> Result<(Past, Vec<Schedule>), StoreError> {
        let past = match self.key_of(&standing.card.id)? {
            Some(key) => self.past(key)?,
            None => Past::default(),
        };
        let head = self.head_of_file(standing.file_key)?;
        let schedules = Rules::of(settings, &head).scheduler.schedules(&past.steps);
        Ok((past, schedules))
    }

    /// Returns the schedule that each of `grades` would lead to if it were given at `when`.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn outlook(
        &mut self,
        standing: &Standing,
        settings: &Settings,
        when: Moment,
        grades: &[Grade],
    ) -> Result<Vec<Schedule>, StoreError> {
        let past = match self.key_of(&standing.card.id)? {
            Some(key) => self.past(key)?,
            None => Past::default(),
        };
        let scheduler = Rules::of(settings, &self.head_of_file(standing.file_key)?).scheduler;
        let day = when.day(settings.day_starts_at);
        Ok(grades
            .iter()
            .filter_map(|grade| {
                let mut steps = past.steps.clone();
                let event = EventId([0; 16]);
                steps.push(Step::Review(Review { event, when, day, rev: None, grade: *grade }));
                scheduler.schedule(&steps)
            })
            .collect())
    }

    /// Returns up to two ids that are nearly `name`.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn nearest_ids(&self, name: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare("SELECT id FROM cache_card WHERE shadowed = 0")?;
        let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut near: Vec<(f64, String)> = ids
            .filter_map(Result::ok)
            .map(|id| (strsim::jaro_winkler(name, &id), id))
            .filter(|(likeness, _)| *likeness > 0.85)
            .collect();
        near.sort_by(|one, other| other.0.total_cmp(&one.0));
        Ok(near.into_iter().take(2).map(|(_, id)| id).collect())
    }

    /// Returns what the deck of a file says for all of its notes.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn head_of_file(&self, file: i64) -> Result<Head, StoreError> {
        let head: Option<Option<String>> = self
            .db
            .prepare_cached("SELECT head FROM cache_file WHERE key = ?")?
            .query_row([file], |row| row.get(0))
            .optional()?;
        Ok(head_of(head.flatten().as_deref()))
    }

    /// Returns the text with which a card was last passed.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn wording_passed(&mut self, id: &CardId) -> Result<Option<Wording>, StoreError> {
        let Some(key) = self.key_of(id)? else { return Ok(None) };
        let past = self.past(key)?;
        let rev = past
            .reviews()
            .rev()
            .find(|review| review.grade.rating.passed())
            .and_then(|review| review.rev);
        let family = self.groups()?.members(key);
        rev.map_or(Ok(None), |rev| super::fold::wording(&self.db, &family, rev))
    }

    /// Returns the facts of an event.
    pub(super) fn facts_of(&self, id: EventId) -> Result<Option<Record>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!("{RECORD} WHERE h.id = ?"))?;
        Ok(statement.query_row([id.0], |row| Ok(record(row)?.1)).optional()?)
    }

    /// Calls `with` for every event, or those of one card and what it is linked with, in the order
    /// of the folds.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn history(
        &mut self,
        card: Option<&CardId>,
        settings: &Settings,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let groups = self.groups()?;
        let mut found: Vec<(EventId, Record)> = Vec::new();
        match card {
            Some(card) => {
                let Some(key) = self.key_of(card)? else { return Ok(Vec::new()) };
                let mut statement =
                    self.db.prepare_cached(&format!("{RECORD} WHERE h.card = ?"))?;
                for key in groups.members(key) {
                    found.extend(
                        statement.query_map([key], record)?.collect::<Result<Vec<_>, _>>()?,
                    );
                }
            }
            None => {
                let mut statement = self.db.prepare(&format!("{RECORD} ORDER BY h.seq"))?;
                found.extend(statement.query_map([], record)?.collect::<Result<Vec<_>, _>>()?);
            }
        }
        found.sort_by_key(|(id, record)| (record.when.at_ms, *id));
        let retracted: BTreeSet<(EventId, Option<CardId>)> = found
            .iter()
            .filter(|(_, record)| record.kind == kind::RETRACTED)
            .filter_map(|(_, record)| {
                Some((extra::target(record.extra.as_deref()?)?, record.card.clone()))
            })
            .collect();
        let outcomes = self.outcomes(&found, settings)?;
        Ok(found
            .into_iter()
            .map(|(id, record)| {
                let retracted = record.kind != kind::RETRACTED
                    && retracted.contains(&(id, record.card.clone()));
                let interval = outcomes.get(&id).copied();
                HistoryRow { id, record, counted: interval.is_some(), retracted, interval }
            })
            .collect())
    }

    /// Returns the interval after each counted answer among `records`.
    fn outcomes(
        &mut self,
        records: &[(EventId, Record)],
        settings: &Settings,
    ) -> Result<HashMap<EventId, Interval>, StoreError> {
        let cards: BTreeSet<&CardId> =
            records.iter().filter_map(|(_, record)| record.card.as_ref()).collect();
        let mut outcomes = HashMap::new();
        let mut rules: BTreeMap<Option<i64>, Rules> = BTreeMap::new();
        let pasts = crate::history::replay(
            records
                .iter()
                .map(|(id, record)| crate::history::Event {
                    id: *id,
                    ..crate::history::Event::understand(record)
                })
                .collect(),
        );
        for card in cards {
            let Some(past) = pasts.get(card) else { continue };
            let file: Option<i64> = self
                .db
                .prepare_cached("SELECT file FROM cache_card WHERE id = ? AND shadowed = 0")?
                .query_row([card.as_str()], |row| row.get(0))
                .optional()?;
            let rules = match rules.get(&file) {
                Some(rules) => *rules,
                None => {
                    let head = file.map_or(Ok(Head::default()), |file| self.head_of_file(file))?;
                    *rules.entry(file).or_insert(Rules::of(settings, &head))
                }
            };
            // What counted before the card was started over counted then.
            for steps in past.former.iter().chain([&past.steps]) {
                for (step, schedule) in steps.iter().zip(rules.scheduler.schedules(steps)) {
                    if let (Step::Review(review), true) = (step, schedule.counted) {
                        outcomes.insert(review.event, schedule.interval);
                    }
                }
            }
        }
        Ok(outcomes)
    }

    /// Returns the ids of all events, sorted.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn event_ids(&self) -> Result<Vec<EventId>, StoreError> {
        let mut statement = self.db.prepare("SELECT id FROM history ORDER BY id")?;
        let ids = statement.query_map([], |row| row.get(0).map(EventId))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Returns how many answers this home has of `day`, repeats and practice included, and the
    /// moment of the last one.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn answered_on(&self, day: Day) -> Result<(usize, Option<Moment>), StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT count(*), max(last_ms), last_offset FROM cache_schedule WHERE last_day = ?",
        )?;
        let found = statement.query_row([day.0], |row| {
            let last = match (row.get::<_, Option<i64>>(1)?, row.get::<_, Option<i32>>(2)?) {
                (Some(at_ms), Some(utc_offset_s)) => Some(Moment { at_ms, utc_offset_s }),
                _ => None,
            };
            Ok((row.get::<_, i64>(0)? as usize, last))
        })?;
        Ok(found)
    }

    /// Returns the first day from `after` on which a card comes back, and how many do.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn next_due(&self, after: Day) -> Result<Option<(Day, usize)>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT due, count(DISTINCT note) FROM cache_schedule
                  WHERE due > ? AND suspended = 0 GROUP BY due ORDER BY due LIMIT 1",
            )?
            .query_row([after.0], |row| Ok((Day(row.get(0)?), row.get::<_, i64>(1)? as usize)))
            .optional()?)
    }
}

const RECORD: &str = "SELECT h.id, d.id, h.device_seq, c.id, h.rev, h.at_ms, h.utc_offset_s, h.day,
        h.kind, h.rating, h.quality, h.took_ms, h.extra
   FROM history AS h JOIN device AS d ON d.key = h.device LEFT JOIN card AS c ON c.key = h.card";

fn record(row: &SqlRow<'_>) -> rusqlite::Result<(EventId, Record)> {
    let record = Record {
        device: DeviceId(row.get(1)?),
        device_seq: row.get(2)?,
        card: row.get::<_, Option<String>>(3)?.map(CardId::new),
        rev: row.get(4)?,
        when: Moment { at_ms: row.get(5)?, utc_offset_s: row.get(6)? },
        day: Day(row.get(7)?),
        kind: row.get(8)?,
        rating: row.get(9)?,
        quality: row.get(10)?,
        took_ms: row.get(11)?,
        extra: row.get(12)?,
    };
    Ok((EventId(row.get(0)?), record))
}

fn places(decks: &[DeckRow]) -> HashMap<i64, usize> {
    decks.iter().enumerate().map(|(at, deck)| (deck.key, at)).collect()
}

fn day(row: &SqlRow<'_>, column: usize) -> rusqlite::Result<Option<Day>> {
    Ok(row.get::<_, Option<i32>>(column)?.map(Day))
}

fn candidate(
    row: &SqlRow<'_>,
    places: &HashMap<i64, usize>,
    today: Day,
) -> rusqlite::Result<Candidate> {
    let file: i64 = row.get(2)?;
    let buried = day(row, 12)?.is_some_and(|until| today < until);
    Ok(Candidate {
        card: row.get(0)?,
        note: row.get(1)?,
        deck: places.get(&file).copied().unwrap_or(usize::MAX),
        place: row.get(3)?,
        stage: Stage::from_number(row.get(4)?).unwrap_or(Stage::New),
        due: day(row, 5)?,
        interval: row.get::<_, Option<u32>>(6)?.unwrap_or(0),
        first_day: day(row, 7)?,
        last_day: day(row, 8)?,
        repeat_on: day(row, 9)?,
        changed: row.get::<_, Option<i64>>(10)?.is_some(),
        hidden: row.get::<_, bool>(11)? || buried,
    })
}

fn standing(row: &SqlRow<'_>) -> rusqlite::Result<Standing> {
    let content = row.get_ref(6)?.as_str()?;
    let mut card: Card = serde_json::from_str(content).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(6, rusqlite::types::Type::Text, Box::new(error))
    })?;
    card.id = CardId::new(row.get::<_, String>(4)?);
    card.note = row.get(5)?;
    let deck: String = row.get(7)?;
    let head = head_of(row.get_ref(9)?.as_str_or_null()?);
    let category = card.details.category.clone().or(head.title).unwrap_or_else(|| deck.clone());
    let last_day = day(row, 20)?;
    let schedule = match (Stage::from_number(row.get(10)?), day(row, 11)?, last_day) {
        (Some(stage), Some(due), Some(last_day)) if stage != Stage::New => Some(Schedule {
            stage,
            due,
            interval: Interval::of(row.get::<_, Option<u32>>(12)?.unwrap_or(1).into()),
            ease: row.get::<_, Option<i64>>(13)?.map(Ease::from_hundredths),
            repetitions: row.get::<_, Option<u32>>(14)?.unwrap_or(0),
            lapses: row.get::<_, Option<u32>>(15)?.unwrap_or(0),
            reviews: row.get::<_, Option<u32>>(16)?.unwrap_or(0),
            stability: row.get(17)?,
            difficulty: row.get(18)?,
            last_day,
            counted: false,
            repeat_on: day(row, 23)?,
        }),
        _ => None,
    };
    let last_review = match (row.get::<_, Option<i64>>(21)?, row.get::<_, Option<i32>>(22)?) {
        (Some(at_ms), Some(utc_offset_s)) => Some(Moment { at_ms, utc_offset_s }),
        _ => None,
    };
    Ok(Standing {
        row: Some(row.get(0)?),
        note: row.get(1)?,
        file_key: row.get(2)?,
        place: row.get(3)?,
        card,
        deck,
        file: row.get(8)?,
        category,
        schedule,
        first_day: day(row, 19)?,
        last_review,
        suspended: row.get(24)?,
        buried_until: day(row, 25)?,
        changed: day(row, 26)?,
        parked: false,
    })
}
