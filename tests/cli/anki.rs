//! Packages of Anki, written here as small as they may be; tests/anki.sh has those of the real one.

use std::io::Write;

use rusqlite::{Connection, params};
use serde_json::json;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::support::{Home, RETAIN};

/// 04:00 UTC of 1 November 2026.
const CREATED: i64 = 1_793_505_600;
const DAY_MS: i64 = 86_400_000;

/// A collection of the older schema.
struct Collection(Connection, tempfile::TempDir);

impl Collection {
    fn new() -> Collection {
        let folder = tempfile::tempdir().unwrap();
        let db = Connection::open(folder.path().join("c")).unwrap();
        db.execute_batch(
            "CREATE TABLE col (id integer, crt integer, mod integer, scm integer, ver integer,
                               dty integer, usn integer, ls integer, conf text, models text,
                               decks text, dconf text, tags text);
             CREATE TABLE notes (id integer primary key, guid text, mid integer, mod integer,
                                 usn integer, tags text, flds text, sfld integer, csum integer,
                                 flags integer, data text);
             CREATE TABLE cards (id integer primary key, nid integer, did integer, ord integer,
                                 mod integer, usn integer, type integer, queue integer, due integer,
                                 ivl integer, factor integer, reps integer, lapses integer,
                                 left integer, odue integer, odid integer, flags integer, data text);
             CREATE TABLE revlog (id integer primary key, cid integer, usn integer, ease integer,
                                  ivl integer, lastIvl integer, factor integer, time integer,
                                  type integer);
             CREATE TABLE graves (usn integer, oid integer, type integer);",
        )
        .unwrap();
        let field = |name: &str| json!({ "name": name });
        let template =
            |question: &str, answer: &str| json!({ "name": "c", "qfmt": question, "afmt": answer });
        let front = "{{FrontSide}}<hr id=answer>";
        let models = json!({
            "1": { "name": "Basic", "type": 0, "flds": [field("Front"), field("Back")],
                   "tmpls": [template("{{Front}}", &format!("{front}{{{{Back}}}}"))] },
            "2": { "name": "Reversed", "type": 0, "flds": [field("Front"), field("Back")],
                   "tmpls": [template("{{Front}}", &format!("{front}{{{{Back}}}}")),
                             template("{{Back}}", &format!("{front}{{{{Front}}}}"))] },
            "3": { "name": "Cloze", "type": 1, "flds": [field("Text"), field("Extra")],
                   "tmpls": [template("{{cloze:Text}}", "{{cloze:Text}}<br>{{Extra}}")] },
            "4": { "name": "Odd", "type": 0, "flds": [field("A"), field("B"), field("C")],
                   "tmpls": [template("{{A}}?", &format!("{front}{{{{B}}}}")),
                             template("{{#C}}{{C}} and {{A}}{{/C}}", &format!("{front}{{{{B}}}}"))] },
        });
        let decks = json!({
            "1": { "name": "Default", "dyn": 0 },
            "2": { "name": "Lang::Español", "dyn": 0 },
            "3": { "name": "Borrowed", "dyn": 1 },
        });
        let conf = json!({ "schedVer": 2, "creationOffset": 0, "rollover": 4 });
        db.execute(
            "INSERT INTO col VALUES (1, ?, 0, 0, 11, 0, 0, 0, ?, ?, ?, '{}', '{}')",
            params![CREATED, conf.to_string(), models.to_string(), decks.to_string()],
        )
        .unwrap();
        Collection(db, folder)
    }

    fn note(&self, id: i64, guid: &str, kind: i64, fields: &[&str]) {
        self.0
            .execute(
                "INSERT OR REPLACE INTO notes VALUES (?, ?, ?, 0, -1, ' a b::c ', ?, 0, 0, 0, '')",
                params![id, guid, kind, fields.join("\u{1f}")],
            )
            .unwrap();
    }

    /// A card: kind and queue, the day after the first on which it is due, and its interval.
    fn card(&self, id: i64, note: i64, ord: i64, stands: (i64, i64, i64, i64)) {
        let (kind, queue, due, interval) = stands;
        self.0
            .execute(
                "INSERT OR REPLACE INTO cards
                 VALUES (?, ?, 2, ?, 0, -1, ?, ?, ?, ?, 2350, 3, 1, 0, 0, 0, 0, '{}')",
                params![id, note, ord, kind, queue, due, interval],
            )
            .unwrap();
    }

    /// An answer so many days after the first, with the kind of the row.
    fn answer(&self, card: i64, day: i64, button: i64, kind: i64) {
        let at = CREATED * 1_000 + day * DAY_MS + 6 * 3_600_000 + card;
        let factor = if kind == 1 { 2350 } else { 0 };
        self.0
            .execute(
                "INSERT INTO revlog VALUES (?, ?, -1, ?, 1, 0, ?, 4000, ?)",
                params![at, card, button, factor, kind],
            )
            .unwrap();
    }

    /// Packs it, with media, into `name` of the home.
    fn pack(&self, home: &Home, name: &str, media: &[(&str, &[u8])]) {
        let bytes = std::fs::read(self.1.path().join("c")).unwrap();
        let list: serde_json::Map<String, serde_json::Value> = media
            .iter()
            .enumerate()
            .map(|(number, (name, _))| (number.to_string(), json!(name)))
            .collect();
        let list = serde_json::to_vec(&list).unwrap();
        let mut files: Vec<(String, &[u8])> =
            vec![("collection.anki21".into(), &bytes), ("media".into(), &list)];
        files.extend(media.iter().enumerate().map(|(at, (_, bytes))| (at.to_string(), *bytes)));
        let mut zip = ZipWriter::new(std::fs::File::create(home.path().join(name)).unwrap());
        for (name, bytes) in files {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
    }
}

