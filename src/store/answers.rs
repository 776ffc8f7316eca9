//! What figures are made of: the answers that stand, and the cards as they stand.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::fold::{self, EVENT_COLUMNS, Rules, event, rules_by_file};
use super::links::Groups;
use super::weights::Fitted;
use super::{DeckRow, Standing, Store, StoreError, row};
use crate::card::CardId;
use crate::deck::Head;
use crate::history::DeviceId;
use crate::schedule::{Chosen, Ease, Interval, Memory, Stage};
use crate::settings::Settings;
use crate::stats::{self, Answer, Logged, Stands, Tags};
use crate::time::Day;

/// What the number of an answer's card stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The id that the card has in the decks, else the one it was last asked with.
    pub id: CardId,
    /// The name of its deck, the last known one for a parked card.
    pub deck: String,
}

/// How cards are scheduled, by the numbers of their answers.
struct Schedulers {
    by_card: HashMap<i64, Chosen>,
    /// What schedules a card that stands in no deck.
    elsewhere: Chosen,
}

impl Schedulers {
    fn of(&self, card: i64) -> &Chosen {
        self.by_card.get(&card).unwrap_or(&self.elsewhere)
    }
}

impl Groups {
    /// Returns the number under which the answers of all that is one card with `key` are.
    fn first(&self, key: i64) -> i64 {
        self.members(key).first().copied().unwrap_or(key)
    }
}

