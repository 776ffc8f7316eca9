//! `add` with a person at the terminal, who is asked for what no flag says.

use crate::support::*;

fn deck(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path().join(format!("decks/{name}.yaml"))).unwrap()
}

#[test]
fn a_deck_is_found_by_some_letters_and_cards_are_asked_for_one_after_the_other() {
    let home = Home::with(&[
        ("geo.yaml", "cards: []\n"),
        ("lang/es.yaml", "cards: []\n"),
        ("sso.yaml", "cards: []\n"),
    ]);
    let mut terminal = Terminal::start(&home, 80, &["add", "--tag", "new"]);
    terminal.wait_for("Which deck?");
    terminal.press_for("les", "❯ lang/es");
    terminal.press_for("\r", "Front (empty: ends)>");
    terminal.press_for("the cat\r", "Back (empty: drops this card)>");
    terminal.press_for("el gato\r", "What else?");
    // Up to the hint, from the end.
    terminal.press_for("\u{1b}[A\u{1b}[A\u{1b}[A\u{1b}[A\r", "Hint (empty: none)>");
    terminal.press_for("meows\r", "What else?");
    terminal.press_for("\r", "added the-cat in decks/lang/es.yaml:2");
    terminal.wait_for("Front (empty: ends)>");
    terminal.press_for("{{猫}} is {{cat}}\r", "What else?");
    terminal.press_for("\r", "Front (empty: ends)>");
    terminal.press("\r");
    terminal.ends_sane(0);
    assert!(terminal.output_text().contains("2 cards added"));
    assert_eq!(
        deck(&home, "lang/es"),
        "cards:\n  - id: the-cat\n    front: the cat\n    back: el gato\n    hint: meows\n    tags:\n      - new\n  - id: is-cat-552b\n    cloze: \"{{猫}} is {{cat}}\"\n    tags:\n      - new\n"
    );
}

#[test]
fn a_fresh_home_gets_its_first_deck() {
    let home = Home::fresh();
    let mut terminal = Terminal::start(&home, 40, &["add"]);
    terminal.wait_for("Name of the new deck");
    terminal.press_for("Words\r", "Front (empty: ends)");
    terminal.press_for("front\r", "Back (empty: drops this card)");
    terminal.press_for("back\r", "What else?");
    terminal.press_for("\r", "added front in decks/words.yaml");
    terminal.press("\r");
    terminal.ends_sane(0);
    assert!(deck(&home, "words").starts_with("deck: Words\ncards:\n"));
}

#[test]
fn what_flags_say_is_not_asked_for() {
    let home = Home::fresh();
    let mut terminal = Terminal::start(&home, 80, &["add", "--deck", "d", "--front", "how?"]);
    terminal.wait_for("Back (empty: leaves)>");
    terminal.press("so\r");
    terminal.ends_sane(0);
    assert!(terminal.output_text().contains("added how in decks/d.yaml:2"));
    let mut terminal = Terminal::start(&home, 80, &["add", "--deck", "d", "--reverse"]);
    terminal.wait_for("Front (empty: ends)>");
    terminal.press_for("a {{gap}}\r", "What else?");
    terminal.press_for("\r", "added a-gap in");
    terminal.wait_for("Front (empty: ends)>");
    terminal.press_for("f\r", "Back (empty: drops this card)>");
    terminal.press_for("\r", "Front (empty: ends)>");
    terminal.press("\r");
    terminal.ends_sane(0);
    assert!(terminal.output_text().contains("1 card added"));
    assert!(!deck(&home, "d").contains("reverse"), "gaps have no other side");
}

#[test]
fn a_card_that_is_left_by_ctrl_c_or_escape_is_not_added() {
    let home = Home::with(&[("d.yaml", "cards: []\n")]);
    for (first, rest) in
        [("Which deck?", &[][..]), ("", &["\r", "f\r"]), ("", &["\r", "f\r", "b\r"])]
    {
        let mut terminal = Terminal::start(&home, 80, &["add"]);
        terminal.wait_for(first);
        let asked = ["Which deck?", "Front (empty", "Back (empty", "What else?"];
        terminal.wait_for(asked[0]);
        for (keys, next) in rest.iter().zip(&asked[1..]) {
            terminal.press_for(keys, next);
        }
        terminal.press("\u{3}");
        terminal.ends_sane(130);
    }
    let mut terminal = Terminal::start(&home, 80, &["add", "--deck", "d"]);
    terminal.wait_for("Front (empty");
    terminal.press_for("f\r", "Back (empty");
    terminal.press_for("b\r", "What else?");
    terminal.press_for("\u{1b}", "this card was left out");
    terminal.wait_for("Front (empty");
    terminal.press("\r");
    terminal.ends_sane(0);
    assert_eq!(deck(&home, "d"), "cards: []\n");
}

#[test]
fn a_card_gets_other_wordings_and_wrong_choices() {
    let home = Home::with(&[("d.yaml", "cards: []\n")]);
    let mut terminal = Terminal::start_shell(&home, 80, "TERM=dumb $0 add --deck d");
    terminal.wait_for("Front (a line, empty: ends)");
    terminal.press_for("Pick up a dog\r", "Back (a line, empty: drops this card)");
    terminal.press_for("recoger\r", "1 another wording that is right");
    terminal.wait_for("empty line: 9)");
    terminal.press_for("1\r", "Right, too (a line, empty: none)");
    terminal.press_for("levantar\r", "empty line: 7)");
    terminal.press_for("2\r", "empty line: 6)");
    terminal.press_for("\r", "added pick-up-a-dog in decks/d.yaml:2");
    terminal.press_for("Capital of Mali\r", "Back (a line, empty: drops this card)");
    terminal.press_for("Bamako\r", "3 wrong answers, to choose among");
    terminal.wait_for("empty line: 9)");
    terminal.press_for("3\r", "Wrong answer (a line, empty: no more)");
    for wrong in ["Dakar\r", "Niamey\r", "\r"] {
        terminal.press(wrong);
    }
    terminal.wait_for("empty line: 4)");
    terminal.press_for("\r", "added capital-of-mali in decks/d.yaml:8");
    terminal.press("\r");
    terminal.ends_sane(0);
    let deck = deck(&home, "d");
    assert!(deck.contains("    accept:\n      - levantar\n    typed: true\n"), "{deck}");
    let choices = "    choices:\n      - Bamako\n      - Dakar\n      - Niamey\n";
    assert!(deck.contains(choices), "{deck}");
}

#[test]
fn a_dumb_terminal_is_asked_in_lines_that_say_what_they_take() {
    let home = Home::with(&[("d.yaml", "cards: []\n"), ("e.yaml", "cards: []\n")]);
    let mut terminal = Terminal::start_shell(&home, 80, "TERM=dumb $0 add");
    terminal.wait_for("(1 to 2, or a name; empty line: a new one)");
    terminal.press_for("2\r", "Front (a line, empty: ends)");
    terminal.press_for("f\r", "Back (a line, empty: drops this card)");
    terminal.press_for("b\r", "(1 to 9, empty line: 9)");
    terminal.press_for("4\r", "Next part (a line, empty: none)");
    terminal.press_for("c\r", "(1 to 7, empty line: 7)");
    terminal.press_for("\r", "added f in decks/e.yaml:2");
    terminal.press("\r");
    terminal.ends_sane(0);
    assert!(deck(&home, "e").ends_with("    back:\n      - b\n      - c\n"));
    assert!(!terminal.output().contains(&0x1b), "{}", terminal.output_text());
}
