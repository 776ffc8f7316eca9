//! Which cards to ask today, in what order.
//!
//! A pure function of where the cards stand, the settings and the day. What was done today is read
//! off the cards themselves, so a second look on the same day lets in no more than the first.

use std::collections::{BTreeMap, HashMap, HashSet};

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::schedule::Stage;
use crate::settings::{DeckOptions, Limit, NewCards, NewWhileBehind, Order, Settings};
use crate::time::Day;

/// Where one card stands, as far as the queue must know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The caller's number for the card.
    pub card: i64,
    /// The same number for all cards of one note.
    pub note: i64,
    /// Position of its deck among all decks.
    pub deck: usize,
    /// Order within its deck.
    pub place: i64,
    /// Where it stands.
    pub stage: Stage,
    /// The day it comes back; `None` for a new card.
    pub due: Option<Day>,
    /// Days from the last counted answer to `due`; 0 for a new card.
    pub interval: u32,
    /// Day of the first counted answer.
    pub first_day: Option<Day>,
    /// Day of the last counted answer.
    pub last_day: Option<Day>,
    /// The day on which it is asked once more until it is good.
    pub repeat_on: Option<Day>,
    /// Whether its answer was changed since it was last passed.
    pub changed: bool,
    /// Whether it is suspended, or buried beyond today.
    pub hidden: bool,
    /// What the orders `gain` and `retrievability` go by, most first; 0 under the others.
    pub rank: f64,
}

impl Candidate {
    /// Whether it is asked again on this day because it was not known.
    pub fn repeats(&self, today: Day) -> bool {
        !self.hidden && self.repeat_on == Some(today)
    }

    /// Whether it is due by `horizon`: by its day, or because its answer was changed.
    fn is_due(&self, today: Day, horizon: Day) -> bool {
        let by_its_day = self.due.is_some_and(|due| due <= horizon)
            && self.last_day.is_none_or(|last| last < today);
        self.stage != Stage::New && !self.hidden && (by_its_day || self.changed)
    }

    /// Returns elapsed days in units of the interval: 1 on the due day, more afterwards.
    fn overdueness(&self, today: Day) -> f64 {
        let elapsed = self.last_day.map_or(0, |last| today.since(last)).max(0) as f64;
        elapsed / f64::from(self.interval.max(1))
    }
}

/// What a person asks of today beyond the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Also what will be due within so many days.
    pub ahead: u32,
    /// So many new cards, whatever the daily limits leave.
    pub new: Option<u32>,
    /// Fixes the shuffle of `order: random`.
    pub seed: u64,
}

/// What to ask today.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// All of it, in the order to ask it.
    pub order: Vec<Candidate>,
    /// How many of them are due, repeats of today among them.
    pub due: usize,
    /// How many of them are new.
    pub new: usize,
    /// New cards held back because too much is due.
    pub new_held_back: bool,
    /// Due cards that a limit keeps for another day.
    pub over_limit: usize,
}

/// Returns what to ask on `today`.
///
/// `standing` holds every answered card that may matter: due by the horizon, changed, repeated
/// today, or answered today. `next_new` returns the next new card of a deck, in the order of its
/// file; it is asked for no more than are let in. `decks` are the decks' options in their order.
pub fn plan(
    today: Day,
    settings: &Settings,
    decks: &[DeckOptions],
    standing: &[Candidate],
    next_new: &mut dyn FnMut(usize) -> Option<Candidate>,
    wish: Wish,
) -> Plan {
    let horizon = today.plus(wish.ahead);
    let done = Done::of(today, standing);
    let mut repeats: Vec<Candidate> =
        standing.iter().copied().filter(|card| card.repeats(today)).collect();
    apart(&mut repeats);
    let mut taken = done.notes.clone();
    for card in &repeats {
        taken.insert(card.note, card.card);
    }

    // With room for all, which are not moved then.
    let mut due: Vec<Candidate> = Vec::with_capacity(standing.len());
    due.extend(
        standing.iter().copied().filter(|card| card.is_due(today, horizon) && !card.repeats(today)),
    );
    let waiting = due.iter().filter(|card| card.is_due(today, today)).count();
    let overdue = due.iter().any(|card| card.due.is_some_and(|day| day < today));
    sort(&mut due, today, settings.order, wish.seed);
    // A sibling waits until tomorrow.
    due.retain(|card| *taken.entry(card.note).or_insert(card.card) == card.card);
    let all_due = due.len();
    keep_within_limits(&mut due, settings, decks, &done);

    let behind = match settings.new_while_behind {
        NewWhileBehind::Yes => false,
        NewWhileBehind::No => overdue,
        NewWhileBehind::Auto => {
            waiting
                > match settings.reviews_per_day {
                    Limit::AtMost(most) => most as usize,
                    Limit::Unlimited => 200,
                }
        }
    };
    let held_back = behind && wish.new.is_none();
    let new = if held_back {
        Vec::new()
    } else {
        new_cards(settings, decks, &done, &mut taken, next_new, wish.new)
    };

    let mut plan = Plan {
        due: due.len() + repeats.len(),
        new: new.len(),
        new_held_back: held_back
            && settings.new_per_day > 0
            && (0..decks.len()).any(|deck| next_new(deck).is_some()),
        over_limit: all_due - due.len(),
        order: mix(due, new, settings.new_cards),
    };
    plan.order.extend(repeats);
    plan
}

