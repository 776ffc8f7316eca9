//! Edited cards: which new card is certainly an old one, and which only looks like it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::OptionalExtension;

use super::cache::{self, Stamp};
use super::{Store, StoreError, row};
use crate::answer;
use crate::card::{Answer, Card, CardId, Wording, content_key};
use crate::cloze::bold_parts;
use crate::history::extra;

/// An answer shorter than this says too little to tell a card by.
const TELLING: usize = 4;

/// An old card that a new one may be, after an edit.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// The new card.
    pub card: CardId,
    /// The new card's deck, by name.
    pub deck: String,
    /// File and line of the new card.
    pub file: String,
    /// Line of the new card's note.
    pub line: u32,
    /// Its question.
    pub front: String,
    /// Its answer.
    pub back: Answer,
    /// The id that is in no deck any more.
    pub from: CardId,
    /// The old card's last wording.
    pub was: Wording,
}

impl Store {
    /// Returns the links that are certain for the cards in `touched`, and among those that stand or
    /// once stood in `decks`, each as new id and old id.
    ///
    /// Certain is, within one note: a gap with the same text has another number, or a gap has another
    /// text and the same question. In one deck: question and answer are both unchanged, whatever became of the id;
    /// or the answer is unchanged, tells at least four characters, and of the cards that are new or
    /// gone no other has it. In any deck: question and answer are unchanged, and only a second note
    /// with that question made the id another one. The decks and the history decide, not when
    /// somebody looked.
    pub(super) fn certain_links(
        &mut self,
        touched: &BTreeSet<i64>,
        decks: &BTreeSet<String>,
    ) -> Result<Vec<(CardId, CardId)>, StoreError> {
        let asked = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM wording)")?
            .query_row([], |row| row.get::<_, bool>(0))?;
        if !asked {
            return Ok(Vec::new());
        }
        let refused = self.refusals()?;
        let mut whole = Vec::new();
        for card in self.never_asked(touched)? {
            whole.extend(self.under_another_key(card, &refused)?);
        }
        // Two cards that say the same are both like the old one, and neither is certain to be it.
        let mut likes: BTreeMap<&CardId, usize> = BTreeMap::new();
        for (_, old) in &whole {
            *likes.entry(old).or_default() += 1;
        }
        let mut certain = Pairs::default();
        for (new, old) in whole.iter().filter(|(_, old)| likes[old] == 1) {
            certain.add(new, old);
        }
        for deck in decks {
            let (fresh, parked) = self.fresh_and_parked(deck)?;
            add_certain(&fresh, &parked, &refused, &mut certain);
        }
        certain.found.sort();
        Ok(certain.found)
    }

    /// Returns those of `cards` without a written id that nobody was ever asked.
    fn never_asked(&self, cards: &BTreeSet<i64>) -> Result<Vec<i64>, StoreError> {
        const NEVER: &str = "SELECT k.key FROM cache_card AS k
              WHERE k.front IS NOT NULL AND k.side = 0 AND k.shadowed = 0
                AND NOT EXISTS (SELECT 1 FROM card AS c JOIN wording AS w ON w.card = c.key
                                 WHERE c.id = k.id)";
        if cards.len() > 1_000 {
            let mut all = self.db.prepare(NEVER)?;
            let found = all.query_map([], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
            return Ok(found.into_iter().filter(|card| cards.contains(card)).collect());
        }
        let mut one = self.db.prepare_cached(&format!("{NEVER} AND k.key = ?"))?;
        let mut found = Vec::new();
        for card in cards {
            found.extend(one.query_row([card], |row| row.get::<_, i64>(0)).optional()?);
        }
        Ok(found)
    }

    /// Returns the link of a new card with the other key that its very text can have by itself,
    /// because another note with its front came or went.
    fn under_another_key(
        &mut self,
        card: i64,
        refused: &Refusals,
    ) -> Result<Option<(CardId, CardId)>, StoreError> {
        let found: Option<(String, String)> = self
            .db
            .prepare_cached("SELECT id, content FROM cache_card WHERE key = ?")?
            .query_row([card], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, content)) = found else { return Ok(None) };
        let Ok(card) = serde_json::from_str::<Card>(&content) else { return Ok(None) };
        if card.details.cloze.is_some() {
            return Ok(None);
        }
        let text = Wording::of(&card);
        let mut parts = vec![card.front.as_str()];
        let front = content_key(&parts);
        parts.extend(card.back.texts().iter().map(String::as_str));
        for key in [front, content_key(&parts)] {
            let Some(key) = self.key_of(&CardId::new(key))? else { continue };
            let family = self.groups()?.members(key);
            if self.any_in_decks(&family)? {
                continue;
            }
            if let Some(old) = self.parked(&family)?
                && old.text.front == text.front
                && old.text.back == text.back
                && !refused.has(&CardId::new(&*id))
            {
                return Ok(Some((CardId::new(id), old.id)));
            }
        }
        Ok(None)
    }

    /// Returns the names of the decks in which cards once stood that stand in none now.
    pub(super) fn decks_with_parked(&self) -> Result<BTreeSet<String>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT w.deck FROM card AS c JOIN wording AS w ON w.card = c.key
              WHERE w.deck IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM cache_card AS k WHERE k.id = c.id AND k.shadowed = 0)
                AND NOT EXISTS (SELECT 1 FROM cache_left_out AS l
                                 WHERE l.note IN (c.id, substr(c.id, 1, instr(c.id || '/', '/') - 1)))",
        )?;
        let decks = statement.query_map([], |row| row.get(0))?;
        Ok(decks.collect::<Result<_, _>>()?)
    }

    /// Returns the names of the decks in which the cards with these keys, and all that are linked
    /// with them, stood when they were asked.
    pub(super) fn decks_of_wordings(
        &mut self,
        keys: impl IntoIterator<Item = i64>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let groups = self.groups()?;
        let mut statement = self.db.prepare_cached(
            "SELECT DISTINCT deck FROM wording WHERE card = ? AND deck IS NOT NULL",
        )?;
        let mut decks = BTreeSet::new();
        for key in keys.into_iter().flat_map(|key| groups.members(key)) {
            let found = statement.query_map([key], |row| row::owned(row, 0))?;
            decks.extend(found.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(decks)
    }

    /// Notes in which of `decks` a new card may be an edited old one, besides those noted before.
    pub(super) fn note_edited(&mut self, decks: BTreeSet<String>) -> Result<(), StoreError> {
        let mut pending = self.pending()?;
        pending.extend(decks);
        let mut open = BTreeSet::new();
        for deck in pending {
            let (fresh, parked) = self.fresh_and_parked(&deck)?;
            if !fresh.is_empty() && !parked.is_empty() {
                open.insert(deck);
            }
        }
        let json = serde_json::to_string(&open).unwrap_or_default();
        if cache::stamp(&self.db, Stamp::Edited)?.as_ref() != Some(&json) {
            cache::set_stamp(&self.db, Stamp::Edited, &json)?;
        }
        Ok(())
    }

    /// Returns the decks in which a new card may be an edited old one.
    pub(super) fn pending(&self) -> Result<BTreeSet<String>, StoreError> {
        let json: Option<String> = cache::stamp(&self.db, Stamp::Edited)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// Returns which new cards look like edited old ones of their deck, for a person to say.
    ///
    /// # Errors
    ///
    /// What SQLite says.
    pub fn look_edited(&mut self) -> Result<Vec<Likeness>, StoreError> {
        let refused = self.refusals()?;
        let mut found = Vec::new();
        for deck in self.pending()? {
            let (fresh, parked) = self.fresh_and_parked(&deck)?;
            let mut words = Words::default();
            let mut olds: Vec<Option<(Traits, Parked)>> =
                parked.into_iter().map(|old| Some((words.traits(&old.text), old))).collect();
            for card in fresh.into_iter().filter(|card| !refused.has(&card.id)) {
                let traits = words.traits(&card.text);
                let best = olds
                    .iter_mut()
                    .filter_map(|slot| {
                        let (old_traits, _) = slot.as_ref()?;
                        let likeness = traits.likeness(old_traits);
                        (likeness >= 0.5).then_some((likeness, slot))
                    })
                    .max_by(|one, other| one.0.total_cmp(&other.0));
                let Some((_, old)) = best.and_then(|(_, slot)| slot.take()) else { continue };
                found.push(Likeness {
                    card: card.id,
                    deck: deck.clone(),
                    file: card.file,
                    line: card.line,
                    front: card.text.front.clone(),
                    back: card.text.answer(),
                    from: old.id,
                    was: old.text,
                });
            }
        }
        Ok(found)
    }

    /// Returns the cards of `deck` that nobody answered, and those with answers that once stood in
    /// it and are in no deck now.
    fn fresh_and_parked(&mut self, deck: &str) -> Result<(Vec<Fresh>, Vec<Parked>), StoreError> {
        let keys: Vec<i64> = {
            let mut statement = self.db.prepare_cached(
                "SELECT DISTINCT w.card FROM wording AS w JOIN card AS c ON c.key = w.card
                  WHERE w.deck = ?
                    AND NOT EXISTS (SELECT 1 FROM cache_card AS k WHERE k.id = c.id AND k.shadowed = 0)
                    AND NOT EXISTS (SELECT 1 FROM cache_left_out AS l
                                     WHERE l.note IN (c.id, substr(c.id, 1, instr(c.id || '/', '/') - 1)))",
            )?;
            statement.query_map([deck], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        if keys.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let mut fresh = Vec::new();
        {
            let mut statement = self.db.prepare_cached(
                "SELECT k.id, k.content, f.shown FROM cache_file AS f
                   JOIN cache_card AS k ON k.key BETWEEN f.first AND f.last JOIN cache_schedule AS s ON s.card = k.key
                  WHERE f.deck = ? AND k.shadowed = 0 AND s.stage = 0
                    AND NOT EXISTS (SELECT 1 FROM card AS c JOIN wording AS w ON w.card = c.key
                                     WHERE c.id = k.id)",
            )?;
            let mut rows = statement.query([deck])?;
            while let Some(row) = rows.next()? {
                let content: String = row.get(1)?;
                let Ok(card) = serde_json::from_str::<Card>(&content) else {
                    continue;
                };
                fresh.push(Fresh {
                    id: CardId::new(row.get::<_, String>(0)?),
                    line: card.line,
                    file: row.get(2)?,
                    text: Wording::of(&card),
                });
            }
        }
        let groups = self.groups()?;
        let mut parked = Vec::new();
        let mut seen = BTreeSet::new();
        for key in keys {
            // Ids that are one card are one candidate; none, if one of them stands in a deck.
            let family = groups.members(key);
            if family.iter().all(|key| seen.insert(*key)) && !self.any_in_decks(&family)? {
                parked.extend(self.parked(&family)?);
            }
        }
        Ok((fresh, parked))
    }

    /// Whether one of these cards stands in a deck, be it left out for a mistake.
    pub(super) fn any_in_decks(&self, keys: &[i64]) -> Result<bool, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM card AS c JOIN cache_card AS k ON k.id = c.id
                             WHERE c.key = ?1 AND k.shadowed = 0)
                 OR EXISTS (SELECT 1 FROM card AS c JOIN cache_left_out AS l
                                ON l.note IN (c.id, substr(c.id, 1, instr(c.id || '/', '/') - 1))
                             WHERE c.key = ?1)",
        )?;
        for key in keys {
            if statement.query_row([key], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the card that the ids of `family` were, as it was last asked.
    fn parked(&mut self, family: &[i64]) -> Result<Option<Parked>, StoreError> {
        let last = self.last_wording(family)?;
        Ok(last.map(|(id, text, _)| Parked { id, text }))
    }

    /// Returns every link that ever was.
    fn refusals(&self) -> Result<Refusals, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT c.id, h.extra FROM history AS h JOIN card AS c ON c.key = h.card
              WHERE h.kind = 'linked' AND h.kind NOT IN ('reviewed', 'practised')",
        )?;
        let mut rows = statement.query([])?;
        let mut refusals = Refusals::default();
        while let Some(row) = rows.next()? {
            if row::text(row, 1)?.as_deref().and_then(extra::from).is_some() {
                refusals.0.insert(CardId::new(row::owned(row, 0)?));
            }
        }
        Ok(refusals)
    }

    /// Returns the id of `family` that was asked last, with what it said and where it stood.
    pub(super) fn last_wording(&self, family: &[i64]) -> Result<Option<LastWording>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT c.id, w.front, w.back, w.accept, w.deck, h.at_ms, h.id FROM history AS h
               JOIN card AS c ON c.key = h.card
               JOIN wording AS w ON w.card = h.card AND w.rev = h.rev
              WHERE h.card = ? ORDER BY h.at_ms DESC, h.id DESC LIMIT 1",
        )?;
        // By time and id, as the folds: keys are another machine's numbers there.
        let mut newest: Option<((i64, [u8; 16]), LastWording)> = None;
        for key in family {
            let found = statement
                .query_row([key], |row| {
                    let text = Wording {
                        front: row::owned(row, 1)?,
                        back: row::owned(row, 2)?,
                        accept: row::owned(row, 3)?,
                    };
                    let id = CardId::new(row::owned(row, 0)?);
                    let deck = row::text(row, 4)?.map(Cow::into_owned);
                    Ok(((row.get(5)?, row.get(6)?), (id, text, deck)))
                })
                .optional()?;
            if let Some(found) = found
                && newest.as_ref().is_none_or(|newest| newest.0 < found.0)
            {
                newest = Some(found);
            }
        }
        Ok(newest.map(|(_, found)| found))
    }
}

