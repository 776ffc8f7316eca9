//! `history`: what happened.

use super::support::{Home, TWO, date, fields, sorted};

const FIELDS: [&str; 13] = [
    "id",
    "card",
    "at",
    "day",
    "kind",
    "rating",
    "quality",
    "took_ms",
    "device",
    "counted",
    "retracted",
    "interval_days",
    "target",
];

/// A home in which every kind of thing that can be done by hand was done.
fn eventful() -> Home {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good --took 1500");
    home.on(0).ok("grade a q2");
    home.on(1).ok("grade a q5");
    home.on(1).ok("grade b again");
    home.on(1).ok("undo");
    home.on(2).ok("suspend b");
    home.on(2).ok("resume b");
    home.on(2).ok("bury b");
    home.on(3).ok("reset a");
    home.on(3).input("\n1\n:q\n").ok("review --plain --cram id:b");
    home
}

#[test]
fn json_has_an_event_a_line_with_exactly_its_fields() {
    let home = eventful();
    let rows = home.on(4).ndjson("history --json");
    assert!(rows.iter().all(|row| fields(row) == sorted(&FIELDS)), "{rows:?}");
    let of = |field| -> Vec<_> { rows.iter().map(|row| row[field].clone()).collect() };
    assert_eq!(
        of("kind"),
        [
            "reviewed",
            "reviewed",
            "reviewed",
            "reviewed",
            "retracted",
            "suspended",
            "resumed",
            "buried",
            "reset",
            "practised"
        ]
    );
    let null = serde_json::Value::Null;
    assert_eq!(of("day"), [0, 0, 1, 1, 1, 2, 2, 2, 3, 3].map(date));
    assert_eq!(of("counted"), [1, 0, 1, 0, 0, 0, 0, 0, 0, 0].map(|one| one == 1));
    assert_eq!(of("retracted"), [0, 0, 0, 1, 0, 0, 0, 0, 0, 0].map(|one| one == 1));
    assert_eq!(of("rating")[..5], [3.into(), 1.into(), 4.into(), 1.into(), null.clone()]);
    assert_eq!(of("quality")[..4], [null.clone(), 2.into(), 5.into(), null.clone()]);
    // The interval after each counted answer; null where nothing counted.
    assert_eq!(of("interval_days")[..4], [1.into(), null.clone(), 6.into(), null.clone()]);
    assert_eq!(rows[0]["took_ms"], 1500);
    assert_eq!(rows[4]["target"], rows[3]["id"]);
    assert_eq!(rows[0]["target"], null);
    assert_eq!(rows[0]["at"], "2026-11-24T10:00:00+00:00");
    // Ids are 16 bytes, all different; one device did it all.
    let mut ids: Vec<_> = of("id").iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert!(ids.iter().all(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 10);
    assert!(of("device").iter().all(|device| *device == rows[0]["device"]));
}

#[test]
fn the_history_of_a_card_is_only_its_own() {
    let home = eventful();
    let rows = home.on(4).ndjson("history a --json");
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row["card"] == "a"));
    home.on(4).run("history zzz").exits(1).says("no card \"zzz\"");
}

#[test]
fn people_read_it_oldest_first() {
    let home = eventful();
    let ran = home.on(4).run("history").exits(0).silently();
    // The first column is the beginning of the event's id.
    let lines: Vec<String> =
        ran.out.lines().map(|line| line.replacen(&line[18..26], "········", 1)).collect();
    let lines: Vec<String> = lines
        .iter()
        .map(|line| match line.find("took back ") {
            Some(at) => format!("{}took back ········", &line[..at]),
            None => line.clone(),
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    2026-11-24 10:00  ········  a  good, interval 1 day
    2026-11-24 10:00  ········  a  again (q2), a repeat
    2026-11-25 10:00  ········  a  easy (q5), interval 6 days
    2026-11-25 10:00  ········  b  again, taken back
    2026-11-25 10:00  ········  b  took back ········
    2026-11-26 10:00  ········  b  suspended
    2026-11-26 10:00  ········  b  resumed
    2026-11-26 10:00  ········  b  buried until 2026-11-27
    2026-11-27 10:00  ········  a  reset
    2026-11-27 10:00  ········  b  again, for practice
    ");
}

#[test]
fn nothing_has_happened_in_a_new_home() {
    let home = Home::with(TWO);
    assert_eq!(home.on(0).ok("history --json"), "");
    let ran = home.on(0).run("history").exits(0).says("nothing has happened yet");
    assert_eq!(ran.out, "");
}

#[test]
fn the_history_cannot_be_changed_even_by_a_stranger() {
    let home = eventful();
    let before = home.on(4).ok("doctor --digest");
    let db = home.sql();
    for sql in [
        "UPDATE history SET rating = 4 WHERE seq = 1",
        "DELETE FROM history WHERE seq = 1",
        "DELETE FROM history",
        "INSERT OR REPLACE INTO history (seq, id, device, device_seq, at_ms, utc_offset_s, day, kind)
         VALUES (1, randomblob(16), 1, 99, 0, 0, 0, 'reset')",
    ] {
        assert!(db.execute(sql, []).is_err(), "{sql}");
    }
    // A row whose id is known is skipped.
    let again = "INSERT OR REPLACE INTO history (id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind, rating)
                 SELECT id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind, 4 FROM history WHERE seq = 1";
    assert_eq!(db.execute(again, []), Ok(0));
    drop(db);
    assert_eq!(home.on(4).ok("doctor --digest"), before);
}

#[test]
fn intervals_are_those_of_the_deck_whatever_the_id_was_before() {
    let deck =
        "options: {sm2_profile: delphi}\ncards: [{id: z, front: What is it?, back: alpha}]\n";
    let home = Home::with(deck);
    home.on(0).ok("grade z good");
    home.on(1).ok("grade z hard");
    home.edit("deck", "id: z", "id: a");
    home.on(7).ok("grade a good");
    let rows = home.on(7).ndjson("history a --json");
    let intervals: Vec<_> = rows.iter().filter_map(|row| row["interval_days"].as_i64()).collect();
    assert_eq!(intervals, [1, 6, 14]);
    let rows = home.on(7).ndjson("export reviews --format ndjson");
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row["card"].as_str().unwrap(), row["interval_days"].as_i64().unwrap()))
        .collect();
    assert_eq!(seen, [("a", 1), ("a", 6), ("a", 14)]);
}
