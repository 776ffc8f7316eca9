//! `suspend`, `resume`, `bury`, `reset`.

use super::support::{Home, date};

const SIDES: &str = "\
cards:
  - id: casa
    front: casa
    back: house
    reverse: true
  - id: perro
    front: perro
    back: dog
    tags: [animal]
  - id: gato
    front: gato
    back: cat
    tags: [animal]
";

#[test]
fn a_suspended_card_is_not_asked_until_it_is_resumed() {
    let home = Home::with(SIDES);
    home.on(0).ok("grade perro good");
    assert_eq!(home.on(0).ok("suspend perro"), "perro suspended\n");
    assert_eq!(home.on(9).due(), ["casa", "gato"]);
    let card = home.on(9).card("perro");
    assert_eq!((&card["suspended"], &card["stage"]), (&true.into(), &"review".into()));
    assert_eq!(home.on(9).ok("resume perro"), "perro resumed\n");
    // Its schedule went on: due since day 1.
    let card = home.on(9).card("perro");
    assert_eq!((&card["suspended"], &card["due"]), (&false.into(), &date(1).into()));
    assert!(home.on(9).due().contains(&"perro".to_owned()));
}

#[test]
fn a_note_means_all_its_sides_and_a_card_only_itself() {
    let home = Home::with(SIDES);
    assert_eq!(home.on(0).ok("suspend casa"), "casa suspended\ncasa/reverse suspended\n");
    assert_eq!(home.on(0).ok("resume casa/reverse"), "casa/reverse resumed\n");
    assert_eq!(home.on(0).listed("is:suspended"), ["casa"]);
    assert_eq!(
        home.on(0).ok("bury casa"),
        "casa buried until tomorrow\ncasa/reverse buried until tomorrow\n"
    );
}

#[test]
fn a_buried_card_comes_back_tomorrow_by_itself_or_when_it_is_resumed() {
    let home = Home::with(SIDES);
    home.on(0).ok("bury perro gato");
    assert_eq!(home.on(0).due(), ["casa"]);
    assert_eq!(home.on(0).card("perro")["buried"], true);
    home.on(0).ok("resume gato");
    assert_eq!(home.on(0).due(), ["casa", "gato"]);
    // Tomorrow begins at four.
    assert_eq!(home.at("2026-11-25T03:59").due(), ["casa", "gato"]);
    assert_eq!(home.at("2026-11-25T04:00").due(), ["casa", "perro", "gato"]);
    assert_eq!(home.on(1).card("perro")["buried"], false);
}

#[test]
fn a_reset_card_is_new_again_and_keeps_its_history() {
    let home = Home::with(SIDES);
    for day in [0, 1, 7] {
        home.on(day).ok("grade perro easy");
    }
    let ran = home.on(8).run("reset perro").exits(0);
    assert_eq!(ran.out, "perro starts over\n");
    ran.says("retain undo");
    let card = home.on(8).card("perro");
    assert_eq!((&card["stage"], &card["due"]), (&"new".into(), &serde_json::Value::Null));
    assert_eq!((&card["reviews"], &card["ease"]), (&0.into(), &serde_json::Value::Null));
    assert_eq!(home.on(8).ndjson("history perro --json").len(), 4);
    home.on(8).ok("grade perro good");
    let card = home.on(8).card("perro");
    assert_eq!((&card["due"], &card["ease"]), (&date(9).into(), &2.5.into()));
}

#[test]
fn a_query_chooses_the_cards_too() {
    let home = Home::with(SIDES);
    let ran = home.on(0).run_args(["suspend", "--query", "tag:animal -gato"]).exits(0);
    assert_eq!(ran.out, "perro suspended\n");
    home.on(0)
        .run_args(["suspend", "--query", "tag:animal"])
        .exits(0)
        .says("perro is suspended already");
    assert_eq!(home.on(0).listed("is:suspended"), ["perro", "gato"]);
    // What was suspended already is no new event.
    assert_eq!(home.on(0).ndjson("history --json").len(), 2);
    home.on(0).run_args(["resume", "--query", "is:suspended"]).exits(0);
    home.on(0).run_args(["suspend", "--query", "tag:none"]).exits(1).says("no card matches");
    home.on(0).run_args(["suspend", "--query", "is:odd"]).exits(2);
}

#[test]
fn nothing_happens_to_any_card_if_one_of_them_is_not_there() {
    let home = Home::with(SIDES);
    for command in ["suspend", "resume", "bury", "reset"] {
        home.on(0).run(&format!("{command} perro perra")).exits(1).says("did you mean perro");
        home.on(0).run(command).exits(2);
    }
    assert!(home.on(0).ndjson("history --json").is_empty());
}

#[test]
fn what_does_not_apply_is_said_and_changes_nothing() {
    let home = Home::with(SIDES);
    for (command, words) in
        [("resume perro", "neither suspended nor buried"), ("reset perro", "is new already")]
    {
        let ran = home.on(0).run(command).exits(0).says(words);
        assert_eq!(ran.out, "");
    }
    assert!(home.on(0).ndjson("history --json").is_empty());
}

#[test]
fn a_parked_card_can_be_put_aside_before_it_comes_back() {
    let home = Home::with(SIDES);
    home.on(0).ok("grade perro good");
    home.rename("decks/deck.yaml", "deck.yaml");
    home.on(1).ok("suspend perro");
    home.rename("deck.yaml", "decks/deck.yaml");
    assert_eq!(home.on(1).listed("is:suspended"), ["perro"]);
}

#[test]
fn what_was_done_to_several_cards_is_taken_back_in_one_command() {
    let home = Home::with("cards: [{id: cat, front: f, back: b, reverse: true}]\n");
    home.on(0).run("suspend cat").exits(0).says("undo 2` takes all of it back");
    home.on(0).ok("undo 2");
    assert_eq!(home.on(0).listed("-is:suspended"), ["cat", "cat/reverse"]);
}
