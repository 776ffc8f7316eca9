//! Properties of the folds and of the store: what holds for every history and every deck.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

#[path = "laws/anki.rs"]
mod anki;
#[path = "laws/database.rs"]
mod database;
#[path = "laws/export.rs"]
mod export;
#[path = "laws/fix.rs"]
mod fix;
#[path = "laws/fuzz.rs"]
mod fuzz;
#[path = "laws/packages.rs"]
mod packages;
#[path = "laws/replay.rs"]
mod replay;
#[path = "laws/schema.rs"]
mod schema;
#[path = "laws/store.rs"]
mod store;
#[path = "laws/support.rs"]
mod support;
#[path = "laws/union.rs"]
mod union;
