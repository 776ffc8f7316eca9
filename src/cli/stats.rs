//! `stats`: how much was learned, how well it was recalled, and what comes.

use std::collections::{BTreeMap, HashSet};

use colored::Colorize;
use serde::Serialize;

use super::args::Stats;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{confusion, due, list, words};
use crate::card::CardId;
use crate::confusion::Confusion;
use crate::queue::{self, Wish};
use crate::stats::{self, Answer, Daily, MATURE, Recall, Stages, Tally};
use crate::store::Standing;
use crate::text;
use crate::time::Day;

/// How many days of the forecast a person is shown.
const WEEK: usize = 7;

/// So many pairs of cards that are taken for each other are shown.
const MOST_CONFUSED: usize = 10;

/// Columns of the longest bar.
const BAR: usize = 40;

/// All that is shown, and all that is in the JSON.
struct Figures<'a> {
    day: Day,
    /// Whether anything was ever answered.
    begun: bool,
    /// How many cards are asked again today because they were not known.
    repeats: usize,
    streak: u32,
    stages: Stages,
    recall: Recall,
    daily: Vec<Daily>,
    forecast: Vec<(Day, usize)>,
    decks: Vec<DeckFigures<'a>>,
    confusions: Vec<Confusion>,
}

struct DeckFigures<'a> {
    deck: &'a str,
    title: &'a str,
    due: usize,
    new: usize,
    figures: stats::Deck,
}

/// Shows figures of all cards, or of those that match.
pub fn run(stats: &Stats, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let chosen = list::chosen(&stats.query, desk, io)?;
    let chosen = chosen.as_deref();
    let wish = Wish { seed: desk.chance.seed(), ..Wish::default() };
    let plan = desk.plan(chosen, wish)?;
    let repeats = plan.order.iter().filter(|card| card.repeats(desk.today)).count();
    let counts = queue::by_deck(&plan);
    let cards = desk.store.cards(chosen, &desk.decks)?;
    let answers = answers_of(chosen.is_some().then_some(&cards[..]), desk)?;
    if !stats.json && cards.is_empty() && answers.is_empty() {
        if chosen.is_some() {
            io.note("no card matches");
        } else {
            io.say(due::nothing_due(desk)?)?;
        }
        return list::say_what_is_wrong(desk, io);
    }
    let daily = stats::daily(&answers, desk.today, stats.days);
    let mut recall = Recall::default();
    daily.iter().for_each(|day| recall += day.recall);
    let mut confusions = confusion::all(desk)?;
    if let Some(chosen) = chosen {
        let among = |id: &CardId| chosen.iter().any(|standing| standing.card.id == *id);
        confusions.retain(|confusion| confusion.cards.iter().any(among));
    }
    let figures = Figures {
        confusions,
        day: desk.today,
        begun: !answers.is_empty(),
        repeats,
        streak: stats::streak(&answers, desk.today),
        stages: stats::stages(&cards),
        recall,
        daily,
        forecast: stats::forecast(&cards, desk.today),
        decks: decks(desk, &counts, &stats::by_deck(&cards, &answers, desk.decks.len()))
            .filter(|deck| chosen.is_none() || deck.figures.cards > 0)
            .collect(),
    };
    if stats.json {
        return io.json(&figures.as_json());
    }
    for line in figures.lines(io.width, stats.plain || io.lines_only) {
        io.line(line)?;
    }
    list::say_what_is_wrong(desk, io)
}

/// Returns the answers that stand: all, or those to the `chosen` cards.
pub fn answers_to(chosen: Option<&[Standing]>, desk: &mut Desk) -> Result<Vec<Answer>, CliError> {
    let cards = match chosen {
        Some(_) => Some(desk.store.cards(chosen, &desk.decks)?),
        None => None,
    };
    answers_of(cards.as_deref(), desk)
}

fn answers_of(cards: Option<&[stats::Card]>, desk: &mut Desk) -> Result<Vec<Answer>, CliError> {
    let only: Option<HashSet<i64>> =
        cards.map(|cards| cards.iter().filter_map(|card| card.answers).collect());
    Ok(desk.store.answers(only.as_ref(), &desk.settings)?)
}

fn decks<'a>(
    desk: &'a Desk,
    counts: &BTreeMap<usize, (usize, usize)>,
    figures: &[stats::Deck],
) -> impl Iterator<Item = DeckFigures<'a>> {
    desk.decks.iter().zip(figures).enumerate().map(|(at, (deck, figures))| {
        let (due, new) = counts.get(&at).copied().unwrap_or_default();
        DeckFigures { deck: &deck.deck, title: deck.title(), due, new, figures: *figures }
    })
}

#[derive(Serialize)]
struct StatsJson<'a> {
    day: Day,
    today: TodayJson,
    streak_days: u32,
    stages: Stages,
    retention: Recall,
    daily: Vec<DailyJson>,
    forecast: Vec<ForecastJson>,
    decks: Vec<DeckJson<'a>>,
    confusions: Vec<ConfusionJson<'a>>,
}

