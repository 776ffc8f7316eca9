//! Histories joined by way of NDJSON: in whatever order and however often, the same comes of it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use retain::card::CardId;
use retain::export::history::{write, write_heading};
use retain::history::{Answered, Deed, DeviceId, Fact, Facts, Heading, LearnerId, Record};
use retain::import::history::{NoHistory, Reader};
use retain::schedule::Rating;
use retain::settings::Settings;
use retain::store::{Entry, Ids, Other, Store, StoreError, United};
use tempfile::TempDir;

use crate::support::*;

/// A machine with five cards.
struct Machine {
    folder: TempDir,
    store: Store,
    decks: Decks,
}

impl Machine {
    fn new(device: u8) -> Machine {
        let folder = tempfile::tempdir().unwrap();
        let mut next = device;
        let ids: Ids = Box::new(move || {
            next += 1;
            [next; 16]
        });
        let store = Store::open(&folder.path().join("retain.db"), ids).unwrap();
        let notes = (0..5).map(|card| {
            Some(Words {
                id: Some(name(card)),
                front: format!("f{card}"),
                back: format!("back {card}"),
                reverse: false,
            })
        });
        let notes = notes.collect();
        let decks =
            Decks { decks: vec![MemoryDeck { notes, ..Default::default() }], settled: true };
        let mut machine = Machine { folder, store, decks };
        machine.refresh();
        machine
    }

    fn refresh(&mut self) {
        let (settings, now) = (Settings::default(), moment(FIRST_DAY + 60, 0));
        self.store.bring_up_to_date(&mut self.decks, &settings, now).unwrap();
    }

    /// Edits the back of a card, so that its next answer is about another wording.
    fn reword(&mut self, card: usize, back: &str) {
        self.decks.decks[0].notes[card].as_mut().unwrap().back = back.into();
        self.refresh();
    }

    fn answer(&mut self, card: usize, day: i32, rating: Rating) {
        let id = CardId::new(name(card));
        let asked = self.store.standing(&id, &Settings::default()).unwrap().unwrap();
        let deed = Deed::Reviewed(Answered::new(rating).in_ms(900));
        let entry =
            Entry::now(id, deed, moment(FIRST_DAY + day, 0)).asking(&asked.card, &asked.deck);
        self.store.append(&[entry], &Settings::default()).unwrap();
    }

