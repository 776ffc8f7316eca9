//! A game by single keys, drawn inline: the board is redrawn in its place while one moves about on
//! it, and what was played stays in the scroll-back.

use std::time::{Duration, Instant};

use dialoguer::console::Term;

use super::plain::amount;
use super::screen::{self, Picture};
use super::{Heard, Table, Wanted};
use crate::board::{Cell, Game, Place};
use crate::cli::environment::Environment;
use crate::cli::error::CliError;
use crate::cli::io::Io;
use crate::cli::prompt;
use crate::cli::review::decode::{Arrow, Pressed};
use crate::cli::review::keys::{DEAF, Keys};
use crate::cli::review::screen::aside_in;
use crate::cli::review::terminal::Line;
use crate::cli::review::{Front, View};
use crate::stats::SURE;

/// A letter that moved was the beginning of a name if the rest of it comes this soon.
const SOON: Duration = Duration::from_millis(1_000);

/// A name is typed fast, and more keys at once may come.
const MOST_AT_ONCE: usize = 64;

/// Keys in, a board out.
pub struct ByKeys {
    keys: Keys,
    screen: Term,
}

impl ByKeys {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn new(environment: &Environment) -> Result<ByKeys, CliError> {
        Ok(ByKeys { keys: Keys::new(environment)?, screen: Term::stdout() })
    }

    fn key(&mut self) -> Result<Pressed, CliError> {
        match &mut self.keys.terminal {
            Some(terminal) => terminal.key(),
            None => Ok(Pressed::End),
        }
    }

    /// Returns the key that is pressed for a picture that is to be seen now.
    fn key_for_what_is_seen(&mut self) -> Result<Pressed, CliError> {
        loop {
            let pressed = self.key()?;
            let leaves = matches!(pressed, Pressed::End | Pressed::Interrupt | Pressed::Woken);
            if leaves || self.keys.shown_at.elapsed() >= DEAF {
                return Ok(pressed);
            }
        }
    }

    /// Returns columns and rows.
    fn size(&self, io: &mut Io) -> (usize, usize) {
        let width = io.width_now(&self.keys.environment);
        (width, usize::from(self.screen.size().0))
    }
}

/// What a person is about on the board.
#[derive(Default)]
struct State {
    typed: Option<String>,
    remark: Option<String>,
    /// The letter that moved last, from where, and when: it may be the beginning of a name.
    moved: Option<(char, Place, Instant)>,
}

/// What a key came to.
enum Step {
    /// The picture changes.
    Draw,
    /// The board is left.
    Leave(Heard<Wanted>),
    /// All keys are to be told.
    Help,
}

impl State {
    fn step(&mut self, pressed: Pressed, game: &Game, at: &mut Place) -> Step {
        self.remark = None;
        let typing = self.typed.is_some();
        let moved = self.moved.take().filter(|(.., when)| when.elapsed() < SOON);
        if let (Some((first, from, _)), Pressed::Char(char)) = (moved, pressed)
            && game.any_begins(&format!("{first}{char}"))
        {
            *at = from;
            self.type_on(first, game, at);
            self.type_on(char, game, at);
            return Step::Draw;
        }
        match pressed {
            Pressed::Interrupt => return Step::Leave(Heard::Interrupt),
            Pressed::End => return Step::Leave(Heard::Quit),
            Pressed::Escape if typing => self.typed = None,
            Pressed::Escape => return Step::Leave(Heard::Quit),
            Pressed::Backspace => {
                let typed = self.typed.take();
                self.typed = typed.filter(|typed| !typed.is_empty()).map(|mut typed| {
                    typed.pop();
                    typed
                });
            }
            Pressed::Arrow(arrow) => {
                self.typed = None;
                go(arrow, game, at);
            }
            Pressed::Enter => return self.play(game, at),
            Pressed::Char(char) if typing => self.type_on(char, game, at),
            Pressed::Char(' ') => return self.play(game, at),
            Pressed::Char('/') => self.typed = Some(String::new()),
            Pressed::Char('?') => return Step::Help,
            // What cannot be taken back waits for Enter where it may be the beginning of a name.
            Pressed::Char(char @ ('q' | 'u')) if !game.any_begins(&char.to_string()) => {
                return command(char);
            }
            Pressed::Char(char @ ('h' | 'j' | 'k' | 'l')) => {
                self.moved = Some((char, *at, Instant::now()));
                let arrow = match char {
                    'h' => Arrow::Left,
                    'j' => Arrow::Down,
                    'k' => Arrow::Up,
                    _ => Arrow::Right,
                };
                go(arrow, game, at);
            }
            Pressed::Char(char) if char.is_alphanumeric() => self.type_on(char, game, at),
            Pressed::Char(_) | Pressed::Pasted | Pressed::Other => {
                self.remark = Some("That does nothing here: ? shows all keys.".to_owned());
            }
            Pressed::Sleep | Pressed::Woken => {}
        }
        Step::Draw
    }

    fn type_on(&mut self, char: char, game: &Game, at: &mut Place) {
        const LONGEST: usize = 60;
        let typed = self.typed.get_or_insert_default();
        if typed.len() < LONGEST {
            typed.push(char);
        }
        if let Ok(place) = game.named(typed) {
            *at = place;
        }
    }

    fn play(&mut self, game: &Game, at: &mut Place) -> Step {
        if let Some(typed) = &self.typed {
            match game.named(typed) {
                _ if typed == "u" => return command('u'),
                _ if typed == "q" => return command('q'),
                Ok(place) => *at = place,
                // What was typed stays, to be mended.
                Err(_) => return Step::Draw,
            }
        }
        match game.cell(*at) {
            Cell::Open(_) => return Step::Leave(Heard::Said(Wanted::Cell(*at))),
            Cell::Played { .. } => self.remark = Some(format!("{} was played.", game.name(*at))),
            Cell::Empty => self.remark = Some("No card is here.".to_owned()),
        }
        Step::Draw
    }
}

