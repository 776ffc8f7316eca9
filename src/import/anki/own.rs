//! Notes that retain wrote into a package, as they come back: what nobody changed there is what it
//! was, to the letter.

use std::collections::BTreeMap;

use crate::card::{Answer, Note};
use crate::export::anki::kinds::{GAPS, Kept, SIDES};
use crate::export::anki::{numbers_of_gaps, tag_of};

/// Which of the two kinds it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A front and a back.
    Sides,
    /// A text with gaps.
    Gaps,
}

impl Kind {
    /// Returns the kind that has these fields; `None` if it is another program's.
    pub fn of(fields: &[String]) -> Option<Kind> {
        if fields == SIDES {
            Some(Kind::Sides)
        } else if fields == GAPS {
            Some(Kind::Gaps)
        } else {
            None
        }
    }
}

/// A note that came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Returned {
    /// The note.
    pub note: Note,
    /// The ends of its cards' ids by their numbers there.
    pub sides: BTreeMap<i64, String>,
    /// The note as it went out, if that is known.
    pub was: Option<Note>,
    /// The addresses of files by their names there, where the two differ.
    pub media: BTreeMap<String, String>,
}

/// Returns the note of these fields and tags. `read` makes Markdown of a field that was changed.
pub fn returned(
    kind: Kind,
    fields: &[String],
    tags: &str,
    read: &mut dyn FnMut(&str) -> String,
) -> Returned {
    let kept = fields.last().and_then(|field| Kept::read(field));
    let mut note = kept.as_ref().map_or_else(|| nothing(kind), Kept::note);
    let was = note.clone();
    let changed = |at: usize| {
        let field = fields.get(at).map_or("", String::as_str);
        let same = kept.as_ref().is_some_and(|kept| kept.is_same(at, field));
        (!same).then_some(field)
    };
    let mut text = |at: usize| changed(at).map(&mut *read);
    if let Some(front) = text(0) {
        note.front = match kind {
            Kind::Sides => front,
            Kind::Gaps => without_numbers(&front, &was),
        };
    }
    let also = match kind {
        Kind::Sides => 3,
        Kind::Gaps => 1,
    };
    if kind == Kind::Sides {
        if let Some(back) = text(1) {
            note.back = match (&note.back, items(&back)) {
                (Answer::List(_), Some(items)) => Answer::List(items),
                _ => Answer::Text(back),
            };
        }
        if let Some(choices) = text(2) {
            note.details.choices = items(&choices).unwrap_or_default();
        }
        if let Answer::Text(back) = &note.back
            && let [first, ..] = &*note.details.choices.clone()
            && !note.details.choices.contains(back)
        {
            // The right one was reworded, and stands among the choices as it was.
            let old = was.back.texts().first().unwrap_or(first);
            for choice in note.details.choices.iter_mut().filter(|choice| *choice == old) {
                choice.clone_from(back);
            }
        }
        if changed(6).is_some() {
            note.reverse = fields.get(6).is_some_and(|field| !field.trim().is_empty());
        }
        if let Some(typed) = changed(7) {
            note.details.typed = (!typed.trim().is_empty()).then_some(true);
        }
    }
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    if let Some(hint) = text(also) {
        note.details.hint = some(hint);
    }
    if let Some(why) = text(also + 1) {
        note.details.why = some(why);
    }
    if let Some(source) = text(also + 2) {
        note.details.source = some(source);
    }
    let there: Vec<&str> = tags.split_whitespace().collect();
    let known: Vec<String> = note.details.tags.iter().map(|tag| tag_of(tag)).collect();
    let mut sorted = (there.clone(), known.iter().map(String::as_str).collect::<Vec<_>>());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    if sorted.0 != sorted.1 {
        let stay = |(_, known): &(&String, &String)| there.contains(&known.as_str());
        let stay = was.details.tags.iter().zip(&known).filter(stay).map(|(tag, _)| tag.clone());
        let new = there.iter().filter(|tag| !known.iter().any(|known| known == *tag));
        note.details.tags = stay.chain(new.map(|tag| (*tag).to_owned())).collect();
    }
    let sides = match kind {
        Kind::Sides => BTreeMap::from([(0, String::new()), (1, "reverse".to_owned())]),
        Kind::Gaps => numbers_of_gaps(&note)
            .into_iter()
            .map(|(name, number)| (i64::from(number) - 1, name))
            .collect(),
    };
    let was = kept.as_ref().map(Kept::note);
    Returned { note, sides, was, media: kept.map(|kept| kept.media).unwrap_or_default() }
}

fn nothing(kind: Kind) -> Note {
    Note {
        id: None,
        line: 0,
        front: String::new(),
        back: Answer::Text(String::new()),
        reverse: false,
        cloze: kind == Kind::Gaps,
        details: crate::card::Details::default(),
    }
}

/// Takes from gaps the numbers that they got on their way out.
fn without_numbers(text: &str, was: &Note) -> String {
    let mut text = text.to_owned();
    for (name, number) in numbers_of_gaps(was) {
        if name.starts_with("c-") {
            text = text.replace(&format!("{{{{c{number}::"), "{{");
        }
    }
    text
}

/// Returns the items of a text that is a list and nothing else, but for a line in front.
fn items(markdown: &str) -> Option<Vec<String>> {
    let mut lines = markdown.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.next_if(|line| line.trim_end().ends_with(':'));
    let item = |line: &str| {
        let line = line.trim_start();
        let digits = line.trim_start_matches(|char: char| char.is_ascii_digit());
        let item = line.strip_prefix("- ").or_else(|| digits.strip_prefix(". "))?;
        Some(item.trim().to_owned())
    };
    lines.map(item).collect::<Option<Vec<_>>>().filter(|items| !items.is_empty())
}
