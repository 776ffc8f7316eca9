//! The fold: events in, what each card has been through out.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use super::{Event, EventId, Kind, Placement, Review};
use crate::time::Day;

/// What moves, or seeds, a card's schedule.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// An answer.
    Review(Review),
    /// The standing of a card that was learned elsewhere.
    Placed(Placement),
}

/// What a card has been through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// Reviews and placements since the last reset, oldest first.
    pub steps: Vec<Step>,
    /// The same from before each reset. No scheduler reads them.
    pub former: Vec<Vec<Step>>,
    /// Whether it is put aside.
    pub suspended: bool,
    /// The first day on which it is asked again, where it was buried.
    pub buried_until: Option<Day>,
}

impl Past {
    /// Returns the answers among the steps.
    pub fn reviews(&self) -> impl DoubleEndedIterator<Item = &Review> {
        self.steps.iter().filter_map(|step| match step {
            Step::Review(review) => Some(review),
            Step::Placed(_) => None,
        })
    }

    /// Takes the next event, by the order of the folds, into account.
    pub(crate) fn take(&mut self, event: &Event<impl Sized>) {
        match &event.kind {
            Kind::Reviewed(grade) => self.steps.push(Step::Review(Review {
                event: event.id,
                when: event.when,
                day: event.day,
                rev: event.rev,
                grade: *grade,
            })),
            Kind::Placed(placement) => self.steps.push(Step::Placed(**placement)),
            Kind::Reset if self.steps.is_empty() => {}
            Kind::Reset => self.former.push(std::mem::take(&mut self.steps)),
            Kind::Suspended { .. } => self.suspended = true,
            Kind::Resumed => {
                self.suspended = false;
                self.buried_until = None;
            }
            Kind::Buried { until } => self.buried_until = Some(*until),
            Kind::Practised(_) | Kind::Retracted { .. } | Kind::Linked { .. } | Kind::Other => {}
        }
    }
}

/// Returns each card's past, oldest step first, as if retracted events had never been and linked
/// cards had always been one: every id of a linked card has the same past.
///
/// A card that no event touches is absent: it is new. Neither the order of `events` nor repeats
/// among them make a difference, so merging two histories is concatenation.
pub fn replay<C: Clone + Ord + Hash>(mut events: Vec<Event<C>>) -> BTreeMap<C, Past> {
    keep_in_force(&mut events);
    let groups = groups(&events);
    let mut pasts: BTreeMap<C, Past> = BTreeMap::new();
    for event in &events {
        if let Some(card) = &event.card {
            let card = groups.get(card).unwrap_or(card);
            pasts.entry(card.clone()).or_default().take(event);
        }
    }
    for (card, first) in &groups {
        if let Some(past) = pasts.get(first).filter(|_| card != first).cloned() {
            pasts.insert(card.clone(), past);
        }
    }
    pasts
}

/// Returns what happened to each card, as [`replay`] sees it and in the same order: linked cards are
/// one, under the smallest of their names. Nothing is copied.
pub fn by_card<C, E>(events: &[E]) -> impl Iterator<Item = (C, Vec<&E>)>
where
    C: Clone + Ord + Hash,
    E: Borrow<Event<C>>,
{
    let at = |place: usize| -> &Event<C> { events[place].borrow() };
    // A retraction carries the card of what it takes back, a link and what retracts it too: so
    // links are found among the few events that are no answers, and the rest card by card.
    let is_rare =
        |event: &&Event<C>| matches!(event.kind, Kind::Linked { .. } | Kind::Retracted { .. });
    let mut rare: Vec<&Event<C>> = events.iter().map(Borrow::borrow).filter(is_rare).collect();
    keep_in_force::<C, _>(&mut rare);
    let groups = groups(rare);
    let first = |card: &C| groups.get(card).unwrap_or(card).clone();
    let mut places: Vec<(C, i64, usize)> = (0..events.len())
        .filter_map(|place| Some((first(at(place).card.as_ref()?), at(place).when.at_ms, place)))
        .collect();
    places.sort_unstable_by(|one, other| {
        let by_id = || at(one.2).id.cmp(&at(other.2).id);
        (&one.0, one.1).cmp(&(&other.0, other.1)).then_with(by_id)
    });
    places.dedup_by_key(|(.., place)| at(*place).id);
    let mut places = places.into_iter().peekable();
    std::iter::from_fn(move || {
        let (card, _, place) = places.next()?;
        let mut of_card = vec![&events[place]];
        while let Some((.., place)) = places.next_if(|next| next.0 == card) {
            of_card.push(&events[place]);
        }
        let is_retraction = |event: &Event<C>| matches!(event.kind, Kind::Retracted { .. });
        if of_card.iter().any(|event| is_retraction((*event).borrow())) {
            let mut stand: Vec<&Event<C>> = of_card.iter().map(|event| (*event).borrow()).collect();
            keep_in_force::<C, _>(&mut stand);
            let ids: HashSet<EventId> = stand.iter().map(|event| event.id).collect();
            of_card.retain(|event| ids.contains(&Borrow::<Event<C>>::borrow(*event).id));
        }
        Some((card, of_card))
    })
}