fn written(home: &Home, deck: &str) -> String {
    std::fs::read_to_string(home.path().join("decks").join(deck)).unwrap()
}

#[test]
fn every_kind_of_note_becomes_cards_with_their_history_and_standing() {
    let collection = Collection::new();
    collection.note(1, "basic", 1, &["<b>q</b> 2*3", "one<br>two [sound:a b.mp3]"]);
    collection.note(2, "rev#1", 2, &["mot", "word"]);
    collection.note(3, "gaps", 3, &["{{c1::Paris}} and {{c2::Rome::a city}}", "Europe"]);
    collection.note(4, "odd", 4, &["a", "b", "c"]);
    collection.card(11, 1, 0, (2, 2, 60, 40));
    collection.card(21, 2, 0, (2, -1, 30, 10));
    collection.card(22, 2, 1, (0, 0, 5, 0));
    collection.card(31, 3, 0, (3, 2, 25, 3));
    collection.card(32, 3, 1, (0, 0, 5, 0));
    collection.card(41, 4, 0, (0, 0, 5, 0));
    collection.card(42, 4, 1, (0, 0, 5, 0));
    for (day, button, kind) in [(0, 3, 0), (1, 3, 1), (7, 2, 1), (20, 4, 1)] {
        collection.answer(11, day, button, kind);
    }
    collection.answer(31, 5, 1, 3);
    let home = Home::new();
    collection.pack(&home, "x.apkg", &[("a b.mp3", b"sound")]);
    let home_at = home.on(0);
    let ran = home_at.run("import x.apkg").exits(0);
    assert!(
        ran.err.contains("1 note of the type \"Odd\" became a card for each template"),
        "{}",
        ran.err
    );
    let told = &ran.out;
    assert!(told.contains("package of Anki, 4 notes, 7 cards"), "{told}");
    assert!(
        told.contains("5 reviews, 3 cards where they stood, 1 suspended, 1 media file"),
        "{told}"
    );
    let deck = written(&home, "lang/espanol.yaml");
    for line in [
        "deck: Español",
        "id: basic",
        "front: \"**q** 2*3\"",
        "id: rev%231",
        "reverse: true",
        "{{c1::Paris}} and {{c2::Rome::a city}}",
        "why: Europe",
        "id: odd~t1",
        "id: odd~t2",
    ] {
        assert!(deck.contains(line), "no {line} in\n{deck}");
    }
    let name = deck.split("](media/").nth(1).and_then(|rest| rest.split(')').next()).unwrap();
    assert!(name.starts_with("a_b-") && name.ends_with(".mp3"), "{name}");
    assert_eq!(std::fs::read(home.path().join("decks/lang/media").join(name)).unwrap(), b"sound");
    assert_eq!(home.on(0).run("check").exits(0).out.lines().next(), Some("7 cards in 1 deck"));

    let card = home.on(0).card("basic");
    assert_eq!(card["due"], "2026-12-31", "60 days after 1 November");
    assert_eq!((&card["interval_days"], &card["ease"]), (&40.into(), &2.35.into()));
    assert_eq!((&card["reviews"], &card["lapses"]), (&4.into(), &1.into()));
    assert_eq!(card["tags"], json!(["a", "b::c"]));
    let card = home.on(0).card("rev%231");
    assert_eq!((&card["suspended"], &card["due"]), (&true.into(), &"2026-12-01".into()));
    assert_eq!(home.on(0).card("rev%231/reverse")["stage"], "new");
    let card = home.on(0).card("gaps/c1");
    assert_eq!((&card["stage"], &card["reviews"]), (&"relearning".into(), &0.into()));
    let kinds: Vec<String> = home
        .on(0)
        .ndjson("history basic --json")
        .iter()
        .map(|event| format!("{} {}", event["kind"].as_str().unwrap(), event["rating"]))
        .collect();
    assert_eq!(kinds, ["reviewed 3", "reviewed 3", "reviewed 2", "reviewed 4", "placed null"]);
    let told = home.on(0).ok("history basic");
    assert!(told.contains("placed, interval 40 days, due 2026-12-31, ease 2.35"), "{told}");
    home.on(0).ok("doctor");
}

