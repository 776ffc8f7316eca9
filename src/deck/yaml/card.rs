//! One item of `cards` -> [`Note`].

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::each_once;
use super::walk::entry;
use crate::card::{Answer, Details, MOST_CHOICES, Note, content_key, is_id};
use crate::cloze::Cloze;
use crate::deck::Deck;
use crate::settings::lint;
use crate::text::short;
use crate::yaml::{At, Entry, Fields, Loose, Names, Page, Place, Value};

/// What a card may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Front,
    Back,
    Tags,
    Accept,
    Id,
    Hint,
    Why,
    Source,
    Value,
    Category,
    Reverse,
    Cloze,
    Need,
    Ordered,
    Choices,
    Typed,
    Lint,
}

pub(super) const KEYS: Names<Key> = Names {
    whose: "a card",
    keys: &[
        ("front", Key::Front),
        ("back", Key::Back),
        ("tags", Key::Tags),
        ("accept", Key::Accept),
        ("id", Key::Id),
        ("hint", Key::Hint),
        ("why", Key::Why),
        ("source", Key::Source),
        ("value", Key::Value),
        ("category", Key::Category),
        ("reverse", Key::Reverse),
        ("cloze", Key::Cloze),
        ("need", Key::Need),
        ("ordered", Key::Ordered),
        ("choices", Key::Choices),
        ("typed", Key::Typed),
        ("lint", Key::Lint),
    ],
};

/// A card read without places, except that of the answer, which is a number often enough.
///
/// Whatever is wrong with it is an error, for a reader with places to explain.
pub struct Quick(pub Fields<Key>);

impl<'de> Deserialize<'de> for Quick {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quick, D::Error> {
        struct Card;

        impl<'de> Visitor<'de> for Card {
            type Value = Quick;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a card")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Quick, A::Error> {
                let mut fields = Fields::new();
                while let Some(key) = entries.next_key::<Key>()? {
                    let value = match key {
                        Key::Front
                        | Key::Id
                        | Key::Hint
                        | Key::Why
                        | Key::Source
                        | Key::Cloze
                        | Key::Category => unplaced(Value::Text(entries.next_value()?)),
                        Key::Back => {
                            let back = entries.next_value::<At<Loose>>()?;
                            At { value: back.value.0, at: back.at }
                        }
                        _ => unplaced(entries.next_value::<Loose>()?.0),
                    };
                    if fields.get(key).is_some() {
                        return Err(A::Error::custom("a key is here twice"));
                    }
                    fields.add(key, Entry { key: Place::default(), value });
                }
                Ok(Quick(fields))
            }
        }

        deserializer.deserialize_map(Card)
    }
}

fn unplaced(value: Value) -> At<Value> {
    At { value, at: Place::default() }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key of a card")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
                KEYS.find(name).ok_or_else(|| E::custom("this key is not known"))
            }
        }

        deserializer.deserialize_identifier(Name)
    }
}

/// Adds the note that an item of `cards` makes; if something is wrong, which is reported, its keys.
pub fn read(page: &mut Page<'_>, card: At<Value>, deck: &mut Deck) {
    let (what, help) = match card.value {
        Value::Map(map) => {
            let before = page.problems.count();
            let keys = keys(page, &map);
            let fields = page.fields(map, &KEYS);
            match note(page, card.at, fields).filter(|_| page.problems.count() == before) {
                Some(note) => deck.notes.push(note),
                None => {
                    let line = page.line_of(card.at);
                    deck.left_out.extend(keys.into_iter().map(|key| (key, line)));
                }
            }
            return;
        }
        Value::Null => ("empty", "write the card after the `-`, or take the `-` out"),
        Value::List(_) => ("a list", "begin a card with one `- ` only"),
        _ => ("a text", "write `front: …`, and `back: …` below it"),
    };
    page.error(card.at, "not-a-card", format!("this is {what}, and should be a card"), help);
}

/// Returns the keys that a note may have, whatever else is wrong with it: the id that is written,
/// else those that are made of its front, and of front and back.
fn keys(page: &Page<'_>, map: &[(At<Value>, At<Value>)]) -> Vec<String> {
    let text = |value: &At<Value>| match &value.value {
        Value::Text(text) => Some(text.clone()),
        Value::Flag(_) | Value::Whole(_) | Value::Number(_) => {
            page.written(value.at).map(str::to_owned)
        }
        Value::Null | Value::List(_) | Value::Map(_) => None,
    };
    if let Some(id) = entry(map, "id").and_then(text) {
        return vec![id];
    }
    if let Some(cloze) = entry(map, "cloze").and_then(text) {
        return vec![content_key(&[&cloze])];
    }
    let Some(front) = entry(map, "front").and_then(text) else { return Vec::new() };
    let back: Option<Vec<String>> = entry(map, "back").and_then(|back| match &back.value {
        Value::List(items) => items.iter().map(text).collect(),
        _ => text(back).map(|text| vec![text]),
    });
    let of_front = content_key(&[&front]);
    let of_both = back.map(|back| {
        let parts: Vec<&str> = std::iter::once(&front).chain(&back).map(String::as_str).collect();
        content_key(&parts)
    });
    std::iter::once(of_front).chain(of_both).collect()
}

