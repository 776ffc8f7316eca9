//! `backup` and `restore`: copies, damaged files, and files from another program or time.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::support::{Home, TWO, deck_of};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn devices(home: &Home) -> Vec<String> {
    let rows = home.on(9).ndjson("history --json");
    rows.iter().map(|row| row["device"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_copy_is_whole_private_and_has_no_caches() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let copy = home.path().join("copy.db");
    let ran = home.on(0).run_args(["backup".as_ref(), copy.as_os_str()]).exits(0).silently();
    assert!(ran.out.contains("copy.db") && ran.out.contains("verified"), "{}", ran.out);
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let db = rusqlite::Connection::open(&copy).unwrap();
    let one = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(one("SELECT count(*) FROM history"), 1);
    assert_eq!(one("SELECT count(*) FROM wording"), 1);
    assert_eq!(one("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'cache_*'"), 0);
    assert_eq!(one("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
    // The copy refuses to forget as the original does.
    assert!(db.execute("DELETE FROM history", []).is_err());
    assert!(names(home.path()).iter().all(|name| !name.starts_with('.')), "nothing unfinished");
}

#[test]
fn a_copy_is_never_overwritten() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.file("there.db", "something else");
    home.on(0).run("backup there.db").exits(1).says("there already");
    assert_eq!(std::fs::read_to_string(home.path().join("there.db")).unwrap(), "something else");
    home.on(0).run("backup no/such/folder/../x/copy.db");
    home.on(0).ok("backup");
    assert_eq!(names(&home.path().join("backups")).len(), 1);
}

#[test]
fn without_a_history_there_is_nothing_to_copy() {
    Home::new().on(0).run("backup").exits(1).says("no history yet");
}

#[test]
fn a_session_leaves_a_copy_once_a_day() {
    let home = Home::with(&deck_of(9));
    home.on(0).review("\n3\n:q\n");
    home.on(0).review("\n3\n:q\n");
    home.on(1).review("\n3\n:q\n");
    let copies = names(&home.path().join("backups"));
    assert_eq!(copies, ["retain-2026-11-24.db", "retain-2026-11-25.db"]);
    for copy in copies {
        let mode = std::fs::metadata(home.path().join("backups").join(copy)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
}

#[test]
fn a_restored_history_is_the_one_that_was_copied() {
    let mut home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("backup copy.db");
    let digest = home.on(1).ok("doctor --digest");
    let card = home.on(1).card("a");
    home.on(1).ok("grade a again");
    home.on(1).ok("grade b good");
    home.reseed();
    let ran = home.on(1).run("restore copy.db").exits(0).silently();
    assert!(ran.out.contains("restored 1 event from copy.db"), "{}", ran.out);
    assert_eq!(home.on(1).ok("doctor --digest"), digest);
    assert_eq!(home.on(1).card("a"), card);
    // What was there before is kept, and can be brought back in the same way.
    let before = ran.out.lines().nth(1).unwrap().rsplit(' ').next().unwrap();
    let before = PathBuf::from(before);
    assert!(before.starts_with(home.path().join("backups")), "{before:?}");
    home.on(1).run_args(["restore".as_ref(), before.as_os_str()]).exits(0);
    assert_eq!(home.on(1).ndjson("history --json").len(), 3);
}

#[test]
fn a_restored_database_goes_on_as_a_new_device() {
    let mut home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("backup copy.db");
    home.on(0).ok("grade b good");
    home.reseed();
    home.on(1).ok("restore copy.db");
    // What the old device did is not undone here by hand.
    home.on(1).run("undo").exits(1);
    home.on(1).ok("grade b good");
    home.on(2).ok("grade a good");
    let devices = devices(&home);
    assert_ne!(devices[0], devices[1]);
    assert_eq!(devices[1], devices[2], "one new one, not one a run");
}

#[test]
fn a_database_that_was_copied_with_cp_goes_on_as_a_new_device() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let copy = home.copy();
    copy.on(1).ok("grade b good");
    home.on(1).ok("grade b again");
    let (of_home, of_copy) = (devices(&home), devices(&copy));
    assert_eq!(of_home[0], of_home[1], "the original stays what it was");
    assert_eq!(of_home[0], of_copy[0]);
    assert_ne!(of_copy[0], of_copy[1]);
}

/// Returns a home whose database file was written over by an older state of itself: the same inode,
/// but not as far as the mark beside it says.
fn put_back() -> Home {
    let mut home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let saved = std::fs::read(home.database()).unwrap();
    home.on(0).ok("grade b good");
    std::fs::write(home.database(), saved).unwrap();
    home.reseed();
    home
}

#[test]
fn a_database_that_was_put_back_with_cp_goes_on_as_a_new_device() {
    let home = put_back();
    home.on(1).ok("grade b good");
    home.on(2).ok("grade b good");
    let devices = devices(&home);
    assert_eq!(devices.len(), 3);
    assert_ne!(devices[0], devices[1]);
    assert_eq!(devices[1], devices[2], "one new one, not one a run");
}

#[test]
fn undo_does_not_reach_behind_a_database_that_was_put_back() {
    put_back().on(1).run("undo").exits(1).says("nothing to undo");
}

#[test]
fn a_damaged_database_is_named_and_left_as_it_is() {
    for damage in ["all of it", "the header", "the middle", "empty of sense, short"] {
        let home = Home::with(&deck_of(300));
        home.on(0)
            .input(
                (1..=300)
                    .map(|n| format!("{{\"card\":\"c{n}\",\"rating\":3}}\n"))
                    .collect::<String>(),
            )
            .ok("grade --stdin");
        let mut bytes = std::fs::read(home.database()).unwrap();
        match damage {
            "all of it" => bytes.fill(b'x'),
            "the header" => bytes[..100].fill(0),
            "the middle" => {
                let len = bytes.len();
                bytes[4096..len - len / 4].fill(0x5a);
            }
            _ => bytes = b"not a database at all".to_vec(),
        }
        std::fs::write(home.database(), &bytes).unwrap();
        for line in ["due", "grade c1 good", "review --plain", "undo", "doctor", "backup copy.db"] {
            let ran = home.on(1).run(line).exits(1);
            assert!(ran.err.contains("retain.db"), "{damage}, {line}: {}", ran.err);
            assert!(ran.err.contains("damaged"), "{damage}, {line}: {}", ran.err);
            assert!(ran.err.contains("restore"), "{damage}, {line}: {}", ran.err);
            assert_eq!(std::fs::read(home.database()).unwrap(), bytes, "{damage}, {line}");
        }
        assert!(!home.path().join("copy.db").exists());
    }
}

#[test]
fn a_damaged_database_is_put_aside_when_a_copy_is_restored() {
    let mut home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("backup copy.db");
    std::fs::write(home.database(), "not a database at all").unwrap();
    home.reseed();
    let ran = home.on(1).run("restore copy.db").exits(0).says("put aside");
    assert!(ran.out.contains("restored 1 event"), "{}", ran.out);
    assert_eq!(home.on(1).card("a")["reviews"], 1);
    let aside = names(home.path()).into_iter().find(|name| name.contains("damaged")).unwrap();
    let aside = std::fs::read_to_string(home.path().join(aside)).unwrap();
    assert_eq!(aside, "not a database at all");
}

#[test]
fn a_copy_is_restored_over_whatever_is_the_matter_with_the_database() {
    type Damage = (&'static str, fn(&Home));
    let damages: [Damage; 6] = [
        ("a page of the history", |home| {
            let page: i64 = home
                .sql()
                .query_row(
                    "SELECT rootpage FROM sqlite_schema WHERE name = 'history_card'",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            home.sql().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            let mut bytes = std::fs::read(home.database()).unwrap();
            let size = 2048;
            let at = (page as usize - 1) * size;
            bytes[at..at + size].iter_mut().for_each(|byte| *byte ^= 0x5a);
            std::fs::write(home.database(), bytes).unwrap();
        }),
        ("no bytes", |home| std::fs::write(home.database(), "").unwrap()),
        ("no file", |home| std::fs::remove_file(home.database()).unwrap()),
        ("a folder", |home| {
            std::fs::remove_file(home.database()).unwrap();
            std::fs::create_dir(home.database()).unwrap();
        }),
        ("no format", |home| home.sql().execute_batch("PRAGMA user_version = 0").unwrap()),
        ("no history", |home| {
            home.sql().execute_batch("DROP TABLE history").unwrap();
        }),
    ];
    for (damage, harm) in damages {
        let mut home = Home::with(TWO);
        home.on(0).ok("grade a good");
        home.on(0).ok("backup copy.db");
        harm(&home);
        let ran = home.on(1).run("doctor").exits(1).says("retain.db").says("retain restore");
        assert!(!ran.err.contains("SQL"), "{damage}: {}", ran.err);
        home.reseed();
        let ran = home.on(1).run("restore copy.db").exits(0);
        assert!(ran.out.contains("restored 1 event"), "{damage}: {ran:?}");
        assert_eq!(home.on(1).card("a")["reviews"], 1, "{damage}");
        home.on(1).ok("doctor");
    }
}

#[test]
fn a_database_that_was_emptied_is_not_begun_anew() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    std::fs::remove_file(home.database()).unwrap();
    for line in ["due", "grade a good", "review --plain", "list", "init"] {
        home.on(1).run(line).exits(1).says("events were in it").says("retain.db-mark");
        assert!(!home.database().exists(), "{line}");
    }
    // The way out that it names is one.
    std::fs::remove_file(home.path().join("retain.db-mark")).unwrap();
    home.on(1).ok("grade a good");
}

#[test]
fn a_newer_or_foreign_database_is_refused_untouched() {
    for (sql, word) in [
        ("PRAGMA user_version = 99", "newer"),
        ("PRAGMA application_id = 7; PRAGMA journal_mode = DELETE", "not a database of retain"),
    ] {
        let home = Home::with(TWO);
        home.on(0).ok("grade a good");
        home.on(0).ok("backup copy.db");
        home.sql().execute_batch(sql).unwrap();
        let bytes = std::fs::read(home.database()).unwrap();
        for line in ["due", "grade a good", "doctor --rebuild", "restore copy.db", "init"] {
            home.on(1).run(line).exits(1).says(word);
            assert_eq!(std::fs::read(home.database()).unwrap(), bytes, "{line}");
        }
        // Nor does a good database take such a copy.
        let good = Home::with(TWO);
        good.on(0).ok("grade b good");
        let bad = home.database().into_os_string();
        good.on(1).run_args(["restore".into(), bad]).exits(1).says(word);
        assert_eq!(good.on(1).card("b")["reviews"], 1);
    }
}

#[test]
fn what_is_no_copy_is_not_restored() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.file("text.db", "not a database");
    home.file("empty.db", "");
    rusqlite::Connection::open(home.path().join("other.db"))
        .unwrap()
        .execute_batch("CREATE TABLE shopping (what TEXT)")
        .unwrap();
    for file in ["text.db", "empty.db", "other.db", "none.db", "decks"] {
        home.on(1).run(&format!("restore {file}")).exits(1).says(file);
        assert_eq!(home.on(1).card("a")["reviews"], 1, "{file}");
    }
    home.on(1).run("restore").exits(2);
}
