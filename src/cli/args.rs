//! The command line.

mod board;
mod exchange;
pub mod scheduler;
mod stats;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

pub use self::board::Board;
pub use self::exchange::{Export, Format, Import, ImportFormat, Merge, What};
pub use self::stats::{Section, Stats};
use super::complete::{self, Shell};
use super::io::Color;

/// Flags that every command takes, shown behind its own.
const EVERYWHERE: &str = "Everywhere";

/// Flashcards for people who live in a shell.
///
/// Decks are YAML files below `decks/` in the home; what you answered is in `retain.db` beside them
/// and is never changed or deleted. Without a command: today at a glance.
#[derive(Debug, Parser)]
#[command(
    name = "retain",
    version,
    disable_help_subcommand = true,
    after_help = "Example: retain review\n\nThe home is $XDG_DATA_HOME/retain, or the folder that --home or RETAIN_HOME names."
)]
pub struct Arguments {
    /// Keep everything (decks, history, settings) in this folder.
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    pub home: Option<PathBuf>,
    /// When to use colours.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        help_heading = EVERYWHERE
    )]
    pub color: Color,
    /// What to do; without it, today at a glance.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a home for decks and history; safe to repeat.
    #[command(after_help = "Example: retain init --starter")]
    Init(Init),
    /// Review what is due, card by card.
    #[command(
        after_help = "Examples:\n  retain review                     what is due today, and today's new cards\n  retain review deck:domains -n 5   five of one deck\n  retain review --cram tag:saml     practice that no schedule reads\n  retain review --typed deck:lang   answers typed, and judged\n\nQUERY, terms that must all match:\n  word, \"two words\"     in the text of the card\n  deck:lang, tag:verbs  that deck or tag, and those below it\n  id:domains-100        the card, or all cards of the note\n  is:STATE              new, due, learning, review, suspended, buried, leech,\n                        changed or parked\n  lapses>3              lapses, interval, ease, value or retrievability,\n                        with < <= > >= or =\n  -x, x OR y, (x y)     not, or, brackets\nYour shell wants quotes around < > ( ) and phrases: 'lapses>3'.",
        visible_alias = "r"
    )]
    Review(Review),
    /// Play what you should review: cards with a value, as a board.
    ///
    /// A column is a category, a row a value. A due card, or a new one within today's limit, is a
    /// review as in `retain review`; any other is practice, which no schedule reads. Right is good and
    /// wins the value, wrong is again and loses it. A game that is broken off goes on the same day.
    #[command(
        after_help = "Examples:\n  retain board                   all cards that have a value\n  retain board sso scim          of these decks, and those below them\n  retain board --confidence      say before each answer how sure you are\n  retain board --plain           in lines: domains 300, then the answer\n\nA note is a cell by its `value: 100`; its column is its `category:`, else its deck."
    )]
    Board(Board),
    /// Show what is due.
    #[command(
        after_help = "Examples:\n  retain due --count      one number, for a prompt\n  retain due -q && echo 'cards are waiting'"
    )]
    Due(Due),
    /// Grade a card from a script or an editor.
    #[command(
        after_help = "Examples:\n  retain grade domains-100 good\n  retain grade domains-100 q4 --at 2026-11-29T18:30:00+01:00\n  retain grade --stdin < grades.ndjson\n\nA line of --stdin: {\"card\":\"domains-100\",\"rating\":\"good\",\"at\":\"2026-11-29T18:30:00Z\",\"took_ms\":4200,\"key\":\"any-1\"}\nRATING: again hard good easy, 1 to 4, or q0 to q5 for a quality of SM-2."
    )]
    Grade(Grade),
    /// Take back the last thing that was done by hand here.
    #[command(after_help = "Example: retain undo 2")]
    Undo(Undo),
    /// Show what happened, oldest first.
    #[command(
        after_help = "Examples:\n  retain history domains-100\n  retain history --json | jq -s 'length'"
    )]
    History(History),
    /// Show how much was learned, how well it was recalled, and what comes.
    #[command(
        after_help = "Examples:\n  retain stats\n  retain stats deck:domains --days 90\n  retain stats --section calendar,hardest\n  retain stats --html report.html --open\n  retain stats --from ann.ndjson bob.ndjson\n  retain stats --json | jq .streak_days"
    )]
    Stats(Stats),
    /// Write what is here for other programs and machines.
    #[command(
        after_help = "Examples:\n  retain export progress --to progress.csv\n  retain export reviews deck:domains | head\n  retain export cards deck:domains --to domains.yaml\n  retain export anki --to cards.apkg\n  ssh laptop retain export history | retain merge -\n\nWHAT:\n  progress  a row a day, from the first answer to today (csv, ndjson)\n  reviews   a row an answer, oldest first (csv, ndjson)\n  cards     the cards, to be a deck again (yaml), a table (csv), or with how they\n            stand (json)\n  history   every fact of every event and every wording, for `retain merge`\n            (ndjson)\n  anki      a package for Anki: notes, how they stand, all that was answered,\n            media (apkg)\n\nThe ending of --to decides about the format, or --format."
    )]
    Export(Export),
    /// List cards.
    #[command(
        after_help = "Examples:\n  retain list deck:domains\n  retain list is:suspended OR is:leech\n  retain list --sort lapses --reverse | head\n  retain list --json tag:saml"
    )]
    List(List),
    /// Show cards in full.
    #[command(after_help = "Example: retain show domains-100")]
    Show(Show),
    /// Add cards to a deck.
    ///
    /// What no flag gives is asked for on a terminal: the deck, front and back, and what else there is
    /// to say, card after card until a front is left empty. A deck that is not there is made.
    #[command(
        after_help = "Examples:\n  retain add                                    asks for all\n  retain add --deck lang/es --front 'the house' --back 'la casa' --reverse\n  retain add --deck sso --front 'Roles in SAML' --back IdP --back SP --tag saml\n  retain add --deck geo --cloze '{{Paris}} lies on the {{Seine}}'\n  retain add --deck lang/es - < cards.yaml\n\nCards on standard input are a YAML list, one card, or a deck:\n  - front: the house\n    back: la casa"
    )]
    Add(Add),
    /// Edit a card in your editor, at its line; its progress stays.
    ///
    /// The editor is VISUAL, else EDITOR, else vi. When it has ended, the deck is checked, and on a
    /// terminal you can go back to mend what is wrong.
    #[command(
        after_help = "Examples:\n  retain edit domains-100\n  EDITOR='code --wait' retain edit domains-100"
    )]
    Edit(Edit),
    /// Put cards aside until they are resumed.
    #[command(
        after_help = "Examples:\n  retain suspend domains-400\n  retain suspend --query tag:saml"
    )]
    Suspend(Which),
    /// Ask cards again that were suspended or buried.
    #[command(after_help = "Example: retain resume domains-400")]
    Resume(Which),
    /// Put cards aside until tomorrow.
    #[command(after_help = "Example: retain bury domains-400")]
    Bury(Which),
    /// Start cards over as new; `retain undo` brings them back.
    ///
    /// What was answered stays in the history, and no schedule reads what came before.
    #[command(after_help = "Example: retain reset domains-400")]
    Reset(Which),
    /// Look through the decks for mistakes, and mend what is certain.
    #[command(
        after_help = "Examples:\n  retain check\n  retain check --fix --dry-run\n  retain check ~/notes/verbs.yaml --json"
    )]
    Check(Check),
    /// Bring in cards from other programs, as YAML decks.
    ///
    /// Packages of Anki with their history, a quiz board's text, CSV, TSV, Markdown or YAML. What is
    /// there already is not doubled, a new version of a file brings its changes, and what you edited
    /// stays.
    #[command(
        after_help = "Examples:\n  retain import words.csv --dry-run       what would happen\n  retain import board.txt --place '500.3=Domains'\n  retain import ~/team-cards --link       read a folder where it is\n  retain import korean.apkg               a package of Anki, with its history\n  curl -s https://example.org/words.tsv | retain import - --deck lang/words\n\nCSV and TSV: front, then back; or a first row of front back id accept hint why\nsource tags value category reverse need ordered. `|` parts the items of a list.\nMarkdown: `Q:` and `A:`, or lines `front :: back`."
    )]
    Import(Import),
    /// Explain the arithmetic behind a card's due date.
    #[command(after_help = "Example: retain explain domains-100")]
    Explain(Explain),
    /// Show, change, fit or measure the formula that makes due dates.
    #[command(
        after_help = "Examples:\n  retain scheduler show\n  retain scheduler use fsrs --dry-run\n  retain scheduler evaluate"
    )]
    Scheduler(scheduler::Scheduler),
    /// Look after the database.
    ///
    /// Without flags every page of it is checked, and what is there is counted.
    #[command(
        after_help = "Examples:\n  retain doctor\n  retain doctor --rebuild\n  retain doctor --digest"
    )]
    Doctor(Doctor),
    /// Write a verified copy of the history.
    #[command(after_help = "Example: retain backup ~/safe/retain.db")]
    Backup(Backup),
    /// Print the JSON Schema of decks, for editors.
    #[command(
        after_help = "Example: retain schema > ~/.config/retain/deck.schema.json\n\nA deck names it in its first line:\n  # yaml-language-server: $schema=/home/you/.config/retain/deck.schema.json"
    )]
    Schema,
    /// Print what makes a shell complete commands, decks, tags and cards.
    #[command(
        after_help = "Examples:\n  source <(retain completions bash)     in ~/.bashrc\n  source <(retain completions zsh)      in ~/.zshrc\n  retain completions fish | source      in ~/.config/fish/config.fish"
    )]
    Completions(Completions),
    /// Print the manual page of the program, or of a command.
    #[command(after_help = "Example: retain man | man -l -")]
    Man(Man),
    /// Explain a command, or how retain fits into a shell (`retain help shell`).
    #[command(after_help = "Examples:\n  retain help review\n  retain help shell | less")]
    Help(Help),
    /// Put a copy back in place of the history.
    #[command(after_help = "Example: retain restore ~/safe/retain.db")]
    Restore(Restore),
    /// Take another history into this one, such as that of another machine.
    ///
    /// What is there already is not added again, so that it can be merged as often as you like.
    #[command(
        after_help = "Examples:\n  retain merge history.ndjson\n  ssh laptop retain export history | retain merge -"
    )]
    Merge(Merge),
}

