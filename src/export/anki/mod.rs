//! Packages for Anki: what their database and their files hold.
//!
//! Every number is made from ids here, so that a package is the same each time, and a later one
//! updates what an earlier one brought.

pub mod kinds;
pub mod reviews;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use self::kinds::{GAPS_ID, Kept, SIDES_ID};
use super::cards::NoteRow;
use crate::card::{Answer, CardId, Note, Side, content_key};
use crate::cloze::Cloze;
use crate::import::anki::cards::guid_of;
use crate::import::anki::html::file_name;
use crate::import::deck_path;
use crate::markdown::{escaped, html};
use crate::schedule::{Schedule, Stage};
use crate::time::{Day, Moment, Rollover};

/// Numbers of notes and cards are times for Anki: these are of the years 2001 to 2020.
const FIRST_NUMBER: i64 = 1_000_000_000_000;
/// How many of them there are.
const NUMBERS: u64 = 600_000_000_000;

/// The numbers of gaps that Anki keeps apart.
const MOST_GAPS: u32 = 499;

const DAY_S: i64 = 86_400;
const HOUR_S: i64 = 3_600;

/// What the database of a package holds.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// When its days begin to count, in seconds.
    pub created: i64,
    /// Its settings, JSON.
    pub settings: Value,
    /// The kinds of notes, JSON.
    pub kinds: Value,
    /// The decks, JSON.
    pub decks: Value,
    /// The options of decks, JSON.
    pub options: Value,
    /// The notes.
    pub notes: Vec<NoteOut>,
    /// The cards.
    pub cards: Vec<CardOut>,
    /// What happened, in the order of time.
    pub reviews: Vec<reviews::Row>,
    /// The files, by their names there.
    pub media: BTreeMap<String, Place>,
}

/// A file of a deck: the deck, and the address from there.
pub type Place = (String, String);

/// A note there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteOut {
    /// Its number.
    pub id: i64,
    /// What it is known by everywhere.
    pub guid: String,
    /// The number of its kind.
    pub kind: i64,
    /// When it was changed last, in seconds.
    pub changed: i64,
    /// Its tags, each between blanks.
    pub tags: String,
    /// Its fields.
    pub fields: Vec<String>,
}

/// A card there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardOut {
    /// Its number.
    pub id: i64,
    /// The number of its note.
    pub note: i64,
    /// The number of its deck.
    pub deck: i64,
    /// Which side, or which gap from 0.
    pub ord: i64,
    /// When it was changed last, in seconds.
    pub changed: i64,
    /// 0 new, 1 learning, 2 review, 3 relearning.
    pub stage: i64,
    /// 0 new, 2 review, 3 learning by days, −1 suspended.
    pub queue: i64,
    /// Its position, if it is new, else the day.
    pub due: i64,
    /// Days.
    pub interval: i64,
    /// Ease in thousandths.
    pub factor: i64,
    /// Answers.
    pub answers: i64,
    /// Times forgotten.
    pub lapses: i64,
    /// What remains to be learned.
    pub left: i64,
    /// What else is known, JSON.
    pub data: String,
}

/// A note to be written, with its cards.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The note, its key and its deck.
    pub row: NoteRow,
    /// The shown name of its deck.
    pub title: String,
    /// When its text was changed last, in seconds.
    pub changed: i64,
    /// Its cards.
    pub cards: Vec<CardState>,
}

/// How a card stands.
#[derive(Clone, Debug)]
pub struct CardState {
    /// Its id.
    pub id: CardId,
    /// Its schedule; `None` if it is new.
    pub schedule: Option<Schedule>,
    /// Whether it is put aside.
    pub suspended: bool,
    /// Whether it came from elsewhere with a schedule, which its answers alone do not make.
    pub placed: bool,
    /// What happened to it; the card's number is yet to come.
    pub rows: Vec<reviews::Row>,
}

/// When a package is written, and how its days are reckoned.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The present.
    pub now: Moment,
    /// The day that is day 0 there: none before it is due or answered.
    pub first: Day,
    /// When days begin.
    pub rollover: Rollover,
}

/// The deck that every collection has, as number 1: no other one may be called so.
const DEFAULT: &str = "Default";

