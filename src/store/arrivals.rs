//! Schedules of cards whose history arrives card by card, folded before it is read back.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::fold::{Target, keep_family};
use super::links::Groups;
use super::rules::{Rules, rules_by_file};
use super::{Store, StoreError, cache};
use crate::card::CardId;
use crate::history::{Event, EventId, Kind, Record, by_card, extra, kind};
use crate::schedule::Chosen;
use crate::settings::Settings;
use crate::stats::Logged;

/// A card of the decks: its key there, its wording, and its file.
type InDeck = (i64, i64, i64);

/// Folds the events of one card after the other, into caches that are true of a history that has
/// not begun.
pub(super) struct Arrivals {
    /// The cards of the decks that nothing happened to yet, by their ids.
    cards: HashMap<String, InDeck>,
    rules: BTreeMap<i64, Rules>,
    elsewhere: Chosen,
    /// No card is another one.
    groups: Groups,
    /// The indexes over the schedules, which are made behind them.
    indexes: Vec<String>,
    /// The card that is at hand, and what happened to it.
    card: Option<(CardId, i64)>,
    logged: Vec<Logged>,
    /// Whether something happened to cards that stand in no deck.
    astray: bool,
    newest_ms: Option<i64>,
}

impl Arrivals {
    /// Returns `None` where the caches are not true of the decks under these settings.
    pub(super) fn expect(
        store: &Store,
        settings: &Settings,
    ) -> Result<Option<Arrivals>, StoreError> {
        if !store.is_folded(settings)? {
            return Ok(None);
        }
        let (db, fitted) = (&store.db, store.fitted()?);
        let mut statement =
            db.prepare("SELECT id, key, rev, file FROM cache_card WHERE shadowed = 0")?;
        let cards = statement
            .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?
            .collect::<Result<_, _>>()?;
        Ok(Some(Arrivals {
            cards,
            rules: rules_by_file(db, settings, &fitted)?,
            elsewhere: Rules::elsewhere(settings, &fitted).scheduler(""),
            groups: Groups::default(),
            indexes: cache::lay_aside(db)?,
            card: None,
            logged: Vec::new(),
            astray: false,
            newest_ms: None,
        }))
    }

    /// Turns to the events of a card with this key in the history, to which nothing happened yet.
    pub(super) fn turn_to(
        &mut self,
        db: &Connection,
        card: Option<(CardId, i64)>,
    ) -> Result<(), StoreError> {
        if let Some((id, key)) = std::mem::replace(&mut self.card, card) {
            self.fold(db, &id, key)?;
        }
        self.logged.clear();
        Ok(())
    }

    fn fold(&mut self, db: &Connection, id: &CardId, key: i64) -> Result<(), StoreError> {
        let target = self.cards.remove(id.as_str()).and_then(|(card, rev, file)| {
            let rules = self.rules.get(&file)?.clone();
            Some(Target { card, id: id.as_str().to_owned(), rev, rules, history_key: key })
        });
        self.astray |= target.is_none();
        let events = by_card(&self.logged).next().map(|(_, events)| events).unwrap_or_default();
        keep_family(db, (key, &events), target.as_slice(), &self.elsewhere, &self.groups)
    }

    /// Takes an event about the card at hand. Returns whether it can be folded without the others.
    #[must_use]
    pub(super) fn take(&mut self, record: &Record, id: EventId, device: i64) -> bool {
        let card = self.card.as_ref().map(|(_, key)| *key);
        // A card that a link names is of no use here: all of them are folded together then.
        let event = Event::of(record, id, card, |_| 0);
        let answer = matches!(event.kind, Kind::Reviewed(_) | Kind::Practised(_));
        let reaches_far = matches!(event.kind, Kind::Linked { .. } | Kind::Retracted { .. });
        let extra = record.extra.as_deref().filter(|_| answer);
        let sure = extra.and_then(extra::confidence);
        self.newest_ms = self.newest_ms.max(Some(record.when.at_ms));
        self.logged.push(Logged { event, took_ms: record.took_ms, device, sure });
        !reaches_far && record.kind != kind::PARAMETERS
    }

    /// Folds what is left, and notes that all events are folded.
    pub(super) fn end(mut self, store: &mut Store) -> Result<(), StoreError> {
        self.turn_to(&store.db, None)?;
        self.make_indexes(&store.db)?;
        if self.astray {
            cache::set_stamp(&store.db, cache::Stamp::Astray, &1)?;
        }
        cache::set_stamp(&store.db, cache::Stamp::Newest, &self.newest_ms)?;
        let newest = "SELECT coalesce(max(seq), 0) FROM history";
        let newest: i64 = store.db.query_row(newest, [], |row| row.get(0))?;
        Ok(cache::set_stamp(&store.db, cache::Stamp::Seq, &newest)?)
    }

    /// Makes the indexes that were laid aside.
    pub(super) fn make_indexes(&mut self, db: &Connection) -> Result<(), StoreError> {
        for index in self.indexes.drain(..) {
            db.execute_batch(&index)?;
        }
        Ok(())
    }
}
