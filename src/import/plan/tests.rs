//! What becomes of decks, on small ones and by laws.

use std::path::PathBuf;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::deck::write::tests::any_note;
use crate::deck::{Head, write};
use crate::import::{ImportedDeck, Item, Wanted};

fn imported(notes: &[Note], given: bool) -> Imported {
    let items = notes.iter().map(|note| {
        let id = note.id.clone().unwrap_or_default();
        let note = Note { id: None, ..note.clone() };
        let (origin, id) = match given {
            true => (id.clone(), Wanted::Given(id)),
            false => (format!("front:{}", note.key_of_front()), Wanted::OfContent),
        };
        Item { origin, id, note: Box::new(note) }
    });
    let items = items.collect();
    let deck = ImportedDeck { name: "words".into(), head: Head::default(), items };
    Imported { decks: vec![deck], ..Imported::default() }
}

fn shelf(files: &[(&str, &str)]) -> Shelf {
    let files = files.iter().map(|(name, text)| {
        let shown = format!("decks/{name}.yaml");
        (PathBuf::from(&shown), shown, (*name).to_owned(), text.as_bytes().to_vec())
    });
    Shelf::new("decks".into(), files)
}

fn texts(shelf: &Shelf) -> Vec<(&str, &str)> {
    shelf.files.iter().map(|file| (&*file.deck, &*file.text)).collect()
}

fn notes(shelf: &Shelf) -> Vec<Note> {
    let decks = shelf.files.iter().filter_map(|file| file.says());
    decks.flat_map(|deck| &deck.notes).map(|note| Note { line: 0, ..note.clone() }).collect()
}

fn note(id: &str, front: &str, back: &str) -> Note {
    Note {
        id: Some(id.into()),
        ..crate::import::simple(1, front.into(), Answer::Text(back.into()))
    }
}

fn fates(report: &Report) -> Vec<&Fate> {
    report.outcomes.iter().map(|outcome| &outcome.fate).collect()
}

/// Notes whose ids differ.
fn distinct(notes: Vec<Note>) -> Vec<Note> {
    let numbered = |(at, note): (usize, Note)| Note { id: Some(format!("n{at}")), line: 0, ..note };
    notes.into_iter().enumerate().map(numbered).collect()
}

#[test]
fn what_is_there_already_is_not_doubled() {
    let mine = "cards:\n- id: a\n  front: f\n  back: b\n- front: g\n  back: c\n";
    let source = imported(&[note("x", "f", "b"), note("y", "g", "c"), note("z", "h", "d")], false);
    let mut shelf = shelf(&[("mine", mine)]);
    let report = shelf.take_in(source.clone(), Record::default());
    assert_eq!(fates(&report), [&Fate::Same, &Fate::Same, &Fate::Added]);
    assert_eq!(texts(&shelf)[0].1, mine);
    assert_eq!(notes(&shelf).len(), 3);
}

#[test]
fn names_that_are_taken_get_a_number() {
    let mut first = shelf(&[
        ("words", "cards: [{id: a, front: other, back: card}, {front: of, back: another}]\n"),
        ("words-2", "cards: []\n"),
    ]);
    let report = first
        .take_in(imported(&[note("a", "f", "b"), note("b", "g", "c")], true), Record::default());
    assert_eq!(fates(&report)[0], &Fate::Kept { kept: vec!["text"], updated: Vec::new() });
    assert_eq!(report.renamed, [("words".to_owned(), "words-3".to_owned())]);
    let mut source = imported(&[note("", "f", "b"), note("", "g", "c")], false);
    for item in &mut source.decks[0].items {
        item.id = Wanted::InDeck("100".into());
    }
    let mut second = shelf(&[("mine", "cards: [{id: words-100, front: other, back: card}]\n")]);
    let report = second.take_in(source.clone(), Record::default());
    let ids: Vec<_> = report.outcomes.iter().map(|outcome| &*outcome.id).collect();
    assert_eq!(ids, ["words-100-2", "words-100-3"]);
}

