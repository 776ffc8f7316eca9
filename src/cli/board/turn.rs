//! One question of a game, from the bet to what it won.

use std::time::Instant;

use super::{Heard, Playing, Table, change, score};
use crate::board::{self, Call, Tile};
use crate::card::CardId;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::review::{self, Asking, Judged, Said, View, answer};
use crate::history::{Answered, Stake};
use crate::session::Input;
use crate::text;

/// A card that is asked.
pub struct Asks<'a> {
    /// Which.
    pub card: &'a CardId,
    /// The cell, and what can be bet on it; `None` where nothing is won.
    pub points: Option<(&'a Tile, Option<u32>)>,
    /// How many were asked before.
    pub answered: usize,
    /// How many are left, this one among them.
    pub left: usize,
}

impl Playing {
    /// Asks a card, and puts the answer into the history; `false` if the game is left. Whoever goes
    /// back has answered nothing.
    pub(super) fn ask(
        &mut self,
        asks: Asks<'_>,
        table: &mut dyn Table,
        desk: &mut Desk,
        io: &mut Io,
    ) -> Result<bool, CliError> {
        let standing = desk.store.standing(asks.card, &desk.settings)?;
        let Some(standing) = standing.filter(|standing| !standing.parked) else {
            let gone = format!("{} is in no deck any more.", text::one_line(asks.card.as_str()));
            table.front().say(io, &gone)?;
            return Ok(true);
        };
        let is_review = match asks.points {
            Some((tile, _)) => tile.call != Call::Practice,
            None => desk.each_asked_today(std::slice::from_ref(&standing))? == [true],
        };
        let category = standing.category.clone();
        let how = answer::Asks {
            practice: !is_review,
            by_typing: true,
            answered: asks.answered,
            left: asks.left,
            on_board: true,
        };
        let mut view = View { deck: category, ..View::of(standing, how, desk)? };
        let most_bet = asks.points.and_then(|(_, most)| most);
        let mut bet = most_bet.map(|_| 0);
        if let Some(most) = most_bet {
            let hidden = if view.standing.schedule.is_some() {
                "The hidden cell: of all cards here you are likeliest to forget this one."
            } else {
                "The hidden cell: chance chose it, as no card here was ever answered before."
            };
            table.front().say(io, hidden)?;
            let value = asks.points.map_or(0, |(tile, _)| tile.value);
            match most {
                0 => table.front().say(io, "There is nothing to bet yet.")?,
                most => match table.bet(io, most, value)? {
                    Heard::Said(points) => bet = Some(points),
                    left => return self.leaves(&left, asks.points.is_some(), table, io),
                },
            }
        }
        table.show(io, &view)?;
        let asked_at = Instant::now();
        let mut confidence = None;
        // Whoever has just seen the answer is sure, and that says nothing.
        if self.confidence && asks.points.is_some() {
            match table.sure(io)? {
                Heard::Said(sure) => confidence = sure,
                left => return self.leaves(&left, asks.points.is_some(), table, io),
            }
        }
        table.prompt(io, &view)?;
        let judged = match self.judged(&mut view, table, desk, io)? {
            Heard::Said(judged) => judged,
            left => return self.leaves(&left, asks.points.is_some(), table, io),
        };
        let grade = board::grade(judged.right, judged.nearly);
        let stake = asks.points.map(|(tile, _)| Stake {
            game: self.name.clone(),
            decks: self.decks.clone(),
            points: tile.points(judged.right, bet),
            bet,
        });
        let points = stake.as_ref().map(|stake| stake.points);
        let answered = Answered { confidence, stake, ..view.answered(grade, asked_at.elapsed()) };
        let recorded = answer::record(&view, answered, desk, io, table.front())?;
        self.answers.push((recorded.event, view.practice));
        if let Some(points) = points {
            let before: i64 = self.played.iter().map(|played| played.stake.points).sum();
            let line = format!("{}, score {}", change(points), score(before + points));
            table.front().say(io, &line)?;
        }
        Ok(true)
    }

