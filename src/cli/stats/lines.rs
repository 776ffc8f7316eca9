//! Figures in a terminal, fitted to its width, or in sentences.

use colored::Colorize;

use super::names::{
    WEEKDAYS, day_and_month, in_days_of, in_month, in_seconds, month, of_difficulty, of_ease,
    of_recall, of_stability, weekday,
};
use super::page::{Page, columns_of, percent};
use crate::cli::args::Section;
use crate::cli::words;
use crate::stats::{
    Bucket, Busy, Confused, Figures, Group, HardCard, MATURE, Period, Ratings, Stages, Tagged,
    Tally, Total, shades,
};
use crate::text;
use crate::time::Day;

/// So many pairs, leeches and tags are shown; the JSON has all.
const MOST: usize = 10;
/// So many days, weeks and months of retention are shown; the JSON has all.
const RECENT: usize = 12;
/// Shades of the calendar, from none.
const SHADES: [&str; 5] = ["·", "░", "▒", "▓", "█"];
/// Columns of the names of weekdays.
const WEEKDAY: usize = 4;

/// Returns the lines for a person, at most `width` columns each: all sections that have something
/// to show, or those that are `wanted`.
pub fn lines(figures: &Figures, wanted: &[Section], width: usize, plain: bool) -> Vec<String> {
    let mut page = Page::new(width, plain);
    for (section, draw) in SECTIONS {
        if wanted.is_empty() || wanted.contains(section) {
            draw(figures, wanted.contains(section), &mut page);
        }
    }
    page.into_lines()
}

/// What draws a section. It leaves out what has nothing to show, unless it was asked for.
type Draw = fn(&Figures, bool, &mut Page);

/// The sections in their order.
const SECTIONS: &[(Section, Draw)] = &[
    (Section::Today, today),
    (Section::Calendar, calendar),
    (Section::Daily, daily),
    (Section::Retention, retention),
    (Section::Forecast, forecast),
    (Section::Cards, cards),
    (Section::Intervals, intervals),
    (Section::Ease, ease),
    (Section::Difficulty, difficulty),
    (Section::Stability, stability),
    (Section::Retrievability, retrievability),
    (Section::Answers, answers),
    (Section::Hours, hours),
    (Section::Times, times),
    (Section::Hardest, hardest),
    (Section::Leeches, leeches),
    (Section::Confusions, confusions),
    (Section::Calibration, calibration),
    (Section::Decks, decks),
    (Section::Tags, tags),
];

fn today(figures: &Figures, _: bool, page: &mut Page) {
    let today = figures.today;
    page.head(&format!("Today, {}", figures.day.in_words()));
    if today.reviews == 0 {
        page.say("no answer yet");
    } else {
        let answers = counted(today.reviews, "answer", "answers");
        let took = match today.seconds {
            0 => String::new(),
            seconds => format!(" in {}", words::span(seconds * 1000)),
        };
        page.say(&format!("{answers}{took}, {}", counted(today.new, "new card", "new cards")));
        if today.repeats > 0 {
            let repeats = words::count(today.repeats, "card comes", "cards come");
            page.say(&format!("{repeats} again today, until known"));
        }
    }
    if !figures.begun() {
        return;
    }
    let (streak, longest) = (figures.streak_days, figures.longest_streak_days);
    let until = if today.reviews == 0 && streak > 0 { ", up to yesterday" } else { "" };
    let longest = match longest {
        longest if longest > streak => format!("; the longest was {}", in_days(longest)),
        _ => String::new(),
    };
    page.say(&format!("streak: {}{until}{longest}", in_days(streak)));
    let Total { reviews, days, seconds, first } = figures.total;
    if let Some(first) = first.filter(|first| *first < figures.day) {
        let took = match seconds {
            0 => String::new(),
            seconds => format!(", {}", words::span(seconds * 1000)),
        };
        page.say(&format!(
            "since {}: {} on {}{took}",
            first.in_words(),
            counted(reviews, "answer", "answers"),
            words::count(days, "day", "days")
        ));
    }
}

