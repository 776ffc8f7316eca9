//! Files and folders that are there for a moment: gone also where a signal ends the program.

use std::io::{IsTerminal, Result, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

static THERE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

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
        let mut there = THERE.lock().unwrap_or_else(PoisonError::into_inner);
        let made = make()?;
        let path = path(&made).to_owned();
        there.push(path.clone());
        Ok((made, Passing(path)))
    }

    /// Makes a folder for files that nobody else sees.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn folder() -> Result<(tempfile::TempDir, Passing)> {
        Passing::make(tempfile::tempdir, tempfile::TempDir::path)
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        let mut there = THERE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = there.iter().position(|path| *path == self.0) {
            there.swap_remove(at);
        }
    }
}

/// Until it is dropped, a signal that ends the program takes away what is there for a moment.
pub struct Tidy(Handle);

impl Tidy {
    /// `says` is what a person is told then.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn at_the_end(says: String) -> Result<Tidy> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM, SIGQUIT])?;
        let handle = signals.handle();
        std::thread::spawn(move || {
            for signal in signals.forever() {
                // Held until the end: nothing new comes meanwhile.
                let there = THERE.lock().unwrap_or_else(PoisonError::into_inner);
                for path in there.iter() {
                    let _ = match path.is_dir() {
                        true => std::fs::remove_dir_all(path),
                        false => std::fs::remove_file(path),
                    };
                }
                let mut err = std::io::stderr();
                // Below a bar, and behind what the terminal shows for Ctrl-C.
                let above = if err.is_terminal() { "\n" } else { "" };
                let _ = writeln!(err, "{above}{says}");
                let _ = emulate_default_handler(signal);
            }
        });
        Ok(Tidy(handle))
    }
}

impl Drop for Tidy {
    fn drop(&mut self) {
        self.0.close();
    }
}
