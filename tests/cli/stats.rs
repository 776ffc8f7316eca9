//! `stats`: figures for a person, and as JSON.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::support::{Home, TWO, date, deck_of, fields, sorted};

/// A home with two decks in which a card became mature.
fn learned() -> Home {
    let home = Home::with(&deck_of(5));
    home.deck("lang/verbs", "deck: Spanish verbs\ncards: [{id: v, front: to go, back: ir}]\n");
    for (day, card, rating) in [
        (0, "c1", "good"),
        (1, "c1", "good"),
        (1, "c2", "good"),
        (1, "c3", "again"),
        (2, "v", "good"),
        (7, "c1", "good"),
        (7, "c2", "again"),
        (22, "c1", "good"),
        (59, "c3", "good"),
        (60, "c1", "good"),
        (60, "c2", "good"),
        (60, "v", "again"),
        (60, "v", "good"),
    ] {
        home.on(day).ok(&format!("grade {card} {rating} --took 65300"));
    }
    home.on(60).ok("suspend c4");
    home
}

#[test]
fn json_has_exactly_its_fields() {
    let home = Home::with(TWO);
    for json in [home.on(0).json("stats --json"), learned().on(60).json("stats --json")] {
        let all = [
            "day",
            "today",
            "streak_days",
            "longest_streak_days",
            "total",
            "stages",
            "retention",
            "retention_by",
            "daily",
            "calendar",
            "forecast",
            "backlog",
            "intervals",
            "ease",
            "stability",
            "difficulty",
            "retrievability",
            "answers",
            "hours",
            "times",
            "leeches",
            "hardest",
            "calibration",
            "decks",
            "tags",
            "confusions",
        ];
        assert_eq!(fields(&json), sorted(&all));
        assert_eq!(fields(&json["today"]), sorted(&["reviews", "new", "seconds", "repeats"]));
        let stages = ["new", "learning", "review", "relearning", "suspended"];
        assert_eq!(fields(&json["stages"]), sorted(&stages));
        assert_eq!(fields(&json["retention"]), ["mature", "young"]);
        assert_eq!(fields(&json["retention"]["young"]), ["failed", "passed"]);
        let day = ["day", "reviews", "new", "seconds", "passed", "failed"];
        let deck = ["deck", "title", "cards", "due", "new", "passed", "failed"];
        for (list, names) in [("daily", &day[..]), ("forecast", &["day", "due"]), ("decks", &deck)]
        {
            let rows = json[list].as_array().unwrap();
            assert!(!rows.is_empty() && rows.iter().all(|row| fields(row) == sorted(names)));
        }
        assert_eq!(json["daily"].as_array().unwrap().len(), 30);
        assert_eq!(json["forecast"].as_array().unwrap().len(), 30);
    }
}

#[test]
fn days_bound_what_is_looked_back_at_and_nothing_else() {
    let home = learned();
    let of = |days: u32| home.on(60).json(&format!("stats --json --days {days}"));
    let (one, many) = (of(1), of(36_500));
    assert_eq!(one["daily"].as_array().unwrap().len(), 1);
    assert_eq!(one["daily"][0]["day"], date(60));
    assert_eq!(many["daily"].as_array().unwrap().len(), 36_500);
    assert_eq!(one["retention"]["mature"]["passed"], 1);
    assert_eq!(one["retention"]["young"], serde_json::json!({"passed": 1, "failed": 1}));
    assert_eq!(many["retention"]["young"], serde_json::json!({"passed": 4, "failed": 2}));
    for rest in [
        "day",
        "today",
        "streak_days",
        "total",
        "calendar",
        "stages",
        "forecast",
        "hardest",
        "decks",
    ] {
        assert_eq!(one[rest], many[rest], "{rest}");
    }
    assert_eq!(one["decks"][0]["passed"], 5);
    assert_eq!(one["today"], json!({"reviews": 4, "new": 0, "seconds": 261, "repeats": 0}));
    assert_eq!(one["streak_days"], 2);
    for days in ["0", "-1", "36501", "x", "1.5", "99999999999999999999"] {
        home.on(60).run(&format!("stats --days={days}")).exits(2).says("whole number");
    }
}

#[test]
fn a_day_without_an_answer_keeps_the_streak_until_it_is_over() {
    let home = Home::with(&deck_of(9));
    for (day, card) in [(0, "c1"), (1, "c2"), (2, "c3")] {
        home.on(day).ok(&format!("grade {card} good"));
    }
    for (day, streak) in [(2, 3), (3, 3), (4, 0)] {
        assert_eq!(home.on(day).json("stats --json")["streak_days"], streak, "day {day}");
    }
    assert!(home.on(3).ok("stats").contains("streak: 3 days, up to yesterday"));
    assert!(home.on(4).ok("stats").contains("streak: 0 days"));
}

