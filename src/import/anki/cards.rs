//! From notes to cards of decks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::template::rendered;
use super::{Collection, Note, Notetype, Template, html, own};
use crate::card::{self, Answer, Details};
use crate::cloze::Cloze;
use crate::deck::Head;
use crate::import::{Imported, ImportedDeck, Item, Skipped, UNNAMED, Wanted, deck_path};
use crate::markdown;

/// The one note of what stands in for a newer collection, for programs that read only older ones.
const STAND_IN: &str = "Please update to the latest Anki version, then import";
/// What stands where a card has no answer: a deck wants one.
const NO_ANSWER: &str = "(no answer)";
/// What a guid begins with that stands for an id as it is.
const OURS: &str = "retain ";
/// Why a note is left out.
const NO_QUESTION: &str = "its question is empty";
/// Longer names of notes are hashed.
const LONGEST_NAME: usize = 120;

/// What a collection brings.
#[derive(Clone, Debug, Default)]
pub struct Brought {
    /// Decks and cards.
    pub imported: Imported,
    /// The ids of its cards here, by their numbers there.
    pub ids: HashMap<i64, String>,
    /// The files that cards show or play, and where they are to be below the folder of the decks.
    pub media: BTreeMap<String, BTreeSet<String>>,
}

/// Returns the id of the note with this guid: its letters, digits, `_`, `.` and `-`, and of
/// everything else the bytes as `%` and two hexadecimal digits. Behind a `_` in front all is
/// encoded so, since an id begins with a letter, a digit or a `_`.
pub fn id_of(guid: &str) -> String {
    match guid.strip_prefix(OURS) {
        Some(id) if card::is_id(id) && guid_of(id) == guid => return id.to_owned(),
        _ => {}
    }
    let id = encoded(guid);
    if id.is_empty() || id.len() > LONGEST_NAME { card::content_key(&[guid]) } else { id }
}

fn encoded(guid: &str) -> String {
    let mut id = String::new();
    for (at, byte) in guid.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || (at > 0 && matches!(byte, b'_' | b'.' | b'-'));
        if !plain && at == 0 {
            id.push('_');
        }
        if plain {
            id.push(char::from(byte));
        } else {
            id.push_str(&format!("%{byte:02X}"));
        }
    }
    id
}

/// Returns the guid of a note with this id, as [`id_of`] made it; that of an id from elsewhere has
/// [`OURS`] in front.
pub fn guid_of(id: &str) -> String {
    let guid = super::percent_decoded(id.strip_prefix("_%").map_or(id, |_| &id[1..]));
    if encoded(&guid) == id { guid } else { format!("{OURS}{id}") }
}

/// How the templates of a kind of notes become cards.
enum Shape {
    /// As retain writes them.
    Own(own::Kind),
    /// Texts with gaps: the field that has them.
    Cloze(String),
    /// One card, or with its reverse.
    Sides,
    /// A card each.
    Each,
}

