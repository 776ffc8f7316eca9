//! Schedules of cards whose history arrives card by card, folded before it is read back.
//!
//! [`Folder`] folds, and needs no database for it; what it comes to is written by [`Arrivals`], which
//! may happen meanwhile, on another core.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::fold::{Family, Target};
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

/// What a [`Folder`] hands on, in the order in which it is to be added to the history.
pub enum Arrival {
    /// An event, and its id.
    Event(EventId, Record),
    /// What the events of the card come to that went before.
    Card(Box<FoldedCard>),
}

/// What the events of a card come to.
pub struct FoldedCard {
    /// Whose events they are.
    pub(super) id: CardId,
    /// The card of the decks; `None` if it stands in none.
    target: Option<Target>,
    family: Family,
}

/// Folds events that come card by card, while they are handed on.
#[derive(Default)]
pub struct Folder(Option<Folding>);

struct Folding {
    /// The cards of the decks that nothing happened to yet, by their ids.
    cards: HashMap<String, InDeck>,
    rules: BTreeMap<i64, Rules>,
    elsewhere: Chosen,
    /// The key of the device whose events they are.
    device: i64,
    /// The card that is at hand, and what happened to it.
    card: Option<CardId>,
    logged: Vec<Logged>,
}

impl Folder {
    /// Hands on an event, and before it what came of another card's.
    ///
    /// # Errors
    ///
    /// What `hand` says.
    pub fn take<E>(
        &mut self,
        record: Record,
        mut hand: impl FnMut(Arrival) -> Result<(), E>,
    ) -> Result<(), E> {
        let id = record.id();
        if let Some(folding) = &mut self.0 {
            if folding.card != record.card
                && let Some(folded) = folding.turn_to(record.card.clone())
            {
                hand(Arrival::Card(Box::new(folded)))?;
            }
            folding.take(&record, id);
        }
        hand(Arrival::Event(id, record))
    }

    /// Hands on what came of the last card's events.
    ///
    /// # Errors
    ///
    /// What `hand` says.
    pub fn end<E>(mut self, mut hand: impl FnMut(Arrival) -> Result<(), E>) -> Result<(), E> {
        match self.0.as_mut().and_then(|folding| folding.turn_to(None)) {
            Some(folded) => hand(Arrival::Card(Box::new(folded))),
            None => Ok(()),
        }
    }
}

impl Folding {
    /// Turns to another card, or to none; returns what came of the one before.
    fn turn_to(&mut self, card: Option<CardId>) -> Option<FoldedCard> {
        let id = std::mem::replace(&mut self.card, card)?;
        let target = self.cards.remove(id.as_str()).and_then(|(card, rev, file)| {
            let rules = self.rules.get(&file)?.clone();
            Some(Target { card, id: id.as_str().to_owned(), rev, rules, history_key: AT_HAND })
        });
        let events = by_card(&self.logged).next().map(|(_, events)| events).unwrap_or_default();
        let family = Family::of((AT_HAND, &events), target.as_slice(), &self.elsewhere);
        self.logged.clear();
        Some(FoldedCard { id, target, family })
    }

    fn take(&mut self, record: &Record, id: EventId) {
        if self.card.is_none() {
            return;
        }
        // A card that a link names is of no use here: all of them are folded together then.
        let event = Event::of(record, id, Some(AT_HAND), |_| AT_HAND);
        let answer = matches!(event.kind, Kind::Reviewed(_) | Kind::Practised(_));
        let extra = record.extra.as_deref().filter(|_| answer);
        let sure = extra.and_then(extra::confidence);
        let (took_ms, device) = (record.took_ms, self.device);
        self.logged.push(Logged { event, took_ms, device, sure });
    }
}

/// The card at hand is known by its id; the key that it has in the history is for who writes.
const AT_HAND: i64 = 0;

/// Whether an event may mean something for other cards than its own.
pub(super) fn reaches_far(record: &Record) -> bool {
    [kind::LINKED, kind::RETRACTED, kind::PARAMETERS].contains(&&*record.kind)
}

/// Writes what the events of one card after the other come to, into caches that are true of a history
/// that has not begun.
pub(super) struct Arrivals {
    /// No card is another one.
    groups: Groups,
    /// The indexes over the schedules, which are made behind them.
    indexes: Vec<String>,
    /// Whether something happened to cards that stand in no deck.
    astray: bool,
    newest_ms: Option<i64>,
}

impl Arrivals {
    /// Returns it, with who folds the events of `device`; neither does anything where the caches are
    /// not true of the decks under these settings.
    pub(super) fn expect(
        store: &Store,
        settings: &Settings,
        device: i64,
    ) -> Result<(Option<Arrivals>, Folder), StoreError> {
        if !store.is_folded(settings)? {
            return Ok((None, Folder(None)));
        }
        let (db, fitted) = (&store.db, store.fitted()?);
        let mut statement =
            db.prepare("SELECT id, key, rev, file FROM cache_card WHERE shadowed = 0")?;
        let cards = statement
            .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?
            .collect::<Result<_, _>>()?;
        let folding = Folding {
            cards,
            rules: rules_by_file(db, settings, &fitted)?,
            elsewhere: Rules::elsewhere(settings, &fitted).scheduler(""),
            device,
            card: None,
            logged: Vec::new(),
        };
        let arrivals = Arrivals {
            groups: Groups::default(),
            indexes: cache::lay_aside(db)?,
            astray: false,
            newest_ms: None,
        };
        Ok((Some(arrivals), Folder(Some(folding))))
    }

    /// Takes note of an event.
    pub(super) fn note(&mut self, record: &Record) {
        self.newest_ms = self.newest_ms.max(Some(record.when.at_ms));
    }

    /// Writes what the events of the card with this key in the history come to.
    pub(super) fn keep(
        &mut self,
        db: &Connection,
        key: i64,
        folded: FoldedCard,
    ) -> Result<(), StoreError> {
        let FoldedCard { mut target, family, .. } = folded;
        if let Some(target) = &mut target {
            target.history_key = key;
        }
        self.astray |= target.is_none();
        family.keep(db, key, target.as_slice(), &self.groups)
    }

    /// Notes that all events are folded.
    pub(super) fn end(mut self, store: &mut Store) -> Result<(), StoreError> {
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
