//! `due`: what a person, a prompt or a script learns about today.

use super::support::{CARD_FIELDS, Home, TWO, date, deck_of, fields, ids, sorted};

#[test]
fn count_is_one_integer_of_due_and_new_cards() {
    let home = Home::with(&deck_of(25));
    let ran = home.on(0).run("due --count").exits(0).silently();
    assert_eq!(ran.out, "20\n", "today lets in twenty new ones");
    home.on(0).ok("grade c1 again");
    assert_eq!(home.on(0).ok("due --count"), "20\n", "nineteen new ones and a repeat");
    home.on(0).ok("grade c1 good");
    assert_eq!(home.on(0).ok("due --count"), "19\n");
    assert_eq!(home.on(1).ok("due --count"), "21\n");
}

#[test]
fn json_has_the_day_the_numbers_the_decks_and_the_cards_in_order() {
    let home = Home::with(TWO);
    home.deck("lang/verbs", "deck: Verbs\ncards: [{id: v, front: to go, back: ir}]\n");
    home.deck("lang/nouns", "cards: [{id: n, front: house, back: casa}]\n");
    home.on(0).ok("grade n good");
    let due = home.on(1).json("due --json");
    assert_eq!(fields(&due), sorted(&["day", "due", "new", "decks", "cards"]));
    assert_eq!((&due["day"], &due["due"], &due["new"]), (&date(1).into(), &1.into(), &3.into()));
    let decks = serde_json::json!([
        {"deck": "deck", "due": 0, "new": 2},
        {"deck": "lang/nouns", "due": 1, "new": 0},
        {"deck": "lang/verbs", "due": 0, "new": 1},
    ]);
    assert_eq!(due["decks"], decks);
    for card in due["cards"].as_array().unwrap() {
        assert_eq!(fields(card), sorted(&CARD_FIELDS));
    }
    // Decks take turns with their new cards; the due one is spread among them.
    let mut cards = ids(&due);
    assert_eq!(cards.len(), 4);
    cards.retain(|card| card != "n");
    assert_eq!(cards, ["a", "v", "b"]);
    assert_eq!(home.on(1).ok("due --json").lines().count(), 1, "one line, for a pipe");
}

#[test]
fn quiet_says_it_by_the_exit_status_alone() {
    let home = Home::with(TWO);
    for (day, line, status) in [
        (0, "due -q", 0),
        (0, "due -q tag:nothing", 1),
        (0, "due -q (", 2),
        (0, "due -q is:", 2),
        (0, "due -q --json", 2),
    ] {
        let ran = home.on(day).run(line).exits(status);
        assert_eq!(ran.out, "", "{line}");
    }
    home.on(0).ok("grade a good");
    home.on(0).ok("grade b good");
    home.on(0).run("due -q").exits(1).silently();
    home.on(1).run("due -q").exits(0).silently();
    // What cannot be told is not "nothing".
    home.config("new_per_day: lots\n");
    home.on(1).run("due -q").exits(2);
    home.on(1).run("due").exits(1);
    home.config("");
    std::fs::write(home.database(), "no database, but long enough to look at").unwrap();
    home.on(1).run("due -q").exits(2).says("damaged");
}

#[test]
fn a_sibling_waits_until_tomorrow() {
    let home = Home::with(
        "cards: [{id: a, front: casa, back: house, reverse: true}, {id: z, front: f, back: b}]\n",
    );
    assert_eq!(home.on(0).due(), ["a", "z"]);
    assert_eq!(home.on(0).json("due --json")["new"], 2);
    home.on(0).ok("grade a good");
    assert_eq!(home.on(0).due(), ["z"], "its sibling was answered today");
    home.on(0).ok("grade z good");
    // Tomorrow the front is due and its new sibling waits for it once more.
    assert_eq!(home.on(1).due(), ["a", "z"]);
    home.on(1).ok("grade a good");
    home.on(1).ok("grade z good");
    assert_eq!(home.on(2).due(), ["a/reverse"]);
    home.on(2).ok("grade a/reverse good");
    home.on(3).ok("grade a/reverse good");
    // On day 9 the reverse is due (3 + 6), on day 7 the front was (1 + 6): one of them a day.
    let due = home.on(9).json("due --json");
    assert_eq!(ids(&due).iter().filter(|id| id.starts_with('a')).count(), 1);
    assert_eq!(due["due"], 2);
}

#[test]
fn a_query_filters_first_and_then_the_limits_apply() {
    let home = Home::with(&deck_of(6));
    home.deck("more", "tags: [extra]\ncards: [{id: m, front: More?, back: yes}]\n");
    home.config("new_per_day: 3\n");
    assert_eq!(home.on(0).due(), ["c1", "m", "c2"]);
    assert_eq!(ids(&home.on(0).json("due --json id:c5")), ["c5"]);
    assert_eq!(home.on(0).ok("due --count deck:deck"), "3\n");
    assert_eq!(home.on(0).ok("due --count -tag:extra"), "3\n");
    assert_eq!(home.on(0).ok("due --count number 4"), "1\n");
    // What was done today counts, whatever is asked for now.
    home.on(0).ok("grade m good");
    home.on(0).ok("grade c1 good");
    assert_eq!(home.on(0).ok("due --count deck:deck"), "1\n");
    home.on(0).run("due --count deck:").exits(2);
}

