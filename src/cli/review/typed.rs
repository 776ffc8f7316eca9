//! A typed answer: what is wanted of it, what became of it, and the lines that it comes in.

use super::{Asking, Said};
use crate::answer::{self, Judgement, Piece, Verdict};
use crate::card::{Answer, Card, Details, Kind};
use crate::cloze::Cloze;
use crate::schedule::Rating;
use crate::session::Input;
use crate::settings::{DeckOptions, Settings};

/// An answer that was typed, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// What was typed.
    pub answer: Answer,
    /// What became of it.
    pub judgement: Judgement,
    /// How many items are enough.
    pub needed: usize,
    /// Whether the learner counted it as right all the same.
    pub counted: bool,
    fold_accents: bool,
}

impl Typed {
    /// Judges what was typed, the lines of a list or one, against what `card` wants.
    pub fn judge(lines: Vec<String>, card: &Card, fold_accents: bool) -> Typed {
        let (wanted, details) = wanted(card);
        let judgement = answer::judge(&lines, &wanted, &details, fold_accents);
        let all = wanted.texts().len();
        let needed = details.need.map_or(all, |need| (need as usize).min(all));
        let answer = match wanted {
            Answer::List(_) => Answer::List(lines),
            Answer::Text(_) => Answer::Text(lines.join("\n")),
        };
        Typed { answer, judgement, needed, counted: false, fold_accents }
    }

    /// Returns how good it is, the learner's word included.
    pub fn verdict(&self) -> Verdict {
        if self.counted { Verdict::Right } else { self.judgement.verdict }
    }

    /// Returns the grade that an empty answer gives.
    pub fn proposes(&self) -> Rating {
        self.verdict().proposes()
    }

    /// Returns the wording with which the same would be right; of a list, one for all of it.
    pub fn wording(&self, card: &Card, fold_accents: bool) -> Option<String> {
        let lines = self.answer.texts();
        let wordings = [", ", "\n"].map(|between| lines.join(between));
        wordings.into_iter().find(|wording| {
            let mut card = card.clone();
            card.details.accept.push(wording.clone());
            let judged = Typed::judge(lines.to_vec(), &card, fold_accents);
            judged.judgement.verdict == Verdict::Right
        })
    }

    /// Returns how what was typed becomes what is wanted, where it nearly is that.
    pub fn difference(&self) -> Option<Vec<Piece>> {
        let item = self.judgement.items.iter().find(|item| item.verdict == Verdict::Near)?;
        Some(answer::slips(item.typed.as_deref()?, &item.wanted, self.fold_accents))
    }

    /// Whether several items were wanted.
    pub fn is_list(&self) -> bool {
        matches!(self.answer, Answer::List(_))
    }

    /// Returns how many of the items were named, right or nearly so.
    pub fn named(&self) -> usize {
        self.judgement.items.iter().filter(|item| item.typed.is_some()).count()
    }

    /// Whether an item that was not named was needed.
    pub fn lacks(&self) -> bool {
        self.named() < self.needed
    }
}

/// Returns what is to be typed for a card: its answer, or what is in its gaps, in their order.
fn wanted(card: &Card) -> (Answer, Details) {
    match card.gaps() {
        None => (card.back.clone(), card.details.clone()),
        Some(gaps) => match <[String; 1]>::try_from(gaps) {
            Ok([gap]) => (Answer::Text(gap), card.details.clone()),
            Err(gaps) => {
                (Answer::List(gaps), Details { ordered: Some(true), ..card.details.clone() })
            }
        },
    }
}

/// Returns how many items are to be typed for a card; `None` if it is one text.
pub fn items(card: &Card) -> Option<usize> {
    match wanted(card).0 {
        Answer::List(items) => Some(items.len()),
        Answer::Text(_) => None,
    }
}

/// Whether a card is answered by typing: as it says itself, else if the learner wants it for this
/// sitting, else as its deck and the settings say. Of choices one is taken.
pub fn is_typed(card: &Card, wish: bool, options: &DeckOptions, settings: &Settings) -> bool {
    let deck = options.typed.unwrap_or(settings.typed);
    card.details.choices.is_empty() && card.details.typed.unwrap_or(wish || deck)
}

/// Whether another wording of the answer can stand in the deck: `accept` is for the answer of a
/// note, and not for its front or for one gap of several.
pub fn takes_wordings(card: &Card) -> bool {
    let one_gap = |text: &str| Cloze::read(text).is_ok_and(|cloze| cloze.numbers().len() == 1);
    card.kind != Kind::Reverse && card.details.cloze.as_deref().is_none_or(one_gap)
}