/// Returns `cards` for practice: each once, siblings apart where that can be.
pub fn practice(mut cards: Vec<Candidate>, today: Day, order: Order, seed: u64) -> Vec<Candidate> {
    sort(&mut cards, today, order, seed);
    apart(&mut cards);
    cards
}

/// Days that a backlog is followed.
const YEAR: u32 = 365;

/// Returns the day on which nothing is left over, `left` of today's cards waiting for tomorrow,
/// `pace` being asked a day and `coming` those that fall due, by day. `None` if it is more than a
/// year away. What is asked until then and comes back is not reckoned with.
pub fn cleared(today: Day, left: usize, pace: usize, coming: &BTreeMap<Day, usize>) -> Option<Day> {
    let mut left = left;
    if left == 0 {
        return Some(today);
    }
    (1..=YEAR).map(|days| today.plus(days)).find(|day| {
        left = (left + coming.get(day).copied().unwrap_or(0)).saturating_sub(pace);
        left == 0
    })
}

/// What was done today already.
#[derive(Default)]
struct Done {
    new: usize,
    reviews: usize,
    new_by_deck: HashMap<usize, usize>,
    reviews_by_deck: HashMap<usize, usize>,
    /// Notes of which a card was answered, and which one.
    notes: HashMap<i64, i64>,
}

impl Done {
    fn of(today: Day, standing: &[Candidate]) -> Done {
        let mut done = Done::default();
        for card in standing.iter().filter(|card| card.last_day == Some(today)) {
            done.notes.insert(card.note, card.card);
            let (all, by_deck) = if card.first_day == Some(today) {
                (&mut done.new, &mut done.new_by_deck)
            } else {
                (&mut done.reviews, &mut done.reviews_by_deck)
            };
            *all += 1;
            *by_deck.entry(card.deck).or_default() += 1;
        }
        done
    }
}

fn sort(cards: &mut [Candidate], today: Day, order: Order, seed: u64) {
    let by_place = |card: &Candidate| (card.deck, card.place);
    match order {
        Order::Overdueness => cards.sort_by(|one, other| {
            other
                .overdueness(today)
                .total_cmp(&one.overdueness(today))
                .then_with(|| by_place(one).cmp(&by_place(other)))
        }),
        Order::Gain | Order::Retrievability => cards.sort_by(|one, other| {
            other.rank.total_cmp(&one.rank).then_with(|| by_place(one).cmp(&by_place(other)))
        }),
        Order::Due => cards.sort_by_key(|card| (card.due, by_place(card))),
        Order::Deck => cards.sort_by_key(by_place),
        Order::Random => {
            cards.sort_by_key(by_place);
            cards.shuffle(&mut StdRng::seed_from_u64(seed ^ u64::from(today.0 as u32)));
        }
    }
}

