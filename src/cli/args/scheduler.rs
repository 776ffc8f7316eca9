//! The arguments of `scheduler`.

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::cli::complete;
use crate::settings::SchedulerName;

/// What to do about schedulers.
#[derive(Debug, Args)]
pub struct Scheduler {
    /// What.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do about schedulers.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Show which formula is in force, with its numbers.
    #[command(after_help = "Examples:\n  retain scheduler show\n  retain scheduler show --json")]
    Show(Shown),
    /// Schedule by another formula; says what moves, and asks first.
    ///
    /// The setting is written into config.yaml, or with --deck into the deck; every other byte
    /// stays. Schedules are made of the history: going back gives exactly what was.
    #[command(
        after_help = "Examples:\n  retain scheduler use fsrs\n  retain scheduler use fsrs --deck lang --retention 0.85 --dry-run\n  retain scheduler use fsrs --parameters default\n  retain scheduler use sm2 --yes"
    )]
    Use(Use),
    /// Fit the weights of FSRS to your answers, and keep them.
    #[command(after_help = "Examples:\n  retain scheduler fit --dry-run\n  retain scheduler fit")]
    Fit(Fit),
    /// Measure how well each formula would have foreseen your answers.
    #[command(
        after_help = "Examples:\n  retain scheduler evaluate\n  retain scheduler evaluate --json\n\ndocs/schedulers.md explains the columns."
    )]
    Evaluate(Shown),
}

/// How to show it.
#[derive(Debug, Args)]
pub struct Shown {
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Which formula to use, and how.
#[derive(Debug, Args)]
pub struct Use {
    /// sm2 or fsrs.
    #[arg(value_name = "NAME")]
    pub name: Name,
    /// Only for this deck; the last part of its name is enough.
    #[arg(long, value_name = "DECK", add = ArgValueCompleter::new(complete::deck))]
    pub deck: Option<String>,
    /// What share of cards FSRS is to bring back while still known: 0.70 to 0.97.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub retention: Option<f64>,
    /// Weights of FSRS: 21 numbers with commas between them, a file with them, or `default`.
    #[arg(long, value_name = "LIST|FILE", allow_hyphen_values = true)]
    pub parameters: Option<String>,
    /// Do not ask.
    #[arg(short, long)]
    pub yes: bool,
    /// Only say what would move.
    #[arg(long)]
    pub dry_run: bool,
    /// What moves, as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Whether to keep the weights.
#[derive(Debug, Args)]
pub struct Fit {
    /// Only show them.
    #[arg(long)]
    pub dry_run: bool,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// A formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// SM-2, of 1990.
    Sm2,
    /// FSRS-6, as in Anki.
    Fsrs,
}

impl From<Name> for SchedulerName {
    fn from(name: Name) -> SchedulerName {
        match name {
            Name::Sm2 => SchedulerName::Sm2,
            Name::Fsrs => SchedulerName::Fsrs,
        }
    }
}
