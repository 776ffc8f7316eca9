//! `doctor`, `backup`, `restore`: the database itself.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::args::{Backup, Doctor, Restore};
use super::environment::Environment;
use super::error::CliError;
use super::home::{Desk, Home};
use super::io::Io;
use super::{prompt, words};
use crate::card::hex;
use crate::store::{self, BACKUPS, Standing, Store, StoreError};
use crate::time::{Day, Moment};

/// Looks after the database.
pub fn run(doctor: &Doctor, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if doctor.rebuild {
        desk.rebuild()?;
    }
    if doctor.digest {
        let (events, schedules) = digest(desk)?;
        io.line(format!("events {events}"))?;
        return io.line(format!("schedules {schedules}"));
    }
    if !desk.home.database().exists() {
        return io.line(format!("no history yet in {}", words::path(&desk.home.folder)));
    }
    desk.store.verify()?;
    let events = desk.store.event_ids()?.len();
    io.line(format!("{}: whole", words::path(desk.store.path())))?;
    io.line(format!("history: {}", words::count(events, "event", "events")))?;
    io.line(format!(
        "decks: {} in {}",
        words::count(desk.store.count_cards()?, "card", "cards"),
        words::count(desk.decks.len(), "deck", "decks")
    ))?;
    if doctor.rebuild {
        io.line("caches: made again from the decks and the history")?;
    }
    match desk.store.ahead_of(desk.now)? {
        Some(newest) => enter_again(doctor, newest, desk, io),
        None if doctor.enter_again => io.line("nothing is more than a day ahead of the clock"),
        None => Ok(()),
    }
}

/// Says that a clock ran ahead, and mends what it wrote if that is wanted.
fn enter_again(
    doctor: &Doctor,
    newest: Moment,
    desk: &mut Desk,
    io: &mut Io,
) -> Result<(), CliError> {
    let newest = Moment { utc_offset_s: desk.now.utc_offset_s, ..newest };
    io.say(format!(
        "the newest event is from {}, more than a day ahead of the clock ({})",
        newest.to_rfc3339(),
        desk.now.to_rfc3339()
    ))?;
    if !doctor.enter_again {
        if !io.interactive {
            io.note("if the clock is right now, `retain doctor --enter-again` takes back what is ahead of it and enters it again, the newest as done now");
            return Ok(());
        }
        io.say("If the clock is right now, what is ahead of it can be taken back and entered again: the newest as done now, the rest as long before that as it was.")?;
        io.flush()?;
        if prompt::confirm("Do that?", io)? != Some(true) {
            return Ok(());
        }
    }
    let entered = desk.store.enter_again(desk.now, &desk.settings)?;
    io.line(format!("entered again: {}", words::count(entered, "event", "events")))
}

/// What a schedule comes to, for comparing two homes.
#[derive(Serialize)]
struct Print<'a> {
    card: &'a str,
    due: Option<Day>,
    interval: Option<u32>,
    ease: Option<u32>,
    repetitions: Option<u32>,
    lapses: Option<u32>,
    reviews: Option<u32>,
    repeat_on: Option<Day>,
    suspended: bool,
    buried_until: Option<Day>,
    changed: Option<Day>,
}

fn digest(desk: &mut Desk) -> Result<(String, String), CliError> {
    let mut events = Sha256::new();
    for id in desk.store.event_ids()? {
        events.update(id.0);
    }
    let mut cards = desk.store.standings()?;
    cards.extend(desk.store.parked_standings(&desk.settings)?);
    cards.sort_by(|one, other| one.card.id.cmp(&other.card.id));
    let mut schedules = Sha256::new();
    for card in &cards {
        schedules.update(serde_json::to_vec(&print(card)).unwrap_or_default());
        schedules.update(b"\n");
    }
    Ok((hex(&events.finalize()), hex(&schedules.finalize())))
}