#[test]
fn a_new_version_updates_what_nobody_touched() {
    let old = [note("a", "one", "1"), note("b", "two", "2"), note("c", "three", "3")];
    let mut first = shelf(&[]);
    let record = first.take_in(imported(&old, true), Record::default()).record;
    // The learner adds a comment, a hint and a card of their own, and mends one answer.
    let edited = first.files[0]
        .text
        .replace("    back: \"1\"\n", "    back: \"1\"   # sure?\n")
        .replace("    back: \"2\"\n", "    back: deux\n    hint: French\n")
        + "  - front: my own\n    back: card\n# the end\n";
    let new = [
        note("a", "one!", "uno"),
        note("b", "two!", "zwei"),
        note("c", "three", "3"),
        note("d", "four", "4"),
    ];
    let mut second = shelf(&[("words", &edited)]);
    let report = second.take_in(imported(&new, true), record);
    assert_eq!(
        fates(&report),
        [
            &Fate::Kept { kept: vec!["back"], updated: vec!["front"] },
            &Fate::Kept { kept: vec!["back"], updated: vec!["front"] },
            &Fate::Same,
            &Fate::Added
        ]
    );
    let wanted = edited
        .replace("front: one", "front: one!")
        .replace("front: two", "front: two!")
        .replace("# the end", "  - id: d\n    front: four\n    back: \"4\"\n# the end");
    assert_eq!(texts(&second), [("words", &*wanted)]);
    let here = report.outcomes[1].here.as_ref().map(|note| (&*note.front, note.back.texts()));
    assert_eq!(here, Some(("two!", &["deux".to_owned()][..])), "as the deck has it");
    // Told once: the same version again has nothing to say.
    let mut third = shelf(&texts(&second));
    let again = third.take_in(imported(&new, true), report.record);
    assert!(fates(&again).iter().all(|fate| **fate == Fate::Same));
    assert!(third.changed().is_empty());
}

#[test]
fn a_card_in_a_way_of_its_own_is_written_anew_alone() {
    let old = [note("a", "one", "1"), note("b", "two", "2")];
    let mut source = imported(&[note("a", "one!", "1"), note("b", "two!", "2")], true);
    for (item, was) in source.decks[0].items.iter().zip(&old) {
        source.bases.insert(item.origin.clone(), vec![was.clone()]);
    }
    let deck = "cards:\n# first\n- {id: a, front: \"one\", back: \"1\"}\n\n# then\n- {id: b, front: two, back: \"2\"} # mine\noptions: {}\n";
    let mut shelf = shelf(&[("words", deck)]);
    let report = shelf.take_in(source.clone(), Record::default());
    let kept = Fate::Kept { kept: vec!["front"], updated: Vec::new() };
    assert_eq!(fates(&report), [&Fate::Updated(vec!["front"]), &kept], "a comment would be lost");
    let wanted = deck
        .replace("- {id: a, front: \"one\", back: \"1\"}", "- id: a\n  front: one!\n  back: \"1\"");
    assert_eq!(texts(&shelf), [("words", &*wanted)]);
}

#[test]
fn a_card_that_was_taken_out_stays_out_and_a_deck_comes_back() {
    let source = imported(&[note("a", "one", "1"), note("b", "two", "2")], true);
    let mut first = shelf(&[]);
    let record = first.take_in(source.clone(), Record::default()).record;
    let mut second = shelf(&[("words", "cards:\n  - id: a\n    front: one\n    back: \"1\"\n")]);
    let report = second.take_in(source.clone(), record.clone());
    assert_eq!(fates(&report), [&Fate::Same, &Fate::Gone]);
    assert!(second.changed().is_empty());
    let mut third = shelf(&[]);
    let report = third.take_in(source.clone(), record);
    assert_eq!(fates(&report), [&Fate::Added, &Fate::Added]);
    assert_eq!(texts(&third), texts(&first));
}

