//! `board`: the same cards, the same history and the same grades, as a game.
//!
//! What was played is in the history, and nowhere else: a game that was broken off is read from
//! there, and so is its score. A [`Table`] shows the board and says what the person did, besides
//! the [`Front`] that asks the questions.

mod keys;
mod plain;
mod screen;
mod turn;

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::args::Board;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::review::answer::say_what_was_missed;
use super::review::{self, Front, View};
use super::{due, scheduler, undo, words};
use crate::board::{Call, Cell, Game, Place, Tile, Turn};
use crate::card::{CardId, hex};
use crate::history::EventId;
use crate::queue::Wish;
use crate::store::{Played, Standing, StoreError};
use crate::text;
use crate::time::Day;

/// What a person did, where something was asked.
pub enum Heard<T> {
    /// Said it.
    Said(T),
    /// Wants back to the board.
    Back,
    /// Had enough.
    Quit,
    /// Ctrl-C.
    Interrupt,
}

/// What a person wants of the board.
pub enum Wanted {
    /// The card of a cell.
    Cell(Place),
    /// The last answer taken back.
    Undo,
}

/// Where a game is seen and played, besides its questions.
pub trait Table {
    /// Returns where questions are asked.
    fn front(&mut self) -> &mut dyn Front;
    /// Shows the board, and waits for what is wanted. `at` is where the person was, and is.
    fn choose(
        &mut self,
        io: &mut Io,
        game: &Game,
        at: &mut Place,
    ) -> Result<Heard<Wanted>, CliError>;
    /// Asks for a bet of up to `most`, on top of the cell's value; nothing is 0.
    fn bet(&mut self, io: &mut Io, most: u32, value: u32) -> Result<Heard<u32>, CliError>;
    /// Shows a question.
    fn show(&mut self, io: &mut Io, view: &View) -> Result<(), CliError>;
    /// Asks how sure the person is, in percent; `None` if that is not said.
    fn sure(&mut self, io: &mut Io) -> Result<Heard<Option<u8>>, CliError>;
    /// Says how the question that is shown is answered.
    fn prompt(&mut self, io: &mut Io, view: &View) -> Result<(), CliError>;
    /// Whether the person has the last word on what was typed or chosen.
    fn has_last_word(&self) -> bool;
    /// Asks for yes or no.
    fn confirm(&mut self, io: &mut Io, question: &str) -> Result<bool, CliError>;
}

/// Plays the cards that have a value.
pub fn run(args: &Board, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if !desk.store.writable() {
        return Err(StoreError::ReadOnly(desk.store.path().to_owned()).into());
    }
    review::say_before(desk, io)?;
    let mut playing = Playing::new(args, desk)?;
    let by_keys = io.interactive && !io.lines_only;
    let mut table: Box<dyn Table> = if by_keys {
        Box::new(keys::ByKeys::new(&desk.environment)?)
    } else {
        Box::new(plain::InLines::default())
    };
    let done = playing.play(table.as_mut(), desk, io);
    let finished = match done {
        // Whoever read the lines has gone: what was answered is in the history all the same.
        Err(CliError::ClosedPipe) => return Err(CliError::ClosedPipe),
        done => done.and_then(|()| playing.finish(table.as_mut(), desk, io)),
    };
    let left = table.front().leave(io);
    finished.and(left)?;
    playing.say_what_is_left(desk, io)?;
    io.flush()?;
    review::tidy_up(desk, io)?;
    if playing.interrupted { Err(CliError::Quiet(130)) } else { Ok(()) }
}

/// A game on its way.
struct Playing {
    /// The cards of the board, in the order of their decks.
    cards: Vec<CardId>,
    /// The decks that the person named.
    decks: Vec<String>,
    /// What the game is called in the history.
    name: String,
    /// Whether the person says before each answer how sure they are.
    confidence: bool,
    /// The answers of this game.
    played: Vec<Played>,
    began: Instant,
    /// The day on which this sitting began. It may last until the next.
    day: Day,
    /// The answers of this sitting, and which of them no schedule reads.
    answers: Vec<(EventId, bool)>,
    interrupted: bool,
    /// Whether a board was cleared today before.
    is_another: bool,
}

impl Playing {
    /// Begins a game over the decks that were named, or goes on with today's that was broken off.
    fn new(args: &Board, desk: &mut Desk) -> Result<Playing, CliError> {
        let mut decks = Vec::new();
        for name in &args.decks {
            let name = name.trim().trim_end_matches('/');
            let is_folder = desk.decks.iter().any(|deck| is_within(&deck.deck, name));
            let deck = if is_folder { name } else { &*desk.deck_named(name)?.deck };
            decks.push(deck.to_owned());
        }
        decks.sort();
        decks.dedup();
        let today = desk.today;
        let mut all = desk.store.standings_with_value()?;
        all.retain(|card| decks.is_empty() || decks.iter().any(|deck| is_within(&card.deck, deck)));
        if all.is_empty() {
            return Err(nothing_to_play(&decks, desk)?);
        }
        if let Some(aside) = due::set_aside(&all, today) {
            return Err(CliError::failed(format!("no card to play: {aside}")));
        }
        // What is put aside is no cell, unless it was played before that.
        let mut playing = Playing {
            cards: all.into_iter().map(|card| card.card.id).collect(),
            decks,
            name: String::new(),
            confidence: args.confidence,
            played: Vec::new(),
            began: Instant::now(),
            day: today,
            answers: Vec::new(),
            interrupted: false,
            is_another: false,
        };
        playing.resume(desk)?;
        Ok(playing)
    }