#[test]
fn a_second_import_changes_nothing_and_a_newer_package_brings_what_is_new() {
    let collection = Collection::new();
    collection.note(1, "g", 1, &["question", "answer"]);
    collection.card(11, 1, 0, (2, 2, 20, 6));
    collection.answer(11, 0, 3, 0);
    let home = Home::new();
    collection.pack(&home, "x.apkg", &[]);
    home.on(0).ok("import x.apkg");
    let before = home.on(0).ok("doctor --digest");
    let told = home.on(0).ok("import x.apkg");
    assert!(told.contains("0 cards added; 1 there already"), "{told}");
    assert!(told.contains("all of it was there already"), "{told}");
    assert_eq!(home.on(0).ok("doctor --digest"), before);
    // Answered there in the meantime, and its text changed.
    collection.note(1, "g", 1, &["question", "a better answer"]);
    collection.card(11, 1, 0, (2, 2, 50, 30));
    collection.answer(11, 20, 3, 1);
    collection.pack(&home, "x.apkg", &[]);
    home.on(0).ok("import x.apkg");
    let card = home.on(0).card("g");
    assert_eq!((&card["back"], &card["reviews"]), (&"a better answer".into(), &2.into()));
    assert_eq!((&card["due"], &card["interval_days"]), (&"2026-12-21".into(), &30.into()));
}

