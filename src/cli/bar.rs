//! How far a long piece of work is.

use std::io::{IsTerminal, Write};

use super::io::Io;

/// A line that says how far something is, on a terminal that can be written over.
pub struct Bar {
    what: &'static str,
    wanted: bool,
    shown: Option<u32>,
}

impl Bar {
    /// Begins one, which shows nothing yet.
    pub fn new(what: &'static str, io: &Io) -> Bar {
        let wanted = io.interactive && !io.lines_only && std::io::stderr().is_terminal();
        Bar { what, wanted, shown: None }
    }

    /// Shows the share that is done; true, so that the work goes on.
    pub fn show(&mut self, share: f32) -> bool {
        let hundredths = (share.clamp(0.0, 1.0) * 100.0) as u32;
        if self.wanted && self.shown != Some(hundredths) {
            self.shown = Some(hundredths);
            let full = (hundredths / 5) as usize;
            let (full, empty) = ("█".repeat(full), "░".repeat(20 - full));
            let _ = write!(std::io::stderr(), "\r{} {full}{empty} {hundredths:>3} %", self.what);
        }
        true
    }

    /// Takes it away.
    pub fn end(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(std::io::stderr(), "\r{}\r", " ".repeat(self.what.len() + 27));
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.end();
    }
}
