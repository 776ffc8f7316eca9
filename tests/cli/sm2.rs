//! SM-2 as its author published it, through the doors that people use.

use super::support::{Home, TWO, date, hundredths, in_order};

/// Qualities, intervals, and the ease at the end in hundredths: the table of docs/schedulers.md.
const TABLE: [(&[u8], &[i64], i64); 5] = [
    (&[4, 4, 4, 4, 4, 4, 4, 4], &[1, 6, 15, 38, 95, 238, 595, 1488], 250),
    (&[5, 5, 5, 5, 5, 5, 5, 5], &[1, 6, 17, 48, 140, 420, 1302, 4167], 330),
    (&[3, 3, 3, 3, 3, 3], &[1, 6, 14, 30, 59, 107], 166),
    (&[4, 4, 4, 0, 4, 4, 4, 4], &[1, 6, 15, 1, 1, 6, 15, 38], 250),
    (&[5, 5, 4, 4, 5, 3], &[1, 6, 17, 46, 125, 350], 266),
];

#[test]
fn the_published_table_passes_through_grade() {
    for (qualities, intervals, ease) in TABLE {
        let home = Home::with(TWO);
        let mut today = 0;
        for (quality, interval) in qualities.iter().zip(intervals) {
            let at = home.on(today);
            at.ok(&format!("grade a q{quality}"));
            let card = at.card("a");
            assert_eq!(card["interval_days"], *interval, "{qualities:?} on day {today}");
            assert_eq!(card["due"], date(today + interval), "{qualities:?} on day {today}");
            today += interval;
        }
        assert_eq!(hundredths(&home.on(today).card("a")), ease, "{qualities:?}");
    }
}

#[test]
fn the_published_table_passes_through_a_plain_review_with_six_grades() {
    for (qualities, intervals, ease) in TABLE {
        let home = Home::with("cards: [{id: a, front: question, back: answer}]\n");
        home.config("grades: six\n");
        let mut today = 0;
        for (quality, interval) in qualities.iter().zip(intervals) {
            let at = home.on(today);
            assert_eq!(at.ok("due --count"), "1\n", "{qualities:?} on day {today}");
            // Whatever scored below four is asked again until it is not: that changes nothing.
            let shown = at.review(&format!("\n{quality}\n\n3\n\n5\n"));
            assert_eq!(shown.contains("again today"), *quality < 4, "{shown}");
            assert_eq!(at.card("a")["interval_days"], *interval, "{qualities:?} on day {today}");
            assert_eq!(at.ok("due --count"), "0\n", "{qualities:?} on day {today}");
            today += interval;
            assert_eq!(home.on(today - 1).ok("due --count"), "0\n", "a day before day {today}");
        }
        assert_eq!(hundredths(&home.on(today).card("a")), ease, "{qualities:?}");
    }
}

#[test]
fn four_ratings_stand_for_the_qualities_one_three_four_and_five() {
    let cards = "cards:\n  - {id: word, front: f, back: b}\n  - {id: digit, front: g, back: b}\n  - {id: quality, front: h, back: b}\n";
    let home = Home::with(cards);
    let steps = [("easy", 4, 5), ("hard", 2, 3), ("again", 1, 1), ("good", 3, 4), ("hard", 2, 3)];
    for (step, (word, digit, quality)) in steps.into_iter().enumerate() {
        let at = home.on(step as i64 * 10);
        at.ok(&format!("grade word {word}"));
        at.ok(&format!("grade digit {digit}"));
        at.ok(&format!("grade quality q{quality}"));
        let of = |id| {
            let card = at.card(id);
            let keys =
                ["stage", "due", "interval_days", "repetitions", "lapses", "ease", "reviews"];
            keys.map(|key| card[key].clone())
        };
        assert_eq!(of("word"), of("digit"), "after {word}");
        assert_eq!(of("word"), of("quality"), "after {word}");
    }
    // 2.50 + 0.10 − 0.14 (again keeps it) − 0.14; a pass after the fail, then hard: two in a row.
    let card = home.on(40).card("word");
    assert_eq!((hundredths(&card), &card["interval_days"]), (232, &6.into()));
    assert_eq!((&card["repetitions"], &card["lapses"]), (&2.into(), &1.into()));
    // Only what was given is kept: words and digits are no qualities.
    let qualities = |id| -> Vec<_> {
        let rows = home.on(40).ndjson(&format!("history {id} --json"));
        rows.iter().map(|row| row["quality"].clone()).collect()
    };
    assert!(qualities("word").iter().all(|quality| quality.is_null()));
    assert_eq!(qualities("quality"), [5, 3, 1, 4, 3]);
}

