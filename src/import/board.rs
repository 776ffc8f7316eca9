//! The text of a quiz board: category lines, then rows of cells.
//!
//! A cell is a line with its value, a clue, a blank line, and a response. Boards come out of word
//! processors and slides, so blank lines are missing, responses are glued to clues and phrased as
//! questions, and cells stand there twice. Rows are cells of one value; the first cell of a row is
//! of the first category. A row with another number of cells than there are categories does not
//! say which is which: it stays open until a person does.

use std::collections::{BTreeMap, HashMap};

use super::{
    Imported, ImportedDeck, Item, MOST_ITEMS, Skipped, Unreadable, Wanted, deck_path, one_deck,
    simple, slug, text_of,
};
use crate::card::{Answer, Note, content_key};
use crate::deck::Head;
use crate::text::short;

/// Where cells go whose category nobody has said.
pub const UNPLACED: &str = "unplaced";

/// As many cells as a board has at most, and as many bytes.
const MOST_CELLS: usize = 2_000;
const LARGEST: usize = 1 << 20;

/// As many categories as a board has at most.
const MOST_CATEGORIES: usize = 40;

/// What ends a line; the last four only here, and not for editors.
const ENDS: [char; 6] = ['\n', '\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'];

/// A cell of a board: the value of its row, and which one it is there, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Points.
    pub value: u32,
    /// From 1, over all cells of this value.
    pub position: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.value, self.position)
    }
}

impl std::str::FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Place, ()> {
        let (value, position) = text.trim().split_once('.').ok_or(())?;
        let place = Place {
            value: value.parse().map_err(|_| ())?,
            position: position.parse().map_err(|_| ())?,
        };
        if place.position == 0 { Err(()) } else { Ok(place) }
    }
}

/// Cells and the categories that a person gave them.
pub type Placements = BTreeMap<Place, String>;

/// A row whose cells may belong to several categories, and were not all placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRow {
    /// Its cells that nobody placed: where, the line, the clue, and the category that fits best.
    pub cells: Vec<OpenCell>,
}

/// A cell that nobody placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCell {
    /// Where it is.
    pub place: Place,
    /// Its line.
    pub line: usize,
    /// Its clue.
    pub clue: String,
    /// The category that fits best, as an index.
    pub likely: usize,
    /// What it is called.
    pub likely_name: String,
}

/// A cell as it was read.
#[derive(Clone, Debug)]
struct Cell {
    place: Place,
    line: usize,
    note: Note,
    /// The category, where the row or a person says it.
    category: Option<usize>,
    /// Whether only a person can say it.
    ambiguous: bool,
}

/// Whether a text begins with lines of words, then a value.
pub fn looks_like_one(text: &str) -> bool {
    let lines = lines_of(text);
    let Some(first) = lines.iter().position(|line| value_of(line).is_some()) else { return false };
    let categories = lines[..first].iter().filter(|line| !line.is_empty()).count();
    (1..=MOST_CATEGORIES).contains(&categories)
        && lines[..first]
            .iter()
            .all(|line| line.chars().count() <= 60 && !line.contains(['\t', ':']))
        && lines[first..].iter().filter(|line| !line.is_empty()).count() >= 3
}

/// Returns the categories of a board, in their order.
///
/// # Errors
///
/// A text that is no board.
pub fn categories(input: &[u8]) -> Result<Vec<String>, Unreadable> {
    if input.len() > LARGEST {
        return Err(Unreadable("it is no quiz board: it is larger than 1 MiB".into()));
    }
    let lines = lines_of(text_of(input)?);
    let first = lines.iter().position(|line| value_of(line).is_some());
    let first = first.ok_or_else(|| {
        Unreadable("it is no quiz board: no line is a value, such as 100".to_owned())
    })?;
    let names: Vec<String> =
        lines[..first].iter().filter(|line| !line.is_empty()).cloned().collect();
    for (at, name) in names.iter().enumerate() {
        if names[..at].iter().any(|other| same_name(other, name)) {
            return Err(Unreadable(format!("two categories are called {:?}", short(name))));
        }
    }
    match names.len() {
        0 => {
            Err(Unreadable("it is no quiz board: no category stands above the first value".into()))
        }
        1..=MOST_CATEGORIES => Ok(names),
        many => Err(Unreadable(format!(
            "it is no quiz board: {many} lines stand above the first value"
        ))),
    }
}