#[test]
fn the_table_for_people_names_the_decks_by_their_titles() {
    let home = Home::with(TWO);
    home.deck("lang/verbs", "deck: Spanish verbs\ncards: [{id: v, front: to go, back: ir}]\n");
    home.on(0).ok("grade a good");
    let ran = home.on(1).run("due").exits(0).silently();
    insta::assert_snapshot!(ran.out, @r"
    deck              1 due    1 new
    Spanish verbs     0 due    1 new
    1 due, 2 new today
    ");
    home.on(1).ok("grade a good");
    home.on(1).ok("grade b good");
    home.on(1).ok("grade v good");
    // `b` and `v` come back tomorrow, `a` after six days.
    assert_eq!(home.on(1).ok("due"), "nothing is due; 2 cards tomorrow (2026-11-26)\n");
}

#[test]
fn what_waits_for_its_other_side_comes_tomorrow() {
    let home = Home::with("cards: [{id: r, front: one, back: uno, reverse: true}]\n");
    home.on(0).ok("grade r good");
    let waits = "nothing is due; 1 card tomorrow (2026-11-25); 1 new card waits until tomorrow,\nas other sides were asked today\n";
    assert_eq!(home.on(0).ok("due"), waits);
    home.on(1).ok("grade r good");
    home.on(2).ok("grade r/reverse good");
    // Now both are due, and `r` will not be for weeks.
    home.on(7).ok("grade r good");
    assert_eq!(home.on(7).ok("due"), "nothing is due; 1 card tomorrow (2026-12-02)\n");
    assert_eq!(home.on(8).due(), ["r/reverse"]);
    // What is set aside for longer does not.
    home.on(7).ok("suspend r/reverse");
    assert!(home.on(7).ok("due").starts_with("nothing is due; 1 card in "));
}

#[test]
fn a_home_without_cards_has_nothing_due_and_says_where_decks_go() {
    let home = Home::new();
    assert_eq!(home.on(0).ok("due --count"), "0\n");
    home.on(0).run("due -q").exits(1);
    assert!(home.on(0).ok("due").contains("decks"));
    assert!(!home.database().exists(), "asking makes no home");
}

#[test]
fn suspended_and_buried_cards_are_not_due() {
    let home = Home::with(TWO);
    home.on(0).ok("suspend a");
    home.on(0).ok("bury b");
    assert_eq!(home.on(0).ok("due --count"), "0\n");
    assert_eq!(home.on(1).due(), ["b"]);
}

#[test]
fn without_a_command_there_is_today_at_a_glance() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let ran = home.on(1).run("").exits(0).silently();
    assert_eq!(ran.out, "deck     1 due    1 new\n1 due, 1 new today\n");
    home.on(1).ok("grade a good");
    assert_eq!(
        home.on(1).ok(""),
        "deck     0 due    1 new\n0 due, 1 new today\n1 card answered today\n"
    );
    home.deck("bad", "cards: [{front: q}]\n");
    home.on(1).run("").exits(0).says("retain check");
}

#[test]
fn a_card_to_be_repeated_is_due_once() {
    let home = Home::with("cards: [{id: a, front: casa, back: house, reverse: true}]\n");
    home.on(0).ok("grade a again");
    let due = home.on(0).json("due --json");
    assert_eq!((&due["due"], &due["new"]), (&1.into(), &0.into()));
    assert_eq!(ids(&due), ["a"], "and its sibling waits");
    // Put aside, it is not asked again today.
    home.on(0).ok("bury a");
    assert_eq!(home.on(0).ok("due --count"), "0\n");
    // Overnight what is to be repeated is simply due.
    let due = home.on(1).json("due --json");
    assert_eq!((&due["due"], &due["new"]), (&1.into(), &0.into()));
}

#[test]
fn a_home_that_is_new_to_many_programs_at_once_serves_them_all() {
    let home = Home::with(&deck_of(3_000));
    let all: Vec<_> = (0..8)
        .map(|number| {
            let line = if number % 2 == 0 { "due --count" } else { "grade c7 good" };
            home.on(0)
                .command(line.split(' '))
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in all {
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && err.is_empty(), "{err}");
    }
    assert_eq!(home.on(0).card("c7")["reviews"], 1);
    assert_eq!(home.on(0).ndjson("history --json").len(), 4);
    let mode: String = home.sql().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn new_cards_that_wait_are_named_with_the_way_to_them() {
    let home = Home::with(&deck_of(5));
    home.config("new_per_day: 2\n");
    home.on(0).review("\n3\n\n3\n");
    let said = home.on(0).ok("due").replace('\n', " ");
    assert!(
        said.contains("3 new cards wait, and `retain review --new 10` asks some today"),
        "{said}"
    );
    home.on(0).ok("suspend --query is:new");
    assert!(!home.on(0).ok("due").contains("wait"));
}

#[test]
fn a_backlog_has_a_day_on_which_it_is_cleared() {
    let cards: String =
        (0..30).map(|card| format!("  - {{id: c{card}, front: q{card}, back: b}}\n")).collect();
    let home = Home::with(&format!("cards:\n{cards}"));
    for card in 0..30 {
        home.on(0).ok(&format!("grade c{card} good"));
    }
    home.config("reviews_per_day: 8");
    let told = home.on(5).run("due").exits(0);
    // 30 on 29 November: 8 then, and on the three days after it.
    let cleared = "the backlog is cleared on 2 Dec 2026 at 8 a day";
    assert!(told.err.contains(cleared), "{}", told.err);
    let told = home.on(5).review(&"\n3\n".repeat(8));
    assert!(told.contains(cleared), "{told}");
    home.config("");
    assert!(!home.on(5).run("due").err.contains("backlog"), "nothing waits");
}

#[test]
fn decks_that_are_gone_leave_the_progress_and_say_so() {
    let home = Home::with("cards: [{id: a, front: f, back: b}]\n");
    home.on(0).ok("grade a good");
    std::fs::remove_file(home.path().join("decks/deck.yaml")).unwrap();
    let said = home.on(0).ok("");
    assert!(said.contains("the progress of 1 card is kept"), "{said}");
}