/// Returns what the notes of a collection come to; `together` names one deck for all of them.
pub fn brought(collection: &mut Collection, together: Option<&str>) -> Brought {
    // Each is let go when it has become a card here.
    let mut notes = std::mem::take(&mut collection.notes);
    let mut brought = Brought::default();
    let shapes: HashMap<i64, Shape> =
        collection.notetypes.iter().map(|(id, kind)| (*id, shape(kind))).collect();
    let mut cards: HashMap<i64, Vec<&super::Card>> = HashMap::new();
    for card in &collection.cards {
        cards.entry(card.note).or_default().push(card);
    }
    notes.sort_by_cached_key(|note| (place_of(note, &shapes, &cards), note.id));
    let mut decks: BTreeMap<String, ImportedDeck> = BTreeMap::new();
    let mut homes: HashMap<(i64, bool), ImportedDeck> = HashMap::new();
    // Elsewhere it is what somebody learns.
    let alone = notes.len() == 1;
    let mut stripped = 0;
    let mut rendered_notes: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, note) in notes.into_iter().enumerate() {
        let line = number + 1;
        if alone && note.fields.iter().any(|field| field.contains(STAND_IN)) {
            continue;
        }
        let mut own = cards.remove(&note.id).unwrap_or_default();
        own.sort_by_key(|card| card.ord);
        let kind = collection.notetypes.get(&note.notetype).zip(shapes.get(&note.notetype));
        let of_retain = matches!(kind, Some((_, Shape::Own(_))));
        let home = own.first().map_or(0, |card| home_of(card, collection));
        let mut deck = homes
            .entry((home, of_retain))
            .or_insert_with(|| deck_of(home, collection, together, of_retain))
            .clone();
        let mut source = Source {
            note: &note,
            cards: own,
            base: id_of(&note.guid),
            folder: deck.name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
            files: Vec::new(),
            stripped: 0,
        };
        let made = match kind {
            Some((_, Shape::Own(kind))) => source.own(*kind),
            Some((kind, Shape::Cloze(field))) => source.cloze(kind, field),
            Some((kind, Shape::Sides)) => source.sides(kind),
            Some((kind, Shape::Each)) => {
                *rendered_notes.entry(&kind.name).or_default() += 1;
                source.each(kind)
            }
            None => Err("its kind is not in the package"),
        };
        let made = match made {
            Ok(made) => made,
            Err(why) => {
                let name = crate::text::short(&note.guid);
                let skipped = Skipped::new(line, format!("note {name}: {why}"));
                brought.imported.skipped.push(skipped);
                continue;
            }
        };
        stripped += source.stripped;
        for (file, place) in source.files {
            brought.media.entry(file).or_default().insert(place);
        }
        brought.ids.extend(made.ids);
        for (id, note) in made.notes {
            let origin = format!("anki {id}");
            if let Some(was) = &made.was {
                brought.imported.bases.entry(origin.clone()).or_default().push(was.clone());
            }
            let note = card::Note { line: line as u32, ..note };
            deck.items.push(Item { origin, id: Wanted::Given(id), note: Box::new(note) });
        }
        match decks.get_mut(&deck.name) {
            Some(known) => known.items.append(&mut deck.items),
            None => drop(decks.insert(deck.name.clone(), deck)),
        }
    }
    brought.imported.decks = decks.into_values().collect();
    for (kind, notes) in rendered_notes {
        let kind = crate::text::short(kind);
        let notes = if notes == 1 { "1 note".to_owned() } else { format!("{notes} notes") };
        let what = format!(
            "{notes} of the type {kind:?} became a card for each template, with ids that end in `~t1`, `~t2` …"
        );
        brought.imported.remarks.push(Skipped::new(0, what));
    }
    if stripped > 0 {
        let what = format!("{stripped} tags of HTML have no place in Markdown, and were taken out");
        brought.imported.remarks.push(Skipped::new(0, what));
    }
    brought
}

/// Returns the deck that cards are at home in, without them.
fn deck_of(
    home: i64,
    collection: &Collection,
    together: Option<&str>,
    of_retain: bool,
) -> ImportedDeck {
    let deck = collection.decks.get(&home);
    let name = match together {
        Some(name) => name.to_owned(),
        None => deck.map_or(UNNAMED, |deck| deck.name.as_str()).replace("::", "/"),
    };
    // retain describes a deck by its shown name where that does not come to its name.
    let described = deck.filter(|_| of_retain && together.is_none());
    let described = described.map(|deck| html::read(&deck.description).markdown);
    let last = || name.rsplit('/').next().unwrap_or(&name).trim().to_owned();
    let title = described.filter(|title| !title.is_empty()).unwrap_or_else(last);
    ImportedDeck {
        name: deck_path(&name).unwrap_or_else(|| UNNAMED.into()),
        head: Head { title: Some(title).filter(|title| !title.is_empty()), ..Head::default() },
        items: Vec::new(),
    }
}