fn print(card: &Standing) -> Print<'_> {
    let schedule = card.schedule;
    Print {
        card: card.card.id.as_str(),
        due: schedule.map(|schedule| schedule.due),
        interval: schedule.map(|schedule| schedule.interval.days()),
        ease: schedule.and_then(|schedule| schedule.ease).map(|ease| ease.hundredths()),
        repetitions: schedule.map(|schedule| schedule.repetitions),
        lapses: schedule.map(|schedule| schedule.lapses),
        reviews: schedule.map(|schedule| schedule.reviews),
        repeat_on: schedule.and_then(|schedule| schedule.repeat_on),
        suspended: card.suspended,
        buried_until: card.buried_until,
        changed: card.changed,
    }
}

/// Writes a verified copy of the history.
pub fn backup(backup: &Backup, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if !desk.home.database().exists() {
        return Err(CliError::failed("there is no history yet").hint("`retain review` begins one"));
    }
    let file = match &backup.file {
        Some(file) => file.clone(),
        None => {
            let stamp = desk.now.wall_clock().format("%Y-%m-%d-%H%M%S");
            desk.home.folder.join(BACKUPS).join(format!("by-hand-{stamp}.db"))
        }
    };
    if file.exists() {
        return Err(CliError::failed(format!("{} is there already", words::path(&file)))
            .hint("name another file: a copy is never overwritten"));
    }
    desk.store.back_up(&file)?;
    let size = std::fs::metadata(&file).map_or(0, |file| file.len());
    io.line(format!(
        "{} ({} KiB, verified)",
        words::path(&file),
        words::grouped((size / 1024) as usize)
    ))
}

/// Puts a copy back in place of the history.
pub fn restore(
    restore: &Restore,
    home: Home,
    environment: &Environment,
    io: &mut Io,
) -> Result<(), CliError> {
    if !restore.file.is_file() {
        let what = if restore.file.exists() { "no file" } else { "not there" };
        return Err(CliError::failed(format!("{} is {what}", words::path(&restore.file)))
            .hint(newest_copy(&home.folder.join(BACKUPS))));
    }
    let clock = environment.clock(home.explicit)?;
    let chance = environment.chance(home.explicit)?;
    let (settings, _) = home.settings()?;
    let today = clock.now().day(settings.day_starts_at);
    let database = home.database();
    store::refuse_no_copy(&restore.file).map_err(|error| {
        CliError::failed(format!("nothing can be restored: {error}"))
            .hint(newest_copy(&home.folder.join(BACKUPS)))
    })?;
    let replace = || Store::open(&database, chance.ids())?.restore(&restore.file, today);
    let before = match replace() {
        // What cannot be copied first is put aside whole; nothing is thrown away.
        Err(StoreError::Damaged { .. } | StoreError::Emptied { .. }) => {
            let aside = put_aside(&database)?;
            io.note(format!("the damaged database was put aside as {}", words::path(&aside)));
            replace()?;
            aside
        }
        done => done?,
    };
    let desk = Desk::open(home, environment, io)?;
    let events = desk.store.event_ids()?.len();
    io.line(format!(
        "restored {} from {}",
        words::count(events, "event", "events"),
        words::path(&restore.file)
    ))?;
    io.line(format!("what was here before is in {}", words::path(&before)))
}

/// Renames a database that cannot be used, with all that belongs to it; returns its new name.
fn put_aside(database: &Path) -> Result<PathBuf, CliError> {
    let numbered = (1..).map(|number| database.with_extension(format!("damaged-{number}.db")));
    let aside =
        numbered.into_iter().find(|path| !path.exists()).unwrap_or_else(|| database.to_owned());
    for ending in ["", "-wal", "-shm", "-mark"] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        if with(database).exists() {
            std::fs::rename(with(database), with(&aside))?;
        }
    }
    Ok(aside)
}

fn newest_copy(folder: &Path) -> String {
    let copies = std::fs::read_dir(folder).map(|entries| {
        entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "db"))
            .max_by_key(|path| path.metadata().and_then(|file| file.modified()).ok())
    });
    match copies {
        Ok(Some(newest)) => {
            format!("copies are in {}, the newest is {}", words::path(folder), words::path(&newest))
        }
        _ => format!("copies are made in {}, and there are none yet", words::path(folder)),
    }
}
