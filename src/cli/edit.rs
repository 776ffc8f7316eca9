//! `edit`: a card in the person's own editor, and its progress carried over whatever was changed.

use std::path::{Path, PathBuf};

use super::args::Edit as Args;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{editor, prompt, report, words};
use crate::card::{Card, CardId, Note};
use crate::deck::{DeckFile, load, yaml};
use crate::diagnostic::Severity;
use crate::history::Deed;
use crate::store::{Entry, Standing};
use crate::text;

/// What an edit came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The card now: the same, or the one that it became; `None` if it cannot be asked any more.
    pub card: Option<CardId>,
    /// Whether the deck says anything else than before.
    pub changed: bool,
    /// Whether a mistake is left in the deck.
    pub mistakes: bool,
}

/// Edits a card.
pub fn run(args: &Args, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let standing = desk.cards_named(&args.card)?.swap_remove(0);
    let edited = card(&standing, desk, io)?;
    io.say(described(&standing, &edited))?;
    if edited.mistakes { Err(CliError::Quiet(1)) } else { Ok(()) }
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
        // It may be all that the mistake is about.
        None if edited.mistakes => format!(
            "{id} cannot be asked as long as a mistake is left in its deck; its history waits for it"
        ),
        None => format!("{id} is gone from its deck; its history waits for it"),
    }
}

/// Opens the editor at a card, until the deck has no mistake or the person has had enough, and
/// links the card with what it has become, where that is certain.
///
/// # Errors
///
/// If there is no such file or editor.
pub fn card(standing: &Standing, desk: &mut Desk, io: &mut Io) -> Result<Edited, CliError> {
    let place = place_of(standing, desk)?;
    let before = read(&place.path)?;
    let mut line = place.line;
    let mistakes = loop {
        editor::open(&place.path, line, &desk.environment, io)?;
        desk.bring_up_to_date()?;
        let mut errors = desk.findings()?;
        errors.retain(|it| it.severity == Severity::Error && it.file == place.shown);
        let Some(first) = errors.first() else { break false };
        line = first.line.max(1);
        report::show(io, &errors);
        let again = io.interactive && prompt::confirm("Go back to the editor?", io)? == Some(true);
        if !again {
            break true;
        }
    };
    let now = read(&place.path)?;
    let card = card_now(standing, &before, &now, desk)?;
    Ok(Edited { card, changed: now != before, mistakes })
}

/// Returns the real file of a card's deck.
///
/// # Errors
///
/// If it stands in none.
pub fn file_of(standing: &Standing, desk: &Desk) -> Result<PathBuf, CliError> {
    place_of(standing, desk).map(|place| place.path)
}

/// Where a card stands.
struct Place {
    path: PathBuf,
    /// The file, as commands show it.
    shown: String,
    line: u32,
}

/// Returns where a card stands as the files are now, also if it is left out there.
fn place_of(standing: &Standing, desk: &Desk) -> Result<Place, CliError> {
    let key = &standing.card.note;
    let at = |file: DeckFile, line| Place { path: file.path, shown: file.shown, line };
    if standing.left_out {
        let left_out = |file: DeckFile| {
            let deck = yaml::read(read(&file.path).ok()?.as_bytes(), "").deck?;
            let (_, line) = deck.left_out.into_iter().find(|(left_out, _)| left_out == key)?;
            Some(at(file, line))
        };
        if let Some(place) = desk.deck_files().into_iter().find_map(left_out) {
            return Ok(place);
        }
    }
    if standing.parked {
        let id = text::one_line(standing.card.id.as_str());
        return Err(CliError::failed(format!("card {id:?} stands in no deck now"))
            .hint("it is asked again as soon as a deck has it again"));
    }
    let file = desk.deck_files().into_iter().find(|file| file.shown == standing.file);
    let file = file
        .ok_or_else(|| CliError::failed(format!("{} is gone", text::one_line(&standing.file))))?;
    // The deck may have been edited since the card was asked.
    let notes = notes_of(&read(&file.path)?);
    let note = keys_of(&notes).iter().position(|other| other == key);
    Ok(at(file, note.map_or(standing.card.line, |note| notes[note].line)))
}

