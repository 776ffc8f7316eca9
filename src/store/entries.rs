//! What is kept of a deck file, made of it without the database.

use crate::card::{CardId, Wording};
use crate::deck::ReadFile;

/// What is kept of a file.
pub(super) struct Entries {
    pub hash: [u8; 32],
    pub is_deck: bool,
    /// JSON, where there is something to say.
    pub head: Option<String>,
    /// The same.
    pub findings: Option<String>,
    /// The keys of notes that have an error, each with its line.
    pub left_out: Vec<(String, u32)>,
    /// The cards in their order: those of a note follow each other.
    pub cards: Vec<CardEntry>,
}

/// What is kept of a card.
pub(super) struct CardEntry {
    pub id: CardId,
    /// The key of its note.
    pub note: String,
    /// Which of the note's cards it is, from 0.
    pub side: i64,
    /// What its front would make its key, where nobody wrote an id.
    pub front: Option<String>,
    pub rev: i64,
    /// JSON of the card.
    pub content: String,
    pub tags: Vec<String>,
}

impl Entries {
    pub(super) fn of(read: ReadFile) -> Entries {
        let ReadFile { hash, is_deck, head, notes, left_out, findings } = read;
        let mut cards = Vec::with_capacity(notes.len());
        for note in notes {
            let front = note.id.is_none().then(|| note.key_of_front());
            let key = note.id.as_ref().or(front.as_ref()).cloned().unwrap_or_default();
            for (side, card) in (0..).zip(note.into_cards(&key)) {
                cards.push(CardEntry {
                    side,
                    front: front.clone(),
                    rev: Wording::of(&card).rev(),
                    content: json(&card),
                    id: card.id,
                    note: card.note,
                    tags: card.details.tags,
                });
            }
        }
        Entries {
            hash,
            is_deck,
            head: (head != Default::default()).then(|| json(&head)),
            findings: (!findings.is_empty()).then(|| json(&findings)),
            left_out,
            cards,
        }
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
