//! A question on its way to a person, and the answer on its way into the history.

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::typed::{self, Typed};
use super::{Acknowledged, Change, Front, Taken, View};
use crate::card::{Answer, CardId};
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::{confusion, grade, leech, list, words};
use crate::history::{Answered, Deed, EventId};
use crate::schedule::{Grade, Quality, Rating};
use crate::settings::{Grades, Settings};
use crate::store::{Entry, Standing};
use crate::{answer, text};

/// How a card is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asks {
    /// Whether no schedule will read the answer.
    pub practice: bool,
    /// Whether the learner wants to type, where the card does not say otherwise.
    pub by_typing: bool,
    /// How many answers there were before.
    pub answered: usize,
    /// How many answers are left, this card's among them.
    pub left: usize,
    /// Whether it is on the board.
    pub on_board: bool,
}

impl View {
    /// Returns what is to be seen of a card that is asked now.
    pub fn of(standing: Standing, asks: Asks, desk: &mut Desk) -> Result<View, CliError> {
        let grades: Vec<Grade> = match desk.settings.grades {
            Grades::Four => Rating::ALL.into_iter().map(Grade::from).collect(),
            Grades::Six => (0..=5).filter_map(Quality::new).map(Grade::from).collect(),
        };
        let outlook = if asks.practice {
            Vec::new()
        } else {
            desk.store.outlook(&standing, &desk.settings, desk.clock.now(), &grades)?
        };
        let change = match standing.changed {
            Some(since) => desk.store.wording_passed(&standing.card.id)?.map(|was| Change {
                since,
                pieces: answer::word_difference(
                    &was.answer().texts().join("\n"),
                    &standing.card.back.texts().join("\n"),
                ),
            }),
            None => None,
        };
        if desk.deck_of(&standing) >= desk.decks.len() {
            // Another program read the deck meanwhile.
            desk.decks = desk.store.decks()?;
        }
        let deck = desk.decks.get(desk.deck_of(&standing));
        let options = deck.map(|deck| deck.head.options.clone()).unwrap_or_default();
        Ok(View {
            by_typing: typed::is_typed(&standing.card, asks.by_typing, &options, &desk.settings),
            typed: None,
            deck: deck.map_or(standing.deck.clone(), |deck| deck.title().to_owned()),
            answered: asks.answered,
            left: asks.left,
            again: standing.schedule.is_some_and(|schedule| schedule.last_day == desk.today),
            practice: asks.practice,
            grades,
            outlook,
            change,
            choices: shown_choices(&standing.card.details.choices, desk.chance.seed()),
            taken: None,
            on_board: asks.on_board,
            standing,
        })
    }

    /// Takes one of the choices that are shown.
    pub fn choose(&mut self, place: usize) {
        let Some(choice) = self.choices.get(place).cloned() else { return };
        let right = self.standing.card.back == Answer::Text(choice.clone());
        self.taken = Some(Taken { choice, right });
    }

    /// Takes what was typed.
    pub fn judge(&mut self, lines: Vec<String>, settings: &Settings) {
        self.typed = Some(Typed::judge(lines, &self.standing.card, settings.fold_accents));
    }

    /// Returns the answer with this grade, `took` after the question was to be seen.
    pub fn answered(&self, grade: Grade, took: Duration) -> Answered {
        let took_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        let typed = self.typed.as_ref().map(|typed| typed.answer.clone());
        Answered { typed, ..Answered::new(grade).in_ms(took_ms) }
    }
}

/// Returns the answers to choose from as they are shown: in another order each time, but for those
/// whose order everybody knows.
fn shown_choices(choices: &[String], seed: u64) -> Vec<String> {
    const KNOWN: [[&str; 2]; 2] = [["true", "false"], ["yes", "no"]];
    let mut shown = choices.to_vec();
    let folded: Vec<String> = choices.iter().map(|choice| answer::folded(choice, true)).collect();
    if !KNOWN.iter().any(|known| folded.iter().all(|choice| known.contains(&&**choice))) {
        shown.shuffle(&mut StdRng::seed_from_u64(seed));
    }
    shown
}

/// An answer that is in the history.
#[derive(Clone, Copy, Debug)]
pub struct Recorded {
    /// Its event.
    pub event: EventId,
    /// Whether the card is not settled for today.
    pub again: bool,
}

/// Puts the answer to a card into the history, and only then says so.
pub fn record(
    view: &View,
    answered: Answered,
    desk: &mut Desk,
    io: &mut Io,
    front: &mut dyn Front,
) -> Result<Recorded, CliError> {
    let (practice, grade) = (view.practice, answered.grade);
    let deed = if practice { Deed::Practised(answered) } else { Deed::Reviewed(answered) };
    let card = view.standing.card.id.clone();
    let entry =
        Entry::now(card.clone(), deed, desk.now()).asking(&view.standing.card, &view.standing.deck);
    let event = desk.store.record(&entry, &desk.settings)?.id;
    // The deck may have been read anew while the card was on the screen.
    let now = desk.store.standing(&card, &desk.settings)?.filter(|now| !now.parked);
    let standing = now.unwrap_or_else(|| view.standing.clone());
    let (standing, counted) = grade::after(standing, event, desk)?;
    let line = if practice {
        format!("{} {}, for practice", text::one_line(card.as_str()), grade.rating)
    } else {
        grade::acknowledgement(&standing, grade, counted, desk)
    };
    let today = desk.today;
    let acknowledged =
        Acknowledged { line: &line, grade, standing: &standing, practice, counted, today };
    front.acknowledge(io, &acknowledged)?;
    if !practice && counted {
        for told in leech::after_answer(&view.standing, &standing, event, desk)? {
            front.say(io, &told)?;
        }
    }
    if grade.rating == Rating::Again && view.typed.is_some() {
        for told in confusion::after_answer(&standing.card.id, desk)? {
            front.say(io, &told)?;
        }
    }
    let again = match standing.schedule {
        Some(schedule) if !practice => schedule.repeat_on.is_some(),
        _ => !grade.settles(),
    };
    Ok(Recorded { event, again })
}

/// Names the cards that were missed, the first of them.
pub fn say_what_was_missed(
    missed: &[CardId],
    desk: &mut Desk,
    io: &mut Io,
) -> Result<(), CliError> {
    const MOST: usize = 10;
    if missed.is_empty() {
        return Ok(());
    }
    io.say(format!("Missed: {}", words::count(missed.len(), "card", "cards")))?;
    let mut cards = Vec::new();
    for card in missed.iter().take(MOST) {
        cards.extend(desk.store.standing(card, &desk.settings)?);
    }
    let ids: Vec<_> = cards.iter().map(|card| text::one_line(card.card.id.as_str())).collect();
    let wide = list::id_width(&ids);
    for (standing, id) in cards.iter().zip(&ids) {
        let front = text::one_line(&standing.card.front);
        let line = format!("  {}  {front}", words::padded(&words::shortened(id, wide), wide));
        io.line(words::shortened(&line, io.width))?;
    }
    if missed.len() > MOST {
        io.say(format!("  and {} more", words::grouped(missed.len() - MOST)))?;
    }
    Ok(())
}
