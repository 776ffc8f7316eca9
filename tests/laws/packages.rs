//! Laws of packages for Anki: out, and in again, everything is what it was.

use std::collections::BTreeMap;
use std::convert::Infallible;

use proptest::prelude::*;
use retain::card::{Answer, Card, CardId, Details, Note};
use retain::cloze::Cloze;
use retain::export::anki::{CardState, Outgoing, Times, package, reviews};
use retain::export::cards::NoteRow;
use retain::history::{Event, Kind, Record, keep_in_force, replay};
use retain::import::anki::cards::{Brought, brought};
use retain::import::anki::history::{self, Here};
use retain::import::anki::{Collection, html};
use retain::markdown;
use retain::schedule::sm2::Sm2;
use retain::schedule::{Schedule, Scheduler, Stage};
use retain::stats::Logged;
use retain::store::anki;
use retain::time::{Day, Moment, Rollover};

use crate::export::notes;
use crate::support::{FIRST_DAY, histories, moment};

/// Texts with gaps of every kind.
fn cloze_notes() -> impl Strategy<Value = Note> {
    let gap = prop_oneof![
        "[a-z]{1,5}( [a-z]{1,5})?".prop_map(|text| format!("{{{{{text}}}}}")),
        (1..700_u32, "[a-z*_]{1,6}")
            .prop_map(|(number, text)| format!("{{{{c{number}::{text}}}}}")),
        (1..5_u32, "[a-z]{1,5}")
            .prop_map(|(number, text)| format!("{{{{c{number},9::{text}::hint}}}}")),
        "[a-z]{1,4}".prop_map(|text| format!("{{{{c2::a {{{{c3::{text}}}}} b}}}}")),
    ];
    let piece = prop_oneof![3 => gap, 1 => "[a-z <&*_`$\\n-]{0,8}"];
    (proptest::collection::vec(piece, 1..6), "[a-z0-9]{1,8}").prop_filter_map(
        "a text without gaps is none",
        |(pieces, id)| {
            let front = pieces.join(" ").trim().to_owned();
            Cloze::read(&front).ok()?;
            Some(Note {
                id: Some(id),
                line: 0,
                front,
                back: Answer::Text(String::new()),
                reverse: false,
                cloze: true,
                details: Details::default(),
            })
        },
    )
}

fn times() -> Times {
    let first = Day(FIRST_DAY - 3);
    Times { now: moment(FIRST_DAY + 100, 0), first, rollover: Rollover::default() }
}

fn outgoing(note: &Note, deck: &str, state: impl Fn(&Card) -> CardState) -> Outgoing {
    let key = note.id.clone().unwrap();
    Outgoing {
        cards: note.cards(&key).iter().map(state).collect(),
        row: NoteRow { deck: deck.into(), key, note: note.clone() },
        title: "The deck: it's".into(),
        changed: 1_764_201_600,
    }
}

fn new(card: &Card) -> CardState {
    CardState {
        id: card.id.clone(),
        schedule: None,
        suspended: false,
        placed: false,
        rows: Vec::new(),
    }
}

/// Takes notes out into the database of a package, and reads that.
fn read_back(notes: &[Outgoing]) -> Collection {
    let package = package(notes, times(), &mut |_| true);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("collection");
    anki::write(&package, &path).unwrap();
    let mut database = anki::Database::open(&path).unwrap();
    let collection = database.notes_and_cards().unwrap();
    Collection { reviews: database.reviews().unwrap(), ..collection }
}

fn returned(collection: &Collection) -> Brought {
    brought(&mut collection.clone(), None)
}

/// What happened to a card, by a number in place of its id.
fn deed(record: &Record) -> Logged {
    let event = Event::understand(record);
    let kind = match event.kind {
        Kind::Reviewed(grade) => Kind::Reviewed(grade),
        Kind::Practised(grade) => Kind::Practised(grade),
        Kind::Retracted { target } => Kind::Retracted { target },
        Kind::Reset => Kind::Reset,
        Kind::Suspended { because } => Kind::Suspended { because },
        Kind::Resumed => Kind::Resumed,
        Kind::Buried { until } => Kind::Buried { until },
        Kind::Placed(placement) => Kind::Placed(placement),
        Kind::Linked { .. } | Kind::Other => Kind::Other,
    };
    let Event { id, when, day, rev, .. } = event;
    Logged {
        event: Event { id, card: Some(1), when, day, rev, kind },
        took_ms: record.took_ms,
        sure: None,
        device: 1,
    }
}

