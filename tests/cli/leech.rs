//! Leeches: told, found, and suspended if somebody wants that.

use super::support::{Home, in_order};

const DECK: &str = "cards:\n  - front: other\n    back: b\n  - {id: a, front: a, back: b}\n";

/// Brings card `a` to seven lapses; returns the day of its next answer.
fn nearly(home: &Home) -> i64 {
    let mut day = 0;
    home.on(day).ok("grade a good");
    for _ in 0..7 {
        day += 1;
        home.on(day).ok("grade a again");
        day += 1;
        home.on(day).ok("grade a good");
    }
    day + 1
}

#[test]
fn a_leech_is_named_with_its_place_after_the_eighth_lapse() {
    let home = Home::with(DECK);
    let day = nearly(&home);
    assert_eq!(home.on(day).listed("is:leech"), [""; 0]);
    let ran = home.on(day).run("grade a again").exits(0);
    let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = "a is a leech: forgotten 8 times. It stands in decks/deck.yaml:4; `retain edit a`";
    assert!(said.contains(words), "{said}");
    assert_eq!(home.on(day).listed("is:leech"), ["a"]);
    assert_eq!(home.on(day).card("a")["suspended"], false, "nobody wanted that");
    // Not at the next one.
    home.on(day + 1).ok("grade a good");
    let ran = home.on(day + 2).run("grade a again").exits(0);
    assert!(!ran.err.contains("leech"), "{}", ran.err);
}

#[test]
fn leeches_of_standard_input_are_named_and_suspended_after_its_last_line() {
    let home = Home::with(DECK);
    home.config("leeches: suspend");
    let day = nearly(&home);
    let line = |rating: &str| format!("{{\"card\":\"a\",\"rating\":\"{rating}\"}}\n");
    let lines = line("again") + &line("good");
    let ran = home.on(day).input(&lines).run("grade --stdin").exits(0);
    let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("a is a leech: forgotten 8 times"), "{said}");
    assert!(said.contains("2 reviews added"), "the second line is taken, too: {said}");
    assert_eq!(home.on(day).card("a")["suspended"], true);
    home.on(day).ok("undo");
    home.on(day).ok("undo");
    let card = home.on(day).card("a");
    assert_eq!((&card["suspended"], &card["lapses"]), (&false.into(), &7.into()));
}

#[test]
fn a_review_names_a_leech_and_suspends_it_only_if_asked_to() {
    let home = Home::with(&format!("options: {{leeches: suspend}}\n{DECK}"));
    let day = nearly(&home);
    let output = home.on(day).input("\n1\n:q\n").ok("review --plain id:a");
    in_order(
        &output,
        &["a again, ", "a is a leech: forgotten 8 times", "suspended now; `retain edit a`"],
    );
    assert_eq!(home.on(day).card("a")["suspended"], true);
    assert_eq!(output.matches("Question: a\n").count(), 1, "it is not asked again: {output}");

    // The suspension falls with the answer that led to it, which is the last thing done by hand.
    assert!(home.on(day).ok("undo").contains("a again"));
    let card = home.on(day).card("a");
    assert_eq!((&card["suspended"], &card["lapses"]), (&false.into(), &7.into()));
    let told = home.on(day).ndjson("history a --json");
    let suspended = told.iter().find(|event| event["kind"] == "suspended").unwrap();
    assert_eq!(suspended["retracted"], true, "as the folds take it");
    assert!(home.on(day).ok("history a").contains("suspended, as a leech, taken back"));
    home.on(day).ok("doctor");
}

#[test]
fn undo_within_the_review_asks_the_leech_again() {
    let home = Home::with(DECK);
    home.config("leeches: suspend");
    let day = nearly(&home);
    let output = home.on(day).input("\n1\n:u\n\n3\n").ok("review --plain -n 2");
    in_order(
        &output,
        &["suspended now; `retain edit a`", "Taken back: ", "Question: a", "a good, "],
    );
    let card = home.on(day).card("a");
    assert_eq!((&card["suspended"], &card["leech"]), (&false.into(), &false.into()));
}

#[test]
fn the_lowest_ease_is_named_once() {
    let home = Home::with(DECK);
    let (mut day, mut told) = (0, 0);
    while day < 3_000 {
        let ran = home.on(day).run("grade a q3").exits(0);
        told += usize::from(ran.err.contains("a has come down to the lowest ease, 1.30"));
        day += home.on(day).card("a")["interval_days"].as_i64().unwrap();
    }
    assert_eq!(told, 1);
    assert_eq!(home.on(day).card("a")["ease"], 1.3);
}

#[test]
fn a_suspension_moves_with_the_answer_that_a_wrong_clock_made() {
    let home = Home::with(DECK);
    home.config("leeches: suspend");
    let day = nearly(&home);
    home.on(day + 400).ok("grade a again");
    assert_eq!(home.on(day).card("a")["suspended"], true);
    home.on(day).ok("doctor --enter-again");
    let card = home.on(day).card("a");
    assert_eq!((&card["suspended"], &card["leech"]), (&true.into(), &true.into()));
    home.on(day).ok("undo");
    assert_eq!(home.on(day).card("a")["suspended"], false);
}
