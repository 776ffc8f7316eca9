//! The folders of decks: which files there are, and what they say.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::{DeckFile, FileState, Pulled, ReadFile, Sources, yaml};
use crate::diagnostic::{Diagnostic, Severity};
pub use crate::yaml::LARGEST_FILE;

/// A file that changed within so many seconds may change again unseen.
const RESTLESS_S: i64 = 2;

/// A folder that is searched for decks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// What stands before the paths in it when they are shown, such as `decks`.
    pub shown: String,
    /// What stands before the names of its decks; nothing for the home's own folder.
    pub prefix: Option<String>,
}

/// The deck folders of a home, seen at one time.
#[derive(Clone, Debug)]
pub struct Folders {
    folders: Vec<Folder>,
    /// Unix seconds by the clock of the file system, which no setting moves.
    now_s: i64,
    /// What could not be looked into.
    pub problems: Vec<Diagnostic>,
}

impl Folders {
    /// Returns the folders as they are at `now_s`, Unix seconds.
    pub fn new(folders: Vec<Folder>, now_s: i64) -> Folders {
        Folders { folders, now_s, problems: Vec::new() }
    }

    fn list(&mut self, folder: &Folder, seen: &mut HashSet<(u64, u64)>, files: &mut Vec<DeckFile>) {
        // A folder is looked through once, however many links lead to it: folders that link each
        // other would be walked without end, or nearly.
        let mut walked = HashSet::new();
        let visible = |entry: &walkdir::DirEntry| {
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            (entry.depth() == 0 || !hidden)
                && (!entry.file_type().is_dir()
                    || entry.metadata().map_or(true, |folder| walked.insert(identity(&folder))))
        };
        let walk = WalkDir::new(&folder.path).follow_links(true).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(visible) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.note(folder, &error);
                    continue;
                }
            };
            if !entry.file_type().is_file() || !is_yaml(entry.path()) {
                continue;
            }
            let Ok(metadata) = entry.metadata() else { continue };
            let below = entry.path().strip_prefix(&folder.path).unwrap_or(entry.path());
            if seen.insert(identity(&metadata)) {
                files.push(DeckFile {
                    path: entry.path().to_owned(),
                    shown: shown(&folder.shown, below),
                    deck: deck_name(folder.prefix.as_deref(), below),
                    state: self.state(&metadata),
                });
            }
        }
    }

    /// Remembers a folder that cannot be searched. One that is not there yet is just empty, and
    /// a link that leads in a circle leads to what is seen already.
    fn note(&mut self, folder: &Folder, error: &walkdir::Error) {
        let missing = error.io_error().is_some_and(|io| io.kind() == std::io::ErrorKind::NotFound);
        // The home's own folder need not be there; one that the settings name should be.
        if error.loop_ancestor().is_some()
            || (missing && error.depth() == 0 && folder.prefix.is_none())
        {
            return;
        }
        let path = error.path().unwrap_or(&folder.path);
        let below = path.strip_prefix(&folder.path).unwrap_or(path);
        let message = match error.io_error() {
            Some(_) if missing && error.depth() == 0 => {
                "the folder that `decks` names is not there".to_owned()
            }
            Some(_) if missing => "the link leads nowhere".to_owned(),
            Some(io) => format!("cannot be looked into: {io}"),
            None => "cannot be looked into".to_owned(),
        };
        self.problems.push(Diagnostic {
            file: shown(&folder.shown, below),
            line: 0,
            column: 0,
            severity: if missing { Severity::Warning } else { Severity::Error },
            code: "unreadable".into(),
            message,
            help: None,
            mend: None,
            source_line: String::new(),
            width: 0,
        });
    }

    #[cfg(unix)]
    fn state(&self, file: &std::fs::Metadata) -> FileState {
        use std::os::unix::fs::MetadataExt;
        FileState {
            text: format!(
                "{} {} {} {}.{:09} {}.{:09}",
                file.dev(),
                file.ino(),
                file.size(),
                file.mtime(),
                file.mtime_nsec(),
                file.ctime(),
                file.ctime_nsec()
            ),
            settled: self.now_s - file.mtime().max(file.ctime()) > RESTLESS_S,
        }
    }
}

impl Sources for Folders {
    fn files(&mut self) -> Vec<DeckFile> {
        let (mut files, mut seen) = (Vec::new(), HashSet::new());
        for folder in self.folders.clone() {
            self.list(&folder, &mut seen, &mut files);
        }
        files.sort_by(|one, other| one.shown.cmp(&other.shown));
        files
    }

