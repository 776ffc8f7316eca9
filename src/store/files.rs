//! The decks, as far as they were read: what changed since, and whose card is whose.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use super::cache::{self, Stamp};
use super::entries::Entries;
use super::rules::Rules;
use super::{Access, Entry, Store, StoreError};
use crate::at_once::{Hand, made_and_taken};
use crate::card::CardId;
use crate::deck::{DeckFile, Pulled, Sources};
use crate::history::Deed;
use crate::settings::Settings;
use crate::time::Moment;

/// What bringing the caches up to date found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// How many files were read.
    pub files_read: usize,
    /// Links that were certain and are now in the history: new id, old id.
    pub linked: Vec<(CardId, CardId)>,
}

struct Known {
    key: i64,
    deck: String,
    shown: String,
    state: String,
    settled: bool,
    hash: [u8; 32],
}

impl Store {
    /// Makes every cache true: of the decks as they are now, of the whole history, under
    /// `settings`. Where nothing changed, nothing is written.
    ///
    /// # Errors
    ///
    /// What SQLite or a deck folder says; the caches are then as they were.
    pub fn bring_up_to_date(
        &mut self,
        sources: &mut dyn Sources,
        settings: &Settings,
        now: Moment,
    ) -> Result<Refreshed, StoreError> {
        let refreshed = self.read_decks(sources, settings, now)?;
        // What is still empty may be about to be filled.
        if self.unshared && (refreshed.files_read > 0 || !self.has_no_history()?) {
            self.share()?;
        }
        Ok(refreshed)
    }

