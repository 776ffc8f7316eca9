//! Laws of writing into decks: what people wrote stays, and so does what they know.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;
use retain::deck::edit::{self, Named};
use retain::deck::{DeckFile, FileState, Pulled, Sources, load, yaml};
use retain::history::{Answered, Deed};
use retain::import::plan::{Record, Shelf};
use retain::import::{Imported, ImportedDeck, Item, Wanted};
use retain::schedule::{Rating, Schedule};
use retain::settings::Settings;
use retain::store::{Entry, Placed, Store};
use sha2::{Digest, Sha256};

use crate::support::{FIRST_DAY, moment, ratings};

/// Deck files as texts.
#[derive(Clone, Debug)]
struct Texts(Vec<String>);

impl Texts {
    fn file(&self, number: usize) -> DeckFile {
        DeckFile {
            path: PathBuf::from(format!("/texts/deck-{number}.yaml")),
            shown: format!("decks/deck-{number}.yaml"),
            deck: format!("deck-{number}"),
            state: FileState {
                text: format!("{:?}", Sha256::digest(&self.0[number])),
                settled: true,
            },
        }
    }
}

impl Sources for Texts {
    fn files(&mut self) -> Vec<DeckFile> {
        (0..self.0.len()).map(|number| self.file(number)).collect()
    }

    fn pull(&mut self, file: &DeckFile, known: Option<[u8; 32]>) -> Pulled {
        let number: usize = file.deck.strip_prefix("deck-").unwrap().parse().unwrap();
        let read = load::read(self.0[number].as_bytes(), &file.shown);
        if known == Some(read.hash) { Pulled::Unchanged } else { Pulled::Read(Box::new(read)) }
    }
}

const FRONTS: [&str; 7] = [
    "capital of France",
    "capital of Spain",
    "é: an accent # or two",
    "日本の首都",
    "two\nlines",
    "  blanks  ",
    "\u{feff}copied",
];
const BACKS: [&str; 5] = ["Paris", "Madrid", "e\u{301}: \"quoted\"", "no", "東京 \\ 'one'"];

/// A card, and how somebody writes it.
#[derive(Clone, Debug)]
struct Written {
    style: usize,
    front: usize,
    back: usize,
    id: Option<usize>,
    reverse: bool,
    comment: bool,
}

fn written() -> impl Strategy<Value = Written> {
    (
        0..9_usize,
        0..FRONTS.len(),
        0..BACKS.len(),
        prop::option::weighted(0.3, 0..9_usize),
        prop::bool::weighted(0.2),
        any::<bool>(),
    )
        .prop_map(|(style, front, back, id, reverse, comment)| Written {
            style,
            front,
            back,
            id,
            reverse,
            comment,
        })
}

impl Written {
    fn text(&self, number: usize, indent: usize) -> String {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let (front, back) = (quoted(FRONTS[self.front]), quoted(BACKS[self.back]));
        let margin = " ".repeat(indent);
        let comment = if self.comment { "   # a: {comment}, [with] id: x" } else { "" };
        let id = self.id.map(|id| format!("id: n{id}"));
        let more = if self.reverse { Some("reverse: true".to_owned()) } else { None };
        let mut keys: Vec<String> = id.into_iter().collect();
        let (f, b) = (format!("front: {front}"), format!("back: {back}"));
        match self.style {
            0 => keys.extend([f, b]),
            1 => keys.extend([b, f]),
            2 => keys.extend([format!("? front\n{margin}  : {front}"), b]),
            3 => keys.extend([format!("front: &a{number}\n{margin}    {front}"), b]),
            4 => keys.extend([format!("back: >-\n{margin}      one\n\n{margin}      two"), f]),
            5 => keys.extend([format!("Front: {front}"), b, "value: \"7\"".into()]),
            6 => keys.extend([f]), // no answer
            7 => {
                keys.extend([f, b]);
                keys.extend(more.map(|more| more.replace("true", "yes")));
                return format!("{margin}- {{ {} }}{comment}\n", keys.join(", "));
            }
            _ => {
                let keys: Vec<String> = [("front", &front), ("back", &back)]
                    .map(|(key, text)| format!("\"{key}\": {text}"))
                    .into();
                return format!("{margin}- {{{}}}{comment}\n", keys.join(","));
            }
        }
        keys.extend(more);
        let dash = if self.comment { format!("-{comment}\n{margin}  ") } else { "- ".to_owned() };
        format!("{margin}{dash}{}\n", keys.join(&format!("\n{margin}  ")))
    }
}

#[derive(Clone, Debug)]
struct Deck {
    cards: Vec<Written>,
    indent: usize,
    marked: bool,
    windows: bool,
    cut: bool,
}

fn deck() -> impl Strategy<Value = Deck> {
    (
        prop::collection::vec(written(), 0..5),
        0..3_usize,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(cards, indent, marked, windows, cut)| Deck {
            cards,
            indent,
            marked,
            windows,
            cut,
        })
}