fn read(path: &Path) -> Result<String, CliError> {
    let bytes = load::read_within(path, load::LARGEST_FILE).map_err(|error| {
        CliError::failed(format!("{} cannot be read: {error}", words::path(path)))
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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

/// Returns which note the one that was number `edited` certainly is now, where it has another key:
/// the only new one between the neighbours that it had, and they must be neighbours still.
///
/// Whoever writes an id says which card it is. So a written one makes this certain only if
/// question or answer stayed.
fn became(before: &[Note], now: &[Note], edited: usize) -> Option<usize> {
    let (keys, keys_now) = (keys_of(before), keys_of(now));
    if keys_now.contains(&keys[edited]) {
        return None;
    }
    let above = edited.checked_sub(1).map(|above| &keys[above]);
    let new = match above {
        Some(above) => keys_now.iter().position(|key| key == above)? + 1,
        None => 0,
    };
    let is_new = keys_now.get(new).is_some_and(|key| !keys.contains(key));
    if !is_new || keys.get(edited + 1) != keys_now.get(new + 1) {
        return None;
    }
    let (was, is) = (&before[edited], &now[new]);
    let written = was.id.is_some() || is.id.is_some();
    let alike = was.front == is.front || was.back == is.back && !was.cloze;
    (was.cloze == is.cloze && (!written || alike)).then_some(new)
}

/// Returns which card of a note became which one of the note that it is now: the same side, and
/// of a text with gaps, the gap with the same text. Where one is left of both, at the same place, it is
/// that.
fn sides<'c>(old: &'c [Card], new: &'c [Card]) -> Vec<(&'c Card, &'c Card)> {
    let mut pairs: Vec<(&Card, &Card)> = Vec::new();
    for card in old {
        let same = |other: &&Card| match (card.gaps(), other.gaps()) {
            (Some(gaps), Some(others)) => gaps == others,
            _ => card.side() == other.side(),
        };
        let only = |cards: &'c [Card]| {
            let mut found = cards.iter().filter(same);
            found.next().filter(|_| found.next().is_none())
        };
        if let (Some(_), Some(other)) = (only(old), only(new)) {
            pairs.push((card, other));
        }
    }
    let rest = |cards: &'c [Card], taken: Vec<&Card>| {
        let mut rest = cards.iter().filter(|card| !taken.contains(card));
        rest.next().filter(|_| rest.next().is_none())
    };
    let old_rest = rest(old, pairs.iter().map(|(old, _)| *old).collect());
    let new_rest = rest(new, pairs.iter().map(|(_, new)| *new).collect());
    let place = |cards: &[Card], card: &Card| cards.iter().position(|other| other == card);
    if let (Some(old_card), Some(new_card)) = (old_rest, new_rest)
        && place(old, old_card) == place(new, new_card)
    {
        pairs.push((old_card, new_card));
    }
    pairs
}

