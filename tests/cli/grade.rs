//! `grade`: one review, or many, from a script.

use super::support::{CARD_FIELDS, Home, TWO, date, deck_of, fields, sorted};

const DOMAINS: &str = "\
cards:
  - id: domains-100
    front: What must be proven before SSO can be set up for a domain?
    back: Domain ownership
  - id: domains-200
    front: What is switched off when a domain is claimed?
    back: Training
    reverse: true
";

#[test]
fn a_grade_is_acknowledged_in_one_line_that_begins_with_id_and_rating() {
    let home = Home::with(DOMAINS);
    for (day, rating, line) in [
        (0, "good", "domains-100 good, again tomorrow\n"),
        (1, "3", "domains-100 good, again in 6 days\n"),
        (7, "q5", "domains-100 easy, again in 15 days\n"),
        (22, "again", "domains-100 again, again today\n"),
    ] {
        let ran = home.on(day).run(&format!("grade domains-100 {rating}")).exits(0).silently();
        assert_eq!(ran.out, line);
    }
    let repeat = home.on(22).ok("grade domains-100 good");
    assert!(repeat.starts_with("domains-100 good, again tomorrow"), "{repeat}");
    assert!(repeat.contains("a repeat"), "{repeat}");
}

#[test]
fn the_time_of_an_answer_is_given_with_or_without_an_offset() {
    let mut home = Home::with(DOMAINS);
    home.move_to("EST5");
    for (number, (given, at, day)) in [
        ("2026-11-20T18:30:00+01:00", "2026-11-20T18:30:00+01:00", "2026-11-20"),
        ("2026-11-20T18:30Z", "2026-11-20T18:30:00+00:00", "2026-11-20"),
        // By the wall clock of this machine; before four it is still the day before.
        ("2026-11-20T18:30", "2026-11-20T18:30:00-05:00", "2026-11-20"),
        ("2026-11-20T03:59:59", "2026-11-20T03:59:59-05:00", "2026-11-19"),
        ("2026-11-20T03:59:59+13:00", "2026-11-20T03:59:59+13:00", "2026-11-19"),
        ("2026-11-20T18:30:00.250Z", "2026-11-20T18:30:00.250+00:00", "2026-11-20"),
    ]
    .into_iter()
    .enumerate()
    {
        home.deck("deck", &deck_of(number + 1));
        let card = format!("c{}", number + 1);
        home.on(0).run_args(["grade", &card, "good", "--at", given]).exits(0);
        let event = &home.on(0).ndjson(&format!("history {card} --json"))[0];
        assert_eq!((&event["at"], &event["day"]), (&at.into(), &day.into()), "{given}");
    }
}

#[test]
fn a_wall_clock_that_was_turned_is_read_as_people_mean_it() {
    let mut home = Home::with(&deck_of(3));
    home.move_to("CET-1CEST,M3.5.0,M10.5.0/3");
    for (card, given, at) in [
        // Half past two came twice: the first. It never came: as if the clock had not been turned.
        ("c1", "2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
        ("c2", "2026-03-29T02:30", "2026-03-29T02:30:00+01:00"),
        ("c3", "2026-07-01T02:30", "2026-07-01T02:30:00+02:00"),
    ] {
        home.on(0).ok(&format!("grade {card} good --at {given}"));
        assert_eq!(home.on(0).ndjson(&format!("history {card} --json"))[0]["at"], at, "{given}");
    }
}

#[test]
fn an_old_answer_is_folded_where_it_belongs() {
    let home = Home::with(TWO);
    home.on(1).ok("grade a good");
    home.on(7).ok("grade a good");
    // Filed afterwards: the first repetition was on day 0, so day 1 was the second, day 7 the third.
    let ran = home.on(8).run(&format!("grade a good --at {}T10:00", date(0))).exits(0);
    let card = home.on(8).card("a");
    assert_eq!((&card["interval_days"], &card["repetitions"]), (&15.into(), &3.into()));
    assert_eq!(card["due"], date(22));
    assert_eq!(card["last_review"], format!("{}T10:00:00+00:00", date(7)));
    assert!(ran.out.starts_with("a good, again in 14 days"), "{}", ran.out);
    let days: Vec<_> =
        home.on(8).ndjson("history a --json").iter().map(|row| row["day"].clone()).collect();
    assert_eq!(days, [date(0), date(1), date(7)], "in the order in which it happened");
}

#[test]
fn a_line_that_is_no_object_or_names_a_time_out_of_mind_is_named() {
    let home = Home::with(TWO);
    let lines = "[\"a\",3,null,null,null]\n\
        {\"card\":\"a\",\"rating\":3,\"at\":\"-262143-01-01T00:00\"}\n\
        {\"card\":\"b\",\"rating\":3}\n";
    let ran = home.on(0).input(lines).run("grade --stdin").exits(1);
    ran.clone().says("line 1: no JSON object").says("line 2: \"-262143-01-01T00:00\" is no time");
    assert!(ran.out.starts_with("b good"), "{}", ran.out);
}

#[test]
fn a_time_more_than_a_day_ahead_is_refused() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good --at 2026-11-25T10:00");
    for ahead in ["2026-11-25T10:01", "2026-11-25T12:00:00+01:00", "2027-01-01"] {
        let ran = home.on(0).run(&format!("grade b good --at {ahead}")).exits(1);
        assert_eq!(ran.out, "");
        ran.says("more than a day ahead");
    }
    assert_eq!(home.on(0).ndjson("history --json").len(), 1);
}