fn calendar(figures: &Figures, asked: bool, page: &mut Page) {
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
    let shades = shades(calendar);
    for weekday in 0..7 {
        let cells: String = weeks
            .iter()
            .map(|week| match week.get(weekday) {
                None => " ".repeat(cell),
                Some(day) => shade(shade_of(day.reviews, &shades), cell),
            })
            .collect();
        let name = match weekday {
            0 | 2 | 4 | 6 => WEEKDAYS[weekday],
            _ => "",
        };
        page.line(format!("  {} {}", words::padded(name, WEEKDAY - 1).dimmed(), cells.trim_end()));
    }
    let legend: Vec<(usize, String)> = (1..=4)
        .filter(|at| shades[at - 1] <= calendar.iter().map(|it| it.reviews).max().unwrap_or(0))
        .filter(|at| *at == 4 || shades[*at] > shades[at - 1])
        .map(|at| (at, format!("{}+", words::grouped(shades[at - 1] as usize))))
        .collect();
    let columns: usize = legend.iter().map(|(_, from)| from.len() + 4).sum();
    if WEEKDAY + columns <= page.width {
        let legend: Vec<String> =
            legend.iter().map(|(at, from)| format!("{} {from}", shade(*at, 1))).collect();
        page.line(format!("  {} {}", " ".repeat(WEEKDAY - 1), legend.join("  ")));
    }
}

