//! The text of a quiz board: category lines, then rows of cells.
//!
//! A cell is a line with its value, a clue, a blank line, and a response. Boards come out of word
//! processors and slides, so blank lines are missing, responses are glued to clues and phrased as
//! questions, and cells stand there twice. Rows are cells of one value; the first cell of a row is
//! of the first category. A row with another number of cells than there are categories does not
//! say which is which: it stays open until a person does.

mod cells;
mod likeness;
mod response;
mod rows;

use std::collections::HashMap;

use self::cells::{Cell, cell, cells, lines_of, numbers_of, value_of};
pub use self::rows::{OpenCell, OpenRow, Place, Placements};
use self::rows::{assign, open_rows, place};
use super::{
    Imported, ImportedDeck, Item, Skipped, Unreadable, Wanted, deck_path, one_deck, slug, text_of,
};
use crate::card::{Answer, content_key};
use crate::deck::Head;
use crate::text::short;

/// Where cells go whose category nobody has said.
pub const UNPLACED: &str = "unplaced";

/// As many bytes as a board has at most.
const LARGEST: usize = 1 << 20;

/// As many categories as a board has at most.
const MOST_CATEGORIES: usize = 40;

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
        let item = Item { origin, id: Wanted::InDeck(suffix), note: Box::new(cell.note) };
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

/// Makes the cards of a table that is a board what the same cells of a board in text are: known by
/// their places, and with responses that may be phrased as questions.
pub(super) fn as_cells(items: &mut [Item]) {
    let mut known: HashMap<String, usize> = HashMap::new();
    for item in items {
        let note = &mut item.note;
        let (Some(value), Some(category)) = (note.details.value, &note.details.category) else {
            continue;
        };
        let place = format!("{}-{value}", slug(category).unwrap_or_else(|| "category".into()));
        let number = known.entry(place.clone()).or_default();
        *number += 1;
        if let Wanted::OfContent = item.id {
            item.origin = match number {
                1 => place.clone(),
                number => format!("{place}.{number}"),
            };
            item.id = Wanted::InDeck(place);
        }
        let Answer::Text(response) = &note.back else { continue };
        // A blank line is what parts clue and response.
        if note.front.contains("\n\n") || note.cloze || !note.details.choices.is_empty() {
            continue;
        }
        let lines = lines_of(&format!("{}\n\n{response}", note.front));
        let Ok(read) = cell(&lines, note.line as usize) else { continue };
        (note.front, note.back) = (read.front, read.back);
        let details = &mut note.details;
        details.choices = read.details.choices;
        details.need = details.need.or(read.details.need);
        details.hint = details.hint.take().or(read.details.hint);
        details.accept.extend(read.details.accept);
    }
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