/// Returns a package of notes. `is_there` says whether a file of a deck can be written.
pub fn package(
    notes: &[Outgoing],
    times: Times,
    is_there: &mut dyn FnMut(&Place) -> bool,
) -> Package {
    let mut writer = Writer {
        times,
        numbers: BTreeSet::new(),
        out: Package::default(),
        names: BTreeMap::new(),
        is_there,
    };
    let mut decks = BTreeMap::from([(1, (DEFAULT.to_owned(), String::new()))]);
    for note in notes {
        let deck = deck_name(&note.row.deck, &note.title);
        let number = if deck == DEFAULT { 1 } else { number("deck", &deck) };
        let is_its_name = deck.rsplit("::").next() == Some(&note.title);
        decks.insert(number, (deck, if is_its_name { "" } else { &note.title }.to_owned()));
        writer.note(note, number);
    }
    let Times { now, first, rollover } = times;
    let mut out = writer.out;
    reviews::part(&mut out.reviews);
    let changed = now.at_ms / 1_000;
    out.created = i64::from(first.0) * DAY_S + 4 * HOUR_S - i64::from(now.utc_offset_s);
    out.settings = json!({
        "schedVer": 2, "creationOffset": -now.utc_offset_s / 60, "rollover": rollover.hour(),
        "nextPos": out.cards.len() + 1, "curDeck": 1, "activeDecks": [1], "sortType": "noteFld",
        "sortBackwards": false, "timeLim": 0, "estTimes": true, "dueCounts": true,
        "collapseTime": 1_200, "newSpread": 0, "addToCur": true, "dayLearnFirst": false,
    });
    out.kinds = kinds::json();
    out.decks = decks_json(&decks, changed);
    out.options = options_json();
    out
}

/// Returns a number of a thing with this name, the same for ever.
fn number(what: &str, name: &str) -> i64 {
    let hash: [u8; 32] = Sha256::digest(format!("retain anki {what} {name}")).into();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    FIRST_NUMBER + (u64::from_le_bytes(first) % NUMBERS) as i64
}

/// Returns what a deck is called there: its shown name, where that comes to the same deck here.
fn deck_name(deck: &str, title: &str) -> String {
    let (folder, last) = deck.rsplit_once('/').map_or(("", deck), |(folder, last)| (folder, last));
    let is_its_name = !title.contains(['/', ':', '"']) && deck_path(title).as_deref() == Some(last);
    let last = if is_its_name { title } else { last };
    let folders = folder.split('/').filter(|part| !part.is_empty());
    folders.chain([last]).collect::<Vec<_>>().join("::")
}

struct Writer<'f> {
    times: Times,
    numbers: BTreeSet<i64>,
    out: Package,
    /// The names that files have there.
    names: BTreeMap<Place, String>,
    is_there: &'f mut dyn FnMut(&Place) -> bool,
}

