//! `scheduler`: FSRS beside SM-2, another formula, fits, and what foresees better.

use serde_json::Value;

use super::simulator;
use super::support::{Home, fields, sorted};

const DECK: &str = "cards:\n  - {id: a, front: a, back: b}\n  - {id: b, front: c, back: d}\n";
/// The day on which the simulated learner ends, as a number and as a time.
const TODAY: (i32, &str) = (20_781, "2026-11-24T10:00:00+00:00");

/// A home with the answers of a simulated learner.
fn learner(cards: usize, each: usize) -> Home {
    let mut deck = "cards:\n".to_owned();
    for card in 0..cards {
        deck += &format!("  - {{id: c{card}, front: question {card}, back: b}}\n");
    }
    let home = Home::with(&deck);
    let answers = simulator::history(cards, each, retain::time::Day(TODAY.0), 3);
    let lines: String = answers
        .iter()
        .map(|answer| {
            let (card, rating) = (answer.card, answer.rating);
            let at = answer.when.to_rfc3339();
            format!("{{\"card\":\"c{card}\",\"rating\":\"{rating}\",\"at\":\"{at}\"}}\n")
        })
        .collect();
    home.at(TODAY.1).input(lines).ok("grade --stdin");
    home
}

fn close(value: &Value, to: f64) -> bool {
    (value.as_f64().unwrap() - to).abs() < 1e-4
}

#[test]
fn fsrs_gives_the_memories_of_its_authors_vectors_through_grade() {
    let home = Home::with(DECK);
    home.config("scheduler: fsrs\nfuzz: off");
    // From the tests of the fsrs crate: again, and good after 0, 1, 3, 8 and 21 days.
    for (day, rating) in [(0, "again"), (0, "good"), (1, "good"), (4, "good"), (12, "good")] {
        home.on(day).ok(&format!("grade a {rating}"));
    }
    home.on(33).ok("grade a good");
    let card = home.on(33).card("a");
    assert!(close(&card["stability"], 53.62691), "{card}");
    assert!(close(&card["difficulty"], 6.3574867), "{card}");
    assert_eq!((&card["interval_days"], &card["ease"]), (&54.into(), &Value::Null));
    assert_eq!((&card["reviews"], &card["lapses"]), (&5.into(), &0.into()));
    let recall = home.on(33 + 54).card("a")["retrievability"].as_f64().unwrap();
    assert!((recall - 0.9).abs() < 0.005, "{recall}");
}

#[test]
fn another_scheduler_is_asked_about_and_going_back_gives_what_was() {
    let home = Home::with(DECK);
    for day in [0, 1, 7, 22] {
        home.on(day).ok("grade a good");
    }
    let before = (home.on(22).card("a"), home.on(22).ok("doctor --digest"));
    home.on(22).run("scheduler use fsrs").exits(2).says("say --yes");
    let dry = home.on(22).ok("scheduler use fsrs --dry-run");
    assert!(dry.starts_with("1 card: "), "{dry}");
    assert_eq!(home.on(22).card("a"), before.0, "nothing moved");
    assert!(!home.path().join("config.yaml").exists());

    let moved = home.on(22).json("scheduler use fsrs --yes --json");
    assert_eq!((&moved["cards"], &moved["written"]), (&1.into(), &true.into()));
    let config = std::fs::read_to_string(home.path().join("config.yaml")).unwrap();
    assert_eq!(config, "scheduler: fsrs\n");
    let after = home.on(22).card("a");
    assert!(after["stability"].as_f64().unwrap() > 22.0, "{after}");
    assert_ne!(after["due"], before.0["due"]);
    let now = home.on(22).ok("doctor --digest");
    home.on(22).ok("doctor --rebuild");
    assert_eq!(home.on(22).ok("doctor --digest"), now);

    home.on(22).ok("scheduler use sm2 --yes");
    assert_eq!((home.on(22).card("a"), home.on(22).ok("doctor --digest")), before);
    let config = std::fs::read_to_string(home.path().join("config.yaml")).unwrap();
    assert_eq!(config, "scheduler: sm2\n");
    assert!(home.on(22).ok("scheduler use sm2 --yes").contains("it is so already"));
}

