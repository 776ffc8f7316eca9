//! The program as people run it: arguments and decks in, lines and exit codes out.
#![allow(clippy::unwrap_used)]

mod backup;
mod care;
mod check;
mod docs;
mod doctor;
mod due;
mod edits;
mod grade;
mod history;
mod import;
mod init;
mod list;
mod plain;
mod readonly;
mod settings;
mod show;
mod sm2;
mod support;
mod undo;
mod week;
