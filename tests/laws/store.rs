//! Laws of the caches: nobody can tell how they came about, or that they were dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use retain::card::CardId;
use retain::history::{Answered, Deed, DeviceId, Event, EventId, Record, replay};
use retain::schedule::sm2::Sm2;
use retain::schedule::{Rating, Scheduler};
use retain::settings::{Changed, Settings, Sm2Profile};
use retain::store::{Entry, Ids, Loader, Standing, Store, StoreError};
use retain::time::Moment;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::*;

/// Something that a person does.
#[derive(Clone, Debug)]
enum Op {
    Answer { card: Index, rating: Rating, days_ago: Option<i32> },
    Practise { card: Index, rating: Rating },
    Undo(usize),
    Retract(Index),
    Link { card: Index, from: Index },
    Suspend(Index),
    Resume(Index),
    Bury(Index, u32),
    Reset(Index),
    Days(i32),
    Write { deck: usize, slot: usize, words: Option<Words> },
    Word { deck: usize, slot: usize, back: bool, text: usize },
    Move { deck: usize, slot: usize, to: usize },
    Vanish { deck: usize, gone: bool },
    Options { deck: usize, delphi: bool },
    Settings { delphi: bool, changed: bool },
    Reopen,
}

const FRONTS: [&str; 6] = [
    "what is the capital of France",
    "what is the capital of Spain",
    "capital of France?",
    "x",
    "1 + 1",
    "what is the capital town of France",
];
const BACKS: [&str; 5] = ["Paris", "Madrid", "two", "no", "Paris, on the Seine"];

fn words() -> impl Strategy<Value = Words> {
    (
        prop::option::weighted(0.4, 0..5_usize),
        0..FRONTS.len(),
        0..BACKS.len(),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(id, front, back, reverse)| Words {
            id: id.map(|id| format!("n{id}")),
            front: FRONTS[front].into(),
            back: BACKS[back].into(),
            reverse,
        })
}

fn ops(most: usize) -> impl Strategy<Value = Vec<Op>> {
    let index = any::<Index>;
    let (deck, slot) = (|| 0..3_usize, || 0..4_usize);
    let op = prop_oneof![
        8 => (index(), ratings(), prop::option::weighted(0.2, 0..40_i32))
            .prop_map(|(card, rating, days_ago)| Op::Answer { card, rating, days_ago }),
        1 => (index(), ratings()).prop_map(|(card, rating)| Op::Practise { card, rating }),
        2 => (1..4_usize).prop_map(Op::Undo),
        2 => index().prop_map(Op::Retract),
        2 => (index(), index()).prop_map(|(card, from)| Op::Link { card, from }),
        1 => index().prop_map(Op::Suspend),
        1 => index().prop_map(Op::Resume),
        1 => (index(), 1..4_u32).prop_map(|(card, days)| Op::Bury(card, days)),
        1 => index().prop_map(Op::Reset),
        3 => (1..12_i32).prop_map(Op::Days),
        3 => (deck(), slot(), prop::option::weighted(0.7, words()))
            .prop_map(|(deck, slot, words)| Op::Write { deck, slot, words }),
        3 => (deck(), slot(), any::<bool>(), 0..5_usize)
            .prop_map(|(deck, slot, back, text)| Op::Word { deck, slot, back, text }),
        1 => (deck(), slot(), deck()).prop_map(|(deck, slot, to)| Op::Move { deck, slot, to }),
        1 => (deck(), any::<bool>()).prop_map(|(deck, gone)| Op::Vanish { deck, gone }),
        1 => (deck(), any::<bool>()).prop_map(|(deck, delphi)| Op::Options { deck, delphi }),
        1 => (any::<bool>(), any::<bool>())
            .prop_map(|(delphi, changed)| Op::Settings { delphi, changed }),
        1 => Just(Op::Reopen),
    ];
    proptest::collection::vec(op, 1..most)
}

fn decks() -> impl Strategy<Value = Decks> {
    let deck = proptest::collection::vec(prop::option::weighted(0.8, words()), 4);
    (proptest::collection::vec(deck, 3), any::<bool>()).prop_map(|(decks, settled)| Decks {
        decks: decks.into_iter().map(|notes| MemoryDeck { notes, ..Default::default() }).collect(),
        settled,
    })
}