/// Returns the index of the category that a person means by `name`.
pub fn category_named(categories: &[String], name: &str) -> Option<usize> {
    categories.iter().position(|category| same_name(category, name))
}

fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| slug(name).unwrap_or_else(|| name.trim().to_lowercase());
    plain(one) == plain(other)
}

/// Reads a board into a deck a category, or into the one deck `all`; `placed` says to which category
/// cells of ambiguous rows belong.
///
/// # Errors
///
/// Bytes that are no text, a text that is no board, a placement in a category that is not there.
pub fn read(input: &[u8], all: Option<&str>, placed: &Placements) -> Result<Imported, Unreadable> {
    let categories = categories(input)?;
    let text = text_of(input)?;
    let mut imported = Imported::default();
    let mut cells = cells(&lines_of(text), &numbers_of(text), &mut imported)?;
    assign(&mut cells, categories.len());
    let count = cells.len();
    place(&mut cells, &categories, placed)?;
    imported.open = open_rows(&cells, &categories);
    let cells = each_once(cells, &categories, &mut imported.remarks);
    let judged = cells.iter().filter(|cell| is_judged(&cell.note.front)).count();
    if judged > 0 {
        let what = if judged == 1 {
            "a true-or-false card comes as an ordinary card: multiple choice is not asked yet"
                .into()
        } else {
            format!(
                "{judged} true-or-false cards come as ordinary cards: multiple choice is not asked yet"
            )
        };
        imported.remarks.push(Skipped::new(0, what));
    }
    imported.what = format!("quiz board, {} categories, {count} cells", categories.len());
    imported.decks = decks(cells, &categories, all);
    Ok(imported)
}

/// Returns the decks that cells make.
fn decks(cells: Vec<Cell>, categories: &[String], all: Option<&str>) -> Vec<ImportedDeck> {
    let name_of = |category: &str| slug(category).unwrap_or_else(|| "category".into());
    let mut decks: Vec<ImportedDeck> = match all {
        Some(all) => vec![one_deck(all)],
        None => categories
            .iter()
            .map(|category| ImportedDeck {
                name: deck_path(&name_of(category)).unwrap_or_default(),
                head: Head { title: Some(category.clone()), ..Head::default() },
                items: Vec::new(),
            })
            .collect(),
    };
    // Categories without letters would share a name.
    for at in 1..decks.len() {
        let (before, deck) = decks.split_at_mut(at);
        let base = deck[0].name.clone();
        let mut number = 2;
        while before.iter().any(|other| other.name == deck[0].name) {
            deck[0].name = format!("{base}-{number}");
            number += 1;
        }
    }
    let mut unplaced = ImportedDeck {
        name: UNPLACED.into(),
        head: Head { title: Some("Unplaced".into()), ..Head::default() },
        items: Vec::new(),
    };
    for mut cell in cells {
        let value = cell.note.details.value.unwrap_or_default();
        let of_category = cell.category.and_then(|at| categories.get(at));
        cell.note.details.category = of_category.cloned();
        let suffix = match (of_category, all) {
            (None, _) => format!("{value}-{}", cell.place.position),
            (Some(_), None) => value.to_string(),
            (Some(category), Some(_)) => format!("{}-{value}", name_of(category)),
        };
        let origin = match of_category {
            Some(category) if !cell.ambiguous => format!("{}-{value}", name_of(category)),
            _ => format!("cell:{}", content_key(&[&cell.note.front])),
        };
        let item = Item { origin, id: Wanted::InDeck(suffix), note: cell.note };
        let at = if all.is_some() { Some(0) } else { cell.category };
        match at.and_then(|at| decks.get_mut(at)) {
            Some(deck) if cell.category.is_some() || all.is_some() => deck.items.push(item),
            _ => unplaced.items.push(item),
        }
    }
    decks.retain(|deck| !deck.items.is_empty());
    if !unplaced.items.is_empty() {
        decks.push(unplaced);
    }
    decks
}