#[test]
fn absurd_numbers_are_brought_into_their_ranges_and_views_are_refused() {
    let home = Home::new();
    for (name, sql) in [
        ("far", "UPDATE cards SET ivl = 9223372036854775807, due = -9223372036854775807"),
        ("late", "UPDATE cards SET due = 9223372036854775807, reps = 9223372036854775807"),
        ("gap", "UPDATE cards SET ord = 9223372036854775807"),
        ("made", "UPDATE cards SET id = 9223372036854775800, queue = -1, type = 0"),
        ("old", "UPDATE col SET crt = 9223372036854775807"),
    ] {
        let collection = Collection::new();
        collection.note(1, name, 1, &[name, "answer"]);
        collection.note(2, &format!("{name}-gap"), 3, &["{{c1::a}} gap", ""]);
        collection.card(11, 1, 0, (2, 2, 20, 6));
        collection.0.execute_batch(sql).unwrap();
        collection.pack(&home, &format!("{name}.apkg"), &[]);
        home.on(0).ok(&format!("import {name}.apkg"));
        let interval = home.on(0).card(name)["interval_days"].as_u64().unwrap_or(1);
        assert!((1..=36_500).contains(&interval), "{name}: {interval}");
    }
    home.on(0).ok("doctor");
    let collection = Collection::new();
    let endless = "DROP TABLE notes; CREATE VIEW notes AS
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
        SELECT x AS id, 'g' AS guid, 1 AS mid, '' AS tags, 'a' AS flds FROM c";
    collection.0.execute_batch(endless).unwrap();
    collection.pack(&home, "endless.apkg", &[]);
    home.on(0).run("import endless.apkg").exits(1).says("its collection is damaged");
}

#[test]
fn one_deck_can_be_named_for_all_cards_and_media_of_like_names_stay_apart() {
    let collection = Collection::new();
    collection.note(1, "g", 1, &["<img src=\"a b.png\">", "[sound:a_b.png]"]);
    collection.card(11, 1, 0, (0, 0, 1, 0));
    let home = Home::new();
    collection.pack(&home, "x.apkg", &[("a b.png", b"one"), ("a_b.png", b"other")]);
    home.on(0).ok("import x.apkg --deck lang/mine");
    assert_eq!(home.on(0).card("g")["deck"], "lang/mine");
    let media = std::fs::read_dir(home.path().join("decks/lang/media")).unwrap();
    assert_eq!(media.count(), 2);
}

#[test]
fn with_refold_the_answers_alone_make_the_schedule() {
    let collection = Collection::new();
    collection.note(1, "g", 1, &["question", "answer"]);
    collection.card(11, 1, 0, (2, 2, 20, 6));
    collection.answer(11, 0, 3, 0);
    collection.answer(11, 1, 3, 1);
    let home = Home::new();
    collection.pack(&home, "x.apkg", &[]);
    home.on(0).ok("import x.apkg --refold");
    let card = home.on(0).card("g");
    assert_eq!((&card["interval_days"], &card["due"]), (&6.into(), &"2026-11-08".into()));
}

#[test]
fn what_was_done_otherwise_than_by_an_answer() {
    let collection = Collection::new();
    for (note, guid) in [(1, "crammed"), (2, "reset"), (3, "again-from-the-start"), (4, "moved")] {
        collection.note(note, guid, 1, &[guid, "answer"]);
        collection.card(note * 10, note, 0, (0, 0, 1, 0));
    }
    collection.answer(10, 1, 3, 3);
    collection.answer(20, 1, 3, 1);
    collection.answer(20, 2, 0, 4);
    collection.answer(30, 1, 3, 1);
    collection.answer(30, 5, 3, 0);
    collection.answer(30, 6, 9, 1);
    collection.answer(40, 1, 3, 0);
    collection.answer(40, 2, 0, 5);
    let home = Home::new();
    collection.pack(&home, "x.apkg", &[]);
    let ran = home.on(0).run("import x.apkg").exits(0);
    assert!(ran.err.contains("1 rows of its history make no sense"), "{}", ran.err);
    let kinds = |card: &str| -> Vec<String> {
        let events = home.on(0).ndjson(&format!("history {card} --json"));
        events.iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds("crammed"), ["practised"]);
    assert_eq!(kinds("reset"), ["reviewed", "reset"]);
    assert_eq!(kinds("again-from-the-start"), ["reviewed", "reset", "reviewed"]);
    assert_eq!(kinds("moved"), ["reviewed", "rescheduled"]);
    assert!(ran.out.contains("1 due date set without an answer"), "{}", ran.out);
    assert!(home.on(0).ok("history moved").contains("rescheduled, interval "));
    assert_eq!(home.on(0).card("moved")["due"], "2026-11-03", "it moves nothing");
    assert_eq!(home.on(0).card("reset")["stage"], "new");
    assert_eq!(home.on(0).card("again-from-the-start")["reviews"], 1);
}

