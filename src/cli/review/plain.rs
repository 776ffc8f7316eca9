//! A review in lines: for scripts, screen readers, and terminals that can do nothing else.
//!
//! Nothing is redrawn and no cursor moves. Every prompt says what it takes.

use unicode_width::UnicodeWidthStr;

use super::typed::{self, Typed, command};
use super::{Acknowledged, Asking, Front, Said, View, is_new};
use crate::answer::{Piece, Verdict};
use crate::card::Answer;
use crate::cli::error::CliError;
use crate::cli::io::Io;
use crate::cli::{prompt, words};
use crate::markdown;
use crate::schedule::{Grade, Quality, Rating};
use crate::session::Input;
use crate::settings::Grades;
use crate::text;

/// A blank at which no line is broken.
const TIE: &str = "\u{a0}";

/// No screen is as wide: what fits is one line.
const WHOLE: usize = 100_000;

/// Lines in, lines out.
#[derive(Default)]
pub struct Plain {
    /// The items that were typed so far.
    items: Vec<String>,
}

impl Plain {
    /// Shows a question.
    ///
    /// # Errors
    ///
    /// What the system says of standard output.
    pub fn show(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
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
        self.items.clear();
        io.line("")?;
        io.say(text::one_line(&format!(
            "{}{value}{state}; {} left",
            view.deck,
            words::grouped(view.left)
        )))?;
        io.line(labelled("Question", &card.front, io.width))?;
        if let Some(note) = list_note(view) {
            io.say(note)?;
        }
        for (number, choice) in (1..).zip(&view.choices) {
            io.line(behind(&format!("{number}. "), choice, io.width))?;
        }
        Ok(())
    }

    /// Says how a question is answered.
    ///
    /// # Errors
    ///
    /// What the system says of standard output.
    pub fn prompt(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        let hint = if view.standing.card.details.hint.is_some() { ":h a hint; " } else { "" };
        io.line(prompt_of(&match view.asking(false) {
            Asking::Choice(choices) => {
                format!("(1 to {choices}: your choice; empty line: the answer; {hint}:? helps)")
            }
            Asking::Line => {
                format!("(type the answer; empty line: see it; {hint}:? helps)")
            }
            Asking::Items => format!(
                "(type the answer, an item a line, and an empty line behind the last; empty line at once: see it; {hint}:? helps)"
            ),
            _ => format!("(empty line: the answer; {hint}:? helps)"),
        }, io.width))?;
        io.flush()
    }
}

impl Front for Plain {
    fn ask(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        self.show(io, view)?;
        self.prompt(io, view)
    }

