//! `stats`: how much was learned, how well it was recalled, and what comes.

mod from;
mod html;
mod lines;
mod names;
mod page;

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::Path;

use clap::ValueEnum;
use serde_json::Value;

use super::args::{Section, Stats};
use super::error::CliError;
use super::export::{Destination, Privacy};
use super::home::Desk;
use super::io::Io;
use super::{confusion, due, list, opener, words};
use crate::card::CardId;
use crate::leech;
use crate::queue::{self, Plan, Wish};
use crate::schedule::Stage;
use crate::stats::{self, Answer, Confused, Figures, Group, HardCard, Ledger, Record, Tagged};
use crate::store::Standing;

/// So many of the hardest cards are named.
const MOST_HARD: usize = 10;
/// Figures over more days than ten years have are not kept: there is too much of them.
const MOST_DAYS_KEPT: u32 = 4_000;

/// Shows figures of all cards, or of those that match.
pub fn run(stats: &Stats, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if !stats.from.is_empty() {
        return from::run(stats, desk, io);
    }
    let chosen = list::chosen(&stats.query, desk, io)?;
    let figures = match &chosen {
        None => all_figures(stats.days, desk)?,
        Some(chosen) => figures(Some(chosen), stats.days, desk)?,
    };
    if stats.json {
        return match &stats.section[..] {
            [] => io.json(&figures),
            sections => io.json(&only(&figures, sections)?),
        };
    }
    let is_empty = figures.stages.all() == 0 && !figures.begun();
    if let Some(to) = &stats.html {
        if is_empty && chosen.is_some() {
            return Err(CliError::failed("no card matches, so no page was written")
                .hint("`retain list QUERY` shows what a query finds"));
        }
        if is_empty && !desk.home.folder.exists() {
            return Err(CliError::failed(due::nothing_due(desk)?));
        }
        return write_page(
            &html::page(&figures, what(&stats.query).as_deref()),
            to,
            stats.open,
            desk,
            io,
        );
    }
    if is_empty {
        if chosen.is_some() {
            io.note("no card matches");
            say_if_a_section_was_meant(&stats.query, io);
        } else {
            io.say(due::nothing_due(desk)?)?;
        }
        return list::say_what_is_wrong(desk, io);
    }
    for line in lines::lines(&figures, &stats.section, io.width, stats.plain || io.lines_only) {
        io.line(line)?;
    }
    list::say_what_is_wrong(desk, io)
}

/// Says how a section is shown, where a word of a query is the name of one.
fn say_if_a_section_was_meant(query: &[String], io: &mut Io) {
    let named = query.iter().find(|word| Section::from_str(word, false).is_ok());
    if let Some(section) = named {
        io.note(format!("`retain stats --section {section}` shows that part"));
    }
}

/// Returns what a page is about, where it is not about everything.
fn what(query: &[String]) -> Option<String> {
    (!query.is_empty()).then(|| query.join(" "))
}

/// Writes a page, and opens it where that is wanted.
fn write_page(page: &str, to: &Path, open: bool, desk: &Desk, io: &mut Io) -> Result<(), CliError> {
    let mut file = Destination::open(Some(to), Privacy::Mine, &desk.home, io)?;
    if let Err(error) = file.write_all(page.as_bytes()) {
        return Err(file.unwritten(error));
    }
    let replaced = file.finish()?;
    let is_file = replaced.is_some();
    if let Some(replaced) = replaced {
        let instead = if replaced { ", in place of what was there" } else { "" };
        io.note(format!("wrote {}{instead}", words::path(to)));
    }
    if open && is_file {
        opener::open(to)?;
    }
    Ok(())
}

/// Returns the figures of everything: those that were kept, if nothing changed since.
fn all_figures(days: u32, desk: &mut Desk) -> Result<Figures, CliError> {
    let key = desk.store.figures_key(&desk.settings, desk.today, days)?;
    let kept = desk.store.kept_figures(&key)?;
    if let Some(kept) = kept.and_then(|kept| serde_json::from_str(&kept).ok()) {
        return Ok(kept);
    }
    let made = figures(None, days, desk)?;
    if days <= MOST_DAYS_KEPT
        && desk.store.writable()
        && let Ok(text) = serde_json::to_string(&made)
    {
        // Where another program writes all the while, they are made again the next time.
        let _ = desk.store.keep_figures(&key, &text);
    }
    Ok(made)
}

