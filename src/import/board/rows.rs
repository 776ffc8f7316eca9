//! The rows of a board: which category each cell is of, and where only a person can say it.

use std::collections::{BTreeMap, HashMap};

use super::category_named;
use super::cells::Cell;
use super::likeness::Vocabulary;
use crate::import::Unreadable;
use crate::text::short;

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

/// Gives each cell of a full row its category. Cells of one value make rows as long as there are
/// categories; if the last is not full, none of them says which is which.
pub(super) fn assign(cells: &mut [Cell], categories: usize) {
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
pub(super) fn place(
    cells: &mut [Cell],
    categories: &[String],
    placed: &Placements,
) -> Result<(), Unreadable> {
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
pub(super) fn open_rows(cells: &[Cell], categories: &[String]) -> Vec<OpenRow> {
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
