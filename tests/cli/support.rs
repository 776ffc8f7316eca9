//! A home that lasts as long as its test, and the program run on it at a given time.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::{NaiveDate, TimeDelta};
use serde_json::Value;

/// The program under test.
pub const RETAIN: &str = env!("CARGO_BIN_EXE_retain");

/// The fields of a card in every JSON.
pub const CARD_FIELDS: [&str; 34] = [
    "card",
    "note",
    "deck",
    "file",
    "line",
    "kind",
    "front",
    "back",
    "choices",
    "need",
    "ordered",
    "accept",
    "hint",
    "why",
    "source",
    "tags",
    "value",
    "category",
    "stage",
    "suspended",
    "buried",
    "leech",
    "changed",
    "due",
    "overdue_days",
    "interval_days",
    "repetitions",
    "lapses",
    "ease",
    "stability",
    "difficulty",
    "retrievability",
    "reviews",
    "last_review",
];

/// Two cards with ids, `a` and `b`.
pub const TWO: &str = "\
cards:
  - id: a
    front: What is the first letter?
    back: alpha
  - id: b
    front: What is the second letter?
    back: beta
";

/// Returns ten in the morning, `days` after 24 November 2026 (a Tuesday).
pub fn day(days: i64) -> String {
    format!("{}T10:00", date(days))
}

/// Returns the date `days` after 24 November 2026.
pub fn date(days: i64) -> String {
    let first = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    (first + TimeDelta::days(days)).to_string()
}

/// Returns a deck of cards `c1`, `c2` … without anything special.
pub fn deck_of(cards: usize) -> String {
    let cards = (1..=cards)
        .map(|n| format!("  - id: c{n}\n    front: Question number {n}?\n    back: answer {n}\n"));
    format!("cards:\n{}", cards.collect::<String>())
}

/// A temporary home.
pub struct Home {
    folder: tempfile::TempDir,
    zone: String,
    seed: u32,
}

impl Home {
    /// Returns a home without decks.
    pub fn new() -> Home {
        let folder = tempfile::Builder::new().prefix("retain-test-").tempdir().unwrap();
        Home { folder, zone: "UTC".into(), seed: 1 }
    }

    /// Returns a home with one deck, named `deck`.
    pub fn with(text: &str) -> Home {
        let home = Home::new();
        home.deck("deck", text);
        home
    }

    /// Returns another home with the same decks and a copy of the database file, as `cp` makes it.
    pub fn copy(&self) -> Home {
        let mut copy = Home::new();
        // Chance is fixed by the seed, and two machines do not share it.
        copy.seed = self.seed + 1;
        copy_folder(&self.path().join("decks"), &copy.path().join("decks"));
        std::fs::copy(self.database(), copy.database()).unwrap();
        copy
    }

    /// Makes chance go on otherwise.
    pub fn reseed(&mut self) {
        self.seed += 100;
    }

    /// Returns the folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the database.
    pub fn database(&self) -> PathBuf {
        self.path().join("retain.db")
    }

    /// Writes `decks/NAME.yaml`.
    pub fn deck(&self, name: &str, text: &str) {
        self.file(&format!("decks/{name}.yaml"), text);
    }

    /// Replaces a part of `decks/NAME.yaml` that must be there.
    pub fn edit(&self, name: &str, was: &str, is: &str) {
        let path = self.path().join(format!("decks/{name}.yaml"));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(was), "{was:?} is not in {name}");
        std::fs::write(path, text.replacen(was, is, 1)).unwrap();
    }

    /// Writes `config.yaml`.
    pub fn config(&self, text: &str) {
        self.file("config.yaml", text);
    }

    /// Writes a file below the home.
    pub fn file(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Moves a file or folder of the home.
    pub fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.path().join(from), self.path().join(to)).unwrap();
    }

    /// Changes the zone of the machine, as `TZ` writes it.
    pub fn move_to(&mut self, zone: &str) {
        self.zone = zone.into();
    }

    /// Opens the database behind the program's back.
    pub fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.database()).unwrap()
    }

    /// Drops every cache.
    pub fn drop_caches(&self) {
        let db = self.sql();
        let names: Vec<String> = db
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'cache_*'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(!names.is_empty(), "there are caches to drop");
        for name in names {
            db.execute_batch(&format!("DROP TABLE IF EXISTS \"{name}\"")).unwrap();
        }
    }

    /// Returns the program at a time: RFC 3339, or a wall clock's in the home's zone.
    pub fn at(&self, now: impl Into<String>) -> At<'_> {
        At { home: self, now: now.into(), input: String::new() }
    }

    /// Returns the program `days` after the first day.
    pub fn on(&self, days: i64) -> At<'_> {
        self.at(day(days))
    }
}

