//! Killed at any point, and several programs at once: what was acknowledged is in the history, once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::support::*;

const WORDS: [&str; 4] = ["again", "hard", "good", "easy"];

/// A home with so many cards, `c0` and on, all let in today.
fn home_of(cards: usize) -> Home {
    let mut deck = String::from("cards:\n");
    for card in 0..cards {
        deck += &format!("- {{id: c{card}, front: question {card}., back: answer {card}.}}\n");
    }
    let home = Home::with(&[("many.yaml", &deck)]);
    std::fs::write(home.path().join("config.yaml"), "new_per_day: 9999\nreviews_per_day: none\n")
        .unwrap();
    home
}

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Returns what a line acknowledges, as card and rating.
fn acknowledged(line: &str) -> Option<(String, i64)> {
    let (card, rest) = line.split_once(' ')?;
    let (word, rest) = rest.split_once(", ")?;
    let rating = WORDS.iter().position(|known| *known == word)? as i64 + 1;
    rest.contains("again ").then(|| (card.to_owned(), rating))
}

/// Returns every answer in the history, in the order of arrival.
fn rows(home: &Home) -> Vec<(String, i64)> {
    let db = home.database();
    let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    let mut statement = db
        .prepare(
            "SELECT c.id, h.rating FROM history AS h JOIN card AS c ON c.key = h.card
               JOIN wording AS w ON w.card = h.card AND w.rev = h.rev
              WHERE h.kind = 'reviewed' ORDER BY h.seq",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let rows: Vec<_> = rows.map(Result::unwrap).collect();
    let events: i64 = db.query_row("SELECT count(*) FROM history", [], |row| row.get(0)).unwrap();
    assert_eq!(rows.len() as i64, events, "each answer has its wording, and nothing else happened");
    // One device, that counts without a gap (none is minted anew because of a kill).
    let dense = "SELECT coalesce(max(device_seq), 0) = count(*) AND count(DISTINCT device) <= 1
        AND count(DISTINCT device_seq) = count(*) FROM history";
    assert!(db.query_row(dense, [], |row| row.get::<_, bool>(0)).unwrap(), "a gap");
    rows
}

/// Fails unless `new`, the rows of one killed sitting, are those that it acknowledged and at most
/// the next one.
fn kept(said: &[(String, i64)], new: &[(String, i64)]) {
    assert!(new.len() >= said.len() && new.len() <= said.len() + 1, "said {said:?}, kept {new:?}");
    assert_eq!(new[..said.len()], *said, "every acknowledged answer is kept once, in its order");
}

/// Fails unless the next start works and says where it goes on.
fn goes_on(home: &Home, answered: usize) {
    let output = home.run(&["review", "--plain"]);
    assert!(output.status.success(), "{}", shown(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    if answered > 0 {
        let cards = if answered == 1 { "1 card".into() } else { format!("{answered} cards") };
        assert!(
            text.contains(&format!("Going on: {cards} answered today, the last at 12:00")),
            "{text}"
        );
    }
    assert!(text.contains("Question: question "), "{text}");
}

#[test]
fn a_plain_review_killed_at_any_point_keeps_what_it_acknowledged() {
    const ROUNDS: u64 = 60;
    let home = home_of(2_000);
    assert!(home.run(&["due", "--count"]).status.success());
    let mut chance = Chance(7);
    let mut before = 0;
    let (mut unsaid, mut shortest, mut longest) = (0, usize::MAX, 0);
    for round in 0..ROUNDS {
        let lines: String = (0..400).map(|_| format!("\n{}\n", 1 + chance.below(4))).collect();
        let mut child = start(&mut home.command(&["review", "--plain"]));
        let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let feeder = std::thread::spawn(move || {
            let _ = stdin.write_all(lines.as_bytes()); // the reader is killed
            stdin
        });
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let heard = std::thread::spawn(move || {
            let mut said = Vec::new();
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            // A line that was cut off acknowledges nothing.
            while stdout.read_line(&mut line).is_ok_and(|_| line.ends_with('\n')) {
                said.extend(acknowledged(line.trim_end()));
                counted.store(said.len(), Ordering::SeqCst);
                line.clear();
            }
            said
        });
        if round % 4 == 0 {
            // Anywhere from the first instruction on.
            std::thread::sleep(Duration::from_micros(500 + chance.below(80_000)));
        } else {
            // Close to a grade: before it, in the middle of its commit, or after its word.
            let answers = chance.below(12) as usize;
            let begun = Instant::now();
            while count.load(Ordering::SeqCst) < answers {
                assert!(begun.elapsed() < Duration::from_secs(20), "no answer is acknowledged");
                std::thread::yield_now();
            }
            std::thread::sleep(Duration::from_micros(chance.below(3_000)));
        }
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success());
        drop(feeder.join().unwrap());
        let said = heard.join().unwrap();

        let all = rows(&home);
        kept(&said, &all[before..]);
        unsaid += all.len() - before - said.len();
        shortest = shortest.min(said.len());
        longest = longest.max(said.len());
        before = all.len();
        if round % 6 == 0 {
            let cards: BTreeSet<_> = all.iter().map(|(card, _)| card).collect();
            goes_on(&home, cards.len());
        }
    }
    // The points were many: before the first answer, and some answers later.
    assert!(shortest == 0 && longest > 5, "{shortest} to {longest} answers, {unsaid} unsaid");
    let digest = home.ok(&["doctor", "--digest"]);
    home.ok(&["doctor", "--rebuild"]);
    assert_eq!(home.ok(&["doctor", "--digest"]), digest, "the caches were as a rebuild makes them");
}

#[test]
fn a_review_by_keys_killed_while_it_grades_keeps_what_it_showed() {
    let home = home_of(100);
    let mut chance = Chance(11);
    let mut before = 0;
    for _ in 0..8 {
        let mut terminal = Terminal::start(&home, 80, &["review"]);
        terminal.wait_for("space: answer");
        terminal.press_for(" ", "4 easy");
        terminal.press("3");
        std::thread::sleep(Duration::from_micros(chance.below(16_000)));
        terminal.signal("KILL");
        assert_eq!(terminal.status(), 137);
        let said = terminal.new_text().matches("→ good, again tomorrow").count();
        let all = rows(&home);
        let new = all.len() - before;
        assert!(said <= new && new <= 1, "said {said}, kept {new}");
        before = all.len();
    }
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    if before > 0 {
        terminal.wait_for("Going on: ");
    }
    terminal.wait_for("space: answer");
    terminal.press("q");
    terminal.ends_sane(0);
}

/// A plain review that is spoken with line by line.
struct Sitting {
    child: Child,
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Sitting {
    fn begin(home: &Home) -> Sitting {
        let mut child = start(&mut home.command(&["review", "--plain"]));
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line))
        });
        Sitting { child, lines, heard: Vec::new() }
    }

    /// Returns the next line that `find` wants; `None` at the end.
    fn next<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        loop {
            match self.lines.recv_timeout(Duration::from_secs(30)) {
                Ok(line) => {
                    let found = find(&line);
                    self.heard.push(line);
                    if found.is_some() {
                        return found;
                    }
                }
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(error) => panic!("{error}: {:#?}", self.heard),
            }
        }
    }

    /// Returns the card that is asked.
    fn asked(&mut self) -> Option<String> {
        self.next(|line| {
            let number = line.strip_prefix("Question: question ")?.trim_end_matches('.');
            Some(format!("c{number}"))
        })
    }

    /// Grades the card that is asked, and returns the acknowledgement.
    fn answer(&mut self, rating: i64) -> Option<(String, i64)> {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(format!("\n{rating}\n").as_bytes()).unwrap();
        self.next(acknowledged)
    }

    /// Leaves; returns everything that was written.
    fn end(mut self) -> String {
        drop(self.child.stdin.take());
        let output = self.child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", shown(&output));
        self.heard.extend(self.lines.iter());
        self.heard.push(String::from_utf8(output.stderr).unwrap());
        self.heard.join("\n")
    }
}