/// Returns the lines with common blanks and straight quotes, without blanks around them.
fn lines_of(text: &str) -> Vec<String> {
    let plain = |char| match char {
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\t' => ' ',
        '\u{201c}'..='\u{201f}' => '"',
        '\u{2018}'..='\u{201b}' => '\'',
        _ => char,
    };
    let visible = |char: &char| !matches!(char, '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{2060}');
    text.replace("\r\n", "\n")
        .split(ENDS)
        .map(|line| line.chars().filter(visible).map(plain).collect::<String>().trim().to_owned())
        .collect()
}

/// Returns the number that each of the lines has in an editor.
fn numbers_of(text: &str) -> Vec<usize> {
    let mut number = 1;
    text.replace("\r\n", "\n")
        .split_inclusive(ENDS)
        .map(|line| {
            let own = number;
            number += usize::from(line.ends_with(['\n', '\r']));
            own
        })
        .collect()
}

/// Returns the value that a line is: digits, perhaps as money or points.
fn value_of(line: &str) -> Option<u32> {
    let digits = line.strip_prefix('$').unwrap_or(line);
    let digits = digits.strip_suffix("points").unwrap_or(digits).trim_end();
    let number = digits.len() <= 7 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|value| number && (1..=1_000_000).contains(value))
}

/// Returns the cells, each with its place in its row; `numbers` are those of the lines.
fn cells(
    lines: &[String],
    numbers: &[usize],
    imported: &mut Imported,
) -> Result<Vec<Cell>, Unreadable> {
    // A number above another one is a response, unless both are the same value.
    let mut next: Option<&String> = None;
    let mut starts: Vec<(usize, u32)> = Vec::new();
    for (at, line) in lines.iter().enumerate().rev().filter(|(_, line)| !line.is_empty()) {
        if let Some(value) = value_of(line) {
            let above_number = next.is_some_and(|next| value_of(next).is_some() && next != line);
            if next.is_some() && !above_number {
                starts.push((at, value));
            }
        }
        next = Some(line);
    }
    starts.reverse();
    let mut cells: Vec<Cell> = Vec::new();
    let mut positions: HashMap<u32, usize> = HashMap::new();
    for (number, (start, value)) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(lines.len(), |(end, _)| *end);
        let position = positions.entry(*value).or_default();
        *position += 1;
        let place = Place { value: *value, position: *position };
        let line = numbers[*start];
        let note = match cell(&lines[start + 1..end], line) {
            Ok(mut note) => {
                note.details.value = Some(*value);
                note
            }
            Err(what) => {
                imported.skipped.push(Skipped::new(line, format!("the cell {place} has {what}")));
                // Its column stays taken.
                simple(line, String::new(), Answer::Text(String::new()))
            }
        };
        cells.push(Cell { place, line, note, category: None, ambiguous: false });
    }
    if cells.len() > MOST_CELLS {
        return Err(Unreadable(format!("it has over {MOST_CELLS} cells")));
    }
    if cells.is_empty() {
        return Err(Unreadable("it is no quiz board: no value has a clue below it".into()));
    }
    Ok(cells)
}

/// Reads what stands below the value of a cell.
fn cell(lines: &[String], value_line: usize) -> Result<Note, &'static str> {
    let mut hint = None;
    let mut seen: Vec<&str> = Vec::new();
    for line in lines {
        match hint_of(line) {
            Some(text) if hint.is_none() && !text.is_empty() => hint = Some(text.to_owned()),
            Some(_) => {}
            None => seen.push(line),
        }
    }
    let start = seen.iter().position(|line| !line.is_empty()).ok_or("no clue")?;
    let length = seen[start..].iter().position(|line| line.is_empty());
    let (clue, rest) = seen[start..].split_at(length.unwrap_or(seen.len() - start));
    let response: Vec<&str> = rest.iter().filter(|line| !line.is_empty()).copied().collect();
    let (clue, glued) = unglued(&clue.join("\n"));
    let (back, accept) = match (response.is_empty(), glued) {
        (true, None) => return Err("no response"),
        (true, Some(glued)) => answer(&[&glued]),
        (false, None) => answer(&response),
        (false, Some(glued)) => {
            let (back, mut accept) = answer(&response);
            let same = |one: &str| one.eq_ignore_ascii_case(&glued);
            if !back.texts().iter().chain(&accept).any(|text| same(text)) {
                accept.push(glued);
            }
            (back, accept)
        }
    };
    if back.texts().len() > MOST_ITEMS {
        return Err("too many responses");
    }
    let back = match back {
        Answer::Text(text) if is_judged(&clue) => Answer::Text(truth(&text)),
        back => back,
    };
    let mut note = simple(value_line, clue, back);
    if let Answer::List(_) = note.back
        && wants_one(&note.front)
    {
        note.details.need = Some(1);
    }
    (note.details.hint, note.details.accept) = (hint, accept);
    Ok(note)
}

