//! The daily loop by keys: from the offer of decks to the summary.

use std::time::Duration;

use rustix::termios::LocalModes;

use crate::support::*;

/// Returns the card that is asked, by the header over its question: `Domains · 100` is
/// `domains-100`.
fn asked(terminal: &Terminal) -> String {
    let text = text_of(&terminal.output(), 100);
    let header = text.lines().rev().find(|line| line.starts_with("── ")).unwrap();
    let (deck, rest) = header.trim_start_matches("── ").split_once(" · ").unwrap();
    let deck = match deck {
        "SCIM & Provisioning" => "scim",
        "Login Logic" => "login",
        "Domains" => "domains",
        "Errors & Edge Cases" => "errors",
        other if other.starts_with("SSO") => "sso",
        other => panic!("no deck is called {other:?}"),
    };
    format!("{deck}-{}", rest.split(' ').next().unwrap())
}

/// Answers whatever is asked with `key` until the sitting ends; returns how often.
fn answer_all(terminal: &mut Terminal, key: &str) -> usize {
    for answers in 1..60 {
        terminal.press_for(" ", "4 easy");
        terminal.press_for(key, "→");
        terminal.wait_for_either("space: answer", "[status");
        if terminal.new_text().contains("[status") {
            return answers;
        }
    }
    panic!("no end in sight");
}

#[test]
fn a_whole_review_of_the_starter_decks_by_keys() {
    let home = Home::fresh();
    let mut terminal = Terminal::start(&home, 100, &["review"]);
    terminal.wait_for("Five starter decks");
    // Enter means yes.
    terminal.press_for("\r", "20 left");
    terminal.wait_for("space: answer");
    let first = asked(&terminal);
    terminal.press_for("3", "See the answer first");
    terminal.press_for("h", "Hint: ");
    assert_eq!(home.history().len(), 0, "looking changes nothing");

    // Four answers, each by another key.
    terminal.press_for(" ", "4 easy");
    terminal.press_for("2", "hard, again today");
    terminal.wait_for("space: answer");
    let mut cards = vec![first];
    for (key, said) in [("4", "easy, again tomorrow"), ("1", "again, again today"), ("\r", "good")]
    {
        cards.push(asked(&terminal));
        terminal.press_for("\r", "4 easy");
        terminal.press_for(key, said);
        terminal.wait_for("space: answer");
    }
    let given: Vec<_> = cards.iter().cloned().zip([2, 4, 1, 3]).collect();
    assert_eq!(home.answers(), given);

    // Three of them are taken back, the newest first, and each is asked at once.
    for card in cards[1..].iter().rev() {
        terminal.press_for("u", "Taken back:");
        terminal.wait_for("space: answer");
        assert_eq!(asked(&terminal), *card);
    }
    assert_eq!(home.answers(), given[..1]);
    for card in &cards[1..] {
        assert_eq!(asked(&terminal), *card, "the queue is as it was");
        terminal.press_for(" ", "4 easy");
        terminal.press_for("3", "good, again tomorrow");
        terminal.wait_for("space: answer");
    }

    // What does not grade.
    let suspended = asked(&terminal);
    terminal.press_for("i", "new: no answer yet");
    terminal.press_for("?", "bury until tomorrow");
    terminal.press_for("z", "z does nothing here");
    terminal.press_for("s", &format!("{suspended} suspended"));
    terminal.wait_for("space: answer");
    let buried = asked(&terminal);
    terminal.press_for("b", &format!("{buried} buried until tomorrow"));
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    terminal.press_for("q", "4 answers to 4 cards");
    terminal.wait_for("left for today");
    terminal.ends_sane(0);
    let before = home.answers();
    assert_eq!(before.len(), 4, "quitting answers nothing");

    // The next start goes on: 16 more new cards, and the one that was hard.
    let mut terminal = Terminal::start(&home, 100, &["review"]);
    terminal.wait_for("Going on: 4 cards answered today");
    terminal.wait_for("17 left");
    terminal.wait_for("space: answer");
    assert_eq!(answer_all(&mut terminal, "3"), 17);
    terminal.wait_for("17 answers to 17 cards");
    terminal.wait_for("Come back tomorrow: 20 cards are due then (2026-11-25)");
    terminal.ends_sane(0);

    let after = home.answers();
    assert_eq!(after[..4], before);
    let hidden = [&suspended, &buried];
    assert!(after.iter().all(|(card, _)| !hidden.contains(&card)), "{after:?}");
    let mut different: Vec<_> = after.iter().map(|(card, _)| card).collect();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 20, "as many new cards as a day lets in");
    assert_eq!(home.ok(&["due", "--count"]).trim(), "0");
}