/// A store, its decks, and the day.
struct World {
    folder: TempDir,
    store: Store,
    decks: Decks,
    settings: Settings,
    day: i32,
    ticks: i64,
}

fn ids() -> Ids {
    let mut next = 0_u8;
    Box::new(move || {
        next += 1;
        [next; 16]
    })
}

fn fresh_settings() -> Settings {
    Settings { new_per_day: 99, ..Settings::default() }
}

impl World {
    fn new(decks: Decks) -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("retain.db"), ids()).unwrap();
        let mut world =
            World { folder, store, decks, settings: fresh_settings(), day: FIRST_DAY, ticks: 0 };
        world.refresh();
        world
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("retain.db")
    }

    fn now(&self) -> Moment {
        moment(self.day, self.ticks * 1_000)
    }

    fn refresh(&mut self) {
        let now = self.now();
        self.store.bring_up_to_date(&mut self.decks, &self.settings, now).unwrap();
    }

    fn reopen(&mut self, between: impl FnOnce(&Path)) {
        // A device goes on only under the generator that made it.
        self.store = Store::nowhere(ids()).unwrap();
        between(&self.path());
        let mut more = 100_u8;
        let ids: Ids = Box::new(move || {
            more += 1;
            [more; 16]
        });
        self.store = Store::open(&self.path(), ids).unwrap();
    }

    /// Returns the cards there are: of the decks, and parked.
    fn cards(&mut self) -> Vec<Standing> {
        let mut cards = self.store.standings().unwrap();
        cards.extend(self.store.parked_standings(&self.settings).unwrap());
        cards
    }

    fn pick(&mut self, index: Index) -> Option<Standing> {
        let cards = self.cards();
        (!cards.is_empty()).then(|| index.get(&cards).clone())
    }

    fn append(&mut self, card: Option<Standing>, deed: Deed, given: Option<Moment>) {
        let Some(card) = card else { return };
        let mut entry = Entry::now(card.card.id.clone(), deed, self.now());
        if let Deed::Reviewed(_) | Deed::Practised(_) = entry.deed {
            entry = entry.asking(&card.card, &card.deck);
        }
        if let Some(given) = given {
            entry = Entry { when: given, at_given: true, ..entry };
        }
        self.store.append(&[entry], &self.settings).unwrap();
    }

    /// Does it, and brings the caches up to what it changed.
    fn run(&mut self, op: &Op) {
        self.change(op);
        self.refresh();
    }

    fn change(&mut self, op: &Op) {
        self.ticks += 1;
        let now = self.now();
        match op {
            Op::Answer { card, rating, days_ago } => {
                let deed = Deed::Reviewed(Answered::new(*rating).in_ms(5));
                let given = days_ago.map(|days| moment(self.day - days, self.ticks));
                let card = self.pick(*card);
                self.append(card, deed, given);
            }
            Op::Practise { card, rating } => {
                let card = self.pick(*card);
                self.append(card, Deed::Practised(Answered::new(*rating)), None);
            }
            Op::Undo(count) => {
                self.store.undo(*count, now, &self.settings).unwrap();
            }
            Op::Retract(index) => {
                let ids = self.store.event_ids().unwrap();
                if !ids.is_empty() {
                    self.store.retract(*index.get(&ids), now, &self.settings).unwrap();
                }
            }
            Op::Link { card, from } => {
                let (card, from) = (self.pick(*card), self.pick(*from));
                if let Some(from) = from {
                    let deed = Deed::Linked { from: from.card.id, by_itself: false };
                    self.append(card, deed, None);
                }
            }
            Op::Suspend(card) => {
                let card = self.pick(*card);
                self.append(card, Deed::Suspended { because: None }, None);
            }
            Op::Resume(card) => {
                let card = self.pick(*card);
                self.append(card, Deed::Resumed, None);
            }
            Op::Bury(card, days) => {
                let until = retain::time::Day(self.day).plus(*days);
                let card = self.pick(*card);
                self.append(card, Deed::Buried { until }, None);
            }
            Op::Reset(card) => {
                let card = self.pick(*card);
                self.append(card, Deed::Reset, None);
            }
            Op::Days(days) => self.day += days,
            Op::Write { deck, slot, words } => self.decks.decks[*deck].notes[*slot] = words.clone(),
            Op::Word { deck, slot, back, text } => {
                if let Some(words) = &mut self.decks.decks[*deck].notes[*slot] {
                    if *back {
                        words.back = BACKS[*text].into();
                    } else {
                        words.front = FRONTS[*text].into();
                    }
                }
            }
            Op::Move { deck, slot, to } => {
                let moved = self.decks.decks[*deck].notes[*slot].take();
                let place = &mut self.decks.decks[*to].notes[*slot];
                let other = std::mem::replace(place, moved);
                let back = &mut self.decks.decks[*deck].notes[*slot];
                *back = back.take().or(other);
            }
            Op::Vanish { deck, gone } => self.decks.decks[*deck].gone = *gone,
            Op::Options { deck, delphi } => self.decks.decks[*deck].delphi = *delphi,
            Op::Settings { delphi, changed } => {
                self.settings.sm2_profile =
                    if *delphi { Sm2Profile::Delphi } else { Sm2Profile::Text };
                self.settings.changed = if *changed { Changed::Ask } else { Changed::Ignore };
            }
            Op::Reopen => self.reopen(|_| {}),
        }
    }

    /// Returns all that a person can see, without the numbers that only caches know.
    fn seen(&mut self) -> Seen {
        seen(&mut self.store, &self.settings, self.day)
    }
}

