//! The parsers, and what must hold whatever they are given.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use retain::card::{Answer, Card, CardId, Details, Kind, Note, is_id};
use retain::deck::{Head, edit, lint, write, yaml};
use retain::diagnostic::{Diagnostic, MORE, Severity};
use retain::import::board::{Place, Placements};
use retain::import::plan::{Fate, Outcome, Record, Shelf};
use retain::import::{self, Imported, ImportedDeck, Item, Skipped, Unreadable, Wanted};
use retain::query::{MAX_BYTES, Query, Subject};
use retain::schedule::Stage;
use retain::{settings, text};
use serde_json::json;

/// The longest sentence that is told, in characters: a quote of 40 that are all escaped, and its words.
const LONGEST: usize = 500;

/// Writes ids into a deck and mends it: all that was there is there, and a second time nothing is
/// left to do.
pub fn keeps_every_other_byte(text: &str, notes: &[Note]) {
    let id = |number: usize| format!("fuzzed-{number}");
    let named = edit::with_ids(text, &|number, _| Some(id(number)));
    let without = notes.iter().filter(|note| note.id.is_none()).count();
    assert_eq!(named.done.len() + named.left, without);
    let mut added = named.text.chars();
    assert!(text.chars().all(|char| added.any(|other| other == char)), "{:?}", named.text);
    let now = yaml::read(named.text.as_bytes(), "decks/d.yaml").deck.unwrap_or_default().notes;
    for (number, (was, is)) in notes.iter().zip(&now).enumerate() {
        let own = was.id.clone().or(is.id.clone().filter(|is| *is == id(number)));
        assert_eq!(is, &Note { id: own, line: is.line, ..was.clone() });
    }
    let mend = |text: &str| {
        let found = |text: &str| edit::findings(text, "decks/d.yaml", &[], &|_| false);
        edit::mended(text, &|note| note.id.is_some(), &found)
    };
    let mended = mend(text);
    assert_eq!(
        (mended.text == text, mend(&mended.text).done),
        (mended.done.is_empty(), Vec::new())
    );
}

/// Reads bytes as a quiz board, with and without one deck for all, and with all open cells placed.
pub fn board(bytes: &[u8]) -> String {
    use import::board::{categories, read};
    import::format_of("board.txt", bytes);
    read_as_others_do(bytes, &|bytes| read(bytes, None, &Placements::new()));
    let imported = match read(bytes, None, &Placements::new()) {
        Ok(imported) => imported,
        Err(error) => return refused(&error),
    };
    let text = import::text_of(bytes).unwrap();
    let is_value = |line: &str| line.contains(|char: char| char.is_ascii_digit());
    holds(&imported, text, &is_value);
    let one = read(bytes, Some("some/One board"), &Placements::new()).unwrap();
    holds(&one, text, &is_value);
    assert_eq!(items(&one).len(), items(&imported).len());

    let names = categories(bytes).unwrap();
    let open: Vec<_> = imported.open.iter().flat_map(|row| &row.cells).collect();
    let placed: Placements =
        open.iter().map(|cell| (cell.place, cell.likely_name.clone())).collect();
    for cell in &open {
        assert_eq!(cell.likely_name, names[cell.likely]);
        assert_eq!(Place::from_str(&cell.place.to_string()), Ok(cell.place));
    }
    let settled = read(bytes, None, &placed).unwrap();
    assert_eq!(settled.open, []);
    holds(&settled, text, &is_value);
    assert_eq!(items(&settled).len(), items(&imported).len());
    format!("{} {}", outcome(&imported), open.len().min(3))
}

/// Reads bytes as a table with commas and as one with tabs.
pub fn csv(bytes: &[u8]) -> String {
    import::format_of("table.txt", bytes);
    let outcomes = [b',', b'\t'].map(|separator| {
        let read = |bytes: &[u8]| import::csv::read(bytes, "lang/some words", separator);
        read_as_others_do(bytes, &read);
        match read(bytes) {
            Ok(imported) => {
                let text = import::text_of(bytes).unwrap();
                holds(&imported, text, &|line| !line.trim().is_empty());
                outcome(&imported)
            }
            Err(error) => refused(&error),
        }
    });
    outcomes.join(" / ")
}

