//! Which id each card of the decks has among all the others.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use super::{Store, StoreError};
use crate::card::{Answer, Card, CardId, Side, content_key, is_id};
use crate::deck::DeckFile;

/// What naming the cards has changed.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The cards that got another id, or lost theirs to an earlier card.
    pub cards: BTreeSet<i64>,
    /// The ids that were left.
    pub left: Vec<CardId>,
}

impl Store {
    /// Gives every card the id that it has among all the others.
    pub(super) fn name_cards(&self) -> Result<Named, StoreError> {
        let mut named = self.name_by_fronts()?;
        named.cards.extend(self.shadow_doubles()?);
        Ok(named)
    }

    /// Notes that agree in their fronts are named by front and back.
    fn name_by_fronts(&self) -> Result<Named, StoreError> {
        let agreeing = self.agreeing_fronts()?;
        let mut rows: Vec<(i64, i64, String, String, String)> = Vec::new();
        let mut read = |sql: &str, params: &[&dyn rusqlite::ToSql]| -> rusqlite::Result<()> {
            let mut statement = self.db.prepare_cached(sql)?;
            let found = statement.query_map(params, |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?;
            for row in found {
                rows.push(row?);
            }
            Ok(())
        };
        for front in &agreeing {
            read(
                "SELECT key, side, front, note, content FROM cache_card
                  WHERE (id = ?1 OR (id > ?1 || '/' AND id < ?1 || '0')) AND front = ?1",
                &[front],
            )?;
        }
        read("SELECT key, side, front, note, content FROM cache_card WHERE note <> front", &[])?;
        let mut named = Named::default();
        let mut rename =
            self.db.prepare_cached("UPDATE cache_card SET note = ?, id = ? WHERE key = ?")?;
        let mut anew = self.db.prepare_cached(
            "INSERT OR REPLACE INTO cache_schedule (card, file, place, note, stage, suspended)
             SELECT card, file, place, note, 0, 0 FROM cache_schedule WHERE card = ?",
        )?;
        for (key, side, front, note, content) in rows {
            let wanted =
                if agreeing.contains(&front) { key_of_both(&content, side) } else { Some(front) };
            let Some(wanted) = wanted.filter(|wanted| *wanted != note) else { continue };
            if named.cards.insert(key) {
                let side = if side == 0 { Side::Front } else { Side::Reverse };
                named.left.push(side.of(&note));
                rename.execute(params![wanted, side.of(&wanted).as_str(), key])?;
                // Under its new id it is new until its history says otherwise.
                anew.execute([key])?;
            }
        }
        Ok(named)
    }

    /// Returns the fronts that several notes without a written id have.
    ///
    /// A note is named by its front until another has the same, so these are ids that stand twice,
    /// or those that were given up before and are still asked for.
    fn agreeing_fronts(&self) -> Result<BTreeSet<String>, StoreError> {
        let mut holders: BTreeMap<String, i64> = self
            .db
            .prepare_cached(
                "SELECT front, count(*) FROM cache_card WHERE note <> front AND side = 0
                  GROUP BY front",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for id in self.doubled_ids()? {
            holders.entry(id).or_default();
        }
        let mut by_front = self
            .db
            .prepare_cached("SELECT count(*) FROM cache_card WHERE id = ?1 AND front = ?1")?;
        let mut agreeing = BTreeSet::new();
        for (front, others) in holders {
            if others + by_front.query_row([&front], |row| row.get::<_, i64>(0))? > 1 {
                agreeing.insert(front);
            }
        }
        Ok(agreeing)
    }

    /// Returns the cards whose id a note before them has that is left out for a mistake: it is the
    /// one that is meant, and nobody else goes on with its history.
    fn behind_left_out(&self) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT k.key FROM cache_left_out AS l JOIN cache_file AS g ON g.key = l.file
               JOIN cache_card AS k ON k.id = l.note OR (k.id > l.note || '/' AND k.id < l.note || '0')
               JOIN cache_file AS f ON f.key = k.file
              WHERE (f.shown, k.content ->> '$.line') > (g.shown, l.line)",
        )?;
        let keys = statement.query_map([], |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    fn doubled_ids(&self) -> Result<Vec<String>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT id FROM cache_card GROUP BY id HAVING count(*) > 1")?;
        let ids = statement.query_map([], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Of cards with one id the first by path and line works.
    fn shadow_doubles(&self) -> Result<BTreeSet<i64>, StoreError> {
        let before: BTreeSet<i64> = self
            .db
            .prepare_cached("SELECT key FROM cache_card WHERE shadowed = 1")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let doubled = self.doubled_ids()?;
        let mut now = BTreeSet::new();
        for id in doubled {
            let rows = self
                .db
                .prepare_cached(
                    "SELECT k.key FROM cache_card AS k JOIN cache_file AS f ON f.key = k.file
                      WHERE k.id = ? ORDER BY f.shown, k.place LIMIT -1 OFFSET 1",
                )?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<Vec<i64>, _>>()?;
            now.extend(rows);
        }
        now.extend(self.behind_left_out()?);
        for key in now.difference(&before) {
            self.db.execute("UPDATE cache_card SET shadowed = 1 WHERE key = ?", [key])?;
            self.db.execute("DELETE FROM cache_schedule WHERE card = ?", [key])?;
        }
        for key in before.difference(&now) {
            self.db.execute("UPDATE cache_card SET shadowed = 0 WHERE key = ?", [key])?;
            self.db.execute(
                "INSERT INTO cache_schedule (card, file, place, note, stage, suspended)
                 SELECT key, file, place, key - side, 0, 0 FROM cache_card WHERE key = ?",
                [key],
            )?;
        }
        // Whoever stands in front of a double may be another one than before.
        let mut touched: BTreeSet<i64> = now.symmetric_difference(&before).copied().collect();
        for key in touched.clone() {
            let mut statement = self.db.prepare_cached(
                "SELECT o.key FROM cache_card AS k JOIN cache_card AS o ON o.id = k.id WHERE k.key = ?",
            )?;
            let others = statement.query_map([key], |row| row.get(0))?;
            touched.extend(others.collect::<Result<Vec<i64>, _>>()?);
        }
        Ok(touched)
    }
}

/// A note that stands in a deck file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its line, 1-based.
    pub line: u32,
    /// The id that it may be given for good: the one under which its history stands.
    ///
    /// `None` if it has one; if it, or another one with its front, is there twice, stands in a file
    /// that is not asked for, or may be an edited card that nobody has told yet.
    pub id: Option<String>,
}

impl Store {
    /// Returns the notes of each of `files`, in their order, each with the id that can be written
    /// for it if all of them are.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn placed_notes(&mut self, files: &[DeckFile]) -> Result<Vec<Vec<Placed>>, StoreError> {
        let undecided = self.look_edited()?;
        let undecided: BTreeSet<&str> =
            undecided.iter().map(|found| note_of(found.card.as_str())).collect();
        let at: BTreeMap<Cow<'_, str>, usize> =
            files.iter().enumerate().map(|(at, file)| (file.key(), at)).collect();
        let mut placed = vec![Vec::new(); files.len()];
        let mut without: Vec<(usize, usize, String, String)> = Vec::new();
        // Of notes with one front that have no id all get one, or none: the one that is left would
        // be called by its front alone, as if it were another.
        let mut stay: BTreeSet<String> = BTreeSet::new();
        let mut fronts: BTreeMap<String, usize> = BTreeMap::new();
        {
            let mut statement = self.db.prepare(
                "SELECT f.path, k.content ->> '$.line', k.id, k.front,
                        EXISTS (SELECT 1 FROM cache_card AS o WHERE o.shadowed = 1 AND o.id = k.id)
                   FROM cache_file AS f JOIN cache_card AS k ON k.key BETWEEN f.first AND f.last
                  WHERE k.side = 0 ORDER BY f.shown, k.place",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let file = at.get(row.get_ref(0)?.as_str()?).copied();
                if let Some(file) = file {
                    placed[file].push(Placed { line: row.get(1)?, id: None });
                }
                let Some(front) = row.get::<_, Option<String>>(3)? else { continue };
                let id: String = row.get(2)?;
                // The first card of a text with gaps is a gap: the note is called by what is before.
                let id = note_of(&id).to_owned();
                *fronts.entry(front.clone()).or_default() += 1;
                match file {
                    Some(file) if !row.get::<_, bool>(4)? && !undecided.contains(&*id) => {
                        without.push((file, placed[file].len() - 1, id, front));
                    }
                    _ => drop(stay.insert(front)),
                }
            }
        }
        for (file, place, id, front) in without {
            if !stay.contains(&front) {
                let id = if fronts[&front] > 1 { id } else { self.lasting_id(id, &fronts)? };
                placed[file][place].id = Some(id);
            }
        }
        Ok(placed)
    }

