//! The board in lines: what is played, what it comes to, and what is in the history afterwards.

use serde_json::{Value, json};

use super::support::{Home, in_order};

/// Two columns, one of them from a deck below; a cell with two cards, and one of each kind.
const CITIES: &str = "\
deck: Cities
cards:
  - {id: paris, front: Capital of France?, back: Paris, value: 100, category: Capitals}
  - {id: rome, front: Capital of Italy?, back: Rome, value: 200, category: Capitals}
  - {id: baltic, front: The Baltic capitals?, back: [Riga, Tallinn, Vilnius], need: 2, value: 300, category: Capitals}
  - {id: bern, front: Is Bern a capital?, back: 'Yes', choices: ['Yes', 'No'], value: 100}
  - {id: ulm, front: Where is the highest church tower?, back: Ulm, value: 200, typed: false}
  - {id: plain, front: no value, back: no cell}
";

fn cities() -> Home {
    let home = Home::new();
    home.deck("cities", CITIES);
    home
}

/// The same with a card that was answered long ago: it is due, and hidden.
fn home() -> Home {
    let home = cities();
    home.on(-30).ok("grade ulm good");
    home
}

/// What was answered since and stands, in order: card, kind, rating, and what it won or lost.
fn played(home: &Home) -> Vec<(String, String, i64, Value)> {
    let db = home.sql();
    let mut statement = db
        .prepare(
            "SELECT c.id, h.kind, h.rating, coalesce(h.extra, '{}') FROM history AS h
               JOIN card AS c ON c.key = h.card
              WHERE h.day >= 20781 AND h.kind IN ('reviewed', 'practised') AND lower(hex(h.id)) NOT IN
                (SELECT extra ->> '$.target' FROM history WHERE kind = 'retracted')
              ORDER BY h.seq",
        )
        .unwrap();
    let rows = statement.query_map([], |row| {
        let extra: Value = serde_json::from_str(&row.get::<_, String>(3)?).unwrap();
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, extra["board"]["points"].clone()))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn answer(
    card: &str,
    kind: &str,
    rating: i64,
    points: impl Into<Value>,
) -> (String, String, i64, Value) {
    (card.into(), kind.into(), rating, points.into())
}

/// The lines of a board as it is read out.
fn board(out: &str) -> Vec<&str> {
    let is_cells = |line: &&str| line.starts_with("Capitals: ") || line.starts_with("Cities: ");
    out.lines().filter(is_cells).collect()
}

#[test]
fn a_whole_game_through_a_pipe() {
    let home = home();
    // Typed right; wrong; a list in part; a choice that is revealed and judged; the hidden cell.
    let lines = "capitals 100\nparis\nc2\ncap2\nMadrid\ncap300\nriga\nTallinn\n\ncities 100\n9\n\ny\nulm\nci200\n50\n\nn\nn\n";
    let out = home.on(0).input(lines).run("board --plain").exits(0).silently().out;
    assert_eq!(
        board(&out),
        ["Capitals: 100 new, 200 new, 300 new", "Cities: 100 new, 200 due known 4 %"]
    );
    in_order(
        &out,
        &[
            "Score 0, 5 of 5 cells left.",
            "Capitals, 100, new; 5 left",
            "Question: Capital of France?",
            "Right.",
            "paris good, again tomorrow",
            "+100, score 100",
            "Score 100, 4 of 5 cells left.",
            "\"c2\" may be Capitals 200 or Cities 200",
            "Wrong: Madrid",
            "Answer: Rome",
            "rome again, again today",
            "-200, score -100",
            "(any 2 of 3)",
            "Right: Riga",
            "baltic good, again tomorrow",
            "1. ",
            "Answer: Yes",
            "(y: you were right; n: you were wrong)",
            "bern good, again tomorrow",
            "No cell is called \"ulm\".",
            "The hidden cell",
            "(your bet, 1 to 300, on top of its 200; empty line: nothing)",
            "Cities, 200; 1 left",
            "ulm again, again today",
            "-250, score 50",
            "The board is cleared: 3 of 5 right, score 50.",
            "Missed: 2 cards",
            "See these 2 again, without points? (y or n)",
            "5 reviews in ",
        ],
    );
    let found = played(&home);
    let cards: Vec<_> =
        found.iter().map(|(card, kind, rating, _)| (&**card, &**kind, *rating)).collect();
    assert_eq!(
        cards,
        [
            ("paris", "reviewed", 3),
            ("rome", "reviewed", 1),
            ("baltic", "reviewed", 3),
            ("bern", "reviewed", 3),
            ("ulm", "reviewed", 1),
        ]
    );
    let points: Vec<i64> = found.iter().map(|(.., points)| points.as_i64().unwrap()).collect();
    assert_eq!(points, [100, -200, 300, 100, -250]);
}

#[test]
fn what_is_due_or_let_in_is_a_review_and_all_else_is_practice() {
    let home = home();
    home.config("new_per_day: 1\n");
    home.on(0).ok("grade rome good");
    home.on(0).ok("grade bern good");
    // A day later both are due; of the new ones one is let in.
    let lines = "cap200\nrome\ncap100\nparis\ncap300\nriga\ntallinn\n\nci100\n\ny\n";
    let out = home.on(1).input(lines).run("board --plain").exits(0).out;
    assert_eq!(board(&out)[0], "Capitals: 100 new, 200 due known 90 %, 300 new", "{out}");
    assert!(out.contains("Capitals, 300, for practice; 3 left"), "{out}");
    assert!(out.contains("baltic good, for practice"), "{out}");
    assert!(out.contains("3 reviews and 1 for practice in "), "{out}");
    let kinds: Vec<_> =
        played(&home)[2..].iter().map(|(card, kind, ..)| format!("{card} {kind}")).collect();
    assert_eq!(kinds, ["rome reviewed", "paris reviewed", "baltic practised", "bern reviewed"]);
    // Practice moved nothing.
    assert_eq!(home.on(1).card("baltic")["stage"], "new");
    assert_eq!(home.on(1).card("rome")["interval_days"], 6);
}

#[test]
fn new_cards_wait_as_in_a_review_while_something_is_overdue() {
    let home = home();
    home.config("new_while_behind: no\n");
    let out = home.on(0).input("ci200\n\ny\n:l\n").run("board --plain").exits(0).out;
    let lists = board(&out);
    assert_eq!(lists[..2], ["Capitals: 100, 200, 300", "Cities: 100, 200 due known 4 %"]);
    assert_eq!(lists[2..], ["Capitals: 100 new, 200 new, 300 new", "Cities: 100 new, 200 right"]);
}

#[test]
fn a_board_broken_off_goes_on_the_same_day_and_not_the_next() {
    let home = home();
    let first = home.on(0).input("cap100\nparis\ncap200\nx\n").run("board --plain").exits(0).out;
    assert!(first.contains("Broken off: 1 of 2 right, score -"), "{first}");
    in_order(&first, &["3 of 5 cells are left", "today `retain", "goes on here."]);
    let next = home.at("2026-11-24T23:00").input(":l\n").run("board --plain").exits(0).out;
    assert!(next.contains("Going on with today's game: score -"), "{next}");
    assert_eq!(board(&next)[0], "Capitals: 100 right, 200 wrong, 300 new");
    // What was won stays, also where its card is put aside.
    home.at("2026-11-24T23:01").ok("suspend paris");
    let aside = home.at("2026-11-24T23:02").input(":l\ncap300\nriga\nvilnius\n\n");
    let aside = aside.run("board --plain").exits(0).out;
    assert!(aside.contains("Going on with today's game: score -100, 3 of 5"), "{aside}");
    assert_eq!(board(&aside)[0], "Capitals: 100 right, 200 wrong, 300 new");
    assert!(aside.contains("In this sitting: 1 review in "), "{aside}");
    home.at("2026-11-24T23:03").ok("undo 2");
    // Another choice of decks is another game.
    let other = home.at("2026-11-24T23:00").ok("board --plain cities");
    assert!(!other.contains("Going on"), "{other}");
    // What was taken back is open again, from here or from elsewhere.
    home.at("2026-11-24T23:10").ok("undo");
    let undone = home.at("2026-11-24T23:20").input(":u\n").run("board --plain").exits(0).out;
    in_order(
        &undone,
        &[
            "score 100, 4 of 5 cells left",
            "Taken back: paris good",
            "Score 0, 5 of 5",
            "Nothing was played.",
        ],
    );
    assert_eq!(played(&home), []);
    home.at("2026-11-24T23:30").input("cap100\nparis\n").run("board --plain").exits(0);
    let tomorrow = home.on(1).ok("board --plain");
    assert!(!tomorrow.contains("Going on") && tomorrow.contains("5 of 5 cells left"), "{tomorrow}");
}

#[test]
fn a_cleared_board_begins_anew_as_practice_and_cards_of_a_cell_take_turns() {
    let home = Home::with(
        "cards:\n- {id: one, front: one?, back: '1', value: 100, category: N}\n- {id: two, front: two?, back: '2', value: 100, category: N}\n",
    );
    let play =
        |answer: &str| home.on(0).input(format!("n\n{answer}\n")).run("board --plain").exits(0).out;
    assert!(play("1").contains("one good, again tomorrow"));
    assert!(play("2").contains("two good, again tomorrow"));
    assert!(play("1").contains("one good, for practice"));
    assert!(play("2").contains("two good, for practice"));
    let kinds: Vec<_> =
        played(&home).into_iter().map(|(card, kind, ..)| format!("{card} {kind}")).collect();
    assert_eq!(kinds, ["one reviewed", "two reviewed", "one practised", "two practised"]);
}

#[test]
fn the_card_most_at_risk_is_hidden_and_takes_a_bet_up_to_the_score() {
    let home = cities();
    for (card, days) in [("paris", 0), ("rome", 0), ("paris", 8), ("bern", 17)] {
        home.on(days).ok(&format!("grade {card} good"));
    }
    home.on(8).ok("grade rome again");
    home.on(8).ok("grade rome good");
    // Rome comes back after a day and waits for ten, the others wait as long and come back later.
    let lines = "cap100\nparis\ncap200\n101\nx\n100\nrome\ncap300\n\ny\n";
    let out = home.on(18).input(lines).run("board --plain").exits(0).out;
    in_order(
        &out,
        &[
            "+100, score 100",
            "The hidden cell",
            "(your bet, 1 to 100, on top of its 200; empty line: nothing)",
            "\"101\" is no bet here.",
            "\"x\" is no bet here.",
            "Question: Capital of Italy?",
            "+300, score 400",
        ],
    );
    assert!(!out[out.find("+300").unwrap()..].contains("hidden"), "it is found once");
    let bet: Vec<Value> = home
        .sql()
        .prepare("SELECT extra -> '$.board' FROM history WHERE extra LIKE '%board%' ORDER BY seq")
        .unwrap()
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap()
        .map(|text| serde_json::from_str::<Value>(&text.unwrap()).unwrap())
        .collect();
    assert_eq!(
        bet.iter().map(|it| (it["points"].clone(), it["bet"].clone())).collect::<Vec<_>>(),
        [(json!(100), Value::Null), (json!(300), json!(100)), (json!(300), Value::Null)]
    );
    assert!(bet.iter().all(|it| it["game"] == bet[0]["game"]));
}

#[test]
fn who_owes_points_has_nothing_to_bet_and_an_empty_line_bets_nothing() {
    let home = Home::with(
        "cards:\n- {id: a, front: a?, back: b, value: 100, category: A}\n- {id: c, front: c?, back: d, value: 200, category: A}\n",
    );
    home.on(0).ok("grade c good");
    let poor = home.on(3).input("a2\nx\n").run("board --plain").exits(0).out;
    in_order(
        &poor,
        &["The hidden cell", "There is nothing to bet yet.", "Question: c?", "-200, score -200"],
    );
    home.on(3).ok("undo");
    let rich = home.on(3).input("a1\nb\na2\n\nd\n").run("board --plain").exits(0).out;
    in_order(
        &rich,
        &["+100, score 100", "your bet, 1 to 100", "+200, score 300", "cleared: 2 of 2 right"],
    );
}

#[test]
fn how_sure_one_is_is_kept_and_held_against_what_came() {
    let home = home();
    let lines = "cap100\n90\nparis\ncap200\n60\n99 %\nMadrid\ncap300\n\nriga\ntallinn\n\n";
    let out = home.on(0).input(lines).run("board --plain --confidence").exits(0).out;
    in_order(
        &out,
        &[
            "Question: Capital of France?",
            "(how sure are you: 50, 70, 90 or 99 percent",
            "Right.",
            "\"60\" is none of them.",
        ],
    );
    let json = home.on(0).json("stats --json --section calibration");
    assert_eq!(
        json["calibration"],
        json!([{"said": 90, "passed": 1, "failed": 0}, {"said": 99, "passed": 0, "failed": 1}])
    );
}

#[test]
fn what_was_missed_can_be_seen_again_and_wins_nothing() {
    let home = Home::with(
        "cards:\n- {id: a, front: a?, back: b, value: 100, category: A}\n- {id: c, front: c?, back: d, value: 200, category: A}\n",
    );
    let out = home.on(0).input("a1\nx\na2\nx\ny\nb\n\nn\n").run("board --plain").exits(0).out;
    in_order(
        &out,
        &[
            "The board is cleared: 0 of 2 right, score -300.",
            "See these 2 again, without points? (y or n)",
            "a good, again tomorrow (a repeat",
            "c again",
        ],
    );
    assert_eq!(
        played(&home),
        [
            answer("a", "reviewed", 1, -100),
            answer("c", "reviewed", 1, -200),
            answer("a", "reviewed", 3, Value::Null),
            answer("c", "reviewed", 1, Value::Null),
        ]
    );
    // The cleared game stays as it is: the next one is new.
    assert!(home.on(0).ok("board --plain").contains("2 of 2 cells left"));
}

#[test]
fn whoever_leaves_within_a_question_has_answered_nothing() {
    let home = home();
    for lines in [
        "cap100\n",
        "cap100\n\n",
        "cap100\n:q\n",
        "cap100\n\n:q\n",
        "ci100\n:h\n:?\n:u\n:s\n5\n\n3\nmaybe\n:q\n",
    ] {
        let out = home.on(0).input(lines).run("board --plain").exits(0).out;
        assert!(out.contains("Nothing was played."), "{lines:?}: {out}");
        assert_eq!(played(&home), [], "{lines:?}");
    }
}

#[test]
fn decks_are_chosen_and_what_cannot_be_played_is_named() {
    let home = home();
    home.deck("lang/fr", "cards: [{id: f, front: f?, back: g, value: 50}]\n");
    home.deck("lang/it", "cards: [{id: i, front: i?, back: j, value: 60}]\n");
    home.deck("bare", "cards: [{id: b, front: b?, back: c}]\n");
    let out = home.on(0).ok("board --plain lang");
    assert!(
        out.contains("fr: 50 new") && out.contains("it: 60 new") && !out.contains("Capitals"),
        "{out}"
    );
    assert!(home.on(0).ok("board --plain fr cities").contains("Score 0, 6 of 6"));
    home.on(0).run("board nowhere").exits(1).says("no deck \"nowhere\"");
    home.on(0).run("board bare").exits(1).says("no card of bare has a value").says("value: 100");
    home.on(0).ok("suspend f");
    home.on(0).run("board fr").exits(1).says("1 card is set aside (suspended)");
    assert!(!home.on(0).ok("board --plain lang").contains("fr: "), "what is put aside is no cell");
    let empty = Home::new();
    empty.on(0).run("board").exits(1).says("there are no decks in");
    let none = Home::with("cards: []\n");
    none.on(0).run("board").exits(1).says("no cards yet");
}

#[test]
fn a_board_is_read_from_a_table_and_played() {
    let home = Home::new();
    home.on(0).ok("init");
    let csv = "category,value,clue,response\nRivers,\"$1,000\",Through Rome,What is the Tiber?\nRivers,200,Through Paris,\"\"\"Seine\"\" or \"\"La Seine\"\"\"\nPeaks,200,True or false: Everest is the highest,TRUE\nPeaks,200,Highest in Europe,Elbrus\n";
    home.file("board.csv", csv);
    home.file("pets.md", "# Pets\n\n| category | value | clue | response |\n|---|---|---|---|\n| Cats | 100 | It purrs | What is a cat? |\n| Dogs | 100 | They bark | a dog \\| a hound |\n");
    let told = home.on(0).ok("import board.csv");
    assert!(told.contains("board.csv: table, a quiz board"), "{told}");
    let told = home.on(0).ok("import pets.md");
    assert!(told.contains("pets.md: Markdown, a quiz board"), "{told}");
    let cards = home.on(0).json("list --json");
    let shown: Vec<String> = cards["cards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| {
            format!("{} {} {}", card["card"], card["back"], card["accept"]).replace('"', "'")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "'board-rivers-1000' 'Tiber' []",
            "'board-rivers-200' 'Seine' ['La Seine']",
            "'board-peaks-200' 'True' []",
            "'board-peaks-200-2' 'Elbrus' []",
            "'pets-cats-100' 'cat' []",
            "'pets-dogs-100' ['a dog','a hound'] []",
        ]
    );
    let lines = "ri200\nla seine\np200\n1\nca\na cat\n";
    let out = home.on(0).input(lines).run("board --plain").exits(0).out;
    in_order(
        &out,
        &[
            "Rivers: 200 new, 1000 new",
            "Peaks: 200 new",
            "Through Paris",
            "Right.",
            "1. True",
            "It purrs",
            "Right.",
        ],
    );
    // A cell is known by its place, also where it is reworded; a second import changes nothing.
    home.file("board.csv", &csv.replace("Through Rome", "It flows through Rome"));
    let again = home.on(0).ok("import board.csv");
    assert!(again.contains("1 updated") || again.contains("1 changed"), "{again}");
    let again = home.on(0).ok("import board.csv pets.md");
    assert!(!again.contains(" new") && !again.contains("changed"), "{again}");
    assert_eq!(home.on(0).listed("value>0").len(), 6);
}

#[test]
fn a_category_commands_no_terminal() {
    let home = Home::with(
        "cards: [{id: a, front: a?, back: b, value: 100, category: \"x\\e[31mred\\u202e\"}]\n",
    );
    let ran = home.on(0).input("x\nb\n").run("board --plain").exits(0);
    assert!(!ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}'), "{}", ran.out);
    assert!(ran.out.contains("a good"), "{}", ran.out);
}
