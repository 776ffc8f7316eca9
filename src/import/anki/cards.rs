//! From notes to cards of decks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::template::rendered;
use super::{Collection, Note, Notetype, html, own};
use crate::card::{self, Answer, Details};
use crate::cloze::Cloze;
use crate::deck::Head;
use crate::import::{Imported, ImportedDeck, Item, Skipped, UNNAMED, Wanted, deck_path};
use crate::markdown;

/// The note that stands in for a newer collection, for programs that read only older ones.
const STAND_IN: &str = "Please update to the latest Anki version, then import";
/// What stands where a card has no answer: a deck wants one.
const NO_ANSWER: &str = "(no answer)";
/// What a guid begins with that stands for an id as it is.
const OURS: &str = "retain ";
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
pub fn brought(collection: &Collection, together: Option<&str>) -> Brought {
    let mut brought = Brought::default();
    let shapes: HashMap<i64, Shape> =
        collection.notetypes.iter().map(|(id, kind)| (*id, shape(kind))).collect();
    let mut cards: HashMap<i64, Vec<&super::Card>> = HashMap::new();
    for card in &collection.cards {
        cards.entry(card.note).or_default().push(card);
    }
    let mut notes: Vec<&Note> = collection.notes.iter().collect();
    notes.sort_by_key(|note| (place_of(note, &shapes, &cards), note.id));
    let mut decks: BTreeMap<String, ImportedDeck> = BTreeMap::new();
    let mut stripped = 0;
    let mut rendered_notes: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, note) in notes.iter().enumerate() {
        let line = number + 1;
        if note.fields.iter().any(|field| field.contains(STAND_IN)) {
            continue;
        }
        let mut skip = |what: &str| {
            let name = crate::text::short(&note.guid);
            brought.imported.skipped.push(Skipped::new(line, format!("note {name}: {what}")));
        };
        let Some((kind, shape)) =
            collection.notetypes.get(&note.notetype).zip(shapes.get(&note.notetype))
        else {
            skip("its kind is not in the package");
            continue;
        };
        let mut own = cards.remove(&note.id).unwrap_or_default();
        own.sort_by_key(|card| card.ord);
        let home = own.first().map_or(0, |card| home_of(card, collection));
        let deck = collection.decks.get(&home);
        let own_deck = deck.map_or(UNNAMED, |deck| deck.name.as_str());
        let name = together.map_or_else(|| own_deck.replace("::", "/"), str::to_owned);
        let path = deck_path(&name).unwrap_or_else(|| UNNAMED.into());
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let title = name.rsplit('/').next().unwrap_or(&name).trim();
        let title = match (shape, deck.map(|deck| html::read(&deck.description).markdown)) {
            (Shape::Own(_), Some(said)) if !said.is_empty() && together.is_none() => said,
            _ => title.to_owned(),
        };
        let deck = decks.entry(path.clone()).or_insert_with(|| ImportedDeck {
            name: path,
            head: Head { title: Some(title).filter(|it| !it.is_empty()), ..Head::default() },
            items: Vec::new(),
        });
        let mut read = |html: &str| {
            let read = html::read(html);
            stripped += read.stripped;
            for file in read.media {
                let place = below(&folder, &format!("media/{}", html::file_name(&file)));
                brought.media.entry(file).or_default().insert(place);
            }
            read.markdown
        };
        let fields: HashMap<&str, &str> = kind
            .fields
            .iter()
            .map(String::as_str)
            .zip(note.fields.iter().map(String::as_str))
            .collect();
        let base = id_of(&note.guid);
        let tags: Vec<String> = note.tags.split_whitespace().map(str::to_owned).collect();
        let mut put = |id: String, made: card::Note| {
            let note = card::Note { line: line as u32, ..made };
            deck.items.push(Item { origin: origin_of(&id), id: Wanted::Given(id), note });
        };
        let details = |typed: bool, hint: Option<String>| Details {
            tags: tags.clone(),
            typed: typed.then_some(true),
            hint,
            ..Details::default()
        };
        match shape {
            Shape::Own(kind) => {
                let returned = own::returned(*kind, &note.fields, &note.tags, &mut read);
                for (name, address) in files_of(&returned) {
                    brought.media.entry(name).or_default().insert(below(&folder, &address));
                }
                if returned.note.front.is_empty() {
                    skip("its question is empty");
                    continue;
                }
                for card in own {
                    if let Some(side) = returned.sides.get(&card.ord) {
                        let slash = if side.is_empty() { "" } else { "/" };
                        brought.ids.insert(card.id, format!("{base}{slash}{side}"));
                    }
                }
                if let Some(was) = returned.was {
                    brought.imported.bases.entry(origin_of(&base)).or_default().push(was);
                }
                put(base, returned.note);
            }
            Shape::Cloze(field) => {
                let text = read(fields.get(field.as_str()).copied().unwrap_or_default());
                let gaps = Cloze::read(&text).map(|cloze| cloze.numbers()).unwrap_or_default();
                if gaps.is_empty() || text.contains("image-occlusion:") {
                    skip("it has no gap that could be shown");
                    continue;
                }
                let others: Vec<String> = kind
                    .fields
                    .iter()
                    .filter(|other| *other != field && shown_in_answer(kind, other))
                    .filter_map(|other| fields.get(other.as_str()))
                    .map(|html| read(html))
                    .filter(|text| !text.is_empty())
                    .collect();
                let why = Some(others.join("\n\n")).filter(|why| !why.is_empty());
                let details = Details { why, ..details(false, None) };
                put(
                    base.clone(),
                    card::Note {
                        id: None,
                        line: 0,
                        front: text,
                        back: Answer::Text(String::new()),
                        reverse: false,
                        cloze: true,
                        details,
                    },
                );
                for card in own {
                    brought.ids.insert(card.id, format!("{base}/c{}", card.ord.saturating_add(1)));
                }
            }
            Shape::Sides | Shape::Each => {
                let sides = matches!(shape, Shape::Sides);
                if !sides {
                    *rendered_notes.entry(&kind.name).or_default() += 1;
                }
                let mut any = false;
                for (ord, template) in kind.templates.iter().enumerate() {
                    let question = rendered(&template.question, &fields, true);
                    if question.is_empty() {
                        continue;
                    }
                    let id = if sides { base.clone() } else { format!("{base}~t{}", ord + 1) };
                    let card = own.iter().find(|card| card.ord == ord as i64);
                    if sides && ord == 1 {
                        if let Some(card) = card {
                            brought.ids.insert(card.id, format!("{base}/reverse"));
                        }
                        continue;
                    }
                    let front = read(&question);
                    let back = read(&rendered(&template.answer, &fields, false));
                    if front.is_empty() {
                        continue;
                    }
                    any = true;
                    let back = if back.is_empty() { NO_ANSWER.to_owned() } else { back };
                    let reverse = sides
                        && kind.templates.get(1).is_some_and(|other| {
                            !rendered(&other.question, &fields, true).is_empty()
                        });
                    let typed = template.question.contains("{{type:");
                    let hint = hint_of(&template.question, &fields).map(&mut read);
                    put(
                        id.clone(),
                        card::Note {
                            id: None,
                            line: 0,
                            front,
                            back: Answer::Text(back),
                            reverse,
                            cloze: false,
                            details: details(typed, hint.filter(|hint| !hint.is_empty())),
                        },
                    );
                    if let Some(card) = card {
                        brought.ids.insert(card.id, id);
                    }
                }
                if !any {
                    skip("its question is empty");
                }
            }
        }
    }
    brought.imported.decks = decks.into_values().filter(|deck| !deck.items.is_empty()).collect();
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

/// Returns what a card of a package is called among all that was imported.
fn origin_of(id: &str) -> String {
    format!("anki {id}")
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
}