    fn unite(&mut self, facts: &[Fact<'_>]) -> United {
        let mut united = United::default();
        for batch in facts.chunks(7) {
            let refused = self.store.unite(batch, &mut united).unwrap();
            assert_eq!(refused, []);
        }
        self.refresh();
        united
    }

    /// Takes in events as if they had come from elsewhere.
    fn learn(&mut self, records: &[Record]) {
        let devices: BTreeSet<DeviceId> = records.iter().map(|record| record.device).collect();
        let devices = devices.into_iter().map(|id| Fact::Device { id, learner: None });
        let events =
            records.iter().map(|record| Fact::Event { id: record.id(), facts: Facts::of(record) });
        self.unite(&devices.chain(events).collect::<Vec<_>>());
    }

    fn bytes(&self) -> Vec<u8> {
        let out = std::cell::RefCell::new(Vec::new());
        self.store
            .facts(
                |heading| {
                    write_heading(&heading, &mut *out.borrow_mut()).unwrap();
                    Ok::<_, StoreError>(())
                },
                |fact| {
                    write(&fact.unwrap(), &mut *out.borrow_mut()).unwrap();
                    Ok(())
                },
            )
            .unwrap();
        out.into_inner()
    }

    fn merge(&mut self, bytes: &[u8]) -> United {
        self.unite(&read(bytes).unwrap())
    }

    /// Takes in the database of another machine.
    fn merge_database(&mut self, of: &Machine) -> United {
        let other = Other::open(&of.folder.path().join("retain.db")).unwrap();
        let mut facts = Vec::new();
        other
            .facts(|fact| {
                facts.push(fact.unwrap().into_owned());
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert!(facts.iter().all(|fact| fact.check().is_ok()));
        self.unite(&facts)
    }

    /// Returns every fact, without the heading.
    fn facts(&self) -> Vec<Fact<'static>> {
        read(&self.bytes()).unwrap()
    }

    /// Returns all that a fold makes of it.
    fn seen(&mut self) -> Vec<String> {
        self.refresh();
        let mut cards = self.store.standings().unwrap();
        cards.extend(self.store.parked_standings(&Settings::default()).unwrap());
        let lines = cards.into_iter().map(|card| {
            format!(
                "{} {:?} first {:?} last {:?} suspended {} buried {:?} changed {:?} parked {}",
                card.card.id,
                card.schedule,
                card.first_day,
                card.last_review,
                card.suspended,
                card.buried_until,
                card.changed,
                card.parked,
            )
        });
        lines.collect()
    }
}

/// Returns all facts of a history, each of which must be one.
fn read(bytes: &[u8]) -> Result<Vec<Fact<'static>>, NoHistory> {
    let (_, mut reader) = Reader::begin(bytes)?;
    let mut facts = Vec::new();
    while let Some((line, fact)) = reader.next_fact()? {
        facts.push(fact.unwrap_or_else(|problem| panic!("line {line}: {problem}")));
    }
    Ok(facts)
}

/// Returns histories of three devices, with links and retractions across them.
fn three() -> impl Strategy<Value = [Vec<Record>; 3]> {
    histories(40).prop_map(|records| {
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        for (number, record) in records.into_iter().enumerate() {
            // Some are known to two of them.
            parts[number % 3].push(record.clone());
            if number % 4 == 0 {
                parts[(number + 1) % 3].push(record);
            }
        }
        parts
    })
}

fn strange() -> impl Strategy<Value = Facts<'static>> {
    let number = || prop_oneof![Just(None), any::<i64>().prop_map(Some)];
    let extra = prop_oneof![
        Just(None),
        any::<String>().prop_map(Some),
        Just(Some("{ \"b\" : 1.0 , \"a\":2e0}".to_owned())),
        Just(Some("\"key\": \u{0}\u{1b}\u{202e}\r\n".to_owned())),
    ];
    (
        prop::option::of(prop_oneof![(0..7_usize).prop_map(name), any::<String>()]),
        (any::<i64>(), any::<i64>(), any::<i64>(), 0..=9_007_199_254_740_992_i64),
        prop_oneof!["new-[a-zéü ]{1,12}", Just(String::new()), Just("Reviewed".into())],
        (number(), number(), number(), number()),
        extra,
    )
        .prop_map(|(card, (at_ms, utc_offset_s, day, device_seq), kind, numbers, extra)| {
            Facts {
                device: DeviceId([9; 16]),
                device_seq,
                card: card.map(Cow::Owned),
                rev: numbers.0,
                at_ms,
                utc_offset_s,
                day,
                kind: Cow::Owned(kind),
                rating: numbers.1,
                quality: numbers.2,
                took_ms: numbers.3,
                extra: extra.map(Cow::Owned),
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, max_shrink_time: 6_000, ..Default::default() })]

    #[test]
    fn in_any_order_and_with_any_repetition_the_same_comes_of_it(
        parts in three(),
        order in proptest::collection::vec((0..3_usize, 0..3_usize, any::<bool>()), 0..8),
    ) {
        let mut machines = [Machine::new(10), Machine::new(40), Machine::new(70)];
        for (machine, part) in machines.iter_mut().zip(&parts) {
            machine.learn(part);
        }
        let pass = |machines: &mut [Machine; 3], from: usize, to: usize, as_database: bool| {
            if from == to {
                return;
            }
            if as_database {
                let [from, to] = machines.get_disjoint_mut([from, to]).unwrap();
                to.merge_database(from);
            } else {
                let bytes = machines[from].bytes();
                machines[to].merge(&bytes);
            }
        };
        for (from, to, as_database) in order {
            pass(&mut machines, from, to, as_database);
        }
        for round in [(0, 1), (1, 2), (2, 0), (2, 1)] {
            pass(&mut machines, round.0, round.1, false);
        }
        let mut all = Machine::new(100);
        all.learn(&parts.concat());
        let (ids, seen) = (all.store.event_ids().unwrap(), all.seen());
        for machine in &mut machines {
            prop_assert_eq!(&machine.store.event_ids().unwrap(), &ids);
            prop_assert_eq!(&machine.seen(), &seen);
            machine.store.drop_caches().unwrap();
            prop_assert_eq!(&machine.seen(), &seen);
            machine.store.verify().unwrap();
        }
        // The same facts are the same bytes.
        let events = |machine: &Machine| {
            machine.facts().into_iter().filter(|fact| matches!(fact, Fact::Event { .. })).collect::<Vec<_>>()
        };
        prop_assert_eq!(events(&machines[0]), events(&machines[1]));
    }

