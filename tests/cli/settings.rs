//! config.yaml and what it changes.

use super::support::{Home, TWO, date, deck_of, ids};

#[test]
fn a_mistake_in_the_settings_is_named_with_its_place_and_stops_the_command() {
    for (text, place) in [
        ("new_per_dya: 5\n", "config.yaml:1:1"),
        ("# mine\nday_starts_at: 24\n", "config.yaml:2:16"),
        ("new_per_day: -1\n", "config.yaml:1:14"),
        ("new_per_day: many\n", "config.yaml:1:14"),
        ("reviews_per_day: some\n", "config.yaml:1:18"),
        ("order: best\n", "config.yaml:1:8"),
        ("grades: five\n", "config.yaml:1:9"),
        ("typed: true\ntyped: false\n", "config.yaml:2:1"),
        ("sm2_profile: [text\n", "config.yaml:1:14"),
        ("- a list\n", "config.yaml:1:"),
    ] {
        let home = Home::with(TWO);
        home.config(text);
        for line in ["due", "review --plain", "grade a good", "list", "check", "doctor --digest"] {
            let ran = home.on(0).run(line).exits(1);
            assert_eq!(ran.out, "", "{text}{line}");
            assert!(ran.err.contains(place), "{text}{line}: no {place} in\n{}", ran.err);
        }
        home.config("");
        assert!(home.on(0).ndjson("history --json").is_empty(), "{text}");
    }
    // All of them in one run.
    let home = Home::with(TWO);
    home.config("grades: five\norder: best\n");
    home.on(0).run("due").exits(1).says("config.yaml:1:9").says("config.yaml:2:8");
}

#[test]
fn a_mistake_in_a_decks_options_leaves_the_cards_and_is_an_error() {
    let home = Home::with(&format!("options: {{ new_per_day: lots }}\n{TWO}"));
    let check: serde_json::Value =
        serde_json::from_str(&home.on(0).run("check --json").exits(1).out).unwrap();
    let one = &check["diagnostics"][0];
    assert_eq!((&one["line"], &one["column"]), (&1.into(), &25.into()), "{one}");
    assert_eq!(home.on(0).due(), ["a", "b"], "the other cards still work");
}

#[test]
fn the_day_starts_when_the_settings_say() {
    for (hour, before, after) in [
        ("0", "2026-11-24T23:59", "2026-11-25T00:00"),
        ("4", "2026-11-25T03:59", "2026-11-25T04:00"),
        ("23", "2026-11-25T22:59", "2026-11-25T23:00"),
    ] {
        let home = Home::with(TWO);
        home.config(&format!("day_starts_at: {hour}\n"));
        assert_eq!(home.at(before).json("due --json")["day"], "2026-11-24", "{hour}");
        assert_eq!(home.at(after).json("due --json")["day"], "2026-11-25", "{hour}");
        home.at(before).ok("grade a good");
        let second = home.at(after).json("grade a good --json");
        assert_eq!((&second["counted"], &second["interval_days"]), (&true.into(), &6.into()));
    }
    // The day of an answer is fixed when it is given.
    let home = Home::with(TWO);
    home.at("2026-11-25T03:00").ok("grade a good");
    home.config("day_starts_at: 0\n");
    assert_eq!(home.at("2026-11-25T10:00").ndjson("history --json")[0]["day"], "2026-11-24");
    assert_eq!(home.at("2026-11-25T10:00").card("a")["due"], "2026-11-25");
}

#[test]
fn new_per_day_is_for_all_decks_together_and_a_decks_within_it() {
    let home = Home::new();
    home.deck("one", &deck_of(9));
    home.deck(
        "two",
        &format!("options: {{ new_per_day: 1 }}\n{}", deck_of(9).replace("id: c", "id: d")),
    );
    home.config("new_per_day: 5\n");
    // Decks take turns, in the order of their files, up to what each lets in.
    assert_eq!(home.on(0).due(), ["c1", "d1", "c2", "c3", "c4"]);
    home.on(0).ok("grade c1 good");
    home.on(0).ok("grade d5 good");
    // What was done today is read from the history, also what no queue let in.
    assert_eq!(home.on(0).due(), ["c2", "c3", "c4"]);
    home.config("new_per_day: 0\n");
    assert_eq!(home.on(1).due(), ["c1", "d5"], "nought is none, and due ones are due");
    home.config("");
    assert_eq!(home.on(1).json("due --json")["new"], 9);
}

