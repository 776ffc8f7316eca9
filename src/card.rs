//! What can be asked: notes, and the cards made from them.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::cloze::Cloze;

/// The permanent name of a card: its note's key, and its side where it has more than one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CardId(Arc<str>);

impl CardId {
    /// Returns the id that is written `text`.
    ///
    /// Histories hold ids that no deck of ours would allow (imports, newer versions), so any text
    /// is one.
    pub fn new(text: impl Into<Arc<str>>) -> CardId {
        CardId(text.into())
    }

    /// Returns the id as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which prompt of its note a card is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Front to back.
    Front,
    /// Back to front.
    Reverse,
    /// Gaps of a text, by the name that [`Cloze::sides`] gives them.
    Gap(String),
}

impl Side {
    /// Returns the id of this side of the note with `key`.
    pub fn of(&self, key: &str) -> CardId {
        match self {
            Side::Front => CardId::new(key),
            Side::Reverse => CardId(format!("{key}/reverse").into()),
            Side::Gap(name) => CardId(format!("{key}/{name}").into()),
        }
    }
}

/// How a card is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A front and a back.
    Basic,
    /// The other way round of a basic one.
    Reverse,
    /// A front and several answers.
    List,
    /// A text with a gap.
    Cloze,
    /// A front and the answers to choose from.
    Choice,
}

/// The answer of a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// One text, as Markdown.
    Text(String),
    /// Several, as Markdown each.
    List(Vec<String>),
}

impl Answer {
    /// Returns the answer as the JSON text that a wording keeps.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the texts of the answer: one, or each item.
    pub fn texts(&self) -> &[String] {
        match self {
            Answer::Text(text) => std::slice::from_ref(text),
            Answer::List(items) => items,
        }
    }
}

/// What an author writes: one item of a deck's `cards`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The id that stands in the deck, if one does.
    pub id: Option<String>,
    /// Line of the note in its file, 1-based.
    pub line: u32,
    /// The question, as Markdown; of a cloze, the text with its gaps.
    pub front: String,
    /// The answer; of a cloze, an empty text.
    pub back: Answer,
    /// Whether there is a second card, back to front.
    pub reverse: bool,
    /// Whether it is a text with gaps, which make a card each.
    pub cloze: bool,
    /// What else a question's author left.
    pub details: Details,
}

/// Choices that a card has at most: a digit takes one.
pub const MOST_CHOICES: usize = 9;

/// The parts of a card that need not be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// How many items of a list are enough; all of them without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<u32>,
    /// Whether the items of a list have an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<bool>,
    /// The answers to choose from, of which the back is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Of a card that is a gap: the whole text with all of them, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloze: Option<String>,
    /// Typed answers that also count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<String>,
    /// A nudge, shown on request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Shown after the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Where it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The deck's tags and the note's own, each once, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Points on the board.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<u32>,
    /// Column of the board, where it is not the deck's shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Whether it is always, or never, answered by typing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typed: Option<bool>,
}

/// One prompt: what is asked, and what is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its permanent name.
    pub id: CardId,
    /// The key of its note, which its siblings share.
    pub note: String,
    /// How it is asked.
    pub kind: Kind,
    /// The question, as Markdown.
    pub front: String,
    /// The answer.
    pub back: Answer,
    /// Line of its note, 1-based.
    pub line: u32,
    /// The rest.
    #[serde(flatten)]
    pub details: Details,
}

impl Card {
    /// Returns what is in the gaps that this card asks for, if it is one of a text with gaps.
    pub fn gaps(&self) -> Option<Vec<String>> {
        let cloze = Cloze::read(self.details.cloze.as_deref()?).ok()?;
        let (_, name) = self.id.as_str().rsplit_once('/')?;
        let (number, _) = cloze.sides().into_iter().find(|(_, side)| side == name)?;
        Some(cloze.gaps(number))
    }

    /// Returns what the id says behind the key of the note: which side of it this is.
    pub fn side(&self) -> &str {
        self.id.as_str().strip_prefix(&self.note).unwrap_or_default()
    }
}

