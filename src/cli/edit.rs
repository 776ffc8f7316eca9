//! `edit`: a card in the person's own editor, and its progress carried over whatever was changed.

use std::path::PathBuf;

use super::args::Edit as Args;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{editor, prompt, report, words};
use crate::card::{CardId, Note};
use crate::deck::{DeckFile, edit, load, yaml};
use crate::diagnostic::{Diagnostic, Severity};
use crate::history::Deed;
use crate::store::{Entry, Standing};
use crate::text;

/// What an edit came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The card now: the same, or the one that it became; `None` if it is gone from its deck.
    pub card: Option<CardId>,
    /// Whether it is left out now, for a mistake.
    pub left_out: bool,
    /// Whether the deck says anything else than before.
    pub changed: bool,
}

/// Edits a card.
pub fn run(args: &Args, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let standing = desk.cards_named(&args.card)?.swap_remove(0);
    let edited = card(&standing, desk, io)?;
    io.say(described(&standing, &edited))
}

/// Returns what to say of an edit.
pub fn described(standing: &Standing, edited: &Edited) -> String {
    let id = text::one_line(standing.card.id.as_str());
    match &edited.card {
        _ if !edited.changed => format!("{id}: nothing changed"),
        Some(card) if *card == standing.card.id => format!("{id}: edited"),
        Some(card) => {
            format!("{}: edited; it goes on where {id} was", text::one_line(card.as_str()))
        }
        None if edited.left_out => {
            format!("{id} is left out until its mistake is mended; its history waits for it")
        }
        None => format!("{id} is gone from its deck; its history waits for it"),
    }
}

/// Opens the editor at a card, until what it leaves can be read or the person has had enough, and
/// links what the cards of the deck have become: an edit that is made here is certain.
///
/// # Errors
///
/// If there is no such file or editor, or, where nobody can be asked, a mistake is left.
pub fn card(standing: &Standing, desk: &mut Desk, io: &mut Io) -> Result<Edited, CliError> {
    let (path, mut line) = place_of(standing, desk)?;
    let before = read(&path)?;
    loop {
        editor::open(&path, line, &desk.environment, io)?;
        let now = read(&path)?;
        let errors = errors_in(&now, &path, standing, desk);
        let Some(first) = errors.first() else { break };
        line = first.line.max(1);
        report::show(io, &errors);
        let again = if io.interactive {
            prompt::confirm("Go back to the editor?", io)?.unwrap_or(false)
        } else {
            false
        };
        if !again {
            break;
        }
    }
    let now = read(&path)?;
    desk.bring_up_to_date()?;
    if now != before {
        link(&before, &now, standing, desk)?;
    }
    let card = card_now(standing, &before, &now, desk)?;
    let deck = yaml::read(now.as_bytes(), "").deck.unwrap_or_default();
    let left_out = deck.left_out.iter().any(|(key, _)| *key == standing.card.note);
    Ok(Edited { card, left_out, changed: now != before })
}

/// Returns the real file of a card's deck and its line there, also if the card is left out.
fn place_of(standing: &Standing, desk: &Desk) -> Result<(PathBuf, u32), CliError> {
    if !standing.left_out {
        return Ok((file_of(standing, desk)?, standing.card.line));
    }
    let left_out = |file: DeckFile| {
        let deck = yaml::read(read(&file.path).ok()?.as_bytes(), "").deck?;
        let (_, line) = deck.left_out.into_iter().find(|(key, _)| *key == standing.card.note)?;
        Some((file.path, line))
    };
    let found = desk.deck_files().into_iter().find_map(left_out);
    found.map_or_else(|| file_of(standing, desk).map(|path| (path, 1)), Ok)
}

/// Returns the real file of a card's deck.
///
/// # Errors
///
/// If it stands in none.
pub fn file_of(standing: &Standing, desk: &Desk) -> Result<PathBuf, CliError> {
    if standing.parked {
        let id = text::one_line(standing.card.id.as_str());
        return Err(CliError::failed(format!("card {id:?} stands in no deck now"))
            .hint("it is asked again as soon as a deck has it again"));
    }
    let file = desk.deck_files().into_iter().find(|file| file.shown == standing.file);
    file.map(|file| file.path)
        .ok_or_else(|| CliError::failed(format!("{} is gone", text::one_line(&standing.file))))
}

