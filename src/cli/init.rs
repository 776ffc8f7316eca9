//! `init`, and the offer of the starter decks to who has none.

use std::io::Write;
use std::path::Path;

use super::args::Init;
use super::environment::Environment;
use super::error::CliError;
use super::home::Home;
use super::io::Io;
use super::whole::Unfinished;
use super::{prompt, words};

/// The decks that come with the program.
const STARTER: [(&str, &str); 5] = [
    ("sso.yaml", include_str!("../../decks/sso.yaml")),
    ("scim.yaml", include_str!("../../decks/scim.yaml")),
    ("login.yaml", include_str!("../../decks/login.yaml")),
    ("domains.yaml", include_str!("../../decks/domains.yaml")),
    ("errors.yaml", include_str!("../../decks/errors.yaml")),
];

const CONFIG: &str = "\
# Settings of retain. Every line is optional; docs/decks.md explains them.
# A deck's `options:` come before these.

# day_starts_at: 4       # the hour at which a study day begins
# new_per_day: 20        # new cards a day, in all decks together
# reviews_per_day: none  # due cards a day
# grades: four           # or six: the qualities 0 to 5 of SM-2
# scheduler: sm2         # or fsrs; `retain scheduler use fsrs` says what moves
# decks: [~/notes]       # more folders with decks
";

/// Makes a home.
pub fn run(
    init: &Init,
    home: &Home,
    environment: &Environment,
    io: &mut Io,
) -> Result<(), CliError> {
    let made = make(home)?;
    let written = if init.starter { write_starter(&home.decks())? } else { 0 };
    // The database too, so that a home is whole from its first day.
    super::Desk::open(home.clone(), environment, io)?;
    let place = words::path(&home.folder);
    io.line(if made {
        format!("made a home in {place}")
    } else {
        format!("{place} is a home already")
    })?;
    if init.starter {
        io.line(match written {
            0 => "the starter decks are there already".to_owned(),
            written => format!(
                "wrote {} into {}",
                words::count(written, "starter deck", "starter decks"),
                words::path(&home.decks())
            ),
        })?;
    }
    io.line(format!("decks: {}", words::path(&home.decks())))?;
    io.line(format!("settings: {}", words::path(&home.config)))?;
    if has_files(&home.decks()) {
        io.line(format!("next: `{}`", home.command("review")))
    } else {
        io.line(format!("next: put a YAML deck there, or `{}`", home.command("init --starter")))
    }
}

fn make(home: &Home) -> Result<bool, CliError> {
    let decks = home.decks();
    let made = !decks.exists();
    let failed = |path: &Path, error: std::io::Error| {
        CliError::failed(format!("{} cannot be made: {error}", words::path(path)))
            .hint("choose another folder with --home")
    };
    std::fs::create_dir_all(&decks).map_err(|error| failed(&decks, error))?;
    if let Some(folder) = home.config.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    }
    write_new(&home.config, CONFIG)?;
    Ok(made)
}

/// Writes the starter decks that are not there; returns how many.
fn write_starter(decks: &Path) -> Result<usize, CliError> {
    let mut written = 0;
    for (name, text) in STARTER {
        written += usize::from(write_new(&decks.join(name), text)?);
    }
    Ok(written)
}

/// Writes a file that appears whole or not at all, unless there is one.
fn write_new(path: &Path, text: &str) -> Result<bool, CliError> {
    let write = || {
        let mut file = Unfinished::begin(path, 0o644)?;
        file.write_all(text.as_bytes())?;
        file.appear()
    };
    write().map_err(|error: std::io::Error| {
        CliError::failed(format!("{} cannot be written: {error}", words::path(path)))
    })
}

/// Offers the starter decks where there are no decks at all.
///
/// # Errors
///
/// Without a terminal nothing is asked: what to type is said instead, if cards are `wanted`.
pub fn offer_starter(home: &Home, io: &mut Io, wanted: bool) -> Result<(), CliError> {
    if has_files(&home.decks())
        || home.settings().is_ok_and(|(settings, _)| !settings.decks.is_empty())
    {
        return Ok(());
    }
    let folder = home.decks();
    let none = || {
        CliError::failed(format!("there are no decks in {}", words::path(&folder))).hint(format!(
            "`{}` writes five decks to begin with; or put a YAML deck there",
            home.command("init --starter")
        ))
    };
    if !io.interactive {
        return if wanted { Err(none()) } else { Ok(()) };
    }
    io.say("Welcome to retain. There are no decks here yet.")?;
    io.say("Five starter decks (SSO, SCIM, login logic, domains, errors: 25 cards) can go into this folder:")?;
    io.line(words::path(&folder))?;
    io.flush()?;
    if prompt::confirm("Put them there?", io)? != Some(true) {
        io.say(format!(
            "All right. Decks that you put into that folder are asked; `{}` writes the five.",
            home.command("init --starter")
        ))?;
        io.flush()?;
        return Err(CliError::Quiet(0));
    }
    make(home)?;
    write_starter(&folder)?;
    Ok(())
}

fn has_files(decks: &Path) -> bool {
    match std::fs::read_dir(decks) {
        Ok(mut entries) => entries.any(|entry| {
            entry.is_ok_and(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
        }),
        // What cannot be looked into may well hold some.
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}
