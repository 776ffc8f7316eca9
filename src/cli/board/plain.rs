//! A game in lines: for scripts, screen readers, and terminals that can do nothing else.

use super::{Heard, Table, Wanted, score};
use crate::board::{Call, Cell, Game, Place, Unfound};
use crate::cli::error::CliError;
use crate::cli::io::Io;
use crate::cli::prompt;
use crate::cli::review::plain::Plain;
use crate::cli::review::{Front, View};
use crate::stats::SURE;
use crate::text;

/// Lines in, lines out.
#[derive(Default)]
pub struct InLines {
    front: Plain,
    /// Whether the whole board was shown.
    shown: bool,
}

impl Table for InLines {
    fn front(&mut self) -> &mut dyn Front {
        &mut self.front
    }

    fn choose(
        &mut self,
        io: &mut Io,
        game: &Game,
        _: &mut Place,
    ) -> Result<Heard<Wanted>, CliError> {
        io.line("")?;
        if !std::mem::replace(&mut self.shown, true) {
            list(io, game)?;
        }
        loop {
            let (all, open) = game.count();
            io.say(format!("Score {}, {open} of {all} cells left.", score(game.score)))?;
            let example = game.first_open().map_or(String::new(), |place| game.name(place));
            io.say(format!(
                "(name a cell, such as {example}; :l lists them, :u undo, :q leave, :? helps)"
            ))?;
            io.flush()?;
            let Some(line) = prompt::line()? else { return Ok(Heard::Quit) };
            match line.trim() {
                "" => {}
                ":q" => return Ok(Heard::Quit),
                ":u" => return Ok(Heard::Said(Wanted::Undo)),
                ":l" => list(io, game)?,
                ":?" => io.say(HELP)?,
                name => match game.named(name) {
                    Ok(place) => return Ok(Heard::Said(Wanted::Cell(place))),
                    Err(why) => io.say(told(name, &why, game))?,
                },
            }
        }
    }

    fn bet(&mut self, io: &mut Io, most: u32, value: u32) -> Result<Heard<u32>, CliError> {
        loop {
            io.say(format!("(your bet, 1 to {most}, on top of its {value}; empty line: nothing)"))?;
            io.flush()?;
            let Some(line) = prompt::line()? else { return Ok(Heard::Quit) };
            match line.trim() {
                "" => return Ok(Heard::Said(0)),
                ":q" => return Ok(Heard::Back),
                line => match amount(line, most) {
                    Some(bet) => return Ok(Heard::Said(bet)),
                    None => io.say(format!("{:?} is no bet here.", text::one_line(line)))?,
                },
            }
        }
    }

    fn show(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        self.front.show(io, view)
    }

    fn sure(&mut self, io: &mut Io) -> Result<Heard<Option<u8>>, CliError> {
        loop {
            io.say("(how sure are you: 50, 70, 90 or 99 percent; empty line: not said)")?;
            io.flush()?;
            let Some(line) = prompt::line()? else { return Ok(Heard::Quit) };
            match line.trim() {
                "" => return Ok(Heard::Said(None)),
                ":q" => return Ok(Heard::Back),
                line => {
                    let percent = line.trim_end_matches('%').trim_end().parse().ok();
                    if let Some(sure) = percent.filter(|percent| SURE.contains(percent)) {
                        return Ok(Heard::Said(Some(sure)));
                    }
                    io.say(format!("{:?} is none of them.", text::one_line(line)))?;
                }
            }
        }
    }

    fn prompt(&mut self, io: &mut Io, view: &View) -> Result<(), CliError> {
        self.front.prompt(io, view)
    }

    fn has_last_word(&self) -> bool {
        false
    }

    fn confirm(&mut self, io: &mut Io, question: &str) -> Result<bool, CliError> {
        loop {
            io.say(format!("{question} (y or n)"))?;
            io.flush()?;
            let Some(line) = prompt::line()? else { return Ok(false) };
            if let Some(answer) = prompt::yes_or_no(&line) {
                return Ok(answer);
            }
        }
    }
}

/// Returns a bet; `None` if it is no whole number up to `most`.
pub fn amount(text: &str, most: u32) -> Option<u32> {
    let digits: String = text.trim().chars().filter(|char| !matches!(char, ',' | ' ')).collect();
    digits.parse().ok().filter(|bet| *bet <= most)
}

/// Returns why a name means no cell.
pub fn told(name: &str, why: &Unfound, game: &Game) -> String {
    const MOST: usize = 4;
    let name = text::one_line(name);
    match why {
        Unfound::None => format!("No cell is called {name:?}."),
        Unfound::Played(place) => format!("{} was played.", game.name(*place)),
        Unfound::Several(places) => {
            let names: Vec<String> =
                places.iter().take(MOST).map(|place| game.name(*place)).collect();
            let more = if places.len() > MOST { " …" } else { "" };
            format!("{name:?} may be {}{more}", names.join(" or "))
        }
    }
}

const HELP: &str = "A line names a cell by any beginning that is clear: domains 300, or d300. A due or new card is a review, any other practice. Then the answer is a line, a list an item a line and an empty line behind the last; or an empty line shows it, and y or n judges. Right wins the value, wrong loses it. At the hidden cell a line is first your bet, with --confidence how sure you are. :q within a question goes back.";

/// Reads the board out, column by column.
fn list(io: &mut Io, game: &Game) -> Result<(), CliError> {
    for (column, category) in game.categories.iter().enumerate() {
        let cells: Vec<String> = (0..game.values.len())
            .filter_map(|row| {
                let state = match game.cell(Place { column, row }) {
                    Cell::Empty => return None,
                    Cell::Played { right: true } => " right".to_owned(),
                    Cell::Played { right: false } => " wrong".to_owned(),
                    Cell::Open(tile) => match (tile.call, tile.recall) {
                        (Call::New, _) => " new".to_owned(),
                        (call, recall) => {
                            let due = if call == Call::Due { " due" } else { "" };
                            let recall =
                                recall.map(|recall| format!(" known {:.0} %", recall * 100.0));
                            format!("{due}{}", recall.unwrap_or_default())
                        }
                    },
                };
                Some(format!("{}{state}", game.values[row]))
            })
            .collect();
        io.line(text::wrap(&cells.join(", "), io.width, &format!("{category}: "), "  "))?;
    }
    Ok(())
}
