//! Answers that are typed, on a terminal.

use crate::support::*;

const WORDS: &str = "options: {typed: true}\ncards:\n- {id: dog, front: dog, back: el perro, hint: it barks}\n- {id: cat, front: cat, back: el gato}\n";

/// Returns what was typed in each answer, as JSON.
fn typed(home: &Home) -> Vec<String> {
    let db = home.database();
    let mut rows = db.prepare("SELECT extra -> '$.typed' FROM history ORDER BY seq").unwrap();
    let rows = rows.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
    rows.map(|row| row.unwrap().unwrap_or_default()).collect()
}

#[test]
fn a_typed_answer_is_judged_and_enter_takes_the_proposal() {
    let home = Home::with(&[("es.yaml", WORDS)]);
    for columns in [80, 40] {
        let mut terminal = Terminal::start(&home, columns, &["review", "--cram"]);
        terminal.wait_for("> ");
        terminal.press_for(":h\r", "Hint: it barks");
        terminal.wait_for("> ");
        // What is typed can be mended before Enter.
        terminal.press_for("el perx\u{7f}o\r", "≈ nearly: el per{+r+}o");
        terminal.wait_for("Enter: hard");
        terminal.press_for("\r", "hard, for practice");
        terminal.wait_for("> ");
        terminal.press_for("EL GATO.\r", "✓ right");
        terminal.wait_for("Enter: good");
        terminal.press_for("\r", "[status");
        terminal.ends_sane(0);
    }
    assert_eq!(typed(&home), ["\"el pero\"", "\"EL GATO.\"", "\"el pero\"", "\"EL GATO.\""]);
}

#[test]
fn the_items_of_a_list_have_a_tick_each() {
    let deck = "cards:\n- {id: b, front: capitals, back: [Tallinn, Riga, Vilnius], typed: true}\n";
    let home = Home::with(&[("b.yaml", deck)]);
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("1> ");
    terminal.press_for("riga\r", "2> ");
    terminal.press_for("Kaunas\r", "3> ");
    terminal.press_for("\r", "✗ Tallinn (missing)");
    for line in [
        "✓ Riga",
        "✗ Vilnius (missing)",
        "+ Kaunas (not in the answer)",
        "1 of 3 named",
        "Enter: again",
    ] {
        terminal.wait_for(line);
    }
    terminal.press_for(":", ": does nothing here");
    terminal.press_for("q", "[status");
    assert_eq!(home.answers(), [], "leaving grades nothing");
}

#[test]
fn a_typed_prompt_is_left_as_any_other() {
    let home = Home::with(&[("es.yaml", WORDS)]);
    for (keys, status) in [("\u{4}", 0), ("\u{1b}", 0), (":q\r", 0), ("el pe\u{3}", 130)] {
        let mut terminal = Terminal::start(&home, 80, &["review"]);
        terminal.wait_for("> ");
        terminal.press_for(keys, "Nothing answered");
        terminal.ends_sane(status);
    }
    assert_eq!(home.answers(), []);
}

#[test]
fn escape_empties_a_line_before_it_leaves_and_takes_no_key_with_it() {
    let home = Home::with(&[("es.yaml", WORDS)]);
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("> ");
    terminal.press_for("el gato", "el gato");
    terminal.press("\u{1b}");
    std::thread::sleep(std::time::Duration::from_millis(200));
    terminal.press_for("el perro\r", "✓ right");
    terminal.press_for("\r", "→ good");
    terminal.wait_for("type the answer · empty: see it · :u undo");
    std::thread::sleep(std::time::Duration::from_millis(300));
    terminal.press_for("\u{1b}", "left for today");
    terminal.ends_sane(0);
    assert_eq!(typed(&home), ["\"el perro\""]);
}

#[test]
fn a_signal_at_a_typed_prompt_leaves_the_terminal_as_it_was() {
    let home = Home::with(&[("es.yaml", WORDS)]);
    for (signal, status) in [("TERM", 143), ("HUP", 129)] {
        let mut terminal = Terminal::start(&home, 80, &["review"]);
        terminal.wait_for("> ");
        terminal.press_for("el pe", "el pe");
        terminal.signal(signal);
        terminal.ends_sane(status);
        let output = terminal.output();
        let (on, off) = (&b"\x1b[?2004h"[..], &b"\x1b[?2004l"[..]);
        let count = |part: &[u8]| output.windows(part.len()).filter(|it| *it == part).count();
        assert_eq!(count(on), count(off), "pastes are marked no longer");
    }
}