/// What to review.
#[derive(Debug, Default, Args)]
pub struct Review {
    /// Only cards that match; see below.
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    pub query: Vec<String>,
    /// Ask at most this many cards.
    #[arg(long, short = 'n', value_name = "N", value_parser = whole::<1, MANY, usize>)]
    pub limit: Option<usize>,
    /// Let in this many new cards, whatever the daily limits leave.
    #[arg(long, value_name = "N", value_parser = whole::<0, MANY, u32>)]
    pub new: Option<u32>,
    /// Stop when this much time is over: 90s, 10m, 1h.
    #[arg(long = "for", value_name = "TIME", value_parser = span)]
    pub time: Option<Duration>,
    /// Also ask what comes back within this many days.
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 0,
        hide_default_value = true,
        value_parser = whole::<0, FAR, u32>
    )]
    pub ahead: u32,
    /// Practise each card that matches once, due or not, and let no schedule read it; not with
    /// --new or --ahead.
    #[arg(long, conflicts_with_all = ["new", "ahead"])]
    pub cram: bool,
    /// Type the answers, except of cards that say `typed: false`.
    #[arg(long)]
    pub typed: bool,
    /// Lines in, lines out, for scripts and screen readers.
    #[arg(long)]
    pub plain: bool,
}

/// For which shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell that is to complete.
    pub shell: Shell,
}