#[test]
fn reviews_per_day_caps_what_is_due() {
    let home = Home::new();
    home.deck("one", &deck_of(6));
    home.deck(
        "two",
        &format!("options: {{ reviews_per_day: 1 }}\n{}", deck_of(3).replace("id: c", "id: d")),
    );
    let lines: String = (1..=6)
        .map(|n| format!("{{\"card\":\"c{n}\",\"rating\":3}}\n"))
        .chain((1..=3).map(|n| format!("{{\"card\":\"d{n}\",\"rating\":3}}\n")))
        .collect();
    home.on(0).input(lines).ok("grade --stdin");
    assert_eq!(home.on(1).json("due --json")["due"], 7, "six and one of three");
    home.config("reviews_per_day: 4\n");
    let ran = home.on(1).run("due --json").exits(0);
    let due = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ids(&due), ["c1", "c2", "c3", "c4"]);
    home.on(1).run("due").exits(0).says("5 more due");
    home.on(1).ok("grade c1 good");
    home.on(1).ok("grade c6 good");
    assert_eq!(home.on(1).due(), ["c2", "c3"]);
    home.config("reviews_per_day: none\n");
    assert_eq!(home.on(1).json("due --json")["due"], 5);
    home.config("reviews_per_day: 0\n");
    assert_eq!(home.on(1).ok("due --count"), "0\n");
}

#[test]
fn new_cards_wait_while_more_is_due_than_a_day_holds() {
    let home = Home::with(&deck_of(9));
    for card in ["c1", "c2", "c3"] {
        home.on(0).ok(&format!("grade {card} good"));
    }
    let new = |setting: &str, day| {
        home.config(setting);
        home.on(day).json("due --json")["new"].as_i64().unwrap()
    };
    // Due on day 1, overdue from day 2.
    assert_eq!(new("", 1), 6);
    assert_eq!(new("reviews_per_day: 3\n", 1), 6);
    assert_eq!(new("reviews_per_day: 2\n", 1), 0);
    assert_eq!(new("reviews_per_day: 2\nnew_while_behind: yes\n", 1), 6);
    assert_eq!(new("new_while_behind: no\n", 1), 6, "due today is not behind");
    assert_eq!(new("new_while_behind: no\n", 2), 0);
    home.on(2).run("due").exits(0).says("new_while_behind: yes");
    assert!(home.on(2).input("").ok("review --plain --new 2").contains("; 5 left"));
    // Without a limit, two hundred are a day's work.
    let home = Home::with(&deck_of(205));
    let lines = |cards: std::ops::RangeInclusive<u32>| -> String {
        cards.map(|n| format!("{{\"card\":\"c{n}\",\"rating\":3}}\n")).collect()
    };
    home.on(0).input(lines(1..=200)).ok("grade --stdin");
    assert_eq!(home.on(1).json("due --json")["new"], 5);
    home.on(0).input(lines(201..=201)).ok("grade --stdin");
    assert_eq!(home.on(1).json("due --json")["new"], 0);
}

/// A home with cards due in another order by each measure; today is day 20.
fn ordered() -> Home {
    let home = Home::new();
    home.deck("one", "cards: [{id: x, front: f1, back: b}, {id: y, front: f2, back: b}]\n");
    home.deck("two", "cards: [{id: z, front: f3, back: b}]\n");
    // y: 6 days from day 1, 19/6 of it gone. x: 1 day from day 15, 5/1. z: 15 days from day 4, 16/15.
    for (day, card) in [(0, "y"), (1, "y"), (15, "x"), (-10, "z"), (-2, "z"), (4, "z")] {
        home.on(20).ok(&format!("grade {card} good --at {}T10:00", date(day)));
    }
    for (card, due) in [("y", 7), ("x", 16), ("z", 19)] {
        assert_eq!(home.on(20).card(card)["due"], date(due), "{card}");
    }
    home
}