fn hint_of(line: &str) -> Option<&str> {
    let (head, rest) = line.split_once(':')?;
    head.trim().eq_ignore_ascii_case("hint").then(|| rest.trim())
}

/// Whether a clue is to be judged.
fn is_judged(clue: &str) -> bool {
    let clue = clue.to_lowercase();
    ["true or false", "true/false", "t/f:"].iter().any(|start| clue.starts_with(start))
}

fn truth(response: &str) -> String {
    match response.trim_end_matches(['.', '!']).to_lowercase().as_str() {
        "true" | "t" => "True".into(),
        "false" | "f" => "False".into(),
        _ => response.to_owned(),
    }
}

/// Whether a clue asks for one thing, so that one of several responses is enough.
fn wants_one(clue: &str) -> bool {
    let clue = clue.to_lowercase();
    let words: Vec<&str> =
        clue.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.contains(&"all") {
        return false;
    }
    let asking = ["name", "give", "list", "state", "what", "is", "this", "describe", "mention"];
    let first = words.iter().find(|word| !asking.contains(word));
    first.is_some_and(|word| ["a", "an", "one", "any"].contains(word))
        || words.windows(2).any(|pair| pair == ["one", "of"] || pair == ["any", "of"])
}

/// Returns a clue without the question that is glued to its end, and what that asks for.
fn unglued(clue: &str) -> (String, Option<String>) {
    for word in ["What ", "Who ", "Where ", "When "] {
        for (at, _) in clue.rmatch_indices(word) {
            let glued = clue[..at]
                .chars()
                .next_back()
                .is_some_and(|c| !c.is_whitespace() && !"\"'(".contains(c));
            if let Some(asked) = asked(&clue[at..]).filter(|_| glued) {
                return (clue[..at].trim_end().to_owned(), Some(asked));
            }
        }
    }
    (clue.to_owned(), None)
}

/// Returns what a response phrased as a question names: "What are the X?" is X.
fn asked(text: &str) -> Option<String> {
    let inside = text.strip_suffix('?').unwrap_or(text);
    let (word, rest) = inside.split_once(' ')?;
    let (verb, rest) = rest.trim_start().split_once(' ')?;
    let question = ["what", "who", "where", "when"].contains(&word.to_lowercase().as_str())
        && ["is", "are", "was", "were"].contains(&verb.to_lowercase().as_str());
    // Without the mark, only what is short and one sentence is a response.
    let whole = text.ends_with('?') || (rest.len() < 60 && !rest.contains(['.', '?']));
    let mut rest = rest.trim();
    for article in ["the ", "an ", "a "] {
        if rest.len() > article.len()
            && rest.is_char_boundary(article.len())
            && rest[..article.len()].eq_ignore_ascii_case(article)
        {
            rest = rest[article.len()..].trim_start();
            break;
        }
    }
    (question && whole && !rest.is_empty()).then(|| rest.to_owned())
}

