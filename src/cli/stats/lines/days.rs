//! Days: a year of them, the last ones, and those that come.

use colored::Colorize;

use super::{looked_back, nothing, whole};
use crate::cli::stats::names::{WEEKDAYS, day_and_month, in_month, month};
use crate::cli::stats::page::{Page, columns_of, counted};
use crate::cli::words;
use crate::stats::{Busy, Figures, Shades};
use crate::time::Day;

/// Shades of the calendar, from none.
const SHADES: [&str; 5] = ["·", "░", "▒", "▓", "█"];

/// Columns of the names of weekdays.
const WEEKDAY: usize = 4;

pub fn calendar(figures: &Figures, asked: bool, page: &mut Page) {
    let calendar = &figures.calendar;
    let busy = calendar.iter().filter(|it| it.reviews > 0).count();
    if busy == 0 {
        return nothing("A year, day by day", "no answer in it", asked, page);
    }
    let cell = if page.width >= WEEKDAY + 4 + 53 * 2 { 2 } else { 1 };
    let fit = page.width.saturating_sub(WEEKDAY + 3) / cell;
    let weeks: Vec<&[Busy]> = calendar.chunks(7).collect();
    let weeks = &weeks[weeks.len().saturating_sub(fit)..];
    match weeks.len() {
        53 => page.head("A year, day by day"),
        weeks => page.head(&format!("The last {weeks} weeks, day by day")),
    }
    if page.plain {
        return by_month(calendar, page);
    }
    // The name of a month stands above its first week, where there is room for it.
    let mut months = " ".repeat(WEEKDAY);
    let mut last = None;
    for (at, week) in weeks.iter().enumerate() {
        let month = week.first().map(|it| month(it.day));
        let column = WEEKDAY + at * cell;
        if month != last && (at > 0 || weeks.len() < 8) && columns_of(&months) <= column {
            let name = month.clone().unwrap_or_default();
            if column + name.len() <= WEEKDAY + weeks.len() * cell {
                months.push_str(&" ".repeat(column - columns_of(&months)));
                months.push_str(&name);
                months.push(' ');
            }
        }
        last = month;
    }
    page.line(format!("  {}", months.trim_end().dimmed()));
    let shades = Shades::of(calendar);
    for (weekday, name) in WEEKDAYS.iter().enumerate() {
        let cells: String = weeks
            .iter()
            .map(|week| match week.get(weekday) {
                None => " ".repeat(cell),
                Some(day) => shade(shades.reached(day.reviews), cell),
            })
            .collect();
        let name = if weekday % 2 == 0 { name } else { "" };
        page.line(format!("  {} {}", words::padded(name, WEEKDAY - 1).dimmed(), cells.trim_end()));
    }
    let legend: Vec<(usize, String)> = (1..=4)
        .filter(|at| shades.0[at - 1] <= calendar.iter().map(|it| it.reviews).max().unwrap_or(0))
        .filter(|at| *at == 4 || shades.0[*at] > shades.0[at - 1])
        .map(|at| (at, format!("{}+", words::grouped(shades.0[at - 1] as usize))))
        .collect();
    let columns: usize = legend.iter().map(|(_, from)| from.len() + 4).sum();
    if WEEKDAY + columns <= page.width {
        let legend: Vec<String> =
            legend.iter().map(|(at, from)| format!("{} {from}", shade(*at, 1))).collect();
        page.line(format!("  {} {}", " ".repeat(WEEKDAY - 1), legend.join("  ")));
    }
}

fn shade(level: usize, cell: usize) -> String {
    let glyphs = SHADES[level].repeat(cell);
    match level {
        0 => SHADES[0].dimmed().to_string() + &" ".repeat(cell - 1),
        _ => glyphs.cyan().to_string(),
    }
}

