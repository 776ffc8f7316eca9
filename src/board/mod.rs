//! A game on the same cards: a column a category, a row a value.
//!
//! What was played is read off the history, so a game that was broken off goes on where it was,
//! and an answer that is taken back opens its cell again. Nothing here knows of clocks, screens or
//! databases.

mod name;

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest, Sha256};

pub use self::name::Unfound;
use crate::card::CardId;
use crate::history::Stake;
use crate::schedule::{Grade, Rating};

/// A card that can be asked on the board.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// The card.
    pub card: CardId,
    /// Its column.
    pub category: String,
    /// Its row: what it wins or loses.
    pub value: u32,
    /// What becomes of an answer to it now.
    pub call: Call,
    /// How likely it is to be recalled today, 0 to 1; `None` if it was never answered.
    pub recall: Option<f64>,
    /// Whether an answer of today counts already: what was just asked is at no risk.
    pub answered_today: bool,
    /// When it was answered last, be it for practice, in Unix milliseconds.
    pub last_ms: Option<i64>,
}

/// What becomes of an answer to a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// A review: the card is due.
    Due,
    /// A review: the card is new, and today lets it in.
    New,
    /// Practice, which no schedule reads.
    Practice,
}

/// An answer that was given in a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The card.
    pub card: CardId,
    /// Whether it was right.
    pub right: bool,
    /// What it won or lost.
    pub stake: Stake,
}

/// Where a cell is: its column and its row, from 0 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Of the categories.
    pub column: usize,
    /// Of the values.
    pub row: usize,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No card has this category and this value.
    Empty,
    /// Its card waits to be asked.
    Open(Tile),
    /// It was asked in this game.
    Played {
        /// Whether the answer was right.
        right: bool,
    },
}

/// A game, as far as it was played.
#[derive(Clone, Debug, PartialEq)]
pub struct Game {
    /// The columns, from left to right.
    pub categories: Vec<String>,
    /// The values of the rows, from above.
    pub values: Vec<u32>,
    /// What was won and lost so far.
    pub score: i64,
    /// The answers so far, oldest first.
    pub turns: Vec<Turn>,
    /// The cells, row by row.
    cells: Vec<Cell>,
    /// The open cell on which can be bet.
    special: Option<Place>,
}

impl Game {
    /// Returns the game called `name` over `tiles`, in the order of their decks, after `turns`.
    ///
    /// The cards of a cell take turns, one a game: what is due first, then what is new, then what
    /// was not answered for longest.
    pub fn new(name: &str, tiles: &[Tile], turns: Vec<Turn>) -> Game {
        let mut columns: HashMap<&str, usize> = HashMap::new();
        let mut categories = Vec::new();
        for tile in tiles {
            columns.entry(&tile.category).or_insert_with(|| {
                categories.push(tile.category.clone());
                categories.len() - 1
            });
        }
        let values: BTreeSet<u32> = tiles.iter().map(|tile| tile.value).collect();
        let values: Vec<u32> = values.into_iter().collect();
        let mut cells = vec![Cell::Empty; categories.len() * values.len()];
        for tile in tiles {
            let row = values.partition_point(|value| *value < tile.value);
            let cell = &mut cells[row * categories.len() + columns[&*tile.category]];
            let turn = turns.iter().rfind(|turn| turn.card == tile.card);
            match (turn, &*cell) {
                (Some(turn), _) => *cell = Cell::Played { right: turn.right },
                (None, Cell::Empty) => *cell = Cell::Open(tile.clone()),
                (None, Cell::Open(other)) if tile.comes_before(other) => {
                    *cell = Cell::Open(tile.clone());
                }
                (None, _) => {}
            }
        }
        let score = turns.iter().fold(0_i64, |sum, turn| sum.saturating_add(turn.stake.points));
        let mut game = Game { categories, values, score, turns, cells, special: None };
        game.special = game.hidden(name);
        game
    }

    /// Returns the open cell whose card is most at risk of being forgotten; where no card can be
    /// forgotten yet, one by chance, the same throughout the game called `name`.
    fn hidden(&self, name: &str) -> Option<Place> {
        if self.turns.iter().any(|turn| turn.stake.bet.is_some()) {
            return None; // it was found
        }
        let at_risk = self.open().filter(|(_, tile)| !tile.answered_today);
        let at_risk = at_risk.filter_map(|(place, tile)| Some((place, tile.recall?)));
        let most = at_risk.min_by(|one, other| one.1.total_cmp(&other.1));
        let chance = |tile: &Tile| Sha256::digest(format!("{name}\n{}", tile.card));
        most.map(|(place, _)| place)
            .or_else(|| self.open().min_by_key(|(_, tile)| chance(tile)).map(|(place, _)| place))
    }