impl Store {
    /// Returns the answers that stand, in the order of the folds: all, or those to the cards in
    /// `only`, as [`stats::Card::answers`] numbers them.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn answers(
        &mut self,
        only: Option<&HashSet<i64>>,
        settings: &Settings,
    ) -> Result<Vec<Answer>, StoreError> {
        let (logged, schedulers) = self.logged(only, settings)?;
        Ok(stats::answers(&logged, |card| schedulers.of(card)))
    }

    /// Calls `with` for each of the same, those to a card one after the other.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn each_answer(
        &mut self,
        only: Option<&HashSet<i64>>,
        settings: &Settings,
        with: impl FnMut(Answer),
    ) -> Result<(), StoreError> {
        let (logged, schedulers) = self.logged(only, settings)?;
        stats::each_answer(&logged, |card| schedulers.of(card), with);
        Ok(())
    }

    /// Returns all events about cards, as they lie on the disk, and how the cards are scheduled.
    fn logged(
        &mut self,
        only: Option<&HashSet<i64>>,
        settings: &Settings,
    ) -> Result<(Vec<Logged>, Schedulers), StoreError> {
        let groups = self.groups()?;
        let fitted = self.fitted()?;
        let by_card = self.schedulers_by_card(&groups, settings, &fitted)?;
        let elsewhere = Rules::of(settings, "", &Head::default(), &fitted).scheduler("");
        let count: i64 = self.db.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?;
        let mut logged = Vec::with_capacity(if only.is_none() { count as usize } else { 0 });
        let mut statement = self.db.prepare(&format!(
            "SELECT {EVENT_COLUMNS}, h.took_ms, h.device FROM history AS h
              WHERE h.card IS NOT NULL ORDER BY h.seq"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(only) = only
                && !only.contains(&groups.first(row.get(1)?))
            {
                continue;
            }
            let event = event(row, &groups)?;
            logged.push(fold::logged(row, event)?);
        }
        Ok((logged, Schedulers { by_card, elsewhere }))
    }

    /// Returns the schedulers of the cards of the decks, by the numbers of their answers.
    fn schedulers_by_card(
        &self,
        groups: &Groups,
        settings: &Settings,
        fitted: &Fitted,
    ) -> Result<HashMap<i64, Chosen>, StoreError> {
        let by_file = rules_by_file(&self.db, settings, fitted)?;
        let mut statement = self.db.prepare(
            "SELECT c.key, k.file, c.id FROM cache_card AS k JOIN card AS c ON c.id = k.id
              WHERE k.shadowed = 0 ORDER BY c.key",
        )?;
        let mut found = HashMap::new();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(rules) = by_file.get(&row.get(1)?) {
                let id = row::owned(row, 2)?;
                found.entry(groups.first(row.get(0)?)).or_insert_with(|| rules.scheduler(&id));
            }
        }
        Ok(found)
    }

    /// Returns how the cards of the decks stand, or those of `chosen`, parked ones too. `decks` are
    /// the decks as [`Store::decks`] returns them.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn cards(
        &mut self,
        chosen: Option<&[Standing]>,
        decks: &[DeckRow],
        today: Day,
    ) -> Result<Vec<stats::Card>, StoreError> {
        let groups = self.groups()?;
        let places: HashMap<i64, usize> =
            decks.iter().enumerate().map(|(at, deck)| (deck.key, at)).collect();
        let rows: Option<HashSet<i64>> =
            chosen.map(|chosen| chosen.iter().filter_map(|card| card.row).collect());
        let mut cards = Vec::new();
        {
            let mut statement = self.db.prepare(
                "SELECT s.card, c.key, s.file, s.stage, s.suspended, s.due, s.buried_until,
                        s.interval, s.ease, s.stability, s.difficulty, s.decay, s.last_day, s.lapses, s.place
                   FROM cache_schedule AS s JOIN cache_card AS k ON k.key = s.card
                   LEFT JOIN card AS c ON c.id = k.id",
            )?;
            let mut found = statement.query([])?;
            while let Some(row) = found.next()? {
                if let Some(rows) = &rows
                    && !rows.contains(&row.get(0)?)
                {
                    continue;
                }
                cards.push(stats::Card {
                    row: row.get(0)?,
                    answers: row.get::<_, Option<i64>>(1)?.map(|key| groups.first(key)),
                    deck: places.get(&row.get(2)?).copied(),
                    place: row.get(14)?,
                    stage: Stage::from_number(row.get(3)?).unwrap_or(Stage::New),
                    suspended: row.get(4)?,
                    due: super::read::day(row, 5)?,
                    buried_until: super::read::day(row, 6)?,
                    stands: stands(row, today)?,
                });
            }
        }
        for card in chosen.unwrap_or_default().iter().filter(|card| card.row.is_none()) {
            cards.push(stats::Card {
                row: None,
                answers: self.key_of(&card.card.id)?.map(|key| groups.first(key)),
                deck: None,
                place: card.place,
                stage: card.stage(),
                suspended: card.suspended,
                due: card.schedule.map(|schedule| schedule.due),
                buried_until: card.buried_until,
                stands: card.schedule.map(|schedule| Stands::of(&schedule, today)),
            });
        }
        Ok(cards)
    }

    /// Returns the tags of the cards of the decks; the rows are the caches' numbers.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn tags_by_card(&self) -> Result<Tags, StoreError> {
        const BEFORE: &str = "\"tags\":[";
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut found = Tags::default();
        let mut statement =
            self.db.prepare("SELECT key, content FROM cache_card WHERE shadowed = 0")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let content = row.get_ref(1)?.as_str()?;
            // All of a card need not be understood for this, and most have no tags. What only looks
            // like them, within a text, has its quotation marks escaped.
            let Some(at) = content.find(BEFORE) else { continue };
            let list = &content[at + BEFORE.len() - 1..];
            let mut tags = serde_json::Deserializer::from_str(list).into_iter::<Vec<String>>();
            for tag in tags.next().and_then(Result::ok).unwrap_or_default() {
                let place = *known.entry(tag).or_insert_with_key(|tag| {
                    found.names.push(tag.clone());
                    found.names.len() - 1
                });
                found.of_cards.push((row.get(0)?, place));
            }
        }
        Ok(found)
    }

    /// Returns the id and deck of every card that has a history, by the numbers of their answers.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn answered_cards(&mut self) -> Result<HashMap<i64, Answered>, StoreError> {
        let groups = self.groups()?;
        let mut found: HashMap<i64, Answered> = HashMap::new();
        {
            let mut statement = self.db.prepare(
                "SELECT c.key, c.id, f.deck FROM cache_card AS k JOIN card AS c ON c.id = k.id
                   JOIN cache_file AS f ON f.key = k.file
                  WHERE k.shadowed = 0 ORDER BY c.key",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                found.entry(groups.first(row.get(0)?)).or_insert(Answered {
                    id: CardId::new(row::owned(row, 1)?),
                    deck: row::owned(row, 2)?,
                });
            }
        }
        let mut parked: BTreeMap<i64, Answered> = BTreeMap::new();
        {
            let mut statement = self.db.prepare("SELECT key, id FROM card ORDER BY key")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let first = groups.first(row.get(0)?);
                if !found.contains_key(&first) {
                    let id = CardId::new(row::owned(row, 1)?);
                    parked.entry(first).or_insert(Answered { id, deck: String::new() });
                }
            }
        }
        for (first, mut card) in parked {
            if let Some((id, _, deck)) = self.last_wording(&groups.members(first))? {
                card = Answered { id, deck: deck.unwrap_or_default() };
            }
            found.insert(first, card);
        }
        Ok(found)
    }

    /// Returns who has written into the history, by the numbers that answers have.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn devices(&self) -> Result<HashMap<i64, DeviceId>, StoreError> {
        let mut statement = self.db.prepare("SELECT key, id FROM device")?;
        let devices = statement.query_map([], |row| Ok((row.get(0)?, DeviceId(row.get(1)?))))?;
        Ok(devices.collect::<Result<_, _>>()?)
    }
}

/// Returns what the schedule in the columns from 7 on says today; `None` for a new card.
fn stands(row: &rusqlite::Row<'_>, today: Day) -> rusqlite::Result<Option<Stands>> {
    let (Some(interval), Some(last_day)) =
        (row.get::<_, Option<u32>>(7)?, super::read::day(row, 12)?)
    else {
        return Ok(None);
    };
    let memory = Memory {
        interval: Interval::of(interval.into()),
        ease: row.get::<_, Option<i64>>(8)?.map(Ease::from_hundredths),
        repetitions: 0,
        stability: row.get(9)?,
        difficulty: row.get(10)?,
        decay: row.get(11)?,
    };
    Ok(Some(Stands {
        interval: memory.interval,
        ease: memory.ease,
        stability: memory.stability,
        difficulty: memory.difficulty,
        recall: memory.recall(today.since(last_day).max(0) as f64),
        lapses: row.get::<_, Option<u32>>(13)?.unwrap_or(0),
    }))
}