/// A home whose card `a` was good on days 0 and 1: six days from day 1, due on day 7.
fn due_on_day_7() -> Home {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(1).ok("grade a good");
    assert_eq!(home.on(1).card("a")["due"], date(7));
    home
}

#[test]
fn an_early_pass_lengthens_only_and_keeps_repetitions_and_ease() {
    // Days waited × 2.50 rounded up, if that is more than the six days there are.
    for (day, interval) in [(2, 6), (3, 6), (4, 8), (5, 10), (6, 13)] {
        for rating in ["hard", "good", "easy"] {
            let home = due_on_day_7();
            home.on(day).ok(&format!("grade a {rating}"));
            let card = home.on(day).card("a");
            assert_eq!(card["interval_days"], interval, "{rating} on day {day}");
            assert_eq!(card["due"], date(day + interval), "{rating} on day {day}");
            assert_eq!((hundredths(&card), &card["repetitions"]), (250, &2.into()), "{rating}");
            assert_eq!(card["reviews"], 3);
        }
    }
    // The repetition that it did not count comes next: I(3) = ⌈6 · 2.50⌉.
    let home = due_on_day_7();
    home.on(2).ok("grade a good");
    home.on(8).ok("grade a good");
    let card = home.on(8).card("a");
    assert_eq!((&card["interval_days"], &card["repetitions"]), (&15.into(), &3.into()));
}

#[test]
fn an_early_fail_is_a_lapse_like_any_other() {
    let home = due_on_day_7();
    home.on(3).ok("grade a again");
    let card = home.on(3).card("a");
    assert_eq!((&card["due"], &card["interval_days"]), (&date(4).into(), &1.into()));
    assert_eq!((&card["lapses"], &card["repetitions"]), (&1.into(), &0.into()));
    assert_eq!((&card["stage"], hundredths(&card)), (&"relearning".into(), 250));
}

#[test]
fn a_late_pass_grows_the_stored_interval_and_not_the_time_waited() {
    for late in [8, 30, 1000] {
        let home = due_on_day_7();
        assert_eq!(home.on(late).card("a")["overdue_days"], late - 7);
        home.on(late).ok("grade a good");
        let card = home.on(late).card("a");
        assert_eq!((&card["interval_days"], &card["due"]), (&15.into(), &date(late + 15).into()));
    }
}

#[test]
fn only_the_first_answer_of_a_day_counts() {
    let home = due_on_day_7();
    let first = home.at("2026-12-01T09:00").json("grade a again --json");
    assert_eq!(first["counted"], true);
    for (hour, rating, comes) in [(10, "hard", 1), (11, "good", 0), (12, "easy", 0)] {
        let at = home.at(format!("2026-12-01T{hour}:00"));
        let card = at.json(&format!("grade a {rating} --json"));
        assert_eq!((&card["counted"], &card["interval_days"]), (&false.into(), &1.into()));
        assert_eq!((&card["lapses"], &card["reviews"]), (&1.into(), &3.into()), "{rating}");
        assert_eq!(hundredths(&card), 250, "{rating}");
        // Asked again on the same day until it is good.
        let due = at.due().contains(&"a".to_owned());
        assert_eq!(due, comes == 1, "after {rating}");
    }
    // A later miss on a day that began well changes no schedule, but comes back that day.
    let home = due_on_day_7();
    home.at("2026-12-01T09:00").ok("grade a good");
    home.at("2026-12-01T10:00").ok("grade a again");
    let at = home.at("2026-12-01T11:00");
    let card = at.card("a");
    assert_eq!((&card["interval_days"], &card["lapses"]), (&15.into(), &0.into()));
    assert!(at.due().contains(&"a".to_owned()));
    assert!(!home.on(8).due().contains(&"a".to_owned()));
}

#[test]
fn a_study_day_ends_at_four_in_the_morning() {
    let home = Home::with(TWO);
    home.at("2026-11-25T03:59").ok("grade a good");
    assert_eq!(home.at("2026-11-25T03:59").card("a")["due"], "2026-11-25");
    let second = home.at("2026-11-25T04:00").json("grade a good --json");
    assert_eq!((&second["counted"], &second["due"]), (&true.into(), &"2026-12-01".into()));
}

