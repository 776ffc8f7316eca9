//! `list` and `show`, and how cards are chosen by a QUERY.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use colored::Colorize;
use serde::Serialize;

use super::args::{List, Show, SortKey};
use super::error::{CliError, Trouble};
use super::home::Desk;
use super::io::Io;
use super::json::CardJson;
use super::{confusion, words};
use crate::answer;
use crate::card::Answer;
use crate::confusion::Confusion;
use crate::query::{Query, Subject, Unclear};
use crate::queue::Wish;
use crate::schedule::Ease;
use crate::store::Standing;
use crate::time::Day;
use crate::{markdown, text};

/// So many cards that one is taken for are shown.
const MOST_CONFUSED: usize = 5;

/// Cards, as scripts see them.
#[derive(Serialize)]
pub struct CardsJson<'a> {
    /// Each of them.
    pub cards: Vec<CardJson<'a>>,
}

/// Reads the words of a QUERY; `None` if there are none.
pub fn query(words: &[String], desk: &Desk, io: &mut Io) -> Result<Option<Query>, CliError> {
    if words.is_empty() {
        return Ok(None);
    }
    let text = super::args::restored(&words.join(" "));
    let query = Query::parse(&text).map_err(|error| {
        CliError::Usage(Trouble {
            message: format!("{error}\n{}", error.pointed()),
            hint: Some(error.hint.clone()),
            causes: Vec::new(),
        })
    })?;
    let decks: Vec<(&str, &str)> =
        desk.decks.iter().map(|deck| (deck.deck.as_str(), deck.title())).collect();
    let (query, unknown) = query.with_decks(&decks);
    for Unclear { name, meant } in unknown {
        if !meant.is_empty() {
            let decks = meant.join(", ");
            io.note(text::one_line(&format!(
                "note: deck:{name} may be any of {decks}: write the whole name"
            )));
            continue;
        }
        // A parked card's deck may well be gone, so this is no error.
        // Anki writes its decks with `::`.
        let name_here = name.replace("::", "/");
        let same = |deck: &&str| deck.to_lowercase() == name_here.to_lowercase();
        let names = || decks.iter().map(|(deck, _)| *deck);
        let near = names()
            .find(same)
            .or_else(|| names().find(|deck| strsim::jaro_winkler(deck, &name_here) > 0.8));
        let meant = near.map_or(String::new(), |deck| format!("; did you mean {deck}?"));
        io.note(text::one_line(&format!("note: there is no deck {name:?} now{meant}")));
    }
    Ok(Some(query))
}

/// Returns the cards that match the words of a QUERY; `None` if there are none.
pub fn chosen(
    words: &[String],
    desk: &mut Desk,
    io: &mut Io,
) -> Result<Option<Vec<Standing>>, CliError> {
    match query(words, desk, io)? {
        Some(query) => Ok(Some(matching(&query, desk)?)),
        None => Ok(None),
    }
}

/// Returns the cards that match, by deck and place in the file, parked ones behind.
pub fn matching(query: &Query, desk: &mut Desk) -> Result<Vec<Standing>, CliError> {
    let plan = desk.plan(None, Wish::default())?;
    let due: HashSet<i64> = plan
        .order
        .iter()
        .filter(|card| card.stage != crate::schedule::Stage::New)
        .map(|card| card.card)
        .collect();
    let mut all = desk.store.standings()?;
    all.extend(desk.store.parked_standings(&desk.settings)?);
    let today = desk.today;
    let matches = |standing: &Standing| {
        let schedule = standing.schedule;
        // A card that waits only behind a limit or a sibling is due all the same.
        let by_its_day = schedule.is_some_and(|schedule| schedule.due <= today);
        let hidden = standing.suspended || standing.buried(today) || standing.parked;
        query.matches(&Subject {
            card: &standing.card,
            deck: &standing.deck,
            stage: standing.stage(),
            due: !hidden
                && (by_its_day
                    || standing.changed.is_some()
                    || standing.row.is_some_and(|row| due.contains(&row))),
            suspended: standing.suspended,
            buried: standing.buried(today),
            leech: standing.leech(),
            changed: standing.changed.is_some(),
            parked: standing.parked,
            lapses: schedule.map_or(0, |schedule| schedule.lapses),
            interval: schedule.map(|schedule| schedule.interval.days()),
            ease: schedule.and_then(|schedule| schedule.ease).map(|ease| ease.factor()),
            retrievability: schedule.map(|schedule| schedule.retrievability(today)),
        })
    };
    all.retain(matches);
    Ok(all)
}

/// Columns of the state of a card: `240 d overdue`.
const STATE: usize = 13;

