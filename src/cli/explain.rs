//! `explain`: the arithmetic behind a due date, from the steps that made it.

use super::args::Explain;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::words;
use crate::history::{Review, Step};
use crate::schedule::fsrs::Retention;
use crate::schedule::sm2::{Timing, timing};
use crate::schedule::{Chosen, Ease, Grade, Model, Schedule, Stage};
use crate::store::Standing;
use crate::text;

/// Explains one card.
pub fn run(explain: &Explain, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let standing = desk.card_named(&explain.card)?;
    io.line(format!(
        "{}: {}",
        text::one_line(standing.card.id.as_str()),
        words::front_line(
            &standing,
            io.width.saturating_sub(standing.card.id.as_str().len() + 2).max(10)
        )
    ))?;
    for line in explained(&standing, usize::MAX, desk)? {
        io.line(text::wrap(&line, io.width, "  ", "    "))?;
    }
    Ok(())
}

/// Returns the last `most` answers with their arithmetic, and what is in force now.
pub fn explained(
    standing: &Standing,
    most: usize,
    desk: &mut Desk,
) -> Result<Vec<String>, CliError> {
    let (past, schedules) = desk.store.story(standing, &desk.settings)?;
    let scheduler = desk.store.scheduler_of(standing, &desk.settings)?;
    let mut lines = Vec::new();
    let mut before: Option<Schedule> = None;
    for (step, after) in past.steps.iter().zip(&schedules) {
        lines.push(match step {
            Step::Placed(placement) => {
                let overruled = before.is_some();
                format!("{}: {}", placement.day, came(after, overruled))
            }
            Step::Review(review) => {
                let said = match &scheduler.model {
                    Model::Sm2(_) => {
                        let timing = timing(before.as_ref(), review.day);
                        answer(before.as_ref(), after, review.grade, timing)
                    }
                    Model::Fsrs(fsrs) => {
                        by_memory(before.as_ref(), after, review, fsrs.retention())
                    }
                };
                format!("{}: {said}", review.day)
            }
        });
        before = Some(*after);
    }
    let hidden = lines.len().saturating_sub(most);
    if hidden > 0 {
        lines.drain(..hidden);
        lines.insert(
            0,
            format!("({} before)", words::count(hidden, "earlier answer", "earlier answers")),
        );
    }
    lines.extend(in_force(standing, schedules.last(), &scheduler, desk));
    Ok(lines)
}

/// Explains where a card stood that came from another program.
fn came(after: &Schedule, overruled: bool) -> String {
    let interval = words::count(after.interval.days() as usize, "day", "days");
    let ease = after.ease.map_or(String::new(), |ease| format!(" and an ease of {ease}"));
    let rule = if overruled { ", whatever the answers before it come to" } else { "" };
    format!(
        "came from elsewhere with an interval of {interval}{ease}: it goes on from there{rule}; due {}",
        after.due
    )
}

fn answer(before: Option<&Schedule>, after: &Schedule, grade: Grade, timing: Timing) -> String {
    let days = |days: u32| words::count(days as usize, "day", "days");
    let said = match grade.quality {
        Some(quality) => format!("{} (q{})", grade.rating, quality.number()),
        None => format!("{} (q{})", grade.rating, grade.quality().number()),
    };
    if !after.counted {
        return format!("{said}, a repeat on the same day: it changes no interval");
    }
    let interval = days(after.exact.days()) + &spread(after);
    let ease = ease_change(before.and_then(|before| before.ease), after.ease);
    let why = match (before, timing, grade.rating.passed()) {
        (_, _, false) => format!("not recalled, so the repetitions begin again: {interval}"),
        (Some(before), Timing::Early, true) => format!(
            "early, {} after the last answer: the longer of {} and the days waited × {}, counted from this day: {interval}",
            days(after.last_day.since(before.last_day).max(0) as u32),
            days(before.interval.days()),
            before.ease.unwrap_or(Ease::START),
        ),
        (_, _, true) if after.repetitions == 1 => format!("the first repetition: {interval}"),
        (_, _, true) if after.repetitions == 2 => format!("the second repetition: {interval}"),
        (Some(before), timing, true) => format!(
            "{}{} × {} = {interval}",
            if timing == Timing::Late { "late, but the stored interval counts: " } else { "" },
            days(before.interval.days()),
            before.ease.unwrap_or(Ease::START),
        ),
        (None, _, true) => interval,
    };
    format!("{said}, {why}{ease}; due {}", after.due)
}