impl Writer<'_> {
    /// Returns the number, or the next that nothing has.
    fn free(&mut self, mut number: i64) -> i64 {
        while !self.numbers.insert(number) {
            number += 1;
        }
        number
    }

    fn note(&mut self, outgoing: &Outgoing, deck: i64) {
        let Outgoing { row, changed, cards, .. } = outgoing;
        let note = self.free(number("note", &row.key));
        let mut kept_media = BTreeMap::new();
        let (gaps, text) = gaps(&row.note);
        let fields = self.fields(row, &text, &mut kept_media);
        let kept = Kept::of(&row.note, kept_media, &fields).field();
        let tags: Vec<String> = row.note.details.tags.iter().map(|tag| tag_of(tag)).collect();
        self.out.notes.push(NoteOut {
            id: note,
            guid: guid_of(&row.key),
            kind: if row.note.cloze { GAPS_ID } else { SIDES_ID },
            changed: *changed,
            tags: if tags.is_empty() { String::new() } else { format!(" {} ", tags.join(" ")) },
            fields: fields.into_iter().chain([kept]).collect(),
        });
        for card in cards {
            let ord = match gaps.get(card.id.as_str().rsplit('/').next().unwrap_or_default()) {
                Some(number) if row.note.cloze => i64::from(*number) - 1,
                _ => i64::from(card.id == Side::Reverse.of(&row.key)),
            };
            self.card(card, (note, deck, ord), *changed);
        }
    }

    fn card(&mut self, card: &CardState, (note, deck, ord): (i64, i64, i64), changed: i64) {
        let id = self.free(number("card", card.id.as_str()));
        let position = self.out.cards.len() as i64 + 1;
        let mut out = CardOut {
            id,
            note,
            deck,
            ord,
            changed,
            stage: 0,
            queue: 0,
            due: position,
            interval: 0,
            factor: 0,
            answers: 0,
            lapses: 0,
            left: 0,
            data: data(None, position, None),
        };
        if let Some(schedule) = &card.schedule {
            out.due = i64::from(schedule.due.0) - i64::from(self.times.first.0);
            out.factor = schedule.ease.map_or(2_500, |ease| i64::from(ease.hundredths()) * 10);
            out.answers = i64::from(schedule.reviews);
            out.lapses = i64::from(schedule.lapses);
            (out.stage, out.queue) = match schedule.stage {
                Stage::Review => (2, 2),
                Stage::Relearning => (3, 3),
                // Of one that is learned for the first time nobody would take the interval.
                _ if card.placed => (3, 3),
                _ => (1, 3),
            };
            if out.stage != 1 {
                out.interval = i64::from(schedule.interval.days());
            }
            if out.stage != 2 {
                out.left = 1_001;
            }
            out.data = data(Some(schedule), position, last_answer(&card.rows));
        }
        if card.suspended {
            out.queue = -1;
        }
        self.out.cards.push(out);
        self.out.reviews.extend(card.rows.iter().map(|row| reviews::Row { card: id, ..*row }));
    }

    fn fields(
        &mut self,
        row: &NoteRow,
        text: &str,
        media: &mut BTreeMap<String, String>,
    ) -> Vec<String> {
        let note = &row.note;
        let mut html = |markdown: &str| self.html(markdown, &row.deck, media);
        let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
        let details = &note.details;
        let also = [&details.hint, &details.why, &details.source].map(|text| html(&or_none(text)));
        if note.cloze {
            return [html(text)].into_iter().chain(also).collect();
        }
        let list = |items: Vec<String>, tag: &str| {
            let items: String = items.iter().map(|item| format!("<li>{item}</li>")).collect();
            format!("<{tag}>{items}</{tag}>")
        };
        let back = match &note.back {
            Answer::Text(text) => html(text),
            Answer::List(items) => {
                let tag = if details.ordered == Some(true) { "ol" } else { "ul" };
                let all = items.len();
                let need = details.need.filter(|need| (*need as usize) < all);
                let need = need.map_or(String::new(), |need| format!("any {need} of {all}:"));
                format!("{need}{}", list(items.iter().map(|item| html(item)).collect(), tag))
            }
        };
        let choices = match &details.choices[..] {
            [] => String::new(),
            choices => list(choices.iter().map(|choice| html(choice)).collect(), "ul"),
        };
        let flag = |is: bool| if is { "yes".to_owned() } else { String::new() };
        let typed = details.typed == Some(true) && matches!(note.back, Answer::Text(_));
        let [hint, why, source] = also;
        vec![html(&note.front), back, choices, hint, why, source, flag(note.reverse), flag(typed)]
    }

    fn html(&mut self, markdown: &str, deck: &str, kept: &mut BTreeMap<String, String>) -> String {
        html(markdown, &mut |address, text| {
            let folder = deck.rsplit_once('/').map_or("", |(folder, _)| folder);
            let name = self.file(&(folder.to_owned(), address.to_owned()))?;
            if address != format!("media/{name}") {
                kept.insert(name.clone(), address.to_owned());
            }
            let end = name.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
            match &*end {
                "mp3" | "ogg" | "oga" | "opus" | "wav" | "flac" | "m4a" | "aac" | "mp4"
                | "webm" | "mkv" | "mov" | "avi" | "ogv" => Some(format!("[sound:{name}]")),
                "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "avif" | "bmp" | "tif"
                | "tiff" | "ico" => {
                    let text = escaped(text).replace('"', "&quot;");
                    Some(format!("<img src=\"{name}\" alt=\"{text}\">"))
                }
                _ => None,
            }
        })
    }

    /// Returns the name of a file there: its own, if no other has it.
    fn file(&mut self, place: &Place) -> Option<String> {
        if let Some(name) = self.names.get(place) {
            return Some(name.clone());
        }
        let (folder, address) = place;
        if address.split('/').any(|part| part.is_empty() || part.starts_with('.'))
            || !(self.is_there)(place)
        {
            return None;
        }
        let own = address.rsplit('/').next().unwrap_or(address);
        let safe = file_name(own);
        let is_plain = safe == own && *address == format!("media/{own}");
        let name = if is_plain && !self.out.media.contains_key(own) {
            safe
        } else {
            let (stem, end) = safe.rsplit_once('.').unwrap_or((&safe, "bin"));
            format!("{stem}-{}.{end}", &content_key(&[folder, address])[..6])
        };
        self.out.media.insert(name.clone(), place.clone());
        self.names.insert(place.clone(), name.clone());
        Some(name)
    }
}

