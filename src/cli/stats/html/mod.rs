//! Figures as one page: no script, nothing from the network, and all of it from one file.

mod chart;
mod tables;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::chart::{About, Cells, Mark, sheet};
use self::tables::{confusions, groups, hard_cards};
use super::names::{
    day_and_month, in_days_of, in_month, in_seconds, month, of_difficulty, of_ease, of_recall,
    of_stability, weekday,
};
use super::page::{counted, percent, recalled};
use crate::cli::words;
use crate::stats::{Bucket, Figures, MATURE, Period, Ratings, Recall, Shades, Tally, trimmed};
use crate::text;
use crate::time::Day;

const STYLE: &str = include_str!("style.css");
/// What a browser may do with the page: show it, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
/// So many weeks and months of retention are drawn; the JSON has all.
const RECENT: usize = 26;

/// Returns the page. `what` is what it is about, where it is not about everything.
pub fn page(figures: &Figures, what: Option<&str>) -> String {
    let title = match what {
        None => "Progress".to_owned(),
        Some(what) => format!("Progress: {}", text::one_line(what)),
    };
    let body = html! {
        header {
            h1 { (title) }
            p.soft { (since(figures)) }
        }
        (tiles(figures))
        main.grid {
            (year(figures))
            (daily(figures))
            (minutes(figures))
            (forecast(figures))
            (retention(figures, "Recalled, by week", &figures.retention_by.week, &|day| day_and_month(day)))
            (retention(figures, "Recalled, by month", &figures.retention_by.month, &in_month))
            @if figures.daily.len() > 1 {
                (retention(figures, "Recalled, by day", &figures.retention_by.day, &weekday))
            }
            (answers(figures))
            (stages(figures))
            @for (title, buckets, name) in histograms(figures) {
                (histogram(title, buckets, name, ("card", "cards")))
            }
            (hours(figures))
            (histogram("Time per answer", &figures.times.seconds, &in_seconds, ("answer", "answers")))
            (calibration(figures))
            (hard_cards("The hardest cards", "Failed most often, of the answers that count.", &figures.hardest))
            (hard_cards("Leeches", "Forgotten eight times or more: rewrite them, or suspend them.", &figures.leeches))
            (confusions(figures))
            (groups("Decks", "deck", figures.decks.iter().map(|it| (&*it.title, it.cards, it.due, it.new, it.recalled))))
            (groups("Tags", "tag", figures.tags.iter().map(|it| (&*it.tag, it.cards, it.due, it.new, it.recalled))))
        }
    };
    document(&title, body)
}

/// Puts a page around its content.
fn document(title: &str, body: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(concat!("retain ", env!("CARGO_PKG_VERSION")));
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
    .into_string()
}

fn since(figures: &Figures) -> String {
    let day = figures.day.in_words();
    match figures.total.first {
        None => format!("{day}. Nothing was answered yet."),
        Some(first) => format!(
            "{day}. {} on {} since {}. Looking back {}.",
            counted(figures.total.reviews, "answer", "answers"),
            words::count(figures.total.days, "day", "days"),
            first.in_words(),
            words::count(figures.daily.len(), "day", "days"),
        ),
    }
}

fn tiles(figures: &Figures) -> Markup {
    let today = figures.today;
    let due = figures.forecast.first().map_or(0, |it| it.due);
    let cards = figures.stages.all();
    let noun = if today.reviews == 1 { "answer" } else { "answers" };
    let took = match today.seconds {
        0 => noun.to_owned(),
        seconds => format!("{noun} in {}", words::span(seconds * 1000)),
    };
    let longest = format!("longest {}", figures.longest_streak_days);
    let share = |tally: Tally| tally.share().map_or_else(|| "–".to_owned(), percent);
    let of = |tally: Tally| {
        let passed = words::grouped(tally.passed as usize);
        format!("{passed} of {}", words::grouped(tally.total() as usize))
    };
    let Recall { young, mature } = figures.retention;
    let tiles = [
        ("Today", words::grouped(today.reviews as usize), took),
        ("Days in a row", words::grouped(figures.streak_days as usize), longest),
        ("Recalled, young", share(young), of(young)),
        ("Recalled, mature", share(mature), of(mature)),
        ("Due today", words::grouped(due), format!("{} overdue", words::grouped(figures.backlog))),
        ("Cards", words::grouped(cards), format!("{} new", words::grouped(figures.stages.new))),
    ];
    html! {
        dl.tiles {
            @for (name, much, what) in tiles {
                div.tile { dt { (name) } dd { span.much { (much) } span.soft { (what) } } }
            }
        }
    }
}

