//! `add`: new cards from flags, from standard input, or asked for; written below those of a deck.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::args::Add as Args;
use super::error::CliError;
use super::home::Desk;
use super::io::Io;
use super::{prompt, report, words, write};
use crate::card::{Answer, Details, MOST_CHOICES, Note, is_id};
use crate::cloze::Cloze;
use crate::deck::{DeckFile, Head, edit, load, loose, naming, write as deck_text, yaml};
use crate::diagnostic::{Diagnostic, Severity};
use crate::import;
use crate::text;

/// So often a file is written anew that others change at the same time.
const MOST_TRIES: u32 = 50;

/// What standard input is called where a mistake in it is shown.
const STDIN: &str = "stdin";

/// Adds cards.
pub fn run(args: &Args, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    if args.source.is_some() {
        return from_stdin(args, desk, io);
    }
    let missing = missing(args);
    if !missing.is_empty() && !io.interactive {
        let gaps = args.front.as_ref().is_some_and(|front| Cloze::read(front).is_ok());
        let error = CliError::usage(format!("`add` needs {}", missing.join(" and ")));
        return Err(error.hint(if gaps {
            "for a text with gaps say --cloze in place of --front"
        } else {
            "on a terminal it asks for them; `retain add --help` has examples"
        }));
    }
    let deck = match &args.deck {
        Some(deck) => Some(deck.clone()),
        None => ask_for_deck(desk, io)?,
    };
    let Some(deck) = deck else { return nothing(io) };
    // A name that means nothing is told before anybody types a card.
    Target::of(&deck, desk)?;
    let note = note_of(args)?;
    if note.front.is_empty() {
        return converse(&deck, &note, desk, io);
    }
    let mut note = note;
    if args.back.is_empty() && !note.cloze {
        match prompt::text("Back", "leaves", io)? {
            Some(back) => {
                note.details.choices = choices(std::slice::from_ref(&back), &args.choice);
                note.back = Answer::Text(back);
            }
            None => return nothing(io),
        }
    }
    if args.front.as_ref().is_some_and(|front| Cloze::read(front).is_ok()) {
        io.note("the front keeps its braces; for gaps say --cloze in place of --front and --back");
    }
    put(&deck, &[note], desk, io).map(drop)
}

fn nothing(io: &mut Io) -> Result<(), CliError> {
    io.say("nothing was added")
}

/// Returns the flags that a card needs and that are not given.
fn missing(args: &Args) -> Vec<&'static str> {
    let front = args.front.is_none() && args.cloze.is_none();
    [
        ("--deck", args.deck.is_none()),
        ("--front (or --cloze)", front),
        ("--back", args.back.is_empty() && args.cloze.is_none()),
    ]
    .into_iter()
    .filter_map(|(flag, missing)| missing.then_some(flag))
    .collect()
}

/// Returns the card that the flags describe, which may lack its texts yet.
fn note_of(args: &Args) -> Result<Note, CliError> {
    let text = args.cloze.as_ref().or(args.front.as_ref());
    if text.is_some_and(|text| text.trim().is_empty()) {
        let flag = if args.cloze.is_some() { "--cloze" } else { "--front" };
        return Err(CliError::usage(format!("{flag} is empty")));
    }
    let back = match &*args.back {
        [] => Answer::Text(String::new()),
        [back] => Answer::Text(back.clone()),
        items => Answer::List(items.to_vec()),
    };
    if let Some(id) = args.id.as_ref().filter(|id| !is_id(id)) {
        return Err(CliError::usage(format!("{:?} is no id", text::one_line(id))).hint(
            "use up to 128 of a-z, A-Z, 0-9, `_`, `.`, `%`, `-` and `~`; the last four not first",
        ));
    }
    Ok(Note {
        id: args.id.clone(),
        line: 0,
        front: text.cloned().unwrap_or_default(),
        back,
        reverse: args.reverse,
        cloze: args.cloze.is_some(),
        details: Details {
            choices: choices(&args.back, &args.choice),
            accept: args.accept.clone(),
            typed: args.typed.then_some(true),
            tags: args.tag.clone(),
            hint: args.hint.clone(),
            why: args.why.clone(),
            ..Details::default()
        },
    })
}

