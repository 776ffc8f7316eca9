//! Questions around a review: through dialoguer, or in lines where nothing may be redrawn.
//!
//! dialoguer hides the cursor and sets the terminal raw while it asks, and forgets both when a
//! signal ends the program. While a question is open, signals are taken here. It asks on standard
//! output, as everything of a review does: standard error may well be a file.

use std::io::{BufRead, Write};

use colored::Colorize;
use dialoguer::console::{self, Term};
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, FuzzySelect, Select};
use rustix::termios::{self, OptionalActions};
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{
    Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent, Modifiers,
    Movement, RepeatCount,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::{emulate_default_handler, exit};
use unicode_width::UnicodeWidthStr;

use super::error::CliError;
use super::io::Io;
use super::passing::Elsewhere;
use super::words;
use crate::text;

/// A longer line is no answer to anything.
const LONGEST_LINE: u64 = 64 * 1024;

/// Columns that dialoguer needs beside a question, the cursor among them.
const BESIDE: usize = "? ".len() + " (y/n) > yes ".len();

/// So many items of a list that is searched are shown at once.
const MOST_SHOWN: usize = 10;

/// The rest of a key comes within so many milliseconds, also through a network; Esc alone has none.
pub const REST_MS: u16 = 30;

/// What stands where an answer would, if the question was left.
const LEFT: &str = "left open";

/// Asks for yes or no, Enter meaning yes; `None` if the question was left with Escape.
///
/// # Errors
///
/// If the terminal cannot be asked.
pub fn confirm(question: &str, io: &mut Io) -> Result<Option<bool>, CliError> {
    if io.lines_only {
        return confirm_in_lines(question, io);
    }
    let beside = ask_beside(question, BESIDE, io)?;
    let answer = guarded(io, |terminal| {
        Confirm::with_theme(&ColorfulTheme::default())
            .with_prompt(beside)
            .default(true)
            .report(false)
            .interact_on_opt(terminal)
    })?;
    let said = match answer {
        Some(true) => "yes",
        Some(false) => "no",
        None => LEFT,
    };
    keep(beside, answer.map(|_| said), io)?;
    Ok(answer)
}

/// Asks for one of `answers`, Enter meaning the last; `None` if the question was left.
///
/// # Errors
///
/// If the terminal cannot be asked.
pub fn select(question: &str, answers: &[&str], io: &mut Io) -> Result<Option<usize>, CliError> {
    if io.lines_only {
        return select_in_lines(question, answers, io);
    }
    let beside = ask_beside(question, "?  > ".len(), io)?;
    // A line that the terminal breaks is not erased whole.
    let room = io.width.saturating_sub("> ".len() + 1);
    let items: Vec<String> = answers.iter().map(|answer| words::shortened(answer, room)).collect();
    let answer = guarded(io, |terminal| {
        Select::with_theme(&ColorfulTheme::default())
            .with_prompt(beside)
            .items(&items)
            .default(answers.len().saturating_sub(1))
            .report(false)
            .interact_on_opt(terminal)
    })?;
    keep(beside, answer.and_then(|at| answers.get(at).copied()), io)?;
    Ok(answer)
}

/// Asks for one of `items`, which are searched by typing some of their letters; `None` if the
/// question was left, which is how one asks for `another`.
///
/// # Errors
///
/// If the terminal cannot be asked.
pub fn search(
    question: &str,
    items: &[String],
    another: &str,
    io: &mut Io,
) -> Result<Option<usize>, CliError> {
    if io.lines_only {
        return search_in_lines(question, items, another, io);
    }
    io.say(format!("{question} Type to search, arrows choose, Enter takes; Esc: {another}."))?;
    io.flush()?;
    // A line that the terminal breaks is not erased whole.
    let room = io.width.saturating_sub("> ".len() + 1);
    let shown: Vec<String> = items.iter().map(|item| words::shortened(item, room)).collect();
    let answer = guarded(io, |terminal| {
        FuzzySelect::with_theme(&ColorfulTheme::default())
            .with_prompt("")
            .items(&shown)
            .default(0)
            .max_length(MOST_SHOWN)
            .report(false)
            .interact_on_opt(terminal)
    })?;
    let said = answer.and_then(|at| items.get(at).map(String::as_str));
    keep("", Some(said.unwrap_or(another)), io)?;
    Ok(answer)
}

/// Asks for a text, over several lines if such are pasted; `None` if it is empty, which `leaves` says
/// the meaning of.
///
/// The line is not dialoguer's, which takes every character for one column.
///
/// # Errors
///
/// If the terminal cannot be asked.
pub fn text(question: &str, leaves: &str, io: &mut Io) -> Result<Option<String>, CliError> {
    let typed = if io.lines_only {
        io.say(format!("{question} (a line, empty: {leaves})"))?;
        io.flush()?;
        line()?
    } else {
        let mut prompt = format!("{question} (empty: {leaves})> ");
        if prompt.width() * 2 > io.width {
            io.say(prompt.trim_end_matches("> "))?;
            prompt = "> ".to_owned();
        }
        io.flush()?;
        typed_line(&prompt)?
    };
    let typed = typed.map(|typed| typed.trim().to_owned());
    Ok(typed.filter(|typed| !typed.is_empty()))
}

/// Reads a line with the cursor keys at work; `None` if it was left, or nobody is there.
fn typed_line(prompt: &str) -> Result<Option<String>, CliError> {
    let _guard = Guard::new()?;
    let editor = line_editor().and_then(|mut editor| editor.readline(prompt));
    match editor {
        Ok(line) => Ok(Some(line)),
        Err(ReadlineError::Interrupted) => Err(CliError::Quiet(130)),
        Err(ReadlineError::Eof) => Ok(None),
        Err(error) => Err(unasked(&error)),
    }
}

/// Returns what reads one line. Esc empties it, and leaves it if it is empty, as Ctrl-D does.
///
/// # Errors
///
/// If there is no terminal.
pub fn line_editor() -> rustyline::Result<rustyline::Editor<(), MemHistory>> {
    // Else Esc alone would wait for a key to go with.
    let config =
        rustyline::Config::builder().auto_add_history(false).keyseq_timeout(Some(REST_MS)).build();
    let mut editor = rustyline::Editor::with_history(config, MemHistory::new())?;
    let leaves = EventHandler::Conditional(Box::new(Leaves));
    editor.bind_sequence(KeyEvent(KeyCode::Esc, Modifiers::NONE), leaves);
    Ok(editor)
}

/// What Esc does.
struct Leaves;

impl ConditionalEventHandler for Leaves {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, line: &EventContext) -> Option<Cmd> {
        Some(match line.line() {
            "" => Cmd::EndOfFile,
            _ => Cmd::Kill(Movement::WholeBuffer),
        })
    }
}

