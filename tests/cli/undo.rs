//! `undo`: taking back what was done by hand here.

use super::support::{Home, TWO, date, deck_of};

#[test]
fn undo_says_what_it_took_back_and_the_card_stands_as_before() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let before = home.on(1).card("a");
    home.on(1).ok("grade a again");
    assert_eq!(home.on(1).ok("undo"), "took back: a again, 25 Nov 2026 10:00\n");
    assert_eq!(home.on(1).card("a"), before);
    // Nothing is deleted: the answer is still there, and so is that it was taken back.
    let rows = home.on(1).ndjson("history a --json");
    let kinds: Vec<_> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["reviewed", "reviewed", "retracted"]);
    assert_eq!((&rows[1]["retracted"], &rows[1]["counted"]), (&true.into(), &false.into()));
    assert_eq!(rows[2]["target"], rows[1]["id"]);
}

#[test]
fn several_things_are_taken_back_newest_first() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("suspend b");
    home.on(0).ok("bury a");
    let said = home.on(0).ok("undo 2");
    let said: Vec<_> = said.lines().collect();
    assert_eq!(said.len(), 2);
    assert!(said[0].contains("a buried") && said[1].contains("b suspended"), "{said:?}");
    assert!(home.on(0).listed("is:suspended OR is:buried").is_empty());
    // Fewer than asked for: takes what there is.
    assert_eq!(home.on(0).ok("undo 5").lines().count(), 1);
    assert_eq!(home.on(0).card("a")["stage"], "new");
    let nothing = home.on(0).run("undo").exits(1);
    assert_eq!(nothing.out, "");
    nothing.says("nothing to undo");
}

#[test]
fn a_reset_is_undone_with_everything_that_it_hid() {
    let home = Home::with(TWO);
    for day in [0, 1, 7] {
        home.on(day).ok("grade a good");
    }
    let before = home.on(8).card("a");
    home.on(8).ok("reset a");
    assert_eq!(home.on(8).card("a")["stage"], "new");
    home.on(8).ok("undo");
    assert_eq!(home.on(8).card("a"), before);
    // A second undo goes on with what came before.
    assert!(home.on(8).ok("undo").contains("1 Dec 2026"));
    assert_eq!(home.on(8).card("a")["due"], date(7));
}

#[test]
fn what_undid_something_can_be_undone() {
    let home = Home::with(TWO);
    home.on(0).ok("suspend a");
    home.on(0).ok("resume a");
    assert!(home.on(0).ok("undo").contains("a resumed"));
    assert_eq!(home.on(0).listed("is:suspended"), ["a"]);
    assert!(home.on(0).ok("undo").contains("a suspended"));
    assert!(home.on(0).listed("is:suspended").is_empty());
    home.on(0).ok("bury a");
    home.on(0).ok("resume a");
    home.on(0).ok("undo");
    assert_eq!(home.on(0).listed("is:buried"), ["a"]);
    // To redo an answer, it is given again.
    home.on(0).ok("grade b good");
    home.on(0).ok("undo");
    let card = home.on(0).json("grade b good --json");
    assert_eq!((&card["reviews"], &card["counted"]), (&1.into(), &true.into()));
}

#[test]
fn an_undo_in_between_moves_the_answers_after_it() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("grade a again");
    // The repeat is taken back: nothing is to be asked again today.
    home.on(0).ok("undo");
    assert_eq!(home.on(0).due(), ["b"]);
    home.on(0).ok("grade a easy");
    home.on(0).ok("undo 2");
    assert_eq!(home.on(0).card("a")["stage"], "new");
    home.on(0).ok("grade a easy");
    assert_eq!(home.on(0).card("a")["ease"], 2.6, "now it is the day's first");
}

#[test]
fn practice_can_be_taken_back_too() {
    let home = Home::with(TWO);
    home.on(0).input("\n3\n:q\n").ok("review --plain --cram");
    assert!(home.on(0).ok("undo").contains("practice"));
    home.on(0).run("undo").exits(1);
}

#[test]
fn undo_wants_a_number_above_zero() {
    let home = Home::with(TWO);
    for line in ["undo 0", "undo x", "undo=-1", "undo 1 2"] {
        home.on(0).run(line).exits(2);
    }
}

#[test]
fn what_was_done_elsewhere_is_not_taken_back() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    // A copy of the database is another device: what the first one did is not its to undo.
    let copy = home.copy();
    copy.on(1).run("undo").exits(1).says("nothing to undo");
    copy.on(1).ok("grade b good");
    assert!(copy.on(1).ok("undo").contains("b good"));
    copy.on(1).run("undo").exits(1);
    assert_eq!(copy.on(1).card("a")["reviews"], 1);
}

#[test]
fn thousands_of_things_are_taken_back_and_what_was_before_them_too() {
    let home = Home::with(&deck_of(51));
    home.on(0).ok("grade c51 good");
    let lines: String = (0..90)
        .flat_map(|_| (1..=50).map(|n| format!("{{\"card\":\"c{n}\",\"rating\":3}}\n")))
        .collect();
    home.on(0).input(lines).run("grade --stdin").exits(0);
    assert_eq!(home.on(0).ok("undo 4500").lines().count(), 4500);
    home.on(0).ok("undo");
    assert_eq!(home.on(0).card("c51")["stage"], "new");
    home.on(0).run("undo").exits(1);
}
