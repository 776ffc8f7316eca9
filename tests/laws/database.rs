//! The database keeps what it was given, whoever writes to it.

use proptest::prelude::*;
use retain::card::CardId;
use retain::history::{Answered, Deed, Record};
use retain::schedule::Rating;
use retain::settings::Settings;
use retain::store::{Entry, Ids, Store};
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::support::*;

const FACTS: &str =
    "hex(h.id), hex(d.id), h.device_seq, c.id, h.rev, h.at_ms, h.utc_offset_s, h.day,
    h.kind, h.rating, h.quality, h.took_ms, h.extra, hex(h.extra)";

/// Returns every event of the schema `schema`, each with all its facts, byte for byte.
fn facts(db: &Connection, schema: &str) -> Vec<Vec<Value>> {
    let sql = format!(
        "SELECT {FACTS} FROM {schema}.history AS h JOIN {schema}.device AS d ON d.key = h.device
           LEFT JOIN {schema}.card AS c ON c.key = h.card ORDER BY h.id"
    );
    let mut statement = db.prepare(&sql).unwrap();
    let rows = statement
        .query_map([], |row| {
            (0..14).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>()
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

fn everything(db: &Connection) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    for sql in [
        "SELECT *, NULL FROM history ORDER BY seq",
        "SELECT key, id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM card ORDER BY key",
        "SELECT key, id, learner, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM device ORDER BY key",
        "SELECT card, rev, front, back, accept, deck, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM wording ORDER BY card, rev",
    ] {
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                (0..columns).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>()
            })
            .unwrap();
        all.extend(rows.map(Result::unwrap));
    }
    all
}

/// Writes a record as another program would: a plain INSERT, dictionary keys looked up.
fn insert(db: &Connection, record: &Record) -> rusqlite::Result<usize> {
    db.execute("INSERT INTO device (id) VALUES (?)", [record.device.0])?;
    if let Some(card) = &record.card {
        db.execute("INSERT INTO card (id) VALUES (?)", [card.as_str()])?;
    }
    db.execute(
        "INSERT INTO history (id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind, rating,
                              quality, took_ms, extra)
         VALUES (?, (SELECT key FROM device WHERE id = ?), ?, (SELECT key FROM card WHERE id = ?),
                 ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            record.id().0,
            record.device.0,
            record.device_seq,
            record.card.as_ref().map(CardId::as_str),
            record.rev,
            record.when.at_ms,
            record.when.utc_offset_s,
            record.day.0,
            record.kind,
            record.rating,
            record.quality,
            record.took_ms,
            record.extra,
        ],
    )
}

/// The union of two databases: every row of the attached one, dictionary keys mapped.
const UNION: &str = "
    INSERT INTO device (id, learner) SELECT id, learner FROM other.device;
    INSERT INTO card (id) SELECT id FROM other.card ORDER BY key;
    INSERT INTO wording (card, rev, front, back, accept, deck)
        SELECT m.key, w.rev, w.front, w.back, w.accept, w.deck FROM other.wording AS w
          JOIN other.card AS o ON o.key = w.card JOIN main.card AS m ON m.id = o.id;
    INSERT INTO history (id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind, rating,
                         quality, took_ms, extra)
        SELECT h.id, md.key, h.device_seq, mc.key, h.rev, h.at_ms, h.utc_offset_s, h.day, h.kind,
               h.rating, h.quality, h.took_ms, h.extra
          FROM other.history AS h JOIN other.device AS od ON od.key = h.device
          JOIN main.device AS md ON md.id = od.id
          LEFT JOIN other.card AS oc ON oc.key = h.card LEFT JOIN main.card AS mc ON mc.id = oc.id
         ORDER BY h.seq;";

struct Base {
    folder: TempDir,
    store: Store,
    decks: Decks,
}

impl Base {
    /// A store with five cards, whose device has ids made of `device`.
    fn new(device: u8) -> Base {
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
        let decks = Decks {
            decks: vec![MemoryDeck { notes: notes.collect(), ..Default::default() }],
            settled: true,
        };
        let mut base = Base { folder, store, decks };
        base.refresh();
        base
    }

