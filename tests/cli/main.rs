//! The program as people run it: arguments and decks in, lines and exit codes out.
#![allow(clippy::unwrap_used)]

mod add;
mod anki;
mod backup;
mod board;
mod care;
mod carried;
mod check;
mod confusion;
mod docs;
mod doctor;
mod due;
mod edit;
mod edits;
mod export;
mod figures;
mod fix;
mod grade;
mod history;
mod import;
mod init;
mod kinds;
mod leech;
mod list;
mod merge;
mod plain;
mod readonly;
mod scheduler;
mod settings;
mod shell;
mod show;
#[path = "../simulator/mod.rs"]
mod simulator;
mod sm2;
mod stats;
mod support;
mod typed;
mod undo;
mod week;
