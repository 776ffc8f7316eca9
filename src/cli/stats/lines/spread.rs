//! Cards and answers in ranges.

use colored::Colorize;

use super::{looked_back, nothing};
use crate::cli::stats::names::{
    in_days_of, in_seconds, of_difficulty, of_ease, of_recall, of_stability,
};
use crate::cli::stats::page::{Page, counted};
use crate::cli::words;
use crate::stats::{Bucket, Figures, Ratings, Tally, trimmed};

pub fn cards(figures: &Figures, _: bool, page: &mut Page) {
    page.head("Cards");
    let stages = figures.stages.named().into_iter().filter(|(_, count)| *count > 0);
    let rows: Vec<(String, u64)> =
        stages.map(|(word, count)| (word.to_owned(), count as u64)).collect();
    if rows.is_empty() {
        page.say("none");
    }
    page.bars(&rows, ("card", "cards"));
}

pub fn intervals(figures: &Figures, asked: bool, page: &mut Page) {
    histogram("Intervals", &figures.spread.intervals, in_days_of, ("card", "cards"), asked, page);
}

pub fn ease(figures: &Figures, asked: bool, page: &mut Page) {
    histogram("Ease, by SM-2", &figures.spread.ease, of_ease, ("card", "cards"), asked, page);
}

pub fn difficulty(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Difficulty, by FSRS";
    histogram(title, &figures.spread.difficulty, of_difficulty, ("card", "cards"), asked, page);
}

pub fn stability(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Stability, by FSRS";
    histogram(title, &figures.spread.stability, of_stability, ("card", "cards"), asked, page);
}

pub fn retrievability(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Likely to be recalled today";
    histogram(title, &figures.spread.retrievability, of_recall, ("card", "cards"), asked, page);
}

/// Draws ranges that are not empty, and those between them.
fn histogram(
    title: &str,
    buckets: &[Bucket],
    name: impl Fn(&Bucket) -> String,
    unit: (&str, &str),
    asked: bool,
    page: &mut Page,
) {
    let buckets = trimmed(buckets);
    if buckets.is_empty() {
        return nothing(title, &format!("no {}", unit.0), asked, page);
    }
    page.head(title);
    let rows: Vec<(String, u64)> =
        buckets.iter().map(|bucket| (name(bucket), bucket.count)).collect();
    page.bars(&rows, unit);
}

pub fn answers(figures: &Figures, asked: bool, page: &mut Page) {
    let title = format!("Answers by button, {}", looked_back(figures.daily.len()));
    let of = figures.answers;
    let rows = [("learning", of.learning), ("young", of.young), ("mature", of.mature)];
    let sum = |ratings: Ratings| ratings.all().iter().sum::<u64>();
    if rows.iter().all(|(_, ratings)| sum(*ratings) == 0) {
        return nothing(&title, "no answer", asked, page);
    }
    page.head(&title);
    let names = ["again", "hard", "good", "easy"];
    let cell = |count: u64, all: u64| {
        format!("{} ({:.0} %)", words::grouped(count as usize), count as f64 / all as f64 * 100.0)
    };
    let wide = rows
        .iter()
        .flat_map(|(_, ratings)| ratings.all().map(|count| cell(count, sum(*ratings).max(1)).len()))
        .max()
        .unwrap_or(0);
    let fits = !page.plain && 2 + 8 + 4 * (wide + 2) <= page.width;
    if fits {
        let heads: String = names.iter().map(|name| format!("  {name:>wide$}")).collect();
        page.line(format!("  {}{}", words::padded("", 8), heads.dimmed()));
    }
    for (name, ratings) in rows {
        let all = sum(ratings);
        if all == 0 {
            continue;
        }
        let cells: Vec<String> = ratings.all().iter().map(|count| cell(*count, all)).collect();
        if fits {
            let cells: String = cells.iter().map(|cell| format!("  {cell:>wide$}")).collect();
            page.line(format!("  {}{cells}", words::padded(name, 8)));
        } else {
            let parts = names.iter().zip(cells).map(|(name, cell)| format!("{name} {cell}"));
            page.say(&format!("{name}: {}", parts.collect::<Vec<_>>().join(", ")));
        }
    }
    page.aside("(the first of a day to each card; learning: never passed before)");
}

pub fn hours(figures: &Figures, asked: bool, page: &mut Page) {
    let title = format!("By hour of the day, {}", looked_back(figures.daily.len()));
    let most = figures.hours.iter().map(|it| it.reviews).max().unwrap_or(0);
    if most == 0 {
        return nothing(&title, "no answer", asked, page);
    }
    page.head(&title);
    let digits = words::grouped(most as usize).len();
    for hour in figures.hours.iter().filter(|it| it.reviews > 0) {
        let recalled = match hour.recall.share() {
            Some(share) => format!("{:>3.0} % recalled", share * 100.0),
            None => " ".repeat(14),
        };
        if page.plain {
            let recalled = hour.recall.share().map_or(String::new(), |_| {
                let Tally { passed, .. } = hour.recall;
                format!(", {passed} of {} recalled", hour.recall.total())
            });
            let answers = counted(hour.reviews, "answer", "answers");
            page.say(&format!("{:02}:00: {answers}{recalled}", hour.hour));
        } else {
            let count = format!("{:>digits$}", words::grouped(hour.reviews as usize));
            let label = format!("{:02}:00", hour.hour);
            page.bar(&label, 5, &format!("{count}  {recalled}"), (hour.reviews, most));
        }
    }
}

pub fn times(figures: &Figures, asked: bool, page: &mut Page) {
    let title = format!("Time per answer, {}", looked_back(figures.daily.len()));
    let unit = ("answer", "answers");
    if figures.times.answers == 0 {
        return nothing(&title, "no answer of which it is known", asked, page);
    }
    histogram(&title, &figures.times.seconds, in_seconds, unit, asked, page);
    if let Some(median) = figures.times.median_ms {
        page.say(&format!("half of them within {:.1} s", median as f64 / 1000.0));
    }
}
