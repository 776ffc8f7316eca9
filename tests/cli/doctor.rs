//! `doctor`: the database, and that its caches are only that.

use super::support::{Home, TWO, deck_of};

/// Returns what people and scripts can see.
fn seen(home: &Home, day: i64) -> Vec<String> {
    let commands = [
        "due",
        "due --json",
        "due --count",
        "list",
        "list --json",
        "list --json is:parked",
        "history --json",
        "check --json",
        "explain c1",
        "doctor --digest",
        "doctor",
        "",
    ];
    // Two homes are in two places.
    let place = home.path().display().to_string();
    commands.map(|line| format!("{:?}", home.on(day).run(line)).replace(&place, "HOME")).to_vec()
}

#[test]
fn the_digest_is_two_lines_and_the_same_after_a_rebuild() {
    let home = Home::with(&deck_of(5));
    for (day, card, rating) in
        [(0, "c1", "good"), (0, "c2", "again"), (1, "c1", "easy"), (3, "c3", "q2")]
    {
        home.on(day).ok(&format!("grade {card} {rating}"));
    }
    home.on(3).ok("suspend c4");
    let digest = home.on(4).ok("doctor --digest");
    let lines: Vec<_> = digest.lines().collect();
    assert_eq!(lines.len(), 2);
    for (line, name) in lines.iter().zip(["events ", "schedules "]) {
        let hex = line.strip_prefix(name).unwrap();
        assert!(hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()), "{line}");
    }
    let before = seen(&home, 4);
    assert!(home.on(4).ok("doctor --rebuild").contains("caches: made again"));
    assert_eq!(home.on(4).ok("doctor --digest"), digest);
    assert_eq!(home.on(4).ok("doctor --rebuild --digest"), digest);
    assert_eq!(seen(&home, 4), before);
    // It moves with events and with schedules.
    home.on(5).ok("undo");
    assert_ne!(home.on(5).ok("doctor --digest"), digest);
}

#[test]
fn the_digest_is_equal_for_equal_histories_whatever_their_order() {
    let one = Home::with(&deck_of(3));
    let lines: Vec<String> = (0..9)
        .map(|n| {
            let at = super::support::day(n / 3);
            format!("{{\"card\":\"c{}\",\"rating\":\"good\",\"at\":\"{at}:0{n}Z\"}}\n", n % 3 + 1)
        })
        .collect();
    one.on(4).input(lines.concat()).ok("grade --stdin");
    // Filed in another order they are other events, but the same schedules.
    let other = Home::with(&deck_of(3));
    let backwards: String = lines.iter().rev().cloned().collect();
    other.on(4).input(backwards).ok("grade --stdin");
    let line = |home: &Home, at: usize| {
        home.on(4).ok("doctor --digest").lines().nth(at).unwrap().to_owned()
    };
    assert_eq!(line(&one, 1), line(&other, 1));
    assert_ne!(line(&one, 0), line(&other, 0));
    let twin = Home::with(&deck_of(3));
    twin.on(4).input(lines.concat()).ok("grade --stdin");
    assert_eq!(line(&one, 0), line(&twin, 0));
}

/// Grades the first `cards` that are due good, without the stopwatch: its time would be a fact, and
/// two homes would differ.
fn good(home: &Home, day: i64, cards: usize) {
    for card in home.on(day).due().iter().take(cards) {
        home.on(day).ok(&format!("grade {card} good"));
    }
}

const IDLESS: &str = "\
cards:
  - {id: c1, front: one, back: first}
  - front: Who owns a domain before SSO is set up?
    back: The workspace
  - front: Does SCIM need SSO?
    back: No
  - {id: gone, front: bygone, back: gone}
";

