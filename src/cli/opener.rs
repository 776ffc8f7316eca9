//! Handing a file to the program that shows such files.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::CliError;
use super::words;

/// What is opened: pictures, sounds, films and pages. Anything else may be a program.
const ENDINGS: [&str; 32] = [
    "png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "avif", "tif", "tiff", "heic",
    "jxl", // seen
    "mp3", "ogg", "oga", "opus", "flac", "wav", "m4a", "aac", "spx", // heard
    "mp4", "m4v", "webm", "mkv", "mov", "avi", "ogv", "mpg", "mpeg", // both
    "pdf", "txt", // read
];

/// The program that knows which one shows a file.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Returns the file that a card of the deck `deck` names as `name`.
///
/// # Errors
///
/// If it is not there, stands outside the deck's folder, or is nothing to be looked at or heard.
pub fn beside(deck: &Path, name: &str) -> Result<PathBuf, CliError> {
    let folder = deck.parent().unwrap_or(Path::new("."));
    let path = folder.join(name);
    let shown = words::path(&path);
    let real = std::fs::canonicalize(&path).map_err(|error| {
        CliError::failed(format!("{shown} cannot be opened: {error}"))
            .hint("the file has to be where the card says, as seen from its deck")
    })?;
    let refused = |why: &str| {
        CliError::failed(format!("{shown} is not opened: {why}"))
            .hint("open it yourself if you trust it")
    };
    let inside = std::fs::canonicalize(folder).is_ok_and(|folder| real.starts_with(folder));
    if !inside {
        return Err(refused("it is outside the folder of its deck"));
    }
    let ending = real.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if !real.is_file() || !ending.is_some_and(|ending| ENDINGS.contains(&&*ending)) {
        return Err(refused("it is no picture, sound, film or page"));
    }
    Ok(real)
}

/// Opens a file, and does not wait for what opened it.
///
/// # Errors
///
/// If the program that does this cannot be run.
pub fn open(path: &Path) -> Result<(), CliError> {
    let mut command = Command::new(OPENER);
    command.arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| {
        CliError::failed(format!("{} cannot be opened: {OPENER}: {error}", words::path(path)))
            .hint(format!("install {OPENER}, or open the file yourself"))
    })?;
    // Nobody is left behind as a zombie.
    std::thread::spawn(move || child.wait());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_seen_or_heard_beside_the_deck_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let decks = folder.path().join("decks");
        std::fs::create_dir_all(decks.join("media")).unwrap();
        for name in ["decks/media/a.PNG", "decks/run.desktop", "secret.png", "decks/no-ending"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let deck = decks.join("words.yaml");
        let opened = |name: &str| {
            beside(&deck, name).map_err(|error| match error {
                CliError::Failed(trouble) => trouble.message,
                other => format!("{other:?}"),
            })
        };
        assert!(opened("media/a.PNG").unwrap().ends_with("decks/media/a.PNG"));
        for (name, why) in [
            ("../secret.png", "outside the folder of its deck"),
            ("run.desktop", "no picture, sound, film or page"),
            ("no-ending", "no picture, sound, film or page"),
            ("media", "no picture, sound, film or page"),
            ("media/gone.png", "cannot be opened"),
        ] {
            let error = opened(name).unwrap_err();
            assert!(error.contains(why), "{name}: {error}");
        }
    }
}