    /// Does the same, and leaves a new database to whoever fills it further.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn read_decks(
        &mut self,
        sources: &mut dyn Sources,
        settings: &Settings,
        now: Moment,
    ) -> Result<Refreshed, StoreError> {
        let path = self.path.clone();
        self.refresh(sources, settings, now).map_err(|error| error.at(&path))
    }

    fn refresh(
        &mut self,
        sources: &mut dyn Sources,
        settings: &Settings,
        now: Moment,
    ) -> Result<Refreshed, StoreError> {
        let files = sources.files();
        // What is certain may become so by an answer, too: it is looked for each time.
        if self.is_current(&files, settings)? {
            let pending = if self.writable() { self.pending()? } else { BTreeSet::new() };
            if self.certain_links(&BTreeSet::new(), &pending)?.is_empty() {
                return Ok(Refreshed::default());
            }
        }
        if self.access == Access::Read {
            cache::shadow(&self.db)?;
        }
        self.within(|store| store.refresh_within(&files, sources, settings, now))
    }

    /// Runs `work` in one transaction that no other writer can come between.
    pub(super) fn within<T>(
        &mut self,
        work: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let begin = if self.writable() { "BEGIN IMMEDIATE" } else { "BEGIN" };
        self.db.prepare_cached(begin)?.execute([])?;
        self.forget_if_others_wrote()?;
        match work(self) {
            Ok(done) => {
                self.db.prepare_cached("COMMIT")?.execute([])?;
                Ok(done)
            }
            Err(error) => {
                // The first error is the one to tell; a failed rollback ends with the connection.
                let _ = self.db.execute_batch("ROLLBACK");
                // What was written in here never was.
                self.forget_what_was_read();
                Err(error)
            }
        }
    }

    /// Forgets what was read of the facts if another connection wrote since: it may have put a
    /// backup in their place.
    fn forget_if_others_wrote(&mut self) -> Result<(), StoreError> {
        let version: i64 =
            self.db.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.version != Some(version) {
            self.forget_what_was_read();
            self.version = Some(version);
        }
        Ok(())
    }

    pub(super) fn forget_what_was_read(&mut self) {
        self.device = None;
        self.foreseen = None;
        self.links = Default::default();
    }

    fn is_current(&self, files: &[DeckFile], settings: &Settings) -> Result<bool, StoreError> {
        let known = self.known_files()?;
        let same = known.len() == files.len()
            && files.iter().all(|file| {
                known.get(&*file.key()).is_some_and(|known| {
                    known.settled
                        && known.state == file.state.text
                        && known.shown == file.shown
                        && known.deck == file.deck
                })
            });
        Ok(same && self.is_folded(settings)?)
    }

    pub(super) fn is_folded(&self, settings: &Settings) -> Result<bool, StoreError> {
        let newest: i64 =
            self.db.query_row("SELECT coalesce(max(seq), 0) FROM history", [], |row| row.get(0))?;
        Ok(cache::stamp(&self.db, Stamp::Seq)? == Some(newest)
            && cache::stamp::<i64>(&self.db, Stamp::Astray)? != Some(1)
            && cache::stamp(&self.db, Stamp::Settings)?
                == Some(Rules::stamp(settings, &self.fitted()?)))
    }

    fn known_files(&self) -> Result<BTreeMap<String, Known>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT key, path, deck, shown, state, settled, hash FROM cache_file",
        )?;
        let known = statement.query_map([], |row| {
            let known = Known {
                key: row.get(0)?,
                deck: row.get(2)?,
                shown: row.get(3)?,
                state: row.get(4)?,
                settled: row.get(5)?,
                hash: row.get(6)?,
            };
            Ok((row.get(1)?, known))
        })?;
        Ok(known.collect::<Result<_, _>>()?)
    }

    fn refresh_within(
        &mut self,
        files: &[DeckFile],
        sources: &mut dyn Sources,
        settings: &Settings,
        now: Moment,
    ) -> Result<Refreshed, StoreError> {
        let mut refreshed = Refreshed::default();
        // Events of others may be about cards that any deck once had.
        let astray: Option<i64> = cache::stamp(&self.db, Stamp::Astray)?;
        let others = self.others_wrote()? || astray == Some(1);
        let mut gone = self.known_files()?;
        let mut touched_decks = BTreeSet::new();
        let mut touched = BTreeSet::new();
        let mut former = BTreeSet::new();
        let mut wanted = Vec::new();
        for file in files {
            let known = gone.remove(&*file.key());
            let at_rest = known.as_ref().is_some_and(|known| {
                known.settled
                    && known.state == file.state.text
                    && known.deck == file.deck
                    && known.shown == file.shown
            });
            if !at_rest {
                wanted.push((file, known));
            }
        }
        let mut keep = |(file, known): &(&DeckFile, Option<Known>), entries: Option<Entries>| {
            let Some(entries) = entries else { return self.restate(file) };
            refreshed.files_read += 1;
            if let Some(known) = known {
                former.extend(self.answered_of(known.key)?);
                self.forget_file(known.key)?;
            }
            touched.extend(self.keep_file(file, entries)?);
            touched_decks.insert(file.deck.clone());
            Ok(())
        };
        match &wanted[..] {
            [] => {}
            [one] => keep(one, entries(sources, one))?,
            _ => {
                let each = |hand: Hand<'_, _>| {
                    wanted.iter().try_for_each(|wanted| hand(entries(sources, wanted)))
                };
                // One that is large waits alone.
                let (_, kept) = made_and_taken((1, 1), each, |made| {
                    wanted.iter().zip(made).try_for_each(|(wanted, entries)| keep(wanted, entries))
                });
                kept?;
            }
        }
        let contents_changed = refreshed.files_read > 0 || !gone.is_empty();
        for known in gone.into_values() {
            former.extend(self.answered_of(known.key)?);
            self.forget_file(known.key)?;
        }
        touched_decks.extend(self.decks_of_wordings(former.iter().copied())?);
        cache::index(&self.db)?;
        if contents_changed {
            let named = self.name_cards()?;
            touched_decks.extend(self.decks_of(&named.cards)?);
            for id in &named.left {
                if let Some(key) = self.key_of(id)? {
                    touched_decks.extend(self.decks_of_wordings([key])?);
                }
            }
            touched.extend(named.cards);
        }
        self.fold_what_changed(&touched, former, settings)?;
        if others {
            touched_decks.extend(self.decks()?.into_iter().map(|deck| deck.deck));
            touched.extend(self.all_cards()?);
        }
        touched_decks.extend(self.pending()?);
        const MANY: usize = 20;
        if touched_decks.len() > MANY {
            // One look at all wordings is cheaper than one for each deck.
            let parked = self.decks_with_parked()?;
            touched_decks.retain(|deck| parked.contains(deck));
        }
        if self.writable() {
            refreshed.linked = self.certain_links(&touched, &touched_decks)?;
            let links = refreshed.linked.iter().map(|(card, from)| {
                let deed = Deed::Linked { from: from.clone(), by_itself: true };
                Entry::now(card.clone(), deed, now)
            });
            self.append_within(&links.collect::<Vec<_>>(), settings)?;
        }
        self.note_edited(touched_decks)?;
        cache::set_stamp(&self.db, Stamp::Astray, &0)?;
        Ok(refreshed)
    }

    /// Whether events of other devices are not folded yet.
    fn others_wrote(&self) -> Result<bool, StoreError> {
        let folded: i64 = cache::stamp(&self.db, Stamp::Seq)?.unwrap_or(0);
        let here = self.known_device()?.unwrap_or(0);
        let sql = "SELECT EXISTS (SELECT 1 FROM history NOT INDEXED WHERE seq > ? AND device <> ?)";
        Ok(self.db.query_row(sql, [folded, here], |row| row.get(0))?)
    }

    fn all_cards(&self) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.db.prepare("SELECT key FROM cache_card WHERE side = 0")?;
        let keys = statement.query_map([], |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// Returns the keys in the history of the cards of a file.
    fn answered_of(&self, file: i64) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT c.key FROM cache_file AS f
                   JOIN cache_card AS k ON k.key BETWEEN f.first AND f.last
                   JOIN card AS c ON c.id = k.id WHERE f.key = ?",
        )?;
        let keys = statement.query_map([file], |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// Returns the names of the decks in which `cards` stand.
    fn decks_of(&self, cards: &BTreeSet<i64>) -> Result<BTreeSet<String>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT f.deck FROM cache_card AS k JOIN cache_file AS f ON f.key = k.file
              WHERE k.key = ?",
        )?;
        Ok(cards
            .iter()
            .map(|card| statement.query_row([card], |row| row.get(0)))
            .collect::<Result<_, _>>()?)
    }

    /// Folds `touched` cards of the decks, and those that the history knows as one of `keys`: they
    /// may stand in no deck now, and are scheduled by other rules there. Folds all where the settings
    /// or the history moved.
    fn fold_what_changed(
        &mut self,
        touched: &BTreeSet<i64>,
        mut keys: BTreeSet<i64>,
        settings: &Settings,
    ) -> Result<(), StoreError> {
        let by_these = Rules::stamp(settings, &self.fitted()?);
        if cache::stamp(&self.db, Stamp::Settings)?.as_ref() != Some(&by_these) {
            return self.refold_all(settings);
        }
        let mut statement = self.db.prepare_cached(
            "SELECT c.key FROM cache_card AS k JOIN card AS c ON c.id = k.id WHERE k.key = ?",
        )?;
        for card in touched {
            let mut rows = statement.query([card])?;
            if let Some(row) = rows.next()? {
                keys.insert(row.get(0)?);
            }
        }
        drop(statement);
        self.refold(&keys, settings)?;
        self.catch_up(settings)
    }

    /// Notes a new state of a file whose bytes did not change.
    fn restate(&self, file: &DeckFile) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE cache_file SET state = ?, settled = ?, shown = ? WHERE path = ?",
            )?
            .execute(params![file.state.text, file.state.settled, file.shown, file.key()])?;
        Ok(())
    }

    fn forget_file(&self, key: i64) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM cache_schedule WHERE card BETWEEN (SELECT first FROM cache_file WHERE key = ?1)
                AND (SELECT last FROM cache_file WHERE key = ?1)",
            "DELETE FROM cache_tag WHERE card BETWEEN (SELECT first FROM cache_file WHERE key = ?1)
                AND (SELECT last FROM cache_file WHERE key = ?1)",
            "DELETE FROM cache_card WHERE key BETWEEN (SELECT first FROM cache_file WHERE key = ?1)
                AND (SELECT last FROM cache_file WHERE key = ?1)",
            "DELETE FROM cache_left_out WHERE file = ?",
            "DELETE FROM cache_file WHERE key = ?",
        ] {
            self.db.prepare_cached(sql)?.execute([key])?;
        }
        Ok(())
    }

    /// Keeps what a file says; returns the keys of its cards.
    fn keep_file(&self, file: &DeckFile, read: Entries) -> Result<Vec<i64>, StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO cache_file (path, shown, deck, state, settled, hash, is_deck, head, findings)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                file.key(),
                file.shown,
                file.deck,
                file.state.text,
                file.state.settled,
                read.hash,
                read.is_deck,
                read.head,
                read.findings,
            ])?;
        let file = self.db.last_insert_rowid();
        for (note, line) in &read.left_out {
            self.db
                .prepare_cached("INSERT INTO cache_left_out (note, file, line) VALUES (?, ?, ?)")?
                .execute(params![note, file, line])?;
        }
        let mut keys = Vec::with_capacity(read.cards.len());
        let mut card_row = self.db.prepare_cached(
            "INSERT INTO cache_card (file, place, id, note, side, front, shadowed, rev, content)
             VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
        )?;
        let mut tag_row =
            self.db.prepare_cached("INSERT OR IGNORE INTO cache_tag (card, tag) VALUES (?, ?)")?;
        for (place, card) in (0i64..).zip(&read.cards) {
            card_row.execute(params![
                file,
                place,
                card.id.as_str(),
                card.note,
                card.side,
                card.front,
                card.rev,
                card.content,
            ])?;
            let key = self.db.last_insert_rowid();
            for tag in &card.tags {
                tag_row.execute(params![key, tag])?;
            }
            keys.push(key);
        }
        // The cards of a file, and so the sides of a note, have keys that follow each other.
        if let (Some(first), Some(last)) = (keys.first(), keys.last()) {
            self.db
                .prepare_cached("UPDATE cache_file SET first = ?, last = ? WHERE key = ?")?
                .execute([first, last, &file])?;
            self.db
                .prepare_cached(
                    "INSERT INTO cache_schedule (card, file, place, note, stage, suspended)
                     SELECT key, file, place, key - side, 0, 0 FROM cache_card
                      WHERE key BETWEEN ? AND ?",
                )?
                .execute([first, last])?;
        }
        Ok(keys)
    }

    /// Drops every cache.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn drop_caches(&mut self) -> Result<(), StoreError> {
        cache::reset(&self.db, self.access).map_err(|error| error.at(&self.path))
    }
}

/// Returns what is to be kept of a file; `None` if its bytes are those that are known.
fn entries(
    sources: &mut dyn Sources,
    (file, known): &(&DeckFile, Option<Known>),
) -> Option<Entries> {
    let same_name = known.as_ref().filter(|known| known.deck == file.deck);
    match sources.pull(file, same_name.map(|known| known.hash)) {
        Pulled::Unchanged => None,
        Pulled::Read(read) => Some(Entries::of(*read)),
    }
}
