//! What a deck may say, and what is said about one that does not.

use super::*;
use crate::card::Answer;
use crate::settings::{Changed, Limit, Sm2Profile};

pub(super) fn read_str(text: &str) -> Reading {
    read(text.as_bytes(), "d.yaml")
}

/// Returns each finding as `line:column code`.
pub(super) fn findings(text: &str) -> Vec<String> {
    let told = read_str(text).diagnostics;
    told.iter().map(|d| format!("{}:{} {}", d.line, d.column, d.code)).collect()
}

pub(super) fn fronts(text: &str) -> Vec<String> {
    let deck = read_str(text).deck.unwrap_or_default();
    deck.notes.into_iter().map(|note| note.front).collect()
}

/// Returns the answer of a card whose back is written `back`.
fn back(back: &str) -> Answer {
    let reading = read_str(&format!("cards:\n  - front: q\n    back: {back}\n"));
    assert_eq!(reading.diagnostics, [], "{back}");
    reading.deck.unwrap().notes.remove(0).back
}

#[test]
fn the_starter_decks_have_25_notes_and_no_fault() {
    let decks: [&[u8]; 5] = [
        include_bytes!("../../../decks/sso.yaml"),
        include_bytes!("../../../decks/domains.yaml"),
        include_bytes!("../../../decks/errors.yaml"),
        include_bytes!("../../../decks/login.yaml"),
        include_bytes!("../../../decks/scim.yaml"),
    ];
    let (mut notes, mut as_if_written) = (0, 0);
    for bytes in decks {
        let reading = read(bytes, "starter.yaml");
        assert_eq!(reading.diagnostics, []);
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(quickly(text).is_some(), "no second reading");
        if let Some(draft) = as_written(text) {
            as_if_written += 1;
            assert_eq!(Some(draft.deck), quickly(text).map(|draft| draft.deck));
        }
        notes += reading.deck.unwrap().notes.len();
    }
    assert_eq!((notes, as_if_written), (25, 3));
}

#[test]
fn a_deck_says_all_that_it_may() {
    let text = "\
deck: Domains
description: Who owns a domain
tags: [sso, setup]
options: { new_per_day: 10, reviews_per_day: none, scheduler: sm2, retention: 0.9, fuzz: on }
lint: {allow: [long-answer]}
cards:
  - id: domains-100
    front: What must be proven?
    back: Domain ownership
    accept: [domain verification, 12]
    hint: DNS
    why: because
    source: https://example.org
    tags: [own, sso]
    value: 100
    category: Domains
    typed: true
    reverse: true
  - front: why?
    back: [one, two]
    need: 1
    ordered: false
";
    let reading = read_str(text);
    assert_eq!(reading.diagnostics, []);
    let Deck { head, notes, left_out } = reading.deck.unwrap();
    assert!(left_out.is_empty());
    assert_eq!(head.title.as_deref(), Some("Domains"));
    assert_eq!(head.description.as_deref(), Some("Who owns a domain"));
    assert_eq!(head.options.new_per_day, Some(10));
    assert_eq!(head.options.reviews_per_day, Some(Limit::Unlimited));
    let [note, list] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!(note.id.as_deref(), Some("domains-100"));
    assert_eq!(note.line, 7);
    assert!(note.reverse);
    assert_eq!(note.details.accept, ["domain verification", "12"]);
    assert_eq!(note.details.tags, ["sso", "setup", "own"]);
    assert_eq!(note.details.value, Some(100));
    assert_eq!(note.details.typed, Some(true));
    assert_eq!(list.line, 19);
    assert_eq!(list.back, Answer::List(vec!["one".into(), "two".into()]));
    assert_eq!((list.details.need, list.details.ordered), (Some(1), Some(false)));
}