#[derive(Debug, PartialEq)]
struct Seen {
    cards: Vec<Standing>,
    findings: Vec<String>,
    edited: Vec<String>,
    numbers: String,
    history: Vec<String>,
    answers: Vec<String>,
}

impl Seen {
    /// Returns what is not the same in `other`.
    fn against(&self, other: &Seen) -> Vec<String> {
        let lines = |seen: &Seen| -> Vec<String> {
            let cards = seen.cards.iter().map(|card| {
                format!(
                    "{} (note {}) {} {}:{} {:?} first {:?} last {:?} suspended {} buried {:?} changed {:?} parked {} {:?}",
                    card.card.id, card.note, card.deck, card.file, card.place, card.schedule, card.first_day,
                    card.last_review, card.suspended, card.buried_until, card.changed, card.parked, card.card,
                )
            });
            let all = [&seen.findings, &seen.edited, &seen.history, &seen.answers];
            let all = all.into_iter().flatten().cloned();
            cards.chain(all).chain([seen.numbers.clone()]).collect()
        };
        let (one, two) = (lines(self), lines(other));
        let only = |sign: &str, these: &[String], those: &[String]| -> Vec<String> {
            these
                .iter()
                .filter(|line| !those.contains(line))
                .map(|line| format!("{sign} {line}"))
                .collect()
        };
        let mut found = only("-", &one, &two);
        found.extend(only("+", &two, &one));
        if found.is_empty() && self != other {
            found.push(format!("another order: {one:#?} {two:#?}"));
        }
        found
    }
}

fn seen(store: &mut Store, settings: &Settings, day: i32) -> Seen {
    let mut cards = store.standings().unwrap();
    cards.extend(store.parked_standings(settings).unwrap());
    let notes: Vec<_> = cards.iter().map(|card| (card.note, card.parked)).collect();
    for card in &mut cards {
        let note = (card.note, card.parked);
        card.note = notes.iter().position(|other| *other == note).unwrap() as i64;
        card.row = None;
        card.file_key = 0;
    }
    let today = retain::time::Day(day);
    let numbers = format!(
        "{:?} {:?} {:?} {} {}",
        store.answered_on(today).unwrap(),
        store.next_due(today).unwrap(),
        store.ahead_of(retain::time::Moment { at_ms: 0, utc_offset_s: 0 }).unwrap(),
        store.count_cards().unwrap(),
        store.other_files().unwrap(),
    );
    let text = |value: &dyn std::fmt::Debug| format!("{value:?}");
    Seen {
        findings: store.findings().unwrap().iter().map(|finding| text(finding)).collect(),
        edited: store.look_edited().unwrap().iter().map(|likeness| text(likeness)).collect(),
        history: store.history(None, settings).unwrap().iter().map(|row| text(row)).collect(),
        answers: answers(store),
        cards,
        numbers,
    }
}

/// Returns the answers that stand, with the ids of their cards for the store's own numbers.
fn answers(store: &mut Store) -> Vec<String> {
    let ids = store.answered_cards().unwrap();
    let answers = store.answers(None).unwrap().into_iter();
    answers
        .map(|answer| {
            let of_nobody = retain::stats::Answer { card: 0, device: 0, ..answer };
            format!("{} {of_nobody:?}", ids[&answer.card].id)
        })
        .collect()
}

