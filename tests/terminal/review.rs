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
fn decks_that_are_edited_while_a_question_is_open_are_asked_as_they_are_then() {
    let home = Home::with(&[("one.yaml", "cards:\n- {id: one, front: one?, back: x}\n")]);
    let mut terminal = Terminal::start(&home, 80, &[]);
    terminal.wait_for("Begin the review?");
    home.write(
        "one.yaml",
        "deck: Edited\ncards:\n- {id: two, front: two?, back: y}\n- {id: one, front: 1?, back: x}\n",
    );
    home.ok(&["due", "--count"]);
    terminal.press_for("\r", "Edited");
    terminal.wait_for("2 left");
    terminal.wait_for("two?");
    terminal.wait_for("space: answer");
    terminal.press("q");
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
fn a_few_keys_at_once_grade_no_card_unseen() {
    let home = Home::starter();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    // The first key reveals; the others come too soon for the answer.
    terminal.press_for(" 33", "4 easy");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(home.answers(), []);
    terminal.press("q");
    terminal.ends_sane(0);
}

#[test]
fn an_answer_that_did_not_count_is_called_a_repeat() {
    let home = Home::with(&[("one.yaml", "cards:\n- {id: one, front: one?, back: \"yes\"}\n")]);
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    // In another window, while the card is on the screen.
    home.ok(&["grade", "one", "easy"]);
    terminal.press_for(" ", "4 easy");
    terminal.press_for("3", "good, again tomorrow (a repeat)");
    terminal.ends_sane(0);
}

#[test]
fn the_end_says_how_to_take_the_last_answer_back() {
    let home = Home::with(&[("one.yaml", "cards:\n- {id: one, front: one?, back: \"yes\"}\n")]);
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "Enter: good");
    terminal.press_for("3", "retain undo takes back the last answer");
    terminal.ends_sane(0);
    home.ok(&["undo"]);
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    terminal.press("q");
    terminal.ends_sane(0);
    assert!(!terminal.output_text().contains("undo takes back"), "no answer ended it");
}

#[test]
fn six_grades_are_named_and_enter_is_good() {
    let home = Home::with(&[("one.yaml", "cards:\n- {id: one, front: one?, back: \"yes\"}\n")]);
    std::fs::write(home.path().join("config.yaml"), "grades: six\n").unwrap();
    let mut terminal = Terminal::start(&home, 100, &["review"]);
    terminal.wait_for("space: answer");
    terminal.press_for("?", "1 wrong");
    terminal.wait_for("Ctrl-Z");
    terminal
        .press_for(" ", "0 blackout 1 d   1 wrong 1 d   2 almost 1 d   3 hard 1 d   4 good 1 d");
    terminal.wait_for("Enter: good");
    terminal.press_for("2", "almost, again today");
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "5 easy");
    terminal.press_for("\r", "good, again tomorrow (a repeat)");
    terminal.ends_sane(0);
}

#[test]
fn pasted_text_is_not_obeyed() {
    let home = Home::starter();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    terminal.press_for(" 3 3 subq\r3", "pasted text does nothing here");
    terminal.press_for(" ", "good, again tomorrow");
    terminal.wait_for("space: answer");
    // A page that comes in many pieces is one paste, with one remark.
    terminal.press(&"quite a page of text\r".repeat(3_000));
    terminal.wait_for("pasted text does nothing here");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(terminal.new_text().matches("pasted text").count(), 1, "{}", terminal.new_text());
    assert_eq!(home.answers().len(), 1);
    terminal.press_for("h", "Hint");
    // Ctrl-C counts wherever it stands.
    terminal.press(&format!("{}\u{3}{}", "1 2 3 4\r".repeat(100), "5 6 7 8\r".repeat(100)));
    terminal.wait_for("1 answer to 1 card");
    terminal.ends_sane(130);
}