/// A note that is being read.
struct Source<'c> {
    note: &'c Note,
    /// Its cards, in their order.
    cards: Vec<&'c super::Card>,
    /// Its id here.
    base: String,
    /// The folder of its deck, below that of all decks.
    folder: String,
    /// The files that it names, and where they are to be.
    files: Vec<(String, String)>,
    /// How many tags had no place in Markdown.
    stripped: usize,
}

/// What became of a note.
#[derive(Default)]
struct Made {
    /// Notes here, with their ids.
    notes: Vec<(String, card::Note)>,
    /// The ids of its cards here, by their numbers there.
    ids: Vec<(i64, String)>,
    /// What it said when it went out from here.
    was: Option<card::Note>,
}

impl<'c> Source<'c> {
    /// Returns a field as Markdown.
    fn read(&mut self, html: &str) -> String {
        let read = html::read(html);
        self.stripped += read.stripped;
        for file in read.media {
            let place = below(&self.folder, &format!("media/{}", html::file_name(&file)));
            self.files.push((file, place));
        }
        read.markdown
    }

    /// Returns its fields by their names.
    fn fields<'f>(&self, kind: &'f Notetype) -> HashMap<&'f str, &'f str>
    where
        'c: 'f,
    {
        let note: &'c Note = self.note;
        let texts = note.fields.iter().map(String::as_str);
        kind.fields.iter().map(String::as_str).zip(texts).collect()
    }

    /// Returns a note with these texts and its tags.
    fn made(&self, front: String, back: String) -> card::Note {
        let tags = self.note.tags.split_whitespace().map(str::to_owned).collect();
        card::Note {
            id: None,
            line: 0,
            front,
            back: Answer::Text(back),
            reverse: false,
            cloze: false,
            details: Details { tags, ..Details::default() },
        }
    }

    /// Takes a note that retain wrote.
    fn own(&mut self, kind: own::Kind) -> Result<Made, &'static str> {
        let note = self.note;
        let returned = own::returned(kind, &note.fields, &note.tags, &mut |html| self.read(html));
        if returned.note.front.is_empty() {
            return Err(NO_QUESTION);
        }
        for (name, address) in files_of(&returned) {
            self.files.push((name, below(&self.folder, &address)));
        }
        let id = |card: &&super::Card| {
            let side = returned.sides.get(&card.ord)?;
            let slash = if side.is_empty() { "" } else { "/" };
            Some((card.id, format!("{}{slash}{side}", self.base)))
        };
        Ok(Made {
            ids: self.cards.iter().filter_map(id).collect(),
            notes: vec![(self.base.clone(), returned.note)],
            was: returned.was,
        })
    }

    /// Takes a text with gaps, which is in `field`.
    fn cloze(&mut self, kind: &Notetype, field: &str) -> Result<Made, &'static str> {
        let fields = self.fields(kind);
        let text = self.read(fields.get(field).copied().unwrap_or_default());
        let gaps = Cloze::read(&text).map(|cloze| cloze.numbers()).unwrap_or_default();
        if gaps.is_empty() || text.contains("image-occlusion:") {
            return Err("it has no gap that could be shown");
        }
        let shown = |other: &&String| *other != field && shown_in_answer(kind, other);
        let others: Vec<String> = kind
            .fields
            .iter()
            .filter(shown)
            .filter_map(|other| fields.get(other.as_str()))
            .map(|html| self.read(html))
            .filter(|text| !text.is_empty())
            .collect();
        let mut note = card::Note { cloze: true, ..self.made(text, String::new()) };
        note.details.why = Some(others.join("\n\n")).filter(|why| !why.is_empty());
        let id = |card: &&super::Card| {
            (card.id, format!("{}/c{}", self.base, card.ord.saturating_add(1)))
        };
        let ids = self.cards.iter().map(id).collect();
        Ok(Made { notes: vec![(self.base.clone(), note)], ids, was: None })
    }

    /// Takes a note with one card, or with its reverse.
    fn sides(&mut self, kind: &Notetype) -> Result<Made, &'static str> {
        let fields = self.fields(kind);
        let reverse = kind
            .templates
            .get(1)
            .is_some_and(|other| !rendered(&other.question, &fields, true).is_empty());
        let template = kind.templates.first().ok_or(NO_QUESTION)?;
        let note = self.by_template(template, &fields).ok_or(NO_QUESTION)?;
        let id = |card: &&super::Card| {
            let end = [(0, ""), (1, "/reverse")].into_iter().find(|(ord, _)| *ord == card.ord)?.1;
            Some((card.id, format!("{}{end}", self.base)))
        };
        Ok(Made {
            ids: self.cards.iter().filter_map(id).collect(),
            notes: vec![(self.base.clone(), card::Note { reverse, ..note })],
            was: None,
        })
    }

    /// Takes a note of which each card is one of its own.
    fn each(&mut self, kind: &Notetype) -> Result<Made, &'static str> {
        let fields = self.fields(kind);
        let mut made = Made::default();
        for (ord, template) in (0..).zip(&kind.templates) {
            let Some(note) = self.by_template(template, &fields) else { continue };
            let id = format!("{}~t{}", self.base, ord + 1);
            let card = self.cards.iter().find(|card| card.ord == ord);
            made.ids.extend(card.map(|card| (card.id, id.clone())));
            made.notes.push((id, note));
        }
        if made.notes.is_empty() { Err(NO_QUESTION) } else { Ok(made) }
    }

    /// Returns what a template makes of the fields; `None` if it asks nothing.
    fn by_template(
        &mut self,
        template: &Template,
        fields: &HashMap<&str, &str>,
    ) -> Option<card::Note> {
        let question = rendered(&template.question, fields, true);
        let front = Some(self.read(&question)).filter(|front| !front.is_empty())?;
        let back = self.read(&rendered(&template.answer, fields, false));
        let back = if back.is_empty() { NO_ANSWER.to_owned() } else { back };
        let mut note = self.made(front, back);
        note.details.typed = template.question.contains("{{type:").then_some(true);
        let hint = hint_of(&template.question, fields).map(|hint| self.read(hint));
        note.details.hint = hint.filter(|hint| !hint.is_empty());
        Some(note)
    }
}

