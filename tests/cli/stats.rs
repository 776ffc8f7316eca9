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
    home.on(60).run("stats forecast").exits(0).says("retain stats --section forecast");
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

/// Writes the history of a home into one of another.
fn hand_over(from: &Home, to: &Home, name: &str, flags: &str) {
    let lines = from.on(60).ok(&format!("export history {flags}"));
    to.file(name, &lines);
}

#[test]
fn a_lead_sees_people_side_by_side() {
    let lead = Home::new();
    let (one, other) = (learned(), busy());
    hand_over(&one, &lead, "amy.ndjson", "");
    hand_over(&other, &lead, "zoe.ndjson", "");
    // Homes of tests are all of one learner.
    let zoe = std::fs::read_to_string(lead.path().join("zoe.ndjson")).unwrap();
    let heading: serde_json::Value = serde_json::from_str(zoe.lines().next().unwrap()).unwrap();
    lead.file("zoe.ndjson", &zoe.replace(heading["learner"].as_str().unwrap(), &"5a".repeat(16)));
    let ran = lead.on(60).run("stats --from amy.ndjson zoe.ndjson").exits(0).silently();
    insta::assert_snapshot!("stats_from", ran.out);
    let plain = lead.on(60).ok("stats --from amy.ndjson zoe.ndjson --plain");
    assert!(
        plain.contains("  amy: 4 met, 4 known, 5 of 7 passed (71.4 %), active today"),
        "{plain}"
    );
    let json = lead.on(60).json("stats --from amy.ndjson zoe.ndjson --json");
    assert_eq!(fields(&json), ["day", "learners", "weakest"]);
    let amy = &json["learners"][0];
    // What the learner's own figures say, where both say it.
    let own = one.on(60).json("stats --json --days 36500");
    let recalled = |age: &str, of: &str| own["retention"][age][of].as_u64().unwrap();
    for of in ["passed", "failed"] {
        assert_eq!(amy[of], recalled("young", of) + recalled("mature", of));
    }
    assert_eq!(amy["reviews"], own["total"]["reviews"]);
    assert_eq!((&amy["met"], &amy["last_active"]), (&4.into(), &date(60).into()));
    let list = one.on(60).json("list --json -is:new");
    let known = list["cards"].as_array().unwrap().iter();
    let known = known.filter(|card| card["retrievability"].as_f64().is_some_and(|it| it >= 0.9));
    assert_eq!(amy["known"], known.count());
    // Two files of one person are that person once, however often an event is in them.
    lead.file("copy.ndjson", &std::fs::read_to_string(lead.path().join("amy.ndjson")).unwrap());
    let twice = lead.on(60).json("stats --from amy.ndjson copy.ndjson --json");
    assert_eq!(twice["learners"].as_array().unwrap().len(), 1);
    assert_eq!(twice["learners"][0]["learner"], "amy + copy");
    assert_eq!(twice["learners"][0]["reviews"], amy["reviews"]);
    // What is no history is refused, and what is no fact is named.
    lead.file("words.ndjson", "{}\n");
    lead.on(60)
        .run("stats --from words.ndjson")
        .exits(1)
        .says("words.ndjson is no history of retain");
    lead.on(60).run("stats --from nowhere.ndjson").exits(1).says("nowhere.ndjson cannot be read");
    let broken = std::fs::read_to_string(lead.path().join("amy.ndjson")).unwrap() + "nonsense\n";
    lead.file("broken.ndjson", &broken);
    let ran = lead.on(60).run("stats --from broken.ndjson --json").exits(1);
    assert!(ran.says("broken.ndjson, line ").out.contains("\"met\":4"));
    lead.on(60).run("stats --from amy.ndjson --days 3").exits(2);
    let amys = std::fs::read_to_string(lead.path().join("amy.ndjson")).unwrap();
    let piped = lead.on(60).input(amys).run("stats --from - --json").exits(0);
    assert!(piped.out.contains("\"learner\":\"stdin\""));
}

#[test]
fn what_goes_out_without_names_tells_the_same_and_no_more() {
    let home = learned();
    home.on(60).input("my private words\n\n:q\n").run("review --plain --typed id:c5").exits(0);
    home.on(60).ok("undo");
    let whole = home.on(60).ok("export history");
    assert!(whole.contains("my private words"));
    let bare = home.on(60).ok("export history --anonymous");
    assert!(!bare.contains("my private words"));
    assert_eq!(home.on(60).ok("export history --anonymous"), bare, "the names stay");
    let learner = |text: &str| -> serde_json::Value {
        let heading: serde_json::Value =
            serde_json::from_str(text.lines().next().unwrap()).unwrap();
        heading["learner"].clone()
    };
    let name = learner(&whole).as_str().unwrap().to_owned();
    assert!(!bare.contains(&name) && learner(&bare).is_string());
    for line in whole.lines().filter(|line| line.contains("\"type\":\"device\"")) {
        let device: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(!bare.contains(device["id"].as_str().unwrap()));
    }
    let lead = Home::new();
    hand_over(&home, &lead, "whole.ndjson", "");
    hand_over(&home, &lead, "bare.ndjson", "--anonymous");
    let of = |file: &str| {
        let mut json = lead.on(60).json(&format!("stats --from {file} --json"));
        json["learners"][0]["learner"].take();
        json["learners"][0]["files"].take();
        json
    };
    assert_eq!(of("bare.ndjson"), of("whole.ndjson"));
    // Where it came from it would count twice.
    home.file("bare.ndjson", &bare);
    for flag in ["", " --same-person"] {
        home.on(60)
            .run(&format!("merge bare.ndjson{flag}"))
            .exits(1)
            .says("written with --anonymous");
    }
    home.on(60).run("export reviews --anonymous").exits(2).says("--anonymous is for a history");
}