#[test]
fn letters_of_two_columns_are_erased_whole() {
    let home =
        Home::with(&[("ja.yaml", "cards:\n- {id: n, front: cat, back: ねこ, typed: true}\n")]);
    let mut terminal = Terminal::start(&home, 40, &["review"]);
    terminal.wait_for("> ");
    terminal.press_for("ねここ", "ねここ");
    terminal.press("\u{7f}");
    terminal.press_for("\r", "✓ right");
    let screen = text_of(&terminal.output(), 40);
    assert!(screen.lines().any(|line| line.trim_end() == "  > ねこ"), "{screen}");
}

#[test]
fn a_list_can_be_pasted_whole() {
    let deck = "cards:\n- {id: b, front: capitals, back: [Tallinn, Riga], typed: true}\n";
    let home = Home::with(&[("b.yaml", deck)]);
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("1> ");
    terminal.press("\u{1b}[200~Riga\nTallinn\u{1b}[201~");
    terminal.press_for("\r", "3> ");
    terminal.press_for("\r", "2 of 2 named");
}

#[test]
fn keys_from_before_a_question_are_no_part_of_its_answer() {
    let home = Home::with(&[("es.yaml", WORDS)]);
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("> ");
    terminal.press_for("\r", "4 easy");
    // The grade, and impatient keys with it.
    terminal.press("3");
    terminal.send("x\r");
    terminal.wait_for("cat");
    terminal.wait_for("> ");
    terminal.press_for("el gato\r", "✓ right");
}

#[test]
fn one_key_counts_a_wording_and_writes_it_into_the_deck() {
    let home = Home::with(&[("es.yaml", WORDS)]);
    let mut terminal = Terminal::start(&home, 80, &["review", "id:dog"]);
    terminal.wait_for("> ");
    terminal.press_for("can\r", "✗ not: can");
    terminal.wait_for("a: what you typed is right too, from now on");
    terminal.press_for("a", "\"can\" counts from now on; it stands in `accept` in");
    terminal.wait_for("Enter: good");
    terminal.press_for("a", "a does nothing here");
    terminal.press_for("\r", "→ good, again tomorrow");
    terminal.ends_sane(0);
    let deck = std::fs::read_to_string(home.path().join("decks/es.yaml")).unwrap();
    assert_eq!(deck, WORDS.replace("el perro,", "el perro, accept: [can],"));
}

#[test]
fn a_deck_that_cannot_be_written_costs_no_grade() {
    let home = Home::with(&[("es.yaml", WORDS)]);
    let mut terminal = Terminal::start(&home, 80, &["review", "id:dog"]);
    terminal.wait_for("> ");
    terminal.press_for("can\r", "✗ not: can");
    // Another program edits the card meanwhile.
    home.write("es.yaml", "cards:\n- {id: cat, front: cat, back: el gato}\n");
    terminal.press_for("a", "this card has no place for it");
    terminal.wait_for("Enter: again");
    terminal.press_for("3", "→ good");
    terminal.ends_sane(0);
    assert_eq!(home.answers(), [("dog".to_owned(), 3)]);
}

#[test]
fn an_editor_has_the_terminal_to_itself_and_the_review_goes_on() {
    let home = Home::with(&[("a.yaml", "cards:\n- {id: a, front: wrnog, back: b}\n")]);
    // It needs lines and an echo, as a shell gives them.
    let script = home.path().join("editor");
    let text = "#!/bin/sh\nstty -a | grep -qw icanon && stty -a | grep -qw echo && printf 'word? '\nread word\nsed -i \"s/wrnog/$word/\" \"$1\"\n";
    std::fs::write(&script, text).unwrap();
    let editor = format!("sh {}", script.display());
    let mut terminal = Terminal::start_with(&home, 80, &["review"], &[("EDITOR", &editor)]);
    terminal.wait_for("space: answer");
    terminal.press_for("e", "word? ");
    terminal.press_for("wrong\n", "a: edited");
    terminal.wait_for("wrong");
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    terminal.press_for("3", "→ good");
    terminal.ends_sane(0);
}