/// Returns the answers to choose from, each once: the right ones, then the `wrong` ones; none if
/// there is nothing wrong among them.
fn choices(right: &[String], wrong: &[String]) -> Vec<String> {
    let mut choices = Vec::new();
    for choice in right.iter().chain(wrong).filter(|_| !wrong.is_empty()) {
        if !choices.contains(choice) {
            choices.push(choice.clone());
        }
    }
    choices
}

/// Adds the cards that come through standard input: all of them, or none.
fn from_stdin(args: &Args, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let Some(deck) = &args.deck else {
        return Err(
            CliError::usage("`add -` needs --deck").hint("as in `retain add --deck lang -`")
        );
    };
    Target::of(deck, desk)?;
    let text = import_text(io)?;
    let notes = loose::read(&text, STDIN).map_err(|wrong| {
        report::show(io, &wrong);
        let what = if wrong.is_empty() {
            "there are no cards on standard input"
        } else {
            "nothing was added"
        };
        CliError::failed(what).hint("cards are a YAML list: `- front: …` and below it `  back: …`")
    })?;
    if notes.is_empty() {
        return Err(CliError::failed("there are no cards on standard input"));
    }
    put(deck, &notes, desk, io).map(drop)
}

fn import_text(io: &mut Io) -> Result<String, CliError> {
    use std::io::{IsTerminal, Read};
    let input = std::io::stdin();
    if input.is_terminal() {
        io.note("reading what you type or paste, up to Ctrl-D on a line of its own");
    }
    let mut bytes = Vec::new();
    let limit = load::LARGEST_FILE as u64 + 1;
    input
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| CliError::failed(format!("standard input cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        CliError::failed(format!("what came through standard input is no UTF-8 text, at byte {at}"))
            .hint("`iconv` converts other encodings; nothing was added")
    })
}

/// A deck that gets cards.
struct Target {
    path: PathBuf,
    /// The file, as commands show it.
    shown: String,
    /// The shown name of a deck that is new, where its file's name is another one.
    title: Option<String>,
    /// Whether it is there.
    exists: bool,
}