/// Reads bytes as Markdown.
pub fn markdown(bytes: &[u8]) -> String {
    use import::markdown::{begins_card, read};
    import::format_of("cards.txt", bytes);
    read_as_others_do(bytes, &|bytes| read(bytes, "lang/some words"));
    match read(bytes, "lang/some words") {
        Ok(imported) => {
            let text = import::text_of(bytes).unwrap();
            holds(&imported, text, &|line| begins_card(line) || line.starts_with("A:"));
            outcome(&imported)
        }
        Err(error) => refused(&error),
    }
}

/// Reads bytes as a deck, lints it, writes it, takes it in, and takes cards into it; and reads them as
/// settings.
pub fn yaml(bytes: &[u8]) -> String {
    let reading = yaml::read(bytes, "decks/d.yaml");
    assert_eq!(yaml::read(bytes, "decks/d.yaml"), reading, "read twice");
    let text = String::from_utf8_lossy(bytes);
    are_inside(&reading.diagnostics, &text);
    are_inside(&settings::read(bytes, "config.yaml").1, &text);
    let mut codes: Vec<String> = reading.diagnostics.iter().map(|one| one.code.clone()).collect();
    let is_text = std::str::from_utf8(bytes).is_ok();
    if is_text {
        // YAML bounds keys to 1024 characters, and counts line ends in them.
        let is_short = text.len() < 500 && !text.contains('\r');
        for end in ["\r\n", "\r"].into_iter().filter(|_| is_short) {
            let other = text.replace('\n', end);
            assert_eq!(yaml::read(other.as_bytes(), "decks/d.yaml"), reading, "with {end:?}");
        }
        if !text.starts_with('\u{feff}') {
            let other = format!("\u{feff}{text}");
            assert_eq!(yaml::read(other.as_bytes(), "decks/d.yaml"), reading, "with a mark");
        }
        let found = lint::lint(&text, "decks/d.yaml", &[], &|_| false);
        are_inside(&found, &text);
        for one in &found {
            assert_eq!(one.severity, Severity::Warning);
            assert!(one.code == MORE || lint::NAMES.contains(&&*one.code), "{one:?}");
        }
        codes.extend(found.into_iter().map(|one| one.code));
        let all = lint::NAMES.map(str::to_owned);
        assert_eq!(lint::lint(&text, "decks/d.yaml", &all, &|_| false), []);
    }
    codes.sort();
    codes.dedup();
    let Some(deck) = &reading.deck else {
        let taken = import::decks::read(bytes, "d");
        taken.expect_err("no deck, and cards of it");
        return format!("no deck {codes:?}");
    };
    assert!(is_text);
    let lines = lines_of(&text);
    let mut above = 0;
    for note in &deck.notes {
        assert!(note.line >= above && !line(&lines, note.line as usize).trim().is_empty());
        assert!(note.id.as_deref().is_none_or(is_id));
        above = note.line;
    }
    for (_, line) in &deck.left_out {
        assert!((1..=lines.len()).contains(&(*line as usize)));
    }
    let doubles = deck.notes.iter().map(|note| (note.line, "it is here twice".to_owned()));
    let doubles: BTreeMap<u32, String> = doubles.collect();
    let count = doubles.len();
    let doubles = yaml::doubled(&text, "decks/d.yaml", doubles);
    assert_eq!(doubles.len(), count.min(101));
    are_inside(&doubles, &text);
    reads_back(&deck.head, &deck.notes.iter().collect::<Vec<_>>());
    keeps_every_other_byte(&text, &deck.notes);
    // What YAML itself ends is told by the reader of decks, and only by it.
    if let Ok(imported) = import::decks::read(bytes, "lang/d") {
        let errors = reading.diagnostics.iter().filter(|one| one.severity == Severity::Error);
        let out = imported.skipped.len() - errors.count();
        assert_eq!(items(&imported).len() + out, deck.notes.len());
        holds(&imported, &text, &|_| true);
    }
    takes_cards_in(&text, &deck.notes);
    let with = |name, is: bool| if is { name } else { "" };
    format!(
        "{} {}{}{}{}{} {codes:?}",
        deck.notes.len().min(3),
        with("t", deck.head.title.is_some()),
        with("g", !deck.head.tags.is_empty()),
        with("o", deck.head.options != Default::default()),
        with("l", deck.notes.iter().any(|note| matches!(note.back, Answer::List(_)))),
        with("x", !deck.left_out.is_empty()),
    )
}