/// Returns when a card was answered last, practice aside, in seconds.
fn last_answer(rows: &[reviews::Row]) -> Option<i64> {
    let rows = rows.iter().filter(|row| row.button > 0 && row.kind < 3);
    rows.map(|row| row.at_ms / 1_000).max()
}

/// Returns what a schedule has that Anki has no column for; what is under `cd` is not Anki's.
fn data(schedule: Option<&Schedule>, position: i64, last_answer: Option<i64>) -> String {
    let mut data = serde_json::Map::from_iter([("pos".to_owned(), position.into())]);
    let Some(schedule) = schedule else { return Value::Object(data).to_string() };
    let mut put = |name: &str, number: Option<f64>| {
        if let Some(number) = number {
            data.insert(name.to_owned(), number.into());
        }
    };
    put("s", schedule.stability);
    put("d", schedule.difficulty);
    put("decay", schedule.decay);
    if let Some(seconds) = last_answer {
        data.insert("lrt".to_owned(), seconds.into());
    }
    let own = json!({ "r": schedule.repetitions, "of": schedule.reviews }).to_string();
    data.insert("cd".to_owned(), own.into());
    Value::Object(data).to_string()
}

/// Returns the numbers that gaps have there by the names of their cards, and the text with them.
///
/// A gap without a number gets one that comes from its text alone: the place of a gap changes when
/// others are added, and Anki knows its cards by their numbers.
fn gaps(note: &Note) -> (BTreeMap<String, u32>, String) {
    let Some(cloze) = Cloze::read(&note.front).ok().filter(|_| note.cloze) else {
        return (BTreeMap::new(), note.front.clone());
    };
    let sides = cloze.sides();
    let is_said = |number: u32, name: &str| number <= MOST_GAPS && name == format!("c{number}");
    let mut taken: BTreeSet<u32> =
        sides.iter().filter(|(number, name)| is_said(**number, name)).map(|(it, _)| *it).collect();
    let mut by_name: BTreeMap<String, u32> = BTreeMap::new();
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut own: Vec<(&String, u32)> = sides.iter().map(|(number, name)| (name, *number)).collect();
    own.sort();
    for (name, here) in own {
        let mut there = here;
        if !is_said(here, name) {
            there = (number("gap", name) % i64::from(MOST_GAPS)) as u32 + 1;
            for _ in 0..MOST_GAPS {
                if taken.insert(there) {
                    break;
                }
                there = there % MOST_GAPS + 1;
            }
        }
        by_name.insert(name.clone(), there);
        numbers.insert(here, there);
    }
    (by_name, cloze.numbered(&|number| numbers.get(&number).copied().unwrap_or(number)))
}

/// Returns the numbers that the gaps of a note have there, by the names of their cards.
pub fn numbers_of_gaps(note: &Note) -> BTreeMap<String, u32> {
    gaps(note).0
}

/// Returns a tag without blanks.
pub fn tag_of(tag: &str) -> String {
    tag.split_whitespace().collect::<Vec<_>>().join("_")
}

/// Returns decks by their numbers, each of its name and a description: its shown name, if that is
/// another one.
fn decks_json(decks: &BTreeMap<i64, (String, String)>, changed: i64) -> Value {
    let deck = |(id, (name, title)): (&i64, &(String, String))| {
        let deck = json!({
            "id": id, "name": name, "mod": changed, "usn": -1, "lrnToday": [0, 0], "revToday": [0, 0],
            "newToday": [0, 0], "timeToday": [0, 0], "collapsed": false, "browserCollapsed": false,
            "desc": escaped(title), "dyn": 0, "conf": 1, "extendNew": 0, "extendRev": 0,
        });
        (id.to_string(), deck)
    };
    Value::Object(decks.iter().map(deck).collect())
}

/// Returns Anki's usual options: it keeps its own, unless it is told to take these.
fn options_json() -> Value {
    json!({"1": {
        "id": 1, "name": "Default", "mod": 0, "usn": -1, "maxTaken": 60, "autoplay": true, "timer": 0,
        "replayq": true, "dyn": false,
        "new": {"bury": true, "delays": [1.0, 10.0], "initialFactor": 2_500, "ints": [1, 4, 0], "order": 1, "perDay": 20},
        "rev": {"bury": true, "ease4": 1.3, "ivlFct": 1.0, "maxIvl": 36_500, "perDay": 200, "hardFactor": 1.2},
        "lapse": {"delays": [10.0], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0},
    }})
}