#[test]
fn keys_that_send_sequences_grade_nothing() {
    let home = Home::starter();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("space: answer");
    terminal.press_for(" ", "4 easy");
    for sequence in [
        "\u{1b}[1;2A",
        "\u{1b}[1;5C",
        "\u{1b}[13;2~",
        "\u{1b}[1;2R",
        "\u{1b}[52u",
        "\u{1b}[<0;33;4M",
        "\u{1b}[M 34",
        "\u{1b}O4",
        "\u{1b}4",
        "\u{1b}[A\u{1b}[A\u{1b}[A",
        "\t",
        "\u{13}",
        "\u{9b}",
    ] {
        terminal.press(sequence);
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(terminal.new_text(), "", "{sequence:?}");
    }
    // A sequence that a network tears apart is one all the same.
    terminal.press("\u{1b}");
    std::thread::sleep(Duration::from_millis(5));
    terminal.send("[1;5");
    std::thread::sleep(Duration::from_millis(5));
    terminal.send("4");
    std::thread::sleep(Duration::from_millis(5));
    terminal.send("C");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(home.answers(), []);
    terminal.press_for("2", "hard, again today");
    terminal.wait_for("space: answer");
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
}

#[test]
fn questions_are_asked_in_lines_where_nothing_may_be_redrawn() {
    for (arguments, term) in
        [(&["review"][..], "dumb"), (&["review", "--plain", "--color", "never"], "xterm-256color")]
    {
        let home = Home::fresh();
        let mut terminal = Terminal::start_with(&home, 80, arguments, &[("TERM", term)]);
        terminal.wait_for("Put them there?");
        terminal.wait_for("(y or n, empty line: yes)");
        terminal.press_for("perhaps\r", "(y or n, empty line: yes)");
        terminal.press_for("\r", "Question: ");
        terminal.press_for(":q\r", "left for today");
        terminal.ends_sane(0);
        assert!(!contains(&terminal.output(), b"\x1b"), "{:?}", terminal.output_text());

        let mut terminal = Terminal::start_with(&home, 80, &[], &[("TERM", "dumb")]);
        terminal.wait_for("Begin the review?");
        terminal.press("no\r");
        terminal.ends_sane(0);
        assert!(!contains(&terminal.output(), b"\x1b"), "{:?}", terminal.output_text());
    }
    // The end of the input is no yes.
    let home = Home::fresh();
    let mut terminal = Terminal::start(&home, 80, &["review", "--plain"]);
    terminal.wait_for("(y or n, empty line: yes)");
    terminal.press_for("\u{4}", "All right.");
    terminal.ends_sane(0);
    assert!(!home.path().join("decks").exists());
}

#[test]
fn a_card_that_looks_edited_is_asked_about_in_lines_too() {
    let home = Home::with(&[(
        "e.yaml",
        "cards:\n- {id: old, front: what is the capital of france, back: \"no\"}\n",
    )]);
    home.ok(&["grade", "old", "good"]);
    home.write(
        "e.yaml",
        "cards:\n- {id: new, front: what is the capital town of france, back: \"no\"}\n",
    );
    let mut terminal = Terminal::start(&home, 80, &["review", "--plain"]);
    terminal.wait_for("Is it the same card?");
    terminal.wait_for("1 the same: it keeps its progress");
    terminal.wait_for("(1 to 3, empty line: 3)");
    terminal.press_for("4\r", "(1 to 3, empty line: 3)");
    terminal.press_for("1\r", "nothing is due");
    terminal.ends_sane(0);
    assert!(!contains(&terminal.output(), b"\x1b"), "{:?}", terminal.output_text());
    assert_eq!(home.json(&["show", "new", "--json"])["cards"][0]["reviews"], 1);
}

#[test]
fn questions_need_no_standard_error_and_leave_a_readable_line() {
    for (key, left) in [("\u{1b}", "– Put them there? left open"), ("n", "✔ Put them there? no")]
    {
        let home = Home::fresh();
        let log = home.path().join("log");
        let line = format!("exec \"$0\" --color never review 2>'{}'", log.display());
        let mut terminal = Terminal::start_shell(&home, 80, &line);
        terminal.wait_for("Put them there?");
        terminal.press_for(key, left);
        terminal.wait_for("All right.");
        terminal.ends_sane(0);
        assert_eq!(colours_in(&terminal.output()), 0, "{:?}", terminal.output_text());
        assert_eq!(std::fs::read_to_string(log).unwrap(), "");
    }
}