/// The program on a home, at a time.
pub struct At<'a> {
    home: &'a Home,
    now: String,
    input: String,
}

impl At<'_> {
    /// Gives it something to read.
    pub fn input(self, input: impl Into<String>) -> Self {
        At { input: input.into(), ..self }
    }

    /// Returns the command, for a test that needs more than its output.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(RETAIN);
        command
            .args(args)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.home.path())
            .env("RETAIN_HOME", self.home.path())
            .env("RETAIN_NOW", &self.now)
            .env("RETAIN_SEED", self.home.seed.to_string())
            .env("TZ", &self.home.zone)
            .env("COLUMNS", "80")
            .env("TERM", "xterm-256color")
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs it with the words of `line` as arguments.
    pub fn run(&self, line: &str) -> Ran {
        self.run_args(line.split_whitespace())
    }

    /// Runs it with arguments that may hold blanks.
    pub fn run_args<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        let args: Vec<_> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        let output = assert_cmd::Command::from_std(self.command(&args))
            .write_stdin(self.input.clone())
            .timeout(std::time::Duration::from_secs(60))
            .output()
            .unwrap();
        Ran {
            what: format!("{args:?} at {}", self.now),
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs it, wants it to do what it was asked, and returns standard output.
    pub fn ok(&self, line: &str) -> String {
        self.run(line).exits(0).out
    }

    /// Runs it and returns its JSON.
    pub fn json(&self, line: &str) -> Value {
        let ran = self.run(line).exits(0);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    /// Runs it and returns its lines of JSON.
    pub fn ndjson(&self, line: &str) -> Vec<Value> {
        let ran = self.run(line).exits(0);
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns a card as `show --json` has it.
    pub fn card(&self, id: &str) -> Value {
        let cards = self.json(&format!("show {id} --json"))["cards"].take();
        let cards = cards.as_array().unwrap();
        cards.iter().find(|card| card["card"] == id).cloned().unwrap_or_else(|| {
            panic!("no card {id} among {cards:?}");
        })
    }

    /// Returns the ids of the cards that a QUERY lists.
    pub fn listed(&self, query: &str) -> Vec<String> {
        ids(&self.json(&format!("list --json {query}")))
    }

    /// Returns the ids of the cards that are due or let in, in the order of the review.
    pub fn due(&self) -> Vec<String> {
        ids(&self.json("due --json"))
    }

    /// Does a review in lines.
    pub fn review(&self, lines: &str) -> String {
        At { home: self.home, now: self.now.clone(), input: lines.into() }.ok("review --plain")
    }
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Ran {
    what: String,
    status: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Wants this exit status.
    #[track_caller]
    pub fn exits(self, status: i32) -> Ran {
        assert_eq!(
            self.status,
            Some(status),
            "{}\n--- out\n{}--- err\n{}",
            self.what,
            self.out,
            self.err
        );
        self
    }

    /// Returns the exit status.
    pub fn status(&self) -> Option<i32> {
        self.status
    }

    /// Wants this on standard error.
    #[track_caller]
    pub fn says(self, words: &str) -> Ran {
        assert!(self.err.contains(words), "{}: no {words:?} in\n{}", self.what, self.err);
        self
    }

    /// Wants nothing on standard error.
    #[track_caller]
    pub fn silently(self) -> Ran {
        assert_eq!(self.err, "", "{}", self.what);
        self
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &to);
        } else {
            std::fs::copy(path, to).unwrap();
        }
    }
}

/// Returns the ids in `{"cards":[…]}`.
pub fn ids(json: &Value) -> Vec<String> {
    let cards = json["cards"].as_array().unwrap();
    cards.iter().map(|card| card["card"].as_str().unwrap().to_owned()).collect()
}

/// Returns the names of an object's fields, sorted.
pub fn fields(json: &Value) -> Vec<&str> {
    let mut fields: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    fields
}

/// Returns names, sorted.
pub fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

/// Returns an ease in hundredths.
pub fn hundredths(card: &Value) -> i64 {
    (card["ease"].as_f64().unwrap() * 100.0).round() as i64
}

/// Wants `text` to hold every one of `parts`, in this order.
#[track_caller]
pub fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at =
            rest.find(part).unwrap_or_else(|| panic!("no {part:?} (in this order) in\n{text}"));
        rest = &rest[at + part.len()..];
    }
}
