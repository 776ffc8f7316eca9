//! `scheduler use`: another formula, written into the settings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::cli::args::scheduler::{Name, Use};
use crate::cli::error::CliError;
use crate::cli::home::Desk;
use crate::cli::io::Io;
use crate::cli::{prompt, words, write};
use crate::deck::{load, yaml as deck_yaml};
use crate::history::extra::{Scope, Set};
use crate::schedule::fsrs::{Retention, Weights};
use crate::settings::{self, DeckOptions, SchedulerName, Settings};
use crate::store::{DeckRow, Fitted, InForce, Move, Proposal};
use crate::text;
use crate::yaml;

/// Weights are not written in more than this.
const LONGEST: usize = 64 * 1024;

/// What would move, as JSON.
#[derive(Serialize)]
struct Moves {
    scheduler: &'static str,
    deck: Option<String>,
    cards: usize,
    earlier: usize,
    later: usize,
    median_days: Option<i64>,
    written: bool,
}

/// What was asked for, understood.
struct Wanted {
    name: SchedulerName,
    retention: Option<Retention>,
    weights: Option<Weights>,
    deck: Option<DeckRow>,
}

/// Schedules by another formula.
pub fn run(args: &Use, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let wanted = understood(args, desk)?;
    let scope = match &wanted.deck {
        Some(deck) => Scope::Deck(deck.deck.clone()),
        None => Scope::Collection,
    };
    let set = wanted.weights.map(|weights| Set {
        scope: scope.clone(),
        weights,
        given: true,
        reviews: None,
        counted: None,
    });
    let mut fitted = desk.store.fitted()?;
    if let Some(set) = &set {
        let (weights, given) = (set.weights, true);
        fitted = fitted.with(scope, InForce { weights, given, reviews: None, counted: None });
    }
    let after = wanted.settings(&desk.settings);
    let mut moves = moves(&wanted, &after, &fitted, desk)?;
    moves.written = false;
    let edit = wanted.edit(desk)?;
    if !args.json {
        io.line(in_words(&moves))?;
        say_who_stays(&wanted, desk, io);
    }
    let nothing = edit.is_none() && set.is_none();
    if args.dry_run || nothing {
        if args.json {
            return io.json(&moves);
        }
        let why = if nothing { "it is so already" } else { "nothing was written" };
        return io.say(why);
    }
    if !args.yes {
        if !io.interactive {
            return Err(CliError::usage("this asks before it moves due dates")
                .hint("say --yes to do it, or --dry-run to see it"));
        }
        if prompt::confirm("Schedule so from now on?", io)? != Some(true) {
            return io.say("nothing was written");
        }
    }
    if !desk.home.folder.exists() {
        return Err(CliError::failed("there is no home yet").hint("`retain init` makes it"));
    }
    if let Some((path, was, text)) = &edit {
        let was = was.as_ref().map(String::as_bytes);
        write::all(&[write::Change { path, was, text }])?;
    }
    desk.settings = after;
    if let Some(set) = &set {
        desk.store.keep_weights(set, desk.clock.now(), &desk.settings)?;
    }
    desk.bring_up_to_date()?;
    moves.written = true;
    if args.json {
        return io.json(&moves);
    }
    let shown = match &wanted.deck {
        Some(deck) => text::one_line(&deck.file),
        None => text::one_line(&desk.home.shown_config()),
    };
    let file = edit.map(|_| format!("written into {shown}"));
    let back = desk.home.command("scheduler show");
    io.line(format!("{}; `{back}` shows it", file.unwrap_or("the weights are kept".to_owned())))
}

