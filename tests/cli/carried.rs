//! `export`: a history and cards for other programs.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::Value;

use super::support::{CARD_FIELDS, Home, TWO, fields, sorted};

/// The fields of an event's line; its hash is over those from the device on.
pub const EVENT: [&str; 14] = [
    "type",
    "id",
    "device",
    "device_seq",
    "card",
    "rev",
    "at_ms",
    "utc_offset_s",
    "day",
    "kind",
    "rating",
    "quality",
    "took_ms",
    "extra",
];

/// Every field that a card can have, and texts that YAML would take for something else.
const HARD: &str = r##"
deck: "Hard: ones"
tags: [all]
cards:
  - id: "007"
    front: "no"
    back: "~"
    accept: ["1.10", "# x", "a|b"]
    hint: " leading"
    why: "one\n\n    code: 2\nlast"
    source: https://example.org/?a=b#c
    tags: [own, "true"]
    value: 100
    category: "{x}"
    typed: true
  - id: list
    front: "- a: b"
    back: ["c\td", "null", "e\\f \"g\""]
    need: 2
    ordered: true
  - id: turn
    front: "\e[2J 🙂 日本"
    back: "2024-01-01"
    reverse: true
  - front: capital of France
    back: Paris
"##;

/// Returns the cards of a home without what depends on where they stand.
fn cards(home: &Home, day: i64) -> Vec<Value> {
    let mut cards = home.on(day).json("list --json")["cards"].take();
    for card in cards.as_array_mut().unwrap() {
        for field in ["file", "line", "deck"] {
            card.as_object_mut().unwrap().remove(field);
        }
    }
    cards.as_array().unwrap().clone()
}

#[test]
fn a_history_has_a_heading_devices_wordings_and_every_event() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good --took 1500");
    home.on(1).ok("grade a q2");
    home.on(1).ok("undo");
    home.on(2).ok("suspend b");
    let lines = home.on(3).ndjson("export history");
    let history = home.on(3).ndjson("history --json");
    assert_eq!(fields(&lines[0]), ["cards", "format", "learner", "version"]);
    assert_eq!(lines[0]["format"], "retain-history");
    assert_eq!(lines[0]["version"], 1);
    assert_eq!(lines[0]["cards"], serde_json::json!({"a": "deck", "b": "deck"}));
    let of = |kind: &str| -> Vec<&Value> {
        lines[1..].iter().filter(|line| line["type"] == kind).collect()
    };
    assert_eq!(of("device").len(), 1);
    assert_eq!(of("device")[0]["learner"], lines[0]["learner"]);
    assert_eq!(of("wording").len(), 1);
    assert_eq!(of("wording")[0]["front"], "What is the first letter?");
    assert_eq!(of("wording")[0]["back"], "\"alpha\"");
    let events = of("event");
    assert_eq!(events.len(), history.len());
    for (event, row) in events.iter().zip(&history) {
        assert_eq!(fields(event), sorted(&EVENT));
        for field in ["id", "card", "kind", "rating", "quality", "took_ms", "device"] {
            assert_eq!(event[field], row[field], "{field}");
        }
    }
    assert_eq!(events[0]["rev"], of("wording")[0]["rev"]);
    assert_eq!(events[2]["extra"], format!("{{\"target\":{}}}", events[1]["id"]));
    // The same facts are the same bytes.
    assert_eq!(home.on(3).ok("export history"), home.on(9).ok("export history"));
    assert_eq!(lines.len(), 1 + 1 + 1 + 4);
}

#[test]
fn extra_is_carried_byte_for_byte_and_unknown_kinds_too() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let extra = "{ \"b\" : 1.0 , \"a\":2e0}\u{1b}\u{0}";
    home.sql()
        .execute(
            "INSERT INTO history (id, device, device_seq, at_ms, utc_offset_s, day, kind, rating, extra)
             VALUES (randomblob(16), 1, 9, 5, 0, 99999999999, 'guessed', -7, ?)",
            [extra],
        )
        .unwrap();
    let ran = home.on(0).run("export history").exits(0).says("not what the id says");
    let lines: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let guessed = lines.iter().find(|line| line["kind"] == "guessed").unwrap();
    assert_eq!(guessed["extra"], extra);
    assert_eq!(guessed["day"], 99_999_999_999_i64);
    assert_eq!(guessed["rating"], -7);
    assert_eq!(guessed["card"], Value::Null);
    assert!(ran.out.chars().all(|c| c == '\n' || !c.is_control()), "nothing commands a terminal");
}

