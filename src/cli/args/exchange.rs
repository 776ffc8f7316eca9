//! The arguments of what goes to other programs and machines and comes from them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use encoding_rs::Encoding;

use crate::cli::complete;
use crate::import::encoding;

/// What to write, and where.
#[derive(Debug, Args)]
pub struct Export {
    /// What to write; see below.
    #[arg(value_name = "WHAT", value_enum, hide_possible_values = true)]
    pub what: What,
    /// Only cards that match; `retain review --help` explains QUERY.
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    pub query: Vec<String>,
    /// Write to this file, in place of what is in it; without it, or as -, to standard output.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// How to write it, whatever the file's ending says.
    #[arg(long, value_name = "F", value_enum)]
    pub format: Option<Format>,
    /// A history without what was typed, and with other names for the learner and the devices.
    #[arg(long)]
    pub anonymous: bool,
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// A row a day.
    Progress,
    /// A row an answer.
    Reviews,
    /// Cards.
    Cards,
    /// Every fact of every event, and every wording.
    History,
    /// A package for Anki: notes with their cards, what happened to them, and media.
    Anki,
}

/// How it can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// A JSON object a line.
    Ndjson,
    /// One JSON object.
    Json,
    /// A deck.
    Yaml,
    /// A package of Anki.
    Apkg,
}

impl Format {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
            Format::Json => "json",
            Format::Yaml => "yaml",
            Format::Apkg => "apkg",
        }
    }
}

/// What to bring in, and how.
#[derive(Debug, Args)]
pub struct Import {
    /// Files, or folders of YAML decks; `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What the files are; without it their names and texts decide. A package of Anki is always
    /// known.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<ImportFormat>,
    /// How their text is written, if it is not UTF-8: utf-16le, windows-1252, shift_jis …
    #[arg(
        long,
        value_name = "E",
        value_parser = encoding,
        add = ArgValueCompleter::new(complete::encoding)
    )]
    pub encoding: Option<&'static Encoding>,
    /// Schedule the cards of a package of Anki by their answers alone, not from where they stood.
    #[arg(long)]
    pub refold: bool,
    /// Put all cards into this deck; `lang/verbs` makes a folder.
    #[arg(long, value_name = "NAME")]
    pub deck: Option<String>,
    /// Say which category a cell of a board belongs to: of value 500 the third is 500.3.
    #[arg(long, value_name = "V.N=CATEGORY")]
    pub place: Vec<String>,
    /// Link the folder into the decks, so that it is read where it is.
    #[arg(long, conflicts_with_all = ["format", "encoding", "deck", "place"])]
    pub link: bool,
    /// Print what would happen, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What a file to import may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// The text of a quiz board.
    Board,
    /// Comma-separated values, Anki's notes in plain text among them.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// `Q:` and `A:`, or `front :: back`.
    Markdown,
    /// A deck.
    Yaml,
}

/// What to take in.
#[derive(Debug, Args)]
pub struct Merge {
    /// What `retain export history` or `retain backup` wrote, or another retain.db; `-` is standard
    /// input.
    pub file: PathBuf,
    /// Also if another learner did it all: that is you, too. A copy from before is made first.
    #[arg(long)]
    pub same_person: bool,
}

/// Reads the label of an encoding.
fn encoding(label: &str) -> Result<&'static Encoding, String> {
    encoding::named(label).ok_or_else(|| {
        "no encoding is called so; there are utf-8, utf-16le, windows-1252, latin1, shift_jis, \
         gb18030 and the others of the web"
            .to_owned()
    })
}