fn understood(args: &Use, desk: &Desk) -> Result<Wanted, CliError> {
    let retention = match args.retention {
        None => None,
        Some(share) => Some(Retention::new(share).ok_or_else(|| {
            CliError::usage(format!("a retention of {share} is not offered"))
                .hint("write a share from 0.70 to 0.97, such as 0.9: the higher, the more reviews")
        })?),
    };
    let weights = args.parameters.as_deref().map(weights).transpose()?;
    if args.name == Name::Sm2 && (retention.is_some() || weights.is_some()) {
        return Err(CliError::usage("SM-2 has neither a retention nor weights")
            .hint("they are for `retain scheduler use fsrs`"));
    }
    let deck = args.deck.as_deref().map(|name| desk.deck_named(name).cloned()).transpose()?;
    Ok(Wanted { name: args.name.into(), retention, weights, deck })
}

fn weights(list_or_file: &str) -> Result<Weights, CliError> {
    if list_or_file.trim() == "default" {
        return Ok(Weights::default());
    }
    let path = PathBuf::from(list_or_file);
    let text = if path.is_file() {
        let bytes = load::read_within(&path, LONGEST).map_err(|error| {
            CliError::failed(format!("{} cannot be read: {error}", words::path(&path)))
        })?;
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        list_or_file.to_owned()
    };
    // What `fit --json` and `show --json` print is taken, too.
    let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let numbers = json.as_ref().and_then(|json| json.get("parameters")?.as_array());
    let found = match numbers {
        Some(numbers) => {
            Weights::new(&numbers.iter().filter_map(serde_json::Value::as_f64).collect::<Vec<_>>())
        }
        None => text.parse(),
    };
    found.map_err(|wrong| {
        CliError::usage(text::one_line(&format!("these are no weights: {wrong}")))
            .hint("`retain scheduler fit` finds yours; `--parameters default` takes the usual ones")
    })
}

impl Wanted {
    /// Returns the settings as they would be.
    fn settings(&self, now: &Settings) -> Settings {
        let mut after = now.clone();
        if self.deck.is_none() {
            after.scheduler = self.name;
            after.retention = self.retention.unwrap_or(now.retention);
        }
        after
    }

    /// Returns the options of the deck as they would be.
    fn options(&self) -> Option<(String, DeckOptions)> {
        let deck = self.deck.as_ref()?;
        let mut options = deck.head.options.clone();
        options.scheduler = Some(self.name);
        options.retention = self.retention.or(options.retention);
        Some((deck.deck.clone(), options))
    }

    /// Returns the file that is to be written, what is in it and what is to be; `None` if it says
    /// so already.
    fn edit(&self, desk: &Desk) -> Result<Option<(PathBuf, Option<String>, String)>, CliError> {
        let path = match &self.deck {
            None => desk.home.config.clone(),
            Some(deck) => desk
                .deck_files()
                .into_iter()
                .find(|file| file.deck == deck.deck)
                .map(|file| file.path)
                .ok_or_else(|| CliError::failed("the deck is gone"))?,
        };
        let was = match load::read_within(&path, load::LARGEST_FILE) {
            Ok(bytes) => Some(String::from_utf8(bytes).map_err(|_| self.cannot(&path))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(CliError::failed(format!(
                    "{} cannot be read: {error}",
                    words::path(&path)
                )));
            }
        };
        let within = self.deck.as_ref().map(|_| ("options", "cards"));
        let mut text = was.clone().unwrap_or_default();
        let share = self.retention.map(|retention| retention.share().to_string());
        let mut pairs = vec![("scheduler", self.name.word().to_owned())];
        pairs.extend(share.map(|share| ("retention", share)));
        for (key, value) in &pairs {
            if !self.is_said(&text, key) {
                text = yaml::with_setting(&text, within, key, value)
                    .ok_or_else(|| self.cannot(&path))?;
            }
        }
        if !self.says_it(&text, was.as_deref().unwrap_or_default(), desk) {
            return Err(self.cannot(&path));
        }
        Ok((was.as_deref() != Some(&*text) && !(was.is_none() && text.is_empty()))
            .then_some((path, was, text)))
    }