/// Returns where a note that retain wrote stood among the others of its package; 0 for all others.
fn place_of(
    note: &Note,
    shapes: &HashMap<i64, Shape>,
    cards: &HashMap<i64, Vec<&super::Card>>,
) -> i64 {
    let Some(Shape::Own(_)) = shapes.get(&note.notetype) else { return 0 };
    let place = |card: &&super::Card| {
        let data: serde_json::Value = serde_json::from_str(&card.data).unwrap_or_default();
        data["pos"].as_i64()
    };
    cards.get(&note.id).into_iter().flatten().filter_map(place).min().unwrap_or(0)
}

/// Returns an address in a deck of `folder` as one below the folder of all decks.
fn below(folder: &str, address: &str) -> String {
    if folder.is_empty() { address.to_owned() } else { format!("{folder}/{address}") }
}

/// Returns the files that a note names, by their names there, and their addresses: those that lead
/// to a place beside or below its deck, and are no deck.
fn files_of(returned: &own::Returned) -> Vec<(String, String)> {
    let note = &returned.note;
    let details = &note.details;
    let also = [&details.hint, &details.why, &details.source].into_iter().flatten();
    let texts = note.back.texts().iter().chain(&details.choices).chain(also).chain([&note.front]);
    let mut files = Vec::new();
    for address in texts.flat_map(|text| markdown::media(text)) {
        let odd = |part: &str| part.is_empty() || part.starts_with('.') || part.contains('\\');
        let lower = address.to_ascii_lowercase();
        let is_deck = lower.ends_with(".yaml") || lower.ends_with(".yml");
        if address.split('/').any(odd) || is_deck {
            continue;
        }
        let renamed = returned.media.iter().find(|(_, kept)| **kept == address);
        let own = || address.rsplit('/').next().unwrap_or(&address).to_owned();
        let name = renamed.map_or_else(own, |(name, _)| name.clone());
        files.push((name, address));
    }
    files
}

