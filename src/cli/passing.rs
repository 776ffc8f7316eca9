//! Files and folders that are there for a moment: gone also where a signal ends the program.

use std::io::{IsTerminal, Result, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

static THERE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// What a person is told when a signal ends the program now.
static SAYS: Mutex<Option<&str>> = Mutex::new(None);
/// How many others take signals now.
static OTHERS: AtomicUsize = AtomicUsize::new(0);

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something that is there for a moment. Dropped, it is what it is called: whoever made it has taken
/// it away, or given it its name.
#[derive(Debug)]
pub struct Passing(PathBuf);

impl Passing {
    /// Makes it with `make`, which is not interrupted; `path` says where it is.
    ///
    /// # Errors
    ///
    /// What `make` says.
    pub fn make<T>(
        make: impl FnOnce() -> Result<T>,
        path: impl FnOnce(&T) -> &Path,
    ) -> Result<(T, Passing)> {
        let mut there = lock(&THERE);
        let made = make()?;
        let path = path(&made).to_owned();
        there.push(path.clone());
        Ok((made, Passing(path)))
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        let mut there = lock(&THERE);
        if let Some(at) = there.iter().position(|path| *path == self.0) {
            there.swap_remove(at);
        }
    }
}

/// A folder for files that nobody else sees.
#[derive(Debug)]
pub struct PassingFolder {
    folder: tempfile::TempDir,
    _passing: Passing, // dropped behind the folder
}

impl PassingFolder {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn make() -> Result<PassingFolder> {
        let (folder, passing) = Passing::make(tempfile::tempdir, tempfile::TempDir::path)?;
        Ok(PassingFolder { folder, _passing: passing })
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Until it is dropped, a person is told something when a signal ends the program; what is there for a
/// moment is taken away then, and ever after.
#[derive(Debug)]
pub struct Tidy;

impl Tidy {
    /// `says` is what a person is told.
    pub fn saying(says: &'static str) -> Tidy {
        static HEEDED: Once = Once::new();
        // A handler that was there once never gives the system's own way back, so there is one for good.
        HEEDED.call_once(|| {
            let _ = heed_signals(); // without it they end the program as they always did
        });
        *lock(&SAYS) = Some(says);
        Tidy
    }
}

impl Drop for Tidy {
    fn drop(&mut self) {
        *lock(&SAYS) = None;
    }
}

/// While it is there, somebody else takes signals, and ends the program in their own way.
#[derive(Debug)]
pub struct Elsewhere;

impl Elsewhere {
    /// Begins it.
    pub fn begin() -> Elsewhere {
        OTHERS.fetch_add(1, Ordering::SeqCst);
        Elsewhere
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        OTHERS.fetch_sub(1, Ordering::SeqCst);
    }
}

fn heed_signals() -> Result<()> {
    let ignored = ignored();
    let heeded = [SIGHUP, SIGINT, SIGTERM, SIGQUIT];
    let heeded = heeded.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = Signals::new(heeded)?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            if OTHERS.load(Ordering::SeqCst) > 0 {
                continue;
            }
            // Held until the end: nothing new comes meanwhile.
            let there = lock(&THERE);
            there.iter().for_each(|path| take_away(path));
            if let Some(says) = *lock(&SAYS) {
                let mut err = std::io::stderr();
                // Below a bar, and behind what the terminal shows for Ctrl-C.
                let above = if err.is_terminal() { "\n" } else { "" };
                let _ = writeln!(err, "{above}{says}");
            }
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(())
}

/// Returns the signals that whoever began the program has it ignore, as `nohup` does: a bit for each.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Takes a file or a folder away, into which somebody may still write.
fn take_away(path: &Path) {
    for _ in 0..20 {
        let taken = match path.is_dir() {
            true => std::fs::remove_dir_all(path),
            false => std::fs::remove_file(path),
        };
        if taken.is_ok() || !path.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
