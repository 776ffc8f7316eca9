//! `merge`: another history into this one.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::Merge;
use super::environment::Environment;
use super::error::CliError;
use super::home::{Desk, Home};
use super::io::Io;
use super::words;
use crate::history::{Fact, LearnerId};
use crate::import::history::{NoHistory, Reader};
use crate::store::{Count, Other, Store, United};
use crate::text;

/// So many facts are one transaction.
const BATCH: usize = 10_000;
/// A transaction is not made of more text than this, in bytes.
const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// How long nobody is kept from writing between two of them.
const PAUSE: Duration = Duration::from_millis(10);
/// So many lines that are left out are named.
const MOST_NAMED: usize = 20;
/// And in no more columns than this.
const LONGEST_NAME: usize = 200;
/// So many transactions are copied into the main file at a time.
const CHECKPOINT: usize = 20;

/// What is merged.
enum Source {
    Lines(Reader<Box<dyn BufRead>>),
    Database(Other),
}

/// Takes every fact of another history into this one.
pub fn run(
    merge: &Merge,
    home: Home,
    environment: &Environment,
    io: &mut Io,
) -> Result<(), CliError> {
    let (source, learner) = open(&merge.file, &home)?;
    if !home.database().exists() {
        // A new machine may begin with what another one knows.
        let chance = environment.chance(home.explicit)?;
        Store::open(&home.database(), chance.ids())?;
    }
    let mut desk = Desk::open(home, environment, io)?;
    desk.say_what_was_linked(io);
    let mut work = Work {
        desk: &mut desk,
        io,
        united: United::default(),
        batch: Vec::new(),
        bytes: 0,
        batches: 0,
        left_out: 0,
        whose: Whose { file: &merge.file, same_person: merge.same_person, of_the_file: learner },
    };
    if let Some(copy) = work.whose.copy_before_mixing(work.desk)? {
        work.io
            .note("the histories of two learners become one; there is no way back but this copy:");
        let copy = words::quoted(&words::path(&copy));
        work.io.verbatim(work.desk.home.command(&format!("restore {copy}")));
    }
    work.whose.refuse_another(work.desk)?;
    match source {
        Source::Lines(reader) => work.lines(reader)?,
        Source::Database(other) => work.database(&other)?,
    }
    let (united, left_out) = (work.united, work.left_out);
    // Everything is folded before it is said to be there.
    desk.bring_up_to_date()?;
    desk.store.checkpoint()?;
    desk.say_what_was_linked(io);
    report(&united, io)?;
    if united.own_came_back {
        io.note("note: some of it was done elsewhere in the name of this device, which writes as a new one from now on; `retain undo` does not reach behind that");
    }
    if left_out == 0 {
        return Ok(());
    }
    if left_out > MOST_NAMED {
        io.note(format!("and {} more", words::grouped(left_out - MOST_NAMED)));
    }
    io.note(format!("{} left out", words::count(left_out, "line", "lines")));
    Err(CliError::Quiet(1))
}

fn report(united: &United, io: &mut Io) -> Result<(), CliError> {
    let line = |what: &str, count: Count| {
        format!(
            "{what}: {} new, {} there already",
            words::grouped(count.new),
            words::grouped(count.known)
        )
    };
    io.line(line("events", united.events))?;
    io.line(line("cards", united.cards()))?;
    io.line(line("wordings", united.wordings))?;
    let devices = united.devices;
    io.line(format!(
        "from {}, {} of them new here",
        words::count(devices.new + devices.known, "device", "devices"),
        words::grouped(devices.new)
    ))
}