/// Returns the note that `fields` make; `None` if something is wrong, which is reported.
pub fn note(page: &mut Page<'_>, at: Place, mut fields: Fields<Key>) -> Option<Note> {
    let before = page.problems.count();
    if let Some(entry) = fields.take(Key::Cloze) {
        return cloze(page, at, entry, fields);
    }
    let front = fields.take(Key::Front);
    let back = fields.take(Key::Back);
    for (field, key, name) in [(&front, Key::Front, "front"), (&back, Key::Back, "back")] {
        if field.is_none() && !fields.is_mistyped(key) {
            let message = format!("card has no `{name}`");
            let help = format!("add a `{name}:` line, or delete the card");
            page.error(at, &format!("missing-{name}"), message, help);
        }
    }
    let id = fields.take(Key::Id).and_then(|entry| id(page, entry));
    let front = front.and_then(|entry| page.text("front", entry));
    let answer_at = back.as_ref().map(Entry::place);
    let back = back.and_then(|entry| answer(page, entry, &mut fields));
    let choices = choices(page, &mut fields, back.as_ref().zip(answer_at));
    let reverse = reverse(page, &mut fields, back.as_ref(), !choices.is_empty());
    let (need, ordered) = list_only(page, &mut fields, back.as_ref());
    let details = Details { need, ordered, choices, ..details(page, &mut fields) };
    if page.problems.count() > before {
        return None;
    }
    let line = page.line_of(at);
    Some(Note { id, line, front: front?, back: back?, reverse, cloze: false, details })
}

/// Returns the note whose text with gaps is `entry`.
fn cloze(page: &mut Page<'_>, at: Place, entry: Entry, mut fields: Fields<Key>) -> Option<Note> {
    let before = page.problems.count();
    if fields.take(Key::Front).is_some() {
        let message = "`cloze` beside `front`";
        page.error(entry.key, "cloze-and-front", message, "keep one of the two");
    }
    for (key, name, help) in [
        (Key::Back, "back", "what is in the gaps is the answer; `why` is shown after it"),
        (Key::Reverse, "reverse", "take it out: each gap is a card of its own"),
        (Key::Choices, "choices", "take it out, or write `front` and `back`"),
        (Key::Need, "need", "take it out: it is for lists"),
        (Key::Ordered, "ordered", "take it out: it is for lists"),
    ] {
        if let Some(entry) = fields.take(key) {
            let message = format!("`{name}` beside `cloze`");
            page.error(entry.key, "beside-cloze", message, help);
        }
    }
    let id = fields.take(Key::Id).and_then(|entry| id(page, entry));
    let place = entry.place();
    let front = page.text("cloze", entry);
    if let Some(Err(mistake)) = front.as_deref().map(Cloze::read) {
        let text = front.as_deref().unwrap_or_default();
        page.error(page.within(place, text, mistake.at), "bad-gap", mistake.what, mistake.help);
    }
    let details = details(page, &mut fields);
    if page.problems.count() > before {
        return None;
    }
    let (line, back) = (page.line_of(at), Answer::Text(String::new()));
    Some(Note { id, line, front: front?, back, reverse: false, cloze: true, details })
}

/// Returns what any kind of card may say besides.
fn details(page: &mut Page<'_>, fields: &mut Fields<Key>) -> Details {
    if let Some(entry) = fields.take(Key::Lint) {
        lint(page, entry);
    }
    let mut text = |page: &mut Page<'_>, key| {
        fields.take(key).and_then(|entry| page.text(KEYS.of(key), entry))
    };
    let (hint, why) = (text(page, Key::Hint), text(page, Key::Why));
    let (source, category) = (text(page, Key::Source), text(page, Key::Category));
    let mut texts = |page: &mut Page<'_>, key| {
        fields.take(key).and_then(|entry| page.texts(KEYS.of(key), entry)).unwrap_or_default()
    };
    let (accept, tags) = (texts(page, Key::Accept), each_once(texts(page, Key::Tags)));
    let value =
        fields.take(Key::Value).and_then(|entry| page.whole("value", &entry, 0..=1_000_000));
    let typed = fields.take(Key::Typed).and_then(|entry| page.flag("typed", &entry));
    Details { accept, hint, why, source, tags, value, category, typed, ..Details::default() }
}