    fn reveal(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        let card = &view.standing.card;
        match &view.taken {
            Some(taken) if taken.right => io.line("Right.")?,
            Some(taken) => io.line(labelled("Wrong", &taken.choice, io.width))?,
            None => {}
        }
        if let Some(typed) = &view.typed {
            io.line(judged(typed, io.width))?;
        }
        match &card.back {
            // What is bold cannot be heard: the gap is told by itself, and then its text.
            Answer::Text(back) => match card.gaps() {
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
        self.grades(io, view)
    }

    fn grades(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        match view.asking(true) {
            Asking::Judge { judged: None } => io.line("(y: you were right; n: you were wrong)")?,
            // The judgement stands.
            Asking::Judge { .. } => {}
            _ => io.line(prompt_of(&choices(view), io.width))?,
        }
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
        io.say("Where an answer is typed, a line is the answer; a list is typed an item a line, and an empty line ends it.")?;
        io.say("Commands: :h hint, :u undo, :s suspend, :b bury until tomorrow, :e edit the card, :o open what it names, :i why this date, :a count what was typed as right, from now on, :q leave.")?;
        io.flush()
    }

    fn listen(&mut self, io: &mut Io, asking: Asking, grades: Grades) -> Result<Said, CliError> {
        io.flush()?;
        loop {
            let Some(line) = prompt::line()? else { return Ok(Said::End) };
            let line = line.trim();
            if let Asking::Line | Asking::Items = asking {
                match typed::said(line, &mut self.items, asking) {
                    Some(said) => return Ok(said),
                    None => continue,
                }
            }
            if line.is_empty() {
                return Ok(Said::Empty);
            }
            if let Some(input) = command(line) {
                return Ok(Said::Input(input));
            }
            if let Some(place) = choice_of(line, asking) {
                return Ok(Said::Chosen(place));
            }
            if let Asking::Judge { .. } = asking {
                return Ok(match prompt::yes_or_no(line) {
                    Some(right) => Said::Judged(right),
                    None => Said::Unknown(line.to_owned()),
                });
            }
            let graded = grade_of(line, grades).or_else(|| word_of(line, asking));
            return Ok(match graded {
                Some(grade) => Said::Input(Input::Grade(grade)),
                None => Said::Unknown(line.to_owned()),
            });
        }
    }

    fn aside(&mut self, other: &mut dyn FnMut() -> Result<(), CliError>) -> Result<(), CliError> {
        other()
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

/// Returns the place of the choice that a line takes.
pub fn choice_of(line: &str, asking: Asking) -> Option<usize> {
    let Asking::Choice(choices) = asking else { return None };
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
fn word_of(word: &str, asking: Asking) -> Option<Grade> {
    let rating = Rating::ALL.into_iter().find(|rating| rating.word() == word);
    rating.filter(|_| matches!(asking, Asking::Grade { .. })).map(Grade::from)
}

/// Returns what of a list is asked for; of gaps only where they are typed, as they can be seen.
pub fn list_note(view: &View) -> Option<String> {
    let card = &view.standing.card;
    let items = typed::items(card)?;
    if matches!(card.back, Answer::Text(_)) {
        return view.by_typing.then(|| format!("({items} gaps, in order)"));
    }
    let details = &card.details;
    let order = if details.ordered == Some(true) { ", in order" } else { "" };
    Some(match details.need {
        Some(need) if (need as usize) < items => format!("(any {need} of {items}{order})"),
        _ => format!("({}{order})", words::count(items, "item", "items")),
    })
}

/// Returns what became of a typed answer, in words.
fn judged(typed: &Typed, width: usize) -> String {
    let judgement = &typed.judgement;
    let mut lines = Vec::new();
    let mut tell = |label: &str, text: &str| {
        lines.push(text::wrap(text.trim_end(), width, &format!("{label}: "), ""));
    };
    match &typed.answer {
        Answer::Text(answer) => match judgement.verdict {
            Verdict::Right => return "Right.".to_owned(),
            Verdict::Near => {
                tell("Nearly right", answer);
                if let Some(pieces) = typed.difference() {
                    tell("Difference", &changed(&pieces));
                }
            }
            Verdict::Wrong => tell("Wrong", answer),
        },
        Answer::List(_) => {
            for item in &judgement.items {
                match (item.verdict, &item.typed) {
                    (Verdict::Right, _) => tell("Right", &item.wanted),
                    (Verdict::Near, Some(typed)) => {
                        tell("Nearly right", &format!("{typed}, for {}", item.wanted));
                    }
                    // Enough were named: nothing is missing.
                    _ if !typed.lacks() => {}
                    _ => tell("Missing", &item.wanted),
                }
            }
            for extra in &judgement.extra {
                tell("Not in the answer", extra);
            }
            let whole = match judgement.verdict {
                Verdict::Right => "Right as a whole.",
                Verdict::Near => "Nearly right as a whole.",
                Verdict::Wrong => "Wrong as a whole.",
            };
            lines.push(whole.to_owned());
        }
    }
    lines.join("\n")
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

/// Returns a prompt in lines in which a key stays with what it does.
fn prompt_of(prompt: &str, width: usize) -> String {
    let is_key = |word: &str| word.trim_start_matches('(').starts_with(':');
    let mut tied = String::new();
    for word in prompt.split(' ') {
        if !tied.is_empty() {
            let last = tied.rsplit([' ', '\u{a0}']).next().unwrap_or_default();
            tied.push_str(if is_key(last) { TIE } else { " " });
        }
        tied.push_str(word);
    }
    text::wrap(&tied, width, "", "").replace(TIE, " ")
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
            format!("{}{interval}", words::grade_key(*grade)).replace(' ', TIE)
        })
        .collect();
    let repeat = if view.again && !view.practice { "a repeat: no interval changes; " } else { "" };
    let accept = if view.can_accept() { ":a: what you typed is right too; " } else { "" };
    format!("({}; {repeat}{accept}empty line: {})", each.join(", "), view.proposal().word())
}
