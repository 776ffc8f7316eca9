//! From events to the schedule in force: all of it, or of a few cards.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::families::each_family;
use super::links::Groups;
use super::rules::{Rules, rules_by_file, rules_of};
use super::weights::Fitted;
use super::{Store, StoreError, cache, packed, row};
use crate::answer;
use crate::card::{self, Answer, Card, CardId, Wording};
use crate::cloze::bold_parts;
use crate::history::{Event, EventId, Kind, Past, Step, by_card, extra, kind, replay};
use crate::schedule::{Chosen, Schedule, Scheduler, Stage};
use crate::settings::{Changed, Settings};
use crate::stats::{Course, Logged, pack};
use crate::time::{Day, Moment};

/// More cards than this are folded in one reading of the whole history.
const MANY: usize = 2_000;

/// What a card's past comes to.
#[derive(Clone, Debug)]
pub(super) struct Folded {
    pub past: Past,
    pub schedule: Option<Schedule>,
    pub first_day: Option<Day>,
    pub last: Option<Moment>,
    /// The wording of the last pass, and its day.
    pub passed: Option<(i64, Day)>,
}

impl Folded {
    pub(super) fn of(past: Past, scheduler: &impl Scheduler) -> Folded {
        let schedules = scheduler.schedules(&past.steps);
        Folded::by(past, schedules)
    }

    /// Returns that of a past and the schedules after each of its steps.
    fn by(past: Past, mut schedules: Vec<Schedule>) -> Folded {
        let mut counted =
            past.steps.iter().zip(&schedules).filter_map(|(step, schedule)| match step {
                Step::Review(review) if schedule.counted => Some(review),
                _ => None,
            });
        let first = counted.next();
        let last = counted.next_back().or(first);
        let passed = past
            .reviews()
            .rev()
            .find(|review| review.grade.rating.passed())
            .and_then(|review| Some((review.rev?, review.day)));
        Folded {
            first_day: first.map(|review| review.day),
            last: last.map(|review| review.when),
            passed,
            schedule: schedules.pop(),
            past,
        }
    }

    fn stage(&self) -> Stage {
        self.schedule.map_or(Stage::New, |schedule| schedule.stage)
    }
}

/// A card of the decks that has a history.
pub(super) struct Target {
    pub card: i64,
    pub id: String,
    pub rev: i64,
    pub rules: Rules,
    /// Keys in the history under which its wordings are kept.
    pub history_key: i64,
}

impl Target {
    fn scheduler(&self) -> Chosen {
        self.rules.scheduler(&self.id)
    }
}

impl Store {
    /// Folds the cards in `keys` (of the history) and all that are linked with them, and keeps
    /// their answers, and the schedules of those that stand in the decks.
    pub(super) fn refold(
        &mut self,
        keys: &BTreeSet<i64>,
        settings: &Settings,
    ) -> Result<(), StoreError> {
        if keys.len() > MANY {
            return self.refold_all(settings);
        }
        let (groups, fitted) = (self.groups()?, self.fitted()?);
        let elsewhere = Rules::elsewhere(settings, &fitted).scheduler("");
        let mut members = BTreeSet::new();
        for key in keys {
            members.extend(groups.members(*key));
        }
        for key in members.iter().copied().collect::<Vec<_>>() {
            let family: Vec<i64> = groups.members(key);
            if family.first() != Some(&key) {
                continue; // the first of a family does it for all
            }
            let logged = logged_of(&self.db, &family, &groups)?;
            let mut targets = Vec::new();
            for member in &family {
                targets.extend(targets_of(&self.db, settings, &fitted, *member)?);
            }
            if targets.is_empty() {
                cache::set_stamp(&self.db, cache::Stamp::Astray, &1)?;
            }
            for member in &family {
                packed::forget(&self.db, *member)?;
            }
            let events = by_card(&logged).next().map(|(_, events)| events).unwrap_or_default();
            let family = Family::of((key, &events), &targets, &elsewhere);
            family.keep(&self.db, key, &targets, &groups)?;
        }
        Ok(())
    }

