//! The bars that the program is held to, measured on the program itself.
//!
//! `cargo bench --bench bars` makes a home below `target/bars` (100,000 cards in 500 files,
//! 1,000,000 reviews; kept for the next run), runs the program on it and prints CPU times, memory,
//! and ratios taken in the same run. Names behind `--` choose rows: start due first-card grade decks
//! rebuild. It needs the `sqlite3` shell for one of them. Nothing fails:
//! machines differ, and a person reads the table.

#![allow(clippy::unwrap_used)] // a bench that cannot go on may stop

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use retain::card::{Answer, CardId, Details, Note};
use retain::history::{Answered, Deed, DeviceId, Record, Review, Step};
use retain::schedule::sm2::Sm2;
use retain::schedule::{Rating, Scheduler};
use retain::settings::Settings;
use retain::store::{Entry, Store};
use retain::time::{Day, Moment};
use rusqlite::{Connection, params};
use wait4::Wait4;

const FILES: usize = 500;
const CARDS: usize = 100_000;
const REVIEWS: usize = 1_000_000;
/// Cards that nobody has answered yet.
const NEW: usize = 2_000;
/// The day of the measurement: 2026-11-24.
const TODAY: Day = Day(20_781);
const NOW: &str = "2026-11-24T10:00:00+00:00";

#[path = "../tests/simulator/mod.rs"]
mod simulator;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bars");
    let program = PathBuf::from(env!("CARGO_BIN_EXE_retain"));
    let big = folder.join("big");
    if let Some(name) = std::env::args().skip_while(|argument| argument != "make-home").nth(1) {
        let home = folder.join(&name);
        return match &*name {
            "big" => make_home(&home, &program, CARDS, FILES, kept_collection()),
            "learner" => make_home(&home, &program, 10_000, 50, learner(10_000)),
            _ => make_home(&home, &program, CARDS, FILES, learner(CARDS)),
        };
    }
    need(&folder, "big", REVIEWS);
    // Once, so that what is measured is not the first look at new files.
    std::thread::sleep(Duration::from_secs(3));
    run(&program, &big, &["due", "--count"]);

    println!("{:<46} {:>12} {:>12}  bar", "work", "CPU", "memory");
    let wanted = |part: &str| {
        let mut named = std::env::args().skip(1).filter(|name| !name.starts_with('-')).peekable();
        named.peek().is_none() || named.any(|name| name == part)
    };
    if wanted("start") {
        start(&program);
    }
    if wanted("due") {
        due_count(&program, &big);
    }
    if wanted("first-card") {
        first_card(&program, &big);
    }
    if wanted("grade") {
        grade(&program, &folder);
    }
    if wanted("decks") {
        read_decks(&program, &folder, 10_000, 50, "120 ms");
        read_decks(&program, &folder, CARDS, FILES, "1.5 s and 100 MiB");
    }
    if wanted("rebuild") {
        rebuild(&program, &big);
    }
    if wanted("schedulers") {
        schedulers(&program, &folder);
    }
    if wanted("stats") {
        let cold = median(3, || {
            let db = rusqlite::Connection::open(big.join("retain.db")).unwrap();
            db.execute("DELETE FROM cache_figures", []).unwrap();
            drop(db);
            run(&program, &big, &["stats", "--json"])
        });
        row("stats of 1,000,000 reviews", cold, "0.5 s");
        let kept = median(5, || run(&program, &big, &["stats", "--json"]));
        row("the same, nothing changed", kept, "50 ms");
    }
}

/// Makes the home of this name if it is not there.
fn need(folder: &Path, name: &str, reviews: usize) {
    let home = folder.join(name);
    if !home.join("ready").exists() {
        eprintln!("making a home of about {reviews} reviews in {}", home.display());
        // In a process of its own: what it needs would count for every child of this one.
        let this = std::env::current_exe().unwrap();
        assert!(Command::new(this).args(["make-home", name]).status().unwrap().success());
    }
}

/// Measures fits to, and evaluations of, the answers of a simulated learner.
fn schedulers(program: &Path, folder: &Path) {
    for (name, reviews, fit, evaluate) in
        [("learner", 100_000, "1 s", Some("2 s")), ("long-learner", REVIEWS, "6 s", None)]
    {
        need(folder, name, reviews);
        let home = folder.join(name);
        run(program, &home, &["due", "--count"]);
        let took = median(3, || run(program, &home, &["scheduler", "fit", "--dry-run", "--json"]));
        row(&format!("fit to {reviews} reviews"), took, fit);
        if let Some(bar) = evaluate {
            let took = median(3, || run(program, &home, &["scheduler", "evaluate", "--json"]));
            row(&format!("evaluation of {reviews} reviews"), took, bar);
        }
    }
}

