//! The one rule of all imports: what becomes of the decks when other people's cards come in.
//!
//! - A card that is there already, by its id or else by front and back, is not doubled.
//! - A name that is taken by other cards gets a number, be it of a deck or of a card.
//! - A card of a source that was imported before is merged by three texts: what that import brought,
//!   what the deck says now, and what the source says now. What nobody touched is updated; what the
//!   learner touched is kept, and told.
//! - Nothing is taken away.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::merge::{self, Block};
use super::{Imported, ImportedDeck, Item, Wanted};
use crate::card::{Answer, Details, Note};
use crate::deck::{Deck, write, yaml};

/// A file of the deck folders.
#[derive(Clone, Debug)]
pub struct Shelved {
    /// Where it is.
    pub path: PathBuf,
    /// The path as commands show it.
    pub shown: String,
    /// The deck's name.
    pub deck: String,
    /// The bytes on the disk; `None` if there is no file yet.
    pub on_disk: Option<Vec<u8>>,
    /// The text as it is to be.
    pub text: String,
    /// Whether an import has changed the text.
    touched: bool,
    /// What the text says; `None` if it is no deck.
    read: Option<Deck>,
}

/// All decks, with what imports do to them.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Below which new decks are made.
    root: PathBuf,
    /// The files, those that are new behind the others.
    pub files: Vec<Shelved>,
    /// Whether sources that come together may share a deck that is new.
    pub together: bool,
    by_name: HashMap<String, usize>,
    by_id: HashMap<String, Vec<(usize, usize)>>,
    by_texts: HashMap<String, (usize, usize)>,
    taken: HashSet<String>,
}

/// What was imported from a source last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Cells of a board that a person placed, and their categories.
    pub places: BTreeMap<String, String>,
    /// The names that its decks got.
    decks: BTreeMap<String, String>,
    cards: Vec<Kept>,
}

/// A card as it was imported last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    origin: String,
    id: String,
    /// The deck that the source wanted for it.
    wanted: String,
    /// The deck that it came into.
    deck: String,
    front: String,
    back: Answer,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reverse: bool,
    #[serde(default)]
    details: Details,
}

impl Kept {
    fn note(&self) -> Note {
        Note {
            id: Some(self.id.clone()),
            line: 0,
            front: self.front.clone(),
            back: self.back.clone(),
            reverse: self.reverse,
            details: self.details.clone(),
        }
    }
}

/// What becomes of a card of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Added,
    /// It says what it said.
    Same,
    /// These keys are as in the source now.
    Updated(Vec<&'static str>),
    /// These keys are other ones in the deck, and stay; perhaps others were updated.
    Kept {
        /// What stays.
        kept: Vec<&'static str>,
        /// What was updated.
        updated: Vec<&'static str>,
    },
    /// It was taken out of its deck, and stays out.
    Gone,
    /// It went to another deck, from the one that is named.
    Moved(String),
}

/// A card of the source, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Its line in the source.
    pub line: u32,
    /// The question, as the source has it.
    pub front: String,
    /// The answer, as the source has it.
    pub back: Answer,
    /// What becomes of it.
    pub fate: Fate,
    /// The file it is in, as commands show it.
    pub file: String,
}

/// What becomes of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Its cards, in their order.
    pub outcomes: Vec<Outcome>,
    /// Names that were taken: the wanted and the given one.
    pub renamed: Vec<(String, String)>,
    /// What is to be kept of it.
    pub record: Record,
}

impl Shelf {
    /// Returns the decks that are in `files`: path, shown path, name and bytes of each. New ones come
    /// below `root`.
    pub fn new(
        root: PathBuf,
        files: impl IntoIterator<Item = (PathBuf, String, String, Vec<u8>)>,
    ) -> Shelf {
        let mut shelf = Shelf { root, ..Shelf::default() };
        for (path, shown, deck, bytes) in files {
            let read = yaml::read(&bytes, &shown).deck;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let on_disk = Some(bytes);
            shelf.push(Shelved { path, shown, deck, on_disk, text, touched: false, read });
        }
        shelf
    }

    fn push(&mut self, file: Shelved) {
        let at = self.files.len();
        self.by_name.entry(file.deck.clone()).or_insert(at);
        self.files.push(file);
        self.learn(at, 0);
    }

