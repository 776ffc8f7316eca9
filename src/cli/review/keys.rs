//! A review by single keys, drawn inline: what was seen stays in the scroll-back.

use std::time::{Duration, Instant};

use super::decode::Pressed;
use super::plain::{choice_of, grade_of};
use super::terminal::{Line, Terminal};
use super::{Acknowledged, Asking, Front, Said, View, screen, typed};
use crate::cli::environment::Environment;
use crate::cli::error::CliError;
use crate::cli::io::Io;
use crate::session::Input;
use crate::settings::Grades;

/// Keys this soon after a new card or an answer were meant for what was there before.
pub const DEAF: Duration = Duration::from_millis(150);

/// Keys in, lines out.
pub struct Keys {
    pub(in crate::cli) terminal: Option<Terminal>,
    pub(in crate::cli) environment: Environment,
    pub(in crate::cli) shown_at: Instant,
    /// What is to be answered now: the shell may have cleared it away.
    pub(in crate::cli) asking: String,
    /// The items that were typed so far.
    items: Vec<String>,
}

impl Keys {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn new(environment: &Environment) -> Result<Keys, CliError> {
        Ok(Keys {
            terminal: Some(Terminal::take()?),
            environment: environment.clone(),
            shown_at: Instant::now(),
            asking: String::new(),
            items: Vec::new(),
        })
    }

    /// Takes lines until they are an answer or a command.
    fn type_answer(&mut self, asking: Asking) -> Result<Said, CliError> {
        let Some(terminal) = &mut self.terminal else { return Ok(Said::End) };
        loop {
            let prompt = match asking {
                Asking::Items => format!("  {}> ", self.items.len() + 1),
                _ => "  > ".to_owned(),
            };
            let deaf = DEAF.saturating_sub(self.shown_at.elapsed());
            match terminal.line(&prompt, deaf)? {
                Line::Text(line) => {
                    if let Some(said) = typed::said(&line, &mut self.items, asking) {
                        return Ok(said);
                    }
                }
                Line::End => return Ok(Said::End),
                Line::Interrupt => return Ok(Said::Interrupt),
            }
        }
    }

    /// Shows a question, without what can be pressed.
    ///
    /// # Errors
    ///
    /// What the system says of standard output.
    pub fn show(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        let width = io.width_now(&self.environment);
        self.items.clear();
        self.asking = screen::asked(view, width);
        io.line(&self.asking)?;
        self.shown_at = Instant::now();
        io.flush()
    }

    /// Says what can be pressed below a question.
    ///
    /// # Errors
    ///
    /// What the system says of standard output.
    pub fn prompt(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        let keys = screen::question_keys(view, io.width);
        self.asking = format!("{}\n{keys}", self.asking);
        self.draw(io, &keys)
    }

    pub(in crate::cli) fn draw(&mut self, io: &mut Io, lines: &str) -> Result<(), CliError> {
        io.line(lines)?;
        io.flush()
    }
}

impl Front for Keys {
    fn ask(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        self.show(io, view)?;
        self.prompt(io, view)
    }

    fn reveal(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        let width = io.width_now(&self.environment);
        let answer = screen::answer(view, width);
        self.draw(io, &answer)?;
        self.asking = format!("{}\n{answer}", self.asking);
        self.shown_at = Instant::now();
        Ok(())
    }

    fn say(&mut self, io: &mut Io, words: &str) -> Result<(), CliError> {
        let width = io.width_now(&self.environment);
        self.draw(io, &screen::remark(words, width))
    }

    fn explain(&mut self, io: &mut Io, lines: &[String]) -> Result<(), CliError> {
        let width = io.width_now(&self.environment);
        let lines: Vec<_> = lines.iter().map(|line| screen::explanation(line, width)).collect();
        self.draw(io, &lines.join("\n"))
    }

    fn acknowledge(
        &mut self,
        io: &mut Io,
        acknowledged: &Acknowledged<'_>,
    ) -> Result<(), CliError> {
        let width = io.width_now(&self.environment);
        self.draw(io, &screen::acknowledgement(acknowledged, width))
    }

    fn help(&mut self, io: &mut Io, grades: Grades) -> Result<(), CliError> {
        let width = io.width_now(&self.environment);
        self.draw(io, &screen::help(grades, width))
    }

    fn listen(&mut self, io: &mut Io, asking: Asking, grades: Grades) -> Result<Said, CliError> {
        io.flush()?;
        if let Asking::Line | Asking::Items = asking {
            return self.type_answer(asking);
        }
        loop {
            let Some(terminal) = &mut self.terminal else { return Ok(Said::End) };
            let pressed = terminal.key()?;
            if pressed == Pressed::Interrupt {
                return Ok(Said::Interrupt);
            }
            if pressed == Pressed::Woken {
                io.line(&self.asking)?;
                io.flush()?;
                continue;
            }
            if self.shown_at.elapsed() < DEAF && pressed != Pressed::End {
                continue;
            }
            if let Pressed::Char(digit) = pressed
                && let Some(place) = choice_of(&digit.to_string(), asking)
            {
                return Ok(Said::Chosen(place));
            }
            if let Some(said) = said(pressed, asking, grades) {
                return Ok(said);
            }
            let width = io.width_now(&self.environment);
            match pressed {
                Pressed::Pasted => self.draw(io, &screen::pasted(width))?,
                Pressed::Char(key) => {
                    self.draw(io, &screen::unknown_key(key, asking, grades, width))?;
                }
                _ => {}
            }
        }
    }

    fn grades(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        let width = io.width_now(&self.environment);
        self.draw(io, &screen::keys(view, width))
    }

    fn aside(&mut self, other: &mut dyn FnMut() -> Result<(), CliError>) -> Result<(), CliError> {
        match &self.terminal {
            Some(terminal) => terminal.lend(other),
            None => other(),
        }
    }

    fn leave(&mut self, io: &mut Io) -> Result<(), CliError> {
        self.terminal = None;
        io.line("")
    }
}

/// Returns what a key says; `None` if it says nothing.
fn said(pressed: Pressed, asking: Asking, grades: Grades) -> Option<Said> {
    let judges = matches!(asking, Asking::Judge { .. });
    let input = match pressed {
        Pressed::Enter | Pressed::Char(' ') => return Some(Said::Empty),
        Pressed::Escape | Pressed::End | Pressed::Char('q') => Input::Quit,
        Pressed::Char('y') if judges => return Some(Said::Judged(true)),
        Pressed::Char('n') if judges => return Some(Said::Judged(false)),
        Pressed::Char('h') => Input::Hint,
        Pressed::Char('u') => Input::Undo,
        Pressed::Char('s') => Input::Suspend,
        Pressed::Char('b') => Input::Bury,
        Pressed::Char('e') => Input::Edit,
        Pressed::Char('i') => Input::Explain,
        Pressed::Char('o') => Input::Open,
        Pressed::Char('a') if asking == (Asking::Grade { accept: true }) => Input::Accept,
        Pressed::Char('?') => Input::Help,
        Pressed::Char(digit) => Input::Grade(grade_of(&digit.to_string(), grades)?),
        _ => return None,
    };
    Some(Said::Input(input))
}
