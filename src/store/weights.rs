//! The weights of FSRS that were fitted or given: the latest of each scope is in force.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::replay_all;
use super::rules::Rules;
use super::{Store, StoreError, row};
use crate::history::extra::{self, Scope, Set};
use crate::history::{EventId, Record, Step, kind};
use crate::schedule::Scheduler;
use crate::schedule::fsrs::Weights;
use crate::settings::{DeckOptions, Settings};
use crate::time::{Day, Moment};

/// Weights in force.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// The numbers.
    pub weights: Weights,
    /// Whether they were given by hand, and not fitted.
    pub given: bool,
    /// To how many scored reviews they were fitted.
    pub reviews: Option<u64>,
    /// How many counted answers there were then.
    pub counted: Option<u64>,
}

/// All weights in force.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fitted(BTreeMap<Scope, InForce>);

impl Fitted {
    /// Returns the weights for a deck: its own over the collection's.
    pub fn of(&self, deck: &str) -> Option<&InForce> {
        self.0.get(&Scope::Deck(deck.to_owned())).or_else(|| self.collection())
    }

    /// Returns the weights for all decks that have none of their own.
    pub fn collection(&self) -> Option<&InForce> {
        self.0.get(&Scope::Collection)
    }

    /// Returns them in words, as a stamp of what moves schedules.
    pub(super) fn stamp(&self) -> String {
        self.0.iter().map(|(scope, set)| format!(" {scope:?} {}", set.weights)).collect()
    }
}

impl Fitted {
    /// Returns them with others in force for a scope.
    pub fn with(&self, scope: Scope, set: InForce) -> Fitted {
        let mut fitted = self.clone();
        fitted.0.insert(scope, set);
        fitted
    }
}

/// The day on which an answered card comes back, now and under other settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Now.
    pub from: Day,
    /// Then.
    pub to: Day,
}

/// Settings that may come to be in force.
pub struct Proposal<'a> {
    /// What holds for every deck that does not say otherwise.
    pub settings: &'a Settings,
    /// The options that decks would have, by name; others have theirs.
    pub options: &'a BTreeMap<String, DeckOptions>,
    /// The weights.
    pub fitted: &'a Fitted,
}

impl Store {
    /// Returns how the answered cards of the decks would move, those of the deck `only` or all.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn moves(
        &mut self,
        proposal: &Proposal<'_>,
        only: Option<&str>,
    ) -> Result<Vec<Move>, StoreError> {
        let groups = self.groups()?;
        let pasts = replay_all(&self.db, &groups)?;
        let rules: BTreeMap<i64, Rules> = self
            .decks()?
            .into_iter()
            .filter(|deck| only.is_none_or(|only| only == deck.deck))
            .map(|mut deck| {
                if let Some(options) = proposal.options.get(&deck.deck) {
                    deck.head.options = options.clone();
                }
                let (settings, fitted) = (proposal.settings, proposal.fitted);
                (deck.key, Rules::of(settings, &deck.deck, &deck.head, fitted))
            })
            .collect();
        let mut statement = self.db.prepare(
            "SELECT k.file, c.key, c.id, s.due
               FROM cache_card AS k JOIN card AS c ON c.id = k.id
               JOIN cache_schedule AS s ON s.card = k.key
              WHERE k.shadowed = 0 AND s.due IS NOT NULL",
        )?;
        let mut rows = statement.query([])?;
        let mut moves = Vec::new();
        while let Some(row) = rows.next()? {
            let (Some(rules), Some(past)) =
                (rules.get(&row.get(0)?), pasts.get(&row.get::<_, i64>(1)?))
            else {
                continue;
            };
            let to = rules.scheduler(&row::owned(row, 2)?).schedule(&past.steps);
            if let Some(to) = to {
                moves.push(Move { from: Day(row.get(3)?), to: to.due });
            }
        }
        Ok(moves)
    }

    /// Returns what each card has been through since it was last started over, each once; parked
    /// cards too.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn pasts(&mut self) -> Result<Vec<Vec<Step>>, StoreError> {
        let groups = self.groups()?;
        let pasts = replay_all(&self.db, &groups)?;
        Ok(pasts
            .into_iter()
            .filter(|(key, _)| groups.members(*key).first().is_none_or(|first| first == key))
            .map(|(_, past)| past.steps)
            .filter(|steps| !steps.is_empty())
            .collect())
    }

    /// Returns how many counted answers the cards of the decks have.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn count_counted(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(reviews), 0) FROM cache_schedule";
        Ok(self.db.query_row(sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }
    /// Returns the weights in force.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn fitted(&self) -> Result<Fitted, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, kind, extra FROM history
              WHERE kind IN ('parameters', 'retracted') AND card IS NULL
                AND kind NOT IN ('reviewed', 'practised')
              ORDER BY at_ms, id",
        )?;
        let mut rows = statement.query([])?;
        let (mut found, mut retracted) = (Vec::new(), BTreeSet::new());
        while let Some(row) = rows.next()? {
            let Some(extra) = row::text(row, 2)? else { continue };
            match row::text(row, 1)?.as_deref() {
                Some(kind::RETRACTED) => retracted.extend(extra::target(&extra)),
                // Of a newer version, or no weights: as if it were not there.
                _ => found.extend(extra::weights(&extra).map(|set| (row.get(0).map(EventId), set))),
            }
        }
        let mut fitted = BTreeMap::new();
        for (id, set) in found {
            if !retracted.contains(&id?) {
                let Set { scope, weights, given, reviews, counted } = set;
                fitted.insert(scope, InForce { weights, given, reviews, counted });
            }
        }
        Ok(Fitted(fitted))
    }

    /// Adds weights to the history, and folds the schedules by them.
    ///
    /// # Errors
    ///
    /// Then they are not in the history.
    pub fn keep_weights(
        &mut self,
        set: &Set,
        now: Moment,
        settings: &Settings,
    ) -> Result<(), StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        self.within(|store| {
            let device = store.ensure_device()?;
            let mut when = store.not_before_last(now, device)?;
            // The latest are in force: these, also after some of a clock that ran ahead.
            let newest: Option<i64> = store.db.query_row(
                "SELECT max(at_ms) FROM history
                  WHERE kind = 'parameters' AND kind NOT IN ('reviewed', 'practised')",
                [],
                |row| row.get(0),
            )?;
            when.at_ms =
                newest.map_or(when.at_ms, |newest| when.at_ms.max(newest.saturating_add(1)));
            let record = Record {
                device: device.id,
                device_seq: device.seq + 1,
                card: None,
                rev: None,
                when,
                day: now.day(settings.day_starts_at),
                kind: kind::PARAMETERS.into(),
                rating: None,
                quality: None,
                took_ms: None,
                extra: Some(set.extra()),
            };
            store.insert(&record, record.id(), None, device)?;
            store.catch_up(settings)
        })
        .map_err(|error| error.at(&path))?;
        self.mark_progress();
        Ok(())
    }
}