    /// Folds the whole history by `settings`, and notes that.
    pub(super) fn refold_all(&mut self, settings: &Settings) -> Result<(), StoreError> {
        self.name_strangers()?;
        let groups = self.groups()?;
        let fitted = self.fitted()?;
        let elsewhere = Rules::elsewhere(settings, &fitted).scheduler("");
        let mut targets: BTreeMap<i64, Vec<Target>> = BTreeMap::new();
        for target in all_targets(&self.db, settings, &fitted)? {
            targets.entry(groups.first(target.history_key)).or_default().push(target);
        }
        packed::forget_all(&self.db)?;
        let many = targets.len() > MANY;
        let indexes = if many { cache::lay_aside(&self.db)? } else { Vec::new() };
        each_family(&self.db, &groups, |first, logged| {
            let targets = targets.remove(&first).unwrap_or_default();
            let events = by_card(logged).next().map(|(_, events)| events).unwrap_or_default();
            let family = Family::of((first, &events), &targets, &elsewhere);
            family.keep(&self.db, first, &targets, &groups)
        })?;
        for (first, targets) in targets {
            let family = Family::of((first, &[]), &targets, &elsewhere);
            family.keep(&self.db, first, &targets, &groups)?;
        }
        for index in indexes {
            self.db.execute_batch(&index)?;
        }
        let by_these = Rules::stamp(settings, &fitted);
        cache::set_stamp(&self.db, cache::Stamp::Settings, &by_these)?;
        self.stamp_history()
    }

    /// Gives a key to ids that only a link names: what they are linked with is their past, too.
    fn name_strangers(&mut self) -> Result<(), StoreError> {
        let groups = self.groups()?;
        if self.writable() {
            for id in groups.strangers() {
                self.card_key(&CardId::new(id))?;
            }
        }
        Ok(())
    }

    /// Returns the past of the card with this key in the history.
    pub(super) fn past(&mut self, key: i64) -> Result<Past, StoreError> {
        let groups = self.groups()?;
        Ok(past_of(&self.db, &groups.members(key), &groups)?.unwrap_or_default())
    }

    /// Returns what happened to a card and to what it is linked with, also what was taken back,
    /// each with how many milliseconds it took; in no order.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn deeds(&mut self, card: &CardId) -> Result<Vec<Logged>, StoreError> {
        let Some(key) = self.key_of(card)? else { return Ok(Vec::new()) };
        let groups = self.groups()?;
        logged_of(&self.db, &groups.members(key), &groups)
    }

    /// Brings the folds up to what `history` holds, whoever wrote it.
    pub(super) fn catch_up(&mut self, settings: &Settings) -> Result<(), StoreError> {
        let newest: i64 =
            self.db.query_row("SELECT coalesce(max(seq), 0) FROM history", [], |row| row.get(0))?;
        let folded: i64 = cache::stamp(&self.db, cache::Stamp::Seq)?.unwrap_or(0);
        if newest == folded {
            return Ok(());
        }
        // Weights may be among what came.
        let by_these = Rules::stamp(settings, &self.fitted()?);
        if cache::stamp(&self.db, cache::Stamp::Settings)?.as_ref() != Some(&by_these) {
            return self.refold_all(settings);
        }
        self.name_strangers()?;
        let mut keys = BTreeSet::new();
        {
            let mut rows = self.db.prepare_cached(
                "SELECT DISTINCT card FROM history NOT INDEXED
                  WHERE seq > ? AND card IS NOT NULL LIMIT ?",
            )?;
            let mut rows = rows.query(params![folded, MANY as i64 + 1])?;
            while let Some(row) = rows.next()? {
                keys.insert(row.get(0)?);
            }
        }
        // A link that was taken back parts cards that its own family no longer names.
        let parted: bool = self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM history NOT INDEXED WHERE seq > ? AND kind = 'retracted')
                  AND EXISTS (SELECT 1 FROM history
                               WHERE kind = 'linked' AND kind NOT IN ('reviewed', 'practised'))",
            )?
            .query_row([folded], |row| row.get(0))?;
        if folded == 0 || newest < folded || parted {
            return self.refold_all(settings);
        }
        self.refold(&keys, settings)?;
        self.stamp_history()
    }

    /// Folds the `count` events that were appended in this transaction, and everything else that is
    /// not folded yet.
    pub(super) fn fold_appended(
        &mut self,
        touched: &BTreeSet<i64>,
        count: i64,
        settings: &Settings,
    ) -> Result<(), StoreError> {
        let newest: i64 =
            self.db.query_row("SELECT coalesce(max(seq), 0) FROM history", [], |row| row.get(0))?;
        if cache::stamp(&self.db, cache::Stamp::Seq)? == Some(newest - count) {
            self.refold(touched, settings)?;
            return self.stamp_history();
        }
        self.catch_up(settings)
    }

    /// Notes up to where the history is folded, and its newest times.
    fn stamp_history(&mut self) -> Result<(), StoreError> {
        use cache::{Stamp, set_stamp, stamp};
        let last = match self.device {
            Some(device) => Some(device.last_ms),
            None => match self.known_device()? {
                Some(key) => Some(self.last_now(key)?),
                None => None,
            },
        };
        if let Some(last) = last {
            set_stamp(&self.db, Stamp::LastNow, &last)?;
        }
        let folded: i64 = stamp(&self.db, Stamp::Seq)?.unwrap_or(0);
        let (seq, at_ms): (Option<i64>, Option<i64>) = self
            .db
            .prepare_cached("SELECT max(seq), max(at_ms) FROM history NOT INDEXED WHERE seq > ?")?
            .query_row([folded], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let before: Option<i64> = stamp(&self.db, Stamp::Newest)?.flatten();
        set_stamp(&self.db, Stamp::Newest, &at_ms.max(before))?;
        set_stamp(&self.db, Stamp::Seq, &seq.unwrap_or(folded))?;
        Ok(())
    }
}