#[test]
fn caches_dropped_between_an_edit_and_the_next_run_change_nothing() {
    type Edit = fn(&Home);
    let edits: [(&str, Edit); 9] = [
        ("nothing", |_| {}),
        ("a question reworded, so that the card is linked", |home| {
            home.edit(
                "deck",
                "Who owns a domain before SSO is set up?",
                "Who is a domain's owner before SSO?",
            );
        }),
        ("a short answer's question reworded, so that it looks edited", |home| {
            home.edit("deck", "Does SCIM need SSO?", "Does SCIM always need SSO?");
        }),
        ("an answer changed", |home| home.edit("deck", "back: first", "back: the very first")),
        ("a card gone", |home| {
            home.edit("deck", "  - {id: gone, front: bygone, back: gone}\n", "");
        }),
        ("a deck gone", |home| home.rename("decks/deck.yaml", "deck.yaml")),
        ("a deck renamed", |home| home.rename("decks/deck.yaml", "decks/other.yaml")),
        ("a deck broken", |home| home.edit("deck", "id: gone", "di: gone")),
        ("settings changed", |home| home.config("sm2_profile: delphi\nnew_per_day: 1\n")),
    ];
    for (what, edit) in edits {
        let kept = Home::with(IDLESS);
        let dropped = Home::with(IDLESS);
        for home in [&kept, &dropped] {
            home.deck("more", &deck_of(4).replace("c1", "d1"));
            good(home, 0, 8);
            home.on(1).ok("grade c1 q5");
            home.on(1).ok("grade gone q1");
            edit(home);
        }
        dropped.drop_caches();
        let (one, other) = (seen(&kept, 2), seen(&dropped, 2));
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one, other, "{what}");
        }
        // And once more, when what the edit came to is known already.
        dropped.drop_caches();
        assert_eq!(seen(&kept, 3), seen(&dropped, 3), "{what}, a day later");
    }
}

#[test]
fn caches_dropped_on_the_way_through_a_week_change_nothing() {
    let (kept, dropped) = (Home::with(IDLESS), Home::with(IDLESS));
    for day in 0..7 {
        for home in [&kept, &dropped] {
            good(home, day, 3);
            home.on(day).ok("bury c1");
        }
        dropped.drop_caches();
    }
    assert_eq!(seen(&kept, 7), seen(&dropped, 7));
}

#[test]
fn an_event_of_a_kind_that_is_not_known_is_kept_and_skipped() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let before = home.on(1).card("a");
    let schedules = home.on(1).ok("doctor --digest").lines().nth(1).unwrap().to_owned();
    home.sql()
        .execute(
            "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating, extra)
             SELECT randomblob(16), device, 77, card, at_ms + 1000, 0, day, 'dreamt', 9, '{\"a\": [1]}' FROM history",
            [],
        )
        .unwrap();
    assert_eq!(home.on(1).card("a"), before);
    let digest = home.on(1).ok("doctor --digest");
    assert_eq!(digest.lines().nth(1), Some(&*schedules));
    let rows = home.on(1).ndjson("history --json");
    assert_eq!((&rows[1]["kind"], &rows[1]["rating"]), (&"dreamt".into(), &9.into()));
    assert_eq!(rows[1]["counted"], false);
    home.on(1).ok("history");
    home.on(1).ok("doctor --rebuild");
    assert_eq!(home.on(1).ok("doctor --digest"), digest);
}

#[test]
fn an_event_from_the_future_is_named_before_a_review() {
    let home = Home::with(TWO);
    home.at("2027-06-01T10:00").ok("grade a good");
    let ran = home.on(0).run("review --plain").exits(0);
    assert!(ran.says("2027-06-01T10:00:00").out.contains("Question"));
    let doctor = home.on(0).run("doctor").exits(0);
    assert!(doctor.out.contains("more than a day ahead"), "{}", doctor.out);
    // The way out that it names is one.
    home.on(0).ok("undo");
    assert_eq!(home.on(0).card("a")["stage"], "new");
    // An event that is less than a day ahead is no news.
    let home = Home::with(TWO);
    home.at("2026-11-25T09:00").ok("grade a good");
    home.on(0).run("review --plain").exits(0).silently();
}

