//! Names that a person can read and type, made from what a card says.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::card::{Note, content_key};
use crate::cloze::Cloze;
use crate::markdown;

/// A name is no longer than so many characters; what goes on behind it stands for the rest.
const LONGEST: usize = 40;

/// So many digits stand for what a name leaves out.
const DIGITS: usize = 4;

/// Returns a name as files and ids can have it: small letters, digits and hyphens; `None` if
/// nothing is left.
pub fn slug(name: &str) -> Option<String> {
    let mut slug = String::new();
    for char in name.nfkd().flat_map(char::to_lowercase) {
        if char.is_ascii_alphanumeric() {
            slug.push(char);
        } else if !is_combining_mark(char) && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 60 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// Returns an id for a note that has none, after its question: `capital-of-france`. Digits of a
/// hash go behind one that leaves words out, so that two machines name different cards differently;
/// where no letter and no digit is left, it is the key that the note has without an id.
pub fn id_of(note: &Note) -> String {
    let cloze = Cloze::read(&note.front).ok().filter(|_| note.cloze);
    let text = match cloze.as_ref().and_then(|cloze| Some((cloze, *cloze.numbers().first()?))) {
        Some((cloze, number)) => cloze.answer(number),
        None => note.front.clone(),
    };
    let text = markdown::plain_text(&text);
    let Some(whole) = slug(&text) else { return note.key_of_front() };
    let said = |char: char| char.is_alphanumeric() && !is_combining_mark(char);
    let is_whole = whole.len() <= LONGEST && text.nfkd().filter(|c| said(*c)).all(|c| c.is_ascii());
    if is_whole {
        return whole;
    }
    let mut cut = whole.get(..LONGEST.min(whole.len())).unwrap_or(&whole);
    if whole.len() > LONGEST
        && let Some((words, _)) = cut.rsplit_once('-')
    {
        cut = words;
    }
    format!("{cut}-{}", &content_key(&[&note.front])[..DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Answer, Details, is_id};

    #[test]
    fn a_card_is_named_after_its_question() {
        let long = "What is the difference between a service provider and an identity provider?";
        for (front, wanted) in [
            ("Capital of France?", "capital-of-france"),
            ("*la* niña", "la-nina"),
            ("`ls -l`", "ls-l"),
            ("1 + 1", "1-1"),
            (long, "what-is-the-difference-between-a-3f73"),
            ("Was heißt Katze?", "was-hei-t-katze-0d9e"),
            ("猫 in English", "in-english-d8db"),
            ("قطة", "df97da85fab02da8"),
        ] {
            let note = Note {
                id: None,
                line: 0,
                front: front.to_owned(),
                back: Answer::Text("x".into()),
                reverse: false,
                cloze: false,
                details: Details::default(),
            };
            assert!(is_id(&id_of(&note)), "{front}");
            assert_eq!(id_of(&note), wanted, "{front}");
        }
    }

    #[test]
    fn a_text_with_gaps_is_named_as_if_it_had_none() {
        let note = Note {
            id: None,
            line: 0,
            front: "{{c1::Paris}} lies on the {{c2::Seine::river}}".to_owned(),
            back: Answer::Text(String::new()),
            reverse: false,
            cloze: true,
            details: Details::default(),
        };
        assert_eq!(id_of(&note), "paris-lies-on-the-seine");
    }
}
