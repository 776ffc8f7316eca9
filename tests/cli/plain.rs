//! A review in lines: the protocol that scripts and screen readers rely on.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use super::support::{Home, TWO, date, deck_of, in_order};

const DECK: &str = "\
deck: Domains
cards:
  - id: d-100
    front: What must be proven before SSO?
    back: Domain ownership
    hint: DNS has a part in it
    why: Anybody could claim it otherwise.
    source: https://example.org
    value: 100
  - id: d-200
    front: Why can one person show up as two users?
    back: [the address changed, the domain was migrated]
    need: 1
";

/// Returns the lines that begin with a card's id and a rating.
fn acknowledged(out: &str) -> Vec<&str> {
    let rated = |line: &&str| {
        [" again,", " hard,", " good,", " easy,"].iter().any(|rating| line.contains(rating))
            && !line.starts_with(['(', 'L'])
    };
    out.lines().filter(rated).collect()
}

#[test]
fn a_whole_review_reads_like_this() {
    let home = Home::with(DECK);
    let ran = home.on(0).input("\n3\n:h\n\n\n").run("review --plain").exits(0).silently();
    // The time is the stopwatch's.
    let (before, after) = ran.out.split_once("2 answers to 2 cards in ").unwrap();
    let out =
        format!("{before}2 answers to 2 cards in N{}", after.trim_start_matches(char::is_numeric));
    insta::assert_snapshot!(out, @r"

    Domains, 100, new; 2 left
    Question: What must be proven before SSO?
    (empty line: the answer; :h a hint; :? helps)
    Answer: Domain ownership
    Why: Anybody could claim it otherwise.
    Source: https://example.org
    (1 again 1 d, 2 hard 1 d, 3 good 1 d, 4 easy 1 d; empty line: good)
    d-100 good, again tomorrow

    Domains, new; 1 left
    Question: Why can one person show up as two users?
    (any 1 of 2)
    (empty line: the answer; :? helps)
    This card has no hint.
    Answer:
    - the address changed
    - the domain was migrated
    (1 again 1 d, 2 hard 1 d, 3 good 1 d, 4 easy 1 d; empty line: good)
    d-200 good, again tomorrow

    2 answers to 2 cards in N s.
    Done for today. Come back tomorrow: 2 cards are due then (2026-11-25).
    ");
}

#[test]
fn an_empty_line_reveals_and_then_means_good() {
    let home = Home::with(TWO);
    let out = home.on(0).review("\n\n\n\n");
    assert_eq!(acknowledged(&out), ["a good, again tomorrow", "b good, again tomorrow"]);
    in_order(
        &out,
        &[
            "Question: What is the first",
            "Answer: alpha",
            "a good",
            "Question: What is the second",
            "Answer: beta",
            "b good",
        ],
    );
}

#[test]
fn the_answer_is_not_seen_before_it_is_asked_for() {
    let home = Home::with(TWO);
    let out = home.on(0).review(":h\n:i\n:?\nalpha?\n3\n1\n");
    assert!(!out.contains("alpha\n"), "{out}");
    assert!(acknowledged(&out).is_empty(), "nothing is graded unseen: {out}");
    assert!(home.on(0).ndjson("history --json").is_empty());
}

#[test]
fn digits_grade() {
    let home = Home::with(&deck_of(4));
    let out = home.on(0).review("\n1\n\n2\n\n3\n\n4\n");
    assert_eq!(
        acknowledged(&out),
        [
            "c1 again, again today",
            "c2 hard, again today",
            "c3 good, again tomorrow",
            "c4 easy, again tomorrow"
        ]
    );
    // With six grades they are qualities, and an empty line is good.
    let home = Home::with(&deck_of(7));
    home.config("grades: six\n");
    home.on(0).review("\n0\n\n1\n\n2\n\n3\n\n4\n\n5\n\n\n:q\n");
    let rows = home.on(0).ndjson("history --json");
    let qualities: Vec<_> = rows[..6].iter().map(|row| row["quality"].as_i64().unwrap()).collect();
    assert_eq!(qualities, [0, 1, 2, 3, 4, 5]);
    let ratings: Vec<_> = rows.iter().map(|row| row["rating"].as_i64().unwrap()).collect();
    assert_eq!(ratings, [1, 1, 1, 2, 3, 4, 3]);
}

#[test]
fn six_grades_are_named_wherever_they_are_shown() {
    let home = Home::with(TWO);
    home.config("grades: six\n");
    let out = home.on(0).review(":?\n\nx\n:q\n");
    let names = "0 blackout, 1 wrong, 2 almost, 3 hard, 4 good, 5 easy";
    in_order(
        &out.replace('\n', " "),
        &[
            &format!("{names}, or empty for good."),
            "(0 blackout 1 d, 1 wrong 1 d, 2 almost 1 d, 3 hard 1 d, 4 good 1 d, 5 easy 1 d; empty line: good)",
            "0 to 5, or an empty line for good",
        ],
    );
}

#[test]
fn texts_of_several_lines_stand_below_their_labels_and_numbers_align() {
    let home = Home::with(
        "cards:
- id: code
  front: |
    What does this do?
        if a and b and c and d and e and f and g and h and i and j and k and l and m:
  back: |
    - one thing, with so many words to say about it that they take more than one line
    - another
  why: 日本語の長い答えは幅が二倍になるので早く折り返す必要がある日本語の長い答えは続く
  source: https://example.org/an/address/that/is/wider/than/a/line/of/eighty/columns/and/more
- id: ten
  front: Count.
  back: [a, b, c, d, e, f, g, h, i, j]
  ordered: true
",
    );
    let out = home.on(0).review("\n3\n\n3\n");
    insta::assert_snapshot!(out.split_once("\n\n2 answers").unwrap().0, @r"

    deck, new; 2 left
    Question:
    What does this do?
        if a and b and c and d and e and f and g and h and i and j and k and l and
        m:
    (empty line: the answer; :? helps)
    Answer:
    - one thing, with so many words to say about it that they take more than one
      line
    - another
    Why: 日本語の長い答えは幅が二倍になるので早く折り返す必要がある日本語の長い答え
    は続く
    Source: https://example.org/an/address/that/is/wider/than/a/line/of/eighty/columns/and/more
    (1 again 1 d, 2 hard 1 d, 3 good 1 d, 4 easy 1 d; empty line: good)
    code good, again tomorrow

    deck, new; 1 left
    Question: Count.
    (10 items, in order)
    (empty line: the answer; :? helps)
    Answer:
     1. a
     2. b
     3. c
     4. d
     5. e
     6. f
     7. g
     8. h
     9. i
    10. j
    (1 again 1 d, 2 hard 1 d, 3 good 1 d, 4 easy 1 d; empty line: good)
    ten good, again tomorrow
    ");
}

#[test]
fn nothing_to_ask_is_said_with_its_reason() {
    let home = Home::with(&deck_of(3));
    let said = |line: &str| home.on(0).input("").run(line).exits(0).out.replace('\n', " ");
    for (line, words) in [
        ("review --cram nowhere", "no card to ask: none matches"),
        ("review nowhere", "no card to ask: none matches"),
        ("review --new 0 id:c1", "1 card matches, and none is due or let in today; `--cram`"),
    ] {
        assert!(said(line).contains(words), "{line}: {}", said(line));
    }
    for card in ["c1", "c2"] {
        home.on(0).ok(&format!("grade {card} good"));
    }
    home.on(0).ok("bury c3");
    let words = "no card to ask: 2 cards come back by 2026-11-27, answered today already; `--cram`";
    assert!(said("review --ahead 3").contains(words), "{}", said("review --ahead 3"));
    home.on(0).ok("suspend c1 c2");
    let aside = "3 cards are set aside (2 suspended, 1 buried); `retain resume` asks them again";
    assert!(said("review").contains(&format!("nothing is due; {aside}")), "{}", said("review"));
    assert!(said("due").contains(aside) && said("").contains(aside));
    for line in ["review --cram", "review number", "review --ahead 3"] {
        assert!(said(line).contains(&format!("no card to ask: {aside}")), "{}", said(line));
    }
    assert!(said("review --cram id:c1").contains("1 card is set aside (suspended)"));
}

#[test]
fn what_is_not_understood_is_said_and_asked_again() {
    for (grades, wrong) in [
        ("four", ["0", "5", "33", "word", ":x", "q4", "-1"]),
        ("six", ["6", "9", "44", "word", ":x", "q4", "-1"]),
    ] {
        let home = Home::with(TWO);
        home.config(&format!("grades: {grades}\n"));
        for line in wrong {
            let out = home.on(0).review(&format!("\n{line}\n:q\n"));
            assert!(out.contains("is not understood"), "{grades} {line}: {out}");
            assert!(acknowledged(&out).is_empty(), "{grades} {line}: {out}");
        }
        assert!(home.on(0).ndjson("history --json").is_empty());
    }
}

#[test]
fn the_commands_do_what_they_say() {
    let home = Home::with(DECK);
    let out = home.on(0).review(":h\n\n:h\n:i\n:?\n:q\n");
    assert_eq!(out.matches("DNS has a part in it").count(), 2, "{out}");
    assert!(out.contains("no answer yet"), "{out}");
    assert!(out.contains(":u undo"), "{out}");

    let out = home.on(0).review(":s\n:b\n");
    in_order(&out, &["d-100 suspended", "d-200 buried until tomorrow"]);
    assert_eq!(home.on(0).listed("is:suspended"), ["d-100"]);
    assert_eq!(home.on(0).listed("is:buried"), ["d-200"]);
    assert!(home.on(0).review("").contains("nothing is due"));
}

#[test]
fn undo_goes_back_to_any_depth_and_further() {
    let home = Home::with(&deck_of(3));
    home.on(0).ok("grade c1 good");
    // Two answers here, both taken back, then the one from before this sitting.
    let out = home.on(0).review("\n1\n\n3\n:u\n:u\n:u\n:u\n\n4\n:q\n");
    in_order(
        &out,
        &[
            "c2 again",
            "c3 good",
            "Taken back",
            "Question number 3",
            "Taken back",
            "Question number 2",
            "Taken back, from before this sitting: c1 good",
            "Question number 1",
            "nothing to take back",
            "c1 easy",
        ],
    );
    let rows = home.on(0).ndjson("history --json");
    let kept: Vec<_> = rows
        .iter()
        .filter(|row| row["kind"] == "reviewed" && row["retracted"] == false)
        .map(|row| (row["card"].as_str().unwrap(), row["rating"].as_i64().unwrap()))
        .collect();
    assert_eq!(kept, [("c1", 4)]);
    assert_eq!(rows.iter().filter(|row| row["kind"] == "retracted").count(), 3);
    // A card put aside can be taken back in the same way.
    let home = Home::with(TWO);
    let out = home.on(0).review(":s\n:u\n\n3\n:q\n");
    assert_eq!(acknowledged(&out), ["a good, again tomorrow"]);
    assert!(home.on(0).listed("is:suspended").is_empty());
}

#[test]
fn what_was_not_good_is_asked_again_until_it_is() {
    let home = Home::with(TWO);
    let out = home.on(0).review("\n1\n\n3\n\n2\n\n1\n\n3\n");
    let cards: Vec<_> = acknowledged(&out).iter().map(|line| &line[..1]).collect();
    assert_eq!(cards, ["a", "b", "a", "a", "a"]);
    assert!(out.contains("5 answers to 2 cards"), "{out}");
    in_order(
        &out,
        &["Missed: 1 card", "a  What is the first letter?", "Come back tomorrow: 2 cards"],
    );
    // Stopped halfway, it goes on with the repeat, and says so.
    let home = Home::with(TWO);
    home.on(0).review("\n1\n\n3\n");
    let out = home.at("2026-11-24T23:00").review("\n3\n");
    in_order(
        &out,
        &["Going on: 2 cards answered today, the last at 10:00", "again; 1 left", "a good"],
    );
    assert_eq!(home.on(0).ok("due --count"), "0\n");
}

#[test]
fn the_end_of_the_input_leaves_with_the_summary() {
    let home = Home::with(TWO);
    for (input, summary) in [
        ("", "Nothing answered; 2 left for today."),
        ("\n", "Nothing answered; 2 left for today."),
        ("\n3", "1 answer to 1 card"),
    ] {
        let ran = home.on(0).input(input).run("review --plain").exits(0).silently();
        assert!(ran.out.contains(summary), "{input:?}: {}", ran.out);
    }
    // A last line without its end is a line.
    assert_eq!(home.on(0).card("a")["reviews"], 1);
    assert!(home.on(0).review(":q\n").contains("1 left"));
}

#[test]
fn without_a_terminal_a_review_is_plain_by_itself() {
    let home = Home::with(TWO);
    let ran = home.on(0).input("\n3\n").run("review").exits(0).silently();
    assert_eq!(acknowledged(&ran.out), ["a good, again tomorrow"]);
    assert!(!ran.out.contains('\u{1b}'), "no cursor moves");
    let coloured = home.on(0).input("\n3\n").run("--color always review --plain").exits(0);
    assert!(!coloured.out.contains("\u{1b}[2K") && !coloured.out.contains("\u{1b}[1A"));
}

#[test]
fn an_answer_is_in_the_history_before_it_is_acknowledged() {
    let home = Home::with(&deck_of(5));
    let at = home.on(0);
    let mut child = at
        .command(["review", "--plain"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for answered in 1..=3 {
        input.write_all(b"\n3\n").unwrap();
        let line = lines.find(|line| line.as_ref().unwrap().contains(" good, again")).unwrap();
        assert_eq!(line.unwrap(), format!("c{answered} good, again tomorrow"));
        // Another program sees it, while this one goes on.
        assert_eq!(at.ndjson("history --json").len(), answered);
        assert_eq!(at.ok("due --count"), format!("{}\n", 5 - answered));
    }
    // A script that waits for the line may end the program at once.
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(at.ndjson("history --json").len(), 3);
    let out = at.review("");
    in_order(&out, &["Going on: 3 cards answered today", "Question number 4"]);
}

#[test]
fn two_reviews_at_once_do_not_ask_what_the_other_had_answered() {
    let home = Home::with(&deck_of(3));
    let at = home.on(0);
    let mut child = at
        .command(["review", "--plain"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.find(|line| line.as_ref().unwrap().starts_with("Question")).unwrap().unwrap();
    let other = at.review("\n3\n\n3\n:q\n");
    assert_eq!(acknowledged(&other).len(), 2, "nothing is locked");
    input.write_all(b"\n3\n\n3\n\n3\n").unwrap();
    drop(input);
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success());
    let mut error = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut error).unwrap();
    assert!(!error.contains("locked"), "{error}");
    // The card that stood on the screen was answered twice; the second was not asked again.
    assert!(rest.iter().any(|line| line.starts_with("c3 good")), "{rest:?}");
    assert!(!rest.iter().any(|line| line.starts_with("c2 good")), "{rest:?}");
}

#[test]
fn decks_that_are_read_anew_meanwhile_cost_a_review_no_card() {
    let home = Home::new();
    home.deck(
        "one",
        "cards:\n- {id: a1, front: one?, back: x}\n- {id: a2, front: two?, back: y}\n",
    );
    home.deck(
        "two",
        "cards:\n- {id: b1, front: six?, back: x}\n- {id: b2, front: ten?, back: y}\n",
    );
    let at = home.on(0);
    let mut child = at
        .command(["review", "--plain"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.find(|line| line.as_ref().unwrap().starts_with("Question")).unwrap().unwrap();
    // Both decks get other rows in the caches, and one of them another name and a card more.
    home.edit("one", "cards:", "# edited\ncards:");
    home.edit(
        "two",
        "cards:\n",
        "deck: Renamed\noptions: {new_per_day: 9}\ncards:\n- {id: b0, front: new?, back: z}\n",
    );
    assert_eq!(at.ok("due --count"), "5\n");
    home.edit("one", "# edited\n", "# edited\n# again\n");
    input.write_all(b"\n3\n\n1\n\n3\n\n3\n\n3\n").unwrap();
    drop(input);
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success());
    let out = rest.join("\n");
    let asked: Vec<_> = acknowledged(&out).iter().map(|line| &line[..2]).collect();
    assert_eq!(asked, ["a1", "b1", "a2", "b2", "b1"], "{out}");
    in_order(&out, &["Renamed", "Missed: 1 card", "b1  six?", "1 left for today"]);
}

#[test]
fn a_card_that_leaves_its_deck_under_a_review_is_passed_over() {
    let home = Home::with(TWO);
    let at = home.on(0);
    let mut child = at
        .command(["review", "--plain"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.find(|line| line.as_ref().unwrap().starts_with("Question")).unwrap().unwrap();
    home.deck("deck", &TWO.replace("id: b", "id: c").replace("second", "third"));
    assert_eq!(at.ok("due --count"), "2\n");
    input.write_all(b"\n3\n").unwrap();
    drop(input);
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success());
    let out = rest.join("\n");
    assert_eq!(acknowledged(&out), ["a good, again tomorrow"]);
    assert!(!out.contains("second"), "{out}");
    assert!(out.contains("1 left for today"), "the new one is not taken for done: {out}");
}

#[test]
fn a_closed_pipe_is_silent() {
    let home = Home::with(&deck_of(400));
    for arguments in [
        &["grade", "c1", "good"][..],
        &["review", "--plain"],
        &["list"],
        &["list", "--json"],
        &["due"],
        &["due", "--json"],
        &["history"],
        &["check"],
        &["show", "c1"],
        &["explain", "c1"],
        &["suspend", "c2"],
        &["--help"],
        &["undo"],
        &["grade", "c3", "good"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output =
            home.on(0).command(arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
    // What was graded is in the history all the same.
    assert_eq!(home.on(0).card("c3")["reviews"], 1);
}

#[test]
fn a_full_disk_is_named() {
    let home = Home::with(TWO);
    for arguments in
        [&["list"][..], &["due", "--json"], &["review", "--plain"], &["grade", "a", "3"]]
    {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output =
            home.on(0).command(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
        assert!(error.contains("error: standard output cannot be written: "), "{error}");
    }
    assert_eq!(home.on(0).card("a")["reviews"], 1);
}

#[test]
fn a_reader_that_leaves_after_the_first_card_leaves_the_answers_in_the_history() {
    let home = Home::with(&deck_of(50));
    let mut child = home
        .on(0)
        .command(["review", "--plain"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"\n3\n").unwrap();
    lines.find(|line| line.as_ref().unwrap().starts_with("c1 good")).unwrap().unwrap();
    drop(lines);
    let _ = input.write_all(b"\n3\n\n3\n");
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(home.on(0).card("c1")["reviews"] == 1);
}

#[test]
fn limits_and_wishes_bound_a_sitting() {
    let home = Home::with(&deck_of(30));
    for day in [0, 1] {
        for card in ["c1", "c2", "c3"] {
            home.on(day).ok(&format!("grade {card} good"));
        }
    }
    let asked = |line: &str| home.on(6).input("").run(line).exits(0).out;
    assert!(asked("review --plain").contains("; 20 left"), "the new ones of today");
    assert!(asked("review --plain -n 4").contains("; 4 left"));
    assert!(asked("review --plain --limit 1").contains("; 1 left"));
    assert!(asked("review --plain --new 25").contains("; 25 left"));
    assert!(asked("review --plain --new 0").contains("nothing is due"));
    assert!(asked("review --plain --ahead 1 --new 0").contains("; 3 left"));
    assert!(asked("review --plain --new 0 id:c4").contains("no card to ask"));
    assert!(asked("review --plain id:c9").contains("; 1 left"));
    for wrong in [
        "review --limit x",
        "review --limit 0",
        "review -n -1",
        "review --ahead=-1",
        "review --cram --new 3",
        "review --cram --ahead 2",
    ] {
        home.on(6).run(wrong).exits(2);
    }
    for (wrong, way_out) in [
        ("review --limit 0", "'--limit <N>': a whole number from 1 to 1000000 is wanted"),
        ("review --new x", "'--new <N>': a whole number from 0 to 1000000 is wanted"),
        ("review --ahead 1.5", "'--ahead <DAYS>': a whole number from 0 to 36500 is wanted"),
        ("undo 0", "'[N]': a whole number from 1 to 10000 is wanted"),
        ("grade c1 3 --took x", "'--took <MS>': a whole number from 0 to 4294967295 is wanted"),
    ] {
        home.on(6).run(wrong).exits(2).says(way_out);
    }
}

#[test]
fn a_review_ahead_counts_as_early() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(1).ok("grade a good");
    let out = home.on(5).input("\n3\n").ok("review --plain --ahead 2 id:a");
    // Four days waited, ⌈4 · 2.50⌉ = 10.
    assert_eq!(acknowledged(&out), ["a good, again in 10 days"]);
}

#[test]
fn practice_moves_no_schedule() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("suspend b");
    let schedules = home.on(0).ok("doctor --digest").lines().nth(1).unwrap().to_owned();
    let ran = home.on(0).input("\n1\n").run("review --plain --cram").exits(0);
    in_order(&ran.out, &["for practice", "a again, for practice"]);
    assert!(!ran.out.contains("second"), "what is suspended is not practised");
    assert_eq!(home.on(0).ok("doctor --digest").lines().nth(1).unwrap(), schedules);
    let rows = home.on(0).ndjson("history --json");
    let last = rows.last().unwrap();
    assert_eq!((&last["kind"], &last["counted"]), (&"practised".into(), &false.into()));
    assert_eq!(home.on(0).card("a")["due"], date(1));
}

#[test]
fn a_changed_answer_shows_what_changed_and_since_when() {
    let home = Home::with(DECK);
    home.on(0).ok("grade d-100 good");
    home.edit("deck", "back: Domain ownership", "back: Control of the domain");
    let out = home.on(1).input("\n").ok("review --plain id:d-100");
    in_order(
        &out,
        &[
            "Domains, 100, answer changed; 1 left",
            "Answer: Control of the domain",
            "Changed since 2026-11-24:",
            "[-",
            "{+",
        ],
    );
}

#[test]
fn a_prompt_keeps_each_key_with_what_it_does() {
    let home = Home::with("cards:\n  - {id: a, front: b, back: c, hint: d}\n");
    let mut command = home.on(0).command(["review", "--plain"]);
    for columns in 20..80 {
        let output = command.env("COLUMNS", columns.to_string()).output().unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        let ends_in_key = |line: &&str| {
            line.split(' ')
                .next_back()
                .is_some_and(|word| word.trim_start_matches('(').starts_with(':'))
        };
        assert!(output.contains("helps)"), "{output}");
        assert_eq!(output.lines().find(ends_in_key), None, "{columns}: {output}");
    }
}