#[derive(Serialize)]
struct ConfusionJson<'a> {
    cards: &'a [CardId; 2],
    times: usize,
}

#[derive(Serialize)]
struct TodayJson {
    reviews: u64,
    new: u64,
    seconds: u64,
}

#[derive(Serialize)]
struct DailyJson {
    day: Day,
    reviews: u64,
    new: u64,
    seconds: u64,
    passed: u64,
    failed: u64,
}

#[derive(Serialize)]
struct ForecastJson {
    day: Day,
    due: usize,
}

#[derive(Serialize)]
struct DeckJson<'a> {
    deck: &'a str,
    cards: usize,
    due: usize,
    new: usize,
    passed: u64,
    failed: u64,
}

impl Figures<'_> {
    fn today(&self) -> Daily {
        self.daily.last().copied().unwrap_or(Daily::empty(self.day))
    }

    fn as_json(&self) -> StatsJson<'_> {
        let today = self.today();
        let daily = self.daily.iter().map(|day| {
            let Tally { passed, failed } = day.recall.all();
            let (reviews, new, seconds) = (day.reviews, day.new, day.seconds());
            DailyJson { day: day.day, reviews, new, seconds, passed, failed }
        });
        let decks = self.decks.iter().map(|deck| {
            let stats::Deck { cards, recalled: Tally { passed, failed } } = deck.figures;
            DeckJson { deck: deck.deck, cards, due: deck.due, new: deck.new, passed, failed }
        });
        StatsJson {
            day: self.day,
            today: TodayJson { reviews: today.reviews, new: today.new, seconds: today.seconds() },
            streak_days: self.streak,
            stages: self.stages,
            retention: self.recall,
            daily: daily.collect(),
            forecast: self.forecast.iter().map(|&(day, due)| ForecastJson { day, due }).collect(),
            decks: decks.collect(),
            confusions: self
                .confusions
                .iter()
                .map(|Confusion { cards, times }| ConfusionJson { cards, times: *times })
                .collect(),
        }
    }

    /// Returns the lines for a person, at most `width` columns each.
    fn lines(&self, width: usize, plain: bool) -> Vec<String> {
        let mut page = Page { width, plain, lines: Vec::new() };
        self.say_today(&mut page);
        if self.begun {
            self.say_recall(&mut page);
        }
        self.say_cards(&mut page);
        if self.forecast.iter().any(|(_, due)| *due > 0) {
            self.say_week(&mut page);
        }
        self.say_confusions(&mut page);
        self.say_decks(&mut page);
        page.lines
    }

    fn say_today(&self, page: &mut Page) {
        let today = self.today();
        page.head(&format!("Today, {}", self.day.in_words()));
        if today.reviews == 0 {
            page.say("no answer yet");
        } else {
            let answers = words::count(today.reviews as usize, "answer", "answers");
            let took = match today.seconds() {
                0 => String::new(),
                _ => format!(" in {}", words::span(today.took_ms)),
            };
            let new = words::count(today.new as usize, "new card", "new cards");
            page.say(&format!("{answers}{took}, {new}"));
            if self.repeats > 0 {
                let repeats = words::count(self.repeats, "card comes", "cards come");
                page.say(&format!("{repeats} again today, until known"));
            }
        }
        let until = if today.reviews == 0 && self.streak > 0 { ", up to yesterday" } else { "" };
        if self.begun {
            page.say(&format!(
                "streak: {}{until}",
                words::count(self.streak as usize, "day", "days")
            ));
        }
    }

    fn say_recall(&self, page: &mut Page) {
        let days = self.daily.len();
        page.head(&match days {
            1 => "Recalled today".to_owned(),
            _ => format!("Recalled, last {} days", words::grouped(days)),
        });
        if self.recall.all().total() == 0 {
            page.say("no answer to a card that had been passed before");
            return;
        }
        for (name, tally) in [("young", self.recall.young), ("mature", self.recall.mature)] {
            let recalled = match tally.share() {
                None => "no answer".to_owned(),
                Some(share) => format!(
                    "{:>7} ({} of {})",
                    percent(share),
                    words::grouped(tally.passed as usize),
                    words::grouped(tally.total() as usize)
                ),
            };
            page.row(name, 6, &recalled);
        }
        page.aside(&format!("(mature from an interval of {MATURE} days)"));
    }

    fn say_cards(&self, page: &mut Page) {
        let Stages { new, learning, review, relearning, suspended } = self.stages;
        let stages = [
            (new, "new"),
            (learning, "learning"),
            (review, "in review"),
            (relearning, "relearning"),
            (suspended, "suspended"),
        ];
        let stages = stages.iter().filter(|(count, _)| *count > 0);
        let stages: Vec<_> =
            stages.map(|(count, word)| format!("{} {word}", words::grouped(*count))).collect();
        page.head("Cards");
        page.say(&if stages.is_empty() { "none".to_owned() } else { stages.join(", ") });
    }

    fn say_week(&self, page: &mut Page) {
        page.head("Next 7 days");
        let week = &self.forecast[..WEEK.min(self.forecast.len())];
        let most = week.iter().map(|(_, due)| *due).max().unwrap_or(0).max(1);
        let wide = words::grouped(most).len();
        for (day, due) in week {
            let label = match day.since(self.day) {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                _ => weekday(*day),
            };
            let count = format!("{:>wide$} due", words::grouped(*due));
            page.bar(&label, LABEL, &count, (*due, most));
        }
    }

    fn say_confusions(&self, page: &mut Page) {
        if self.confusions.is_empty() {
            return;
        }
        page.head("Taken for each other, in typed answers");
        for Confusion { cards: [one, other], times } in self.confusions.iter().take(MOST_CONFUSED) {
            let times = words::count(*times, "time", "times");
            page.say(&text::one_line(&format!("{one} and {other}, {times}")));
        }
        if let Some(more) =
            self.confusions.len().checked_sub(MOST_CONFUSED).filter(|more| *more > 0)
        {
            page.say(&format!("and {}", words::count(more, "pair more", "pairs more")));
        }
    }

    fn say_decks(&self, page: &mut Page) {
        if self.decks.is_empty() {
            return;
        }
        page.head("Decks, with what is asked today");
        let columns = |deck: &DeckFigures<'_>| {
            let cards = words::count(deck.figures.cards, "card", "cards");
            let recalled = deck.figures.recalled.share();
            let mut columns = vec![
                cards,
                format!("{} due", words::grouped(deck.due)),
                format!("{} new", words::grouped(deck.new)),
            ];
            columns.extend(recalled.map(|share| format!("{} recalled", percent(share))));
            columns
        };
        let rows: Vec<(String, Vec<String>)> =
            self.decks.iter().map(|deck| (text::one_line(deck.title), columns(deck))).collect();
        if page.plain {
            for (name, columns) in rows {
                page.say(&format!("{name}: {}", columns.join(", ")));
            }
            return;
        }
        let wide = |at: usize| {
            rows.iter().filter_map(|(_, columns)| Some(columns.get(at)?.len())).max().unwrap_or(0)
        };
        let wide: Vec<usize> = (0..4).map(wide).collect();
        let figures: usize = wide.iter().map(|wide| wide + 2).sum();
        let room = page.width.saturating_sub(2 + figures);
        let longest = rows.iter().map(|(name, _)| columns_of(name)).max().unwrap_or(0);
        if room < longest.min(20) {
            for (name, columns) in rows {
                let name = words::shortened(&name, page.width.saturating_sub(2));
                page.lines.push(format!("  {}", name.bold()));
                page.lines.push(text::wrap(&columns.join(", "), page.width, "    ", "    "));
            }
            return;
        }
        let names = longest.min(room);
        for (name, columns) in rows {
            let name = words::padded(&words::shortened(&name, names), names);
            let columns = columns.iter().zip(&wide);
            let columns: String =
                columns.map(|(column, wide)| format!("  {column:>wide$}")).collect();
            page.lines.push(format!("  {}{columns}", name.bold()));
        }
    }
}

