//! The arguments of `stats`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::{FAR, whole};
use crate::cli::complete;

/// What to show figures of.
#[derive(Debug, Args)]
pub struct Stats {
    /// Only cards that match; `retain review --help` explains QUERY.
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    pub query: Vec<String>,
    /// How many days to look back, today included.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = whole::<1, FAR, u32>)]
    pub days: u32,
    /// Only these sections; several are parted by commas.
    #[arg(long, value_name = "S", value_enum, value_delimiter = ',')]
    pub section: Vec<Section>,
    /// As JSON, with every number that is drawn.
    #[arg(long, conflicts_with = "plain")]
    pub json: bool,
    /// Without bars and columns, for screen readers and scripts.
    #[arg(long)]
    pub plain: bool,
    /// Figures of several people, from what `retain export history` of each wrote. It goes with
    /// --json and --plain alone.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 1..,
        conflicts_with_all = ["query", "section", "html", "days"]
    )]
    pub from: Vec<PathBuf>,
    /// Write all of it as a page for a browser; it needs no network and no script.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "plain", "section"])]
    pub html: Option<PathBuf>,
    /// Open the page.
    #[arg(long, requires = "html")]
    pub open: bool,
}

/// A part of the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Section {
    /// What was done today, and how many days in a row.
    Today,
    /// A year, day by day.
    Calendar,
    /// Answers and minutes a day.
    Daily,
    /// How much was recalled of what had been passed before, by day, week and month.
    Retention,
    /// What comes back in the next 30 days, and what is overdue.
    Forecast,
    /// Cards by stage.
    Cards,
    /// Cards by the days between two answers.
    Intervals,
    /// Cards by SM-2's ease.
    Ease,
    /// Cards by FSRS's difficulty.
    Difficulty,
    /// Cards by FSRS's stability.
    Stability,
    /// Cards by how likely they are to be recalled today.
    Retrievability,
    /// Answers by button.
    Answers,
    /// Answers by hour of the day.
    Hours,
    /// How long answers took.
    Times,
    /// The ten cards that were failed most often, and where they stand.
    Hardest,
    /// Cards that were forgotten eight times or more.
    Leeches,
    /// Cards that are taken for each other.
    Confusions,
    /// How sure answers were said to be, and how right they were.
    Calibration,
    /// Deck by deck.
    Decks,
    /// Tag by tag.
    Tags,
}

impl Section {
    /// Returns its fields in the JSON.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Section::Today => &["today", "streak_days", "longest_streak_days", "total"],
            Section::Calendar => &["calendar"],
            Section::Daily => &["daily"],
            Section::Retention => &["retention", "retention_by"],
            Section::Forecast => &["forecast", "backlog"],
            Section::Cards => &["stages"],
            Section::Intervals => &["intervals"],
            Section::Ease => &["ease"],
            Section::Difficulty => &["difficulty"],
            Section::Stability => &["stability"],
            Section::Retrievability => &["retrievability"],
            Section::Answers => &["answers"],
            Section::Hours => &["hours"],
            Section::Times => &["times"],
            Section::Hardest => &["hardest"],
            Section::Leeches => &["leeches"],
            Section::Confusions => &["confusions"],
            Section::Calibration => &["calibration"],
            Section::Decks => &["decks"],
            Section::Tags => &["tags"],
        }
    }
}