/// Opens a file as what it is, and returns whose history it holds.
fn open(file: &Path, home: &Home) -> Result<(Source, Option<LearnerId>), CliError> {
    let shown = words::path(file);
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => CliError::failed(format!("{shown} is not there")),
        _ => CliError::failed(format!("{shown} cannot be read: {error}")),
    };
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        let opened = std::fs::File::open(file).map_err(unreadable)?;
        let there = opened.metadata().map_err(unreadable)?;
        if there.is_dir() {
            return Err(CliError::failed(format!("{shown} is a folder"))
                .hint("name a file that `retain export history` or `retain backup` wrote"));
        }
        let own = std::fs::metadata(home.database());
        if own.is_ok_and(|own| (own.dev(), own.ino()) == (there.dev(), there.ino())) {
            return Err(CliError::failed(format!("{shown} is the history of this home itself")));
        }
        Box::new(opened)
    };
    let mut input: Box<dyn BufRead> = Box::new(BufReader::with_capacity(1 << 16, input));
    if input.fill_buf().map_err(unreadable)?.starts_with(b"SQLite format 3\0") {
        if !file.is_file() {
            return Err(CliError::failed(format!("{shown} is a database in a pipe"))
                .hint("merge a database from its file, or what `retain export history` writes"));
        }
        let open = || {
            let other = Other::open(file)?;
            let learner = other.learner()?;
            Ok((Source::Database(other), learner))
        };
        return open().map_err(|error: crate::store::StoreError| {
            CliError::failed(format!("{shown} cannot be merged: {error}"))
                .hint("nothing was changed here")
        });
    }
    match Reader::begin(input) {
        Ok((heading, _)) if heading.anonymous => {
            Err(CliError::failed(format!("{shown} was written with --anonymous: it is to be read"))
                .hint("merged where it came from, it would count everything twice; `retain export history` writes what can be merged"))
        }
        Ok((heading, reader)) => Ok((Source::Lines(reader), heading.learner)),
        Err(NoHistory::Io(error)) => Err(unreadable(error)),
        Err(error @ NoHistory::Newer { .. }) => {
            Err(CliError::failed(format!("{shown} was {error}"))
                .hint("install that version of retain; nothing here was touched"))
        }
        Err(NoHistory::Foreign) => {
            Err(CliError::failed(format!("{shown} is no history of retain"))
                .hint("`retain export history` and `retain backup` write files that can be merged"))
        }
    }
}

/// Whose history may come in.
struct Whose<'a> {
    file: &'a Path,
    same_person: bool,
    of_the_file: Option<LearnerId>,
}

impl Whose<'_> {
    /// Copies what is here if another person's history may be about to come in, for good.
    fn copy_before_mixing(&self, desk: &Desk) -> Result<Option<PathBuf>, CliError> {
        let known = match self.of_the_file {
            Some(theirs) => desk.store.knows_learner(theirs)?,
            None => false, // its devices will say it, when part of it is written
        };
        if !self.same_person || known || desk.store.learner()?.is_none() {
            return Ok(None);
        }
        Ok(Some(desk.store.back_up_before("merge", desk.today)?))
    }

    /// Refuses the history of another person; one of nobody yet becomes that of whoever it is.
    fn refuse_another(&self, desk: &mut Desk) -> Result<(), CliError> {
        let Some(theirs) = self.of_the_file else { return Ok(()) };
        if desk.store.learner()?.is_none() {
            return Ok(desk.store.adopt_learner(theirs)?);
        }
        self.refuse(theirs, desk)
    }

    /// Refuses a device of another person in a history that does not say whose it is.
    fn refuse_device(&self, device: Option<LearnerId>, desk: &Desk) -> Result<(), CliError> {
        match (self.of_the_file, device) {
            (None, Some(theirs)) if desk.store.learner()?.is_some() => self.refuse(theirs, desk),
            _ => Ok(()),
        }
    }

    fn refuse(&self, theirs: LearnerId, desk: &Desk) -> Result<(), CliError> {
        if self.same_person || desk.store.knows_learner(theirs)? {
            return Ok(());
        }
        let file = words::path(self.file);
        Err(CliError::failed(format!("{file} is the history of another learner")).hint(format!(
            "if you are that learner, too: `{}`",
            desk.home.command(&format!("merge --same-person {}", words::quoted(&file)))
        )))
    }
}