fn says_nothing_of_locks(text: &str) {
    let text = text.to_lowercase();
    assert!(!text.contains("locked") && !text.contains("busy"), "{text}");
}

#[test]
fn a_card_graded_in_one_review_is_not_asked_by_the_other() {
    let home = home_of(10);
    let (mut one, mut other) = (Sitting::begin(&home), Sitting::begin(&home));
    assert_eq!((one.asked().unwrap(), other.asked().unwrap()), ("c0".into(), "c0".into()));
    for card in 0..4 {
        assert_eq!(one.answer(3).unwrap(), (format!("c{card}"), 3));
        assert_eq!(one.asked().unwrap(), format!("c{}", card + 1));
    }
    // The other has c0 before its eyes: that answer is a repeat. Then it skips what is done.
    assert_eq!(other.answer(4).unwrap(), ("c0".into(), 4));
    assert!(other.heard.last().unwrap().contains("a repeat"), "{:?}", other.heard.last());
    assert_eq!(other.asked().unwrap(), "c4");
    // A grade from a script, and cards put aside by hand, are seen at once too.
    home.ok(&["grade", "c5", "good"]);
    home.ok(&["suspend", "c6"]);
    home.ok(&["bury", "c7"]);
    other.answer(3).unwrap();
    assert_eq!(other.asked().unwrap(), "c8");
    other.answer(3).unwrap();
    assert_eq!(other.asked().unwrap(), "c9");
    assert_eq!(one.answer(3).unwrap(), ("c4".into(), 3));
    assert_eq!(one.asked().unwrap(), "c9");
    other.answer(3).unwrap();
    one.answer(3).unwrap();
    assert_eq!((one.asked(), other.asked()), (None, None));
    let text = one.end() + &other.end();
    says_nothing_of_locks(&text);
    let counted = home.history().into_iter().filter(|event| event["counted"] == true).count();
    assert_eq!(counted, 8, "each card's first answer counts, whoever gave it");
}

