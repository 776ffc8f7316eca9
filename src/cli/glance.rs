//! `retain` without a command: today at a glance, and an offer to begin.

use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{args, backlog, due, list, prompt, review, words};
use crate::queue::{self, Wish};

/// Shows today, and begins a review if a person wants to.
pub fn run(desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let plan = desk.plan(None, Wish::default())?;
    let (answered, _) = desk.store.answered_on(desk.today)?;
    if plan.due + plan.new == 0 {
        io.say(due::nothing_due(desk)?)?;
    } else {
        list::deck_table(desk, &queue::by_deck(&plan), io)?;
        io.say(format!(
            "{} due, {} new today",
            words::grouped(plan.due),
            words::grouped(plan.new)
        ))?;
    }
    if answered > 0 {
        io.say(format!("{} answered today", words::count(answered, "card", "cards")))?;
    }
    if plan.new_held_back {
        io.say("new cards wait until fewer are due")?;
    }
    if let Some(forecast) = backlog::forecast(&plan, desk)? {
        io.say(forecast)?;
    }
    list::say_what_is_wrong(desk, io)?;
    if plan.due + plan.new == 0 || !io.interactive {
        return Ok(());
    }
    io.flush()?;
    match prompt::confirm("Begin the review?", io)? {
        Some(true) => {
            desk.begin_again()?;
            desk.say_what_was_linked(io);
            review::run(&args::Review::default(), desk, io)
        }
        _ => Ok(()),
    }
}