/// Returns the deck that a card is at home in.
fn home_of(card: &super::Card, collection: &Collection) -> i64 {
    let borrowed = collection.decks.get(&card.deck).is_some_and(|deck| deck.filtered);
    if card.home_deck != 0 && (borrowed || card.home_due != 0) { card.home_deck } else { card.deck }
}

fn shape(kind: &Notetype) -> Shape {
    if let Some(own) = own::Kind::of(&kind.fields) {
        return Shape::Own(own);
    }
    if kind.cloze {
        let template = kind.templates.first().map_or("", |template| &template.question);
        let named = template.split("cloze:").nth(1).and_then(|rest| rest.split("}}").next());
        let field = named.map(|name| name.trim().to_owned());
        let first = kind.fields.first().cloned().unwrap_or_default();
        return Shape::Cloze(field.filter(|name| kind.fields.contains(name)).unwrap_or(first));
    }
    if kind.templates.len() == 1 {
        return Shape::Sides;
    }
    // Told apart by marks in place of the fields: the second is the first, back to front.
    let marks: Vec<String> =
        (0..kind.fields.len()).map(|field| format!("\u{e001}{field}\u{e002}")).collect();
    let fields: HashMap<&str, &str> =
        kind.fields.iter().map(String::as_str).zip(marks.iter().map(String::as_str)).collect();
    let sides: Vec<(String, String)> = kind
        .templates
        .iter()
        .map(|it| {
            let text = |html: &str| html::read(html).markdown;
            (
                text(&rendered(&it.question, &fields, true)),
                text(&rendered(&it.answer, &fields, false)),
            )
        })
        .collect();
    match &sides[..] {
        [(front, back), (other, again)] if front == again && back == other => Shape::Sides,
        _ => Shape::Each,
    }
}

/// Whether the answer of a kind of notes shows a field.
fn shown_in_answer(kind: &Notetype, field: &str) -> bool {
    kind.templates.iter().any(|template| {
        template.answer.split("{{").skip(1).any(|tag| {
            let tag = tag.split("}}").next().unwrap_or_default();
            tag.rsplit(':').next().unwrap_or(tag).trim() == field
        })
    })
}

/// Returns the field that a question shows only when it is asked for.
fn hint_of<'f>(question: &str, fields: &HashMap<&str, &'f str>) -> Option<&'f str> {
    let tag = question.split("{{hint:").nth(1)?.split("}}").next()?;
    fields.get(tag.trim()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_notes_are_ids_that_can_be_undone() {
        for guid in ["abc", "a#b", "#x$y", "_a", "-a", "ü", "%41", "a%41", "M{L~<hN1k("] {
            let id = id_of(guid);
            assert!(card::is_id(&id), "{guid} {id}");
            assert_eq!(guid_of(&id), guid, "{id}");
        }
        for id in ["a~t1", "50%", "a%41", "a%zz", "_%4", "0f3a"] {
            assert_eq!(id_of(&guid_of(id)), id);
        }
        assert!(card::is_id(&id_of("")) && card::is_id(&id_of(&"x".repeat(500))));
    }

    #[test]
    fn what_stands_in_for_a_newer_collection_is_no_card() {
        let fields = vec![format!("<p>{STAND_IN} it again."), String::new()];
        let note = Note { id: 1, notetype: 1, fields, ..Note::default() };
        let kind = Notetype {
            fields: vec!["Front".into(), "Back".into()],
            templates: vec![Template { question: "{{Front}}".into(), ..Template::default() }],
            ..Notetype::default()
        };
        let cards_of = |notes: Vec<Note>| {
            let notetypes = BTreeMap::from([(1, kind.clone())]);
            let mut collection = Collection { notetypes, notes, ..Collection::default() };
            let decks = brought(&mut collection, None).imported.decks;
            decks.iter().map(|deck| deck.items.len()).sum::<usize>()
        };
        assert_eq!(cards_of(vec![note.clone()]), 0);
        let other = Note { id: 2, guid: "b".into(), ..note.clone() };
        assert_eq!(cards_of(vec![note, other]), 2, "somebody learns about Anki");
    }
}