/// Returns the answer that the lines of a response are, and what else counts.
fn answer(lines: &[&str]) -> (Answer, Vec<String>) {
    if lines.len() > 1 {
        let items: Option<Vec<String>> = lines.iter().map(|line| item_of(line)).collect();
        if let Some(items) = items {
            return (Answer::List(items), Vec::new());
        }
        return (Answer::Text(lines.join("\n")), Vec::new());
    }
    let line = lines.first().copied().unwrap_or_default();
    let line = item_of(line)
        .filter(|_| !line.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or_else(|| line.to_owned());
    let line = asked(&line).unwrap_or(line);
    if let Some(mut all) = alternatives(&line) {
        let rest = all.split_off(1);
        return (Answer::Text(all.remove(0)), rest);
    }
    let inside = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inside = inside.map(str::trim).filter(|inside| !inside.is_empty() && !inside.contains('"'));
    (Answer::Text(inside.unwrap_or(&line).to_owned()), Vec::new())
}

/// Returns what stands behind the number or the dash of an item.
fn item_of(line: &str) -> Option<String> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = if digits > 0 && digits <= 3 {
        let rest = line[digits..].strip_prefix(['.', ')'])?;
        // 1.5 is a number.
        (!rest.starts_with(|c: char| c.is_ascii_digit())).then_some(rest)?
    } else {
        let rest = line.strip_prefix(['-', '*', '•', '–', '—', '·', '▪', '◦'])?;
        // -5 is a number, --force a flag, **bold** a word.
        (!rest.starts_with(|c: char| "-*".contains(c) || c.is_ascii_digit()) || rest.contains("% "))
            .then_some(rest)?
    };
    let rest = rest.trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// Returns the responses of `"A" or "B"`.
fn alternatives(line: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = line.trim();
    loop {
        let (text, behind) = rest.strip_prefix('"')?.split_once('"')?;
        let text = text.trim();
        if text.is_empty() || found.len() > 100 {
            return None;
        }
        if !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
        rest = behind.trim().trim_start_matches([',', ';']).trim_start();
        if rest.is_empty() || rest == "." {
            break;
        }
        rest = ["or ", "OR ", "Or ", "/"]
            .iter()
            .find_map(|or| rest.strip_prefix(or))
            .unwrap_or(rest)
            .trim_start();
    }
    (found.len() > 1).then_some(found)
}

/// Gives each cell of a full row its category. Cells of one value make rows as long as there are
/// categories; if the last is not full, none of them says which is which.
fn assign(cells: &mut [Cell], categories: usize) {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for cell in cells.iter() {
        *counts.entry(cell.place.value).or_default() += 1;
    }
    for cell in cells {
        let count = counts.get(&cell.place.value).copied().unwrap_or_default();
        let full = categories == 1 || count.is_multiple_of(categories);
        cell.ambiguous = !full;
        cell.category = full.then(|| (cell.place.position - 1) % categories);
    }
}

/// Gives the cells of ambiguous rows the categories that a person said.
fn place(cells: &mut [Cell], categories: &[String], placed: &Placements) -> Result<(), Unreadable> {
    for (place, name) in placed {
        let category = category_named(categories, name).ok_or_else(|| {
            let known: Vec<String> = categories.iter().map(|name| short(name)).collect();
            let (name, known) = (short(name), known.join(", "));
            Unreadable(format!("it has no category {name:?}; there are {known}"))
        })?;
        let cell = cells.iter_mut().find(|cell| cell.place == *place);
        let cell = cell.ok_or_else(|| Unreadable(format!("it has no cell {place}")))?;
        if !cell.ambiguous && cell.category != Some(category) {
            let own = cell
                .category
                .and_then(|at| categories.get(at))
                .map_or_else(String::new, |own| short(own));
            return Err(Unreadable(format!("the cell {place} is of {own:?}: its row is full")));
        }
        cell.category = Some(category);
    }
    Ok(())
}

/// Returns the rows in which a category is open, with the ones that fit best.
fn open_rows(cells: &[Cell], categories: &[String]) -> Vec<OpenRow> {
    let mut rows: BTreeMap<u32, Vec<&Cell>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.ambiguous && !cell.note.front.is_empty()) {
        rows.entry(cell.place.value).or_default().push(cell);
    }
    let known = Vocabulary::of(cells, categories);
    rows.into_values()
        .filter_map(|row| {
            let likely = known.fit(&row);
            let open = row.iter().zip(likely).filter(|(cell, _)| cell.category.is_none());
            let cells: Vec<OpenCell> = open
                .map(|(cell, likely)| OpenCell {
                    place: cell.place,
                    line: cell.line,
                    clue: cell.note.front.clone(),
                    likely,
                    likely_name: categories.get(likely).cloned().unwrap_or_default(),
                })
                .collect();
            (!cells.is_empty()).then_some(OpenRow { cells })
        })
        .collect()
}

/// The words of each category: of its name, and of the cells that are surely in it.
struct Vocabulary {
    words: Vec<HashMap<String, f64>>,
}

