//! Which category a cell is likely to be of, by the words that it shares with others.

use std::collections::HashMap;

use super::cells::Cell;
use crate::card::Note;

/// The words of each category: of its name, and of the cells that are surely in it.
pub(super) struct Vocabulary {
    words: Vec<HashMap<String, f64>>,
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
        Vocabulary { words }
    }

    /// Returns the categories of the cells of a row, in their order, that share the most words:
    /// cells come in the order of their categories, and a missing one is skipped.
    pub(super) fn fit(&self, row: &[&Cell]) -> Vec<usize> {
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
