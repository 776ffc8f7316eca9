//! retain: spaced-repetition flashcards for people who live in a shell.

pub mod card;
pub mod deck;
pub mod diagnostic;
pub mod settings;
pub mod time;
pub mod history;
pub mod schedule;
mod yaml;
pub mod queue;
pub mod store;
pub mod answer;
pub mod session;
pub mod query;
pub mod text;
pub mod cli;