/// Reads a query, and holds cards against it.
pub fn query(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let query = match Query::parse(&text) {
        Ok(query) => query,
        Err(error) => {
            assert!(text.get(error.at.clone()).is_some(), "{error:?}");
            assert!(error.column() <= text.chars().count() + 1);
            let pointed = error.pointed();
            assert_eq!(pointed.lines().count(), 2, "{pointed}");
            assert_eq!(text::harmless(&pointed), pointed);
            tells(&error.message);
            assert!(!error.hint.is_empty());
            return kind_of(&error.message);
        }
    };
    let cards = cards();
    let subjects: Vec<Subject<'_>> = cards.iter().flat_map(subjects).collect();
    let same = Query::parse(&text).unwrap();
    let others = ["is:due", "a", "-lapses>2", "deck:lang OR tag:b"];
    let logic = others.map(|other| {
        let made = [
            format!("-({text})"),
            format!("({text}) ({other})"),
            format!("({text}) OR ({other})"),
            format!("({other}) AND ({text})"),
            format!("({other}) OR ({text})"),
            format!("-(-({text}))"),
        ];
        // Those that go over a limit are none.
        let made: Vec<Query> = made.iter().filter_map(|text| Query::parse(text).ok()).collect();
        (Query::parse(other).unwrap(), made)
    });
    let mut matched = String::new();
    for subject in &subjects {
        let holds = query.matches(subject);
        assert_eq!(same.matches(subject), holds, "read twice");
        matched.push(if holds { '1' } else { '0' });
        if subject.parked || query.is_empty() {
            continue;
        }
        for (other, made) in &logic {
            let [not, and, or, and_reversed, or_reversed, twice] = &made[..] else {
                let is_at_limit = text.len() + 40 > MAX_BYTES || text.matches('(').count() > 60;
                assert!(is_at_limit, "no algebra of it");
                continue;
            };
            let second = other.matches(subject);
            assert_eq!(not.matches(subject), !holds, "negated");
            assert_eq!(twice.matches(subject), holds, "negated twice");
            assert_eq!(and.matches(subject), holds && second, "both");
            assert_eq!(and_reversed.matches(subject), holds && second, "both, the other first");
            assert_eq!(or.matches(subject), holds || second, "either");
            assert_eq!(or_reversed.matches(subject), holds || second, "either, the other first");
        }
    }
    if !query.needs_text() {
        for subject in &subjects {
            let card =
                Card { front: "x".into(), back: Answer::List(vec![]), ..(*subject.card).clone() };
            let other = Subject { card: &card, ..*subject };
            assert_eq!(query.matches(&other), query.matches(subject), "no text is needed");
        }
    }
    let decks = [("lang/polish", "Polish"), ("a", "A"), ("b/a", "Two words"), ("c", "A")];
    let (named, unclear) = query.with_decks(&decks);
    for subject in &subjects {
        named.matches(subject);
    }
    unclear.iter().for_each(|unclear| assert_ne!(unclear.meant.len(), 1, "{unclear:?}"));
    matched
}

/// Returns the number of a line, and the line; line 0 is all of the text.
fn line<'t>(lines: &[&'t str], number: usize) -> &'t str {
    assert!(number <= lines.len(), "line {number} of {}", lines.len());
    lines[number.max(1) - 1]
}

/// Returns lines as editors count them.
fn lines_of(text: &str) -> Vec<&str> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    while let Some(end) = rest.find(['\n', '\r']) {
        lines.push(&rest[..end]);
        let after = &rest[end..];
        rest = after.strip_prefix("\r\n").unwrap_or(&after[1..]);
    }
    lines.push(rest);
    lines
}