#[test]
fn what_was_done_last_with_a_card_decides_whether_it_is_put_aside() {
    let collection = Collection::new();
    collection.note(1, "g", 1, &["question", "answer"]);
    collection.card(11, 1, 0, (2, -1, 20, 6));
    collection.answer(11, 0, 3, 0);
    let home = Home::new();
    let came = |day: i64, queue: i64| -> (bool, String) {
        // In the evening before.
        let at = CREATED + (22 + day) * 86_400 + 18 * 3_600;
        collection.0.execute("UPDATE cards SET queue = ?, mod = ?", params![queue, at]).unwrap();
        collection.pack(&home, "x.apkg", &[]);
        let told = home.on(day).ok("import x.apkg");
        let again = home.on(day).ok("import x.apkg");
        assert!(again.contains("all of it was there already"), "{again}");
        (home.on(day).card("g")["suspended"].as_bool().unwrap(), told)
    };
    let (is, told) = came(0, -1);
    assert!(is && told.contains("1 suspended"), "{told}");
    let (is, told) = came(1, 2);
    assert!(!is && told.contains("1 suspended no more"), "{told}");
    let (is, _) = came(2, -1);
    assert!(is, "once more");
    // Here it was taken up again later.
    home.on(3).ok("resume g");
    let (is, told) = came(3, -1);
    assert!(!is && !told.contains("suspended"), "{told}");
    home.on(4).ok("suspend g");
    let (is, _) = came(4, 2);
    assert!(is, "and here put aside");
}