fn year(figures: &Figures) -> Markup {
    let shades = Shades::of(&figures.calendar);
    let mark = |day: Day, reviews: u64| Mark {
        name: weekday(day),
        value: reviews as f64,
        words: counted(reviews, "answer", "answers"),
    };
    let days: Vec<(Mark, usize)> = figures
        .calendar
        .iter()
        .map(|it| (mark(it.day, it.reviews), shades.reached(it.reviews)))
        .collect();
    let mut months: Vec<(usize, String)> = Vec::new();
    for (week, days) in figures.calendar.chunks(7).enumerate() {
        let name = days.first().map(|it| month(it.day)).unwrap_or_default();
        if months.last().is_none_or(|(_, last)| *last != name) {
            months.push((week, name));
        }
    }
    // The first is often cut off, and would stand in the way of the second.
    if months.get(1).is_some_and(|(week, _)| *week < 3) {
        months.remove(0);
    }
    let title = "A year, day by day";
    let [one, two, three, four] = shades.0.map(|from| words::grouped(from as usize));
    let about = About {
        title,
        note: figures
            .begun()
            .then(|| format!("A day is darker from {one}, {two}, {three} and {four} answers on.")),
        heads: &["Day", "Answers"],
        rows: figures
            .calendar
            .iter()
            .filter(|it| it.reviews > 0)
            .map(|it| vec![it.day.to_string(), words::grouped(it.reviews as usize)])
            .collect(),
    };
    sheet(&about, true, chart::calendar(title, &days, &months))
}

fn daily(figures: &Figures) -> Markup {
    let marks: Vec<Mark> = figures
        .daily
        .iter()
        .map(|it| Mark {
            name: day_and_month(it.day),
            value: it.reviews as f64,
            words: counted(it.reviews, "answer", "answers"),
        })
        .collect();
    let row = |it: &crate::stats::DayFigures| -> Cells {
        let minutes = format!("{:.1}", it.seconds as f64 / 60.0);
        let number = |number: u64| words::grouped(number as usize);
        let Tally { passed, failed } = it.recall;
        vec![
            it.day.to_string(),
            number(it.reviews),
            number(it.new),
            minutes,
            number(passed),
            number(failed),
        ]
    };
    let total: u64 = figures.daily.iter().map(|it| it.reviews).sum();
    let days = figures.daily.len().max(1);
    let about = About {
        title: "Answers a day",
        note: Some(format!(
            "{} in {}, {:.1} a day",
            counted(total, "answer", "answers"),
            words::count(days, "day", "days"),
            total as f64 / days as f64
        )),
        heads: &["Day", "Answers", "New cards", "Minutes", "Recalled", "Forgotten"],
        rows: figures.daily.iter().map(row).collect(),
    };
    sheet(&about, false, chart::columns(about.title, &marks))
}

fn minutes(figures: &Figures) -> Markup {
    let took = figures.times.total_ms;
    if took < 1000 {
        return html! {};
    }
    let marks: Vec<Mark> = figures
        .daily
        .iter()
        .map(|it| Mark {
            name: day_and_month(it.day),
            value: it.seconds as f64 / 60.0,
            words: format!("{:.1} minutes", it.seconds as f64 / 60.0),
        })
        .collect();
    let about = About {
        title: "Minutes a day",
        note: Some(format!(
            "{} in all, {} a day",
            words::span(took),
            words::span(took / figures.daily.len().max(1) as u64)
        )),
        heads: &["Day", "Minutes"],
        rows: figures
            .daily
            .iter()
            .map(|it| vec![it.day.to_string(), format!("{:.1}", it.seconds as f64 / 60.0)])
            .collect(),
    };
    sheet(&about, false, chart::columns(about.title, &marks))
}

