//! Figures in a terminal, fitted to its width, or in sentences.

mod days;
mod named;
mod recall;
mod spread;

use self::days::{calendar, daily, forecast};
use self::named::{confusions, decks, hardest, leeches, tags};
use self::recall::{calibration, retention};
use self::spread::{
    answers, cards, difficulty, ease, hours, intervals, retrievability, stability, times,
};
use super::page::{Page, counted};
use crate::cli::args::Section;
use crate::cli::words;
use crate::stats::{Figures, Total};

/// So many pairs, leeches and tags are shown; the JSON has all.
const MOST: usize = 10;

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

fn in_days(days: u32) -> String {
    words::count(days as usize, "day", "days")
}

fn looked_back(days: usize) -> String {
    match days {
        1 => "today".to_owned(),
        days => format!("last {} days", words::grouped(days)),
    }
}