/// Lists cards.
pub fn list(list: &List, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let cards = match chosen(&list.query, desk, io)? {
        Some(cards) => cards,
        None => desk.store.standings()?,
    };
    let mut cards = cards;
    sort(&mut cards, list.sort, list.reverse, desk.today);
    if list.json {
        let cards = cards.iter().map(|card| CardJson::of(card, desk.today)).collect();
        return io.json(&CardsJson { cards });
    }
    if cards.is_empty() {
        io.note(if desk.store.count_cards()? == 0 {
            super::due::nothing_due(desk)?
        } else {
            "no card matches".to_owned()
        });
        return say_what_is_wrong(desk, io);
    }
    let ids: Vec<String> = cards.iter().map(|card| text::one_line(card.card.id.as_str())).collect();
    let id_width = id_width(&ids);
    for (standing, id) in cards.iter().zip(&ids) {
        let state = state_in_a_word(standing, desk);
        let room = io.width.saturating_sub(id_width + 2 + STATE + 2);
        if room < 10 {
            let room = io.width.saturating_sub(state.len() + 4);
            let front = words::front_line(standing, room);
            io.line(words::shortened(id, io.width).bold())?;
            io.line(format!("  {}  {front}", state.dimmed()))?;
            continue;
        }
        io.line(format!(
            "{}  {}  {}",
            words::padded(&words::shortened(id, id_width), id_width).bold(),
            words::padded(&words::shortened(&state, STATE), STATE).dimmed(),
            words::front_line(standing, room),
        ))?;
    }
    io.note(words::count(cards.len(), "card", "cards"));
    say_what_is_wrong(desk, io)
}

/// Sorts cards that are in the order of decks; those without the figure stay behind the others.
fn sort(cards: &mut [Standing], key: SortKey, reverse: bool, today: Day) {
    let figure = |card: &Standing| -> Option<f64> {
        let schedule = card.schedule.as_ref();
        match key {
            SortKey::Due => schedule.map(|schedule| f64::from(schedule.due.0)),
            SortKey::Interval => schedule.map(|schedule| f64::from(schedule.interval.days())),
            SortKey::Ease => schedule.and_then(|schedule| schedule.ease).map(|ease| ease.factor()),
            SortKey::Lapses => schedule.map(|schedule| f64::from(schedule.lapses)),
            SortKey::Reviews => schedule.map(|schedule| f64::from(schedule.reviews)),
            SortKey::Retrievability => schedule.map(|schedule| schedule.retrievability(today)),
            SortKey::Value => card.card.details.value.map(f64::from),
            SortKey::Deck | SortKey::Id | SortKey::Front => None,
        }
    };
    let turned = |order: Ordering| if reverse { order.reverse() } else { order };
    match key {
        SortKey::Deck if reverse => cards.reverse(),
        SortKey::Deck => {}
        SortKey::Id => cards.sort_by(|one, other| turned(one.card.id.cmp(&other.card.id))),
        SortKey::Front => {
            cards.sort_by_cached_key(|card| answer::folded(&card.card.front, true));
            if reverse {
                cards.reverse();
            }
        }
        _ => cards.sort_by(|one, other| match (figure(one), figure(other)) {
            (Some(one), Some(other)) => turned(one.total_cmp(&other)),
            (one, other) => other.is_some().cmp(&one.is_some()),
        }),
    }
}

/// Returns the columns that ids take beside questions.
pub fn id_width(ids: &[String]) -> usize {
    use unicode_width::UnicodeWidthStr;
    // An id is there to be copied: the question is cut instead.
    ids.iter().map(|id| id.width()).max().unwrap_or(0).min(40)
}

fn state_in_a_word(standing: &Standing, desk: &Desk) -> String {
    let today = desk.today;
    match standing.schedule {
        _ if standing.parked => "parked".into(),
        _ if standing.suspended => "suspended".into(),
        _ if standing.buried(today) => "buried".into(),
        None => "new".into(),
        Some(_) if standing.changed.is_some() => "changed".into(),
        Some(schedule) if schedule.repeat_on == Some(today) => "again today".into(),
        Some(schedule) => match schedule.due.since(today) {
            days @ -999..=-1 => format!("{} d overdue", -days),
            days @ ..=-1000 => format!("{} y overdue", (-days * 4 + 730) / 1461),
            0 => "due today".into(),
            1 => "tomorrow".into(),
            days => format!("in {}", words::short_days(days as u32)),
        },
    }
}

/// Shows cards in full.
pub fn show(show: &Show, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let cards = desk.all_named(&show.cards)?;
    if show.json {
        let cards = cards.iter().map(|card| CardJson::of(card, desk.today)).collect();
        return io.json(&CardsJson { cards });
    }
    let confusions = confusion::all(desk)?;
    for (number, standing) in cards.iter().enumerate() {
        if number > 0 {
            io.line("")?;
        }
        show_one(standing, &confusions, desk, io)?;
    }
    Ok(())
}

