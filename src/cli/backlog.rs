//! When what waits will have been asked.

use super::error::CliError;
use super::home::Desk;
use super::words;
use crate::queue::{self, Plan};
use crate::settings::Limit;

/// Days that are looked back on for how many cards a learner answers.
const LOOK_BACK: u32 = 14;

/// Returns when the backlog will be cleared, at the pace of the settings or of the last two weeks;
/// nothing if there is none, or no pace.
///
/// # Errors
///
/// What the database says.
pub fn forecast(plan: &Plan, desk: &Desk) -> Result<Option<String>, CliError> {
    if plan.over_limit == 0 && !plan.new_held_back {
        return Ok(None);
    }
    let pace = match desk.settings.reviews_per_day {
        Limit::AtMost(most) => most as usize,
        Limit::Unlimited => desk.store.answered_a_day(desk.today, LOOK_BACK)?,
    };
    if pace == 0 {
        return Ok(None);
    }
    let coming = desk.store.due_after(desk.today)?;
    let left = match desk.settings.reviews_per_day {
        Limit::AtMost(_) => plan.over_limit,
        Limit::Unlimited => (plan.due + plan.over_limit).saturating_sub(pace),
    };
    let at = format!("at {} a day", words::grouped(pace));
    Ok(Some(match queue::cleared(desk.today, left, pace, &coming) {
        Some(day) => format!("the backlog is cleared on {} {at}", day.in_words()),
        None => format!("the backlog is not cleared within a year {at}"),
    }))
}