    /// Returns the id under which the history of a note stands that is called `id` by its texts: its
    /// own, unless it was only ever asked under the one that it had before an edit.
    fn lasting_id(
        &mut self,
        id: String,
        fronts: &BTreeMap<String, usize>,
    ) -> Result<String, StoreError> {
        let Some(key) = self.key_of(&CardId::new(&*id))? else { return Ok(id) };
        if self.last_wording(&[key])?.is_some() {
            return Ok(id);
        }
        let groups = self.groups()?;
        let family = groups.members(key);
        let Some((former, _, _)) = self.last_wording(&family)? else { return Ok(id) };
        let wanted = fronts.contains_key(former.as_str());
        if wanted || !is_id(former.as_str()) || self.any_in_decks(&family_but(&family, key))? {
            return Ok(id);
        }
        // All sides move with the note: what was once the reverse must be its reverse now.
        let side = |id: &str| self.key_of(&Side::Reverse.of(id));
        let moves = match (side(former.as_str())?, side(&id)?) {
            (None, None) => true,
            (Some(was), Some(is)) => groups.members(is).contains(&was),
            _ => false,
        };
        Ok(if moves { former.as_str().to_owned() } else { id })
    }
}

fn family_but(family: &[i64], key: i64) -> Vec<i64> {
    family.iter().copied().filter(|member| *member != key).collect()
}

/// Returns the note that a card's id names.
fn note_of(card: &str) -> &str {
    card.split('/').next().unwrap_or_default()
}

/// Returns the key of front and back of the note that a kept card belongs to.
fn key_of_both(content: &str, side: i64) -> Option<String> {
    let card: Card = serde_json::from_str(content).ok()?;
    if card.details.cloze.is_some() {
        return None; // with the same text it is the same note
    }
    let (front, back) = match (side, &card.back) {
        (0, back) => (card.front.as_str(), back.clone()),
        (_, Answer::Text(front)) => (front.as_str(), Answer::Text(card.front.clone())),
        (_, Answer::List(_)) => return None,
    };
    let mut parts = vec![front];
    parts.extend(back.texts().iter().map(String::as_str));
    Some(content_key(&parts))
}
