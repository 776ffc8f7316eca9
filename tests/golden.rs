//! Fixed histories with their due dates, worked out by hand from the text of 1990 and the table of
//! what it leaves open. A change here moves people's due dates.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use retain::card::CardId;
use retain::history::{DeviceId, Event, Record, replay};
use retain::schedule::sm2::Sm2;
use retain::schedule::{Schedule, Scheduler, Stage};
use retain::settings::Sm2Profile;
use retain::time::{Moment, Rollover};

/// The whole history of one card: when, what, and with which quality or extra facts.
struct History {
    profile: Sm2Profile,
    events: Vec<Record>,
}

fn moment(at: &str) -> Moment {
    chrono::DateTime::parse_from_rfc3339(at).unwrap().into()
}

/// Returns `at` with the hour and zone that a date alone leaves out.
fn at(text: &str) -> Moment {
    if text.len() == 10 { moment(&format!("{text}T18:00:00+01:00")) } else { moment(text) }
}

impl History {
    fn new() -> History {
        History { profile: Sm2Profile::Text, events: Vec::new() }
    }

    fn delphi() -> History {
        History { profile: Sm2Profile::Delphi, events: Vec::new() }
    }

    fn event(
        mut self,
        when: &str,
        kind: &str,
        rating: Option<i64>,
        extra: Option<&str>,
    ) -> History {
        let when = at(when);
        let seq = self.events.len() as i64 + 1;
        self.events.push(Record {
            device: DeviceId([1; 16]),
            device_seq: seq,
            card: Some(CardId::new("card")),
            rev: None,
            when: when.plus_ms(seq),
            day: when.day(Rollover::default()),
            kind: kind.to_owned().into(),
            rating,
            quality: None,
            took_ms: None,
            extra: extra.map(str::to_owned),
        });
        self
    }

    /// An answer with a word, or `q0` to `q5`.
    fn answer(self, when: &str, grade: &str) -> History {
        let (rating, quality) = match grade {
            "again" => (1, None),
            "hard" => (2, None),
            "good" => (3, None),
            "easy" => (4, None),
            quality => {
                let quality: i64 = quality.strip_prefix('q').unwrap().parse().unwrap();
                ([1, 1, 1, 2, 3, 4][quality as usize], Some(quality))
            }
        };
        let mut history = self.event(when, "reviewed", Some(rating), None);
        history.events.last_mut().unwrap().quality = quality;
        history
    }

    fn answers(self, all: &[(&str, &str)]) -> History {
        all.iter().fold(self, |history, (when, grade)| history.answer(when, grade))
    }

    /// The newest event is another card's.
    fn of(mut self, card: &str) -> History {
        self.events.last_mut().unwrap().card = Some(CardId::new(card));
        self
    }

    /// Takes back the event with this number, from 1.
    fn retract(self, when: &str, number: usize) -> History {
        let target = &self.events[number - 1];
        let (card, extra) = (target.card.clone(), format!("{{\"target\":\"{}\"}}", target.id()));
        let mut history = self.event(when, "retracted", None, Some(&extra));
        history.events.last_mut().unwrap().card = card;
        history
    }

    fn schedules(&self) -> Vec<Schedule> {
        let events = self.events.iter().map(Event::understand).collect();
        let pasts = replay(events);
        let steps = &pasts[&CardId::new("card")].steps;
        Sm2 { profile: self.profile }.schedules(steps)
    }
}

