//! Cards that are forgotten or mistaken again and again, told at the keyboard.

use crate::support::*;

/// A home in which the card `a` was forgotten seven times, and is due.
fn nearly(options: &str) -> Home {
    let deck = format!("{options}cards:\n- {{id: a, front: qa, back: alpha}}\n");
    let mut home = Home::with(&[("deck.yaml", &deck)]);
    let mut day = 1;
    let mut grade = |rating: &str| {
        let at = format!("2026-10-{day:02}T10:00:00+01:00");
        home.ok(&["grade", "a", rating, "--at", &at]);
        day += 1;
    };
    grade("good");
    for _ in 0..7 {
        grade("again");
        grade("good");
    }
    home.at("2026-11-24T12:00:00+01:00");
    home
}

#[test]
fn a_leech_is_told_on_the_screen_and_suspended_only_if_that_is_wanted() {
    for (options, words) in
        [("", "`retain suspend a`"), ("options: {leeches: suspend}\n", "and is suspended now")]
    {
        for columns in [80, 40] {
            let home = nearly(options);
            let mut terminal = Terminal::start(&home, columns, &["review"]);
            terminal.wait_for("qa");
            terminal.press_for(" ", "1 again");
            terminal.press_for("1", "forgotten 8");
            if options.is_empty() {
                // It is asked again, and the answer can be taken back.
                terminal.press_for("u", "Taken back:");
            }
            terminal.press("q");
            terminal.ends_sane(0);
            let said = terminal.output_text();
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            let told = "a is a leech: forgotten 8 times. It stands in decks/deck.yaml:";
            assert!(said.contains(told) || said.contains(&told.replace(". It", " It")), "{said}");
            assert!(said.contains(words), "{columns}: {said}");
            let cards = home.json(&["show", "a", "--json"]);
            let suspended = !options.is_empty();
            assert_eq!(cards["cards"][0]["suspended"], suspended, "{columns}");
            assert_eq!(
                cards["cards"][0]["leech"], suspended,
                "{columns}: undone where it was taken back"
            );
        }
    }
}

#[test]
fn a_pair_that_is_taken_for_each_other_is_told_at_the_third_time() {
    let deck = "options: {typed: true}\ncards:\n- {id: es, front: Spain, back: Madrid}\n- {id: pt, front: Portugal, back: Lisbon}\n";
    let home = Home::with(&[("deck.yaml", deck)]);
    let mut terminal = Terminal::start(&home, 60, &["review", "--cram", "id:es"]);
    terminal.wait_for("> ");
    terminal.press_for("Lisbon\r", "Enter: again");
    terminal.press("\r");
    terminal.ends_sane(0);
    for _ in 0..2 {
        let mut terminal = Terminal::start(&home, 60, &["review", "--cram", "id:pt"]);
        terminal.wait_for("> ");
        terminal.press_for("madrid\r", "Enter: again");
        terminal.press("\r");
        terminal.ends_sane(0);
        let said = terminal.output_text().split_whitespace().collect::<Vec<_>>().join(" ");
        let third = home.history().len() == 3;
        assert_eq!(
            said.contains("es and pt were taken for each other 3 times")
                || said.contains("pt and es were taken for each other 3 times"),
            third,
            "{said}"
        );
    }
}