#[test]
fn undo_reaches_behind_this_sitting() {
    let home = Home::starter();
    home.ok(&["grade", "domains-100", "again"]);
    home.ok(&["grade", "errors-100", "good"]);
    let mut terminal = Terminal::start(&home, 100, &["review", "-n", "3"]);
    terminal.wait_for("space: answer");
    for card in ["errors-100", "domains-100"] {
        terminal.press_for("u", "Taken back, from before this sitting");
        terminal.wait_for("space: answer");
        assert_eq!(asked(&terminal), card);
    }
    terminal.press_for("u", "There is nothing to take back.");
    assert_eq!(home.answers(), []);
    terminal.press("q");
    terminal.ends_sane(0);
}

#[test]
fn an_answer_can_be_taken_back_after_a_miss_was_queued_again() {
    let home = Home::with(&[("one.yaml", "cards:\n- {id: one, front: one?, back: yes}\n")]);
    let mut terminal = Terminal::start(&home, 100, &["review"]);
    terminal.wait_for("1 left");
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    terminal.press_for("1", "· again");
    terminal.wait_for("space: answer");
    terminal.press_for("u", "Taken back:");
    terminal.wait_for("· new");
    terminal.wait_for("1 left");
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    terminal.press_for("3", "1 answer to 1 card");
    terminal.ends_sane(0);
    assert_eq!(home.answers(), [("one".to_owned(), 3)]);
}

#[test]
fn no_to_the_offer_makes_nothing() {
    let home = Home::fresh();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("Put them there?");
    terminal.press_for("n", "All right.");
    terminal.ends_sane(0);
    assert!(!home.path().join("decks").exists());
    assert!(!home.path().join("retain.db").exists());
}

#[test]
fn bare_retain_offers_to_begin() {
    let home = Home::starter();
    let mut terminal = Terminal::start(&home, 80, &[]);
    terminal.wait_for("20 new today");
    terminal.wait_for("Begin the review?");
    terminal.press_for("\r", "space: answer");
    terminal.press_for("q", "Nothing answered");
    terminal.ends_sane(0);
}

#[test]
fn keys_typed_ahead_are_dropped_and_never_echoed() {
    // A key that is sent too late, on a machine that had something else to do, shows nothing.
    for attempt in 0.. {
        let home = Home::starter();
        let mut terminal = Terminal::start(&home, 80, &["review"]);
        terminal.wait_for("? more");
        terminal.send(" 13xyzu");
        let soon_for_the_question = terminal.shown_ago() < Duration::from_millis(90);
        std::thread::sleep(Duration::from_millis(400));
        let after_the_question = terminal.new_text();
        assert!(!terminal.modes().contains(LocalModes::ECHO), "nothing is echoed in between");
        if !soon_for_the_question {
            assert!(attempt < 5, "this machine is too slow for this test");
            continue;
        }
        assert_eq!(after_the_question, "", "typed ahead of the question");

        terminal.press_for(" ", "4 easy");
        terminal.send("1");
        let soon_for_the_answer = terminal.shown_ago() < Duration::from_millis(90);
        std::thread::sleep(Duration::from_millis(400));
        let after_the_answer = terminal.new_text();
        if !soon_for_the_answer {
            assert!(attempt < 5, "this machine is too slow for this test");
            continue;
        }
        assert_eq!(after_the_answer, "", "typed ahead of the answer");
        assert_eq!(home.answers(), []);
        terminal.press_for("4", "easy");
        terminal.wait_for("space: answer");
        terminal.press("q");
        terminal.ends_sane(0);
        let answers: Vec<_> = home.answers().into_iter().map(|(_, rating)| rating).collect();
        assert_eq!(answers, [4], "the key that was pressed in time, and no other");
        return;
    }
}