#[test]
fn what_was_said_before_answers_is_held_against_them() {
    let home = learned();
    // As the board writes it; here another machine does.
    let line = home.on(60).ok("export history");
    let event = line.lines().rfind(|line| line.contains("\"reviewed\"")).unwrap();
    let mut facts: serde_json::Value = serde_json::from_str(event).unwrap();
    let mut lines = vec![line.lines().next().unwrap().to_owned()];
    lines.extend(
        line.lines().filter(|line| line.contains("\"type\":\"device\"")).map(str::to_owned),
    );
    for (number, (said, rating)) in [(90, 3), (90, 3), (90, 1), (50, 1)].into_iter().enumerate() {
        facts["device_seq"] = (1_000 + number).into();
        facts["rating"] = rating.into();
        facts["extra"] = json!({"confidence": said}).to_string().into();
        facts["id"] = hash_of(&facts).into();
        lines.push(facts.to_string());
    }
    home.file("said.ndjson", &(lines.join("\n") + "\n"));
    home.on(60).run("merge said.ndjson").exits(0);
    let json = home.on(60).json("stats --json --section calibration");
    let rows =
        json!([{"said": 50, "passed": 0, "failed": 1}, {"said": 90, "passed": 2, "failed": 1}]);
    assert_eq!(json["calibration"], rows);
    let shown = home.on(60).ok("stats --section calibration --plain");
    assert!(shown.contains("said 90 %: right 66.7 % (2 of 3)"), "{shown}");
}

/// Returns the id of an event by its published recipe.
fn hash_of(facts: &serde_json::Value) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update("retain-event-1");
    let mut field = |bytes: Option<Vec<u8>>| match bytes {
        Some(bytes) => {
            hash.update((bytes.len() as u32).to_le_bytes());
            hash.update(bytes);
        }
        None => hash.update(u32::MAX.to_le_bytes()),
    };
    let device = facts["device"].as_str().unwrap();
    let byte = |at: usize| u8::from_str_radix(&device[at..at + 2], 16).unwrap();
    field(Some((0..32).step_by(2).map(byte).collect()));
    for name in &super::carried::EVENT[3..] {
        field(match &facts[*name] {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone().into_bytes()),
            number => Some(number.to_string().into_bytes()),
        });
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_page_has_all_of_it_and_nothing_from_elsewhere() {
    let evil = Home::new();
    evil.deck("evil", "deck: \"</title><script>alert(1)</script>\"\ncards:\n- {id: e, front: \"<script>alert(2)</script> & <img src=x onerror=alert(3)>\", back: b, tags: [\"<b>bold\"]}\n");
    evil.on(0).ok("grade e again");
    evil.on(0).run("stats --html report.html").exits(0).says("wrote report.html");
    let page = std::fs::read_to_string(evil.path().join("report.html")).unwrap();
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"));
    assert!(page.contains("&lt;script&gt;alert(2)&lt;/script&gt; &amp; &lt;img"));
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("url("));
    // Every chart has a name and its numbers, and a mark for each number.
    let home = busy();
    home.on(0).run("stats --html report.html").exits(0);
    let page = std::fs::read_to_string(home.path().join("report.html")).unwrap();
    let json = home.on(0).json("stats --json");
    let charts: Vec<&str> = page.split("<figure").skip(1).collect();
    assert!(charts.len() >= 12, "{}", charts.len());
    for chart in &charts {
        assert!(chart.contains("role=\"img\" aria-label=\"") && chart.contains("<table>"));
        let marks = chart.matches("data-value=").count();
        assert!(marks > 0);
        assert_eq!(chart.matches("<title>").count(), marks);
    }
    let marks = |name: &str| {
        let chart = charts.iter().find(|chart| chart.contains(&format!("<h2>{name}</h2>")));
        chart.unwrap_or_else(|| panic!("no {name}")).matches("data-value=").count()
    };
    for (name, field) in [
        ("A year, day by day", "calendar"),
        ("Answers a day", "daily"),
        ("What comes back", "forecast"),
        ("By hour of the day", "hours"),
    ] {
        assert_eq!(marks(name), json[field].as_array().unwrap().len(), "{name}");
    }
    assert_eq!(marks("Cards by stage"), 5);
    // Of a part, and in place of what is there; it is nobody else's to read.
    home.on(0)
        .run("stats --html report.html deck:lang")
        .exits(0)
        .says("in place of what was there");
    let part = std::fs::read_to_string(home.path().join("report.html")).unwrap();
    assert!(part.contains("<h1>Progress: deck:lang</h1>") && !part.contains("alert"));
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(home.path().join("report.html")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Nothing, and one answer.
    let empty = Home::new();
    empty.on(0).run("stats --html empty.html").exits(0);
    assert!(
        std::fs::read_to_string(empty.path().join("empty.html"))
            .unwrap()
            .contains("Nothing was answered yet")
    );
    home.on(0).run("stats --html part.html zebra").exits(1).says("no card matches, so no page");
    assert!(!home.path().join("part.html").exists());
    home.on(0).run("stats --html folder/").exits(1).says("is a folder");
    home.on(0).run("stats --html no/where/report.html").exits(1).says("no/where/report.html");
    home.on(0).run("stats --open").exits(2);
    home.on(0).run("stats --html x.html --json").exits(2);
}
