//! Which ids are one card.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rusqlite::Connection;

use super::{Store, StoreError, row};
use crate::history::{Event, EventId, Kind, extra, groups};
use crate::time::{Day, Moment};

/// Which ids are one card.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Every member of a family, smallest first, under each of them.
    families: BTreeMap<i64, Vec<i64>>,
    /// Ids that links name and the history has no key for.
    strangers: BTreeMap<String, i64>,
    /// Keys of the ids that links name.
    keys: BTreeMap<String, i64>,
}

impl Groups {
    /// Returns all keys that are one card with `key`, smallest first.
    pub(super) fn members(&self, key: i64) -> Vec<i64> {
        self.families.get(&key).cloned().unwrap_or_else(|| vec![key])
    }

    /// Returns the one of them under which their answers are.
    pub(super) fn first(&self, key: i64) -> i64 {
        self.families.get(&key).and_then(|family| family.first()).copied().unwrap_or(key)
    }

    /// Returns the ids that links name and the history has no key for.
    pub(super) fn strangers(&self) -> impl Iterator<Item = &str> {
        self.strangers.keys().map(String::as_str)
    }

    /// Returns the key of an id that a link names; negative for one without events.
    pub(super) fn key(&self, id: &str) -> i64 {
        self.keys.get(id).or_else(|| self.strangers.get(id)).copied().unwrap_or(0)
    }
}

/// The groups as they were at a point of the history.
#[derive(Default)]
pub(super) struct Cached {
    /// The newest link and retraction; the newest card, where a link names one that has no key.
    at: Option<(i64, i64, i64)>,
    groups: Rc<Groups>,
}

impl Store {
    /// Returns which ids are one card.
    pub(super) fn groups(&mut self) -> Result<Rc<Groups>, StoreError> {
        // The kind stands in the text: bound, it would have SQLite plan anew each time, because of
        // the partial index.
        let newest = |kind: &str| -> rusqlite::Result<i64> {
            let sql = format!(
                "SELECT coalesce(max(seq), 0) FROM history
                  WHERE kind = '{kind}' AND kind NOT IN ('reviewed', 'practised')"
            );
            self.db.prepare_cached(&sql)?.query_row([], |row| row.get(0))
        };
        let linked = newest("linked")?;
        if linked == 0 {
            self.links.groups = Rc::default();
            return Ok(self.links.groups.clone());
        }
        let newest_card = if self.links.groups.strangers.is_empty() {
            0
        } else {
            self.db.query_row("SELECT coalesce(max(key), 0) FROM card", [], |row| row.get(0))?
        };
        let at = (linked, newest("retracted")?, newest_card);
        if self.links.at != Some(at) {
            self.links.groups = Rc::new(read_groups(&self.db)?);
            self.links.at = Some(at);
        }
        Ok(self.links.groups.clone())
    }
}

fn read_groups(db: &Connection) -> Result<Groups, StoreError> {
    let mut found = Groups::default();
    let mut retracted = BTreeSet::new();
    {
        let mut statement = db.prepare(
            "SELECT card, extra FROM history
              WHERE kind = 'retracted' AND kind NOT IN ('reviewed', 'practised')",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(target) = row::text(row, 1)?.as_deref().and_then(extra::target) {
                retracted.insert((target, row.get::<_, Option<i64>>(0)?));
            }
        }
    }
    let mut links = Vec::new();
    let mut statement = db.prepare(
        "SELECT h.id, h.card, h.extra, c.key FROM history AS h
           LEFT JOIN card AS c ON c.id = CASE WHEN json_valid(h.extra) THEN h.extra ->> '$.from' END
          WHERE h.kind = 'linked' AND h.kind NOT IN ('reviewed', 'practised')",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, card) = (EventId(row.get(0)?), row.get::<_, Option<i64>>(1)?);
        let Some(from) = row::text(row, 2)?.as_deref().and_then(extra::from) else { continue };
        let key: i64 = match row.get::<_, Option<i64>>(3)? {
            Some(key) => *found.keys.entry(from).or_insert(key),
            None => {
                let next = -1 - found.strangers.len() as i64;
                *found.strangers.entry(from).or_insert(next)
            }
        };
        if !retracted.contains(&(id, card)) {
            let when = Moment { at_ms: 0, utc_offset_s: 0 };
            let kind = Kind::Linked { from: key };
            links.push(Event { id, card, when, day: Day(0), rev: None, kind });
        }
    }
    let mut families: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (key, first) in groups(&links) {
        families.entry(first).or_default().push(key);
    }
    for family in families.into_values() {
        for key in &family {
            found.families.insert(*key, family.clone());
        }
    }
    Ok(found)
}