#[test]
fn what_is_no_time_or_no_rating_is_a_wrong_command_line() {
    let home = Home::with(TWO);
    for line in [
        "grade a good --at yesterday",
        "grade a good --at 2026-13-01T10:00",
        "grade a good --at 25:00",
        "grade a perfect",
        "grade a 5",
        "grade a 0",
        "grade a q6",
        "grade a GOOD",
        "grade a good --took=-1",
        "grade a",
        "grade",
        "grade a good --stdin",
    ] {
        let ran = home.on(0).run(line).exits(2);
        assert_eq!(ran.out, "", "{line}");
        assert_ne!(ran.err, "", "{line}");
    }
    home.on(0).run("grade a perfect").exits(2).says("q0 to q5");
    home.on(0).run("grade a good --at yesterday").exits(2).says("2026-11-29T18:30");
    assert!(home.on(0).ndjson("history --json").is_empty());
}

#[test]
fn a_card_that_is_not_there_is_named_with_what_is_near() {
    let home = Home::with(DOMAINS);
    let ran = home.on(0).run("grade domain-100 good").exits(1);
    assert_eq!(ran.out, "");
    ran.says("no card \"domain-100\"").says("did you mean domains-100");
    home.on(0).run("show d").exits(1).says("did you mean domains-");
    home.on(0).run("grade zzz good").exits(1).says("retain list");
}

#[test]
fn a_suspended_or_parked_card_is_not_graded() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(0).ok("suspend b");
    home.on(1).run("grade b good").exits(1).says("suspended").says("retain resume b");
    home.edit("deck", TWO, "cards:\n  - {id: b, front: What is the second letter?, back: beta}\n");
    let ran = home.on(1).run("grade a good").exits(1).says("parked");
    assert!(!ran.err.contains("retain resume"), "resuming brings no card back: {}", ran.err);
    assert_eq!(home.on(1).ndjson("history --json").len(), 2);
}

#[test]
fn a_side_of_a_note_is_graded_by_its_own_id() {
    let home = Home::with(DOMAINS);
    home.on(0).ok("grade domains-200/reverse good");
    assert_eq!(home.on(0).card("domains-200/reverse")["reviews"], 1);
    assert_eq!(home.on(0).card("domains-200")["reviews"], 0);
}

#[test]
fn json_is_the_card_with_whether_the_answer_counted() {
    let home = Home::with(TWO);
    let card = home.on(0).json("grade a hard --took 4200 --json");
    let mut wanted = CARD_FIELDS.to_vec();
    wanted.push("counted");
    assert_eq!(fields(&card), sorted(&wanted));
    assert_eq!((&card["card"], &card["counted"]), (&"a".into(), &true.into()));
    assert_eq!((&card["stage"], &card["due"]), (&"review".into(), &date(1).into()));
    assert_eq!(home.on(0).json("grade a good --json")["counted"], false);
    assert_eq!(home.on(0).ndjson("history --json")[0]["took_ms"], 4200);
}

