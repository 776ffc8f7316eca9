//! retain: spaced-repetition flashcards for people who live in a shell.

pub mod answer;
pub mod card;
pub mod cli;
pub mod deck;
pub mod diagnostic;
pub mod history;
pub mod query;
pub mod queue;
pub mod schedule;
pub mod session;
pub mod settings;
pub mod store;
pub mod text;
pub mod time;
mod yaml;