fn read(path: &std::path::Path) -> Result<String, CliError> {
    let bytes = load::read_within(path, load::LARGEST_FILE).map_err(|error| {
        CliError::failed(format!("{} cannot be read: {error}", words::path(path)))
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn errors_in(
    deck: &str,
    path: &std::path::Path,
    standing: &Standing,
    desk: &Desk,
) -> Vec<Diagnostic> {
    let folder = path.parent().unwrap_or(std::path::Path::new("."));
    let has_media = |name: &str| folder.join(name).exists();
    let mut found = edit::findings(deck, &standing.file, &desk.settings.lint_allow, &has_media);
    found.retain(|finding| finding.severity == Severity::Error);
    found
}

fn notes_of(deck: &str) -> Vec<Note> {
    yaml::read(deck.as_bytes(), "").deck.map(|deck| deck.notes).unwrap_or_default()
}

/// Returns the key of each note, as far as this file alone can tell.
fn keys_of(notes: &[Note]) -> Vec<String> {
    let fronts: Vec<String> = notes.iter().map(Note::key_of_front).collect();
    let twice = |front: &String| fronts.iter().filter(|other| *other == front).count() > 1;
    let key = |(note, front): (&Note, &String)| match &note.id {
        Some(id) => id.clone(),
        None if twice(front) => note.key_of_both(),
        None => front.clone(),
    };
    notes.iter().zip(&fronts).map(key).collect()
}

/// Returns which notes of a deck became which: those that are gone, each with what is new in its
/// place, or the one that is gone with the one that is new.
fn became(before: &[String], now: &[String]) -> Vec<(usize, usize)> {
    let missing = |of: &[String], among: &[String]| -> Vec<usize> {
        (0..of.len()).filter(|at| !among.contains(&of[*at])).collect()
    };
    let (gone, new) = (missing(before, now), missing(now, before));
    if let ([gone], [new]) = (&gone[..], &new[..]) {
        return vec![(*gone, *new)];
    }
    if before.len() != now.len() {
        return Vec::new();
    }
    gone.into_iter().filter(|at| new.contains(at)).map(|at| (at, at)).collect()
}

/// Links the cards of the notes that go by another name now.
fn link(before: &str, now: &str, standing: &Standing, desk: &mut Desk) -> Result<(), CliError> {
    let (notes, notes_now) = (notes_of(before), notes_of(now));
    let (keys, keys_now) = (keys_of(&notes), keys_of(&notes_now));
    let mut entries = Vec::new();
    for (old, new) in became(&keys, &keys_now) {
        let is_asked = keys[old] == standing.card.note;
        let (old, new) = (notes[old].cards(&keys[old]), notes_now[new].cards(&keys_now[new]));
        for (old, new) in old.iter().zip(&new).filter(|(old, new)| old.kind == new.kind) {
            let known = |id: &CardId, desk: &mut Desk| {
                desk.store
                    .standing(id, &desk.settings)
                    .map(|card| card.filter(|it| it.schedule.is_some()))
            };
            let is_new = known(&new.id, desk)?.is_none();
            if is_new && (is_asked || known(&old.id, desk)?.is_some()) {
                let deed = Deed::Linked { from: old.id.clone(), by_itself: true };
                entries.push(Entry::now(new.id.clone(), deed, desk.now()));
            }
        }
    }
    if !entries.is_empty() {
        desk.store.append(&entries, &desk.settings)?;
    }
    Ok(())
}

/// Returns what the card is called now, if it still stands in a deck.
fn card_now(
    standing: &Standing,
    before: &str,
    now: &str,
    desk: &mut Desk,
) -> Result<Option<CardId>, CliError> {
    let card = &standing.card;
    let there = |id: &CardId, desk: &mut Desk| -> Result<bool, CliError> {
        let found = desk.store.standing(id, &desk.settings)?;
        Ok(found.is_some_and(|card| !card.parked))
    };
    if there(&card.id, desk)? {
        return Ok(Some(card.id.clone()));
    }
    let (keys, keys_now) = (keys_of(&notes_of(before)), keys_of(&notes_of(now)));
    let Some((_, new)) =
        became(&keys, &keys_now).into_iter().find(|(old, _)| keys[*old] == card.note)
    else {
        return Ok(None);
    };
    let side = card.id.as_str().strip_prefix(&card.note).unwrap_or_default();
    let id = CardId::new(format!("{}{side}", keys_now[new]));
    Ok(there(&id, desk)?.then_some(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_become_what_stands_in_their_place() {
        let keys = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (before, now, wanted) in [
            ("a b c", "a x c", vec![(1, 1)]),
            ("a b c", "x y c", vec![(0, 0), (1, 1)]),
            ("a b c", "c x a", vec![(1, 1)]),
            ("a b", "a b x", vec![]),
            ("a b c", "a c", vec![]),
            ("a b c", "x a c", vec![(1, 0)]),
            ("a b c", "x y a", vec![(1, 1)]),
            ("a b", "x y z", vec![]),
        ] {
            assert_eq!(became(&keys(before), &keys(now)), wanted, "{before} to {now}");
        }
    }
}