fn by_month(calendar: &[Busy], page: &mut Page) {
    for days in calendar.chunk_by(|one, other| month(one.day) == month(other.day)) {
        let reviews: u64 = days.iter().map(|it| it.reviews).sum();
        let busy = days.iter().filter(|it| it.reviews > 0).count();
        if let Some(first) = days.first().filter(|_| busy > 0) {
            let answers = counted(reviews, "answer", "answers");
            let days = words::count(busy, "day", "days");
            page.say(&format!("{}: {answers} on {days}", in_month(first.day)));
        }
    }
}

pub fn daily(figures: &Figures, asked: bool, page: &mut Page) {
    let daily = &figures.daily;
    let title = format!("Answers a day, {}", looked_back(daily.len()));
    let reviews: u64 = daily.iter().map(|it| it.reviews).sum();
    if reviews == 0 {
        return nothing(&title, "no answer", asked, page);
    }
    page.head(&title);
    let (first, last) = ends(daily.first().map(|it| it.day), daily.last().map(|it| it.day));
    if page.plain {
        for day in daily.iter().filter(|it| it.reviews > 0) {
            let took = match day.seconds {
                0 => String::new(),
                seconds => format!(" in {}", words::span(seconds * 1000)),
            };
            page.say(&format!(
                "{}: {}{took}, {}",
                day.day.in_words(),
                counted(day.reviews, "answer", "answers"),
                counted(day.new, "new card", "new cards")
            ));
        }
    } else if daily.len() > 1 {
        let numbers: Vec<u64> = daily.iter().map(|it| it.reviews).collect();
        page.columns(&numbers, whole, (&first, &last));
    }
    let days = daily.iter().filter(|it| it.reviews > 0).count();
    let mean = reviews as f64 / daily.len().max(1) as f64;
    page.say(&format!(
        "{} on {} of {}: {mean:.1} a day",
        counted(reviews, "answer", "answers"),
        words::grouped(days),
        words::count(daily.len(), "day", "days"),
    ));
    let took = figures.times.total_ms;
    if took < 1000 {
        return;
    }
    if !page.plain && daily.len() > 1 {
        page.head(&format!("Minutes a day, {}", looked_back(daily.len())));
        let numbers: Vec<u64> = daily.iter().map(|it| it.seconds).collect();
        let minutes = |seconds: u64| format!("{:.1}", seconds as f64 / 60.0);
        page.columns(&numbers, minutes, (&first, &last));
    }
    let a_day = took / daily.len().max(1) as u64;
    page.say(&format!("{} in all, {} a day", words::span(took), words::span(a_day)));
}

pub fn forecast(figures: &Figures, asked: bool, page: &mut Page) {
    let title = format!("Next {} days", figures.forecast.len());
    let all: usize = figures.forecast.iter().map(|it| it.due).sum();
    if all == 0 {
        return nothing(&title, "nothing comes back", asked, page);
    }
    page.head(&title);
    if page.plain {
        for day in figures.forecast.iter().filter(|it| it.due > 0) {
            let name = match day.day.since(figures.day) {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                _ => day.day.in_words(),
            };
            page.say(&format!("{name}: {} due", words::grouped(day.due)));
        }
    } else {
        let numbers: Vec<u64> = figures.forecast.iter().map(|it| it.due as u64).collect();
        let last = figures.forecast.last().map_or(figures.day, |it| it.day);
        page.columns(&numbers, whole, ("today", &day_and_month(last)));
    }
    let on = |at: usize| figures.forecast.get(at).map_or(0, |it| it.due);
    let late = match figures.backlog {
        0 => String::new(),
        late => format!(" ({} overdue)", words::grouped(late)),
    };
    let repeats = match figures.today.repeats {
        0 => String::new(),
        repeats => format!(", and {} to repeat", words::grouped(repeats)),
    };
    page.say(&format!(
        "{} due today{late}{repeats}; {} tomorrow, {} in {} days",
        words::grouped(on(0)),
        words::grouped(on(1)),
        words::grouped(all),
        figures.forecast.len()
    ));
}

fn ends(first: Option<Day>, last: Option<Day>) -> (String, String) {
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    if last.since(first) > 300 {
        (first.in_words(), last.in_words())
    } else {
        (day_and_month(first), day_and_month(last))
    }
}
