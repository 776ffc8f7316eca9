//! Settings: deck over configuration over default.

mod read;

pub use read::read;
pub(crate) use read::{deck_options, lint};

use serde::{Deserialize, Serialize};

use crate::schedule::fsrs::Retention;
use crate::time::Rollover;

/// The four buttons of a review, or the six qualities of SM-2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grades {
    /// Again, hard, good, easy.
    #[default]
    Four,
    /// Qualities 0 to 5.
    Six,
}

/// Which SM-2: the text of 1990, or its author's later program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sm2Profile {
    /// The published text.
    #[default]
    Text,
    /// The author's published program.
    Delphi,
}

/// The formula that makes the intervals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SchedulerName {
    /// SM-2, of 1990.
    #[default]
    Sm2,
    /// FSRS-6.
    Fsrs,
}

impl SchedulerName {
    /// Returns the word for it in settings and commands.
    pub fn word(self) -> &'static str {
        match self {
            SchedulerName::Sm2 => "sm2",
            SchedulerName::Fsrs => "fsrs",
        }
    }
}

/// Whether intervals are spread, so that cards learned together do not come back together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fuzz {
    /// Those of FSRS; SM-2's own are exact.
    #[default]
    Auto,
    /// All.
    On,
    /// None.
    Off,
}

/// Whether FSRS is fitted to the learner by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Refit {
    /// After a session, when a fifth more was answered.
    #[default]
    Auto,
    /// Only when asked to.
    Off,
}

/// The order of due cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The most overdue first, measured in the card's own interval.
    #[default]
    Overdueness,
    /// By due day.
    Due,
    /// Shuffled.
    Random,
    /// As in the decks.
    Deck,
    /// First what gains the most chance of recall over the next 60 days.
    Gain,
    /// First what is most likely still known.
    Retrievability,
}

/// Where new cards come among the due ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewCards {
    /// Spread evenly.
    #[default]
    Mixed,
    /// Before.
    First,
    /// After.
    Last,
}

/// Whether new cards come while a backlog waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewWhileBehind {
    /// Not while more than a day's work is due.
    #[default]
    Auto,
    /// Always.
    Yes,
    /// Never while anything is overdue.
    No,
}

/// What to do about a card whose answer was changed after it was learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Changed {
    /// Ask it once more.
    #[default]
    Ask,
    /// Nothing.
    Ignore,
}

/// What to do about a card that is forgotten again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Leeches {
    /// Say so.
    #[default]
    Tell,
    /// Put it aside, too.
    Suspend,
}

/// How many a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    /// As many as there are.
    #[default]
    Unlimited,
    /// At most so many.
    AtMost(u32),
}

/// config.yaml: what holds for every deck that does not say otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// When a study day begins.
    pub day_starts_at: Rollover,
    /// New cards a day, in all decks together.
    pub new_per_day: u32,
    /// Reviews a day in all.
    pub reviews_per_day: Limit,
    /// Whether new cards come while a backlog waits.
    pub new_while_behind: NewWhileBehind,
    /// The order of due cards.
    pub order: Order,
    /// Where new cards come among them.
    pub new_cards: NewCards,
    /// Four buttons or six.
    pub grades: Grades,
    /// Which formula makes the intervals.
    pub scheduler: SchedulerName,
    /// Which SM-2.
    pub sm2_profile: Sm2Profile,
    /// What FSRS aims at.
    pub retention: Retention,
    /// Whether FSRS is fitted by itself.
    pub refit: Refit,
    /// Whether intervals are spread.
    pub fuzz: Fuzz,
    /// What to do about changed cards.
    pub changed: Changed,
    /// What to do about leeches.
    pub leeches: Leeches,
    /// Whether accents are folded in answers.
    pub fold_accents: bool,
    /// Whether every card is answered by typing.
    pub typed: bool,
    /// Lints of `check` that are not told.
    pub lint_allow: Vec<String>,
    /// More folders with decks, as they are written.
    pub decks: Vec<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            day_starts_at: Rollover::default(),
            new_per_day: 20,
            reviews_per_day: Limit::Unlimited,
            new_while_behind: NewWhileBehind::default(),
            order: Order::default(),
            new_cards: NewCards::default(),
            grades: Grades::default(),
            scheduler: SchedulerName::default(),
            sm2_profile: Sm2Profile::default(),
            retention: Retention::default(),
            refit: Refit::default(),
            fuzz: Fuzz::default(),
            changed: Changed::default(),
            leeches: Leeches::default(),
            fold_accents: true,
            typed: false,
            lint_allow: Vec::new(),
            decks: Vec::new(),
        }
    }
}

/// A deck's `options`: what it says differently, `None` where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeckOptions {
    /// New cards a day of this deck, within the configuration's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_per_day: Option<u32>,
    /// Reviews a day of this deck, within the configuration's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviews_per_day: Option<Limit>,
    /// Which formula makes the intervals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduler: Option<SchedulerName>,
    /// Which SM-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sm2_profile: Option<Sm2Profile>,
    /// What FSRS aims at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// Whether intervals are spread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuzz: Option<Fuzz>,
    /// What to do about changed cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Changed>,
    /// What to do about leeches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leeches: Option<Leeches>,
    /// Whether every card is answered by typing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typed: Option<bool>,
}