    /// Takes the notes of a file from number `from` on into the indexes.
    fn learn(&mut self, at: usize, from: usize) {
        let Some(deck) = self.files.get(at).and_then(|file| file.read.as_ref()) else { return };
        for (number, note) in deck.notes.iter().enumerate().skip(from) {
            let keys = match &note.id {
                Some(id) => vec![id.clone()],
                None => vec![note.key_of_front(), note.key_of_both()],
            };
            for key in keys {
                self.by_id.entry(key.clone()).or_default().push((at, number));
                self.taken.insert(key);
            }
            self.by_texts.entry(note.key_of_both()).or_insert((at, number));
        }
        self.taken.extend(deck.left_out.iter().map(|(key, _)| key.clone()));
    }

    fn learn_anew(&mut self) {
        self.by_id.clear();
        self.by_texts.clear();
        (0..self.files.len()).for_each(|at| self.learn(at, 0));
    }

    fn note(&self, (file, number): (usize, usize)) -> Option<&Note> {
        self.files.get(file)?.read.as_ref()?.notes.get(number)
    }

    /// Returns the files whose text is another one than on the disk; those that lose cards last.
    pub fn changed(&self) -> Vec<&Shelved> {
        let is_new =
            |file: &&Shelved| file.touched && file.on_disk.as_deref() != Some(file.text.as_bytes());
        let mut changed: Vec<&Shelved> = self.files.iter().filter(is_new).collect();
        changed.sort_by_key(|file| {
            file.on_disk.as_ref().is_some_and(|was| was.len() > file.text.len())
        });
        changed
    }

    /// Gives a file a new text, if that says exactly `notes`.
    fn rewrite(&mut self, at: usize, text: String, notes: &[Note]) -> bool {
        let Some(file) = self.files.get_mut(at) else { return false };
        let reading = yaml::read(text.as_bytes(), &file.shown);
        let Some(deck) = reading.deck else { return false };
        let before = file.read.as_ref();
        let same_rest = before.is_none_or(|before| {
            before.head == deck.head && before.left_out.len() == deck.left_out.len()
        });
        let same = |(one, other): (&Note, &Note)| {
            Note { line: 0, ..one.clone() } == Note { line: 0, ..other.clone() }
        };
        if !same_rest || deck.notes.len() != notes.len() || !deck.notes.iter().zip(notes).all(same)
        {
            return false;
        }
        (file.text, file.read, file.touched) = (text, Some(deck), true);
        true
    }

    fn unused_id(&self, wanted: String) -> String {
        let free = |id: &str| !self.taken.contains(id);
        if free(&wanted) {
            return wanted;
        }
        (2u32..).map(|number| format!("{wanted}-{number}")).find(|id| free(id)).unwrap_or(wanted)
    }

    /// Plans what becomes of a source: `record` is what was kept of its last import.
    pub fn take_in(&mut self, imported: &Imported, record: Record) -> Report {
        let mut report =
            Report { record: Record { cards: Vec::new(), ..record.clone() }, ..Report::default() };
        let matched = matched(imported, &record.cards);
        let mut used: HashSet<usize> = HashSet::new();
        let mut work = Work::default();
        for (deck_at, deck) in imported.decks.iter().enumerate() {
            for (item_at, item) in deck.items.iter().enumerate() {
                let known = matched[deck_at][item_at];
                used.extend(known);
                let known = known.and_then(|at| record.cards.get(at));
                let step = self.step(deck, item, known, &work);
                work.take(deck_at, item, known, step);
            }
        }
        self.update(&mut work);
        self.remove_moved(&mut work);
        self.add(imported, &record, &mut work, &mut report);
        for done in work.done {
            let (item, kept) = (done.item, done.kept);
            report.outcomes.push(Outcome {
                id: done.id.clone(),
                line: item.note.line,
                front: item.note.front.clone(),
                back: item.note.back.clone(),
                fate: done.fate,
                file: done.file,
            });
            if kept {
                report.record.cards.push(Kept {
                    origin: item.origin,
                    id: done.id,
                    wanted: imported.decks[done.deck].name.clone(),
                    deck: done.deck_name,
                    front: item.note.front,
                    back: item.note.back,
                    reverse: item.note.reverse,
                    details: item.note.details,
                });
            }
        }
        // What the source says no more may come again.
        let left = record.cards.into_iter().enumerate().filter(|(at, _)| !used.contains(at));
        report.record.cards.extend(left.map(|(_, kept)| kept));
        report
    }

