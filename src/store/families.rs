//! The whole history, card by card, as it is read.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::StoreError;
use super::fold::{EVENT_COLUMNS, event, logged};
use super::links::Groups;
use crate::stats::Logged;

/// What happened to cards that are one, as far as it was read.
struct Family {
    /// The key under which their answers are.
    first: i64,
    /// How many of its events were not read yet.
    missing: usize,
    logged: Vec<Logged>,
}

/// Calls `with` for all cards that something happened to, by their keys, with what that was; those
/// that are linked are one.
///
/// The history is read once, in the order in which it lies on the disk. What is read is let go as
/// soon as all of a card is there: where a card's events follow each other, as an import puts them,
/// that is little.
pub(super) fn each_family(
    db: &Connection,
    groups: &Groups,
    mut with: impl FnMut(i64, &[Logged]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut families = families(db, groups)?;
    let places: HashMap<i64, usize> =
        families.iter().enumerate().map(|(place, family)| (family.first, place)).collect();
    let mut statement = db.prepare(&format!(
        "SELECT {EVENT_COLUMNS}, h.took_ms, h.device FROM history AS h
          WHERE h.card IS NOT NULL ORDER BY h.seq"
    ))?;
    let mut rows = statement.query([])?;
    let mut next = 0;
    while let Some(row) = rows.next()? {
        let event = event(row, groups)?;
        let first = event.card.map(|card| groups.first(card));
        let family = first.and_then(|first| families.get_mut(*places.get(&first)?));
        let Some(family) = family else { continue };
        if family.logged.is_empty() {
            family.logged.reserve_exact(family.missing);
        }
        family.logged.push(logged(row, event)?);
        family.missing = family.missing.saturating_sub(1);
        while let Some(whole) = families.get_mut(next).filter(|family| family.missing == 0) {
            with(whole.first, &std::mem::take(&mut whole.logged))?;
            next += 1;
        }
    }
    Ok(())
}

/// Returns the cards that something happened to, by their keys, and how much that is.
fn families(db: &Connection, groups: &Groups) -> Result<Vec<Family>, StoreError> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    let mut statement =
        db.prepare("SELECT card, count(*) FROM history WHERE card IS NOT NULL GROUP BY card")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let count: i64 = row.get(1)?;
        *counts.entry(groups.first(row.get(0)?)).or_default() +=
            usize::try_from(count).unwrap_or_default();
    }
    let family = |(first, missing)| Family { first, missing, logged: Vec::new() };
    Ok(counts.into_iter().map(family).collect())
}