/// What a run of the program took.
#[derive(Clone, Copy)]
struct Took {
    cpu: Duration,
    memory_kib: u64,
}

fn row(work: &str, took: Took, bar: &str) {
    let cpu = format!("{:.1} ms", took.cpu.as_secs_f64() * 1000.0);
    println!("{work:<46} {cpu:>12} {:>8} MiB  {bar}", took.memory_kib / 1024);
}

fn measured(mut command: Command) -> Took {
    let mut child = command
        .env("RETAIN_NOW", NOW)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let used = child.wait4().unwrap();
    assert!(used.status.success(), "what fails is no measure: {command:?}");
    Took { cpu: used.rusage.utime + used.rusage.stime, memory_kib: used.rusage.maxrss / 1024 }
}

fn retain(program: &Path, home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.arg("--home").arg(home).args(arguments);
    command
}

fn run(program: &Path, home: &Path, arguments: &[&str]) -> Took {
    measured(retain(program, home, arguments))
}

/// Returns the middle one of `times` runs.
fn median(times: usize, mut run: impl FnMut() -> Took) -> Took {
    let mut all: Vec<Took> = (0..times).map(|_| run()).collect();
    all.sort_by_key(|took| took.cpu);
    all[times / 2]
}

fn start(program: &Path) {
    let took = median(101, || {
        let mut command = Command::new(program);
        command.arg("--version");
        measured(command)
    });
    row("start (--version)", took, "2 ms");
}

/// The SQL that gives the number which `due --count` gives on this home.
const DUE: &str = "SELECT count(DISTINCT note) FROM cache_schedule
    WHERE due <= 20781 AND suspended = 0 AND (buried_until IS NULL OR buried_until <= 20781)";

fn due_count(program: &Path, home: &Path) {
    let count = retain(program, home, &["due", "--count"]).env("RETAIN_NOW", NOW).output().unwrap();
    let count = String::from_utf8_lossy(&count.stdout).trim().to_owned();
    let took = median(31, || run(program, home, &["due", "--count"]));
    row(&format!("due --count ({count})"), took, "15 ms and 60 MiB");
    let shell = || {
        let mut command = Command::new("sqlite3");
        command.arg(home.join("retain.db")).arg(DUE);
        command
    };
    match shell().output() {
        Ok(output) => {
            let same = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            let shell = median(31, || measured(shell()));
            let ratio = took.cpu.as_secs_f64() / shell.cpu.as_secs_f64().max(1e-6);
            row(&format!("  the sqlite3 shell ({same})"), shell, "");
            println!("{:<46} {ratio:>11.2}x {:>12}  3 x", "  ratio", "");
        }
        Err(_) => println!("  (no sqlite3 shell to compare with)"),
    }
}

/// From the start of the process to its first question.
fn first_card(program: &Path, home: &Path) {
    let mut cpu = Vec::new();
    let mut walls = Vec::new();
    for _ in 0..15 {
        let began = Instant::now();
        let mut child = retain(program, home, &["review", "--plain"])
            .env("RETAIN_NOW", NOW)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 0 && !line.contains("Question:") {
            line.clear();
        }
        walls.push(began.elapsed());
        // Killed right there, so that what it used is what the first card cost.
        child.kill().unwrap();
        let used = child.wait4().unwrap().rusage;
        cpu.push(Took { cpu: used.utime + used.stime, memory_kib: used.maxrss / 1024 });
    }
    cpu.sort_by_key(|took| took.cpu);
    walls.sort();
    row("first card of review", cpu[7], "50 ms");
    println!("{:<46} {:>9.1} ms", "  by the wall clock", walls[7].as_secs_f64() * 1000.0);
}

