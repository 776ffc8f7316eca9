//! Cards, and how each of them stands: in a deck, or parked.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row};

use super::fold::Folded;
use super::read::day;
use super::rules::{head_of, rules_of};
use super::{Store, StoreError, row};
use crate::card::{Answer, Card, CardId, Details, Kind, Side, Wording};
use crate::deck::Head;
use crate::history::{EventId, Past, Review, Step};
use crate::leech;
use crate::queue::Candidate;
use crate::schedule::{Chosen, Ease, Grade, Interval, Schedule, Scheduler, Stage};
use crate::settings::Settings;
use crate::time::{Day, Moment};

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
    /// Whether it stands in no deck, or cannot be asked from there.
    pub parked: bool,
    /// Whether it stands in a deck and is left out there for a mistake.
    pub left_out: bool,
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
        self.schedule.is_some_and(|schedule| leech::is_leech(schedule.lapses))
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
            rank: 0.0,
        }
    }
}

const STANDING: &str = "SELECT k.key, s.note, k.file, k.place, k.id, k.note, k.content, f.deck,
        f.shown, f.head, s.stage, s.due, s.interval, s.ease, s.repetitions, s.lapses, s.reviews,
        s.stability, s.difficulty, s.first_day, s.last_day, s.last_ms, s.last_offset, s.repeat_on,
        s.suspended, s.buried_until, s.changed, s.decay
   FROM cache_card AS k JOIN cache_schedule AS s ON s.card = k.key
   JOIN cache_file AS f ON f.key = k.file";