/// Of what.
#[derive(Debug, Args)]
pub struct Man {
    /// A command.
    pub command: Option<String>,
}

/// What to explain.
#[derive(Debug, Args)]
pub struct Help {
    /// A command, or `shell`: prompts, login, timers.
    pub topic: Option<String>,
}

/// How to make a home.
#[derive(Debug, Args)]
pub struct Init {
    /// Put the starter decks into it.
    #[arg(long)]
    pub starter: bool,
}

/// What to add.
#[derive(Debug, Args)]
pub struct Add {
    /// `-` reads cards from standard input, as YAML.
    #[arg(
        value_name = "-",
        value_parser = ["-"],
        hide_possible_values = true,
        conflicts_with_all = [
            "front", "back", "cloze", "reverse", "accept", "choice", "typed", "id", "tag", "hint", "why",
        ]
    )]
    pub source: Option<String>,
    /// Into this deck; the last part of its name is enough, and a new one is made.
    #[arg(long, short, value_name = "DECK", add = ArgValueCompleter::new(complete::deck))]
    pub deck: Option<String>,
    /// The question, as Markdown.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub front: Option<String>,
    /// The answer, as Markdown; several make a list.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub back: Vec<String>,
    /// A text with gaps, such as '{{Paris}} lies on the {{Seine::river}}'.
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with_all = ["front", "back", "reverse", "choice"]
    )]
    pub cloze: Option<String>,
    /// Also ask it back to front.
    #[arg(long)]
    pub reverse: bool,
    /// Another wording that is right where the answer is typed; may be given several times.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub accept: Vec<String>,
    /// A wrong answer to choose from, beside the right one of --back; may be given several times.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub choice: Vec<String>,
    /// Have it always answered by typing.
    #[arg(long, conflicts_with = "choice")]
    pub typed: bool,
    /// Its permanent name; without it, one after the question.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// A tag; may be given several times.
    #[arg(long, value_name = "TAG", add = ArgValueCompleter::new(complete::tag))]
    pub tag: Vec<String>,
    /// Shown on request.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub hint: Option<String>,
    /// Shown after the answer.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub why: Option<String>,
}