    /// Whether a text says already what is wanted of `key`.
    fn is_said(&self, text: &str, key: &str) -> bool {
        let said = match &self.deck {
            None => {
                let (settings, _) = settings::read(text.as_bytes(), "");
                (Some(settings.scheduler), Some(settings.retention))
            }
            Some(_) => {
                let options = deck_options(text);
                (options.scheduler, options.retention)
            }
        };
        match key {
            "scheduler" => said.0 == Some(self.name),
            _ => said.1 == self.retention,
        }
    }

    /// Whether the new text says what is wanted, and nothing else that is new.
    fn says_it(&self, text: &str, was: &str, desk: &Desk) -> bool {
        match &self.deck {
            None => {
                let (settings, problems) = settings::read(text.as_bytes(), "");
                problems.is_empty() && settings == self.settings(&desk.settings)
            }
            Some(_) => {
                let before = deck_yaml::read(was.as_bytes(), "").deck.unwrap_or_default();
                let after = deck_yaml::read(text.as_bytes(), "").deck.unwrap_or_default();
                let options = self.options().map(|(_, options)| options);
                let texts = |deck: &crate::deck::Deck| -> Vec<String> {
                    deck.notes
                        .iter()
                        .map(|note| format!("{} {:?}", note.front, note.back))
                        .collect()
                };
                Some(&after.head.options) == options.as_ref() && texts(&before) == texts(&after)
            }
        }
    }

    fn cannot(&self, path: &std::path::Path) -> CliError {
        let place = if self.deck.is_some() { "below `options:` " } else { "" };
        CliError::failed(format!(
            "{} is written so that no setting can be added",
            words::path(path)
        ))
        .hint(format!("write `scheduler: {}` {place}there yourself", self.name.word()))
    }
}

fn deck_options(text: &str) -> DeckOptions {
    deck_yaml::read(text.as_bytes(), "").deck.unwrap_or_default().head.options
}

fn moves(
    wanted: &Wanted,
    after: &Settings,
    fitted: &Fitted,
    desk: &mut Desk,
) -> Result<Moves, CliError> {
    let options: BTreeMap<String, DeckOptions> = wanted.options().into_iter().collect();
    let proposal = Proposal { settings: after, options: &options, fitted };
    let only = wanted.deck.as_ref().map(|deck| deck.deck.as_str());
    let moves = desk.store.moves(&proposal, only)?;
    let mut days: Vec<i64> =
        moves.iter().map(|Move { from, to }| to.since(*from)).filter(|days| *days != 0).collect();
    days.sort_unstable();
    Ok(Moves {
        scheduler: wanted.name.word(),
        deck: only.map(str::to_owned),
        cards: moves.len(),
        earlier: days.iter().filter(|days| **days < 0).count(),
        later: days.iter().filter(|days| **days > 0).count(),
        median_days: median(&days),
        written: false,
    })
}

/// Returns the middle of sorted numbers, or what lies between the two in the middle.
fn median(sorted: &[i64]) -> Option<i64> {
    let (low, high) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
    Some((sorted.get(low)? + sorted.get(high)?) / 2)
}

fn in_words(moves: &Moves) -> String {
    let cards = words::count(moves.cards, "card", "cards");
    match moves.median_days {
        _ if moves.cards == 0 => "no card was answered yet: nothing moves".to_owned(),
        None => format!(
            "{cards}: none moves (what came with a due date from elsewhere keeps it until it is answered)"
        ),
        Some(median) => format!(
            "{cards}: {} earlier, {} later, median {median:+} d",
            words::grouped(moves.earlier),
            words::grouped(moves.later)
        ),
    }
}

/// Says which decks have a setting of their own, which the configuration's does not move.
fn say_who_stays(wanted: &Wanted, desk: &Desk, io: &mut Io) {
    let own: Vec<String> = desk
        .decks
        .iter()
        .filter(|deck| wanted.deck.is_none() && deck.head.options.scheduler.is_some())
        .map(|deck| text::one_line(&deck.deck))
        .collect();
    if !own.is_empty() {
        io.note(format!("note: these decks say for themselves: {}", own.join(", ")));
    }
}