fn show_one(
    standing: &Standing,
    confusions: &[Confusion],
    desk: &Desk,
    io: &mut Io,
) -> Result<(), CliError> {
    let card = &standing.card;
    let place = if standing.left_out {
        "left out for a mistake in it: `retain check` shows it".to_owned()
    } else if standing.parked {
        "parked: in no deck now".to_owned()
    } else {
        format!("{}:{}", text::one_line(&standing.file), card.line)
    };
    io.line(format!("{}  {}", text::one_line(card.id.as_str()).bold(), place.dimmed()))?;
    let width = io.width;
    let mut field = |name: &str, value: &str| {
        let indent = " ".repeat(12);
        io.line(text::wrap(value, width, &format!("  {name:<10}"), &indent))
    };
    // Markdown keeps its lines: a verse, code or a table would be unreadable in one.
    let content = |markdown: &str| markdown::plain(markdown, width.saturating_sub(12).max(1));
    field("front", &content(&card.front))?;
    if let Some(gaps) = card.gaps() {
        field(if gaps.len() == 1 { "gap" } else { "gaps" }, &gaps.join("; "))?;
    }
    match &card.back {
        Answer::Text(back) => field("back", &content(back))?,
        Answer::List(items) => {
            for (number, item) in items.iter().enumerate() {
                field(if number == 0 { "back" } else { "" }, &format!("- {}", content(item)))?;
            }
            let need = card.details.need.map_or("all of them".to_owned(), |need| need.to_string());
            let order =
                if card.details.ordered == Some(true) { "in this order" } else { "in any order" };
            field("need", &format!("{need}, {order}"))?;
        }
    }
    let details = &card.details;
    for (number, choice) in details.choices.iter().enumerate() {
        field(if number == 0 { "choices" } else { "" }, &format!("- {choice}"))?;
    }
    if !details.accept.is_empty() {
        field("accept", &details.accept.join(" | "))?;
    }
    for (name, value) in
        [("hint", &details.hint), ("why", &details.why), ("source", &details.source)]
    {
        if let Some(value) = value {
            field(name, &content(value))?;
        }
    }
    if !details.tags.is_empty() {
        field("tags", &details.tags.join(", "))?;
    }
    if let Some(value) = details.value {
        field("value", &format!("{value} points, in the column {}", standing.category))?;
    }
    field("deck", &standing.deck)?;
    let mut stage = standing.stage().word().to_owned();
    for (holds, word) in [
        (standing.suspended, "suspended"),
        (standing.buried(desk.today), "buried"),
        (standing.leech(), "leech"),
        (standing.changed.is_some(), "answer changed since it was last passed"),
    ] {
        if holds {
            stage = format!("{stage}, {word}");
        }
    }
    field("stage", &stage)?;
    if let Some(schedule) = standing.schedule {
        field("due", &format!("{} ({})", schedule.due, words::relative(schedule.due, desk.today)))?;
        let lowest = |ease| if ease == Ease::MIN { ", the lowest" } else { "" };
        if let (Some(stability), Some(difficulty)) = (schedule.stability, schedule.difficulty) {
            let memory = format!("stability {stability:.2} days, difficulty {difficulty:.2} of 10");
            field("memory", &memory)?;
        }
        let ease =
            schedule.ease.map_or(String::new(), |ease| format!(", ease {ease}{}", lowest(ease)));
        field(
            "interval",
            &format!("{}{ease}", words::count(schedule.interval.days() as usize, "day", "days")),
        )?;
        field(
            "answers",
            &format!(
                "{} counted, {}",
                schedule.reviews,
                words::count(schedule.lapses as usize, "lapse", "lapses")
            ),
        )?;
        if let Some(last) = standing.last_review {
            field("last", &last.wall_clock().format("%F %H:%M").to_string())?;
        }
    }
    let confused = confusions.iter().filter_map(|it| Some((it.other(&card.id)?, it.times)));
    for (number, (other, times)) in confused.take(MOST_CONFUSED).enumerate() {
        let times = words::count(times, "time", "times");
        field(if number == 0 { "confused" } else { "" }, &format!("with {other}, {times}"))?;
    }
    Ok(())
}

/// Shows how many cards of each deck are due or new.
pub fn deck_table(
    desk: &Desk,
    counts: &BTreeMap<usize, (usize, usize)>,
    io: &mut Io,
) -> Result<(), CliError> {
    let rows: Vec<(String, usize, usize)> = desk
        .decks
        .iter()
        .enumerate()
        .filter_map(|(at, deck)| {
            let (due, new) = counts.get(&at)?;
            Some((text::one_line(deck.title()), *due, *new))
        })
        .collect();
    let room = io.width.saturating_sub(20);
    if room < 10 {
        for (name, due, new) in rows {
            io.line(words::shortened(&name, io.width).bold())?;
            io.line(format!("  {due} due, {new} new"))?;
        }
        return Ok(());
    }
    let wide = rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0).min(room);
    for (name, due, new) in rows {
        let name = words::padded(&words::shortened(&name, wide), wide);
        io.line(format!("{}  {:>4} due {:>4} new", name.bold(), due, new))?;
    }
    Ok(())
}

/// Says in a line that something in the decks is wrong, and how to see it.
pub fn say_what_is_wrong(desk: &Desk, io: &mut Io) -> Result<(), CliError> {
    let errors = desk.count_errors()?;
    if errors > 0 {
        io.note(format!(
            "{} {} in the decks, and the cards there are left out: `retain check` shows them",
            "note:".yellow().bold(),
            words::count(errors, "error", "errors")
        ));
    }
    Ok(())
}