/// What to edit.
#[derive(Debug, Args)]
pub struct Edit {
    /// A card's id, or a note's.
    #[arg(add = ArgValueCompleter::new(complete::card))]
    pub card: String,
}

/// What is due, and how to say it.
#[derive(Debug, Args)]
pub struct Due {
    /// Only cards that match; `retain review --help` explains QUERY.
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    pub query: Vec<String>,
    /// One number: due cards and today's new ones.
    #[arg(long, conflicts_with_all = ["json", "quiet"])]
    pub count: bool,
    /// Everything, as JSON.
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Nothing but the exit status: 0 if something is due, 1 if not, 2 if that cannot be told.
    #[arg(long, short)]
    pub quiet: bool,
}

/// A grade.
#[derive(Debug, Args)]
pub struct Grade {
    /// The card's id.
    #[arg(required_unless_present = "stdin", add = ArgValueCompleter::new(complete::card))]
    pub card: Option<String>,
    /// again hard good easy, 1 to 4, or q0 to q5.
    #[arg(required_unless_present = "stdin")]
    pub rating: Option<String>,
    /// When it was answered: 2026-11-29T18:30:00+01:00, or 2026-11-29T18:30 by this machine's zone.
    #[arg(long, value_name = "TIME", conflicts_with = "stdin")]
    pub at: Option<String>,
    /// How long the answer took, in milliseconds.
    #[arg(
        long,
        value_name = "MS",
        conflicts_with = "stdin",
        value_parser = whole::<0, { u32::MAX as u64 }, u32>
    )]
    pub took: Option<u32>,
    /// The card as it stands now, as JSON.
    #[arg(long)]
    pub json: bool,
    /// Read one grade a line, as JSON.
    #[arg(long, conflicts_with_all = ["card", "rating"])]
    pub stdin: bool,
}

/// How much to take back.
#[derive(Debug, Args)]
pub struct Undo {
    /// How many things to take back, the newest first.
    #[arg(value_name = "N", default_value_t = 1, value_parser = whole::<1, 10_000, u32>)]
    pub count: u32,
}

/// Whose history.
#[derive(Debug, Args)]
pub struct History {
    /// Only of this card.
    #[arg(add = ArgValueCompleter::new(complete::card))]
    pub card: Option<String>,
    /// One event a line, as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What cards are listed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortKey {
    /// Deck, and place in the file.
    Deck,
    /// Id.
    Id,
    /// Question.
    Front,
    /// Day on which it comes back.
    Due,
    /// Days between its last answer and that.
    Interval,
    /// Ease.
    Ease,
    /// Times forgotten.
    Lapses,
    /// Counted answers.
    Reviews,
    /// Chance of being recalled today.
    Retrievability,
    /// Points.
    Value,
}

/// Which cards to list.
#[derive(Debug, Args)]
pub struct List {
    /// Only cards that match; `retain review --help` explains QUERY.
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    pub query: Vec<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// Sort by this, smallest first; cards without it come last.
    #[arg(long, value_name = "KEY", value_enum, default_value = "deck", hide_default_value = true)]
    pub sort: SortKey,
    /// Sort the other way round.
    #[arg(long)]
    pub reverse: bool,
}

/// Which cards to show.
#[derive(Debug, Args)]
pub struct Show {
    /// Ids of cards or notes.
    #[arg(value_name = "CARD", required = true, add = ArgValueCompleter::new(complete::card))]
    pub cards: Vec<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Which cards to do something to.
#[derive(Debug, Args)]
pub struct Which {
    /// Ids of cards, or of notes for all their sides.
    #[arg(
        value_name = "CARD",
        required_unless_present = "query",
        add = ArgValueCompleter::new(complete::card)
    )]
    pub cards: Vec<String>,
    /// All cards that match; `retain review --help` explains QUERY.
    #[arg(long, value_name = "QUERY", conflicts_with = "cards", allow_hyphen_values = true)]
    pub query: Option<String>,
}