impl Deck {
    fn text(&self) -> String {
        let mut text = String::from("# mine\ndeck: \"A deck\"\ncards:\n");
        for (number, card) in self.cards.iter().enumerate() {
            text += &card.text(number, self.indent);
        }
        if self.cards.is_empty() {
            text += "  []\n";
        }
        if self.windows {
            text = text.replace('\n', "\r\n");
        }
        if self.marked {
            text.insert(0, '\u{feff}');
        }
        if self.cut { text.trim_end().to_owned() } else { text }
    }
}

fn store() -> Store {
    Store::nowhere(Box::new(|| [7; 16])).unwrap()
}

fn settings() -> Settings {
    Settings { new_per_day: 99, ..Settings::default() }
}

/// Answers `answers`, of the cards that there are, a day each.
fn answer(store: &mut Store, answers: &[(Index, Rating)], from: i32) {
    for (day, (card, rating)) in answers.iter().enumerate() {
        let cards = store.standings().unwrap();
        if cards.is_empty() {
            return;
        }
        let card = card.get(&cards);
        let deed = Deed::Reviewed(Answered::new(*rating));
        let now = moment(from + day as i32, 0);
        let entry = Entry::now(card.card.id.clone(), deed, now).asking(&card.card, &card.deck);
        store.append(&[entry], &settings()).unwrap();
    }
}

/// How a card that says this stands.
type Stands = BTreeMap<(String, Vec<String>, bool), Vec<Option<Schedule>>>;

fn standing(store: &Store) -> Stands {
    let mut all = Stands::new();
    for card in store.standings().unwrap() {
        let bare = |text: &str| text.replace('\u{feff}', "");
        let back = card.card.back.texts().iter().map(|text| bare(text)).collect();
        let reverse = card.card.id.as_str().ends_with("/reverse");
        all.entry((bare(&card.card.front), back, reverse)).or_default().push(card.schedule);
    }
    all
}

/// Returns the text without the ids, which must stand in it as they are written.
fn without_ids(text: &str, written: &[Named]) -> String {
    let mut text = text.to_owned();
    for named in written.iter().rev() {
        let forms = [
            format!("\"id\": \"{}\", ", named.id),
            format!("id: \"{}\", ", named.id),
            format!("id: {}, ", named.id),
            format!(" \"id\": \"{}\",", named.id),
        ];
        if let Some(form) = forms.iter().find(|form| text.matches(form.as_str()).count() == 1) {
            text = text.replace(form.as_str(), "");
            continue;
        }
        let at = [format!("id: {}", named.id), format!("id: \"{}\"", named.id)]
            .iter()
            .find_map(|form| Some((text.find(form.as_str())?, form.len())));
        let (at, length) = at.unwrap();
        let rest = &text[at + length..];
        let blank = rest.len() - rest.trim_start_matches(['\r', '\n', ' ']).len();
        text.replace_range(at..at + length + blank, "");
    }
    text
}

fn with_ids(text: &str, placed: &[Placed]) -> edit::Edited<Named> {
    edit::with_ids(text, &|number, note| {
        assert_eq!(placed[number].line, note.line);
        placed[number].id.clone()
    })
}