#[test]
fn a_card_that_comes_again_today_is_told_beside_what_is_due() {
    let home = Home::with("cards:\n- {id: a, front: f, back: b}\n- {id: c, front: d, back: e}\n");
    home.on(0).ok("grade a again");
    let out = home.on(0).ok("stats");
    assert!(out.contains("1 card comes again today, until known\n"), "{out}");
    home.on(0).ok("grade a good");
    assert!(!home.on(0).ok("stats").contains("again today"));
}

#[test]
fn a_card_that_was_started_over_is_new_at_its_stage_but_was_answered_before() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(1).ok("reset a");
    assert_eq!(home.on(1).json("stats --json")["stages"]["new"], 2);
    home.on(1).ok("grade a good");
    let stats = home.on(1).json("stats --json");
    assert_eq!((&stats["today"]["new"], &stats["today"]["reviews"]), (&0.into(), &1.into()));
    assert_eq!(stats["retention"]["young"]["passed"], 0, "it was not known from before");
}

/// A home with 14 months of answers to two decks, the same on every machine.
fn busy() -> Home {
    let home = Home::with(&deck_of(30).replace("id: c7\n", "id: c7\n    tags: [hard, saml]\n"));
    home.deck("lang/verbs", "deck: Spanish verbs\ntags: [verb]\ncards: [{id: v, front: to go, back: ir, reverse: true}]\n");
    let mut chance = StdRng::seed_from_u64(7);
    let mut lines = String::new();
    for day in (0..420).filter(|day| day % 9 != 4) {
        for number in 0..chance.random_range(0..12) {
            let card = match chance.random_range(0..14) {
                0 => "v".to_owned(),
                1 => "v/reverse".to_owned(),
                _ => format!("c{}", chance.random_range(1..=26)),
            };
            let rating = match chance.random_range(0..10) {
                0..4 if card == "c7" => "again",
                0 => "again",
                1 => "hard",
                2 => "easy",
                _ => "good",
            };
            let at = format!("{}T{:02}:{number:02}:00Z", date(day - 419), 7 + day % 14);
            let took = chance.random_range(900..70_000);
            lines +=
                &json!({"card": card, "rating": rating, "at": at, "took_ms": took}).to_string();
            lines.push('\n');
        }
    }
    home.on(0).input(lines).run("grade --stdin").exits(0);
    home.on(0).ok("suspend c4");
    home
}

#[test]
fn a_person_sees_all_of_it_at_any_width() {
    let home = busy();
    let shown = |columns: &str, line: &str| {
        let mut command = home.on(0).command(line.split(' '));
        let output = command.env("COLUMNS", columns).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        String::from_utf8(output.stdout).unwrap()
    };
    for columns in ["40", "80", "200"] {
        let (bare, coloured) =
            (shown(columns, "stats --color never"), shown(columns, "stats --color always"));
        assert_eq!(without_colours(&coloured), bare);
        assert!(!bare.contains('\u{1b}') && coloured.contains('\u{1b}'));
        insta::assert_snapshot!(format!("stats_{columns}"), bare);
        insta::assert_snapshot!(
            format!("stats_{columns}_coloured"),
            coloured.replace('\u{1b}', "^")
        );
    }
    insta::assert_snapshot!("stats_plain", shown("80", "stats --plain"));
}

