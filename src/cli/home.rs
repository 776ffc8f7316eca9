//! The home of a learner, opened: settings, decks and history, all up to date.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::environment::{Chance, Environment, seconds_now};
use super::error::CliError;
use super::io::Io;
use super::{report, words};
use crate::card::CardId;
use crate::deck::load::{self, Folder, Folders};
use crate::deck::{DeckFile, Sources};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::import::plan::Record;
use crate::queue::{self, Candidate, Plan, Wish};
use crate::schedule::Stage;
use crate::settings::{self, DeckOptions, Settings};
use crate::store::{DeckRow, Notice, Refreshed, Standing, Store};
use crate::text;
use crate::time::{Clock, Day, Moment};

/// Where everything of one learner is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Decks, database and backups.
    pub folder: PathBuf,
    /// The file of settings.
    pub config: PathBuf,
    /// Whether the person named it, by flag or variable.
    pub explicit: bool,
    /// Whether it was the flag: then commands without it act on another home.
    pub by_flag: bool,
}

impl Home {
    /// Returns the home that the flag, the variable or the system names.
    ///
    /// # Errors
    ///
    /// If the system has no folder for this person.
    pub fn find(flag: Option<&Path>, environment: &Environment) -> Result<Home, CliError> {
        if let Some(folder) = flag.or(environment.home.as_deref()) {
            return Ok(Home {
                folder: folder.to_owned(),
                config: folder.join("config.yaml"),
                explicit: true,
                by_flag: flag.is_some(),
            });
        }
        let folders = etcetera::base_strategy::Xdg::new().map_err(|_| {
            CliError::failed("this machine does not say where your home folder is")
                .hint("name a folder with --home or RETAIN_HOME")
        })?;
        Ok(Home {
            folder: folders.data_dir().join("retain"),
            config: folders.config_dir().join("retain").join("config.yaml"),
            explicit: false,
            by_flag: false,
        })
    }

    /// Returns a command line for this home, to be shown: `retain review`.
    pub fn command(&self, rest: &str) -> String {
        if self.by_flag {
            format!("retain --home {} {rest}", words::quoted(&words::path(&self.folder)))
        } else {
            format!("retain {rest}")
        }
    }

    /// Returns the folder of the decks.
    pub fn decks(&self) -> PathBuf {
        self.folder.join("decks")
    }

    /// Returns the path of the database.
    pub fn database(&self) -> PathBuf {
        self.folder.join("retain.db")
    }

    /// Returns the settings, and what is wrong with them.
    ///
    /// # Errors
    ///
    /// If the file is there and cannot be read.
    pub fn settings(&self) -> Result<(Settings, Vec<Diagnostic>), CliError> {
        match load::read_within(&self.config, load::LARGEST_FILE) {
            Ok(bytes) => Ok(settings::read(&bytes, &self.shown_config())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok((Settings::default(), Vec::new()))
            }
            Err(error) => Err(CliError::failed(format!(
                "{} cannot be read: {error}",
                words::path(&self.config)
            ))),
        }
    }

    /// Returns the file of the settings, as it is shown.
    pub fn shown_config(&self) -> String {
        if self.explicit {
            "config.yaml".to_owned()
        } else {
            self.config.to_string_lossy().into_owned()
        }
    }

    /// Returns the files that may be decks.
    pub fn deck_files(&self, settings: &Settings, environment: &Environment) -> Vec<DeckFile> {
        Folders::new(self.deck_folders(settings, environment), seconds_now()).files()
    }

    fn deck_folders(&self, settings: &Settings, environment: &Environment) -> Vec<Folder> {
        let own = Folder { path: real(&self.decks()), shown: "decks".into(), prefix: None };
        let others = settings.decks.iter().map(|written| {
            let path = match (written.strip_prefix("~/"), &environment.user) {
                (Some(rest), Some(user)) => user.join(rest),
                (None, Some(user)) if written == "~" => user.clone(),
                // A path without a root is one beside the settings.
                _ => self.config.parent().unwrap_or(Path::new("")).join(written),
            };
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            let shown = written.trim_end_matches('/').to_owned();
            Folder { path: real(&path), shown, prefix: name }
        });
        std::iter::once(own).chain(others).collect()
    }
}

/// Returns the one path that all spellings of a folder have in common: the caches know files by
/// it. A folder that is not there has no files either.
pub fn real(folder: &Path) -> PathBuf {
    std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}

