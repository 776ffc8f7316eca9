//! Files that may be decks, as whoever keeps them must know them.

use std::borrow::Cow;
use std::path::PathBuf;

use super::Head;
use crate::card::{Note, hex};
use crate::diagnostic::Diagnostic;

/// What tells one state of a file from another without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    /// Device, inode, size, mtime and ctime.
    pub text: String,
    /// Whether it was at rest: changed last more than two seconds ago.
    pub settled: bool,
}

/// A file that may be a deck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeckFile {
    /// The real file, links resolved.
    pub path: PathBuf,
    /// The path as commands show it, such as `decks/domains.yaml`.
    pub shown: String,
    /// The deck's name for commands and JSON, such as `lang/verbs`.
    pub deck: String,
    /// Its state.
    pub state: FileState,
}

impl DeckFile {
    /// Returns the path as a text that no other path has, also where it is none.
    pub fn key(&self) -> Cow<'_, str> {
        match self.path.to_str() {
            Some(path) => Cow::Borrowed(path),
            None => {
                let bytes = self.path.as_os_str().as_encoded_bytes();
                Cow::Owned(format!("{} ({})", self.path.to_string_lossy(), hex(bytes)))
            }
        }
    }
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadFile {
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// Whether it is a deck at all.
    pub is_deck: bool,
    /// What it says for all of its notes.
    pub head: Head,
    /// Its notes without an error.
    pub notes: Vec<Note>,
    /// The keys of the others, as far as they can be read, each with its line.
    pub left_out: Vec<(String, u32)>,
    /// What is wrong in it.
    pub findings: Vec<Diagnostic>,
}

/// What looking into a file brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Pulled {
    /// The bytes are those that were read before.
    Unchanged,
    /// It was read anew.
    Read(Box<ReadFile>),
}

/// Where decks come from: they may be read on another core.
pub trait Sources: Send {
    /// Returns the files there are now, in the order in which commands show them.
    fn files(&mut self) -> Vec<DeckFile>;

    /// Reads a file, unless its bytes still have the hash `known`.
    fn pull(&mut self, file: &DeckFile, known: Option<[u8; 32]>) -> Pulled;
}
