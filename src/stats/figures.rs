//! All figures together: what commands show, and what `stats --json` prints.

use serde::{Deserialize, Serialize};

use super::period::monday;
use super::{
    Buttons, Card, Daily, Days, Hour, Ledger, Periods, Recall, Said, Spread, Stages, Tally, Times,
    backlog, forecast, stages,
};
use crate::time::Day;

/// So many weeks of a calendar are before the present one.
const CALENDAR_WEEKS: i32 = 52;
/// As many days as twelve months may have, for the months that are always shown.
const YEAR: u32 = 366 + 31;

/// Every number that is drawn, under the names that it has in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The study day that is today.
    pub day: Day,
    /// What was done today.
    pub today: Today,
    /// Days in a row with an answer, up to today or, while today is empty, yesterday.
    pub streak_days: u32,
    /// The longest row of such days that there ever was.
    pub longest_streak_days: u32,
    /// All that was ever answered.
    pub total: Total,
    /// How many cards are at each stage.
    pub stages: Stages,
    /// How well was recalled what had been passed before, on the days that are looked back.
    pub retention: Recall,
    /// The days that are looked back, oldest first.
    pub daily: Vec<DayFigures>,
    /// The days of a year and the present week, from a Monday on.
    pub calendar: Vec<Busy>,
    /// True retention by day, week and month.
    pub retention_by: Periods,
    /// What comes back when, by the schedules alone.
    pub forecast: Vec<Coming>,
    /// How many of those of today were due before.
    pub backlog: usize,
    /// Cards by interval, ease, stability, difficulty and retrievability.
    #[serde(flatten)]
    pub spread: Spread,
    /// Answers by button, on the days that are looked back.
    pub answers: Buttons,
    /// Answers by hour of the day, on the days that are looked back.
    pub hours: Vec<Hour>,
    /// How long answers took, on the days that are looked back.
    pub times: Times,
    /// Cards that were forgotten so often that something should be done, the worst first.
    pub leeches: Vec<HardCard>,
    /// The ten cards that were failed most often, the worst first.
    pub hardest: Vec<HardCard>,
    /// Cards that are taken for each other.
    pub confusions: Vec<Confused>,
    /// What was said before answers, and what came.
    pub calibration: Vec<Said>,
    /// The decks.
    pub decks: Vec<Group>,
    /// The tags of cards, by name.
    pub tags: Vec<Tagged>,
}

/// What was done today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// All answers.
    pub reviews: u64,
    /// Cards answered for the first time ever.
    pub new: u64,
    /// What the answers took, whole seconds.
    pub seconds: u64,
    /// Cards that are asked again today because they were not known.
    pub repeats: usize,
}

/// What was ever done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// All answers.
    pub reviews: u64,
    /// Days with an answer.
    pub days: usize,
    /// What the answers took, whole seconds.
    pub seconds: u64,
    /// The day of the first answer; `None` if there is none.
    pub first: Option<Day>,
}

/// One day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFigures {
    /// Which.
    pub day: Day,
    /// All answers.
    pub reviews: u64,
    /// Cards answered for the first time ever.
    pub new: u64,
    /// What the answers took, whole seconds.
    pub seconds: u64,
    /// How well was recalled what had been passed before.
    #[serde(flatten)]
    pub recall: Tally,
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Busy {
    /// Which.
    pub day: Day,
    /// All answers.
    pub reviews: u64,
}

/// A day of the forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    /// Which.
    pub day: Day,
    /// How many cards come back on it.
    pub due: usize,
}

/// A card that is hard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HardCard {
    /// Its id.
    pub card: String,
    /// The question.
    pub front: String,
    /// The name of its deck.
    pub deck: String,
    /// The file it stands in, as commands show it.
    pub file: String,
    /// The line of its note there.
    pub line: u32,
    /// Times forgotten.
    pub lapses: u32,
    /// SM-2's ease, where it schedules the card.
    pub ease: Option<f64>,
    /// FSRS's difficulty, where it schedules the card.
    pub difficulty: Option<f64>,
    /// Whether it is put aside.
    pub suspended: bool,
    /// How the answers to it that count came out.
    #[serde(flatten)]
    pub counted: Tally,
}

/// Two cards that are taken for each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confused {
    /// Their ids.
    pub cards: [String; 2],
    /// How often.
    pub times: usize,
}

/// A deck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its name for commands.
    pub deck: String,
    /// Its name for people.
    pub title: String,
    /// How many cards it has.
    pub cards: usize,
    /// How many of them are asked today.
    pub due: usize,
    /// How many new ones today still lets in.
    pub new: usize,
    /// How well its cards were ever recalled.
    #[serde(flatten)]
    pub recalled: Tally,
}

/// What has a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tagged {
    /// The tag.
    pub tag: String,
    /// How many cards have it.
    pub cards: usize,
    /// How many of them are asked today.
    pub due: usize,
    /// How many new ones today still lets in.
    pub new: usize,
    /// How well its cards were ever recalled.
    #[serde(flatten)]
    pub recalled: Tally,
}