/// What to check.
#[derive(Debug, Args)]
pub struct Check {
    /// Files or folders; without them, the decks of the home.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Mend what is certain and write an id for each card without one; every other byte stays.
    #[arg(long)]
    pub fix: bool,
    /// Only say what --fix would write.
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Which card to explain.
#[derive(Debug, Args)]
pub struct Explain {
    /// The card's id.
    #[arg(add = ArgValueCompleter::new(complete::card))]
    pub card: String,
}

/// What to do for the database.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Drop the caches and make them again from the decks and the history.
    #[arg(long)]
    pub rebuild: bool,
    /// Two lines that are equal for equal histories and decks.
    #[arg(long)]
    pub digest: bool,
    /// Take back what is more than a day ahead of the clock, and enter it again as done now.
    #[arg(long)]
    pub enter_again: bool,
}

/// Where to write the copy.
#[derive(Debug, Args)]
pub struct Backup {
    /// A file that is not there yet; without it, one in the home's `backups`.
    pub file: Option<PathBuf>,
}

/// Which copy to put back.
#[derive(Debug, Args)]
pub struct Restore {
    /// A copy that `retain backup` or a session made.
    pub file: PathBuf,
}

/// As many cards as anybody asks for.
const MANY: u64 = 1_000_000;

/// As many days as an interval can have.
const FAR: u64 = 36_500;

/// Reads a span of time: a whole number of seconds, minutes or hours.
fn span(text: &str) -> Result<Duration, String> {
    const WANTED: &str = "a time from 1s to 24h is wanted, such as 90s, 10m or 1h";
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        _ => return Err(WANTED.to_owned()),
    };
    let seconds = text[..text.len() - 1].parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
    let seconds = seconds.filter(|seconds| (1..=24 * 3600).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| WANTED.to_owned())
}

/// Reads a whole number from `FROM` to `TO`.
fn whole<const FROM: u64, const TO: u64, T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| (FROM..=TO).contains(number));
    number
        .and_then(|number: u64| T::try_from(number).ok())
        .ok_or_else(|| format!("a whole number from {FROM} to {TO} is wanted"))
}

/// Stands in for the `-` of a negated word while the flags are parsed.
const NEGATION: char = '\u{f02d}';

/// The commands whose arguments may be words of a QUERY.
const WITH_QUERY: [&str; 6] = ["review", "r", "due", "list", "stats", "export"];

/// Returns the arguments with the `-` of negated words of a QUERY out of the way of the flags:
/// `-tag:x` is a word, `-n` and `--json` are flags.
pub fn with_negations(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut with_query = false;
    let mut all = arguments.into_iter().enumerate();
    let mut kept = Vec::new();
    while let Some((at, argument)) = all.next() {
        if argument == "--" {
            kept.push(argument);
            kept.extend(all.map(|(_, argument)| argument));
            break;
        }
        let word = argument.to_str().unwrap_or_default();
        with_query |= at > 0 && WITH_QUERY.contains(&word);
        match word.strip_prefix('-') {
            Some(rest) if with_query && is_negated_word(rest) => {
                kept.push(format!("{NEGATION}{rest}").into());
            }
            _ => kept.push(argument),
        }
    }
    kept
}

/// Whether what follows a `-` is no flag: one letter and perhaps a number is.
fn is_negated_word(rest: &str) -> bool {
    let mut chars = rest.chars();
    let flag = chars.next().is_none_or(|first| "-nqhV".contains(first));
    // One letter alone is a flag that somebody mistyped.
    let one_letter = rest.len() == 1 && rest.as_bytes()[0].is_ascii_alphabetic();
    (!flag && !one_letter)
        || (flag && !rest.starts_with('-') && !chars.all(|c| c.is_ascii_digit() || c == '='))
}

/// Returns a text with the negations as they were typed.
pub fn restored(text: &str) -> String {
    text.replace(NEGATION, "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_may_stand_anywhere_among_the_words_of_a_query() {
        let parse = |line: &str| {
            let words = line.split(' ').map(OsString::from);
            Arguments::try_parse_from(with_negations(words)).map(|arguments| arguments.command)
        };
        for line in [
            "retain review deck:domains -n 5",
            "retain review -n5 deck:domains",
            "retain review deck:domains --plain -tag:x --limit 5",
            "retain --home /tmp/x review -(tag:x) -word -n 5 x",
        ] {
            let Ok(Some(Command::Review(review))) = parse(line) else { panic!("{line}") };
            assert_eq!(review.limit, Some(5), "{line}");
        }
        let Ok(Some(Command::List(list))) = parse("retain list -is:new -neat --json") else {
            panic!()
        };
        let query: Vec<_> = list.query.iter().map(|word| restored(word)).collect();
        assert_eq!((query, list.json), (vec!["-is:new".to_owned(), "-neat".to_owned()], true));
        assert!(parse("retain due --cuont").is_err());
        assert!(parse("retain review -c deck:domains").is_err());
    }
}