fn keep_within_limits(
    due: &mut Vec<Candidate>,
    settings: &Settings,
    decks: &[DeckOptions],
    done: &Done,
) {
    let left = |limit: Limit, done: usize| match limit {
        Limit::Unlimited => usize::MAX,
        Limit::AtMost(most) => (most as usize).saturating_sub(done),
    };
    let mut left_in_all = left(settings.reviews_per_day, done.reviews);
    let mut left_by_deck: HashMap<usize, usize> = HashMap::new();
    due.retain(|card| {
        let left_here = left_by_deck.entry(card.deck).or_insert_with(|| {
            let limit = decks.get(card.deck).and_then(|deck| deck.reviews_per_day);
            let done = done.reviews_by_deck.get(&card.deck).copied().unwrap_or(0);
            left(limit.unwrap_or_default(), done)
        });
        let keep = left_in_all > 0 && *left_here > 0;
        if keep {
            left_in_all -= 1;
            *left_here -= 1;
        }
        keep
    });
}

/// Takes new cards, in the order of their files, decks taking turns.
fn new_cards(
    settings: &Settings,
    decks: &[DeckOptions],
    done: &Done,
    taken: &mut HashMap<i64, i64>,
    next_new: &mut dyn FnMut(usize) -> Option<Candidate>,
    wish: Option<u32>,
) -> Vec<Candidate> {
    let left_in_all = match wish {
        Some(wish) => wish as usize,
        None => (settings.new_per_day as usize).saturating_sub(done.new),
    };
    let mut turns: Vec<(usize, usize)> = decks
        .iter()
        .enumerate()
        .map(|(deck, options)| {
            let left = match (wish, options.new_per_day) {
                (None, Some(most)) => (most as usize)
                    .saturating_sub(done.new_by_deck.get(&deck).copied().unwrap_or(0)),
                _ => usize::MAX,
            };
            (deck, left)
        })
        .filter(|(_, left)| *left > 0)
        .collect();
    let mut new = Vec::new();
    while !turns.is_empty() && new.len() < left_in_all {
        turns.retain_mut(|(deck, left)| {
            if new.len() >= left_in_all {
                return true;
            }
            while let Some(card) = next_new(*deck) {
                if *taken.entry(card.note).or_insert(card.card) == card.card {
                    new.push(card);
                    *left -= 1;
                    return *left > 0;
                }
            }
            false
        });
    }
    new
}

/// Puts new cards among due ones.
fn mix(due: Vec<Candidate>, new: Vec<Candidate>, place: NewCards) -> Vec<Candidate> {
    match place {
        NewCards::First => [new, due].concat(),
        NewCards::Last => [due, new].concat(),
        NewCards::Mixed => {
            let (news, total) = (new.len(), due.len() + new.len());
            let slots: HashSet<usize> =
                (0..news).map(|number| (2 * number + 1) * total / (2 * news)).collect();
            let (mut due, mut new) = (due.into_iter(), new.into_iter());
            (0..total)
                .filter_map(|at| if slots.contains(&at) { new.next() } else { due.next() })
                .collect()
        }
    }
}

/// Moves siblings apart: no two cards of a note follow each other if others can come between.
fn apart(cards: &mut [Candidate]) {
    for at in 1..cards.len() {
        if cards[at].note == cards[at - 1].note {
            let before = cards[at - 1].note;
            if let Some(other) = (at + 1..cards.len()).find(|other| cards[*other].note != before) {
                cards.swap(at, other);
            }
        }
    }
}

