//! A week of real use, against expectations written by hand.

use super::support::{Home, hundredths, ids, in_order};

/// Central European time: the clocks go back at three in the morning of 25 October 2026.
const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
/// Five hours behind UTC, without summer time.
const LIMA: &str = "PET5";

const VERBS: &str = "\
deck: Verbs
cards:
  - id: ir
    front: to go
    back: ir
  - id: comer
    front: to eat
    back: comer
  - front: to speak
    back: hablar
  - id: vivir
    front: to live
    back: vivir
";

/// Returns a card's due date, interval, ease and repetitions.
fn standing(home: &Home, now: &str, card: &str) -> (String, i64, i64, i64) {
    let card = home.at(now).card(card);
    (
        card["due"].as_str().unwrap().to_owned(),
        card["interval_days"].as_i64().unwrap(),
        hundredths(&card),
        card["repetitions"].as_i64().unwrap(),
    )
}

#[test]
fn a_week_of_real_use() {
    let mut home = Home::new();
    home.move_to(BERLIN);
    home.deck("verbs", VERBS);
    home.config("new_per_day: 3\n");

    // Monday 19 October, evening, summer time (+02:00). Three of the four cards are let in, in the
    // order of the file. `hablar` has no id: it is asked under a key made of its question.
    let now = "2026-10-19T20:00";
    let due = home.at(now).json("due --json");
    assert_eq!(
        (&due["day"], &due["due"], &due["new"]),
        (&"2026-10-19".into(), &0.into(), &3.into())
    );
    let asked = ids(&due);
    assert_eq!((asked[0].as_str(), asked[1].as_str()), ("ir", "comer"));
    let hablar = asked[2].clone();
    // ir good; comer again, so it comes back behind the others and is good then; hablar easy.
    let out = home.at(now).review("\n3\n\n1\n\n4\n\n3\n");
    in_order(
        &out,
        &[
            "ir good, again tomorrow",
            "comer again, again today",
            &format!("{hablar} easy, again tomorrow"),
            "comer good, again tomorrow",
            "4 answers to 3 cards",
        ],
    );
    // I(1) = 1 day for all. Easy adds 0.10; again keeps the ease, and its repeat changes nothing.
    assert_eq!(standing(&home, now, "ir"), ("2026-10-20".into(), 1, 250, 1));
    assert_eq!(standing(&home, now, "comer"), ("2026-10-20".into(), 1, 250, 0));
    assert_eq!(standing(&home, now, &hablar), ("2026-10-20".into(), 1, 260, 1));

    // Half past one in the night is still Monday: the day starts at four. Nothing is due.
    let night = "2026-10-20T01:30";
    assert_eq!(home.at(night).json("due --json")["day"], "2026-10-19");
    assert_eq!(home.at(night).ok("due --count"), "0\n");

    // Tuesday 20 October. Three are due on time, and the last card is new.
    let now = "2026-10-20T20:00";
    let due = home.at(now).json("due --json");
    assert_eq!((&due["due"], &due["new"]), (&3.into(), &1.into()));
    home.at(now).ok("grade ir good"); // the second repetition: I(2) = 6, due on the 26th
    home.at(now).ok("grade comer good"); // the first pass after its fail: I(1) = 1, due on the 21st
    home.at(now).ok(&format!("grade {hablar} good")); // I(2) = 6, due on the 26th
    // vivir slips: easy was meant, again was typed. One word takes it back.
    home.at(now).ok("grade vivir again");
    assert!(home.at(now).ok("undo").starts_with("took back: vivir again, 20 Oct 2026 20:00"));
    assert_eq!(home.at(now).card("vivir")["stage"], "new");
    home.at(now).ok("grade vivir easy"); // I(1) = 1, ease 2.60, due on the 21st
    assert_eq!(standing(&home, now, "ir"), ("2026-10-26".into(), 6, 250, 2));
    assert_eq!(standing(&home, now, "comer"), ("2026-10-21".into(), 1, 250, 1));
    assert_eq!(standing(&home, now, &hablar), ("2026-10-26".into(), 6, 260, 2));
    assert_eq!(standing(&home, now, "vivir"), ("2026-10-21".into(), 1, 260, 1));
    assert_eq!(home.at(now).ok("due --count"), "0\n");

    // Wednesday and Thursday are missed.

    // Friday 23 October. comer and vivir are two days late; each waited 3 days of 1, so the file's
    // order decides. The question of hablar was reworded this morning: it goes on, not due yet. The
    // answer of ir was changed: it is due today, whatever its date, and shows what is new; it waited
    // 3 of 6 days, so it comes last.
    let now = "2026-10-23T08:00";
    home.edit("verbs", "front: to speak", "front: to talk, to speak");
    home.edit("verbs", "back: ir", "back: ir, irse");
    let due = home.at(now).json("due --json");
    assert_eq!((&due["due"], &due["new"]), (&3.into(), &0.into()));
    assert_eq!(ids(&due), ["comer", "vivir", "ir"]);
    let overdue: Vec<_> =
        due["cards"].as_array().unwrap().iter().map(|card| card["overdue_days"].clone()).collect();
    assert_eq!(overdue, [2, 2, 0]);
    let reworded = home.at(now).listed("hablar");
    assert_eq!(reworded.len(), 1);
    assert_ne!(reworded[0], hablar, "another question makes another key");
    assert_eq!(standing(&home, now, &reworded[0]), ("2026-10-26".into(), 6, 260, 2));
    let ran = home.at(now).input("\n3\n\n2\n\n3\n\n3\n").run("review --plain").exits(0);
    in_order(
        &ran.out,
        &[
            "comer good, again in 6 days", // late, but I(2) = 6
            "vivir hard, again today",     // I(2) = 6 as well; hard comes back today
            "answer changed",
            "ir, irse",
            "Changed since 2026-10-20: ",
            "{+",
            "ir good, again in 8 days", // early: the longer of 6 and ⌈3 · 2.50⌉ = 8
            "vivir good",
            "4 answers to 3 cards",
        ],
    );
    assert_eq!(standing(&home, now, "comer"), ("2026-10-29".into(), 6, 250, 2));
    // Hard takes 0.14; the repeat that was good gives nothing back.
    assert_eq!(standing(&home, now, "vivir"), ("2026-10-29".into(), 6, 246, 2));
    // An early pass leaves repetitions and ease.
    assert_eq!(standing(&home, now, "ir"), ("2026-10-31".into(), 8, 250, 2));
    assert_eq!(home.at(now).card("ir")["changed"], false);

    // Saturday 24 October, nothing is due. In the night the clocks go back: half past two comes
    // twice, and both are Saturday's. An answer at the second one is an hour later, in winter time.
    assert_eq!(home.at("2026-10-24T20:00").ok("due --count"), "0\n");
    for night in ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:59"] {
        assert_eq!(home.at(night).json("due --json")["day"], "2026-10-24", "{night}");
    }
    assert_eq!(home.at("2026-10-25T04:00").json("due --json")["day"], "2026-10-25");
    let card = home.at("2026-10-25T02:30:00+01:00").json("grade comer good --json");
    // Early on Saturday's day, one day after Friday: the longer of 6 and ⌈1 · 2.50⌉ = 3.
    assert_eq!((&card["due"], &card["interval_days"]), (&"2026-10-30".into(), &6.into()));
    assert_eq!((&card["counted"], &card["repetitions"]), (&true.into(), &2.into()));
    // Written without an offset, half past two is the first of the two, in summer time.
    let card = home.at("2026-10-25T12:00").json("grade vivir good --at 2026-10-25T02:30 --json");
    assert_eq!((&card["due"], &card["interval_days"]), (&"2026-10-30".into(), &6.into()));
    assert_eq!(card["last_review"], "2026-10-25T02:30:00+02:00");

    // Sunday 25 October, a flight to Lima. There it is five hours behind UTC: 21:00 on Sunday, when
    // Berlin has Monday the 26th, 03:00. Nothing is due before Monday.
    home.move_to(LIMA);
    let now = "2026-10-25T21:00";
    assert_eq!(home.at(now).json("due --json")["day"], "2026-10-25");
    assert_eq!(home.at(now).ok("due --count"), "0\n");

    // Monday 26 October in Lima: hablar is due, under its new key.
    let now = "2026-10-26T07:00";
    assert_eq!(home.at(now).due(), [reworded[0].clone()]);
    // The third repetition: I(3) = ⌈6 · 2.60⌉ = 16 (15.6), due on 11 November.
    let out = home.at(now).review("\n3\n");
    assert!(out.contains(&format!("{} good, again in 16 days", reworded[0])), "{out}");
    assert_eq!(standing(&home, now, &reworded[0]), ("2026-11-11".into(), 16, 260, 3));

    // What happened stays what it was where it happened: each day by the wall clock of its place.
    let rows = home.at(now).ndjson("history --json");
    let seen: Vec<_> = rows
        .iter()
        .filter(|row| row["kind"] != "linked" && row["kind"] != "retracted")
        .map(|row| {
            let card = row["card"].as_str().unwrap();
            let card = if card == hablar || card == reworded[0] { "hablar" } else { card };
            let text = |field: &str| row[field].as_str().unwrap().to_owned();
            // To the minute: answers given within one moment of a stopped clock follow each other
            // by a millisecond.
            let at = text("at");
            format!(
                "{} {}{} {card} {} {}",
                text("day"),
                &at[11..16],
                &at[at.len() - 6..],
                row["rating"],
                row["counted"]
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            "2026-10-19 20:00+02:00 ir 3 true",
            "2026-10-19 20:00+02:00 comer 1 true",
            "2026-10-19 20:00+02:00 hablar 4 true",
            "2026-10-19 20:00+02:00 comer 3 false",
            "2026-10-20 20:00+02:00 ir 3 true",
            "2026-10-20 20:00+02:00 comer 3 true",
            "2026-10-20 20:00+02:00 hablar 3 true",
            "2026-10-20 20:00+02:00 vivir 1 false",
            "2026-10-20 20:00+02:00 vivir 4 true",
            "2026-10-23 08:00+02:00 comer 3 true",
            "2026-10-23 08:00+02:00 vivir 2 true",
            "2026-10-23 08:00+02:00 ir 3 true",
            "2026-10-23 08:00+02:00 vivir 3 false",
            "2026-10-24 02:30+02:00 vivir 3 true",
            "2026-10-24 02:30+01:00 comer 3 true",
            "2026-10-26 07:00-05:00 hablar 3 true",
        ]
    );
    let kinds = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).count();
    assert_eq!((kinds("linked"), kinds("retracted"), rows.len()), (1, 1, 18));

    // And all of it can be made again from the decks and the history.
    let digest = home.at(now).ok("doctor --digest");
    home.drop_caches();
    assert_eq!(home.at(now).ok("doctor --digest"), digest);
}
