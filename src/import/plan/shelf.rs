//! The decks of the home while imports change them: what each says, and where each card stands.

use std::cell::OnceCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use crate::card::Note;
use crate::deck::{Deck, edit, write, yaml};
use crate::import::ImportedDeck;
use crate::import::merge::{self, Block};

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
    /// What the text says, once that was asked; `None` if it is no deck.
    read: OnceCell<Option<Deck>>,
}

impl Shelved {
    /// Returns what the text says; `None` if it is no deck.
    pub(super) fn says(&self) -> Option<&Deck> {
        let read = || yaml::read(self.text.as_bytes(), &self.shown).deck;
        self.read.get_or_init(read).as_ref()
    }
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
    pub(super) by_name: HashMap<String, usize>,
    pub(super) by_id: HashMap<String, Vec<(usize, usize)>>,
    /// By [`Note::hash_of_both`].
    pub(super) by_texts: HashMap<u64, (usize, usize)>,
    /// Other ids that are no new card's: of what is left out of a deck, or was in one.
    taken: HashSet<String>,
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
            let read = OnceCell::from(yaml::read(&bytes, &shown).deck);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let on_disk = Some(bytes);
            shelf.push(Shelved { path, shown, deck, on_disk, text, touched: false, read });
        }
        shelf
    }

    fn push(&mut self, file: Shelved) {
        let at = self.files.len();
        self.by_name.entry(file.deck.clone()).or_insert(at);
        self.learn_all(at, &file);
        self.files.push(file);
    }

    /// Takes what a file says into the indexes.
    fn learn_all(&mut self, at: usize, file: &Shelved) {
        let Some(deck) = file.says() else { return };
        self.learn((at, 0), deck.notes.iter().map(|note| (note, note.hash_of_both())));
        self.taken.extend(deck.left_out.iter().map(|(key, _)| key.clone()));
    }

    /// Takes notes of a file into the indexes, of which the first stands at this place, with the
    /// hashes of their texts.
    pub(super) fn learn<'n>(
        &mut self,
        (at, first): (usize, usize),
        notes: impl IntoIterator<Item = (&'n Note, u64)>,
    ) {
        for (number, (note, of_both)) in (first..).zip(notes) {
            let keys = match &note.id {
                Some(id) => vec![id.clone()],
                None => vec![note.key_of_front(), note.key_of_both()],
            };
            for key in keys {
                match self.by_id.entry(key) {
                    Entry::Occupied(mut places) => places.get_mut().push((at, number)),
                    Entry::Vacant(free) => drop(free.insert(vec![(at, number)])),
                }
            }
            self.by_texts.entry(of_both).or_insert((at, number));
        }
    }

    pub(super) fn learn_anew(&mut self) {
        // An id stays with the card that had it.
        self.taken.extend(self.by_id.drain().map(|(id, _)| id));
        self.by_texts.clear();
        let files = std::mem::take(&mut self.files);
        files.iter().enumerate().for_each(|(at, file)| self.learn_all(at, file));
        self.files = files;
    }

    pub(super) fn note(&self, (file, number): (usize, usize)) -> Option<&Note> {
        self.files.get(file)?.says()?.notes.get(number)
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
    pub(super) fn rewrite(&mut self, at: usize, text: String, notes: &[Note]) -> bool {
        let Some(file) = self.files.get_mut(at) else { return false };
        let reading = yaml::read(text.as_bytes(), &file.shown);
        let Some(deck) = reading.deck else { return false };
        let before = file.says();
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
        (file.text, file.read, file.touched) = (text, OnceCell::from(Some(deck)), true);
        true
    }

    pub(super) fn unused_id(&self, wanted: String) -> String {
        let free = |id: &str| !self.is_taken(id);
        if free(&wanted) {
            return wanted;
        }
        (2u32..).map(|number| format!("{wanted}-{number}")).find(|id| free(id)).unwrap_or(wanted)
    }

    pub(super) fn is_taken(&self, id: &str) -> bool {
        self.by_id.contains_key(id) || self.taken.contains(id)
    }

    pub(super) fn learn_texts(&mut self, at: usize) {
        let Some(deck) = self.files[at].says() else { return };
        for (number, note) in deck.notes.iter().enumerate() {
            self.by_texts.entry(note.hash_of_both()).or_insert((at, number));
        }
    }

    /// Returns the name for a deck: the wanted one, unless cards other than those `known` have it.
    pub(super) fn unused_name(&self, wanted: &str, known: &HashSet<(usize, usize)>) -> String {
        let ours = |at: &usize| {
            let notes = self.files[*at].says().map(|deck| (deck.notes.len(), deck.left_out.len()));
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

    pub(super) fn numbered(&self, wanted: &str) -> String {
        let names = (2u32..).map(|number| format!("{wanted}-{number}"));
        names.into_iter().find(|name| !self.by_name.contains_key(name)).unwrap_or_default()
    }

    /// Adds notes to a deck that is there; returns its number, and of the first new note.
    pub(super) fn append(&mut self, at: usize, notes: &[&Note]) -> Option<(usize, usize)> {
        let deck = self.files[at].says()?;
        let notes: Vec<Note> = notes.iter().copied().cloned().collect();
        let text = edit::with_cards(&self.files[at].text, &notes)?;
        let mut all = deck.notes.clone();
        let first = all.len();
        all.extend(notes);
        self.rewrite(at, text, &all).then_some((at, first))
    }

    /// Makes a deck of these notes, which are all that its text says; returns its number.
    pub(super) fn make(&mut self, name: &str, deck: &ImportedDeck, notes: &[&Note]) -> usize {
        let mut head = deck.head.clone();
        if let Some(number) = name.strip_prefix(&*deck.name).and_then(|rest| rest.strip_prefix('-'))
        {
            head.title = head.title.map(|title| format!("{title} ({number})"));
        }
        let text = write::deck(&head, notes);
        let shown = format!("decks/{name}.yaml");
        let read = OnceCell::new();
        let path = self.root.join(format!("{name}.yaml"));
        let (deck, on_disk) = (name.to_owned(), None);
        let at = self.files.len();
        self.by_name.insert(deck.clone(), at);
        self.files.push(Shelved { path, shown, deck, on_disk, text, touched: true, read });
        at
    }
}

/// Returns the lines of each note of a deck.
pub(super) fn blocks_of(text: &str, deck: &Deck) -> Vec<Block> {
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