#[test]
fn a_package_that_cannot_be_read_leaves_nothing_behind() {
    let home = Home::new();
    let collection = Collection::new();
    collection.note(1, "g", 1, &["question", "answer"]);
    collection.card(11, 1, 0, (0, 0, 1, 0));
    collection.pack(&home, "whole.apkg", &[]);
    let whole = std::fs::read(home.path().join("whole.apkg")).unwrap();
    std::fs::write(home.path().join("cut.apkg"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(home.path().join("text.apkg"), "front,back").unwrap();
    collection.pack(&home, "media.apkg", &[("../../x", b"!")]);
    // Of two pictures one is damaged.
    collection.note(1, "g", 1, &["<img src=\"a.png\"><img src=\"b.png\">", "answer"]);
    collection.pack(
        &home,
        "pictures.apkg",
        &[("a.png", b"one"), ("b.png", b"a picture that is stored")],
    );
    let pictures = std::fs::read(home.path().join("pictures.apkg")).unwrap();
    // Their checksums stand in the list at the end, 16 bytes behind each of these marks.
    let marks = pictures.windows(4).enumerate().filter(|(_, bytes)| bytes == b"PK\x01\x02");
    let marks: Vec<usize> = marks.map(|(at, _)| at).collect();
    let [.., first, second] = marks[..] else { panic!("{marks:?}") };
    for (name, at) in [("first.apkg", first), ("second.apkg", second)] {
        let mut damaged = pictures.clone();
        damaged[at + 16] ^= 1;
        std::fs::write(home.path().join(name), damaged).unwrap();
    }
    collection.0.execute_batch("DROP TABLE cards").unwrap();
    collection.pack(&home, "tables.apkg", &[]);
    std::fs::write(home.path().join("collection.anki2"), b"SQLite format 3\0\x10\0").unwrap();
    for (file, said) in [
        ("cut.apkg", "a damaged one: its end, which says what is in it, is not there"),
        (".", "hint: name the package of Anki that is in it: ./cut.apkg, and the others as well"),
        ("text.apkg", "it is no package of Anki"),
        ("collection.anki2", "is a database, not text"),
        ("media.apkg", "has a name that leads elsewhere"),
        ("tables.apkg", "its collection is damaged: no such table: cards"),
        ("first.apkg", "media cannot be written"),
        ("second.apkg", "media cannot be written"),
    ] {
        home.on(0).run(&format!("import {file}")).exits(1).says(said);
    }
    home.on(0)
        .input("PK\u{3}\u{4}and more")
        .run("import -")
        .exits(1)
        .says("a package of Anki is imported from a file");
    home.on(0).run("import whole.apkg --format csv").exits(1).says("is a zip archive, not text");
    assert!(!home.path().join("decks").exists());
    let told = home.on(0).ok("import whole.apkg --dry-run");
    assert!(told.contains("1 card would be added"), "{told}");
    assert!(!home.path().join("decks").exists());
}

#[test]
fn an_import_that_is_interrupted_leaves_no_files_of_its_own() {
    let home = Home::new();
    let collection = Collection::new();
    collection.0.execute_batch("BEGIN").unwrap();
    for id in 1..=8_000 {
        collection.note(id, &format!("g{id}"), 1, &["question", "answer"]);
        collection.card(id, id, 0, (0, 0, 1, 0));
    }
    collection.0.execute_batch("COMMIT").unwrap();
    collection.pack(&home, "x.apkg", &[]);
    let mut interrupted = 0;
    for ms in (0..400).step_by(40) {
        let temporary = home.path().join(format!("tmp-{ms}"));
        std::fs::create_dir(&temporary).unwrap();
        let home_of_this = home.path().join(format!("home-{ms}"));
        let mut import = std::process::Command::new(RETAIN)
            .args(["--home", home_of_this.to_str().unwrap(), "import"])
            .arg(home.path().join("x.apkg"))
            .env("TMPDIR", &temporary)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(ms));
        let kill =
            std::process::Command::new("kill").args(["-INT", &import.id().to_string()]).status();
        assert!(kill.is_ok());
        let killed = std::time::Instant::now();
        let status = import.wait().unwrap();
        let mut err = String::new();
        std::io::Read::read_to_string(&mut import.stderr.take().unwrap(), &mut err).unwrap();
        interrupted += usize::from(err.contains("interrupted: "));
        let ended = std::os::unix::process::ExitStatusExt::signal(&status).is_some();
        // Unless it was about to end anyway.
        let soon = std::time::Duration::from_millis(150);
        assert!(ended || killed.elapsed() < soon, "a signal was lost after {ms} ms");
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "after {ms} ms: {err}");
        for folder in ["decks", "decks/lang"] {
            let left = std::fs::read_dir(home_of_this.join(folder)).into_iter().flatten();
            for entry in left.flatten() {
                let name = entry.file_name().into_string().unwrap();
                assert!(!name.starts_with('.'), "after {ms} ms: {name}");
            }
        }
    }
    assert!(interrupted > 0);
}

