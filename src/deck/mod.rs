//! Decks: what a file of notes says.

pub mod edit;
mod files;
pub mod lint;
pub mod load;
pub mod loose;
pub mod naming;
pub mod write;
pub mod yaml;

pub use files::{DeckFile, FileState, Pulled, ReadFile, Sources};

use serde::{Deserialize, Serialize};

/// The JSON Schema of a deck: what the reader accepts, as far as a schema can say it.
pub const SCHEMA: &str = include_str!("schema.json");

use crate::card::Note;
use crate::settings::DeckOptions;

/// A file of notes, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deck {
    /// What is said once for all of its notes.
    pub head: Head,
    /// The notes without an error, in the order of the file.
    pub notes: Vec<Note>,
    /// The keys that the others would have, as far as they can be read, each with its line: they are
    /// not gone.
    pub left_out: Vec<(String, u32)>,
}

/// What a deck says once for all of its notes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Head {
    /// The shown name, where one is written; else the file's name is.
    pub title: Option<String>,
    /// A sentence about the deck.
    pub description: Option<String>,
    /// Every note has these tags.
    pub tags: Vec<String>,
    /// Settings of this deck, over the configuration's.
    pub options: DeckOptions,
}