/// Checks a sentence that is told: it is one, and it does not tell half of the file.
pub fn tells(sentence: &str) {
    assert!(!sentence.trim().is_empty() && !sentence.ends_with('.'), "{sentence:?}");
    assert!(sentence.chars().count() <= LONGEST, "{sentence:?}");
    let line = text::one_line(sentence);
    assert_eq!(text::harmless(&line), line);
    assert!(!line.contains(['\n', '\t']), "{line:?}");
}

/// Checks that each finding is told and points into the text, and that they are in order.
fn are_inside(diagnostics: &[Diagnostic], text: &str) {
    let lines = lines_of(text);
    let mut last = (0, 0);
    for (number, one) in diagnostics.iter().enumerate() {
        tells(&one.message);
        tells(one.help.as_ref().unwrap());
        assert!(!one.code.is_empty() && one.width >= 1, "{one:?}");
        if one.line == 0 {
            assert_eq!((one.column, &*one.source_line), (0, ""), "{one:?}");
            assert!(one.code != MORE || number == diagnostics.len() - 1, "{one:?}");
            continue;
        }
        assert!((one.line, one.column) >= last, "{one:?} behind {last:?}");
        last = (one.line, one.column);
        let line = line(&lines, one.line as usize);
        let length = line.chars().count() as u32;
        assert!((1..=length + 1).contains(&one.column), "{one:?}");
        assert!(one.column - 1 + one.width <= length.max(one.column), "{one:?} is too wide");
        assert!(one.source_line == line || line.len() > 2_000, "{one:?}");
    }
}

fn items(imported: &Imported) -> Vec<&Item> {
    imported.decks.iter().flat_map(|deck| &deck.items).collect()
}

type Reads<'r> = &'r dyn Fn(&[u8]) -> Result<Imported, Unreadable>;

/// Checks that reading twice, other line ends and a byte order mark make no difference.
fn read_as_others_do(bytes: &[u8], read: Reads<'_>) {
    let imported = read(bytes);
    assert_eq!(read(bytes), imported, "read twice");
    let Ok(text) = import::text_of(bytes) else { return };
    for end in ["\r\n", "\r"].into_iter().filter(|_| !text.contains('\r')) {
        assert_eq!(read(text.replace('\n', end).as_bytes()), imported, "with {end:?}");
    }
    if !text.starts_with('\u{feff}') {
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), imported, "with a mark");
    }
}

/// Checks that all of an import points into its source, and that each card of it is written.
fn holds(imported: &Imported, text: &str, begins: &dyn Fn(&str) -> bool) {
    let lines = lines_of(text);
    let is_begun = |number: usize| {
        let line = line(&lines, number);
        assert!(number == 0 || begins(line), "line {number}: {line:?}");
    };
    for Skipped { line: number, what } in &imported.skipped {
        tells(what);
        is_begun(*number);
    }
    for Skipped { line: number, what } in &imported.remarks {
        tells(what);
        line(&lines, *number);
    }
    imported.open.iter().flat_map(|row| &row.cells).for_each(|cell| is_begun(cell.line));
    for deck in &imported.decks {
        reads_back(&deck.head, &deck.items.iter().map(|item| &*item.note).collect::<Vec<_>>());
        for item in &deck.items {
            assert!(item.note.line > 0);
            is_begun(item.note.line as usize);
        }
    }
    comes_in(imported);
}

/// Checks that the reader finds in a deck exactly what was written.
pub fn reads_back(head: &Head, notes: &[&Note]) {
    let text = write::deck(head, notes);
    let active = |char: char| char != '\n' && char.is_control();
    assert!(!text.contains(active), "{text:?}");
    let reading = yaml::read(text.as_bytes(), "decks/d.yaml");
    assert_eq!(reading.diagnostics, [], "{text}");
    let deck = reading.deck.unwrap();
    assert_eq!(&deck.head, head, "{text}");
    assert_eq!(deck.left_out, []);
    let plain = |note: &Note| Note { line: 0, ..note.clone() };
    let read: Vec<Note> = deck.notes.iter().map(plain).collect();
    let written: Vec<Note> = notes.iter().map(|note| plain(note)).collect();
    assert_eq!(read, written, "{text}");
}