    #[test]
    fn what_is_not_understood_is_carried_byte_for_byte(strangers in proptest::collection::vec(strange(), 1..8)) {
        let (mut one, mut other) = (Machine::new(10), Machine::new(40));
        let mut facts = vec![Fact::Device { id: DeviceId([9; 16]), learner: Some(LearnerId([3; 16])) }];
        facts.extend(strangers.iter().map(|facts| Fact::Event { id: facts.id(), facts: facts.clone() }));
        one.unite(&facts);
        let carried = one.facts();
        for fact in &facts {
            prop_assert!(carried.contains(fact), "{:?}", fact);
        }
        prop_assert_eq!(carried.len(), facts.iter().map(|fact| format!("{fact:?}")).collect::<BTreeSet<_>>().len());
        other.merge(&one.bytes());
        prop_assert_eq!(other.facts(), carried);
        prop_assert!(other.store.standings().unwrap().iter().all(|card| card.schedule.is_none()));
    }

    #[test]
    fn machines_that_learn_apart_and_meet_know_the_same(
        deeds in proptest::collection::vec((0..2_usize, 0..5_usize, 0..9_i32, ratings(), 0..3_usize), 0..14),
    ) {
        let mut machines = [Machine::new(10), Machine::new(40)];
        for (number, (at, card, day, rating, text)) in deeds.iter().enumerate() {
            let machine = &mut machines[*at];
            machine.reword(*card, ["one back", "another back", "a third back"][*text]);
            machine.answer(*card, *day, *rating);
            if number % 5 == 4 {
                machine.store.undo(1, moment(FIRST_DAY + day, 9), &Settings::default()).unwrap();
            }
        }
        // The decks are the same again.
        for machine in &mut machines {
            for card in 0..5 {
                machine.reword(card, "one back");
            }
        }
        let asked = |machine: &Machine| -> BTreeSet<String> {
            let facts = machine.facts().into_iter();
            facts.filter(|fact| matches!(fact, Fact::Asked(_))).map(|fact| format!("{fact:?}")).collect()
        };
        let wanted: BTreeSet<String> = asked(&machines[0]).union(&asked(&machines[1])).cloned().collect();
        let [one, other] = &mut machines;
        other.merge(&one.bytes());
        one.merge(&other.bytes());
        prop_assert_eq!(one.store.event_ids().unwrap(), other.store.event_ids().unwrap());
        prop_assert_eq!(one.seen(), other.seen());
        prop_assert_eq!(asked(one), wanted.clone());
        prop_assert_eq!(asked(other), wanted);
        prop_assert_eq!(one.facts(), other.facts());
        // Undo takes back only what was done on the same machine.
        for machine in [one, other] {
            let undone = machine.store.undo(100, moment(FIRST_DAY + 30, 0), &Settings::default()).unwrap();
            let devices: BTreeSet<DeviceId> = undone.iter().map(|record| record.device).collect();
            prop_assert!(devices.len() <= 1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, max_shrink_time: 6_000, ..Default::default() })]

