//! A review in lines: for scripts, screen readers, and terminals that can do nothing else.
//!
//! Nothing is redrawn and no cursor moves. Every prompt says what it takes.

use unicode_width::UnicodeWidthStr;

use super::{Acknowledged, Front, Said, View, is_new};
use crate::answer::Piece;
use crate::card::{Answer, Card};
use crate::cli::error::CliError;
use crate::cli::io::Io;
use crate::cli::{prompt, words};
use crate::cloze::Cloze;
use crate::markdown;
use crate::schedule::{Grade, Quality, Rating};
use crate::session::Input;
use crate::settings::Grades;
use crate::text;

/// No screen is as wide: what fits is one line.
const WHOLE: usize = 100_000;

/// Lines in, lines out.
pub struct Plain;

impl Plain {
    /// Returns the front.
    pub fn new() -> Plain {
        Plain
    }
}

impl Front for Plain {
    fn ask(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        let card = &view.standing.card;
        let value = card.details.value.map_or(String::new(), |value| format!(", {value}"));
        let state = if view.practice {
            ", for practice"
        } else if view.change.is_some() {
            ", answer changed"
        } else if view.again {
            ", again"
        } else if is_new(&view.standing) {
            ", new"
        } else {
            ""
        };
        io.line("")?;
        io.say(text::one_line(&format!(
            "{}{value}{state}; {} left",
            view.deck,
            words::grouped(view.left)
        )))?;
        io.line(labelled("Question", &card.front, io.width))?;
        if let Answer::List(items) = &card.back {
            io.say(list_note(view, items.len()))?;
        }
        for (number, choice) in (1..).zip(&view.choices) {
            io.line(behind(&format!("{number}. "), choice, io.width))?;
        }
        let hint = if card.details.hint.is_some() { ":h a hint; " } else { "" };
        let choose = match view.choices.len() {
            0 => String::new(),
            choices => format!("1 to {choices}: your choice; "),
        };
        io.say(format!("({choose}empty line: the answer; {hint}:? helps)"))?;
        io.flush()
    }

    fn reveal(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        let card = &view.standing.card;
        match &view.taken {
            Some(taken) if taken.right => io.line("Right.")?,
            Some(taken) => io.line(labelled("Wrong", &taken.choice, io.width))?,
            None => {}
        }
        match &card.back {
            // What is bold cannot be heard: the gap is told by itself, and then its text.
            Answer::Text(back) => match gaps_of(card) {
                Some(gaps) => {
                    io.line(labelled("Answer", &gaps.join("; "), io.width))?;
                    io.line(labelled("In full", back, io.width))?;
                }
                None => io.line(labelled("Answer", back, io.width))?,
            },
            Answer::List(items) => {
                io.line("Answer:")?;
                let ordered = card.details.ordered == Some(true);
                for (item, bullet) in items.iter().zip(words::bullets(items.len(), ordered, "-")) {
                    io.line(behind(&bullet, item, io.width))?;
                }
            }
        }
        if let Some(change) = &view.change {
            let since = format!("Changed since {}", change.since);
            io.line(labelled(&since, &changed(&change.pieces), io.width))?;
        }
        for (name, value) in [("Why", &card.details.why), ("Source", &card.details.source)] {
            if let Some(value) = value {
                io.line(labelled(name, value, io.width))?;
            }
        }
        io.say(choices(view))?;
        io.flush()
    }

    fn say(&mut self, io: &mut Io, words: &str) -> Result<(), CliError> {
        io.line(text::wrap(words, io.width, "", ""))?;
        io.flush()
    }

    fn explain(&mut self, io: &mut Io, lines: &[String]) -> Result<(), CliError> {
        for line in lines {
            io.line(text::wrap(line, io.width, "", "  "))?;
        }
        io.flush()
    }

    fn acknowledge(
        &mut self,
        io: &mut Io,
        acknowledged: &Acknowledged<'_>,
    ) -> Result<(), CliError> {
        io.line(acknowledged.line)?;
        io.flush()
    }

    fn help(&mut self, io: &mut Io, grades: Grades) -> Result<(), CliError> {
        io.say(match grades {
            Grades::Four => "Lines: empty shows the answer, then 1 again, 2 hard, 3 good, 4 easy, or empty for good.",
            Grades::Six => "Lines: empty shows the answer, then 0 blackout, 1 wrong, 2 almost, 3 hard, 4 good, 5 easy, or empty for good.",
        })?;
        io.say("Commands: :h hint, :u undo, :s suspend, :b bury until tomorrow, :i why this date, :q leave.")?;
        io.flush()
    }