/// Returns the question, to be asked in a line with room for `others` columns; or nothing, when it
/// was too wide for that and stands in lines of its own now.
fn ask_beside<'a>(question: &'a str, others: usize, io: &mut Io) -> Result<&'a str, CliError> {
    let beside = if question.width() + others <= io.width {
        question
    } else {
        io.say(question)?;
        ""
    };
    io.flush()?;
    Ok(beside)
}

/// Leaves what was asked and answered for the scroll-back.
fn keep(question: &str, answer: Option<&str>, io: &mut Io) -> Result<(), CliError> {
    let sign = if answer.is_some() { "✔".green() } else { "–".dimmed() };
    let line = format!("{question} {}", answer.unwrap_or(LEFT));
    io.line(text::wrap(line.trim_start(), io.width, &format!("{sign} "), "  "))?;
    io.flush()
}

fn confirm_in_lines(question: &str, io: &mut Io) -> Result<Option<bool>, CliError> {
    io.say(question)?;
    loop {
        io.say("(y or n, empty line: yes)")?;
        io.flush()?;
        let Some(line) = line()? else { return Ok(None) };
        if line.trim().is_empty() {
            return Ok(Some(true));
        }
        if let Some(answer) = yes_or_no(&line) {
            return Ok(Some(answer));
        }
    }
}

