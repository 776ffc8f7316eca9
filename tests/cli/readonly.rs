//! A home that may only be read: who only looks needs no more.
//!
//! Root may write everywhere, so as root the program runs as nobody. Where that user cannot even
//! start it (a build folder nobody else can enter), a hard link or a copy of it beside the home is
//! used.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::support::{Home, RETAIN, TWO};

const NOBODY: u32 = 65_534;

/// A program, and the user to run it as.
struct Reader {
    program: PathBuf,
    user: Option<u32>,
}

impl Reader {
    /// Returns one that `folder`'s owner cannot overrule.
    fn of(home: &Home) -> Reader {
        let root = std::fs::metadata(home.path()).unwrap().uid() == 0;
        if !root {
            return Reader { program: RETAIN.into(), user: None };
        }
        let here = Reader { program: RETAIN.into(), user: Some(NOBODY) };
        if here.command().arg("--version").output().is_ok_and(|output| output.status.success()) {
            return here;
        }
        let program = home.path().join("program");
        if std::fs::hard_link(RETAIN, &program).is_err() {
            std::fs::copy(RETAIN, &program).unwrap();
        }
        Reader { program, user: Some(NOBODY) }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    fn run(&self, home: &Home, day: i64, line: &str) -> Output {
        let mut command = self.command();
        command
            .args(line.split_whitespace())
            .env_clear()
            .env("HOME", "/nonexistent")
            .env("RETAIN_HOME", home.path())
            .env("RETAIN_NOW", super::support::day(day))
            .env("RETAIN_SEED", "1")
            .env("TZ", "UTC")
            .stdin(std::process::Stdio::null());
        command.output().unwrap()
    }

    /// Runs it and wants it to end like this.
    #[track_caller]
    fn wants(&self, home: &Home, day: i64, line: &str, status: i32) -> (String, String) {
        let output = self.run(home, day, line);
        assert_eq!(output.status.code(), Some(status), "{line}: {output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}

/// Takes the right to write from everything below `path`, and gives everybody the right to read.
fn set(path: &Path, writable: bool) {
    let folder = path.is_dir();
    if folder && writable {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    if folder {
        for entry in std::fs::read_dir(path).unwrap() {
            set(&entry.unwrap().path(), writable);
        }
    }
    if path.file_name().is_some_and(|name| name == "program") {
        return;
    }
    let mode = match (folder, writable) {
        (true, true) => 0o755,
        (true, false) => 0o555,
        (false, true) => 0o644,
        (false, false) => 0o444,
    };
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

/// Returns the names and bytes of all files below `path`.
fn contents(path: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else if !path.ends_with("program") {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

fn read_only(work: impl FnOnce(&Home)) -> (Home, Reader) {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("suspend b");
    work(&home);
    let reader = Reader::of(&home);
    set(home.path(), false);
    (home, reader)
}

const LOOKS: [&str; 20] = [
    "",
    "due",
    "due --json",
    "due --count",
    "list",
    "list --json",
    "list is:parked",
    "show a",
    "show a --json",
    "history",
    "history --json",
    "explain a",
    "check",
    "doctor --digest",
    "stats",
    "stats --json",
    "export progress",
    "export reviews",
    "export history",
    "export cards --format yaml",
];

#[test]
fn who_only_looks_sees_the_same_on_a_home_that_cannot_be_written() {
    let (home, reader) = read_only(|_| {});
    let before = contents(home.path());
    let seen = LOOKS.map(|line| reader.wants(&home, 1, line, 0));
    assert!(contents(home.path()) == before, "nothing was written");
    set(home.path(), true);
    for (line, (out, err)) in LOOKS.into_iter().zip(seen) {
        let wanted = home.on(1).run(line).exits(0);
        assert_eq!((out, err), (wanted.out, wanted.err), "{line}");
    }
}

#[test]
fn what_cannot_be_cached_is_computed() {
    // Edited, and its caches dropped, since somebody who may write was here.
    let (home, reader) = read_only(|home| {
        home.edit("deck", "back: alpha", "back: aleph");
        home.deck("more", "cards: [{id: c, front: f, back: b}]\n");
        home.drop_caches();
    });
    let before = contents(home.path());
    assert_eq!(reader.wants(&home, 1, "due --count", 0).0, "2\n");
    let list = reader.wants(&home, 1, "list --json", 0).0;
    assert!(list.contains("\"aleph\"") && list.contains("\"changed\":true"), "{list}");
    assert!(contents(home.path()) == before, "nothing was written");
    set(home.path(), true);
    assert_eq!(home.on(1).ok("list --json"), list);
}

#[test]
fn an_edit_that_would_be_linked_is_seen_as_linked_or_new_but_written_nowhere() {
    let (home, reader) = read_only(|home| {
        home.deck("idless", "cards: [{front: Who owns a domain?, back: The workspace}]\n");
        home.on(0).review("\n3\n");
        home.deck("idless", "cards: [{front: Whose is a domain?, back: The workspace}]\n");
    });
    let before = contents(home.path());
    reader.wants(&home, 1, "due", 0);
    reader.wants(&home, 1, "list --json", 0);
    assert!(contents(home.path()) == before, "nothing was written");
    set(home.path(), true);
    assert_eq!(home.on(1).listed("deck:idless is:review").len(), 1, "linked by who may write");
}

#[test]
fn what_must_write_says_that_it_cannot() {
    let (home, reader) = read_only(|home| {
        home.file("h.ndjson", "{\"format\":\"retain-history\",\"version\":1}\n");
    });
    let before = contents(home.path());
    let merge = format!("merge {}", home.path().join("h.ndjson").display());
    for line in ["grade a good", "undo", "review --plain", "suspend a", "reset a", &merge] {
        let (out, err) = reader.wants(&home, 1, line, 1);
        assert_eq!(out, "", "{line}");
        assert!(err.contains("cannot be written") && err.contains("hint:"), "{line}: {err}");
    }
    assert!(contents(home.path()) == before, "nothing was written");
    set(home.path(), true);
}

#[test]
fn a_database_that_only_its_folder_protects_is_read_too() {
    // The file may be written, its folder not: SQLite cannot make the files that it needs.
    let (home, reader) = read_only(|_| {});
    std::fs::set_permissions(home.database(), PermissionsExt::from_mode(0o666)).unwrap();
    assert_eq!(reader.wants(&home, 1, "due --count", 0).0, "1\n");
    let (_, err) = reader.wants(&home, 1, "grade a good", 1);
    assert!(err.contains("cannot be written"), "{err}");
    set(home.path(), true);
}

#[test]
fn what_was_written_and_not_yet_checkpointed_is_seen() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    // Somebody who holds the database open keeps its log beside it.
    let held = home.sql();
    held.query_row("SELECT count(*) FROM history", [], |_| Ok(())).unwrap();
    home.on(0).ok("grade b good");
    assert!(home.path().join("retain.db-wal").exists(), "there is a log");
    let reader = Reader::of(&home);
    set(home.path(), false);
    let (out, _) = reader.wants(&home, 1, "history --json", 0);
    assert_eq!(out.lines().count(), 2, "{out}");
    assert_eq!(reader.wants(&home, 1, "due --count", 0).0, "2\n");
    set(home.path(), true);
    drop(held);
}

#[test]
fn a_home_that_has_no_database_yet_can_be_read() {
    let home = Home::with(TWO);
    let reader = Reader::of(&home);
    set(home.path(), false);
    let before = contents(home.path());
    let looks = ["", "due", "due --json", "list", "show a", "history", "check", "explain a"];
    for line in looks.into_iter().chain(["export history", "export cards"]) {
        reader.wants(&home, 1, line, 0);
    }
    let (_, err) = reader.wants(&home, 1, "grade a good", 1);
    assert!(err.contains("cannot be written"), "{err}");
    assert!(contents(home.path()) == before, "nothing was written");
    set(home.path(), true);
}
