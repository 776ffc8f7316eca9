//! What went wrong, as a sentence and a way out, and the exit status that goes with it.

use std::fmt;

use crate::schedule::NoRating;
use crate::store::StoreError;

/// Why a command stops.
#[derive(Debug)]
pub enum CliError {
    /// It could not be done: exit 1.
    Failed(Trouble),
    /// The command line makes no sense: exit 2.
    Usage(Trouble),
    /// Everything is said already; only the status is left.
    Quiet(u8),
    /// Whoever read the output has gone: exit 0, silent.
    ClosedPipe,
    /// The arguments, explained by their own parser.
    Arguments(clap::Error),
}

/// A sentence and a way out.
#[derive(Debug, Default)]
pub struct Trouble {
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
    /// What lies behind it, one cause a line.
    pub causes: Vec<String>,
}

impl CliError {
    /// Returns an error that says `message`.
    pub fn failed(message: impl Into<String>) -> CliError {
        CliError::Failed(Trouble { message: message.into(), ..Trouble::default() })
    }

    /// Returns an error about the command line that says `message`.
    pub fn usage(message: impl Into<String>) -> CliError {
        CliError::Usage(Trouble { message: message.into(), ..Trouble::default() })
    }

    /// Returns the same error with a way out.
    pub fn hint(mut self, hint: impl Into<String>) -> CliError {
        if let CliError::Failed(trouble) | CliError::Usage(trouble) = &mut self {
            trouble.hint = Some(hint.into());
        }
        self
    }

    /// Returns what went wrong and the way out, to be said in between; nothing if all is said.
    pub fn in_between(&self) -> String {
        match self {
            CliError::Failed(trouble) | CliError::Usage(trouble) => match &trouble.hint {
                Some(hint) => format!("{trouble}; {hint}"),
                None => trouble.to_string(),
            },
            _ => String::new(),
        }
    }

    /// Returns the exit status.
    pub fn status(&self) -> u8 {
        match self {
            CliError::Failed(_) => 1,
            CliError::Usage(_) => 2,
            CliError::Quiet(status) => *status,
            CliError::ClosedPipe => 0,
            CliError::Arguments(error) => u8::try_from(error.exit_code()).unwrap_or(2),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> CliError {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            CliError::ClosedPipe
        } else {
            CliError::failed(error.to_string())
        }
    }
}

impl From<NoRating> for CliError {
    fn from(error: NoRating) -> CliError {
        CliError::usage(error.to_string())
            .hint("a rating is again, hard, good or easy; 1 to 4; or q0 to q5")
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> CliError {
        let mut causes = Vec::new();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        let hint = match &error {
            StoreError::Newer { .. } => {
                Some("install that version of retain; nothing here was touched".to_owned())
            }
            StoreError::Foreign(_) => {
                Some("choose another home with --home or RETAIN_HOME".to_owned())
            }
            StoreError::Damaged { path, .. } => {
                let backups = path.with_file_name(crate::store::BACKUPS);
                Some(format!(
                    "nothing was changed; see `ls {}`, then `retain restore FILE`",
                    backups.display()
                ))
            }
            StoreError::Emptied { path, mark, .. } => Some(format!(
                "see `ls {}`, then `retain restore FILE`; to begin anew, delete {}",
                path.with_file_name(crate::store::BACKUPS).display(),
                mark.display()
            )),
            StoreError::Busy(_) => Some("end it, or try again when it has finished".to_owned()),
            StoreError::ReadOnly(_) => {
                Some("let yourself write it, or choose another home with --home".to_owned())
            }
            StoreError::NoCard(_) => Some("`retain list` shows the ids of all cards".to_owned()),
            StoreError::Begun => Some("another program was faster; do it again".to_owned()),
            StoreError::Io { .. } | StoreError::Sqlite(_) => None,
        };
        CliError::Failed(Trouble { message: error.to_string(), hint, causes })
    }
}