/// The id that was asked, what it said, and the deck it stood in.
type LastWording = (CardId, Wording, Option<String>);

/// A card of a deck without answers.
struct Fresh {
    id: CardId,
    file: String,
    line: u32,
    text: Wording,
}

impl Fresh {
    /// Whether the answer says enough to know a card by it.
    fn tells(&self) -> bool {
        self.text.answer().texts().concat().trim().chars().count() >= TELLING
    }
}

/// An id with answers that is in no deck.
struct Parked {
    id: CardId,
    text: Wording,
}

/// Cards that were linked with an older one once: in force, or taken back, which is a no. Whoever
/// said that a card is another one has said it of all that it could be.
#[derive(Default)]
struct Refusals(BTreeSet<CardId>);

impl Refusals {
    fn has(&self, new: &CardId) -> bool {
        self.0.contains(new)
    }
}

/// Links as new id and old id, each id in one of them at most.
#[derive(Default)]
struct Pairs {
    found: Vec<(CardId, CardId)>,
    ids: BTreeSet<CardId>,
}

impl Pairs {
    fn add(&mut self, new: &CardId, old: &CardId) {
        self.found.push((new.clone(), old.clone()));
        self.ids.extend([new.clone(), old.clone()]);
    }
}

/// Adds the links that are certain between new cards of a deck and those that are gone from it.
fn add_certain(fresh: &[Fresh], parked: &[Parked], refused: &Refusals, certain: &mut Pairs) {
    let mut rivals: BTreeMap<&str, usize> = BTreeMap::new();
    for card in fresh {
        *rivals.entry(&card.text.back).or_default() += 1;
    }
    let mut by_answer: BTreeMap<&str, Vec<&Parked>> = BTreeMap::new();
    for old in parked {
        by_answer.entry(&old.text.back).or_default().push(old);
    }
    add_gaps(fresh, parked, refused, certain);
    let mut by_both: BTreeMap<(&str, &str), Vec<&Parked>> = BTreeMap::new();
    for old in parked {
        by_both.entry((&old.text.back, &old.text.front)).or_default().push(old);
    }
    for card in fresh {
        if certain.ids.contains(&card.id) || refused.has(&card.id) {
            continue;
        }
        let answer = card.text.back.as_str();
        let free = |old: &&&Parked| !certain.ids.contains(&old.id);
        let whole = by_both.get(&(answer, card.text.front.as_str()));
        let old = match whole.and_then(|olds| olds.iter().find(free)) {
            Some(old) => Some(old),
            None if card.tells() && rivals[answer] == 1 => {
                let mut olds = by_answer.get(answer).into_iter().flatten().filter(free);
                let first = olds.next();
                first.filter(|_| olds.next().is_none())
            }
            None => None,
        };
        if let Some(old) = old {
            certain.add(&card.id, &old.id);
        }
    }
}

