//! The shell around the library: arguments in, sentences and exit codes out.
//!
//! A file a command. Nothing in here decides about memory; it asks the library and says what comes
//! of it.

mod add;
mod args;
mod backlog;
mod bar;
mod board;
mod care;
mod check;
mod complete;
mod confusion;
mod doctor;
mod due;
mod edit;
mod editor;
mod environment;
mod error;
mod explain;
mod export;
mod fix;
mod glance;
mod grade;
mod history;
mod home;
mod import;
mod init;
mod io;
mod json;
mod leech;
mod list;
mod merge;
mod opener;
mod passing;
mod prompt;
mod report;
mod review;
mod scheduler;
mod stats;
mod undo;
mod when;
mod whole;
mod words;
mod write;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use colored::Colorize;

use self::args::{Arguments, Command};
use self::environment::Environment;
use self::error::CliError;
use self::home::{Desk, Home};
use self::io::Io;
use crate::diagnostic::{self, Severity};

/// Runs the program on the arguments of this process.
pub fn run() -> ExitCode {
    let environment = Environment::read();
    complete::answer(&environment);
    let arguments = match Arguments::try_parse_from(args::with_negations(environment::arguments()))
    {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help that nobody reads to its end is no failure. An error quotes what was typed,
            // which may have come from anywhere.
            if error.use_stderr() {
                let explained = args::restored(&error.to_string());
                let _ = write!(std::io::stderr(), "{}", crate::text::harmless(&explained));
            } else {
                let _ = error.print();
            }
            return ExitCode::from(CliError::Arguments(error).status());
        }
    };
    let mut io = Io::new(arguments.color, &environment);
    let done = dispatch(arguments, &environment, &mut io).and_then(|()| io.flush());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let CliError::Failed(trouble) | CliError::Usage(trouble) = &error {
                io.complain(&"error:".red().bold().to_string(), &trouble.to_string());
                if let Some(hint) = &trouble.hint {
                    io.complain(&"hint:".cyan().bold().to_string(), hint);
                }
            }
            ExitCode::from(error.status())
        }
    }
}

fn dispatch(arguments: Arguments, environment: &Environment, io: &mut Io) -> Result<(), CliError> {
    let home = Home::find(arguments.home.as_deref(), environment)?;
    // What is only for tests is refused before anything is made or read.
    environment.clock(home.explicit)?;
    environment.chance(home.explicit)?;
    let quiet_due = matches!(&arguments.command, Some(Command::Due(due)) if due.quiet);
    let done = on_home(arguments.command, home, environment, io);
    match done {
        // "Could not tell" is not "nothing is due".
        Err(CliError::Failed(trouble)) if quiet_due => Err(CliError::Usage(trouble)),
        done => done,
    }
}

fn on_home(
    command: Option<Command>,
    home: Home,
    environment: &Environment,
    io: &mut Io,
) -> Result<(), CliError> {
    // These come before settings and decks are read, or do without.
    let command = match command {
        Some(Command::Init(init)) => return init::run(&init, &home, environment, io),
        Some(Command::Restore(restore)) => return doctor::restore(&restore, home, environment, io),
        Some(Command::Schema) => return io.line(crate::deck::SCHEMA.trim_end()),
        Some(Command::Completions(completions)) => return complete::run(&completions, io),
        Some(Command::Man(man)) => return complete::man(&man, io),
        Some(Command::Help(help)) => return complete::help(&help, io),
        Some(Command::Merge(merge)) => return merge::run(&merge, home, environment, io),
        Some(Command::Review(_) | Command::Board(_)) | None => {
            io.lines_only |= matches!(&command, Some(Command::Review(review)) if review.plain);
            io.lines_only |= matches!(&command, Some(Command::Board(board)) if board.plain);
            init::offer_starter(&home, io, command.is_some())?;
            command
        }
        command => command,
    };
    if let Some(Command::Check(check)) = &command
        && !check.paths.is_empty()
        && !check::are_of_home(&check.paths, &home, environment)
    {
        return check::files(check, io);
    }
    if let Some(Command::Check(check)) = &command
        && check.json
    {
        // An editor wants these as it wants those of decks.
        let (_, problems) = home.settings()?;
        if diagnostic::count(&problems, Severity::Error) > 0 {
            return check::conclude(check, problems, fix::Fixed::default(), &[], io);
        }
    }
    let mut desk = Desk::open(home, environment, io)?;
    let for_a_script =
        matches!(&command, Some(Command::Due(due)) if due.count || due.json || due.quiet);
    if !for_a_script {
        desk.say_what_was_linked(io);
    }
    match command {
        None => glance::run(&mut desk, io),
        Some(Command::Review(review)) => review::run(&review, &mut desk, io),
        Some(Command::Board(board)) => board::run(&board, &mut desk, io),
        Some(Command::Due(due)) => due::run(&due, &mut desk, io),
        Some(Command::Grade(grade)) => grade::run(&grade, &mut desk, io),
        Some(Command::Undo(undo)) => undo::run(&undo, &mut desk, io),
        Some(Command::History(history)) => history::run(&history, &mut desk, io),
        Some(Command::Stats(stats)) => stats::run(&stats, &mut desk, io),
        Some(Command::Export(export)) => export::run(&export, &mut desk, io),
        Some(Command::List(list)) => list::list(&list, &mut desk, io),
        Some(Command::Show(show)) => list::show(&show, &mut desk, io),
        Some(Command::Add(add)) => add::run(&add, &mut desk, io),
        Some(Command::Edit(edit)) => edit::run(&edit, &mut desk, io),
        Some(Command::Suspend(which)) => care::run(care::Care::Suspend, &which, &mut desk, io),
        Some(Command::Resume(which)) => care::run(care::Care::Resume, &which, &mut desk, io),
        Some(Command::Bury(which)) => care::run(care::Care::Bury, &which, &mut desk, io),
        Some(Command::Reset(which)) => care::run(care::Care::Reset, &which, &mut desk, io),
        Some(Command::Check(check)) => check::run(&check, &mut desk, io),
        Some(Command::Import(import)) => import::run(&import, &mut desk, io),
        Some(Command::Scheduler(scheduler)) => scheduler::run(&scheduler, &mut desk, io),
        Some(Command::Explain(explain)) => explain::run(&explain, &mut desk, io),
        Some(Command::Doctor(doctor)) => doctor::run(&doctor, &mut desk, io),
        Some(Command::Backup(backup)) => doctor::backup(&backup, &mut desk, io),
        Some(
            Command::Init(_)
            | Command::Restore(_)
            | Command::Schema
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Help(_)
            | Command::Merge(_),
        ) => Ok(()),
    }
}