/// An answer until it is durable, against one row in one table on the same disk.
fn grade(program: &Path, folder: &Path) {
    let home = folder.join("grades");
    let _ = std::fs::remove_dir_all(&home);
    write_decks(&home, 2_000, 10);
    run(program, &home, &["due"]);
    let settings = Settings::default();
    let mut store = Store::open(&home.join("retain.db"), Box::new(|| [9; 16])).unwrap();
    let cards = store.standings().unwrap();
    let raw = Connection::open(home.join("raw.db")).unwrap();
    raw.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
         CREATE TABLE t (a INTEGER, b TEXT);",
    )
    .unwrap();
    let (mut grades, mut commits) = (Vec::new(), Vec::new());
    for (number, standing) in cards.iter().cycle().take(4_000).enumerate() {
        let when =
            Moment { at_ms: 1_800_000_000_000 + number as i64 * 40_000_000, utc_offset_s: 0 };
        let deed = Deed::Reviewed(Answered::new(Rating::Good).in_ms(4_000));
        let entry =
            Entry::now(standing.card.id.clone(), deed, when).asking(&standing.card, &standing.deck);
        // As a review does before it shows the question.
        store.outlook(standing, &settings, when, &[Rating::Good.into()]).unwrap();
        let began = Instant::now();
        store.record(&entry, &settings).unwrap();
        grades.push(began.elapsed());
        // While the person reads the next question.
        store.settle(&settings).unwrap();
        // One of each in turn, so that a busy disk is busy for both.
        let began = Instant::now();
        raw.execute("INSERT INTO t VALUES (?, 'a row as long as an answer')", [number as i64])
            .unwrap();
        commits.push(began.elapsed());
    }
    // The first half met each card for the first time, and wrote down what it says.
    let (mut grades, mut commits) = (grades.split_off(2_000), commits.split_off(2_000));
    grades.sort();
    commits.sort();
    for (name, at, bar) in [("median", 1_000, "1.2 x"), ("95th percentile", 1_900, "2 x")] {
        let (grade, commit) = (grades[at].as_secs_f64(), commits[at].as_secs_f64());
        println!(
            "{:<46} {:>11.2}x {:>12}  {bar}   ({:.2} ms against {:.2} ms)",
            format!("a grade, {name}"),
            grade / commit,
            "",
            grade * 1000.0,
            commit * 1000.0
        );
    }
}

fn read_decks(program: &Path, folder: &Path, cards: usize, files: usize, bar: &str) {
    let home = folder.join(format!("decks-{cards}"));
    if !home.exists() {
        write_decks(&home, cards, files);
    }
    let took = median(9, || {
        for name in ["retain.db", "retain.db-wal", "retain.db-shm"] {
            let _ = std::fs::remove_file(home.join(name));
        }
        run(program, &home, &["due", "--count"])
    });
    row(&format!("{cards} cards read the first time"), took, bar);
}

fn rebuild(program: &Path, home: &Path) {
    let took = median(3, || {
        let db = Connection::open(home.join("retain.db")).unwrap();
        // Only the schedules: the decks stay read.
        db.execute("DELETE FROM cache_stamp WHERE name = 'settings'", []).unwrap();
        drop(db);
        run(program, home, &["due", "--count"])
    });
    row("all schedules from 1,000,000 reviews", took, "2.5 s");
}

fn note(number: usize) -> Note {
    Note {
        id: number.is_multiple_of(2).then(|| format!("card-{number:06}")),
        line: 0,
        front: format!("What is the {number}th thing that a person would want to remember?"),
        back: Answer::Text(format!("The answer to question {number}, in a few words")),
        reverse: false,
        cloze: false,
        details: Details::default(),
    }
}

fn write_decks(home: &Path, cards: usize, files: usize) {
    let decks = home.join("decks");
    std::fs::create_dir_all(&decks).unwrap();
    for file in 0..files {
        let mut text = format!("deck: Deck {file}\ntags: [bench]\ncards:\n");
        for number in (file * cards / files)..((file + 1) * cards / files) {
            let note = note(number);
            let key = match &note.id {
                Some(id) => format!("id: {id}\n    front"),
                None => "front".to_owned(),
            };
            let back = &note.back.texts()[0];
            text += &format!("  - {key}: {}\n    back: {back}\n    tags: [a, b]\n", note.front);
        }
        std::fs::write(decks.join(format!("deck-{file:03}.yaml")), text).unwrap();
    }
}

/// An answer: when, on which study day, how well, and to which card.
type Given = (Moment, Day, Rating, usize);

/// Returns the answers of a collection that was kept for years.
fn kept_collection() -> Vec<Given> {
    let mut random = StdRng::seed_from_u64(7);
    let mut events = Vec::with_capacity(REVIEWS);
    for number in 0..CARDS - NEW {
        // The cards of one deck come first, as a person takes them up.
        let count = REVIEWS / (CARDS - NEW) + usize::from(number < REVIEWS % (CARDS - NEW));
        for (when, day, rating) in past(count, &mut random) {
            events.push((when, day, rating, number));
        }
    }
    events
}

/// Returns the answers of the simulated learner, ten to each card.
fn learner(cards: usize) -> Vec<Given> {
    simulator::history(cards, 10, TODAY, 11)
        .into_iter()
        .map(|answer| {
            let day = answer.when.day(retain::time::Rollover::default());
            (answer.when, day, answer.rating, answer.card)
        })
        .collect()
}

