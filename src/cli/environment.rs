//! What the program takes from its surroundings: the clock, the variables, chance.
//!
//! The only module of ours that reads them; where libraries look for themselves (colours, folders,
//! the time zone), `cli` calls them. Everything else gets them as arguments.
#![allow(clippy::disallowed_methods)]

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset};
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};

use super::error::CliError;
use super::when;
use crate::store::Ids;
use crate::time::{Clock, Moment};

/// What the variables say.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `RETAIN_HOME`.
    pub home: Option<PathBuf>,
    /// `RETAIN_NOW`, as it was written.
    now: Option<String>,
    /// `RETAIN_SEED`, as it was written.
    seed: Option<String>,
    /// `COLUMNS`, where it is a number.
    pub columns: Option<usize>,
    /// `VISUAL`, else `EDITOR`.
    pub editor: Option<String>,
    /// Whether `TERM` says that the terminal can do nothing.
    pub dumb: bool,
    /// Whether a shell asks what may stand on a command line.
    pub completing: bool,
    /// The person's own folder.
    pub user: Option<PathBuf>,
}

impl Environment {
    /// Returns what the variables of this process say.
    pub fn read() -> Environment {
        let text = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let path = |name: &str| std::env::var_os(name).filter(|path| !path.is_empty());
        Environment {
            home: path("RETAIN_HOME").map(PathBuf::from),
            now: text("RETAIN_NOW"),
            seed: text("RETAIN_SEED"),
            columns: text("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|c| *c > 0),
            editor: text("VISUAL").or_else(|| text("EDITOR")),
            dumb: text("TERM").is_some_and(|term| term == "dumb"),
            completing: text(super::complete::VARIABLE).is_some(),
            user: etcetera::home_dir().ok(),
        }
    }

    /// Returns the clock: the real one, or the one that `RETAIN_NOW` has stopped.
    ///
    /// # Errors
    ///
    /// A time that cannot be read, or one given without an explicit home.
    pub fn clock(&self, explicit_home: bool) -> Result<Box<dyn Clock>, CliError> {
        match &self.now {
            None => Ok(Box::new(RealClock)),
            Some(_) if !explicit_home => Err(needs_home("RETAIN_NOW")),
            Some(text) => {
                match when::parse(text) {
                    Some(now) => Ok(Box::new(StoppedClock(now))),
                    None => Err(CliError::usage(format!("RETAIN_NOW is no time: {text:?}"))
                        .hint(when::FORMATS)),
                }
            }
        }
    }

    /// Returns the generator of shuffles and ids, which `RETAIN_SEED` fixes.
    ///
    /// # Errors
    ///
    /// A seed that is no integer, or one given without an explicit home.
    pub fn chance(&self, explicit_home: bool) -> Result<Chance, CliError> {
        let generator = match &self.seed {
            None => StdRng::try_from_rng(&mut SysRng)
                .map_err(|error| CliError::failed(format!("the system has no chance: {error}")))?,
            Some(_) if !explicit_home => return Err(needs_home("RETAIN_SEED")),
            Some(text) => {
                let seed: i64 = text.trim().parse().map_err(|_| {
                    CliError::usage(format!("RETAIN_SEED is no integer: {text:?}"))
                        .hint("use a whole number, such as 7")
                })?;
                StdRng::seed_from_u64(seed as u64)
            }
        };
        Ok(Chance(Rc::new(RefCell::new(generator))))
    }
}

fn needs_home(variable: &str) -> CliError {
    CliError::usage(format!("{variable} is for tests, and not for the home that you learn in"))
        .hint("name another home with --home or RETAIN_HOME, or unset it")
}

/// Returns Unix seconds by the clock of the file system, which no setting moves.
pub fn seconds_now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Where shuffles and ids come from.
#[derive(Clone)]
pub struct Chance(Rc<RefCell<StdRng>>);

impl Chance {
    /// Returns a seed for a shuffle.
    pub fn seed(&self) -> u64 {
        self.0.borrow_mut().next_u64()
    }

    /// Returns a generator of ids.
    pub fn ids(&self) -> Ids {
        let generator = self.0.clone();
        Box::new(move || {
            let mut id = [0; 16];
            generator.borrow_mut().fill_bytes(&mut id);
            id
        })
    }
}

struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> Moment {
        let now: DateTime<FixedOffset> = chrono::Local::now().fixed_offset();
        now.into()
    }
}

struct StoppedClock(Moment);

impl Clock for StoppedClock {
    fn now(&self) -> Moment {
        self.0
    }
}

/// Returns the arguments of this process.
pub fn arguments() -> impl Iterator<Item = std::ffi::OsString> {
    std::env::args_os()
}