    fn refresh(&mut self) {
        self.store
            .bring_up_to_date(&mut self.decks, &Settings::default(), moment(FIRST_DAY, 0))
            .unwrap();
    }

    fn answer(&mut self, card: usize, day: i32, rating: Rating) {
        let id = CardId::new(name(card));
        let asked = self.store.standing(&id, &Settings::default()).unwrap().unwrap();
        let deed = Deed::Reviewed(Answered::new(rating).in_ms(900));
        let entry =
            Entry::now(id, deed, moment(FIRST_DAY + day, 0)).asking(&asked.card, &asked.deck);
        self.store.append(&[entry], &Settings::default()).unwrap();
    }

    fn db(&self) -> Connection {
        let db = Connection::open(self.folder.path().join("retain.db")).unwrap();
        db.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        db
    }

    fn standings(&mut self) -> Vec<retain::store::Standing> {
        self.refresh();
        self.store.standings().unwrap()
    }
}

/// A kind that a newer version may have: nothing about it is known, and nothing is bound.
fn strange() -> impl Strategy<Value = Record> {
    let number =
        || prop_oneof![Just(None), any::<i64>().prop_map(Some), (-9..9_i64).prop_map(Some)];
    let kind = prop_oneof![
        "[a-zA-Zéü ]{1,12}",
        Just("Reviewed".to_owned()),
        Just("reviewed ".to_owned()),
        Just("reviewed-twice".to_owned()),
        Just(String::new()),
    ];
    let extra = prop_oneof![
        Just(None),
        any::<String>().prop_map(Some),
        Just(Some("{\"key\":\"k\",".to_owned())),
        Just(Some("{\"target\":1}".to_owned())),
        Just(Some("{ \"b\" : 1.0 , \"a\":2e0}".to_owned())),
        Just(Some("\"key\": \u{0}".to_owned())),
    ];
    let known = [
        "reviewed",
        "practised",
        "reset",
        "suspended",
        "resumed",
        "buried",
        "linked",
        "placed",
        "retracted",
        "parameters",
    ];
    (
        prop::option::of(0..7_usize),
        any::<i64>(),
        (any::<i32>(), any::<i32>()),
        kind,
        (number(), number(), number(), number()),
        extra,
    )
        .prop_filter("a kind that is known", move |(_, _, _, kind, _, _)| {
            !known.contains(&kind.as_str())
        })
        .prop_map(
            |(card, at_ms, (day, offset), kind, (rev, rating, quality, took_ms), extra)| Record {
                card: card.map(|card| CardId::new(name(card))),
                rev,
                when: retain::time::Moment { at_ms, utc_offset_s: offset },
                day: retain::time::Day(day),
                rating,
                quality,
                took_ms,
                extra,
                ..record(9, 0, "", moment(0, 0), &kind)
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, max_shrink_time: 6_000, ..Default::default() })]

    #[test]
    fn a_newer_kind_survives_a_union_byte_for_byte_and_is_skipped(
        strangers in proptest::collection::vec(strange(), 1..12),
        answers in proptest::collection::vec((0..5_usize, 0..9_i32, ratings()), 0..8),
    ) {
        let (mut here, mut there) = (Base::new(10), Base::new(40));
        let mut expected = Base::new(70);
        for (number, (card, day, rating)) in answers.iter().enumerate() {
            let base = if number % 2 == 0 { &mut here } else { &mut there };
            // The same clock on both, so that the fold has one order.
            base.answer(*card, *day, *rating);
        }
        for (number, stranger) in strangers.iter().enumerate() {
            let stranger = Record { device_seq: number as i64 + 1, ..stranger.clone() };
            prop_assert_eq!(insert(&there.db(), &stranger).unwrap(), 1);
        }
        let db = here.db();
        db.execute("ATTACH ? AS other", [there.folder.path().join("retain.db").to_string_lossy()]).unwrap();
        let (mine, theirs) = (facts(&db, "main"), facts(&db, "other"));
        db.execute_batch(&format!("BEGIN;{UNION}COMMIT;")).unwrap();
        let both = facts(&db, "main");
        prop_assert_eq!(both.len(), mine.len() + theirs.len());
        for row in mine.iter().chain(&theirs) {
            prop_assert!(both.contains(row), "{:?} is not there as it was", row);
        }
        // Once more: nothing is added.
        let before = everything(&db);
        db.execute_batch(&format!("BEGIN;{UNION}COMMIT;")).unwrap();
        prop_assert_eq!(everything(&db), before);
        drop(db);

        // Without the strangers the schedules would be the same.
        let known: Vec<_> = {
            let rows = here.store.history(None, &Settings::default()).unwrap();
            rows.into_iter().map(|row| row.record).filter(|record| record.kind == "reviewed").collect()
        };
        for record in &known {
            insert(&expected.db(), record).unwrap();
        }
        let wanted: Vec<_> = expected.standings().into_iter().map(|card| (card.card.id, card.schedule, card.suspended)).collect();
        let found: Vec<_> = here.standings().into_iter().map(|card| (card.card.id, card.schedule, card.suspended)).collect();
        prop_assert_eq!(&found, &wanted);
        here.store.drop_caches().unwrap();
        let rebuilt: Vec<_> = here.standings().into_iter().map(|card| (card.card.id, card.schedule, card.suspended)).collect();
        prop_assert_eq!(&rebuilt, &wanted);
        here.store.verify().unwrap();
    }

    #[test]
    fn events_of_others_are_folded_as_if_they_had_been_here_all_along(records in histories(25), cut in any::<prop::sample::Index>()) {
        // Some arrive before the caches are made, the others behind their back.
        let (mut early, mut late) = (Base::new(10), Base::new(10));
        let cut = cut.index(records.len() + 1);
        for (number, record) in records.iter().enumerate() {
            insert(&early.db(), record).unwrap();
            if number < cut {
                insert(&late.db(), record).unwrap();
            }
        }
        late.standings();
        for record in records[cut..].iter().rev() {
            insert(&late.db(), record).unwrap();
            late.standings();
        }
        let plain = |cards: Vec<retain::store::Standing>| -> Vec<String> {
            let lines = cards.into_iter().map(|card| {
                format!(
                    "{} {:?} first {:?} suspended {} buried {:?}",
                    card.card.id, card.schedule, card.first_day, card.suspended, card.buried_until,
                )
            });
            lines.collect()
        };
        let (one, other) = (plain(late.standings()), plain(early.standings()));
        prop_assert_eq!(&one, &other);
        early.store.drop_caches().unwrap();
        prop_assert_eq!(&plain(early.standings()), &one);
    }
}

