//! `merge`: what happened elsewhere, taken in.

use std::path::{Path, PathBuf};

use super::support::{At, Home, Ran, TWO, date};

/// Another home with the same deck, whose devices have ids of their own.
fn another(text: &str) -> Home {
    let mut home = Home::with(text);
    home.reseed();
    home
}

fn merge(at: &At<'_>, file: &Path) -> Ran {
    at.run_args(["merge".as_ref(), file.as_os_str()])
}

fn exported(home: &Home) -> PathBuf {
    home.on(9).ok("export history --to history.ndjson");
    home.path().join("history.ndjson")
}

fn digest(home: &Home) -> String {
    home.on(9).ok("doctor --digest")
}

fn write(home: &Home, text: &str) -> PathBuf {
    home.file("in.ndjson", text);
    home.path().join("in.ndjson")
}

fn events(home: &Home) -> usize {
    home.on(9).ndjson("history --json").len()
}

#[test]
fn two_machines_learn_together() {
    // The second begins as a copy of the first, and goes on as a device of its own.
    let one = Home::with(TWO);
    one.on(0).ok("grade a good");
    let two = one.copy();
    one.on(1).ok("grade a good");
    two.on(1).ok("grade b again");
    two.on(1).ok("suspend b");
    assert_ne!(digest(&one), digest(&two));

    let ran = merge(&one.on(2), &exported(&two)).exits(0).silently();
    assert_eq!(
        ran.out,
        "events: 2 new, 1 there already\ncards: 1 new, 1 there already\n\
         wordings: 1 new, 1 there already\nfrom 2 devices, 1 of them new here\n"
    );
    merge(&two.on(2), &exported(&one)).exits(0).silently();
    assert_eq!(digest(&one), digest(&two));
    for home in [&one, &two] {
        assert_eq!(home.on(2).card("a")["repetitions"], 2);
        assert_eq!(home.on(2).card("b")["suspended"], true);
    }
    // Both ways again, and nothing is new.
    let before = digest(&one);
    let ran = merge(&one.on(2), &exported(&two)).exits(0);
    assert!(ran.out.starts_with("events: 0 new, 4 there already\ncards: 0 new, 2"), "{}", ran.out);
    assert!(ran.out.ends_with("from 2 devices, 0 of them new here\n"), "{}", ran.out);
    merge(&two.on(2), &exported(&one)).exits(0);
    assert_eq!((digest(&one), digest(&two)), (before.clone(), before));
    assert_eq!(one.on(9).ok("export history"), two.on(9).ok("export history"));

    // Undo takes back what was done on the same machine, however new the rest is.
    assert!(one.on(3).ok("undo").contains("took back: a good, 25 Nov 2026"));
    assert!(two.on(3).ok("undo").contains("took back: b suspended"));
    merge(&one.on(4), &exported(&two)).exits(0);
    merge(&two.on(4), &exported(&one)).exits(0);
    assert_eq!(digest(&one), digest(&two));
    assert_eq!(one.on(4).card("a")["repetitions"], 1);
    assert_eq!(one.on(4).card("b")["suspended"], false);
    // Each goes on counting as itself, without a number twice.
    one.on(5).ok("grade a good");
    two.on(5).ok("grade a hard");
    merge(&one.on(6), &exported(&two)).exits(0);
    let lines = one.on(6).ndjson("export history");
    let mut numbers: Vec<_> = lines
        .iter()
        .filter(|line| line["type"] == "event")
        .map(|line| (line["device"].to_string(), line["device_seq"].as_i64()))
        .collect();
    let all = numbers.len();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), all);
}