    fn listen(
        &mut self,
        io: &mut Io,
        revealed: bool,
        choices: usize,
        grades: Grades,
    ) -> Result<Said, CliError> {
        io.flush()?;
        let Some(line) = prompt::line()? else { return Ok(Said::End) };
        Ok(match line.trim() {
            "" => Said::Empty,
            ":h" => Said::Input(Input::Hint),
            ":u" => Said::Input(Input::Undo),
            ":s" => Said::Input(Input::Suspend),
            ":b" => Said::Input(Input::Bury),
            ":i" => Said::Input(Input::Explain),
            ":?" => Said::Input(Input::Help),
            ":q" => Said::Input(Input::Quit),
            line if choice_of(line, choices).is_some() => {
                Said::Chosen(choice_of(line, choices).unwrap_or_default())
            }
            line => match grade_of(line, grades).or_else(|| word_of(line, revealed)) {
                Some(grade) => Said::Input(Input::Grade(grade)),
                None => Said::Unknown(line.to_owned()),
            },
        })
    }

    fn leave(&mut self, io: &mut Io) -> Result<(), CliError> {
        io.line("")
    }
}

/// Returns a text behind its label, or below it where it has lines of its own.
fn labelled(label: &str, text: &str, width: usize) -> String {
    let whole = markdown::linear(text.trim_end(), WHOLE);
    if whole.contains('\n') {
        format!("{label}:\n{}", markdown::linear(text.trim_end(), width))
    } else {
        text::wrap(&whole, width, &format!("{label}: "), "")
    }
}

/// Returns a text behind a bullet, and the same columns in on every other line.
fn behind(bullet: &str, text: &str, width: usize) -> String {
    let inner = width.saturating_sub(bullet.width()).max(1);
    let rest = format!("\n{}", " ".repeat(bullet.width()));
    format!("{bullet}{}", markdown::linear(text.trim_end(), inner).replace('\n', &rest))
}

/// Returns what is in the gaps that a card asks for, if it is one of a text with gaps.
pub fn gaps_of(card: &Card) -> Option<Vec<String>> {
    let cloze = Cloze::read(card.details.cloze.as_deref()?).ok()?;
    let (_, number) = card.id.as_str().rsplit_once("/c")?;
    Some(cloze.gaps(number.parse().ok()?))
}

/// Returns the place of the choice that a line takes, of so many.
fn choice_of(line: &str, choices: usize) -> Option<usize> {
    let place = line.parse::<usize>().ok()?.checked_sub(1)?;
    (place < choices).then_some(place)
}

/// Returns the grade that one digit stands for.
pub fn grade_of(digit: &str, grades: Grades) -> Option<Grade> {
    let number: i64 = match digit.as_bytes() {
        [digit @ b'0'..=b'9'] => i64::from(digit - b'0'),
        _ => return None,
    };
    match grades {
        Grades::Four => Rating::from_number(number).map(Grade::from),
        Grades::Six => Quality::new(number).map(Grade::from),
    }
}

/// Returns the grade that a word stands for, once the answer is to be seen.
fn word_of(word: &str, revealed: bool) -> Option<Grade> {
    let rating = Rating::ALL.into_iter().find(|rating| rating.word() == word);
    rating.filter(|_| revealed).map(Grade::from)
}

/// Returns what of a list is asked for.
pub fn list_note(view: &View, items: usize) -> String {
    let details = &view.standing.card.details;
    let order = if details.ordered == Some(true) { ", in order" } else { "" };
    match details.need {
        Some(need) if (need as usize) < items => format!("(any {need} of {items}{order})"),
        _ => format!("({}{order})", words::count(items, "item", "items")),
    }
}

/// Returns a word difference in signs: what is gone, and what is new.
pub fn changed(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Same(text) => text.clone(),
            Piece::Gone(text) => format!("[-{text}-]"),
            Piece::New(text) => format!("{{+{text}+}}"),
        })
        .collect()
}

fn choices(view: &View) -> String {
    let each: Vec<String> = view
        .grades
        .iter()
        .enumerate()
        .map(|(at, grade)| {
            let interval = view.outlook.get(at).map(|schedule| schedule.interval.days());
            let interval =
                interval.map_or(String::new(), |days| format!(" {}", words::short_days(days)));
            format!("{}{interval}", words::grade_key(*grade))
        })
        .collect();
    let repeat = if view.again && !view.practice { "a repeat: no interval changes; " } else { "" };
    format!("({}; {repeat}empty line: {})", each.join(", "), view.proposal().word())
}
