//! retain: spaced-repetition flashcards for people who live in a shell.
//!
//! **The history is the truth; everything else is a fold of it.** Decks say what can be asked, the
//! history says what happened, and due dates, queues and figures are made of the two whenever they
//! are wanted. Data flows one way:
//!
//! - deck text → [`deck::Deck`] → [`card::Card`]s;
//! - events → [`history::replay`] → what each card has been through → a [`schedule::Scheduler`] →
//!   schedules;
//! - other people's bytes → [`import::Imported`] → a plan of [`import::plan`] → deck text;
//! - cards and schedules → [`queue::plan`] → a [`session::Session`] → a new event → [`store::Store`];
//! - the same cards, and the answers of a [`board::Game`] → the cells that are open, and the score;
//! - events → [`stats::answers`] → figures → [`export`].
//!
//! The core is pure: time, chance and ids are arguments. Files are read by [`deck::load`] and
//! [`store`], which has all the SQL and keeps folds so that a million answers need not be read at
//! every prompt; the clock, the environment and the terminal belong to [`cli`]. Modules import
//! downwards: `cli`, then `store`, `import` and `export`, then `session`, `board`, `queue` and `stats`, then
//! `schedule` and `history`, then `card` and `time`.

pub mod answer;
mod at_once;
pub mod board;
pub mod card;
pub mod cli;
pub mod cloze;
pub mod confusion;
pub mod deck;
pub mod diagnostic;
pub mod evaluate;
pub mod export;
pub mod history;
pub mod import;
pub mod leech;
pub mod markdown;
pub mod query;
pub mod queue;
pub mod schedule;
pub mod session;
pub mod settings;
pub mod slug;
pub mod stats;
pub mod store;
pub mod text;
pub mod time;
mod yaml;