/// Returns what a store without caches, but with the same facts and decks, shows.
fn rebuilt(world: &mut World) -> (Seen, usize) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("retain.db");
    {
        let db = Connection::open(world.path()).unwrap();
        db.execute("VACUUM INTO ?", [copy.to_string_lossy()]).unwrap();
    }
    drop_by_hand(&copy);
    let mut store = Store::open(&copy, ids()).unwrap();
    let now = world.now();
    let refreshed = store.bring_up_to_date(&mut world.decks.clone(), &world.settings, now).unwrap();
    // The copy is another file, so it is no device yet; what it shows of devices is left out.
    let mut seen = seen(&mut store, &world.settings, world.day);
    seen.numbers = String::new();
    (seen, refreshed.linked.len())
}

fn drop_by_hand(path: &Path) {
    let db = Connection::open(path).unwrap();
    let mut statement = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'cache\\_%' ESCAPE '\\'")
        .unwrap();
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(names.len() >= 2, "there are caches to drop: {names:?}");
    for name in names {
        db.execute_batch(&format!("DROP TABLE {name}")).unwrap();
    }
}

/// Returns the schedule of every card by the pure fold of the whole history.
fn folded(world: &mut World) -> BTreeMap<CardId, Option<retain::schedule::Schedule>> {
    let rows = world.store.history(None, &world.settings).unwrap();
    let events: Vec<Event> = rows
        .iter()
        .map(|row| {
            assert_eq!(row.id, row.record.id(), "an id is the hash of the facts");
            Event::understand(&row.record)
        })
        .collect();
    let pasts = replay(events);
    let decks = world.decks.clone();
    let settings = world.settings.clone();
    world
        .cards()
        .into_iter()
        .map(|card| {
            let deck: Option<usize> =
                card.deck.strip_prefix("deck-").and_then(|number| number.parse().ok());
            let delphi = !card.parked && deck.is_some_and(|deck| decks.decks[deck].delphi);
            let profile = if delphi { Sm2Profile::Delphi } else { settings.sm2_profile };
            let past = pasts.get(&card.card.id).cloned().unwrap_or_default();
            let schedule = Sm2 { profile }
                .schedule(&past.steps)
                .map(|schedule| retain::schedule::Schedule { counted: false, ..schedule });
            assert_eq!((card.suspended, card.buried_until), (past.suspended, past.buried_until));
            (card.card.id, schedule)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, max_shrink_time: 6_000, ..Default::default() })]

    #[test]
    fn folding_step_by_step_comes_to_what_a_rebuild_does(decks in decks(), ops in ops(24)) {
        let mut world = World::new(decks);
        for (number, op) in ops.iter().enumerate() {
            world.run(op);
            let folded = folded(&mut world);
            for card in world.cards() {
                let schedule = card.schedule.map(|schedule| {
                    retain::schedule::Schedule { counted: false, ..schedule }
                });
                prop_assert_eq!(
                    schedule, folded[&card.card.id], "{} after step {}, {:?}", card.card.id, number, op,
                );
            }
        }
        // As every command begins: an answer may have made certain what was not.
        world.refresh();
        let mut incremental = world.seen();
        incremental.numbers = String::new();
        let (anew, links) = rebuilt(&mut world);
        prop_assert_eq!(links, 0, "a rebuild links what a step did not");
        prop_assert_eq!(incremental.against(&anew), Vec::<String>::new());
    }

    #[test]
    fn a_history_that_is_loaded_is_folded_as_by_a_rebuild(
        decks in decks(),
        records in histories(60),
        places in proptest::collection::vec(any::<Index>(), 6),
        (by_card, alone) in (prop::bool::weighted(0.8), prop::bool::weighted(0.8)),
    ) {
        let mut world = World::new(decks);
        let cards: Vec<CardId> =
            world.cards().into_iter().map(|standing| standing.card.id).collect();
        let device = DeviceId([9; 16]);
        let mut named: BTreeMap<CardId, CardId> = BTreeMap::new();
        let mut records: Vec<Record> = records
            .into_iter()
            .filter(|record| !alone || !["linked", "retracted", "parameters"].contains(&&*record.kind))
            .map(|record| {
                // Most of what happens, happens to cards that stand in decks.
                let card = record.card.clone().map(|card| {
                    let place = places.get(named.len()).filter(|_| !cards.is_empty());
                    let of_deck = place.map(|place| place.get(&cards).clone());
                    named.entry(card.clone()).or_insert_with(|| of_deck.unwrap_or(card)).clone()
                });
                Record { card, device, device_seq: 0, rev: None, ..record }
            })
            .collect();
        if by_card {
            records.sort_by_key(|record| record.card.clone());
        }
        let add = |loader: &mut Loader<'_>| -> Result<(), StoreError> {
            let mut folder = loader.folder();
            for record in &records {
                folder.take(record.clone(), |arrival| loader.add(arrival))?;
            }
            folder.end(|arrival| loader.add(arrival))
        };
        let distinct: BTreeSet<EventId> = records.iter().map(Record::id).collect();
        prop_assert_eq!(world.store.load(device, &world.settings, add).unwrap(), distinct.len());
        if by_card && alone {
            let newest = "SELECT max(seq) IS (SELECT value FROM cache_stamp WHERE name = 'seq')
                OR max(seq) IS NULL FROM history";
            let db = Connection::open(world.path()).unwrap();
            prop_assert!(db.query_row(newest, [], |row| row.get::<_, bool>(0)).unwrap(), "it is folded by itself");
        }
        world.refresh();
        let mut loaded = world.seen();
        loaded.numbers = String::new();
        let (anew, _) = rebuilt(&mut world);
        prop_assert_eq!(loaded.against(&anew), Vec::<String>::new());
    }

    #[test]
    fn caches_dropped_between_an_edit_and_the_next_run_change_nothing(
        decks in decks(), ops in ops(16), dropped in any::<Vec<bool>>(), by_hand in any::<bool>(),
    ) {
        let (mut one, mut other) = (World::new(decks.clone()), World::new(decks));
        for (number, op) in ops.iter().enumerate() {
            one.change(op);
            other.change(op);
            if dropped.get(number).copied().unwrap_or(true) {
                if by_hand {
                    // The next run is another process; what the first knew is gone for both.
                    one.reopen(|_| {});
                    other.reopen(drop_by_hand);
                } else {
                    other.store.drop_caches().unwrap();
                }
            }
            one.refresh();
            other.refresh();
            let difference = one.seen().against(&other.seen());
            prop_assert!(difference.is_empty(), "after step {}, {:?}: {:#?}", number, op, difference);
        }
    }

    #[test]
    fn undo_restores_what_was_seen(decks in decks(), before in ops(12), after in ops(6)) {
        let mut world = World::new(decks);
        before.iter().for_each(|op| world.run(op));
        let undoable = |op: &Op| matches!(
            op,
            Op::Answer { .. } | Op::Practise { .. } | Op::Link { .. } | Op::Suspend(_)
                | Op::Resume(_) | Op::Bury(..) | Op::Reset(_)
        );
        let cards = |world: &mut World| {
            let standings = world.seen().cards;
            // A card that was parked, or took part in nothing, may have got a number meanwhile.
            standings.into_iter().filter(|card| !card.parked).collect::<Vec<_>>()
        };
        let was = cards(&mut world);
        let events = world.store.event_ids().unwrap().len();
        for op in after.iter().filter(|op| undoable(op)) {
            world.run(op);
        }
        let done = world.store.event_ids().unwrap().len() - events;
        let now = world.now();
        let undone = world.store.undo(done, now, &world.settings).unwrap();
        prop_assert_eq!(undone.len(), done, "all of it was done by hand, here");
        world.refresh();
        prop_assert_eq!(cards(&mut world), was);
    }

    #[test]
    fn a_backup_holds_everything_but_caches(decks in decks(), ops in ops(12)) {
        let mut world = World::new(decks);
        ops.iter().for_each(|op| world.run(op));
        let to = world.folder.path().join("copy.db");
        world.store.back_up(&to).unwrap();
        let tables: i64 = Connection::open(&to)
            .unwrap()
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'cache%'", [], |row| row.get(0))
            .unwrap();
        prop_assert_eq!(tables, 0);
        let mut copy = Store::open(&to, ids()).unwrap();
        let now = world.now();
        copy.bring_up_to_date(&mut world.decks.clone(), &world.settings, now).unwrap();
        let (mut one, mut other) = (world.seen(), seen(&mut copy, &world.settings, world.day));
        (one.numbers, other.numbers) = Default::default();
        prop_assert_eq!(one.against(&other), Vec::<String>::new());
    }
}