/// Checks that an import writes each card as it was read, or says what else becomes of it; and that
/// the same import once more changes nothing.
fn comes_in(imported: &Imported) {
    let mut shelf = Shelf::new("decks".into(), []);
    let report = shelf.take_in(imported.clone(), Record::default());
    let mut found: HashMap<(String, String), Note> = HashMap::new();
    let mut fronts: HashMap<String, String> = HashMap::new();
    for file in &shelf.files {
        let reading = yaml::read(file.text.as_bytes(), &file.shown);
        assert_eq!(reading.diagnostics, [], "{}", file.text);
        for note in reading.deck.unwrap().notes {
            let id = note.id.clone().unwrap();
            fronts.insert(note.key_of_both(), id.clone());
            let twice = found.insert((file.shown.clone(), id), note);
            assert_eq!(twice, None, "two cards of one id");
        }
    }
    let items = items(imported);
    assert_eq!(items.len(), report.outcomes.len());
    for (item, outcome) in items.iter().zip(&report.outcomes) {
        let Outcome { id, file, fate, .. } = outcome;
        match fate {
            Fate::Added => {
                let note = &found[&(file.clone(), id.clone())];
                let wanted =
                    Note { id: Some(id.clone()), line: note.line, ..Note::clone(&item.note) };
                assert_eq!(*note, wanted);
            }
            Fate::Same => {
                assert!(fronts.contains_key(&item.note.key_of_both()), "lost: {outcome:?}");
            }
            Fate::Kept { .. } => {}
            _ => panic!("{outcome:?} of a first import"),
        }
    }
    let texts = |shelf: &Shelf| -> Vec<String> {
        shelf.files.iter().map(|file| file.text.clone()).collect()
    };
    let before = texts(&shelf);
    let again = shelf.take_in(imported.clone(), report.record);
    assert_eq!(texts(&shelf), before, "imported twice");
    for outcome in again.outcomes {
        assert!(matches!(outcome.fate, Fate::Same | Fate::Kept { .. }), "{outcome:?}, once more");
    }
}

/// Checks that a card that comes into a deck, or another version of its first card, leaves the others
/// as they are; and that so does a card that goes to another deck.
fn takes_cards_in(text: &str, notes: &[Note]) {
    let plain = |note: &Note| Note { line: 0, ..note.clone() };
    let key = |note: &Note| note.id.clone().unwrap_or_else(|| note.key_of_front());
    let new = Note {
        id: None,
        line: 1,
        front: "the front of a card that comes in".into(),
        back: Answer::List(vec!["two".into(), "items: # both".into()]),
        reverse: false,
        cloze: false,
        details: Details { hint: Some("a hint\nof two lines".into()), ..Details::default() },
    };
    let first = notes.first().unwrap_or(&new);
    let next = match first.cloze {
        // Without an id its text is what it is known by.
        true => Note {
            id: None,
            details: Details { hint: Some("another one".into()), ..first.details.clone() },
            ..first.clone()
        },
        false => Note {
            id: None,
            back: new.back.clone(),
            reverse: false,
            details: Details { choices: Vec::new(), ..first.details.clone() },
            ..first.clone()
        },
    };
    for (id, note, wanted, known) in [
        ("one-that-comes-in".to_owned(), new.clone(), "d", false),
        (key(first), next.clone(), "d", true),
        (key(first), next, "another", true),
    ] {
        if known && notes.is_empty() {
            continue;
        }
        let files = [("d.yaml".into(), "d".to_owned(), "d".to_owned(), text.as_bytes().to_vec())];
        let mut shelf = Shelf::new("decks".into(), files);
        let mut record = json!({ "decks": { "d": "d" }, "cards": [] });
        if known {
            record["cards"] = json!([{
                "origin": id, "id": id, "wanted": "d", "deck": "d", "front": first.front,
                "back": first.back, "reverse": first.reverse, "cloze": first.cloze,
                "details": first.details,
            }]);
        }
        let item = Item { origin: id.clone(), id: Wanted::Given(id.clone()), note: Box::new(note) };
        let deck = ImportedDeck { name: wanted.into(), items: vec![item], ..Default::default() };
        let imported = Imported { decks: vec![deck], ..Imported::default() };
        let report = shelf.take_in(imported, serde_json::from_value(record).unwrap());
        assert_eq!(report.outcomes.len(), 1);
        let others = |notes: &[Note]| -> Vec<Note> {
            notes.iter().filter(|note| key(note) != id).map(plain).collect()
        };
        let old = yaml::read(shelf.files[0].text.as_bytes(), "d").deck.unwrap();
        assert_eq!(others(&old.notes), others(notes), "{}", shelf.files[0].text);
        let all = shelf.files.iter().filter_map(|file| yaml::read(file.text.as_bytes(), "d").deck);
        let all: Vec<Note> = all.flat_map(|deck| deck.notes).collect();
        let left = notes.iter().filter(|note| key(note) == id).count();
        assert_eq!(all.iter().filter(|note| key(note) == id).count(), left.max(1), "{report:?}");
    }
}