    /// Returns the cell at a place; an empty one outside the board.
    pub fn cell(&self, place: Place) -> &Cell {
        let at = place.row * self.categories.len() + place.column;
        self.cells.get(at).filter(|_| place.column < self.categories.len()).unwrap_or(&Cell::Empty)
    }

    /// Returns the open cells, row by row.
    pub fn open(&self) -> impl Iterator<Item = (Place, &Tile)> {
        let columns = self.categories.len();
        self.cells.iter().enumerate().filter_map(move |(at, cell)| match cell {
            Cell::Open(tile) => Some((Place { column: at % columns, row: at / columns }, tile)),
            _ => None,
        })
    }

    /// Returns how many cells have a card, and how many of them are open.
    pub fn count(&self) -> (usize, usize) {
        let all = self.cells.iter().filter(|cell| **cell != Cell::Empty).count();
        (all, self.open().count())
    }

    /// Returns what a person may bet on a cell, up to the score; `None` if it is not the hidden one.
    pub fn most_bet(&self, place: Place) -> Option<u32> {
        let most = u32::try_from(self.score.clamp(0, i64::from(u32::MAX))).unwrap_or(u32::MAX);
        (self.special == Some(place)).then_some(most)
    }

    /// Returns the cards that were answered wrong, each once, in the order of their answers.
    pub fn missed(&self) -> Vec<CardId> {
        let mut missed: Vec<CardId> = Vec::new();
        for turn in self.turns.iter().filter(|turn| !turn.right) {
            if !missed.contains(&turn.card) {
                missed.push(turn.card.clone());
            }
        }
        missed
    }

    /// Returns the open cell to go on with after `place`: the next one of its column, else
    /// one of the nearest column.
    pub fn next_open(&self, place: Place) -> Option<Place> {
        let column = || self.open().map(|(open, _)| open).filter(|it| it.column == place.column);
        let below = column().find(|open| open.row >= place.row);
        let near = |open: &Place| (open.column.abs_diff(place.column), *open);
        let nearest = || self.open().map(|(open, _)| open).min_by_key(near);
        below.or_else(|| column().next()).or_else(nearest)
    }

    /// Returns the open cell of the first column that is worth least.
    pub fn first_open(&self) -> Option<Place> {
        self.open().map(|(place, _)| place).min()
    }

    /// Returns the open cell in which `card` is asked.
    pub fn place_of(&self, card: &CardId) -> Option<Place> {
        self.open().find(|(_, tile)| tile.card == *card).map(|(place, _)| place)
    }

    /// Whether some cell has a name that begins with `text`.
    pub fn any_begins(&self, text: &str) -> bool {
        self.named(text) != Err(Unfound::None)
    }
}

impl Tile {
    fn comes_before(&self, other: &Tile) -> bool {
        (self.call, self.last_ms) < (other.call, other.last_ms)
    }

    /// Returns what an answer wins or loses, `bet` being added to the value.
    pub fn points(&self, right: bool, bet: Option<u32>) -> i64 {
        let stake = i64::from(self.value) + i64::from(bet.unwrap_or(0));
        if right { stake } else { -stake }
    }
}

