//! The terminal of a sitting: single keys, nothing echoed in between, and given back in every case.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{self, InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios};
use rustyline::error::ReadlineError;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

use super::decode::{INTERRUPT, Pressed, decode, unfinished};
use crate::cli::error::CliError;
use crate::cli::prompt;

/// So many bytes are read at once.
const CHUNK: usize = 4096;

/// A key that is longer than so many bytes is none.
const LONGEST: usize = 64 * 1024;

/// The rest of a sequence comes this soon.
const REST: Duration = Duration::from_millis(prompt::REST_MS as u64);

/// More keys than these do not come at once from fingers.
const MOST: usize = 3;

/// What comes this soon after pasted text belongs to it.
const PASTING: Duration = Duration::from_millis(150);

/// How the terminal was before; nothing once it has been given back, or while it is lent.
type Before = Arc<Held>;

/// What a terminal has to be given back with.
struct Held {
    modes: Mutex<Option<Termios>>,
    /// Whether it was told to mark what is pasted, as it is while a line is typed.
    marks_pastes: AtomicBool,
}

/// Tells a terminal to mark pastes no longer (xterm's mode 2004).
const NO_MARKS: &[u8] = b"\x1b[?2004l";

/// A line that a person typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// What it says.
    Text(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D on an empty line, or nobody is there.
    End,
}

/// The terminal while a sitting has it.
pub struct Terminal {
    before: Before,
    signals: Handle,
    /// Keys that came with the one that was returned last.
    waiting: VecDeque<Pressed>,
    pasted_at: Option<Instant>,
    /// More keys than these at once are pasted.
    most: usize,
}

impl Terminal {
    /// Takes the terminal: keys come one by one and are not echoed, also between two questions.
    ///
    /// # Errors
    ///
    /// If standard input is none.
    pub fn take() -> Result<Terminal, CliError> {
        let no_terminal = |error: Errno| {
            CliError::failed(format!("the terminal cannot be set up: {error}"))
                .hint("`retain review --plain` needs none")
        };
        let before = termios::tcgetattr(std::io::stdin()).map_err(no_terminal)?;
        quiet(&before).map_err(no_terminal)?;
        let before = Arc::new(Held {
            modes: Mutex::new(Some(before)),
            marks_pastes: AtomicBool::new(false),
        });
        let signals = heed_signals(before.clone())?;
        give_back_before_a_panic_ends_us(before.clone());
        Ok(Terminal { before, signals, waiting: VecDeque::new(), pasted_at: None, most: MOST })
    }

    /// Takes up to `most` keys at once for what a person types.
    pub fn let_keys_flock(&mut self, most: usize) {
        self.most = most;
    }

    /// Takes many keys at once for pasted text again, and forgets those that wait.
    pub fn let_no_keys_flock(&mut self) {
        self.most = MOST;
        self.waiting.retain(|key| matches!(key, Pressed::Interrupt | Pressed::End));
    }

    /// Waits for a key.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be read.
    pub fn key(&mut self) -> Result<Pressed, CliError> {
        loop {
            match self.waiting.pop_front() {
                Some(Pressed::Sleep) => {
                    self.sleep();
                    return Ok(Pressed::Woken);
                }
                Some(key) => return Ok(key),
                None => self.hear()?,
            }
        }
    }

