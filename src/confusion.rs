//! Confusion pairs: two cards of which one is answered with what belongs to the other.

use std::collections::{BTreeMap, HashMap};

use crate::answer::Essence;
use crate::card::{Answer, Card, CardId, Kind};

/// So often a pair is confused until a review says so.
pub const TOLD: usize = 3;

/// An answer that this many other cards have says nothing about any of them: `yes`, say.
const MOST: usize = 3;

/// A typed answer that was graded again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The card that was asked, as it is called now.
    pub card: CardId,
    /// What was typed.
    pub typed: Answer,
}

/// Two cards that are taken for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// Their ids, the smaller one first.
    pub cards: [CardId; 2],
    /// How often, in either direction.
    pub times: usize,
}

/// What all cards are answered with.
#[derive(Debug)]
pub struct Answers {
    cards: Vec<(CardId, String)>,
    by_id: HashMap<CardId, usize>,
    by_answer: HashMap<String, Vec<usize>>,
    fold_accents: bool,
}

impl Answers {
    /// Returns the answers of `cards`: their backs, what is in their gaps, and what else they accept.
    pub fn of<'c>(cards: impl IntoIterator<Item = &'c Card>, fold_accents: bool) -> Answers {
        let mut answers = Answers {
            cards: Vec::new(),
            by_id: HashMap::new(),
            by_answer: HashMap::new(),
            fold_accents,
        };
        for card in cards {
            let at = answers.cards.len();
            answers.by_id.insert(card.id.clone(), at);
            answers.cards.push((card.id.clone(), card.note.clone()));
            let whole = card.gaps().unwrap_or_else(|| card.back.texts().to_vec());
            // What else a list accepts stands for one of its items.
            let others = if card.kind == Kind::List { &[][..] } else { &card.details.accept };
            let mut keys = Essence::of(&whole, false, fold_accents).keys().to_vec();
            for other in others {
                keys.extend(Essence::of(std::slice::from_ref(other), false, fold_accents).keys());
            }
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                answers.by_answer.entry(key).or_default().push(at);
            }
        }
        answers
    }

    /// Returns the cards whose answer was typed for another one: those of other notes, if the card's
    /// own answer it is not.
    pub fn taken_for(&self, mistake: &Mistake) -> Vec<&CardId> {
        let Some(card) = self.by_id.get(&mistake.card) else { return Vec::new() };
        let typed = mistake.typed.texts();
        if typed.iter().all(|text| text.trim().is_empty()) {
            return Vec::new();
        }
        let keys = Essence::of(typed, false, self.fold_accents).keys();
        let mut others: Vec<usize> =
            keys.iter().filter_map(|key| self.by_answer.get(key)).flatten().copied().collect();
        others.sort_unstable();
        others.dedup();
        if others.contains(card) {
            return Vec::new();
        }
        others.retain(|other| self.cards[*other].1 != self.cards[*card].1);
        if others.len() > MOST {
            others.clear();
        }
        others.into_iter().map(|other| &self.cards[other].0).collect()
    }

    /// Returns the pairs that the mistakes are about, those that happened most often first.
    pub fn confusions(&self, mistakes: &[Mistake]) -> Vec<Confusion> {
        let mut times: BTreeMap<[CardId; 2], usize> = BTreeMap::new();
        for mistake in mistakes {
            for other in self.taken_for(mistake) {
                *times.entry(pair(&mistake.card, other)).or_default() += 1;
            }
        }
        let mut found: Vec<Confusion> =
            times.into_iter().map(|(cards, times)| Confusion { cards, times }).collect();
        found.sort_by_key(|confusion| std::cmp::Reverse(confusion.times));
        found
    }
}

impl Confusion {
    /// Returns the other card of the pair; `None` if `card` is not in it.
    pub fn other(&self, card: &CardId) -> Option<&CardId> {
        match &self.cards {
            [one, other] if one == card => Some(other),
            [one, other] if other == card => Some(one),
            _ => None,
        }
    }
}

fn pair(one: &CardId, other: &CardId) -> [CardId; 2] {
    let mut pair = [one.clone(), other.clone()];
    pair.sort();
    pair
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::yaml;

    fn cards() -> Vec<Card> {
        let deck = "cards:
- {id: es, front: capital of Spain, back: Madrid, reverse: true}
- {id: pt, front: capital of Portugal, back: Lisbon, accept: [Lisboa]}
- {id: it, cloze: '{{Rome}} is in {{Italy}}'}
- {id: eu, front: two seas, back: [Baltic Sea, North Sea], accept: [Ostsee]}
- {id: y1, front: a?, back: 'yes'}
- {id: y2, front: b?, back: 'yes'}
- {id: y3, front: c?, back: 'yes'}
- {id: y4, front: d?, back: 'yes'}
- {id: no, front: e?, back: 'no'}
";
        let deck = yaml::read(deck.as_bytes(), "").deck.unwrap();
        deck.notes.iter().flat_map(|note| note.cards(note.id.as_deref().unwrap())).collect()
    }

    fn mistake(card: &str, typed: &str) -> Mistake {
        let typed = match typed.split_once('|') {
            Some((one, other)) => Answer::List(vec![one.into(), other.into()]),
            None => Answer::Text(typed.into()),
        };
        Mistake { card: CardId::new(card), typed }
    }

    #[test]
    fn an_answer_of_another_card_is_taken_for_it() {
        let (cards, answers);
        cards = self::cards();
        answers = Answers::of(&cards, true);
        for (card, typed, others) in [
            ("es", "lisbon!", "pt"),
            ("es", "Lisboa", "pt"),
            ("es", "rome", "it/c-rome"),
            ("it/c-rome", "Madrid", "es"),
            ("es", "north sea|baltic sea", "eu"),
            ("es", "Ostsee", ""),
            ("es", "Rome is in Italy", ""),
            ("es", "capital of Spain", ""), // its own other side
            ("es", "Madrid", ""),
            ("es", "Paris", ""),
            ("es", " ", ""),
            ("no", "yes", ""), // too many have it
            ("y1", "no", "no"),
            ("gone", "Madrid", ""),
        ] {
            let mistake = mistake(card, typed);
            let found: Vec<&str> =
                answers.taken_for(&mistake).into_iter().map(CardId::as_str).collect();
            assert_eq!(found.join(" "), others, "{card}: {typed}");
        }
    }

    #[test]
    fn a_pair_counts_both_ways() {
        let cards = cards();
        let mistakes =
            [("es", "Lisbon"), ("es", "Rome"), ("pt", "Madrid"), ("es", "Lisboa"), ("es", "x")];
        let mistakes = mistakes.map(|(card, typed)| mistake(card, typed));
        let found: Vec<String> = Answers::of(&cards, true)
            .confusions(&mistakes)
            .iter()
            .map(|it| format!("{} {} {}", it.cards[0], it.cards[1], it.times))
            .collect();
        assert_eq!(found, ["es pt 3", "es it/c-rome 1"]);
    }
}