#[test]
fn cards_that_a_new_version_has_no_more_stay_and_are_told_once() {
    let all = [note("a", "one", "1"), note("b", "two", "2"), note("c", "three", "3")];
    let mut shelf = shelf(&[]);
    let mut record = Record::default();
    for (version, left) in [
        (&all[..], &[][..]),
        (&all[..2], &["c"]),
        (&all[..1], &["b"]),
        (&all, &[]),
        (&all[1..], &["a"]),
    ] {
        let report = shelf.take_in(imported(version, true), record);
        assert_eq!(
            (&report.left[..], notes(&shelf).len()),
            (&left.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()[..], 3)
        );
        record = report.record;
    }
    // One that was taken out of its deck has gone.
    let mut empty = self::shelf(&[("words", "cards: []\n")]);
    assert!(empty.take_in(imported(&[], true), record).left.is_empty());
}

#[test]
fn a_card_that_gets_another_deck_moves_with_its_id() {
    let mut source = imported(&[note("", "one", "1"), note("", "two", "2")], false);
    let mut first = shelf(&[]);
    let record = first.take_in(source.clone(), Record::default()).record;
    let mine = first.files[0].text.replace("back: \"1\"", "back: uno");
    let moved = source.decks[0].items.remove(0);
    let mut other = ImportedDeck { name: "other".into(), ..ImportedDeck::default() };
    other.items.push(moved);
    source.decks.push(other);
    let mut second = shelf(&[("words", &mine)]);
    let report = second.take_in(source.clone(), record);
    assert_eq!(report.outcomes[1].fate, Fate::Moved("words".into()));
    let id = note("", "one", "1").key_of_front();
    assert_eq!(report.outcomes[1].id, id);
    let all = notes(&second);
    assert_eq!(all.len(), 2);
    assert_eq!((all[1].id.as_deref(), &all[1].back), (Some(&*id), &Answer::Text("uno".into())));
    let mut third = shelf(&texts(&second));
    third.take_in(source.clone(), report.record);
    assert!(third.changed().is_empty());
}

#[test]
fn ids_are_never_too_long() {
    let mut source = imported(&[note("", "one", "1"), note("", "two", "2")], false);
    let long = "a".repeat(60);
    source.decks[0].name = [&*long; 4].join("/");
    for item in &mut source.decks[0].items {
        item.id = Wanted::InDeck(format!("{long}-1000000"));
    }
    let mut first = shelf(&[]);
    first.take_in(source.clone(), Record::default());
    let ids: Vec<_> = notes(&first).into_iter().filter_map(|note| note.id).collect();
    assert_eq!(ids.len(), 2, "{}", first.files[0].text);
    assert!(ids[1].ends_with("-1000000-2"));
}