fn forecast(figures: &Figures) -> Markup {
    let marks: Vec<Mark> = figures
        .forecast
        .iter()
        .map(|it| Mark {
            name: if it.day == figures.day { "today".into() } else { day_and_month(it.day) },
            value: it.due as f64,
            words: format!("{} due", words::grouped(it.due)),
        })
        .collect();
    let about = About {
        title: "What comes back",
        note: Some(format!(
            "{} in {}, {} of them overdue",
            words::count(figures.forecast.iter().map(|it| it.due).sum(), "card", "cards"),
            words::count(figures.forecast.len(), "day", "days"),
            words::grouped(figures.backlog)
        )),
        heads: &["Day", "Due"],
        rows: figures
            .forecast
            .iter()
            .map(|it| vec![it.day.to_string(), words::grouped(it.due)])
            .collect(),
    };
    sheet(&about, false, chart::columns(about.title, &marks))
}

fn retention(
    figures: &Figures,
    title: &str,
    periods: &[Period],
    name: &dyn Fn(Day) -> String,
) -> Markup {
    if !figures.begun() {
        return html! {};
    }
    let recent = &periods[periods.len().saturating_sub(RECENT.max(figures.daily.len()))..];
    let first = recent.iter().position(|it| it.recall.all().total() > 0);
    let Some(recent) = first.map(|first| &recent[first..]) else { return html! {} };
    let mark = |period: &Period, tally: Tally| {
        let share = tally.share()?;
        let name = name(period.from);
        Some(Mark { name, value: (share * 10_000.0).round() / 10_000.0, words: recalled(tally) })
    };
    let series = [
        ("young", recent.iter().map(|it| mark(it, it.recall.young)).collect()),
        ("mature", recent.iter().map(|it| mark(it, it.recall.mature)).collect()),
    ];
    let names: Vec<String> = recent.iter().map(|it| name(it.from)).collect();
    let about = About {
        title,
        note: Some(format!(
            "First answers of a day to cards that had been passed before; mature from {MATURE} days."
        )),
        heads: &["From", "Young", "Mature"],
        rows: recent
            .iter()
            .map(|it| {
                vec![it.from.to_string(), recalled(it.recall.young), recalled(it.recall.mature)]
            })
            .collect(),
    };
    sheet(&about, false, chart::lines(title, &names, &series))
}

fn answers(figures: &Figures) -> Markup {
    let of = figures.answers;
    let rows: Vec<(String, Ratings)> =
        [("learning", of.learning), ("young", of.young), ("mature", of.mature)]
            .into_iter()
            .filter(|(_, ratings)| ratings.all().iter().sum::<u64>() > 0)
            .map(|(name, ratings)| (name.to_owned(), ratings))
            .collect();
    if rows.is_empty() {
        return html! {};
    }
    let marks = |ratings: &Ratings| -> Vec<Mark> {
        let sum = ratings.all().iter().sum::<u64>().max(1) as f64;
        let named = chart::RATINGS.iter().zip(ratings.all());
        named
            .map(|((_, name), count)| Mark {
                name: (*name).to_owned(),
                value: count as f64,
                words: format!(
                    "{} ({})",
                    counted(count, "answer", "answers"),
                    percent(count as f64 / sum)
                ),
            })
            .collect()
    };
    let title = "Answers by button";
    let about = About {
        title,
        note: Some("The first of a day to each card.".to_owned()),
        heads: &["Cards", "Again", "Hard", "Good", "Easy"],
        rows: rows
            .iter()
            .map(|(name, ratings)| {
                let counts = ratings.all().map(|count| words::grouped(count as usize));
                [vec![name.clone()], counts.to_vec()].concat()
            })
            .collect(),
    };
    let drawn: Vec<(String, Vec<Mark>)> =
        rows.iter().map(|(name, ratings)| (name.clone(), marks(ratings))).collect();
    sheet(&about, false, chart::parts(title, &drawn))
}