#[test]
fn the_profile_delphi_rounds_to_nearest_and_moves_the_ease_on_every_quality() {
    // Worked by hand: 6 · 2.70 = 16.2 → 16, 16 · 2.80 = 44.8 → 45; 6 · 2.50 = 15, 15 · 2.50 = 37.5 → 38.
    let cases: [(&[u8], &[i64], i64); 5] = [
        (&[5, 5, 5, 5], &[1, 6, 16, 45], 290),
        (&[4, 4, 4, 4], &[1, 6, 15, 38], 250),
        (&[2], &[1], 218),
        (&[1, 4], &[1, 1], 196),
        (&[0, 0, 4], &[1, 1, 1], 130),
    ];
    for by_deck in [false, true] {
        for (qualities, intervals, ease) in cases {
            let home = Home::new();
            if by_deck {
                home.config("sm2_profile: text\n");
                home.deck("deck", &format!("options: {{ sm2_profile: delphi }}\n{TWO}"));
            } else {
                home.config("sm2_profile: delphi\n");
                home.deck("deck", TWO);
            }
            let mut today = 0;
            for (quality, interval) in qualities.iter().zip(intervals) {
                let card = home.on(today).json(&format!("grade a q{quality} --json"));
                assert_eq!(card["interval_days"], *interval, "{qualities:?}");
                today += interval;
            }
            assert_eq!(hundredths(&home.on(today).card("a")), ease, "{qualities:?}");
        }
    }
}

#[test]
fn switching_the_profile_replays_the_history_and_back_gives_what_was() {
    let home = Home::with(TWO);
    let mut today = 0;
    for quality in [5, 5, 5, 1, 4] {
        let card = home.on(today).json(&format!("grade a q{quality} --json"));
        today += card["interval_days"].as_i64().unwrap();
    }
    let text = home.on(today).ok("doctor --digest");
    home.config("sm2_profile: delphi\n");
    // The answers are dated by the text's intervals, so the fourth comes 17 days after the third
    // where delphi wanted 16: late, which changes nothing. 2.50 + 3 · 0.10 − 0.54 = 2.26.
    assert_eq!(hundredths(&home.on(today).card("a")), 226);
    let delphi = home.on(today).ok("doctor --digest");
    assert_eq!(text.lines().next(), delphi.lines().next(), "the events are the same");
    assert_ne!(text.lines().nth(1), delphi.lines().nth(1), "the schedules are not");
    home.config("");
    assert_eq!(home.on(today).ok("doctor --digest"), text);
    // Only this deck's options: the same replay, asked for elsewhere.
    home.deck("deck", &format!("options: {{ sm2_profile: delphi }}\n{TWO}"));
    assert_eq!(home.on(today).ok("doctor --digest"), delphi);
}

#[test]
fn no_interval_is_longer_than_a_hundred_years() {
    let home = Home::with(TWO);
    let mut today = 0;
    let mut intervals = Vec::new();
    for _ in 0..11 {
        let card = home.on(today).json("grade a easy --json");
        let interval = card["interval_days"].as_i64().unwrap();
        assert_eq!(card["due"], date(today + interval));
        intervals.push(interval);
        today += interval;
    }
    // ⌈4167 · 3.30⌉ = 13752 (13751.1), then 13752 · 3.40 is more than there is.
    assert_eq!(intervals[7..], [4167, 13752, 36_500, 36_500]);
}

#[test]
fn explain_names_the_numbers_behind_a_due_date() {
    let home = Home::with(TWO);
    for (day, rating) in [(0, "good"), (1, "easy"), (7, "hard"), (30, "good"), (40, "good")] {
        home.on(day).ok(&format!("grade a {rating}"));
    }
    home.on(80).ok("grade a again");
    home.at(format!("{}T11:00", date(80))).ok("grade a good");
    let said = home.on(80).ok("explain a").split_whitespace().collect::<Vec<_>>().join(" ");
    in_order(
        &said,
        &[
            "2026-11-24: good (q4)",
            "1 day",
            &format!("due {}", date(1)),
            "2026-11-25: easy (q5)",
            "6 days",
            "ease 2.50 to 2.60",
            &format!("due {}", date(7)),
            "2026-12-01: hard (q3)",
            "6 days × 2.60 = 16 days",
            "ease 2.60 to 2.46",
            "2026-12-24: good (q4)",
            "late",
            "16 days × 2.46 = 40 days",
            "2027-01-03: good (q4)",
            "early, 10 days after the last answer",
            "40 days",
            &format!("due {}", date(80)),
            &format!("{}: again (q1)", date(80)),
            "1 day",
            "ease stays 2.46",
            "same day",
            &format!("due {} (tomorrow)", date(81)),
        ],
    );
}

#[test]
fn explain_says_why_a_card_without_answers_has_no_date() {
    let home = Home::with(TWO);
    assert!(home.on(0).ok("explain b").contains("no answer yet"));
    home.on(0).run("explain c").exits(1).says("no card \"c\"");
}
