//! Files that appear whole or not at all.

use std::fs::Permissions;
use std::io::{Error, ErrorKind, Result, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::passing::Passing;

/// A file that has no name yet. Without one of the two ways to give it its name it is gone.
#[derive(Debug)]
pub struct Unfinished {
    file: NamedTempFile,
    path: PathBuf,
    _passing: Passing,
}

impl Unfinished {
    /// Begins what is to be the file `path`, in the same folder. It gets the permissions of the one
    /// that is there, else `mode`, less what the person's mask takes away.
    ///
    /// # Errors
    ///
    /// What the system says, without the name that the file has until then.
    pub fn begin(path: &Path, mode: u32) -> Result<Unfinished> {
        let there = match std::fs::metadata(path) {
            Ok(there) => Some(Permissions::from_mode(there.permissions().mode() & 0o777)),
            Err(_) => None,
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let make = || {
            tempfile::Builder::new()
                .prefix(".unfinished-")
                .permissions(there.clone().unwrap_or(Permissions::from_mode(mode)))
                .tempfile_in(folder.unwrap_or(Path::new(".")))
        };
        let (file, passing) =
            Passing::make(make, NamedTempFile::path).map_err(|error| match error.kind() {
                kind @ ErrorKind::NotFound => Error::new(kind, "its folder is not there"),
                kind => kind.into(),
            })?;
        if let Some(there) = there {
            file.as_file().set_permissions(there)?;
        }
        Ok(Unfinished { file, path: path.to_owned(), _passing: passing })
    }

    /// Puts on the disk what was written so far.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn sync(&self) -> Result<()> {
        self.file.as_file().sync_all()
    }

    /// Gives it its name, in place of what has it.
    ///
    /// # Errors
    ///
    /// What the system says; what had the name before still has it.
    pub fn replace(self) -> Result<()> {
        self.sync()?;
        self.file.persist(&self.path)?;
        Ok(())
    }

    /// Gives it its name, if nothing has it; returns whether that is so.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn appear(self) -> Result<bool> {
        self.sync()?;
        match self.file.persist_noclobber(&self.path) {
            Ok(_) => Ok(true),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error.error),
        }
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_has_its_name_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.yaml");
        let written = |text: &str| {
            let mut file = Unfinished::begin(&path, 0o600).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file
        };
        drop(written("given up"));
        assert_eq!(names(folder.path()), Vec::<String>::new());
        let (first, second) = (written("first"), written("second"));
        assert!(names(folder.path()).iter().all(|name| name.starts_with(".unfinished-")));
        assert!(first.appear().unwrap());
        assert!(!second.appear().unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        written("third").replace().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"third");
        assert_eq!(names(folder.path()), ["words.yaml"]);
    }

    #[test]
    fn a_file_keeps_the_permissions_of_the_one_that_it_replaces() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.yaml");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        Unfinished::begin(&path, 0o600).unwrap().replace().unwrap();
        assert_eq!(mode(), 0o600);
        // Also what a mask would take away.
        std::fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        Unfinished::begin(&path, 0o600).unwrap().replace().unwrap();
        assert_eq!(mode(), 0o666);
    }

    #[test]
    fn an_error_does_not_name_the_unfinished_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = Unfinished::begin(&folder.path().join("none/words.yaml"), 0o600).unwrap_err();
        assert_eq!(error.to_string(), "its folder is not there");
    }
}