impl Target {
    /// Returns the deck that `name` means: its name, its file, or the last part of one name alone.
    /// One that is not there is made.
    fn of(name: &str, desk: &Desk) -> Result<Target, CliError> {
        let files = desk.deck_files();
        let bare = name.trim().trim_end_matches('/');
        let bare = [".yaml", ".yml"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
        let bare = bare.strip_prefix("./").unwrap_or(bare);
        let inner = bare.strip_prefix("decks/").unwrap_or(bare);
        let slug = import::deck_path(inner);
        let there = |file: DeckFile| Target {
            path: file.path,
            shown: file.shown,
            title: None,
            exists: true,
        };
        let is = |file: &&DeckFile| file.deck == bare || file.deck == inner || file.shown == name;
        let is_slug = |file: &&DeckFile| Some(&file.deck) == slug.as_ref();
        let found = files.iter().find(is).or_else(|| files.iter().find(is_slug));
        if let Some(file) = found {
            return Ok(there(file.clone()));
        }
        let titled: Vec<&str> = desk.titled(bare).map(|deck| deck.deck.as_str()).collect();
        if let [deck] = titled[..]
            && let Some(file) = files.iter().find(|file| file.deck == deck)
        {
            return Ok(there(file.clone()));
        }
        let ends = |file: &&DeckFile| {
            file.deck
                .rsplit('/')
                .next()
                .is_some_and(|last| last == inner || Some(last) == slug.as_deref())
        };
        let meant: Vec<&DeckFile> = files.iter().filter(ends).collect();
        match *meant {
            [file] => return Ok(there(file.clone())),
            [] => {}
            _ => {
                let decks: Vec<String> =
                    meant.iter().map(|file| text::one_line(&file.deck)).collect();
                return Err(CliError::usage(format!(
                    "{:?} may be each of these decks: {}",
                    text::one_line(name),
                    decks.join(", ")
                ))
                .hint("write more of its name"));
            }
        }
        let Some(slug) = slug else {
            return Err(CliError::usage(format!(
                "{:?} is no name for a deck",
                text::one_line(name)
            ))
            .hint("use letters and digits, and `/` between a folder and a deck"));
        };
        let last = |path: &str| path.rsplit('/').next().unwrap_or(path).trim().to_owned();
        Ok(Target {
            path: desk.home.decks().join(format!("{slug}.yaml")),
            shown: format!("decks/{slug}.yaml"),
            title: Some(last(inner)).filter(|title| *title != last(&slug)),
            exists: false,
        })
    }

    /// Returns what is in the file; `None` if there is none.
    fn bytes(&self) -> Result<Option<Vec<u8>>, CliError> {
        if !self.exists {
            return Ok(None);
        }
        load::read_within(&self.path, load::LARGEST_FILE).map(Some).map_err(|error| {
            CliError::failed(format!("{} cannot be read: {error}", words::path(&self.path)))
        })
    }
}

/// Writes cards into a deck, those that are not there already, and says where each is; returns how
/// many there were.
fn put(deck: &str, notes: &[Note], desk: &mut Desk, io: &mut Io) -> Result<usize, CliError> {
    notes.iter().try_for_each(check)?;
    // Another program may write at the same time: another `add`, say.
    for _ in 0..MOST_TRIES {
        if let Some(added) = try_to_put(deck, notes, desk, io)? {
            desk.begin_again()?;
            desk.say_what_was_linked(io);
            return Ok(added);
        }
        desk.begin_again()?;
    }
    Err(CliError::failed(format!(
        "the deck {:?} is being changed all the time",
        text::one_line(deck)
    ))
    .hint("nothing was added; try again"))
}

/// Does that once; returns nothing if the file was changed meanwhile.
fn try_to_put(
    deck: &str,
    notes: &[Note],
    desk: &mut Desk,
    io: &mut Io,
) -> Result<Option<usize>, CliError> {
    let target = Target::of(deck, desk)?;
    let bytes = target.bytes()?;
    let was = match &bytes {
        Some(bytes) => std::str::from_utf8(bytes).map_err(|_| not_added_to(&target))?,
        None => "",
    };
    let there = yaml::read(was.as_bytes(), &target.shown).deck.unwrap_or_default();
    let (new, mut told) = new_notes(notes, &there.notes, &target, desk)?;
    let text = match target.exists {
        _ if new.is_empty() => String::new(),
        true => edit::with_cards(was, &new).ok_or_else(|| not_added_to(&target))?,
        false => {
            told.extend(new_deck(&target, &desk.deck_files()));
            let head = Head { title: target.title.clone(), ..Head::default() };
            deck_text::deck(&head, &new.iter().collect::<Vec<_>>())
        }
    };
    if text.len() > load::LARGEST_FILE {
        let most = load::LARGEST_FILE >> 20;
        let shown = text::one_line(&target.shown);
        return Err(CliError::failed(format!("{shown} would be larger than {most} MiB"))
            .hint("begin another deck with --deck"));
    }
    let change = write::Change { path: &target.path, was: bytes.as_deref(), text: &text };
    if !new.is_empty() && !write::one(&change)? {
        return Ok(None);
    }
    for told in told {
        io.say(told)?;
    }
    let written = yaml::read(text.as_bytes(), &target.shown).deck.unwrap_or_default();
    for note in written.notes.iter().skip(there.notes.len()) {
        let id = note.id.as_deref().unwrap_or_default();
        io.line(format!("added {id} in {}:{}", text::one_line(&target.shown), note.line))?;
    }
    Ok(Some(new.len()))
}

/// Says that a deck is new, and which one is called nearly so: a slip makes a deck, too.
fn new_deck(target: &Target, files: &[DeckFile]) -> Option<String> {
    if files.is_empty() {
        return None;
    }
    let name = target.shown.trim_start_matches("decks/").trim_end_matches(".yaml");
    let is_near = |file: &&DeckFile| strsim::jaro_winkler(&file.deck, name) > 0.9;
    let near = files
        .iter()
        .find(is_near)
        .map_or(String::new(), |file| format!("; there is also {}", text::one_line(&file.deck)));
    Some(format!("a new deck: {}{near}", text::one_line(&target.shown)))
}

/// Returns the notes that are not `there` yet, each with its id, and what to say of the others.
fn new_notes(
    notes: &[Note],
    there: &[Note],
    target: &Target,
    desk: &mut Desk,
) -> Result<(Vec<Note>, Vec<String>), CliError> {
    let known: HashMap<String, &Note> =
        there.iter().map(|note| (note.key_of_both(), note)).collect();
    let mut ids: HashSet<String> = there.iter().filter_map(|note| note.id.clone()).collect();
    let (mut new, mut told) = (Vec::new(), Vec::new());
    let mut keys = HashSet::new();
    for note in notes {
        let key = note.key_of_both();
        if let Some(double) = known.get(&key) {
            let id = double.id.clone().unwrap_or_else(|| double.key_of_front());
            let place = format!("{}:{}", text::one_line(&target.shown), double.line);
            told.push(format!("{id} in {place} says this already; it was not added again"));
        } else if !keys.insert(key) {
            told.push(format!("{} is there twice; it was added once", shown_front(note)));
        } else {
            let id = match &note.id {
                Some(id) => unused(id, &ids, target, desk)?,
                None => free_id(note, &ids, desk)?,
            };
            ids.insert(id.clone());
            new.push(Note { id: Some(id), ..note.clone() });
        }
    }
    Ok((new, told))
}

fn shown_front(note: &Note) -> String {
    format!("{:?}", words::shortened(&text::one_line(&note.front), 40))
}

fn not_added_to(target: &Target) -> CliError {
    let shown = text::one_line(&target.shown);
    CliError::failed(format!("{shown} cannot be added to: no deck, or written in a way of its own"))
        .hint(format!("`retain check {}` says more; nothing was added", words::path(&target.path)))
}

/// Refuses a card that no deck may have.
fn check(note: &Note) -> Result<(), CliError> {
    let with_id = Note { id: note.id.clone().or_else(|| Some("x".into())), ..note.clone() };
    let text = format!("cards:\n{}", deck_text::card(&with_id, &[], deck_text::INDENT));
    let errors = yaml::read(text.as_bytes(), "").diagnostics;
    match errors.into_iter().find(|found| found.severity == Severity::Error) {
        Some(Diagnostic { message, help, .. }) => {
            let error = CliError::usage(text::one_line(&message));
            Err(match help {
                Some(help) => error.hint(text::one_line(&help)),
                None => error,
            })
        }
        None => Ok(()),
    }
}

/// Returns an id that is given, if no card has it.
fn unused(
    id: &str,
    ids: &HashSet<String>,
    target: &Target,
    desk: &mut Desk,
) -> Result<String, CliError> {
    let there = desk.store.standings_of(id, &desk.settings)?;
    let there = there.into_iter().find(|card| !card.parked || card.left_out);
    let file = match there {
        Some(card) => card.file,
        None if ids.contains(id) => target.shown.clone(),
        None => return Ok(id.to_owned()),
    };
    Err(CliError::failed(format!("there is a card {id:?} already, in {}", text::one_line(&file)))
        .hint(format!("`retain edit {id}` changes it; without an id the new one gets its own")))
}

/// Returns an id that no card has, nor had with another question: its history would go on.
fn free_id(note: &Note, ids: &HashSet<String>, desk: &mut Desk) -> Result<String, CliError> {
    let wanted = naming::id_of(note);
    for number in 1u32.. {
        let id = if number == 1 { wanted.clone() } else { format!("{wanted}-{number}") };
        let known = desk.store.standings_of(&id, &desk.settings)?;
        let same = |front: &str| front.split_whitespace().eq(note.front.split_whitespace());
        let goes_on = known.iter().all(|card| {
            let details = &card.card.details;
            card.parked
                && !card.left_out
                && same(details.cloze.as_deref().unwrap_or(&card.card.front))
        });
        if !ids.contains(&id) && goes_on {
            return Ok(id);
        }
    }
    Ok(wanted)
}

/// Asks for the deck; `None` if the question was left.
fn ask_for_deck(desk: &Desk, io: &mut Io) -> Result<Option<String>, CliError> {
    let decks: Vec<String> = desk.decks.iter().map(|deck| deck.deck.clone()).collect();
    if !decks.is_empty() {
        let shown: Vec<String> = desk
            .decks
            .iter()
            .map(|deck| match deck.title() {
                title if title == deck.deck => text::one_line(title),
                title => format!("{} ({})", text::one_line(&deck.deck), text::one_line(title)),
            })
            .collect();
        if let Some(chosen) = prompt::search("Which deck?", &shown, "a new one", io)? {
            return Ok(decks.into_iter().nth(chosen));
        }
    }
    prompt::text("Name of the new deck", "leaves", io)
}

/// What may be added to a card beside its two texts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    Wording,
    Typed,
    Choices,
    Part,
    Hint,
    Why,
    Tags,
    Reverse,
    Done,
}

