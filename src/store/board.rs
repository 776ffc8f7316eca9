//! What was played on the board: answers that carry a stake.

use std::collections::HashMap;

use super::fold::{EVENT_COLUMNS, event};
use super::{Store, StoreError, row};
use crate::card::CardId;
use crate::history::{EventId, Kind, Stake, extra, keep_in_force};
use crate::time::{Day, Moment};

/// An answer that was given on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// The card.
    pub card: CardId,
    /// The answer.
    pub event: EventId,
    /// When it was given.
    pub when: Moment,
    /// The study day.
    pub day: Day,
    /// Whether it was right.
    pub right: bool,
    /// What it won or lost.
    pub stake: Stake,
}

impl Store {
    /// Returns the answers to `cards` that were given on the board from `first` on and not taken
    /// back, oldest first.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn played(&mut self, cards: &[CardId], first: Day) -> Result<Vec<Played>, StoreError> {
        let groups = self.groups()?;
        let mut found = Vec::new();
        for card in cards {
            let Some(key) = self.key_of(card)? else { continue };
            let (mut events, mut stakes) = (Vec::new(), HashMap::new());
            let mut statement = self.db.prepare_cached(&format!(
                "SELECT {EVENT_COLUMNS} FROM history AS h WHERE h.card = ?"
            ))?;
            for key in groups.members(key) {
                let mut rows = statement.query([key])?;
                while let Some(row) = rows.next()? {
                    let event = event(row, &groups)?;
                    let stake = row::text(row, 9)?.as_deref().and_then(extra::stake);
                    stakes.extend(stake.map(|stake| (event.id, stake)));
                    events.push(event);
                }
            }
            keep_in_force(&mut events);
            for event in events.iter().filter(|event| event.day >= first) {
                let (Kind::Reviewed(grade) | Kind::Practised(grade)) = event.kind else { continue };
                found.extend(stakes.remove(&event.id).map(|stake| Played {
                    card: card.clone(),
                    event: event.id,
                    when: event.when,
                    day: event.day,
                    right: grade.rating.passed(),
                    stake,
                }));
            }
        }
        found.sort_by_key(|played| (played.when.at_ms, played.event));
        Ok(found)
    }
}