fn command(key: char) -> Step {
    Step::Leave(if key == 'u' { Heard::Said(Wanted::Undo) } else { Heard::Quit })
}

fn go(arrow: Arrow, game: &Game, at: &mut Place) {
    let (columns, rows) = (game.categories.len(), game.values.len());
    match arrow {
        Arrow::Left => at.column = at.column.saturating_sub(1),
        Arrow::Right => at.column = (at.column + 1).min(columns.saturating_sub(1)),
        Arrow::Up => at.row = at.row.saturating_sub(1),
        Arrow::Down => at.row = (at.row + 1).min(rows.saturating_sub(1)),
    }
}

impl Table for ByKeys {
    fn front(&mut self) -> &mut dyn Front {
        &mut self.keys
    }

    fn choose(
        &mut self,
        io: &mut Io,
        game: &Game,
        at: &mut Place,
    ) -> Result<Heard<Wanted>, CliError> {
        let mut state = State::default();
        // How many lines stand there to be redrawn, and how wide the screen was.
        let mut drawn: Option<(usize, usize)> = None;
        self.keys.shown_at = Instant::now();
        if let Some(terminal) = &mut self.keys.terminal {
            terminal.let_keys_flock(MOST_AT_ONCE);
        }
        let left = loop {
            let size = self.size(io);
            let typed = state.typed.as_deref();
            let picture = Picture { game, at: *at, typed, remark: state.remark.as_deref(), size };
            let lines = picture.lines();
            // Where the screen got another width, lines were broken anew, and nobody knows where.
            if let Some((lines, _)) = drawn.filter(|(_, width)| *width == size.0) {
                io.flush()?;
                self.screen.clear_last_lines(lines)?;
            }
            drawn = Some((lines.len(), size.0));
            io.line(lines.join("\n"))?;
            io.flush()?;
            let pressed = self.key_for_what_is_seen()?;
            if pressed == Pressed::Woken {
                drawn = None;
            }
            match state.step(pressed, game, at) {
                Step::Draw => {}
                Step::Leave(left) => break left,
                Step::Help => {
                    io.line(screen::help(size.0))?;
                    io.flush()?;
                    self.keys.shown_at = Instant::now();
                    // Else the board would push its beginning off the screen.
                    match self.key_for_what_is_seen()? {
                        Pressed::Interrupt => break Heard::Interrupt,
                        Pressed::End => break Heard::Quit,
                        _ => drawn = None,
                    }
                }
            }
        };
        if let Some(terminal) = &mut self.keys.terminal {
            terminal.let_no_keys_flock();
        }
        Ok(left)
    }

    fn bet(&mut self, io: &mut Io, most: u32, value: u32) -> Result<Heard<u32>, CliError> {
        let (width, _) = self.size(io);
        let ask = format!("Bet 1 to {most} on top of its {value} · Enter: nothing · :q back");
        io.line(aside_in(&ask, width))?;
        io.flush()?;
        self.keys.shown_at = Instant::now();
        loop {
            let deaf = DEAF.saturating_sub(self.keys.shown_at.elapsed());
            let Some(terminal) = &mut self.keys.terminal else { return Ok(Heard::Quit) };
            match terminal.line("  bet> ", deaf)? {
                Line::End => return Ok(Heard::Back),
                Line::Interrupt => return Ok(Heard::Interrupt),
                Line::Text(line) => match line.trim() {
                    "" => return Ok(Heard::Said(0)),
                    ":q" | "q" => return Ok(Heard::Back),
                    line => match amount(line, most) {
                        Some(bet) => return Ok(Heard::Said(bet)),
                        None => {
                            let no = format!("{line:?} is no bet here: 1 to {most}, or Enter.");
                            self.keys.say(io, &crate::text::one_line(&no))?;
                        }
                    },
                },
            }
        }
    }

    fn show(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        self.keys.show(io, view)
    }

    fn sure(&mut self, io: &mut Io) -> Result<Heard<Option<u8>>, CliError> {
        let (width, _) = self.size(io);
        let each: Vec<String> =
            ('a'..).zip(SURE).map(|(key, percent)| format!("{key}: {percent} %")).collect();
        let ask = format!("how sure are you? {} · Enter: not said", each.join(" · "));
        io.line(aside_in(&ask, width))?;
        io.flush()?;
        loop {
            let (said, sure) = match self.key_for_what_is_seen()? {
                Pressed::Interrupt => return Ok(Heard::Interrupt),
                Pressed::End | Pressed::Escape | Pressed::Char('q') => return Ok(Heard::Back),
                Pressed::Enter | Pressed::Char(' ') => ("not said".to_owned(), None),
                // Digits take choices, and some stand right above.
                Pressed::Char(key @ 'a'..='d') => {
                    let sure = SURE.get(key as usize - 'a' as usize).copied();
                    (sure.map_or(String::new(), |sure| format!("{sure} % sure")), sure)
                }
                _ => {
                    self.keys.say(io, "a, b, c or d here, or Enter; then comes your answer.")?;
                    continue;
                }
            };
            io.line(aside_in(&said, width))?;
            return Ok(Heard::Said(sure));
        }
    }

    fn prompt(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        self.keys.prompt(io, view)
    }

    fn has_last_word(&self) -> bool {
        true
    }

    fn confirm(&mut self, io: &mut Io, question: &str) -> Result<bool, CliError> {
        let mut answer = None;
        self.keys.aside(&mut || {
            answer = prompt::confirm(question, io)?;
            Ok(())
        })?;
        Ok(answer == Some(true))
    }
}
