//! Where results and words about them go: how wide, how coloured, and that nothing active passes.

use std::io::{BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use rustix::termios::tcgetwinsize;

use super::environment::Environment;
use super::error::CliError;
use crate::text;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that can, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Standard output and error of one command.
pub struct Io {
    out: BufWriter<AutoStream<std::io::Stdout>>,
    err: AutoStream<std::io::Stderr>,
    err_is_terminal: bool,
    /// Columns to write for.
    pub width: usize,
    /// Whether a person sits at both ends.
    pub interactive: bool,
    /// Whether nothing may be redrawn: the person wants lines, or the terminal can do no more.
    pub lines_only: bool,
    /// Whether standard output shows colours.
    pub coloured: bool,
}

impl Io {
    /// Returns the streams as the person wants them.
    pub fn new(color: Color, environment: &Environment) -> Io {
        // Styles are always made; each stream takes off what it cannot show.
        colored::control::set_override(true);
        let (out, err) = (std::io::stdout(), std::io::stderr());
        let interactive = std::io::stdin().is_terminal() && out.is_terminal();
        let width = environment.columns.or_else(|| terminal_width(&out)).unwrap_or(80);
        let choice = |auto: ColorChoice| match color {
            Color::Auto if environment.dumb && auto != ColorChoice::Always => ColorChoice::Never,
            Color::Auto => auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let (for_out, for_err) =
            (choice(AutoStream::choice(&out)), choice(AutoStream::choice(&err)));
        Io {
            lines_only: environment.dumb,
            coloured: for_out != ColorChoice::Never,
            out: BufWriter::new(AutoStream::new(out, for_out)),
            err_is_terminal: err.is_terminal(),
            err: AutoStream::new(err, for_err),
            width: width.clamp(20, 400),
            interactive,
        }
    }

    /// Returns the width as it is now, after a person may have changed it.
    pub fn width_now(&mut self, environment: &Environment) -> usize {
        let now = environment.columns.or_else(|| terminal_width(&std::io::stdout()));
        self.width = now.unwrap_or(self.width).clamp(20, 400);
        self.width
    }

    /// Writes a line of the result.
    ///
    /// # Errors
    ///
    /// [`CliError::ClosedPipe`] when nobody reads any more; else what the system says.
    pub fn line(&mut self, text: impl std::fmt::Display) -> Result<(), CliError> {
        writeln!(self.out, "{text}").map_err(unwritten)
    }

    /// Writes a sentence of the result, over as many lines as it needs.
    ///
    /// # Errors
    ///
    /// [`CliError::ClosedPipe`] when nobody reads any more; else what the system says.
    pub fn say(&mut self, sentence: impl std::fmt::Display) -> Result<(), CliError> {
        let wrapped = crate::text::wrap(&sentence.to_string(), self.width, "", "");
        self.line(wrapped)
    }

    /// Hands on what was written so far.
    ///
    /// # Errors
    ///
    /// [`CliError::ClosedPipe`] when nobody reads any more; else what the system says.
    pub fn flush(&mut self) -> Result<(), CliError> {
        self.out.flush().map_err(unwritten)
    }

    /// Says something about the result, on standard error.
    pub fn note(&mut self, text: impl std::fmt::Display) {
        // Results first: on a terminal both end up in one place.
        let _ = self.out.flush();
        let text = text.to_string();
        // A sentence is broken at blanks where a person reads it; what is laid out already is not.
        if self.err_is_terminal && !text.contains(['\n', '\u{1b}']) {
            let _ = writeln!(self.err, "{}", crate::text::wrap(&text, self.width, "", ""));
        } else {
            let _ = writeln!(self.err, "{text}");
        }
    }

    /// Says a line on standard error that is there to be copied, such as a command: it is not broken.
    pub fn verbatim(&mut self, line: impl std::fmt::Display) {
        let _ = self.out.flush();
        let _ = writeln!(self.err, "  {}", text::one_line(&line.to_string()));
    }

    /// Says what went wrong, or the way out, behind a coloured word, on standard error.
    pub fn complain(&mut self, word: &str, text: &str) {
        let width = if self.err_is_terminal { self.width } else { usize::MAX / 2 };
        let wrapped = crate::text::wrap(text, width, &format!("{word} "), "");
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{wrapped}");
    }

    /// Writes JSON as a line, or over several where `pretty`.
    ///
    /// # Errors
    ///
    /// [`CliError::ClosedPipe`] when nobody reads any more; else what the system says.
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<(), CliError> {
        let json = serde_json::to_string(value)
            .map_err(|error| CliError::failed(format!("cannot be put into JSON: {error}")))?;
        self.line(text::inert(&json))
    }
}

/// Names what could not be written, unless nobody reads it any more.
pub fn unwritten(error: std::io::Error) -> CliError {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return CliError::ClosedPipe;
    }
    CliError::failed(format!("standard output cannot be written: {error}"))
        .hint("make room where it goes, or send it elsewhere; what is in the history stays there")
}

fn terminal_width(stream: &std::io::Stdout) -> Option<usize> {
    tcgetwinsize(stream).ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