fn figures(chosen: Option<&[Standing]>, days: u32, desk: &mut Desk) -> Result<Figures, CliError> {
    let wish = Wish { seed: desk.chance.seed(), ..Wish::default() };
    let plan = desk.plan(chosen, wish)?;
    let cards = desk.store.cards(chosen, &desk.decks, desk.today)?;
    let mut ledger = Ledger::new(desk.today, days);
    let only = chosen.map(|_| numbers(&cards));
    desk.store.each_answer(only.as_ref(), |answer| ledger.take(&answer))?;
    let mut figures = Figures::of(&cards, &mut ledger);
    let records = ledger.into_records();
    figures.today.repeats = plan.order.iter().filter(|card| card.repeats(desk.today)).count();
    figures.decks = decks(&cards, &records, &plan, desk);
    if chosen.is_some() {
        figures.decks.retain(|deck| deck.cards > 0);
    }
    figures.tags = tags(&cards, &records, &plan, desk)?;
    let hardest = stats::hardest(&cards, &records, MOST_HARD);
    figures.hardest = hard_cards(&hardest, &cards, &records, desk)?;
    let lapses = |at: usize| cards[at].stands.map_or(0, |it| it.lapses);
    let mut leeches: Vec<usize> = (0..cards.len())
        .filter(|at| cards[*at].row.is_some() && leech::is_leech(lapses(*at)))
        .collect();
    leeches.sort_by_key(|at| (std::cmp::Reverse(lapses(*at)), cards[*at].deck, cards[*at].place));
    figures.leeches = hard_cards(&leeches, &cards, &records, desk)?;
    let mut confusions = confusion::all(desk)?;
    if let Some(chosen) = chosen {
        let among = |id: &CardId| chosen.iter().any(|standing| standing.card.id == *id);
        confusions.retain(|confusion| confusion.cards.iter().any(among));
    }
    figures.confusions = confusions
        .into_iter()
        .map(|it| Confused { cards: it.cards.map(|id| id.to_string()), times: it.times })
        .collect();
    Ok(figures)
}

/// Returns the answers that stand: all, or those to the `chosen` cards.
pub fn answers_to(chosen: Option<&[Standing]>, desk: &mut Desk) -> Result<Vec<Answer>, CliError> {
    let only = match chosen {
        Some(_) => Some(numbers(&desk.store.cards(chosen, &desk.decks, desk.today)?)),
        None => None,
    };
    Ok(desk.store.answers(only.as_ref())?)
}

/// Returns the numbers that the answers to `cards` have.
fn numbers(cards: &[stats::Card]) -> HashSet<i64> {
    cards.iter().filter_map(|card| card.answers).collect()
}

fn decks(
    cards: &[stats::Card],
    records: &HashMap<i64, Record>,
    plan: &Plan,
    desk: &Desk,
) -> Vec<Group> {
    let counts = queue::by_deck(plan);
    let figures = stats::by_deck(cards, records, desk.decks.len());
    let group = |(at, (deck, figures)): (usize, (&crate::store::DeckRow, stats::Deck))| {
        let (due, new) = counts.get(&at).copied().unwrap_or_default();
        Group {
            deck: deck.deck.clone(),
            title: deck.title().to_owned(),
            cards: figures.cards,
            due,
            new,
            recalled: figures.recalled,
        }
    };
    desk.decks.iter().zip(figures).enumerate().map(group).collect()
}

fn tags(
    cards: &[stats::Card],
    records: &HashMap<i64, Record>,
    plan: &Plan,
    desk: &Desk,
) -> Result<Vec<Tagged>, CliError> {
    let tags = desk.store.tags_by_card()?;
    let asked: HashMap<i64, bool> =
        plan.order.iter().map(|card| (card.card, card.stage == Stage::New)).collect();
    let mut counts = vec![(0, 0); tags.names.len()];
    for (row, tag) in &tags.of_cards {
        match asked.get(row) {
            Some(true) => counts[*tag].1 += 1,
            Some(false) => counts[*tag].0 += 1,
            None => {}
        }
    }
    let figures = stats::by_tag(cards, records, &tags);
    let mut tags: Vec<Tagged> = tags
        .names
        .into_iter()
        .zip(figures.into_iter().zip(counts))
        .filter(|(_, (figures, _))| figures.cards > 0)
        .map(|(tag, (stats::Deck { cards, recalled }, (due, new)))| Tagged {
            tag,
            cards,
            due,
            new,
            recalled,
        })
        .collect();
    tags.sort_by(|one, other| one.tag.cmp(&other.tag));
    Ok(tags)
}

/// Returns the cards at these places, with what a person must know to find them.
fn hard_cards(
    places: &[usize],
    cards: &[stats::Card],
    records: &HashMap<i64, Record>,
    desk: &Desk,
) -> Result<Vec<HardCard>, CliError> {
    let mut found = Vec::new();
    for card in places.iter().map(|at| &cards[*at]) {
        let Some(row) = card.row else { continue };
        let Some(standing) = desk.store.standing_of(row)? else { continue };
        let record = card.answers.and_then(|number| records.get(&number));
        found.push(HardCard {
            card: standing.card.id.to_string(),
            front: standing.card.front.clone(),
            deck: standing.deck,
            file: standing.file,
            line: standing.card.line,
            lapses: card.stands.map_or(0, |it| it.lapses),
            ease: card.stands.and_then(|it| it.ease).map(|ease| ease.factor()),
            difficulty: card.stands.and_then(|it| it.difficulty),
            suspended: card.suspended,
            counted: record.map(|record| record.counted).unwrap_or_default(),
        });
    }
    Ok(found)
}

/// Returns the day and what belongs to `sections`, for JSON.
fn only(figures: &Figures, sections: &[Section]) -> Result<Value, CliError> {
    let all = serde_json::to_value(figures)
        .map_err(|error| CliError::failed(format!("cannot be put into JSON: {error}")))?;
    let Value::Object(mut fields) = all else { return Ok(all) };
    let wanted: HashSet<&str> =
        sections.iter().flat_map(|section| section.fields()).copied().collect();
    fields.retain(|name, _| name == "day" || wanted.contains(name.as_str()));
    Ok(Value::Object(fields))
}
