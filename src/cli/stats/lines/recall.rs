//! How much was recalled, and how sure it was.

use colored::Colorize;

use super::{looked_back, nothing};
use crate::cli::stats::names::{day_and_month, in_month, weekday};
use crate::cli::stats::page::{Page, columns_of, recalled};
use crate::cli::words;
use crate::stats::{Figures, MATURE, Period, Tally};
use crate::time::Day;

/// So many days, weeks and months of retention are shown; the JSON has all.
const RECENT: usize = 12;

pub fn retention(figures: &Figures, asked: bool, page: &mut Page) {
    if !figures.begun() && !asked {
        return;
    }
    page.head(&match figures.daily.len() {
        1 => "Recalled today".to_owned(),
        days => format!("Recalled, {}", looked_back(days)),
    });
    if figures.retention.all().total() == 0 {
        page.say("no answer to a card that had been passed before");
    } else {
        let rows = [("young", figures.retention.young), ("mature", figures.retention.mature)];
        let most = cell_width(rows.iter().map(|(_, tally)| *tally), page.width);
        for (name, tally) in rows {
            let what = format!("{:>most$}", cell(tally, page.width));
            page.bar(name, 6, &what, in_thousandths(tally));
        }
        page.aside(&format!("(young: an interval below {MATURE} days; mature: from {MATURE} on)"));
    }
    let by = &figures.retention_by;
    let of_day = |day: Day| weekday(day);
    let of_week = |day: Day| day_and_month(day);
    for (title, periods, name) in [
        ("by day", &by.day, &of_day as &dyn Fn(Day) -> String),
        ("by week (from Monday)", &by.week, &of_week),
        ("by month", &by.month, &in_month),
    ] {
        let told: Vec<&Period> = periods.iter().filter(|it| it.recall.all().total() > 0).collect();
        // One row alone says what is above already.
        if told.len() > 1 {
            let shown = if asked { told.len() } else { told.len().min(RECENT) };
            let title = match shown < told.len() {
                true => format!("{title}, the last {shown} with answers"),
                false => title.to_owned(),
            };
            periods_table(&title, &told[told.len() - shown..], name, page);
        }
    }
}

fn periods_table(title: &str, periods: &[&Period], name: &dyn Fn(Day) -> String, page: &mut Page) {
    page.head(&format!("Recalled, {title}"));
    let names: Vec<String> = periods.iter().map(|it| name(it.from)).collect();
    let label = names.iter().map(|name| columns_of(name)).max().unwrap_or(0);
    let young = cell_width(periods.iter().map(|it| it.recall.young), page.width).max(5);
    let mature = cell_width(periods.iter().map(|it| it.recall.mature), page.width).max(6);
    let fits = !page.plain && 2 + label + 2 + young + 2 + mature <= page.width;
    if fits {
        let heads =
            format!("  {}  {:>young$}  {:>mature$}", words::padded("", label), "young", "mature");
        page.line(heads.dimmed().to_string());
    }
    for (period, name) in periods.iter().zip(&names) {
        let of_young = cell(period.recall.young, page.width);
        let of_mature = cell(period.recall.mature, page.width);
        if fits {
            page.row(name, label, &format!("{of_young:>young$}  {of_mature:>mature$}"));
        } else {
            page.say(&format!("{name}: young {of_young}, mature {of_mature}"));
        }
    }
}

/// Returns a share, and the numbers behind it, in short where there is little room.
fn cell(tally: Tally, width: usize) -> String {
    match tally.share() {
        Some(share) if width < 60 => {
            let passed = words::grouped(tally.passed as usize);
            format!("{:.0} % {passed}/{}", share * 100.0, words::grouped(tally.total() as usize))
        }
        _ => recalled(tally),
    }
}

/// Returns a share as a part of a whole, for a bar.
fn in_thousandths(tally: Tally) -> (u64, u64) {
    (tally.share().map_or(0, |share| (share * 1000.0).round() as u64), 1000)
}

fn cell_width(tallies: impl Iterator<Item = Tally>, width: usize) -> usize {
    tallies.map(|tally| cell(tally, width).len()).max().unwrap_or(0)
}

pub fn calibration(figures: &Figures, asked: bool, page: &mut Page) {
    let title = format!("How sure, and how right, {}", looked_back(figures.daily.len()));
    if figures.calibration.is_empty() {
        return nothing(&title, "no answer says how sure it was", asked, page);
    }
    page.head(&title);
    for said in &figures.calibration {
        let right = format!("right {}", cell(said.came, page.width));
        let label = format!("said {} %", said.said);
        page.bar(&label, 10, &right, in_thousandths(said.came));
    }
}