    /// Waits for a line, behind `prompt`. What is typed before `deaf` is over was meant for what was
    /// there before, and is dropped.
    ///
    /// # Errors
    ///
    /// If the terminal cannot be read.
    pub fn line(&mut self, prompt: &str, deaf: Duration) -> Result<Line, CliError> {
        if let Some(line) = self.swallow(deaf)? {
            return Ok(line);
        }
        // A new one for each line: what was pasted behind one is no answer to the next.
        let mut editor = prompt::line_editor().map_err(no_line)?;
        self.before.marks_pastes.store(true, Ordering::SeqCst);
        let line = editor.readline(prompt);
        self.before.marks_pastes.store(false, Ordering::SeqCst);
        match line {
            Ok(line) => Ok(Line::Text(line)),
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupt),
            Err(ReadlineError::Eof) => Ok(Line::End),
            // The terminal has gone.
            Err(ReadlineError::Errno(error)) if error as i32 == Errno::IO.raw_os_error() => {
                Ok(Line::End)
            }
            Err(error) => Err(no_line(error)),
        }
    }

    /// Drops the keys that come within this time, but for those that leave.
    fn swallow(&mut self, time: Duration) -> Result<Option<Line>, CliError> {
        let until = Instant::now() + time;
        loop {
            while let Some(key) = self.waiting.pop_front() {
                match key {
                    Pressed::Interrupt => return Ok(Some(Line::Interrupt)),
                    Pressed::End => return Ok(Some(Line::End)),
                    _ => {}
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || !more_comes_within(Some(left)) {
                return Ok(None);
            }
            self.hear()?;
        }
    }

    /// Gives the terminal back as it was while `other` runs.
    ///
    /// # Errors
    ///
    /// What `other` says.
    pub fn lend(&self, other: &mut dyn FnMut() -> Result<(), CliError>) -> Result<(), CliError> {
        let saved = self.before.modes.lock().ok().and_then(|modes| modes.clone());
        restore(&self.before);
        let done = other();
        if let (Some(saved), Ok(mut before)) = (saved, self.before.modes.lock()) {
            let _ = quiet(&saved);
            *before = Some(saved);
        }
        done
    }

    /// Waits until something comes, and takes the keys out of it.
    fn hear(&mut self) -> Result<(), CliError> {
        let bytes = read_whole_keys()?;
        if bytes.is_empty() {
            self.waiting.push_back(Pressed::End);
            return Ok(());
        }
        // Ctrl-C counts wherever it is: whoever pastes a book by mistake wants out.
        if bytes.contains(&INTERRUPT) {
            self.waiting.push_back(Pressed::Interrupt);
            return Ok(());
        }
        let (mut keys, taken) = decode(&bytes);
        if taken < bytes.len() {
            keys.push(unfinished(&bytes[taken..]));
        }
        let goes_on = self.pasted_at.is_some_and(|at| at.elapsed() < PASTING);
        if goes_on || keys.len() > self.most {
            self.pasted_at = Some(Instant::now());
            keys = if goes_on { Vec::new() } else { vec![Pressed::Pasted] };
        }
        self.waiting.extend(keys);
        Ok(())
    }

    /// Ctrl-Z: the shell gets its terminal, and we ours when we are woken.
    fn sleep(&self) {
        let saved = self.before.modes.lock().ok().and_then(|modes| modes.clone());
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

/// Gives the terminal back before a signal ends the program, and takes it again when one wakes it:
/// the shell had it meanwhile.
fn heed_signals(before: Before) -> Result<Handle, CliError> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGCONT])?;
    let handle = signals.handle();
    std::thread::spawn(move || {
        for signal in signals.forever() {
            if signal == SIGCONT {
                quiet_again(&before);
                continue;
            }
            restore(&before);
            // Ends the process as the signal would have.
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(handle)
}

/// A panic that ends the program at once drops nothing.
fn give_back_before_a_panic_ends_us(before: Before) {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore(&before);
        usual(panic);
    }));
}

/// Reads what has come, and the rest of a key that has come in part; nothing at the end.
fn read_whole_keys() -> Result<Vec<u8>, CliError> {
    let mut bytes = read_some()?;
    while !bytes.is_empty() && decode(&bytes).1 < bytes.len() && bytes.len() < LONGEST {
        if !more_comes_within(Some(REST)) {
            break;
        }
        let more = read_some()?;
        if more.is_empty() {
            break;
        }
        bytes.extend(more);
    }
    Ok(bytes)
}

fn read_some() -> Result<Vec<u8>, CliError> {
    let mut buffer = [0; CHUNK];
    loop {
        match rustix::io::read(std::io::stdin(), &mut buffer) {
            Ok(count) => return Ok(buffer[..count].to_vec()),
            // By a signal, which the other thread deals with; Ctrl-C is a byte here.
            Err(Errno::INTR) => {}
            // Somebody made standard input impatient.
            Err(Errno::AGAIN) => drop(more_comes_within(None)),
            // The terminal has gone.
            Err(Errno::IO) => return Ok(Vec::new()),
            Err(error) => {
                return Err(CliError::failed(format!("the terminal cannot be read: {error}"))
                    .hint("what was answered is in the history; `retain review` goes on"));
            }
        }
    }
}

/// Whether there is something to read within this time, or at all.
fn more_comes_within(time: Option<Duration>) -> bool {
    let time = time.and_then(|time| Timespec::try_from(time).ok());
    let stdin = std::io::stdin();
    loop {
        match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], time.as_ref()) {
            Err(Errno::INTR) => {}
            ready => return ready.is_ok_and(|ready| ready > 0),
        }
    }
}

fn no_line(error: ReadlineError) -> CliError {
    CliError::failed(format!("the terminal cannot be read: {error}"))
        .hint("what was answered is in the history; `retain review --plain` reads lines")
}

fn quiet(before: &Termios) -> rustix::io::Result<()> {
    let mut quiet = before.clone();
    quiet.local_modes &=
        !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
    // Ctrl-S is a key that means nothing, and stops nothing.
    quiet.input_modes &= !InputModes::IXON;
    quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
    quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
    termios::tcsetattr(std::io::stdin(), OptionalActions::Drain, &quiet)
}

fn quiet_again(before: &Held) {
    // Locked all the while: what has been given back must stay so.
    if let Ok(before) = before.modes.lock()
        && let Some(before) = before.as_ref()
    {
        let _ = quiet(before);
    }
}

fn restore(before: &Held) {
    if let Ok(mut modes) = before.modes.lock()
        && let Some(before_us) = modes.take()
    {
        if before.marks_pastes.swap(false, Ordering::SeqCst) {
            let _ = rustix::io::write(std::io::stdout(), NO_MARKS);
        }
        let _ = termios::tcsetattr(std::io::stdin(), OptionalActions::Drain, &before_us);
    }
}