impl Vocabulary {
    fn of(cells: &[Cell], categories: &[String]) -> Vocabulary {
        let mut words: Vec<HashMap<String, f64>> = categories
            .iter()
            .map(|name| words_of(name).into_iter().map(|word| (word, 3.0)).collect())
            .collect();
        for cell in cells {
            let Some(known) = cell.category.and_then(|at| words.get_mut(at)) else { continue };
            for word in words_of_note(&cell.note) {
                let weight = known.entry(word).or_insert(0.0);
                *weight = (*weight + 1.0).min(4.0);
            }
        }
        Vocabulary { words }
    }

    /// Returns the categories of the cells of a row, in their order, that share the most words:
    /// cells come in the order of their categories, and a missing one is skipped.
    fn fit(&self, row: &[&Cell]) -> Vec<usize> {
        let columns = self.words.len();
        let rank = |cell: &Cell, at: usize| -> f64 {
            let total = |word: &String| -> f64 {
                self.words.iter().filter_map(|words| words.get(word)).sum()
            };
            words_of_note(&cell.note)
                .iter()
                .filter_map(|word| self.words[at].get(word).map(|weight| weight / total(word)))
                .sum()
        };
        if row.len() > columns {
            let best = |cell: &&Cell| {
                let ranks = (0..columns).map(|at| (at, rank(cell, at)));
                ranks.max_by(|one, other| one.1.total_cmp(&other.1)).map_or(0, |(at, _)| at)
            };
            return row.iter().map(best).collect();
        }
        // best[c]: the highest rank of the cells so far, the last of them left of column c.
        let mut best = vec![(0.0, Vec::new()); columns + 1];
        for cell in row {
            let mut next: Vec<(f64, Vec<usize>)> =
                vec![(f64::NEG_INFINITY, Vec::new()); columns + 1];
            for at in 0..columns {
                let fixed = cell.category.is_some_and(|own| own != at);
                let (before, chosen) = &best[at];
                let here = if fixed { f64::NEG_INFINITY } else { before + rank(cell, at) };
                next[at + 1] = if here > next[at].0 {
                    (here, chosen.iter().copied().chain([at]).collect())
                } else {
                    next[at].clone()
                };
            }
            best = next;
        }
        match best.pop() {
            Some((_, chosen)) if chosen.len() == row.len() => chosen,
            _ => row
                .iter()
                .enumerate()
                .map(|(at, cell)| cell.category.unwrap_or(at.min(columns - 1)))
                .collect(),
        }
    }
}

fn words_of_note(note: &Note) -> Vec<String> {
    let mut words = words_of(&note.front);
    note.back.texts().iter().for_each(|text| words.extend(words_of(text)));
    words.sort_unstable();
    words.dedup();
    words
}

/// Returns the words of a text that say something, without their endings.
fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
    words
        .map(str::to_lowercase)
        .filter(|word| {
            !["the", "and", "for", "this", "that", "with", "what", "why"].contains(&&**word)
        })
        .map(|word| word.strip_suffix('s').unwrap_or(&word).to_owned())
        .collect()
}

