//! A file that is no YAML as a whole, read card by card.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::{DeckSeed, Draft, KEYS, Pace, Root, card};
use crate::yaml::{self, Extent, Failure, Kind, Page, Place, Problems, Value};

/// Returns what can be read of `text`, which ended in `failure`, and reports the rest.
///
/// Every line is looked at once, so the time is linear in the text whatever is in it.
pub fn read(text: &str, failure: &Failure, problems: &mut Problems) -> Draft {
    let Some(pieces) = Pieces::of(text) else {
        Page::new(text, 0, problems).failure(failure);
        return Draft::broken();
    };
    let mut draft = Draft::default();
    let mut explained = false;
    let anchors = OnceCell::new();
    {
        let mut page = Page::new(&pieces.head, 0, problems);
        let seed = DeckSeed { page: &mut page, draft: &mut draft, pace: Pace::Head };
        if let Err(failure) = yaml::read(&pieces.head, Extent::File, seed) {
            page.failure(&failure);
            explained = true;
        }
    }
    for (lines_above, piece) in pieces.cards {
        let mut page = Page::new(piece, lines_above, problems);
        match yaml::read_value(piece, Extent::Piece) {
            Ok(list) => {
                if let Value::List(cards) = list.value {
                    for card in cards {
                        card::read(&mut page, card, &mut draft.deck);
                    }
                }
            }
            Err(failure) if failure.kind == Kind::Refused => {
                // Bounded once is bounded; many bounded times would not be.
                page.problems.clear();
                page.failure(&failure);
                return Draft::broken();
            }
            Err(failure) => {
                let elsewhere = failure.kind == Kind::Anchor
                    && alias_at(piece, failure.at).is_some_and(|name| {
                        anchors.get_or_init(|| anchors_in(text)).contains(name)
                    });
                if elsewhere {
                    let message = "this alias cannot be followed while the file has other errors";
                    page.error(failure.at, "anchor-elsewhere", message, "mend the others first");
                } else {
                    page.failure(&failure);
                    explained = true;
                }
            }
        }
    }
    if !explained {
        Page::new(text, 0, problems).failure(failure);
    }
    // A second `cards` is part of the head, and was read with it.
    draft.deck.notes.sort_by_key(|note| note.line);
    draft.root = Root::Deck;
    draft
}

/// A deck, cut up.
struct Pieces<'t> {
    /// The text with its cards as blank lines.
    head: String,
    /// Each item of `cards`, and how many lines are above it.
    cards: Vec<(u32, &'t str)>,
}

impl<'t> Pieces<'t> {
    /// Returns the pieces of a deck whose cards stand below a line `cards:`, one dash each.
    fn of(text: &'t str) -> Option<Pieces<'t>> {
        let lines: Vec<&str> = yaml::lines_of(text).collect();
        let cards = lines.iter().position(|line| matches!(top(line), Top::Key("cards", "")))?;
        let below = &lines[cards + 1..];
        let indent = below.iter().find(|line| !is_blank(line)).and_then(|line| dash(line))?;
        let mut head = String::new();
        let mut starts = Vec::new(); // of the pieces: line, byte
        let mut ends = Vec::new();
        let mut whose = Whose::Cards;
        for (number, line) in lines.iter().enumerate() {
            let start = line.as_ptr() as usize - text.as_ptr() as usize;
            let was = whose;
            whose = match top(line) {
                _ if number <= cards => Whose::Head,
                _ if whose == Whose::End => Whose::End,
                Top::Mark => Whose::End,
                _ if dash(line) == Some(indent) && was != Whose::ListOfHead => {
                    if starts.len() > ends.len() {
                        ends.push(start);
                    }
                    starts.push((number as u32, start));
                    Whose::Cards
                }
                Top::Key(key, value) if KEYS.find(key).is_some() => {
                    if value.is_empty() && key != "cards" { Whose::ListOfHead } else { Whose::Head }
                }
                _ if number == cards + 1 => Whose::Cards,
                _ => was,
            };
            if number > 0 {
                head.push('\n');
            }
            if whose == Whose::Cards {
                continue;
            }
            if starts.len() > ends.len() {
                ends.push(start);
            }
            head.push_str(line);
        }
        if starts.len() > ends.len() {
            ends.push(text.len());
        }
        let pieces = starts.iter().zip(ends);
        let cards = pieces.map(|(&(line, start), end)| (line, &text[start..end])).collect();
        Some(Pieces { head, cards })
    }
}

/// What a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Head,
    /// The value of a key at the top, in which dashes begin no cards.
    ListOfHead,
    Cards,
    /// Another document.
    End,
}

/// What a line is that begins in the first column.
enum Top<'l> {
    /// A key and what follows on the line, without a comment.
    Key(&'l str, &'l str),
    /// A mark between documents.
    Mark,
    Other,
}

fn top(line: &str) -> Top<'_> {
    if line.starts_with("---") || line.starts_with("...") {
        return Top::Mark;
    }
    match line.split_once(':') {
        Some((key, value)) if !key.starts_with([' ', '#']) => {
            let value = value.trim_start();
            Top::Key(key.trim_end(), if value.starts_with('#') { "" } else { value.trim_end() })
        }
        _ => Top::Other,
    }
}

/// Returns how far a line that begins an item of a list is indented.
fn dash(line: &str) -> Option<usize> {
    let item = line.trim_start_matches(' ');
    let is_item = item == "-" || item.starts_with("- ") || item.starts_with("-\t");
    is_item.then(|| line.len() - item.len())
}

fn is_blank(line: &str) -> bool {
    let text = line.trim_start();
    text.is_empty() || text.starts_with('#')
}

/// Returns the name of the alias at `at`.
fn alias_at(text: &str, at: Place) -> Option<&str> {
    let line = yaml::lines_of(text).nth(at.line.checked_sub(1)? as usize)?;
    let (start, _) = line.char_indices().nth(at.column.checked_sub(1)? as usize)?;
    line[start..].strip_prefix('*').map(name)
}

/// Returns the names of everything in `text` that looks like an anchor.
fn anchors_in(text: &str) -> HashSet<&str> {
    text.split('&').skip(1).map(name).collect()
}

/// Returns the name of an anchor that `text` begins with.
fn name(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}'));
    &text[..end.unwrap_or(text.len())]
}
