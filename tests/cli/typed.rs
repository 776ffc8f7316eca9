//! Answers that are typed, in lines.

use serde_json::{Value, json};

use super::support::{Home, in_order};

const WORDS: &str = "cards:\n  - {id: dog, front: dog, back: el perro, hint: it barks}\n";

const BALTIC: &str = "options: {typed: true}\ncards:\n  - id: baltic\n    front: Name the Baltic capitals.\n    back: [Tallinn, Riga, Vilnius]\n";

/// Returns what was typed in each answer, as the history keeps it.
fn typed(home: &Home) -> Vec<Value> {
    let db = home.sql();
    let mut rows = db.prepare("SELECT extra -> '$.typed' FROM history ORDER BY seq").unwrap();
    let rows = rows.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
    rows.map(|row| row.unwrap().map_or(Value::Null, |row| serde_json::from_str(&row).unwrap()))
        .collect()
}

#[test]
fn an_answer_is_typed_only_where_somebody_wants_it() {
    let asks = |deck: &str, config: &str, line: &str| {
        let home = Home::with(deck);
        home.config(config);
        home.on(0).input(":q\n").ok(line).contains("type the answer")
    };
    let own = WORDS.replace("hint:", "typed: true, hint:");
    let never = WORDS.replace("hint:", "typed: false, hint:");
    let deck = format!("options: {{typed: true}}\n{WORDS}");
    assert!(!asks(WORDS, "", "review --plain"));
    assert!(asks(WORDS, "", "review --plain --typed"));
    assert!(asks(WORDS, "typed: true", "review --plain"));
    assert!(asks(&deck, "", "review --plain"));
    assert!(asks(&own, "", "review --plain"));
    assert!(!asks(&never, "typed: true", "review --plain --typed"));
}

#[test]
fn a_right_answer_proposes_good_a_near_one_hard_and_a_wrong_one_again() {
    for (answer, said, grade) in [
        ("El Perro!", "Right.\nAnswer: el perro\n", "good"),
        ("EL PERO", "Nearly right: EL PERO\nDifference: el per{+r+}o\nAnswer: el perro\n", "hard"),
        ("el pero", "Nearly right: el pero\nDifference: el per{+r+}o\nAnswer: el perro\n", "hard"),
        ("el gato", "Wrong: el gato\nAnswer: el perro\n", "again"),
    ] {
        let home = Home::with(WORDS);
        let output = home.on(0).input(format!("{answer}\n\n:q\n")).ok("review --plain --typed");
        in_order(&output, &[said, &format!("empty line: {grade})"), &format!("dog {grade}, ")]);
        assert_eq!(typed(&home), [json!(answer)]);
    }
}

#[test]
fn the_learner_may_grade_otherwise_than_proposed() {
    let home = Home::with(WORDS);
    let output = home.on(0).input("el gato\n4\n").ok("review --plain --typed");
    assert!(output.contains("dog easy, "), "{output}");
}

#[test]
fn an_empty_line_reveals_and_nothing_was_typed() {
    let home = Home::with(WORDS);
    let output = home.on(0).input("\n\n").ok("review --plain --typed");
    in_order(
        &output,
        &["(type the answer; empty line: see it; :h a hint;", "Answer: el perro", "dog good, "],
    );
    assert!(!output.contains("Right") && !output.contains("Wrong"), "{output}");
    assert_eq!(typed(&home), [Value::Null]);
}

#[test]
fn commands_begin_with_a_colon_and_a_doubled_one_is_the_text() {
    let home = Home::with("cards:\n  - {id: v, front: quit vim, back: \":q\", hint: colon}\n");
    let output = home.on(0).input(":h\n::q\n\n").ok("review --plain --typed");
    in_order(&output, &["Hint: colon", "Right.", "v good, "]);
    assert_eq!(typed(&home), [json!(":q")]);
}

#[test]
fn a_list_is_typed_an_item_a_line_and_an_empty_line_ends_it() {
    let home = Home::with(BALTIC);
    let lines = "vilnius\n:h\nRigga\nKaunas\n\n\n";
    let output = home.on(0).input(format!("{lines}:q\n")).ok("review --plain");
    let parts = [
        "(type the answer, an item a line, and an empty line behind the last",
        "This card has no hint.",
        "Missing: Tallinn\nNearly right: Rigga, for Riga\nRight: Vilnius\nNot in the answer: Kaunas\n",
        "Wrong as a whole.",
        "baltic again, ",
    ];
    in_order(&output, &parts);
    assert_eq!(typed(&home), [json!(["vilnius", "Rigga", "Kaunas"])]);
    let output = home.on(1).input("riga, tallinn\nVilnius\n\n\n").ok("review --plain");
    in_order(&output, &["Right as a whole.", "baltic good, "]);
}

#[test]
fn input_that_ends_within_a_list_answers_nothing() {
    let home = Home::with(BALTIC);
    home.on(0).input("Riga\n").ok("review --plain");
    assert_eq!(typed(&home), [Value::Null; 0]);
}

#[test]
fn of_a_list_as_many_items_are_enough_as_it_needs() {
    let home = Home::with(&BALTIC.replace("    back", "    need: 2\n    back"));
    let output = home.on(0).input("riga\nTallinn\n\n\n").ok("review --plain");
    in_order(&output, &["(any 2 of 3)", "Right as a whole.", "baltic good, "]);
    assert!(!output.contains("Missing"), "{output}");
}