/// Columns of the name of a day.
const LABEL: usize = 10;

/// Lines as they are made.
struct Page {
    width: usize,
    plain: bool,
    lines: Vec<String>,
}

impl Page {
    fn head(&mut self, title: &str) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        let title = text::wrap(title, self.width, "", "  ");
        self.lines.extend(title.lines().map(|line| line.bold().to_string()));
    }

    fn say(&mut self, sentence: &str) {
        self.lines.push(text::wrap(sentence, self.width, "  ", "    "));
    }

    fn aside(&mut self, sentence: &str) {
        let sentence = text::wrap(sentence, self.width, "  ", "    ");
        self.lines.extend(sentence.lines().map(|line| line.dimmed().to_string()));
    }

    /// Adds what a label is about.
    fn row(&mut self, label: &str, wide: usize, what: &str) {
        let row = format!("  {}  {what}", words::padded(label, wide));
        if self.plain || columns_of(&row) > self.width {
            self.say(&format!("{label}: {}", what.trim_start()));
        } else {
            self.lines.push(row);
        }
    }

    /// Adds the same with a bar behind it: as much of the room as `part` is of `whole`.
    fn bar(&mut self, label: &str, wide: usize, what: &str, (part, whole): (usize, usize)) {
        let used = 2 + wide + 2 + columns_of(what) + 2;
        let room = self.width.saturating_sub(used).min(BAR);
        let bar = "█".repeat((part * room).div_ceil(whole.max(1)));
        if self.plain || bar.is_empty() {
            self.row(label, wide, what);
        } else {
            let label = words::padded(label, wide);
            self.lines.push(format!("  {label}  {what}  {}", bar.cyan()));
        }
    }
}

fn columns_of(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Returns a day as `Tue 24 Nov`.
fn weekday(day: Day) -> String {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    // Day 0 was a Thursday.
    let name = NAMES[(i64::from(day.0) + 3).rem_euclid(7) as usize];
    let words = day.in_words();
    let date = words.rsplit_once(' ').map_or(words.as_str(), |(date, _)| date);
    format!("{name} {date}")
}
