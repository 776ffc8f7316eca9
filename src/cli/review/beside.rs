//! What is done beside answering: a card edited, its pictures and sounds opened, a wording counted.

use super::Front;
use super::sitting::Sitting;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::opener;
use crate::markdown;
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
        let file = desk.deck_files().into_iter().find(|file| file.shown == view.standing.file);
        let opened = match file {
            Some(file) => opener::beside(&file.path, name).and_then(|path| opener::open(&path)),
            None => Err(CliError::failed(format!("{} is gone", view.standing.file))),
        };
        match opened {
            Ok(()) => front.say(io, &format!("Opened {}", text::one_line(name))),
            Err(error) => front.say(io, &text::one_line(&error.in_between())),
        }
    }
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