/// Returns what a line says where an answer is typed, `None` if more lines belong to it; `items`
/// are the lines before.
pub fn said(line: &str, items: &mut Vec<String>, asking: Asking) -> Option<Said> {
    let line = line.trim();
    if line.is_empty() {
        let typed = std::mem::take(items);
        return Some(if typed.is_empty() { Said::Empty } else { Said::Typed(typed) });
    }
    if let Some(input) = command(line) {
        return Some(Said::Input(input));
    }
    // A doubled colon is how an answer says that it is none of them.
    let line = line.strip_prefix(':').filter(|line| command(line).is_some()).unwrap_or(line);
    if asking != Asking::Items {
        return Some(Said::Typed(vec![line.to_owned()]));
    }
    items.extend(line.lines().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()));
    None
}

/// Returns the command that a line is.
pub fn command(line: &str) -> Option<Input> {
    Some(match line {
        ":h" => Input::Hint,
        ":u" => Input::Undo,
        ":s" => Input::Suspend,
        ":b" => Input::Bury,
        ":e" => Input::Edit,
        ":i" => Input::Explain,
        ":o" => Input::Open,
        ":a" => Input::Accept,
        ":?" => Input::Help,
        ":q" => Input::Quit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Note;

    fn card(note: Note) -> Card {
        note.cards("k").remove(0)
    }

    fn note(front: &str, back: Answer) -> Note {
        let details = Details::default();
        let front = front.to_owned();
        Note { id: None, line: 1, front, back, reverse: false, cloze: false, details }
    }

    fn text(front: &str, back: &str) -> Note {
        note(front, Answer::Text(back.into()))
    }

    #[test]
    fn a_line_is_an_answer_a_command_or_an_item() {
        let mut items = Vec::new();
        let mut take = |line: &str, asking| match said(line, &mut items, asking) {
            None => "…".to_owned(),
            Some(Said::Typed(lines)) => lines.join("|"),
            Some(Said::Empty) => "empty".to_owned(),
            Some(Said::Input(input)) => format!("{input:?}"),
            Some(_) => "?".to_owned(),
        };
        assert_eq!(take(" Paris \n", Asking::Line), "Paris");
        assert_eq!(take("  ", Asking::Line), "empty");
        assert_eq!(take(":h", Asking::Line), "Hint");
        assert_eq!(take("::h", Asking::Line), ":h", "the text itself");
        assert_eq!(take(":wq", Asking::Line), ":wq", "no command of ours");
        assert_eq!(take("std::h", Asking::Line), "std::h");
        assert_eq!(take("::std", Asking::Line), "::std");
        assert_eq!(take("3", Asking::Line), "3");
        for line in ["Riga", ":h", "Tallinn\nVilnius", ""] {
            let said = take(line, Asking::Items);
            match line {
                ":h" => assert_eq!(said, "Hint", "items that were typed stay"),
                "" => assert_eq!(said, "Riga|Tallinn|Vilnius"),
                _ => assert_eq!(said, "…"),
            }
        }
        assert_eq!(take("", Asking::Items), "empty");
    }

    #[test]
    fn what_is_in_the_gaps_is_typed() {
        let cloze = |text: &str| card(Note { cloze: true, ..note(text, Answer::Text("".into())) });
        let one = cloze("{{c1::Paris}} is in {{c2::France}}");
        assert_eq!(Typed::judge(vec!["paris".into()], &one, true).verdict(), Verdict::Right);
        assert_eq!(items(&one), None);
        assert!(!takes_wordings(&one), "a wording for one gap would count for the other");
        let both = cloze("{{c1::Paris}} is in {{c1::France}}");
        assert_eq!(items(&both), Some(2));
        let judge = |lines: [&str; 2]| {
            Typed::judge(lines.map(str::to_owned).to_vec(), &both, true).verdict()
        };
        assert_eq!(judge(["Paris", "France"]), Verdict::Right);
        assert_ne!(judge(["France", "Paris"]), Verdict::Right);
        assert!(takes_wordings(&both));
    }

    #[test]
    fn the_card_says_first_whether_it_is_typed() {
        let settings = |typed| Settings { typed, ..Settings::default() };
        let deck = |typed| DeckOptions { typed, ..DeckOptions::default() };
        let mut one = card(text("f", "b"));
        for (own, wish, options, all, wanted) in [
            (None, false, None, false, false),
            (None, false, None, true, true),
            (None, false, Some(false), true, false),
            (None, false, Some(true), false, true),
            (None, true, Some(false), false, true),
            (Some(false), true, Some(true), true, false),
            (Some(true), false, Some(false), false, true),
        ] {
            one.details.typed = own;
            assert_eq!(is_typed(&one, wish, &deck(options), &settings(all)), wanted);
        }
        one.details.choices = vec!["b".into(), "c".into()];
        assert!(!is_typed(&one, true, &deck(None), &settings(true)), "a number is taken");
    }

    #[test]
    fn the_learner_has_the_last_word() {
        let card = card(text("colour of blood", "red"));
        let mut typed = Typed::judge(vec!["scarlet".into()], &card, true);
        assert_eq!(typed.proposes(), Rating::Again);
        assert_eq!(typed.wording(&card, true).as_deref(), Some("scarlet"));
        typed.counted = true;
        assert_eq!(typed.proposes(), Rating::Good);
    }
}