    /// Returns what is to be done about a card of the source.
    fn step(&self, deck: &ImportedDeck, item: &Item, known: Option<&Kept>, work: &Work) -> Step {
        if let Some(known) = known {
            let places = self.by_id.get(&known.id).map_or(&[][..], Vec::as_slice);
            let in_old =
                places.iter().copied().find(|place| self.files[place.0].deck == known.deck);
            if let Some(from) = in_old.filter(|_| known.wanted != deck.name) {
                let elsewhere = places.iter().any(|place| place.0 != from.0);
                return Step::Move { from, elsewhere };
            }
            return match places.first() {
                Some(place) => Step::Merge(*place),
                None if self.by_name.contains_key(&known.deck) => Step::Gone,
                None => Step::Add,
            };
        }
        let same = |place: &(usize, usize)| {
            let texts = |note: &Note| Note { id: None, line: 0, ..note.clone() };
            self.note(*place).is_some_and(|note| texts(note) == texts(&item.note))
        };
        if let Wanted::Given(id) = &item.id {
            if let Some(place) = self.by_id.get(id).and_then(|places| places.first()) {
                return if same(place) { Step::Same(*place) } else { Step::Other(*place) };
            }
            if work.ids.contains(id) {
                return Step::Twice;
            }
        }
        let texts = item.note.key_of_both();
        match self.by_texts.get(&texts) {
            Some(place) => Step::Same(*place),
            None if work.texts.contains(&texts) => Step::Twice,
            None => Step::Add,
        }
    }

    /// Brings cards up to date, file by file, from the last to the first.
    fn update(&mut self, work: &mut Work) {
        let mut by_file: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, done) in work.done.iter_mut().enumerate() {
            let Some((file, number)) = done.place else { continue };
            (done.file, done.deck_name) =
                (self.files[file].shown.clone(), self.files[file].deck.clone());
            let note = self.files[file].read.as_ref().and_then(|deck| deck.notes.get(number));
            if let Some(note) = note.filter(|_| done.id.is_empty()) {
                // Without an id that is written it cannot be told from an edit.
                done.kept = note.id.is_some();
                done.id = note.id.clone().unwrap_or_else(|| note.key_of_front());
            }
            if done.base.is_some() {
                by_file.entry(file).or_default().push((number, at));
            }
        }
        for (file, mut updates) in by_file {
            updates.sort_unstable_by(|one, other| other.cmp(one));
            updates.dedup_by_key(|(number, _)| *number);
            let Some(deck) = self.files[file].read.clone() else { continue };
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
    }

    fn learn_texts(&mut self, at: usize) {
        let Some(deck) = self.files[at].read.as_ref() else { return };
        for (number, note) in deck.notes.iter().enumerate() {
            self.by_texts.entry(note.key_of_both()).or_insert((at, number));
        }
    }

