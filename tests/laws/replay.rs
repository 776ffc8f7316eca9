//! Laws of the pure folds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use retain::card::CardId;
use retain::history::{Event, EventId, Kind, Past, Record, Review, Step, replay};
use retain::schedule::fsrs::{Fsrs, Retention, Weights};
use retain::schedule::sm2::Sm2;
use retain::schedule::spread::Seed;
use retain::schedule::{Rating, Scheduler};
use retain::settings::Sm2Profile;
use retain::time::Day;

use crate::support::*;

fn events(records: &[Record]) -> Vec<Event> {
    records.iter().map(Event::understand).collect()
}

/// Returns what each card has been through; one that nothing happened to is as good as absent.
fn pasts(records: &[Record]) -> BTreeMap<CardId, Past> {
    let mut pasts = replay(events(records));
    pasts.retain(|_, past| *past != Past::default());
    pasts
}

fn review(day: i32, rating: Rating) -> Step {
    Step::Review(Review {
        event: EventId([0; 16]),
        when: moment(day, 0),
        day: Day(day),
        rev: None,
        grade: rating.into(),
    })
}

/// Answers on days that never go back, several on one day among them.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0..20_i32, ratings()), 0..12).prop_map(|answers| {
        let mut day = FIRST_DAY;
        let on_days = answers.into_iter().map(|(days, rating)| {
            day += days;
            review(day, rating)
        });
        on_days.collect()
    })
}

fn profiles() -> impl Strategy<Value = Sm2> {
    proptest::sample::select(vec![Sm2Profile::Text, Sm2Profile::Delphi])
        .prop_map(|profile| Sm2 { profile })
}