/// Adds the links that are certain between gaps of one note: those that have the same text, else
/// those in whose place another text is.
fn add_gaps(fresh: &[Fresh], parked: &[Parked], refused: &Refusals, certain: &mut Pairs) {
    let note = |id: &CardId| {
        let (note, side) = id.as_str().rsplit_once('/')?;
        side.starts_with('c').then(|| note.to_owned())
    };
    let gaps = |text: &Wording| match text.answer() {
        Answer::Text(back) => bold_parts(&back),
        Answer::List(_) => Vec::new(),
    };
    let mut notes: BTreeMap<String, (Vec<&Fresh>, Vec<&Parked>)> = BTreeMap::new();
    for old in parked {
        if let Some(note) = note(&old.id) {
            notes.entry(note).or_default().1.push(old);
        }
    }
    for card in fresh.iter().filter(|card| !refused.has(&card.id)) {
        if let Some((fresh, _)) = note(&card.id).and_then(|note| notes.get_mut(&note)) {
            fresh.push(card);
        }
    }
    type Same<'s> = &'s dyn Fn(&Wording, &Wording) -> bool;
    let same_text = |one: &Wording, other: &Wording| gaps(one) == gaps(other);
    let same_question = |one: &Wording, other: &Wording| one.front == other.front;
    for (fresh, parked) in notes.values() {
        for same in [&same_text as Same<'_>, &same_question] {
            for card in fresh {
                let is_free = |id: &CardId, certain: &Pairs| !certain.ids.contains(id);
                let mut olds = parked
                    .iter()
                    .filter(|old| is_free(&old.id, certain) && same(&old.text, &card.text));
                let rivals = fresh
                    .iter()
                    .filter(|other| is_free(&other.id, certain) && same(&other.text, &card.text));
                if let (Some(old), None, 1) = (olds.next(), olds.next(), rivals.count())
                    && is_free(&card.id, certain)
                {
                    certain.add(&card.id, &old.id);
                }
            }
        }
    }
}

