//! The terminal of a sitting: single keys, nothing echoed in between, and given back in every case.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use console::{Key, Term};
use rustix::termios::{self, LocalModes, OptionalActions, Termios};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::cli::error::CliError;

/// A key that a person pressed, as far as a sitting knows keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// A character.
    Char(char),
    /// Enter.
    Enter,
    /// Escape, alone.
    Escape,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D, or nobody is there.
    End,
    /// Anything else.
    Other,
}

/// The terminal while a sitting has it.
pub struct Terminal {
    term: Term,
    before: Arc<Mutex<Option<Termios>>>,
    signals: signal_hook::iterator::Handle,
}

impl Terminal {
    /// Takes the terminal: keys come one by one and are not echoed, also between two questions.
    ///
    /// # Errors
    ///
    /// If standard input is none.
    pub fn take() -> Result<Terminal, CliError> {
        let no_terminal = |error: rustix::io::Errno| {
            CliError::failed(format!("the terminal cannot be set up: {error}"))
                .hint("`retain review --plain` needs none")
        };
        let before = termios::tcgetattr(std::io::stdin()).map_err(no_terminal)?;
        quiet(&before).map_err(no_terminal)?;
        let before = Arc::new(Mutex::new(Some(before)));
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        let handle = signals.handle();
        let to_restore = before.clone();
        std::thread::spawn(move || {
            for signal in signals.forever() {
                restore(&to_restore);
                // Ends the process as the signal would have.
                let _ = emulate_default_handler(signal);
            }
        });
        Ok(Terminal { term: Term::stdout(), before, signals: handle })
    }

    /// Waits for a key.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    pub fn key(&mut self) -> Result<Pressed, CliError> {
        loop {
            return Ok(match self.term.read_key_raw() {
                Ok(Key::Char('\u{1a}')) => {
                    self.sleep();
                    continue;
                }
                Ok(Key::Char('\u{4}')) => Pressed::End,
                Ok(Key::Char('\u{3}') | Key::CtrlC) => {
                    // console also says so when a signal came in between. That is answered by the
                    // other thread, which ends the program while this one waits a moment.
                    std::thread::sleep(Duration::from_millis(100));
                    Pressed::Interrupt
                }
                Ok(Key::Enter | Key::Char('\n' | '\r')) => Pressed::Enter,
                Ok(Key::Escape) => Pressed::Escape,
                Ok(Key::Char(c)) => Pressed::Char(c),
                Ok(_) => Pressed::Other,
                // A signal, which the other thread deals with; Ctrl-C is a character here.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::NotConnected
                    ) =>
                {
                    Pressed::End
                }
                Err(error) => return Err(error.into()),
            });
        }
    }

    /// Ctrl-Z: the shell gets its terminal, and we ours when we are woken.
    fn sleep(&self) {
        let saved = self.before.lock().ok().and_then(|before| before.clone());
        if let Some(saved) = saved {
            let _ = termios::tcsetattr(std::io::stdin(), OptionalActions::Drain, &saved);
            let _ = emulate_default_handler(SIGTSTP);
            let _ = quiet(&saved);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.signals.close();
        restore(&self.before);
    }
}

fn quiet(before: &Termios) -> rustix::io::Result<()> {
    let mut quiet = before.clone();
    quiet.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    termios::tcsetattr(std::io::stdin(), OptionalActions::Drain, &quiet)
}

fn restore(before: &Mutex<Option<Termios>>) {
    if let Ok(mut before) = before.lock()
        && let Some(before) = before.take()
    {
        let _ = termios::tcsetattr(std::io::stdin(), OptionalActions::Drain, &before);
    }
}
