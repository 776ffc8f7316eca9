//! Which category a cell is likely to be of, by its words: naive Bayes over the words of each category,
//! with one added to each count (Laplace), all categories being as likely before a word is read.

use std::collections::{HashMap, HashSet};

use super::cells::Cell;
use crate::card::Note;

/// The words of each category: of its name, and of the cells that are surely in it.
pub(super) struct Vocabulary {
    words: Vec<HashMap<String, f64>>,
    /// For each category, how much all of its words weigh.
    totals: Vec<f64>,
    /// How many words there are in all, and one for those that nobody knows.
    size: f64,
}

impl Vocabulary {
    pub(super) fn of(cells: &[Cell], categories: &[String]) -> Vocabulary {
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
        let totals = words.iter().map(|words| words.values().sum()).collect();
        let all: HashSet<&String> = words.iter().flat_map(HashMap::keys).collect();
        let size = all.len() as f64 + 1.0;
        Vocabulary { words, totals, size }
    }

    /// Returns the logarithm of how likely a cell of the category `at` is to have these words.
    fn rank(&self, words: &[String], at: usize) -> f64 {
        let (known, total) = (&self.words[at], self.totals[at]);
        let count = |word: &String| known.get(word).copied().unwrap_or_default();
        words.iter().map(|word| ((count(word) + 1.0) / (total + self.size)).ln()).sum()
    }

    /// Returns the categories of the cells of a row, in their order, that are the most likely ones:
    /// cells come in the order of their categories, and a missing one is skipped.
    pub(super) fn fit(&self, row: &[&Cell]) -> Vec<usize> {
        let columns = self.words.len();
        let rank = |cell: &Cell, at: usize| self.rank(&words_of_note(&cell.note), at);
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

#[cfg(test)]
mod tests {
    use crate::import::board::{Placements, read};

    fn likely(board: &str) -> Vec<String> {
        let read = read(board.as_bytes(), None, &Placements::new()).unwrap();
        let cells = read.open.into_iter().flat_map(|row| row.cells);
        cells.map(|cell| cell.likely_name).collect()
    }

    #[test]
    fn a_word_that_stands_by_chance_says_less_than_a_name() {
        let cells = [
            ("How long a river is", "its length"),
            ("The highest mountain on this planet, and the reason for its name", "Everest"),
            ("What is at the end of a river?", "its mouth"),
            (
                "A mountain that may break out despite being quiet already for a long time",
                "a volcano",
            ),
        ];
        let mut board = "Rivers\nMountains\n".to_owned();
        for (at, (clue, response)) in cells.iter().enumerate() {
            board += &format!("{}\n{clue}\n\n{response}\n\n", 100 + at / 2 * 100);
        }
        // It shares `reason`, `being`, `already` and `time` with the mountains.
        board += "300\nThe reason for a river being dry already, at some time\n\na drought\n\n";
        assert_eq!(likely(&board), ["Rivers"]);
    }

    #[test]
    fn cells_without_a_known_word_come_in_the_order_of_the_categories() {
        let board = "A\nB\nC\n100\nx\n\ny\n\n100\nz\n\nw\n";
        assert_eq!(likely(board), ["A", "B"]);
    }
}