#[test]
fn line_ends_of_windows_stay() {
    let mut first = shelf(&[]);
    let old = imported(&[note("a", "one", "1"), note("b", "two\nlines", "2")], true);
    let record = first.take_in(old.clone(), Record::default()).record;
    let windows = first.files[0].text.replace('\n', "\r\n");
    let mut second = shelf(&[("words", &windows)]);
    let new = [note("a", "one", "uno"), note("b", "two\nrows", "2"), note("c", "x", "y")];
    let report = second.take_in(imported(&new, true), record);
    let fates = fates(&report);
    assert_eq!(fates[0], &Fate::Updated(vec!["back"]));
    assert_eq!(fates[1], &Fate::Updated(vec!["front"]));
    assert_eq!(notes(&second).len(), 3);
    let text = texts(&second)[0].1;
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn a_move_that_was_broken_off_is_finished() {
    let mut source = imported(&[note("", "one", "1"), note("", "two", "2")], false);
    let mut first = shelf(&[]);
    let record = first.take_in(source.clone(), Record::default()).record;
    source.decks[0].name = "other".into();
    let was = first.files[0].text.clone();
    // Written to the new place, and not yet taken from the old one.
    let mut second = shelf(&[("other", &was), ("words", &was)]);
    second.take_in(source.clone(), record);
    assert_eq!(texts(&second), [("other", &*was), ("words", "cards: []\n")]);
}

#[test]
fn a_card_moves_also_if_its_deck_has_it_twice() {
    let mut source = imported(&[note("", "one", "1")], false);
    let mut first = shelf(&[]);
    let record = first.take_in(source.clone(), Record::default()).record;
    source.decks[0].name = "other".into();
    let copy = first.files[0].text.split_once("cards:\n").unwrap().1.replace("\"1\"", "uno");
    let mut second = shelf(&[("words", &(first.files[0].text.clone() + &copy))]);
    second.take_in(source.clone(), record);
    let backs: Vec<_> = notes(&second).into_iter().map(|note| note.back).collect();
    assert_eq!(backs, [Answer::Text("uno".into()), Answer::Text("1".into())]);
}

#[test]
fn a_deck_that_cannot_be_added_to_is_left_alone() {
    let source = imported(&[note("a", "one", "1")], true);
    let mut first = shelf(&[]);
    let record = first.take_in(source.clone(), Record::default()).record;
    let shared = "mine: &c [{id: a, front: one, back: '1'}]\ncards: *c\n";
    let mut second = shelf(&[("words", shared)]);
    let more = imported(&[note("a", "one!", "1"), note("b", "two", "2")], true);
    let report = second.take_in(more, record);
    assert_eq!(report.renamed, [("words".to_owned(), "words-2".to_owned())]);
    assert_eq!(texts(&second)[0], ("words", shared));
    assert_eq!(fates(&report)[0], &Fate::Kept { kept: vec!["front"], updated: Vec::new() });
}

#[test]
fn a_version_of_a_source_is_known_by_its_cards() {
    let first = imported(&[note("a", "f", "b"), note("b", "g", "c"), note("c", "h", "d")], true);
    let mut shelf = shelf(&[]);
    let mut record = shelf.take_in(first, Record::default()).record;
    for (notes, shared) in [
        (&[note("a", "f", "b"), note("b", "g", "c"), note("c", "h", "D")][..], Some(2)),
        (&[note("x", "f", "b"), note("y", "g", "c")], Some(2)),
        // Ids may well be 1, 2 and 3 in every table.
        (&[note("a", "1", "b"), note("b", "2", "c"), note("c", "3", "d")], None),
        (&[note("a", "f", "b")], None),
        (&[], None),
    ] {
        assert_eq!(record.is_version_of(&imported(notes, true)), shared, "{notes:?}");
    }
    let many: Vec<Note> = (0..7).map(|at| note("", &format!("{at}"), "b")).collect();
    assert_eq!(record.is_version_of(&imported(&many, false)), None);
    assert_eq!(Record::default().is_version_of(&imported(&[], false)), None);
    // Its cards stay where they are, and new ones join them.
    let mut second =
        imported(&[note("a", "f", "B"), note("b", "g", "c"), note("d", "i", "e")], true);
    second.decks[0].name = "vocabulary".into();
    record.stays_in_its_deck(&second);
    let report = shelf.take_in(second, record);
    assert_eq!(fates(&report), [&Fate::Updated(vec!["back"]), &Fate::Same, &Fate::Added]);
    assert_eq!((shelf.files.len(), notes(&shelf).len()), (1, 4));
}

proptest! {
    #[test]
    fn whatever_a_source_brings_reads_back(
        table in "(front,back\n)?([a-c,|\"\n\r\t é:#~-]|\u{85}|\u{a0}|\u{200b}|a,b\n){0,30}",
        board in "A\nB\n(100|200|\n|\r|\u{a0}|What is |\\?|HINT: |1\\. |-|\"|[a-c:#]){0,40}",
        page in "(Q:|A:|\n| :: |---|```|[a-c é\r]){0,30}",
    ) {
        let name = table.lines().next().unwrap_or_default();
        let placed = super::super::board::Placements::new();
        let sources = [
            super::super::csv::read(table.as_bytes(), name, b','),
            super::super::board::read(board.as_bytes(), None, &placed),
            super::super::markdown::read(page.as_bytes(), name),
        ];
        for imported in sources.into_iter().flatten() {
            let mut first = shelf(&[]);
            let report = first.take_in(imported.clone(), Record::default());
            let items = imported.decks.iter().flat_map(|deck| &deck.items);
            let added = items.zip(&report.outcomes).filter(|(_, outcome)| outcome.fate == Fate::Added);
            let mut fronts: Vec<_> = added.map(|(item, _)| (&item.note.front, &item.note.back)).collect();
            let read = notes(&first);
            let mut found: Vec<_> = read.iter().map(|note| (&note.front, &note.back)).collect();
            fronts.sort_by_key(|(front, back)| (*front, back.texts()));
            found.sort_by_key(|(front, back)| (*front, back.texts()));
            prop_assert_eq!(found, fronts, "{:?}", texts(&first));
            let mut second = shelf(&texts(&first));
            second.take_in(imported.clone(), report.record);
            prop_assert!(second.changed().is_empty());
        }
    }

    #[test]
    fn what_is_imported_reads_back_and_a_second_time_changes_nothing(
        source in vec(any_note(), 0..6),
        given in any::<bool>(),
    ) {
        let source = distinct(source);
        let imported = imported(&source, given);
        let mut first = shelf(&[]);
        let report = first.take_in(imported.clone(), Record::default());
        let added: Vec<Note> = imported.decks[0].items.iter().zip(&report.outcomes)
            .filter(|(_, outcome)| outcome.fate == Fate::Added)
            .map(|(item, outcome)| Note { id: Some(outcome.id.clone()), line: 0, ..Note::clone(&item.note) })
            .collect();
        prop_assert_eq!(notes(&first), added);
        // Again, and as if the first time had been killed before it was kept.
        for record in [report.record, Record::default()] {
            let mut second = shelf(&texts(&first));
            let again = second.take_in(imported.clone(), record);
            prop_assert!(second.changed().is_empty());
            prop_assert!(again.outcomes.iter().all(|outcome| outcome.fate == Fate::Same), "{:?}", again.outcomes);
        }
    }

    #[test]
    fn edits_stay_and_the_rest_is_brought_up_to_date(
        cards in vec((any_note(), option::of(any_note()), option::of(any_note())), 1..5),
    ) {
        let base = distinct(cards.iter().map(|card| card.0.clone()).collect());
        let mine = cards.iter().map(|card| card.1.clone().unwrap_or(card.0.clone()));
        let mine = distinct(mine.collect());
        let theirs = cards.iter().map(|card| card.2.clone().unwrap_or(card.0.clone()));
        let theirs = distinct(theirs.collect());
        let mut first = shelf(&[]);
        let record = first.take_in(imported(&base, true), Record::default()).record;
        let edited = format!("# mine\n{}# end\n", write::deck(&Head::default(), &mine.iter().collect::<Vec<_>>()));
        let mut second = shelf(&[("words", &edited)]);
        second.take_in(imported(&theirs, true), record);
        let now = notes(&second);
        prop_assert_eq!(now.len(), base.len());
        for (at, now) in now.iter().enumerate() {
            for key in write::KEYS {
                let field = |note: &Note| write::field(note, key, &[], 4);
                let (was, own, new, is) = (field(&base[at]), field(&mine[at]), field(&theirs[at]), field(now));
                if own != was || new == was {
                    prop_assert_eq!(is, own, "{} of {:?}", key, mine[at]);
                } else {
                    prop_assert!(is == own || is == new);
                }
            }
        }
        let text = texts(&second)[0].1;
        prop_assert!(text.starts_with("# mine\n") && text.ends_with("# end\n"));
        for (at, card) in cards.iter().enumerate().filter(|(_, card)| card.2.is_none()) {
            let block = write::card(&mine[at], &[], write::INDENT);
            prop_assert!(text.contains(&block), "{:?} is as it was", card.0);
        }
    }
}
