//! What only a person can say: whether a new card is an old one, edited.

use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::prompt;
use crate::history::Deed;
use crate::store::{Entry, Likeness};
use crate::text;

/// So many questions are asked before one review.
const MOST: usize = 10;

/// What can be said about a card that looks edited.
const ANSWERS: [&str; 3] =
    ["the same: it keeps its progress", "another one: it begins as new", "ask me next time"];

/// Asks about each new card that looks like an edited old one; returns whether there was any.
pub fn about_edits(desk: &mut Desk, io: &mut Io) -> Result<bool, CliError> {
    let edited = desk.store.look_edited()?;
    for found in edited.iter().take(MOST) {
        io.line(format!(
            "In {}:{} a card is new that looks edited:",
            text::one_line(&found.file),
            found.line
        ))?;
        for (label, words) in [("was", &found.was.front), ("is", &found.front)] {
            io.line(text::wrap(words.trim_end(), io.width, &format!("  {label:<4}"), "      "))?;
        }
        let answers =
            [found.was.answer(), found.back.clone()].map(|answer| answer.texts().join("; "));
        let label = if answers[0] == answers[1] { "answer of both: " } else { "answers: " };
        let both =
            if answers[0] == answers[1] { answers[0].clone() } else { answers.join(" → ") };
        io.line(text::wrap(&both, io.width, &format!("  {label}"), "      "))?;
        io.flush()?;
        match prompt::select("Is it the same card?", &ANSWERS, io)? {
            Some(0) => link(found, true, desk)?,
            Some(1) => link(found, false, desk)?,
            _ => {}
        }
    }
    Ok(!edited.is_empty())
}

/// Links the two ids; a no is a link that was taken back, so that it is never asked again.
fn link(found: &Likeness, same: bool, desk: &mut Desk) -> Result<(), CliError> {
    let deed = Deed::Linked { from: found.from.clone(), by_itself: false };
    let entry = Entry::now(found.card.clone(), deed, desk.now());
    let linked = desk.store.append(&[entry], &desk.settings)?;
    if let (false, Some(linked)) = (same, linked.first()) {
        desk.store.retract(linked.id, desk.now(), &desk.settings)?;
    }
    Ok(())
}