fn make_home(home: &Path, program: &Path, cards: usize, files: usize, mut events: Vec<Given>) {
    let _ = std::fs::remove_dir_all(home);
    write_decks(home, cards, files);
    // The program makes the database; the history goes in as a merge would put it.
    assert!(retain(program, home, &["init"]).status().unwrap().success());
    let mut db = Connection::open(home.join("retain.db")).unwrap();
    let transaction = db.transaction().unwrap();
    let device = DeviceId([7; 16]);
    transaction.execute("INSERT INTO device (id) VALUES (?)", [device.0]).unwrap();
    let answered = events.iter().map(|event| event.3 + 1).max().unwrap_or(0);
    events.sort_by_key(|event| event.0.at_ms);
    {
        let mut card = transaction.prepare("INSERT INTO card (key, id) VALUES (?, ?)").unwrap();
        let mut wording = transaction
            .prepare("INSERT INTO wording (card, rev, front, back, accept, deck) VALUES (?, ?, ?, ?, '[]', ?)")
            .unwrap();
        let mut revs = Vec::new();
        for number in 0..answered {
            let note = note(number);
            let text = retain::card::Wording::of(&note.cards("k")[0]);
            card.execute(params![number as i64 + 1, card_id(number).as_str()]).unwrap();
            let deck = format!("deck-{:03}", number * files / cards);
            wording
                .execute(params![number as i64 + 1, text.rev(), text.front, text.back, deck])
                .unwrap();
            revs.push(text.rev());
        }
        let mut insert = transaction
            .prepare(
                "INSERT INTO history (id, device, device_seq, card, rev, at_ms, utc_offset_s, day,
                                      kind, rating, took_ms)
                 VALUES (?, 1, ?, ?, ?, ?, 0, ?, 'reviewed', ?, ?)",
            )
            .unwrap();
        for (seq, (when, day, rating, number)) in events.into_iter().enumerate() {
            let record = Record {
                device,
                device_seq: seq as i64 + 1,
                card: Some(card_id(number)),
                rev: Some(revs[number]),
                when,
                day,
                kind: "reviewed".into(),
                rating: Some(rating.number()),
                quality: None,
                took_ms: Some(4_000),
                extra: None,
            };
            insert
                .execute(params![
                    record.id().0,
                    record.device_seq,
                    number as i64 + 1,
                    record.rev,
                    when.at_ms,
                    day.0,
                    record.rating,
                    record.took_ms,
                ])
                .unwrap();
        }
    }
    transaction.commit().unwrap();
    drop(db);
    std::fs::write(home.join("ready"), "").unwrap();
}

fn card_id(number: usize) -> CardId {
    let note = note(number);
    CardId::new(note.id.clone().unwrap_or_else(|| note.key_of_front()))
}

/// Returns `count` answers, each on its due day or a little later, so that the card comes back
/// between ten days ago and two hundred days from today.
fn past(count: usize, random: &mut StdRng) -> Vec<(Moment, Day, Rating)> {
    let mut steps = Vec::new();
    let mut day = Day(10_000);
    for number in 0..count {
        let rating = match random.random_range(0..100) {
            // Most cards of a kept collection have been known for a while.
            0..12 if number + 4 < count => Rating::Again,
            12..20 => Rating::Hard,
            20..90 => Rating::Good,
            _ => Rating::Easy,
        };
        let when = Moment { at_ms: i64::from(day.0) * 86_400_000, utc_offset_s: 0 };
        let event = retain::history::EventId([0; 16]);
        steps.push((
            day,
            rating,
            Step::Review(Review { event, when, day, rev: None, grade: rating.into() }),
        ));
        let so_far: Vec<Step> = steps.iter().map(|(_, _, step)| step.clone()).collect();
        let due = Sm2::default().schedule(&so_far).unwrap().due;
        day = due.plus(random.random_range(0..3));
    }
    let so_far: Vec<Step> = steps.iter().map(|(_, _, step)| step.clone()).collect();
    let due = Sm2::default().schedule(&so_far).unwrap().due;
    // Long intervals end in the past of today all the same: nobody answers in the future.
    let last = steps.last().map_or(day, |(day, ..)| *day);
    let wanted = TODAY.0 + random.random_range(-5..200);
    let shift = (wanted - due.0).min(TODAY.0 - 1 - last.0);
    steps
        .into_iter()
        .map(|(day, rating, _)| {
            let day = Day(day.0 + shift);
            let second = random.random_range(0..40_000_000_i64) + 18_000_000;
            let at_ms = i64::from(day.0) * 86_400_000 + second;
            (Moment { at_ms, utc_offset_s: 0 }, day, rating)
        })
        .collect()
}
