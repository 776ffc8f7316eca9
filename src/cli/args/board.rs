//! The arguments of `board`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cli::complete;

/// What to play, and how.
#[derive(Debug, Args)]
pub struct Board {
    /// Only these decks, each with those below it.
    #[arg(value_name = "DECK", add = ArgValueCompleter::new(complete::deck))]
    pub decks: Vec<String>,
    /// Say before each answer how sure you are; `retain stats --section calibration` holds it
    /// against what came.
    #[arg(long)]
    pub confidence: bool,
    /// Play in lines: for screen readers, scripts, and terminals that can do no more.
    #[arg(long)]
    pub plain: bool,
}