/// Links the edited card, and its siblings, with what they have become; returns what the card is
/// called now, if it can be asked.
fn card_now(
    standing: &Standing,
    before: &str,
    now: &str,
    desk: &mut Desk,
) -> Result<Option<CardId>, CliError> {
    let there = |id: &CardId, desk: &mut Desk| -> Result<Option<Standing>, CliError> {
        Ok(desk.store.standing(id, &desk.settings)?.filter(|card| !card.parked))
    };
    let card = &standing.card;
    if there(&card.id, desk)?.is_some() {
        return Ok(Some(card.id.clone()));
    }
    let (notes, notes_now) = (notes_of(before), notes_of(now));
    let Some(edited) = keys_of(&notes).iter().position(|key| *key == card.note) else {
        return Ok(None);
    };
    let Some(new) = became(&notes, &notes_now, edited) else { return Ok(None) };
    let old_cards = notes[edited].cards(&card.note);
    let new_cards = notes_now[new].cards(&keys_of(&notes_now)[new]);
    let (mut found, mut entries) = (None, Vec::new());
    for (old, new) in sides(&old_cards, &new_cards) {
        // What the file alone takes for a key may be another one beside other decks.
        let Some(new) = there(&new.id, desk)? else { continue };
        if old.id == card.id {
            found = Some(new.card.id.clone());
        }
        if new.schedule.is_none() {
            let deed = Deed::Linked { from: old.id.clone(), by_itself: true };
            entries.push(Entry::now(new.card.id, deed, desk.now()));
        }
    }
    if !entries.is_empty() {
        desk.store.append(&entries, &desk.settings)?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Answer, Details};

    /// Returns notes from words such as `id=front/back`, without the id `front/back`.
    fn notes(text: &str) -> Vec<Note> {
        let note = |word: &str| {
            let (id, text) =
                word.split_once('=').map_or((None, word), |(id, text)| (Some(id), text));
            let (front, back) = text.split_once('/').unwrap();
            Note {
                id: id.map(str::to_owned),
                line: 1,
                front: front.to_owned(),
                back: Answer::Text(back.to_owned()),
                reverse: false,
                cloze: false,
                details: Details::default(),
            }
        };
        text.split(' ').map(note).collect()
    }

    #[test]
    fn a_note_is_certainly_what_stands_between_its_neighbours() {
        for (before, now, wanted) in [
            // The second is the edited one.
            ("a/1 b/2 c/3", "a/1 x/9 c/3", Some(1)),
            ("a/1 b/2", "a/1 x/9", Some(1)),
            ("a/1 b/2 c/3", "a/1 b/9 c/3", None), // the same key
            ("a/1 b/2 c/3", "a/1 c/3", None),     // gone
            ("a/1 b/2 c/3", "a/1 c/3 x/9", None), // gone, and another one elsewhere
            ("a/1 b/2 c/3", "a/1 x/9 y/8 c/3", None),
            ("a/1 b/2 c/3", "a/1 x/9 y/8", None),
            ("a/1 b/2 c/3", "c/3 x/9 a/1", None),
            // A written id says which card it is.
            ("i=a/1 j=b/2", "i=a/1 k=x/9", None),
            ("i=a/1 j=b/2", "i=a/1 k=b/9", Some(1)),
            ("i=a/1 j=b/2", "i=a/1 k=x/2", Some(1)),
            ("i=a/1 j=b/2", "i=a/1 x/9", None),
            ("a/1 b/2", "a/1 k=x/9", None),
            ("a/1 b/2", "a/1 k=x/2", Some(1)),
        ] {
            assert_eq!(became(&notes(before), &notes(now), 1), wanted, "{before} to {now}");
        }
        assert_eq!(became(&notes("a/1 b/2"), &notes("x/9 b/2"), 0), Some(0));
    }

    #[test]
    fn a_gap_is_the_one_with_its_text() {
        let cards = |text: &str, key: &str| {
            let mut note = notes("x/").remove(0);
            (note.cloze, note.front) = (true, text.to_owned());
            note.cards(key)
        };
        for (before, now, wanted) in [
            (
                "{{Paris}} is in {{France}}",
                "{{Europe}}: {{Paris}} in {{France}}",
                "c-paris>c-paris c-france>c-france",
            ),
            ("{{Paris}} is in {{France}}", "In {{Europe}}, {{Paris}}", "c-paris>c-paris"),
            (
                "{{Paris}} is in {{France}}",
                "{{Pariss}} lies in {{France}}",
                "c-france>c-france c-paris>c-pariss",
            ),
            ("{{a}} {{a}}", "{{b}} {{a}} {{a}}", ""),
            ("{{c1::a}} {{c2::b}}", "{{c1::b}} {{c2::a}}", "c1>c2 c2>c1"),
        ] {
            let (old, new) = (cards(before, "o"), cards(now, "n"));
            let pairs: Vec<String> = sides(&old, &new)
                .into_iter()
                .map(|(old, new)| format!("{}>{}", &old.side()[1..], &new.side()[1..]))
                .collect();
            assert_eq!(pairs.join(" "), wanted, "{before} to {now}");
        }
    }
}