/// A merge under way.
struct Work<'a> {
    desk: &'a mut Desk,
    io: &'a mut Io,
    united: United,
    /// Facts, each with the place to name it by.
    batch: Vec<(usize, Fact<'static>)>,
    /// About how much text there is in it.
    bytes: usize,
    batches: usize,
    left_out: usize,
    whose: Whose<'a>,
}

impl Work<'_> {
    fn lines(&mut self, mut reader: Reader<Box<dyn BufRead>>) -> Result<(), CliError> {
        loop {
            match reader.next_fact() {
                Ok(None) => break,
                Ok(Some((line, Ok(fact)))) => self.take(line, fact)?,
                Ok(Some((line, Err(problem)))) => self.name(&format!("line {line}: {problem}")),
                Err(error) => {
                    self.commit("line")?;
                    return Err(CliError::failed(format!(
                        "{} cannot be read to its end: {error}",
                        words::path(self.whose.file)
                    ))
                    .hint("what came before is in the history; merge it again for the rest"));
                }
            }
            if self.is_full() {
                self.commit("line")?;
                std::thread::sleep(PAUSE);
            }
        }
        self.commit("line")
    }

    fn database(&mut self, other: &Other) -> Result<(), CliError> {
        let mut number = 0;
        other.facts(|fact| -> Result<(), CliError> {
            number += 1;
            match fact.map(|fact| (fact.check(), fact)) {
                Ok((Ok(()), fact)) => self.take(number, fact.into_owned())?,
                Ok((Err(problem), fact)) => self.name(&format!("{}: {problem}", said(&fact))),
                Err(problem) => self.name(&format!("fact {number}: {problem}")),
            }
            if self.is_full() {
                self.commit("fact")?;
                std::thread::sleep(PAUSE);
            }
            Ok(())
        })?;
        self.commit("fact")
    }

    fn take(&mut self, place: usize, fact: Fact<'static>) -> Result<(), CliError> {
        if let Fact::Device { learner, .. } = &fact {
            self.whose.refuse_device(*learner, self.desk)?;
        }
        let long =
            |text: &Option<std::borrow::Cow<'_, str>>| text.as_ref().map_or(0, |text| text.len());
        self.bytes += match &fact {
            Fact::Device { .. } => 0,
            Fact::Asked(asked) => {
                let texts = [&asked.card, &asked.front, &asked.back, &asked.accept];
                texts.iter().map(|text| text.len()).sum::<usize>() + long(&asked.deck)
            }
            Fact::Event { facts, .. } => long(&facts.card) + facts.kind.len() + long(&facts.extra),
        };
        self.batch.push((place, fact));
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    fn name(&mut self, problem: &str) {
        self.left_out += 1;
        if self.left_out <= MOST_NAMED {
            // What it quotes may be as long as the line.
            self.io.note(words::shortened(&text::one_line(problem), LONGEST_NAME));
        }
    }

    /// Adds what was gathered, in one transaction.
    fn commit(&mut self, place: &str) -> Result<(), CliError> {
        self.bytes = 0;
        let (places, facts): (Vec<usize>, Vec<Fact<'static>>) = self.batch.drain(..).unzip();
        let refused = self.desk.store.unite(&facts, &mut self.united)?;
        for (at, problem) in refused {
            match place {
                "line" => self.name(&format!("line {}: {problem}", places[at])),
                _ => self.name(&format!("{}: {problem}", said(&facts[at]))),
            }
        }
        self.batches += 1;
        if self.batches.is_multiple_of(CHECKPOINT) {
            self.desk.store.checkpoint()?;
        }
        Ok(())
    }
}

/// Returns what a fact of a database is called.
fn said(fact: &Fact<'_>) -> String {
    match fact {
        Fact::Device { id, .. } => format!("device {id}"),
        Fact::Asked(asked) => format!("wording {} of {}", asked.rev, asked.card),
        Fact::Event { id, .. } => format!("event {id}"),
    }
}