impl Note {
    /// Returns the cards of this note, whose key is `key`.
    pub fn cards(&self, key: &str) -> Vec<Card> {
        if self.cloze {
            return self.gaps(key);
        }
        let front = Card {
            id: Side::Front.of(key),
            note: key.to_owned(),
            kind: self.kind_of_front(),
            front: self.front.clone(),
            back: self.back.clone(),
            line: self.line,
            details: self.details.clone(),
        };
        let mut cards = vec![front];
        if let (true, Answer::Text(back)) = (self.reverse, &self.back) {
            cards.push(Card {
                id: Side::Reverse.of(key),
                kind: Kind::Reverse,
                front: back.clone(),
                back: Answer::Text(self.front.clone()),
                // Other ways to say the back are no ways to say the front.
                details: Details { accept: Vec::new(), hint: None, ..self.details.clone() },
                ..cards[0].clone()
            });
        }
        cards
    }

    /// Returns the same cards of a note that is not needed any more.
    pub fn into_cards(self, key: &str) -> Vec<Card> {
        if self.cloze || self.reverse {
            return self.cards(key);
        }
        let kind = self.kind_of_front();
        let Note { front, back, line, details, .. } = self;
        vec![Card {
            id: Side::Front.of(key),
            note: key.to_owned(),
            kind,
            front,
            back,
            line,
            details,
        }]
    }

    /// Returns how a note without gaps is asked front to back.
    fn kind_of_front(&self) -> Kind {
        match self.back {
            Answer::Text(_) if !self.details.choices.is_empty() => Kind::Choice,
            Answer::Text(_) => Kind::Basic,
            Answer::List(_) => Kind::List,
        }
    }

    /// Returns a card for the gaps of each number.
    fn gaps(&self, key: &str) -> Vec<Card> {
        let Ok(cloze) = Cloze::read(&self.front) else { return Vec::new() };
        let card = |(number, name)| Card {
            id: Side::Gap(name).of(key),
            note: key.to_owned(),
            kind: Kind::Cloze,
            front: cloze.question(number),
            back: Answer::Text(cloze.answer(number)),
            line: self.line,
            details: Details { cloze: Some(self.front.clone()), ..self.details.clone() },
        };
        cloze.sides().into_iter().map(card).collect()
    }

    /// Whether the other says the same, whatever their ids and places.
    pub fn says_as(&self, other: &Note) -> bool {
        let Note { id: _, line: _, front, back, reverse, cloze, details } = self;
        (front, back, details) == (&other.front, &other.back, &other.details)
            && (*reverse, *cloze) == (other.reverse, other.cloze)
    }

    /// Returns the key of this note if nobody wrote an id note has its front.
    pub fn key_of_front(&self) -> String {
        content_key(&[&self.front])
    }

    /// Returns the key of this note if nobody wrote an id and another note has the same front.
    pub fn key_of_both(&self) -> String {
        hex(&self.hash_of_both().to_be_bytes())
    }

    /// Returns the same as a number.
    pub fn hash_of_both(&self) -> u64 {
        let parts = [&self.front].into_iter().chain(self.back.texts());
        content_hash(parts.map(String::as_str))
    }
}

/// Whether a deck may give a note this id: 1 to 128 of the letters a-z and A-Z, digits, `_`, `.`, `%`
/// `-` and `~`, of which the last four are not the first.
pub fn is_id(id: &str) -> bool {
    let first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let later = |c: char| first(c) || matches!(c, '.' | '%' | '-' | '~');
    id.len() <= 128 && id.starts_with(first) && id.chars().all(later)
}

/// Returns 16 hexadecimal digits of SHA-256 over `parts`, each in NFC, its outer blanks off and its
/// runs of white space as one, with a line feed between two of them.
///
/// Histories hang on this: it never changes.
pub fn content_key(parts: &[&str]) -> String {
    hex(&content_hash(parts.iter().copied()).to_be_bytes())
}

fn content_hash<'t>(parts: impl Iterator<Item = &'t str>) -> u64 {
    let mut hash = Sha256::new();
    for (number, part) in parts.enumerate() {
        if number > 0 {
            hash.update(b"\n");
        }
        if is_normal(part) {
            hash.update(part.as_bytes());
            continue;
        }
        for (number, word) in part.split_whitespace().enumerate() {
            if number > 0 {
                hash.update(b" ");
            }
            if word.is_ascii() {
                hash.update(word.as_bytes());
            } else {
                hash.update(word.nfc().collect::<String>().as_bytes());
            }
        }
    }
    let hash: [u8; 32] = hash.finalize().into();
    u64::from_be_bytes(std::array::from_fn(|at| hash[at]))
}