/// Returns how many shades a day of so many answers reaches.
pub fn shade_of(reviews: u64, shades: &[u64; 4]) -> usize {
    if reviews == 0 { 0 } else { shades.iter().filter(|from| **from <= reviews).count().max(1) }
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

fn daily(figures: &Figures, asked: bool, page: &mut Page) {
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

fn retention(figures: &Figures, asked: bool, page: &mut Page) {
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

/// Returns a share, and the numbers behind it.
fn cell(tally: Tally, width: usize) -> String {
    let Tally { passed, .. } = tally;
    let (passed, total) = (words::grouped(passed as usize), words::grouped(tally.total() as usize));
    match tally.share() {
        None => "none".to_owned(),
        Some(share) if width < 60 => format!("{:.0} % {passed}/{total}", share * 100.0),
        Some(share) => format!("{} ({passed} of {total})", percent(share)),
    }
}

/// Returns a share as a part of a whole, for a bar.
fn in_thousandths(tally: Tally) -> (u64, u64) {
    (tally.share().map_or(0, |share| (share * 1000.0).round() as u64), 1000)
}

fn cell_width(tallies: impl Iterator<Item = Tally>, width: usize) -> usize {
    tallies.map(|tally| cell(tally, width).len()).max().unwrap_or(0)
}

fn forecast(figures: &Figures, asked: bool, page: &mut Page) {
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

fn cards(figures: &Figures, _: bool, page: &mut Page) {
    let Stages { new, learning, review, relearning, suspended } = figures.stages;
    let stages = [
        (new, "new"),
        (learning, "learning"),
        (review, "in review"),
        (relearning, "relearning"),
        (suspended, "suspended"),
    ];
    page.head("Cards");
    let rows: Vec<(String, u64)> = stages
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| ((*word).to_owned(), *count as u64))
        .collect();
    if rows.is_empty() {
        page.say("none");
    }
    page.bars(&rows, ("card", "cards"));
}

fn intervals(figures: &Figures, asked: bool, page: &mut Page) {
    histogram("Intervals", &figures.spread.intervals, in_days_of, ("card", "cards"), asked, page);
}

fn ease(figures: &Figures, asked: bool, page: &mut Page) {
    histogram("Ease, by SM-2", &figures.spread.ease, of_ease, ("card", "cards"), asked, page);
}

fn difficulty(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Difficulty, by FSRS";
    histogram(title, &figures.spread.difficulty, of_difficulty, ("card", "cards"), asked, page);
}

fn stability(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Stability, by FSRS";
    histogram(title, &figures.spread.stability, of_stability, ("card", "cards"), asked, page);
}

fn retrievability(figures: &Figures, asked: bool, page: &mut Page) {
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
    let is_full = |bucket: &Bucket| bucket.count > 0;
    let (Some(first), Some(last)) =
        (buckets.iter().position(is_full), buckets.iter().rposition(is_full))
    else {
        return nothing(title, &format!("no {}", unit.0), asked, page);
    };
    page.head(title);
    let rows: Vec<(String, u64)> =
        buckets[first..=last].iter().map(|bucket| (name(bucket), bucket.count)).collect();
    page.bars(&rows, unit);
}

fn answers(figures: &Figures, asked: bool, page: &mut Page) {
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

fn hours(figures: &Figures, asked: bool, page: &mut Page) {
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

fn times(figures: &Figures, asked: bool, page: &mut Page) {
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

fn hardest(figures: &Figures, asked: bool, page: &mut Page) {
    if figures.hardest.is_empty() {
        return nothing("The hardest cards", "none that is not suspended was failed", asked, page);
    }
    page.head("The hardest cards");
    figures.hardest.iter().for_each(|card| hard_card(card, page));
}

fn leeches(figures: &Figures, asked: bool, page: &mut Page) {
    if figures.leeches.is_empty() {
        return nothing("Leeches", "none", asked, page);
    }
    page.head("Leeches, forgotten eight times or more");
    figures.leeches.iter().take(MOST).for_each(|card| hard_card(card, page));
    and_more(figures.leeches.len(), ("card", "cards"), page);
}

fn hard_card(card: &HardCard, page: &mut Page) {
    let Tally { failed, .. } = card.counted;
    let mut parts =
        vec![format!("failed {} of {}", words::grouped(failed as usize), card.counted.total())];
    if card.lapses > 0 {
        parts.push(words::count(card.lapses as usize, "lapse", "lapses"));
    }
    parts.extend(card.ease.map(|ease| format!("ease {ease:.2}")));
    parts.extend(card.difficulty.map(|difficulty| format!("difficulty {difficulty:.1}")));
    if card.suspended {
        parts.push("suspended".to_owned());
    }
    let id = text::one_line(&card.card);
    let place = if card.file.is_empty() {
        "in no deck now".to_owned()
    } else {
        format!("{}:{}", text::one_line(&card.file), card.line)
    };
    let front = text::one_line(&card.front);
    if page.plain {
        page.say(&format!("{id}: {}; {place}: {front}", parts.join(", ")));
        return;
    }
    let said = text::wrap(&format!("{id}  {}", parts.join(", ")), page.width, "  ", "    ");
    let said = said.replacen(&id, &id.bold().to_string(), 1);
    page.line(said);
    let room = page.width.saturating_sub(4 + columns_of(&place) + 2);
    if room < 12 {
        page.line(format!("    {}", words::shortened(&place, page.width.saturating_sub(4))));
        page.line(format!("    {}", words::shortened(&front, page.width.saturating_sub(4))));
    } else {
        page.line(format!("    {}  {}", place.dimmed(), words::shortened(&front, room)));
    }
}

fn confusions(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Taken for each other, in typed answers";
    if figures.confusions.is_empty() {
        return nothing(title, "no pair of cards", asked, page);
    }
    page.head(title);
    for Confused { cards: [one, other], times } in figures.confusions.iter().take(MOST) {
        let times = words::count(*times, "time", "times");
        page.say(&text::one_line(&format!("{one} and {other}, {times}")));
    }
    and_more(figures.confusions.len(), ("pair", "pairs"), page);
}

fn calibration(figures: &Figures, asked: bool, page: &mut Page) {
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

/// What is in a row of a table of decks or tags.
struct Row {
    name: String,
    columns: Vec<String>,
}

impl Row {
    fn new(name: &str, cards: usize, due: usize, new: usize, recalled: Tally) -> Row {
        let mut columns = vec![
            words::count(cards, "card", "cards"),
            format!("{} due", words::grouped(due)),
            format!("{} new", words::grouped(new)),
        ];
        columns.extend(recalled.share().map(|share| format!("{} recalled", percent(share))));
        Row { name: text::one_line(name), columns }
    }
}

fn decks(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Decks, with what is asked today";
    if figures.decks.is_empty() {
        return nothing(title, "none", asked, page);
    }
    page.head(title);
    let row = |it: &Group| Row::new(&it.title, it.cards, it.due, it.new, it.recalled);
    table(&figures.decks.iter().map(row).collect::<Vec<_>>(), page);
}

fn tags(figures: &Figures, asked: bool, page: &mut Page) {
    let title = "Tags, with what is asked today";
    if figures.tags.is_empty() {
        return nothing(title, "none", asked, page);
    }
    page.head(title);
    let mut tags: Vec<&Tagged> = figures.tags.iter().collect();
    if !asked {
        tags.sort_by_key(|it| std::cmp::Reverse(it.cards));
        tags.truncate(MOST);
    }
    let row = |it: &&Tagged| Row::new(&it.tag, it.cards, it.due, it.new, it.recalled);
    table(&tags.iter().map(row).collect::<Vec<_>>(), page);
    if !asked {
        and_more(figures.tags.len(), ("tag", "tags"), page);
    }
}

fn table(rows: &[Row], page: &mut Page) {
    if page.plain {
        for Row { name, columns } in rows {
            page.say(&format!("{name}: {}", columns.join(", ")));
        }
        return;
    }
    let wide = |at: usize| {
        rows.iter().filter_map(|row| Some(row.columns.get(at)?.len())).max().unwrap_or(0)
    };
    let wide: Vec<usize> = (0..4).map(wide).collect();
    let figures: usize = wide.iter().map(|wide| wide + 2).sum();
    let room = page.width.saturating_sub(2 + figures);
    let longest = rows.iter().map(|row| columns_of(&row.name)).max().unwrap_or(0);
    let is_narrow = room < longest.min(20);
    let names = longest.min(room);
    for Row { name, columns } in rows {
        if is_narrow {
            let name = words::shortened(name, page.width.saturating_sub(2));
            page.line(format!("  {}", name.bold()));
            page.line(text::wrap(&columns.join(", "), page.width, "    ", "    "));
            continue;
        }
        let name = words::padded(&words::shortened(name, names), names);
        let columns = columns.iter().zip(&wide);
        let columns: String = columns.map(|(column, wide)| format!("  {column:>wide$}")).collect();
        page.line(format!("  {}{columns}", name.bold()));
    }
}

/// Says that a section that was asked for has nothing to show.
fn nothing(title: &str, what: &str, asked: bool, page: &mut Page) {
    if asked {
        page.head(title);
        page.say(what);
    }
}

fn and_more(all: usize, (one, many): (&str, &str), page: &mut Page) {
    if let Some(more) = all.checked_sub(MOST).filter(|more| *more > 0) {
        page.say(&format!(
            "and {}; --json has all",
            words::count(more, &format!("{one} more"), &format!("{many} more"))
        ));
    }
}

fn whole(number: u64) -> String {
    words::grouped(number as usize)
}

fn counted(number: u64, one: &str, many: &str) -> String {
    words::count(number as usize, one, many)
}

fn in_days(days: u32) -> String {
    words::count(days as usize, "day", "days")
}

fn looked_back(days: usize) -> String {
    match days {
        1 => "today".to_owned(),
        days => format!("last {} days", words::grouped(days)),
    }
}

fn ends(first: Option<Day>, last: Option<Day>) -> (String, String) {
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    if last.since(first) > 300 {
        (first.in_words(), last.in_words())
    } else {
        (day_and_month(first), day_and_month(last))
    }
}