#[test]
fn many_lines_are_kept_and_each_bad_one_is_named() {
    let home = Home::with(TWO);
    home.on(0).ok("suspend b");
    let lines = "\
{\"card\":\"a\",\"rating\":\"good\",\"at\":\"2026-11-20T10:00:00Z\",\"took_ms\":900}

{\"card\":\"x\",\"rating\":\"good\"}
{\"card\":\"a\",\"rating\":4,\"at\":\"2026-11-21T10:00:00Z\"}
not json
{\"card\":\"b\",\"rating\":\"good\"}
{\"card\":\"a\",\"rating\":\"perfect\"}
{\"card\":\"a\",\"rating\":\"good\",\"at\":\"soon\"}
{\"card\":\"a\",\"rating\":\"good\",\"at\":\"2026-11-26T10:00:00Z\"}
{\"card\":\"a\",\"rating\":\"good\",\"grade\":1}
{\"card\":\"a\",\"rating\":\"q2\",\"at\":\"2026-11-27T10:00:00+03:00\"}";
    let ran = home.on(2).input(lines).run("grade --stdin").exits(1);
    let told: Vec<&str> = ran.err.lines().collect();
    for (line, what) in [
        (3, "no card \"x\""),
        (5, ""),
        (6, "suspended"),
        (7, "perfect"),
        (8, "soon"),
        (10, "grade"),
    ] {
        let place = format!("line {line}: ");
        let told = told.iter().find(|told| told.starts_with(&place));
        assert!(told.is_some_and(|told| told.contains(what)), "{place}{what}\n{}", ran.err);
    }
    assert_eq!(told.iter().filter(|told| told.starts_with("line ")).count(), 6, "{}", ran.err);
    let summary = told.last().unwrap();
    assert!(summary.contains("4 reviews added"), "{summary}");
    assert!(summary.contains("6 lines"), "{summary}");
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("a ")).count(), 4, "{}", ran.out);
    // Day −4 easy comes to 1 day; −3: 6 days (early or not, the second repetition is due then);
    // then 26 November on time? Due on 27th: early by a day, so 5 days · 2.60 = 13; a fail.
    let rows = home.on(3).ndjson("history a --json");
    let kept: Vec<_> = rows.iter().map(|row| (row["day"].clone(), row["rating"].clone())).collect();
    let wanted = [("2026-11-20", 3), ("2026-11-21", 4), ("2026-11-26", 3), ("2026-11-27", 1)];
    assert_eq!(kept, wanted.map(|(day, rating)| (day.into(), rating.into())));
    assert_eq!(rows[0]["took_ms"], 900);
    assert_eq!(rows[3]["quality"], 2);
}

#[test]
fn a_key_makes_a_line_idempotent() {
    let home = Home::with(TWO);
    let lines = "{\"card\":\"a\",\"rating\":\"good\",\"key\":\"k1\"}\n{\"card\":\"b\",\"rating\":\"good\",\"key\":\"k2\"}\n{\"card\":\"a\",\"rating\":\"again\",\"key\":\"k1\"}\n";
    let first = home.on(0).input(lines).run("grade --stdin").exits(0);
    assert!(first.says("2 reviews added").err.contains("1 there already"));
    let digest = home.on(0).ok("doctor --digest");
    let again = home.on(1).input(lines).run("grade --stdin").exits(0);
    assert!(again.says("0 reviews added").err.contains("3 there already"));
    assert_eq!(home.on(1).ok("doctor --digest"), digest);
    // Without a key every line is an answer.
    let line = "{\"card\":\"a\",\"rating\":\"good\"}\n";
    home.on(2).input(line).run("grade --stdin").exits(0);
    home.on(2).input(line).run("grade --stdin").exits(0);
    assert_eq!(home.on(2).ndjson("history a --json").len(), 3);
}

#[test]
fn thousands_of_lines_are_all_kept() {
    let home = Home::with(&deck_of(500));
    let lines: String = (0..2_500)
        .map(|n| {
            let at = format!("{}T{:02}:{:02}:00Z", date(n / 500), 5 + n % 500 / 60, n % 60);
            format!(
                "{{\"card\":\"c{}\",\"rating\":\"good\",\"at\":\"{at}\",\"key\":\"{n}\"}}\n",
                n % 500 + 1
            )
        })
        .collect();
    let ran = home.on(10).input(lines.clone()).run("grade --stdin").exits(0);
    assert_eq!(ran.out.lines().count(), 2_500);
    ran.says("2,500 reviews added");
    assert_eq!(
        home.sql().query_row("SELECT count(*) FROM history", [], |row| row.get(0)),
        Ok(2_500)
    );
    let card = home.on(10).card("c500");
    // Days 0 and 1 are repetitions; 2, 3 and 4 are early: 6 days from each.
    assert_eq!((&card["reviews"], &card["due"]), (&5.into(), &date(10).into()));
    home.on(10).input(lines).run("grade --stdin").exits(0).says("2,500 there already");
}

#[test]
fn json_of_many_lines_is_a_card_a_line() {
    let home = Home::with(TWO);
    let lines = "{\"card\":\"b\",\"rating\":\"good\"}\n{\"card\":\"a\",\"rating\":\"again\"}\n";
    let cards = home.on(0).input(lines).ndjson("grade --stdin --json");
    let seen: Vec<_> = cards.iter().map(|card| (&card["card"], &card["counted"])).collect();
    assert_eq!(seen, [(&"b".into(), &true.into()), (&"a".into(), &true.into())]);
}

#[test]
fn an_answer_given_now_never_goes_back_in_time() {
    let home = Home::with(TWO);
    home.on(5).ok("grade a good");
    // The clock was put back; the answer stands after the one before it.
    home.on(5).ok("grade b good --at 2026-11-24T10:00");
    home.at("2026-11-29T09:00").ok("grade b good");
    let rows = home.on(6).ndjson("history --json");
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row["card"].as_str().unwrap(), row["at"].as_str().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            ("b", "2026-11-24T10:00:00+00:00"),
            ("a", "2026-11-29T10:00:00+00:00"),
            ("b", "2026-11-29T10:00:00.001+00:00"),
        ]
    );
}

#[test]
fn an_answer_filed_before_a_reset_counts_as_the_history_says() {
    let home = Home::with(TWO);
    home.on(5).ok("grade a good");
    home.on(6).ok("reset a");
    let graded = home.on(6).json("grade a good --at 2026-11-25T10:00 --json");
    let rows = home.on(6).ndjson("history --json a");
    assert_eq!((&graded["counted"], &rows[0]["counted"]), (&true.into(), &true.into()));
    let again = home.on(6).json("grade a good --at 2026-11-25T11:00 --json");
    assert_eq!(again["counted"], false);
}