    /// Goes on with the newest game of today over the same decks, if cells of it are open.
    fn resume(&mut self, desk: &mut Desk) -> Result<(), CliError> {
        let played = desk.store.played(&self.cards, self.day)?;
        let newest = played.iter().rfind(|played| played.stake.decks == self.decks);
        if let Some(newest) = newest {
            self.name = newest.stake.game.clone();
            if self.game(desk)?.count().1 > 0 {
                return Ok(());
            }
            self.is_another = true;
        }
        // Even where chance and the clock are fixed, the next game is another one.
        let new = format!("{} {} {}", desk.chance.seed(), desk.now.at_ms, played.len());
        self.name = hex(&Sha256::digest(new)[..8]);
        Ok(())
    }

    /// Returns the game as it stands, by the decks and the history as they are now.
    fn game(&mut self, desk: &mut Desk) -> Result<Game, CliError> {
        desk.store.settle(&desk.settings)?;
        let played = desk.store.played(&self.cards, self.day)?;
        self.played = played.iter().filter(|it| it.stake.game == self.name).cloned().collect();
        let here: HashSet<&CardId> = self.played.iter().map(|played| &played.card).collect();
        let mut cards = Vec::with_capacity(self.cards.len());
        for card in &self.cards {
            let standing = desk.store.standing(card, &desk.settings)?;
            cards.extend(standing.filter(|card| {
                // An answer may put its card aside, and the cell was played all the same.
                let hidden = card.suspended || card.buried(desk.today);
                !card.parked && (!hidden || here.contains(&card.card.id))
            }));
        }
        let last: HashMap<&CardId, i64> =
            played.iter().map(|played| (&played.card, played.when.at_ms)).collect();
        let asked = desk.each_asked_today(&cards)?;
        let tiles: Vec<Tile> = cards
            .iter()
            .zip(asked)
            .filter_map(|(standing, asked)| tile(standing, asked, &last, desk))
            .collect();
        let turns = self.played.iter().map(|played| Turn {
            card: played.card.clone(),
            right: played.right,
            stake: played.stake.clone(),
        });
        Ok(Game::new(&self.name, &tiles, turns.collect()))
    }

    /// Plays cell after cell, until none is open or the person leaves.
    fn play(
        &mut self,
        table: &mut dyn Table,
        desk: &mut Desk,
        io: &mut Io,
    ) -> Result<(), CliError> {
        let mut game = self.game(desk)?;
        if !game.turns.is_empty() {
            let (all, open) = game.count();
            let going_on = format!(
                "Going on with today's game: score {}, {open} of {all} cells left.",
                score(game.score)
            );
            table.front().say(io, &going_on)?;
        }
        if self.is_another {
            let anew = "Today's board was cleared; this is another game.";
            table.front().say(io, anew)?;
        }
        let Some(mut at) = game.first_open() else { return Ok(()) };
        while game.count().1 > 0 {
            match table.choose(io, &game, &mut at)? {
                Heard::Quit | Heard::Back => break,
                Heard::Interrupt => {
                    self.interrupted = true;
                    break;
                }
                Heard::Said(Wanted::Undo) => {
                    let card = self.played.last().map(|played| played.card.clone());
                    self.take_back(table, desk, io)?;
                    game = self.game(desk)?;
                    at = card.and_then(|card| game.place_of(&card)).unwrap_or(at);
                    continue;
                }
                Heard::Said(Wanted::Cell(place)) => {
                    at = place;
                    let Cell::Open(tile) = game.cell(place) else { continue };
                    let (all, open) = game.count();
                    let asks = turn::Asks {
                        card: &tile.card,
                        points: Some((tile, game.most_bet(place))),
                        answered: all - open,
                        left: open,
                    };
                    if !self.ask(asks, table, desk, io)? {
                        break;
                    }
                }
            }
            game = self.game(desk)?;
            at = game.next_open(at).unwrap_or(at);
        }
        Ok(())
    }

    /// Takes back the last answer of the game: its cell is open again.
    fn take_back(
        &mut self,
        table: &mut dyn Table,
        desk: &mut Desk,
        io: &mut Io,
    ) -> Result<(), CliError> {
        let Some(last) = self.played.last() else {
            return table.front().say(io, "Nothing was played in this game yet.");
        };
        match desk.store.retract(last.event, desk.now(), &desk.settings)? {
            Some(record) => {
                self.answers.retain(|(event, _)| *event != last.event);
                let taken_back = format!("Taken back: {}", undo::described(&record));
                table.front().say(io, &taken_back)
            }
            None => table.front().say(io, "That was taken back elsewhere already."),
        }
    }