fn filled() -> Base {
    let mut base = Base::new(10);
    for (card, day, rating) in
        [(0, 0, Rating::Good), (0, 1, Rating::Again), (1, 1, Rating::Easy), (2, 3, Rating::Hard)]
    {
        base.answer(card, day, rating);
    }
    let suspended = Entry::now(
        CardId::new(name(3)),
        Deed::Suspended { because: None },
        moment(FIRST_DAY + 4, 0),
    );
    base.store.append(&[suspended], &Settings::default()).unwrap();
    base.store.undo(1, moment(FIRST_DAY + 4, 5), &Settings::default()).unwrap();
    base
}

/// An event of an import, which moves nothing.
const IMPORTED: &str =
    "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
    VALUES (randomblob(16), 1, 0, 1, 7, 0, 0, 'practised', 3)";

#[test]
fn nothing_that_a_stranger_writes_changes_or_removes_a_fact() {
    for recursive in ["OFF", "ON"] {
        for sql in [
            "UPDATE history SET rating = 4",
            "UPDATE history SET rating = 4 WHERE seq = 1",
            "UPDATE OR REPLACE history SET seq = 2 WHERE seq = 1",
            "UPDATE OR IGNORE history SET seq = seq + 100",
            "UPDATE history SET extra = NULL",
            "UPDATE history SET kind = kind",
            "DELETE FROM history",
            "DELETE FROM history WHERE seq = 1",
            "INSERT OR REPLACE INTO history SELECT * FROM history WHERE seq = 1",
            "REPLACE INTO history SELECT seq, randomblob(16), device, 99, card, rev, at_ms, 0, day, kind, rating, quality, took_ms, extra FROM history WHERE seq = 1",
            "INSERT OR REPLACE INTO history (seq, id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               SELECT seq, id, device, device_seq, card, at_ms, 0, day, kind, 4 FROM history",
            "INSERT OR REPLACE INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               SELECT id, device, device_seq, card, at_ms, 0, day, kind, 4 FROM history WHERE kind = 'reviewed'",
            "INSERT OR IGNORE INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               SELECT id, device, device_seq, card, 5, 0, day, kind, 4 FROM history WHERE kind = 'reviewed'",
            "INSERT OR IGNORE INTO history (seq, id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               VALUES (1, randomblob(16), 1, 9, 1, 0, 0, 0, 'reviewed', 1)",
            "INSERT INTO history SELECT * FROM history WHERE true
               ON CONFLICT (id) WHERE device_seq > 0 OR card IS NULL DO UPDATE SET rating = 1",
            "INSERT INTO history SELECT * FROM history WHERE true
               ON CONFLICT (card, at_ms, id) DO UPDATE SET rating = 1",
            "INSERT OR REPLACE INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               SELECT id, device, 0, card, at_ms, 5, day, kind, 4 FROM history WHERE device_seq = 0",
            "INSERT INTO history (seq, id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               SELECT seq, randomblob(16), device, 9, card, 0, 0, 0, kind, 1 FROM history WHERE kind = 'reviewed' ON CONFLICT (seq) DO UPDATE SET rating = 1",
            "INSERT INTO history (seq, id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               VALUES (9223372036854775807, randomblob(16), 1, 9, 1, 0, 0, 0, 'reviewed', 1)",
            "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               VALUES (randomblob(16), 1, 9, 999, 0, 0, 0, 'reviewed', 1)",
            "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               VALUES (randomblob(16), 999, 9, 1, 0, 0, 0, 'reviewed', 1)",
            "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
               VALUES (randomblob(16), 1, 9223372036854775807, 1, 0, 0, 0, 'reviewed', 1)",
            "UPDATE card SET id = 'x'",
            "UPDATE OR REPLACE card SET key = 1",
            "DELETE FROM card",
            "INSERT OR REPLACE INTO card (key, id) VALUES (1, 'another')",
            "INSERT OR REPLACE INTO card (key, id) SELECT key + 100, id FROM card",
            "INSERT INTO card (key, id) SELECT key + 100, id FROM card WHERE true ON CONFLICT (id) DO UPDATE SET key = 900 + key",
            "UPDATE device SET learner = NULL",
            "DELETE FROM device",
            "INSERT OR REPLACE INTO device (key, id) VALUES (1, randomblob(16))",
            "INSERT OR REPLACE INTO device (id) SELECT id FROM device",
            "UPDATE wording SET front = 'x'",
            "DELETE FROM wording",
            "INSERT OR REPLACE INTO wording SELECT card, rev, 'x', '\"y\"', '[]', NULL FROM wording",
            "INSERT INTO wording SELECT * FROM wording WHERE true ON CONFLICT DO UPDATE SET front = 'x'",
        ] {
            let mut base = filled();
            let db = base.db();
            db.execute_batch(&format!("PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = {recursive}")).unwrap();
            db.execute_batch(IMPORTED).unwrap();
            let before = everything(&db);
            assert!(before.len() > 13);
            db.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let outcome = db.execute_batch(sql);
            assert_eq!(everything(&db), before, "{sql}: {outcome:?}");
            drop(db);
            let seen = base.standings();
            assert_eq!(seen.iter().filter(|card| card.schedule.is_some()).count(), 3, "{sql}");
        }
    }
}