#[test]
fn the_steps_of_these_laws_do_happen() {
    // Lest a law holds because nothing does: cards are shadowed, linked, changed and parked.
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut linked, mut changed, mut parked, mut shadowed, mut edited) = (0, 0, 0, 0, 0);
    for _ in 0..25 {
        let mut world = World::new(decks().new_tree(&mut runner).unwrap().current());
        for op in ops(24).new_tree(&mut runner).unwrap().current() {
            world.run(&op);
            let seen = world.seen();
            changed += seen.cards.iter().filter(|card| card.changed.is_some()).count();
            parked += seen.cards.iter().filter(|card| card.parked).count();
            shadowed += seen.findings.len();
            edited += seen.edited.len();
        }
        let history = world.store.history(None, &world.settings).unwrap();
        linked += history.iter().filter(|row| row.record.kind == "linked").count();
    }
    for (what, count) in [
        ("linked", linked),
        ("changed", changed),
        ("parked", parked),
        ("doubles", shadowed),
        ("edited", edited),
    ] {
        assert!(count > 3, "{what}: {count}");
    }
}

/// Decks of notes without ids, each a front and a back.
fn plain(decks: &[&[(&str, &str)]]) -> Decks {
    let note = |(front, back): &(&str, &str)| {
        let (front, back) = ((*front).to_owned(), (*back).to_owned());
        Some(Words { id: None, front, back, reverse: false })
    };
    let deck = |notes: &&[(&str, &str)]| MemoryDeck {
        notes: notes.iter().map(note).collect(),
        ..MemoryDeck::default()
    };
    Decks { decks: decks.iter().map(deck).collect(), settled: true }
}

