//! `scheduler`: which formula is in force, another one, its weights, and how well each foresees.

mod change;
mod evaluation;
mod fitting;

pub use fitting::refit;

use serde::Serialize;

use super::args::scheduler::{Action, Scheduler as Args};
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use crate::deck::Head;
use crate::settings::{SchedulerName, Sm2Profile};
use crate::store::InForce;
use crate::text;

/// Shows, changes, fits or measures schedulers.
pub fn run(args: &Args, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    match &args.action {
        Action::Show(shown) => show(shown.json, desk, io),
        Action::Use(wanted) => change::run(wanted, desk, io),
        Action::Fit(fit) => fitting::run(fit, desk, io),
        Action::Evaluate(shown) => evaluation::run(shown.json, desk, io),
    }
}

/// What `scheduler show --json` prints.
#[derive(Serialize)]
struct Shown {
    scheduler: &'static str,
    profile: &'static str,
    retention: f64,
    parameters: [f64; 21],
    source: &'static str,
    decks: Vec<ShownDeck>,
}

/// A deck that does not go by the configuration.
#[derive(Serialize)]
struct ShownDeck {
    deck: String,
    scheduler: &'static str,
    profile: &'static str,
    retention: f64,
    parameters: [f64; 21],
    source: &'static str,
}

fn profile(profile: Sm2Profile) -> &'static str {
    match profile {
        Sm2Profile::Text => "text",
        Sm2Profile::Delphi => "delphi",
    }
}

fn source(set: Option<&InForce>) -> &'static str {
    match set {
        None => "default",
        Some(InForce { given: true, .. }) => "given",
        Some(_) => "fitted",
    }
}

fn show(json: bool, desk: &Desk, io: &mut Io) -> Result<(), CliError> {
    let fitted = desk.store.fitted()?;
    let shown = |deck: &str, head: &Head| {
        let (options, settings) = (&head.options, &desk.settings);
        let set = fitted.of(deck);
        ShownDeck {
            deck: deck.to_owned(),
            scheduler: options.scheduler.unwrap_or(settings.scheduler).word(),
            profile: profile(options.sm2_profile.unwrap_or(settings.sm2_profile)),
            retention: options.retention.unwrap_or(settings.retention).share(),
            parameters: set.map(|set| set.weights).unwrap_or_default().numbers(),
            source: source(set),
        }
    };
    let usual = shown("", &Head::default());
    let others: Vec<ShownDeck> = desk
        .decks
        .iter()
        .map(|deck| shown(&deck.deck, &deck.head))
        .filter(|deck| {
            deck.scheduler != usual.scheduler
                || deck.profile != usual.profile
                || deck.retention != usual.retention
                || deck.parameters != usual.parameters
        })
        .collect();
    if json {
        let ShownDeck { scheduler, profile, retention, parameters, source, .. } = usual;
        let decks = others;
        return io.json(&Shown { scheduler, profile, retention, parameters, source, decks });
    }
    io.line(in_words(&usual))?;
    if usual.scheduler == SchedulerName::Fsrs.word() || usual.source != "default" {
        weights(&usual, fitted.collection(), io)?;
    }
    for deck in &others {
        io.line(format!("{}: {}", text::one_line(&deck.deck), in_words(deck)))?;
    }
    let other = match usual.scheduler {
        "sm2" => "fsrs",
        _ => "sm2",
    };
    io.note(format!(
        "`{}` says what would move with the other one, `{}` measures both on your answers",
        desk.home.command(&format!("scheduler use {other} --dry-run")),
        desk.home.command("scheduler evaluate"),
    ));
    Ok(())
}

fn in_words(shown: &ShownDeck) -> String {
    match shown.scheduler {
        "sm2" if shown.profile == "text" => "SM-2, by the text of 1990".to_owned(),
        "sm2" => "SM-2, by its author's later program".to_owned(),
        _ => format!(
            "FSRS-6, {} % to be recalled on the due day, {} weights",
            (shown.retention * 100.0).round(),
            match shown.source {
                "default" => "the usual",
                "given" => "given",
                _ => "fitted",
            }
        ),
    }
}

fn weights(shown: &ShownDeck, set: Option<&InForce>, io: &mut Io) -> Result<(), CliError> {
    let numbers: Vec<String> = shown.parameters.iter().map(f64::to_string).collect();
    io.line(text::wrap(&numbers.join(", "), io.width, "weights  ", "         "))?;
    if let Some(reviews) = set.and_then(|set| set.reviews) {
        io.line(format!(
            "         fitted to {}",
            super::words::count(reviews as usize, "scored answer", "scored answers")
        ))?;
    }
    Ok(())
}