#[test]
fn what_stands_in_a_gap_is_typed() {
    let home = Home::with("cards:\n  - {id: fr, cloze: \"{{c1::Paris}} is in {{c2::France}}\"}\n");
    let output = home.on(0).input("paris\n\n").ok("review --plain --typed");
    in_order(&output, &["Question: [...] is in France", "Right.", "fr/c1 good, "]);
}

#[test]
fn of_choices_a_number_is_taken_all_the_same() {
    let deck = "cards:\n  - {id: t, front: yes?, choices: [\"yes\", \"no\"], back: \"yes\"}\n";
    let output = Home::with(deck).on(0).input("1\n\n").ok("review --plain --typed");
    in_order(&output, &["1 to 2: your choice", "Right.", "t good, "]);
}

#[test]
fn practice_keeps_what_was_typed_too() {
    let home = Home::with(WORDS);
    home.on(0).input("gato\n\n").ok("review --plain --typed --cram");
    assert_eq!(typed(&home), [json!("gato")]);
}

#[test]
fn accents_count_where_the_settings_say_so() {
    let home = Home::with("cards:\n  - {id: c, front: coffee, back: café}\n");
    home.config("fold_accents: false");
    let output = home.on(0).input("cafe\n\n").ok("review --plain --typed");
    assert!(!output.contains("Right."), "{output}");
    home.on(0).ok("undo");
    home.config("fold_accents: true");
    let output = home.on(0).input("cafe\n\n").ok("review --plain --typed");
    assert!(output.contains("Right."), "{output}");
}

#[test]
fn undo_takes_a_wording_that_was_made_to_count_out_of_the_deck_first() {
    let deck = "# mine\ncards:\n  - {id: a, front: eins, back: one}\n  - {id: b, front: zwei, back: two}\n";
    let home = Home::with(deck);
    let lines = "one\n\nzweie\n:a\n:u\n\n:q\n";
    let output = home.on(0).input(lines).ok("review --plain --typed");
    let parts = [
        "a good, again tomorrow",
        "\"zweie\" counts from now on",
        "empty line: good)",
        "Taken back: what you typed does not count, and is out of the deck.",
        "empty line: again)",
        "b again, again today",
    ];
    in_order(&output, &parts);
    assert_eq!(std::fs::read_to_string(home.path().join("decks/deck.yaml")).unwrap(), deck);
    assert_eq!(home.on(0).card("a")["reviews"], 1, "the answer before stands");
}

#[test]
fn a_wording_that_is_made_to_count_stands_in_the_deck_and_counts_from_then_on() {
    let deck = "# mine\ncards:\n  - front: to get # once\n    back: recibir\n\n  - {id: b, front: c, back: d}\n";
    let home = Home::with(deck);
    let output = home.on(0).input(":a\nobtener\n:a\n\n:q\n").ok("review --plain --typed");
    let parts = [
        "See the answer first.",
        "Wrong: obtener",
        ":a: what you typed is right\ntoo; empty line: again)",
        "\"obtener\" counts from now on; it stands in `accept` in decks/deck.yaml",
        "empty line: good)",
        " good, again tomorrow",
    ];
    in_order(&output, &parts);
    assert_eq!(
        std::fs::read_to_string(home.path().join("decks/deck.yaml")).unwrap(),
        deck.replace("recibir\n", "recibir\n    accept: [obtener]\n")
    );
    // The card is the same one, and not taken for changed.
    let cards = home.on(1).json("list --json");
    let card = &cards["cards"][0];
    assert_eq!((&card["reviews"], &card["changed"]), (&json!(1), &json!(false)));
    let output = home.on(1).input("Obtener\n\n").ok("review --plain --typed get");
    in_order(&output, &["Right.", " good, "]);
}

#[test]
fn what_cannot_be_made_to_count_is_graded_all_the_same() {
    // A wording of the front, and one for one gap of several, would count in the wrong place.
    let deck = "cards:\n  - {id: a, front: dog, back: perro, reverse: true}\n  - {id: b, cloze: \"{{c1::x}} and {{c2::yy}}\"}\n";
    let home = Home::with(deck);
    let at = home.on(0);
    at.ok("grade a good");
    at.ok("grade b/c1 good");
    let output =
        home.on(1).input("wrong\n:a\n2\nwrong\n:a\n2\n").ok("review --plain --typed is:new");
    assert!(!output.contains(":a: what you typed"), "{output}");
    assert!(output.contains("Nothing was typed here that could be made to count."), "{output}");
    assert!(output.contains("a/reverse hard, ") && output.contains("b/c2 hard, "), "{output}");
    assert_eq!(std::fs::read_to_string(home.path().join("decks/deck.yaml")).unwrap(), deck);
}

#[test]
fn a_wording_of_a_list_counts_for_the_whole_of_it() {
    let home = Home::with(BALTIC);
    let output = home.on(0).input("Reval\nRiga\nWilna\n\n:a\n\n").ok("review --plain");
    in_order(
        &output,
        &["Wrong as a whole.", "\"Reval, Riga, Wilna\" counts from now on", "baltic good, "],
    );
    let output = home.on(1).input("reval\nriga\nwilna\n\n\n").ok("review --plain");
    in_order(&output, &["Right as a whole.", "baltic good, "]);
}