/// Answers the card with this front and back.
fn answer(world: &mut World, front: &str, back: &str) {
    let cards = world.cards();
    let card =
        cards.into_iter().find(|card| card.card.front == front && card.card.back.texts() == [back]);
    let deed = Deed::Reviewed(Answered::new(Rating::Good));
    world.append(Some(card.unwrap()), deed, None);
}

/// Returns the questions and answers of the cards that have been answered and stand in a deck.
fn answered(world: &mut World) -> Vec<(String, String)> {
    let cards = world.store.standings().unwrap().into_iter();
    let answered = cards.filter(|card| card.schedule.is_some());
    answered.map(|card| (card.card.front, card.card.back.texts().join(", "))).collect()
}

#[test]
fn another_note_with_the_same_front_costs_no_card_its_progress() {
    const MINE: (&str, &str) = ("capital of France?", "Paris");
    let mine = [(MINE.0.to_owned(), MINE.1.to_owned())];
    for (double, in_deck) in [
        (("capital of France?", "Madrid"), 1),
        (("capital of France?", "Madrid"), 0),
        (MINE, 1),
        (MINE, 0),
    ] {
        let case = format!("{double:?} in deck {in_deck}");
        // The card stands in the deck behind, so that its double may come before it or after.
        let mut decks: [Vec<(&str, &str)>; 3] =
            [vec![], vec![MINE, ("capital of Spain", "Paris")], vec![]];
        let given = |decks: &[Vec<(&str, &str)>; 3]| {
            plain(&decks.iter().map(Vec::as_slice).collect::<Vec<_>>())
        };
        let mut world = World::new(given(&decks));
        answer(&mut world, MINE.0, MINE.1);
        world.refresh();
        assert_eq!(answered(&mut world), mine, "{case}");

        // A double comes, and goes again.
        decks[if in_deck == 0 { 0 } else { 2 }].push(double);
        world.decks = given(&decks);
        world.refresh();
        assert_eq!(answered(&mut world), mine, "{case}, when it came");
        world.store.drop_caches().unwrap();
        world.refresh();
        assert_eq!(answered(&mut world), mine, "{case}, when it came, without caches");

        decks[if in_deck == 0 { 0 } else { 2 }].pop();
        world.decks = given(&decks);
        world.refresh();
        assert_eq!(answered(&mut world), mine, "{case}, when it went");
        world.store.drop_caches().unwrap();
        world.refresh();
        assert_eq!(answered(&mut world), mine, "{case}, when it went, without caches");
    }
}