/// Fails unless the card stands, after each step, as `expected` says: due day, interval, ease in
/// hundredths, repetitions, lapses.
fn stands(what: &str, history: &History, expected: &[(&str, u32, u32, u32, u32)]) {
    let found: Vec<_> = history
        .schedules()
        .iter()
        .map(|card| {
            let ease = card.ease.unwrap().hundredths();
            (card.due.to_string(), card.interval.days(), ease, card.repetitions, card.lapses)
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(due, interval, ease, repetitions, lapses)| {
            ((*due).to_owned(), *interval, *ease, *repetitions, *lapses)
        })
        .collect();
    assert_eq!(found, expected, "{what}");
}

#[test]
fn good_answers_in_time() {
    // 1, 6, ⌈6·2.5⌉ = 15, ⌈37.5⌉ = 38, ⌈95⌉ = 95.
    let history = History::new().answers(&[
        ("2026-01-01", "good"),
        ("2026-01-02", "good"),
        ("2026-01-08", "good"),
        ("2026-01-23", "good"),
        ("2026-03-02", "good"),
    ]);
    stands(
        "good",
        &history,
        &[
            ("2026-01-02", 1, 250, 1, 0),
            ("2026-01-08", 6, 250, 2, 0),
            ("2026-01-23", 15, 250, 3, 0),
            ("2026-03-02", 38, 250, 4, 0),
            ("2026-06-05", 95, 250, 5, 0),
        ],
    );
}

#[test]
fn easy_answers_in_time_over_a_leap_day() {
    // The ease from before the answer: ⌈6·2.70⌉ = 17, ⌈17·2.80⌉ = ⌈47.6⌉ = 48.
    let history = History::new().answers(&[
        ("2028-02-10", "easy"),
        ("2028-02-11", "easy"),
        ("2028-02-17", "easy"),
        ("2028-03-05", "easy"),
    ]);
    stands(
        "easy",
        &history,
        &[
            ("2028-02-11", 1, 260, 1, 0),
            ("2028-02-17", 6, 270, 2, 0),
            ("2028-03-05", 17, 280, 3, 0),
            ("2028-04-22", 48, 290, 4, 0),
        ],
    );
}

#[test]
fn hard_answers_in_time() {
    // 2.36, 2.22; ⌈6·2.22⌉ = ⌈13.32⌉ = 14; 2.08; ⌈14·2.08⌉ = ⌈29.12⌉ = 30; 1.94.
    let history = History::new().answers(&[
        ("2026-01-01", "hard"),
        ("2026-01-02", "hard"),
        ("2026-01-08", "hard"),
        ("2026-01-22", "hard"),
    ]);
    stands(
        "hard",
        &history,
        &[
            ("2026-01-02", 1, 236, 1, 0),
            ("2026-01-08", 6, 222, 2, 0),
            ("2026-01-22", 14, 208, 3, 0),
            ("2026-02-21", 30, 194, 4, 0),
        ],
    );
}

#[test]
fn a_lapse_keeps_the_ease_and_begins_the_repetitions_anew() {
    let history = History::new().answers(&[
        ("2026-01-01", "easy"),
        ("2026-01-02", "good"),
        ("2026-01-08", "good"),  // ⌈6·2.6⌉ = 16
        ("2026-01-24", "again"), // a lapse
        ("2026-01-25", "again"), // failed in relearning: no second lapse
        ("2026-01-26", "good"),
        ("2026-01-27", "good"),
        ("2026-02-02", "good"), // 16 again
    ]);
    stands(
        "a lapse",
        &history,
        &[
            ("2026-01-02", 1, 260, 1, 0),
            ("2026-01-08", 6, 260, 2, 0),
            ("2026-01-24", 16, 260, 3, 0),
            ("2026-01-25", 1, 260, 0, 1),
            ("2026-01-26", 1, 260, 0, 1),
            ("2026-01-27", 1, 260, 1, 1),
            ("2026-02-02", 6, 260, 2, 1),
            ("2026-02-18", 16, 260, 3, 1),
        ],
    );
    let stages: Vec<_> = history.schedules().iter().map(|card| card.stage).collect();
    use Stage::{Relearning, Review};
    assert_eq!(stages, [Review, Review, Review, Relearning, Relearning, Review, Review, Review]);
}

#[test]
fn early_answers_lengthen_only_and_an_early_fail_is_a_lapse() {
    let history = History::new().answers(&[
        ("2026-01-01", "good"),
        ("2026-01-02", "good"),
        ("2026-01-08", "good"), // 15, due on the 23rd
        // Three days later: max(15, ⌈3·2.5⌉ = 8) = 15 from here; easy adds no ease.
        ("2026-01-11", "easy"),
        // Fourteen days later, a day early: max(15, ⌈35⌉ = 35) = 35.
        ("2026-01-25", "hard"),
        // A day later: forgotten.
        ("2026-01-26", "again"),
    ]);
    stands(
        "early",
        &history,
        &[
            ("2026-01-02", 1, 250, 1, 0),
            ("2026-01-08", 6, 250, 2, 0),
            ("2026-01-23", 15, 250, 3, 0),
            ("2026-01-26", 15, 250, 3, 0),
            ("2026-03-01", 35, 250, 3, 0),
            ("2026-01-27", 1, 250, 0, 1),
        ],
    );
}

#[test]
fn a_late_answer_goes_by_the_stored_interval() {
    let history = History::new().answers(&[
        ("2026-01-01", "good"),
        ("2026-01-02", "good"),
        ("2026-03-08", "good"), // due on 8 January: ⌈6·2.5⌉ = 15 all the same
        ("2026-12-24", "again"),
        ("2027-06-01", "hard"),
    ]);
    stands(
        "late",
        &history,
        &[
            ("2026-01-02", 1, 250, 1, 0),
            ("2026-01-08", 6, 250, 2, 0),
            ("2026-03-23", 15, 250, 3, 0),
            ("2026-12-25", 1, 250, 0, 1),
            ("2027-06-02", 1, 236, 1, 1),
        ],
    );
}

#[test]
fn the_days_first_answer_counts_and_a_day_begins_at_four() {
    let history = History::new().answers(&[
        ("2026-01-01T23:00:00+01:00", "again"),
        ("2026-01-02T03:59:59+01:00", "good"), // still the first: a repeat
        ("2026-01-02T04:00:00+01:00", "good"),
        ("2026-01-02T12:00:00+01:00", "again"), // a repeat, and no lapse
        ("2026-01-03T12:00:00+01:00", "good"),
    ]);
    stands(
        "same day",
        &history,
        &[
            ("2026-01-02", 1, 250, 0, 0),
            ("2026-01-02", 1, 250, 0, 0),
            ("2026-01-03", 1, 250, 1, 0),
            ("2026-01-03", 1, 250, 1, 0),
            ("2026-01-09", 6, 250, 2, 0),
        ],
    );
    let schedules = history.schedules();
    let counted: Vec<_> = schedules.iter().map(|card| card.counted).collect();
    assert_eq!(counted, [true, false, true, false, true]);
    let repeats: Vec<_> =
        schedules.iter().map(|card| card.repeat_on.map(|day| day.to_string())).collect();
    let today = |day: &str| Some(day.to_owned());
    assert_eq!(repeats, [today("2026-01-01"), None, None, today("2026-01-02"), None]);
}

#[test]
fn answers_are_folded_by_time_and_a_day_that_goes_back_is_the_same_day() {
    // The fold goes by time: what happened on the 1st is the first answer, whenever it arrived.
    let history = History::new().answers(&[
        ("2026-01-02", "good"), // second: 6 days
        ("2026-01-08", "good"), // third: 15
        ("2026-01-01", "good"), // first: 1
    ]);
    stands(
        "filed late",
        &history,
        &[
            ("2026-01-02", 1, 250, 1, 0),
            ("2026-01-08", 6, 250, 2, 0),
            ("2026-01-23", 15, 250, 3, 0),
        ],
    );
    // Two zones on one journey: later in time, but an earlier study day, is a same-day answer.
    let journey = History::new().answers(&[
        ("2026-01-02T08:00:00+13:00", "good"), // 1 January, 19:00 UTC
        ("2026-01-01T18:00:00-10:00", "good"), // 2 January, 04:00 UTC
    ]);
    stands("a journey", &journey, &[("2026-01-03", 1, 250, 1, 0), ("2026-01-03", 1, 250, 1, 0)]);
}

#[test]
fn a_placed_card_goes_on_from_where_it_stood() {
    let place = r#"{"interval":30,"ease":2.1,"repetitions":5,"lapses":2,"due":"2026-02-10"}"#;
    let history = History::new()
        .event("2026-01-10", "placed", None, Some(place))
        // Due on 10 February, later than 30 days by its own word: this is early, by a day.
        // max(30, ⌈30·2.1⌉ = 63) = 63 from 9 February.
        .answer("2026-02-09", "easy")
        // Due on 13 April, and in time: ⌈63·2.1⌉ = ⌈132.3⌉ = 133.
        .answer("2026-04-13", "hard")
        // A fail is its third lapse.
        .answer("2026-08-24", "again");
    stands(
        "placed",
        &history,
        &[
            ("2026-02-10", 30, 210, 5, 2),
            ("2026-04-13", 63, 210, 5, 2),
            ("2026-08-24", 133, 196, 6, 2),
            ("2026-08-25", 1, 196, 0, 3),
        ],
    );
}

#[test]
fn a_reset_card_is_new_and_its_lapses_are_forgotten() {
    let history = History::new()
        .answers(&[("2026-01-01", "easy"), ("2026-01-02", "easy"), ("2026-01-08", "again")])
        .event("2026-01-08", "reset", None, None)
        .answer("2026-01-09", "hard")
        .answer("2026-01-10", "good");
    stands("reset", &history, &[("2026-01-10", 1, 236, 1, 0), ("2026-01-16", 6, 236, 2, 0)]);
}

#[test]
fn linked_cards_have_one_history() {
    let history = History::new()
        .answer("2026-01-01", "good")
        .of("before-the-edit")
        .answer("2026-01-02", "good")
        .answer("2026-01-02", "easy")
        .of("before-the-edit") // a repeat, once they are one
        .event("2026-02-01", "linked", None, Some(r#"{"from":"before-the-edit"}"#))
        .answer("2026-01-08", "good");
    stands(
        "linked",
        &history,
        &[
            ("2026-01-02", 1, 250, 1, 0),
            ("2026-01-08", 6, 250, 2, 0),
            ("2026-01-08", 6, 250, 2, 0),
            ("2026-01-23", 15, 250, 3, 0),
        ],
    );
    // Parted again, the card has only its own answers, the second five days late.
    let parted = history.retract("2026-02-02", 4);
    stands("parted", &parted, &[("2026-01-03", 1, 250, 1, 0), ("2026-01-14", 6, 250, 2, 0)]);
}

#[test]
fn what_was_taken_back_never_was() {
    let history = History::new()
        .answers(&[
            ("2026-01-01", "good"),
            ("2026-01-02", "again"), // taken back
            ("2026-01-02", "good"),
            ("2026-01-08", "easy"),
        ])
        .retract("2026-01-09", 2);
    stands(
        "undo",
        &history,
        &[
            ("2026-01-02", 1, 250, 1, 0),
            ("2026-01-08", 6, 250, 2, 0),
            ("2026-01-23", 15, 260, 3, 0),
        ],
    );
}

#[test]
fn practice_and_what_is_put_aside_move_nothing() {
    let history = History::new()
        .answer("2026-01-01", "good")
        .event("2026-01-02", "practised", Some(1), None)
        .event("2026-01-02", "suspended", None, None)
        .event("2026-01-02", "resumed", None, None)
        .event("2026-01-02", "buried", None, Some(r#"{"until":"2026-01-03"}"#))
        .event("2026-01-02", "guessed", Some(1), None)
        .answer("2026-01-03", "good"); // a day late
    stands("practice", &history, &[("2026-01-02", 1, 250, 1, 0), ("2026-01-09", 6, 250, 2, 0)]);
}

#[test]
fn six_qualities_in_the_text() {
    // q2 and q0 fail alike and keep the ease; q3 −0.14, q5 +0.10.
    let history = History::new().answers(&[
        ("2026-01-01", "q5"),
        ("2026-01-02", "q3"),
        ("2026-01-08", "q4"), // ⌈6·2.46⌉ = ⌈14.76⌉ = 15
        ("2026-01-23", "q2"),
        ("2026-01-24", "q0"),
        ("2026-01-25", "q5"),
    ]);
    stands(
        "qualities",
        &history,
        &[
            ("2026-01-02", 1, 260, 1, 0),
            ("2026-01-08", 6, 246, 2, 0),
            ("2026-01-23", 15, 246, 3, 0),
            ("2026-01-24", 1, 246, 0, 1),
            ("2026-01-25", 1, 246, 0, 1),
            ("2026-01-26", 1, 256, 1, 1),
        ],
    );
}

#[test]
fn the_authors_program_rounds_to_nearest_and_lowers_the_ease_on_a_fail() {
    let history = History::delphi().answers(&[
        ("2026-01-01", "q3"), // 2.36
        ("2026-01-02", "q3"), // 2.22
        ("2026-01-08", "q3"), // 6·2.22 = 13.32: 13; 2.08
        ("2026-01-21", "q2"), // 2.08 − 0.32
        ("2026-01-22", "q1"), // 1.76 − 0.54 = 1.22: 1.30
        ("2026-01-23", "q4"),
        ("2026-01-24", "q4"),
        ("2026-01-30", "q5"), // 6·1.30 = 7.8: 8
    ]);
    stands(
        "delphi",
        &history,
        &[
            ("2026-01-02", 1, 236, 1, 0),
            ("2026-01-08", 6, 222, 2, 0),
            ("2026-01-21", 13, 208, 3, 0),
            ("2026-01-22", 1, 176, 0, 1),
            ("2026-01-23", 1, 130, 0, 1),
            ("2026-01-24", 1, 130, 1, 1),
            ("2026-01-30", 6, 130, 2, 1),
            ("2026-02-07", 8, 140, 3, 1),
        ],
    );
    // A half is rounded up, as Pascal's text says: 15·2.5 = 37.5 is 38.
    let halves = History::delphi().answers(&[
        ("2026-01-01", "good"),
        ("2026-01-02", "good"),
        ("2026-01-08", "good"),
        ("2026-01-23", "good"),
        ("2026-03-02", "q0"), // 2.50 − 0.80
    ]);
    stands(
        "halves",
        &halves,
        &[
            ("2026-01-02", 1, 250, 1, 0),
            ("2026-01-08", 6, 250, 2, 0),
            ("2026-01-23", 15, 250, 3, 0),
            ("2026-03-02", 38, 250, 4, 0),
            ("2026-03-03", 1, 170, 0, 1),
        ],
    );
}

#[test]
fn an_interval_ends_at_a_hundred_years_and_an_ease_at_one_thirty() {
    let long = r#"{"interval":30000,"ease":2.5,"repetitions":9}"#;
    let history =
        History::new().event("1950-01-01", "placed", None, Some(long)).answer("2032-02-20", "good");
    // 30,000 days from 1 January 1950 are 20 February 2032; 75,000 would be too many.
    stands(
        "long",
        &history,
        &[("2032-02-20", 30_000, 250, 9, 0), ("2132-01-27", 36_500, 250, 10, 0)],
    );
    let low = r#"{"interval":10,"ease":1.35,"repetitions":4}"#;
    let history = History::new()
        .event("2026-01-01", "placed", None, Some(low))
        .answer("2026-01-11", "hard") // ⌈13.5⌉ = 14; 1.21 would be too low
        .answer("2026-01-25", "good"); // ⌈18.2⌉ = 19
    stands(
        "low",
        &history,
        &[
            ("2026-01-11", 10, 135, 4, 0),
            ("2026-01-25", 14, 130, 5, 0),
            ("2026-02-13", 19, 130, 6, 0),
        ],
    );
}
