//! Decks, side by side.

use std::collections::{HashMap, HashSet};

use super::{Answer, Card, Recall, Tally};

/// A deck's cards, and how well they were ever recalled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deck {
    /// How many cards it has.
    pub cards: usize,
    /// The day's first answers to those of them that had been passed before.
    pub recalled: Tally,
}

/// Returns what `cards` and their `answers` come to for each of so many `decks`, by their position.
///
/// Answers from when a card stood in another deck are its own all the same.
pub fn by_deck(cards: &[Card], answers: &[Answer], decks: usize) -> Vec<Deck> {
    let mut by_card: HashMap<i64, Recall> = HashMap::new();
    for answer in answers {
        by_card.entry(answer.card).or_default().count(answer);
    }
    let mut all = vec![Deck::default(); decks];
    let mut seen = HashSet::new();
    for card in cards {
        let Some((at, deck)) = card.deck.and_then(|at| Some((at, all.get_mut(at)?))) else {
            continue;
        };
        deck.cards += 1;
        // Two cards of a deck that are linked are one, and have their answers once.
        if let Some(number) = card.answers.filter(|number| seen.insert((at, *number))) {
            deck.recalled += by_card.get(&number).copied().unwrap_or_default().all();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::answer;
    use super::*;
    use crate::schedule::Rating::{Again, Good};
    use crate::schedule::Stage;

    #[test]
    fn a_deck_has_the_answers_of_its_cards_once() {
        let card = |answers, deck| Card {
            answers,
            deck,
            stage: Stage::Review,
            suspended: false,
            due: None,
            buried_until: None,
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
        let decks = by_deck(&cards, &answers, 3);
        let found: Vec<_> = decks
            .iter()
            .map(|deck| (deck.cards, deck.recalled.passed, deck.recalled.failed))
            .collect();
        assert_eq!(found, wanted);
    }
}