/// Returns the grade that an answer on the board has: right is good, wrong is again, and nearly
/// right is hard, as in a review.
pub fn grade(right: bool, nearly: bool) -> Grade {
    Grade::from(match (right, nearly) {
        (true, false) => Rating::Good,
        (true, true) => Rating::Hard,
        (false, _) => Rating::Again,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn tile(card: &str, category: &str, value: u32) -> Tile {
        Tile {
            card: CardId::new(card),
            category: category.into(),
            value,
            call: Call::New,
            recall: None,
            answered_today: false,
            last_ms: None,
        }
    }

    fn turn(card: &str, points: i64, bet: Option<u32>) -> Turn {
        let stake = Stake { game: "g".into(), decks: vec![], points, bet };
        Turn { card: CardId::new(card), right: points > 0, stake }
    }

    fn card_at(game: &Game, column: usize, row: usize) -> &str {
        match game.cell(Place { column, row }) {
            Cell::Open(tile) => tile.card.as_str(),
            Cell::Played { right: true } => "right",
            Cell::Played { right: false } => "wrong",
            Cell::Empty => "",
        }
    }

    fn tiles() -> Vec<Tile> {
        vec![tile("b2", "B", 200), tile("a1", "A", 100), tile("b1", "B", 100), tile("c5", "C", 500)]
    }

    #[test]
    fn columns_stand_as_the_decks_do_and_rows_by_value() {
        let game = Game::new("g", &tiles(), vec![]);
        assert_eq!(
            (&game.categories[..], &game.values[..]),
            (&["B", "A", "C"].map(String::from)[..], &[100, 200, 500][..])
        );
        let rows: Vec<Vec<&str>> =
            (0..3).map(|row| (0..3).map(|column| card_at(&game, column, row)).collect()).collect();
        assert_eq!(rows, [["b1", "a1", ""], ["b2", "", ""], ["", "", "c5"]]);
        assert_eq!((game.count(), game.score), ((4, 4), 0));
        assert_eq!(game.first_open(), Some(Place { column: 0, row: 0 }));
        assert_eq!(*game.cell(Place { column: 3, row: 0 }), Cell::Empty);
        assert_eq!(Game::new("g", &[], vec![]).count(), (0, 0));
    }

    #[test]
    fn what_was_played_is_closed_and_adds_up() {
        let turns = vec![turn("a1", 100, None), turn("b2", -200, None)];
        let game = Game::new("g", &tiles(), turns);
        assert_eq!((game.count(), game.score), ((4, 2), -100));
        assert_eq!((card_at(&game, 1, 0), card_at(&game, 0, 1)), ("right", "wrong"));
        assert_eq!(game.missed(), [CardId::new("b2")]);
        // A card that has left its deck meanwhile has won its points all the same.
        let gone = Game::new("g", &tiles()[1..], vec![turn("b2", 200, None)]);
        assert_eq!((gone.count(), gone.score), ((3, 3), 200));
    }

    #[test]
    fn the_cards_of_a_cell_take_turns() {
        let with = |call, last_ms, card: &str| Tile { call, last_ms, ..tile(card, "A", 100) };
        let asked = |tiles: &[Tile]| card_at(&Game::new("g", tiles, vec![]), 0, 0).to_owned();
        let tiles = [
            with(Call::Practice, Some(5), "old"),
            with(Call::New, None, "new"),
            with(Call::Due, Some(9), "due"),
        ];
        assert_eq!(asked(&tiles), "due");
        assert_eq!(asked(&tiles[..2]), "new");
        let practice =
            [with(Call::Practice, Some(9), "late"), with(Call::Practice, Some(5), "old")];
        assert_eq!(asked(&practice), "old");
        // One of them a game.
        let game = Game::new("g", &tiles, vec![turn("new", 100, None)]);
        assert_eq!((card_at(&game, 0, 0), game.count()), ("right", (1, 0)));
    }

    #[test]
    fn the_hidden_cell_is_the_card_most_at_risk_until_it_is_found() {
        let mut tiles = tiles();
        for (tile, recall) in tiles.iter_mut().zip([Some(0.9), Some(0.4), Some(0.6), None]) {
            tile.recall = recall;
        }
        let place = |column, row| Place { column, row };
        let game = Game::new("g", &tiles, vec![turn("b2", 700, None)]);
        assert_eq!(game.most_bet(place(1, 0)), Some(700));
        assert_eq!(game.most_bet(place(0, 0)), None);
        let poor = Game::new("g", &tiles, vec![turn("b2", -200, None)]);
        assert_eq!(poor.most_bet(place(1, 0)), Some(0), "there is nothing to bet");
        let found = Game::new("g", &tiles, vec![turn("a1", 150, Some(50))]);
        assert!(found.open().all(|(place, _)| found.most_bet(place).is_none()));
    }

    #[test]
    fn where_nothing_can_be_forgotten_chance_hides_one_cell_and_stays_with_it() {
        let hidden = |name: &str, turns: Vec<Turn>| {
            let game = Game::new(name, &tiles(), turns);
            game.open()
                .find(|(place, _)| game.most_bet(*place).is_some())
                .map(|(_, tile)| tile.card.to_string())
        };
        let first = hidden("g", vec![]).unwrap();
        let other = tiles().into_iter().find(|tile| tile.card.as_str() != first).unwrap();
        assert_eq!(hidden("g", vec![turn(other.card.as_str(), 100, None)]), Some(first));
        let names = (0..20).map(|number| hidden(&number.to_string(), vec![]));
        assert!(names.collect::<BTreeSet<_>>().len() > 1, "another game hides another one");
    }

    #[test]
    fn right_wins_the_value_and_the_bet_and_wrong_loses_them() {
        let tile = tile("a", "A", 300);
        assert_eq!((tile.points(true, None), tile.points(false, None)), (300, -300));
        assert_eq!((tile.points(true, Some(50)), tile.points(false, Some(50))), (350, -350));
        let rating = |right, nearly| grade(right, nearly).rating;
        assert_eq!(
            [rating(true, false), rating(true, true), rating(false, false)],
            [Rating::Good, Rating::Hard, Rating::Again]
        );
    }
}