fn mended(text: &str) -> edit::Edited<retain::diagnostic::Diagnostic> {
    edit::mended(text, &|note| note.id.is_some(), &|text| {
        edit::findings(text, "deck.yaml", &[], &|_| true)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn fixing_decks_keeps_every_other_byte_and_every_schedule(
        decks in prop::collection::vec(deck(), 1..3),
        answers in prop::collection::vec((any::<Index>(), ratings()), 0..8),
        rewordings in prop::collection::vec((any::<Index>(), any::<Index>(), any::<bool>(), any::<Index>()), 0..4),
        more in prop::collection::vec((any::<Index>(), ratings()), 0..3),
    ) {
        let mut decks = decks;
        let mut texts = Texts(decks.iter().map(Deck::text).collect());
        let mut store = store();
        let now = moment(FIRST_DAY + 40, 0);
        store.bring_up_to_date(&mut texts, &settings(), now).unwrap();
        answer(&mut store, &answers, FIRST_DAY);
        for (deck, card, back, to) in rewordings {
            let deck = deck.index(decks.len());
            if let [_, ..] = &decks[deck].cards[..] {
                let card = card.index(decks[deck].cards.len());
                let card = &mut decks[deck].cards[card];
                if back { card.back = to.index(BACKS.len()) } else { card.front = to.index(FRONTS.len()) }
            }
        }
        texts.0 = decks.iter().map(Deck::text).collect();
        store.bring_up_to_date(&mut texts, &settings(), now).unwrap();
        answer(&mut store, &more, FIRST_DAY + 20);
        store.bring_up_to_date(&mut texts, &settings(), now).unwrap();
        let (before, events) = (standing(&store), store.event_ids().unwrap());

        let undecided = store.look_edited().unwrap();
        let old = texts.clone();
        let mut wanted = 0;
        let placed = store.placed_notes(&texts.files()).unwrap();
        for (number, placed) in placed.iter().enumerate() {
            let was = yaml::read(old.0[number].as_bytes(), "");
            let named = with_ids(&old.0[number], placed);
            prop_assert_eq!(named.left, 0, "{}", old.0[number]);
            wanted += named.done.len();
            prop_assert_eq!(&without_ids(&named.text, &named.done), &old.0[number], "{}", named.text);
            let is = yaml::read(named.text.as_bytes(), "");
            prop_assert_eq!(was.diagnostics.len(), is.diagnostics.len());
            texts.0[number] = named.text;
        }
        store.bring_up_to_date(&mut texts, &settings(), now).unwrap();
        prop_assert_eq!(&standing(&store), &before, "{:#?}", texts);
        // Two notes with one front are named by both sides; when one of them has a name, the other
        // goes on under that of its front.
        let doubled = store.findings().unwrap().iter().any(|found| found.code == "duplicate-id");
        if undecided.is_empty() {
            prop_assert_eq!(store.event_ids().unwrap(), events.clone(), "{:#?} {:#?}", old, texts);
            let again = store.placed_notes(&texts.files()).unwrap();
            let named = again.iter().flatten().all(|note| note.id.is_none());
            prop_assert!(doubled || named, "{} of {:#?}", wanted, texts);
        }

        // Mends: what could be read says the same, and what could not may come in.
        for number in 0..texts.0.len() {
            let mended = mended(&texts.0[number]);
            prop_assert_eq!(&self::mended(&mended.text).text, &mended.text);
            let bare = |text: &str| text.replace('\u{feff}', "").replace("Front:", "front:")
                .replace("value: \"7\"", "value: 7").replace("reverse: yes", "reverse: true");
            prop_assert_eq!(bare(&mended.text), bare(&texts.0[number]));
            texts.0[number] = mended.text;
        }
        store.bring_up_to_date(&mut texts, &settings(), now).unwrap();
        let after = standing(&store);
        // A card that can be read now may say what another one said before an edit.
        prop_assume!(!store.findings().unwrap().iter().any(|found| found.code == "duplicate-id"));
        for (card, schedules) in &before {
            let now = after.get(card).cloned().unwrap_or_default();
            // A new card may be known once its text is mended: as one that was parked.
            for schedule in schedules.iter().filter(|schedule| schedule.is_some()) {
                prop_assert!(now.contains(schedule), "{:?} of {:#?}", card, texts);
            }
        }
    }

    #[test]
    fn an_import_leaves_every_schedule_as_it_was(
        mine in deck(),
        theirs in prop::collection::vec((written(), any::<bool>()), 0..6),
        answers in prop::collection::vec((any::<Index>(), ratings()), 0..8),
    ) {
        let mut texts = Texts(vec![mine.text()]);
        let mut store = store();
        let now = moment(FIRST_DAY + 40, 0);
        store.bring_up_to_date(&mut texts, &settings(), now).unwrap();
        answer(&mut store, &answers, FIRST_DAY);
        let before = store.standings().unwrap();
        let events = store.event_ids().unwrap();

        let items = theirs.iter().enumerate().filter_map(|(at, (card, given))| {
            let deck = format!("cards:\n{}", Written { style: 0, ..card.clone() }.text(at, 0));
            let note = yaml::read(deck.as_bytes(), "").deck?.notes.pop()?;
            let (origin, id) = match &note.id {
                Some(id) if *given => (format!("id:{id}"), Wanted::Given(id.clone())),
                _ => (format!("row {at}"), Wanted::OfContent),
            };
            Some(Item { origin, id, note: Box::new(retain::card::Note { id: None, ..note }) })
        });
        let deck = ImportedDeck { name: "deck-0".into(), items: items.collect(), ..ImportedDeck::default() };
        let source = Imported { decks: vec![deck], ..Imported::default() };
        let files = [(PathBuf::from("deck-0.yaml"), "decks/deck-0.yaml".to_owned(), "deck-0".to_owned(), texts.0[0].clone().into_bytes())];
        let mut shelf = Shelf::new(PathBuf::new(), files);
        shelf.take_in(source, Record::default());
        for file in shelf.changed() {
            match file.on_disk {
                Some(_) => texts.0[0] = file.text.clone(),
                None => texts.0.push(file.text.clone()),
            }
        }
        prop_assert!(texts.0[0].starts_with(&mine.text()), "what is there stays");
        store.bring_up_to_date(&mut texts, &settings(), now).unwrap();
        prop_assert_eq!(store.event_ids().unwrap(), events);
        let after = store.standings().unwrap();
        for card in before {
            let same = after.iter().find(|other| other.card.id == card.card.id);
            prop_assert_eq!(same.map(|same| same.schedule), Some(card.schedule), "{}", card.card.id);
        }
    }
}