#[test]
fn a_deck_may_have_a_scheduler_of_its_own_and_keeps_its_other_bytes() {
    let text = "# mine\ndeck: D\noptions:\n  new_per_day: 7 # few\ncards:\n  - {id: a, front: a, back: b}\n";
    let home = Home::with(text);
    home.deck("other", "cards: [{id: z, front: z, back: y}]");
    home.config("# all\nnew_per_day: 9\n");
    home.on(0).ok("grade a good");
    home.on(0).ok("grade z good");
    home.on(0).ok("scheduler use fsrs --deck deck --retention 0.8 --yes");
    let written = std::fs::read_to_string(home.path().join("decks/deck.yaml")).unwrap();
    let with = |line: &str| text.replace("  new_per_day", &format!("{line}  new_per_day"));
    assert_eq!(written, with("  retention: 0.8\n  scheduler: fsrs\n"));
    let shown = home.on(0).json("scheduler show --json");
    assert_eq!(
        fields(&shown),
        sorted(&["scheduler", "profile", "retention", "parameters", "source", "decks"])
    );
    assert_eq!((&shown["scheduler"], &shown["source"]), (&"sm2".into(), &"default".into()));
    assert_eq!(shown["parameters"].as_array().unwrap().len(), 21);
    let deck = &shown["decks"][0];
    assert_eq!((&deck["deck"], &deck["scheduler"]), (&"deck".into(), &"fsrs".into()));
    assert_eq!(deck["retention"], 0.8);
    assert!(home.on(0).card("a")["stability"].is_f64());
    assert!(home.on(0).card("z")["stability"].is_null());
    home.on(0).run("scheduler use fsrs --deck none --yes").exits(1).says("there are deck, other");
}

#[test]
fn wrong_numbers_are_told_with_a_way_out() {
    let home = Home::with(DECK);
    for (line, said) in [
        ("use fsrs --retention 1.2", "write a share from 0.70 to 0.97"),
        ("use fsrs --parameters 1,2,3", "3 numbers; FSRS-6 has 21 weights"),
        ("use fsrs --parameters none.txt", "\"none.txt\" is no number"),
        ("use sm2 --retention 0.9", "SM-2 has neither a retention nor weights"),
        ("use anki", "possible values: sm2, fsrs"),
    ] {
        home.on(0).run(&format!("scheduler {line}")).exits(2).says(said);
    }
    let beyond = format!("{}9", "0.5,".repeat(20));
    home.on(0)
        .run(&format!("scheduler use fsrs --parameters {beyond}"))
        .exits(2)
        .says("weight 4 is 0.5; it must be from 1 to 10");
    home.on(0).run("scheduler evaluate").exits(1).says("no answer can be foreseen");
    home.on(0).run("scheduler fit").exits(1).says("64 are missing");
    for day in [0, 1, 7] {
        home.on(day).ok("grade a good");
    }
    home.on(7).run("scheduler fit").exits(1).says("62 are missing");
    home.config("retention: 1.2");
    home.on(0).run("due").exits(1).says("write a number from 0.70 to 0.97");
}

#[test]
fn weights_that_are_given_are_in_force_until_the_usual_ones_are() {
    let home = Home::with(DECK);
    home.on(0).ok("grade a good");
    let usual = home.on(0).json("scheduler show --json")["parameters"].clone();
    let mut numbers: Vec<f64> =
        usual.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
    numbers[2] = 30.0;
    home.file("weights.json", &serde_json::json!({ "parameters": numbers }).to_string());
    home.on(0).ok("scheduler use fsrs --parameters weights.json --yes");
    assert!(close(&home.on(0).card("a")["stability"], 30.0));
    let shown = home.on(0).json("scheduler show --json");
    assert_eq!((&shown["source"], &shown["parameters"][2]), (&"given".into(), &30.0.into()));
    home.on(0).ok("doctor --rebuild");
    assert!(close(&home.on(0).card("a")["stability"], 30.0), "they are part of the history");
    // The history takes them along.
    let other = Home::with(DECK);
    other.config("scheduler: fsrs");
    let history = home.on(0).ok("export history");
    other.on(0).input(history).ok("merge -");
    assert_eq!(other.on(0).card("a"), home.on(0).card("a"));
    home.on(0).ok("scheduler use fsrs --parameters default --yes");
    assert!(close(&home.on(0).card("a")["stability"], 2.3065));
}