/// Returns what came of spreading an interval.
fn spread(after: &Schedule) -> String {
    if after.interval == after.exact {
        return String::new();
    }
    format!(", spread to {}", words::count(after.interval.days() as usize, "day", "days"))
}

/// Explains an answer by what a model of memory makes of it.
fn by_memory(
    before: Option<&Schedule>,
    after: &Schedule,
    review: &Review,
    retention: Retention,
) -> String {
    let days = |days: i64| words::count(days.max(0) as usize, "day", "days");
    let rating = review.grade.rating;
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let when = match before {
        None => "the first answer".to_owned(),
        Some(before) if review.day <= before.last_day => "on the same day".to_owned(),
        Some(before) => format!(
            "{} after the last one, {} likely then",
            days(review.day.since(before.last_day)),
            percent(before.retrievability(review.day))
        ),
    };
    let change = |name: &str, was: Option<f64>, is: Option<f64>, unit: &str| match (was, is) {
        (Some(was), Some(is)) => format!("{name} {was:.2} to {is:.2}{unit}"),
        (None, Some(is)) => format!("{name} {is:.2}{unit}"),
        _ => String::new(),
    };
    let stability =
        change("stability", before.and_then(|it| it.stability), after.stability, " days");
    let difficulty =
        change("difficulty", before.and_then(|it| it.difficulty), after.difficulty, "");
    format!(
        "{rating}, {when}: {stability}, {difficulty}; {} wanted, so {}{}; due {}",
        percent(retention.share()),
        days(i64::from(after.exact.days())),
        spread(after),
        after.due
    )
}

fn ease_change(before: Option<Ease>, after: Option<Ease>) -> String {
    match (before.unwrap_or(Ease::START), after) {
        (before, Some(after)) if before != after => format!("; ease {before} to {after}"),
        (_, Some(after)) => format!("; ease stays {after}"),
        (_, None) => String::new(),
    }
}

fn in_force(
    standing: &Standing,
    schedule: Option<&Schedule>,
    scheduler: &Chosen,
    desk: &Desk,
) -> Vec<String> {
    let today = desk.today;
    let mut lines = Vec::new();
    match schedule {
        None => lines.push("new: no answer yet".to_owned()),
        Some(schedule) => {
            let recall = (schedule.retrievability(today) * 100.0).round();
            lines.push(format!(
                "due {} ({}); the day starts at {:02}:00",
                schedule.due,
                words::relative(schedule.due, today),
                desk.settings.day_starts_at.hour()
            ));
            if schedule.repeat_on == Some(today) {
                let below = match scheduler.model {
                    Model::Sm2(_) => "below good",
                    Model::Fsrs(_) => "again",
                };
                lines.push(format!("asked again today, because the last answer was {below}"));
            }
            if schedule.stage == Stage::Review {
                let curve = match scheduler.model {
                    Model::Sm2(_) => "SM-2's curve",
                    Model::Fsrs(_) => "FSRS",
                };
                lines.push(format!("by {curve} about {recall} % likely to be recalled today"));
            }
        }
    }
    if let Some(day) = standing.changed {
        lines.push(format!(
            "due now whatever its date: its answer was changed since {day}, when it was last passed"
        ));
    }
    if standing.suspended {
        lines.push("suspended: not asked until it is resumed".to_owned());
    }
    if let Some(until) = standing.buried_until.filter(|until| today < *until) {
        lines.push(format!("buried until {until}"));
    }
    if standing.parked {
        lines.push("parked: it stands in no deck now, and its history waits for it".to_owned());
    }
    lines
}