#[test]
fn what_no_text_can_hold_is_left_out_by_name() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let sql = "INSERT INTO history (id, device, device_seq, at_ms, utc_offset_s, day, kind, extra)
               VALUES (randomblob(16), 1, 9, 5, 0, 1, 'guessed', CAST(x'22ff22' AS TEXT))";
    home.sql().execute_batch(sql).unwrap();
    let ran = home.on(0).run("export history").exits(1);
    assert_eq!(ran.err, "left out: `extra` is not UTF-8\n1 fact left out\n");
    assert_eq!(ran.out.lines().count(), 4);
    let mut other = Home::with(TWO);
    other.reseed();
    let ran = other
        .on(0)
        .run_args(["merge".as_ref(), home.database().as_os_str()])
        .exits(1)
        .says("`extra` is not UTF-8");
    assert!(ran.out.starts_with("events: 1 new, 0 there already\n"), "{}", ran.out);
}

#[test]
fn a_home_without_a_history_exports_a_heading() {
    let ran = Home::new().on(0).run("export history").exits(0).silently();
    assert_eq!(
        ran.out,
        "{\"format\":\"retain-history\",\"version\":1,\"learner\":null,\"cards\":{}}\n"
    );
}

#[test]
fn a_file_is_written_whole_and_private() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let ran = home.on(0).run("export history --to h.ndjson").exits(0).silently();
    assert_eq!(ran.out, "");
    let file = home.path().join("h.ndjson");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), home.on(0).ok("export history"));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // Again over it, with the mode it was given.
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("h.ndjson", home.path().join("link")).unwrap();
    home.on(0).ok("grade b good");
    home.on(0).ok("export history --to link");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), home.on(0).ok("export history"));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(std::fs::symlink_metadata(home.path().join("link")).unwrap().is_symlink());
    home.on(0).run("export history --to no/such/h.ndjson").exits(1).says("cannot be written");
    home.on(0).run("export history --to decks").exits(1).says("is a folder");
    assert_eq!(home.on(0).ok("export history --to /dev/null"), "");
    assert_eq!(home.on(0).ok("export history --to -"), home.on(0).ok("export history"));
    let names: Vec<_> =
        std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{names:?}");
}

#[test]
fn what_makes_no_sense_is_a_wrong_command_line() {
    let home = Home::with(TWO);
    for (line, says) in [
        ("export history a", "exported whole, without a QUERY"),
        ("export history --format csv", "a history is not written as CSV"),
        ("export history --to facts.csv", "it can be ndjson"),
        ("export cards --format ndjson", "cards are not written as NDJSON"),
        ("export cards --to cards.ndjson", "it can be csv or yaml or json"),
        ("export cards --format html", "possible values: csv, ndjson, json, yaml"),
        ("export nothing", "possible values: progress, reviews, cards, history"),
        ("export", "<WHAT>"),
        ("export cards is:leach", "is:leach is no state"),
    ] {
        let ran = home.on(0).run(line).exits(2).says(says);
        assert_eq!(ran.out, "", "{line}");
    }
}

