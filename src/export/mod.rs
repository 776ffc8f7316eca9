//! What is here, as bytes for other programs: plain functions on any `Write`.
//!
//! Which cards and events, and where the bytes go, is for the commands to say.

pub mod anki;
pub mod anonymous;
pub mod cards;
pub mod history;
pub mod progress;
pub mod reviews;

use std::io;

/// Returns what went wrong below a CSV writer: a closed pipe stays a closed pipe.
fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod testing {
    /// Accepts nothing: its reader has gone.
    pub struct Closed;

    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}
