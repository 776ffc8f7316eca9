//! Deck files that appear whole or not at all, and over nobody else's edit.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::error::CliError;
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
        check(change)?;
    }
    changes.iter().try_for_each(one)
}

fn check(change: &Change<'_>) -> Result<(), CliError> {
    let now = match std::fs::read(change.path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(failed(change.path, &error)),
    };
    if now.as_deref() == change.was { Ok(()) } else { Err(changed(change.path)) }
}

fn changed(path: &Path) -> CliError {
    CliError::failed(format!("{} was changed by another program meanwhile", words::path(path)))
        .hint("it was left as it is; try again")
}

fn failed(path: &Path, error: &std::io::Error) -> CliError {
    CliError::failed(format!("{} cannot be written: {error}", words::path(path)))
        .hint("let yourself write there, or choose another home with --home")
}

fn one(change: &Change<'_>) -> Result<(), CliError> {
    // A link stays one: the file that it leads to is written.
    let path = match change.was {
        Some(_) => std::fs::canonicalize(change.path).unwrap_or_else(|_| change.path.to_owned()),
        None => PathBuf::from(change.path),
    };
    let told = |error: &std::io::Error| failed(change.path, error);
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| told(&error))?;
    let permissions = match change.was {
        Some(_) => std::fs::metadata(&path).map_err(|error| told(&error))?.permissions(),
        None => PermissionsExt::from_mode(0o644),
    };
    let mut file = tempfile::Builder::new()
        .permissions(permissions)
        .tempfile_in(folder)
        .map_err(|error| told(&error.kind().into()))?; // its own words name the unfinished file
    file.write_all(change.text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| told(&error))?;
    check(change)?;
    let written = match change.was {
        Some(_) => file.persist(&path),
        None => file.persist_noclobber(&path),
    };
    match written {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(changed(change.path)),
        Err(error) => Err(told(&error.error)),
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