/// Puts events in the order of the folds, each once, and leaves out those that were taken back.
pub fn keep_in_force<C: Clone + Ord, E: Borrow<Event<C>>>(events: &mut Vec<E>) {
    events.sort_by_key(|event| (event.borrow().when.at_ms, event.borrow().id));
    events.dedup_by_key(|event| Borrow::<Event<C>>::borrow(event).id);
    let retracted = retracted(events);
    if !retracted.is_empty() {
        events.retain(|event| {
            let event: &Event<C> = event.borrow();
            let is_back = |id| retracted.contains(&(id, event.card.clone()));
            // What an answer led to goes with it.
            let led_to = match event.kind {
                Kind::Suspended { because } => because,
                _ => None,
            };
            !is_back(event.id) && !led_to.is_some_and(is_back)
        });
    }
}

/// Returns the retractions in force, each as target and card.
///
/// A retraction carries the card of its target, and one that does not takes nothing back: so a
/// card's own events are enough to fold it. Retractions themselves are final.
fn retracted<C: Clone + Ord, E: Borrow<Event<C>>>(events: &[E]) -> BTreeSet<(EventId, Option<C>)> {
    let events = || events.iter().map(|event| -> &Event<C> { event.borrow() });
    let mut targets: BTreeSet<_> = events()
        .filter_map(|event| match event.kind {
            Kind::Retracted { target } => Some((target, event.card.clone())),
            _ => None,
        })
        .collect();
    if !targets.is_empty() {
        for event in events() {
            if let Kind::Retracted { .. } = event.kind {
                targets.remove(&(event.id, event.card.clone()));
            }
        }
    }
    targets
}

/// Returns, for each id that a link in `events` joins with others, the smallest of them.
///
/// A link is an equivalence: order, repetition, chains and cycles do not matter. Retracted links
/// must have been taken out before.
pub fn groups<'a, C: Clone + Ord + Hash + 'a>(
    events: impl IntoIterator<Item = &'a Event<C>>,
) -> BTreeMap<C, C> {
    let mut parents: HashMap<C, C> = HashMap::new();
    for event in events {
        if let (Some(card), Kind::Linked { from }) = (&event.card, &event.kind) {
            let (one, other) = (root(&mut parents, card), root(&mut parents, from));
            let (first, second) = if one <= other { (one, other) } else { (other, one) };
            parents.insert(second, first);
        }
    }
    let members: Vec<C> = parents.keys().cloned().collect();
    members.into_iter().map(|card| (card.clone(), root(&mut parents, &card))).collect()
}

fn root<C: Clone + Ord + Hash>(parents: &mut HashMap<C, C>, card: &C) -> C {
    let mut root = card.clone();
    while let Some(parent) = parents.get(&root).filter(|parent| **parent != root) {
        root = parent.clone();
    }
    // Everything on the way points at the root from now on, so that long chains stay cheap.
    let mut at = card.clone();
    while let Some(next) = parents.insert(at.clone(), root.clone()) {
        if next == root {
            break;
        }
        at = next;
    }
    parents.insert(root.clone(), root.clone());
    root
}