pub(super) const EVENT_COLUMNS: &str =
    "h.id, h.card, h.at_ms, h.utc_offset_s, h.day, h.rev, h.kind, h.rating, h.quality, h.extra";

pub(super) fn event(row: &Row<'_>, groups: &Groups) -> rusqlite::Result<Event<i64>> {
    let word = row::text(row, 6)?.unwrap_or_default();
    let day = row::day(row, 4)?;
    // Answers are nearly all there is, and need nothing from what else an event carries.
    let extra = match &*word {
        kind::REVIEWED | kind::PRACTISED => None,
        _ => row::text(row, 9)?,
    };
    Ok(Event {
        id: EventId(row.get(0)?),
        card: row.get(1)?,
        when: row::moment(row, (2, 3))?,
        day,
        rev: row.get(5)?,
        kind: Kind::understand(&word, row.get(7)?, row.get(8)?, day, extra.as_deref(), |from| {
            groups.key(from)
        }),
    })
}

/// Returns the event of a row of [`EVENT_COLUMNS`], `h.took_ms` and `h.device`.
pub(super) fn logged(row: &Row<'_>, event: Event<i64>) -> rusqlite::Result<Logged> {
    let sure = match event.kind {
        Kind::Reviewed(_) | Kind::Practised(_) => {
            row::text(row, 9)?.as_deref().and_then(extra::confidence)
        }
        _ => None,
    };
    Ok(Logged { event, took_ms: row.get(10)?, device: row.get(11)?, sure })
}

/// Returns the past that the cards in `family` share; `None` if nothing happened to them.
fn past_of(db: &Connection, family: &[i64], groups: &Groups) -> Result<Option<Past>, StoreError> {
    let events = logged_of(db, family, groups)?.into_iter().map(|logged| logged.event).collect();
    Ok(family.first().and_then(|first| replay(events).remove(first)))
}

/// Returns what happened to the cards in `family`, also what was taken back; in no order.
fn logged_of(db: &Connection, family: &[i64], groups: &Groups) -> Result<Vec<Logged>, StoreError> {
    let mut all = Vec::new();
    let mut statement = db.prepare_cached(&format!(
        "SELECT {EVENT_COLUMNS}, h.took_ms, h.device FROM history AS h WHERE h.card = ?"
    ))?;
    for key in family {
        let mut rows = statement.query([key])?;
        while let Some(row) = rows.next()? {
            let event = event(row, groups)?;
            all.push(logged(row, event)?);
        }
    }
    Ok(all)
}