fn stages(figures: &Figures) -> Markup {
    let rows = figures.stages.named();
    let rows = rows.map(|(name, count)| (name.to_owned(), count as u64)).to_vec();
    counts("Cards by stage", rows, ("card", "cards"))
}

type Named<'a> = (&'a str, &'a [Bucket], &'a dyn Fn(&Bucket) -> String);

fn histograms(figures: &Figures) -> [Named<'_>; 5] {
    let spread = &figures.spread;
    [
        ("Intervals", &spread.intervals, &in_days_of),
        ("Ease, by SM-2", &spread.ease, &of_ease),
        ("Difficulty, by FSRS", &spread.difficulty, &of_difficulty),
        ("Stability, by FSRS", &spread.stability, &of_stability),
        ("Likely to be recalled today", &spread.retrievability, &of_recall),
    ]
}

fn histogram(
    title: &str,
    buckets: &[Bucket],
    name: &dyn Fn(&Bucket) -> String,
    unit: (&str, &str),
) -> Markup {
    let rows: Vec<_> = trimmed(buckets).iter().map(|bucket| (name(bucket), bucket.count)).collect();
    if rows.is_empty() {
        return html! {};
    }
    counts(title, rows, unit)
}

/// Draws how many there are of each.
fn counts(title: &str, rows: Vec<(String, u64)>, unit: (&str, &str)) -> Markup {
    let marks: Vec<Mark> = rows
        .iter()
        .map(|(name, count)| Mark {
            name: name.clone(),
            value: *count as f64,
            words: words::grouped(*count as usize),
        })
        .collect();
    let about = About {
        title,
        note: None,
        heads: &["", if unit.1 == "cards" { "Cards" } else { "Answers" }],
        rows: marks.iter().map(|it| vec![it.name.clone(), it.words.clone()]).collect(),
    };
    sheet(&about, false, chart::bars(title, &marks, None, &[]))
}

fn hours(figures: &Figures) -> Markup {
    if figures.hours.iter().all(|hour| hour.reviews == 0) {
        return html! {};
    }
    let marks: Vec<Mark> = figures
        .hours
        .iter()
        .map(|it| {
            let recalled = match it.recall.share() {
                None => String::new(),
                Some(_) => format!(", recalled {}", recalled(it.recall)),
            };
            Mark {
                name: format!("{:02}:00", it.hour),
                value: it.reviews as f64,
                words: format!("{}{recalled}", counted(it.reviews, "answer", "answers")),
            }
        })
        .collect();
    let row = |(it, mark): (&crate::stats::Hour, &Mark)| -> Cells {
        vec![mark.name.clone(), words::grouped(it.reviews as usize), recalled(it.recall)]
    };
    let about = About {
        title: "By hour of the day",
        note: None,
        heads: &["Hour", "Answers", "Recalled"],
        rows: figures.hours.iter().zip(&marks).map(row).collect(),
    };
    sheet(&about, false, chart::columns(about.title, &marks))
}

fn calibration(figures: &Figures) -> Markup {
    if figures.calibration.is_empty() {
        return html! {};
    }
    let marks: Vec<Mark> = figures
        .calibration
        .iter()
        .map(|it| Mark {
            name: format!("said {} %", it.said),
            value: it.came.share().unwrap_or(0.0),
            words: recalled(it.came),
        })
        .collect();
    let wished: Vec<f64> =
        figures.calibration.iter().map(|it| f64::from(it.said) / 100.0).collect();
    let title = "How sure, and how right";
    let about = About {
        title,
        note: Some("The stroke is what was said, the bar what came.".to_owned()),
        heads: &["Said", "Right"],
        rows: marks.iter().map(|it| vec![it.name.clone(), it.words.clone()]).collect(),
    };
    sheet(&about, false, chart::bars(title, &marks, Some(1.0), &wished))
}