#[test]
fn what_a_wrong_clock_wrote_is_entered_again_where_it_belongs() {
    let home = Home::with(TWO);
    home.at("2027-06-01T10:00").ok("grade a good");
    home.at("2027-06-03T10:00").ok("grade b again");
    home.at("2027-06-03T10:01").ok("bury a");
    home.at("2027-06-03T10:02").ok("suspend b");
    // Without a terminal nothing is done unless the flag says so.
    home.on(9).run("doctor").exits(0).says("--enter-again");
    assert_eq!(
        home.on(9).ok("doctor --enter-again").lines().last(),
        Some("entered again: 4 events")
    );
    // The newest is from now, and the rest as long before it as it was.
    let (a, b) = (home.on(9).card("a"), home.on(9).card("b"));
    assert_eq!((&a["due"], &a["buried"]), (&"2026-12-02".into(), &true.into()));
    assert_eq!((&b["stage"], &b["suspended"]), (&"learning".into(), &true.into()));
    assert_eq!(home.on(10).card("a")["buried"], false);
    let digest = home.on(9).ok("doctor --digest");
    home.on(9).ok("doctor --rebuild");
    assert_eq!(home.on(9).ok("doctor --digest"), digest);
    // Nothing is ahead any more, and an answer given now is from now.
    home.on(9).run("review --plain").exits(0).silently();
    home.on(9).ok("doctor --enter-again").contains("nothing is more than a day ahead");
    home.on(10).ok("grade a good");
    assert_eq!(home.on(10).card("a")["due"], "2026-12-10");
    // Each can be taken back like anything else.
    assert_eq!(home.on(10).ok("undo 3").lines().count(), 3);
}

#[test]
fn an_answer_of_a_wrong_clock_that_was_taken_back_holds_no_later_one() {
    let home = Home::with(TWO);
    home.at("2027-06-01T10:00").ok("grade a good");
    home.at("2027-06-01T10:01").ok("undo");
    home.on(0).run("review --plain").exits(0).silently();
    home.on(0).ok("grade a good");
    assert_eq!(home.on(0).card("a")["due"], "2026-11-25");
}

#[test]
fn a_row_that_no_calendar_holds_and_bytes_that_are_no_text_disable_nothing() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.sql()
        .execute_batch(
            "INSERT INTO card (id) VALUES (CAST(x'66ff' AS TEXT));
             INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, rating, extra) VALUES
                (randomblob(16), 1, 2, 1, 0, 0, 2147483648, 'glanced', 3, NULL),
                (randomblob(16), 1, 3, 1, -9223372036854775808, -99999999999, -9223372036854775808, 'reviewed', 3, NULL),
                (randomblob(16), 1, 4, 2, 9223372036854775807, 99999999999, 9223372036854775807, 'practised', 3, CAST(x'ff' AS TEXT)),
                (randomblob(16), 1, 5, 2, 0, 0, 0, CAST(x'ff80' AS TEXT), 9223372036854775807, CAST(x'ff' AS TEXT)),
                (randomblob(16), 1, 6, NULL, 0, 0, 2147483648, 'glanced', NULL, CAST(x'ff' AS TEXT)),
                (randomblob(16), 1, 7, 1, 0, 0, 0, 'placed', NULL, '{\"repetitions\":4294967295,\"lapses\":4294967296,\"interval\":4294967297}');",
        )
        .unwrap();
    for line in [
        "due --json",
        "list is:parked",
        "list --json is:parked",
        "history",
        "history --json",
        "show a",
        "explain a",
        "grade a again",
        "grade b good",
        "undo 2",
        "review --plain",
        "doctor --rebuild",
        "doctor --digest",
        "backup",
    ] {
        home.on(3).run(line).exits(0);
    }
}

#[test]
fn after_a_clock_that_was_an_hour_ahead_an_answer_belongs_to_the_day_of_the_clock() {
    let home = Home::with(TWO);
    home.at("2026-11-25T04:30").ok("grade a good");
    // Put right: it is still the 24th.
    home.at("2026-11-25T03:30").ok("grade b again");
    let rows = home.at("2026-11-25T03:30").ndjson("history --json b");
    assert_eq!(rows[0]["day"], "2026-11-24");
    assert_eq!(home.at("2026-11-25T03:30").due(), ["b"]);
}

#[test]
fn the_database_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    let mode = std::fs::metadata(home.database()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
