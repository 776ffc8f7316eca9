//! What differs between two texts, word by word or letter by letter.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::fold;

/// A part of two texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// In both.
    Same(String),
    /// In the first only.
    Gone(String),
    /// In the second only.
    New(String),
}

/// Words and separators, or letters, of the differing middle, on one side, up to which it is looked
/// into.
const MAX_TOKENS: usize = 2_000;

/// Returns how `before` became `after`, by words.
///
/// The pieces that are the same, with those that are gone, spell `before`; with those that are new,
/// `after`. What is gone stands before what is new in its place; no piece is empty. Texts that
/// differ over more than about a thousand words differ as a whole there.
pub fn word_difference(before: &str, after: &str) -> Vec<Piece> {
    let words = |text| UnicodeSegmentation::split_word_bounds(text).map(Token::of).collect();
    token_difference(words(before), words(after))
}

/// Returns how `typed` becomes `wanted` by what one sees as letters; those that are judged as the
/// same are told as they are wanted.
///
/// What is gone was typed and is not wanted; what is new is wanted and was not typed. With what is
/// the same, it spells `wanted`.
pub fn slips(typed: &str, wanted: &str, fold_accents: bool) -> Vec<Piece> {
    let token = |text| Token { text, essence: fold(text, fold_accents, "").into() };
    let letters = |text| UnicodeSegmentation::graphemes(text, true).map(token).collect();
    token_difference(letters(typed), letters(wanted))
}

/// A word, a separator or a letter, equal to all that are the same in what counts.
struct Token<'a> {
    text: &'a str,
    essence: Cow<'a, str>,
}

impl<'a> Token<'a> {
    fn of(text: &'a str) -> Token<'a> {
        Token { text, essence: text.into() }
    }
}

impl PartialEq for Token<'_> {
    fn eq(&self, other: &Token<'_>) -> bool {
        self.essence == other.essence
    }
}

/// Returns the text of tokens.
fn spelled(tokens: &[Token<'_>]) -> String {
    tokens.iter().map(|token| token.text).collect()
}

/// Returns how the tokens of a text became those of another.
fn token_difference(old: Vec<Token<'_>>, new: Vec<Token<'_>>) -> Vec<Piece> {
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev());
    let end = end.take_while(|(old, new)| old == new).count();
    let old_middle = &old_rest[..old_rest.len() - end];
    let new_middle = &new_rest[..new_rest.len() - end];

    let mut difference = Difference::default();
    difference.same(&new[..start]);
    if old_middle.len().max(new_middle.len()) > MAX_TOKENS {
        difference.gone.push_str(&spelled(old_middle));
        difference.new.push_str(&spelled(new_middle));
    } else {
        difference.compare(old_middle, new_middle);
    }
    difference.same(&new_rest[new_middle.len()..]);
    difference.pieces()
}

/// Pieces in the making.
#[derive(Default)]
struct Difference {
    /// What is the same, behind what was gone and new before it.
    steps: Vec<(String, String, String)>,
    gone: String,
    new: String,
}

impl Difference {
    /// Adds tokens that both sides have.
    fn same(&mut self, tokens: &[Token<'_>]) {
        let text = spelled(tokens);
        match self.steps.last_mut() {
            _ if text.is_empty() => {}
            Some((.., same)) if self.gone.is_empty() && self.new.is_empty() => same.push_str(&text),
            _ => {
                let step = (std::mem::take(&mut self.gone), std::mem::take(&mut self.new), text);
                self.steps.push(step);
            }
        }
    }

    /// Adds `old` against `new` by their longest common subsequence, a word weighing more than
    /// the blanks around it.
    fn compare(&mut self, old: &[Token<'_>], new: &[Token<'_>]) {
        let weight = |token: &Token<'_>| if token.text.trim().is_empty() { 1 } else { 4_u16 };
        let columns = new.len() + 1;
        // common[i * columns + j]: the weight that old[i..] and new[j..] have in common.
        let mut common = vec![0_u16; (old.len() + 1) * columns];
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                let here = i * columns + j;
                common[here] = if old[i] == new[j] {
                    common[here + columns + 1] + weight(&old[i])
                } else {
                    common[here + columns].max(common[here + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < old.len() && j < new.len() {
            let here = i * columns + j;
            if old[i] == new[j] {
                self.same(&new[j..=j]);
                (i, j) = (i + 1, j + 1);
            } else if common[here + columns] >= common[here + 1] {
                self.gone.push_str(old[i].text);
                i += 1;
            } else {
                self.new.push_str(new[j].text);
                j += 1;
            }
        }
        self.gone.push_str(&spelled(&old[i..]));
        self.new.push_str(&spelled(&new[j..]));
    }

    /// Returns the pieces; blanks between two changes are part of them.
    fn pieces(mut self) -> Vec<Piece> {
        self.steps.push((self.gone, self.new, String::new()));
        let mut pieces = Vec::new();
        let (mut gone, mut new) = (String::new(), String::new());
        let last = self.steps.len() - 1;
        for (at, (more_gone, more_new, same)) in self.steps.iter().enumerate() {
            gone.push_str(more_gone);
            new.push_str(more_new);
            let changed = !gone.is_empty() || !new.is_empty();
            let changes_after = at < last
                && self.steps[at + 1..]
                    .iter()
                    .any(|(gone, new, _)| !(gone.is_empty() && new.is_empty()));
            if changed && changes_after && same.trim().is_empty() {
                gone.push_str(same);
                new.push_str(same);
                continue;
            }
            for (piece, text) in [
                (Piece::Gone as fn(String) -> Piece, std::mem::take(&mut gone)),
                (Piece::New, std::mem::take(&mut new)),
                (Piece::Same, same.clone()),
            ] {
                if !text.is_empty() {
                    pieces.push(piece(text));
                }
            }
        }
        pieces
    }
}
