//! Deck files that appear whole or not at all, and over nobody else's edit.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::whole::Unfinished;
use super::words;

/// A file that is to be written: where, what was there when it was read, and what is to be.
pub struct Change<'a> {
    /// Where.
    pub path: &'a Path,
    /// What was there; `None` if nothing was.
    pub was: Option<&'a [u8]>,
    /// What is to be there.
    pub text: &'a str,
}

/// Writes all files, after having seen that none of them was changed meanwhile.
///
/// # Errors
///
/// What the system says; a file that another program changed or made is left as it is.
pub fn all(changes: &[Change<'_>]) -> Result<(), CliError> {
    for change in changes {
        if !is_as_it_was(change)? {
            return Err(changed(change.path));
        }
    }
    changes.iter().try_for_each(|change| match one(change)? {
        true => Ok(()),
        false => Err(changed(change.path)),
    })
}

fn is_as_it_was(change: &Change<'_>) -> Result<bool, CliError> {
    match std::fs::read(change.path) {
        Ok(bytes) => Ok(change.was == Some(&bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(change.was.is_none()),
        Err(error) => Err(failed(change.path, &error)),
    }
}

fn changed(path: &Path) -> CliError {
    CliError::failed(format!("{} was changed by another program meanwhile", words::path(path)))
        .hint("it was left as it is; try again")
}

fn failed(path: &Path, error: &std::io::Error) -> CliError {
    CliError::failed(format!("{} cannot be written: {error}", words::path(path)))
        .hint("let yourself write there, or choose another home with --home")
}

/// Writes one file; returns false, and leaves it as it is, if it was changed meanwhile.
///
/// # Errors
///
/// What the system says.
pub fn one(change: &Change<'_>) -> Result<bool, CliError> {
    // A link stays one: the file that it leads to is written.
    let path = match change.was {
        Some(_) => std::fs::canonicalize(change.path).unwrap_or_else(|_| change.path.to_owned()),
        None => PathBuf::from(change.path),
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        std::fs::create_dir_all(folder)?;
        let mut file = Unfinished::begin(&path, 0o644)?;
        file.write_all(change.text.as_bytes())?;
        // Now, so that the last look at what is there comes as late as it can.
        file.sync()?;
        Ok(file)
    };
    let told = |error: std::io::Error| failed(change.path, &error);
    let file = write().map_err(told)?;
    // Of two of our own the second looks when the first has done. Where a folder cannot be locked,
    // nothing but a moment is between the look and the new name.
    let lock = std::fs::File::open(folder).ok();
    let _ = lock.as_ref().map(std::fs::File::lock);
    if !is_as_it_was(change)? {
        return Ok(false);
    }
    match change.was {
        Some(_) => file.replace().map_err(told).map(|()| true),
        None => file.appear().map_err(told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(path: &Path, was: Option<&[u8]>, text: &str) -> Result<(), String> {
        all(&[Change { path, was, text }]).map_err(|error| match error {
            CliError::Failed(trouble) => trouble.message,
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn an_edit_that_came_between_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lang/words.yaml");
        assert_eq!(written(&path, None, "one"), Ok(()));
        for was in [None, Some(&b"none"[..])] {
            let error = written(&path, was, "two").unwrap_err();
            assert!(error.ends_with("was changed by another program meanwhile"), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), b"one");
        }
        assert_eq!(written(&path, Some(b"one"), "two"), Ok(()));
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        let all: Vec<_> = std::fs::read_dir(folder.path().join("lang")).unwrap().collect();
        assert_eq!(all.len(), 1, "nothing is left beside it");
    }

    #[test]
    fn nothing_is_written_if_one_of_several_cannot_be() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
        std::fs::write(&other, "theirs").unwrap();
        let changes = [
            Change { path: &one, was: None, text: "a" },
            Change { path: &other, was: None, text: "b" },
        ];
        assert!(all(&changes).is_err());
        assert!(!one.exists());
    }
}