fn last_day(steps: &[Step]) -> i32 {
    let days = steps.iter().map(|step| match step {
        Step::Review(review) => review.day.0,
        Step::Placed(placed) => placed.day.0,
    });
    days.max().unwrap_or(FIRST_DAY)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn neither_order_nor_repetition_of_events_matters(
        (records, mixed) in histories(40).prop_flat_map(|records| {
            let twice = [records.clone(), records.clone()].concat();
            (Just(records), Just(twice).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(pasts(&mixed), pasts(&records));
    }

    #[test]
    fn the_union_of_two_histories_is_the_same_both_ways(
        one in histories(20),
        other in histories(20),
    ) {
        let one_first = [one.clone(), other.clone()].concat();
        let other_first = [other, one].concat();
        prop_assert_eq!(pasts(&one_first), pasts(&other_first));
    }

    #[test]
    fn a_retraction_restores_exactly(
        records in histories(30), raw in one_more(), at in any::<prop::sample::Index>(), later in 0..9_i32,
    ) {
        let event = made(&raw, 1_000, &records);
        // Taking back a retraction is nothing: they are final.
        prop_assume!(event.kind != "retracted");
        let retraction = Record {
            device_seq: 1_001,
            when: moment(event.day.0 + later, 7),
            kind: "retracted".into(),
            extra: target(event.id()),
            rating: None,
            ..event.clone()
        };
        let mut with = records.clone();
        with.insert(at.index(records.len() + 1), event);
        with.insert(at.index(with.len()), retraction);
        prop_assert_eq!(pasts(&with), pasts(&records));
    }

    #[test]
    fn a_suspension_falls_with_the_answer_that_led_to_it(
        records in histories(30), raw in one_more(), later in 0..9_i32,
        ats in proptest::array::uniform3(any::<prop::sample::Index>()),
    ) {
        let event = made(&raw, 1_000, &records);
        prop_assume!(event.kind == "reviewed");
        let after = |seq, kind: &str, extra| Record {
            device_seq: seq,
            when: moment(event.day.0 + later, 7),
            kind: kind.to_owned().into(),
            extra,
            rating: None,
            ..event.clone()
        };
        let because = Some(format!("{{\"because\":\"{}\"}}", event.id()));
        let suspended = after(1_001, "suspended", because);
        let retraction = after(1_002, "retracted", target(event.id()));
        let insert = |all: &[Record], events: &[&Record]| {
            let mut all = all.to_vec();
            for (at, event) in ats.iter().zip(events) {
                all.insert(at.index(all.len() + 1), (*event).clone());
            }
            all
        };
        let both = insert(&records, &[&event, &suspended, &retraction]);
        prop_assert_eq!(pasts(&both), pasts(&records), "as if neither had been");
        // Until then it holds as any other does.
        let held = insert(&records, &[&event, &suspended]);
        let by_hand = Record { extra: None, ..suspended.clone() };
        let suspends = |records| pasts(records).into_iter().map(|(card, past)| (card, past.suspended)).collect::<Vec<_>>();
        prop_assert_eq!(suspends(&held), suspends(&insert(&records, &[&event, &by_hand])));
    }

    #[test]
    fn a_retraction_is_final(records in histories(30)) {
        // Taking every retraction back changes nothing.
        let back = records.iter().enumerate().filter(|(_, event)| event.kind == "retracted");
        let back = back.map(|(number, event)| Record {
            device_seq: 2_000 + number as i64,
            extra: target(event.id()),
            ..event.clone()
        });
        let with: Vec<_> = records.iter().cloned().chain(back).collect();
        prop_assert_eq!(pasts(&with), pasts(&records));
    }

    #[test]
    fn a_retraction_of_another_cards_event_takes_nothing_back(records in histories(30)) {
        let wrong = records.iter().enumerate().map(|(number, event)| Record {
            card: Some(CardId::new("somebody-else")),
            device_seq: 3_000 + number as i64,
            kind: "retracted".into(),
            rating: None,
            extra: target(event.id()),
            ..event.clone()
        });
        let with: Vec<_> = records.iter().cloned().chain(wrong).collect();
        prop_assert_eq!(pasts(&with), pasts(&records));
    }

    #[test]
    fn links_in_any_order_chain_or_cycle_make_one_card(
        records in histories(30),
        tree in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>(), 0..60_i32), 4),
        more in proptest::collection::vec((0..5_usize, 0..5_usize, 0..60_i32), 0..6),
        shuffle in any::<u64>(),
    ) {
        let own: Vec<_> = records
            .into_iter()
            .filter(|event| event.kind != "linked" && event.kind != "retracted")
            .collect();
        let link = |seq: i64, one: usize, other: usize, day: i32| Record {
            extra: Some(format!("{{\"from\":{:?}}}", name(other))),
            ..record(2, seq, &name(one), moment(FIRST_DAY + day, 1), "linked")
        };
        // Each card is joined with an earlier one, whatever the direction; then some cycles.
        let mut linked = own.clone();
        for (number, (earlier, forward, day)) in tree.iter().enumerate() {
            let (card, before) = (number + 1, earlier.index(number + 1));
            let (one, other) = if *forward { (card, before) } else { (before, card) };
            linked.push(link(number as i64, one, other, *day));
        }
        for (number, (one, other, day)) in more.iter().enumerate() {
            linked.push(link(100 + number as i64, *one, *other, *day));
        }
        let length = linked.len().max(1);
        linked.rotate_left((shuffle % length as u64) as usize);
        // The same events, all of one card. Their ids stay: the fold's order is by time and id.
        let one_card: Vec<Event> = own
            .iter()
            .map(|event| Event { card: Some(CardId::new("the-one")), ..Event::understand(event) })
            .collect();
        let expected = replay(one_card).remove(&CardId::new("the-one")).unwrap_or_default();
        let found = replay(events(&linked));
        for card in 0..5 {
            let past = found.get(&CardId::new(name(card))).cloned().unwrap_or_default();
            prop_assert_eq!(&past, &expected, "{}", name(card));
        }
    }

    #[test]
    fn a_link_taken_back_parts_what_it_joined(
        records in histories(30), one in 0..5_usize, other in 0..5_usize, day in 0..60_i32,
    ) {
        let link = Record {
            extra: Some(format!("{{\"from\":{:?}}}", name(other))),
            ..record(2, 1, &name(one), moment(FIRST_DAY + day, 1), "linked")
        };
        let apart = Record {
            extra: target(link.id()),
            ..record(2, 2, &name(one), moment(FIRST_DAY + 60, 1), "retracted")
        };
        let with: Vec<_> = [link].into_iter().chain(records.clone()).chain([apart]).collect();
        prop_assert_eq!(pasts(&with), pasts(&records));
    }

    #[test]
    fn kinds_that_nobody_knows_are_skipped(records in histories(30), rating in any::<i64>()) {
        let strange = records.iter().enumerate().map(|(number, event)| Record {
            device_seq: 4_000 + number as i64,
            kind: format!("kind-of-{}", event.kind).into(),
            rating: Some(rating),
            ..event.clone()
        });
        let with: Vec<_> = records.iter().cloned().chain(strange).collect();
        prop_assert_eq!(pasts(&with), pasts(&records));
    }

    #[test]
    fn a_review_later_than_all_others_leaves_their_schedules_as_they_were(
        before in steps(), days in 0..40_i32, rating in ratings(), sm2 in profiles(),
    ) {
        let mut after = before.clone();
        after.push(review(last_day(&before) + days, rating));
        let schedules = sm2.schedules(&after);
        prop_assert_eq!(schedules.len(), before.len() + 1);
        prop_assert_eq!(&schedules[..before.len()], &sm2.schedules(&before)[..]);
        prop_assert_eq!(schedules.last().copied(), sm2.schedule(&after));
    }

    #[test]
    fn a_better_grade_never_brings_a_card_back_sooner(
        before in steps(), days in 1..40_i32, sm2 in profiles(),
    ) {
        let day = last_day(&before) + days;
        let after = Rating::ALL.map(|rating| {
            sm2.schedule(&[&before[..], &[review(day, rating)]].concat()).unwrap()
        });
        for pair in after.windows(2) {
            prop_assert!(pair[0].due <= pair[1].due, "{:?} {:?}", pair[0], pair[1]);
        }
        // A fail keeps the ease in the text of 1990, where hard lowers it.
        for pair in after[1..].windows(2) {
            prop_assert!(pair[0].ease <= pair[1].ease, "{:?} {:?}", pair[0], pair[1]);
        }
        prop_assert!(after[0].due == Day(day + 1), "a fail comes back tomorrow: {:?}", after[0]);
        prop_assert!(after.iter().all(|schedule| schedule.due > Day(day)), "nothing is due before");
    }

    #[test]
    fn a_better_grade_stays_better_for_every_answer_in_time(
        before in steps(), days in 1..40_i32, sm2 in profiles(), later in 1..5_usize,
    ) {
        let due_after = |rating: Rating| {
            let mut steps = [&before[..], &[review(last_day(&before) + days, rating)]].concat();
            for _ in 0..later {
                let due = sm2.schedule(&steps).unwrap().due;
                steps.push(review(due.0, Rating::Good));
            }
            sm2.schedule(&steps).unwrap().due
        };
        let [again, hard, good, easy] = Rating::ALL.map(due_after);
        prop_assert!(again <= hard && hard <= good && good <= easy, "{again} {hard} {good} {easy}");
    }

    #[test]
    fn only_the_first_answer_of_a_day_counts(before in steps(), day in 1..40_i32, all in proptest::collection::vec(ratings(), 1..5), sm2 in profiles()) {
        let day = last_day(&before) + day;
        let once = [&before[..], &[review(day, all[0])]].concat();
        let more: Vec<_> = all.iter().map(|rating| review(day, *rating)).collect();
        let more = [&before[..], &more[..]].concat();
        let (once, more) = (sm2.schedule(&once).unwrap(), sm2.schedule(&more).unwrap());
        prop_assert_eq!((once.due, once.ease, once.lapses, once.reviews), (more.due, more.ease, more.lapses, more.reviews));
        let last = *all.last().unwrap();
        prop_assert_eq!(more.repeat_on.is_some(), last < Rating::Good);
    }
}

proptest! {
    #[test]
    fn a_memory_stays_within_its_bounds_whatever_is_answered_when(
        answers in proptest::collection::vec((-3..400_i32, ratings()), 1..20),
        card in "[a-z]{1,8}",
        share in 0.70..=0.97_f64,
    ) {
        let mut day = FIRST_DAY;
        let steps: Vec<Step> = answers
            .into_iter()
            .map(|(days, rating)| {
                day += days;
                review(day, rating)
            })
            .collect();
        let fsrs = Fsrs::new(Weights::default(), Retention::new(share).unwrap());
        let seed = Some(Seed::of(&card));
        let all = fsrs.spread(&steps, seed);
        prop_assert_eq!(all.len(), steps.len());
        prop_assert_eq!(&all, &fsrs.spread(&steps, seed));
        for (exact, spread) in fsrs.schedules(&steps).iter().zip(&all) {
            prop_assert!((1..=36_500).contains(&spread.interval.days()));
            prop_assert_eq!(spread.due, spread.last_day.plus(spread.interval.days()));
            let (stability, difficulty) = (spread.stability.unwrap(), spread.difficulty.unwrap());
            prop_assert!(stability.is_finite() && stability > 0.0);
            prop_assert!((1.0..=10.0).contains(&difficulty));
            let recall = spread.retrievability(spread.due);
            prop_assert!(recall > 0.0 && recall <= 1.0);
            // Spreading moves the due day and nothing else.
            prop_assert_eq!((exact.stability, exact.lapses), (spread.stability, spread.lapses));
            prop_assert_eq!(exact.interval, spread.exact);
            let room = 2 + exact.interval.days() / 7;
            prop_assert!(exact.interval.days().abs_diff(spread.interval.days()) <= room);
        }
    }

    #[test]
    fn a_better_grade_never_brings_a_card_back_sooner_by_memory_either(
        before in steps(),
        day in 0..60_i32,
    ) {
        let fsrs = Fsrs::default();
        let then = last_day(&before) + day;
        let intervals: Vec<u32> = Rating::ALL
            .into_iter()
            .map(|rating| {
                let mut steps = before.clone();
                steps.push(review(then, rating));
                fsrs.schedule(&steps).unwrap().interval.days()
            })
            .collect();
        prop_assert!(intervals.is_sorted(), "{:?}", intervals);
    }
}

#[test]
fn the_histories_of_these_laws_hold_every_kind() {
    // Lest a law holds because nothing happens.
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut kinds = std::collections::BTreeSet::new();
    let mut in_force = 0;
    for _ in 0..60 {
        let records = histories(40).new_tree(&mut runner).unwrap().current();
        in_force += events(&records)
            .iter()
            .filter(|event| matches!(event.kind, Kind::Retracted { target } if records.iter().any(|r| r.id() == target && r.card == event.card)))
            .count();
        kinds.extend(records.into_iter().map(|record| record.kind));
    }
    assert_eq!(kinds.len(), 10, "{kinds:?}");
    assert!(in_force > 20, "{in_force}");
}
