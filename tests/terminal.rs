//! A review through a pseudo-terminal, and what else only the running program shows: signals, kills,
//! several programs at once, hostile decks.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

#[path = "terminal/support.rs"]
mod support;

#[path = "terminal/add.rs"]
mod add;
#[path = "terminal/board.rs"]
mod board;
#[path = "terminal/hostile.rs"]
mod hostile;
#[path = "terminal/import.rs"]
mod import;
#[path = "terminal/kill.rs"]
mod kill;
#[path = "terminal/leech.rs"]
mod leech;
#[path = "terminal/narrow.rs"]
mod narrow;
#[path = "terminal/review.rs"]
mod review;
#[path = "terminal/signals.rs"]
mod signals;
#[path = "terminal/trust.rs"]
mod trust;
#[path = "terminal/typed.rs"]
mod typed;
