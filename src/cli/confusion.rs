//! What is said of cards that are taken for each other.

use super::error::CliError;
use super::home::Desk;
use crate::card::CardId;
use crate::confusion::{Answers, Confusion, TOLD};
use crate::text;

/// Returns the pairs of cards that were confused, the most often first.
///
/// # Errors
///
/// What the database says.
pub fn all(desk: &mut Desk) -> Result<Vec<Confusion>, CliError> {
    let mistakes = desk.store.mistyped()?;
    if mistakes.is_empty() {
        return Ok(Vec::new());
    }
    let cards = desk.store.standings()?;
    let answers = Answers::of(cards.iter().map(|it| &it.card), desk.settings.fold_accents);
    Ok(answers.confusions(&mistakes))
}

/// Returns what to say after a typed answer to `card` that was graded again: which pair has just
/// been confused often enough. Once a pair, that is.
///
/// # Errors
///
/// What the database says.
pub fn after_answer(card: &CardId, desk: &mut Desk) -> Result<Vec<String>, CliError> {
    let mistakes = desk.store.mistyped()?;
    if mistakes.len() < TOLD {
        return Ok(Vec::new());
    }
    let cards = desk.store.standings()?;
    let answers = Answers::of(cards.iter().map(|it| &it.card), desk.settings.fold_accents);
    let Some(last) = mistakes.iter().rev().find(|mistake| mistake.card == *card) else {
        return Ok(Vec::new());
    };
    let others = answers.taken_for(last);
    let confusions = answers.confusions(&mistakes);
    let just = confusions.iter().filter(|it| it.times == TOLD);
    let of_it = just.filter_map(|it| it.other(card)).filter(|other| others.contains(other));
    Ok(of_it
        .map(|other| {
            let compare = desk.home.command(&format!("show {card} {other}"));
            text::one_line(&format!(
                "{card} and {other} were taken for each other {TOLD} times; `{compare}` shows both."
            ))
        })
        .collect())
}