/// A home at work: what every command begins with.
pub struct Desk {
    /// Where it is.
    pub home: Home,
    /// What holds for every deck that does not say otherwise.
    pub settings: Settings,
    /// The history, and what is folded from it.
    pub store: Store,
    /// The decks, in the order in which commands show them.
    pub decks: Vec<DeckRow>,
    /// The moment at which the command began.
    pub now: Moment,
    /// The study day of that moment.
    pub today: Day,
    /// Where the time comes from.
    pub clock: Box<dyn Clock>,
    /// Where shuffles come from.
    pub chance: Chance,
    /// What bringing everything up to date found.
    pub refreshed: Refreshed,
    /// Folders that could not be searched.
    pub unsearched: Vec<Diagnostic>,
    /// The surroundings.
    pub environment: Environment,
}

impl Desk {
    /// Opens `home` with everything up to date.
    ///
    /// A home that is not there yet is empty, and is not made.
    ///
    /// # Errors
    ///
    /// Settings that are wrong are named, each; a day that begins at a wrong hour would write
    /// wrong days into the history.
    pub fn open(home: Home, environment: &Environment, io: &mut Io) -> Result<Desk, CliError> {
        let clock = environment.clock(home.explicit)?;
        let chance = environment.chance(home.explicit)?;
        let (settings, problems) = home.settings()?;
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            report::show(io, &problems);
            return Err(CliError::failed("the settings cannot be used as they are")
                .hint("mend the file, or move it away to use the defaults"));
        }
        let now = clock.now();
        // Else it would look like one that is not there yet.
        for shut in [std::fs::read_dir(&home.folder).err(), File::open(home.database()).err()] {
            if let Some(error) = shut.filter(|error| error.kind() == ErrorKind::PermissionDenied) {
                let home = words::path(&home.folder);
                return Err(CliError::failed(format!("{home} cannot be read: {error}"))
                    .hint("let yourself read all of it, or name another home with --home"));
            }
        }
        let mut folders = Folders::new(home.deck_folders(&settings, environment), seconds_now());
        let begun = home.database().exists() || home.decks().exists() || !settings.decks.is_empty();
        let mut store = if begun {
            Store::open(&home.database(), chance.ids())?
        } else {
            Store::nowhere(chance.ids())?
        };
        let refreshed = store.bring_up_to_date(&mut folders, &settings, now)?;
        say_what_opening_found(&mut store, io);
        let decks = store.decks()?;
        let today = now.day(settings.day_starts_at);
        Ok(Desk {
            home,
            settings,
            store,
            decks,
            now,
            today,
            clock,
            chance,
            refreshed,
            unsearched: folders.problems,
            environment: environment.clone(),
        })
    }

    /// Says what was found when the database was opened, or was first shared, if it was not said.
    pub fn say_what_opening_found(&mut self, io: &mut Io) {
        say_what_opening_found(&mut self.store, io);
    }

    /// Drops every cache and makes it again from the decks and the history.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn rebuild(&mut self) -> Result<(), CliError> {
        self.store.drop_caches()?;
        self.bring_up_to_date()
    }

    /// Begins anew at the present moment, after a person was waited for: the day may be another
    /// one, and the decks may have been edited.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn begin_again(&mut self) -> Result<(), CliError> {
        self.now = self.clock.now();
        self.today = self.now.day(self.settings.day_starts_at);
        self.bring_up_to_date()
    }

    /// Reads what was edited in the decks since they were read last.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn bring_up_to_date(&mut self) -> Result<(), CliError> {
        let mut folders = self.folders();
        self.refreshed = self.store.bring_up_to_date(&mut folders, &self.settings, self.now)?;
        self.unsearched = folders.problems;
        self.decks = self.store.decks()?;
        Ok(())
    }

    /// Reads the decks as they are now into a database that is about to be filled further.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn read_decks(&mut self) -> Result<(), CliError> {
        let mut folders = self.folders();
        self.store.read_decks(&mut folders, &self.settings, self.now)?;
        Ok(())
    }

    /// Keeps what an import of each source brought, and no more what was kept of the `moved` ones
    /// by other names. The decks that it changed are to be read anew.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn keep_imports(
        &mut self,
        brought: &[(String, Record)],
        moved: &[String],
    ) -> Result<(), CliError> {
        if !self.home.database().exists() {
            // The home was not there when the command began, and is now.
            self.store = Store::open(&self.home.database(), self.chance.ids())?;
        }
        Ok(self.store.keep_imports(brought, moved)?)
    }

    /// Returns the decks that a person sees under this name.
    pub fn titled<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a DeckRow> {
        self.decks.iter().filter(move |deck| deck.title() == name)
    }

    /// Returns the deck that a name means: its own, its file's, or the last part or the shown name
    /// of one alone.
    ///
    /// # Errors
    ///
    /// No deck, or several.
    pub fn deck_named(&self, name: &str) -> Result<&DeckRow, CliError> {
        let bare = name.trim().trim_end_matches('/');
        let own = self.decks.iter().find(|deck| deck.deck == bare || deck.file == bare);
        if let Some(deck) = own {
            return Ok(deck);
        }
        let last =
            |deck: &&DeckRow| deck.deck.rsplit('/').next() == Some(bare) || deck.title() == bare;
        let meant: Vec<&DeckRow> = self.decks.iter().filter(last).collect();
        match *meant {
            [deck] => Ok(deck),
            [] => {
                let error = CliError::failed(format!("no deck {:?}", text::one_line(name)));
                let names: Vec<&str> =
                    self.decks.iter().map(|deck| deck.deck.as_str()).take(20).collect();
                Err(if names.is_empty() {
                    error.hint("there are no decks yet: `retain init --starter` brings some")
                } else {
                    error.hint(text::one_line(&format!("there are {}", names.join(", "))))
                })
            }
            _ => {
                let names: Vec<&str> = meant.iter().map(|deck| deck.deck.as_str()).collect();
                Err(CliError::usage(format!(
                    "{:?} may be each of these decks: {}",
                    text::one_line(name),
                    text::one_line(&names.join(", "))
                ))
                .hint("write more of its name"))
            }
        }
    }

    /// Returns the deck folders as they are now.
    pub fn folders(&self) -> Folders {
        let folders = self.home.deck_folders(&self.settings, &self.environment);
        Folders::new(folders, seconds_now())
    }

    /// Returns the files that may be decks, as they are now.
    pub fn deck_files(&self) -> Vec<DeckFile> {
        self.folders().files()
    }

    /// Returns how many errors there are in the decks.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn count_errors(&self) -> Result<usize, CliError> {
        Ok(self.store.count_errors()? + diagnostic::count(&self.unsearched, Severity::Error))
    }

    /// Says which cards were found to be old ones, edited, when everything was last brought up to
    /// date.
    pub fn say_what_was_linked(&self, io: &mut Io) {
        for (card, from) in &self.refreshed.linked {
            let edited =
                format!("note: {card} goes on where {from} left off: it is the same card, edited");
            io.note(text::one_line(&edited));
        }
    }

    /// Returns everything that is wrong in the decks.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn findings(&self) -> Result<Vec<Diagnostic>, CliError> {
        let mut findings = self.unsearched.clone();
        findings.extend(self.store.findings()?);
        Ok(findings)
    }

    /// Returns for each of `cards` whether today asks it, whichever of them is taken first: whether it
    /// is due, or new and let in.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn each_asked_today(&self, cards: &[Standing]) -> Result<Vec<bool>, CliError> {
        let _snapshot = self.store.snapshot()?;
        let (today, options) = (self.today, self.options());
        let standing = self.store.candidates(&self.decks, today, today)?;
        let (answered, others): (Vec<Candidate>, Vec<Candidate>) =
            standing.into_iter().partition(|card| card.last_day == Some(today));
        let others: HashMap<i64, Candidate> =
            others.into_iter().map(|card| (card.card, card)).collect();
        let all = answered.iter().chain(others.values()).copied().collect();
        let held_back = self.plan_of(cards, all, &options, Wish::default()).new_held_back;
        let is_asked = |card: &Standing| {
            if held_back && card.stage() == Stage::New {
                return false;
            }
            let own = card.row.and_then(|row| others.get(&row)).copied();
            let standing = answered.iter().copied().chain(own).collect();
            let chosen = std::slice::from_ref(card);
            let plan = self.plan_of(chosen, standing, &options, Wish::default());
            card.row.is_some_and(|row| plan.order.iter().any(|asked| asked.card == row))
        };
        Ok(cards.iter().map(is_asked).collect())
    }

    /// Returns the plan of today for all cards, or for `chosen` ones.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn plan(&self, chosen: Option<&[Standing]>, wish: Wish) -> Result<Plan, CliError> {
        let options = self.options();
        let horizon = self.today.plus(wish.ahead);
        let _snapshot = self.store.snapshot()?;
        let mut standing = self.store.candidates(&self.decks, self.today, horizon)?;
        self.store.rank(&mut standing, &self.settings, self.today)?;
        match chosen {
            None => {
                let mut places = vec![-1; self.decks.len()];
                let mut failed = None;
                let mut next = |deck: usize| match self.store.next_new(
                    &self.decks,
                    deck,
                    places[deck],
                    self.today,
                ) {
                    Ok(found) => {
                        places[deck] = found.map_or(i64::MAX, |card| card.place);
                        found
                    }
                    Err(error) => {
                        failed.get_or_insert(error);
                        None
                    }
                };
                let plan =
                    queue::plan(self.today, &self.settings, &options, &standing, &mut next, wish);
                failed.map_or(Ok(plan), |error| Err(error.into()))
            }
            Some(chosen) => Ok(self.plan_of(chosen, standing, &options, wish)),
        }
    }

    /// Returns the options of the decks, in their order.
    fn options(&self) -> Vec<DeckOptions> {
        self.decks.iter().map(|deck| deck.head.options.clone()).collect()
    }

    /// Returns the plan for `chosen` cards; in `standing` are the candidates among them, and all that
    /// were answered today.
    fn plan_of(
        &self,
        chosen: &[Standing],
        mut standing: Vec<Candidate>,
        options: &[DeckOptions],
        wish: Wish,
    ) -> Plan {
        // What was done today counts against the limits, whatever is chosen now; a sibling outside
        // the choice stands in nobody's way unless it was answered.
        let ids: HashSet<i64> = chosen.iter().filter_map(|card| card.row).collect();
        let today = self.today;
        standing.retain(|card| ids.contains(&card.card) || card.last_day == Some(today));
        for card in &mut standing {
            card.hidden |= !ids.contains(&card.card);
        }
        let mut new: VecDeque<Candidate> = chosen
            .iter()
            .map(|card| card.candidate(self.deck_of(card), today))
            .filter(|card| card.stage == Stage::New && !card.hidden)
            .collect();
        let mut next = |deck: usize| {
            let at = new.iter().position(|card| card.deck == deck)?;
            new.remove(at)
        };
        queue::plan(today, &self.settings, options, &standing, &mut next, wish)
    }

    /// Returns the position of a card's deck among the decks.
    pub fn deck_of(&self, card: &Standing) -> usize {
        self.decks.iter().position(|deck| deck.key == card.file_key).unwrap_or(usize::MAX)
    }

    /// Returns the cards that `name` means: a card by its id, or all cards of a note.
    ///
    /// # Errors
    ///
    /// If there is none, with what is near.
    pub fn cards_named(&mut self, name: &str) -> Result<Vec<Standing>, CliError> {
        let found = self.store.standings_of(name, &self.settings)?;
        if found.is_empty() {
            return Err(self.no_card(name));
        }
        Ok(found)
    }

    /// Returns the cards that `names` mean, each once.
    ///
    /// # Errors
    ///
    /// If one of them means none.
    pub fn all_named(&mut self, names: &[String]) -> Result<Vec<Standing>, CliError> {
        let mut cards: Vec<Standing> = Vec::new();
        for name in names {
            for card in self.cards_named(name)? {
                if !cards.iter().any(|other| other.card.id == card.card.id) {
                    cards.push(card);
                }
            }
        }
        Ok(cards)
    }

    /// Returns the one card that `name` means.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn card_named(&mut self, name: &str) -> Result<Standing, CliError> {
        let found = self.store.standing(&CardId::new(name), &self.settings)?;
        found.ok_or_else(|| self.no_card(name))
    }

    fn no_card(&self, name: &str) -> CliError {
        let near = self.store.nearest_ids(name).unwrap_or_default();
        let hint = if name.contains(':') {
            format!("this is a QUERY: `retain list {name}` shows its cards")
        } else if near.is_empty() {
            "`retain list WORD` finds cards by their text and shows their ids".to_owned()
        } else {
            format!("did you mean {}? `retain list` shows them all", near.join(" or "))
        };
        CliError::failed(format!("no card {:?}", text::one_line(name))).hint(text::one_line(&hint))
    }

    /// Returns the present moment.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}

fn say_what_opening_found(store: &mut Store, io: &mut Io) {
    for notice in std::mem::take(&mut store.notices) {
        io.note(match notice {
            Notice::NoWal => "note: this file system cannot share the database; one program at a time writes and reads".to_owned(),
            Notice::Migrated { backup: Some(copy) } => {
                format!("note: the database was brought up to date; the copy from before is {}", words::path(&copy))
            }
            Notice::Migrated { backup: None } => "note: the database was brought up to date".to_owned(),
        });
    }
}
