//! Answers, added up one by one as they come: a million of them need not be held for it.

use std::collections::{BTreeMap, HashMap};

use super::daily::{Daily, Days, LONGEST};
use super::habits::{calibrate, hour_of, hours};
use super::{Answer, Buttons, Hour, Said, Tally, Times};
use crate::time::Day;

/// How a card was ever answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The answers that count for its schedule.
    pub counted: Tally,
    /// Those of them before which it had been passed.
    pub recalled: Tally,
}

/// What answers come to.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The study day that is today.
    pub today: Day,
    /// How many days are looked back.
    pub days: u32,
    since: Day,
    counter: Counter,
    records: HashMap<i64, Record>,
    /// The card of the last answer: those to a card mostly come one after the other.
    last: Option<(i64, Record)>,
    /// By button, of the days that are looked back.
    pub buttons: Buttons,
    /// By hour, of the days that are looked back.
    pub hours: [Hour; 24],
    took: Vec<u64>,
    /// What was said and what came, of the days that are looked back.
    pub calibration: Vec<Said>,
}

impl Ledger {
    /// Returns an empty one, which looks back `days` days from `today`.
    pub fn new(today: Day, days: u32) -> Ledger {
        let since = i64::from(today.0) - i64::from(days) + 1;
        Ledger {
            today,
            days,
            since: Day(i32::try_from(since).unwrap_or(i32::MIN)),
            counter: Counter::around(today),
            records: HashMap::new(),
            last: None,
            buttons: Buttons::default(),
            hours: hours(),
            took: Vec::new(),
            calibration: Vec::new(),
        }
    }

    /// Returns that of `answers`.
    pub fn of(answers: &[Answer], today: Day, days: u32) -> Ledger {
        let mut ledger = Ledger::new(today, days);
        answers.iter().for_each(|answer| ledger.take(answer));
        ledger
    }

    /// Takes an answer into account. They may come in any order.
    pub fn take(&mut self, answer: &Answer) {
        self.counter.count(answer);
        self.record(answer);
        if answer.day < self.since || self.today < answer.day {
            return;
        }
        self.buttons.count(answer);
        if let Some(hour) = self.hours.get_mut(hour_of(answer)) {
            hour.reviews += 1;
            if answer.before.is_some() {
                hour.recall.count(answer.passed());
            }
        }
        self.took.extend(answer.took_ms.and_then(|ms| u64::try_from(ms).ok()));
        calibrate(&mut self.calibration, answer);
    }

    fn record(&mut self, answer: &Answer) {
        if answer.interval.is_none() {
            return;
        }
        let mut record = match self.last.take() {
            Some((card, record)) if card == answer.card => record,
            before => {
                self.records.extend(before);
                self.records.get(&answer.card).copied().unwrap_or_default()
            }
        };
        record.counted.count(answer.passed());
        if answer.before.is_some() {
            record.recalled.count(answer.passed());
        }
        self.last = Some((answer.card, record));
    }

    /// Returns all days with an answer.
    pub fn by_day(&self) -> Days {
        self.counter.days()
    }

    /// Returns how long the answers took, of the days that are looked back.
    pub fn times(&mut self) -> Times {
        Times::of(std::mem::take(&mut self.took))
    }

    /// Returns how each card was ever answered, by the numbers of their answers.
    pub fn into_records(mut self) -> HashMap<i64, Record> {
        self.records.extend(self.last);
        self.records
    }
}

/// Counts by day: those within a life around one day by its place, which is found faster than in a
/// tree, and the others in one.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    base: Day,
    /// The place among `near` of each day from `base` on; 0 is none.
    places: Vec<u32>,
    near: Vec<Daily>,
    far: BTreeMap<Day, Daily>,
}

impl Counter {
    /// Returns one for answers most of which are about as old as `day`, or older.
    pub(super) fn around(day: Day) -> Counter {
        let life = LONGEST as i32;
        let base = Day(day.0.saturating_sub(life));
        let places = vec![0; 2 * life as usize];
        Counter { base, places, near: vec![Daily::empty(base)], far: BTreeMap::new() }
    }

    pub(super) fn count(&mut self, answer: &Answer) {
        let at = usize::try_from(answer.day.since(self.base));
        let Some(place) = at.ok().and_then(|at| self.places.get_mut(at)) else {
            let empty = || Daily::empty(answer.day);
            self.far.entry(answer.day).or_insert_with(empty).count(answer);
            return;
        };
        if *place == 0 {
            *place = self.near.len() as u32;
            self.near.push(Daily::empty(answer.day));
        }
        self.near[*place as usize].count(answer);
    }

    pub(super) fn days(&self) -> Days {
        let near = self.near.iter().skip(1);
        Days::from(near.chain(self.far.values()).map(|daily| (daily.day, *daily)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answer, repeat};
    use super::*;
    use crate::schedule::Rating::{Again, Good};

    #[test]
    fn the_order_makes_no_difference() {
        let of = |card, answer| Answer { card, ..answer };
        let mut answers = vec![
            of(1, answer(0, 6, Good)),
            of(2, answer(0, 6, Again)),
            of(1, answer(3, 6, Again)),
            of(1, repeat(3, Good)),
            of(2, answer(-700_000, 30, Good)),
            of(2, answer(i32::MAX, 30, Good)),
        ];
        let told = |answers: &[Answer]| {
            let mut ledger = Ledger::of(answers, Day(3), 2);
            (ledger.by_day(), ledger.times(), ledger.buttons, ledger.into_records())
        };
        let wanted = told(&answers);
        assert_eq!(wanted.0.all().map(|day| day.reviews).collect::<Vec<_>>(), [1, 2, 2, 1]);
        assert_eq!(wanted.2.young.all(), [1, 0, 0, 0]);
        let of_one = wanted.3[&1];
        assert_eq!(of_one.counted, Tally { passed: 1, failed: 1 });
        answers.reverse();
        assert_eq!(told(&answers), wanted);
        answers.rotate_left(2);
        assert_eq!(told(&answers), wanted);
    }
}