/// Returns the answers to choose from, none if the card has none or something is wrong with them.
fn choices(
    page: &mut Page<'_>,
    fields: &mut Fields<Key>,
    back: Option<(&Answer, Place)>,
) -> Vec<String> {
    const FEWEST: usize = 2;
    let Some(entry) = fields.take(Key::Choices) else { return Vec::new() };
    let at = entry.place();
    let Some(choices) = page.texts("choices", entry) else { return Vec::new() };
    let doubled = choices.iter().enumerate().find(|(at, one)| choices[..*at].contains(one));
    if let Some((_, one)) = doubled {
        let message = format!("the choice {:?} is here twice", short(one));
        page.error(at, "bad-choices", message, "keep one of the two");
    } else if !(FEWEST..=MOST_CHOICES).contains(&choices.len()) {
        let message = format!("`choices` has {} of them", choices.len());
        page.error(at, "bad-choices", message, "write from 2 to 9, so that a digit takes one");
    }
    match back {
        Some((Answer::List(_), at)) => {
            let help = "write the one that is right, or take `choices` out";
            page.error(at, "list-of-choices", "`back` is a list beside `choices`", help);
        }
        Some((Answer::Text(back), at)) if !choices.contains(back) => {
            let message = format!("{:?} is not among the `choices`", short(back));
            page.error(
                at,
                "not-a-choice",
                message,
                "add it to them, or write it as one of them is written",
            );
        }
        _ => {}
    }
    choices
}

fn id(page: &mut Page<'_>, entry: Entry) -> Option<String> {
    let at = entry.place();
    let id = page.text("id", entry)?;
    if is_id(&id) {
        return Some(id);
    }
    let help = "use up to 128 letters a-z and A-Z, digits, `_`, `.`, `%` and `-`, beginning with a letter, a digit or `_`";
    page.error(at, "bad-id", "this is no id", help);
    None
}

fn answer(page: &mut Page<'_>, entry: Entry, fields: &mut Fields<Key>) -> Option<Answer> {
    let Value::List(items) = &entry.value.value else {
        return page.text("back", entry).map(Answer::Text);
    };
    if items.is_empty() {
        let help = "write at least one item, or a text";
        page.error(entry.place(), "empty-list", "`back` is an empty list", help);
        return None;
    }
    let count = items.len();
    let texts = page.texts("back", entry).map(Answer::List);
    if texts.is_none() {
        // The list is there, only not every item of it: what is said about it can be checked.
        if let Some(need) = fields.take(Key::Need) {
            need_of(page, &need, count);
        }
        if let Some(ordered) = fields.take(Key::Ordered) {
            page.flag("ordered", &ordered);
        }
    }
    texts
}

fn need_of(page: &mut Page<'_>, entry: &Entry, count: usize) -> Option<u32> {
    let need = match entry.value.value {
        Value::Whole(need) if need > count as u64 => need,
        _ => return page.whole("need", entry, 1..=u32::try_from(count).unwrap_or(u32::MAX)),
    };
    let items = if count == 1 { "1 item" } else { &format!("{count} items") };
    let message = format!("`need: {need}` of a list with {items}");
    page.error(entry.place(), "need-too-large", message, format!("write at most `need: {count}`"));
    None
}

/// Returns `need` and `ordered`, and reports them where there is no list.
fn list_only(
    page: &mut Page<'_>,
    fields: &mut Fields<Key>,
    back: Option<&Answer>,
) -> (Option<u32>, Option<bool>) {
    let (need, ordered) = (fields.take(Key::Need), fields.take(Key::Ordered));
    if let Some(Answer::List(items)) = back {
        let need = need.and_then(|entry| need_of(page, &entry, items.len()));
        return (need, ordered.and_then(|entry| page.flag("ordered", &entry)));
    }
    for (entry, name) in [(need, "need"), (ordered, "ordered")] {
        if let (Some(entry), Some(_)) = (entry, back) {
            let message = format!("`{name}` without a list");
            let help = format!("make a list of `back`, or take `{name}` out");
            page.error(entry.key, "list-only", message, help);
        }
    }
    (None, None)
}

fn reverse(
    page: &mut Page<'_>,
    fields: &mut Fields<Key>,
    back: Option<&Answer>,
    of_choices: bool,
) -> bool {
    let Some(entry) = fields.take(Key::Reverse) else { return false };
    let reverse = page.flag("reverse", &entry).unwrap_or(false);
    if reverse && matches!(back, Some(Answer::List(_))) {
        let help = "take `reverse` out, or write one text as `back`";
        page.error(entry.key, "reverse-list", "a list cannot be asked in reverse", help);
    } else if reverse && of_choices {
        let help = "take `reverse` out, or `choices`";
        page.error(entry.key, "reverse-choices", "`reverse` beside `choices`", help);
    }
    reverse
}