/// Whether a text is surely in NFC and without blanks that would be taken out, as most are.
pub fn is_normal(text: &str) -> bool {
    let mut before = b' ';
    let mut is_other = false;
    for byte in text.bytes() {
        is_other |= !matches!(byte, b' '..=b'~') | (byte == b' ') & (before == b' ');
        before = byte;
    }
    !is_other && before != b' '
}

/// Returns `bytes` as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// What a card said when it was asked, kept so that an edit can be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The question.
    pub front: String,
    /// The answer, as JSON: a text or a list of texts.
    pub back: String,
    /// Other answers that counted, as a JSON list.
    pub accept: String,
}

impl Wording {
    /// Returns the wording of a card as it is now.
    pub fn of(card: &Card) -> Wording {
        Wording {
            front: card.front.clone(),
            back: card.back.to_json(),
            accept: serde_json::to_string(&card.details.accept).unwrap_or_default(),
        }
    }

    /// Returns the number that stands for exactly this wording, on every machine.
    pub fn rev(&self) -> i64 {
        rev_of(&self.front, &self.back, &self.accept)
    }

    /// Returns the answer.
    pub fn answer(&self) -> Answer {
        serde_json::from_str(&self.back).unwrap_or_else(|_| Answer::Text(self.back.clone()))
    }
}

/// Returns the number that stands for exactly these texts of a wording, on every machine.
///
/// It is made of the first 53 bits of SHA-256 over `retain-wording-1` and each text behind its
/// length (u32, little endian), so that JSON readers that know only doubles keep it whole.
pub fn rev_of(front: &str, back: &str, accept: &str) -> i64 {
    let mut hash = Sha256::new();
    hash.update(b"retain-wording-1");
    for text in [front, back, accept] {
        hash.update((text.len() as u32).to_le_bytes());
        hash.update(text.as_bytes());
    }
    let first: [u8; 8] = hash.finalize()[..8].try_into().unwrap_or_default();
    (u64::from_be_bytes(first) >> 11) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(front: &str, back: &str) -> Note {
        Note {
            id: None,
            line: 1,
            front: front.into(),
            back: Answer::Text(back.into()),
            reverse: false,
            cloze: false,
            details: Details::default(),
        }
    }

    #[test]
    fn a_key_is_the_same_however_the_front_is_spaced_or_composed() {
        let key = note("caf\u{e9} au lait", "milk coffee").key_of_front();
        assert_eq!(key.len(), 16);
        assert_eq!(note("  cafe\u{301}\n au   lait ", "x").key_of_front(), key);
        assert_ne!(note("Cafe au lait", "x").key_of_front(), key);
    }

    #[test]
    fn keys_of_fronts_never_change() {
        // SHA-256("capital of France"), as any tool prints it.
        assert_eq!(note("capital of France", "Paris").key_of_front(), "eebe2433a9f27e9f");
    }

    #[test]
    fn a_reverse_card_swaps_its_sides_and_keeps_its_note() {
        let mut note = note("capital of France", "Paris");
        note.reverse = true;
        let cards = note.cards("fr");
        assert_eq!(cards[1].id.as_str(), "fr/reverse");
        assert_eq!(cards[1].front, "Paris");
        assert_eq!(cards[1].note, "fr");
    }

    #[test]
    fn each_number_of_a_cloze_is_a_card() {
        let mut note = note("{{c2::Paris}} is in {{c1::France::where?}}", "");
        note.cloze = true;
        let cards = note.cards("fr");
        let seen: Vec<_> = cards.iter().map(|card| (card.id.as_str(), &*card.front)).collect();
        assert_eq!(seen, [("fr/c1", "Paris is in [where?]"), ("fr/c2", "[...] is in France")]);
        assert_eq!(cards[1].back, Answer::Text("**Paris** is in France".into()));
        assert_eq!((cards[0].kind, &*cards[0].note), (Kind::Cloze, "fr"));
    }

    #[test]
    fn a_wording_has_one_number_and_every_change_another() {
        let card = &note("a", "b").cards("k")[0];
        let rev = Wording::of(card).rev();
        assert!((0..1 << 53).contains(&rev));
        let mut other = card.clone();
        other.details.accept.push("c".into());
        assert_ne!(Wording::of(&other).rev(), rev);
        other = card.clone();
        other.details.hint = Some("a nudge is no wording".into());
        assert_eq!(Wording::of(&other).rev(), rev);
    }
}