#[test]
fn a_closed_pipe_is_silent() {
    let home = Home::with(&super::support::deck_of(4000));
    let answers: String =
        (1..1000).map(|card| format!("{{\"card\":\"c{card}\",\"rating\":3}}\n")).collect();
    home.on(0).input(answers).ok("grade --stdin");
    for line in [
        "export cards --format yaml",
        "export cards",
        "export cards --format json",
        "export history",
    ] {
        let mut child = home
            .on(0)
            .command(line.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert!(output.stderr.is_empty(), "{line}");
    }
}

#[test]
fn cards_as_yaml_are_the_same_cards_again() {
    let home = Home::with(HARD);
    let yaml = home.on(0).ok("export cards --format yaml");
    assert!(yaml.chars().all(|c| c == '\n' || !c.is_control()), "nothing commands a terminal");
    let other = Home::new();
    other.deck("again", &yaml);
    other.on(0).ok("check");
    let (these, those) = (cards(&home, 0), cards(&other, 0));
    assert_eq!(these, those, "{yaml}");
    assert_eq!(these.len(), 5);
    // And from a file, by its ending.
    home.on(0).ok("export cards --to cards.yml");
    assert_eq!(std::fs::read_to_string(home.path().join("cards.yml")).unwrap(), yaml);
}

#[test]
fn progress_goes_on_in_another_home_with_the_exported_cards() {
    let home = Home::with(HARD);
    let key = home.on(0).listed("Paris")[0].clone();
    home.on(0).ok(&format!("grade {key} good"));
    home.on(0).ok("export history --to h.ndjson");
    home.on(0).ok("export cards --to cards.yaml");
    let other = Home::new();
    other.deck("again", &std::fs::read_to_string(home.path().join("cards.yaml")).unwrap());
    let file = home.path().join("h.ndjson");
    other.on(0).run_args(["merge".as_ref(), file.as_os_str()]).exits(0);
    assert_eq!(other.on(1).card(&key)["repetitions"], 1);
    assert_eq!(home.on(1).ok("doctor --digest"), other.on(1).ok("doctor --digest"));
}

#[test]
fn a_query_chooses_and_a_note_is_written_whole() {
    let home = Home::with(HARD);
    let yaml = home.on(0).ok("export cards --format yaml id:turn/reverse");
    insta::assert_snapshot!(yaml, @r#"
    deck: "Hard: ones"
    cards:
      - id: turn
        front: "\x1b[2J 🙂 日本"
        back: "2024-01-01"
        reverse: true
        tags:
          - all
    "#);
    assert_eq!(home.on(0).ok("export cards --format yaml -tag:all"), "cards: []\n");
    home.on(0).run("export cards nothing-like-it").exits(0).says("no card matches");
}

#[test]
fn cards_of_several_decks_keep_their_columns_of_the_board() {
    let home = Home::with("deck: One\ncards: [{id: a, front: f, back: b, value: 100}]\n");
    home.deck("two", "deck: Two\ncards: [{id: c, front: g, back: d, value: 200}]\n");
    let other = Home::new();
    other.deck("both", &home.on(0).ok("export cards --format yaml"));
    let columns = |home: &Home| ["a", "c"].map(|card| home.on(0).card(card)["category"].clone());
    assert_eq!(columns(&home), ["One", "Two"]);
    assert_eq!(columns(&other), columns(&home));
}

#[test]
fn parked_cards_are_exported_when_they_are_asked_for() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("grade b good");
    home.sql()
        .execute_batch("INSERT INTO card (id) VALUES ('no id/at all'), ('never-asked')")
        .unwrap();
    home.deck("deck", "cards: []\n");
    assert_eq!(home.on(0).ok("export cards --format yaml"), "cards: []\n");
    let ran = home.on(0).run("export cards --format yaml is:parked").exits(1);
    assert_eq!(
        ran.err,
        "left out: \"never-asked\", whose text is not known: it was never asked\n\
         left out: \"no id/at all\", which is no id that a deck can have\n"
    );
    let other = Home::with(&ran.out);
    assert_eq!(other.on(0).listed(""), ["a", "b"]);
}

#[test]
fn cards_as_csv_are_a_row_a_note() {
    let home = Home::with(HARD);
    let csv = home.on(0).ok("export cards");
    insta::assert_snapshot!(csv.replace('\u{1b}', "␛"), @r#"
    id,deck,front,back,reverse,need,ordered,accept,hint,why,source,tags,value,category,typed,cloze,choices
    007,deck,no,~,,,,1.10|# x|a\|b, leading,"one

        code: 2
    last",https://example.org/?a=b#c,all own true,100,{x},true,,
    list,deck,- a: b,"c	d|null|e\f ""g""",,2,true,,,,,all,,,,,
    turn,deck,␛[2J 🙂 日本,2024-01-01,true,,,,,,,all,,,,,
    eebe2433a9f27e9f,deck,capital of France,Paris,,,,,,,,all,,,,,
    "#);
    home.on(0).ok("export cards --to cards.txt");
    assert_eq!(std::fs::read_to_string(home.path().join("cards.txt")).unwrap(), csv);
}

#[test]
fn cards_as_json_are_those_of_list() {
    let home = Home::with(HARD);
    assert_eq!(home.on(0).ok("export cards --format json"), home.on(0).ok("list --json"));
    let json = home.on(0).json("export cards --format json id:list");
    assert_eq!(fields(&json["cards"][0]), sorted(&CARD_FIELDS));
    home.on(0).ok("export cards --to c.json --format csv id:list");
    assert!(std::fs::read_to_string(home.path().join("c.json")).unwrap().starts_with("id,deck"));
}