/// Returns what a line says; `None` if it is neither yes nor no.
pub fn yes_or_no(line: &str) -> Option<bool> {
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

fn select_in_lines(
    question: &str,
    answers: &[&str],
    io: &mut Io,
) -> Result<Option<usize>, CliError> {
    io.say(question)?;
    let last = answers.len();
    for (number, answer) in (1..).zip(answers) {
        io.line(text::wrap(answer, io.width, &format!("{number} "), "  "))?;
    }
    loop {
        io.say(format!("(1 to {last}, empty line: {last})"))?;
        io.flush()?;
        let Some(line) = line()? else { return Ok(None) };
        match line.trim() {
            "" => return Ok(last.checked_sub(1)),
            number => match number.parse::<usize>() {
                Ok(number) if (1..=last).contains(&number) => return Ok(Some(number - 1)),
                _ => {}
            },
        }
    }
}

fn search_in_lines(
    question: &str,
    items: &[String],
    another: &str,
    io: &mut Io,
) -> Result<Option<usize>, CliError> {
    io.say(question)?;
    for (number, item) in (1..).zip(items) {
        io.line(text::wrap(item, io.width, &format!("{number} "), "  "))?;
    }
    loop {
        io.say(format!("(1 to {}, or a name; empty line: {another})", items.len()))?;
        io.flush()?;
        let Some(line) = line()? else { return Ok(None) };
        let line = line.trim();
        if line.is_empty() {
            return Ok(None);
        }
        let number = line.parse::<usize>().ok().filter(|number| (1..=items.len()).contains(number));
        let mut named = items.iter().enumerate().filter(|(_, item)| item.starts_with(line));
        let only = named.next().filter(|_| named.next().is_none()).map(|(at, _)| at);
        if let Some(at) = number.map(|number| number - 1).or(only) {
            return Ok(Some(at));
        }
    }
}

/// Returns the next line of standard input; `None` at its end.
///
/// # Errors
///
/// If it cannot be read.
pub fn line() -> Result<Option<String>, CliError> {
    let mut line = Vec::new();
    let mut limited = std::io::Read::take(std::io::stdin().lock(), LONGEST_LINE);
    let read = limited.read_until(b'\n', &mut line).map_err(|error| {
        CliError::failed(format!("standard input cannot be read: {error}"))
            .hint("what was answered is in the history; `retain review` goes on")
    })?;
    Ok((read > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

fn guarded<T>(io: &Io, ask: impl FnOnce(&Term) -> dialoguer::Result<T>) -> Result<T, CliError> {
    // The theme's styles ask whether standard error has colours, wherever they are shown.
    console::set_colors_enabled(io.coloured);
    console::set_colors_enabled_stderr(io.coloured);
    let _guard = Guard::new()?;
    ask(&Term::stdout()).map_err(|dialoguer::Error::IO(error)| {
        if error.kind() == std::io::ErrorKind::Interrupted {
            // By a signal, which the other thread answers by ending the program.
            std::thread::sleep(std::time::Duration::from_secs(1));
            CliError::Quiet(130)
        } else {
            unasked(&error)
        }
    })
}

fn unasked(error: &dyn std::error::Error) -> CliError {
    CliError::failed(format!("the terminal cannot be asked: {error}"))
        .hint("with TERM=dumb questions are asked in lines")
}

/// Gives the terminal back, whether the question ends or the program does.
struct Guard {
    signals: Handle,
    _elsewhere: Elsewhere,
}

impl Guard {
    fn new() -> Result<Guard, CliError> {
        let before = termios::tcgetattr(std::io::stdin()).ok();
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM, SIGQUIT])?;
        let handle = signals.handle();
        std::thread::spawn(move || {
            loop {
                // console answers any signal by one of its own, SIGINT: the other one is meant.
                let Some(signal) = signals.wait().min_by_key(|signal| *signal == SIGINT) else {
                    if signals.is_closed() {
                        break;
                    }
                    continue;
                };
                if let Some(before) = &before {
                    let _ = termios::tcsetattr(std::io::stdin(), OptionalActions::Now, before);
                }
                give_back();
                let _ = std::io::stdout().write_all(b"\n");
                if signal == SIGINT {
                    // Nothing is under way while a question is open, so nothing is lost here.
                    exit(130);
                }
                let _ = emulate_default_handler(signal);
            }
        });
        Ok(Guard { signals: handle, _elsewhere: Elsewhere::begin() })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
        self.signals.close();
    }
}

/// Shows the cursor, and has pastes marked no longer (xterm's mode 2004).
fn give_back() {
    let mut terminal = std::io::stdout();
    let _ = terminal.write_all(b"\r\x1b[?25h\x1b[?2004l").and_then(|()| terminal.flush());
}