/// Returns how many cards of each deck, by its position, a plan holds: due ones and new ones.
pub fn by_deck(plan: &Plan) -> BTreeMap<usize, (usize, usize)> {
    let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut seen = HashSet::new();
    for card in plan.order.iter().filter(|card| seen.insert(card.card)) {
        let count = counts.entry(card.deck).or_default();
        if card.stage == Stage::New {
            count.1 += 1;
        } else {
            count.0 += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Day = Day(20_000);

    #[test]
    fn a_backlog_is_cleared_when_nothing_is_left_over() {
        let coming = BTreeMap::from([(TODAY.plus(1), 50), (TODAY.plus(2), 10)]);
        for (left, pace, day) in [
            (0, 10, Some(0)),
            (100, 80, Some(2)),
            (100, 70, Some(3)),
            (100, 1_000, Some(1)),
            (1_000_000, 10, None),
            (5, 0, None),
        ] {
            let found = cleared(TODAY, left, pace, &coming);
            assert_eq!(found, day.map(|days| TODAY.plus(days)), "{left} at {pace}");
        }
    }

    fn new(card: i64, deck: usize) -> Candidate {
        Candidate {
            card,
            note: card,
            deck,
            place: card,
            stage: Stage::New,
            due: None,
            interval: 0,
            first_day: None,
            last_day: None,
            repeat_on: None,
            changed: false,
            hidden: false,
            rank: 0.0,
        }
    }

    /// A card in review that came back `overdue` days ago after `interval` days.
    fn due(card: i64, interval: u32, overdue: i32) -> Candidate {
        let due = Day(TODAY.0 - overdue);
        let last = Day(due.0 - interval as i32);
        Candidate {
            stage: Stage::Review,
            due: Some(due),
            interval,
            first_day: Some(last),
            last_day: Some(last),
            ..new(card, 0)
        }
    }

    fn plan_of(standing: &[Candidate], news: &[Candidate], settings: &Settings) -> Plan {
        plan_with(
            standing,
            news,
            settings,
            &[DeckOptions::default(), DeckOptions::default()],
            Wish::default(),
        )
    }

    fn plan_with(
        standing: &[Candidate],
        news: &[Candidate],
        settings: &Settings,
        decks: &[DeckOptions],
        wish: Wish,
    ) -> Plan {
        let mut left: Vec<Candidate> = news.to_vec();
        let mut next = |deck| {
            let at = left.iter().position(|card| card.deck == deck)?;
            Some(left.remove(at))
        };
        plan(TODAY, settings, decks, standing, &mut next, wish)
    }

    fn cards(plan: &Plan) -> Vec<i64> {
        plan.order.iter().map(|card| card.card).collect()
    }

    #[test]
    fn the_most_overdue_in_its_own_measure_comes_first() {
        let plan = plan_of(
            &[due(1, 100, 10), due(2, 2, 2), due(3, 10, 0), due(4, 5, -1)],
            &[],
            &Settings::default(),
        );
        assert_eq!(cards(&plan), [2, 1, 3]);
    }

    #[test]
    fn decks_take_turns_with_their_new_cards_up_to_the_limit() {
        let news = [new(1, 0), new(2, 0), new(3, 0), new(11, 1), new(12, 1)];
        let settings = Settings { new_per_day: 4, ..Settings::default() };
        assert_eq!(cards(&plan_of(&[], &news, &settings)), [1, 11, 2, 12]);
        let none = Settings { new_per_day: 0, ..Settings::default() };
        assert!(plan_of(&[], &news, &none).order.is_empty());
    }

    #[test]
    fn a_decks_limit_holds_within_the_limit_of_all() {
        let news = [new(1, 0), new(2, 0), new(11, 1), new(12, 1), new(13, 1)];
        let decks = [
            DeckOptions { new_per_day: Some(1), ..DeckOptions::default() },
            DeckOptions::default(),
        ];
        let settings = Settings { new_per_day: 3, ..Settings::default() };
        let plan = plan_with(&[], &news, &settings, &decks, Wish::default());
        assert_eq!(cards(&plan), [1, 11, 12]);
    }

    #[test]
    fn what_was_done_today_counts_against_the_limits() {
        let introduced = Candidate {
            first_day: Some(TODAY),
            last_day: Some(TODAY),
            due: Some(TODAY.plus(1)),
            ..due(1, 1, -1)
        };
        let settings = Settings { new_per_day: 2, ..Settings::default() };
        let plan = plan_of(&[introduced], &[new(2, 0), new(3, 0)], &settings);
        assert_eq!(cards(&plan), [2]);
        let reviewed = Candidate { first_day: Some(Day(0)), ..due(1, 6, -6) };
        let settings = Settings { reviews_per_day: Limit::AtMost(2), ..Settings::default() };
        let plan = plan_of(&[reviewed, due(2, 3, 1), due(3, 3, 0)], &[], &settings);
        assert_eq!((cards(&plan), plan.over_limit), (vec![2], 1));
    }

    #[test]
    fn siblings_wait_until_tomorrow() {
        let sibling = Candidate { note: 1, ..due(2, 3, 0) };
        assert_eq!(cards(&plan_of(&[due(1, 3, 1), sibling], &[], &Settings::default())), [1]);
        let answered =
            Candidate { last_day: Some(TODAY), due: Some(TODAY.plus(1)), ..due(1, 1, -1) };
        assert!(plan_of(&[answered, sibling], &[], &Settings::default()).order.is_empty());
        let new_sibling = Candidate { note: 1, ..new(3, 0) };
        assert_eq!(cards(&plan_of(&[due(1, 3, 1)], &[new_sibling], &Settings::default())), [1]);
    }

    #[test]
    fn repeats_of_today_come_last_and_are_no_sibling_of_themselves() {
        let failed = Candidate {
            last_day: Some(TODAY),
            due: Some(TODAY.plus(1)),
            repeat_on: Some(TODAY),
            ..due(1, 1, -1)
        };
        let plan = plan_of(&[failed, due(2, 3, 0)], &[new(3, 0)], &Settings::default());
        assert_eq!((cards(&plan).last(), plan.due), (Some(&1), 2));
        let yesterday = Candidate { repeat_on: Some(Day(TODAY.0 - 1)), ..due(1, 1, 0) };
        assert_eq!(cards(&plan_of(&[yesterday], &[], &Settings::default())), [1]);
    }

    #[test]
    fn repeats_of_siblings_are_kept_apart() {
        let failed = |card, note| Candidate {
            note,
            last_day: Some(TODAY),
            due: Some(TODAY.plus(1)),
            repeat_on: Some(TODAY),
            ..due(card, 1, -1)
        };
        let repeats = [failed(1, 1), failed(2, 1), failed(3, 3), failed(4, 4)];
        let order = plan_of(&repeats, &[], &Settings::default()).order;
        assert!(order.windows(2).all(|pair| pair[0].note != pair[1].note), "{order:?}");
    }

    #[test]
    fn new_cards_are_held_back_only_where_there_are_some() {
        let backlog: Vec<_> = (1..=201).map(|card| due(card, 10, 1)).collect();
        assert!(!plan_of(&backlog, &[], &Settings::default()).new_held_back);
    }

    #[test]
    fn changed_cards_are_due_whatever_their_day() {
        let changed = Candidate { changed: true, ..due(1, 100, -90) };
        assert_eq!(cards(&plan_of(&[changed], &[], &Settings::default())), [1]);
        let suspended = Candidate { hidden: true, ..changed };
        assert!(plan_of(&[suspended], &[], &Settings::default()).order.is_empty());
    }

    #[test]
    fn a_backlog_holds_new_cards_back_unless_told_otherwise() {
        let backlog: Vec<_> = (1..=201).map(|card| due(card, 10, 1)).collect();
        let news = [new(1000, 0)];
        let held = plan_of(&backlog, &news, &Settings::default());
        assert!(held.new == 0 && held.new_held_back);
        let yes = Settings { new_while_behind: NewWhileBehind::Yes, ..Settings::default() };
        assert_eq!(plan_of(&backlog, &news, &yes).new, 1);
        assert_eq!(plan_of(&backlog[..200], &news, &Settings::default()).new, 1);
        let no = Settings { new_while_behind: NewWhileBehind::No, ..Settings::default() };
        assert_eq!(plan_of(&backlog[..1], &news, &no).new, 0);
    }

    #[test]
    fn new_cards_are_spread_evenly() {
        let dues: Vec<_> = (1..=6).map(|card| due(card, 10, 0)).collect();
        let order = cards(&plan_of(&dues, &[new(10, 0), new(11, 0)], &Settings::default()));
        assert_eq!(order, [1, 2, 10, 3, 4, 5, 11, 6]);
        let last = Settings { new_cards: NewCards::Last, ..Settings::default() };
        assert_eq!(cards(&plan_of(&dues, &[new(10, 0)], &last)).last(), Some(&10));
    }

    #[test]
    fn looking_ahead_takes_what_comes_soon() {
        let wish = Wish { ahead: 3, ..Wish::default() };
        let soon = [due(1, 10, -3), due(2, 10, -4)];
        assert_eq!(cards(&plan_with(&soon, &[], &Settings::default(), &[], wish)), [1]);
    }

    #[test]
    fn practice_keeps_siblings_apart() {
        let side = |card, note| Candidate { note, ..due(card, 10, 0) };
        let order =
            practice(vec![side(1, 1), side(2, 1), side(3, 3), side(4, 3)], TODAY, Order::Deck, 0);
        assert!(order.windows(2).all(|pair| pair[0].note != pair[1].note), "{order:?}");
    }
}
