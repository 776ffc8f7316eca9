//! Forty columns, and a width that changes under way.

use crate::support::*;

/// Everything a card can have, longer than a narrow line.
const WIDE: &str = "\
deck: A deck whose name does not fit into a line of forty columns by any means
cards:
  - id: a-card-with-an-id-that-is-rather-long-for-a-narrow-screen
    front: A question of many words that has to be broken into several lines, and a-word-that-is-wider-than-the-whole-line-of-forty-columns-is
    back: [the first of three answers is a long one too, 日本語の長い答えは幅が二倍になるので早く折り返す必要がある, short]
    need: 2
    ordered: true
    hint: The hint is no shorter than the question was, as it happens to be
    why: https://example.org/an/address/without/any/blank/that/is/wider/than/forty/columns
    source: a book with a long title, page one thousand two hundred and thirty-four
    value: 100000
  - id: second
    front: x
    back: y
  - id: third
    front: z
    back: 👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀
  - id: fourth
    front: v
    back: w
";

fn fits(terminal: &Terminal, columns: u16) {
    let mut broken = broken_lines(&terminal.output(), columns);
    // An address is one word, to be copied: the terminal breaks it.
    broken.retain(|line| !line.contains("://") && line.trim().contains(' '));
    assert!(broken.is_empty(), "wider than {columns} columns: {broken:#?}");
}

/// Presses everything there is on a card, and leaves with a miss to be named.
fn press_everything(terminal: &mut Terminal) {
    terminal.wait_for("space: answer");
    terminal.press_for("h", "int");
    terminal.press_for("i", "new");
    terminal.press_for("?", "leave");
    terminal.press_for("x", "does nothing");
    terminal.press_for(" ", "easy");
    terminal.press_for("x", "does nothing");
    terminal.press_for("1", "space: answer");
    terminal.press_for("s", "space: answer");
    terminal.press_for("b", "space: answer");
    terminal.press_for("u", "Taken back");
    terminal.wait_for("space: answer");
    terminal.press_for("q", "Missed");
}

#[test]
fn a_review_fits_into_narrow_screens() {
    for columns in [20, 30, 40] {
        let home = Home::with(&[("wide.yaml", WIDE)]);
        let mut terminal = Terminal::start(&home, columns, &["review"]);
        press_everything(&mut terminal);
        terminal.ends_sane(0);
        fits(&terminal, columns);

        let mut terminal = Terminal::start(&home, columns, &["review"]);
        terminal.wait_for("Going on");
        terminal.wait_for("space: answer");
        terminal.press("q");
        terminal.ends_sane(0);
        fits(&terminal, columns);
    }
}

#[test]
fn the_offer_and_the_starter_decks_fit_into_forty_columns() {
    let home = Home::fresh();
    let mut terminal = Terminal::start(&home, 40, &["review"]);
    terminal.wait_for("Put them there?");
    terminal.press_for("\r", "space: answer");
    for _ in 0..4 {
        terminal.press_for(" ", "easy");
        terminal.press_for("2", "space: answer");
    }
    terminal.press("\u{3}");
    terminal.ends_sane(130);
    // The home's own path is one word that nobody can break well.
    let path = home.path().to_string_lossy().into_owned();
    let broken = broken_lines(&terminal.output(), 40);
    let others: Vec<_> = broken.iter().filter(|line| !line.contains(&path[..12])).collect();
    assert!(others.is_empty(), "wider than 40 columns: {others:#?}");
}

#[test]
fn a_resize_counts_from_the_next_thing_shown() {
    let home = Home::starter();
    let mut terminal = Terminal::start(&home, 100, &["review"]);
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    assert!(!broken_lines(&terminal.output(), 40).is_empty(), "wide at first");
    for (columns, fill) in [(40, 36), (120, 101), (60, 50)] {
        let before = terminal.output().len();
        terminal.resize(columns);
        terminal.press_for("3", "space: answer");
        terminal.press_for(" ", "easy");
        let after = terminal.output()[before..].to_vec();
        assert_eq!(broken_lines(&after, columns), Vec::<String>::new(), "at {columns}");
        let text = text_of(&after, columns);
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest >= fill, "the header fills {columns} columns, not {widest}");
    }
    terminal.press("q");
    terminal.ends_sane(0);
}
