//! Ids for cards that nobody named.

use crate::card::Note;
use crate::cloze::Cloze;
use crate::markdown;
use crate::slug::{abridged, keeps_letters};

/// An id is no longer than so many characters, but for the digits behind it.
const LONGEST: usize = 32;

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
    abridged(&text, LONGEST, &note.front, |_| keeps_letters(&text))
        .unwrap_or_else(|| note.key_of_front())
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
            (long, "what-is-the-difference-between-3f73"),
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