    /// Takes cards out of the decks that they leave; those that cannot be cut out stay.
    fn remove_moved(&mut self, work: &mut Work) {
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
            let Some(deck) = self.files[file].read.clone() else { continue };
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
                    done.moving = Some(note).filter(|_| !done.elsewhere);
                } else {
                    done.fate = Fate::Kept { kept: vec!["category"], updated: Vec::new() };
                }
            }
        }
        self.learn_anew();
    }

    /// Puts new and moved cards into their decks.
    fn add(&mut self, imported: &Imported, record: &Record, work: &mut Work, report: &mut Report) {
        for (deck_at, deck) in imported.decks.iter().enumerate() {
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
            let mut name = match record.decks.get(&deck.name) {
                Some(name) => name.clone(),
                None => self.unused_name(&deck.name, &known),
            };
            loop {
                let notes = self.named(&coming, work, &name);
                let target = self.by_name.get(&name).copied();
                let put = match target {
                    Some(at) => self.append(at, &notes),
                    None => self.make(&name, deck, &notes),
                };
                if let Some((at, first)) = put {
                    self.learn(at, first);
                    for (item, note) in coming.iter().zip(&notes) {
                        let done = &mut work.done[*item];
                        done.id = note.id.clone().unwrap_or_default();
                        done.file = self.files[at].shown.clone();
                        done.deck_name.clone_from(&name);
                    }
                    break;
                }
                // This file cannot be added to.
                name = self.numbered(&deck.name);
            }
            if name != deck.name && record.decks.get(&deck.name) != Some(&name) {
                report.renamed.push((deck.name.clone(), name.clone()));
            }
            report.record.decks.insert(deck.name.clone(), name);
        }
    }

    /// Returns the notes that come into the deck `name`, with their ids.
    fn named(&self, coming: &[usize], work: &Work, name: &str) -> Vec<Note> {
        let mut given: HashSet<String> = HashSet::new();
        coming
            .iter()
            .map(|at| {
                let done = &work.done[*at];
                if let Some(moving) = &done.moving {
                    return moving.clone();
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
                        if self.taken.contains(&of_front) || given.contains(&of_front) {
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
                Note { id: Some(id), ..done.item.note.clone() }
            })
            .collect()
    }

    /// Returns the name for a deck: the wanted one, unless cards other than those `known` have it.
    fn unused_name(&self, wanted: &str, known: &HashSet<(usize, usize)>) -> String {
        let ours = |at: &usize| {
            let notes =
                self.files[*at].read.as_ref().map(|deck| (deck.notes.len(), deck.left_out.len()));
            notes.is_some_and(|(notes, broken)| {
                broken == 0 && (0..notes).all(|number| known.contains(&(*at, number)))
            })
        };
        let shared = |at: &usize| self.together && self.files[*at].on_disk.is_none();
        match self.by_name.get(wanted) {
            Some(at) if !ours(at) && !shared(at) => self.numbered(wanted),
            _ => wanted.to_owned(),
        }
    }

    fn numbered(&self, wanted: &str) -> String {
        let names = (2u32..).map(|number| format!("{wanted}-{number}"));
        names.into_iter().find(|name| !self.by_name.contains_key(name)).unwrap_or_default()
    }

    /// Adds notes to a deck that is there; returns its number, and of the first new note.
    fn append(&mut self, at: usize, notes: &[Note]) -> Option<(usize, usize)> {
        let deck = self.files[at].read.clone()?;
        let text = &self.files[at].text;
        let indent = blocks_of(text, &deck).last().map_or(write::INDENT, |block| block.indent);
        let tags = &deck.head.tags;
        let cards: String = notes.iter().map(|note| write::card(note, tags, indent)).collect();
        let text = merge::with(text, &cards);
        let mut all = deck.notes.clone();
        let first = all.len();
        all.extend(notes.iter().cloned());
        self.rewrite(at, text, &all).then_some((at, first))
    }

    fn make(&mut self, name: &str, deck: &ImportedDeck, notes: &[Note]) -> Option<(usize, usize)> {
        let mut head = deck.head.clone();
        if let Some(number) = name.strip_prefix(&*deck.name).and_then(|rest| rest.strip_prefix('-'))
        {
            head.title = head.title.map(|title| format!("{title} ({number})"));
        }
        let text = write::deck(&head, &notes.iter().collect::<Vec<_>>());
        let shown = format!("decks/{name}.yaml");
        let read = yaml::read(text.as_bytes(), &shown).deck;
        let path = self.root.join(format!("{name}.yaml"));
        let (deck, on_disk) = (name.to_owned(), None);
        let at = self.files.len();
        self.by_name.insert(deck.clone(), at);
        self.files.push(Shelved { path, shown, deck, on_disk, text, touched: true, read });
        Some((at, 0))
    }
}

/// What is to be done about a card.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add,
    /// It is there already.
    Same((usize, usize)),
    /// Its id is there, with other texts.
    Other((usize, usize)),
    /// It is in the source twice.
    Twice,
    Merge((usize, usize)),
    Move {
        from: (usize, usize),
        elsewhere: bool,
    },
    Gone,
}

/// A card of the source while its fate is worked out.
#[derive(Debug)]
struct Done {
    deck: usize,
    item: Item,
    id: String,
    /// Where it is now.
    place: Option<(usize, usize)>,
    /// What was imported last, where the two are to be merged.
    base: Option<Note>,
    /// The card that comes from another deck.
    moving: Option<Note>,
    /// Whether it is in another deck already.
    elsewhere: bool,
    fate: Fate,
    file: String,
    deck_name: String,
    /// Whether it is kept for the next import.
    kept: bool,
}

#[derive(Debug, Default)]
struct Work {
    done: Vec<Done>,
    ids: HashSet<String>,
    texts: HashSet<String>,
}

impl Work {
    fn take(&mut self, deck: usize, item: &Item, known: Option<&Kept>, step: Step) {
        let mut done = Done {
            deck,
            item: item.clone(),
            id: known.map(|known| known.id.clone()).unwrap_or_default(),
            place: None,
            base: None,
            moving: None,
            elsewhere: false,
            fate: Fate::Same,
            file: String::new(),
            deck_name: known.map(|known| known.deck.clone()).unwrap_or_default(),
            kept: true,
        };
        match step {
            Step::Add => {
                done.fate = Fate::Added;
                self.texts.insert(item.note.key_of_both());
                if let Wanted::Given(id) = &item.id {
                    self.ids.insert(id.clone());
                }
            }
            Step::Same(place) => done.place = Some(place),
            Step::Other(place) => {
                done.place = Some(place);
                done.fate = Fate::Kept { kept: vec!["text"], updated: Vec::new() };
            }
            Step::Twice => done.kept = false,
            Step::Merge(place) => {
                (done.place, done.base) = (Some(place), known.map(Kept::note));
            }
            Step::Move { from, elsewhere } => {
                (done.place, done.base) = (Some(from), known.map(Kept::note));
                done.elsewhere = elsewhere;
                done.fate = Fate::Moved(known.map(|known| known.deck.clone()).unwrap_or_default());
            }
            Step::Gone => done.fate = Fate::Gone,
        }
        self.done.push(done);
    }
}

