//! What is done beside answering: a card edited, its pictures and sounds opened, a wording counted.

use super::sitting::{Accepted, Sitting};
use super::{Front, View};
use crate::card::Note;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::write::{self, Change};
use crate::cli::{edit, opener, words};
use crate::deck::edit::with_accept;
use crate::deck::load;
use crate::markdown;
use crate::session::Effect;
use crate::store::Standing;
use crate::text;

impl Sitting {
    /// Opens what the card names: in its question and, if that is to be seen, in its answer. With
    /// each call the next of them.
    pub(super) fn open(
        &mut self,
        revealed: bool,
        desk: &Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<(), CliError> {
        let Some(view) = &self.view else { return Ok(()) };
        let names = media(&view.standing, revealed);
        let Some(name) = names.get(self.opened % names.len().max(1)) else {
            let more = if revealed { "" } else { " in its question" };
            return front.say(io, &format!("This card names no picture or sound{more}."));
        };
        self.opened += 1;
        let opened = edit::file_of(&view.standing, desk)
            .and_then(|file| opener::beside(&file, name))
            .and_then(|path| opener::open(&path));
        match opened {
            Ok(()) => front.say(io, &format!("Opened {}", text::one_line(name))),
            Err(error) => front.say(io, &text::one_line(&error.in_between())),
        }
    }

    /// Lets the person edit the card, and asks what it is then.
    pub(super) fn edit(
        &mut self,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<Effect, CliError> {
        let Some(view) = &self.view else { return Ok(self.session.skip()) };
        let standing = view.standing.clone();
        let mut edited = None;
        let done = front.aside(&mut || {
            edited = Some(edit::card(&standing, desk, io)?);
            Ok(())
        });
        match (done, edited) {
            (Ok(()), Some(edited)) => {
                front.say(io, &edit::described(&standing, &edited))?;
                let Some(card) = edited.card else { return Ok(self.session.skip()) };
                let number = self.number_of(card);
                self.forced = Some(number);
                Ok(self.session.edited(number))
            }
            (Err(error @ (CliError::Failed(_) | CliError::Usage(_))), _) => {
                front.say(io, &text::one_line(&error.in_between()))?;
                self.listen(desk, io, front)
            }
            (done, _) => {
                done?;
                self.listen(desk, io, front)
            }
        }
    }

    /// Counts what was typed as right, and writes it into the deck, so that it is from now on.
    pub(super) fn accept(
        &mut self,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<(), CliError> {
        let Some(view) = self.view.as_mut().filter(|view| view.can_accept()) else {
            return front.say(io, "Nothing was typed here that could be made to count.");
        };
        match write_wording(view, desk) {
            Ok((said, accepted)) => {
                if let Some(typed) = &mut view.typed {
                    typed.counted = true;
                }
                self.accepted = Some(accepted);
                front.say(io, &said)?;
                // The deck says something else now.
                desk.bring_up_to_date()?;
            }
            Err(error) => front.say(io, &text::one_line(&error.in_between()))?,
        }
        match &self.view {
            Some(view) => front.grades(io, view),
            None => Ok(()),
        }
    }

    /// Takes out of the deck again what was typed and made to count for the current card.
    pub(super) fn take_wording_back(
        &mut self,
        desk: &mut Desk,
        io: &mut Io,
        front: &mut dyn Front,
    ) -> Result<(), CliError> {
        let Some(Accepted { path, before, after }) = self.accepted.take() else { return Ok(()) };
        let change = Change { path: &path, was: Some(after.as_bytes()), text: &before };
        match write::all(&[change]) {
            Ok(()) => {
                if let Some(typed) = self.view.as_mut().and_then(|view| view.typed.as_mut()) {
                    typed.counted = false;
                }
                front.say(
                    io,
                    "Taken back: what you typed does not count, and is out of the deck.",
                )?;
                desk.bring_up_to_date()?;
            }
            Err(error) => front.say(io, &text::one_line(&error.in_between()))?,
        }
        match &self.view {
            Some(view) => front.grades(io, view),
            None => Ok(()),
        }
    }
}

/// Writes what was typed into the `accept` of its card; returns what to say about it, and what
/// was written.
fn write_wording(view: &View, desk: &Desk) -> Result<(String, Accepted), CliError> {
    let Standing { card, file, .. } = &view.standing;
    let by_hand = "grade the card as you see fit, and write it into the deck yourself";
    let typed = view.typed.as_ref();
    let wording = typed.and_then(|typed| typed.wording(card, desk.settings.fold_accents));
    let Some(wording) = wording.filter(|wording| text::harmless(wording) == *wording) else {
        return Err(CliError::failed("this cannot be made to count").hint(by_hand));
    };
    let path = edit::file_of(&view.standing, desk)?;
    let bytes = load::read_within(&path, load::LARGEST_FILE).map_err(|error| {
        CliError::failed(format!("{} cannot be read: {error}", words::path(&path)))
    })?;
    let is_it = |note: &Note| match &note.id {
        Some(id) => *id == card.note,
        None => [note.key_of_front(), note.key_of_both()].contains(&card.note),
    };
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let Some(edited) = with_accept(text, &is_it, &wording) else {
        return Err(
            CliError::failed(format!("{file}: this card has no place for it")).hint(by_hand)
        );
    };
    write::all(&[Change { path: &path, was: Some(&bytes), text: &edited }])?;
    let shown = text::one_line(&wording);
    let file = text::one_line(file);
    let said = format!("{shown:?} counts from now on; it stands in `accept` in {file}");
    Ok((said, Accepted { path, before: text.to_owned(), after: edited }))
}

/// Returns the files that are named by what is to be seen of a card, each once.
fn media(standing: &Standing, revealed: bool) -> Vec<String> {
    let card = &standing.card;
    let mut names = markdown::media(&card.front);
    if revealed {
        let texts = card.back.texts().iter().chain(&card.details.why).chain(&card.details.source);
        names.extend(texts.flat_map(|text| markdown::media(text)));
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}