impl More {
    /// Returns what may be added to a card as it is, the end of it last.
    fn of(note: &Note) -> Vec<(More, &'static str)> {
        let details = &note.details;
        let text = matches!(note.back, Answer::Text(_));
        let no_choices = details.choices.is_empty();
        let one_gap = |cloze: Cloze| cloze.numbers().len() == 1;
        let one_answer = !note.cloze || Cloze::read(&note.front).is_ok_and(one_gap);
        let listed = !note.cloze && !note.reverse && no_choices && details.accept.is_empty();
        [
            (More::Wording, "another wording that is right", no_choices && one_answer),
            (More::Typed, "always answered by typing", no_choices && details.typed.is_none()),
            (
                More::Choices,
                "wrong answers, to choose among",
                listed && text && details.typed.is_none(),
            ),
            (More::Part, "one more part, all of them wanted", listed),
            (More::Hint, "a hint", details.hint.is_none()),
            (More::Why, "a reason, shown after the answer", details.why.is_none()),
            (More::Tags, "tags", true),
            (
                More::Reverse,
                "also asked back to front",
                !note.cloze && text && !note.reverse && no_choices,
            ),
            (More::Done, "nothing, add it", true),
        ]
        .into_iter()
        .filter_map(|(more, words, is)| is.then_some((more, words)))
        .collect()
    }
}

