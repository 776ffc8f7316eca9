//! Questions around a review, asked through dialoguer on a terminal that is given back in any case.
//!
//! dialoguer hides the cursor and sets the terminal raw while it asks, and forgets both when a
//! signal ends the program. While a question is open, signals are taken here.

use std::io::Write;

use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Select};
use rustix::termios::{self, OptionalActions};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::{emulate_default_handler, exit};

use super::error::CliError;

/// Asks for yes or no, Enter meaning yes; `None` if the question was left with Escape.
pub fn confirm(question: &str) -> Result<Option<bool>, CliError> {
    guarded(|| {
        Confirm::with_theme(&ColorfulTheme::default())
            .with_prompt(question)
            .default(true)
            .interact_opt()
    })
}

/// Asks for one of `answers`, Enter meaning the last; `None` if the question was left.
pub fn select(question: &str, answers: &[&str]) -> Result<Option<usize>, CliError> {
    guarded(|| {
        Select::with_theme(&ColorfulTheme::default())
            .with_prompt(question)
            .items(answers)
            .default(answers.len().saturating_sub(1))
            .interact_opt()
    })
}

fn guarded<T>(ask: impl FnOnce() -> dialoguer::Result<T>) -> Result<T, CliError> {
    let _guard = Guard::new()?;
    ask().map_err(|dialoguer::Error::IO(error)| {
        if error.kind() == std::io::ErrorKind::Interrupted {
            // By a signal, which the other thread answers by ending the program.
            std::thread::sleep(std::time::Duration::from_secs(1));
            CliError::Quiet(130)
        } else {
            CliError::failed(format!("the terminal cannot be asked: {error}"))
        }
    })
}

/// Gives the terminal back, whether the question ends or the program does.
struct Guard {
    signals: Handle,
}

impl Guard {
    fn new() -> Result<Guard, CliError> {
        let before = termios::tcgetattr(std::io::stdin()).ok();
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        let handle = signals.handle();
        std::thread::spawn(move || {
            loop {
                // console answers any signal by one of its own, SIGINT: the other one is meant.
                let Some(signal) = signals.wait().min_by_key(|signal| *signal == SIGINT) else {
                    if signals.is_closed() {
                        break;
                    }
                    continue;
                };
                if let Some(before) = &before {
                    let _ = termios::tcsetattr(std::io::stdin(), OptionalActions::Now, before);
                }
                show_cursor();
                let _ = std::io::stderr().write_all(b"\n");
                if signal == SIGINT {
                    // Nothing is under way while a question is open, so nothing is lost here.
                    exit(130);
                }
                let _ = emulate_default_handler(signal);
            }
        });
        Ok(Guard { signals: handle })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        show_cursor();
        self.signals.close();
    }
}

fn show_cursor() {
    let mut terminal = std::io::stderr();
    let _ = terminal.write_all(b"\r\x1b[?25h").and_then(|()| terminal.flush());
}