#[test]
fn the_order_is_the_one_that_the_settings_name() {
    let home = ordered();
    for (order, wanted) in [
        ("", ["x", "y", "z"]),
        ("order: overdueness\n", ["x", "y", "z"]),
        ("order: due\n", ["y", "x", "z"]),
        ("order: deck\n", ["x", "y", "z"]),
    ] {
        home.config(order);
        assert_eq!(home.on(20).due(), wanted, "{order}");
    }
    // The most overdue first, measured in the card's own interval: after x is done, z is graded late.
    home.config("order: deck\n");
    home.deck("one", "cards: [{id: y, front: f2, back: b}, {id: x, front: f1, back: b}]\n");
    assert_eq!(home.on(20).due(), ["y", "x", "z"]);
    home.config("order: random\n");
    let shuffled = home.on(20).due();
    assert_eq!(home.on(20).due(), shuffled, "one seed, one order");
    assert_eq!(shuffled.len(), 3);
}

#[test]
fn a_random_order_is_one() {
    let home = Home::with(&deck_of(40));
    home.config("order: random\nnew_per_day: 0\n");
    let lines: String = (1..=40).map(|n| format!("{{\"card\":\"c{n}\",\"rating\":3}}\n")).collect();
    home.on(0).input(lines).ok("grade --stdin");
    let (one, other) = (home.on(1).due(), home.on(2).due());
    let in_file: Vec<_> = (1..=40).map(|n| format!("c{n}")).collect();
    assert_ne!(one, in_file);
    assert_ne!(one, other, "another day, another order");
    let mut sorted = one.clone();
    sorted.sort();
    let mut wanted = in_file;
    wanted.sort();
    assert_eq!(sorted, wanted);
}

#[test]
fn new_cards_come_among_the_due_ones_or_before_or_after_them() {
    let home = Home::with(&deck_of(6));
    for card in ["c1", "c2", "c3"] {
        home.on(0).ok(&format!("grade {card} good"));
    }
    for (setting, wanted) in [
        ("new_cards: first\n", ["c4", "c5", "c6", "c1", "c2", "c3"]),
        ("new_cards: last\n", ["c1", "c2", "c3", "c4", "c5", "c6"]),
    ] {
        home.config(setting);
        assert_eq!(home.on(1).due(), wanted, "{setting}");
    }
    home.config("new_cards: mixed\n");
    let mixed = home.on(1).due();
    let is_new = |id: &String| id.as_str() > "c3";
    let runs = mixed.chunk_by(|one, other| is_new(one) == is_new(other)).count();
    assert!(runs >= 5, "evenly: {mixed:?}");
}

#[test]
fn more_folders_with_decks_can_be_named() {
    let home = Home::with(TWO);
    home.file("notes/verbs.yaml", "cards: [{id: v, front: to go, back: ir}]\n");
    home.config("decks: [~/notes, none]\n");
    let listed = home.on(0).listed("");
    assert!(listed.contains(&"v".to_owned()), "{listed:?}");
    home.on(0).ok("grade v good");
    // A folder that is not there is said, and its cards wait.
    home.config("decks: [~/elsewhere]\n");
    assert_eq!(home.on(1).due(), ["a", "b"]);
    home.config("decks: [~/notes]\n");
    assert_eq!(home.on(1).card("v")["reviews"], 1);
}

#[test]
fn a_real_file_is_read_once_however_many_links_lead_to_it() {
    let home = Home::new();
    home.file("checkout/deck.yaml", TWO);
    std::fs::create_dir_all(home.path().join("decks/inner")).unwrap();
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(home.path().join(to), home.path().join(at)).unwrap();
    };
    link("checkout", "decks/linked");
    link("checkout/deck.yaml", "decks/again.yaml");
    link("decks", "decks/inner/loop");
    assert_eq!(home.on(0).listed(""), ["a", "b"]);
    let check = home.on(0).json("check --json");
    assert_eq!((&check["errors"], &check["warnings"]), (&0.into(), &0.into()), "{check}");
}

#[test]
fn changed_answers_can_be_ignored() {
    for (config, options) in [("changed: ignore\n", ""), ("", "options: { changed: ignore }\n")] {
        let home = Home::with(&format!("{options}{TWO}"));
        home.config(config);
        home.on(0).ok("grade a good");
        home.on(1).ok("grade a good");
        home.edit("deck", "alpha", "aleph");
        assert_eq!(home.on(2).card("a")["changed"], false);
        assert_eq!(home.on(2).due(), ["b"]);
        home.config("changed: ask\n");
        let asked = home.on(2).due().contains(&"a".to_owned());
        assert_eq!(asked, options.is_empty(), "a deck's word comes before the configuration's");
    }
}
