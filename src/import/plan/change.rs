//! How a plan changes the texts of decks: cards are brought up to date, taken out, and put in.

use std::collections::{BTreeMap, HashSet};

use super::shelf::blocks_of;
use super::work::Work;
use super::{Fate, Report, Shelf};
use crate::card::Note;
use crate::deck::{write, yaml};
use crate::import::merge::{self, Block};
use crate::import::{ImportedDeck, Wanted};

impl Shelf {
    /// Brings cards up to date, file by file, from the last to the first.
    pub(super) fn update(&mut self, work: &mut Work) {
        let mut by_file: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, done) in work.done.iter_mut().enumerate() {
            let Some((file, number)) = done.place else { continue };
            (done.file, done.deck_name) =
                (self.files[file].shown.clone(), self.files[file].deck.clone());
            let note = self.note((file, number));
            if let Some(note) = note.filter(|_| done.id.is_empty()) {
                // Without an id that is written it cannot be told from an edit.
                done.kept = note.id.is_some();
                done.id = note.id.clone().unwrap_or_else(|| note.key_of_front());
            }
            // What the source says as it did changes nothing, whatever the deck says.
            if done.base.as_ref().is_some_and(|base| !base.says_as(&done.item.note)) {
                by_file.entry(file).or_default().push((number, at));
            }
        }
        for (file, mut updates) in by_file {
            updates.sort_unstable_by(|one, other| other.cmp(one));
            updates.dedup_by_key(|(number, _)| *number);
            let Some(deck) = self.files[file].says().cloned() else { continue };
            let text = &self.files[file].text;
            let blocks = blocks_of(text, &deck);
            let mut notes = deck.notes.clone();
            // What is new, from the last piece to the first, and where the last one begins.
            let (mut pieces, mut above) = (Vec::new(), text.len());
            let mut fates = Vec::new();
            for (number, at) in updates {
                let done = &work.done[at];
                let (Some(base), Some(block)) = (&done.base, blocks.get(number)) else { continue };
                let Block { start, end, indent } = *block;
                let incoming = &done.item.note;
                let tags = &deck.head.tags;
                let (new, mut merged) =
                    merge::merge(&text[start..end], indent, tags, base, &notes[number], incoming);
                if end > above || merged.note.as_ref().is_some_and(|note| !reads_back(note)) {
                    merged.kept.append(&mut merged.updated);
                }
                if !merged.updated.is_empty() {
                    pieces.extend([text[end..above].to_owned(), new]);
                    above = start;
                    notes[number] = merged.note.clone().unwrap_or_else(|| notes[number].clone());
                }
                fates.push((at, merged));
            }
            pieces.push(text[..above].to_owned());
            let text: String = pieces.into_iter().rev().collect();
            let changed = text != self.files[file].text;
            let written = !changed || self.rewrite(file, text, &notes);
            for (at, mut merged) in fates {
                if !written {
                    merged.kept.append(&mut merged.updated);
                }
                if let Fate::Moved(_) = work.done[at].fate {
                    continue;
                }
                work.done[at].fate = match (merged.kept, merged.updated) {
                    (kept, updated) if kept.is_empty() && updated.is_empty() => Fate::Same,
                    (kept, updated) if kept.is_empty() => Fate::Updated(updated),
                    (kept, updated) => Fate::Kept { kept, updated },
                };
            }
            if changed && written {
                self.learn_texts(file);
            }
        }
        for done in &mut work.done {
            if let Fate::Kept { .. } = done.fate {
                done.here = done.place.and_then(|place| self.note(place)).cloned().map(Box::new);
            }
        }
    }

    /// Takes cards out of the decks that they leave; those that cannot be cut out stay.
    pub(super) fn remove_moved(&mut self, work: &mut Work) {
        let mut by_file: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, done) in work.done.iter().enumerate() {
            if let (Some((file, number)), Fate::Moved(_)) = (done.place, &done.fate) {
                by_file.entry(file).or_default().push((number, at));
            }
        }
        if by_file.is_empty() {
            return;
        }
        for (file, mut moved) in by_file {
            moved.sort_unstable();
            let Some(deck) = self.files[file].says().cloned() else { continue };
            let gone: HashSet<usize> = moved.iter().map(|(number, _)| *number).collect();
            let blocks = blocks_of(&self.files[file].text, &deck);
            let cut: Vec<Block> =
                moved.iter().filter_map(|(number, _)| blocks.get(*number).copied()).collect();
            let text = merge::without(&self.files[file].text, &cut, deck.notes.len());
            let left: Vec<Note> = deck
                .notes
                .iter()
                .enumerate()
                .filter(|(at, _)| !gone.contains(at))
                .map(|(_, note)| note.clone())
                .collect();
            let rewritten = self.rewrite(file, text, &left);
            for (number, at) in moved {
                let done = &mut work.done[at];
                if rewritten {
                    let mut note = deck.notes[number].clone();
                    if note.details.category.is_none() {
                        note.details.category.clone_from(&done.item.note.details.category);
                    }
                    done.moving = (!done.elsewhere).then(|| Box::new(note));
                } else {
                    done.fate = Fate::Kept { kept: vec!["category"], updated: Vec::new() };
                }
            }
        }
        self.learn_anew();
    }

    /// Puts new and moved cards into their decks.
    pub(super) fn add(&mut self, decks: &[ImportedDeck], work: &mut Work, report: &mut Report) {
        for (deck_at, deck) in decks.iter().enumerate() {
            let coming: Vec<usize> = (0..work.done.len())
                .filter(|at| {
                    let done = &work.done[*at];
                    done.deck == deck_at && (done.fate == Fate::Added || done.moving.is_some())
                })
                .collect();
            if coming.is_empty() {
                continue;
            }
            let known: HashSet<(usize, usize)> =
                work.done.iter().filter_map(|done| done.place).collect();
            let mut name = match report.record.decks.get(&deck.name) {
                Some(name) => name.clone(),
                None => self.unused_name(&deck.name, &known),
            };
            loop {
                for (at, id) in coming.iter().zip(self.new_ids(&coming, work, &name)) {
                    if id.is_some() {
                        work.done[*at].item.note.id = id;
                    }
                }
                let notes: Vec<&Note> = coming.iter().map(|at| work.done[*at].coming()).collect();
                let target = self.by_name.get(&name).copied();
                let put = match target {
                    Some(at) => self.append(at, &notes),
                    None => Some((self.make(&name, deck, &notes), 0)),
                };
                if let Some((at, first)) = put {
                    let of_both = |(item, note): (&usize, &Note)| match &work.done[*item] {
                        done if done.moving.is_some() => note.hash_of_both(),
                        done => done.texts,
                    };
                    let hashes = coming.iter().zip(notes.iter().copied()).map(of_both);
                    self.learn((at, first), notes.iter().copied().zip(hashes));
                    for item in &coming {
                        let done = &mut work.done[*item];
                        done.id = done.coming().id.clone().unwrap_or_default();
                        done.file = self.files[at].shown.clone();
                        done.deck_name.clone_from(&name);
                    }
                    break;
                }
                // This file cannot be added to.
                name = self.numbered(&deck.name);
            }
            if name != deck.name && report.record.decks.get(&deck.name) != Some(&name) {
                report.renamed.push((deck.name.clone(), name.clone()));
            }
            report.record.decks.insert(deck.name.clone(), name);
        }
    }

    /// Returns the ids of the notes that come into the deck `name`; `None` of one that moves, and has
    /// one.
    fn new_ids(&self, coming: &[usize], work: &Work, name: &str) -> Vec<Option<String>> {
        let mut given: HashSet<String> = HashSet::new();
        coming
            .iter()
            .map(|at| {
                let done = &work.done[*at];
                if done.moving.is_some() {
                    return None;
                }
                let known = (!done.id.is_empty()).then(|| done.id.clone());
                let wanted = known.unwrap_or_else(|| match &done.item.id {
                    Wanted::Given(id) => id.clone(),
                    Wanted::InDeck(suffix) => {
                        // An id has up to 128 characters, and may need a number behind it.
                        let room = 118usize.saturating_sub(suffix.len()).max(1);
                        let deck: String = name.replace('/', "-").chars().take(room).collect();
                        format!("{deck}-{suffix}")
                    }
                    Wanted::OfContent => {
                        let of_front = done.item.note.key_of_front();
                        if self.is_taken(&of_front) || given.contains(&of_front) {
                            done.item.note.key_of_both()
                        } else {
                            of_front
                        }
                    }
                });
                let mut id = self.unused_id(wanted.clone());
                let mut number = 2;
                while given.contains(&id) {
                    id = self.unused_id(format!("{wanted}-{number}"));
                    number += 1;
                }
                given.insert(id.clone());
                Some(id)
            })
            .collect()
    }
}

/// Whether a card may say what it says: a list that is asked in reverse, say, may not.
fn reads_back(note: &Note) -> bool {
    let text = write::deck(&crate::deck::Head::default(), &[note]);
    yaml::read(text.as_bytes(), "").deck.is_some_and(|deck| deck.notes.len() == 1)
}