#[test]
fn sections_are_shown_alone() {
    let home = learned();
    insta::assert_snapshot!(home.on(60).ok("stats --section today,calibration --plain"), @r"
    Today, 23 Jan 2027
      4 answers in 4 min 21 s, 0 new cards
      streak: 2 days; the longest was 3 days
      since 24 Nov 2026: 13 answers on 7 days, 14 min 8 s

    How sure, and how right, last 30 days
      no answer says how sure it was
    ");
    let json = home.on(60).json("stats --json --section forecast --section cards");
    assert_eq!(fields(&json), ["backlog", "day", "forecast", "stages"]);
    home.on(60).run("stats --section weather").exits(2).says("calendar");
    // Each section has something to say, and fields in the JSON.
    let all = home.on(60).json("stats --json");
    for section in SECTIONS {
        assert!(!home.on(60).ok(&format!("stats --section {section}")).is_empty(), "{section}");
        let json = home.on(60).json(&format!("stats --json --section {section}"));
        assert!(fields(&json).len() > 1, "{section}");
        for field in fields(&json) {
            assert_eq!(json[field], all[field], "{section}");
        }
    }
}

const SECTIONS: [&str; 20] = [
    "today",
    "calendar",
    "daily",
    "retention",
    "forecast",
    "cards",
    "intervals",
    "ease",
    "difficulty",
    "stability",
    "retrievability",
    "answers",
    "hours",
    "times",
    "hardest",
    "leeches",
    "confusions",
    "calibration",
    "decks",
    "tags",
];

#[test]
fn figures_of_fsrs_are_its_own() {
    let home = busy();
    home.file("config.yaml", "scheduler: fsrs\n");
    let json = home.on(0).json("stats --json");
    let count = |field: &str| {
        let buckets = json[field].as_array().unwrap();
        buckets.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((count("ease"), count("stability"), count("difficulty")), (0, 27, 27));
    let shown = home.on(0).ok("stats");
    assert!(shown.contains("Difficulty, by FSRS") && shown.contains("Stability, by FSRS"));
    assert!(!shown.contains("Ease, by SM-2"));
}

#[test]
fn what_is_kept_is_made_anew_when_anything_changes() {
    let home = learned();
    let kept = || -> i64 {
        home.sql().query_row("SELECT count(*) FROM cache_figures", [], |row| row.get(0)).unwrap()
    };
    let first = home.on(60).ok("stats --json");
    assert_eq!(kept(), 1);
    assert_eq!(home.on(60).ok("stats --json"), first);
    // Nothing is kept of a part, and of another day only the last.
    home.on(60).ok("stats --json deck:lang");
    home.on(61).ok("stats --json");
    assert_eq!(kept(), 1);
    // An answer, one that is taken back, a deck, the settings.
    let of = |field: &str| home.on(60).json("stats --json")[field].clone();
    let reviews = || of("total")["reviews"].as_i64().unwrap();
    let before = reviews();
    home.on(60).ok("grade c5 good");
    assert_eq!(reviews(), before + 1);
    home.on(60).ok("undo");
    assert_eq!(reviews(), before);
    let decks = of("decks").as_array().unwrap().len();
    home.deck("more", "cards: [{id: m, front: f, back: b}]\n");
    assert_eq!(of("decks").as_array().unwrap().len(), decks + 1);
    home.file("config.yaml", "new_per_day: 1\n");
    let new = |decks: serde_json::Value| -> u64 {
        decks.as_array().unwrap().iter().map(|deck| deck["new"].as_u64().unwrap()).sum()
    };
    assert_eq!(new(of("decks")), 1);
}

fn without_colours(text: &str) -> String {
    let mut bare = String::new();
    for (at, part) in text.split("\u{1b}[").enumerate() {
        bare += if at == 0 { part } else { part.split_once('m').unwrap().1 };
    }
    bare
}

#[test]
fn it_fits_any_screen() {
    use unicode_width::UnicodeWidthStr;
    let home = learned();
    home.deck("long", "deck: 日本語の本と とても長い名前の デッキ and more words than anybody reads\ncards: [{id: l, front: f, back: b}]\n");
    for columns in [20, 40, 41, 60, 79, 120, 200, 400] {
        for line in ["stats", "stats --plain", "stats --days 36500"] {
            let mut command = home.on(60).command(line.split(' '));
            let output = command.env("COLUMNS", columns.to_string()).output().unwrap();
            let out = String::from_utf8(output.stdout).unwrap();
            assert!(out.contains("streak: 2 days"));
            for line in out.lines() {
                assert!(line.width() <= columns, "{line:?} in {columns}");
                assert!(!line.ends_with(' '), "{line:?}");
            }
        }
    }
}

#[test]
fn little_to_show_is_shown_sensibly() {
    // No decks.
    let home = Home::new();
    assert!(home.on(0).ok("stats").starts_with("no cards yet: put a YAML deck into "));
    assert!(!home.database().exists(), "asking makes no home");
    let json = home.on(0).json("stats --json");
    assert_eq!((&json["streak_days"], &json["decks"]), (&0.into(), &serde_json::json!([])));
    // Cards without a history.
    let home = Home::with(TWO);
    insta::assert_snapshot!("stats_of_new_cards", home.on(0).run("stats").exits(0).silently().out);
    // One review.
    home.on(0).ok("grade a good");
    insta::assert_snapshot!("stats_of_one_answer", home.on(0).run("stats").exits(0).silently().out);
    // A history without decks.
    std::fs::remove_file(home.path().join("decks/deck.yaml")).unwrap();
    insta::assert_snapshot!("stats_without_decks", home.on(1).run("stats").exits(0).silently().out);
    assert_eq!(home.on(1).json("stats --json")["daily"][28]["reviews"], 1);
}

#[test]
fn wrong_input_is_named() {
    let home = learned();
    home.on(60).run("stats is:leach").exits(2).says("is:leach is no state");
    home.on(60).run("stats --json --plain").exits(2);
    home.on(60).run("stats --wrong").exits(2);
    let ran = home.on(60).run("stats zebra").exits(0).says("no card matches");
    assert_eq!(ran.out, "");
    let some = home.on(60).json("stats --json -deck:deck");
    assert_eq!(some["decks"].as_array().unwrap().len(), 1);
}

#[test]
fn a_deck_with_a_hostile_name_commands_no_terminal() {
    let home = Home::with("deck: \"\\e[2J\\u202Eevil\"\ncards: [{id: a, front: f, back: b}]\n");
    for line in ["stats", "stats --plain", "stats --json", "stats --color always"] {
        let out = home.on(0).ok(line);
        assert!(!out.contains("\u{1b}[2J") && !out.contains('\u{202e}'), "{out:?}");
    }
}