    /// Says what the game came to, and offers to go once more through what was missed.
    fn finish(
        &mut self,
        table: &mut dyn Table,
        desk: &mut Desk,
        io: &mut Io,
    ) -> Result<(), CliError> {
        let game = self.game(desk)?;
        let (all, open) = game.count();
        if game.turns.is_empty() {
            return table.front().say(io, "Nothing was played.");
        }
        let right = game.turns.iter().filter(|turn| turn.right).count();
        let came = format!("{right} of {} right, score {}", game.turns.len(), score(game.score));
        io.line("")?;
        if open > 0 {
            let command = desk.home.command(&self.command());
            io.say(format!(
                "Broken off: {came}. {open} of {all} cells are left; today `{command}` goes on here."
            ))?;
        } else {
            io.say(format!("The board is cleared: {came}."))?;
        }
        let missed = game.missed();
        say_what_was_missed(&missed, desk, io)?;
        if open > 0 || missed.is_empty() {
            return Ok(());
        }
        let question = match missed.len() {
            1 => "See it again, without points?".to_owned(),
            count => format!("See these {} again, without points?", words::grouped(count)),
        };
        if !table.confirm(io, &question)? {
            return Ok(());
        }
        for (answered, card) in missed.iter().enumerate() {
            let left = missed.len() - answered;
            let asks = turn::Asks { card, points: None, answered, left };
            if !self.ask(asks, table, desk, io)? {
                break;
            }
        }
        Ok(())
    }

    /// Returns the command line that goes on with this game.
    fn command(&self) -> String {
        let decks = self.decks.iter().map(|deck| format!(" {}", words::quoted(deck)));
        format!("board{}", decks.collect::<String>())
    }

    /// Says what this sitting was for the schedules, and what today still wants.
    fn say_what_is_left(&self, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
        if self.answers.is_empty() {
            return Ok(());
        }
        let practised = self.answers.iter().filter(|(_, practice)| *practice).count();
        let reviews = self.answers.len() - practised;
        let took = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let practised = match practised {
            0 => String::new(),
            count => format!(" and {} for practice", words::grouped(count)),
        };
        let of_these =
            if self.played.len() > self.answers.len() { "In this sitting: " } else { "" };
        io.say(format!(
            "{of_these}{}{practised} in {}.",
            words::count(reviews, "review", "reviews"),
            words::span(took)
        ))?;
        desk.bring_up_to_date()?;
        if reviews > 0 {
            scheduler::refit(desk, io)?;
        }
        let plan = desk.plan(None, Wish::default())?;
        match plan.due + plan.new {
            0 => Ok(()),
            left => io.say(format!(
                "{} left for today in all decks: `{}` asks the rest.",
                words::grouped(left),
                desk.home.command("review")
            )),
        }
    }
}

/// Whether a deck is `name`, or below it.
fn is_within(deck: &str, name: &str) -> bool {
    deck.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns why there is no board.
fn nothing_to_play(decks: &[String], desk: &mut Desk) -> Result<CliError, CliError> {
    if desk.store.count_cards()? == 0 {
        return Ok(CliError::failed(due::nothing_due(desk)?));
    }
    let of_these = match decks {
        [] => String::new(),
        decks => format!(" of {}", decks.join(", ")),
    };
    Ok(CliError::failed(text::one_line(&format!("no card{of_these} has a value, so there is no board")))
        .hint("give notes a `value: 100` and a `category: Rivers` in their deck; `retain import` reads quiz boards"))
}

fn tile(
    standing: &Standing,
    asked: bool,
    played: &HashMap<&CardId, i64>,
    desk: &Desk,
) -> Option<Tile> {
    let card = &standing.card;
    let reviewed = standing.last_review.map(|when| when.at_ms);
    let schedule = standing.schedule;
    Some(Tile {
        card: card.id.clone(),
        category: text::one_line(&standing.category),
        value: card.details.value?,
        call: match (asked, schedule) {
            (true, Some(_)) => Call::Due,
            (true, None) => Call::New,
            (false, _) => Call::Practice,
        },
        recall: schedule.map(|schedule| schedule.retrievability(desk.today)),
        answered_today: schedule.is_some_and(|schedule| schedule.last_day == desk.today),
        last_ms: reviewed.max(played.get(&card.id).copied()),
    })
}

/// Returns a score, or what it changes by, in figures.
fn score(points: i64) -> String {
    let sign = if points < 0 { "-" } else { "" };
    let points = usize::try_from(points.unsigned_abs()).unwrap_or(usize::MAX);
    format!("{sign}{}", words::grouped(points))
}

/// Returns what an answer won or lost.
fn change(points: i64) -> String {
    if points < 0 { score(points) } else { format!("+{}", score(points)) }
}
