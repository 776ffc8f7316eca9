//! The weights of FSRS that were fitted or given: the latest of each scope is in force.

use std::collections::{BTreeMap, BTreeSet};

use super::{Store, StoreError, row};
use crate::history::extra::{self, Scope};
use crate::history::{EventId, Record, kind};
use crate::schedule::fsrs::Weights;
use crate::settings::Settings;
use crate::time::Moment;

/// Weights in force.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// The numbers.
    pub weights: Weights,
    /// Whether they were given by hand, and not fitted.
    pub given: bool,
    /// To how many scored reviews they were fitted.
    pub reviews: Option<u64>,
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

impl Store {
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
                let (given, reviews) = (set.given, set.reviews);
                fitted.insert(set.scope, InForce { weights: set.weights, given, reviews });
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
        scope: &Scope,
        set: &InForce,
        now: Moment,
        settings: &Settings,
    ) -> Result<(), StoreError> {
        self.deny_readers()?;
        let path = self.path.clone();
        self.within(|store| {
            let device = store.ensure_device()?;
            let record = Record {
                device: device.id,
                device_seq: device.seq + 1,
                card: None,
                rev: None,
                when: store.not_before_last(now, device)?,
                day: now.day(settings.day_starts_at),
                kind: kind::PARAMETERS.to_owned(),
                rating: None,
                quality: None,
                took_ms: None,
                extra: Some(extra::of_weights(scope, &set.weights, set.given, set.reviews)),
            };
            store.insert(&record, record.id(), None, device)?;
            store.catch_up(settings)
        })
        .map_err(|error| error.at(&path))?;
        self.mark_progress();
        Ok(())
    }
}