const OWN: &str = "\
deck: Own
tags: [all]
cards:
- {id: dog, front: \"the **dog** & <x>\", back: el perro, reverse: true, hint: barks}
- {id: woods, cloze: \"The {{woods}} are {{c2::dark}}\"}
- {id: list, front: seasons, back: [a, b, c], need: 2, accept: [abc]}
- {id: \"a~t1\", front: \"![alt](media/cat.png) ![x](../../secret.png)\", back: b, value: 100}
";

/// Returns a home with cards of every kind, and answers of two days, two of them at one time.
fn own() -> Home {
    let home = Home::with(OWN);
    home.file("decks/media/cat.png", "png");
    home.file("secret.png", "secret");
    for card in ["dog", "dog/reverse", "woods/c-woods", "list"] {
        home.on(0).ok(&format!("grade {card} good --at 2026-11-20T10:00:00Z"));
        home.on(0).ok(&format!("grade {card} hard --at 2026-11-22T10:00:00Z"));
    }
    home.on(0).ok("grade list again --at 2026-11-23T10:00:00Z");
    // One that was answered, and one that was not.
    home.on(0).ok("suspend dog/reverse");
    home.on(0).ok("suspend a~t1");
    home
}

fn members(home: &Home, package: &str) -> Vec<String> {
    let file = std::fs::File::open(home.path().join(package)).unwrap();
    let zip = zip::ZipArchive::new(file).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    names
}

/// Returns the database of a package that was written.
fn unpacked(home: &Home, package: &str) -> Connection {
    let file = std::fs::File::open(home.path().join(package)).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let path = home.path().join("db");
    let mut out = std::fs::File::create(&path).unwrap();
    std::io::copy(&mut zip.by_name("collection.anki21").unwrap(), &mut out).unwrap();
    Connection::open(&path).unwrap()
}

#[test]
fn a_package_has_all_that_is_here_and_comes_back_as_it_was() {
    let home = own();
    home.on(0)
        .run("export anki --to own.apkg")
        .exits(0)
        .says("wrote 4 notes, 6 cards, 9 reviews and 1 media file to own.apkg");
    assert_eq!(members(&home, "own.apkg"), ["0", "collection.anki21", "media", "meta"]);
    // Where it came from it adds nothing.
    let digest = home.on(0).ok("doctor --digest");
    let deck = written(&home, "deck.yaml");
    for command in ["import own.apkg --dry-run", "import own.apkg"] {
        let told = home.on(0).ok(command);
        assert!(told.contains("all of it was there already"), "{told}");
    }
    assert_eq!(home.on(0).ok("doctor --digest"), digest);
    assert_eq!(written(&home, "deck.yaml"), deck);
    // Elsewhere it is all there.
    let other = Home::new();
    std::fs::copy(home.path().join("own.apkg"), other.path().join("own.apkg")).unwrap();
    other.on(0).ok("import own.apkg");
    for card in ["dog", "dog/reverse", "woods/c-woods", "woods/c2", "list", "a~t1"] {
        let (mut was, mut is) = (home.on(0).card(card), other.on(0).card(card));
        for moved in ["line", "last_review", "file"] {
            was[moved].take();
            is[moved].take();
        }
        assert_eq!(is, was);
    }
    assert_eq!(std::fs::read(other.path().join("decks/media/cat.png")).unwrap(), b"png");
    assert!(
        written(&other, "deck.yaml").starts_with("deck: Own\ncards:\n  - id: dog\n"),
        "in order"
    );
}

#[test]
fn files_that_are_not_in_the_package_are_named_and_not_counted() {
    let collection = Collection::new();
    collection.note(1, "g", 1, &["q <img src=\"y.png\">", "a [sound:x.mp3]"]);
    collection.card(11, 1, 0, (0, 0, 5, 0));
    let home = Home::new();
    collection.pack(&home, "x.apkg", &[("y.png", b"png")]);
    for command in ["import x.apkg --dry-run", "import x.apkg"] {
        let ran = home.on(0).run(command).exits(0);
        assert!(ran.out.contains("0 reviews, 1 media file\n"), "{}", ran.out);
        let said = "note: x.mp3, which a card names, is not in the package\n";
        assert_eq!(ran.err, said);
    }
}

#[test]
fn the_default_deck_is_that_of_every_collection() {
    let home = Home::new();
    home.deck("default", "deck: Default\ncards:\n  - id: a\n    front: b\n    back: c\n");
    home.on(0).ok("export anki --to out.apkg");
    let db = unpacked(&home, "out.apkg");
    let decks: String = db.query_row("SELECT decks FROM col", [], |row| row.get(0)).unwrap();
    assert_eq!(decks.matches("\"Default\"").count(), 1, "{decks}");
    let deck: i64 = db.query_row("SELECT did FROM cards", [], |row| row.get(0)).unwrap();
    assert_eq!(deck, 1);
}

#[test]
fn an_answer_that_came_from_a_package_and_went_out_again_is_there_once() {
    let collection = Collection::new();
    collection.note(1, "g", 1, &["question", "answer"]);
    collection.card(11, 1, 0, (2, 2, 20, 6));
    collection.answer(11, 0, 3, 0);
    // Longer than Anki ever counts, and than what goes out has.
    collection.0.execute("UPDATE revlog SET time = 90000", []).unwrap();
    let home = Home::new();
    collection.pack(&home, "x.apkg", &[]);
    home.on(0).ok("import x.apkg");
    let digest = home.on(0).ok("doctor --digest");
    home.on(0).ok("export anki --to out.apkg");
    let told = home.on(0).ok("import out.apkg");
    assert!(told.contains("all of it was there already"), "{told}");
    assert_eq!(home.on(0).ok("doctor --digest"), digest);
}

#[test]
fn a_package_is_the_same_each_time_but_for_its_days() {
    let home = own();
    home.on(0).ok("export anki id:dog --to one.apkg");
    home.on(0).ok("export anki --to two.apkg");
    let numbers = |package: &str| -> Vec<(i64, i64)> {
        let db = unpacked(&home, package);
        let sql = "SELECT c.nid, c.id FROM cards AS c JOIN notes AS n ON n.id = c.nid
                    WHERE n.guid = 'dog' ORDER BY c.ord";
        let mut rows = db.prepare(sql).unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    assert_eq!(numbers("one.apkg").len(), 2, "both sides, also where one matches");
    assert_eq!(numbers("one.apkg"), numbers("two.apkg"));
}

#[test]
fn a_package_goes_to_a_file_or_a_pipe() {
    let home = own();
    home.on(0)
        .run("export anki --to x.csv")
        .exits(2)
        .says("a package for Anki is not written as CSV");
    home.on(0).run("export anki --format yaml").exits(2).says("it can be apkg");
    // What is there under this name is not replaced by nothing.
    home.file("none.apkg", "mine");
    let ran = home.on(0).run("export anki deck:nowhere --to none.apkg").exits(1);
    ran.says("no card matches, so no package was written");
    assert_eq!(std::fs::read(home.path().join("none.apkg")).unwrap(), b"mine");
    let none = Home::new();
    none.on(0).run("export anki --to none.apkg").exits(0).says("no card is here");
    assert!(none.on(0).ok("import none.apkg").contains("0 cards added"));
    home.deck("nameless", "cards: [{front: f, back: b}]\n");
    home.on(0)
        .run("export anki --to all.apkg")
        .exits(0)
        .says("1 note has no `id`: reworded here, it becomes a new note there");
}

#[test]
fn a_plan_shows_a_text_with_gaps_as_it_is_and_decks_are_found_by_their_names_in_anki() {
    let home = Home::new();
    let collection = Collection::new();
    collection.note(3, "gaps", 3, &["{{c1::Paris}} and {{c2::Rome::a city}}", ""]);
    collection.card(31, 3, 0, (0, 0, 5, 0));
    collection.pack(&home, "x.apkg", &[]);
    let told = home.on(0).ok("import x.apkg --dry-run");
    assert!(told.lines().any(|line| line.ends_with("{{c2::Rome::a city}}")), "{told}");
    home.deck("lang/spanish", "deck: Verbs\ncards:\n- {front: a, back: b}\n");
    let ran = home.on(0).run("list deck:Lang::Spanish");
    assert!(ran.err.contains("did you mean lang/spanish?"), "{}", ran.err);
}
