//! The board by keys, on the starter decks.

use serde_json::Value;

use crate::support::*;

/// What the history holds of games: kind, rating, and what was won or lost.
fn played(home: &Home) -> Vec<(String, i64, i64)> {
    let db = home.database();
    let mut statement = db
        .prepare(
            "SELECT kind, rating, extra ->> '$.board.points' FROM history
              WHERE kind IN ('reviewed', 'practised') AND lower(hex(id)) NOT IN
                (SELECT extra ->> '$.target' FROM history WHERE kind = 'retracted')
              ORDER BY seq",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

fn score(home: &Home) -> i64 {
    played(home).iter().map(|(.., points)| points).sum()
}

/// Has the card of the cell under the cursor asked.
fn open(terminal: &mut Terminal) {
    terminal.press("\r");
    terminal.wait_for_either("bet>", "empty: see it");
    if terminal.new_text().contains("bet>") {
        terminal.press_for("1\r", "empty: see it");
    }
}

/// Plays the cell under the cursor: sees the answer, and says whether it was right.
fn play(terminal: &mut Terminal, right: bool) {
    open(terminal);
    terminal.press_for("\r", "y: you were right");
    terminal.press(if right { "y" } else { "n" });
    terminal.wait_for_either("of 25 left", "is cleared");
}

fn whole_game(size: (u16, u16), variables: &[(&str, &str)]) -> (Home, Terminal) {
    let home = Home::starter();
    let mut terminal = Terminal::start_sized(&home, size, &["board"], variables);
    terminal.wait_for("25 of 25 left");
    for number in 0..25 {
        play(&mut terminal, number % 3 > 0);
    }
    let played = played(&home);
    let kinds: Vec<&str> = played.iter().map(|(kind, ..)| &**kind).collect();
    // Today lets twenty new cards in; the others are practice.
    assert_eq!(kinds, [vec!["reviewed"; 20], vec!["practised"; 5]].concat());
    for (number, (_, rating, points)) in played.iter().enumerate() {
        assert_eq!((*rating, *points > 0), if number % 3 > 0 { (3, true) } else { (1, false) });
    }
    terminal.wait_for("16 of 25 right");
    terminal.wait_for("Missed: 9 cards");
    terminal.wait_for("See these 9 again");
    let text = text_of(&terminal.output(), size.0);
    let came = format!("score {}", grouped(score(&home)));
    assert!(text.contains(&came), "{came}: {text}");
    // Each board stands once in the scroll-back, however often it was redrawn.
    assert_eq!(text.matches("── Score").count(), 25, "{text}");
    fits(&terminal, size.0);
    (home, terminal)
}

fn grouped(number: i64) -> String {
    let (sign, digits) = (if number < 0 { "-" } else { "" }, number.abs().to_string());
    match digits.len() {
        4.. => format!("{sign}{},{}", &digits[..digits.len() - 3], &digits[digits.len() - 3..]),
        _ => format!("{sign}{digits}"),
    }
}

fn fits(terminal: &Terminal, columns: u16) {
    let broken = broken_lines(&terminal.output(), columns);
    assert!(broken.is_empty(), "wider than {columns} columns: {broken:#?}");
}

#[test]
fn a_whole_game_on_a_usual_screen_in_colour() {
    let (home, mut terminal) = whole_game((80, 24), &[]);
    assert!(terminal.output_text().contains("\u{1b}[36m"), "new cards have a colour");
    // Once more through what was missed, without points.
    terminal.press_for("y", "9 left");
    terminal.press_for("\r", "y: you were right");
    terminal.press_for("y", "8 left");
    terminal.press_for(":q\r", "for practice");
    terminal.ends_sane(0);
    assert_eq!(home.answers().len(), 21);
}

#[test]
fn a_whole_game_on_a_usual_screen_without_colour() {
    let (_, mut terminal) = whole_game((80, 24), &[("NO_COLOR", "1")]);
    let coloured = terminal.output_text();
    // dialoguer's question is the only thing that may still style itself.
    let game = &coloured[..coloured.find("See these").unwrap()];
    assert!(!game.contains("\u{1b}[3") && !game.contains("\u{1b}[1m"), "a colour was shown");
    terminal.press("n");
    terminal.ends_sane(0);
}

#[test]
fn a_whole_game_on_a_small_screen_in_colour() {
    let (_, mut terminal) = whole_game((40, 20), &[]);
    terminal.press("n");
    terminal.ends_sane(0);
}

#[test]
fn a_whole_game_on_a_small_screen_without_colour() {
    let (_, mut terminal) = whole_game((40, 20), &[("NO_COLOR", "1")]);
    terminal.press("n");
    terminal.ends_sane(0);
}

#[test]
fn a_whole_game_through_a_pipe() {
    let home = Home::starter();
    let columns = ["d", "e", "l", "sc", "ss"];
    let names =
        columns.iter().flat_map(|column| (1..=5).map(move |row| format!("{column}{row}00")));
    // An empty line bets nothing, if there is a bet; one shows the answer, and one more is no harm.
    let lines: String = names.map(|name| format!("{name}\n\n\ny\n")).collect();
    let output = home.feed(&["board", "--plain"], &lines);
    assert!(output.status.success(), "{}", shown(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("The board is cleared: 25 of 25 right, score 7,500."), "{text}");
    assert!(text.contains("20 reviews and 5 for practice in "), "{text}");
    let acknowledged = text.lines().filter(|line| line.contains("00 good, ")).count();
    assert_eq!(acknowledged, 25);
    let played = played(&home);
    let kinds: Vec<&str> = played.iter().map(|(kind, ..)| &**kind).collect();
    assert_eq!(kinds, [vec!["reviewed"; 20], vec!["practised"; 5]].concat());
    assert!(played.iter().all(|(_, rating, points)| *rating == 3 && *points > 0));
}

#[test]
fn one_moves_about_on_the_board_and_names_cells() {
    let home = Home::starter();
    let mut terminal = Terminal::start_sized(&home, (80, 24), &["board"], &[]);
    terminal.wait_for("25 of 25 left");
    for key in ["\u{1b}[C", "l", "\u{1b}OB", "j", "k", "h", "z3"] {
        terminal.press(key);
    }
    terminal.wait_for("No cell is called");
    terminal.press_for("\u{1b}", "or type");
    terminal.press_for("d30", "→ 300 · Domains");
    terminal.press_for("\u{7f}\u{7f}", "5 cells begin so");
    // What is not clear plays nothing, however often.
    terminal.press("\r");
    terminal.press_for("\r", "5 cells begin so");
    terminal.press_for("\u{1b}", "or type");
    let text = text_of(&terminal.output(), 80);
    assert_eq!(text.matches("── Score").count(), 1, "it was redrawn in its place: {text}");
    terminal.press_for("?", "any key: back to the board");
    terminal.press_for(" ", "25 of 25 left");
    terminal.press_for("/", "the name of a cell");
    terminal.press_for("\u{1b}", "or type");
    // A letter that moves is a name with what follows it soon.
    terminal.press_for("login 500\r", "empty: see it");
    terminal.wait_for("Login Logic · 500 · new");
    // Typed, nearly right: that is right, and hard.
    terminal.press("Manually disassociate the old SAML profil\r");
    terminal.wait_for("it counts as right");
    terminal.press_for("\r", "24 of 25 left");
    assert_eq!(played(&home), [("reviewed".into(), 2, 500)]);
    // The cell cannot be played again; what was answered can be taken back.
    terminal.press_for("login500", "Login Logic 500 was played.");
    terminal.press_for("\u{1b}", "or type");
    terminal.press_for("u", "25 of 25 left");
    terminal.wait_for("Taken back: login-500 hard");
    terminal.wait_for("[○ 500");
    assert_eq!(played(&home), []);
    // Whoever goes back has answered nothing, also where the answer was seen.
    terminal.press_for("d100\r", "empty: see it");
    terminal.press_for("\r", "y: you were right");
    terminal.press_for("\u{1b}", "Not answered");
    terminal.wait_for("25 of 25 left");
    assert_eq!(played(&home), []);
    // Wrong, but the person knows better.
    terminal.press_for("d100\r", "empty: see it");
    terminal.press_for("nonsense\r", "it was right all the same");
    terminal.press_for("y", "24 of 25 left");
    assert_eq!(played(&home), [("reviewed".into(), 3, 100)]);
    terminal.press("q");
    terminal.wait_for("Broken off: 1 of 1 right, score 100");
    terminal.ends_sane(0);
}

#[test]
fn a_game_broken_off_goes_on() {
    let home = Home::starter();
    let mut terminal = Terminal::start_sized(&home, (80, 24), &["board"], &[]);
    terminal.wait_for("25 of 25 left");
    play(&mut terminal, true);
    play(&mut terminal, true);
    // In the middle of a question nothing is answered yet.
    open(&mut terminal);
    terminal.press("\u{3}");
    terminal.wait_for("Broken off: 2 of 2 right");
    terminal.ends_sane(130);
    assert_eq!(played(&home).len(), 2);
    let so_far = grouped(score(&home));

    let mut terminal = Terminal::start_sized(&home, (40, 20), &["board"], &[]);
    terminal.wait_for("Going on with today's game");
    terminal.wait_for(&format!("Score {so_far}"));
    terminal.wait_for("23 of 25 left");
    play(&mut terminal, false);
    open(&mut terminal);
    terminal.signal("KILL");
    assert_eq!(terminal.status(), 137);
    assert_eq!(played(&home).len(), 3);

    let mut terminal = Terminal::start_sized(&home, (80, 24), &["board"], &[]);
    terminal.wait_for("22 of 25 left");
    terminal.press("\u{4}");
    terminal.ends_sane(0);
    assert_eq!(played(&home).len(), 3);
}

#[test]
fn how_sure_one_is_is_asked_before_each_answer() {
    let home = Home::starter();
    let mut terminal = Terminal::start_sized(&home, (80, 24), &["board", "--confidence"], &[]);
    terminal.wait_for("25 of 25 left");
    terminal.press_for("d100\r", "how sure are you?");
    terminal.press_for("3", "a, b, c or d here");
    terminal.press_for("c", "empty: see it");
    terminal.press_for("Domain verification\r", "24 of 25 left");
    terminal.press("q");
    terminal.ends_sane(0);
    let extra: String =
        home.database().query_row("SELECT extra FROM history", [], |row| row.get(0)).unwrap();
    let extra: Value = serde_json::from_str(&extra).unwrap();
    assert_eq!(extra["confidence"], 90);
    assert_eq!(extra["typed"], "Domain verification");
    assert_eq!(extra["board"]["points"], 100);
}

#[test]
fn a_board_that_no_screen_holds_is_shown_around_the_cursor() {
    let mut deck = "cards:\n".to_owned();
    for column in 0..12 {
        for row in 1..40 {
            deck += &format!(
                "- {{id: c{column}-{row}, front: q, back: a, value: {row}00, category: A category called {column}}}\n"
            );
        }
    }
    let home = Home::with(&[("wide.yaml", &deck)]);
    let mut terminal = Terminal::start_sized(&home, (40, 20), &["board"], &[]);
    terminal.wait_for("468 of 468 left");
    terminal.wait_for("rows 1-");
    // What was typed stands in the last line that is drawn.
    terminal.press_for("acategorycalled11 3900", "called11 3900");
    let screen = text_of(&terminal.output(), 40);
    assert!(screen.contains("rows 37-39 of 39") || screen.contains("-39 of 39"), "{screen}");
    assert_eq!(screen.matches("── Score").count(), 1, "{screen}");
    fits(&terminal, 40);
    terminal.press("\u{3}");
    terminal.ends_sane(130);
}