#[test]
fn a_text_is_what_was_written_alone_or_in_a_list() {
    for (written, text) in [
        ("007", "007"),
        ("no", "no"),
        ("1.10", "1.10"),
        ("~x", "~x"),
        ("2024-01-01", "2024-01-01"),
        (".inf", ".inf"),
        ("-.INF", "-.INF"),
        (".nan", ".nan"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("+5", "+5"),
        ("-0", "-0"),
        ("1e999", "1e999"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("true", "true"),
        ("FALSE", "FALSE"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("!!str 5", "5"),
        ("&a 08", "08"),
        ("\"null\"", "null"),
        ("'it''s'", "it's"),
        ("\"a\\tb\"", "a\tb"),
        ("é 1", "é 1"),
    ] {
        assert_eq!(back(written), Answer::Text(text.into()), "{written}");
        let pair = Answer::List(vec![text.into(), "x".into()]);
        assert_eq!(back(&format!("[{written}, x]")), pair, "[{written}]");
        assert_eq!(back(&format!("\n    - {written}\n    - x")), pair, "- {written}");
    }
}

#[test]
fn numbers_and_the_like_as_answers_keep_the_quick_way() {
    for back in ["1789", "007", "1.10", "true", "-5", ".inf", "[1, 0x2, no]"] {
        assert!(quickly(&format!("cards:\n- front: 1\n  back: {back}\n")).is_some(), "{back}");
    }
}

#[test]
fn texts_of_several_lines_and_aliases_are_texts() {
    for (written, text) in [
        ("|\n      one\n      two", "one\ntwo\n"),
        (">-\n      one\n      two", "one two"),
        ("one\n      two", "one two"),
        ("\"one\n      two\"", "one two"),
        ("&a x\n    why: *a", "x"),
        ("&a 010\n    why: *a", "010"),
    ] {
        assert_eq!(back(written), Answer::Text(text.into()), "{written}");
    }
    let text = "tags: &t 010\ncards:\n- front: &f 007\n  back: *f\n- {front: *f, back: [*f, *t]}\n";
    let notes = read_str(text).deck.unwrap().notes;
    assert_eq!(notes[0].back, Answer::Text("007".into()));
    assert_eq!(notes[1].back, Answer::List(vec!["007".into(), "010".into()]));
    assert_eq!(notes[1].details.tags, ["010"]);
}

#[test]
fn files_without_deck_or_cards_are_no_decks() {
    for text in [
        "",
        "# nothing\n",
        "a: b\n",
        "- a\n- b\n",
        "text\n",
        "a: b\n---\nc: d\n",
        "5\n",
        "a: {{ b }}: c\n",
    ] {
        assert_eq!(read_str(text), Reading::default(), "{text:?}");
    }
    assert!(read_str("deck: x\n").deck.is_some());
    assert!(read_str("cards: []\n").deck.is_some());
}

#[test]
fn every_fault_of_a_card_has_its_place_and_name() {
    let long = format!("id: {}", "a".repeat(129));
    for (card, finding) in [
        ("front: a", "2:5 missing-back"),
        ("back: a", "2:5 missing-front"),
        ("{}", "2:5 missing-front|2:5 missing-back"),
        ("front: a\n    back:", "3:5 empty-text"),
        ("front: a\n    back: ~", "3:11 empty-text"),
        ("front: \"  \"\n    back: b", "2:12 empty-text"),
        ("front: a\n    back: [b, null]", "3:15 empty-text"),
        ("front: a\n    back: []", "3:11 empty-list"),
        ("front: a\n    back: {b: c}", "3:11 not-a-text"),
        ("front: [a]\n    back: b", "2:12 not-a-text"),
        ("front: a\n    back: [[b]]", "3:12 not-a-text"),
        ("frnt: a\n    back: b", "2:5 unknown-key"),
        ("front: a\n    back: b\n    1: c", "4:5 unknown-key"),
        ("front: a\n    back: b\n    <<: {hint: c}", "4:5 unknown-key"),
        ("front: a\n    back: b\n    back: c", "4:5 duplicate-key"),
        ("front: a\n    back: b\n    need: 1", "4:5 list-only"),
        ("front: a\n    back: b\n    ordered: true", "4:5 list-only"),
        ("front: a\n    back: [b]\n    need: 2", "4:11 need-too-large"),
        ("front: a\n    back: [b]\n    need: 0", "4:11 bad-value"),
        ("front: a\n    back: [b]\n    need: few", "4:11 bad-value"),
        ("front: a\n    back: [b, '']\n    need: 3", "3:15 empty-text|4:11 need-too-large"),
        ("front: a\n    back: [b]\n    ordered: yes", "4:14 bad-value"),
        ("front: a\n    back: [b]\n    reverse: true", "4:5 reverse-list"),
        ("front: a\n    back: b\n    reverse: on", "4:14 bad-value"),
        ("front: a\n    back: b\n    typed:", "4:5 bad-value"),
        ("front: a\n    back: b\n    value: 1000001", "4:12 bad-value"),
        ("front: a\n    back: b\n    value: 1.5", "4:12 bad-value"),
        ("front: a\n    back: b\n    value: -1", "4:12 bad-value"),
        ("front: a\n    back: b\n    value: \"100\"", "4:12 bad-value"),
        ("front: a\n    back: b\n    value: [1]", "4:12 bad-value"),
        ("front: a\n    back: b\n    id: a b", "4:9 bad-id"),
        ("front: a\n    back: b\n    id: -a", "4:9 bad-id"),
        (&format!("front: a\n    back: b\n    {long}"), "4:9 bad-id"),
        ("front: a\n    back: b\n    hint: [c]", "4:11 not-a-text"),
        ("front: a\n    back: b\n    tags:", "4:5 empty-text"),
        ("front: a\n    back: b\n    accept: [c, {d: e}]", "4:17 not-a-text"),
        ("front: a\n    back: b\n    lint: [c]", "4:11 not-lint"),
        ("front: a\n    back: b\n    lint: {deny: c}", "4:12 unknown-key"),
        ("cloze: \"a {{c1:b}}\"", "2:15 bad-gap"),
        ("cloze: |-\n      a\n      {{c0::b}}", "3:7 bad-gap"),
        ("cloze: no gap", "2:12 bad-gap"),
        ("cloze: é {{}}", "2:14 bad-gap"),
        ("cloze: \"{{a}}\"\n    front: b", "2:5 cloze-and-front"),
        ("cloze: \"{{a}}\"\n    back: c\n    reverse: true", "3:5 beside-cloze|4:5 beside-cloze"),
        ("front: a\n    back: d\n    choices: [a, b]", "3:11 not-a-choice"),
        ("front: a\n    back: a\n    choices: [a]", "4:14 bad-choices"),
        ("front: a\n    back: a\n    choices: [a, b, a]", "4:14 bad-choices"),
        ("front: a\n    back: [a]\n    choices: [a, b]", "3:11 list-of-choices"),
        ("front: a\n    back: a\n    choices: [a, b]\n    reverse: true", "5:5 reverse-choices"),
        ("just text", "2:5 not-a-card"),
        ("[front, back]", "2:5 not-a-card"),
        ("", "2:5 not-a-card"),
    ] {
        let text = format!("cards:\n  - {card}\n  - {{front: x, back: y}}\n");
        assert_eq!(findings(&text).join("|"), finding, "{card}");
        assert_eq!(fronts(&text), ["x"], "{card}");
    }
}

#[test]
fn clozes_and_choices_are_cards() {
    let deck = read_str(
        "cards:\n- cloze: \"{{c1::007}} is {{no::yes?}}\"\n  accept: \"7\"\n- front: really?\n  back: no\n  choices: [yes, no]\n",
    );
    assert_eq!(deck.diagnostics, []);
    let notes = deck.deck.unwrap().notes;
    assert!(notes[0].cloze && !notes[1].cloze);
    let fronts: Vec<String> = notes[0].cards("k").into_iter().map(|card| card.front).collect();
    assert_eq!(fronts, ["[...] is no", "007 is [yes?]"]);
    assert_eq!(notes[1].details.choices, ["yes", "no"]);
}

#[test]
fn every_fault_of_a_head_has_its_place_and_name() {
    for (head, finding) in [
        ("deck:", "1:1 empty-text"),
        ("deck: [a]", "1:7 not-a-text"),
        ("dekc: a", "1:1 unknown-key"),
        ("deck: a\ndeck: b", "2:1 duplicate-key"),
        ("tags: {a: b}", "1:7 not-a-text"),
        ("options: 5", "1:10 not-options"),
        ("options: {new_per_dya: 5}", "1:11 unknown-key"),
        ("options: {new_per_day: 10000}", "1:24 bad-value"),
        ("options: {reviews_per_day: many}", "1:28 bad-value"),
        ("options: {reviews_per_day: 100000}", "1:28 bad-value"),
        ("options: {retention: 0.99}", "1:22 bad-value"),
        ("options: {retention: 1}", "1:22 bad-value"),
        ("options: {fuzz: maybe}", "1:17 bad-value"),
        ("options: {grades: six}", "1:11 unknown-key"),
        ("options: {scheduler: sm3}", "1:22 bad-value"),
        ("options: {typed: 'true'}", "1:18 bad-value"),
    ] {
        let text = format!("{head}\ncards:\n  - {{front: x, back: y}}\n");
        assert_eq!(findings(&text).join("|"), finding, "{head}");
        assert_eq!(fronts(&text), ["x"], "{head}");
    }
    for (text, finding) in [
        ("cards:\n", "1:1 cards-not-a-list"),
        ("deck: a\ncards: 5\n", "2:1 cards-not-a-list"),
        ("cards: {front: a}\n", "1:1 cards-not-a-list"),
        ("card:\n  - {front: a, back: b}\n", "1:1 unknown-key"),
        ("- {front: a, back: b}\n", "1:3 cards-on-top"),
    ] {
        assert_eq!(findings(text).join("|"), finding, "{text}");
    }
}

#[test]
fn an_option_in_error_is_as_if_not_said() {
    let text = "deck: a\noptions: {new_per_day: -1, changed: ignore, sm2_profile: delphi}\n";
    let options = read_str(text).deck.unwrap().head.options;
    assert_eq!(options.new_per_day, None);
    assert_eq!(options.changed, Some(Changed::Ignore));
    assert_eq!(options.sm2_profile, Some(Sm2Profile::Delphi));
}

#[test]
fn one_anchor_serves_many_cards_and_keeps_the_quick_way() {
    let mut text = String::from("cards:\n- {front: a, back: b, source: &s x}\n");
    (0..900).for_each(|_| text.push_str("- {front: a, back: b, source: *s}\n"));
    assert_eq!(fronts(&text).len(), 901);
    assert!(quickly(&text).is_some());
}

#[test]
fn a_hundred_findings_are_told_and_the_others_counted() {
    let text = format!("cards:\n{}", "- front: a\n".repeat(150));
    let told = read_str(&text).diagnostics;
    assert_eq!(told.len(), 101);
    assert_eq!((&*told[100].code, &*told[100].message), ("more", "and 50 more"));
}

#[test]
fn messages_say_what_and_the_way_out() {
    for (card, message, help) in [
        ("front: a", "card has no `back`", "add a `back:` line, or delete the card"),
        (
            "front: a\n  back: null",
            "`back` is empty",
            "if the answer is null, write it in quotes: \"null\"",
        ),
        (
            "front: a\n  back: [b]\n  need: 3",
            "`need: 3` of a list with 1 item",
            "write at most `need: 1`",
        ),
        (
            "front: a\n  back: b\n  value: lots",
            "`value: lots` is not a number",
            "write a whole number from 0 to 1000000",
        ),
        (
            "front: a\n  back: b\n  reverse: yes",
            "`reverse: yes` is neither true nor false",
            "write `reverse: true` or `reverse: false`",
        ),
        (
            "cloze: a",
            "there is no gap in it",
            "put what is asked for into {{…}}, or write `front` and `back`",
        ),
        (
            "front: a\n  back: b\n  back: c",
            "`back` is here twice; the first is on line 3",
            "keep one of the two",
        ),
    ] {
        let told = read_str(&format!("cards:\n- {card}\n")).diagnostics.remove(0);
        assert_eq!((&*told.message, told.help.as_deref()), (message, Some(help)), "{card}");
    }
    let told = read_str("cards:\n- {front: a, back: b, fornt: c}\n").diagnostics.remove(0);
    assert_eq!(told.message, "unknown key `fornt`");
    assert_eq!(told.help.unwrap(), "did you mean `front`?");
}

#[test]
fn a_text_that_begins_like_something_else_is_told_to_be_quoted() {
    for (back, place) in [("[x] done", 11), ("{x} y", 11), ("- w", 11)] {
        let reading = read_str(&format!("cards:\n  - front: q\n    back: {back}\n"));
        let [found] = &reading.diagnostics[..] else { panic!("{back}: {:?}", reading.diagnostics) };
        assert_eq!(
            (&*found.code, found.line, found.column),
            ("unquoted-start", 3, place),
            "{back}"
        );
    }
}
