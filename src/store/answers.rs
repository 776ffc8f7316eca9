//! What figures are made of besides answers: the cards as they stand, and who has answered what.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{DeckRow, Standing, Store, StoreError, row};
use crate::card::CardId;
use crate::history::DeviceId;
use crate::schedule::{Ease, Interval, Memory, Stage};
use crate::stats::{self, Stands, Tags};
use crate::time::Day;

/// What the number of an answer's card stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The id that the card has in the decks, else the one it was last asked with.
    pub id: CardId,
    /// The name of its deck, the last known one for a parked card.
    pub deck: String,
}

impl Store {
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
                "SELECT card, answers, file, stage, suspended, due, buried_until, interval, ease,
                        stability, difficulty, decay, last_day, lapses, place
                   FROM cache_schedule ORDER BY card",
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
                    answers: row.get(1)?,
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
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut found = Tags::default();
        let mut statement = self.db.prepare("SELECT card, tag FROM cache_tag ORDER BY card")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let tag = row.get_ref(1)?.as_str()?;
            let place = match known.get(tag) {
                Some(place) => *place,
                None => {
                    found.names.push(tag.to_owned());
                    known.insert(tag.to_owned(), found.names.len() - 1);
                    found.names.len() - 1
                }
            };
            found.of_cards.push((row.get(0)?, place));
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