/// Returns for each card of a source which one of those imported last it is.
fn matched(imported: &Imported, kept: &[Kept]) -> Vec<Vec<Option<usize>>> {
    type Key = fn(&Note) -> String;
    let mut matched: Vec<Vec<Option<usize>>> =
        imported.decks.iter().map(|deck| vec![None; deck.items.len()]).collect();
    let mut free: Vec<bool> = vec![true; kept.len()];
    let mut pass = |of_item: &dyn Fn(&Item) -> Option<String>,
                    of_kept: &dyn Fn(&Kept) -> String| {
        let mut known: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, kept) in kept.iter().enumerate().rev().filter(|(at, _)| free[*at]) {
            known.entry(of_kept(kept)).or_default().push(at);
        }
        for (items, matched) in imported.decks.iter().zip(&mut matched) {
            for (item, matched) in items.items.iter().zip(matched.iter_mut()) {
                if matched.is_some() {
                    continue;
                }
                let found = of_item(item).and_then(|key| known.get_mut(&key)).and_then(Vec::pop);
                if let Some(at) = found {
                    (*matched, free[at]) = (Some(at), false);
                }
            }
        }
    };
    let given = |item: &Item| matches!(item.id, Wanted::Given(_));
    pass(&|item| given(item).then(|| item.origin.clone()), &|kept| kept.origin.clone());
    for key in [Note::key_of_both as Key, Note::key_of_front as Key] {
        pass(&|item| (!given(item)).then(|| key(&item.note)), &|kept| key(&kept.note()));
    }
    pass(&|item| Some(item.origin.clone()), &|kept| kept.origin.clone());
    matched
}

/// Whether a card may say what it says: a list that is asked in reverse, say, may not.
fn reads_back(note: &Note) -> bool {
    let text = write::deck(&crate::deck::Head::default(), &[note]);
    yaml::read(text.as_bytes(), "").deck.is_some_and(|deck| deck.notes.len() == 1)
}

