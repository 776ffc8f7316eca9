//! `suspend`, `resume`, `bury`, `reset`.

use super::args::Which;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{list, words};
use crate::history::Deed;
use crate::store::{Entry, Standing};
use crate::text;

/// What to do with cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Put them aside.
    Suspend,
    /// Take them up again.
    Resume,
    /// Put them aside until tomorrow.
    Bury,
    /// Start them over.
    Reset,
}

impl Care {
    fn deed(self, desk: &Desk) -> Deed {
        match self {
            Care::Suspend => Deed::Suspended { because: None },
            Care::Resume => Deed::Resumed,
            Care::Bury => Deed::Buried { until: desk.today.plus(1) },
            Care::Reset => Deed::Reset,
        }
    }

    /// Whether there is anything to do for a card.
    fn applies(self, card: &Standing, desk: &Desk) -> bool {
        match self {
            Care::Suspend => !card.suspended,
            Care::Resume => card.suspended || card.buried(desk.today),
            Care::Bury => !card.buried(desk.today),
            Care::Reset => card.schedule.is_some(),
        }
    }

    fn done(self) -> &'static str {
        match self {
            Care::Suspend => "suspended",
            Care::Resume => "resumed",
            Care::Bury => "buried until tomorrow",
            Care::Reset => "starts over",
        }
    }

    fn already(self) -> &'static str {
        match self {
            Care::Suspend => "is suspended already",
            Care::Resume => "is neither suspended nor buried",
            Care::Bury => "is buried already",
            Care::Reset => "is new already",
        }
    }
}

/// Does it to the cards that are named or match.
pub fn run(care: Care, which: &Which, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let cards = match &which.query {
        Some(query) => list::chosen(std::slice::from_ref(query), desk, io)?.unwrap_or_default(),
        None => desk.all_named(&which.cards)?,
    };
    if cards.is_empty() {
        return Err(CliError::failed("no card matches")
            .hint("`retain list QUERY` shows what a query finds"));
    }
    let (apply, rest): (Vec<_>, Vec<_>) =
        cards.into_iter().partition(|card| care.applies(card, desk));
    let now = desk.now();
    let deed = care.deed(desk);
    let entries: Vec<Entry> =
        apply.iter().map(|card| Entry::now(card.card.id.clone(), deed.clone(), now)).collect();
    desk.store.append(&entries, &desk.settings)?;
    for card in &apply {
        io.line(format!("{} {}", text::one_line(card.card.id.as_str()), care.done()))?;
    }
    for card in &rest {
        io.note(format!("{} {}", text::one_line(card.card.id.as_str()), care.already()));
    }
    let undo = match apply.len() {
        0 | 1 => desk.home.command("undo"),
        cards => desk.home.command(&format!("undo {cards}")),
    };
    match (care, apply.len()) {
        (_, 0) => {}
        (Care::Reset, cards) => io.note(format!(
            "what happened to {} stays in the history; `{undo}` brings the schedule back",
            words::count(cards, "card", "cards"),
        )),
        (_, 1) => {}
        _ => io.note(format!("`{undo}` takes all of it back")),
    }
    Ok(())
}
