//! `due`: what is due, for a person, a prompt or a script.

use serde::Serialize;

use super::args::Due;
use super::backlog;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::json::CardJson;
use super::list::{self, chosen};
use super::words;
use crate::queue::{self, Wish};
use crate::store::Standing;
use crate::time::Day;

#[derive(Serialize)]
struct DueJson<'a> {
    day: Day,
    due: usize,
    new: usize,
    decks: Vec<DeckJson<'a>>,
    cards: Vec<CardJson<'a>>,
}

#[derive(Serialize)]
struct DeckJson<'a> {
    deck: &'a str,
    due: usize,
    new: usize,
}

/// Shows what is due.
pub fn run(due: &Due, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let chosen = chosen(&due.query, desk, io)?;
    let wish = Wish { seed: desk.chance.seed(), ..Wish::default() };
    let plan = desk.plan(chosen.as_deref(), wish)?;
    let total = plan.due + plan.new;
    if due.quiet {
        return if total > 0 { Ok(()) } else { Err(CliError::Quiet(1)) };
    }
    if due.count {
        return io.line(total);
    }
    let counts = queue::by_deck(&plan);
    if due.json {
        let cards = plan
            .order
            .iter()
            .map(|card| desk.store.standing_of(card.card))
            .collect::<Result<Vec<Option<Standing>>, _>>()?;
        let decks = desk.decks.iter().enumerate().map(|(at, deck)| {
            let (due, new) = counts.get(&at).copied().unwrap_or_default();
            DeckJson { deck: &deck.deck, due, new }
        });
        return io.json(&DueJson {
            day: desk.today,
            due: plan.due,
            new: plan.new,
            decks: decks.collect(),
            cards: cards.iter().flatten().map(|card| CardJson::of(card, desk.today)).collect(),
        });
    }
    if total == 0 {
        io.say(match chosen {
            Some(_) => "nothing that matches is due or let in today".to_owned(),
            None => nothing_due(desk)?,
        })?;
    } else {
        list::deck_table(desk, &counts, io)?;
        io.say(format!(
            "{} due, {} new today",
            words::grouped(plan.due),
            words::grouped(plan.new)
        ))?;
    }
    if plan.new_held_back {
        io.note("new cards wait until fewer are due (`new_while_behind: yes` lets them in)");
    }
    if plan.over_limit > 0 {
        io.note(format!(
            "{} more due, kept for another day by reviews_per_day",
            words::grouped(plan.over_limit)
        ));
    }
    if chosen.is_none()
        && let Some(forecast) = backlog::forecast(&plan, desk)?
    {
        io.note(forecast);
    }
    list::say_what_is_wrong(desk, io)
}

/// Returns that nothing is due, and when something will be.
pub fn nothing_due(desk: &mut Desk) -> Result<String, CliError> {
    if !desk.home.folder.exists() {
        let home = words::path(&desk.home.folder);
        let init = desk.home.command("init");
        return Ok(format!("there is no home at {home} yet: `{init}` makes one"));
    }
    if desk.store.count_cards()? == 0 {
        let decks = words::path(&desk.home.decks());
        let parked = desk.store.parked_standings(&desk.settings)?.len();
        return Ok(match parked {
            0 => format!("no cards yet: put a YAML deck into {decks}"),
            _ => format!(
                "no deck is in {decks} now; the progress of {} is kept, and returns with its deck",
                words::count(parked, "card", "cards")
            ),
        });
    }
    let waiting = new_cards_beyond_the_limit(desk)?;
    Ok(match desk.store.next_due(desk.today)? {
        Some((day, cards)) => format!(
            "nothing is due; {} {} ({}){waiting}",
            words::count(cards, "card", "cards"),
            words::relative(day, desk.today),
            day
        ),
        None if !waiting.is_empty() => format!("nothing is due{waiting}"),
        None => match set_aside(&desk.store.standings()?, desk.today) {
            Some(aside) => format!("nothing is due; {aside}"),
            None => "nothing is due".to_owned(),
        },
    })
}

/// Returns that more new cards are waiting than today lets in; nothing if that is not so.
fn new_cards_beyond_the_limit(desk: &Desk) -> Result<String, CliError> {
    let new = desk.store.count_new(desk.today)?;
    let plan = desk.plan(None, Wish::default())?;
    if new == 0 || plan.new > 0 || plan.new_held_back {
        return Ok(String::new());
    }
    let wait = words::count(new, "new card waits", "new cards wait");
    let with_more = desk.plan(None, Wish { new: Some(1), ..Wish::default() })?;
    if with_more.new == 0 {
        return Ok(format!("; {wait} until tomorrow, as other sides were asked today"));
    }
    let more = desk.home.command("review --new 10");
    Ok(format!("; {wait}, and `{more}` asks some today"))
}

/// Returns that all of `cards` are set aside, and how; `None` if one of them is not.
pub fn set_aside(cards: &[Standing], today: Day) -> Option<String> {
    let suspended = cards.iter().filter(|card| card.suspended).count();
    let buried = cards.iter().filter(|card| !card.suspended && card.buried(today)).count();
    if cards.is_empty() || suspended + buried < cards.len() {
        return None;
    }
    let how = match (suspended, buried) {
        (_, 0) => "suspended".to_owned(),
        (0, _) => "buried".to_owned(),
        _ => format!("{} suspended, {} buried", words::grouped(suspended), words::grouped(buried)),
    };
    let all = words::count(cards.len(), "card is", "cards are");
    Some(format!("{all} set aside ({how}); `retain resume` asks them again"))
}