#[test]
fn questions_are_erased_whole_from_a_narrow_screen() {
    for columns in [20, 30, 40] {
        let home = Home::starter();
        let mut terminal = Terminal::start(&home, columns, &[]);
        terminal.wait_for("(y/n)");
        terminal.press("n");
        terminal.ends_sane(0);
        let text = text_of(&terminal.output(), columns);
        assert!(!text.contains("(y/n)"), "{columns}: {text}");
        assert_eq!(text.matches("Begin the").count(), 1, "{columns}: {text}");
    }
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

/// Returns the first block of a kind in the README.
fn block(kind: &str) -> String {
    let readme = include_str!("../../README.md");
    let begin = format!("```{kind}\n");
    let (_, rest) = readme.split_once(&begin).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_review_in_the_readme_is_one() {
    let mut home = Home::with(&[("shell.yaml", &block("yaml"))]);
    for day in ["2026-11-24", "2026-11-25"] {
        home.at(&format!("{day}T10:00:00+01:00"));
        for card in home.json(&["list", "--json"])["cards"].as_array().unwrap() {
            home.ok(&["grade", card["card"].as_str().unwrap(), "good"]);
        }
    }
    home.at("2026-12-01T10:00:00+01:00");
    let shown = block("text");
    let shown = shown.strip_prefix("$ retain review\n").unwrap().trim_end();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("3 left");
    terminal.press_for(" ", "Enter: good");
    terminal.press_for("3", "2 left");
    let text = text_of(&terminal.output(), 80);
    assert!(text.contains(shown), "{text}");
    terminal.press("q");
    terminal.ends_sane(0);
}

#[test]
fn an_answer_of_no_makes_a_new_card_whatever_else_it_could_be() {
    let home = Home::with(&[(
        "words.yaml",
        "cards:\n  - { front: der Hund, back: el perro }\n  - { front: the dog, back: el perro }\n",
    )]);
    for card in home.json(&["list", "--json"])["cards"].as_array().unwrap() {
        home.ok(&["grade", card["card"].as_str().unwrap(), "good"]);
    }
    home.write("words.yaml", "cards:\n  - { front: un chien, back: el perro }\n");
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("Is it the same card?");
    terminal.press("k"); // up from the last answer
    terminal.press_for("\r", "un chien");
    terminal.press("q");
    terminal.ends_sane(0);
    assert_eq!(home.json(&["list", "--json"])["cards"][0]["stage"], "new");
    assert!(!home.ok(&["check"]).contains("looks like"));
}

#[test]
fn a_choice_is_taken_by_its_digit_and_a_gap_is_revealed() {
    let home = Home::with(&[(
        "deck.yaml",
        "cards:\n  - { id: t, front: SCIM needs SSO., choices: [\"True\", \"False\"], back: \"False\" }\n  - { id: g, cloze: \"{{c1::Paris}} is in France\" }\n",
    )]);
    for columns in [80, 40] {
        let mut terminal = Terminal::start(&home, columns, &["review", "--cram"]);
        terminal.wait_for("space: answer");
        terminal.wait_for("2  False");
        terminal.press_for("9", "9 does nothing here");
        terminal.press_for("1", "✗ not: True");
        terminal.wait_for("Enter: again");
        terminal.press_for("\r", "again");
        terminal.wait_for("[...] is in France");
        terminal.press_for(" ", "4 easy");
        terminal.press_for("3", "[status");
    }
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("1-2: your choice");
    terminal.press_for("2", "✓ right");
    terminal.wait_for("Enter: good");
    terminal.press_for("\r", "→ good, again tomorrow");
}
