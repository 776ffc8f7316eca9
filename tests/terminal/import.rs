//! A board that does not say where its cells belong, and a person who does.

use crate::support::*;

const BOARD: &str =
    "Cats\nDogs\n100\ncat one\n\n1\n\n100\ndog one\n\n2\n\n200\nA cat that barks\n\nx\n";

#[test]
fn cells_of_a_short_row_are_asked_about() {
    let home = Home::fresh();
    let board = home.path().join("board.txt");
    std::fs::write(&board, BOARD).unwrap();
    let mut terminal = Terminal::start(&home, 80, &["import", board.to_str().unwrap()]);
    terminal.wait_for("Which category is it of?");
    terminal.press("\r");
    terminal.ends_sane(0);
    assert!(terminal.output_text().contains("3 cards added"));
    let cards = home.json(&["list", "--json", "id:cats-200"]);
    assert_eq!(cards["cards"][0]["category"], "Cats");
    // It is remembered, so that it is not asked again.
    assert!(home.ok(&["import", board.to_str().unwrap()]).contains("3 there already"));
}

#[test]
fn a_question_that_is_left_by_ctrl_c_leaves_nothing_behind() {
    let home = Home::fresh();
    let board = home.path().join("board.txt");
    std::fs::write(&board, BOARD).unwrap();
    let mut terminal = Terminal::start(&home, 80, &["import", board.to_str().unwrap()]);
    terminal.wait_for("Which category is it of?");
    terminal.press("\u{3}");
    terminal.ends_sane(130);
    assert!(!home.path().join("decks").exists());
}

#[test]
fn what_is_pasted_is_read_up_to_ctrl_d_and_asked_about() {
    let home = Home::fresh();
    let mut terminal = Terminal::start(&home, 80, &["import", "-"]);
    terminal.wait_for("up to Ctrl-D");
    terminal.press(BOARD);
    terminal.press("\u{4}");
    terminal.wait_for("Which category is it of?");
    terminal.press("\r");
    terminal.ends_sane(0);
    assert!(terminal.output_text().contains("3 cards added"));
}

#[test]
fn the_command_that_places_cells_can_be_copied_whole() {
    let home = Home::fresh();
    let board = home.path().join("board.txt");
    let text = BOARD.replace("Cats", "House Cats & Others");
    std::fs::write(&board, text.replace("cat one", "house one")).unwrap();
    for columns in [40, 80] {
        let arguments = ["import", board.to_str().unwrap(), "--deck", "My pets", "--dry-run"];
        let mut terminal = Terminal::start(&home, columns, &arguments);
        terminal.ends_sane(0);
        let command = format!(
            "\r\n  retain import {} --deck 'My pets' --place '200.1=House Cats & Others'\r\n",
            board.display()
        );
        let output = terminal.output_text();
        assert!(output.contains(&command), "{columns}: {output}");
    }
}