impl Store {
    /// Returns the card with this number in the caches.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn standing_of(&self, row: i64) -> Result<Option<Standing>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!("{STANDING} WHERE k.key = ?"))?;
        Ok(statement.query_row([row], standing).optional()?)
    }

    /// Returns the cards of the decks that have a value, by deck and place.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn standings_with_value(&self) -> Result<Vec<Standing>, StoreError> {
        // Within a text the quotation marks are escaped.
        let mut statement = self.db.prepare(&format!(
            "{STANDING} WHERE k.shadowed = 0 AND instr(k.content, '\"value\":') > 0
              ORDER BY f.deck, f.path, k.place"
        ))?;
        let cards = statement.query_map([], standing)?;
        let mut cards: Vec<Standing> = cards.collect::<Result<_, _>>()?;
        cards.retain(|card| card.card.details.value.is_some());
        Ok(cards)
    }

    /// Returns the id of the card that has this number in the caches now.
    ///
    /// The number is another one as soon as the card's deck is read anew, by whatever program; the
    /// id stays.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn id_of(&self, row: i64) -> Result<Option<CardId>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT id FROM cache_card WHERE key = ?")?;
        Ok(statement.query_row([row], |row| row.get::<_, String>(0).map(CardId::new)).optional()?)
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
        let first: Vec<i64> = self
            .db
            .prepare_cached(
                "SELECT key FROM cache_card
                  WHERE (id = ?1 OR (id >= ?1 || '/c' AND id < ?1 || '/d')) AND side = 0
                    AND shadowed = 0 AND note = ?1 ORDER BY file, place",
            )?
            .query_map([name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for note in first {
            // The sides of a note have keys that follow each other.
            let mut statement = self.db.prepare_cached(&format!(
                "{STANDING} WHERE k.key >= ? AND k.shadowed = 0 ORDER BY k.key"
            ))?;
            let mut rows = statement.query([note])?;
            while let Some(row) = rows.next()? {
                let side = standing(row)?;
                if side.note != note {
                    break;
                }
                found.push(side);
            }
        }
        if found.is_empty() {
            found.extend(self.standing(&CardId::new(name), settings)?);
        }
        if found.iter().all(|card| card.parked) {
            // A parked note is all its sides, too.
            let reverse = self.standing(&Side::Reverse.of(name), settings)?;
            found.extend(reverse.filter(|card| card.parked));
        }
        Ok(found)
    }

    /// Returns every card of the decks, by deck and place in the file.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn standings(&self) -> Result<Vec<Standing>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!("{STANDING} WHERE k.shadowed = 0"))?;
        let found = statement.query_map([], standing)?;
        let mut found = found.collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|one, other| (&one.file, one.place).cmp(&(&other.file, other.place)));
        Ok(found)
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
            .query_map([], |row| Ok((row.get(0)?, row::owned(row, 1)?)))?
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
        let rules = rules_of(&self.db, None, settings, &self.fitted()?)?;
        let suspended = past.suspended;
        let buried_until = past.buried_until;
        let folded = Folded::of(past, &rules.scheduler(id.as_str()));
        let family = self.groups()?.members(key);
        let (text, deck) = match self.last_wording(&family)? {
            Some((_, text, deck)) => (text, deck),
            None => {
                let front = String::new();
                (Wording { front, back: "\"\"".into(), accept: "[]".into() }, None)
            }
        };
        let back = text.answer();
        let is_gap = |side: &str| {
            side.starts_with("c-")
                || side.strip_prefix('c').is_some_and(|number| number.parse::<u32>().is_ok())
        };
        let is_side = |side: &str| side == "reverse" || is_gap(side);
        let parted = id.as_str().rsplit_once('/').filter(|(_, side)| is_side(side));
        let (note, side) = parted.unwrap_or((id.as_str(), ""));
        let card = Card {
            id: id.clone(),
            note: note.to_owned(),
            kind: match (&back, side) {
                (Answer::List(_), _) => Kind::List,
                (_, "reverse") => Kind::Reverse,
                (_, "") => Kind::Basic,
                _ => Kind::Cloze,
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
            left_out: self.is_left_out(id)?,
        }))
    }

    fn is_left_out(&self, id: &CardId) -> Result<bool, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM cache_left_out
                             WHERE note IN (?1, replace(?1, '/reverse', '')))",
        )?;
        Ok(statement.query_row([id.as_str()], |row| row.get(0))?)
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
        let schedules = self.scheduler_of(standing, settings)?.schedules(&past.steps);
        Ok((past, schedules))
    }

    /// Returns the scheduler of a card.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn scheduler_of(
        &self,
        standing: &Standing,
        settings: &Settings,
    ) -> Result<Chosen, StoreError> {
        let rules = rules_of(&self.db, Some(standing.file_key), settings, &self.fitted()?)?;
        Ok(rules.scheduler(standing.card.id.as_str()))
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
        self.foresee(&standing.card)?;
        let scheduler = self.scheduler_of(standing, settings)?;
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

    /// Returns the id and the question of every card of the decks, by deck and place in the file.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn card_ids(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT k.id, k.content ->> '$.front' FROM cache_card AS k
               JOIN cache_file AS f ON f.key = k.file WHERE k.shadowed = 0 ORDER BY f.shown, k.place",
        )?;
        let ids = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Returns the tags that cards of the decks have, sorted.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn tags(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT t.value FROM cache_card AS k, json_each(k.content, '$.tags') AS t
              ORDER BY t.value",
        )?;
        let tags = statement.query_map([], |row| row.get(0))?;
        Ok(tags.collect::<Result<_, _>>()?)
    }

    /// Returns up to two ids that are nearly `name`, or begin with it.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn nearest_ids(&self, name: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare("SELECT id FROM cache_card WHERE shadowed = 0")?;
        let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut near: Vec<(f64, String)> = ids
            .filter_map(Result::ok)
            .map(|id| match id.starts_with(name) && !name.is_empty() {
                true => (1.0, id),
                false => (strsim::jaro_winkler(name, &id), id),
            })
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
}

fn standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
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
            exact: Interval::of(row.get::<_, Option<u32>>(12)?.unwrap_or(1).into()),
            ease: row.get::<_, Option<i64>>(13)?.map(Ease::from_hundredths),
            repetitions: row.get::<_, Option<u32>>(14)?.unwrap_or(0),
            lapses: row.get::<_, Option<u32>>(15)?.unwrap_or(0),
            reviews: row.get::<_, Option<u32>>(16)?.unwrap_or(0),
            stability: row.get(17)?,
            difficulty: row.get(18)?,
            decay: row.get(27)?,
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
        left_out: false,
    })
}
