//! What a review looks like: views in, lines out. Everything that came from a deck is made
//! harmless here.

use colored::{ColoredString, Colorize};
use unicode_width::UnicodeWidthStr;

use super::plain::{changed, list_note};
use super::{Acknowledged, View, is_new};
use crate::card::Answer;
use crate::cli::words;
use crate::schedule::{Grade, Rating};
use crate::settings::Grades;
use crate::text;

/// Columns before every line of a card.
const MARGIN: &str = "  ";

/// Lines wider than this are hard to read.
const WIDEST: usize = 100;

/// Returns a question: header, text, and what to press.
pub fn question(view: &View, width: usize) -> String {
    let mut lines = vec![String::new(), header(view, width), String::new()];
    lines.push(bold(&wrapped(&view.standing.card.front, width)));
    if let Answer::List(items) = &view.standing.card.back {
        lines.push(format!("{MARGIN}{}", list_note(view, items.len()).dimmed()));
    }
    lines.push(String::new());
    let hint = if view.standing.card.details.hint.is_some() { " · h hint" } else { "" };
    let keys = format!("space: answer{hint} · u undo · q leave · ? more");
    lines.push(each_line(&apart(&keys, width), |line| line.dimmed()));
    lines.join("\n")
}

/// Returns an answer: text, what belongs to it, and where each key leads.
pub fn answer(view: &View, width: usize) -> String {
    let card = &view.standing.card;
    let mut lines = vec![String::new()];
    match &card.back {
        Answer::Text(back) => lines.push(green(&wrapped(back, width))),
        Answer::List(items) => {
            let ordered = card.details.ordered == Some(true);
            for (number, item) in (1..).zip(items) {
                let sign = if ordered { format!("{number}.") } else { "•".to_owned() };
                let bullet = format!("{MARGIN}{sign} ");
                lines.push(green(&text::wrap(item.trim_end(), room(width), &bullet, "    ")));
            }
        }
    }
    if let Some(change) = &view.change {
        lines.push(String::new());
        let since = format!("{MARGIN}Changed since {}: ", change.since.in_words());
        lines.push(yellow(&text::wrap(&changed(&change.pieces), room(width), &since, MARGIN)));
    }
    for (name, value) in [("Why", &card.details.why), ("Source", &card.details.source)] {
        if let Some(value) = value {
            lines.push(String::new());
            lines.push(text::wrap(
                value.trim_end(),
                room(width),
                &format!("{MARGIN}{name}: "),
                MARGIN,
            ));
        }
    }
    lines.push(String::new());
    lines.push(keys(view, width));
    lines.join("\n")
}

/// Returns the line that follows an answer once it is in the history.
pub fn acknowledgement(acknowledged: &Acknowledged<'_>, width: usize) -> String {
    let word = coloured(acknowledged.grade.rating, acknowledged.grade.rating.word());
    let rest = if acknowledged.practice {
        "for practice".to_owned()
    } else {
        acknowledged.standing.schedule.map_or(String::new(), |schedule| {
            let comes = words::comes_back(&schedule, acknowledged.today);
            if schedule.repeat_on.is_some() || schedule.due.since(acknowledged.today) <= 1 {
                comes
            } else {
                format!("{comes}, {}", schedule.due.in_words())
            }
        })
    };
    let line = format!("{word}, {rest}");
    if width < 30 { line } else { format!("\n{MARGIN}{} {line}", "→".dimmed()) }
}

/// Returns something said in between.
pub fn remark(words: &str, width: usize) -> String {
    text::wrap(words, room(width), MARGIN, MARGIN)
}

/// Returns what every key does.
pub fn help(grades: Grades, width: usize) -> String {
    let grades = match grades {
        Grades::Four => "1 again · 2 hard · 3 good · 4 easy · Enter or space: good",
        Grades::Six => "0 blackout · 3 with difficulty · 4 after hesitation · 5 perfect · Enter: 4",
    };
    let lines = [
        "space, Enter: show the answer, then good",
        grades,
        "h hint · u take back the last thing · i why this date",
        "s suspend · b bury until tomorrow · q, Esc leave",
    ];
    lines.map(|line| apart(line, room(width))).join("\n")
}

/// Returns what to say to a key that means nothing.
pub fn unknown_key(key: char, revealed: bool, grades: Grades, width: usize) -> String {
    let key = text::one_line(&key.to_string());
    let take = match (revealed, grades) {
        (false, _) => "space shows the answer",
        (true, Grades::Four) => "1 to 4 grade the card",
        (true, Grades::Six) => "0 to 5 grade the card",
    };
    let words = format!("{key} does nothing here: {take}, ? shows all keys");
    each_line(&text::wrap(&words, room(width), MARGIN, MARGIN), |line| line.dimmed())
}

