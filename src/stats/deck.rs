//! Decks and tags, side by side; the cards that are hardest.

use std::collections::{HashMap, HashSet};

use super::{Card, Record, Tally};

/// A deck's cards, and how well they were ever recalled; or those of a tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deck {
    /// How many cards it has.
    pub cards: usize,
    /// The day's first answers to those of them that had been passed before.
    pub recalled: Tally,
}

/// Returns what `cards` come to for each of so many `decks`, by their position.
///
/// Answers from when a card stood in another deck are its own all the same.
pub fn by_deck(cards: &[Card], records: &HashMap<i64, Record>, decks: usize) -> Vec<Deck> {
    let mut all = vec![Deck::default(); decks];
    let mut seen = HashSet::new();
    for card in cards {
        if let Some((at, deck)) = card.deck.and_then(|at| Some((at, all.get_mut(at)?))) {
            // Two cards of a deck that are linked are one, and have their answers once.
            let number = card.answers.filter(|number| seen.insert((at, *number)));
            deck.take(number, records);
        }
    }
    all
}

/// The tags of cards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// Each once.
    pub names: Vec<String>,
    /// The rows of cards, and the places of their tags among the names.
    pub of_cards: Vec<(i64, usize)>,
}

/// Returns what `cards` come to for each of the `tags`, by their places.
pub fn by_tag(cards: &[Card], records: &HashMap<i64, Record>, tags: &Tags) -> Vec<Deck> {
    let mut all = vec![Deck::default(); tags.names.len()];
    // Nearly always each card has answers of its own.
    let mut numbers: Vec<i64> = cards.iter().filter_map(|card| card.answers).collect();
    numbers.sort_unstable();
    let is_shared = numbers.windows(2).any(|two| two[0] == two[1]);
    let mut seen = HashSet::new();
    // Both mostly come by row, and are laid side by side.
    let mut of_cards = tags.of_cards.clone();
    of_cards.sort_by_key(|(row, _)| *row);
    let mut by_row: Vec<(i64, &Card)> =
        cards.iter().filter_map(|card| Some((card.row?, card))).collect();
    by_row.sort_by_key(|(row, _)| *row);
    let mut by_row = by_row.into_iter().peekable();
    for (row, tag) in of_cards {
        while by_row.next_if(|(next, _)| *next < row).is_some() {}
        let card = by_row.peek().filter(|(next, _)| *next == row);
        if let (Some((_, card)), Some(deck)) = (card, all.get_mut(tag)) {
            let number = card.answers.filter(|number| !is_shared || seen.insert((tag, *number)));
            deck.take(number, records);
        }
    }
    all
}

impl Deck {
    fn take(&mut self, answers: Option<i64>, records: &HashMap<i64, Record>) {
        self.cards += 1;
        let record = answers.and_then(|number| records.get(&number));
        self.recalled += record.map_or_else(Tally::default, |record| record.recalled);
    }
}

/// Returns the positions of the `most` cards that were failed most often, the worst first: by the
/// answers that count, among equals by the share of them and then by where they stand. Suspended and parked cards are left out,
/// and what was never failed is not hard.
pub fn hardest(cards: &[Card], records: &HashMap<i64, Record>, most: usize) -> Vec<usize> {
    let failed = |card: &Card| {
        let record = card.answers.and_then(|number| records.get(&number))?;
        let Tally { passed, failed } = record.counted;
        (failed > 0 && !card.suspended && card.row.is_some()).then_some((failed, passed))
    };
    let mut found: Vec<((u64, u64), usize)> =
        cards.iter().enumerate().filter_map(|(at, card)| Some((failed(card)?, at))).collect();
    found.sort_by_key(|((failed, passed), at)| {
        (std::cmp::Reverse(*failed), *passed, cards[*at].deck, cards[*at].place)
    });
    found.into_iter().take(most).map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::answer;
    use super::super::{Answer, Ledger};
    use super::*;
    use crate::schedule::Rating::{Again, Good};
    use crate::schedule::Stage;
    use crate::time::Day;

    #[test]
    fn a_deck_has_the_answers_of_its_cards_once() {
        let card = |answers, deck| Card {
            row: None,
            answers,
            deck,
            place: 0,
            stage: Stage::Review,
            suspended: false,
            due: None,
            buried_until: None,
            stands: None,
        };
        let cards = [
            card(Some(1), Some(0)),
            card(Some(1), Some(0)),
            card(None, Some(0)),
            card(Some(2), Some(2)),
            card(Some(3), None),
        ];
        let answers = [(1, Good), (1, Again), (2, Good), (3, Good)];
        let answers = answers.map(|(card, rating)| Answer { card, ..answer(0, 6, rating) });
        let wanted = [(3, 1, 1), (0, 0, 0), (1, 1, 0)];
        let records = Ledger::of(&answers, Day(0), 1).into_records();
        let decks = by_deck(&cards, &records, 3);
        let found: Vec<_> = decks
            .iter()
            .map(|deck| (deck.cards, deck.recalled.passed, deck.recalled.failed))
            .collect();
        assert_eq!(found, wanted);
        assert!(hardest(&cards, &records, 10).is_empty(), "none has a row");
        let rows = cards.iter().zip(10..).map(|(card, row)| Card { row: Some(row), ..*card });
        let rows: Vec<Card> = rows.collect();
        assert_eq!(hardest(&rows, &records, 10), [0, 1]);
        assert_eq!(hardest(&rows, &records, 1), [0]);
        let of_cards = vec![(10, 0), (11, 0), (13, 1), (10, 1), (99, 1)];
        let tags = Tags { names: vec!["a".into(), "b".into()], of_cards };
        let found: Vec<_> = by_tag(&rows, &records, &tags)
            .into_iter()
            .map(|it| (it.cards, it.recalled.passed, it.recalled.failed))
            .collect();
        assert_eq!(found, [(2, 1, 1), (2, 2, 1)]);
    }
}