    #[test]
    fn hostile_bytes_change_no_fact(
        records in histories(8),
        strangers in proptest::collection::vec(strange(), 0..3),
        blows in proptest::collection::vec((any::<Index>(), 0..6_usize, any::<u8>(), any::<Index>()), 1..6),
    ) {
        let mut bytes = Vec::new();
        write_heading(&Heading { learner: Some(LearnerId([1; 16])), ..Heading::default() }, &mut bytes).unwrap();
        let mut facts: Vec<Fact<'_>> = [1, 9].map(|id| Fact::Device { id: DeviceId([id; 16]), learner: None }).into();
        facts.extend(records.iter().map(|record| Fact::Event { id: record.id(), facts: Facts::of(record) }));
        facts.extend(strangers.iter().map(|facts| Fact::Event { id: facts.id(), facts: facts.clone() }));
        for fact in &facts {
            write(fact, &mut bytes).unwrap();
        }
        for (at, how, byte, other) in blows {
            let at = at.index(bytes.len());
            let to = other.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 if bytes.len() > 1 => { bytes.remove(at); }
                3 => bytes.truncate(at.max(1)),
                4 => { let piece = bytes[at.min(to)..at.max(to)].to_vec(); bytes.splice(at..at, piece); }
                _ => bytes.swap(at, to),
            }
        }
        let Ok((_, mut reader)) = Reader::begin(bytes.as_slice()) else { return Ok(()) };
        let mut came = Vec::new();
        while let Some((_, fact)) = reader.next_fact().unwrap() {
            let Ok(fact) = fact else { continue };
            if let Fact::Event { .. } = fact {
                prop_assert!(facts.contains(&fact), "{:?} was never told", fact);
            }
            came.push(fact);
        }
        // Whatever came is taken, or refused for what it is.
        let mut machine = Machine::new(10);
        let mut united = United::default();
        machine.store.unite(&came, &mut united).unwrap();
        machine.seen();
        machine.store.verify().unwrap();
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(rest in any::<Vec<u8>>(), headed in any::<bool>()) {
        let mut bytes = Vec::new();
        if headed {
            write_heading(&Heading::default(), &mut bytes).unwrap();
        }
        bytes.extend(rest);
        if let Ok((_, mut reader)) = Reader::begin(bytes.as_slice()) {
            while let Some((line, fact)) = reader.next_fact().unwrap() {
                prop_assert!(line > 1 && fact.is_err());
            }
        }
    }
}

#[test]
fn wordings_that_come_behind_their_events_are_looked_at() {
    let (mut one, mut other) = (Machine::new(10), Machine::new(40));
    for (day, rating) in [(0, Rating::Good), (1, Rating::Good)] {
        one.answer(0, day, rating);
    }
    let (asked, rest): (Vec<_>, Vec<_>) =
        one.facts().into_iter().partition(|fact| matches!(fact, Fact::Asked(_)));
    assert_eq!(asked.len(), 1);
    for machine in [&mut one, &mut other] {
        machine.reword(0, "another answer");
    }
    other.unite(&rest);
    let before = other.seen();
    other.unite(&asked);
    let seen = other.seen();
    assert_ne!(seen, before, "the card is known to have changed");
    assert_eq!(seen, one.seen());
    other.store.drop_caches().unwrap();
    assert_eq!(other.seen(), seen);
}

#[test]
fn events_out_of_range_are_refused_alone() {
    let mut machine = Machine::new(10);
    let good = record(9, 1, "card-1", moment(FIRST_DAY, 0), "dreamt");
    let bad = Record { device_seq: -1, ..good.clone() };
    let unbound = Record { rating: Some(7), kind: "reviewed".into(), ..good.clone() };
    let event =
        |record: &Record| Fact::Event { id: record.id(), facts: Facts::of(record) }.into_owned();
    let facts = [
        Fact::Device { id: DeviceId([9; 16]), learner: None },
        event(&bad),
        event(&unbound),
        event(&good),
        event(&Record { device: DeviceId([8; 16]), ..good.clone() }),
    ];
    let mut united = United::default();
    let refused = machine.store.unite(&facts, &mut united).unwrap();
    let refused: Vec<_> = refused.into_iter().map(|(at, why)| (at, why.to_string())).collect();
    assert_eq!(
        refused,
        [
            (1, "`device_seq` is out of range".to_owned()),
            (2, "a \"reviewed\" event without what its kind needs".to_owned()),
            (4, "its device is not there".to_owned()),
        ]
    );
    assert_eq!((united.events.new, united.cards().new), (1, 1));
}