/// Asks for cards until a front is left empty; `like` has what all of them get.
fn converse(deck: &str, like: &Note, desk: &mut Desk, io: &mut Io) -> Result<(), CliError> {
    let (mut added, mut asked_before) = (0, false);
    io.say("A front with {{gaps}} needs no back.")?;
    loop {
        if asked_before {
            io.say("")?;
        }
        asked_before = true;
        let Some(front) = prompt::text("Front", "ends", io)? else { break };
        let has_back = like.back.texts().iter().any(|back| !back.is_empty());
        let cloze = !has_back && Cloze::read(&front).is_ok();
        let mut note = Note { front, cloze, reverse: like.reverse && !cloze, ..like.clone() };
        if !cloze && note.back.texts().iter().all(String::is_empty) {
            let Some(back) = prompt::text("Back", "drops this card", io)? else { continue };
            note.back = Answer::Text(back);
        }
        if !more(&mut note, io)? {
            io.say("this card was left out")?;
            continue;
        }
        match put(deck, &[note], desk, io) {
            Ok(cards) => added += cards,
            Err(error) if error.status() == 2 => io.say(error.in_between())?,
            Err(error) => return Err(error),
        }
        if like.id.is_some() {
            break;
        }
    }
    match added {
        0 => nothing(io),
        _ => io.say(format!("{} added", words::count(added, "card", "cards"))),
    }
}

/// Asks what else a card gets; returns whether it is to be added.
fn more(note: &mut Note, io: &mut Io) -> Result<bool, CliError> {
    loop {
        let offered = More::of(note);
        let words: Vec<&str> = offered.iter().map(|(_, words)| *words).collect();
        let Some(chosen) = prompt::select("What else? (arrows, Enter)", &words, io)? else {
            return Ok(false);
        };
        let details = &mut note.details;
        match offered[chosen].0 {
            More::Wording => details.accept.extend(prompt::text("Right, too", "none", io)?),
            More::Typed => details.typed = Some(true),
            More::Choices => {
                let mut wrong = Vec::new();
                while wrong.len() + 1 < MOST_CHOICES
                    && let Some(choice) = prompt::text("Wrong answer", "no more", io)?
                {
                    wrong.push(choice);
                }
                details.choices = choices(note.back.texts(), &wrong);
            }
            More::Part => {
                if let Some(answer) = prompt::text("Next part", "none", io)? {
                    let mut items = note.back.texts().to_vec();
                    items.push(answer);
                    note.back = Answer::List(items);
                }
            }
            More::Hint => details.hint = prompt::text("Hint", "none", io)?,
            More::Why => details.why = prompt::text("Why", "none", io)?,
            More::Tags => {
                let tags = prompt::text("Tags, with blanks between", "none", io)?;
                let tags = tags.iter().flat_map(|tags| tags.split_whitespace());
                for tag in tags.map(|tag| tag.trim_matches(',').to_owned()) {
                    if !tag.is_empty() && !details.tags.contains(&tag) {
                        details.tags.push(tag);
                    }
                }
            }
            More::Reverse => note.reverse = true,
            More::Done => return Ok(true),
        }
    }
}
