//! How the cards of each deck are folded: its own settings over the configuration's.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use super::weights::Fitted;
use super::{StoreError, row};
use crate::deck::Head;
use crate::schedule::fsrs::Fsrs;
use crate::schedule::sm2::Sm2;
use crate::schedule::spread::Seed;
use crate::schedule::{Chosen, Model};
use crate::settings::{Changed, Fuzz, SchedulerName, Settings};

/// How the cards of one deck are folded.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    model: Model,
    spread: bool,
    pub changed: Changed,
    pub fold_accents: bool,
}

impl Rules {
    /// Returns the rules of a deck: its own settings over the configuration's.
    pub(super) fn of(settings: &Settings, deck: &str, head: &Head, fitted: &Fitted) -> Rules {
        let options = &head.options;
        let name = options.scheduler.unwrap_or(settings.scheduler);
        let fuzz = options.fuzz.unwrap_or(settings.fuzz);
        Rules {
            model: match name {
                SchedulerName::Sm2 => {
                    Model::Sm2(Sm2 { profile: options.sm2_profile.unwrap_or(settings.sm2_profile) })
                }
                SchedulerName::Fsrs => {
                    let weights = fitted.of(deck).map(|set| set.weights).unwrap_or_default();
                    let retention = options.retention.unwrap_or(settings.retention);
                    Model::Fsrs(Arc::new(Fsrs::new(weights, retention)))
                }
            },
            spread: match fuzz {
                Fuzz::Auto => name == SchedulerName::Fsrs,
                Fuzz::On => true,
                Fuzz::Off => false,
            },
            changed: options.changed.unwrap_or(settings.changed),
            fold_accents: settings.fold_accents,
        }
    }

    /// Returns the rules of what stands in no deck.
    pub(super) fn elsewhere(settings: &Settings, fitted: &Fitted) -> Rules {
        Rules::of(settings, "", &Head::default(), fitted)
    }

    /// Returns what of the configuration and the weights moves schedules, as a stamp.
    pub(super) fn stamp(settings: &Settings, fitted: &Fitted) -> String {
        format!(
            "{:?} {:?} {} {} {:?} {:?}{}",
            settings.sm2_profile,
            settings.changed,
            settings.fold_accents,
            settings.scheduler.word(),
            settings.retention,
            settings.fuzz,
            fitted.stamp()
        )
    }

    /// Returns the scheduler of the card with this id.
    pub(super) fn scheduler(&self, card: &str) -> Chosen {
        Chosen { model: self.model.clone(), seed: self.spread.then(|| Seed::of(card)) }
    }
}

pub(super) fn rules_by_file(
    db: &Connection,
    settings: &Settings,
    fitted: &Fitted,
) -> Result<BTreeMap<i64, Rules>, StoreError> {
    let mut statement = db.prepare("SELECT key, head, deck FROM cache_file WHERE is_deck = 1")?;
    let rules = statement.query_map([], |row| {
        let head = head_of(row.get_ref(1)?.as_str_or_null()?);
        Ok((row.get(0)?, Rules::of(settings, &row::owned(row, 2)?, &head, fitted)))
    })?;
    Ok(rules.collect::<Result<_, _>>()?)
}

/// Returns how the cards of a file are folded; without one, those that stand in no deck.
pub(super) fn rules_of(
    db: &Connection,
    file: Option<i64>,
    settings: &Settings,
    fitted: &Fitted,
) -> Result<Rules, StoreError> {
    let (head, deck) = db
        .prepare_cached("SELECT head, deck FROM cache_file WHERE key = ?")?
        .query_row([file], |row| {
            Ok((head_of(row.get_ref(0)?.as_str_or_null()?), row::owned(row, 1)?))
        })
        .optional()?
        .unwrap_or_default();
    Ok(Rules::of(settings, &deck, &head, fitted))
}

/// Returns the head that a cache keeps; a deck that says nothing special keeps none.
pub(super) fn head_of(json: Option<&str>) -> Head {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}