/// Says when it is over, also by a failure.
struct Stop<'f>(&'f AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[test]
fn two_reviews_and_many_commands_at_once_work_and_lose_nothing() {
    const CARDS: usize = 150;
    let home = home_of(CARDS);
    let going = AtomicBool::new(true);
    let (said, words) = std::thread::scope(|scope| {
        // A review that fails must not leave the others going for ever.
        let stop = Stop(&going);
        let review = |rating: i64| {
            let mut sitting = Sitting::begin(&home);
            let mut said = Vec::new();
            while sitting.asked().is_some() {
                said.extend(sitting.answer(rating));
            }
            (said, sitting.end())
        };
        let others = scope.spawn(|| {
            let (mut said, mut words) = (Vec::new(), String::new());
            let commands: [&[&str]; 5] = [
                &["due", "--count"],
                &["list", "is:due"],
                &["due", "--json"],
                &["history", "--json"],
                &["show", "c1"],
            ];
            let mut rounds = 0;
            while going.load(Ordering::Relaxed) || rounds < 4 {
                for command in commands {
                    let output = home.run(command);
                    assert!(output.status.success(), "{command:?}: {}", shown(&output));
                    words += &String::from_utf8_lossy(&output.stderr);
                }
                let card = format!("c{}", CARDS - 1 - rounds % CARDS);
                let output = home.run(&["grade", &card, "hard"]);
                assert!(output.status.success(), "{}", shown(&output));
                said.extend(
                    String::from_utf8_lossy(&output.stdout).lines().filter_map(acknowledged),
                );
                words += &String::from_utf8_lossy(&output.stderr);
                rounds += 1;
            }
            (said, words)
        });
        let reviews = [3, 4].map(|rating| scope.spawn(move || review(rating)));
        let mut said = Vec::new();
        let mut words = String::new();
        for review in reviews {
            let (more, text) = review.join().unwrap();
            said.extend(more);
            words += &text;
        }
        drop(stop);
        let (more, text) = others.join().unwrap();
        said.extend(more);
        (said, words + &text)
    });
    says_nothing_of_locks(&words);
    let count = |all: &[(String, i64)]| {
        let mut counts: BTreeMap<(String, i64), usize> = BTreeMap::new();
        for answer in all {
            *counts.entry(answer.clone()).or_default() += 1;
        }
        counts
    };
    assert_eq!(count(&rows(&home)), count(&said), "all that was acknowledged, and no more");
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for event in home.history().iter().filter(|event| event["counted"] == true) {
        *counted.entry(event["card"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(counted.len(), CARDS, "every card was asked by somebody");
    assert!(counted.values().all(|times| *times == 1), "one answer a day counts: {counted:?}");
}

#[test]
fn a_first_reading_of_the_decks_that_is_killed_leaves_all_of_it_or_nothing() {
    let home = home_of(20_000);
    for delay in 0..12 {
        let mut child = start(&mut home.command(&["due", "--count"]));
        std::thread::sleep(Duration::from_millis(delay * 25));
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = home.database();
        let count = |table: &str| {
            kept.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
                .unwrap_or(0_i64)
        };
        let cards = (count("cache_card"), count("cache_schedule"));
        assert!(cards == (0, 0) || cards == (20_000, 20_000), "{cards:?}");
        drop(kept);
        for file in ["retain.db", "retain.db-wal", "retain.db-shm", "retain.db-journal"] {
            let _ = std::fs::remove_file(home.path().join(file));
        }
    }
    assert_eq!(home.ok(&["due", "--count"]), "9999\n");
}