#[test]
fn an_event_is_put_behind_all_others_and_nowhere_else() {
    let mut base = filled();
    let insert = |db: &Connection, seq: i64| {
        db.execute(
            "INSERT INTO history (seq, id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating)
             VALUES (?, randomblob(16), 1, 50, 4, 1795600000000, 0, 20782, 'reviewed', 3)",
            [seq],
        )
    };
    insert(&base.db(), 1_000).unwrap();
    // A place that was passed is refused: what was folded is all that lies before it.
    assert!(insert(&base.db(), 500).is_err());
    assert!(insert(&base.db(), 1_000).is_err());
    insert(&base.db(), 1_001).unwrap();
    base.answer(0, 9, Rating::Good);
    assert_eq!(base.standings().iter().filter(|card| card.schedule.is_some()).count(), 4);
}

#[test]
fn the_same_insert_twice_adds_nothing() {
    let base = filled();
    let db = base.db();
    let event =
        Record { rating: Some(2), ..record(7, 1, "card-4", moment(FIRST_DAY, 3), "reviewed") };
    assert_eq!(insert(&db, &event).unwrap(), 1);
    let once = everything(&db);
    assert_eq!(insert(&db, &event).unwrap(), 0, "a known event is skipped, and that is no error");
    assert_eq!(everything(&db), once);
}