/// What of a card's text speaks for an edit.
struct Traits {
    answer: answer::Essence,
    /// The words of the question, sorted, each as its number.
    words: Vec<usize>,
}

/// The words of the questions that are compared, each with a number.
#[derive(Default)]
struct Words(HashMap<String, usize>);

impl Words {
    fn traits(&mut self, text: &Wording) -> Traits {
        let folded = answer::folded(&text.front, true);
        let mut words: Vec<usize> = folded
            .split_whitespace()
            .map(|word| {
                let next = self.0.len();
                *self.0.entry(word.to_owned()).or_insert(next)
            })
            .collect();
        words.sort_unstable();
        words.dedup();
        Traits { answer: answer::Essence::of(text.answer().texts(), false, true), words }
    }
}

impl Traits {
    /// Returns how much speaks for an edit: 0 to 1 by the words of the two questions, and one more
    /// for the same answer. Only a person can say.
    fn likeness(&self, old: &Traits) -> f64 {
        // Dice's coefficient.
        let shared = self.words.iter().filter(|word| old.words.binary_search(word).is_ok()).count();
        let all = (self.words.len() + old.words.len()).max(1);
        let answer = if self.answer.agrees(&old.answer) { 1.0 } else { 0.0 };
        answer + 2.0 * shared as f64 / all as f64
    }
}