#[test]
fn a_database_can_be_merged_as_it_is() {
    let (one, two) = (Home::with(TWO), another(TWO));
    one.on(0).ok("grade a good");
    one.on(0).ok("backup copy.db");
    let copy = one.path().join("copy.db");
    let before = std::fs::read(&copy).unwrap();
    let ran = merge(&two.on(1), &copy).exits(0).silently();
    assert!(ran.out.starts_with("events: 1 new, 0 there already\n"), "{}", ran.out);
    assert_eq!(std::fs::read(&copy).unwrap(), before, "it is only read");
    assert_eq!(digest(&one), digest(&two));
    // The database of a home itself, too.
    one.on(2).ok("grade b good");
    merge(&two.on(3), &one.database()).exits(0);
    assert_eq!(digest(&one), digest(&two));
    merge(&one.on(3), &one.database()).exits(1).says("is the history of this home itself");
}

#[test]
fn a_new_machine_begins_with_what_another_one_knows() {
    let one = Home::with(TWO);
    one.on(0).ok("grade a good");
    let file = exported(&one);
    let mut two = Home::new();
    merge(&two.on(1), &file).exits(0).silently();
    // It is the same learner's now, so nothing need be said the other way round.
    two.reseed();
    two.deck("deck", TWO);
    two.on(1).ok("grade b good");
    merge(&one.on(2), &exported(&two)).exits(0).silently();
    assert_eq!(digest(&one), digest(&two));
    assert_eq!(one.on(2).card("b")["repetitions"], 1);
}

#[test]
fn standard_input_is_a_file_like_others() {
    let (one, two) = (Home::with(TWO), another(TWO));
    one.on(0).ok("grade a good");
    let history = one.on(0).ok("export history");
    two.on(0).input(history.clone()).ok("merge -");
    two.on(0).input(history).ok("merge /dev/stdin");
    assert_eq!(digest(&one), digest(&two));
}

#[test]
fn the_history_of_another_learner_needs_a_word() {
    let (one, two) = (Home::with(TWO), another(TWO));
    one.on(0).ok("grade a good");
    two.on(0).ok("grade b good");
    let (before, file) = (digest(&two), exported(&one));
    let ran = merge(&two.on(1), &file).exits(1).says("is the history of another learner");
    assert!(ran.err.contains("hint: if you are that learner, too: `retain merge --same-person "));
    assert_eq!(ran.out, "");
    assert_eq!(digest(&two), before);
    one.on(0).ok("backup copy.db");
    merge(&two.on(1), &one.path().join("copy.db")).exits(1).says("another learner");
    assert_eq!(digest(&two), before);
    // A history that does not say whose it is, with a device that does.
    let text = std::fs::read_to_string(&file).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    let at = first.find("\"learner\":\"").unwrap() + "\"learner\":".len();
    let nobody = format!("{}null{}\n{rest}", &first[..at], &first[at + 34..]);
    merge(&two.on(1), &write(&two, &nobody)).exits(1).says("another learner");
    assert_eq!(digest(&two), before);

    let args = ["merge".as_ref(), "--same-person".as_ref(), file.as_os_str()];
    let ran = two.on(1).run_args(args).exits(0).says("there is no way back but this copy:\n");
    assert_eq!(events(&two), 2);
    let copy = two.path().join("backups/before-merge-2026-11-25.db");
    assert_eq!(ran.err.lines().last(), Some(&*format!("  retain restore {}", copy.display())));
    // Said once, it is known.
    one.on(2).ok("grade b good");
    merge(&two.on(3), &exported(&one)).exits(0).silently();
    let file = exported(&two);
    one.on(3).run_args(["merge".as_ref(), file.as_os_str(), "--same-person".as_ref()]).exits(0);
    assert_eq!(digest(&one), digest(&two));
    // Nor is there another copy: nothing was mixed that was not mixed before.
    assert_eq!(std::fs::read_dir(two.path().join("backups")).unwrap().count(), 1);
    two.on(4).run_args(["restore".as_ref(), copy.as_os_str()]).exits(0);
    assert_eq!(digest(&two), before);
}