#[test]
fn weights_of_a_clock_that_ran_ahead_give_way_to_later_ones() {
    let home = Home::with(DECK);
    home.on(0).ok("grade a good");
    home.on(4_000).ok("scheduler use fsrs --parameters default --yes");
    let mut numbers = home.on(0).json("scheduler show --json")["parameters"].clone();
    numbers[2] = 30.0.into();
    home.file("weights.json", &serde_json::json!({ "parameters": numbers }).to_string());
    home.on(0).ok("scheduler use fsrs --parameters weights.json --yes");
    assert!(close(&home.on(0).card("a")["stability"], 30.0));
    home.on(0).ok("grade b good");
    assert_eq!(home.on(0).card("b")["reviews"], 1);
}

#[test]
fn a_fit_foresees_the_learners_answers_better_and_is_kept() {
    let home = learner(60, 12);
    let dry = home.at(TODAY.1).json("scheduler fit --dry-run --json");
    assert_eq!(
        fields(&dry),
        sorted(&["parameters", "log_loss_before", "log_loss_after", "reviews"])
    );
    assert_eq!(home.at(TODAY.1).json("scheduler show --json")["source"], "default");
    home.at(TODAY.1).ok("scheduler use fsrs --yes");
    let before = home.at(TODAY.1).card("c7");
    let fitted = home.at(TODAY.1).json("scheduler fit --json");
    assert_eq!(fitted, dry, "the same answers, the same weights");
    let loss = |name: &str| fitted[name].as_f64().unwrap();
    assert!(loss("log_loss_after") < loss("log_loss_before"), "{fitted}");
    assert!(fitted["reviews"].as_u64().unwrap() > 400, "{fitted}");
    let shown = home.at(TODAY.1).json("scheduler show --json");
    assert_eq!((&shown["source"], &shown["parameters"]), (&"fitted".into(), &fitted["parameters"]));
    assert_ne!(home.at(TODAY.1).card("c7")["stability"], before["stability"]);
    let kept = home.at(TODAY.1).ndjson("history --json");
    assert_eq!(kept.iter().filter(|event| event["kind"] == "parameters").count(), 1);
    home.at(TODAY.1).ok("doctor");
}

#[test]
fn an_evaluation_has_a_row_for_each_formula() {
    let home = learner(60, 12);
    let found = home.at(TODAY.1).json("scheduler evaluate --json");
    let rows = found["rows"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "average",
            "moving-average",
            "sm2",
            "sm2-recalibrated",
            "sm2-delphi",
            "fsrs-default",
            "fsrs-fitted"
        ]
    );
    let columns = ["name", "log_loss", "rmse_bins", "auc", "ece", "bias", "log_loss_difference"];
    assert_eq!(fields(&rows[0]), sorted(&columns));
    let count = |name: &str| found[name].as_u64().unwrap();
    assert_eq!(count("tested"), count("scored") - count("scored") / 6);
    assert!(count("failures") > 0 && count("failures") < count("scored"));
    let told = home.at(TODAY.1).ok("scheduler evaluate");
    assert!(told.contains("fsrs-fitted") && told.contains("with a chance of 95 %"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    assert_eq!(told, home.at(TODAY.1).ok("scheduler evaluate"), "the same each time");
}

#[test]
fn few_answers_are_measured_without_a_verdict() {
    let home = Home::with(DECK);
    for day in [0, 1, 7, 22, 60, 150, 400] {
        home.on(day).ok("grade a good");
    }
    let told = home.on(400).ok("scheduler evaluate");
    assert!(told.contains("too little for a verdict"), "{told}");
    let found = home.on(400).json("scheduler evaluate --json");
    assert_eq!(found["rows"][2]["auc"], Value::Null, "nothing was failed");
    assert_eq!((&found["scored"], &found["tested"]), (&6.into(), &5.into()));
}

#[test]
fn an_explanation_has_the_numbers_of_the_memory() {
    let home = Home::with(DECK);
    home.config("scheduler: fsrs\nfuzz: off");
    for (day, rating) in [(0, "good"), (2, "good"), (2, "again"), (13, "again")] {
        home.on(day).ok(&format!("grade a {rating}"));
    }
    let told = home.on(13).ok("explain a").split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "good, the first answer: stability 2.31 days, difficulty 2.12; 90 % wanted, so 2 days; due",
        "good, 2 days after the last one, 91 % likely then: stability 2.31 to 10.",
        "again, on the same day: stability 10.",
        "asked again today, because the last answer was again",
    ] {
        assert!(told.contains(said), "no {said:?} in {told}");
    }
    home.config("scheduler: fsrs");
    let told = home.on(13).ok("explain a");
    assert!(told.contains("so"), "{told}");
}