/// Returns the cells, those that say the same once, and remarks on the others. Empty ones go.
fn each_once(cells: Vec<Cell>, categories: &[String], remarks: &mut Vec<Skipped>) -> Vec<Cell> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<Cell> = Vec::new();
    let name = |cell: &Cell| match cell.category.and_then(|at| categories.get(at)) {
        Some(category) => format!("{} {}", short(category), cell.place.value),
        None => format!("cell {}", cell.place),
    };
    for cell in cells.into_iter().filter(|cell| !cell.note.front.is_empty()) {
        let key = cell.note.key_of_both();
        match known.get(&key) {
            Some(first) => {
                let first = &kept[*first];
                remarks.push(Skipped::new(
                    cell.line,
                    format!(
                        "{} is {} on line {} again: one card is made of both",
                        name(&cell),
                        name(first),
                        first.line
                    ),
                ));
            }
            None => {
                known.insert(key, kept.len());
                kept.push(cell);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell_of(text: &str) -> Result<Note, &'static str> {
        cell(&lines_of(text), 1)
    }

    #[test]
    fn cells_are_read_however_they_were_typed() {
        for (text, front, back, accept) in [
            ("\nclue\n\nresponse", "clue", "response", ""),
            ("clue\n\nresponse", "clue", "response", ""),
            (
                "\n\n clue\u{a0}two \nlines\n\nresponse\nof two",
                "clue two\nlines",
                "response\nof two",
                "",
            ),
            ("clue\n\nWhat is X?", "clue", "X", ""),
            ("clue\n\nWhat are the X and Y?", "clue", "X and Y", ""),
            ("clue\n\nWho was Ada", "clue", "Ada", ""),
            ("clue\n\nIs it so?", "clue", "Is it so?", ""),
            ("It ends.What is X?\n\nX", "It ends.", "X", ""),
            ("It ends.What is X?\n", "It ends.", "X", ""),
            ("It ends.What is X?\n\nY", "It ends.", "Y", "X"),
            ("What is it? What is that?\n\nY", "What is it? What is that?", "Y", ""),
            ("clue\n\n\u{201c}A\u{201d} or \u{201c}B\u{201d}", "clue", "A", "B"),
            ("clue\n\n\"A\", \"B\", or \"C\"", "clue", "A", "B|C"),
            ("clue\n\n\u{201c}A b\u{201d}", "clue", "A b", ""),
            ("clue\n\n\"A\" or so", "clue", "\"A\" or so", ""),
            ("True or False: it is.\n\nTRUE", "True or False: it is.", "True", ""),
            ("True or False: it is.\n\nf.", "True or False: it is.", "False", ""),
            ("clue\n\n- one thing", "clue", "one thing", ""),
            ("clue\n\n1. one\n2) two", "clue", "one|two", ""),
            ("clue\n\n-one\n\n•\u{a0}two", "clue", "one|two", ""),
            ("clue\n\n-5\n-6", "clue", "-5\n-6", ""),
            ("clue\n\n1.5 GB", "clue", "1.5 GB", ""),
        ] {
            let note = cell_of(text).unwrap();
            let said = (&*note.front, note.back.texts().join("|"), note.details.accept.join("|"));
            assert_eq!(said, (front, back.to_owned(), accept.to_owned()), "{text:?}");
        }
        assert_eq!(
            cell_of("clue\nHINT: a nudge\n\nx").unwrap().details.hint.as_deref(),
            Some("a nudge")
        );
        assert_eq!(cell_of("\nclue\n"), Err("no response"));
        assert_eq!(cell_of("\n \n"), Err("no clue"));
    }

    #[test]
    fn one_of_a_list_is_enough_where_the_clue_says_so() {
        for (clue, one) in [
            ("A cause of it", true),
            ("Name a cause of it", true),
            ("This is one of its causes", true),
            ("A list of all causes", false),
            ("Causes of a thing", false),
            ("The causes", false),
        ] {
            let need = cell_of(&format!("{clue}\n\n- x\n- y")).unwrap().details.need;
            assert_eq!(need, one.then_some(1), "{clue}");
        }
    }

    #[test]
    fn lines_are_numbered_as_editors_do() {
        let board = "Ports\r\n100\u{b}ssh\u{b}\u{b}22\u{2028}200\r\nhttp\r\r80\n300\nnone";
        let read = read(board.as_bytes(), None, &Placements::new()).unwrap();
        let lines: Vec<u32> = read.decks[0].items.iter().map(|item| item.note.line).collect();
        assert_eq!((lines, read.skipped[0].line), (vec![2, 2], 6));
    }

    #[test]
    fn numbers_are_values_only_where_a_cell_can_begin() {
        let board =
            "Ports\n100\nssh\n\n22\n\n200\nhttp and https\n\n80\n443\n\n300\n\n300\nsmtp\n\n25";
        let read = read(board.as_bytes(), None, &Placements::new()).unwrap();
        let backs: Vec<_> =
            read.decks[0].items.iter().map(|item| item.note.back.texts().join("|")).collect();
        assert_eq!(backs, ["22", "80\n443", "25"]);
        assert_eq!(read.skipped, [Skipped::new(13, "the cell 300.1 has no clue")]);
    }

    #[test]
    fn what_is_no_board_is_refused() {
        for (text, why) in [
            ("", "no line is a value"),
            ("a\nb\n", "no line is a value"),
            ("100\n\na\n\nb\n", "no category"),
            ("A\na\n100\n\na\n\nb\n", "two categories"),
            ("A\n100\n", "no line is a value"),
        ] {
            let error = read(text.as_bytes(), None, &Placements::new()).unwrap_err();
            assert!(error.0.contains(why) || text.ends_with("100\n"), "{text:?}: {error}");
        }
    }

    #[test]
    fn short_rows_stay_open_until_they_are_placed() {
        let board = "Cats\nDogs\nFish\n100\ncat one\n\n1\n\n100\ndog one\n\n2\n\n100\nfish one\n\n3\n\n200\nA cat that barks\n\nx\n\n200\nA fish that swims\n\ny\n";
        let open = read(board.as_bytes(), None, &Placements::new()).unwrap();
        let likely: Vec<_> =
            open.open[0].cells.iter().map(|cell| (cell.place.to_string(), cell.likely)).collect();
        assert_eq!(likely, [("200.1".to_owned(), 0), ("200.2".to_owned(), 2)]);
        assert_eq!(open.decks.last().unwrap().name, UNPLACED);
        let placed =
            |place: &str, name: &str| Placements::from([(place.parse().unwrap(), name.to_owned())]);
        let read = |placed| read(board.as_bytes(), None, &placed);
        let one = read(placed("200.2", "fish")).unwrap();
        assert_eq!(one.open[0].cells.len(), 1);
        assert_eq!(one.decks[2].items[1].id, Wanted::InDeck("200".into()));
        for (place, name, why) in [
            ("200.3", "Fish", "it has no cell 200.3"),
            ("200.1", "Birds", "it has no category \"Birds\"; there are Cats, Dogs, Fish"),
            ("100.1", "Dogs", "the cell 100.1 is of \"Cats\": its row is full"),
        ] {
            assert_eq!(read(placed(place, name)).unwrap_err().0, why);
        }
        for text in ["", "500", "500.0", ".1", "a.b", "500.1.2"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }

    #[test]
    fn one_deck_takes_all_categories() {
        let board = "Cats\nDogs\n100\na\n\n1 cat\n\n100\nb\n\n2 dogs\n";
        let read = read(board.as_bytes(), Some("My pets"), &Placements::new()).unwrap();
        let [deck] = &read.decks[..] else { panic!() };
        assert_eq!((&*deck.name, deck.head.title.as_deref()), ("my-pets", Some("My pets")));
        let ids: Vec<_> = deck.items.iter().map(|item| item.id.clone()).collect();
        assert_eq!(ids, ["cats-100", "dogs-100"].map(|id| Wanted::InDeck(id.into())));
    }

    proptest! {
        #[test]
        fn no_board_makes_it_panic(
            text in "(A\nB\n)?(100|200|\n|\r|\u{a0}|What is |\\?|HINT: |1\\. |-|\"|\u{201c}| or |[a-cé ]){0,60}",
            bytes in any::<Vec<u8>>(),
        ) {
            let _ = read(text.as_bytes(), None, &Placements::new());
            let _ = read(&bytes, Some("x"), &Placements::new());
        }

        #[test]
        fn whole_boards_come_in_whole(
            categories in 1usize..6,
            rows in 1usize..6,
            loose in any::<bool>(),
        ) {
            let mut text: String = (0..categories).map(|at| format!("Category {at}\n")).collect();
            for row in 1..=rows {
                for at in 0..categories {
                    let gap = if loose { "\n\n" } else { "\n" };
                    text += &format!("{}{gap}clue {row} of {at}\n\nresponse {row} of {at}{gap}", row * 100);
                }
            }
            let read = read(text.as_bytes(), None, &Placements::new()).unwrap();
            prop_assert_eq!(read.decks.len(), categories);
            prop_assert!(read.skipped.is_empty() && read.open.is_empty());
            for (at, deck) in read.decks.iter().enumerate() {
                prop_assert_eq!(deck.items.len(), rows);
                for (row, item) in (1..).zip(&deck.items) {
                    prop_assert_eq!(&item.note.front, &format!("clue {row} of {at}"));
                    prop_assert_eq!(item.note.details.value, Some(row * 100));
                }
            }
        }
    }
}