#[test]
fn the_histories_of_two_learners_are_not_mixed_without_a_copy() {
    let (one, two) = (Home::with(TWO), another(TWO));
    one.on(0).ok("grade a good");
    two.on(0).ok("grade b good");
    let (before, file) = (digest(&two), exported(&one));
    two.file("backups", "in the way");
    let args = ["merge".as_ref(), "--same-person".as_ref(), file.as_os_str()];
    two.on(1).run_args(args).exits(1).says("backups");
    assert_eq!(digest(&two), before);
    // What is nobody's yet needs none, and neither does one's own.
    let new = Home::new();
    new.on(1).run_args(args).exits(0).silently();
    one.on(1).run_args(args).exits(0).silently();
}

#[test]
fn what_is_no_history_is_refused_and_nothing_is_touched() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let before = (digest(&home), std::fs::read(home.database()).unwrap());
    let learner = "\"learner\":null";
    for (text, says) in [
        ("", "is no history of retain"),
        ("hello\n", "is no history of retain"),
        ("{\"format\":\"other\",\"version\":1}\n", "is no history of retain"),
        ("{\"format\":\"retain-history\"}\n", "is no history of retain"),
        ("{\"format\":\"retain-history\",\"version\":0}\n", "is no history of retain"),
        (
            "{\"format\":\"retain-history\",\"version\":1,\"learner\":\"me\"}\n",
            "is no history of retain",
        ),
        ("SQLite format 3\0 and no more", "cannot be merged"),
        (
            &format!("{{\"format\":\"retain-history\",\"version\":2,{learner}}}\n{{}}\n"),
            "was written by a newer version of retain (history format 2, this one knows 1)",
        ),
    ] {
        let ran = merge(&home.on(9), &write(&home, text)).exits(1).says(says);
        assert!(ran.err.contains("hint: "), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    merge(&home.on(9), Path::new("nothing.ndjson")).exits(1).says("is not there");
    merge(&home.on(9), &home.path().join("decks")).exits(1).says("is a folder");
    home.on(9).run("merge").exits(2).says("<FILE>");
    assert_eq!((digest(&home), std::fs::read(home.database()).unwrap()), before);
    // Databases of something else, of tomorrow, and damaged ones.
    for (name, sql, says) in [
        ("foreign.db", "CREATE TABLE x (y)", "is not a database of retain"),
        (
            "newer.db",
            "PRAGMA application_id = 0x7265746e; PRAGMA user_version = 99; CREATE TABLE history (x)",
            "newer version of retain",
        ),
        (
            "empty.db",
            "PRAGMA application_id = 0x7265746e; PRAGMA user_version = 1; CREATE TABLE x (y)",
            "is not a database of retain",
        ),
    ] {
        let path = home.path().join(name);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        merge(&home.on(9), &path).exits(1).says(says).says("cannot be merged");
    }
    let pipe = home.on(9).input("SQLite format 3\0 and more").run("merge -").exits(1);
    assert!(pipe.err.contains("- is a database in a pipe"), "{}", pipe.err);
    // Not even a home is made.
    let nowhere = Home::new();
    let file = write(&home, "hello\n");
    merge(&nowhere.on(0), &file).exits(1);
    assert!(!nowhere.database().exists());
}

#[test]
fn lines_that_are_no_facts_are_named_and_the_rest_comes_in() {
    let (one, two) = (Home::with(TWO), another(TWO));
    one.on(0).ok("grade a good");
    one.on(1).ok("grade a good");
    let text = std::fs::read_to_string(exported(&one)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // Heading, device, wording, two events.
    assert_eq!(lines.len(), 5);
    let changed = lines[4].replace("\"rating\":3", "\"rating\":4");
    let event = |from: &str, to: &str| lines[4].replace(from, to);
    let bad = [
        (changed.as_str(), "its id is not the hash of its facts"),
        ("{", "EOF while parsing an object"),
        ("[1]", "expected"),
        ("{\"type\":\"dream\"}", "\"dream\" is no type of line"),
        (&event("\"type\":\"event\",", ""), "missing field `type`"),
        (&event("\"kind\":\"reviewed\",", ""), "no `kind`"),
        (&event("\"rating\":3", "\"rating\":3.0"), "invalid type: floating point"),
        (&event("\"rating\":3", "\"rating\":3,\"mood\":1"), "unknown field `mood`"),
        (&event("\"rating\":3", "\"rating\":3,\"rating\":3"), "duplicate field `rating`"),
        (&event("\"rating\":3", "\"rating\":3,\"front\":\"x\""), "`front` does not belong here"),
        (&lines[2].replace("first", "last"), "its rev is not the hash of its texts"),
        (&lines[1].replace("\"id\":\"", "\"id\":\"x"), "`id` is not 32 hexadecimal digits"),
        ("\u{1b}[2J\u{202e}", "expected"),
    ];
    let mut mixed = vec![lines[0], lines[1], lines[2], lines[3], ""];
    mixed.extend(bad.iter().map(|(line, _)| *line));
    mixed.push(lines[4]);
    let ran = merge(&two.on(2), &write(&two, &mixed.join("\r\n"))).exits(1);
    for (at, (_, says)) in bad.iter().enumerate() {
        assert!(ran.err.contains(&format!("line {}: ", at + 6)), "{at} {}", ran.err);
        assert!(ran.err.contains(says), "{says}: {}", ran.err);
    }
    assert!(ran.err.ends_with("13 lines left out\n"), "{}", ran.err);
    assert!(!ran.err.contains('\u{1b}') && !ran.err.contains('\u{202e}'));
    assert!(ran.out.starts_with("events: 2 new, 0 there already\n"), "{}", ran.out);
    assert_eq!(digest(&one), digest(&two));
}

#[test]
fn events_that_the_database_refuses_leave_no_card_behind() {
    let (one, two) = (Home::with(TWO), another(TWO));
    one.on(0).ok("grade a good");
    one.sql().execute_batch("INSERT INTO card (id) VALUES ('ghost')").unwrap();
    let text = std::fs::read_to_string(exported(&one)).unwrap();
    let device = text.lines().nth(1).unwrap();
    let device = &device[device.find("\"id\":\"").unwrap() + 6..][..32];
    let record = retain::history::Record {
        device: device.parse().unwrap(),
        device_seq: 7,
        card: Some(retain::card::CardId::new("ghost")),
        rev: None,
        when: retain::time::Moment { at_ms: 5, utc_offset_s: 0 },
        day: retain::time::Day(3),
        kind: "reviewed".into(),
        rating: Some(9),
        quality: None,
        took_ms: None,
        extra: None,
    };
    let stranger = |id: String, device: &str| {
        format!(
            "{{\"type\":\"event\",\"id\":\"{id}\",\"device\":\"{device}\",\"device_seq\":7,\"card\":\"ghost\",\"at_ms\":5,\"utc_offset_s\":0,\"day\":3,\"kind\":\"reviewed\",\"rating\":9}}\n"
        )
    };
    let elsewhere =
        retain::history::Record { device: retain::history::DeviceId([7; 16]), ..record.clone() };
    let more = stranger(record.id().to_string(), device)
        + &stranger(elsewhere.id().to_string(), &"07".repeat(16));
    let ran = merge(&two.on(1), &write(&two, &(text + &more))).exits(1);
    assert!(
        ran.err.contains("line 5: a \"reviewed\" event without what its kind needs"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("line 6: no line above has its device"), "{}", ran.err);
    assert_eq!(two.on(1).listed("is:parked"), Vec::<String>::new());
    assert_eq!(two.on(1).card("a")["repetitions"], 1);
}

#[test]
fn only_so_many_lines_are_named_and_none_may_be_endless() {
    let (one, two) = (Home::with(TWO), another(TWO));
    one.on(0).ok("grade a good");
    let text = std::fs::read_to_string(exported(&one)).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    let endless = "x".repeat(17 << 20);
    let last = lines.pop().unwrap();
    lines.push(&endless);
    lines.extend(["?"; 30]);
    lines.push(last);
    let ran = merge(&two.on(1), &write(&two, &lines.join("\n"))).exits(1);
    assert!(ran.err.contains("line 4: longer than 16 MiB\nline 5: "), "{}", ran.err);
    assert_eq!(ran.err.lines().filter(|line| line.starts_with("line ")).count(), 20);
    assert!(ran.err.ends_with("and 11 more\n31 lines left out\n"), "{}", ran.err);
    assert_eq!(digest(&one), digest(&two));
}

#[test]
fn a_device_whose_events_come_from_elsewhere_goes_on_as_another() {
    // A machine that was set back with everything in the home, so that it cannot know.
    let mut home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let mark = home.path().join("retain.db-mark");
    let before = (std::fs::read(home.database()).unwrap(), std::fs::read(&mark).unwrap());
    home.on(1).ok("grade a good");
    home.on(2).ok("grade a good");
    let ahead = exported(&home);
    std::fs::write(home.database(), before.0).unwrap();
    std::fs::write(&mark, before.1).unwrap();
    assert_eq!(events(&home), 1);
    home.on(3).ok("grade b good"); // takes number 2 again
    let ran = merge(&home.on(4), &ahead).exits(0);
    assert!(ran.err.contains("in the name of this device"), "{}", ran.err);
    assert_eq!(events(&home), 4);
    home.on(5).run("undo").exits(1).says("nothing to undo");
    home.reseed();
    home.on(5).ok("grade b good");
    let lines = home.on(6).ndjson("history --json");
    let devices: Vec<_> = lines.iter().map(|line| &line["device"]).collect();
    assert!(devices[..4].iter().all(|device| *device == devices[0]));
    assert_ne!(devices[4], devices[0]);
    // Merged once more it is known, and nothing changes its device again.
    merge(&home.on(7), &ahead).exits(0).silently();
    home.on(7).ok("grade a good");
    let lines = home.on(8).ndjson("history --json");
    assert_eq!(lines[5]["device"], lines[4]["device"]);
}

#[test]
fn links_and_what_parts_them_come_along() {
    let (one, two) = (Home::with(TWO), another(TWO));
    one.on(0).ok("grade a good");
    one.edit("deck", "id: a", "id: a2");
    two.edit("deck", "id: a", "id: a2");
    // The same answer under another id is the same card.
    one.on(1).run("list").exits(0).says("a2 goes on where a left off");
    merge(&two.on(1), &exported(&one)).exits(0);
    assert_eq!(two.on(1).card("a2")["repetitions"], 1);
    assert_eq!(digest(&one), digest(&two));
    one.on(2).ok("grade a2 good");
    merge(&two.on(3), &exported(&one)).exits(0);
    assert_eq!(two.on(3).card("a2")["repetitions"], 2);
    assert_eq!(digest(&one), digest(&two));
}

#[test]
fn a_review_goes_on_while_a_history_is_merged() {
    let (one, two) = (Home::with(TWO), another(TWO));
    for day in 0..3 {
        one.on(day).ok("grade a good");
    }
    let file = exported(&one);
    let merging = std::thread::scope(|scope| {
        let merging = scope.spawn(|| merge(&two.on(9), &file));
        let graded: Vec<_> = (0..5).map(|_| two.on(9).ok("grade b good")).collect();
        assert!(graded.iter().all(|line| line.starts_with("b good, again")));
        merging.join().unwrap()
    });
    // Whoever was first, the learner is one or the other.
    assert!(merging.status() == Some(0) || merging.err.contains("another learner"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let ran = Home::new().at(date(0)).run("merge nothing").exits(1);
    assert!(ran.err.starts_with("error: nothing is not there"), "{}", ran.err);
}