/// Returns the lines of each note of a deck.
fn blocks_of(text: &str, deck: &Deck) -> Vec<Block> {
    let own: Vec<u32> = deck.notes.iter().map(|note| note.line).collect();
    let mut all: Vec<u32> =
        own.iter().copied().chain(deck.left_out.iter().map(|(_, line)| *line)).collect();
    all.sort_unstable();
    all.dedup();
    let blocks = merge::blocks(text, &all);
    own.iter()
        .filter_map(|line| all.binary_search(line).ok().and_then(|at| blocks.get(at).copied()))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::deck::Head;
    use crate::deck::write::tests::any_note;

    fn imported(notes: &[Note], given: bool) -> Imported {
        let items = notes.iter().map(|note| {
            let id = note.id.clone().unwrap_or_default();
            let note = Note { id: None, ..note.clone() };
            let (origin, id) = match given {
                true => (id.clone(), Wanted::Given(id)),
                false => (format!("front:{}", note.key_of_front()), Wanted::OfContent),
            };
            Item { origin, id, note }
        });
        let items = items.collect();
        let deck = ImportedDeck { name: "words".into(), head: Head::default(), items };
        Imported { decks: vec![deck], ..Imported::default() }
    }

    fn shelf(files: &[(&str, &str)]) -> Shelf {
        let files = files.iter().map(|(name, text)| {
            let shown = format!("decks/{name}.yaml");
            (PathBuf::from(&shown), shown, (*name).to_owned(), text.as_bytes().to_vec())
        });
        Shelf::new("decks".into(), files)
    }

    fn texts(shelf: &Shelf) -> Vec<(&str, &str)> {
        shelf.files.iter().map(|file| (&*file.deck, &*file.text)).collect()
    }

    fn notes(shelf: &Shelf) -> Vec<Note> {
        let decks = shelf.files.iter().filter_map(|file| file.read.as_ref());
        decks.flat_map(|deck| &deck.notes).map(|note| Note { line: 0, ..note.clone() }).collect()
    }

    fn note(id: &str, front: &str, back: &str) -> Note {
        Note {
            id: Some(id.into()),
            ..super::super::simple(1, front.into(), Answer::Text(back.into()))
        }
    }

    fn fates(report: &Report) -> Vec<&Fate> {
        report.outcomes.iter().map(|outcome| &outcome.fate).collect()
    }

    /// Notes whose ids differ.
    fn distinct(notes: Vec<Note>) -> Vec<Note> {
        let numbered =
            |(at, note): (usize, Note)| Note { id: Some(format!("n{at}")), line: 0, ..note };
        notes.into_iter().enumerate().map(numbered).collect()
    }

    #[test]
    fn what_is_there_already_is_not_doubled() {
        let mine = "cards:\n- id: a\n  front: f\n  back: b\n- front: g\n  back: c\n";
        let source =
            imported(&[note("x", "f", "b"), note("y", "g", "c"), note("z", "h", "d")], false);
        let mut shelf = shelf(&[("mine", mine)]);
        let report = shelf.take_in(&source, Record::default());
        assert_eq!(fates(&report), [&Fate::Same, &Fate::Same, &Fate::Added]);
        assert_eq!(texts(&shelf)[0].1, mine);
        assert_eq!(notes(&shelf).len(), 3);
    }

    #[test]
    fn names_that_are_taken_get_a_number() {
        let mut first = shelf(&[
            ("words", "cards: [{id: a, front: other, back: card}]\n"),
            ("words-2", "cards: []\n"),
        ]);
        let report = first.take_in(
            &imported(&[note("a", "f", "b"), note("b", "g", "c")], true),
            Record::default(),
        );
        assert_eq!(fates(&report)[0], &Fate::Kept { kept: vec!["text"], updated: Vec::new() });
        assert_eq!(report.renamed, [("words".to_owned(), "words-3".to_owned())]);
        let mut source = imported(&[note("", "f", "b"), note("", "g", "c")], false);
        for item in &mut source.decks[0].items {
            item.id = Wanted::InDeck("100".into());
        }
        let mut second = shelf(&[("mine", "cards: [{id: words-100, front: other, back: card}]\n")]);
        let report = second.take_in(&source, Record::default());
        let ids: Vec<_> = report.outcomes.iter().map(|outcome| &*outcome.id).collect();
        assert_eq!(ids, ["words-100-2", "words-100-3"]);
    }

    #[test]
    fn a_new_version_updates_what_nobody_touched() {
        let old = [note("a", "one", "1"), note("b", "two", "2"), note("c", "three", "3")];
        let mut first = shelf(&[]);
        let record = first.take_in(&imported(&old, true), Record::default()).record;
        // The learner adds a comment, a hint and a card of their own, and mends one answer.
        let edited = first.files[0]
            .text
            .replace("    back: \"1\"\n", "    back: \"1\"   # sure?\n")
            .replace("    back: \"2\"\n", "    back: deux\n    hint: French\n")
            + "  - front: my own\n    back: card\n# the end\n";
        let new = [
            note("a", "one!", "uno"),
            note("b", "two!", "zwei"),
            note("c", "three", "3"),
            note("d", "four", "4"),
        ];
        let mut second = shelf(&[("words", &edited)]);
        let report = second.take_in(&imported(&new, true), record);
        assert_eq!(
            fates(&report),
            [
                &Fate::Kept { kept: vec!["back"], updated: vec!["front"] },
                &Fate::Kept { kept: vec!["back"], updated: vec!["front"] },
                &Fate::Same,
                &Fate::Added
            ]
        );
        let wanted =
            edited.replace("front: one", "front: one!").replace("front: two", "front: two!")
                + "  - id: d\n    front: four\n    back: \"4\"\n";
        assert_eq!(texts(&second), [("words", &*wanted)]);
        // Told once: the same version again has nothing to say.
        let mut third = shelf(&texts(&second));
        let again = third.take_in(&imported(&new, true), report.record);
        assert!(fates(&again).iter().all(|fate| **fate == Fate::Same));
        assert!(third.changed().is_empty());
    }

    #[test]
    fn a_card_that_was_taken_out_stays_out_and_a_deck_comes_back() {
        let source = imported(&[note("a", "one", "1"), note("b", "two", "2")], true);
        let mut first = shelf(&[]);
        let record = first.take_in(&source, Record::default()).record;
        let mut second =
            shelf(&[("words", "cards:\n  - id: a\n    front: one\n    back: \"1\"\n")]);
        let report = second.take_in(&source, record.clone());
        assert_eq!(fates(&report), [&Fate::Same, &Fate::Gone]);
        assert!(second.changed().is_empty());
        let mut third = shelf(&[]);
        let report = third.take_in(&source, record);
        assert_eq!(fates(&report), [&Fate::Added, &Fate::Added]);
        assert_eq!(texts(&third), texts(&first));
    }

    #[test]
    fn a_card_that_gets_another_deck_moves_with_its_id() {
        let mut source = imported(&[note("", "one", "1"), note("", "two", "2")], false);
        let mut first = shelf(&[]);
        let record = first.take_in(&source, Record::default()).record;
        let mine = first.files[0].text.replace("back: \"1\"", "back: uno");
        let moved = source.decks[0].items.remove(0);
        let mut other = ImportedDeck { name: "other".into(), ..ImportedDeck::default() };
        other.items.push(moved);
        source.decks.push(other);
        let mut second = shelf(&[("words", &mine)]);
        let report = second.take_in(&source, record);
        assert_eq!(report.outcomes[1].fate, Fate::Moved("words".into()));
        let id = note("", "one", "1").key_of_front();
        assert_eq!(report.outcomes[1].id, id);
        let all = notes(&second);
        assert_eq!(all.len(), 2);
        assert_eq!((all[1].id.as_deref(), &all[1].back), (Some(&*id), &Answer::Text("uno".into())));
        let mut third = shelf(&texts(&second));
        third.take_in(&source, report.record);
        assert!(third.changed().is_empty());
    }

    #[test]
    fn ids_are_never_too_long() {
        let mut source = imported(&[note("", "one", "1"), note("", "two", "2")], false);
        let long = "a".repeat(60);
        source.decks[0].name = [&*long; 4].join("/");
        for item in &mut source.decks[0].items {
            item.id = Wanted::InDeck(format!("{long}-1000000"));
        }
        let mut first = shelf(&[]);
        first.take_in(&source, Record::default());
        let ids: Vec<_> = notes(&first).into_iter().filter_map(|note| note.id).collect();
        assert_eq!(ids.len(), 2, "{}", first.files[0].text);
        assert!(ids[1].ends_with("-1000000-2"));
    }

    #[test]
    fn line_ends_of_windows_stay() {
        let mut first = shelf(&[]);
        let old = imported(&[note("a", "one", "1"), note("b", "two\nlines", "2")], true);
        let record = first.take_in(&old, Record::default()).record;
        let windows = first.files[0].text.replace('\n', "\r\n");
        let mut second = shelf(&[("words", &windows)]);
        let new = [note("a", "one", "uno"), note("b", "two\nrows", "2"), note("c", "x", "y")];
        let report = second.take_in(&imported(&new, true), record);
        let fates = fates(&report);
        assert_eq!(fates[0], &Fate::Updated(vec!["back"]));
        assert_eq!(fates[1], &Fate::Updated(vec!["front"]));
        assert_eq!(notes(&second).len(), 3);
        let text = texts(&second)[0].1;
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    }

    #[test]
    fn a_move_that_was_broken_off_is_finished() {
        let mut source = imported(&[note("", "one", "1"), note("", "two", "2")], false);
        let mut first = shelf(&[]);
        let record = first.take_in(&source, Record::default()).record;
        source.decks[0].name = "other".into();
        let was = first.files[0].text.clone();
        // Written to the new place, and not yet taken from the old one.
        let mut second = shelf(&[("other", &was), ("words", &was)]);
        second.take_in(&source, record);
        assert_eq!(texts(&second), [("other", &*was), ("words", "cards: []\n")]);
    }

    #[test]
    fn a_card_moves_also_if_its_deck_has_it_twice() {
        let mut source = imported(&[note("", "one", "1")], false);
        let mut first = shelf(&[]);
        let record = first.take_in(&source, Record::default()).record;
        source.decks[0].name = "other".into();
        let copy = first.files[0].text.split_once("cards:\n").unwrap().1.replace("\"1\"", "uno");
        let mut second = shelf(&[("words", &(first.files[0].text.clone() + &copy))]);
        second.take_in(&source, record);
        let backs: Vec<_> = notes(&second).into_iter().map(|note| note.back).collect();
        assert_eq!(backs, [Answer::Text("uno".into()), Answer::Text("1".into())]);
    }

    #[test]
    fn a_deck_that_cannot_be_added_to_is_left_alone() {
        let source = imported(&[note("a", "one", "1")], true);
        let mut first = shelf(&[]);
        let record = first.take_in(&source, Record::default()).record;
        let flow = "cards: [{id: a, front: one, back: '1'}]\noptions: {new_per_day: 5}\n";
        let mut second = shelf(&[("words", flow)]);
        let more = imported(&[note("a", "one!", "1"), note("b", "two", "2")], true);
        let report = second.take_in(&more, record);
        assert_eq!(report.renamed, [("words".to_owned(), "words-2".to_owned())]);
        assert_eq!(texts(&second)[0], ("words", flow));
        assert_eq!(fates(&report)[0], &Fate::Kept { kept: vec!["front"], updated: Vec::new() });
    }

    proptest! {
        #[test]
        fn whatever_a_source_brings_reads_back(
            table in "(front,back\n)?([a-c,|\"\n\r\t é:#~-]|\u{85}|\u{a0}|\u{200b}|a,b\n){0,30}",
            board in "A\nB\n(100|200|\n|\r|\u{a0}|What is |\\?|HINT: |1\\. |-|\"|[a-c:#]){0,40}",
            page in "(Q:|A:|\n| :: |---|```|[a-c é\r]){0,30}",
        ) {
            let name = table.lines().next().unwrap_or_default();
            let placed = super::super::board::Placements::new();
            let sources = [
                super::super::csv::read(table.as_bytes(), name, b','),
                super::super::board::read(board.as_bytes(), None, &placed),
                super::super::markdown::read(page.as_bytes(), name),
            ];
            for imported in sources.into_iter().flatten() {
                let mut first = shelf(&[]);
                let report = first.take_in(&imported, Record::default());
                let added = report.outcomes.iter().filter(|outcome| outcome.fate == Fate::Added);
                let mut fronts: Vec<_> = added.map(|outcome| (&outcome.front, &outcome.back)).collect();
                let read = notes(&first);
                let mut found: Vec<_> = read.iter().map(|note| (&note.front, &note.back)).collect();
                fronts.sort_by_key(|(front, back)| (*front, back.texts()));
                found.sort_by_key(|(front, back)| (*front, back.texts()));
                prop_assert_eq!(found, fronts, "{:?}", texts(&first));
                let mut second = shelf(&texts(&first));
                second.take_in(&imported, report.record);
                prop_assert!(second.changed().is_empty());
            }
        }

        #[test]
        fn what_is_imported_reads_back_and_a_second_time_changes_nothing(
            source in vec(any_note(), 0..6),
            given in any::<bool>(),
        ) {
            let source = distinct(source);
            let imported = imported(&source, given);
            let mut first = shelf(&[]);
            let report = first.take_in(&imported, Record::default());
            let added: Vec<Note> = imported.decks[0].items.iter().zip(&report.outcomes)
                .filter(|(_, outcome)| outcome.fate == Fate::Added)
                .map(|(item, outcome)| Note { id: Some(outcome.id.clone()), line: 0, ..item.note.clone() })
                .collect();
            prop_assert_eq!(notes(&first), added);
            // Again, and as if the first time had been killed before it was kept.
            for record in [report.record, Record::default()] {
                let mut second = shelf(&texts(&first));
                let again = second.take_in(&imported, record);
                prop_assert!(second.changed().is_empty());
                prop_assert!(again.outcomes.iter().all(|outcome| outcome.fate == Fate::Same), "{:?}", again.outcomes);
            }
        }

        #[test]
        fn edits_stay_and_the_rest_is_brought_up_to_date(
            cards in vec((any_note(), option::of(any_note()), option::of(any_note())), 1..5),
        ) {
            let base = distinct(cards.iter().map(|card| card.0.clone()).collect());
            let mine = cards.iter().map(|card| card.1.clone().unwrap_or(card.0.clone()));
            let mine = distinct(mine.collect());
            let theirs = cards.iter().map(|card| card.2.clone().unwrap_or(card.0.clone()));
            let theirs = distinct(theirs.collect());
            let mut first = shelf(&[]);
            let record = first.take_in(&imported(&base, true), Record::default()).record;
            let edited = format!("# mine\n{}# end\n", write::deck(&Head::default(), &mine.iter().collect::<Vec<_>>()));
            let mut second = shelf(&[("words", &edited)]);
            second.take_in(&imported(&theirs, true), record);
            let now = notes(&second);
            prop_assert_eq!(now.len(), base.len());
            for (at, now) in now.iter().enumerate() {
                for key in write::KEYS {
                    let field = |note: &Note| write::field(note, key, &[], 4);
                    let (was, own, new, is) = (field(&base[at]), field(&mine[at]), field(&theirs[at]), field(now));
                    if own != was || new == was {
                        prop_assert_eq!(is, own, "{} of {:?}", key, mine[at]);
                    } else {
                        prop_assert!(is == own || is == new);
                    }
                }
            }
            let text = texts(&second)[0].1;
            prop_assert!(text.starts_with("# mine\n") && text.ends_with("# end\n"));
            for (at, card) in cards.iter().enumerate().filter(|(_, card)| card.2.is_none()) {
                let block = write::card(&mine[at], &[], write::INDENT);
                prop_assert!(text.contains(&block), "{:?} is as it was", card.0);
            }
        }
    }
}