impl Figures {
    /// Returns the figures of `cards` and of the answers in `ledger`; what has names, and what is
    /// asked today, is for the caller to fill in.
    pub fn of(cards: &[Card], ledger: &mut Ledger) -> Figures {
        let (today, days) = (ledger.today, ledger.days);
        let all = ledger.by_day();
        let daily = all.last(today, days.max(YEAR));
        let window = &daily[daily.len().saturating_sub(days as usize)..];
        let monday = Day(monday(today).0.saturating_sub(CALENDAR_WEEKS * 7));
        let in_calendar = u32::try_from(today.since(monday) + 1).unwrap_or(1);
        let mut figures = Figures {
            day: today,
            today: Today::default(),
            streak_days: all.streak(today),
            longest_streak_days: all.longest_streak(today),
            total: Total::of(&all),
            stages: stages(cards),
            retention: Recall::default(),
            daily: window.iter().map(DayFigures::of).collect(),
            calendar: all
                .last(today, in_calendar)
                .iter()
                .map(|it| Busy { day: it.day, reviews: it.reviews })
                .collect(),
            retention_by: Periods::of(&daily, days as usize),
            forecast: forecast(cards, today)
                .into_iter()
                .map(|(day, due)| Coming { day, due })
                .collect(),
            backlog: backlog(cards, today),
            spread: Spread::of(cards),
            answers: ledger.buttons,
            hours: ledger.hours.to_vec(),
            times: ledger.times(),
            leeches: Vec::new(),
            hardest: Vec::new(),
            confusions: Vec::new(),
            calibration: std::mem::take(&mut ledger.calibration),
            decks: Vec::new(),
            tags: Vec::new(),
        };
        window.iter().for_each(|day| figures.retention += day.recall);
        if let Some(last) = figures.daily.last() {
            let DayFigures { reviews, new, seconds, .. } = *last;
            figures.today = Today { reviews, new, seconds, repeats: 0 };
        }
        figures
    }

    /// Whether anything was ever answered.
    pub fn begun(&self) -> bool {
        self.total.reviews > 0
    }
}

impl DayFigures {
    fn of(day: &Daily) -> DayFigures {
        DayFigures {
            day: day.day,
            reviews: day.reviews,
            new: day.new,
            seconds: day.seconds(),
            recall: day.recall.all(),
        }
    }
}

impl Total {
    fn of(days: &Days) -> Total {
        let took = days.all().fold(0_u64, |sum, day| sum.saturating_add(day.took_ms));
        Total {
            reviews: days.all().map(|day| day.reviews).sum(),
            days: days.all().len(),
            seconds: took / 1000,
            first: days.all().next().map(|day| day.day),
        }
    }
}

/// How dark the days of a calendar are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shades(pub [u64; 4]);

impl Shades {
    /// Returns the numbers of answers from which on a day is darker: by the quarters of the days that
    /// are not empty.
    pub fn of(calendar: &[Busy]) -> Shades {
        let mut busy: Vec<u64> =
            calendar.iter().map(|it| it.reviews).filter(|it| *it > 0).collect();
        busy.sort_unstable();
        let at = |part: usize| busy.get(busy.len() * part / 4).copied().unwrap_or(1);
        Shades([1, at(1).max(2), at(2).max(3), at(3).max(4)])
    }

    /// Returns how many of the shades a day of so many answers reaches, 0 to 4.
    pub fn reached(self, reviews: u64) -> usize {
        self.0.iter().filter(|from| **from <= reviews).count()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Answer;
    use super::super::testing::answer;
    use super::*;
    use crate::schedule::Rating::{Again, Good};

    #[test]
    fn nothing_comes_to_nothing() {
        let figures = Figures::of(&[], &mut Ledger::new("2026-11-29".parse().unwrap(), 30));
        assert!(!figures.begun());
        assert_eq!((figures.daily.len(), figures.calendar.len()), (30, 371));
        assert_eq!(figures.total, Total::default());
        let text = serde_json::to_string(&figures).unwrap();
        assert_eq!(serde_json::from_str::<Figures>(&text).unwrap(), figures);
    }

    #[test]
    fn what_is_looked_back_bounds_what_is_not_of_all_time() {
        let answers = [
            Answer { took_ms: Some(4_000), ..answer(90, 30, Again) },
            Answer { took_ms: Some(2_000), ..answer(100, 30, Good) },
        ];
        let figures = Figures::of(&[], &mut Ledger::of(&answers, Day(100), 10));
        assert_eq!(figures.total.reviews, 2);
        assert_eq!(figures.retention.mature, Tally { passed: 1, failed: 0 });
        assert_eq!(figures.times.median_ms, Some(2_000));
        assert_eq!(figures.hours[0].reviews, 1);
        assert_eq!(figures.answers.mature.all(), [0, 0, 1, 0]);
        let wide = Figures::of(&[], &mut Ledger::of(&answers, Day(100), 11));
        assert_eq!(wide.retention.mature, Tally { passed: 1, failed: 1 });
        // A day that is still to come is not looked back at.
        let early = Figures::of(&[], &mut Ledger::of(&answers, Day(95), 11));
        assert_eq!((early.today.reviews, early.times.answers), (0, 1));
    }

    #[test]
    fn shades_go_by_the_quarters_of_busy_days() {
        let calendar = |reviews: &[u64]| -> Vec<Busy> {
            reviews.iter().map(|reviews| Busy { day: Day(0), reviews: *reviews }).collect()
        };
        assert_eq!(Shades::of(&calendar(&[])).0, [1, 2, 3, 4]);
        assert_eq!(Shades::of(&calendar(&[0, 7])).0, [1, 7, 7, 7]);
        let shades = Shades::of(&calendar(&[10, 20, 30, 40, 0, 0]));
        assert_eq!(shades.0, [1, 20, 30, 40]);
        assert_eq!([0, 1, 20, 39, 40, 99].map(|it| shades.reached(it)), [0, 1, 2, 3, 4, 4]);
    }
}
