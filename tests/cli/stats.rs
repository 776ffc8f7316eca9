//! `stats`: figures for a person, and as JSON.

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
            "stages",
            "retention",
            "daily",
            "forecast",
            "decks",
            "confusions",
        ];
        assert_eq!(fields(&json), sorted(&all));
        assert_eq!(fields(&json["today"]), sorted(&["reviews", "new", "seconds"]));
        let stages = ["new", "learning", "review", "relearning", "suspended"];
        assert_eq!(fields(&json["stages"]), sorted(&stages));
        assert_eq!(fields(&json["retention"]), ["mature", "young"]);
        assert_eq!(fields(&json["retention"]["young"]), ["failed", "passed"]);
        let day = ["day", "reviews", "new", "seconds", "passed", "failed"];
        let deck = ["deck", "cards", "due", "new", "passed", "failed"];
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
    for rest in ["day", "today", "streak_days", "stages", "forecast", "decks"] {
        assert_eq!(one[rest], many[rest], "{rest}");
    }
    assert_eq!(one["decks"][0]["passed"], 5);
    assert_eq!(one["today"], serde_json::json!({"reviews": 4, "new": 0, "seconds": 261}));
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

#[test]
fn a_person_sees_today_recall_the_week_and_decks() {
    let home = learned();
    let ran = home.on(60).run("stats").exits(0).silently();
    insta::assert_snapshot!(ran.out, @r"
    Today, 23 Jan 2027
      4 answers in 4 min 21 s, 0 new cards
      streak: 2 days

    Recalled, last 30 days
      young    50.0 % (1 of 2)
      mature  100.0 % (1 of 1)
      (mature from an interval of 21 days)

    Cards
      1 new, 3 in review, 1 relearning, 1 suspended

    Next 7 days
      today       1 due  ████████████████████
      tomorrow    2 due  ████████████████████████████████████████
      Mon 25 Jan  0 due
      Tue 26 Jan  0 due
      Wed 27 Jan  0 due
      Thu 28 Jan  0 due
      Fri 29 Jan  0 due

    Decks, with what is asked today
      deck           5 cards  1 due  1 new  83.3 % recalled
      Spanish verbs   1 card  0 due  0 new   0.0 % recalled
    ");
    let ran = home.on(60).run("stats --days 7 --plain").exits(0).silently();
    insta::assert_snapshot!(ran.out, @r"
    Today, 23 Jan 2027
      4 answers in 4 min 21 s, 0 new cards
      streak: 2 days

    Recalled, last 7 days
      young: 50.0 % (1 of 2)
      mature: 100.0 % (1 of 1)
      (mature from an interval of 21 days)

    Cards
      1 new, 3 in review, 1 relearning, 1 suspended

    Next 7 days
      today: 1 due
      tomorrow: 2 due
      Mon 25 Jan: 0 due
      Tue 26 Jan: 0 due
      Wed 27 Jan: 0 due
      Thu 28 Jan: 0 due
      Fri 29 Jan: 0 due

    Decks, with what is asked today
      deck: 5 cards, 1 due, 1 new, 83.3 % recalled
      Spanish verbs: 1 card, 0 due, 0 new, 0.0 % recalled
    ");
    let ran = home.on(60).run("stats deck:lang").exits(0).silently();
    insta::assert_snapshot!(ran.out, @r"
    Today, 23 Jan 2027
      2 answers in 2 min 10 s, 0 new cards
      streak: 1 day

    Recalled, last 30 days
      young     0.0 % (0 of 1)
      mature  no answer
      (mature from an interval of 21 days)

    Cards
      1 relearning

    Next 7 days
      today       0 due
      tomorrow    1 due  ████████████████████████████████████████
      Mon 25 Jan  0 due
      Tue 26 Jan  0 due
      Wed 27 Jan  0 due
      Thu 28 Jan  0 due
      Fri 29 Jan  0 due

    Decks, with what is asked today
      Spanish verbs  1 card  0 due  0 new  0.0 % recalled
    ");
}

#[test]
fn forty_columns_are_enough() {
    let home = learned();
    let mut command = home.on(60).command(["stats"]);
    let output = command.env("COLUMNS", "40").output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r"
    Today, 23 Jan 2027
      4 answers in 4 min 21 s, 0 new cards
      streak: 2 days

    Recalled, last 30 days
      young    50.0 % (1 of 2)
      mature  100.0 % (1 of 1)
      (mature from an interval of 21 days)

    Cards
      1 new, 3 in review, 1 relearning, 1
        suspended

    Next 7 days
      today       1 due  ██████████
      tomorrow    2 due  ███████████████████
      Mon 25 Jan  0 due
      Tue 26 Jan  0 due
      Wed 27 Jan  0 due
      Thu 28 Jan  0 due
      Fri 29 Jan  0 due

    Decks, with what is asked today
      deck
        5 cards, 1 due, 1 new, 83.3 %
        recalled
      Spanish verbs
        1 card, 0 due, 0 new, 0.0 % recalled
    ");
}

#[test]
fn colours_are_only_added() {
    let home = learned();
    let shown = |columns: &str, color: &str| {
        let mut command = home.on(60).command(["stats", "--color", color]);
        String::from_utf8(command.env("COLUMNS", columns).output().unwrap().stdout).unwrap()
    };
    for columns in ["40", "80", "200"] {
        let (plain, coloured) = (shown(columns, "never"), shown(columns, "always"));
        let mut bare = String::new();
        for (at, part) in coloured.split("\u{1b}[").enumerate() {
            bare += if at == 0 { part } else { part.split_once('m').unwrap().1 };
        }
        assert_eq!(bare, plain);
        assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
    }
    let visible = |columns: &str| shown(columns, "always").replace('\u{1b}', "^");
    insta::assert_snapshot!(visible("80"), @r"
    ^[1mToday, 23 Jan 2027^[0m
      4 answers in 4 min 21 s, 0 new cards
      streak: 2 days

    ^[1mRecalled, last 30 days^[0m
      young    50.0 % (1 of 2)
      mature  100.0 % (1 of 1)
    ^[2m  (mature from an interval of 21 days)^[0m

    ^[1mCards^[0m
      1 new, 3 in review, 1 relearning, 1 suspended

    ^[1mNext 7 days^[0m
      today       1 due  ^[36m████████████████████^[0m
      tomorrow    2 due  ^[36m████████████████████████████████████████^[0m
      Mon 25 Jan  0 due
      Tue 26 Jan  0 due
      Wed 27 Jan  0 due
      Thu 28 Jan  0 due
      Fri 29 Jan  0 due

    ^[1mDecks, with what is asked today^[0m
      ^[1mdeck         ^[0m  5 cards  1 due  1 new  83.3 % recalled
      ^[1mSpanish verbs^[0m   1 card  0 due  0 new   0.0 % recalled
    ");
    insta::assert_snapshot!(visible("40"), @r"
    ^[1mToday, 23 Jan 2027^[0m
      4 answers in 4 min 21 s, 0 new cards
      streak: 2 days

    ^[1mRecalled, last 30 days^[0m
      young    50.0 % (1 of 2)
      mature  100.0 % (1 of 1)
    ^[2m  (mature from an interval of 21 days)^[0m

    ^[1mCards^[0m
      1 new, 3 in review, 1 relearning, 1
        suspended

    ^[1mNext 7 days^[0m
      today       1 due  ^[36m██████████^[0m
      tomorrow    2 due  ^[36m███████████████████^[0m
      Mon 25 Jan  0 due
      Tue 26 Jan  0 due
      Wed 27 Jan  0 due
      Thu 28 Jan  0 due
      Fri 29 Jan  0 due

    ^[1mDecks, with what is asked today^[0m
      ^[1mdeck^[0m
        5 cards, 1 due, 1 new, 83.3 %
        recalled
      ^[1mSpanish verbs^[0m
        1 card, 0 due, 0 new, 0.0 % recalled
    ");
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
    insta::assert_snapshot!(home.on(0).run("stats").exits(0).silently().out, @r"
    Today, 24 Nov 2026
      no answer yet

    Cards
      2 new

    Decks, with what is asked today
      deck  2 cards  0 due  2 new
    ");
    // One review.
    home.on(0).ok("grade a good");
    insta::assert_snapshot!(home.on(0).run("stats").exits(0).silently().out, @r"
    Today, 24 Nov 2026
      1 answer, 1 new card
      streak: 1 day

    Recalled, last 30 days
      no answer to a card that had been passed before

    Cards
      1 new, 1 in review

    Next 7 days
      today       0 due
      tomorrow    1 due  ████████████████████████████████████████
      Thu 26 Nov  0 due
      Fri 27 Nov  0 due
      Sat 28 Nov  0 due
      Sun 29 Nov  0 due
      Mon 30 Nov  0 due

    Decks, with what is asked today
      deck  2 cards  0 due  1 new
    ");
    // A history without decks.
    std::fs::remove_file(home.path().join("decks/deck.yaml")).unwrap();
    insta::assert_snapshot!(home.on(1).run("stats").exits(0).silently().out, @r"
    Today, 25 Nov 2026
      no answer yet
      streak: 1 day, up to yesterday

    Recalled, last 30 days
      no answer to a card that had been passed before

    Cards
      none
    ");
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
    assert_eq!(home.on(60).ok("stats --json -deck:deck").matches("\"deck\":").count(), 1);
}

#[test]
fn a_deck_with_a_hostile_name_commands_no_terminal() {
    let home = Home::with("deck: \"\\e[2J\\u202Eevil\"\ncards: [{id: a, front: f, back: b}]\n");
    for line in ["stats", "stats --plain", "stats --json", "stats --color always"] {
        let out = home.on(0).ok(line);
        assert!(!out.contains("\u{1b}[2J") && !out.contains('\u{202e}'), "{out:?}");
    }
}
