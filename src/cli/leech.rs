//! What is said and done about a card that an answer made a leech.

use super::error::CliError;
use super::home::Desk;
use crate::history::{Deed, EventId};
use crate::leech::{Told, told};
use crate::settings::Leeches;
use crate::store::{Entry, Standing};
use crate::text;

/// Returns what to say after the answer `event` that made `after` of `before`. A leech is suspended
/// if the learner wants that; with the answer, that is taken back too.
///
/// # Errors
///
/// What the database says; the answer is in the history all the same.
pub fn after_answer(
    before: &Standing,
    after: &Standing,
    event: EventId,
    desk: &mut Desk,
) -> Result<Vec<String>, CliError> {
    let Some(schedule) = &after.schedule else { return Ok(Vec::new()) };
    let told = told(before.schedule.as_ref(), schedule);
    told.into_iter().map(|told| said(told, after, event, desk)).collect()
}

fn said(told: Told, after: &Standing, event: EventId, desk: &mut Desk) -> Result<String, CliError> {
    let card = &after.card;
    let id = text::one_line(card.id.as_str());
    let place = format!("{}:{}", text::one_line(&after.file), card.line);
    let edit = desk.home.command(&format!("edit {id}"));
    let Told::Leech { lapses } = told else {
        return Ok(format!(
            "{id} has come down to the lowest ease, 1.30. It stands in {place}; `{edit}` makes it easier."
        ));
    };
    let leech = format!("{id} is a leech: forgotten {lapses} times. It stands in {place}");
    let options = desk.decks.get(desk.deck_of(after)).map(|deck| &deck.head.options);
    let wanted = options.and_then(|options| options.leeches);
    if wanted.unwrap_or(desk.settings.leeches) == Leeches::Tell || after.suspended {
        let suspend = desk.home.command(&format!("suspend {id}"));
        return Ok(format!("{leech}; `{edit}` makes it easier, `{suspend}` puts it aside."));
    }
    let deed = Deed::Suspended { because: Some(event) };
    let entry = Entry::now(card.id.clone(), deed, desk.now());
    desk.store.append(&[entry], &desk.settings)?;
    let resume = desk.home.command(&format!("resume {id}"));
    Ok(format!(
        "{leech}, and is suspended now; `{edit}` makes it easier, `{resume}` asks it again."
    ))
}