    fn pull(&mut self, file: &DeckFile, known: Option<[u8; 32]>) -> Pulled {
        match read_within(&file.path, LARGEST_FILE) {
            Ok(bytes) => {
                let hash = hash(&bytes);
                if known == Some(hash) {
                    return Pulled::Unchanged;
                }
                Pulled::Read(Box::new(understood(&bytes, hash, &file.shown)))
            }
            Err(error) => Pulled::Read(Box::new(unreadable(file, &error))),
        }
    }
}

/// Returns the bytes of a file, or of its beginning, one more than `most` to show that it is larger.
///
/// # Errors
///
/// What the system says.
pub fn read_within(path: &Path, most: usize) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    // A large one is not moved while it grows.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(most).min(most) + 1);
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads the bytes of a file that is shown as `shown`.
pub fn read(bytes: &[u8], shown: &str) -> ReadFile {
    understood(bytes, hash(bytes), shown)
}

fn understood(bytes: &[u8], hash: [u8; 32], shown: &str) -> ReadFile {
    let reading = yaml::read(bytes, shown);
    let is_deck = reading.deck.is_some();
    let deck = reading.deck.unwrap_or_default();
    ReadFile {
        hash,
        is_deck,
        head: deck.head,
        notes: deck.notes,
        left_out: deck.left_out,
        findings: reading.diagnostics,
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn unreadable(file: &DeckFile, error: &std::io::Error) -> ReadFile {
    ReadFile {
        // No file has this hash, so it is tried again each time.
        hash: [0; 32],
        is_deck: false,
        head: Default::default(),
        notes: Vec::new(),
        left_out: Vec::new(),
        findings: vec![Diagnostic {
            file: file.shown.clone(),
            line: 0,
            column: 0,
            severity: Severity::Error,
            code: "unreadable".into(),
            message: format!("cannot be read: {error}"),
            help: Some("let yourself read it, or take it out of the folder".into()),
            mend: None,
            source_line: String::new(),
            width: 0,
        }],
    }
}

/// Whether a file may be a deck, by its name.
pub fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}

/// Returns the path of a file in a folder, or of a file that was named itself.
fn shown(folder: &str, below: &Path) -> String {
    if below.as_os_str().is_empty() {
        return folder.to_owned();
    }
    Path::new(folder).join(below).to_string_lossy().into_owned()
}

/// Returns the path below the folder without its ending, with slashes on every system.
fn deck_name(prefix: Option<&str>, below: &Path) -> String {
    let parts = below.with_extension("");
    let parts = parts.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    prefix.map(str::to_owned).into_iter().chain(parts).collect::<Vec<_>>().join("/")
}

#[cfg(unix)]
fn identity(file: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn names(root: &Path) -> Vec<(String, String)> {
        let folder = Folder { path: root.into(), shown: "decks".into(), prefix: None };
        let files = Folders::new(vec![folder], 0).files();
        files.into_iter().map(|file| (file.deck, file.shown)).collect()
    }

    #[test]
    fn decks_are_found_below_folders_and_links_each_once() {
        let folder = tempfile::tempdir().unwrap();
        let (root, other) = (folder.path().join("decks"), folder.path().join("checkout"));
        fs::create_dir_all(root.join("lang")).unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::create_dir_all(&other).unwrap();
        for file in ["lang/verbs.yaml", "a.yml", ".hidden.yaml", ".git/x.yaml", "notes.md"] {
            fs::write(root.join(file), "deck: x\n").unwrap();
        }
        fs::write(other.join("linked.yaml"), "deck: y\n").unwrap();
        symlink(&other, root.join("shared")).unwrap();
        symlink(&root, root.join("round")).unwrap();
        symlink(root.join("a.yml"), root.join("b.yaml")).unwrap();
        symlink("/nowhere", root.join("broken.yaml")).unwrap();
        let found: Vec<_> = names(&root).into_iter().map(|(deck, _)| deck).collect();
        assert_eq!(found, ["a", "lang/verbs", "shared/linked"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_empty() {
        assert!(names(Path::new("/nowhere/at/all")).is_empty());
    }

    #[test]
    fn bytes_that_are_known_are_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.yaml"), "deck: x\ncards: []\n").unwrap();
        let root = Folder { path: folder.path().into(), shown: "decks".into(), prefix: None };
        let mut folders = Folders::new(vec![root], i64::MAX);
        let file = folders.files().remove(0);
        assert!(file.state.settled);
        let Pulled::Read(read) = folders.pull(&file, None) else { panic!("not read") };
        assert_eq!(folders.pull(&file, Some(read.hash)), Pulled::Unchanged);
    }
}