    /// Waits for the answer, shows the right one, and returns what became of it.
    fn judged(
        &mut self,
        view: &mut View,
        table: &mut dyn Table,
        desk: &mut Desk,
        io: &mut Io,
    ) -> Result<Heard<Judged>, CliError> {
        let mut revealed = false;
        loop {
            let asking = view.asking(revealed);
            let said = table.front().listen(io, asking, desk.settings.grades)?;
            match said {
                Said::Input(Input::Quit) => return Ok(Heard::Back),
                // By keys it is a key, else there is nothing more to read.
                Said::End if table.has_last_word() => return Ok(Heard::Back),
                Said::End => return Ok(Heard::Quit),
                Said::Interrupt => return Ok(Heard::Interrupt),
                Said::Judged(right) => {
                    let nearly = right && view.judged().is_some_and(|judged| judged.nearly);
                    return Ok(Heard::Said(Judged { right, nearly }));
                }
                Said::Empty if revealed => match view.judged() {
                    Some(judged) => return Ok(Heard::Said(judged)),
                    None => table.front().say(io, "y if you were right, n if you were wrong.")?,
                },
                Said::Input(Input::Hint) => {
                    let hint = view.standing.card.details.hint.as_deref();
                    let hint = hint.map_or("This card has no hint.".to_owned(), |hint| {
                        format!("Hint: {}", text::one_line(hint))
                    });
                    table.front().say(io, &hint)?;
                }
                Said::Input(Input::Help) => table.front().say(io, help(asking))?,
                Said::Input(Input::Grade(_)) if revealed => {
                    table.front().say(io, "On the board an answer is right or wrong: y or n.")?;
                }
                Said::Input(Input::Reveal | Input::Grade(_)) | Said::Unknown(_) => {
                    table.front().say(io, help(asking))?;
                }
                Said::Input(Input::Undo) => {
                    table.front().say(io, "Answers are taken back from the board: u there.")?;
                }
                Said::Input(_) => {
                    table.front().say(io, "That is for `retain review`; here cards are played.")?;
                }
                Said::Empty | Said::Chosen(_) | Said::Typed(_) => {
                    match said {
                        Said::Chosen(place) => view.choose(place),
                        Said::Typed(lines) => view.judge(lines, &desk.settings),
                        _ => {}
                    }
                    revealed = true;
                    table.front().reveal(io, view)?;
                    match view.judged() {
                        Some(judged) if !table.has_last_word() || judged == RIGHT => {
                            return Ok(Heard::Said(judged));
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Takes note that the person leaves the question or the game; `false` if it is the game.
    fn leaves<T>(
        &mut self,
        left: &Heard<T>,
        in_game: bool,
        table: &mut dyn Table,
        io: &mut Io,
    ) -> Result<bool, CliError> {
        self.interrupted |= matches!(left, Heard::Interrupt);
        let back = in_game && matches!(left, Heard::Back);
        if back {
            table.front().say(io, "Not answered: nothing is won or lost.")?;
        }
        Ok(back)
    }
}

/// Nothing is to be added to that.
const RIGHT: review::Judged = review::Judged { right: true, nearly: false };

fn help(asking: Asking) -> &'static str {
    match asking {
        Asking::Line => {
            "Type the answer, and Enter. Enter alone shows it, and you say whether you knew it. :h is a hint, :q goes back."
        }
        Asking::Items => {
            "Type the answer, an item a line, and an empty line behind the last. An empty line at once shows it. :h is a hint, :q goes back."
        }
        Asking::Choice(_) => {
            "Take one by its number. Space or Enter shows the answer. h is a hint, q goes back."
        }
        Asking::Judge { .. } => {
            "y: you were right, the card is good. n: you were wrong, it comes again. q goes back, and nothing is answered."
        }
        _ => "Space or Enter shows the answer. h is a hint, q goes back.",
    }
}
