//! `scheduler fit`: weights after the learner's own answers.

use serde::Serialize;

use crate::cli::args::scheduler::Fit;
use crate::cli::bar::Bar;
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::words;
use crate::evaluate::{LEAST_FOR_FIT, Reviews, log_loss};
use crate::history::extra::{Scope, Set};
use crate::schedule::fsrs::Weights;
use crate::settings::{Refit, SchedulerName};

/// What a fit came to, as JSON.
#[derive(Serialize)]
struct Fitted {
    parameters: [f64; 21],
    log_loss_before: f64,
    log_loss_after: f64,
    reviews: usize,
}

/// Fits the weights of FSRS.
pub fn run(args: &Fit, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let reviews = Reviews::of(desk.store.pasts()?);
    let count = reviews.scored().len();
    if count < LEAST_FOR_FIT {
        return Err(CliError::failed(format!(
            "a fit needs {LEAST_FOR_FIT} scored answers: {} missing",
            match LEAST_FOR_FIT - count {
                1 => "one is".to_owned(),
                missing => format!("{missing} are"),
            }
        ))
        .hint("scored is an answer at least a day after the card's one before; until then FSRS goes by its usual weights"));
    }
    let before = desk.store.fitted()?.collection().map(|set| set.weights).unwrap_or_default();
    let mut bar = Bar::new("fitting", io);
    let fitted = reviews.fitted(count, &mut |share| bar.show(share));
    bar.end();
    let weights = fitted.ok_or_else(|| {
        CliError::failed("the answers are too few of a kind to fit weights to")
            .hint("go on reviewing, and try again in some weeks")
    })?;
    let fitted = Fitted {
        parameters: weights.numbers(),
        log_loss_before: mean_loss(&reviews, before),
        log_loss_after: mean_loss(&reviews, weights),
        reviews: count,
    };
    if !args.dry_run {
        keep(weights, count, desk)?;
    }
    if args.json {
        return io.json(&fitted);
    }
    io.line(format!(
        "fitted to {}; log loss {:.4} before, {:.4} after (less is better)",
        words::count(count, "scored answer", "scored answers"),
        fitted.log_loss_before,
        fitted.log_loss_after
    ))?;
    let numbers = weights.to_string();
    io.line(crate::text::wrap(&numbers, io.width, "weights  ", "         "))?;
    if args.dry_run {
        return io.say("they were not kept");
    }
    let in_force = desk.settings.scheduler == SchedulerName::Fsrs
        || desk.decks.iter().any(|deck| deck.head.options.scheduler == Some(SchedulerName::Fsrs));
    if in_force {
        io.say("they are in force now")
    } else {
        let change = desk.home.command("scheduler use fsrs");
        io.say(format!("they are kept; `{change}` schedules by them"))
    }
}

fn keep(weights: Weights, reviews: usize, desk: &mut Desk) -> Result<(), CliError> {
    let set = Set {
        scope: Scope::Collection,
        weights,
        given: false,
        reviews: Some(reviews as u64),
        counted: Some(desk.store.count_counted()?),
    };
    Ok(desk.store.keep_weights(&set, desk.clock.now(), &desk.settings)?)
}

fn mean_loss(reviews: &Reviews, weights: Weights) -> f64 {
    let scored = reviews.scored();
    let chances = reviews.by_fsrs(weights, 0..scored.len());
    let losses = scored.iter().zip(&chances).map(|(it, chance)| log_loss(*chance, it.passed));
    losses.sum::<f64>() / scored.len().max(1) as f64
}

/// Fits again after a session, if FSRS is in force and the counted answers have grown by a fifth
/// since the last time; says so.
///
/// # Errors
///
/// What the database says.
pub fn refit(desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let in_force = |name: Option<SchedulerName>| name == Some(SchedulerName::Fsrs);
    let wanted = in_force(Some(desk.settings.scheduler))
        || desk.decks.iter().any(|deck| in_force(deck.head.options.scheduler));
    if desk.settings.refit == Refit::Off || !wanted {
        return Ok(());
    }
    let counted = desk.store.count_counted()?;
    let fitted = desk.store.fitted()?;
    let last = fitted.collection();
    // Weights that a person chose stay until they choose others.
    if last.is_some_and(|set| set.given)
        || last.and_then(|set| set.counted).is_some_and(|then| counted * 5 < then * 6)
        || (counted as usize) < LEAST_FOR_FIT
    {
        return Ok(());
    }
    let reviews = Reviews::of(desk.store.pasts()?);
    let count = reviews.scored().len();
    if count < LEAST_FOR_FIT {
        return Ok(());
    }
    let mut bar = Bar::new("fitting", io);
    let weights = reviews.fitted(count, &mut |share| bar.show(share));
    bar.end();
    if let Some(weights) = weights {
        keep(weights, count, desk)?;
        io.say(format!(
            "FSRS was fitted anew to {}; `refit: off` leaves that to you",
            words::count(count, "scored answer", "scored answers")
        ))?;
    }
    Ok(())
}
