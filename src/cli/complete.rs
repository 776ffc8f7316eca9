//! `completions` and `man`: what shells and `man` want to know of the command line.
//!
//! The script that `completions` prints asks this program itself at each Tab, by a variable, so
//! that decks, tags and cards are completed as they are then.

use std::ffi::OsStr;
use std::path::Path;

use clap::{CommandFactory, ValueEnum};
use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{Bash, EnvCompleter, Fish, Zsh};

use super::args::{Arguments, Completions, Help, Man};
use super::environment::{self, Environment};
use super::error::CliError;
use super::home::Home;
use super::io::Io;
use crate::import::encoding;
use crate::store::Store;
use crate::text;

/// The variable by which the shell asks.
pub const VARIABLE: &str = "RETAIN_COMPLETE";

/// More candidates than these help nobody.
const MOST: usize = 500;

/// bash ends a word at a colon, and terms have one: what belongs together is put together before we
/// are asked, and what stands already is taken off the answers.
const COLONS: &str = r#"
_retain_complete() {
    local word words=()
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if (( ${#words[@]} )) && [[ $word == :* || ${words[-1]} == *: ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    local COMP_WORDS=("${words[@]}") COMP_CWORD=$(( ${#words[@]} - 1 ))
    _clap_complete_retain "$1" "${words[-1]}" "$3"
    local before=${words[-1]%"${words[-1]##*:}"}
    COMPREPLY=("${COMPREPLY[@]#"$before"}")
}
complete -o nospace -o bashdefault -F _retain_complete retain
"#;

/// A shell that can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// `source <(retain completions bash)` in ~/.bashrc
    Bash,
    /// `source <(retain completions zsh)` in ~/.zshrc
    Zsh,
    /// `retain completions fish | source` in ~/.config/fish/config.fish
    Fish,
}

/// Answers a shell that asks what may stand here, and ends the program; does nothing otherwise.
pub fn answer(environment: &Environment) {
    if environment.completing {
        CompleteEnv::with_factory(Arguments::command).var(VARIABLE).complete();
    }
}

/// Prints the script that makes a shell ask.
pub fn run(completions: &Completions, io: &mut Io) -> Result<(), CliError> {
    let shell: &dyn EnvCompleter = match completions.shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
    };
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "retain", "retain", "retain", &mut script)?;
    if completions.shell == Shell::Bash {
        script.extend_from_slice(COLONS.as_bytes());
    }
    io.line(String::from_utf8_lossy(&script).trim_end())
}

/// Prints the manual page of the program, or of a command.
pub fn man(man: &Man, io: &mut Io) -> Result<(), CliError> {
    let mut program = Arguments::command();
    program.build();
    let page = match &man.command {
        None => clap_mangen::Man::new(program),
        Some(name) => {
            let Some(command) = program.find_subcommand(name) else {
                return Err(CliError::usage(format!("no command {:?}", text::one_line(name)))
                    .hint("`retain --help` lists them"));
            };
            let title = format!("retain-{}", command.get_name());
            clap_mangen::Man::new(command.clone()).title(title)
        }
    };
    let mut roff = Vec::new();
    page.render(&mut roff)?;
    io.line(String::from_utf8_lossy(&roff).trim_end())
}

/// Explains a command as its `--help` does, or how the program fits into a shell.
pub fn help(help: &Help, io: &mut Io) -> Result<(), CliError> {
    let mut program = Arguments::command();
    program.build();
    let explained = match help.topic.as_deref() {
        None => program.render_long_help(),
        Some("shell") => return io.line(include_str!("../../docs/shell.md").trim_end()),
        Some(name) => match program.find_subcommand_mut(name) {
            Some(command) => command.render_long_help(),
            None => {
                return Err(CliError::usage(format!("no command {:?}", text::one_line(name)))
                    .hint("`retain --help` lists them; `retain help shell` is about your shell"));
            }
        },
    };
    io.line(explained.ansi().to_string().trim_end())
}

/// Returns the terms of a QUERY that begin with `current`.
pub fn query(current: &OsStr) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy();
    let (sign, word) = match typed.strip_prefix('-') {
        Some(word) => ("-", word),
        None => ("", &*typed),
    };
    let mut terms: Vec<String> = crate::query::STATES.map(|state| format!("is:{state}")).into();
    if let Some(store) = store() {
        terms.extend(
            store.decks().unwrap_or_default().iter().map(|deck| format!("deck:{}", deck.deck)),
        );
        terms.extend(store.tags().unwrap_or_default().iter().map(|tag| format!("tag:{tag}")));
        if word.starts_with("id:") {
            terms.extend(
                store.card_ids().unwrap_or_default().iter().map(|(id, _)| format!("id:{id}")),
            );
        }
    }
    candidates(terms.iter().filter(|term| term.starts_with(word)), sign)
}

/// Returns the decks whose names begin with `current`.
pub fn deck(current: &OsStr) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy();
    let decks = store().and_then(|store| store.decks().ok()).unwrap_or_default();
    let names: Vec<String> = decks.into_iter().map(|deck| deck.deck).collect();
    candidates(names.iter().filter(|name| name.starts_with(&*typed)), "")
}

/// Returns the tags that begin with `current`.
pub fn tag(current: &OsStr) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy();
    let tags = store().and_then(|store| store.tags().ok()).unwrap_or_default();
    candidates(tags.iter().filter(|tag| tag.starts_with(&*typed)), "")
}

/// Returns the cards whose ids begin with `current`, each with its question.
pub fn card(current: &OsStr) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy();
    let cards = store().and_then(|store| store.card_ids().ok()).unwrap_or_default();
    cards
        .into_iter()
        .filter(|(id, _)| id.starts_with(&*typed) && !text::harmless(id).contains('\u{fffd}'))
        .take(MOST)
        .map(|(id, front)| CompletionCandidate::new(id).help(Some(text::one_line(&front).into())))
        .collect()
}

/// Returns the usual encodings that begin with `current`.
pub fn encoding(current: &OsStr) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy().to_lowercase();
    let begun = encoding::COMMON.into_iter().filter(|label| label.starts_with(&*typed));
    begun.map(CompletionCandidate::new).collect()
}

fn candidates<'t>(terms: impl Iterator<Item = &'t String>, sign: &str) -> Vec<CompletionCandidate> {
    // What a terminal may not see is not completed either.
    terms
        .filter(|term| text::one_line(term) == **term)
        .take(MOST)
        .map(|term| CompletionCandidate::new(format!("{sign}{term}")))
        .collect()
}

/// Returns the database of the home that is meant, if it is there.
fn store() -> Option<Store> {
    let environment = Environment::read();
    let words: Vec<_> = environment::arguments().collect();
    let flag = words.iter().position(|word| word == "--home").and_then(|at| words.get(at + 1));
    let home = Home::find(flag.map(Path::new), &environment).ok()?;
    let database = home.database();
    if !database.exists() {
        return None;
    }
    Store::open(&database, Box::new(|| [0; 16])).ok()
}