/// Returns a sentence without what it quotes: which one it is.
pub fn kind_of(sentence: &str) -> String {
    let words = sentence.split_whitespace();
    words.filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())).take(6).collect()
}

fn refused(error: &Unreadable) -> String {
    tells(&error.0);
    kind_of(&error.0)
}

/// Returns what came of an import, in brief.
fn outcome(imported: &Imported) -> String {
    let notes: Vec<&Note> = items(imported).iter().map(|item| &*item.note).collect();
    let of = |is: &dyn Fn(&Note) -> bool| notes.iter().filter(|note| is(note)).count().min(2);
    let mut kinds: Vec<String> = imported.skipped.iter().map(|row| kind_of(&row.what)).collect();
    kinds.extend(imported.remarks.iter().map(|row| kind_of(&row.what)));
    kinds.sort();
    kinds.dedup();
    let figures = [
        imported.decks.len().min(3),
        notes.len().min(3),
        of(&|note| matches!(note.back, Answer::List(_))),
        of(&|note| !note.details.accept.is_empty()),
        of(&|note| note.details.hint.is_some()),
        of(&|note| note.details.need.is_some()),
        of(&|note| !note.details.tags.is_empty()),
        of(&|note| note.reverse),
        of(&|note| note.front.contains('\n')),
    ];
    format!("{figures:?} {kinds:?}")
}

fn cards() -> [Card; 3] {
    let details = Details {
        accept: vec!["jaundice".into()],
        hint: Some("Anatomy (f)".into()),
        tags: vec!["Polish".into(), "b::inner".into()],
        value: Some(300),
        ..Details::default()
    };
    let polish = Card {
        id: CardId::new("verbs-1/reverse"),
        note: "verbs-1".into(),
        kind: Kind::List,
        front: "What does\n  Żółć mean?".into(),
        back: Answer::List(vec!["bile".into(), "The Gall".into()]),
        line: 1,
        details,
    };
    let plain = Card {
        id: CardId::new("a"),
        note: "a".into(),
        kind: Kind::Basic,
        front: "a OR b (c) -d \"e\"".into(),
        back: Answer::Text("100".into()),
        line: 1,
        details: Details::default(),
    };
    let odd = Card {
        front: "\u{0}\u{202e}漢字 가 ﬁ İ e\u{301} 👩\u{200d}🚀".into(),
        back: Answer::Text(String::new()),
        ..plain.clone()
    };
    [polish, plain, odd]
}

/// Returns a card as it may stand.
fn subjects(card: &Card) -> [Subject<'_>; 3] {
    let new = Subject {
        card,
        deck: "lang/Polish",
        stage: Stage::New,
        due: false,
        suspended: false,
        buried: false,
        leech: false,
        changed: false,
        parked: false,
        lapses: 0,
        interval: None,
        ease: None,
        retrievability: None,
    };
    let known = Subject {
        deck: "a",
        stage: Stage::Relearning,
        due: true,
        leech: true,
        changed: true,
        lapses: 3,
        interval: Some(21),
        ease: Some(2.36),
        retrievability: Some(0.8),
        ..new
    };
    [
        new,
        known,
        Subject { parked: true, suspended: true, buried: true, stage: Stage::Review, ..known },
    ]
}
