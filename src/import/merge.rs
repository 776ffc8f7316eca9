//! A changed card of a source, brought into the file of a deck by replacing lines.
//!
//! Only texts that nobody touched since they were imported are replaced, and every other byte stays:
//! where the file says a text in another way than it would be written, those of the card alone are
//! written anew.

use crate::card::Note;
use crate::deck::write;

/// What a new version of a card came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The keys that were brought up to date.
    pub updated: Vec<&'static str>,
    /// The keys that differ from the source and were kept.
    pub kept: Vec<&'static str>,
    /// The card as it is now.
    pub note: Option<Note>,
}

/// The lines of a card in the text of its deck.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where the next one begins.
    pub end: usize,
    /// How far its dash stands in.
    pub indent: usize,
}

/// Returns the blocks of the cards that begin on `lines` (1-based), in order.
pub fn blocks(text: &str, lines: &[u32]) -> Vec<Block> {
    let mut starts = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let start_of = |line: u32| starts.get((line as usize).saturating_sub(1)).copied();
    let mut blocks: Vec<Block> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let start = start_of(*line).unwrap_or(text.len());
        let next = lines[at + 1..].iter().find(|next| *next > line);
        let end = next.and_then(|next| start_of(*next)).unwrap_or(text.len());
        let indent = text[start..].len() - text[start..].trim_start_matches(' ').len();
        blocks.push(Block { start, end, indent });
    }
    blocks
}

/// Merges `incoming` into the text of a card's block: `base` is what was imported last, `current`
/// what the block says now. Tags that the deck gives, `of_deck`, stand in no card.
///
/// Returns the new text of the block with what came of it.
pub fn merge(
    block: &str,
    indent: usize,
    of_deck: &[String],
    base: &Note,
    current: &Note,
    incoming: &Note,
) -> (String, Merged) {
    let mut text = with_unix_ends(block);
    // A card has its deck's tags, in front of its own.
    let mut incoming = incoming.clone();
    incoming.details.tags.retain(|tag| !of_deck.contains(tag));
    incoming.details.tags.splice(0..0, of_deck.iter().cloned());
    let incoming = &incoming;
    let mut merged = Merged::default();
    let mut note = current.clone();
    let mut stuck = Vec::new();
    for key in write::KEYS.into_iter().filter(|key| *key != "id") {
        let field = |note: &Note| write::field(note, key, of_deck, indent + 2);
        let (was, is, wanted) = (field(base), field(current), field(incoming));
        // Nothing is taken away.
        if wanted == was || wanted == is || wanted.is_none() {
            continue;
        }
        let replaced = match (&was, &wanted) {
            _ if is != was => None,
            (Some(was), Some(wanted)) => replace(&text, indent, was, wanted),
            (None, Some(wanted)) => {
                let id = write::field(current, "id", of_deck, indent + 2);
                id.and_then(|id| replace(&text, indent, &id, &format!("{id}{wanted}")))
            }
            (_, None) => None,
        };
        match replaced {
            Some(replaced) => {
                text = replaced;
                take(&mut note, incoming, key);
                merged.updated.push(key);
            }
            None if is == was => stuck.push(key),
            None => merged.kept.push(key),
        }
    }
    if !stuck.is_empty() {
        let mut whole = note.clone();
        stuck.iter().for_each(|key| take(&mut whole, incoming, key));
        match written_anew(&text, indent, of_deck, &whole) {
            Some(anew) => {
                (text, note) = (anew, whole);
                merged.updated.append(&mut stuck);
            }
            None => merged.kept.append(&mut stuck),
        }
    }
    merged.note = Some(note);
    (with_ends_of(block, text), merged)
}

/// Returns the text of a block with its card written anew as `note`; `None` where that would lose
/// more than a way of writing: comments, and names for what stands elsewhere.
fn written_anew(text: &str, indent: usize, of_deck: &[String], note: &Note) -> Option<String> {
    let is_own = |line: &&str| {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        line.trim().is_empty() || blanks > indent
    };
    let mut lines = text.split_inclusive('\n');
    let mut own = lines.next()?.len();
    let mut end = own;
    for line in lines.take_while(is_own) {
        own += line.len();
        if !line.trim().is_empty() {
            end = own;
        }
    }
    let (card, rest) = text.split_at(end);
    let marks = ["#", ": &", ": *", "- &", "- *", ", &", ", *", "[&", "[*", "<<", ": !", "- !"];
    let may_lose = marks.iter().any(|mark| card.contains(mark));
    (!may_lose && card.ends_with('\n'))
        .then(|| format!("{}{rest}", write::card(note, of_deck, indent)))
}

fn with_unix_ends(text: &str) -> String {
    if has_windows_ends(text) { text.replace("\r\n", "\n") } else { text.to_owned() }
}

/// Returns `text` with line ends as `other` has them.
fn with_ends_of(other: &str, text: String) -> String {
    if has_windows_ends(other) { text.replace('\n', "\r\n") } else { text }
}

/// Whether each line of a text ends as on Windows.
fn has_windows_ends(text: &str) -> bool {
    text.contains("\r\n") && text.matches('\n').count() == text.matches("\r\n").count()
}

/// Gives `note` what `from` says under `key`.
pub fn take(note: &mut Note, from: &Note, key: &str) {
    let (own, new) = (&mut note.details, from.details.clone());
    match key {
        "front" | "cloze" => {
            note.front.clone_from(&from.front);
            note.cloze = from.cloze;
        }
        "choices" => own.choices = new.choices,
        "back" => note.back.clone_from(&from.back),
        "reverse" => note.reverse = from.reverse,
        "need" => own.need = new.need,
        "ordered" => own.ordered = new.ordered,
        "accept" => own.accept = new.accept,
        "hint" => own.hint = new.hint,
        "why" => own.why = new.why,
        "source" => own.source = new.source,
        "tags" => own.tags = new.tags,
        "value" => own.value = new.value,
        "category" => own.category = new.category,
        "typed" => own.typed = new.typed,
        _ => {}
    }
}

/// Returns the text with the whole lines `was`, which must stand in it once, as `wanted`. The first
/// key of a card stands behind its dash.
fn replace(text: &str, indent: usize, was: &str, wanted: &str) -> Option<String> {
    let dashed = |lines: &str| {
        let mut lines = lines.to_owned();
        lines.replace_range(indent..indent + 1, "-");
        lines
    };
    if let Some(rest) = text.strip_prefix(&dashed(was)) {
        return Some(dashed(wanted) + rest);
    }
    let mut found = text
        .match_indices(was)
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n');
    let at = found.next().filter(|_| found.next().is_none())?;
    // A text of several lines may go on below.
    let behind = &text[at + was.len()..];
    let deeper = behind.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| {
        line.starts_with(&" ".repeat(indent + 3)) && !line.trim_start().starts_with('#')
    });
    (!deeper).then(|| format!("{}{wanted}{behind}", &text[..at]))
}

/// Returns the text without the cards in `gone`, which are blocks of it.
pub fn without(text: &str, gone: &[Block], all: usize) -> String {
    let mut left = String::new();
    let mut from = 0;
    for block in gone {
        left.push_str(&text[from..block.start]);
        from = block.end;
    }
    left.push_str(&text[from..]);
    if all == gone.len()
        && let Some(head) = left.strip_suffix("cards:\n")
    {
        left = format!("{head}cards: []\n");
    }
    left
}