/// Returns what to say to text that came at once, as no fingers press it.
pub fn pasted(width: usize) -> String {
    let words = "pasted text does nothing here: press one key at a time";
    each_line(&text::wrap(words, room(width), MARGIN, MARGIN), |line| line.dimmed())
}

/// Returns the header: deck and value, what kind of asking it is, what is left, and a bar.
fn header(view: &View, width: usize) -> String {
    let card = &view.standing.card;
    let value = card.details.value.map_or(String::new(), |value| format!(" · {value}"));
    let state = if view.practice {
        " · practice"
    } else if view.change.is_some() {
        " · changed"
    } else if view.again {
        " · again"
    } else if is_new(&view.standing) {
        " · new"
    } else {
        ""
    };
    let left = format!("{} left", words::grouped(view.left));
    let bar = if width >= 60 { format!(" {}", bar(view)) } else { String::new() };
    let right = format!(" {left}{bar} ──");
    let name_room = width.saturating_sub(right.width() + value.width() + state.width() + 6);
    let name = words::shortened(&text::one_line(&view.deck), name_room.max(4));
    let title = format!("── {name}{value}{state} ");
    let fill = width.saturating_sub(title.width() + right.width());
    format!(
        "{} {}{} {}{right}",
        "──".dimmed(),
        format!("{name}{value}").bold(),
        state,
        "─".repeat(fill).dimmed()
    )
}

fn bar(view: &View) -> String {
    const WIDTH: usize = 10;
    let all = (view.answered + view.left).max(1);
    let full = (view.answered * WIDTH) / all;
    format!("{}{}", "█".repeat(full), "░".repeat(WIDTH - full))
}

/// Returns the line of keys, each with the interval it leads to.
fn keys(view: &View, width: usize) -> String {
    let each: Vec<(Grade, String, String)> = view
        .grades
        .iter()
        .enumerate()
        .map(|(at, grade)| {
            let interval = view.outlook.get(at).map(|schedule| schedule.interval.days());
            (*grade, name(*grade), interval.map_or(String::new(), words::short_days))
        })
        .collect();
    let plain: usize =
        each.iter().map(|(_, name, interval)| name.width() + interval.width() + 4).sum();
    let between = if plain + MARGIN.len() > width { format!("\n{MARGIN}") } else { "   ".into() };
    let shown: Vec<String> = each
        .iter()
        .map(|(grade, name, interval)| {
            let name = coloured(grade.rating, name);
            if interval.is_empty() {
                name.to_string()
            } else {
                format!("{name} {}", interval.dimmed())
            }
        })
        .collect();
    let note = if view.again && !view.practice {
        format!("\n{MARGIN}{}", "a repeat of today: no interval changes".dimmed())
    } else {
        String::new()
    };
    let enter = if plain + MARGIN.len() + 14 > width { "" } else { "   Enter: good" };
    format!("{MARGIN}{}{}{note}", shown.join(&between), enter.dimmed())
}

fn name(grade: Grade) -> String {
    match grade.quality {
        Some(quality) => format!("{}:", quality.number()),
        None => format!("{} {}", grade.rating.number(), grade.rating),
    }
}

fn coloured(rating: Rating, text: &str) -> ColoredString {
    match rating {
        Rating::Again => text.red(),
        Rating::Hard => text.yellow(),
        Rating::Good => text.green(),
        Rating::Easy => text.cyan(),
    }
}

fn room(width: usize) -> usize {
    width.min(WIDEST)
}

fn wrapped(content: &str, width: usize) -> String {
    text::wrap(content.trim_end(), room(width), MARGIN, MARGIN)
}

/// Wraps a line of keys so that a key and its word stay together.
fn apart(keys: &str, width: usize) -> String {
    const TIED: char = '\u{a0}';
    let tied: String = keys
        .split(" · ")
        .map(|item| item.replace(' ', &TIED.to_string()))
        .collect::<Vec<_>>()
        .join(" · ");
    text::wrap(&tied, width, MARGIN, MARGIN).replace(TIED, " ")
}

fn each_line(block: &str, style: impl Fn(&str) -> ColoredString) -> String {
    block.lines().map(|line| style(line).to_string()).collect::<Vec<_>>().join("\n")
}

fn bold(block: &str) -> String {
    each_line(block, |line| line.bold())
}

fn green(block: &str) -> String {
    each_line(block, |line| line.green())
}

fn yellow(block: &str) -> String {
    each_line(block, |line| line.yellow())
}