/// What was answered, in its order: when, how, whether it was practice, and how long it took.
fn answers(records: &[Record]) -> Vec<(i64, Option<i64>, bool)> {
    let mut events: Vec<&Record> = records.iter().collect();
    events.sort_by_key(|record| (record.when.at_ms, record.id()));
    let answers = events.iter().filter(|record| record.rating.is_some());
    answers
        .map(|record| (record.rating.unwrap(), record.took_ms, record.kind == "practised"))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_time: 10_000, ..Default::default() })]

    #[test]
    fn decks_come_back_from_a_package_as_they_were(
        notes in proptest::collection::vec(prop_oneof![2 => notes(), 1 => cloze_notes()], 1..6),
        deck in "[a-z]{1,5}(/[a-z]{1,5})?",
    ) {
        let mut ids = std::collections::HashSet::new();
        let notes: Vec<Note> = notes.into_iter().filter(|note| ids.insert(note.id.clone())).collect();
        let out: Vec<Outgoing> = notes.iter().map(|note| outgoing(note, &deck, new)).collect();
        let collection = read_back(&out);
        let back = returned(&collection);
        prop_assert_eq!(back.imported.decks.len(), 1);
        let found = &back.imported.decks[0];
        prop_assert_eq!(&found.name, &deck);
        prop_assert_eq!(found.head.title.as_deref(), Some("The deck: it's"));
        prop_assert_eq!(found.items.len(), notes.len());
        for (item, note) in found.items.iter().zip(&notes) {
            prop_assert!(item.note.says_as(note), "{:?} {note:?}", item.note);
        }
        let mut cards: Vec<String> = back.ids.into_values().collect();
        let mut wanted: Vec<String> = out.iter().flat_map(|note| &note.cards)
            .map(|card| card.id.as_str().to_owned()).collect();
        cards.sort();
        wanted.sort();
        prop_assert_eq!(cards, wanted);
        // Again, it is the same to the last number.
        prop_assert_eq!(read_back(&out), collection);
    }

    #[test]
    fn numbers_stay_when_others_come_and_go(
        notes in proptest::collection::vec(prop_oneof![notes(), cloze_notes()], 2..6),
    ) {
        let mut ids = std::collections::HashSet::new();
        let notes: Vec<Note> = notes.into_iter().filter(|note| ids.insert(note.id.clone())).collect();
        let out: Vec<Outgoing> = notes.iter().map(|note| outgoing(note, "d", new)).collect();
        let numbers = |collection: Collection| -> BTreeMap<(String, i64), (i64, i64)> {
            let guids: BTreeMap<i64, String> =
                collection.notes.iter().map(|note| (note.id, note.guid.clone())).collect();
            collection.cards.iter().map(|card| ((guids[&card.note].clone(), card.ord), (card.note, card.id))).collect()
        };
        let all = numbers(read_back(&out));
        let fewer = numbers(read_back(&out[1..]));
        for (card, found) in fewer {
            prop_assert_eq!(all[&card], found);
        }
    }

    #[test]
    fn what_is_said_in_html_is_what_was_said(text in prop_oneof![crate::export::texts(), "[a-z0-9*_`#>\\[\\]()!<&|~$.\\n -]{1,40}"]) {
        let html_of = markdown::html(&text, &mut |_, _| None);
        let letters = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).collect::<String>();
        // Addresses and numbers of items are told otherwise there.
        if !text.contains(['[', '<', '.', ')', '&', '`', '~']) {
            let back = html::read(&html_of).markdown;
            prop_assert_eq!(letters(&markdown::plain_text(&back)), letters(&markdown::plain_text(&text)), "{}", html_of);
        }
    }

    #[test]
    fn a_history_comes_back_from_a_package_as_it_was(records in histories(60)) {
        let sm2 = Sm2::default();
        let records: Vec<Record> = records.into_iter().filter(|record| record.kind != "linked").collect();
        let mut cards: BTreeMap<CardId, Vec<Record>> = BTreeMap::new();
        for record in &records {
            cards.entry(record.card.clone().unwrap()).or_default().push(record.clone());
        }
        let mut stood: BTreeMap<CardId, Option<Schedule>> = BTreeMap::new();
        let mut stands: BTreeMap<CardId, bool> = BTreeMap::new();
        let mut out = Vec::new();
        let pasts = replay(records.iter().map(Event::understand).collect());
        let mut in_force: BTreeMap<CardId, Vec<Record>> = BTreeMap::new();
        for (id, records) in &cards {
            let mut deeds: Vec<Logged> = records.iter().map(deed).collect();
            keep_in_force(&mut deeds);
            let kept: Vec<Record> = records.iter()
                .filter(|record| deeds.iter().any(|deed| deed.event.id == record.id()) && record.rating != Some(9))
                .cloned().collect();
            in_force.insert(id.clone(), kept);
            let past = pasts.get(id).cloned().unwrap_or_default();
            let schedule = sm2.schedules(&past.steps).pop();
            stood.insert(id.clone(), schedule);
            stands.insert(id.clone(), past.suspended);
            let note = Note {
                id: Some(id.as_str().into()), line: 0, front: "f".into(), back: Answer::Text("b".into()),
                reverse: false, cloze: false, details: Details::default(),
            };
            out.push(outgoing(&note, "d", |card| CardState {
                id: card.id.clone(), schedule, suspended: past.suspended, placed: deeds.iter().any(|deed| matches!(deed.event.kind, Kind::Placed(_))), rows: reviews::rows(&deeds, &sm2),
            }));
        }
        let collection = read_back(&out);
        let back = returned(&collection);
        let mut came: BTreeMap<CardId, Vec<Record>> = BTreeMap::new();
        let now = Moment { at_ms: times().now.at_ms, utc_offset_s: 0 };
        let count = history::events(&collection, &back.ids, false, now, |_| Ok::<_, Infallible>(Here::default()), |record| {
            came.entry(record.card.clone().unwrap()).or_default().push(record);
            Ok(())
        }).unwrap();
        prop_assert_eq!((count.refused, count.strays, count.moved), (0, 0, 0));
        let events = replay(came.values().flatten().map(Event::understand).collect());
        for (id, records) in &in_force {
            let empty = Vec::new();
            let found = came.get(id).unwrap_or(&empty);
            prop_assert_eq!(answers(found), answers(records), "{}", id.as_str());
            let past = events.get(id).cloned().unwrap_or_default();
            prop_assert_eq!(past.suspended, stands[id]);
            let (Some(was), Some(is)) = (stood[id], sm2.schedules(&past.steps).pop()) else {
                prop_assert_eq!(stood[id].is_some(), !past.steps.is_empty());
                continue;
            };
            if was.stage == Stage::Learning {
                continue;
            }
            prop_assert_eq!(
                (is.stage, is.due, is.interval, is.ease, is.repetitions, is.lapses),
                (was.stage, was.due, was.interval, was.ease, was.repetitions, was.lapses),
                "{} {:?}", id.as_str(), found
            );
        }
        // What came back to where it went out from adds nothing.
        let again = history::events(
            &collection, &back.ids, false, now,
            |card| Ok::<_, Infallible>(Here {
                answers: cards.get(card).into_iter().flatten().filter_map(|record| match &*record.kind {
                    "reset" => Some((record.when.at_ms, 0)),
                    _ => Some((record.when.at_ms, record.rating?)),
                }).collect(),
                schedule: stood.get(card).copied().flatten(),
                suspended: stands.get(card).copied().unwrap_or_default(),
                switched_ms: None,
            }),
            |record| panic!("{record:?} is there already"),
        ).unwrap();
        prop_assert_eq!(again.returned, again.reviews);
    }
}