#[test]
fn only_again_is_asked_again_under_fsrs() {
    let home = Home::with(DECK);
    home.config("scheduler: fsrs");
    let told = home.on(0).review("\n2\n\n1\n\n3\n");
    let asked = told.matches("Question:").count();
    assert_eq!(asked, 3, "a once, b twice: {told}");
}

#[test]
fn spread_intervals_do_not_depend_on_what_other_cards_do() {
    let home = learner(40, 8);
    home.config("scheduler: fsrs");
    let all = home.at(TODAY.1).json("list --json")["cards"].clone();
    home.config("scheduler: fsrs\nfuzz: off");
    let exact = home.at(TODAY.1).json("list --json")["cards"].clone();
    let differ = all
        .as_array()
        .unwrap()
        .iter()
        .zip(exact.as_array().unwrap())
        .filter(|(one, other)| one["interval_days"] != other["interval_days"])
        .count();
    assert!(differ > 20, "{differ} of 40");
    home.config("scheduler: fsrs\nfuzz: on");
    home.drop_caches();
    assert_eq!(home.at(TODAY.1).json("list --json")["cards"], all);
    home.config("fuzz: on");
    let sm2 = home.at(TODAY.1).card("c1");
    home.config("");
    assert_ne!(home.at(TODAY.1).card("c1")["interval_days"], sm2["interval_days"]);
}

#[test]
fn the_orders_that_go_by_memory() {
    let home = Home::with(
        "cards: [{id: a, front: a, back: b}, {id: b, front: c, back: d}, {id: e, front: e, back: f}]",
    );
    // a is hardly late, b very, e has just been failed and is nearly forgotten.
    for (card, days) in [("a", &[0, 1, 7, 22][..]), ("b", &[0, 1, 7]), ("e", &[0, 1, 7, 40])] {
        for day in days {
            home.on(*day).ok(&format!("grade {card} good"));
        }
    }
    home.on(41).ok("grade e again");
    home.on(41).ok("grade e good");
    let today = home.on(62);
    home.config("order: retrievability");
    let likely = |card: &str| today.card(card)["retrievability"].as_f64().unwrap();
    let mut wanted = ["a", "b", "e"];
    wanted.sort_by(|one, other| likely(other).total_cmp(&likely(one)));
    assert_eq!(today.due(), wanted);
    home.config("order: gain");
    assert_eq!(today.due().len(), 3);
    assert_ne!(today.due()[0], wanted[0], "what is known anyway gains least");
}

#[test]
fn fsrs_is_fitted_after_a_session_once_there_is_a_fifth_more() {
    let home = learner(60, 12);
    home.config("scheduler: fsrs\nreviews_per_day: 2");
    let told = home.at("2027-06-01T10:00:00+00:00").review("\n3\n:q\n");
    assert!(told.contains("FSRS was fitted anew to"), "{told}");
    assert_eq!(
        home.at("2027-06-01T10:00:00+00:00").json("scheduler show --json")["source"],
        "fitted"
    );
    let told = home.at("2027-06-01T11:00:00+00:00").review("\n3\n:q\n");
    assert!(!told.contains("fitted"), "{told}");
    home.config("scheduler: fsrs\nrefit: off");
    let told = home.at("2027-06-02T11:00:00+00:00").review("\n3\n:q\n");
    assert!(!told.contains("fitted"), "{told}");
}
