//! The pure parts under a microscope: `cargo bench --bench fold`.

use divan::{Bencher, black_box};
use retain::card::{Answer, Details, Note, Wording};
use retain::history::{Event, EventId, Kind, Review, Step, replay};
use retain::schedule::sm2::Sm2;
use retain::schedule::{Rating, Scheduler};
use retain::time::{Day, Moment};

fn main() {
    divan::main();
}

fn moment(number: i64) -> Moment {
    Moment { at_ms: number * 86_400_000, utc_offset_s: 0 }
}

/// One card, folded again after a grade.
#[divan::bench(args = [10, 100])]
fn schedule_of_one_card(bencher: Bencher, reviews: i32) {
    let steps: Vec<Step> = (0..reviews)
        .map(|number| {
            Step::Review(Review {
                event: EventId([0; 16]),
                when: moment(i64::from(number)),
                day: Day(number),
                rev: None,
                grade: Rating::Good.into(),
            })
        })
        .collect();
    bencher.bench(|| Sm2::default().schedule(black_box(&steps)));
}

/// A history of ten answers a card, grouped and ordered.
#[divan::bench(args = [1_000, 100_000])]
fn replay_of_a_history(bencher: Bencher, events: u32) {
    let history: Vec<Event<u32>> = (0..events)
        .map(|number| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&number.to_le_bytes());
            Event {
                id: EventId(id),
                card: Some(number % (events / 10)),
                when: moment(i64::from(number)),
                day: Day(number as i32),
                rev: None,
                kind: Kind::Reviewed(Rating::Good.into()),
            }
        })
        .collect();
    bencher.with_inputs(|| history.clone()).bench_values(replay);
}

/// What reading a card costs besides YAML: its key and its wording's number.
#[divan::bench]
fn key_and_rev_of_a_note(bencher: Bencher) {
    let note = Note {
        id: None,
        line: 1,
        front: "What must be proven before SSO can be set up for a domain?".into(),
        back: Answer::Text("Domain ownership".into()),
        reverse: false,
        cloze: false,
        details: Details::default(),
    };
    bencher.bench(|| {
        let key = black_box(&note).key_of_front();
        Wording::of(&note.cards(&key)[0]).rev()
    });
}