#[test]
fn a_known_kind_without_its_facts_is_refused() {
    let base = filled();
    let db = base.db();
    let good =
        Record { rating: Some(2), ..record(7, 1, "card-4", moment(FIRST_DAY, 3), "reviewed") };
    let of = |kind: &str, extra: Option<&str>| Record {
        kind: kind.to_owned().into(),
        extra: extra.map(str::to_owned),
        rating: None,
        ..good.clone()
    };
    let mut bad = vec![
        Record { card: None, ..good.clone() },
        Record { rating: None, ..good.clone() },
        Record { rating: Some(0), ..good.clone() },
        Record { rating: Some(5), ..good.clone() },
        Record { quality: Some(6), ..good.clone() },
        Record { quality: Some(-1), ..good.clone() },
        Record { took_ms: Some(-1), ..good.clone() },
        Record { kind: "practised".into(), rating: Some(7), ..good.clone() },
        Record { kind: "practised".into(), card: None, ..good.clone() },
    ];
    for kind in ["reset", "suspended", "resumed", "buried", "linked", "placed"] {
        bad.push(Record { card: None, ..of(kind, Some("{}")) });
    }
    for kind in ["retracted", "buried", "linked", "placed", "parameters"] {
        bad.push(of(kind, None));
        bad.push(of(kind, Some("no json")));
        bad.push(of(kind, Some("")));
    }
    let before = everything(&db);
    let events = |all: &[Vec<Value>]| {
        all.iter()
            .filter(|row| row.get(9).is_some_and(|kind| matches!(kind, Value::Text(_))))
            .count()
    };
    for record in &bad {
        assert!(insert(&db, record).is_err(), "{record:?}");
    }
    assert_eq!(events(&everything(&db)), events(&before));
    for sql in [
        "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating) VALUES (x'00', 1, 9, 1, 0, 0, 0, 'reviewed', 1)",
        "INSERT INTO history (seq, id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating) VALUES (0, randomblob(16), 1, 9, 1, 0, 0, 0, 'reviewed', 1)",
        "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating) VALUES (randomblob(16), 1, 9, 1, 'soon', 0, 0, 'reviewed', 1)",
        "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating) VALUES (randomblob(16), 1, 9, 1, 0, 0, 0, 'reviewed', 2.5)",
        "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating) VALUES (randomblob(16), 99, 9, 1, 0, 0, 0, 'reviewed', 2)",
        "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating) VALUES (randomblob(16), 1, 9, 99, 0, 0, 0, 'reviewed', 2)",
        "INSERT INTO device (id) VALUES (x'0102')",
    ] {
        assert!(db.execute_batch(sql).is_err(), "{sql}");
    }
    // The same facts under a kind of tomorrow are nobody's business.
    for (number, record) in bad.into_iter().enumerate() {
        let newer = Record {
            kind: format!("newer-{}", record.kind).into(),
            device_seq: 50 + number as i64,
            ..record
        };
        assert_eq!(insert(&db, &newer).unwrap(), 1, "{newer:?}");
    }
}