fn count(db: &Connection) -> rusqlite::Result<usize> {
    let count: i64 = db.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

pub(super) fn replay_all(
    db: &Connection,
    groups: &Groups,
) -> Result<BTreeMap<i64, Past>, StoreError> {
    let mut events = Vec::with_capacity(count(db)?);
    let mut statement = db.prepare(&format!(
        "SELECT {EVENT_COLUMNS} FROM history AS h WHERE h.card IS NOT NULL ORDER BY h.seq"
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        events.push(event(row, groups)?);
    }
    Ok(replay(events))
}

fn all_targets(
    db: &Connection,
    settings: &Settings,
    fitted: &Fitted,
) -> Result<Vec<Target>, StoreError> {
    // Where nothing happened yet, no card is looked at.
    if db.query_row("SELECT NOT EXISTS (SELECT 1 FROM card)", [], |row| row.get(0))? {
        return Ok(Vec::new());
    }
    let rules = rules_by_file(db, settings, fitted)?;
    let mut statement = db.prepare(
        "SELECT k.key, k.rev, k.file, c.key, c.id FROM cache_card AS k JOIN card AS c ON c.id = k.id
          WHERE k.shadowed = 0",
    )?;
    let targets = statement.query_map([], |row| target(row, &rules))?;
    Ok(targets.collect::<Result<_, _>>()?)
}

fn targets_of(
    db: &Connection,
    settings: &Settings,
    fitted: &Fitted,
    history_key: i64,
) -> Result<Vec<Target>, StoreError> {
    // Three plain look-ups: as a join it would be planned anew each time, because of the partial
    // indexes.
    let id: Option<String> = db
        .prepare_cached("SELECT id FROM card WHERE key = ?")?
        .query_row([history_key], |row| row::owned(row, 0))
        .optional()?;
    let mut cards =
        db.prepare_cached("SELECT key, rev, file, shadowed FROM cache_card WHERE id = ?")?;
    let mut targets = Vec::new();
    let mut rows = cards.query([&id])?;
    while let Some(row) = rows.next()? {
        if row.get::<_, bool>(3)? {
            continue;
        }
        let rules = rules_of(db, Some(row.get(2)?), settings, fitted)?;
        let (card, rev, id) = (row.get(0)?, row.get(1)?, id.clone().unwrap_or_default());
        targets.push(Target { card, id, rev, rules, history_key });
    }
    Ok(targets)
}

fn target(row: &Row<'_>, rules: &BTreeMap<i64, Rules>) -> rusqlite::Result<Target> {
    let file: i64 = row.get(2)?;
    let usual = || Rules::elsewhere(&Settings::default(), &Fitted::default());
    Ok(Target {
        card: row.get(0)?,
        id: row::owned(row, 4)?,
        rev: row.get(1)?,
        rules: rules.get(&file).cloned().unwrap_or_else(usual),
        history_key: row.get(3)?,
    })
}

/// What the events of cards that are one come to.
pub(super) struct Family {
    /// Their answers, packed.
    answers: Vec<u8>,
    /// How those stand that are in decks, in their order.
    folded: Vec<Folded>,
}

impl Family {
    /// Returns that of cards of which `targets` stand in decks. What stands in none is scheduled as
    /// `elsewhere`.
    pub(super) fn of(
        (first, events): (i64, &[&Logged]),
        targets: &[Target],
        elsewhere: &Chosen,
    ) -> Family {
        let Some((target, others)) = targets.split_first() else {
            let answers = pack(&Course::of(first, events, elsewhere).answers);
            return Family { answers, folded: Vec::new() };
        };
        let Course { past, schedules, answers } = Course::of(first, events, &target.scheduler());
        let others = others.iter().map(|other| Folded::of(past.clone(), &other.scheduler()));
        let others: Vec<Folded> = others.collect();
        let folded = std::iter::once(Folded::by(past, schedules)).chain(others).collect();
        Family { answers: pack(&answers), folded }
    }

    /// Writes the answers under the first of the cards, and how they stand beside those in decks.
    pub(super) fn keep(
        &self,
        db: &Connection,
        first: i64,
        targets: &[Target],
        groups: &Groups,
    ) -> Result<(), StoreError> {
        packed::keep(db, first, &self.answers)?;
        targets
            .iter()
            .zip(&self.folded)
            .try_for_each(|(target, folded)| keep(db, target, folded, groups))
    }
}

/// Writes what a card's past comes to beside the card.
fn keep(
    db: &Connection,
    target: &Target,
    folded: &Folded,
    groups: &Groups,
) -> Result<(), StoreError> {
    let changed = changed_since(db, target, folded, groups)?;
    let schedule = folded.schedule;
    let offset = folded.last.map(|last| last.utc_offset_s);
    db.prepare_cached(
        "UPDATE cache_schedule SET stage = ?, due = ?, interval = ?, ease = ?, repetitions = ?,
                lapses = ?, reviews = ?, stability = ?, difficulty = ?, decay = ?, first_day = ?, last_day = ?,
                last_ms = ?, last_offset = ?, repeat_on = ?, suspended = ?, buried_until = ?,
                changed = ?, answers = ?
          WHERE card = ?",
    )?
    .execute(params![
        folded.stage().number(),
        schedule.map(|schedule| schedule.due.0),
        schedule.map(|schedule| schedule.interval.days()),
        schedule.and_then(|schedule| schedule.ease).map(|ease| ease.hundredths()),
        schedule.map(|schedule| schedule.repetitions),
        schedule.map(|schedule| schedule.lapses),
        schedule.map(|schedule| schedule.reviews),
        schedule.and_then(|schedule| schedule.stability),
        schedule.and_then(|schedule| schedule.difficulty),
        schedule.and_then(|schedule| schedule.decay),
        folded.first_day.map(|day| day.0),
        schedule.map(|schedule| schedule.last_day.0),
        folded.last.map(|last| last.at_ms),
        offset,
        schedule.and_then(|schedule| schedule.repeat_on).map(|day| day.0),
        folded.past.suspended,
        folded.past.buried_until.map(|day| day.0),
        changed.map(|day| day.0),
        groups.first(target.history_key),
        target.card,
    ])?;
    Ok(())
}

/// Returns the day of the last pass if the answer was another one then.
fn changed_since(
    db: &Connection,
    target: &Target,
    folded: &Folded,
    groups: &Groups,
) -> Result<Option<Day>, StoreError> {
    let Some((rev, day)) = folded.passed.filter(|(rev, _)| *rev != target.rev) else {
        return Ok(None);
    };
    if folded.stage() != Stage::Review || target.rules.changed == Changed::Ignore {
        return Ok(None);
    }
    let Some(then) = wording(db, &groups.members(target.history_key), rev)? else {
        return Ok(None);
    };
    let content: String = db
        .prepare_cached("SELECT content FROM cache_card WHERE key = ?")?
        .query_row([target.card], |row| row.get(0))?;
    let Ok(now) = serde_json::from_str::<Card>(&content) else { return Ok(None) };
    let same = match now.kind {
        // The text around a gap is its question.
        card::Kind::Cloze => {
            let gaps =
                |answer: &Answer| answer.texts().iter().flat_map(|text| bold_parts(text)).collect();
            let (then, now): (Vec<String>, Vec<String>) = (gaps(&then.answer()), gaps(&now.back));
            answer::agree(&then, &now, true, target.rules.fold_accents)
        }
        _ => answer::same(&then.answer(), &now.back, target.rules.fold_accents),
    };
    Ok((!same).then_some(day))
}

/// Returns the wording `rev` of one of the cards in `family`.
pub(super) fn wording(
    db: &Connection,
    family: &[i64],
    rev: i64,
) -> Result<Option<Wording>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT front, back, accept FROM wording WHERE card = ? AND rev = ?")?;
    for key in family {
        let mut rows = statement.query(params![key, rev])?;
        if let Some(row) = rows.next()? {
            return Ok(Some(Wording {
                front: row::owned(row, 0)?,
                back: row::owned(row, 1)?,
                accept: row::owned(row, 2)?,
            }));
        }
    }
    Ok(None)
}