#[test]
fn a_line_of_keys_at_once_grades_no_card_unseen() {
    let home = Home::starter();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    // The first key reveals; the others come too soon for the answer.
    terminal.press_for(" 3 3 3 3 3", "4 easy");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(home.answers(), []);
    terminal.press("q");
    terminal.ends_sane(0);
}

#[test]
fn no_color_means_no_colour_anywhere() {
    let home = Home::fresh();
    let mut terminal = Terminal::start_with(&home, 80, &["review"], &[("NO_COLOR", "1")]);
    terminal.wait_for("Put them there?");
    terminal.press_for("\r", "space: answer");
    terminal.press_for(" ", "4 easy");
    terminal.press_for("1", "again today");
    terminal.wait_for("space: answer");
    terminal.press_for("q", "Missed: 1 card");
    terminal.ends_sane(0);
    assert_eq!(colours_in(&terminal.output()), 0, "{:?}", terminal.output_text());

    // The same with colours, lest this test looks for nothing.
    let home = Home::starter();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    terminal.press("q");
    terminal.ends_sane(0);
    assert!(colours_in(&terminal.output()) > 2);
}

#[test]
fn a_review_moves_no_cursor_and_hides_none() {
    let home = Home::starter();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    for (key, said) in
        [("h", "Hint"), ("i", "new:"), ("?", "suspend"), (" ", "4 easy"), ("3", "space: answer")]
    {
        terminal.press_for(key, said);
    }
    terminal.press("q");
    terminal.ends_sane(0);
    // Lines are only added: what was seen stays in the scroll-back, and is read once.
    assert_eq!(active_in(&terminal.output()), Vec::<String>::new());
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let home = Home::starter();
    let mut terminal = Terminal::start_with(&home, 80, &["review"], &[("TERM", "dumb")]);
    terminal.wait_for("Question: ");
    terminal.wait_for("(empty line: the answer");
    assert!(terminal.modes().contains(LocalModes::ECHO | LocalModes::ICANON), "line by line");
    terminal.press_for("\r", "Answer");
    terminal.press_for("2\r", "hard, again today");
    terminal.wait_for("Question: ");
    terminal.press_for(":q\r", "left for today");
    terminal.ends_sane(0);
    assert!(!contains(&terminal.output(), b"\x1b"), "{:?}", terminal.output_text());

    // Nothing is asked that needs more than lines.
    let mut terminal = Terminal::start_with(&Home::fresh(), 80, &["review"], &[("TERM", "dumb")]);
    terminal.wait_for("retain init --starter");
    terminal.ends_sane(1);
    assert!(!contains(&terminal.output(), b"\x1b"));
}

#[test]
fn the_doctor_asks_before_it_enters_again_what_a_wrong_clock_wrote() {
    let mut home = Home::starter();
    home.at("2027-06-01T10:00:00Z");
    home.ok(&["grade", "sso-100", "good"]);
    home.at(TODAY);
    let mut terminal = Terminal::start(&home, 80, &["doctor"]);
    terminal.wait_for("Do that?");
    terminal.press_for("n", "no");
    terminal.ends_sane(0);
    let mut terminal = Terminal::start(&home, 80, &["doctor"]);
    terminal.wait_for("Do that?");
    terminal.press_for("y", "entered again: 1 event");
    terminal.ends_sane(0);
    let mut terminal = Terminal::start(&home, 80, &["doctor"]);
    terminal.wait_for("decks: ");
    terminal.ends_sane(0);
}
